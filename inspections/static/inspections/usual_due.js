// Until when an order is due that names no day: by the worst of the problems ticked, from the day of the visit.
const said = document.getElementById("usual-due");

function dayAfter(day, days) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
}

function inWords(form) {
  const ticked = [...form.querySelectorAll('input[name="findings"]:checked')].map((box) => box.dataset.severity);
  const day = form.elements.happened_at.value.slice(0, 10);
  if (!ticked.length || !day) return said.dataset.unsaid;
  const [severity] = ticked.sort();
  const days = Number(said.dataset[`days${severity}`]);
  return said.dataset.said.replace("{severity}", severity).replace("{due}", dayAfter(day, days));
}

export function usualDue(form) {
  const show = () => {
    const words = inWords(form);
    if (said.textContent !== words) said.textContent = words;
  };
  form.addEventListener("change", show);
  show();
}
