// What the sections of the form are made of.
import { el, put } from "./dom.js";

// A section that folds, with what is in it said in its head.
export function section(key, title, body, { open = false, sum = () => "" } = {}) {
  const said = el("span", { className: "sum" });
  const node = el("details", { className: "section", id: `s-${key}`, open }, el("summary", {}, el("h2", {}, title), said), el("div", { className: "inside" }, body));
  return { key, node, update() { put(said, sum()); } };
}

// One of a few, as large buttons; a second tap takes the choice back where `clears`.
export function choice(name, options, chosen, choose, { clears = false, label } = {}) {
  const node = el("div", { className: "choice-row", role: "group", "aria-label": label });
  const draw = (value) => put(node, options.map(([each, text, more]) => el("button", {
    type: "button", className: `answer ${each}`, "aria-pressed": String(each === value), data: { key: `${name}:${each}`, value: each },
    onclick() { const next = clears && each === value ? "" : each; draw(next); choose(next); },
  }, text, more ? el("small", {}, more) : null)));
  draw(chosen);
  return node;
}

export const field = (label, input, hint) =>
  el("div", { className: "field" }, el("label", { for: input.id }, label), input, hint ? el("small", {}, hint) : null);
