// One request to the server. No answer at all is status 0; what time the server has is noted.
import { get, put } from "./db.js";

const OFF_MS = 120_000; // a clock that is off by less is left alone

const token = async () => {
  if (typeof document !== "undefined") return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  return (await globalThis.cookieStore?.get("csrftoken"))?.value ?? ""; // in a worker
};

export async function ask(method, path, { json, bytes, type, headers = {}, timeout_ms = 30_000 } = {}) {
  const sent = { method, headers: { Accept: "application/json", ...headers }, credentials: "same-origin", cache: "no-store" };
  if (method !== "GET") sent.headers["X-CSRFToken"] = await token(); // read now: it changes when somebody signs in
  if (json !== undefined) [sent.body, sent.headers["Content-Type"]] = [JSON.stringify(json), "application/json"];
  if (bytes !== undefined) [sent.body, sent.headers["Content-Type"]] = [bytes, type];
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), timeout_ms);
  try {
    const answer = await fetch(path, { ...sent, signal: patience.signal });
    const text = answer.status === 304 ? "" : await answer.text();
    noteTime(answer.headers.get("Date"));
    const status = answer.redirected && !isJson(answer) ? 401 : answer.status; // led to the sign-in page
    return { status, data: isJson(answer) && text ? JSON.parse(text) : null, headers: answer.headers, size: text.length };
  } catch {
    return { status: 0, data: null, headers: new Headers(), size: 0 };
  } finally {
    clearTimeout(timer);
  }
}

const isJson = (answer) => /json/.test(answer.headers.get("Content-Type") ?? "");

// --- What time it is: as the server has it, where the phone's clock is known to be wrong.

let clock; // {offset_ms}: server minus phone

function noteTime(date) {
  const server = Date.parse(date ?? "");
  if (Number.isNaN(server)) return;
  const offset_ms = server + 500 - Date.now(); // the header has whole seconds
  if (clock && Math.abs(clock.offset_ms - offset_ms) < OFF_MS) return;
  clock = { offset_ms };
  put("meta", clock, "clock").catch(() => {});
}

export async function loadClock() {
  clock ??= await get("meta", "clock").catch(() => undefined);
}

export const clockIsOff = () => Boolean(clock) && Math.abs(clock.offset_ms) >= OFF_MS;
export const offsetMs = () => (clockIsOff() ? clock.offset_ms : 0);
export const now = () => new Date(Date.now() + offsetMs());
export const right = (deviceMs) => new Date(deviceMs + offsetMs()).toISOString();

// 2026-11-29, as the calendar in Shanghai has it
export const dayOf = (moment) => new Date(+new Date(moment) + 8 * 3600_000).toISOString().slice(0, 10);
export const today = () => dayOf(now());
