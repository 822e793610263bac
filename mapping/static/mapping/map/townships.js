// The divisions below: symbols sized by institutions and coloured by completion rate, on their boundaries where there are any.
import { element } from "../shapes.js";
import { ask, lastOne } from "./doors.js";
import { pressed } from "./features.js";
import { byId, config, fill, map, words } from "./page.js";
import { question, state } from "./state.js";

// [from this share on, colour, ink on it]; five classes, told apart also by who does not see red and green.
export const CLASSES = [[1, "#1f6fa8", "#fff"], [0.9, "#8cc0de", "#12212b"], [0.8, "#f1e3b5", "#12212b"], [0.6, "#f0a04b", "#12212b"], [0, "#b8430f", "#fff"]];
export const NO_RATE = ["#d3dadf", "#12212b"];
const latestSymbols = lastOne();
const latestAreas = lastOne();
const symbols = L.layerGroup();
let areas = null;
let shown = []; // {position, radius, name, percent, colours, properties}
export const townshipMarks = () => shown;

export function coloursOf({ completion_rate: rate }) {
  if (rate === null) return NO_RATE;
  return CLASSES.find(([from]) => Number(rate) >= from).slice(1);
}

// Areas are as the institutions; the largest is 34 px from its middle to its edge.
export const radiusOf = (surveyed, most) => (surveyed ? Math.max(9, 34 * Math.sqrt(surveyed / most)) : 7);

export async function getTownships(asked, signal) {
  return ask(`${config.doors.townships}?${asked}`, { signal });
}

function said(each) {
  const figures = fill(words.townshipOf, { surveyed: each.surveyed, problems: each.with_problems, rectified: each.rectified, overdue: each.overdue });
  const rate = fill(words.rateOf, { name: each.name, percent: each.completion_percent });
  return [rate, figures, each.rank ? fill(words.rank, { n: each.rank }) : ""].filter(Boolean).join(words.comma);
}

function symbol(feature, most) {
  const { properties } = feature;
  const position = [feature.geometry.coordinates[1], feature.geometry.coordinates[0]];
  const radius = radiusOf(properties.surveyed, most);
  const colours = coloursOf(properties);
  const disc = element("span");
  disc.className = "disc";
  disc.style.backgroundColor = colours[0];
  const icon = L.divIcon({ className: "symbol", html: disc, iconSize: [radius * 2, radius * 2] });
  const marker = L.marker(position, { icon, title: said(properties), alt: said(properties), riseOnHover: true, township: properties });
  shown.push({ position, radius, name: properties.name, percent: properties.completion_percent, colours, properties });
  return marker;
}

function openTownship(each, position, marker) {
  const link = element("a", each.name);
  link.href = `?${question({ division: each.code })}`;
  const content = element("div", "", [element("b", "", [link]), element("div", said(each))]);
  content.setAttribute("role", "dialog");
  content.setAttribute("aria-label", each.name);
  content.addEventListener("keydown", (event) => { if (event.key === "Escape") { map.closePopup(); marker.getElement()?.focus(); } });
  const popup = L.popup({ maxWidth: 300 }).setLatLng(position).setContent(content).openOn(map);
  popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", words.close);
  link.focus({ preventScroll: true });
}

export async function showTownships() {
  areasFor = ""; // coloured anew
  const answer = await latestSymbols((signal) => getTownships(question(), signal));
  if (!answer || state().layer !== "townships") return;
  shown = [];
  const placed = answer.features.filter((each) => each.geometry);
  const most = Math.max(1, ...placed.map((each) => each.properties.surveyed));
  const bySize = placed.sort((one, other) => other.properties.surveyed - one.properties.surveyed);
  symbols.clearLayers();
  for (const each of bySize) symbols.addLayer(symbol(each, most)); // small ones above large ones
  symbols.addTo(map);
  for (const marker of symbols.getLayers()) {
    marker.getElement().setAttribute("aria-label", marker.options.title);
    pressed(marker, () => openTownship(marker.options.township, marker.getLatLng(), marker));
  }
  await showAreas();
}

let areasFor = "";
function clearAreas() {
  areas?.remove();
  areas = null;
  areasFor = "";
  byId("approval").textContent = "";
}

// For the zoom that is looked at: asked for again when it is another. A province or country with too many says so.
export async function showAreas() {
  const given = new URLSearchParams(question());
  const asked = new URLSearchParams({ zoom: Math.round(map.getZoom()) });
  for (const name of ["division", "as_of", "known_at"]) if (given.get(name)) asked.set(name, given.get(name));
  if (areasFor === `${asked}`) return;
  let answer;
  try {
    answer = await latestAreas((signal) => ask(`${config.doors.boundaries}?${asked}`, { signal }));
  } catch (problem) {
    if (problem.status !== 422) throw problem;
    clearAreas();
    byId("approval").textContent = problem.message;
    return;
  }
  if (!answer || state().layer !== "townships") return;
  clearAreas();
  areasFor = `${asked}`;
  if (!answer.features.length) return;
  const rates = new Map(shown.map(({ properties }) => [properties.code, properties]));
  areas = L.geoJSON(answer, {
    pane: "areas", interactive: false,
    style: ({ properties }) => ({ color: "#51626e", weight: 1.5, fillColor: rates.has(properties.code) ? coloursOf(rates.get(properties.code))[0] : NO_RATE[0], fillOpacity: 0.45 }),
  }).addTo(map);
  const numbers = [...new Set(answer.features.map(({ properties }) => properties.approval_number).filter(Boolean))];
  byId("approval").textContent = numbers.map((number) => fill(words.approval, { number })).join(words.comma);
}
if (!map.getPane("areas")) map.createPane("areas");

export const areasShown = () => areas;

export function hideTownships() {
  symbols.remove();
  clearAreas();
  shown = [];
}

// Lines of the legend: [colour, words].
export function classLines() {
  return [
    ...CLASSES.map(([from, colour], index) => [colour, from === 1 ? "100%" : from ? `≥ ${from * 100}%` : `< ${CLASSES[index - 1][0] * 100}%`]),
    [NO_RATE[0], words.noRate],
  ];
}
