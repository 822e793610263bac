// The position of the visit: by the phone with its accuracy, again, or a pin on the map.
import { distance } from "./datums.js";
import { el } from "./dom.js";
import { section } from "./form_parts.js";
import { canLocate, follow, lastFix, locate } from "./place.js";
import { metres, t } from "./told.js";

const DENIED = 1;

export function position(form) {
  const { draft } = form;
  const said = el("p", { className: "soft", role: "status", id: "located" });
  const button = el("button", { type: "button", className: "button", id: "locate", onclick: find });
  const pin = el("button", { type: "button", className: "button", id: "pin", async onclick() {
    const { pinned } = await import("./pin_map.js");
    const found = await pinned(draft.institution, draft.position ?? lastFix());
    if (found) keep(found);
  } }, t("pin"));

  function keep({ longitude, latitude, accuracy_m, source = "gps" }) {
    draft.position = { longitude, latitude, accuracy_m, source };
    said.textContent = "";
    form.changed();
    draw();
  }

  function draw() {
    button.textContent = draft.position ? t("locate_again") : t("locate");
    button.hidden = !canLocate();
    if (!canLocate() && !draft.position) said.textContent = t("place_no_https");
  }

  async function find() {
    said.textContent = t("locating");
    try {
      keep(await locate());
      follow();
    } catch (error) {
      said.textContent = error.code === DENIED ? t("place_denied") : t("place_failed");
    }
  }

  function sum() {
    const { position: here, institution } = draft;
    if (!here) return t("no_place_yet");
    const how = here.source === "pin" ? t("pinned") : t("accuracy", { m: here.accuracy_m });
    if (institution.longitude === null || institution.longitude === undefined) return how;
    return `${how} · ${t("away", { d: metres(distance(here, institution)) })}`;
  }

  draw();
  if (canLocate() && !draft.position) {
    navigator.permissions?.query({ name: "geolocation" }).then(({ state }) => { if (state === "granted" && !draft.position) find(); }, () => {});
  }
  return section("place", t("position"), [said, el("div", { className: "doors" }, button, pin)], { open: true, sum });
}
