// 本机: what of the register is on this phone, what it can and cannot do, the outbox as a file, signing out.
import { el, put } from "./dom.js";
import { sendNow, state } from "./frame.js";
import { ask } from "./net.js";
import { asFile, isOpen, listed } from "./outbox.js";
import { canLocate } from "./place.js";
import { sheet } from "./sheet.js";
import { clearStored, signOut as endSession } from "./sign_out.js";
import { ago, sizeOf, t, told } from "./told.js";
import { areas, refresh } from "./worklist.js";

export async function showPhone(place) {
  const list = el("ul", { className: "areas" });
  const said = el("p", { className: "soft", role: "status" });
  const download = el("button", { type: "button", className: "button wide", onclick: downloadAll }, t("download_all"));

  async function draw() {
    put(list, (await areas()).map((area) => el("li", {}, el("span", { className: "grow" }, area.name, el("small", {}, t("count", { n: area.count ?? area.institutions }))),
      el("span", { className: "soft" }, area.at ? `${sizeOf(area.bytes)} · ${ago(area.at)}` : t("not_here")))));
  }

  async function downloadAll() {
    download.disabled = true;
    try {
      await refresh({ everything: true, said: (name) => { said.textContent = t("downloading", { name }); } });
      said.textContent = "";
    } catch {
      said.textContent = t("download_failed");
    }
    download.disabled = false;
    await draw();
  }

  put(place, el("h1", {}, t("phone")),
    el("section", { className: "panel" }, el("h2", {}, t("offline_data")), list, said, download),
    await outboxPanel(), await abilities(), await account());
  await draw();
  window.addEventListener("field:fresh", draw);
  return () => window.removeEventListener("field:fresh", draw);
}

async function outboxPanel() {
  const open = state.user ? (await listed(state.user)).filter(isOpen) : [];
  return el("section", { className: "panel" }, el("h2", {}, t("outbox_file")), el("p", { className: "soft" }, t("outbox_file_why")),
    open.length
      ? el("div", { className: "doors" }, el("button", { type: "button", className: "button primary", onclick: sendNow }, t("send_now", { n: open.length })), el("button", { type: "button", className: "button", id: "save-file", onclick: saveFile }, t("save_file")))
      : el("p", {}, t("nothing_waits")),
    el("button", { type: "button", className: "button", async onclick(event) { await clearStored(); event.target.textContent = t("cleared"); } }, t("clear_room")));
}

export async function saveFile() {
  const day = new Date().toISOString().slice(0, 10);
  const href = URL.createObjectURL(await asFile(state.user));
  const link = el("a", { href, download: `outbox-${state.user}-${day}.json` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

async function abilities() {
  const persisted = await navigator.storage?.persisted?.().catch(() => false);
  // Where it is there, the settings of the browser may still forbid it.
  const allowed = await navigator.permissions?.query({ name: "background-sync" }).then(({ state: given }) => given !== "denied", () => true) ?? true;
  const sync = "SyncManager" in window && allowed;
  const why = window.isSecureContext ? t("why_no_worker") : t("why_no_https");
  const able = [
    ["able_offline", Boolean(navigator.serviceWorker?.controller ?? navigator.serviceWorker), why],
    ["able_gps", canLocate(), why],
    ["able_background", sync && window.isSecureContext, window.isSecureContext ? t("why_no_background") : why],
    ["able_keep", Boolean(persisted), ""],
  ];
  const room = await navigator.storage?.estimate?.().catch(() => null);
  return el("section", { className: "panel" }, el("h2", {}, t("abilities")),
    el("ul", { className: "able" }, able.map(([key, can, because]) => el("li", {}, el("b", { className: can ? "standing corrected" : "standing open" }, can ? "● " : "▲ ", can ? t("can") : t("cannot")), " ", t(key), can || !because ? null : el("small", {}, because)))),
    room ? el("p", { className: "soft" }, t("room", { used: sizeOf(room.usage), quota: sizeOf(room.quota) })) : null,
    el("p", { className: "soft" }, t("version"), " ", told.version));
}

async function account() {
  const english = document.documentElement.lang === "en";
  return el("section", { className: "panel" },
    el("p", {}, t("signed_in_as"), " ", el("b", {}, state.name || "—")),
    el("p", { className: "soft" }, t("sign_out_why")),
    el("div", { className: "doors" },
      el("button", { type: "button", className: "button", lang: english ? "zh-Hans" : "en", onclick: () => speak(english ? "zh-hans" : "en") }, english ? "中文" : "English"),
      state.user ? el("button", { type: "button", className: "button danger", id: "sign-out", onclick: signOut }, t("sign_out")) : null));
}

async function speak(language) {
  await ask("POST", told.language, { bytes: new URLSearchParams({ language, next: told.page }).toString(), type: "application/x-www-form-urlencoded" });
  sessionStorage.removeItem("asked for");
  location.assign(told.page);
}

async function signOut() {
  const waiting = (await listed(state.user)).filter(isOpen).length;
  if (!waiting) return leave();
  const opened = sheet(t("sign_out"), el("p", {}, t("sign_out_waits", { n: waiting })),
    el("button", { type: "button", className: "button primary wide", onclick: saveFile }, t("save_file")),
    el("button", { type: "button", className: "button danger wide", id: "saved-sign-out", onclick() { opened.close(); leave(); } }, t("sign_out_saved")));
  return undefined;
}

async function leave() {
  if (await endSession(told.logout)) location.assign(told.login);
  else sheet(t("sign_out"), el("p", { id: "not-signed-out", role: "alert" }, t("not_signed_out")));
}
