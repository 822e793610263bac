// The end of the form: the order with its due date, who was there, what kind of visit, a note.
import { el, put } from "./dom.js";
import { choice, field, section } from "./form_parts.js";
import { dayOf } from "./net.js";
import { labels, t } from "./told.js";
import { problemsOf, roundOf, usualDue } from "./visit.js";
import { colleagues } from "./worklist.js";

const MOST_SHOWN = 6;

export function order(form) {
  const { draft } = form;
  const due = el("input", { type: "date", id: "due-on", oninput() { draft.due_on = due.value; form.changed(); } });
  const usual = el("small", { id: "due-usual" });
  const tick = el("input", { type: "checkbox", id: "order-it", checked: draft.order, onchange() { draft.order = tick.checked; form.changed(); } });
  const nothing = el("p", { className: "soft" }, t("no_order"));
  const date = el("div", { className: "field" }, el("label", { for: "due-on" }, t("due_on_label")), due, usual);
  const body = el("div", {}, roundOf(draft) ? el("p", { className: "soft" }, t("order_supplement")) : null, el("label", { className: "tick" }, tick, el("span", {}, t("order_it"))), date);
  const made = section("order", t("order"), [nothing, body], {
    sum() {
      if (!problemsOf(draft, form.catalogue).length) return "";
      return draft.order ? t("until", { on: draft.due_on || usualDue(draft, form.catalogue).on }) : t("not_ordered");
    },
  });
  let problems = 0;
  return { ...made, update() {
    const found = usualDue(draft, form.catalogue);
    const count = problemsOf(draft, form.catalogue).length;
    if (count && !problems) made.node.open = true; // something was found: what follows from it is in sight
    problems = count;
    [nothing.hidden, body.hidden, date.hidden] = [count > 0, count === 0, !draft.order];
    if (found) {
      due.min = dayOf(draft.happened_at);
      due.value = draft.due_on || found.on;
      usual.textContent = t("due_usual", { severity: found.severity, days: found.days });
    }
    made.update();
  } };
}

export function others(form, askToDrop) {
  const { draft } = form;
  const chosen = el("div", { className: "people" });
  const find = el("input", { type: "search", id: "find-colleague", placeholder: t("find_colleague"), "aria-label": t("find_colleague"), autocomplete: "off", oninput: draw });
  let known = [];
  colleagues().then((listed) => { known = listed; draw(); made.update(); });

  function draw() {
    const words = find.value.trim().toLowerCase();
    const there = (name) => draft.inspectors.includes(name);
    const unknown = draft.inspectors.filter((each) => !known.some(({ username }) => username === each)); // has left since
    const people = [...known, ...unknown.map((each) => ({ username: each, name: each }))];
    const offered = people.filter(({ username, name }) => there(username) || (`${name} ${username}`.toLowerCase().includes(words))).filter(({ username }) => username !== draft.user);
    offered.sort((one, other) => there(other.username) - there(one.username));
    put(chosen, offered.slice(0, MOST_SHOWN).map(({ username, name }) => {
      const box = el("input", { type: "checkbox", checked: there(username), data: { key: `with:${username}` }, value: username, onchange() {
        draft.inspectors = box.checked ? [...draft.inspectors, username] : draft.inspectors.filter((each) => each !== username);
        form.changed();
      } });
      return el("label", { className: "tick" }, box, el("span", {}, name));
    }));
  }

  const note = el("textarea", { id: "note", maxlength: 5000, oninput() { draft.note = note.value; form.changed(); } }, draft.note);
  const purposes = Object.entries(labels("purpose"));
  const happened = el("input", { type: "datetime-local", id: "happened", value: localOf(draft.happened_at), onchange() {
    if (happened.value) Object.assign(draft, { happened_at: new Date(`${happened.value}:00+08:00`).toISOString(), dated: true });
    form.changed();
  } });
  const seen = draft.institution.surveyed_on ? null : el("div", { className: "field" }, el("p", { className: "label" }, t("licence_status")),
    choice("licence", Object.entries(labels("licence_status")), draft.licence_status, (value) => { draft.licence_status = value; form.changed(); }, { clears: true, label: t("licence_status") }));
  const made = section("others", t("others"), [
    seen,
    el("p", { className: "label" }, t("colleagues")), find, chosen,
    el("p", { className: "label" }, t("purpose")), choice("purpose", purposes, draft.purpose, (value) => { draft.purpose = value; form.changed(); }, { label: t("purpose") }),
    field(t("happened_at"), happened),
    field(t("note"), note, t("note_private")),
    el("button", { type: "button", className: "button danger wide", id: "drop-draft", onclick: askToDrop }, t("drop_draft")),
  ], {
    open: !draft.institution.surveyed_on,
    sum() {
      const names = draft.inspectors.filter((each) => each !== draft.user).map((each) => known.find(({ username }) => username === each)?.name ?? each);
      return names.length ? names.join("、") : t("one_inspector");
    },
  });
  return made;
}

// The moment as the clock in Shanghai shows it, for a field.
const localOf = (iso) => new Date(Date.parse(iso) + 8 * 3600_000).toISOString().slice(0, 16);
