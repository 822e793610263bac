"""A real server on a real small disk that fills up, becomes read-only, and is written to again."""

import contextlib
import hashlib
import http.client
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.battery.phones import jpeg, visit_body
from tests.battery.server import ROOT, Server
from tests.own_database import manage

DISK_MB = 24
MADE = (
    "mount -t tmpfs -o size={size}m none {at} && cp -a {from_}/. {at}/ && "
    'mount -o remount,size={size}m,{how} {at} && exec "$@"'
)


class Disk:
    """A tmpfs in a namespace of its own, seen from here through its server's process."""

    def __init__(self, server: Server, at: Path):
        self.server, self.at = server, at

    @property
    def seen(self) -> Path:
        return Path(f"/proc/{self.server.process.pid}/root{self.at}")

    def fill(self) -> None:
        """Down to the last byte."""
        with open(self.seen / "filler", "ab", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"0" * size) == size:
                        pass

    def make_room(self) -> None:
        (self.seen / "filler").unlink()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> tuple[Path, dict]:
    """A database with a township, and what a phone needs to know of it."""
    folder = tmp_path_factory.mktemp("prepared")
    environment = {"DATA_DIR": str(folder), "DATABASE_URL": ""}
    manage("migrate", **environment)
    made = subprocess.run(
        [sys.executable, "-m", "tests.battery.inside", "bureau", "1"], cwd=ROOT, check=True, capture_output=True,
        env=os.environ | {"ENV_FILE": os.devnull} | environment,
    )  # fmt: skip
    return folder, json.loads(made.stdout)


def served_from(prepared, at: Path, how: str = "rw") -> Server:
    """A server on a small disk of its own with a copy of what was prepared."""
    script = MADE.format(size=DISK_MB, at=at, from_=prepared[0], how=how)
    return Server({"DATA_DIR": str(at), "DATABASE_URL": ""}, within=("unshare", "-rm", "sh", "-c", script, "sh"))


@pytest.fixture
def disk(tmp_path, prepared) -> Iterator[Disk]:
    server = served_from(prepared, tmp_path)
    server.start()
    try:
        yield Disk(server, tmp_path)
    finally:
        server.kill()


class Phone:
    def __init__(self, server: Server, bureau: dict):
        self.server, self.token, self.schools = server, bureau["tokens"]["phone0"], bureau["schools"]

    def send(self, method: str, path: str, body: bytes = b"", kind: str = "application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        connection.request(method, path, body, {"Authorization": f"Bearer {self.token}", "Content-Type": kind})
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        return answer.status, answer.headers, told

    def visit(self, number: int, pk: str, data: bytes):
        school = self.schools[number % len(self.schools)]
        body = visit_body(school, "phone0", number, hashlib.sha256(data).hexdigest())
        return self.send("PUT", f"/api/v1/visits/{pk}/", json.dumps(body).encode())

    def photo(self, pk: str, data: bytes):
        path = f"/api/v1/visits/{pk}/photos/{hashlib.sha256(data).hexdigest()}/"
        return self.send("PUT", path, data, "image/jpeg")

    def receipt(self, pk: str):
        return self.send("GET", f"/api/v1/visits/{pk}/receipt/")


@pytest.fixture
def put(disk, prepared) -> Phone:
    return Phone(disk.server, prepared[1])


def test_what_was_acknowledged_stays_and_what_was_refused_is_taken_on_retry(disk, put):
    kept, refused = str(uuid.uuid4()), str(uuid.uuid4())
    first, second = jpeg(1), jpeg(2)
    stored = [put.visit(1, kept, first)[0], put.photo(kept, first)[0]]
    ready = disk.server.answers("/readyz")

    disk.fill()
    status, headers, told = put.visit(2, refused, second)
    red = disk.server.answers("/readyz")
    disk.make_room()

    assert (stored, ready, red, disk.server.answers("/readyz")) == ([201, 200], 200, 503, 200)
    assert status in (503, 507)
    assert (headers["Content-Type"], bool(headers["Retry-After"]), bool(told["message"])) == (
        "application/json",
        True,
        True,
    )
    assert put.receipt(kept)[2]["evidence"] == "complete"
    assert put.receipt(refused)[0] == 404
    assert [put.visit(2, refused, second)[0], put.photo(refused, second)[0]] == [201, 200]


def test_read_only_volume_is_said(tmp_path, prepared):
    server, pk, data = served_from(prepared, tmp_path, "ro"), str(uuid.uuid4()), jpeg(4)
    server.start()
    try:
        status, headers, told = Phone(server, prepared[1]).visit(4, pk, data)
        red = server.answers("/readyz")
    finally:
        server.kill()

    assert (status in (503, 507), bool(headers["Retry-After"]), bool(told["message"]), red) == (True, True, True, 503)


def test_photo_on_a_full_disk_is_refused_and_taken_on_retry(disk, put):
    pk, data = str(uuid.uuid4()), jpeg(3)
    put.visit(3, pk, data)

    disk.fill()
    status, headers, _told = put.photo(pk, data)
    disk.make_room()

    assert (status in (503, 507), bool(headers["Retry-After"])) == (True, True)
    assert put.receipt(pk)[2]["evidence"] == "incomplete"
    assert put.photo(pk, data)[2]["evidence"] == "complete"
