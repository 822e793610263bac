// A sentence in the editor: text in which numbers stand as whole pieces, each bound to its figure.

// A part of the draft: text, or {figure, value, typed, why, query, name}.
export function shown(part) {
  return part.typed ?? String(part.value);
}

export function numberNode(part, words) {
  const node = document.createElement("span");
  node.className = part.typed === null ? "bound" : part.why ? "bound typed" : "bound typed unexplained";
  node.contentEditable = "false";
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  node.bound = part;
  node.textContent = shown(part);
  const called = part.name || words.ownNumber;
  const said = part.typed === null ? called : `${called}${words.colon}${words.typed} ${part.typed}`;
  node.title = said;
  node.setAttribute("aria-label", `${shown(part)} ${said}`);
  return node;
}

export function fill(text, parts, words) {
  const nodes = parts.map((part) => (typeof part === "string" ? document.createTextNode(part) : numberNode(part, words)));
  text.replaceChildren(...nodes);
}

// What stands in the text, as parts; line breaks and blocks that a browser makes are blanks.
export function partsOf(text) {
  const parts = [];
  const add = (piece) => {
    if (typeof piece === "string" && typeof parts.at(-1) === "string") parts.push(parts.pop() + piece);
    else if (piece !== "") parts.push(piece);
  };
  const walk = (node) => {
    for (const child of node.childNodes) {
      if (child.bound) add(child.bound);
      else if (child.nodeType === Node.TEXT_NODE) add(child.data.replaceAll("\u00a0", " "));
      else walk(child);
    }
  };
  walk(text);
  return parts;
}

export function sent(part) {
  return typeof part === "string" ? part : { figure: part.figure, typed: part.typed, why: part.why };
}

// Puts a node where the caret was in the text, else at its end; the caret stands behind it.
export function insertAt(text, range, node) {
  const inside = range && text.contains(range.commonAncestorContainer);
  if (inside) {
    range.deleteContents();
    range.insertNode(node);
  } else text.append(node);
  const behind = document.createRange();
  behind.setStartAfter(node);
  behind.collapse(true);
  getSelection().removeAllRanges();
  getSelection().addRange(behind);
  text.focus();
}
