// 今日 says that a draft waits on this device, with a link to its form. Drafts of others are not looked at.
import { photos, waiting } from "./drafts.js";

const panel = document.getElementById("drafts");
const list = panel.querySelector("ul");

for (const draft of waiting(panel.dataset.user)) {
  const link = document.createElement("a");
  link.href = `${panel.dataset.url}?institution=${encodeURIComponent(draft.institution)}`;
  link.textContent = draft.title || panel.dataset.untitled;
  const grow = document.createElement("span");
  grow.className = "grow";
  grow.append(link);
  const due = document.createElement("span");
  due.className = "due";
  due.textContent = draft.savedAt ? new Date(draft.savedAt).toLocaleString(document.documentElement.lang) : "";
  const item = document.createElement("li");
  item.append(grow, due);
  list.append(item);
  photos(draft.key).then((kept) => {
    if (!kept.length) return;
    const small = document.createElement("small");
    small.textContent = `${panel.dataset.photos} ${kept.length}`;
    due.append(small);
  });
}
panel.hidden = !list.children.length;
