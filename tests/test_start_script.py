"""How the server is started: what is refused is said in one sentence, before anything is made."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def start(tmp_path):
    """Run a script with a DATA_DIR of its own that does not exist yet: its code, what it said, and the directory."""

    def run(*command: str, port: int | str) -> tuple[int, str, Path]:
        data_dir = tmp_path / "data"
        environment = os.environ | {"DATA_DIR": str(data_dir), "PORT": str(port), "DATABASE_URL": ""}
        environment["ENV_FILE"] = str(tmp_path / "none.env")
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr, data_dir

    return run


@pytest.fixture
def taken():
    """A port on which somebody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.mark.parametrize(("arguments", "again"), [([], "make run"), (["bureau"], "make bureau")])
def test_port_in_use_is_said_before_anything_is_made(start, taken, arguments, again):
    code, said, data_dir = start("scripts/run.sh", *arguments, port=taken)

    assert code == 1
    assert said.startswith(f"端口 {taken} 已被占用，请用 PORT=")
    assert f"Port {taken} is in use: PORT=" in said
    assert said.count(again) == 2
    assert said.count("\n") == 1
    assert not data_dir.exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "８０００"])
def test_port_that_is_none_is_said(start, port):
    code, said, _data_dir = start("scripts/run.sh", port=port)

    assert (code, said.count("\n")) == (1, 1)
    assert f"PORT={port} 不是端口号" in said


def test_database_of_an_earlier_release_is_closed_to_others(start, tmp_path):
    (tmp_path / "data").mkdir()
    files = [tmp_path / "data" / name for name in ("inspections.sqlite3", "inspections.sqlite3-wal")]
    for file in files:
        file.touch()
        file.chmod(0o644)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]

    code, said, _data_dir = start(".venv/bin/python", "scripts/before_serving.py", "run", port=free)

    assert (code, said) == (0, "")
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
