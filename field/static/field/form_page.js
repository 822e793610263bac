// 登记走访: one column, sections that fold, kept on the phone at every tap.
import { get, isFull, put as keepIn, write } from "./db.js";
import { el, put } from "./dom.js";
import { state } from "./frame.js";
import { items } from "./form_items.js";
import { choice } from "./form_parts.js";
import { earlier } from "./form_earlier.js";
import { order, others } from "./form_end.js";
import { photos } from "./form_photos.js";
import { position } from "./form_place.js";
import { keyOfPhoto, save as saveToOutbox, unkept, unkeptDrafts } from "./outbox.js";
import { photosOf } from "./photos.js";
import { follow, stopFollowing } from "./place.js";
import { sheet } from "./sheet.js";
import { atTime, labels, t } from "./told.js";
import { beginAgain, bodyOf, happenedLongAgo, happensNow, isUntouched, lookedInside, missing, problemsOf, roundOf, somebodyThere } from "./visit.js";
import { catalogue } from "./worklist.js";

const AGAIN_MS = 5000; // until a draft is tried again for which there was no room

export async function showForm(place, id) {
  const draft = unkeptDrafts.get(id) ?? (await get("drafts", id));
  if (!draft) {
    if (await get("outbox", id)) return location.replace(`#/done/${id}`);
    put(place, el("h1", {}, t("visit")), el("p", { className: "notice" }, t("gone")), el("a", { className: "button wide", href: "#/" }, t("to_list")));
    return undefined;
  }
  const taken = await photosOf(id);
  if (isUntouched(draft) && !taken.length) beginAgain(draft, (await get("institutions", draft.institution.id)) ?? draft.institution);
  let stolen = false; // by another tab: what is on the phone goes on there
  const release = await alone(id, () => { stolen = true; goesOnElsewhere(place, id); });
  const form = { draft, catalogue: await catalogue(), photos: taken, changed, camera() {}, photosReady: async () => {} };
  const kept = el("p", { className: "soft kept", role: "status", id: "kept" });
  const said = el("p", { className: "reason", role: "alert", id: "form-said" });
  const button = el("button", { type: "button", className: "button primary", id: "save", onclick: save }, t("save"));
  let over = false;
  let dirty = false;
  let writing = null;

  // Each change is written as soon as the one before is.
  function changed() {
    update();
    keepNow();
  }

  function keepNow() {
    dirty = true;
    writing ??= keep().finally(() => { writing = null; });
  }

  async function keep() {
    while (dirty && !over) {
      dirty = false;
      draft.saved_at = new Date().toISOString();
      try {
        await keepIn("drafts", draft);
        unkeptDrafts.delete(id);
        kept.textContent = t("draft_saved", { at: atTime(draft.saved_at) });
      } catch (error) {
        kept.textContent = isFull(error) ? t("draft_full") : t("save_failed", { why: error.message });
        unkeptDrafts.set(id, draft); // it lives as long as the page does
        setTimeout(() => { if (!over && !stolen) keepNow(); }, AGAIN_MS);
      }
    }
  }

  const result = el("fieldset", { className: "section always", id: "s-result", tabIndex: -1 }, el("legend", {}, t("result")),
    choice("result", Object.entries(labels("result")), draft.result, (value) => { draft.result = value; said.textContent = ""; changed(); }, { label: t("result") }));
  const parts = [roundOf(draft) ? earlier(form) : null, items(form), photos(form), position(form), order(form), others(form, askToDrop)].filter(Boolean);

  function update() {
    const shown = { earlier: somebodyThere(draft), items: draft.result === "" || lookedInside(draft), order: draft.result === "" || lookedInside(draft) };
    for (const part of parts) {
      part.node.hidden = shown[part.key] === false;
      part.update();
    }
    const lacks = missing(draft, form.catalogue);
    if (!lacks.length) said.textContent = "";
  }

  async function save() {
    if (over || button.disabled) return;
    performance.mark("field:save");
    const [lack] = missing(draft, form.catalogue);
    if (lack) return complain(lack);
    button.disabled = true;
    button.textContent = t("saving");
    try {
      await form.photosReady();
      await writing;
      const made = (await photosOf(id)).filter(({ sha256 }) => sha256);
      await saveToOutbox({
        id, user: draft.user, title: draft.institution.name, saved_at: new Date().toISOString(), corrects: draft.corrects ?? null,
        problems: problemsOf(draft, form.catalogue).length, body: bodyOf(draft, made, form.catalogue), draft: { ...draft },
      });
      over = true;
      unkeptDrafts.delete(id);
      performance.mark("field:saved");
      await keepIn("meta", draft.inspectors.filter((each) => each !== draft.user), "partners").catch(() => {});
      window.dispatchEvent(new Event("field:saved"));
      return location.replace(`#/done/${id}`);
    } catch (error) {
      said.textContent = isFull(error) ? t("save_full") : t("save_failed", { why: error.message });
    } finally {
      button.disabled = false;
      button.textContent = t("save");
    }
    return undefined;
  }

  function complain({ section, text }) {
    said.textContent = t("missing", { what: t(text) });
    const node = document.getElementById(`s-${section}`);
    if ("open" in node) node.open = true;
    node.scrollIntoView({ block: "center" });
    (node.querySelector("button, input, select") ?? node).focus({ preventScroll: true });
  }

  // Opened, put away and taken out somewhere else: it begins there.
  function seen() {
    if (document.visibilityState === "visible" && isUntouched(draft) && !form.photos.length && happenedLongAgo(draft)) showAgain();
  }

  // What was filled in some time ago may be of then, or be going on now.
  function whetherThen() {
    if (draft.corrects || draft.dated || !happenedLongAgo(draft)) return null;
    const answer = (name, happens) => el("button", { type: "button", className: "button", id: name, async onclick() {
      happens();
      draft.dated = true;
      changed();
      await writing;
      showAgain();
    } }, t(name));
    return el("div", { className: "notice warning", id: "whether-then" }, el("p", {}, t("whether_then", { at: atTime(draft.happened_at) })),
      el("div", { className: "doors" }, answer("it_was_then", () => {}), answer("it_is_now", () => happensNow(draft))));
  }

  function askToDrop() {
    const opened = sheet(t("drop_draft_sure"), el("button", { type: "button", className: "button danger wide", async onclick() {
      over = true;
      await writing;
      await write(["drafts", "photos"], async (transaction) => {
        await transaction.objectStore("drafts").delete(id);
        for (const key of await transaction.objectStore("photos").index("visit").getAllKeys(id)) await transaction.objectStore("photos").delete(key);
      });
      unkeptDrafts.delete(id);
      for (const photo of form.photos) unkept.delete(keyOfPhoto(id, photo.slot));
      opened.close();
      location.replace("#/");
    } }, t("drop_draft")));
  }

  const { institution } = draft;
  put(place,
    el("div", { className: "form-head" }, el("a", { className: "button back", href: "#/" }, "← ", t("back")),
      el("div", { className: "grow" }, el("h1", {}, institution.name), el("p", { className: "soft" }, institution.address)),
    ),
    whetherThen(), result, parts.map(({ node }) => node),
    el("div", { className: "save-bar" }, said, el("div", { className: "row" }, kept, button)));
  update();
  if (unkeptDrafts.has(id)) keepNow();
  follow();
  window.scrollTo(0, 0);
  document.addEventListener("visibilitychange", seen);
  return async () => {
    document.removeEventListener("visibilitychange", seen);
    await writing;
    stopFollowing();
    release();
  };
}

const showAgain = () => window.dispatchEvent(new Event("hashchange"));

// One page at a time fills in a visit: another tab that has it open is told that it goes on here.
async function alone(id, whenStolen) {
  let release = () => {};
  if (!navigator.locks) return aloneByTelling(id, whenStolen);
  await new Promise((resolve) => {
    navigator.locks.request(`field-draft-${id}`, { steal: true }, () => {
      resolve();
      return new Promise((done) => { release = done; });
    }).catch(whenStolen);
  });
  return () => release();
}

// Over plain http there are no locks: the tab opened last tells the others.
function aloneByTelling(id, whenStolen) {
  if (typeof BroadcastChannel === "undefined") return () => {};
  const channel = new BroadcastChannel(`field-draft-${id}`);
  channel.onmessage = whenStolen;
  channel.postMessage("opened");
  return () => channel.close();
}

function goesOnElsewhere(place, id) {
  unkeptDrafts.delete(id);
  if (location.hash !== `#/visit/${id}`) return;
  put(place, el("h1", {}, t("visit")), el("p", { className: "notice warning", role: "alert" }, t("elsewhere_open")),
    el("button", { type: "button", className: "button wide", onclick: () => location.reload() }, t("go_on_here")));
}
