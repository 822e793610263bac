// The visit form with a script: position, photos to look at and take away, notes that open with their finding, a
// draft that survives until the visit is stored (visit_stored.js drops it).
const form = document.getElementById("visit");

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

// A second choice adds to the first: a file input by itself would replace it.
function thumbnails() {
  const input = form.elements.photos;
  const place = document.getElementById("thumbs");
  let chosen = [];

  function choose(files) {
    const carried = new DataTransfer();
    for (const file of files) carried.items.add(file);
    chosen = files;
    input.files = carried.files;
    place.replaceChildren(...files.map(thumbnail));
  }

  function thumbnail(file, index) {
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(file);
    picture.alt = file.name;
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
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
    return item;
  }

  input.addEventListener("change", () => choose([...chosen, ...input.files]));
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
function drafts() {
  const key = `visit-draft:${form.dataset.draft}`;
  const ticked = (field) => ["checkbox", "radio"].includes(field.type);
  const fields = () => [...form.elements].filter((field) =>
    field.name === "id" || (field.name && !["file", "hidden", "submit", "button"].includes(field.type)));
  const restored = "restore" in form.dataset ? localStorage.getItem(key) : null;
  if (restored) {
    const kept = JSON.parse(restored);
    const chosen = new URLSearchParams(window.location.search); // a button that says what kind of visit this is
    for (const field of fields()) {
      if (!(field.name in kept) || chosen.has(field.name)) continue;
      if (ticked(field)) field.checked = kept[field.name].includes(field.value);
      else [field.value] = kept[field.name];
    }
    document.getElementById("draft-at").textContent = form.elements.happened_at.value.replace("T", " ");
    document.getElementById("draft").hidden = false;
  }
  document.getElementById("draft-drop").addEventListener("click", () => {
    localStorage.removeItem(key);
    window.location.reload();
  });
  const keep = () => {
    const kept = {};
    for (const field of fields()) {
      const list = kept[field.name] ||= [];
      if (!ticked(field) || field.checked) list.push(field.value);
    }
    localStorage.setItem(key, JSON.stringify(kept));
  };
  form.addEventListener("input", keep);
  form.addEventListener("submit", keep);
}

position();
thumbnails();
drafts();
notes();
nobodyThere();
checklistOfTheDay();
document.getElementById("errors")?.focus();
