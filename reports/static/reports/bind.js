// Binds cells of a superior's form to figures: a cell is clicked, or reached by arrow keys, and a figure chosen.
const json = (id) => JSON.parse(document.getElementById(id).textContent);
const offered = json("offered");
const byKey = new Map(offered.map((each) => [each.key, each]));
const english = document.documentElement.lang === "en";
const dialog = document.getElementById("choose");
const words = dialog.dataset;
const search = document.getElementById("choose-search");
const options = document.getElementById("choose-options");
const all = document.getElementById("choose-all");
const how = document.getElementById("choose-how");
const said = document.getElementById("said");
const SHOWN = 80;
const RATE = /(^|\.)completion_percent(\.whole)?$/;
const bound = new Map(); // "sheet!cell" -> {sheet, cell, key, written_as}
let chosen = null; // the button of the cell that is being bound

const tables = [...document.querySelectorAll("table[data-sheet]")];
const buttons = new Map();
for (const table of tables) {
  for (const button of table.querySelectorAll("button[data-cell]")) {
    buttons.set(place(button), button);
  }
}

function place(button) {
  return `${button.closest("table").dataset.sheet}!${button.dataset.cell}`;
}

function nameOf(key) {
  const found = byKey.get(key);
  return found ? (english ? found.english : found.name) : key;
}

function filled(text, n) {
  return text.replace("{n}", n);
}

// --- What is bound, in the grid and in the list below it
function show() {
  for (const [where, button] of buttons) {
    const each = bound.get(where);
    button.classList.toggle("bound", Boolean(each));
    button.querySelector(".figure-name")?.remove();
    if (each) {
      const label = document.createElement("span");
      label.className = "figure-name";
      label.textContent = `${nameOf(each.key)} ${byKey.get(each.key)?.value ?? ""}`;
      button.append(label);
    }
  }
  document.getElementById("bound-count").textContent = bound.size;
  document.querySelector("#bound tbody").replaceChildren(...[...bound.keys()].map(line));
}

function line(where) {
  const each = bound.get(where);
  const row = document.createElement("tr");
  const cells = [[where, ""], [nameOf(each.key), ""], [byKey.get(each.key)?.value ?? "—", words.labelPreview]];
  for (const [text, label] of cells) {
    const cell = row.insertCell();
    cell.textContent = text;
    if (label) cell.dataset.label = label;
  }
  row.cells[0].className = "title";
  row.cells[1].dataset.label = document.querySelector("#bound th:nth-child(2)").textContent;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "button";
  remove.textContent = words.remove;
  remove.setAttribute("aria-label", `${words.remove} ${where}`);
  remove.addEventListener("click", () => {
    bound.delete(where);
    changed();
  });
  row.insertCell().append(remove);
  return row;
}

function changed() {
  show();
  said.textContent = filled(words.bound, bound.size);
}

function bind(button, key) {
  const sheet = button.closest("table").dataset.sheet;
  bound.set(place(button), { sheet, cell: button.dataset.cell, key, written_as: RATE.test(key) ? how.value : "" });
}

// --- The others of a column or a row: of a township's cell those of the other townships, and of the whole
function neighbours(button) {
  const across = button.dataset.axis === "column";
  const same = ([letters, digits]) => (across ? digits : letters);
  const parts = (cell) => /^([A-Z]+)(\d+)$/.exec(cell).slice(1);
  const mine = same(parts(button.dataset.cell));
  const table = button.closest("table");
  return [...table.querySelectorAll(`button[data-axis="${button.dataset.axis}"]`)].filter(
    (other) => same(parts(other.dataset.cell)) === mine,
  );
}

function bareFigure(key) {
  const found = /^(?:\d{4,12}\.)?([a-z_]+)$/.exec(key);
  return found && !key.startsWith("text.") ? found[1] : "";
}

function take(key) {
  const figure = bareFigure(key);
  if (!all.hidden && all.querySelector("input").checked && figure) {
    for (const other of neighbours(chosen)) {
      const each = other.dataset.code ? `${other.dataset.code}.${figure}` : figure;
      if (byKey.has(each)) bind(other, each);
    }
  } else {
    bind(chosen, key);
  }
  changed();
  dialog.close();
}

// --- The list of figures
function list() {
  const asked = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (each) => asked.every((word) => `${each.name} ${each.english} ${each.key}`.toLowerCase().includes(word));
  let found = offered.filter(fits);
  const own = chosen.dataset.code;
  if (own) {
    const mine = (each) => each.key.startsWith(`${own}.`);
    found = [...found.filter(mine), ...found.filter((each) => !mine(each))];
  }
  const lines = found.slice(0, SHOWN).map((each) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.key = each.key;
    const name = document.createElement("span");
    name.textContent = english ? each.english : each.name;
    const value = document.createElement("b");
    value.textContent = each.value;
    button.append(name, value);
    button.setAttribute("aria-pressed", bound.get(place(chosen))?.key === each.key);
    button.addEventListener("click", () => take(each.key));
    return item(button);
  });
  if (!found.length) lines.push(item(words.none));
  if (found.length > SHOWN) lines.push(item(filled(words.more, found.length - SHOWN)));
  options.replaceChildren(...lines);
}

function item(content) {
  const line_ = document.createElement("li");
  line_.append(content);
  return line_;
}

function open(button) {
  chosen = button;
  const each = bound.get(place(button));
  document.getElementById("choose-cell").textContent = button.dataset.cell;
  all.hidden = !button.dataset.axis;
  if (button.dataset.axis) {
    const label = all.querySelector("span");
    label.textContent = label.dataset[button.dataset.axis === "row" ? "column" : "row"];
  }
  how.value = each?.written_as ?? "";
  document.getElementById("choose-as").hidden = !(each && RATE.test(each.key));
  document.getElementById("choose-remove").hidden = !each;
  search.value = "";
  list();
  dialog.showModal();
  search.focus();
}

search.addEventListener("input", list);
search.addEventListener("keydown", (event) => {
  const first = options.querySelector("button");
  if (event.key === "Enter") {
    event.preventDefault();
    if (first) take(first.dataset.key);
  } else if (event.key === "ArrowDown" && first) {
    event.preventDefault();
    first.focus();
  }
});
options.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const listed = [...options.querySelectorAll("button")];
  const next = listed[listed.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
  (next ?? search).focus();
});
how.addEventListener("change", () => {
  const each = bound.get(place(chosen));
  if (each && RATE.test(each.key)) each.written_as = how.value;
});
document.getElementById("choose-remove").addEventListener("click", () => {
  bound.delete(place(chosen));
  changed();
  dialog.close();
});
dialog.addEventListener("keydown", (event) => {
  // A search field takes the first Escape for itself.
  if (event.key === "Escape") dialog.close();
});
dialog.addEventListener("close", () => chosen?.focus());

// --- The grid: one stop of the Tab key for each sheet, the arrow keys within it
for (const table of tables) {
  const first = table.querySelector("button[data-cell]");
  if (first) first.tabIndex = 0;
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-cell]");
    if (button) open(button);
  });
  table.addEventListener("focusin", (event) => {
    const button = event.target.closest("button[data-cell]");
    if (!button) return;
    for (const other of table.querySelectorAll('button[tabindex="0"]')) other.tabIndex = -1;
    button.tabIndex = 0;
  });
  table.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!step) return;
    const next = nearest(table, document.activeElement, ...step);
    event.preventDefault();
    next?.focus();
  });
}

// The next cell in a direction, by where cells are on the screen: merged ones are as large as they look.
function nearest(table, from, right, down) {
  const here = from.closest("td").getBoundingClientRect();
  let best = null;
  let least = Infinity;
  for (const button of table.querySelectorAll("button[data-cell]")) {
    const there = button.closest("td").getBoundingClientRect();
    const along = right ? right * (there.left - here.left) : down * (there.top - here.top);
    const overlaps = right
      ? there.top < here.bottom - 1 && there.bottom > here.top + 1
      : there.left < here.right - 1 && there.right > here.left + 1;
    if (button !== from && overlaps && along > 1 && along < least) {
      best = button;
      least = along;
    }
  }
  return best;
}

document.getElementById("propose").addEventListener("click", () => {
  let added = 0;
  for (const each of json("proposed")) {
    const where = `${each.sheet}!${each.cell}`;
    if (!bound.has(where) && byKey.has(each.key)) {
      bound.set(where, each);
      added += 1;
    }
  }
  show();
  said.textContent = added ? filled(words.proposed, added) : words.nothing;
});

document.getElementById("bindings").addEventListener("submit", (event) => {
  event.currentTarget.elements.cells.value = JSON.stringify([...bound.values()]);
});

for (const each of json("bound-now")) bound.set(`${each.sheet}!${each.cell}`, each);
show();
