// What stands around each page of the app: who is signed in, whether there is a network, what waits, where one may go.
import { all, get } from "./db.js";
import { el, put } from "./dom.js";
import { clockIsOff, loadClock, offsetMs } from "./net.js";
import { isOpen, listed, send, stateOf, unkept, whenChanged } from "./outbox.js";
import { t, told } from "./told.js";

export const state = { user: null, name: "", may_record: true, sending: false, outcome: null, update: null, waiting: 0, problem: null };

const RETRY_S = [5, 15, 60, 300];
let failed = 0;
let timer;

export async function loadUser() {
  await loadClock();
  const who = await get("meta", "who");
  Object.assign(state, { user: who?.username ?? null, name: who?.name ?? "", may_record: who?.may_record ?? true });
}

// Sends what waits and says how it went; tries again by itself, less and less often, while the page is open.
export async function sendNow() {
  clearTimeout(timer);
  state.sending = true;
  showBar();
  try {
    state.outcome = await send();
  } finally {
    state.sending = false;
    await loadUser();
    await showBar();
  }
  const { why, wait_s } = state.outcome;
  failed = why === "offline" || why === "busy" ? failed + 1 : 0;
  if (failed && state.waiting) timer = setTimeout(sendNow, 1000 * Math.max(wait_s ?? 0, RETRY_S[Math.min(failed, RETRY_S.length) - 1]));
  return state.outcome;
}

export async function askForBackgroundSync() {
  const registration = await navigator.serviceWorker?.ready;
  await registration?.sync?.register("field-outbox").catch(() => {});
}

export async function showBar() {
  await loadUser(); // another page may have said that somebody else is here
  const mine = state.user ? await listed(state.user) : [];
  const open = mine.filter(isOpen);
  const sendable = open.filter((each) => each.state.name !== "invalid").length;
  state.waiting = open.length;
  state.problem = (await get("meta", "session"))?.problem ?? null;
  const others = state.user ? await ofOthers() : 0;
  const chip = navigator.onLine
    ? null
    : el("span", { className: "chip offline" }, el("span", { "aria-hidden": "true" }, "⌁ "), t("offline"));
  put(document.getElementById("bar"),
    el("a", { className: "brand", href: told.home }, "‹ ", t("today_page")),
    el("span", { className: "grow name" }, state.name), chip,
    sendable || state.sending
      ? el("button", { type: "button", className: "send", data: { key: "send" }, disabled: state.sending, onclick: sendNow },
        state.sending ? t("sending") : t("send_now", { n: sendable }))
      : open.length ? el("a", { className: "send", href: "#/done" }, t("to_correct", { n: open.length })) : null);
  const said = [];
  if (!state.user) said.push(notice(t("sign_in_first"), signInLink()));
  else if (state.problem === "sign_in") said.push(notice(t("sign_in_to_send"), signInLink()));
  else if (state.problem) said.push(notice(t("refused_sending", { why: state.problem }), el("a", { href: told.home, className: "button" }, t("today_page"))));
  if (state.outcome?.why === "busy" && open.length) said.push(notice(t("server_busy")));
  if (unkept.size) said.push(notice(t("photo_full", { n: unkept.size }), null, "alert"));
  if (clockIsOff()) said.push(notice(t("clock_off", { minutes: Math.round(Math.abs(offsetMs()) / 60_000) })));
  if (others) said.push(notice(t("not_yours", { n: others })));
  if (state.user && !state.may_record) said.push(notice(t("may_not_record")));
  if (state.update && !location.hash.startsWith("#/visit/")) said.push(notice(t("update"), el("button", { type: "button", className: "button", onclick: state.update }, t("update_now"))));
  put(document.getElementById("said"), said);
  showPlaces();
}

const notice = (text, action, role) => el("p", { className: "notice warning", role }, el("span", {}, text), action);
const signInLink = () => el("a", { className: "button primary", href: `${told.login}?next=${encodeURIComponent(location.pathname + location.hash)}` }, t("sign_in"));

async function ofOthers() {
  const [rows, answers] = await Promise.all([all("outbox"), all("answers")]);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return rows.filter((row) => row.user !== state.user && isOpen({ state: stateOf(row, byId.get(row.id)) })).length;
}

function showPlaces() {
  const here = location.hash || "#/";
  const inForm = here.startsWith("#/visit/") || here.startsWith("#/found");
  const place = (href, text, count) => el("a", { href, "aria-current": (href === "#/" ? here === "#/" : here.startsWith(href)) ? "page" : null },
    text, count ? el("span", { className: "count" }, count) : null);
  const nav = document.getElementById("places");
  nav.hidden = inForm;
  if (!inForm) put(nav, place("#/", t("list")), place("#/done", t("done"), state.waiting), place("#/phone", t("phone")));
}

whenChanged(showBar);
