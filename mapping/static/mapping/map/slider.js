// The as-of day by months: slid, stepped through, or played. While it plays no entry is added to the history.
import { today } from "./doors.js";
import { change, onChange, state } from "./state.js";
import { byId, config, fill, still, words } from "./page.js";

const STEP_MS = 1600;
const slider = byId("month");
const play = byId("play");
const day = byId("day");
const months = config.months;
const untilToday = months.at(-1) === config.today;
let timer = 0;
let settled = () => Promise.resolve();
export const afterDrawing = (promised) => { settled = promised; };

const dayOf = () => state().as_of || today();
const nearest = (on) => Math.max(0, months.findLastIndex((each) => each <= on));

export function dayInWords(on) {
  const [year, month, date] = on.split("-").map(Number);
  return `${fill(words.monthLabel, { year, month })}${fill(words.dayLabel, { day: date })}`;
}

let shown = "";
function show() {
  if (untilToday) months[months.length - 1] = today();
  const on = dayOf();
  shown = on;
  slider.value = months.includes(on) ? months.indexOf(on) : nearest(on);
  slider.setAttribute("aria-valuetext", dayInWords(on));
  day.textContent = dayInWords(on);
  Object.assign(byId("as-of"), { value: on, max: today() });
}
// After midnight what is answered is of another day, though none was asked for.
export const showDay = () => { if (dayOf() !== shown) show(); };

const goTo = (index, push) => change({ as_of: months[index] === today() ? "" : months[index] }, { push });

function stop() {
  if (!timer) return;
  clearTimeout(timer);
  timer = 0;
  play.textContent = "▶";
  play.setAttribute("aria-label", words.play);
}

async function step() {
  const next = Number(slider.value) + 1;
  if (next >= months.length) return stop();
  goTo(next, false);
  await settled();
  if (timer) timer = setTimeout(step, STEP_MS);
}

function start() {
  history.pushState(null, "", location.href); // Back leads to the day from which it played
  if (Number(slider.value) >= months.length - 1) goTo(0, false);
  play.textContent = "❚❚";
  play.setAttribute("aria-label", words.pause);
  timer = setTimeout(step, STEP_MS / 2);
}

slider.max = months.length - 1;
slider.addEventListener("input", () => { day.textContent = dayInWords(months[slider.value]); slider.setAttribute("aria-valuetext", day.textContent); });
slider.addEventListener("change", () => { stop(); goTo(Number(slider.value), true); });
play.addEventListener("click", () => (timer ? stop() : start()));
// From within a month the end of the one before is where the slider stands already.
const monthBefore = () => Number(slider.value) - (months[slider.value] < dayOf() ? 0 : 1);
byId("month-before").addEventListener("click", () => { stop(); goTo(Math.max(0, monthBefore()), true); });
byId("month-after").addEventListener("click", () => { stop(); goTo(Math.min(months.length - 1, Number(slider.value) + 1), true); });
const showPlay = () => { play.hidden = still.matches; if (still.matches) stop(); };
still.addEventListener("change", showPlay);
onChange((names, back) => { if (back) stop(); if (names.has("as_of")) show(); });
showPlay();
show();
