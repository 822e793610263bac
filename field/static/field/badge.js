// On every page: how many visits wait on this device, as a link to the app; and signing out takes along what the phone
// keeps of the register, once nothing waits.
import { all } from "./db.js";
import { isOpen, stateOf, whenChanged } from "./outbox.js";
import { forget } from "./sign_out.js";

const badge = document.getElementById("field-waiting");

async function count() {
  const [drafts, rows, answers] = await Promise.all([all("drafts"), all("outbox"), all("answers")]);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  const mine = ({ user }) => user === badge.dataset.user;
  const open = rows.filter(mine).filter((row) => isOpen({ state: stateOf(row, byId.get(row.id)) }));
  return open.length + drafts.filter(mine).length;
}

async function show() {
  const waiting = await count().catch(() => 0);
  badge.hidden = waiting === 0;
  badge.textContent = badge.dataset.said.replace("{n}", waiting);
}

function signingOut() {
  const form = document.querySelector(`form[action="${badge.dataset.logout}"]`);
  form?.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if ((await count().catch(() => 0)) === 0) {
      await forget().catch(() => {});
      form.submit();
    } else {
      window.location.assign(badge.href);
    }
  });
}

if (badge) {
  show();
  signingOut();
  whenChanged(show);
  window.addEventListener("pageshow", show);
}
