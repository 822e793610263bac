// What was saved on this phone and has to reach the server. A row is added once and never changed; it counts as
// delivered on a receipt with its id, and each photo on a receipt that no longer misses it. Nothing else ends it.
import { all, allFrom, get, put, write } from "./db.js";
import { ask, now } from "./net.js";
import { exclusively } from "./locks.js";

const WHO = "/field/who/";
const API = "/api/v1/";
const BATCH = 20; // visits in one request; the server takes 50
const VISIT_MS = 60_000;
const PHOTO_MS = 180_000;
export const GONE = "gone"; // a photo that is not here: another page may hold it still
const DIGEST = /^[0-9a-f]{64}$/;

// Photos for which the phone had no room: they live as long as the page does.
export const unkept = new Map();
export const unkeptDrafts = new Map(); // and drafts as they were last filled in, by their id
globalThis.window?.addEventListener("beforeunload", (event) => { if (unkeptDrafts.size || unkept.size) event.preventDefault(); });
export const keyOfPhoto = (visit, slot) => `${visit}/${slot}`;

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("field");
const listeners = new Set();
if (channel) channel.onmessage = () => listeners.forEach((each) => each());
export function whenChanged(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
export function changed() {
  channel?.postMessage("changed");
  listeners.forEach((each) => each());
}

// --- Saving: one transaction. The photos are there already, under the id of the visit.

export async function save(row) {
  await write(["outbox", "drafts", "answers"], async (transaction) => {
    const there = await transaction.objectStore("outbox").get(row.id); // a second tap
    if (!there) await transaction.objectStore("outbox").add(row);
    await transaction.objectStore("drafts").delete(row.id);
    if (row.corrects) {
      const before = await transaction.objectStore("answers").get(row.corrects);
      await transaction.objectStore("answers").put({ ...before, replaced_by: row.id });
    }
  });
  for (const [key, { visit }] of unkept) if (visit === row.corrects) unkept.delete(key); // they are in this one too
  changed();
}

// --- Where each of them stands

const FINAL = new Set(["stored", "aside", "conflict", "replaced"]);

export function stateOf(row, answer = {}) {
  const total = row.body.photos.length;
  const stored = row.body.photos.filter(({ slot }) => answer.photos?.[slot]?.stored_at).length;
  const refusedPhotos = row.body.photos.filter(({ slot }) => answer.photos?.[slot]?.refused).length;
  const givenUp = row.body.photos.filter(({ slot }) => answer.photos?.[slot]?.given_up).length;
  const on = (name) => ({ name, total, stored, refusedPhotos });
  if (answer.replaced_by) return on("replaced");
  if (answer.refused?.status === 409) return on("conflict");
  if (answer.receipt) {
    if (stored + givenUp < total) return on("photos");
    return on(answer.receipt.kept_aside ? "aside" : "stored");
  }
  if (answer.refused && !answer.refused.again) return on("invalid");
  return on("waiting");
}

export async function listed(user) {
  const [rows, answers] = await Promise.all([allFrom("outbox", "user", user), all("answers")]);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return rows
    .map((row) => ({ row, answer: byId.get(row.id), state: stateOf(row, byId.get(row.id)) }))
    .sort((one, other) => other.row.saved_at.localeCompare(one.row.saved_at));
}

// What the server keeps aside under a used id has its photos, too.
const lacksPhotos = ({ name, total, stored, refusedPhotos }) => name === "photos" || (name === "conflict" && stored + refusedPhotos < total);

export const isOpen = ({ state }) => !FINAL.has(state.name) || lacksPhotos(state);

// --- Sending

let running;
let wanted = false;

// Sends what waits; what is asked for in the meantime is done in another round, not beside it.
export function send() {
  wanted = true;
  running ??= (async () => {
    let outcome = {};
    try {
      while (wanted) {
        wanted = false;
        outcome = await exclusively("field-outbox", pass).catch((error) => {
          console.info("sending stopped:", error);
          return { why: "busy" };
        });
      }
    } finally {
      running = undefined;
    }
    return outcome;
  })();
  return running;
}

class Stop extends Error {
  constructor(outcome) {
    super(outcome.why);
    this.outcome = outcome;
  }
}

async function pass(beat) {
  faults = 0;
  try {
    const user = await whoIsThere();
    const rows = (await listed(user)).reverse().filter(isOpen);
    await sendVisits(rows.filter(({ state }) => state.name === "waiting").map(({ row }) => row), beat);
    for (const { row, answer, state } of (await listed(user)).reverse()) {
      if (lacksPhotos(state)) await sendPhotos(row, answer, beat);
    }
    return faults ? { why: "busy", status: FAULT, wait_s: 10 } : { why: "done", sent: rows.length };
  } catch (stopped) {
    if (stopped instanceof Stop) return stopped.outcome;
    throw stopped;
  } finally {
    changed();
  }
}

// Whose session this is: nobody's visits are sent in another's name.
async function whoIsThere() {
  const { status, data } = await ask("GET", WHO);
  if (status === 200) {
    await put("meta", { ...data, seen_at: now().toISOString() }, "who");
    await put("meta", { problem: null }, "session");
    return data.username;
  }
  if (status === 401) await put("meta", { problem: "sign_in" }, "session");
  throw new Stop(whyStopped(status));
}

function whyStopped(status, headers) {
  if (status === 0) return { why: "offline" };
  if (status === 401) return { why: "sign_in" };
  return { why: "busy", status, wait_s: Number(headers?.get("Retry-After")) || 10 };
}

// A fault of the server at one visit or photo costs no other: it stays, and is tried again with the next round.
const FAULT = 500;
let faults = 0;

function isFault(status) {
  faults += status === FAULT ? 1 : 0;
  return status === FAULT;
}

// Answers that say nothing of the visit itself: it is tried again later.
async function stopUnlessJudged(status, data, headers) {
  const session = status === 401 || (status === 403 && data?.code !== "not_permitted");
  if (session) await put("meta", { problem: status === 401 ? "sign_in" : data?.message ?? "sign_in" }, "session");
  if (session || status === 0 || status === 429 || status > FAULT) throw new Stop(whyStopped(session ? 401 : status, headers));
}

async function sendVisits(rows, beat) {
  for (let at = 0; at < rows.length; at += BATCH) {
    const some = rows.slice(at, at + BATCH);
    await beat?.();
    if (some.length === 1) await sendVisit(some[0]);
    else await sendTogether(some, beat);
  }
}

const asSent = (row) => ({ ...row.body, device_sent_at: new Date().toISOString() });

async function sendVisit(row) {
  const { status, data, headers } = await ask("PUT", `${API}visits/${row.id}/`, { json: asSent(row), timeout_ms: VISIT_MS });
  await stopUnlessJudged(status, data, headers);
  if (!isFault(status)) await judged(row, status, data);
}

async function sendTogether(rows, beat) {
  const visits = rows.map((row) => ({ ...asSent(row), id: row.id }));
  const { status, data, headers } = await ask("POST", `${API}field/visits/`, { json: { visits }, timeout_ms: VISIT_MS });
  await stopUnlessJudged(status, data, headers);
  if (status !== 200) { // the batch as such was not taken: each by itself
    for (const row of rows) {
      await beat?.();
      await sendVisit(row);
    }
    return;
  }
  const answers = new Map(data.answers.map((answer) => [answer.id, answer]));
  for (const row of rows) {
    const answer = answers.get(row.id);
    if (answer && answer.status < 500 && answer.status !== 429) await judged(row, answer.status, answer.receipt ?? answer.error);
  }
}

// A key that the server does not know yet is all that it refuses: an app of a later release, a server of an earlier one
// (while several are upgraded one after the other, or after going back). The visit waits until the server knows it.
const notKnownYet = (status, data) => (status === 422 && data?.unknown?.length === Object.keys(data?.errors ?? {}).length ? data.unknown : null);

async function judged(row, status, data) {
  const taken = [200, 201, 202].includes(status) && data?.id === row.id && (DIGEST.test(data.digest) || status === 202);
  await note(row, (answer) => {
    answer.status = status;
    answer.at = now().toISOString();
    if (taken) {
      answer.receipt = data;
      delete answer.refused;
      for (const { slot, sha256 } of row.body.photos) {
        if (data.missing_photos && !data.missing_photos.includes(sha256)) answer.photos[slot] = { stored_at: answer.at };
      }
    } else {
      const unknown = notKnownYet(status, data);
      answer.refused = { status, unknown, again: Boolean(unknown) || status === 403 || status === 404 || status < 300, message: data?.message ?? "", errors: data?.errors ?? {}, kept_at: data?.kept_at };
    }
  });
}

function note(row, change) {
  return write(["answers"], async (transaction) => {
    const answer = (await transaction.objectStore("answers").get(row.id)) ?? { id: row.id, photos: {} };
    change(answer);
    await transaction.objectStore("answers").put(answer);
  }).then(changed);
}

async function sendPhotos(row, answer, beat) {
  for (const { slot, sha256 } of row.body.photos) {
    const before = answer.photos?.[slot];
    if (before?.stored_at || before?.given_up || (before?.refused && before.refused !== GONE && !before.again)) continue;
    await beat?.();
    const photo = unkept.get(keyOfPhoto(row.id, slot)) ?? (await get("photos", [row.id, slot]));
    if (!photo?.bytes) {
      if (typeof window === "undefined") continue; // the worker knows nothing of what a page holds
      if (before?.refused !== GONE) await note(row, (changing) => { changing.photos[slot] ??= { refused: GONE }; });
      continue;
    }
    const path = `${API}visits/${row.id}/photos/${sha256}/`;
    const { status, data, headers } = await ask("PUT", path, { bytes: photo.bytes, type: photo.type, timeout_ms: PHOTO_MS });
    await stopUnlessJudged(status, data, headers);
    if (!isFault(status)) await photoJudged(row, slot, sha256, status, data);
  }
}

async function photoJudged(row, slot, sha256, status, data) {
  const at = now().toISOString();
  const taken = status >= 200 && status < 300 && data?.missing_photos && !data.missing_photos.includes(sha256);
  await write(["answers", "photos"], async (transaction) => {
    const answers = transaction.objectStore("answers");
    const answer = await answers.get(row.id);
    if (taken) {
      answer.receipt = { ...answer.receipt, ...data };
      answer.photos[slot] = { stored_at: at };
      const photos = transaction.objectStore("photos");
      const photo = await photos.get([row.id, slot]);
      if (photo) await photos.put({ ...photo, bytes: null }); // the server has it; the thumbnail stays
    } else {
      answer.photos[slot] = { refused: data?.message ?? String(status), again: status === 403 || status === 404 };
    }
    await answers.put(answer);
  });
  if (taken) unkept.delete(keyOfPhoto(row.id, slot));
  changed();
}

// --- Saved as a file, to be handed in at a desk

export async function asFile(user) {
  const open = (await listed(user)).filter(isOpen);
  const visits = open.map(({ row }) => ({ ...row.body, id: row.id }));
  const photos = [];
  for (const { row } of open) {
    for (const { slot, sha256 } of row.body.photos) {
      const photo = unkept.get(keyOfPhoto(row.id, slot)) ?? (await get("photos", [row.id, slot]));
      if (photo?.bytes) photos.push({ visit: row.id, sha256, base64: await base64(photo.bytes) });
    }
  }
  return new Blob([JSON.stringify({ kind: "outbox", version: 1, visits, photos })], { type: "application/json" });
}

function base64(bytes) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([bytes]));
  });
}
