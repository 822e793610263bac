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
MADE = 'mount -t tmpfs -o size={size}m none {at} && cp -a {from_}/. {at}/ && exec "$@"'


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

    def remount(self, how: str) -> None:
        pid = str(self.server.process.pid)
        inside = ["nsenter", "--target", pid, "--user", "--mount", "--preserve-credentials"]
        subprocess.run([*inside, "mount", "-o", f"remount,{how}", str(self.at)], check=True, capture_output=True)


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


@pytest.fixture
def disk(tmp_path, prepared) -> Iterator[Disk]:
    script = MADE.format(size=DISK_MB, at=tmp_path, from_=prepared[0])
    server = Server(
        {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}, within=("unshare", "-rm", "sh", "-c", script, "sh")
    )
    server.start()
    try:
        yield Disk(server, tmp_path)
    finally:
        server.kill()


@pytest.fixture
def put(disk, prepared):
    token, schools = prepared[1]["tokens"]["phone0"], prepared[1]["schools"]

    def sent(method: str, path: str, body: bytes = b"", kind: str = "application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", disk.server.port, timeout=60)
        connection.request(method, path, body, {"Authorization": f"Bearer {token}", "Content-Type": kind})
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        return answer.status, answer.headers, told

    class Put:
        def visit(self, number: int, pk: str, data: bytes):
            body = visit_body(schools[number % len(schools)], "phone0", number, hashlib.sha256(data).hexdigest())
            return sent("PUT", f"/api/v1/visits/{pk}/", json.dumps(body).encode())

        def photo(self, pk: str, data: bytes):
            path = f"/api/v1/visits/{pk}/photos/{hashlib.sha256(data).hexdigest()}/"
            return sent("PUT", path, data, "image/jpeg")

        def receipt(self, pk: str):
            return sent("GET", f"/api/v1/visits/{pk}/receipt/")

    return Put()


def full(disk: Disk) -> None:
    disk.fill()


def read_only(disk: Disk) -> None:
    disk.remount("ro")


def again(disk: Disk) -> None:
    disk.remount("rw")


@pytest.mark.parametrize(("trouble", "cure"), [(full, Disk.make_room), (read_only, again)], ids=["full", "read-only"])
def test_what_was_acknowledged_stays_and_what_was_refused_is_taken_on_retry(disk, put, trouble, cure):
    kept, refused = str(uuid.uuid4()), str(uuid.uuid4())
    first, second = jpeg(1), jpeg(2)
    assert [put.visit(1, kept, first)[0], put.photo(kept, first)[0]] == [201, 200]
    ready = disk.server.answers("/readyz")

    trouble(disk)
    answers = [put.visit(2, refused, second), put.photo(kept, jpeg(1))]
    red = disk.server.answers("/readyz")
    cure(disk)

    visit, _photo = answers
    assert (ready, red, disk.server.answers("/readyz")) == (200, 503, 200)
    assert visit[0] in (503, 507)
    assert (visit[1]["Content-Type"], bool(visit[1]["Retry-After"]), bool(visit[2]["message"])) == (
        "application/json",
        True,
        True,
    )
    assert put.receipt(kept)[2]["evidence"] == "complete"
    assert put.receipt(refused)[0] == 404
    assert [put.visit(2, refused, second)[0], put.photo(refused, second)[0]] == [201, 200]


def test_photo_on_a_full_disk_is_refused_and_taken_on_retry(disk, put):
    pk, data = str(uuid.uuid4()), jpeg(3)
    put.visit(3, pk, data)

    disk.fill()
    status, headers, _told = put.photo(pk, data)
    disk.make_room()

    assert (status in (503, 507), bool(headers["Retry-After"])) == (True, True)
    assert put.receipt(pk)[2]["evidence"] == "incomplete"
    assert put.photo(pk, data)[2]["evidence"] == "complete"
