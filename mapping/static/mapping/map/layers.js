// Which layer and which base map: chosen here, kept in the URL.
import { element } from "../shapes.js";
import { today } from "./doors.js";
import { change, changedSince, state } from "./state.js";
import { byId, config, fill, map, words } from "./page.js";
import { classLines } from "./townships.js";

const choices = [...document.querySelectorAll("#layers input")];
const sinceDay = byId("change-since");
const rates = byId("rates");
let tiles = null;

for (const choice of choices) {
  choice.addEventListener("change", () => {
    const since = choice.value === "change" ? changedSince() : state().change_since;
    change({ layer: choice.value === "institutions" ? "" : choice.value, change_since: since });
  });
}
sinceDay.addEventListener("change", () => { if (sinceDay.value) change({ change_since: sinceDay.value }); });

export function showLayer() {
  const layer = state().layer || "institutions";
  for (const choice of choices) choice.checked = choice.value === layer;
  byId("since").hidden = layer !== "change";
  sinceDay.value = layer === "change" ? changedSince() : "";
  sinceDay.max = today();
  rates.hidden = layer !== "townships";
  byId("legend-box").hidden = layer === "townships";
  if (layer === "townships" && !rates.querySelector("li")) {
    rates.querySelector("ul").append(...classLines().map(([colour, text]) => {
      const swatch = element("span");
      swatch.className = "swatch";
      swatch.style.backgroundColor = colour;
      return element("li", "", [swatch, text]);
    }));
  }
}

// The base map that is shown: the one of the URL, else the first; null where there is none or none is wanted.
export const baseNow = () => config.basemaps.find((each) => each.key === state().base) ?? (state().base === "none" ? null : config.basemaps[0] ?? null);

export function showBase() {
  const base = baseNow();
  tiles?.remove();
  tiles = null;
  byId("frame").classList.toggle("with-base", Boolean(base));
  byId("source").textContent = base ? [fill(words.sources, { names: base.attribution }), base.problem].filter(Boolean).join(words.comma) : words.noBase;
  if (base) tiles = L.tileLayer(base.url, { minZoom: base.min_zoom, maxNativeZoom: base.max_zoom, maxZoom: 18, attribution: "" }).on("tileerror", again).addTo(map);
}

// A tile that the server was too busy to fetch is asked for again, a little later each time, while it is on the map.
const TRIES = 12;
function again({ tile }) {
  const tried = Number(tile.dataset.tried ?? 0) + 1;
  if (tried > TRIES) return;
  tile.dataset.tried = tried;
  const url = tile.src;
  setTimeout(() => { if (tile.isConnected) tile.src = url; }, 300 * tried + Math.random() * 300);
}

const bases = byId("bases");
if (config.basemaps.length) {
  bases.hidden = false;
  const select = bases.querySelector("select");
  const option = (value, text) => Object.assign(element("option", text), { value });
  select.append(...config.basemaps.map(({ key, name }) => option(key, name)), option("none", select.dataset.none));
  select.value = state().base || config.basemaps[0].key;
  select.addEventListener("change", () => change({ base: select.value }));
}
