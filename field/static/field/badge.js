// On every page: how many visits wait on this device, as a link to the app; whose app it is; and signing out takes along
// what the phone keeps of the register; what waits stays, and is asked about.
import { all, get, put } from "./db.js";
import { changed, isOpen, stateOf, whenChanged } from "./outbox.js";
import { signOut } from "./sign_out.js";
import { isUntouched } from "./visit.js";
import { belongsTo } from "./worklist.js";

const badge = document.getElementById("field-waiting");

async function count() {
  const [drafts, rows, answers] = await Promise.all([all("drafts"), all("outbox"), all("answers")]);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  const mine = ({ user }) => user === badge.dataset.user;
  const open = rows.filter(mine).filter((row) => isOpen({ state: stateOf(row, byId.get(row.id)) }));
  return open.length + drafts.filter((draft) => mine(draft) && !isUntouched(draft)).length;
}

async function show() {
  const waiting = await count().catch(() => 0);
  badge.hidden = waiting === 0;
  badge.textContent = badge.dataset.said.replace("{n}", waiting);
}

// Somebody else has signed in on a phone where the app was used: without a network, too, it is theirs from now on.
async function takeOver() {
  const { user, name } = badge.dataset;
  const who = await get("meta", "who");
  if (!who || who.username === user) return;
  await put("meta", { username: user, name }, "who");
  await belongsTo(user);
  changed();
}

function signingOut() {
  const form = document.querySelector(`form[action="${badge.dataset.logout}"]`);
  form?.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const waiting = await count().catch(() => 0);
    if (waiting && !window.confirm(badge.dataset.leave.replace("{n}", waiting))) return;
    if (await signOut(badge.dataset.logout)) window.location.assign(badge.dataset.login);
    else form.submit(); // the browser says what is wrong
  });
}

if (badge) {
  takeOver().catch((error) => console.info("the app's database:", error)).then(show);
  signingOut();
  whenChanged(show);
  window.addEventListener("pageshow", show);
}
