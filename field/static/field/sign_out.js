// What leaves the phone: visits that the server has, after some days or on asking; and with who signs out, everything of
// the register and of colleagues.
import { write } from "./db.js";
import { ask } from "./net.js";
import { changed, isOpen, stateOf } from "./outbox.js";

const SIGNED_OUT = 401; // led to the sign-in page, as net.js says it
const KEPT = ["clock"];
const STORES = ["outbox", "answers", "photos"];
export const SOME_DAYS_MS = 14 * 24 * 3600_000;

// Ends the session first: while nobody has answered, one is still signed in and everything stays. Whether it has ended.
export async function signOut(path) {
  const { status } = await ask("POST", path, { bytes: "", type: "application/x-www-form-urlencoded" });
  if (status !== SIGNED_OUT) return false;
  await forget().catch((error) => console.info("the app's database:", error));
  return true;
}

// Drafts and visits that the server does not have stay, with their photos: whoever saved them signs in again.
async function forget() {
  await write(["meta", "institutions", ...STORES], async (transaction) => {
    const meta = transaction.objectStore("meta");
    await transaction.objectStore("institutions").clear();
    for (const key of await meta.getAllKeys()) if (!KEPT.includes(key)) await meta.delete(key);
    await dropStored(transaction, Date.now());
  });
}

// Visits that the server has and that were saved so long ago.
export async function clearStored(older_than_ms = 0) {
  await write(STORES, (transaction) => dropStored(transaction, Date.now() - older_than_ms));
  changed();
}

async function dropStored(transaction, before) {
  const [outbox, answers, photos] = STORES.map((name) => transaction.objectStore(name));
  for (const row of await outbox.getAll()) {
    if (isOpen({ state: stateOf(row, await answers.get(row.id)) }) || Date.parse(row.saved_at) > before) continue;
    for (const key of await photos.index("visit").getAllKeys(row.id)) await photos.delete(key);
    await answers.delete(row.id);
    await outbox.delete(row.id);
  }
}
