// The service worker: the app's files of one version from the phone, everything else from the network; what waits is
// sent when the browser says that there is a network again (Background Sync), also with the app closed.
import { send } from "./outbox.js";

const KEPT = "field-shell-";

export function start({ version, page, files }) {
  const name = KEPT + version;

  // A new version is fetched whole before it takes over; the page says when (it never does in mid-visit).
  self.addEventListener("install", (event) => {
    event.waitUntil((async () => {
      const cache = await caches.open(name);
      const fresh = [page, ...files].map((url) => new Request(url, { cache: url === page ? "reload" : "default", credentials: "same-origin" }));
      await cache.addAll(fresh);
    })());
  });

  // The version before is kept: a page that is still open may ask for one of its files.
  self.addEventListener("activate", (event) => {
    event.waitUntil((async () => {
      const older = (await caches.keys()).filter((each) => each.startsWith(KEPT) && each !== name);
      await Promise.all(older.slice(0, -1).map((each) => caches.delete(each)));
      await self.clients.claim();
    })());
  });

  self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
    const isPage = event.request.mode === "navigate" && url.pathname === page;
    if (!isPage && !url.pathname.startsWith("/static/") && !files.includes(url.pathname)) return;
    event.respondWith(answer(event.request, isPage ? page : event.request.url, name));
  });

  self.addEventListener("sync", (event) => {
    if (event.tag === "field-outbox") event.waitUntil(sendOrTryAgain());
  });

  self.addEventListener("message", (event) => {
    if (event.data === "take over") self.skipWaiting();
    if (event.data?.refresh) event.waitUntil(refresh(event, page, name));
  });
}

async function answer(request, url, name) {
  const kept = (await (await caches.open(name)).match(url)) ?? (await caches.match(url));
  return kept ?? fetch(request);
}

// The page again, in another language.
async function refresh(event, page, name) {
  const cache = await caches.open(name);
  await cache.add(new Request(page, { cache: "reload", credentials: "same-origin" }));
  event.ports[0]?.postMessage("done");
}

// The browser tries again, less and less often, while this fails.
async function sendOrTryAgain() {
  const { why } = await send();
  if (why === "offline" || why === "busy") throw new Error(why);
}
