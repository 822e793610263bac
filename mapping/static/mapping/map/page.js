// What every module of the map's page shares: what the server told it, the map that folium made, its words.
export const config = JSON.parse(document.getElementById("map-config").textContent);
export const map = window.mapOfInstitutions;
export const words = config.words;
export const still = matchMedia("(prefers-reduced-motion: reduce)");

export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
export const byId = (id) => document.getElementById(id);
export const fileOf = (id) => config.pages.file.replace(config.nobody, id);

const told = byId("map-status");
let held = false;

// What is going on, in words; `action` is [label, what it does]. A popup hides it: it never covers one.
export function say(sentence, action = null) {
  held = false;
  told.replaceChildren(sentence);
  told.classList.toggle("failed", Boolean(action));
  if (!action) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = action[0];
  button.addEventListener("click", action[1], { once: true });
  told.append(" ", button);
}

// What somebody is to do, or may take back: it stays until it is done or something else is asked.
export function hold(sentence, action = null) {
  say(sentence, action);
  held = true;
}
// What a look at the map says of itself.
export const remark = (sentence) => { if (!held) say(sentence); };

export const drawn = (institutions, marks) => { told.dataset.drawn = institutions; told.dataset.marks = marks; };

export function distance(metres) {
  return metres < 1000 ? fill(words.metres, { n: Math.round(metres) }) : fill(words.kilometres, { n: (metres / 1000).toFixed(1) });
}
