// A ground that orients without a base map: names of the divisions below, a graticule with degrees, a scale.
import { element } from "../shapes.js";
import { PIN, drawnMarks, isOne, sizeOf } from "./features.js";
import { map, words } from "./page.js";

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200]; // minutes of arc
const LINES = 7; // at most about so many across
let names = []; // {name, position, label, width, height}

export const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();

// 7250 -> 120°50′E
export function degrees(minutes, isLongitude) {
  const whole = Math.abs(minutes);
  const side = isLongitude ? (minutes < 0 ? "W" : "E") : minutes < 0 ? "S" : "N";
  return `${Math.floor(whole / 60)}°${whole % 60 ? `${String(whole % 60).padStart(2, "0")}′` : ""}${side}`;
}

// Lines of the graticule in a box of degrees: {minutes, at} along each axis, the same step for both.
export function graticule(bounds) {
  const wide = bounds.getEast() - bounds.getWest();
  const step = STEPS.find((each) => (wide * 60) / each <= LINES) ?? STEPS.at(-1);
  const along = (from, to) => {
    const found = [];
    for (let minutes = Math.ceil((from * 60) / step) * step; minutes <= to * 60; minutes += step) found.push(minutes);
    return found;
  };
  return { meridians: along(bounds.getWest(), bounds.getEast()), parallels: along(Math.max(bounds.getSouth(), -85), Math.min(bounds.getNorth(), 85)) };
}

export function drawGraticule(context, { bounds, width, height, project, ink, line, font }) {
  const { meridians, parallels } = graticule(bounds);
  context.save();
  context.strokeStyle = line;
  context.fillStyle = ink;
  context.lineWidth = 1;
  context.font = font;
  for (const minutes of meridians) {
    const x = Math.round(project(bounds.getCenter().lat, minutes / 60)[0]) + 0.5;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
    context.fillText(degrees(minutes, true), x + 4, height - 6);
  }
  for (const minutes of parallels) {
    const y = Math.round(project(minutes / 60, bounds.getCenter().lng)[1]) + 0.5;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
    const text = degrees(minutes, false);
    context.fillText(text, width - context.measureText(text).width - 6, y - 4);
  }
  context.restore();
}

const canvas = document.createElement("canvas");
canvas.className = "graticule";
canvas.setAttribute("aria-hidden", "true");
map.createPane("ground").append(canvas);

function drawGround() {
  const { x: width, y: height } = map.getSize();
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== width * ratio || canvas.height !== height * ratio) Object.assign(canvas, { width: width * ratio, height: height * ratio });
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const project = (latitude, longitude) => { const at = map.latLngToContainerPoint([latitude, longitude]); return [at.x, at.y]; };
  drawGraticule(context, { bounds: map.getBounds(), width, height, project, ink: colour("--map-ink"), line: colour("--map-line"), font: "12px system-ui, sans-serif" });
}
let frame = 0;
const drawSoon = () => { frame ||= requestAnimationFrame(() => { frame = 0; drawGround(); }); }; // of one move come several
map.on("move zoomend resize viewreset", drawSoon);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawSoon);
drawSoon();

export function setNames(places) {
  for (const { label } of names) label.remove();
  if (!map.getPane("places")) map.createPane("places");
  names = places.map(({ name, position }) => {
    const text = element("span", name);
    const label = L.marker(position, { icon: L.divIcon({ className: "place", html: text, iconSize: [0, 0] }), pane: "places", interactive: false, keyboard: false }).addTo(map);
    return { name, position, label, text };
  });
  // Measured when all stand: a measure between two of them would lay the page out anew each time.
  for (const each of names) Object.assign(each, { width: each.text.offsetWidth, height: each.text.offsetHeight });
  placeNames();
}

const halfOf = (mark) => (mark.radius ? mark.radius : isOne(mark) ? PIN / 2 : sizeOf(mark.count) / 2);

// Where each name stands that finds room: it covers no mark and no other name. `at` projects a position to a point; without
// room there is no place in the answer, and the name waits for a closer look.
export function arrange(places, marks, at) {
  const around = ({ x, y }, width, height) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  const taken = marks.map((mark) => around(at(mark.position), 2 * halfOf(mark), 2 * halfOf(mark)));
  return places.map(({ position, width, height }) => {
    const middle = at(position);
    const beside = 28 + width / 2;
    for (const offset of [[0, 0], [0, -32], [0, 32], [beside, 0], [-beside, 0], [0, -48], [0, 48]]) {
      const point = middle.add(offset);
      const box = around(point, width, height);
      if (taken.some((other) => other[0] < box[2] && box[0] < other[2] && other[1] < box[3] && box[1] < other[3])) continue;
      taken.push(box);
      return point;
    }
    return undefined;
  });
}

let others = () => []; // marks of another layer than the institutions
export const alsoCovered = (marks) => { others = marks; };

export function placeNames() {
  const found = arrange(names, [...drawnMarks(), ...others()], (position) => map.latLngToLayerPoint(position));
  names.forEach(({ text, position }, index) => {
    text.hidden = !found[index];
    if (!found[index]) return;
    const offset = found[index].subtract(map.latLngToLayerPoint(position));
    text.style.translate = `calc(-50% + ${offset.x}px) calc(-50% + ${offset.y}px)`;
  });
}

// [{name, position, width, height}], for a picture.
export const placesNamed = () => names;

L.control.zoom({ position: "topleft", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
for (const link of map.getContainer().querySelectorAll(".leaflet-control-zoom a")) link.setAttribute("aria-label", link.title);
