// One at a time among all tabs and the worker: by Web Locks, or where there are none (plain http, old WebViews) by a
// lease in the database, which ends by itself when its holder is killed.
import { uuid } from "./digest.js";
import { write } from "./db.js";

const LEASE_MS = 30_000;
const AGAIN_MS = 1000;
const me = uuid();

export function exclusively(name, work) {
  return globalThis.navigator?.locks ? navigator.locks.request(name, () => work(() => {})) : underLease(name, work);
}

// `work` is given what it calls before each thing it does: the lease is prolonged, or it raises.
export async function underLease(name, work, holder = me) {
  while (!(await take(name, holder))) await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
  const beat = setInterval(() => take(name, holder), LEASE_MS / 3);
  try {
    return await work(async () => { if (!(await take(name, holder))) throw new Error("lease lost"); });
  } finally {
    clearInterval(beat);
    await write(["meta"], async (transaction) => {
      const lease = await transaction.objectStore("meta").get(`lease:${name}`);
      if (lease?.holder === holder) await transaction.objectStore("meta").delete(`lease:${name}`);
    });
  }
}

export function take(name, holder) {
  return write(["meta"], async (transaction) => {
    const meta = transaction.objectStore("meta");
    const lease = await meta.get(`lease:${name}`);
    const left = lease ? lease.until - Date.now() : 0;
    if (lease && lease.holder !== holder && left > 0 && left <= LEASE_MS) return false; // more than that is a wrong clock
    await meta.put({ holder, until: Date.now() + LEASE_MS }, `lease:${name}`);
    return true;
  });
}
