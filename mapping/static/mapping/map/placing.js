// Institutions without a position: their list, and placing each by a click on the map, which can be taken back.
import { element } from "../shapes.js";
import { ask } from "./doors.js";
import { during, stopDrawing } from "./selection.js";
import { byId, config, fileOf, fill, map, say, words } from "./page.js";
import { question } from "./state.js";

const box = byId("unlocated");
const list = byId("unlocated-list");
const more = byId("unlocated-more");
let next = "";
let askedFor = "";
let placed = () => {};
export const onPlaced = (listener) => { placed = listener; };

export function showUnlocated(count, approximate) {
  box.hidden = !count;
  byId("unlocated-count").textContent = fill(words.unlocated, { n: count });
  byId("approximate").textContent = approximate ? fill(words.approximate, { n: approximate }) : "";
  if (box.open) load(true);
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

async function load(first) {
  const asked = question({ located: "no" });
  if (first && asked === askedFor) return;
  try {
    const answer = await ask(`${config.doors.unlocated}?${asked}&page_size=30${first ? "" : `&after=${encodeURIComponent(next)}`}`);
    askedFor = asked;
    next = answer.next ?? "";
    const rows = answer.results.map(row);
    if (first) list.replaceChildren(...rows);
    else list.append(...rows);
    more.hidden = !next;
  } catch (problem) {
    say(fill(words.failed, { why: problem.message }), [words.again, () => load(first)]);
  }
}
box.addEventListener("toggle", () => { if (box.open) load(true); });
more.addEventListener("click", () => load(false));

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
    say(fill(words.placed, { name: each.name }), [words.undo, () => undo(each, answer.version)]);
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
