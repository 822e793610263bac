// On paper and as a picture: one landscape sheet with the map, its legend, scale, day, knowledge, scope and approval number.
import { drawShape, element } from "../shapes.js";
import { FONT, PAPER, paintMap, write } from "./paint.js";
import { classLines } from "./townships.js";
import { inShanghai, served } from "./doors.js";
import { chosen, legendLines, mark } from "./legend.js";
import { baseNow } from "./layers.js";
import { SHADES } from "./heat.js";
import { dayInWords } from "./slider.js";
import { changedSince, positionsNow, state } from "./state.js";
import { byId, config, fill, words } from "./page.js";

const SHEET = [1040, 585]; // the map on an A4 sheet, in CSS pixels
const SHARP = 2;
const HEAD = 76, LINE = 24; // of a picture: above the map, and each line below it
let moment = null;
export const knownNow = () => { moment = served(); };

function momentInWords() {
  const given = state().known_at ? new Date(state().known_at) : (moment ?? served());
  return inShanghai({ dateStyle: "short", timeStyle: "medium" }).format(given);
}
// Of a page left open over midnight "today" is another day than when it was made.
const dayShown = () => state().as_of || inShanghai({ dateStyle: "short" }).format(moment ?? served());

function heading() {
  const layer = byId("layers").querySelector("input:checked").parentElement.textContent.trim();
  const asOf = fill(words.asOf, { day: dayInWords(dayShown()) });
  const known = fill(words.knownAt, { moment: momentInWords() });
  const changed = state().layer === "change" ? fill(words.changed, { since: changedSince(), day: dayShown() }) : "";
  const nowhere = byId("unlocated-link").hidden ? "" : byId("unlocated-link").textContent;
  const alone = state().standing && state().layer !== "townships" ? fill(words.shownAlone, { statuses: [...chosen()].map((each) => config.standings[each]).join(words.comma) }) : "";
  const where = state().layer === "townships" ? "" : positionsNow();
  return { title: `${config.where} · ${layer}`, when: [asOf, known, byId("total").textContent, nowhere, ...config.conditions, alone, changed, where].filter(Boolean) };
}

function sourceLine() {
  const base = baseNow();
  const said = [base ? fill(words.sources, { names: base.attribution }) : words.noBase, byId("approval").textContent];
  return said.filter(Boolean).join(words.comma);
}

// Lines of the legend: {text} with the status whose shape it explains, or with its colours.
function legend() {
  const { layer, standing: asked } = state();
  if (layer === "townships") return classLines().map(([colour, text]) => ({ colours: [colour], text }));
  const statuses = legendLines().map(([standing, label, number]) => ({ standing, text: `${label} ${number}` }));
  return layer === "heat" ? [{ colours: SHADES, text: words.heat }, ...(asked ? statuses : [])] : statuses;
}

function swatch(colour) {
  const made = element("span");
  made.className = "swatch";
  made.style.backgroundColor = colour;
  return made;
}

function fillSheet() {
  const canvas = byId("sheet-map");
  Object.assign(canvas, { width: SHEET[0] * SHARP, height: SHEET[1] * SHARP });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.scale(SHARP, SHARP);
  paintMap(context, ...SHEET);
  context.getImageData(0, 0, 1, 1); // what is painted becomes a bitmap: printed as recorded it would be smaller than its box
  const { title, when } = heading();
  byId("sheet-title").textContent = title;
  byId("sheet-when").replaceChildren(...when.flatMap((each, number) => (number ? [" · ", element("span", each)] : [element("span", each)])));
  byId("sheet-source").textContent = sourceLine();
  byId("sheet-legend").replaceChildren(...legend().map(({ standing, colours, text }) => element("li", "", [...(standing ? [mark(standing)] : colours.map(swatch)), text])));
}
addEventListener("beforeprint", fillSheet);
byId("print").addEventListener("click", () => print());

// The lines of a picture's legend, none wider than it: each [{standing, colours, text, x}].
function arranged(context, width) {
  context.font = `400 13px ${FONT}`;
  const lines = [[]];
  let x = 22;
  for (const { standing, colours = [], text } of legend()) {
    const marks = 14 * Math.max(1, colours.length);
    const wide = marks + context.measureText(text).width;
    if (x + wide > width - 12 && lines.at(-1).length) { lines.push([]); x = 22; }
    lines.at(-1).push({ standing, colours, text, x, middle: x + (marks + wide) / 2 });
    x += wide + 26;
  }
  return lines;
}

function paintPicture(width, height) {
  const canvas = element("canvas");
  const context = canvas.getContext("2d");
  const lines = arranged(context, width);
  const high = HEAD + height + LINE * (lines.length + 1) + 8;
  Object.assign(canvas, { width: width * SHARP, height: high * SHARP });
  context.scale(SHARP, SHARP);
  context.fillStyle = PAPER.paper;
  context.fillRect(0, 0, width, high);
  const { title, when } = heading();
  const left = (text, y, most, ink, weight) => {
    context.font = `${weight} ${most}px ${FONT}`;
    const size = most * Math.min(1, (width - 32) / context.measureText(text).width); // what is long is written small, and whole
    context.font = `${weight} ${size}px ${FONT}`;
    write(context, text, 16 + context.measureText(text).width / 2, y, size, ink, null, weight);
  };
  left(title, 24, 20, PAPER.name, 650);
  left(when.join(" · "), 54, 13, PAPER.ink, 400);
  context.translate(0, HEAD);
  const marks = paintMap(context, width, height);
  context.translate(0, height);
  lines.forEach((line, row) => {
    const y = 17 + LINE * row;
    for (const { standing, colours, text, x, middle } of line) {
      if (standing) drawShape(context, standing, x, y, 14);
      colours.forEach((colour, place) => { context.fillStyle = colour; context.fillRect(x - 6 + 14 * place, y - 7, 14, 14); });
      write(context, text, middle, y, 13, PAPER.name, null, 400);
    }
  });
  left(sourceLine(), 17 + LINE * lines.length, 11, PAPER.ink, 400); // with the approval number: a line of its own, for which there is always room
  return { canvas, marks };
}

byId("png").addEventListener("click", async () => {
  const { canvas, marks } = paintPicture(Math.max(900, byId("frame").clientWidth), Math.max(520, byId("frame").clientHeight));
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const link = element("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${config.where}_${dayShown()}.png`;
  byId("png").dataset.marks = marks;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});
