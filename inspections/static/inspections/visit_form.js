// The visit form with a script: position, photos to look at and take away, notes that open with their finding, a
// draft of text and photos that survives until the visit is stored (visit_stored.js drops it).
import { offer } from "./colleagues.js";
import { usualDue } from "./usual_due.js";
import { drop, keepPhotos, keyOf, photos, read, write } from "./drafts.js";

const form = document.getElementById("visit");
const key = keyOf(form.dataset.draft);

function position() {
  const button = document.getElementById("locate");
  const said = document.getElementById("located");
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    said.textContent = said.dataset.waiting;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.longitude.value = coords.longitude.toFixed(6);
        form.elements.latitude.value = coords.latitude.toFixed(6);
        form.elements.accuracy_m.value = Math.round(coords.accuracy);
        form.dispatchEvent(new Event("input"));
        said.textContent = `${said.dataset.done} ${Math.round(coords.accuracy)}`;
      },
      () => { said.textContent = said.dataset.failed; },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}

// A second choice adds to the first: a file input by itself would replace it. Each choice is kept with the draft. Of a
// draft that was restored they are chosen again; on a page that came back the server has those of the attempt before,
// and they stay in the draft only.
// On a recheck each says which problem of the round it shows as it is now; that is kept with the text of the draft.
async function thumbnails(restored) {
  const input = form.elements.photos;
  const place = document.getElementById("thumbs");
  const asked = document.getElementById("photo-of");
  let chosen = [];
  let shows = restored?.photo_of ?? [];
  const loading = photos(key);

  function show(files) {
    shows = files.map((file) => (chosen.includes(file) ? shows[chosen.indexOf(file)] : shows[files.indexOf(file)]) ?? "");
    const carried = new DataTransfer();
    for (const file of files) carried.items.add(file);
    chosen = files;
    input.files = carried.files;
    place.replaceChildren(...files.map(thumbnail));
  }

  async function choose(files) {
    show(files);
    const earlier = form.dataset.restore === undefined ? await loading : [];
    document.getElementById("draft-full").hidden = await keepPhotos(key, [...earlier, ...files]);
    keepText();
  }

  function thumbnail(file, index) {
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(file);
    picture.alt = file.name;
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    picture.addEventListener("error", () => picture.replaceWith(unseen(file))); // HEIC, say: the server can
    const drop = document.createElement("button");
    drop.type = "button";
    drop.textContent = "×";
    drop.setAttribute("aria-label", `${place.dataset.drop} ${file.name}`);
    drop.addEventListener("click", () => {
      choose(chosen.filter((_file, other) => other !== index));
      (place.querySelectorAll("button")[Math.min(index, chosen.length - 1)] ?? input).focus();
    });
    const item = document.createElement("li");
    item.append(picture, drop);
    if (asked) {
      const of = asked.content.firstElementChild.cloneNode(true);
      of.value = shows[index] ?? "";
      of.addEventListener("change", () => { shows[index] = of.value; keepText(); });
      item.append(of);
    }
    return item;
  }

  function unseen(file) {
    const said = document.createElement("span");
    said.className = "unseen";
    said.append(file.name, document.createElement("br"), place.dataset.unseen);
    return said;
  }

  input.addEventListener("change", () => choose([...chosen, ...input.files]));
  if (restored !== null) show([...await loading, ...chosen]);
}

function notes() {
  for (const box of form.querySelectorAll('input[name="findings"]')) {
    const note = form.elements[`note_${box.value}`];
    const show = () => { note.hidden = !box.checked; };
    box.addEventListener("change", show);
    show();
  }
}

// Nobody there: nothing to find, order or submit. What is ticked already stays in sight, so that nothing is lost.
function nobodyThere() {
  const show = () => {
    for (const panel of form.querySelectorAll("[data-needs-somebody]")) {
      panel.hidden = form.elements.result.value === "no_access" && !panel.querySelector("input:checked");
    }
  };
  form.addEventListener("change", show);
  show();
}

function checklistOfTheDay() {
  const refresh = document.getElementById("refresh");
  const show = () => { refresh.hidden = form.elements.happened_at.value.slice(0, 10) === form.dataset.on; };
  form.elements.happened_at.addEventListener("change", show);
  show();
}

// Drafts: what this user typed for this institution, with the id of the visit: sent twice, it is still one visit.
const ticked = (field) => ["checkbox", "radio"].includes(field.type);
const fields = () => [...form.elements].filter((field) =>
  field.name === "id" || (field.name && !["file", "hidden", "submit", "button"].includes(field.type)));

function keepText() {
  const kept = { title: form.dataset.title };
  for (const field of fields()) {
    const list = kept[field.name] ||= [];
    if (!ticked(field) || field.checked) list.push(field.value);
  }
  write(key, kept);
}

function restoreText(kept) {
  const chosen = new URLSearchParams(window.location.search); // a button that says what kind of visit this is
  for (const username of kept.inspectors ?? []) offer({ username, name: username }, true);
  for (const field of fields()) {
    if (!(field.name in kept) || chosen.has(field.name)) continue;
    if (ticked(field)) field.checked = kept[field.name].includes(field.value);
    else [field.value] = kept[field.name];
  }
  document.getElementById("draft-at").textContent = form.elements.happened_at.value.replace("T", " ");
  document.getElementById("draft").hidden = false;
}

function drafts() {
  const kept = "restore" in form.dataset ? read(key) : null;
  if (kept) restoreText(kept);
  thumbnails(kept);
  document.getElementById("draft-drop").addEventListener("click", async () => {
    await drop(key);
    window.location.reload();
  });
  form.addEventListener("input", keepText);
  form.addEventListener("submit", (event) => {
    keepText();
    if (navigator.onLine) return;
    event.preventDefault(); // the browser's own page would take this one's place
    const said = document.getElementById("draft-offline");
    said.hidden = false;
    said.focus();
  });
  window.addEventListener("online", () => { document.getElementById("draft-offline").hidden = true; });
}

position();
drafts();
notes();
nobodyThere();
checklistOfTheDay();
usualDue(form);
document.getElementById("errors")?.focus();
