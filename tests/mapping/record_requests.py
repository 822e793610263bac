"""Writes into docs/ogc.md what GDAL and QGIS ask /ogc/, in what order: `python -m tests.mapping.record_requests`.

With `qgis` also of QGIS, whose Python is the system's (`make qgis`).
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.browser.server import ROOT
from tests.mapping.recording import Recorded, recorded_demonstration

DOCUMENT = ROOT / "docs/ogc.md"
GDAL = {
    "all": {},
    "a box": {"bbox": (120.9, 28.0, 121.0, 28.1)},
    "days": {"where": "surveyed_on >= '2018-05-01' AND surveyed_on <= '2018-06-30'"},
    "a property": {"where": "standing = 'closed'"},
    "a question": {"question": "?as_of=2018-12-31&figure=outstanding", "PAGE_SIZE": 50},
}


def of_gdal(server: Recorded) -> list[tuple[str, list[str]]]:
    given = {"USERPWD": f"taskforce:{server.token('taskforce')}"}
    found = []
    for title, how in GDAL.items():
        server.asked()
        server.read_by_gdal(**given, **how)
        found.append((f"GDAL {title}", server.asked()))
    return found


def of_qgis(server: Recorded) -> list[tuple[str, list[str]]]:
    """Runs qgis_reads.py in the system's Python, one case after the other; its counts are checked here."""
    token, script = server.token("taskforce"), Path(__file__).with_name("qgis_reads.py")
    found = []
    for case, count in {"all": 1495, "a box": 86, "days": 1495, "a property": 562, "a question": 72}.items():
        server.asked()
        run = ["/usr/bin/python3", str(script), server.ogc, "taskforce", case]
        done = subprocess.run(run, input=token, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"QGIS did not read {case}:\n{done.stdout}{done.stderr}")
        said = json.loads(done.stdout.splitlines()[-1])
        print("QGIS", said["version"], case, said["read"])
        if said["read"] != count:
            raise RuntimeError(f"QGIS read {said['read']} for {case}, there are {count}")
        found.append((f"QGIS {case}", server.asked()))
    return found


def write(found: list[tuple[str, list[str]]]) -> None:
    """Each list under its mark, `<!-- GDAL all -->`; a mark that is missing is an error."""
    text = DOCUMENT.read_text()
    for title, lines in found:
        block = "```\n" + "\n".join(lines) + "\n```"
        text, put = re.subn(
            rf"(<!-- {title} -->\n\n)```\n.*?\n?```", lambda mark, block=block: mark[1] + block, text, flags=re.S
        )
        if put != 1:
            raise RuntimeError(f"docs/ogc.md has no place for “{title}”")
    DOCUMENT.write_text(text)


if __name__ == "__main__":
    with recorded_demonstration() as server:
        write(of_gdal(server) + (of_qgis(server) if "qgis" in sys.argv else []))
