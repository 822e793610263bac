// Where an institution stands, as colour and shape: the same on the map, in its legend and list, on the map of one place.
const COLOURS = { licensed: "#0072B2", corrected: "#0072B2", open: "#E69F00", overdue: "#D55E00", closed: "#666666", unseen: "#8fa3b0", clear: "#8fa3b0", unsurveyed: "#8fa3b0" };
const HOLLOW = ["unseen", "clear", "unsurveyed"];
const SHAPES = {
  licensed: ["circle", { cx: 9, cy: 9, r: 7 }], corrected: ["circle", { cx: 9, cy: 9, r: 7 }],
  open: ["path", { d: "M9 1.5 17 16H1z" }], overdue: ["rect", { x: 2, y: 2, width: 14, height: 14 }],
  closed: ["path", { d: "M3 3 15 15M15 3 3 15", stroke: "#666666", "stroke-width": 4, "stroke-linecap": "round" }],
  clear: ["circle", { cx: 9, cy: 9, r: 5.5 }],
  unseen: ["circle", { cx: 9, cy: 9, r: 6.5, "stroke-width": 2.5, "stroke-dasharray": "2.6 2.5" }],
  unsurveyed: ["path", { d: "M9 2.5 15.5 9 9 15.5 2.5 9z" }],
};

export function shape(standing) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 18 18");
  const [tag, attributes] = SHAPES[standing];
  const drawn = document.createElementNS(ns, tag);
  const hollow = HOLLOW.includes(standing);
  const base = hollow
    ? { fill: "#fff", stroke: COLOURS[standing], "stroke-width": 3 }
    : { fill: COLOURS[standing], stroke: "#fff", "stroke-width": 1.5 };
  for (const [name, value] of Object.entries({ ...base, ...attributes })) drawn.setAttribute(name, value);
  if (hollow) drawn.setAttribute("class", "hollow");
  svg.append(drawn);
  return svg;
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
