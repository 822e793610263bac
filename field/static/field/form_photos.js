// Photos: from the camera at once onto the phone, made smaller beside the page, each said to be of what.
import { el, put } from "./dom.js";
import { section } from "./form_parts.js";
import { belongs, drop, finishAll, photosOf, shown, take } from "./photos.js";
import { sheet } from "./sheet.js";
import { showBar } from "./frame.js";
import { atTime, t } from "./told.js";
import { beforeOf, problemsOf } from "./visit.js";

export function photos(form) {
  const { draft } = form;
  const jobs = new Set();
  const thumbs = el("ul", { className: "thumbs", "aria-label": t("photos") });
  const said = el("p", { className: "soft", role: "status" });
  let finding = null;

  const input = (id, given) => el("input", { type: "file", id, accept: "image/*", className: "visually-hidden", tabIndex: -1, "aria-hidden": "true", ...given });
  const camera = input("camera", { capture: "environment", onchange: () => taken(camera, true) });
  const gallery = input("gallery", { multiple: true, onchange: () => taken(gallery, false) });

  function taken(from, fromCamera) {
    const files = [...from.files];
    const of = finding;
    [from.value, finding] = ["", null];
    for (const file of files) {
      const slot = draft.next_slot;
      draft.next_slot += 1;
      run(take(draft.id, file, { finding: of, fromCamera, slot, kept: show }), file.name);
    }
    form.changed();
  }

  function run(job, name = "") {
    said.textContent = t("photo_working");
    const done = job.then(() => { said.textContent = ""; }, (error) => { said.textContent = t("photo_bad", { name }); console.info(error); })
      .then(async () => { jobs.delete(done); await show(); });
    jobs.add(done);
    show();
  }

  async function show() {
    form.photos = await photosOf(draft.id);
    put(thumbs, form.photos.map(thumb));
    form.changed();
    showBar();
  }

  function thumb(photo) {
    const of = photo.finding ?? t("photo_whole");
    const picture = el("img", { alt: "", src: shown(photo), onload: () => URL.revokeObjectURL(picture.src) });
    const seen = photo.thumb ? picture : el("span", { className: "working" }, t(photo.sha256 ? "photo_unseen" : "photo_working"));
    return el("li", {}, el("button", { type: "button", className: "thumb", data: { key: `thumb:${photo.slot}`, slot: photo.slot }, "aria-label": `${t("photo_n", { n: photo.slot })} ${of}`, onclick: () => look(photo) },
      seen, el("span", { className: "of" }, of)));
  }

  function look(photo) {
    const picture = photo.sha256 && !photo.thumb ? el("p", {}, t("photo_unseen")) : el("img", { className: "whole", alt: t("photo_n", { n: photo.slot }), src: shown(photo, true), onload: () => URL.revokeObjectURL(picture.src) });
    const option = (code, text) => el("option", { value: code, selected: code === photo.finding }, `${code} ${text}`);
    const offered = [
      ...beforeOf(draft, form.catalogue).map((code) => option(code, t("photo_after"))),
      ...problemsOf(draft, form.catalogue).map(({ item }) => option(item.code, item.wording)),
    ];
    const of = el("select", { id: "photo-of", async onchange() { await belongs(photo, of.value || null); await show(); } }, el("option", { value: "" }, t("photo_whole")), offered);
    const where = photo.longitude === null ? t("photo_no_place") : t("photo_place", { m: photo.accuracy_m });
    const opened = sheet(t("photo_n", { n: photo.slot }), picture, el("p", { className: "soft" }, `${atTime(photo.taken_at)} · ${where}`),
      el("div", { className: "field" }, el("label", { for: "photo-of" }, t("photo_belongs")), of),
      el("button", { type: "button", className: "button danger wide", async onclick() { opened.close(); await drop(photo); said.textContent = t("photo_dropped"); await show(); } }, t("photo_drop")));
  }

  form.camera = (code = null) => { finding = code; camera.click(); };
  form.photosReady = async () => { while (jobs.size) await Promise.all(jobs); };
  run(finishAll(draft.id));
  const buttons = el("div", { className: "doors" },
    el("button", { type: "button", className: "button primary camera", data: { key: "camera" }, onclick: () => form.camera() }, "◉ ", t("camera")),
    el("button", { type: "button", className: "button", data: { key: "gallery" }, onclick: () => gallery.click() }, t("gallery")));
  return section("photos", t("photos"), [camera, gallery, buttons, said, thumbs], { open: true, sum: () => (form.photos.length ? t("photo_count", { n: form.photos.length }) : t("photo_none")) });
}
