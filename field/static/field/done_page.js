// 我做的: each visit saved on this phone with where it stands, and what was recorded elsewhere; one visit with its receipt.
import { allFrom, get, put as keepIn, write } from "./db.js";
import { uuid } from "./digest.js";
import { el, put } from "./dom.js";
import { sendNow, state } from "./frame.js";
import { ask, dayOf, now, offsetMs, today } from "./net.js";
import { GONE, changed, keyOfPhoto, listed, stateOf, unkept, whenChanged } from "./outbox.js";
import { sheet } from "./sheet.js";
import { atTime, labels, metres, t } from "./told.js";

const SHAPES = { stored: "●", aside: "◐", photos: "▲", waiting: "○", conflict: "◐", invalid: "■", replaced: "–" };
const LOOKS = { stored: "corrected", aside: "open", photos: "open", waiting: "unsurveyed", conflict: "open", invalid: "overdue", replaced: "closed" };

export const standing = (where) =>
  el("b", { className: `standing ${LOOKS[where.name]}`, data: { state: where.name } }, SHAPES[where.name], " ", t(`is_${where.name}`, where));

export async function showDone(place) {
  const drafts = el("ul", { className: "cards" });
  const here = el("ul", { className: "cards", id: "done" });
  const there = el("ul", { className: "cards" });
  const heads = { drafts: el("h2", {}, t("drafts")), there: el("h2", {}, t("elsewhere")) };
  const nothing = el("p", { className: "empty" }, t("no_done"));
  const results = labels("result");

  async function draw() {
    if (!state.user) return;
    const [mine, rows, told] = await Promise.all([allFrom("drafts", "user", state.user), listed(state.user), get("meta", "mine")]);
    const known = new Set(rows.map(({ row }) => row.id));
    const elsewhere = (told?.listed ?? []).filter(({ id }) => !known.has(id));
    put(drafts, mine.map((draft) => el("li", { className: "card link" }, el("a", { href: `#/visit/${draft.id}` }, draft.institution.name), el("p", { className: "soft" }, t("draft"), " ", atTime(draft.saved_at)))));
    put(here, rows.map(({ row, state: where }) => el("li", { className: "card link" }, el("a", { href: `#/done/${row.id}` }, row.title),
      el("p", { className: "states" }, standing(where), el("span", { className: "soft" }, `${atTime(row.body.happened_at)} · ${results[row.body.result]}`)))));
    put(there, elsewhere.map((each) => el("li", { className: "card link" }, el("a", { href: `/visits/${each.id}/` }, each.name || each.id),
      el("p", { className: "states" }, each.withdrawn ? el("b", { className: "standing closed" }, t("withdrawn")) : null,
        each.receipt.missing_photos.length ? el("b", { className: "standing open" }, "▲ ", t("missing_photos", { n: each.receipt.missing_photos.length })) : null,
        el("span", { className: "soft" }, `${atTime(each.happened_at)} · ${results[each.result] ?? each.result}`)))));
    [heads.drafts.hidden, heads.there.hidden, nothing.hidden] = [!mine.length, !elsewhere.length, Boolean(mine.length + rows.length + elsewhere.length)];
  }

  put(place, el("h1", {}, t("done")), heads.drafts, drafts, here, nothing, heads.there, there);
  await draw();
  if (navigator.onLine && state.user) {
    ask("GET", "/api/v1/field/mine/").then(async ({ status, data }) => {
      if (status !== 200) return;
      await keepIn("meta", { listed: data }, "mine");
      await draw();
    });
  }
  return whenChanged(draw);
}

export async function showOne(place, id) {
  const row = await get("outbox", id);
  if (!row) {
    put(place, el("h1", {}, t("done")), el("p", { className: "notice" }, t("gone")), el("a", { className: "button wide", href: "#/done" }, t("done")));
    return undefined;
  }
  const body = el("div", { id: "standing", role: "status" });
  async function draw() {
    const answer = await get("answers", id);
    put(body, said(row, answer, stateOf(row, answer)));
  }
  put(place, el("div", { className: "form-head" }, el("a", { className: "button back", href: "#/done" }, "← ", t("done")), el("div", { className: "grow" }, el("h1", {}, row.title))), body,
    el("div", { className: "doors" }, el("a", { className: "button primary wide", href: "#/" }, t("next_one"))));
  await draw();
  const stop = whenChanged(draw);
  for (const each of ["online", "offline"]) window.addEventListener(each, draw);
  return () => {
    stop();
    for (const each of ["online", "offline"]) window.removeEventListener(each, draw);
  };
}

function said(row, answer, where) {
  const { receipt, refused } = answer ?? {};
  const what = { waiting: refused?.unknown ? "what_newer" : refused?.again ? "what_no_permission" : "what_waiting", photos: "what_photos", aside: "what_aside", conflict: "what_conflict", invalid: "what_invalid" }[where.name];
  return [
    el("section", { className: "panel" }, stages(row, answer, where), what ? el("p", {}, t(what)) : null,
      refused && !receipt ? reasons(refused) : null, photosRefused(row, answer),
      row.body.order && !receipt ? el("p", { className: "soft" }, t("notice_later")) : null,
      where.name === "invalid" || (where.name === "waiting" && refused?.unknown) ? corrections(row, refused) : null,
      ["waiting", "photos"].includes(where.name) ? el("button", { type: "button", className: "button wide", disabled: state.sending, onclick: sendNow }, t("send")) : null),
    receipt ? el("section", { className: "panel" }, el("h2", {}, t("receipt")), el("dl", { className: "facts" },
      receipt.distance_m !== null && receipt.distance_m !== undefined ? fact(t("distance"), metres(receipt.distance_m)) : null,
      receipt.digest ? fact("SHA-256", el("code", {}, receipt.digest.slice(0, 16))) : null),
      receipt.kept_aside ? el("p", {}, el("b", {}, t("why")), " ", receipt.kept_aside) : null,
      receipt.warnings?.length ? [el("h3", {}, t("warnings")), el("ul", {}, receipt.warnings.map((each) => el("li", {}, each)))] : null) : null,
    receipt && !receipt.kept_aside ? links(row, receipt) : null,
    refused?.kept_at ? el("a", { className: "button wide", href: refused.kept_at }, t("open_visit")) : null,
  ];
}

// From this phone to the server, one step after the other.
function stages(row, answer, where) {
  const step = (done, text, time) => el("li", {}, el("b", { className: `standing ${done ? "corrected" : "unsurveyed"}` }, done ? "● " : "○ ", text), time ? el("span", { className: "soft" }, atTime(time)) : null);
  const { receipt } = answer ?? {};
  return el("ol", { className: "stages" },
    step(true, t("is_saved_here"), row.saved_at),
    receipt && where.name !== "aside"
      ? el("li", {}, el("b", { className: "standing corrected", data: { state: where.name } }, "● ", t("is_stored")), el("span", { className: "soft" }, atTime(receipt.received_at ?? answer.at)))
      : el("li", {}, standing(where)),
    row.body.photos.length ? step(where.stored === where.total, t("photos_stored", where)) : null);
}

const fact = (name, value) => [el("dt", {}, name), el("dd", {}, value)];

function reasons({ message, errors, unknown }) {
  if (unknown) return el("p", { className: "reason" }, t("unknown_keys", { keys: unknown.join(", ") }));
  const each = Object.values(errors ?? {}).flat();
  return el("ul", { className: "reason" }, (each.length ? [...new Set(each)] : [message]).map((text) => el("li", {}, text)));
}

function photosRefused(row, answer) {
  const refused = row.body.photos.filter(({ slot }) => answer?.photos?.[slot]?.refused);
  return refused.map(({ slot }) => {
    const why = answer.photos[slot].refused === GONE ? t("photo_gone") : answer.photos[slot].refused;
    const given_up = answer.photos[slot].given_up;
    return el("p", { className: "reason" }, t("photo_refused", { n: slot, why }), " ", given_up ? t("photo_given_up") : "", " ",
      el("button", { type: "button", className: "button", onclick: () => tryAgain(row.id, slot) }, t("retry_photo")), " ",
      given_up ? null : el("button", { type: "button", className: "button danger", data: { giveUp: slot }, onclick: () => askToGiveUp(row.id, slot) }, t("give_up_photo")));
  });
}

async function tryAgain(id, slot) {
  await write(["answers"], async (transaction) => {
    const answer = await transaction.objectStore("answers").get(id);
    delete answer.photos[slot];
    await transaction.objectStore("answers").put(answer);
  });
  await sendNow();
}

function askToGiveUp(id, slot) {
  const opened = sheet(t("give_up_sure", { n: slot }), el("button", { type: "button", className: "button danger wide", id: "give-up", async onclick() {
    const given_up = await write(["answers"], async (transaction) => {
      const answer = await transaction.objectStore("answers").get(id);
      if (!answer.photos[slot]?.refused) return false; // the server has it after all
      answer.photos[slot].given_up = true;
      await transaction.objectStore("answers").put(answer);
      return true;
    });
    if (given_up) unkept.delete(keyOfPhoto(id, slot));
    opened.close();
    changed();
  } }, t("give_up_photo")));
}

function links(row, receipt) {
  const online = navigator.onLine;
  const link = (href, text) => el("a", { className: "button wide", href: online ? href : null, "aria-disabled": online ? null : "true" }, text);
  const sameDay = dayOf(receipt.received_at ?? now()) === today();
  return el("div", { className: "links" },
    receipt.rectification && row.body.order ? link(`/rectifications/${receipt.rectification}/notice/`, t("open_notice")) : null,
    link(`/visits/${row.id}/`, t("open_visit")),
    sameDay ? link(`/visits/${row.id}/withdraw/`, t("withdraw")) : null,
    online ? null : el("p", { className: "soft" }, t("online_only")));
}

// --- What the server asked to correct: again as a draft under another id, with its photos. The first stays as it was.

function corrections(row, refused) {
  const aboutTime = Boolean(refused.errors?.happened_at) && offsetMs() !== 0;
  return el("div", { className: "doors" },
    aboutTime ? el("button", { type: "button", className: "button primary", onclick: () => correct(row, offsetMs()) }, t("correct_time")) : null,
    el("button", { type: "button", className: "button primary", onclick: () => correct(row, 0) }, t("correct")));
}

async function correct(row, shift) {
  const id = uuid();
  const institution = (await get("institutions", row.body.institution)) ?? row.draft.institution;
  const happened_at = new Date(Date.parse(row.body.happened_at) + shift).toISOString();
  const draft = { ...row.draft, id, institution, happened_at, corrects: row.id, saved_at: new Date().toISOString() };
  const there = await write(["drafts", "photos"], async (transaction) => {
    const earlier = (await transaction.objectStore("drafts").index("user").getAll(row.user)).find(({ corrects }) => corrects === row.id);
    if (earlier) return earlier.id;
    await transaction.objectStore("drafts").add(draft);
    const photos = transaction.objectStore("photos");
    for (const photo of await photos.index("visit").getAll(row.id)) await photos.put({ ...photo, visit: id });
    return id;
  });
  for (const photo of [...unkept.values()].filter(({ visit }) => visit === row.id)) unkept.set(keyOfPhoto(there, photo.slot), { ...photo, visit: there });
  location.assign(`#/visit/${there}`);
}
