// A small map to say where one is by hand: the institutions around as dots, a cross in the middle. No tiles: it works
// without a network.
import { el, put } from "./dom.js";
import { sheet } from "./sheet.js";
import { t, told } from "./told.js";
import { areas, institutionsOf } from "./worklist.js";

const IN_SIGHT = 2;
const CLOSE_UP = 18;
const NEAR = 200; // dots, so that the place can be told
const NAMED = 8; // of them, those nearest

let loading;
function leaflet() {
  loading ??= (async () => {
    document.head.append(el("link", { rel: "stylesheet", href: told.leaflet_css }));
    await import(told.leaflet);
    return window.L;
  })();
  return loading;
}

// The position that was pinned, or null.
export async function pinned(institution, from) {
  const L = await leaflet();
  const around = (await institutionsOf(await areas())).filter(({ longitude }) => longitude !== null);
  const here = from ?? (institution.longitude === null || institution.longitude === undefined ? middle(around) : institution);
  return new Promise((resolve) => {
    const frame = el("div", { className: "pin-map", tabindex: "0", role: "application", "aria-label": t("pin_hint") });
    const opened = sheet(t("pin"), el("p", { className: "soft" }, t("pin_hint")), el("div", { className: "pin-frame" }, frame, el("span", { className: "cross", "aria-hidden": "true" })),
      el("button", { type: "button", className: "button primary wide", id: "pin-here", onclick: () => { resolve(centre()); opened.close(); } }, t("pin_here")));
    const map = L.map(frame, { attributionControl: false, minZoom: 8, maxZoom: 19, zoomControl: true, zoomAnimation: false });
    const near = [...around].sort((one, other) => off(one, here) - off(other, here)).slice(0, NEAR);
    map.setView([here.latitude, here.longitude], closest(L, map, here, near));
    L.control.scale({ imperial: false }).addTo(map);
    near.forEach((each, rank) => {
      const mine = each.id === institution.id;
      const dot = L.circleMarker([each.latitude, each.longitude], { radius: mine ? 9 : 5, color: mine ? "#b3261e" : "#0072B2" }).addTo(map);
      if (mine || rank < NAMED) dot.bindTooltip(nameOf(each), { permanent: true, direction: "right", className: "pin-name" });
    });
    const centre = () => {
      const { lat, lng } = map.getCenter();
      return { longitude: Number(lng.toFixed(6)), latitude: Number(lat.toFixed(6)), accuracy_m: null, source: "pin" };
    };
    const opening = setTimeout(() => map.invalidateSize(), 50);
    opened.addEventListener("close", () => { clearTimeout(opening); map.remove(); resolve(null); });
  });
}

function nameOf(each) { // an element, not markup
  const name = document.createElement("span");
  put(name, each.name);
  return name;
}

// As close as still shows some of the neighbours.
function closest(L, map, here, near) {
  const reach = Math.max(...near.slice(0, IN_SIGHT).map((each) => Math.max(Math.abs(each.latitude - here.latitude), Math.abs(each.longitude - here.longitude))), 0.0005);
  const around = L.latLngBounds([here.latitude - reach, here.longitude - reach], [here.latitude + reach, here.longitude + reach]);
  return Math.min(map.getBoundsZoom(around), CLOSE_UP);
}

const off = (each, here) => (each.longitude - here.longitude) ** 2 + (each.latitude - here.latitude) ** 2;

function middle(rows) {
  const mean = (name) => rows.reduce((sum, each) => sum + each[name], 0) / rows.length;
  return rows.length ? { longitude: mean("longitude"), latitude: mean("latitude") } : { longitude: 116.4, latitude: 39.9 };
}
