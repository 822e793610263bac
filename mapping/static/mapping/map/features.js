// Marks on the map: one for each institution, one for several at one point, a ring of shares for a square counted together.
import { MARKS, WORST_FIRST, element, shape } from "../shapes.js";
import { config, fill, map, words } from "./page.js";

const AWAKE = 12; // ms in which marks are made or taken away in one go: the page stays awake between them
const shown = new Map(); // id -> {marker, look}
let open = () => {};
let turn = 0;
export const onOpen = (listener) => { open = listener; };
export const drawnMarks = () => [...shown.values()].map(({ mark }) => mark);

const positionOf = (feature) => [feature.geometry.coordinates[1], feature.geometry.coordinates[0]];
export const areCounted = (collection) => collection.features.some((feature) => "count" in feature.properties);

export function sumUp(features) {
  const counts = {};
  for (const { properties } of features) {
    if ("count" in properties) for (const standing of WORST_FIRST) counts[standing] = (counts[standing] ?? 0) + (properties[standing] ?? 0);
    else counts[properties.standing] = (counts[properties.standing] ?? 0) + 1;
  }
  return counts;
}

export const howMany = (features) => features.reduce((sum, { properties }) => sum + (properties.count ?? 1), 0);

// Features -> marks {id, position, kind, count, counts, institutions, bbox}: what lies on one point is one mark.
export function marksOf(collection) {
  const level = collection.zoom ?? "";
  const places = new Map();
  const marks = [];
  for (const feature of collection.features) {
    const { properties } = feature;
    if ("count" in properties) {
      const counts = sumUp([feature]);
      marks.push({ id: `${level}/${feature.id}`, kind: "square", position: positionOf(feature), count: properties.count, counts, bbox: properties.bbox, institutions: [] });
      continue;
    }
    const place = feature.geometry.coordinates.join();
    if (!places.has(place)) {
      const mark = { id: place, kind: "point", position: positionOf(feature), count: 0, counts: {}, institutions: [] };
      places.set(place, mark);
      marks.push(mark);
    }
    const mark = places.get(place);
    mark.count += 1;
    mark.counts[properties.standing] = (mark.counts[properties.standing] ?? 0) + 1;
    mark.institutions.push(properties);
    if (mark.count > 1) mark.kind = "stack";
  }
  return apart(marks);
}

const extent = (boxes) => (boxes.every(Boolean) ? [Math.min(...boxes.map(([west]) => west)), Math.min(...boxes.map(([, south]) => south)), Math.max(...boxes.map(([, , east]) => east)), Math.max(...boxes.map(([, , , north]) => north))] : undefined);

// Rings that would cover one another are drawn as one, at the middle of their institutions.
function apart(marks) {
  const kept = [];
  for (const mark of [...marks].sort((one, other) => other.count - one.count)) {
    const at = map.latLngToLayerPoint(mark.position);
    const near = mark.kind === "square" && kept.find((each) => each.mark.kind === "square" && each.at.distanceTo(at) < (sizeOf(each.mark.count) + sizeOf(mark.count)) * 0.42);
    if (!near) {
      kept.push({ mark, at });
      continue;
    }
    const { mark: into } = near;
    const count = into.count + mark.count;
    into.position = into.position.map((degrees, axis) => (degrees * into.count + mark.position[axis] * mark.count) / count);
    into.counts = Object.fromEntries(WORST_FIRST.map((standing) => [standing, (into.counts[standing] ?? 0) + (mark.counts[standing] ?? 0)]));
    into.bbox = extent([into.bbox, mark.bbox]);
    into.id += `+${mark.id}`;
    into.count = count;
    near.at = map.latLngToLayerPoint(into.position);
  }
  return kept.map(({ mark }) => mark);
}

const LARGE = document.body.classList.contains("wall") ? 1.45 : 1; // to be read from five metres
export const PIN = 20 * LARGE;
export const sizeOf = (count) => LARGE * (count < 10 ? 32 : count < 100 ? 38 : count < 1000 ? 46 : count < 10_000 ? 54 : 62);
export const isOne = (mark) => mark.count === 1; // drawn as its status, from near or far
export const worstOf = (counts) => WORST_FIRST.find((standing) => counts[standing]);

// [standing, from, to] as shares of a turn, the worst first.
export function sharesOf({ count, counts }) {
  let from = 0;
  return WORST_FIRST.filter((standing) => counts[standing]).map((standing) => {
    const share = [standing, from, from + counts[standing] / count];
    from = share[2];
    return share;
  });
}

export function inWords({ counts }) {
  return WORST_FIRST.filter((standing) => counts[standing]).map((standing) => `${config.standings[standing]} ${counts[standing]}`).join(words.comma);
}

function iconOf(mark) {
  if (isOne(mark)) return L.divIcon({ className: "pin-icon", html: shape(worstOf(mark.counts)), iconSize: [PIN, PIN] });
  const size = sizeOf(mark.count);
  const ring = element("span", "", [element("b", String(mark.count))]);
  ring.className = "ring";
  const turns = sharesOf(mark).map(([standing, from, to]) => `${MARKS[standing].colour} ${from}turn ${to}turn`);
  ring.style.backgroundImage = `conic-gradient(${turns.join(", ")})`;
  const worst = worstOf(mark.counts);
  if (worst === "overdue" || worst === "open") ring.append(shape(worst)); // its shape too: nothing is said by colour alone
  return L.divIcon({ className: `bubble ${mark.kind}`, html: ring, iconSize: [size, size] });
}

function titleOf(mark) {
  if (mark.kind === "point") return mark.institutions[0].name;
  return fill(words.cluster, { n: mark.count, parts: inWords(mark) });
}

// By pointer and by keyboard: Leaflet gives a marker its place in the order of the keyboard, and no key that opens it.
export function pressed(marker, act) {
  marker.on("click", act);
  marker.getElement().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act();
  });
}

function add(mark, look) {
  const title = titleOf(mark);
  const marker = L.marker(mark.position, { icon: iconOf(mark), title, alt: title, riseOnHover: true }).addTo(map);
  marker.getElement().setAttribute("aria-label", title);
  pressed(marker, () => open(shown.get(mark.id).mark, marker.getElement()));
  shown.set(mark.id, { marker, mark, look });
}

const lookOf = (mark) => JSON.stringify([mark.kind, mark.position, mark.counts, mark.institutions.map((each) => [each.id, each.name])]);
const untilPainted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

// Draws the marks and takes the others away; what is the same stays, with the focus on it. True when nothing came between.
export async function draw(marks) {
  const mine = ++turn;
  let began = performance.now();
  const rest = async () => {
    await untilPainted();
    began = performance.now();
    return mine === turn;
  };
  const tired = () => performance.now() - began > AWAKE;
  const wanted = new Map(marks.map((mark) => [mark.id, lookOf(mark)]));
  for (const [id, { marker, look }] of shown) {
    if (wanted.get(id) === look) continue;
    if (tired() && !(await rest())) return false;
    marker.remove();
    shown.delete(id);
  }
  const missing = marks.filter((mark) => !shown.has(mark.id));
  for (const mark of marks) if (shown.has(mark.id)) shown.get(mark.id).mark = mark;
  for (const mark of missing) {
    if (tired() && !(await rest())) return false;
    add(mark, wanted.get(mark.id));
  }
  return true;
}

export function elementOf(institutionId) {
  for (const { mark, marker } of shown.values()) if (mark.institutions.some((each) => each.id === institutionId)) return [mark, marker.getElement()];
  return [null, null];
}
