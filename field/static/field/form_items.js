// The catalogue of the day in its groups: each item 是 (there is this problem), 否 (looked at, there is not) or 不适用.
import { el, put } from "./dom.js";
import { choice, section } from "./form_parts.js";
import { t } from "./told.js";
import { inRound, itemsOf } from "./visit.js";

export function items(form) {
  const { draft } = form;
  const rows = new Map();
  const groups = new Map();
  const opened = new Set();
  const place = el("div", { className: "groups" });
  const find = el("input", { type: "search", id: "find-item", placeholder: t("find_item"), "aria-label": t("find_item"), autocomplete: "off", oninput: draw });

  function answer(item, value) {
    const { note, was_problem } = draft.answers[item.code] ?? {};
    draft.answers[item.code] = { ...(value ? { answer: value } : {}), ...(note ? { note } : {}), ...(was_problem ? { was_problem } : {}) };
    fill(item);
    changed();
  }

  function changed() {
    heads();
    form.changed();
  }

  function fill(item) {
    const { answer: given, from_last, was_problem, note } = draft.answers[item.code] ?? {};
    const marks = [
      el("span", { className: `severity ${item.severity}` }, item.severity),
      from_last ? el("span", { className: "mark" }, t("from_last")) : null,
      was_problem && !given ? el("span", { className: "mark was" }, "▲ ", t("was_problem")) : null,
    ];
    const wording = el("p", { className: "wording" }, el("b", {}, item.code), " ", item.wording, " ", marks);
    if (inRound(draft, item.code)) {
      put(rows.get(item.code), wording, el("p", { className: "soft" }, t("in_round")));
      return;
    }
    const three = choice(item.code, [["problem", t("problem"), t("problem_is")], ["ok", t("ok"), t("ok_is")], ["not_applicable", t("na")]], given ?? "",
      (value) => answer(item, value), { clears: true, label: `${item.code} ${item.wording}` });
    const more = given === "problem" ? el("div", { className: "of-problem" },
      el("input", { type: "text", value: note ?? "", maxlength: 300, placeholder: t("note_hint"), "aria-label": t("note_of", { code: item.code }), data: { key: `note:${item.code}` },
        oninput(event) { draft.answers[item.code].note = event.target.value; form.changed(); } }),
      el("button", { type: "button", className: "button camera", data: { key: `photo:${item.code}` }, onclick: () => form.camera(item.code) }, "◉ ", t("photo_of", { code: item.code }))) : null;
    put(rows.get(item.code), wording, three, more);
  }

  function count(group) {
    const given = group.items.filter(({ code }) => !inRound(draft, code)).map(({ code }) => draft.answers[code]?.answer);
    const problems = given.filter((each) => each === "problem").length;
    return { problems, looked: given.filter(Boolean).length, not: given.filter((each) => !each).length };
  }

  function heads() {
    for (const [group, head] of groups) {
      const { problems, not } = count(group);
      put(head.sum, problems ? el("b", { className: "standing overdue" }, "■ ", t("problems", { n: problems })) : null, " ", not ? t("not_looked", { n: not }) : "●");
      head.fine.hidden = not === 0;
    }
  }

  function allFine(group) {
    for (const item of group.items) {
      const given = draft.answers[item.code];
      if (!given?.answer && !inRound(draft, item.code)) draft.answers[item.code] = { ...given, answer: "ok" };
      if (rows.has(item.code)) fill(item);
    }
    changed();
  }

  function draw() {
    const words = find.value.trim().toLowerCase();
    const matches = (item) => !words || `${item.code} ${item.wording}`.toLowerCase().includes(words);
    rows.clear();
    groups.clear();
    put(place, (form.catalogue?.groups ?? []).map((group) => {
      const found = group.items.filter(matches);
      return found.length ? drawn(group, found, Boolean(words)) : null;
    }));
    if (!place.children.length) place.append(el("p", { className: "soft" }, words ? t("no_items") : t("no_catalogue")));
    heads();
  }

  function drawn(group, found, searched) {
    const inside = el("ul", { className: "items", id: `g-${group.key}`, hidden: !(searched || opened.has(group.key)) });
    const sum = el("span", { className: "sum" });
    const fine = el("button", { type: "button", className: "button fine", data: { key: `fine:${group.key}` }, "aria-label": `${group.title} ${t("all_fine")}`, onclick: () => allFine(group) }, t("all_fine"));
    const fold = el("button", { type: "button", className: "fold", "aria-expanded": String(!inside.hidden), "aria-controls": inside.id, data: { key: `fold:${group.key}`, group: group.key },
      onclick() {
        if (inside.hidden) fillAll(found, inside);
        inside.hidden = !inside.hidden;
        if (inside.hidden) opened.delete(group.key); else opened.add(group.key);
        fold.setAttribute("aria-expanded", String(!inside.hidden));
      } }, el("span", { className: "title" }, group.title), sum);
    groups.set(group, { sum, fine });
    if (!inside.hidden) fillAll(found, inside);
    return el("div", { className: "group" }, el("div", { className: "group-head" }, fold, fine), inside);
  }

  function fillAll(found, inside) {
    if (inside.children.length) return;
    for (const item of found) {
      const row = el("li", { className: "item", data: { code: item.code } });
      rows.set(item.code, row);
      inside.append(row);
      fill(item);
    }
  }

  const made = section("items", t("checklist"), [el("p", { className: "soft hint" }, t("checklist_hint")), find, place], {
    open: true,
    sum() {
      const given = itemsOf(form.catalogue).filter(({ code }) => !inRound(draft, code)).map(({ code }) => draft.answers[code]?.answer);
      const problems = given.filter((each) => each === "problem").length;
      return problems ? el("b", { className: "standing overdue" }, "■ ", t("problems", { n: problems })) : t("looked", { n: given.filter(Boolean).length });
    },
  });
  draw();
  return made;
}
