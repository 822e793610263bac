// On a narrow screen the filters start folded, so that the list is what one sees; without scripts they stay open.
const narrow = window.matchMedia("(max-width: 900px)");

for (const filters of document.querySelectorAll("details.filters")) {
  if (narrow.matches) filters.open = false;
  narrow.addEventListener("change", () => { filters.open = !narrow.matches; });
}
