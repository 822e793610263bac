#!/usr/bin/env bash
# GDAL's OAPIF driver (pyogrio, PyPI, kept: 2026-06): a filter on any field of days goes out as `datetime`, unseen after.
#
# Guess: `due_on <= '2018-06-30'` is evaluated by GDAL, for OGC API Features knows no filter on a field of one's own;
# `datetime`, if it is sent at all, is for a field that the server says is its time.
# Seen: whatever the field, as long as its values look like days, the filter is sent as `datetime`, and what comes back
# is taken as the answer: nothing is filtered again. `<` goes out as `<=`. The day is written `2018-06-30T`, with a T and
# no time, which RFC 3339 does not know. QGIS sends any field of days as `datetime` too.
# What to do: let one property alone be a day, the one that `datetime` asks for; write others as text that is no day.
# Read `2018-06-30T`.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'pyogrio==0.13.0' 'numpy==2.4.6'
cat >server.py <<'PY'
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit


def feature(number, surveyed_on, due_on):
    properties = {"surveyed_on": surveyed_on, "due_on": due_on}
    point = {"type": "Point", "coordinates": [120, 28]}
    return {"type": "Feature", "id": str(number), "geometry": point, "properties": properties}


FEATURES = [feature(1, "2018-04-01", "2018-06-30"), feature(2, "2018-05-01", "2018-12-31")]


class Doors(BaseHTTPRequestHandler):
    def do_GET(self):
        parts = urlsplit(self.path)
        if parts.path.endswith("/items"):
            for day in parse_qs(parts.query).get("datetime", []):
                print(day, flush=True)
            said = {"type": "FeatureCollection", "features": FEATURES, "links": []}  # a server that knows no datetime
        elif parts.path.endswith("/collections"):
            items = {"rel": "items", "type": "application/geo+json", "href": f"{HERE}/collections/a/items"}
            said = {"collections": [{"id": "a", "links": [items]}], "links": []}
        else:
            said = {"links": [], "conformsTo": []}
        self.send_response(200)
        self.send_header("Content-Type", "application/geo+json" if "items" in parts.path else "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_said):
        pass


server = HTTPServer(("127.0.0.1", 0), Doors)
HERE = f"http://127.0.0.1:{server.server_port}"
print(HERE, flush=True)
server.serve_forever()
PY
venv/bin/python - <<'PY'
import subprocess
import sys

import pyogrio

server = subprocess.Popen([sys.executable, "server.py"], stdout=subprocess.PIPE, text=True)
address = server.stdout.readline().strip()


def read(where):
    _meta, ids, _geometries, _columns = pyogrio.raw.read(f"OAPIF:{address}", layer="a", where=where, return_fids=True)
    day = server.stdout.readline().strip()
    print(f"{where:28} asks for datetime={day}, keeps {len(ids)} of 2")
    return day, len(ids)


try:
    assert read("surveyed_on <= '2018-04-15'") == ("../2018-04-15T", 2)
    assert read("due_on <= '2018-06-30'") == ("../2018-06-30T", 2)
    assert read("due_on < '2018-06-30'") == ("../2018-06-30T", 2)
finally:
    server.terminate()
PY
