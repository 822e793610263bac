"""The page of the map in Chromium beside folium's FastMarkerCluster with the same points in its page: when it has
drawn, the JS heap, the longest block, the bytes of HTML; of a country and of one county. `python -m bench.map_page`.

The two take turns. What is ready is the first mark on the map; the heap is that after two garbage collections. folium's
page makes plain Leaflet markers: the icons it would load from elsewhere would make it slower. Before anything is timed
both are known to show the same: each square of the map's answer holds as many as there are points of the other page in
it, and as many are drawn.
"""

import functools
import hashlib
import http.server
import os
import re
import socket
import statistics as spread
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import scale
from tests.browser.server import WHOLE_CHROMIUM

ROOT = Path(__file__).resolve().parent.parent
CLUSTER = ROOT / "bench/vendor/markercluster"  # 1.5.3, MIT; from npm's leaflet.markercluster
CLUSTER_SHA256 = "b1ef34ccee0fb36d856ff4719c759046a0e14293dbbf9d531d969735481168bc"
OURS_DRAWN = "Number(document.getElementById('map-status')?.dataset.drawn)"
THEIRS_DRAWN = "window.peer?.getLayers().length"
TURNS = int(os.environ.get("BENCH_TURNS", "3"))
TARGETS = "country: drawn 1/20, heap 1/50, longest block < 50 ms, HTML <= 60 kB; county: drawn <= 1.1"
PLAIN_MARKER = "function (row) { return L.marker(new L.LatLng(row[0], row[1])); }"
WATCH = """
window.blocks = [];
new PerformanceObserver((list) => list.getEntries().forEach((each) => window.blocks.push(each.duration)))
  .observe({ type: "longtask", buffered: true });
new MutationObserver((_changes, observer) => {
  if (!document.querySelector(".leaflet-marker-pane > *")) return;
  window.drawnAt = performance.now();
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });
"""


def main() -> None:
    scale.ready()
    from demonstration import country

    # By a process of its own: in this one files have no hashes in their names.
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], cwd=ROOT, check=True)
    everywhere = [str(country.FIRST_PROVINCE + place) for place in range(country.PROVINCES)]
    asked = {"country": everywhere, "county": [scale.county()]}
    from playwright.sync_api import sync_playwright

    print(f"{scale.INSTITUTIONS} institutions; targets: {TARGETS}\n")
    print("| page | of | drawn, ms | heap, MB | longest block, ms | HTML, kB |\n|---|---|---:|---:|---:|---:|")
    with _server() as ours, tempfile.TemporaryDirectory() as folder, _files(Path(folder)) as theirs:
        sessions: dict[str, str] = {}
        located: dict[str, int] = {}
        for name, prefixes in asked.items():
            client = scale.client(scale.user(f"bench-map-{name}", prefixes))
            sessions[name] = client.cookies["sessionid"].value
            points = _points(prefixes)
            located[name] = len(points)
            _assert_same(client, points)
            _write_peer(Path(folder) / f"{name}.html", points)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**WHOLE_CHROMIUM)
            for name, number in located.items():
                pages = {
                    "ours": (f"{ours}/map/", sessions[name], OURS_DRAWN),
                    "FastMarkerCluster": (f"{theirs}/{name}.html", "", THEIRS_DRAWN),
                }
                taken: dict[str, list[tuple[float, ...]]] = {who: [] for who in pages}
                for turn in range(TURNS + 1):
                    for who, (url, session, drawn_there) in pages.items():
                        shown, *measured = _measure(browser, url, ours, session, drawn_there)
                        assert shown == number, f"{who}, {name}: {shown} are drawn, {number} have a place"
                        if turn:  # the first warms up
                            taken[who].append(tuple(measured))
                middle = {who: [spread.median(each) for each in zip(*rows, strict=True)] for who, rows in taken.items()}
                for who, (drawn, heap, block, size) in middle.items():
                    print(f"| {who} | {name} | {drawn:.0f} | {heap:.1f} | {block:.0f} | {size:.1f} |")
                ratios = [one / other for one, other in zip(*middle.values(), strict=True) if other]
                print(f"| ratio | {name} | {' | '.join(f'{each:.3f}' for each in ratios)} |")
            browser.close()


def _measure(browser: Any, url: str, host: str, session: str, drawn_there: str) -> tuple[float, ...]:
    """(institutions drawn, drawn in ms, heap in MB, longest block in ms, HTML in kB) of a visit with an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": host}])
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.add_init_script(WATCH)
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.goto(url, wait_until="commit")
    _until(page, "window.drawnAt")
    page.wait_for_load_state("networkidle")
    shown = _until(page, drawn_there)
    assert not problems, f"{url}: {problems}"
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable")
    for _ in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    heap = next(
        each["value"] for each in devtools.send("Performance.getMetrics")["metrics"] if each["name"] == "JSHeapUsedSize"
    )
    drawn, block = page.evaluate("[window.drawnAt, Math.max(0, ...window.blocks)]")
    size = len(context.request.get(url).body()) / 1000
    context.close()
    return shown, drawn, heap / 1e6, block, size


def _until(page: Any, expression: str) -> Any:
    """The value of the expression once there is one. Asked from here: the page's policy forbids eval within."""
    give_up = time.monotonic() + 180
    while not (value := page.evaluate(expression)):
        assert time.monotonic() < give_up, f"{page.url}: {expression} is nothing"
        page.wait_for_timeout(20)
    return value


def _points(prefixes: list[str]) -> list[list[float]]:
    """Latitude and longitude of each institution with a place."""
    from institutions.models import Institution

    located = Institution.objects.in_divisions(prefixes).located().filter(withdrawn_at=None, merged_at=None)
    places: Any = located.order_by("pk").values_list("latitude", "longitude")
    return [list(each) for each in places]


def _assert_same(client: Any, points: list[list[float]]) -> None:
    """The map counts as many in each square as there are points in it."""
    from institutions.positions import cell_of
    from mapping.layers import shift_of

    answer = client.get("/api/v1/map/?zoom=8").json()
    shift = shift_of(answer["zoom"])
    held = Counter(cell_of(longitude, latitude) >> shift for latitude, longitude in points)
    assert held == {int(each["id"].removeprefix("square-")): each["properties"]["count"] for each in answer["features"]}
    assert len(points) == answer["located"]


def _write_peer(path: Path, points: list[list[float]]) -> None:
    """folium's own page of the same points, with files of ours in place of those from elsewhere."""
    import folium
    from folium import plugins

    made = folium.Map(location=[30, 110], zoom_start=5, tiles=None)
    made.options["maxZoom"] = 18
    fast: Any = plugins.FastMarkerCluster
    fast(points, callback=PLAIN_MARKER, name="peer").add_to(made)
    page = made.get_root().render()
    page = re.sub(r'<script src="[^"]*"></script>|<link[^>]*/>', "", page)
    page = re.sub(r"var (fast_marker_cluster_\w+) =", r"var \1 = window.peer =", page)
    ours = "".join(f'<script src="/{name}"></script>' for name in ("leaflet.js", "leaflet.markercluster.js"))
    styles = "".join(f'<link rel="stylesheet" href="/{name}">' for name in ("leaflet.css", "MarkerCluster.Default.css"))
    path.write_text(page.replace("<head>", f"<head>{styles}{ours}", 1))


@contextmanager
def _files(folder: Path) -> Iterator[str]:
    for each in [*(ROOT / "static/vendor/leaflet").glob("*.*s"), *CLUSTER.glob("*.*s")]:
        (folder / each.name).write_bytes(each.read_bytes())
    script = (CLUSTER / "leaflet.markercluster.js").read_bytes()
    assert hashlib.sha256(script).hexdigest() == CLUSTER_SHA256, "not markercluster 1.5.3"
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_told: Any) -> None:
        """Says nothing."""


@contextmanager
def _server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    environment = os.environ | {"PORT": port, "WEB_WORKERS": "2"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _try in range(150):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    main()
