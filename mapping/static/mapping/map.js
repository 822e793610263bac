// Institutions on the folium map: markers by colour and shape, clusters ringed by their worst standing, popups as text.
import { element, pin, placeName, shape } from "./shapes.js";

const WORST_FIRST = ["overdue", "open", "closed", "licensed", "corrected", "unseen", "clear", "unsurveyed"];
const MOST_LISTED = 50;

const config = JSON.parse(document.getElementById("map-config").textContent);
const map = window[config.map]; // folium's own script has made it
const list = document.getElementById("list");
const status = document.getElementById("map-status");
const legend = document.querySelectorAll("#legend li");
const say = list.dataset;
const fill = (sentence, n) => sentence.replace("{n}", n);

map.attributionControl.setPrefix(false);
for (const item of legend) item.querySelector(".pin").append(shape(item.dataset.standing));
const names = config.townships.map((each) => placeName(map, [each.latitude, each.longitude], each.name));

// A township's name goes where it covers no bubble, no marker and no other name; where there is no room it waits for a closer look.
function placeNames() {
  const taken = [...document.querySelectorAll(".bubble, .pin-icon")].map((each) => boxOf(each, each.offsetWidth, each.offsetHeight));
  for (const name of names) {
    const label = name.getElement().firstChild;
    label.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = label;
    const beside = 26 + width / 2;
    const offsets = [[0, 0], [0, -30], [0, 30], [beside, 0], [-beside, 0]];
    const boxes = offsets.map((offset) => boxOf(name.getElement(), width, height, offset));
    const side = boxes.findIndex((box) => !taken.some((other) => other.overlaps(box)));
    label.hidden = side < 0;
    if (label.hidden) continue;
    label.style.translate = `calc(-50% + ${offsets[side][0]}px) calc(-50% + ${offsets[side][1]}px)`;
    taken.push(boxes[side]);
  }
}

// The box around an icon's anchor in the map's pixels: where it will stand, even while it still moves there.
function boxOf(icon, width, height, offset = [0, 0]) {
  const centre = L.DomUtil.getPosition(icon).add(offset);
  return L.bounds(centre.subtract([width / 2, height / 2]), centre.add([width / 2, height / 2]));
}

function facts(tag, institution) {
  const words = [config.standings[institution.standing], institution.township, config.licence_statuses[institution.licence_status]];
  const made = element(tag, words.filter(Boolean).join(" · "));
  if (institution.due_on) {
    const due = element("span", `${say.due} ${institution.due_on}`);
    due.className = "due";
    made.append(" · ", due);
  }
  if (institution.doubt) {
    const doubt = element("span", institution.doubt);
    doubt.className = "doubt";
    made.append(" · ", doubt);
  }
  return made;
}

function link(institution) {
  const made = element("a", institution.name);
  made.href = config.file.replace("00000000-0000-0000-0000-000000000000", institution.id);
  return made;
}

function popup(marker) {
  const here = marker.getLatLng();
  const together = markers.filter((other) => other.getLatLng().equals(here)).map((other) => other.institution);
  if (together.length === 1) return element("div", "", [element("b", "", [link(together[0])]), facts("div", together[0])]);
  const items = together.map((each) => element("li", "", [link(each), facts("div", each)]));
  return element("div", "", [element("b", fill(say.here, together.length)), element("ul", "", items)]);
}

function bubble(count, standings) {
  const size = count < 10 ? 30 : count < 100 ? 36 : 44;
  const worst = WORST_FIRST.find((standing) => standings.has(standing));
  return L.divIcon({ html: element("span", String(count)), className: `bubble ${worst}`, iconSize: [size, size] });
}

const clusters = L.markerClusterGroup({
  animate: false, // names are placed beside bubbles that stand still
  maxClusterRadius: 46, chunkedLoading: false, showCoverageOnHover: false, spiderfyOnMaxZoom: true,
  iconCreateFunction(cluster) {
    const inside = cluster.getAllChildMarkers();
    return bubble(inside.length, new Set(inside.map((marker) => marker.institution.standing)));
  },
}).addTo(map);
const squares = L.featureGroup().addTo(map);
let markers = [];

// From the list: go there and say what is there, whether the marker is drawn alone, in a cluster or under another.
function show(marker) {
  map.setView(marker.getLatLng(), Math.max(map.getZoom(), 16), { animate: false });
  const opened = popup(marker);
  L.popup().setLatLng(marker.getLatLng()).setContent(opened).openOn(map);
  map.getContainer().scrollIntoView({ block: "nearest" }); // on a phone the list is below the map
  opened.querySelector("a").focus({ preventScroll: true });
}

// The worst first, and of those what is due first.
function byUrgency(one, other) {
  const rank = (marker) => WORST_FIRST.indexOf(marker.institution.standing);
  const due = (marker) => marker.institution.due_on || "9";
  return rank(one) - rank(other) || due(one).localeCompare(due(other));
}

function showList() {
  const bounds = map.getBounds();
  const inView = markers.filter((marker) => bounds.contains(marker.getLatLng()));
  document.getElementById("in-view").textContent = inView.length;
  const listed = inView.sort(byUrgency).slice(0, MOST_LISTED).map((marker) => {
    const button = element("button", marker.institution.name);
    button.type = "button";
    button.addEventListener("click", () => show(marker));
    const mark = element("span", "", [shape(marker.institution.standing)]);
    mark.className = "pin";
    return element("li", "", [mark, element("span", "", [button, facts("small", marker.institution)])]);
  });
  if (inView.length > MOST_LISTED) listed.push(element("li", fill(say.more, inView.length - MOST_LISTED)));
  if (!inView.length) listed.push(element("li", say.empty));
  list.replaceChildren(...listed);
}

const areCounted = (collection) => collection.features.some((feature) => "count" in feature.properties);
const standingsOf = ({ count, ...standings }) => Object.entries(standings).filter(([, institutions]) => institutions);
const positionOf = (feature) => [...feature.geometry.coordinates].reverse();

function drawSquares(features) {
  for (const feature of features) {
    const icon = bubble(feature.properties.count, new Set(standingsOf(feature.properties).map(([standing]) => standing)));
    const square = L.marker(positionOf(feature), { icon }).addTo(squares);
    square.on("click", () => map.setView(square.getLatLng(), map.getZoom() + 2));
  }
  document.getElementById("in-view").textContent = features.reduce((sum, feature) => sum + feature.properties.count, 0);
  list.replaceChildren(element("li", say.closer));
}

function drawMarkers(features) {
  markers = features.map((feature) => {
    const institution = feature.properties;
    const marker = pin(positionOf(feature), institution.standing, { title: institution.name, alt: institution.name });
    marker.institution = institution;
    return marker.bindPopup(() => popup(marker));
  });
  clusters.addLayers(markers);
  status.dataset.drawn = markers.length;
  showList();
}

function draw(collection) {
  squares.clearLayers();
  clusters.clearLayers();
  markers = [];
  (areCounted(collection) ? drawSquares : drawMarkers)(collection.features);
  const sentence = areCounted(collection) ? fill(say.many, collection.located) : fill(say.ready, markers.length);
  status.textContent = collection.total ? sentence : say.none;
  placeNames();
}

function showLegend(collection) {
  const counts = {};
  for (const { properties } of collection.features) {
    const held = "count" in properties ? standingsOf(properties) : [[properties.standing, 1]];
    for (const [standing, institutions] of held) counts[standing] = (counts[standing] || 0) + institutions;
  }
  for (const item of legend) item.querySelector("b").textContent = counts[item.dataset.standing] || 0;
}

let lastAsked = 0;
let reading = false; // a popup is open: what it points at stays

function ask(where, then) {
  const mine = ++lastAsked;
  fetch(`${config.features}&${where}`, { headers: { Accept: "application/json" } })
    .then((response) => (response.ok ? response.json() : Promise.reject(response.status)))
    .then((collection) => { if (mine === lastAsked && !reading) then(collection); }, () => { status.textContent = say.failed; });
}

// Too many to draw one by one: the server counts squares of the map together, and is asked again for every view.
function askForView() {
  const view = map.getBounds();
  const box = [Math.max(view.getWest(), -180), Math.max(view.getSouth(), -90), Math.min(view.getEast(), 180), Math.min(view.getNorth(), 90)];
  ask(`bbox=${box}&zoom=${map.getZoom()}`, draw);
}

ask(`zoom=${config.zoom}`, (collection) => {
  showLegend(collection);
  draw(collection);
  map.on("popupopen popupclose", (event) => { reading = event.type === "popupopen"; });
  if (areCounted(collection)) map.on("moveend popupclose", askForView);
  else map.on("moveend", showList);
  const drawn = L.latLngBounds(collection.features.map(positionOf));
  if (drawn.isValid()) map.fitBounds(drawn.pad(0.05), { maxZoom: 15, animate: false });
});
map.on("moveend", placeNames);
