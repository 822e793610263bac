// The visit form with a script: position, thumbnails, notes that open with their finding, a draft that survives.
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
        said.textContent = `${said.dataset.done} ${Math.round(coords.accuracy)}`;
      },
      () => { said.textContent = said.dataset.failed; },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}

function thumbnails() {
  const place = document.getElementById("thumbs");
  form.elements.photos.addEventListener("change", (event) => {
    place.replaceChildren(...[...event.target.files].map((file) => {
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = file.name;
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
      return picture;
    }));
  });
}

function notes() {
  for (const box of form.querySelectorAll('input[name="findings"]')) {
    const note = form.elements[`note_${box.value}`];
    const show = () => { note.hidden = !box.checked; };
    box.addEventListener("change", show);
    show();
  }
}

function checklistOfTheDay() {
  const refresh = document.getElementById("refresh");
  let day = form.elements.happened_at.value.slice(0, 10);
  refresh.hidden = true;
  form.elements.happened_at.addEventListener("change", (event) => {
    const chosen = event.target.value.slice(0, 10);
    refresh.hidden = chosen === day;
  });
}

// Drafts: what was typed for this institution, until it is saved. Photos and the id of the visit are not part of it.
function drafts() {
  const key = `visit-draft:${form.dataset.draft}`;
  const fields = () => [...form.elements].filter((field) =>
    field.name && !["file", "hidden", "submit", "button"].includes(field.type));
  const restored = form.querySelector(".errors") || document.getElementById("errors") ? null : localStorage.getItem(key);
  if (restored) {
    const kept = JSON.parse(restored);
    for (const field of fields()) {
      if (!(field.name in kept)) continue;
      if (["checkbox", "radio"].includes(field.type)) field.checked = kept[field.name].includes(field.value);
      else if (field.name !== "happened_at") [field.value] = kept[field.name];
    }
    document.getElementById("draft").hidden = false;
  }
  document.getElementById("draft-drop").addEventListener("click", () => {
    localStorage.removeItem(key);
    window.location.reload();
  });
  form.addEventListener("change", () => {
    const kept = {};
    for (const field of fields()) {
      const list = kept[field.name] || (kept[field.name] = []);
      if (["checkbox", "radio"].includes(field.type)) { if (field.checked) list.push(field.value); } else list.push(field.value);
    }
    localStorage.setItem(key, JSON.stringify(kept));
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name !== "refresh") localStorage.removeItem(key);
  });
}

position();
thumbnails();
drafts();
notes();
checklistOfTheDay();
document.getElementById("errors")?.focus();
