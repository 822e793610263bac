// A sheet over the page, from below, where the thumb is.
import { el } from "./dom.js";
import { t } from "./told.js";

export function sheet(title, ...children) {
  const opened = document.activeElement;
  const made = el("dialog", { className: "sheet", "aria-label": title },
    el("h2", {}, title), ...children,
    el("button", { type: "button", className: "button wide close", onclick: () => made.close() }, t("close")));
  made.addEventListener("close", () => { made.remove(); opened?.focus?.({ preventScroll: true }); });
  made.addEventListener("click", (event) => { if (event.target === made) made.close(); });
  document.body.append(made);
  made.showModal();
  return made;
}
