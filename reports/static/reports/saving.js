// The draft saves itself a moment after the last change. Who is told that somebody else saved meanwhile goes to the
// server with the whole page: there both stand beside each other, and nothing that was written is lost.
const PAUSE_MS = 1200;
const AGAIN_MS = 5000;
const MOST_MS = 15_000; // without an answer it is as without a network

export function saving(form, version, content, understood) {
  const said = document.getElementById("saved");
  const stale = document.getElementById("stale");
  const token = form.querySelector("[name=csrfmiddlewaretoken]");
  let waiting;
  let unsaved = false;
  let busy = false;
  let stopped = false;
  let sending = null; // the form, which waits until what is being saved has its version

  function later(pause) {
    clearTimeout(waiting);
    waiting = setTimeout(save, pause);
  }

  async function save() {
    if (busy || stopped) return later(PAUSE_MS);
    busy = true;
    try {
      await saved();
    } finally {
      busy = false;
    }
    sending?.();
  }

  async function saved() {
    unsaved = false;
    said.textContent = form.dataset.saving;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token.value };
    const body = JSON.stringify({ version: Number(form.elements.version.value), ...content() });
    const signal = AbortSignal.timeout(MOST_MS);
    const answer = await fetch(form.dataset.save, { method: "POST", headers, body, signal }).catch(() => null);
    const json = answer?.headers.get("Content-Type")?.includes("json");
    const told = json ? await answer.json().catch(() => null) : null; // null: it broke off
    if (answer?.ok && told) {
      form.elements.version.value = told.version;
      if (!unsaved) understood(told.paragraphs);
      said.textContent = `${form.dataset.saved} ${new Date().toTimeString().slice(0, 5)}`;
      if (unsaved) later(PAUSE_MS);
      return;
    }
    unsaved = true;
    said.textContent = form.dataset.failed + (told?.message ?? form.dataset.offline);
    if (answer?.status === 412) {
      stopped = true;
      stale.querySelector("p").textContent = told.message;
      stale.hidden = false;
    } else if (!told || answer.status >= 500) later(AGAIN_MS);
  }

  form.addEventListener("submit", (event) => {
    stopped = true;
    if (busy) {
      event.preventDefault();
      sending = () => form.requestSubmit(event.submitter);
      said.textContent = form.dataset.saving;
      return;
    }
    clearTimeout(waiting);
    unsaved = false;
    form.elements.draft.value = JSON.stringify(content());
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  form.elements.version.value = version;
  return {
    changed({ wait = false } = {}) {
      unsaved = true;
      if (stopped) return;
      said.textContent = form.dataset.unsaved;
      if (!wait) later(PAUSE_MS);
    },
  };
}
