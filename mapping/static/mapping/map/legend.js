// The legend filters: each status is a button that is pressed or not. All pressed is no filter.
import { element, shape } from "../shapes.js";
import { change, onChange, state, toRegister } from "./state.js";
import { byId, config } from "./page.js";

const items = [...document.querySelectorAll("#legend [data-standing]")];
for (const item of items) item.querySelector(".pin").append(shape(item.dataset.standing));

export function chosen() {
  const asked = state().standing;
  if (!asked) return new Set(Object.keys(config.standings));
  return new Set(asked.split(",").flatMap((each) => config.together[each] ?? [each]));
}

function show() {
  const on = chosen();
  for (const item of items) {
    item.querySelector("button").setAttribute("aria-pressed", on.has(item.dataset.standing));
    toRegister(item.querySelector("a"), { standing: item.dataset.standing, located: "yes" });
  }
  byId("legend-all").hidden = !state().standing;
}

function toggle(standing) {
  const on = chosen();
  if (on.size === items.length) on.clear(); // the first click asks for this one alone
  if (on.has(standing)) on.delete(standing);
  else on.add(standing);
  const asked = items.map((item) => item.dataset.standing).filter((each) => on.has(each));
  change({ standing: asked.length === items.length ? "" : asked.join() });
}

for (const item of items) item.querySelector("button").addEventListener("click", () => toggle(item.dataset.standing));
byId("legend-all").addEventListener("click", () => { change({ standing: "" }); items[0].querySelector("button").focus(); });
onChange((names) => { if (names.has("layer") || config.grammar.some((name) => names.has(name))) show(); });
show();

// How many of the whole question have each status and a place on the map.
export function showCounts(counts) {
  for (const item of items) {
    const number = counts[item.dataset.standing] ?? 0;
    const link = item.querySelector("a");
    link.textContent = number;
    item.classList.toggle("nobody", !number);
  }
}

// Legend of what is drawn, for pictures and prints: [standing, label, number].
export function legendLines() {
  const on = chosen();
  return items.filter((item) => on.has(item.dataset.standing) && !item.classList.contains("nobody")).map((item) => [item.dataset.standing, item.querySelector("button span:last-child").textContent, item.querySelector("a").textContent]);
}
export const mark = (standing) => element("span", "", [shape(standing)]);
