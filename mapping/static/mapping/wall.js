// 挂图: one round every 30 s asks for everything anew and shows the next division, the lagging ones first. What was drawn
// before is replaced, nothing is kept: it runs for a week. What cannot be had is said large, and asked for again.
import { placeNames, setNames } from "./map/background.js";
import { Failed, ask } from "./map/doors.js";
import { draw, drawnMarks, marksOf, sumUp } from "./map/features.js";
import { config, fill, map, words } from "./map/page.js";
import { coloursOf } from "./map/townships.js";
import { element, shape } from "./shapes.js";
import { question } from "./map/state.js";

const EVERY_S = 30;
const AGAIN_S = 15;
const PATIENCE_S = 25;
const NOT_THEIRS = [401, 403, 404]; // the session or pass is over, or what is asked is out of its sight now
const LISTED = 6;
const byId = (id) => document.getElementById(id);
const legend = [...document.querySelectorAll("#wall-legend [data-standing]")];
for (const item of legend) item.querySelector(".pin").append(shape(item.dataset.standing));

let turn = 0;
let rounds = 0;
let named = "";
let spot = null;
let seconds = 0;
let good = null; // when it last went well

const clock = () => new Intl.DateTimeFormat("sv-SE", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" }).format(new Date());

// The lagging ones first: the lowest completion rate, of equal ones the one with more overdue. Without problems they are left out.
export const laggingFirst = (features) => features.map(({ properties, geometry }) => ({ ...properties, position: geometry && [geometry.coordinates[1], geometry.coordinates[0]] }))
  .filter((each) => each.completion_rate !== null && each.below)
  .sort((one, other) => Number(one.completion_rate) - Number(other.completion_rate) || other.overdue - one.overdue || (one.code < other.code ? -1 : 1));

function showHeadline({ total, as_of: on }) {
  for (const cell of document.querySelectorAll("#wall-figures [data-figure]")) cell.textContent = total[cell.dataset.figure];
  const [year, month, day] = on.split("-").map(Number);
  byId("wall-day").textContent = `${fill(words.monthLabel, { year, month })}${fill(words.dayLabel, { day })}`;
}

function showTownship(each, of, overdue) {
  byId("wall-name").textContent = each.name;
  byId("wall-rank").textContent = each.rank ? fill(words.rankOf, { n: each.rank, of }) : "";
  byId("wall-rate").textContent = each.completion_percent;
  byId("wall-rate").style.borderColor = coloursOf(each)[0];
  byId("wall-said").textContent = fill(words.townshipOf, { surveyed: each.surveyed, problems: each.with_problems, rectified: each.rectified, overdue: each.overdue });
  byId("wall-overdue").textContent = each.overdue ? fill(words.overdueList, { n: each.overdue }) : words.overdueNone;
  const others = each.overdue - overdue.results.length;
  // The list has those with a place: where it is not full, whoever is missing has none.
  const rest = overdue.results.length < LISTED ? words.restUnlocated : words.inLedger;
  byId("wall-rest").textContent = others > 0 ? fill(rest, { n: others }) : "";
  byId("wall-list").replaceChildren(...overdue.results.map((one) => element("li", "", [element("span", one.name), element("b", fill(words.overdueBy, { n: -one.days_left }))])));
  if (!each.position) return spot?.remove();
  if (spot) spot.setLatLng(each.position).addTo(map);
  else spot = L.circleMarker(each.position, { radius: 44, color: "#ffd166", weight: 5, fill: false, interactive: false }).addTo(map);
}

function showNames(features) {
  const placed = features.filter((each) => each.geometry && each.properties.below).map(({ properties, geometry }) => ({ name: properties.name, position: [geometry.coordinates[1], geometry.coordinates[0]] }));
  const now = JSON.stringify(placed);
  if (now !== named) setNames(placed);
  named = now;
}

let fitted = false;
function fit(features) {
  const places = features.filter((each) => each.geometry).map(({ geometry: { coordinates: [longitude, latitude] } }) => [latitude, longitude]);
  if (fitted || !places.length) return;
  fitted = true;
  map.fitBounds(L.latLngBounds(places), { animate: false, maxZoom: 15, paddingTopLeft: [90, 50], paddingBottomRight: [90, 150] });
}

const NEXT = 5;
function showNext(order) {
  const next = Array.from({ length: Math.min(NEXT, order.length) }, (_, step) => order[(turn + step + 1) % order.length]);
  byId("wall-next").parentElement.hidden = order.length < 2;
  byId("wall-next").replaceChildren(...next.map((each) => element("li", "", [element("span", each.name), element("b", each.completion_percent)])));
}

async function round(signal) {
  // The figures are of every status; the statuses that are asked for are those on the map.
  const below = await ask(`${config.doors.townships}?${question({ standing: "" })}`, { signal });
  fit(below.features);
  const order = laggingFirst(below.features);
  // Where nothing lies below, or nothing below has a problem, it is the whole that is shown.
  const each = order.length ? order[turn % order.length] : { ...below.total, name: below.name, code: "", position: null };
  const [shown, overdue] = await Promise.all([
    ask(`${config.doors.map}?${question()}&zoom=${Math.round(map.getZoom())}`, { signal }),
    ask(`${config.doors.list}?${question({ ...(each.code && { division: each.code }), standing: "overdue" })}&order=urgency&page_size=${LISTED}`, { signal }),
  ]);
  showHeadline(below);
  showNames(below.features);
  const counts = sumUp(shown.features);
  for (const item of legend) { item.querySelector("b").textContent = counts[item.dataset.standing] ?? 0; item.hidden = !counts[item.dataset.standing]; }
  const unlocated = byId("wall-unlocated");
  unlocated.textContent = fill(words.ofWhichUnlocated, { n: shown.unlocated });
  unlocated.hidden = !shown.unlocated;
  await draw(marksOf(shown));
  showTownship(each, order.length, overdue);
  showNext(order);
  placeNames();
  turn += 1;
}

// What nobody may see here any more is taken off the page, not only covered.
async function goDark() {
  setNames([]);
  named = "";
  spot?.remove();
  for (const part of document.querySelectorAll("#wall-figures dd, #wall-legend b, #wall-unlocated, .wall-township :is(p, h2, h3, ol)")) part.replaceChildren();
  await draw([]);
}

async function trouble(problem) {
  const box = byId("wall-trouble");
  const dark = NOT_THEIRS.includes(problem.status);
  box.classList.toggle("dark", dark);
  const parts = [element("b", fill(words.wallFailed, { why: problem.message, n: AGAIN_S }))];
  if (good && !dark) parts.push(element("span", fill(words.wallSince, { moment: good })));
  if (problem.status === 401) {
    const link = element("a", words.signIn);
    link.href = `${config.pages.login}?next=${encodeURIComponent(location.pathname + location.search)}`;
    parts.push(link);
  }
  box.replaceChildren(...parts);
  box.hidden = false;
  if (dark) await goDark();
}

async function go() {
  seconds = EVERY_S;
  const late = new AbortController();
  const patience = setTimeout(() => late.abort(), PATIENCE_S * 1000);
  try {
    await round(late.signal);
    good = clock();
    byId("wall-updated").textContent = fill(words.updated, { moment: good });
    byId("wall-trouble").hidden = true;
  } catch (problem) {
    seconds = AGAIN_S;
    await trouble(problem instanceof Failed ? problem : new Failed(0, words.offline));
  }
  clearTimeout(patience);
  rounds += 1;
  document.body.dataset.rounds = rounds;
  document.body.dataset.marks = drawnMarks().length;
  setTimeout(go, seconds * 1000);
}
go();
