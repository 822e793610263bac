// Chosen on the map: all on screen, a rectangle or an area drawn by points; then handed over with a day and a name.
import { element } from "../shapes.js";
import { ask } from "./doors.js";
import { queryOf } from "./list.js";
import { facts, pinOf } from "./popup.js";
import { byId, config, fill, hold, map, say, words } from "./page.js";
import { question } from "./state.js";

const panel = byId("selection");
const layer = L.layerGroup().addTo(map);
let drawing = null; // {stop}
const MOST_PAGES = 25; // of a list that is looked through for an area
const STYLE = { color: "#0b4f7d", weight: 2.5, dashArray: "6 5", fillOpacity: 0.08, interactive: false };

export const boxOf = (bounds) => [Math.max(bounds.getWest(), -180), Math.max(bounds.getSouth(), -85), Math.min(bounds.getEast(), 180), Math.min(bounds.getNorth(), 85)].map((each) => each.toFixed(6)).join();

// Whether a point lies inside of a ring of [longitude, latitude].
export function isInside([x, y], ring) {
  let inside = false;
  ring.forEach(([x1, y1], index) => {
    const [x2, y2] = ring[(index + 1) % ring.length];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

async function found(bounds, ring) {
  const first = queryOf(boxOf(bounds), config.mostHanded);
  const all = [];
  let next = "";
  let count = 0;
  do {
    const answer = await ask(`${first}${next ? `&after=${encodeURIComponent(next)}` : ""}`);
    count = answer.count;
    all.push(...answer.results.filter((each) => !ring || isInside([each.longitude, each.latitude], ring)));
    next = answer.next;
  } while (next && ring && count <= config.mostHanded * MOST_PAGES && all.length <= config.mostHanded);
  const known = !ring || !next || all.length > config.mostHanded;
  return { institutions: all, count: ring ? all.length : Math.max(count, all.length), around: known ? 0 : count };
}

async function choose(bounds, ring) {
  stopDrawing();
  layer.clearLayers();
  layer.addLayer(ring ? L.polygon(ring.map(([longitude, latitude]) => [latitude, longitude]), STYLE) : L.rectangle(bounds, STYLE));
  try {
    const { institutions, count, around } = await found(bounds, ring);
    if (around) return refuse(fill(words.areaTooWide, { n: around }));
    if (ring && count > config.mostHanded) return refuse(fill(words.areaTooMany, { most: config.mostHanded }));
    if (count > config.mostHanded) return refuse(fill(words.tooMany, { n: count, most: config.mostHanded }));
    if (!institutions.length) return refuse(words.selectedNone);
    show(institutions);
  } catch (problem) {
    refuse(fill(words.failed, { why: problem.message }));
  }
}

function refuse(sentence) {
  clear();
  say(sentence);
}

function show(institutions) {
  panel.hidden = false;
  byId("selected").textContent = fill(words.selected, { n: institutions.length });
  byId("selected-list").replaceChildren(...institutions.map((each) => element("li", "", [pinOf(each.standing), element("div", each.name, [facts("small", each)])])));
  byId("selected-ids").value = institutions.map((each) => each.id).join();
  byId("selected-asked").value = question();
  panel.querySelector("h2").focus();
}

function clear() {
  panel.hidden = true;
  layer.clearLayers();
}
byId("selection-clear").addEventListener("click", () => { clear(); byId("choose-screen").focus(); });

function stopDrawing() {
  if (!drawing) return;
  drawing();
  drawing = null;
  say("");
}

// Events of the map for as long as something is drawn on it; Esc ends it.
function during(sentence, events, { still = false } = {}) {
  stopDrawing();
  hold(sentence);
  const container = map.getContainer();
  const escape = (event) => { if (event.key === "Escape") { stopDrawing(); say(words.cancelled); } else events.keydown?.(event); };
  const { keydown, ended, ...onMap } = events;
  container.classList.add("drawing");
  if (still) {
    map.dragging.disable();
    map.touchZoom.disable();
  }
  map.doubleClickZoom.disable();
  map.on(onMap);
  document.addEventListener("keydown", escape);
  container.focus({ preventScroll: true });
  drawing = () => {
    ended?.();
    container.classList.remove("drawing");
    map.dragging.enable();
    map.touchZoom.enable();
    map.doubleClickZoom.enable();
    map.off(onMap);
    document.removeEventListener("keydown", escape);
  };
}
export { during, stopDrawing };

const menu = byId("choose-screen").closest("details");
menu.addEventListener("click", (event) => { if (event.target.closest("button")) menu.open = false; });
// Nothing is written by it: a second sheet may be asked for at once (once.js).
panel.querySelector("form").addEventListener("submit", ({ target }) => setTimeout(() => delete target.dataset.sent, 1000));

byId("choose-screen").addEventListener("click", () => choose(map.getBounds(), null));

byId("choose-box").addEventListener("click", () => {
  let from = null;
  let box = null;
  const over = new AbortController();
  // Of the browser's own events: Leaflet's are the mouse's alone, and a finger draws, too.
  const meant = (event) => event.isPrimary && event.button <= 0 && !event.target.closest(".leaflet-control, .leaflet-popup");
  const on = (name, act) => map.getContainer().addEventListener(name, (event) => { if (meant(event)) act(map.mouseEventToLatLng(event)); }, { signal: over.signal });
  during(words.drawBox, { ended: () => over.abort() }, { still: true });
  on("pointerdown", (at) => { from = at; });
  on("pointermove", (at) => {
    if (!from) return;
    if (box) box.setBounds(L.latLngBounds(from, at));
    else { layer.clearLayers(); box = L.rectangle(L.latLngBounds(from, at), STYLE).addTo(layer); }
  });
  on("pointerup", () => { if (box) choose(box.getBounds(), null); from = null; });
});

byId("choose-area").addEventListener("click", () => {
  const points = [];
  let line = null;
  const done = () => { if (points.length >= 3) choose(L.latLngBounds(points), points.map(({ lat, lng }) => [lng, lat])); };
  during(words.drawArea, {
    click: ({ latlng, containerPoint }) => {
      if (points.length >= 3 && map.latLngToContainerPoint(points[0]).distanceTo(containerPoint) < 14) return done();
      points.push(latlng);
      if (line) line.setLatLngs(points);
      else { layer.clearLayers(); line = L.polyline(points, STYLE).addTo(layer); }
      L.circleMarker(latlng, { radius: 5, color: "#0b4f7d", fillColor: "#fff", fillOpacity: 1, weight: 2, interactive: false }).addTo(layer);
    },
    keydown: (event) => { if (event.key === "Enter") done(); },
  });
});
