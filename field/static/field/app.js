// The phone app's start: which page is shown, when what waits is sent, when a new version takes over.
import { el, put } from "./dom.js";
import { askForBackgroundSync, loadUser, sendNow, showBar, state } from "./frame.js";
import { showDone, showOne } from "./done_page.js";
import { showFound } from "./found_page.js";
import { showForm } from "./form_page.js";
import { showList } from "./list_page.js";
import { listed } from "./outbox.js";
import { showPhone } from "./phone_page.js";
import { SOME_DAYS_MS, clearStored } from "./sign_out.js";
import { t, told } from "./told.js";
import { belongsTo, refresh } from "./worklist.js";

const content = document.getElementById("content");
const PAGES = [
  [/^#\/visit\/([0-9a-f-]{36})$/, showForm],
  [/^#\/found$/, showFound],
  [/^#\/done\/([0-9a-f-]{36})$/, showOne],
  [/^#\/done$/, showDone],
  [/^#\/phone$/, showPhone],
  [/^(?:#\/?)?$/, showList],
];
const FRESH_MS = 300_000; // what was fetched so short a time ago is not asked for again
let leave = null; // what the page that is shown wants done before another takes its place

async function show() {
  await leave?.();
  leave = null;
  for (const [pattern, page] of PAGES) {
    const match = pattern.exec(location.hash);
    if (!match) continue;
    try {
      leave = (await page(content, match[1])) ?? null;
    } catch (error) {
      put(content, el("h1", {}, t("list")), el("p", { className: "notice error", role: "alert" }, t("broken", { why: error.message })),
        el("button", { type: "button", className: "button", onclick: show }, t("again")));
      console.info(error);
    }
    await showBar();
    return;
  }
  location.replace("#/");
}

// --- What is said in another language than the page is in, or kept from another version

async function otherLanguage() {
  const chosen = /(?:^|; )django_language=([^;]+)/.exec(document.cookie)?.[1];
  const english = document.documentElement.lang === "en";
  if (!navigator.onLine || chosen === undefined || (chosen === "en") === english) return false;
  if (!navigator.serviceWorker?.controller || sessionStorage.getItem("asked for") === chosen) return false;
  sessionStorage.setItem("asked for", chosen);
  await refreshPage();
  location.reload();
  return true;
}

export const refreshPage = () => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = resolve;
  setTimeout(resolve, 5000);
  navigator.serviceWorker.controller.postMessage({ refresh: true }, [port2]);
});

async function keepForOffline() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(told.worker, { scope: told.page, type: "module", updateViaCache: "none" });
  const offer = (worker) => {
    if (!worker || !navigator.serviceWorker.controller) return;
    state.update = () => worker.postMessage("take over");
    showBar();
  };
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => { if (worker.state === "installed") offer(worker); });
  });
  let replaced = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (replaced && !location.hash.startsWith("#/visit/")) location.reload();
    replaced = true;
  });
  offer(registration.waiting);
}

let followed; // how many visits had their receipt when the list was last looked after

async function whenThereIsNetwork({ tries = navigator.onLine } = {}) {
  await showBar();
  if (!tries) return;
  const { why, sent } = await sendNow();
  if (why !== "done") return;
  await belongsTo(state.user);
  // The worker may have sent it: the list follows what was answered, whoever heard the answer.
  const answered = (await listed(state.user)).filter(({ answer }) => answer?.receipt).length;
  await refresh({ older_than_ms: sent || answered !== (followed ?? answered) ? 0 : FRESH_MS }).catch(() => {});
  followed = answered;
  await clearStored(SOME_DAYS_MS);
  window.dispatchEvent(new Event("field:fresh"));
  await showBar();
}

window.addEventListener("hashchange", show);
window.addEventListener("online", () => whenThereIsNetwork());
window.addEventListener("offline", showBar);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") whenThereIsNetwork(); });
window.addEventListener("field:saved", () => {
  navigator.storage?.persist?.().catch(() => {});
  askForBackgroundSync();
  whenThereIsNetwork({ tries: true });
});

if (!(await otherLanguage())) {
  await loadUser().catch(() => {});
  await show();
  keepForOffline().catch((error) => console.info("no service worker:", error.message));
  await whenThereIsNetwork();
}
