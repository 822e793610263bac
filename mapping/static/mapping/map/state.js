// What the page shows is in its URL. A move replaces the entry of the history; a filter, a day or a layer adds one, so that
// Back leads to what was seen before.
import { today } from "./doors.js";
import { config, words } from "./page.js";

const OURS = ["at", "layer", "change_since", "opened", "base", "near"];
const NAMES = [...config.grammar, ...OURS];
const listeners = [];
const read = () => {
  const given = new URLSearchParams(location.search);
  return Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? ""]));
};
let now = read();

export const state = () => now;

function query(values) {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString().replaceAll("%2C", ",");
}

// The question of the grammar as a query string, some of it changed.
export function question(changes = {}) {
  const asked = Object.fromEntries(config.grammar.map((name) => [name, now[name]]));
  if (now.layer === "townships") asked.standing = ""; // its rates are of all
  if (!asked.division) asked.division = new URLSearchParams(config.question).get("division") ?? "";
  return query({ ...asked, ...changes });
}

// The page's own address with some of it changed.
export const address = (changes = {}) => `?${query({ ...now, ...changes })}`;

// The day that the layer of changes compares with: the one chosen, the end of the month before where that is not earlier
// than the day that is looked at (the slider goes on).
export function changedSince() {
  const day = now.as_of || today();
  if (now.change_since && now.change_since < day) return now.change_since;
  const on = new Date(`${day}T00:00:00Z`);
  on.setUTCDate(0);
  return on.toISOString().slice(0, 10);
}

// What the doors of the map are asked beside the question, for those that changed alone.
export const since = () => (now.layer === "change" ? `&change_since=${changedSince()}` : "");

// A link to the register's list of the question. That list does not know what changed: in this layer there is no such link.
export function toRegister(link, changes = {}) {
  if (now.layer === "change") link.removeAttribute("href");
  else link.href = `${config.pages.institutions}?${question(changes)}`;
}

// Where institutions lie is kept as it is now: what is looked at of another day or knowledge says so.
export const positionsNow = () => (now.known_at || (now.as_of && now.as_of !== today()) ? words.positionsNow : "");

export function change(part, { push = true } = {}) {
  const names = Object.keys(part).filter((name) => now[name] !== part[name]);
  if (!names.length) return;
  now = { ...now, ...part };
  history[push ? "pushState" : "replaceState"](null, "", `?${query(now)}`);
  tell(names, false);
}

export const onChange = (listener) => listeners.push(listener);

function tell(names, back) {
  for (const listener of listeners) listener(new Set(names), back);
}

addEventListener("popstate", () => {
  const before = now;
  now = read();
  tell(NAMES.filter((name) => before[name] !== now[name]), true);
});
