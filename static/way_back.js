// A list leaves in this tab where it is and which rows it has; a file opened from it leads back to its row, and to the
// rows beside it, also after it was edited. Without scripts the way back is the page one came from.
const KEPT = "list";

for (const table of document.querySelectorAll("table[data-list]")) {
  const rows = [...table.querySelectorAll("tbody tr[id] td.title > a")].map((link) => [link.pathname, link.closest("tr").id]);
  const kept = { user: table.dataset.list, url: location.pathname + location.search, rows, last: "" };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

for (const way of document.querySelectorAll(".way-back")) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (kept === null || kept.user !== way.dataset.user) continue;
  const place = kept.rows.findIndex(([path]) => path === location.pathname);
  if (place >= 0) {
    kept.last = kept.rows[place][1];
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
    lead("previous", kept.rows[place - 1]?.[0]);
    lead("next", kept.rows[place + 1]?.[0]);
  }
  lead("back", `${kept.url}#${kept.last}`);
  way.hidden = false;

  function lead(where, url) {
    const link = way.querySelector(`[data-way=${where}]`);
    link.hidden = !url;
    if (url) link.href = url;
  }
}
