// Colleagues searched for as one types; without a script the button asks the server for the page again.
const PAUSE_MS = 250; // after the last key
const input = document.getElementById("id_more_inspectors");
const boxes = document.getElementById("colleagues");
const said = document.getElementById("colleagues-said");
let waiting;
let asked = 0;

// A box for a colleague, unless there is one; also for those of a draft (visit_form.js).
export function offer({ username, name, costs }, checked = false) {
  let box = [...boxes.querySelectorAll("input")].find((each) => each.value === username);
  if (!box) {
    box = document.createElement("input");
    box.type = "checkbox";
    box.name = "inspectors";
    box.value = username;
    const label = document.createElement("label");
    label.className = "choice";
    const said = document.createElement("span");
    said.className = "grow";
    said.append(name);
    if (costs) {
      const small = document.createElement("small");
      small.className = "costs";
      small.textContent = costs;
      said.append(" ", small);
    }
    label.append(box, said);
    boxes.append(label);
  }
  if (checked) box.checked = true;
  return box;
}

// What was found and not ticked goes with the next search.
function show(found) {
  for (const box of boxes.querySelectorAll("input[data-found]:not(:checked)")) box.parentElement.remove();
  const there = new Set([...boxes.querySelectorAll("input")].map((box) => box.value));
  for (const each of found) {
    const box = offer(each);
    if (!there.has(each.username)) box.dataset.found = "";
  }
  said.textContent = found.length ? found.map((each) => each.name).join("、") : input.dataset.none;
}

async function find() {
  const words = input.value.trim();
  const turn = ++asked;
  if (!words) return;
  const on = document.getElementById("id_happened_at")?.value ?? "";
  const answer = await fetch(`${input.dataset.url}?${new URLSearchParams({ q: words, on })}`).catch(() => null);
  if (turn !== asked) return; // typed on
  if (!answer?.ok || answer.redirected) said.textContent = input.dataset.failed; // no network, or signed out
  else show((await answer.json()).found);
}

input.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(find, PAUSE_MS);
});
input.form.querySelector("button[name=find]").addEventListener("click", (event) => {
  event.preventDefault();
  find();
});
// Who is ticked need not be typed as well.
boxes.addEventListener("change", (event) => {
  if (event.target.checked && "found" in event.target.dataset) input.value = "";
});
