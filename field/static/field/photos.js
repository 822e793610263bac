// Photos of a visit on this phone: kept as they come, at once, then made smaller beside the page.
import { allFrom, get, isFull, put, remove, write } from "./db.js";
import { now, right } from "./net.js";
import { keyOfPhoto, unkept } from "./outbox.js";
import { lastFix, locate } from "./place.js";
import { shrink } from "./shrink.js";
import { told } from "./told.js";

const PATIENCE_MS = 8000; // for the worker's first answer: its script comes over the network where none is kept
let worker;
let proven = false;
let turn = 0;
const waiting = new Map();

function inWorker(file) {
  worker ??= started();
  return new Promise((resolve, reject) => {
    turn += 1;
    waiting.set(turn, { resolve, reject });
    worker.postMessage({ id: turn, file });
    if (!proven) setTimeout(() => { if (!proven) withoutWorker(); }, PATIENCE_MS);
  });
}

function started() {
  const made = new Worker(told.shrink, { type: "module" });
  made.addEventListener("message", ({ data }) => {
    proven = true;
    if (!waiting.has(data.id)) return; // it was done on the page meanwhile
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.made) resolve(data.made);
    else reject(new Error(data.failed));
  });
  made.addEventListener("error", withoutWorker); // this browser has no module workers
  return made;
}

// On the page, then.
function withoutWorker() {
  for (const { reject } of waiting.values()) reject(new Error("no worker"));
  waiting.clear();
}

async function smaller(file) {
  if (typeof OffscreenCanvas !== "undefined" && typeof Worker !== "undefined") {
    try {
      return await inWorker(file);
    } catch (error) {
      if (error.message !== "no worker") throw error;
    }
  }
  return shrink(file);
}

export async function photosOf(visit) {
  const kept = await allFrom("photos", "visit", visit);
  const here = [...unkept.values()].filter((each) => each.visit === visit);
  return [...kept.filter((each) => !unkept.has(keyOfPhoto(visit, each.slot))), ...here].sort((one, other) => one.slot - other.slot);
}

// Takes a photo into a visit. Position and time are those of the shutter; from the gallery, the time of the file.
export async function take(visit, file, { finding = null, fromCamera = true, slot, kept = () => {} }) {
  const fix = fromCamera ? lastFix() : null;
  const photo = {
    visit, slot, finding, bytes: null, thumb: null, sha256: null, type: file.type,
    taken_at: fromCamera ? now().toISOString() : right(file.lastModified),
    longitude: fix?.longitude ?? null, latitude: fix?.latitude ?? null, accuracy_m: fix?.accuracy_m ?? null,
  };
  if (fromCamera && !fix) locate(8000).then((found) => place(photo, found), () => {});
  const there = await keepNew({ ...photo, original: await file.arrayBuffer() });
  kept();
  return finish(there, file);
}

// At its slot, or at the next free one: another tab may have the same visit open.
async function keepNew(photo) {
  try {
    await write(["photos"], async (transaction) => {
      const store = transaction.objectStore("photos");
      const taken = (await store.index("visit").getAllKeys(photo.visit)).map(([, slot]) => slot);
      if (taken.includes(photo.slot)) photo.slot = Math.max(...taken) + 1;
      await store.add(photo);
    });
  } catch (error) {
    if (!isFull(error)) throw error;
    unkept.set(keyOfPhoto(photo.visit, photo.slot), photo);
  }
  return photo;
}

// The page was closed while a photo was being made smaller: it is done now.
export const finishAll = async (visit) => {
  for (const photo of await photosOf(visit)) {
    if (!photo.original) continue;
    const file = new File([photo.original], "photo", { type: photo.type });
    await finish(photo, file).catch(() => {});
  }
};

async function finish(photo, file) {
  let made;
  try {
    made = await smaller(file);
  } catch (error) {
    await drop(photo);
    throw error;
  }
  const { bytes, thumb, sha256, type } = made;
  await change(photo, ({ original, ...kept }) => ({ ...kept, ...placed.get(keyOfPhoto(photo.visit, photo.slot)), bytes, thumb, sha256, type }));
}

// What is kept now is changed: meanwhile it may have been said to be of a problem, have been made smaller, or be dropped.
async function change({ visit, slot }, changed) {
  const key = keyOfPhoto(visit, slot);
  if (unkept.has(key)) return keep(changed(unkept.get(key)));
  try {
    await write(["photos"], async (transaction) => {
      const store = transaction.objectStore("photos");
      const kept = await store.get([visit, slot]);
      if (kept) await store.put(changed(kept));
    });
  } catch (error) {
    if (!isFull(error)) throw error;
    unkept.set(key, changed(await get("photos", [visit, slot])));
  }
  return undefined;
}

const placed = new Map(); // positions that came after the shutter

async function place(photo, { longitude, latitude, accuracy_m }) {
  placed.set(keyOfPhoto(photo.visit, photo.slot), { longitude, latitude, accuracy_m });
  await change(photo, (kept) => ({ ...kept, longitude, latitude, accuracy_m })).catch(() => {});
}

async function keep(photo) {
  try {
    await put("photos", photo);
    unkept.delete(keyOfPhoto(photo.visit, photo.slot));
  } catch (error) {
    if (!isFull(error)) throw error;
    unkept.set(keyOfPhoto(photo.visit, photo.slot), photo);
  }
}

export async function drop({ visit, slot }) {
  unkept.delete(keyOfPhoto(visit, slot));
  await remove("photos", [visit, slot]);
}

export const belongs = (photo, finding) => change(photo, (kept) => ({ ...kept, finding }));

// An address for <img>; given back when the picture is there.
export function shown(photo, whole = false) {
  const bytes = (whole ? photo.bytes ?? photo.thumb : photo.thumb ?? photo.bytes) ?? photo.original;
  return bytes ? URL.createObjectURL(new Blob([bytes], { type: photo.type || "image/jpeg" })) : "";
}
