// Elements with their text. Nothing is ever parsed as markup.
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name in made && name !== "list" && name !== "form" && typeof value !== "string") made[name] = value;
    else made.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
  }
  made.append(...children.flat(9).filter((each) => each !== null && each !== undefined && each !== false));
  return made;
}

// What a list was is replaced by what it is, and what was focused is focused again.
export function put(place, ...children) {
  const key = document.activeElement?.dataset?.key;
  place.replaceChildren(...children.flat(9).filter((each) => each !== null && each !== undefined && each !== false));
  if (key && !document.activeElement?.dataset?.key) place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
