// The editor of a report: sentences are moved, dropped, brought back and added with buttons; numbers are inserted from
// the list of figures or typed over, and then explained. What was written is saved by itself (saving.js).
import { saving } from "./saving.js";
import { fill, insertAt, numberNode, partsOf, sent } from "./sentence.js";

const form = document.getElementById("editor");
const list = document.getElementById("sentences");
const draft = JSON.parse(document.getElementById("draft").textContent);
const words = JSON.parse(document.getElementById("words").textContent);
const template = document.getElementById("sentence");
const dialog = document.getElementById("figures");
const choice = document.getElementById("figures-list");
let caret = null; // where the next number goes
let asking = null; // the sentence it goes into

const part = (li, name) => li.querySelector(name);
const sentences = () => [...list.children];

function content() {
  const heading = Object.fromEntries(
    [...form.querySelectorAll("[data-heading]")].map((field) => [field.dataset.heading, field.value]),
  );
  const paragraphs = sentences().map((li) => ({
    id: li.draft.id, key: li.draft.key, dropped: li.draft.dropped, of: li.draft.of,
    parts: partsOf(part(li, ".text")).map(sent),
  }));
  return { heading, paragraphs };
}

const store = saving(form, draft.version, content, understood);

function changed(li) {
  if (li) show(li);
  store.changed();
}

// The server's answer: numbers that were typed into the text are numbers now. Where somebody writes it is left alone.
function understood(paragraphs) {
  for (const each of paragraphs) {
    const li = sentences().find((one) => one.draft.id === each.id);
    if (!li) continue;
    li.draft = each;
    if (!li.contains(document.activeElement)) fill(part(li, ".text"), each.parts, words);
    show(li);
  }
}

// Everything about a sentence but its text.
function show(li) {
  const { draft: each } = li;
  const own = each.key === "own";
  const parts = partsOf(part(li, ".text"));
  const same = JSON.stringify(parts.map(sent)) === JSON.stringify(each.generated.map(sent));
  li.classList.toggle("dropped", each.dropped);
  part(li, ".of").textContent = words.keys[each.key] ?? each.key;
  part(li, ".changed").hidden = own || same;
  part(li, ".text").setAttribute("aria-label", words.keys[each.key] ?? each.key);
  part(li, ".text").contentEditable = String(!each.dropped);
  for (const [name, offered] of Object.entries({
    insert: !each.dropped, restore: !own && !same && !each.dropped, drop: !each.dropped, "bring-back": each.dropped,
  })) part(li, `[data-do=${name}]`).hidden = !offered;
  typedOf(li, parts);
}

// Numbers that do not stand as their figure says: each asks why until it is said.
function typedOf(li, parts) {
  const typed = parts.filter((each) => typeof each !== "string" && each.typed !== null);
  const place = part(li, ".typed-numbers");
  if (place.contains(document.activeElement) && place.childElementCount === typed.length) return;
  place.replaceChildren(...typed.map((each) => {
    const row = document.createElement("li");
    const label = document.createElement("label");
    const why = document.createElement("input");
    why.type = "text";
    why.maxLength = 200;
    why.value = each.why;
    why.className = each.why ? "" : "unexplained";
    const system = each.value === null || each.value === undefined ? words.ownNumber : `${each.name} ${each.value}`;
    label.append(`${words.typed} ${each.typed}${words.open}${system}${words.close} ${words.why}`, why);
    why.addEventListener("input", () => {
      each.why = why.value.trim();
      why.className = each.why ? "" : "unexplained";
      for (const node of part(li, ".text").querySelectorAll(".bound"))
        if (node.bound === each) node.classList.toggle("unexplained", !each.why);
      store.changed();
    });
    row.append(label);
    return row;
  }));
}

function made(each) {
  const li = template.content.firstElementChild.cloneNode(true);
  li.draft = each;
  fill(part(li, ".text"), each.parts, words);
  show(li);
  return li;
}

// --- What the buttons do

const acts = {
  up: (li) => li.previousElementSibling && move(li, () => li.previousElementSibling.before(li), "up"),
  down: (li) => li.nextElementSibling && move(li, () => li.nextElementSibling.after(li), "down"),
  restore: (li) => {
    fill(part(li, ".text"), li.draft.generated, words);
    part(li, ".text").focus();
    changed(li);
  },
  drop: (li) => {
    li.draft.dropped = true;
    if (li.draft.key === "own" && !partsOf(part(li, ".text")).length) li.remove();
    else part(li, "[data-do=bring-back]").hidden = false;
    changed(li.isConnected ? li : null);
    if (li.isConnected) part(li, "[data-do=bring-back]").focus();
    else document.getElementById("add").focus();
  },
  "bring-back": (li) => {
    li.draft.dropped = false;
    changed(li);
    part(li, "[data-do=drop]").focus();
  },
  insert: (li) => {
    asking = li;
    offer("");
    document.getElementById("figures-q").value = "";
    dialog.showModal();
  },
  set: (li) => {
    const node = li.chosen;
    const typed = part(li, "[data-field=typed]").value.trim();
    const bound = node.bound.value !== null && node.bound.value !== undefined;
    const same = typed === "" || (bound && typed === String(node.bound.value));
    const why = part(li, "[data-field=why]").value.trim();
    replace(li, node, { ...node.bound, typed: same && bound ? null : typed || node.bound.typed, why: same && bound ? "" : why });
  },
  unset: (li) => replace(li, li.chosen, { ...li.chosen.bound, typed: null, why: "" }),
  remove: (li) => {
    li.chosen.remove();
    close(li);
    part(li, ".text").focus();
    changed(li);
  },
};

function move(li, how, name) {
  how();
  part(li, `[data-do=${name}]`).focus();
  changed(li);
}

function replace(li, node, told) {
  const other = numberNode(told, words);
  node.replaceWith(other);
  close(li);
  other.focus();
  changed(li);
}

function open(li, node) {
  for (const other of sentences()) if (other !== li) close(other);
  li.chosen = node;
  const panel = part(li, ".number");
  const { name, value, typed, why, query, path } = node.bound;
  const bound = value !== null && value !== undefined;
  part(panel, ".called").textContent = name || words.ownNumber;
  part(panel, ".now").textContent = bound ? `${words.system} ${value}` : "";
  const link = part(panel, "a");
  link.hidden = !query;
  link.href = query ? `${path ?? form.dataset.institutions}?${query}` : "#";
  part(panel, "[data-field=typed]").value = typed ?? "";
  part(panel, "[data-field=typed]").placeholder = bound ? String(value) : "";
  part(panel, "[data-field=why]").value = why;
  part(panel, "[data-do=unset]").hidden = !bound || typed === null;
  panel.hidden = false;
}

function close(li) {
  part(li, ".number").hidden = true;
  li.chosen = null;
}

// --- The list of figures

function offer(asked) {
  const groups = draft.figures.map(({ label, figures }) => {
    const found = figures.filter((each) => `${label} ${each.label}`.includes(asked));
    const group = document.createElement("optgroup");
    group.label = label;
    group.append(...found.map((each) => new Option(`${each.label} ${each.value}`, each.key)));
    return group;
  });
  choice.replaceChildren(...groups.filter((group) => group.childElementCount));
  choice.selectedIndex = 0;
}

document.getElementById("figures-q").addEventListener("input", (event) => offer(event.target.value.trim()));
choice.addEventListener("dblclick", () => dialog.close("insert"));
dialog.addEventListener("close", () => {
  if (dialog.returnValue !== "insert" || !choice.value || !asking) return;
  dialog.returnValue = "";
  for (const { label, figures } of draft.figures) {
    const found = figures.find((each) => each.key === choice.value);
    if (!found) continue;
    const told = { figure: found.key, value: found.value, typed: null, why: "", query: "", name: `${label} · ${found.label}` };
    insertAt(part(asking, ".text"), caret, numberNode(told, words));
    changed(asking);
    return;
  }
});

// --- Typing and clicking

list.addEventListener("click", (event) => {
  const li = event.target.closest(".sentence");
  const act = event.target.closest("[data-do]")?.dataset.do;
  if (act) acts[act](li);
  else if (event.target.bound && !li.draft.dropped) open(li, event.target);
});
list.addEventListener("keydown", (event) => {
  const li = event.target.closest(".sentence");
  if (event.target.bound && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    open(li, event.target);
    part(li, "[data-field=typed]").focus();
  } else if (event.target.closest(".number") && event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    acts.set(li);
  } else if (event.key === "Escape" && li?.chosen) {
    const { chosen } = li;
    close(li);
    chosen.focus();
  } else if (event.target.matches(".text") && event.key === "Enter") event.preventDefault(); // a sentence is a paragraph
});
list.addEventListener("input", (event) => {
  if (event.target.matches(".text")) changed(event.target.closest(".sentence"));
});
list.addEventListener("paste", (event) => {
  if (!event.target.closest(".text")) return;
  event.preventDefault();
  document.execCommand("insertText", false, event.clipboardData.getData("text/plain").replace(/\s*\n\s*/g, ""));
});
document.addEventListener("selectionchange", () => {
  const found = getSelection();
  const inText = found.rangeCount && list.contains(found.anchorNode) && found.anchorNode.parentElement.closest(".text");
  if (inText) caret = found.getRangeAt(0).cloneRange();
});
for (const field of form.querySelectorAll("[data-heading]")) field.addEventListener("input", () => store.changed());
document.getElementById("add").hidden = false;
document.getElementById("add").addEventListener("click", () => {
  const id = `own.${crypto.getRandomValues(new Uint32Array(1))[0].toString(16).padStart(8, "0")}`;
  const li = made({ id, key: "own", dropped: false, changed: false, parts: [], generated: [] });
  list.append(li);
  part(li, ".text").focus();
});

list.replaceChildren(...draft.paragraphs.map(made));
if (draft.changed) store.changed({ wait: true });
