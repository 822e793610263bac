"""The real server in front of the demonstration, as `make run` starts it, with a DATA_DIR and a port of its own."""

import atexit
import contextlib
import functools
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.own_database import ROOT, manage

START_WITHIN = 300  # seconds; of a bureau the migrations too, on whatever machine


@dataclass(frozen=True)
class Bureau:
    """A bureau's server as `make bureau` starts it: its address, what was printed at the start, and where its data is."""

    address: str
    said: str
    data_dir: Path


@functools.cache
def _demonstration() -> Path:
    """A DATA_DIR as `make run` makes it of an empty one; every server begins with a copy of its own."""
    made = tempfile.TemporaryDirectory()
    atexit.register(made.cleanup)
    for command in ("migrate", "demo"):
        manage(command, DATA_DIR=made.name, DATABASE_URL="")
    return Path(made.name)


def copy_demonstration(data_dir: str | Path) -> None:
    shutil.copytree(_demonstration(), data_dir, dirs_exist_ok=True)


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """The demonstration's server. Yields its address; what it said is printed when it does not come up."""
    with _started() as (address, _said, _data_dir):
        yield address


@contextlib.contextmanager
def running_demonstration(**settings: str) -> Iterator[Bureau]:
    """The same, with its data: for tokens, and for what its server wrote down. `settings` are of its environment."""
    with _started(**settings) as (address, _said, data_dir):
        yield Bureau(address, "", Path(data_dir))


@contextlib.contextmanager
def running_bureau(name: str) -> Iterator[Bureau]:
    """The server of a new bureau: nothing but its divisions and its first administrator."""
    with _started("bureau", BUREAU_NAME=name) as (address, said, data_dir):
        said.seek(0)
        yield Bureau(address, said.read(), Path(data_dir))


@contextlib.contextmanager
def _started(*arguments: str, **settings: str) -> Iterator[tuple[str, Any]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data_dir, tempfile.TemporaryFile("w+") as said:
        environment = os.environ | {"DATA_DIR": data_dir, "PORT": str(port), "WEB_WORKERS": "2"} | settings
        environment |= {"DATABASE_URL": ""}  # SQLite in its DATA_DIR
        if not arguments:
            copy_demonstration(data_dir)
        server = subprocess.Popen(["scripts/run.sh", *arguments], cwd=ROOT, env=environment, stdout=said, stderr=said)
        try:
            _wait(f"http://127.0.0.1:{port}", server, said)
            yield f"http://127.0.0.1:{port}", said, data_dir
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(address: str, server: subprocess.Popen, said) -> None:
    give_up = time.monotonic() + START_WITHIN
    while time.monotonic() < give_up and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/livez", timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    said.seek(0)
    raise RuntimeError(f"the server did not come up:\n{said.read()}")


CHROMIUM: dict[str, Any] = {
    # Chromium without the windows around its pages, which would be drawn for every visit too: half the time.
    "executable_path": "/usr/bin/chromium-headless-shell",
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}
# A phone's: without its windows Chromium wakes no worker.
WHOLE_CHROMIUM = CHROMIUM | {"executable_path": "/usr/bin/chromium"}
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 860}
PASSWORD = "yueqing-demo-2018"


def sign_in(page, address: str, username: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.click("main button.primary")
    page.wait_for_url(f"{address}/")
