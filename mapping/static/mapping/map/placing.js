// Institutions without a position: their list, and placing each by a click on the map, which can be taken back.
import { element } from "../shapes.js";
import { ask, lastOne } from "./doors.js";
import { during, stopDrawing } from "./selection.js";
import { byId, config, fileOf, fill, hold, map, say, words } from "./page.js";
import { question, since } from "./state.js";

const box = byId("unlocated");
const list = byId("unlocated-list");
const more = byId("unlocated-more");
const latest = lastOne();
let next = "";
let askedFor = "";
let placed = () => {};
export const onPlaced = (listener) => { placed = listener; };

export function showUnlocated(count, approximate) {
  box.hidden = !count;
  byId("unlocated-count").textContent = fill(words.unlocated, { n: count });
  byId("approximate").textContent = approximate ? fill(words.approximate, { n: approximate }) : "";
  if (box.open) load();
}

function row(each) {
  const link = element("a", each.name);
  link.href = fileOf(each.id);
  const parts = [element("div", "", [link, element("small", each.township)])];
  if (config.mayEdit) {
    const button = element("button", words.place);
    button.type = "button";
    button.setAttribute("aria-label", fill(words.placeOf, { name: each.name }));
    button.addEventListener("click", () => place(each));
    parts.push(button);
  }
  return element("li", "", parts);
}

async function load({ further = false } = {}) {
  const asked = `${question({ located: "no" })}${since()}`;
  if (!further && asked === askedFor) return;
  const after = further && asked === askedFor ? `&after=${encodeURIComponent(next)}` : ""; // of another question the first ones
  try {
    const answer = await latest((signal) => ask(`${config.doors.unlocated}?${asked}&page_size=30${after}`, { signal }));
    if (!answer) return;
    askedFor = asked;
    next = answer.next ?? "";
    const rows = answer.results.map(row);
    if (after) list.append(...rows);
    else list.replaceChildren(...rows);
    more.hidden = !next;
  } catch (problem) {
    say(fill(words.failed, { why: problem.message }), [words.again, () => load({ further })]);
  }
}
box.addEventListener("toggle", () => { if (box.open) load(); });
more.addEventListener("click", () => load({ further: true }));

function place(each) {
  const put = ({ latlng }) => { stopDrawing(); send(each, latlng); };
  const cross = element("span");
  cross.className = "cross";
  map.getContainer().append(cross); // for who has no pointer: the middle of the map
  during(fill(words.placing, { name: each.name }), {
    click: put,
    ended: () => cross.remove(),
    keydown: (event) => {
      if (event.key === "Enter" && document.activeElement === map.getContainer()) { event.preventDefault(); put({ latlng: map.getCenter() }); }
    },
  });
  map.getContainer().scrollIntoView({ block: "nearest" });
}

async function send(each, { lat, lng }) {
  const body = { longitude: Number(lng.toFixed(6)), latitude: Number(lat.toFixed(6)) };
  try {
    const answer = await ask(config.doors.place.replace(config.nobody, each.id), { body });
    askedFor = "";
    await placed();
    hold(fill(words.placed, { name: each.name }), [words.undo, () => undo(each, answer.version)]);
  } catch (problem) {
    say(fill(words.failed, { why: problem.message }));
  }
}

async function undo(each, version) {
  try {
    await ask(config.doors.takeBack.replace(config.nobody, each.id), { body: { version } });
    askedFor = "";
    await placed();
    say(fill(words.undone, { name: each.name }));
  } catch (problem) {
    say(fill(words.failed, { why: problem.message }));
  }
}
