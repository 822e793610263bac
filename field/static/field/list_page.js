// 名单: what waits for this inspector, the most pressing and the nearest first; from the phone alone.
import { allFrom, isFull, write } from "./db.js";
import { distance } from "./datums.js";
import { el, put } from "./dom.js";
import { state } from "./frame.js";
import { today } from "./net.js";
import { isOpen, listed, unkeptDrafts } from "./outbox.js";
import { canLocate, follow, lastFix, locate, whenMoved } from "./place.js";
import { ago, atTime, labels, metres, t } from "./told.js";
import { newDraft, dayAfter } from "./visit.js";
import { areas, areasAreKnown, institutionsOf, partners } from "./worklist.js";
import { calling, going } from "./reach.js";

const PAGE = 30;
const SOON_DAYS = 7;
const NEAR_M = 100; // the list stays as it is for so short a way, or one that may be none
const view = { filter: "todo", words: "", shown: PAGE, here: null }; // as it was left

const isOverdue = ({ round }) => Boolean(round?.overdue);
const isDue = ({ round }) => Boolean(round) && !round.overdue && round.state !== "submitted" && round.due_on <= dayAfter(today(), SOON_DAYS);
const FILTERS = {
  todo: (each) => each.draft || each.assigned || isOverdue(each) || isDue(each) || each.round?.state === "returned" || !each.surveyed_on,
  nearby: ({ longitude }) => longitude !== null,
  overdue: isOverdue,
  due: isDue,
  open: ({ round }) => Boolean(round),
  unsurveyed: ({ surveyed_on }) => !surveyed_on,
  assigned: ({ assigned }) => assigned,
  everything: () => true,
};
const ALWAYS = ["todo", "nearby", "everything"]; // the others while there are any

// Rank by what is most pressing: begun and not finished, overdue, assigned, returned, due, not surveyed, the rest.
const rank = (each) => [Boolean(each.draft), isOverdue(each), each.assigned, each.round?.state === "returned", isDue(each), !each.surveyed_on].indexOf(true) >>> 0;

export async function showList(place) {
  view.shown = PAGE;
  let rows = [];
  let known = [];
  let none = false; // no township is this person's
  let saved = new Map();
  const results = labels("result");
  const list = el("ol", { className: "cards", id: "list" });
  const tabs = el("div", { className: "chips", role: "group", "aria-label": t("list") });
  const age = el("p", { className: "soft age", id: "age" });
  const foundNew = el("a", { className: "button wide", href: "#/found" }, t("found_new"));
  const find = el("input", {
    type: "search", id: "find", placeholder: t("find_hint"), value: view.words, autocomplete: "off", enterkeyhint: "search",
    oninput: () => { view.words = find.value; view.shown = PAGE; draw(); },
  });

  async function load() {
    known = await areas();
    none = known.length === 0 && (await areasAreKnown());
    foundNew.hidden = !state.may_record || none;
    const [mine, sent] = state.user ? await Promise.all([allFrom("drafts", "user", state.user), listed(state.user)]) : [[], []];
    const drafts = new Map(mine.map((draft) => [draft.institution.id, draft]));
    rows = (await institutionsOf(known)).map((each) => ({ ...each, draft: drafts.get(each.id) }));
    const here = new Set(rows.map(({ id }) => id)); // found on the spot, or no longer on one's list
    rows.push(...mine.filter(({ institution }) => !here.has(institution.id)).map((draft) => ({ ...draft.institution, draft })));
    saved = new Map(sent.filter(isOpen).map((each) => [each.row.body.institution, each]));
    draw();
  }

  function chosen() {
    const words = view.words.trim().toLowerCase();
    const within = words ? FILTERS.everything : FILTERS[view.filter];
    const found = rows.filter((each) => within(each) && (!words || `${each.name} ${each.signboard} ${each.address}`.toLowerCase().includes(words)));
    const away = new Map(found.map((each) => [each, view.here && each.longitude !== null ? distance(view.here, each) : Infinity]));
    const byPlace = (one, other) => (away.get(one) === away.get(other) ? 0 : away.get(one) - away.get(other));
    const due = ({ round }) => round?.due_on ?? "9999";
    return [...found].sort((one, other) =>
      (view.filter === "nearby" && !words ? 0 : rank(one) - rank(other)) || byPlace(one, other)
      || due(one).localeCompare(due(other)) || one.name.localeCompare(other.name, "zh"));
  }

  function draw() {
    const count = (name) => rows.filter(FILTERS[name]).length;
    const offered = Object.keys(FILTERS).filter((name) => ALWAYS.includes(name) || name === view.filter || count(name));
    put(tabs, offered.map((name) => el("button", {
      type: "button", className: "chip", "aria-pressed": String(view.filter === name && !view.words.trim()), data: { key: name, filter: name },
      onclick: () => choose(name),
    }, t(name), name === "nearby" ? null : el("span", { className: "count" }, count(name)))));
    const found = chosen();
    put(list, found.slice(0, view.shown).map(card));
    if (found.length > view.shown) {
      list.append(el("li", { className: "more" }, el("button", { type: "button", className: "button wide", onclick: () => { view.shown += PAGE; draw(); } }, t("more", { n: Math.min(PAGE, found.length - view.shown) }))));
    }
    if (!found.length) list.append(el("li", { className: "empty" }, nothing()));
    const oldest = known.map(({ at }) => at).filter(Boolean).sort()[0];
    age.textContent = oldest ? `${t("count", { n: found.length })} · ${t("as_of", { ago: ago(oldest) })}` : "";
  }

  function nothing() {
    if (none) return t("no_areas");
    if (!known.some(({ at }) => at)) return navigator.onLine && state.user ? t("loading") : t("not_loaded");
    return view.filter === "todo" && !view.words.trim() ? t("nothing_todo") : t("nothing");
  }

  async function choose(name) {
    Object.assign(view, { filter: name, words: "", shown: PAGE });
    find.value = "";
    draw();
    if (name !== "nearby") return;
    age.textContent = t("locating");
    try {
      view.here = await locate();
    } catch {
      age.textContent = canLocate() ? t("no_gps") : t("place_no_https");
      return;
    }
    draw();
  }

  function card(each) {
    const away = view.here && each.longitude !== null ? metres(distance(view.here, each)) : null;
    return el("li", { className: "card", id: `i-${each.id}` },
      el("h2", {}, each.name, away ? el("span", { className: "away" }, away) : null),
      el("p", { className: "where" }, [each.address, each.signboard && each.signboard !== each.name ? each.signboard : ""].filter(Boolean).join(" · ")),
      el("p", { className: "states" }, states(each)),
      el("div", { className: "doors" },
        el("button", { type: "button", className: "button", data: { key: `go-${each.id}` }, onclick: () => going(each) }, t("go")),
        each.has_phone ? el("button", { type: "button", className: "button", data: { key: `call-${each.id}` }, onclick: () => calling(each) }, t("call")) : null,
        state.may_record ? el("button", { type: "button", className: "button primary", data: { key: `visit-${each.id}`, visit: each.id }, onclick: () => start(each) }, each.draft ? t("resume") : t("visit")) : null));
  }

  function states(each) {
    const said = [];
    const { round, last, draft } = each;
    if (draft) said.push(el("b", { className: "standing open" }, "✎ ", t("draft"), " ", atTime(draft.saved_at)));
    if (saved.has(each.id)) said.push(el("b", { className: "standing corrected" }, "● ", t("saved_here")));
    if (round) {
      const due = t("due_on", { on: round.due_on });
      if (round.overdue) said.push(el("b", { className: "standing overdue" }, "■ ", t("overdue"), " ", due));
      else if (round.state === "submitted") said.push(el("b", { className: "standing open" }, "▲ ", t("submitted")));
      else said.push(el("b", { className: "standing open" }, "▲ ", t(round.state === "returned" ? "returned" : "open"), " ", due));
    }
    if (each.assigned) said.push(el("b", { className: "standing open" }, "◆ ", t("assigned")));
    if (!each.surveyed_on) said.push(el("b", { className: "standing unsurveyed" }, "○ ", t("unsurveyed")));
    said.push(last ? el("span", { className: "soft" }, t("last", { on: last.on, result: results[last.result] ?? last.result }), last.found?.length ? ` ${t("last_found", { n: last.found.length })}` : "") : el("span", { className: "soft" }, t("never_seen")));
    return said;
  }

  async function start({ draft, ...institution }) {
    if (draft) return location.assign(`#/visit/${draft.id}`);
    return begin(newDraft({ user: state.user, institution, partners: await partners() }));
  }

  put(place, el("h1", { className: "visually-hidden" }, t("list")),
    el("label", { className: "visually-hidden", htmlFor: "find", for: "find" }, t("find")), find, tabs, age, list, foundNew);
  view.here = lastFix() ?? view.here;
  await load();
  const stop = whenMoved((fix) => {
    if (view.here && distance(view.here, fix) <= Math.max(NEAR_M, fix.accuracy_m)) return;
    view.here = fix;
    draw();
  });
  follow();
  window.addEventListener("field:fresh", load);
  return () => { stop(); window.removeEventListener("field:fresh", load); };
}

// A draft is on the phone before its form is shown: one for each person and institution, also at a double tap. Where
// there is no room it is in the page, and its form says so.
export async function begin(draft) {
  const id = await write(["drafts"], async (transaction) => {
    const store = transaction.objectStore("drafts");
    const there = (await store.index("user").getAll(draft.user)).find(({ institution }) => institution.id === draft.institution.id);
    if (!there) await store.add({ ...draft, saved_at: new Date().toISOString() });
    return there?.id ?? draft.id;
  }).catch((error) => {
    if (!isFull(error)) throw error;
    unkeptDrafts.set(draft.id, draft);
    return draft.id;
  });
  location.assign(`#/visit/${id}`);
}
