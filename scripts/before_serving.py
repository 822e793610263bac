"""What has to hold before anything is made or printed: the port is free, and the database of an earlier release is its
owner's alone.

Exits with 1 and one sentence, in Chinese and in English, when the port is taken or is none.
"""

import os
import runpy
import socket
import stat
import sys
from pathlib import Path

HIGHEST = 65535
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def main(how: str) -> None:
    host, port = runpy.run_path("config/gunicorn.py")["bind"].rsplit(":", 1)  # reads .env, too
    if not (port.isascii() and port.isdecimal() and 0 < int(port) <= HIGHEST):
        sys.exit(f"PORT={port} 不是端口号，应为 1 至 {HIGHEST}。PORT={port} is no port number: 1 to {HIGHEST}.")
    if not is_free(host, int(port)):
        other = next((each for each in range(int(port) + 1, HIGHEST + 1) if is_free(host, each)), 8001)
        again = f"PORT={other} make {how}"
        sys.exit(f"端口 {port} 已被占用，请用 {again}。Port {port} is in use: {again} takes another one.")
    for file in Path(os.environ.get("DATA_DIR") or "var").glob("inspections.sqlite3*"):
        if file.stat().st_mode & OTHERS:
            file.chmod(file.stat().st_mode & ~OTHERS)


def is_free(host: str, port: int) -> bool:
    """Whether the server could listen there; as gunicorn does, an address just left counts as free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    main(sys.argv[1])
