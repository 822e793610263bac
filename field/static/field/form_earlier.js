// On a recheck first: the open problems of the round, whether they are put right, and the round handed in.
import { el, put } from "./dom.js";
import { choice, field, section } from "./form_parts.js";
import { labels, t } from "./told.js";
import { itemsOf, needsScope, outcomesOf, roundOf } from "./visit.js";

export function earlier(form) {
  const { draft } = form;
  const round = roundOf(draft);
  const words = new Map(itemsOf(form.catalogue).map(({ code, wording }) => [code, wording]));
  const outcomes = labels("outcome");

  const row = (finding) => el("li", { className: "item", data: { finding: finding.id } },
    el("p", { className: "wording" }, el("b", {}, finding.type), " ", words.get(finding.type) ?? "", finding.note ? el("small", {}, finding.note) : null,
      finding.put_right ? el("span", { className: "mark" }, t("put_right_before")) : null),
    choice(`right:${finding.id}`, [["right", t("put_right")], ["there", t("still_there")]], { true: "right", false: "there" }[draft.put_right[finding.id]] ?? "",
      (value) => {
        if (value) draft.put_right[finding.id] = value === "right";
        else delete draft.put_right[finding.id];
        form.changed();
      }, { clears: true, label: `${finding.type} ${words.get(finding.type) ?? ""}` }),
    el("button", { type: "button", className: "button camera", data: { key: `after:${finding.type}` }, onclick: () => form.camera(finding.type) }, "◉ ", t("photo_of_after", { code: finding.type })));

  const more = el("div", { className: "of-problem" });
  const tick = el("input", { type: "checkbox", id: "submit-round", checked: draft.submit, onchange() { draft.submit = tick.checked; drawMore(); form.changed(); } });
  function drawMore() {
    if (!draft.submit) return put(more);
    return put(more, choice("outcome", outcomesOf(draft).map((value) => [value, outcomes[value]]), draft.outcome, (value) => { draft.outcome = value; drawMore(); form.changed(); }, { label: t("outcome") }),
      needsScope(draft) ? field(t("registered_scope"), el("input", { type: "text", id: "registered-scope", maxlength: 200, value: draft.registered_scope, oninput(event) { draft.registered_scope = event.target.value; form.changed(); } })) : null);
  }
  drawMore();

  const handIn = round.state === "submitted" ? el("p", { className: "soft" }, t("submitted"))
    : [el("label", { className: "tick" }, tick, el("span", {}, t("submit"))), more];
  return section("earlier", t("earlier"), [el("ul", { className: "items" }, round.findings.map(row)), handIn], {
    open: true,
    sum: () => `${round.findings.filter(({ id }) => draft.put_right[id]).length}/${round.findings.length} ${t("put_right")}`,
  });
}
