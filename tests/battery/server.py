"""The production server as a process of its own: started, killed without a word, started again."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 60.0


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


class Server:
    """gunicorn with the settings of `make run`; `within` is a command that it runs inside of (a namespace, say)."""

    def __init__(
        self, environment: dict[str, str], root: Path = ROOT, within: tuple[str, ...] = (), app: str = "config.wsgi"
    ):
        self.port, self.root, self.within, self.app = free_port(), root, within, app
        self.environment = (
            os.environ
            | {
                "ENV_FILE": os.devnull,
                "PORT": str(self.port),
                "API_RATE": "10000000/min",
                "LOG_LEVEL": "ERROR",
                "WORKER": "off",
            }
            | environment
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Raises RuntimeError when it does not answer in time."""
        command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", self.app]
        self.process = subprocess.Popen(
            [*self.within, *command], cwd=self.root, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        patience = time.monotonic() + PATIENCE_S
        while time.monotonic() < patience and self.process.poll() is None:
            if self.answers("/livez"):  # whatever it says: the peer of the benchmark has no such page
                return
            time.sleep(0.05)
        raise RuntimeError(f"the server does not answer: {self.process.poll()}")

    def answers(self, path: str) -> int:
        """The status of a GET; 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def kill(self) -> None:
        """kill -9 of the server and its workers, in the middle of whatever they do."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
