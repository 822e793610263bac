#!/usr/bin/env bash
# Debian's chromium-headless-shell names Background Sync and refuses it.
# Guess: the shell is Chromium without its windows, so a page that finds SyncManager can have its worker woken when the
# network is back, as in Chromium; at most a permission is missing.
# Seen: SyncManager is there, registration.sync is there, and register() is refused with “Background Sync is disabled.”,
# also with the permission granted; the whole Chromium of the same version wakes the worker. So a test of a phone that
# sends in the background needs the whole one, and a page has to wait for the promise before it promises anything.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
for package in chromium chromium-headless-shell; do
  command -v "$package" >/dev/null || apt-get install -y -qq --no-install-recommends "$package" >/dev/null
done
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q playwright==1.65.2 2>/dev/null
chromium --version
chromium-headless-shell --version
mkdir "$folder/site"
echo '<p>a page</p>' >"$folder/site/index.html"
cat >"$folder/site/worker.js" <<'JS'
self.addEventListener("sync", (event) => event.waitUntil(fetch(`/woken-${event.tag}`)));
JS
cat >"$folder/ask.py" <<'PY'
import functools
import http.server
import sys
import threading

from playwright.sync_api import sync_playwright

woken = threading.Event()


class Site(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *said):
        if "/woken-outbox" in str(said):
            woken.set()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Site, directory=sys.argv[1]))
threading.Thread(target=server.serve_forever, daemon=True).start()
ASK = """async () => {
  await navigator.serviceWorker.register("/worker.js");
  const registration = await navigator.serviceWorker.ready;
  const there = "SyncManager" in window && "sync" in registration;
  try {
    await registration.sync.register("outbox");
    return [there, "registered"];
  } catch (problem) {
    return [there, String(problem)];
  }
}"""
found = {}
with sync_playwright() as playwright:
    for name in ("chromium", "chromium-headless-shell"):
        woken.clear()
        browser = playwright.chromium.launch(executable_path=f"/usr/bin/{name}", args=["--no-sandbox"])
        context = browser.new_context()
        context.grant_permissions(["background-sync"])
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        found[name] = (*page.evaluate(ASK), woken.wait(20))
        print(f"{name}: there, said, worker woken: {found[name]}")
        browser.close()
assert found["chromium"] == (True, "registered", True), "the whole Chromium changed"
refused = (True, "UnknownError: Background Sync is disabled.", False)
assert found["chromium-headless-shell"] == refused, "the shell changed"
PY
"$folder/venv/bin/python" "$folder/ask.py" "$folder/site"
# Seen (chromium and chromium-headless-shell 156.0.8078.108 of Debian 12, playwright 1.65.2):
# chromium: there, said, worker woken: (True, 'registered', True)
# chromium-headless-shell: there, said, worker woken: (True, 'UnknownError: Background Sync is disabled.', False)
