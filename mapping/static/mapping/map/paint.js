// The map as a picture of any size: what is drawn on the screen, projected anew, so that nothing is cut off.
import { drawShape, MARKS } from "../shapes.js";
import { areasShown, townshipMarks } from "./townships.js";
import { arrange, drawGraticule, placesNamed } from "./background.js";
import { drawnMarks, isOne, sharesOf, sizeOf, worstOf } from "./features.js";
import { heatSpots, paintHeat } from "./heat.js";
import { map } from "./page.js";

const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const PAPER = { ground: "#eef2f4", ink: "#3d4c56", line: "#cfd8de", name: "#24323b", halo: "#ffffff", paper: "#ffffff" };

// How the view of the screen is projected onto width × height: all of it is in, and nothing beside it, of which the marks
// have not been asked for. `left` and `top` is where it begins, `wide` and `high` how large it is there.
function projection(width, height) {
  const bounds = map.getBounds();
  const at = (zoom, latitude, longitude) => map.project([latitude, longitude], zoom);
  const zoom = map.getZoom();
  const northWest = at(zoom, bounds.getNorth(), bounds.getWest());
  const southEast = at(zoom, bounds.getSouth(), bounds.getEast());
  const scale = Math.min(width / (southEast.x - northWest.x), height / (southEast.y - northWest.y));
  const wide = (southEast.x - northWest.x) * scale;
  const high = (southEast.y - northWest.y) * scale;
  const project = (latitude, longitude) => { const point = at(zoom, latitude, longitude); return [(point.x - northWest.x) * scale, (point.y - northWest.y) * scale]; };
  return { project, scale, bounds, wide, high, left: (width - wide) / 2, top: (height - high) / 2 };
}

function paintTiles(context, project) {
  map.eachLayer((layer) => {
    if (!layer._tiles) return;
    for (const { el, coords, current } of Object.values(layer._tiles)) {
      if (!current || !el.complete || !el.naturalWidth) continue;
      const size = layer.getTileSize();
      const corner = (x, y) => { const place = map.unproject([x * size.x, y * size.y], coords.z); return project(place.lat, place.lng); };
      const [x, y] = corner(coords.x, coords.y);
      const [right, bottom] = corner(coords.x + 1, coords.y + 1);
      context.drawImage(el, x, y, right - x, bottom - y);
    }
  });
}

function paintAreas(context, project) {
  areasShown()?.eachLayer((layer) => {
    const path = new Path2D();
    const ring = (points) => {
      points.forEach(({ lat, lng }, index) => path[index ? "lineTo" : "moveTo"](...project(lat, lng)));
      path.closePath();
    };
    const rings = (nested) => (Array.isArray(nested[0]) ? nested.forEach(rings) : ring(nested));
    rings(layer.getLatLngs());
    context.fillStyle = layer.options.fillColor;
    context.globalAlpha = 0.45;
    context.fill(path, "evenodd");
    context.globalAlpha = 1;
    context.strokeStyle = layer.options.color;
    context.lineWidth = 1.5;
    context.stroke(path);
  });
}

function write(context, text, x, y, size, ink, halo, weight = 600) {
  context.font = `${weight} ${size}px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  if (halo) {
    context.lineWidth = 3.5;
    context.lineJoin = "round";
    context.strokeStyle = halo;
    context.strokeText(text, x, y);
  }
  context.fillStyle = ink;
  context.fillText(text, x, y);
}

function paintRing(context, mark, x, y) {
  const radius = sizeOf(mark.count) / 2;
  for (const [standing, from, to] of sharesOf(mark)) {
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, radius, (from - 0.25) * 2 * Math.PI, (to - 0.25) * 2 * Math.PI);
    context.closePath();
    context.fillStyle = MARKS[standing].colour;
    context.fill();
  }
  context.beginPath();
  context.arc(x, y, radius - 5, 0, 2 * Math.PI);
  context.fillStyle = PAPER.paper;
  context.fill();
  write(context, String(mark.count), x, y, 12.5, PAPER.name, null);
  const worst = worstOf(mark.counts);
  if (worst === "overdue" || worst === "open") drawShape(context, worst, x + radius * 0.75, y - radius * 0.75, 13);
}

function paintSymbol(context, { radius, colours }, x, y) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colours[0];
  context.fill();
  context.strokeStyle = "#51626e";
  context.lineWidth = 1;
  context.stroke();
}

// A bar of a round length, at most 150 px.
function paintScale(context, bounds, height, project) {
  const centre = bounds.getCenter();
  const [left] = project(centre.lat, bounds.getWest());
  const [right] = project(centre.lat, bounds.getEast());
  const metresAPixel = map.distance([centre.lat, bounds.getWest()], [centre.lat, bounds.getEast()]) / (right - left);
  const most = 150 * metresAPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((each) => each * power).find((each) => each <= most);
  const long = metres / metresAPixel;
  context.fillStyle = "#ffffffd0";
  context.fillRect(8, height - 46, long + 16, 24);
  context.strokeStyle = PAPER.name;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(16, height - 34);
  context.lineTo(16, height - 27);
  context.lineTo(16 + long, height - 27);
  context.lineTo(16 + long, height - 34);
  context.stroke();
  write(context, metres >= 1000 ? `${metres / 1000} km` : `${metres} m`, 16 + long / 2, height - 36, 11, PAPER.name, PAPER.halo);
}

// Paints the map into a box of the context at 0, 0. Returns how many marks are on it.
export function paintMap(context, width, height) {
  const { project, bounds, scale, wide, high, left, top } = projection(width, height);
  context.save();
  context.fillStyle = PAPER.paper;
  context.fillRect(0, 0, width, height);
  context.translate(left, top);
  context.beginPath();
  context.rect(0, 0, wide, high);
  context.clip();
  context.fillStyle = PAPER.ground;
  context.fillRect(0, 0, wide, high);
  paintTiles(context, project);
  drawGraticule(context, { bounds, width: wide, height: high, project, ink: PAPER.ink, line: PAPER.line, font: `11px ${FONT}` });
  paintAreas(context, project);
  const spots = heatSpots().map(([position, weight]) => [...project(...position), weight]);
  if (spots.length) paintHeat(context, spots, wide, high, 34 * scale);
  const symbols = townshipMarks();
  for (const each of symbols) paintSymbol(context, each, ...project(...each.position));
  const marks = drawnMarks();
  for (const mark of marks) {
    const [x, y] = project(...mark.position);
    if (isOne(mark)) drawShape(context, worstOf(mark.counts), x, y, 15);
    else paintRing(context, mark, x, y);
  }
  const places = placesNamed();
  const found = arrange(places, [...marks, ...symbols], (position) => L.point(project(...position)));
  places.forEach(({ name }, index) => { if (found[index]) write(context, name, found[index].x, found[index].y, 13, PAPER.name, PAPER.halo); });
  paintScale(context, bounds, high, project);
  context.restore();
  return marks.length + symbols.length;
}

export { FONT, PAPER, write };
