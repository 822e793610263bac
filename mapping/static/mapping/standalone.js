// The map that stands in one file: its data is in the page, nothing is fetched, names are text.
import { element, pin, placeName, shape } from "./shapes.js";

const data = JSON.parse(document.getElementById("map-data").textContent);
const map = window[data.map]; // folium's own script has made it
const say = data.words;
const hidden = new Set();
const legend = [...document.querySelectorAll("#legend li")];
const words = document.getElementById("words");

map.attributionControl.setPrefix(false);
map.zoomControl.remove(); // folium's, in English
L.control.zoom({ zoomInTitle: say.zoomIn, zoomOutTitle: say.zoomOut }).addTo(map);
map.on("popupopen", (event) => event.popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", say.close));
L.control.scale({ imperial: false }).addTo(map);
for (const each of data.townships) placeName(map, [each.latitude, each.longitude], each.name);

function facts(tag, institution) {
  const { standing, township, licence_status: licences, due_on: due, doubt } = institution;
  const known = [data.standings[standing], township, data.licence_statuses[licences], due && `${say.due} ${due}`, doubt];
  return element(tag, "", known.filter(Boolean).flatMap((each) => [" · ", element("span", each)]).slice(1));
}

const markers = data.features.map((feature) => {
  const institution = feature.properties;
  const marker = pin([...feature.geometry.coordinates].reverse(), institution.standing, { title: institution.name, alt: institution.name });
  marker.institution = institution;
  return marker.bindPopup(() => popup(marker));
});
const spot = (marker) => String(marker.getLatLng());
const bySpot = new Map();
for (const marker of markers) bySpot.set(spot(marker), [...(bySpot.get(spot(marker)) || []), marker]);

function popup(marker) {
  const together = bySpot.get(spot(marker)).map((other) => other.institution);
  if (together.length === 1) return element("div", "", [element("b", together[0].name), facts("div", together[0])]);
  const items = together.map((each) => element("li", "", [element("b", each.name), facts("div", each)]));
  return element("div", "", [element("b", say.here.replace("{n}", together.length)), element("ul", "", items)]);
}

function byUrgency(one, other) {
  const rank = (marker) => WORST_FIRST.indexOf(marker.institution.standing);
  const due = (marker) => marker.institution.due_on || "9";
  return rank(one) - rank(other) || due(one).localeCompare(due(other));
}

function row(marker) {
  const button = element("button", marker.institution.name);
  button.type = "button";
  button.addEventListener("click", () => {
    map.setView(marker.getLatLng(), Math.max(map.getZoom(), 15), { animate: false });
    marker.openPopup();
  });
  const mark = element("span", "", [shape(marker.institution.standing)]);
  mark.className = "pin";
  return element("li", "", [mark, element("span", "", [button, facts("small", marker.institution)])]);
}

const rows = new Map([...markers].sort(byUrgency).map((marker) => [marker, row(marker)]));
const layer = L.layerGroup().addTo(map);
document.getElementById("list").append(...rows.values());

function show() {
  const asked = words.value.trim().toLowerCase();
  const answers = ({ institution }) => !hidden.has(institution.standing) && `${institution.name} ${institution.township}`.toLowerCase().includes(asked);
  const shown = markers.filter(answers);
  layer.clearLayers();
  for (const marker of shown) layer.addLayer(marker);
  for (const [marker, item] of rows) item.hidden = !answers(marker);
  const status = document.getElementById("status");
  status.textContent = shown.length ? say.ready.replace("{n}", shown.length) : say.none;
  status.dataset.drawn = shown.length;
}

for (const item of legend) {
  const { standing } = item.dataset;
  const count = markers.filter((marker) => marker.institution.standing === standing).length;
  item.querySelector(".pin").append(shape(standing));
  item.querySelector("b").textContent = count;
  item.hidden = !count;
  const button = item.querySelector("button");
  button.addEventListener("click", () => {
    const off = hidden.delete(standing) ? false : Boolean(hidden.add(standing));
    button.setAttribute("aria-pressed", String(!off));
    show();
  });
}
words.addEventListener("input", show);
if (markers.length) map.fitBounds(L.latLngBounds(markers.map((marker) => marker.getLatLng())).pad(0.05), { maxZoom: 15, animate: false });
show();
