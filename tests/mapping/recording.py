"""The demonstration's server, and what programs for maps ask it, in the order in which they ask."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.server import ROOT, Bureau, running_demonstration

# One request at a time: each line is written before the next request is looked at.
ONE_BY_ONE = "--worker-class sync --threads 1 --workers 1 --access-logfile {log} --access-logformat '{line}'"
LINE = "%(r)s|%(s)s|%({accept}i)s|%({authorization}i)s"
SAID_BY_THE_SERVER = [(r"(as_of=)2\d{3}-\d\d-\d\d(?=&known_at)", r"\1…"), (r"(known_at|after)=[^& ]+", r"\1=…")]


@dataclass
class Recorded:
    """A server whose requests are written down; `address` without a slash at the end."""

    bureau: Bureau
    log: Path
    read: int = 0

    @property
    def ogc(self) -> str:
        return f"{self.bureau.address}/ogc"

    def token(self, username: str) -> str:
        environment = os.environ | {"DATA_DIR": str(self.bureau.data_dir), "DATABASE_URL": "", "ENV_FILE": "/dev/null"}
        made = [sys.executable, "manage.py", "create_token", username]
        return subprocess.run(
            made, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()

    def asked(self) -> list[str]:
        """The requests since this was asked last, without what differs each time: "GET /ogc 200 (Basic)"."""
        urllib.request.urlopen(
            f"{self.bureau.address}/livez"
        ).close()  # answered when the line of the last one is written
        lines = self.log.read_text().splitlines()
        since, self.read = lines[self.read :], len(lines)
        return [_plain(line) for line in since if " /ogc" in line]

    def read_by_gdal(self, *, question: str = "", **how: Any) -> tuple[list[dict], list[Any]]:
        """Properties and geometries (WKB or None) as pyogrio reads them."""
        import pyogrio

        meta, _ids, geometries, columns = pyogrio.raw.read(f"OAPIF:{self.ogc}{question}", layer="institutions", **how)
        rows = zip(*columns, strict=True) if len(columns) else []
        return [dict(zip(meta["fields"], row, strict=True)) for row in rows], list(geometries)


def _plain(line: str) -> str:
    request, status, _accept, authorization = line.split("|")
    method, path, _http = request.split(" ")
    for pattern, instead in SAID_BY_THE_SERVER:
        path = re.sub(pattern, instead, path)
    return f"{method} {path} {status} ({authorization.split(' ')[0]})"


@contextlib.contextmanager
def recorded_demonstration() -> Iterator[Recorded]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "access.log"
        arguments = ONE_BY_ONE.format(log=log, line=LINE)
        with running_demonstration(GUNICORN_CMD_ARGS=arguments) as bureau:
            yield Recorded(bureau, log)
