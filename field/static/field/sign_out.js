// What is on the phone of the register, of colleagues and of visits that the server has goes when somebody signs out.
import { write } from "./db.js";
import { isOpen, stateOf } from "./outbox.js";

const KEPT = ["clock"];

// Drafts and visits that the server does not have stay, with their photos: whoever saved them signs in again.
export function forget() {
  return write(["meta", "institutions", "outbox", "answers", "photos"], async (transaction) => {
    const store = (name) => transaction.objectStore(name);
    await store("institutions").clear();
    for (const key of await store("meta").getAllKeys()) if (!KEPT.includes(key)) await store("meta").delete(key);
    for (const row of await store("outbox").getAll()) {
      const answer = await store("answers").get(row.id);
      if (isOpen({ state: stateOf(row, answer) })) continue;
      for (const key of await store("photos").index("visit").getAllKeys(row.id)) await store("photos").delete(key);
      await store("answers").delete(row.id);
      await store("outbox").delete(row.id);
    }
  });
}
