"""The real server with a DATA_DIR of its own: killed without a word, started again where it was."""

import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.browser.server import ROOT, START_WITHIN, copy_demonstration

ELSEWHERE = "phones.test"  # a name that is no machine's own: a page there is not in a secure context


class FieldServer:
    def __enter__(self) -> "FieldServer":
        self.folder = tempfile.TemporaryDirectory()
        self.data_dir = Path(self.folder.name)
        copy_demonstration(self.data_dir)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()
        return self

    def __exit__(self, *_raised) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.folder.cleanup()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _environment(self) -> dict[str, str]:
        ours = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "WEB_WORKERS": "2", "WORKER": "off"}
        ours["ALLOWED_HOSTS"] = f"127.0.0.1,localhost,{ELSEWHERE}"
        return os.environ | ours | {"DATABASE_URL": ""}

    def start(self, **settings: str) -> None:
        self.process = subprocess.Popen(
            ["scripts/run.sh"],
            cwd=ROOT,
            env=self._environment | settings,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        )
        give_up = time.monotonic() + START_WITHIN
        while time.monotonic() < give_up and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.address}/livez", timeout=2).close()
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        raise RuntimeError("the server did not come up")

    def is_down(self) -> bool:
        return self.process.poll() is not None

    def kill(self) -> None:
        """kill -9 of the server and its workers, until the last of them has let the port go."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)
        give_up = time.monotonic() + 30
        while self._somebody_listens() and time.monotonic() < give_up:
            time.sleep(0.05)

    def _somebody_listens(self) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError:
                return True
        return False

    def run(self, code: str) -> str:
        """What `code` prints, run in the project on this server's data."""
        command = [".venv/bin/python", "manage.py", "shell", "--verbosity", "0", "--command", code]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()
