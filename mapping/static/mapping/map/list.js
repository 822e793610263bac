// The institutions in view beside the map, the pressing ones first, or the nearest to a place that was chosen.
import { element } from "../shapes.js";
import { ask, lastOne } from "./doors.js";
import { facts, pinOf } from "./popup.js";
import { change, question, since, state } from "./state.js";
import { byId, config, fill, say, words } from "./page.js";

const SHOWN = 50;
const list = byId("list");
const more = byId("list-more");
const latest = lastOne();
let asked = "";
let rows = [];
let show = () => {};
export const onShow = (listener) => { show = listener; };

function row(each) {
  const button = element("button", each.name);
  button.type = "button";
  button.dataset.id = each.id;
  button.addEventListener("click", () => show(each, button));
  return element("li", "", [pinOf(each.standing), element("div", "", [button, facts("small", each)])]);
}

function put(answer, first) {
  const made = answer.results.map(row);
  rows = first ? answer.results : [...rows, ...answer.results];
  if (first) list.replaceChildren(...made);
  else list.append(...made);
  byId("in-view").textContent = answer.count;
  byId("list-empty").hidden = answer.count > 0;
  more.hidden = !answer.next;
  more.textContent = fill(words.more, { n: Math.min(SHOWN, answer.count - rows.length) });
  if (!first) made[0]?.querySelector("button").focus();
  more.dataset.next = answer.next ?? "";
}

const queryIn = (where, size) => {
  const { near } = state();
  const order = near ? `order=distance&near=${near}` : "order=urgency";
  return `${config.doors.list}?${question()}&${where}${since()}&${order}&page_size=${size}`;
};
export const queryOf = (bbox, size) => queryIn(`bbox=${bbox}`, size);
export const queryAround = (id, size) => queryIn(`opened=${id}`, size); // it and what lies at its point

export async function showList(bbox) {
  asked = queryOf(bbox, SHOWN);
  list.setAttribute("aria-busy", "true");
  const mine = asked;
  const answer = await latest((signal) => ask(mine, { signal }));
  if (answer && mine === asked) put(answer, true);
  list.setAttribute("aria-busy", "false");
}

more.addEventListener("click", () => {
  latest((signal) => ask(`${asked}&after=${encodeURIComponent(more.dataset.next)}`, { signal }))
    .then((answer) => { if (answer) put(answer, false); }, (problem) => say(fill(words.failed, { why: problem.message })));
});

const byDistance = byId("by-distance");
byDistance.addEventListener("click", () => { change({ near: "" }); });
export function showOrder() {
  byDistance.hidden = !state().near;
}
