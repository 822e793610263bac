// What was typed of a visit that is not stored yet, on this device: text in localStorage, written at every key, photos
// in IndexedDB. One draft for each user and institution: who signs in next at the same device does not see it.
const PREFIX = "visit-draft:"; // + user name + ":" + id of the institution
const DATABASE = "visit-drafts";
const STORE = "photos";

export const keyOf = (draft) => PREFIX + draft;

export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // not ours
  }
}

export function write(key, kept) {
  localStorage.setItem(key, JSON.stringify({ ...kept, savedAt: new Date().toISOString() }));
}

export async function drop(key) {
  localStorage.removeItem(key);
  await photosOf("readwrite", (store) => store.delete(key));
}

// The files kept for a draft; none where the browser keeps nothing.
export async function photos(key) {
  return (await photosOf("readonly", (store) => store.get(key))) ?? [];
}

// Whether they could be kept.
export async function keepPhotos(key, files) {
  return (await photosOf("readwrite", (store) => (files.length ? store.put(files, key) : store.delete(key)))) !== null;
}

// The drafts of one user, the latest first.
export function waiting(user) {
  const mine = `${PREFIX}${user}:`;
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(mine))
    .map((key) => ({ key, institution: key.slice(mine.length), ...read(key) }))
    .sort((one, other) => (other.savedAt ?? "").localeCompare(one.savedAt ?? ""));
}

// What the store answers; null where there is no database, or no room in it. Opened each time: a browser closes it
// when memory is short.
async function photosOf(mode, ask) {
  try {
    const database = await answerOf(opening());
    try {
      return (await answerOf(ask(database.transaction(STORE, mode).objectStore(STORE)))) ?? undefined;
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

function opening() {
  const request = indexedDB.open(DATABASE, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE));
  return request;
}

function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
    request.addEventListener("blocked", () => reject(new Error("blocked")));
  });
}
