// The map's page: what is asked for when something changes, and in which layer it is drawn.
import { alsoCovered, placeNames, setNames } from "./map/background.js";
import { ask, lastOne, today } from "./map/doors.js";
import { areCounted, draw, elementOf, howMany, marksOf, onOpen, sumUp } from "./map/features.js";
import { hideHeat, showHeat } from "./map/heat.js";
import { showCounts } from "./map/legend.js";
import { onShow, queryAround, queryOf, showList, showOrder } from "./map/list.js";
import { byId, config, drawn, fill, map, remark, say, words } from "./map/page.js";
import { openPopup } from "./map/popup.js";
import { onPlaced, showUnlocated } from "./map/placing.js";
import { boxOf } from "./map/selection.js";
import { knownNow } from "./map/sheet.js";
import { afterDrawing, showDay } from "./map/slider.js";
import { address, change, changedSince, onChange, positionsNow, question, since, state, toRegister } from "./map/state.js";
import { getTownships, hideTownships, showAreas, showTownships, townshipMarks } from "./map/townships.js";
import { showBase, showLayer } from "./map/layers.js";

const ONE_BY_ONE = 500; // so few in view are asked for one by one, though it be far away
const MOST_DRAWN = 800; // marks at once; more are counted together
const CLOSE = 15; // the zoom from which the server answers one by one
const latestView = lastOne();
const latestWhole = lastOne();
const latestOpened = lastOne();
let drawing = Promise.resolve();

const features = (query, signal) => ask(`${config.doors.map}?${query}${since()}`, { signal });
const failed = (problem) => {
  byId("frame").setAttribute("aria-busy", "false");
  if (problem.status === 401) return say(words.signedOut, [words.signIn, () => { location.href = `${config.pages.login}?next=${encodeURIComponent(location.pathname + location.search)}`; }]);
  return say(fill(words.failed, { why: problem.message }), [words.again, showAll]);
};

// --- What is in view

async function inView(signal) {
  const box = boxOf(map.getBounds());
  const zoom = Math.min(20, Math.round(map.getZoom()));
  const at = (level) => features(`${question()}&bbox=${box}&zoom=${level}`, signal);
  const far = await at(zoom);
  const count = howMany(far.features);
  if (areCounted(far) && count <= ONE_BY_ONE && zoom < CLOSE) return at(CLOSE);
  if (!areCounted(far) && count > MOST_DRAWN) return at(CLOSE - 1);
  return far;
}

async function showView() {
  const { layer } = state();
  const heat = layer === "heat";
  byId("frame").setAttribute("aria-busy", "true");
  const answer = await latestView((signal) => (heat ? features(`${question()}&bbox=${boxOf(map.getBounds())}&zoom=${Math.min(14, Math.round(map.getZoom()) + 2)}`, signal) : inView(signal)));
  if (!answer || layer !== state().layer) return; // the layer that is looked at now asks itself
  knownNow();
  showDay();
  const count = howMany(answer.features);
  if (heat) showHeat(answer.features);
  const marks = layer === "townships" || heat ? [] : marksOf(answer);
  if (!(await draw(marks))) return;
  tell(answer, count);
  placeNames();
  drawn(count, layer === "townships" ? townshipMarks().length : marks.length);
  byId("frame").setAttribute("aria-busy", "false");
  if (state().opened && !isOpened()) reopen().catch(failed);
}

function tell(answer, count) {
  byId("total").textContent = fill(words.total, { n: answer.total });
  toRegister(byId("total"));
  showUnlocated(answer.unlocated, answer.approximate);
  byId("unlocated-link").hidden = !answer.unlocated;
  byId("geocoding-link")?.toggleAttribute("hidden", !answer.unlocated);
  toRegister(byId("unlocated-link"), { located: "no" });
  byId("unlocated-link").textContent = fill(words.unlocated, { n: answer.unlocated });
  byId("nothing").hidden = answer.total > 0;
  byId("list-section").hidden = !answer.total;
  byId("list-empty").textContent = answer.located ? words.noneHere : words.nowhere;
  if (!answer.total) return remark(words.none);
  if (state().layer === "townships") return remark(words.symbols);
  const placed = (text) => remark([text, positionsNow()].filter(Boolean).join(words.comma));
  if (state().layer === "heat") return placed(words.heat);
  if (since()) return placed(fill(words.changed, { since: changedSince(), day: state().as_of || today() }));
  placed(areCounted(answer) ? fill(words.many, { n: answer.located }) : fill(words.shown, { n: count }));
}

const show = () => {
  const box = boxOf(map.getBounds());
  showOrder();
  drawing = Promise.all([showView(), showList(box), state().layer === "townships" && townshipMarks().length ? showAreas() : null]).catch(failed);
  return drawing;
};

// --- The whole question: the legend's numbers, where to look first

async function showWhole(first = "") {
  const answer = await latestWhole((signal) => (first ? ask(first) : features(`${question({ standing: "" })}&zoom=${config.zoom}`, signal)));
  if (!answer) return null;
  showCounts(sumUp(answer.features));
  return answer;
}

// Names of the divisions below, once for the division; with their rates where those are the layer.
const PLAIN = Object.fromEntries(config.grammar.filter((name) => !["division", "as_of", "known_at"].includes(name)).map((name) => [name, ""]));
let places = null;

async function showBelow() {
  const rates = state().layer === "townships";
  if (rates) await showTownships();
  else hideTownships();
  places ??= getTownships(question(PLAIN)).then(({ features: below }) => below.filter((each) => each.geometry && each.properties.below));
  const percent = new Map(townshipMarks().map(({ properties }) => [properties.code, properties.completion_percent]));
  const named = await places.catch(() => { places = null; return []; });
  setNames(named.map(({ geometry: { coordinates: [longitude, latitude] }, properties: { code, name } }) => ({ name: rates ? `${name} ${percent.get(code) ?? ""}`.trim() : name, position: [latitude, longitude] })));
}

function fitTo(answer) {
  const bounds = L.latLngBounds([]);
  for (const { geometry: { coordinates: [longitude, latitude] }, properties: { bbox } } of answer.features) {
    if (bbox) bounds.extend([[bbox[1], bbox[0]], [bbox[3], bbox[2]]]);
    else bounds.extend([latitude, longitude]);
  }
  if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: 15, animate: false, paddingTopLeft: [50, 50], paddingBottomRight: [40, 70] });
}

async function showAll() {
  say(words.loading);
  showLayer();
  if (state().layer !== "heat") hideHeat();
  const below = showBelow();
  const whole = showWhole();
  if (state().layer === "townships") await below.catch(failed);
  await Promise.all([whole, below, show()]).catch(failed);
}

// --- Opening what was clicked, on the map or in the list

onOpen((mark, opener) => {
  if (mark.kind !== "square") return openPopup(mark.institutions, mark.position, opener);
  const box = mark.bbox && L.latLngBounds([mark.bbox[1], mark.bbox[0]], [mark.bbox[3], mark.bbox[2]]);
  const closest = map.getZoom() >= map.getMaxZoom();
  if (closest || (box && box.getSouthWest().equals(box.getNorthEast()))) return listSquare(mark, box, opener);
  if (!box) return map.setView(mark.position, Math.min(map.getMaxZoom(), map.getZoom() + 2));
  const zoom = map.getBoundsZoom(box.pad(0.2));
  map.setView(box.getCenter(), Math.min(map.getMaxZoom(), Math.max(zoom, map.getZoom() + 1)));
});

// At the closest look, or where all of a square lie at one point, they are listed.
async function listSquare(mark, box, opener) {
  const around = box ?? L.latLng(mark.position).toBounds(20);
  try {
    const { count, results } = await ask(queryOf(boxOf(L.latLngBounds([around.getSouth() - 1e-6, around.getWest() - 1e-6], [around.getNorth() + 1e-6, around.getEast() + 1e-6])), config.mostHanded));
    if (results.length) openPopup(results, mark.position, opener, { count });
  } catch (problem) {
    failed(problem);
  }
}

onShow(async (each, opener) => {
  const position = [each.latitude, each.longitude];
  if (!map.getBounds().pad(-0.1).contains(position) || map.getZoom() < CLOSE) map.setView(position, Math.max(map.getZoom(), 16));
  map.getContainer().scrollIntoView({ block: "nearest" }); // on a phone the list is below the map
  const [mark] = elementOf(each.id);
  try {
    // Counted together with others it has no mark: what lies at its point is asked for.
    const there = await latestOpened((signal) => (mark ? { count: mark.count, results: mark.institutions } : ask(queryAround(each.id, config.mostHanded), { signal })));
    if (there) openPopup([each, ...there.results.filter((other) => other.id !== each.id)], position, opener, { count: there.count });
  } catch (problem) {
    failed(problem);
  }
});

// What the URL says is opened, first of what lies at its point; what is counted together with others is asked for.
const isOpened = () => byId("frame").querySelector(".leaflet-popup");
const firstOf = (id, institutions) => [...institutions.filter((each) => each.id === id), ...institutions.filter((each) => each.id !== id)];
async function reopen() {
  const { opened } = state();
  const [mark, opener] = elementOf(opened);
  if (mark) return openPopup(firstOf(opened, mark.institutions), mark.position, opener, { focus: false });
  const { count, results } = await ask(queryAround(opened, config.mostHanded));
  if (state().opened !== opened || isOpened()) return null;
  if (!results.length) return change({ opened: "" }, { push: false }); // none of the question
  const [each, ...others] = firstOf(opened, results);
  return openPopup([each, ...others], [each.latitude, each.longitude], null, { focus: false, count });
}

// --- The view in the URL. Above and below the world there is nothing, and east of it is its west: no address is of there.
map.options.maxBoundsViscosity = 1;
map.setMaxBounds([[-85, -1e4], [85, 1e4]]);

const viewOf = () => { const { lat, lng } = map.getCenter(); return `${lng.toFixed(5)},${lat.toFixed(5)},${map.getZoom()}`; };
let leading = false; // the URL leads the map, not the map the URL

function goTo(at) {
  const [longitude, latitude, zoom] = at.split(",").map(Number);
  leading = true;
  map.setView([latitude, longitude], zoom, { animate: false });
  leading = false;
}

let waiting = 0;
map.on("moveend", () => {
  const center = map.getCenter();
  if (Math.abs(center.lng) > 180) return map.setView(center.wrap(), map.getZoom(), { animate: false });
  placeNames();
  if (leading) return;
  change({ at: viewOf() }, { push: false });
  byId("frame").setAttribute("aria-busy", "true");
  clearTimeout(waiting);
  waiting = setTimeout(show, 120); // of moves in a row the last one asks
});

onChange((names, back) => {
  if (names.has("opened") && !state().opened) map.closePopup();
  if (back && names.has("at") && state().at) goTo(state().at);
  if (names.has("base")) showBase();
  const asked = config.grammar.some((name) => names.has(name));
  if (asked || names.has("layer") || names.has("change_since")) {
    if (asked) map.closePopup();
    drawing = showAll();
  } else if (names.has("near") || (back && names.has("at"))) show();
});
// What leads away from the page asks what is looked at, not what the page began with.
const chips = [...document.querySelectorAll(".asked a")].map((link) => {
  const left = new URLSearchParams(link.search);
  return [link, Object.fromEntries(config.grammar.filter((name) => state()[name] && !left.get(name)).map((name) => [name, ""]))];
});
function leadOn() {
  const now = state();
  const asked = question({ as_of: now.as_of === today() && !now.known_at ? "" : now.as_of }); // a wall of today goes on with the days
  for (const link of document.querySelectorAll("a[data-asked]")) link.href = `${link.dataset.asked}${asked}${link.dataset.more ?? ""}`;
  byId("wall-asked").value = asked;
  for (const [link, without] of chips) link.href = address(without);
}
onChange(leadOn);
leadOn();
afterDrawing(() => drawing);
onPlaced(() => showAll());

// --- The beginning

alsoCovered(townshipMarks);

// The fields ask anew; what the legend, the layer and the base map say goes with them.
const form = document.querySelector("form.map-filters");
form.addEventListener("submit", () => {
  for (const name of ["standing", "layer", "change_since", "base"]) {
    const field = form.elements[name] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    field.value = state()[name];
    field.disabled = !field.value;
  }
});
form.addEventListener("formdata", ({ formData }) => { if (formData.get("as_of") === today() && !formData.get("known_at")) formData.delete("as_of"); });
byId("map-home").addEventListener("click", async () => { const whole = await showWhole().catch(failed); if (whole) fitTo(whole); });

async function begin() {
  say(words.loading);
  showLayer();
  showBase();
  const first = state().at;
  try {
    if (first) goTo(first);
    const below = showBelow();
    const whole = await showWhole(config.first); // which the browser has asked for already
    leading = true;
    if (!first && whole) fitTo(whole);
    leading = false;
    await new Promise((resolve) => setTimeout(resolve)); // the page stays awake between what is counted and what is drawn
    // What is known already is seen at once, until the view has come.
    const early = !first && whole && !["townships", "heat"].includes(state().layer) ? draw(marksOf(whole)) : null;
    if (state().layer === "townships") await below;
    await Promise.all([early, show(), below]);
  } catch (problem) {
    failed(problem);
  }
}
drawing = begin();
