// An institution that is on no list: found on the spot, with its first survey.
import { uuid } from "./digest.js";
import { el, put } from "./dom.js";
import { state } from "./frame.js";
import { begin } from "./list_page.js";
import { labels, t } from "./told.js";
import { newDraft } from "./visit.js";
import { areas, partners } from "./worklist.js";

export async function showFound(place) {
  const townships = await areas();
  const only = townships.length === 1 ? townships[0].code : "";
  const name = el("input", { type: "text", id: "found-name", maxlength: 100, autocomplete: "off", required: true });
  const address = el("input", { type: "text", id: "found-address", maxlength: 200, autocomplete: "off" });
  const township = el("select", { id: "found-township" }, el("option", { value: "" }, "—"), townships.map((each) => el("option", { value: each.code, selected: each.code === only }, each.name)));
  const category = el("select", { id: "found-category" }, Object.entries(labels("category")).map(([value, label]) => el("option", { value }, label)));
  const said = el("p", { className: "reason", role: "alert", id: "found-said" });

  async function go(event) {
    event.preventDefault();
    said.textContent = name.value.trim() ? (township.value ? "" : t("needs_township")) : t("needs_name");
    if (said.textContent) return (name.value.trim() ? township : name).focus();
    const found = { name: name.value.trim(), address: address.value.trim(), division: township.value, category: category.value };
    const institution = {
      id: uuid(), ...found, signboard: "", longitude: null, latitude: null, accuracy_m: null, round: null, last: null, answers: {},
      surveyed_on: null, licence_status: "", has_phone: false,
    };
    return begin(newDraft({ user: state.user, institution, found, partners: await partners() }));
  }

  const field = (label, input) => el("div", { className: "field" }, el("label", { for: input.id }, label), input);
  put(place, el("div", { className: "form-head" }, el("a", { className: "button back", href: "#/" }, "← ", t("back")), el("h1", {}, t("new_institution"))),
    el("form", { className: "panel", onsubmit: go, novalidate: true },
      field(t("name"), name), field(t("township"), township), field(t("address"), address), field(t("category"), category), said,
      el("button", { className: "button primary wide" }, t("go_on"))));
}
