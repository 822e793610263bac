// One institution on a small map to look at, not to move: its marker, the name of its township where its centre is.
import { pin, placeName } from "./shapes.js";

const STILL = {
  zoomControl: false, attributionControl: false, dragging: false, keyboard: false, scrollWheelZoom: false,
  doubleClickZoom: false, boxZoom: false, touchZoom: false, maxZoom: 18,
};

for (const frame of document.querySelectorAll(".place-map")) {
  const { longitude, latitude, standing, township, townshipLongitude, townshipLatitude } = frame.dataset;
  const here = [Number(latitude), Number(longitude)];
  const centre = townshipLongitude ? [Number(townshipLatitude), Number(townshipLongitude)] : here;
  const map = L.map(frame, STILL).fitBounds([here, centre], { maxZoom: 14, padding: [40, 40] });
  L.control.scale({ imperial: false }).addTo(map);
  if (townshipLongitude) placeName(map, centre, township);
  pin(here, standing, { interactive: false, keyboard: false }).addTo(map);
}
