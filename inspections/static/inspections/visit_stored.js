// The receipt of a visit: the draft it was typed in has done its work. The draft of another visit there stays.
const { draft, id } = document.getElementById("stored").dataset;
const key = `visit-draft:${draft}`;

if (JSON.parse(localStorage.getItem(key))?.id?.includes(id)) localStorage.removeItem(key);
