// Where institutions lie close together: a canvas of soft discs, each as strong as its square has institutions.
import { map } from "./page.js";

const RADIUS = 34;
const RAMP = [[0, "#fff3c400"], [0.25, "#fed976cc"], [0.5, "#fd8d3ce0"], [0.75, "#d7301fe8"], [1, "#7f0000f0"]];
export const SHADES = RAMP.slice(1).map(([, colour]) => colour.slice(0, 7)); // the legend's, from few to many
const canvas = document.createElement("canvas");
canvas.className = "heat";
canvas.setAttribute("aria-hidden", "true");
let spots = [];

function ramp() {
  const strip = Object.assign(document.createElement("canvas"), { width: 256, height: 1 }).getContext("2d");
  const colours = strip.createLinearGradient(0, 0, 256, 0);
  for (const [at, colour] of RAMP) colours.addColorStop(at, colour);
  strip.fillStyle = colours;
  strip.fillRect(0, 0, 256, 1);
  return strip.getImageData(0, 0, 256, 1).data;
}
let colours = null; // made when there is something to paint

// On any canvas: spots are [x, y, institutions] in its pixels.
export function paintHeat(context, placed, width, height, radius = RADIUS) {
  const most = Math.max(1, ...placed.map(([, , weight]) => weight));
  const grey = Object.assign(document.createElement("canvas"), { width: Math.ceil(width), height: Math.ceil(height) });
  const soft = grey.getContext("2d", { willReadFrequently: true });
  for (const [x, y, weight] of placed) {
    const disc = soft.createRadialGradient(x, y, 0, x, y, radius);
    disc.addColorStop(0, `rgba(0,0,0,${Math.max(0.12, Math.sqrt(weight / most) * 0.85)})`);
    disc.addColorStop(1, "rgba(0,0,0,0)");
    soft.fillStyle = disc;
    soft.fillRect(x - radius, y - radius, radius * 2, radius * 2);
  }
  const image = soft.getImageData(0, 0, grey.width, grey.height);
  const { data } = image;
  colours ??= ramp();
  for (let at = 3; at < data.length; at += 4) {
    const strength = data[at];
    if (!strength) continue;
    data.set(colours.subarray(strength * 4, strength * 4 + 4), at - 3);
  }
  soft.putImageData(image, 0, 0);
  context.drawImage(grey, 0, 0);
}

function paint() {
  const { x: width, y: height } = map.getSize();
  Object.assign(canvas, { width, height });
  L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
  const placed = spots.map(([position, weight]) => { const at = map.latLngToContainerPoint(position); return [at.x, at.y, weight]; });
  if (placed.length) paintHeat(canvas.getContext("2d"), placed, width, height);
}

export function showHeat(features) {
  spots = features.map(({ geometry: { coordinates: [longitude, latitude] }, properties }) => [[latitude, longitude], properties.count ?? 1]);
  if (!map.getPane("warm")) map.createPane("warm");
  map.getPane("warm").append(canvas);
  paint();
}
export const heatSpots = () => spots;
export function hideHeat() {
  spots = [];
  canvas.remove();
}
