// Where an institution stands, as colour and shape, each its own: on the map, in its legend and list, in pictures of it.
// Paths in a box of 18 × 18; a hollow one is paper inside.
export const MARKS = {
  overdue: { colour: "#D55E00", path: "M2 2h14v14H2z" },
  open: { colour: "#E69F00", path: "M9 1.5 17 16H1z", edge: "#5c4000" },
  licensed: { colour: "#0072B2", path: "M2 9a7 7 0 1 0 14 0a7 7 0 1 0-14 0z" },
  corrected: { colour: "#009E73", path: "M9 1 17 9 9 17 1 9z" },
  closed: { colour: "#6f6f6f", path: "M3 3 15 15M15 3 3 15", line: 4 },
  clear: { colour: "#4b7385", path: "M3.5 9a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0z", hollow: 3 },
  unseen: { colour: "#8a68ad", path: "M2.5 9a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0z", hollow: 2.5, dash: [2.6, 2.5] },
  unsurveyed: { colour: "#8c6d46", path: "M2 4h14L9 15.5z", hollow: 2.2 },
};
export const WORST_FIRST = ["overdue", "open", "closed", "licensed", "corrected", "unseen", "clear", "unsurveyed"];
const SVG = "http://www.w3.org/2000/svg";

export function shape(standing) {
  const { colour, path, edge, line, hollow, dash } = MARKS[standing];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS(SVG, "path");
  const look = line
    ? { fill: "none", stroke: colour, "stroke-width": line, "stroke-linecap": "round" }
    : hollow
      ? { fill: "#fff", stroke: colour, "stroke-width": hollow, class: "hollow" }
      : { fill: colour, stroke: edge ?? "#fff", "stroke-width": 1.2 };
  for (const [name, value] of Object.entries({ d: path, ...look })) drawn.setAttribute(name, value);
  if (dash) drawn.setAttribute("stroke-dasharray", dash.join(" "));
  svg.append(drawn);
  return svg;
}

// The same mark on a canvas, its middle at x, y.
export function drawShape(context, standing, x, y, size) {
  const { colour, path, edge, line, hollow, dash } = MARKS[standing];
  const drawn = new Path2D(path);
  context.save();
  context.translate(x - size / 2, y - size / 2);
  context.scale(size / 18, size / 18);
  context.lineCap = line ? "round" : "butt";
  context.setLineDash(dash ?? []);
  context.fillStyle = hollow ? "#fff" : colour;
  context.strokeStyle = line || hollow ? colour : (edge ?? "#fff");
  context.lineWidth = line ?? hollow ?? 1.2;
  if (!line) context.fill(drawn);
  context.stroke(drawn);
  context.restore();
}

export function element(tag, text, children = []) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

export function pin(position, standing, options) {
  const icon = L.divIcon({ className: "pin-icon", html: shape(standing), iconSize: [18, 18] });
  return L.marker(position, { icon, ...options });
}

// The name of a place, in a pane of its own above the markers.
export function placeName(map, position, name) {
  if (!map.getPane("places")) map.createPane("places");
  const icon = L.divIcon({ className: "place", html: element("span", name), iconSize: [0, 0] });
  return L.marker(position, { icon, pane: "places", interactive: false, keyboard: false }).addTo(map);
}
