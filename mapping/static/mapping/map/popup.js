// What is said of institutions at a point. The focus goes into it when it was asked for by name, and back where it was after.
import { element, shape } from "../shapes.js";
import { change, state } from "./state.js";
import { byId, config, distance, fileOf, fill, map, words } from "./page.js";

let back = null; // where the focus was
let last = ""; // who was opened

export function pinOf(standing) {
  const made = element("span", "", [shape(standing)]);
  made.className = "pin";
  return made;
}

function part(text, name) {
  const made = element("span", text);
  made.className = name;
  return made;
}

// Standing, township, licences, due day and what is doubtful of an institution, parted by dots.
export function facts(tag, each) {
  const parts = [config.standings[each.standing], each.township, config.licenceStatuses[each.licence_status]].filter(Boolean).map((text) => part(text, "fact"));
  if (each.was) parts.splice(1, 0, part(fill(words.was, { was: config.standings[each.was] ?? each.was }), "before-that"));
  if (each.due_on) parts.push(part(`${words.due} ${each.due_on}`, "due"));
  if (Number.isInteger(each.days_left)) parts.push(part(fill(each.days_left < 0 ? words.overdueBy : words.daysLeft, { n: Math.abs(each.days_left) }), "due"));
  if (each.doubt) parts.push(part(each.doubt, "doubt"));
  if (each.distance_m !== undefined) parts.push(part(distance(each.distance_m), "due"));
  return element(tag, "", parts.flatMap((each, number) => (number ? [" · ", each] : [each])));
}

function link(each) {
  const made = element("a", each.name);
  made.href = fileOf(each.id);
  return made;
}

function nearby([latitude, longitude]) {
  const button = element("button", words.nearby);
  button.type = "button";
  button.className = "nearby";
  button.addEventListener("click", () => {
    change({ near: `${longitude.toFixed(6)},${latitude.toFixed(6)}` });
    byId("list").closest("section").scrollIntoView({ block: "nearest" });
  });
  return button;
}

function contentOf(institutions, position, count) {
  if (institutions.length === 1) return element("div", "", [element("b", "", [pinOf(institutions[0].standing), link(institutions[0])]), facts("div", institutions[0]), nearby(position)]);
  const items = institutions.map((each) => element("li", "", [pinOf(each.standing), link(each), facts("div", each)]));
  return element("div", "", [element("b", fill(words.here, { n: count })), element("ul", "", items), ...(count > items.length ? [element("p", fill(words.hereRest, { n: items.length }))] : []), nearby(position)]);
}

export function openPopup(institutions, position, opener, { focus = true, count = institutions.length } = {}) {
  map.closePopup(); // what was open gives the focus back first
  back = opener;
  last = institutions[0].id;
  const content = contentOf(institutions, position, count);
  content.setAttribute("role", "dialog");
  content.setAttribute("aria-label", institutions.length === 1 ? institutions[0].name : fill(words.here, { n: count }));
  content.addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(); });
  const popup = L.popup({ maxWidth: 320, minWidth: 200, autoPanPadding: [20, 20], closeButton: true }).setLatLng(position).setContent(content);
  popup.openOn(map);
  const closer = popup.getElement().querySelector(".leaflet-popup-close-button");
  closer.setAttribute("aria-label", words.close);
  closer.title = words.close;
  change({ opened: institutions[0].id }, { push: false });
  if (focus) content.querySelector("a").focus({ preventScroll: true });
}

map.on("popupclose", () => {
  if (state().opened) change({ opened: "" }, { push: false });
  const there = back?.isConnected ? back : document.querySelector(`#list button[data-id="${last}"]`) ?? map.getContainer();
  if (back && (document.activeElement === document.body || map.getContainer().contains(document.activeElement))) there.focus({ preventScroll: true });
  back = null;
});
