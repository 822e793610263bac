// The phone's own database. A browser closes it when memory is short: it is opened again and the work done again.
import { openDB } from "../vendor/idb/idb.js";

const NAME = "field";
const VERSION = 1;
const TRIES = 3;
let opening;

// meta:         what there is one of, by name: who, clock, session, lease, areas, catalogue, colleagues
// institutions: rows of the worklists, each with the division of its list
// drafts:       visits being filled in, by their id
// photos:       pictures of drafts and of visits in the outbox, by visit and slot
// outbox:       visits as they were saved. A row is added once and never changed
// answers:      what the server said of each of them
function upgrade(database) {
  database.createObjectStore("meta");
  database.createObjectStore("institutions", { keyPath: "id" }).createIndex("area", "area");
  database.createObjectStore("drafts", { keyPath: "id" }).createIndex("user", "user");
  database.createObjectStore("photos", { keyPath: ["visit", "slot"] }).createIndex("visit", "visit");
  database.createObjectStore("outbox", { keyPath: "id" }).createIndex("user", "user");
  database.createObjectStore("answers", { keyPath: "id" });
}

function opened() {
  opening ??= openDB(NAME, VERSION, {
    upgrade,
    blocking(_current, _blocked, event) {
      event.target.close();
      opening = undefined;
    },
    terminated() { opening = undefined; },
  });
  opening.catch(() => { opening = undefined; });
  return opening;
}

const wasClosed = (error) => ["InvalidStateError", "AbortError", "UnknownError"].includes(error?.name);

export const isFull = (error) => error?.name === "QuotaExceededError";

async function again(work) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work(await opened());
    } catch (error) {
      if (!wasClosed(error) || tried === TRIES) throw error;
      opening = undefined;
    }
  }
}

// One transaction; what it wrote is on the disk when this comes back. `work` waits for nothing but the transaction.
export function write(stores, work) {
  return again(async (database) => {
    const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
    const done = transaction.done.catch((error) => { throw transaction.error ?? error; });
    done.catch(() => {});
    try {
      const result = await work(transaction);
      await done;
      return result;
    } catch (error) {
      try { transaction.abort(); } catch { /* it is over already */ }
      await done.catch((why) => { if (isFull(why)) throw why; });
      throw error;
    }
  });
}

export const get = (store, key) => again((database) => database.get(store, key));
export const all = (store) => again((database) => database.getAll(store));
export const allFrom = (store, index, key) => again((database) => database.getAllFromIndex(store, index, key));
export const countFrom = (store, index, key) => again((database) => database.countFromIndex(store, index, key));
export const put = (store, value, key) => write([store], (transaction) => transaction.objectStore(store).put(value, key));
export const remove = (store, key) => write([store], (transaction) => transaction.objectStore(store).delete(key));
