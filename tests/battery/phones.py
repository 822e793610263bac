"""Phones that send visits with a photo each until they hold a receipt for both, whatever happens to the server."""

import hashlib
import http.client
import io
import json
import random
import struct
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

PHOTO_BYTES, MOST_TRIES = 20_000, 2000
AGAIN = 0.05  # of the sent things are sent once more, as a phone does whose answer was lost


@dataclass
class Sent:
    """What was acknowledged: the digest by the visit's id, and the hash of its photo."""

    digests: dict[str, str] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    retries: int = 0
    wrong: list[str] = field(default_factory=list)  # answers that no phone should get


def jpeg(seed: int) -> bytes:
    """A picture of 20 kB that is like no other: a small one with a comment of random bytes in it."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "JPEG")
    small = file.getvalue()
    comment = random.Random(seed).randbytes(PHOTO_BYTES - len(small) - 4)
    return small[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + small[2:]


def visit_body(school: str, name: str, number: int, sha256: str) -> dict[str, Any]:
    return {
        "institution": school, "purpose": "routine", "result": "inspected",
        "happened_at": f"2018-10-{number % 28 + 1:02}T{number % 12 + 8:02}:{number % 60:02}:{number // 60 % 60:02}+08:00",
        "inspectors": [name], "position": {"longitude": 120.9, "latitude": 28.03, "accuracy_m": 12.0},
        "items": [{"type": "S02", "answer": "ok"}, {"type": "S01", "answer": "problem"}],
        "findings": [{"type": "S01", "note": f"第{number}次"}],
        "photos": [{"sha256": sha256, "slot": 1}], "note": f"{name} {number}",
    }  # fmt: skip


class Phone(threading.Thread):
    """Sends its visits one after another: the visit until it is stored, then the photo until it is."""

    def __init__(self, name: str, token: str, port: int, schools: list[str], visits: int, seed: int, told: Any):
        super().__init__(name=name, daemon=True)
        self.token, self.port, self.schools, self.visits, self.told = token, port, schools, visits, told
        self.random, self.seed, self.sent = random.Random(seed), seed, Sent()
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        for number in range(self.visits):
            data = jpeg(self.seed * 1_000_003 + number)
            sha256 = hashlib.sha256(data).hexdigest()
            pk = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
            body = json.dumps(visit_body(self.random.choice(self.schools), self.name, number, sha256)).encode()
            times = 2 if self.random.random() < AGAIN else 1
            for _ in range(times):
                receipt = self._until_taken(f"/api/v1/visits/{pk}/", body, "application/json")
                self.sent.digests[pk] = receipt["digest"]
            for _ in range(times):
                self._until_taken(f"/api/v1/visits/{pk}/photos/{sha256}/", data, "image/jpeg")
                self.sent.photos[pk] = sha256
            self.told()
        self._hang_up()

    def _until_taken(self, path: str, body: bytes, kind: str) -> dict[str, Any]:
        for _ in range(MOST_TRIES):
            status, answer = self._put(path, body, kind)
            if status in (200, 201):
                receipt: dict[str, Any] = json.loads(answer)
                return receipt
            if 0 < status < 500:
                self.sent.wrong.append(f"{path} {status} {answer[:200]!r}")
                raise RuntimeError(f"{status} {answer[:500]!r}")
            self.sent.retries += 1
            time.sleep(0.05 + self.random.random() / 10)
        raise RuntimeError(f"{path} was never taken")

    def _put(self, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
        """Status and body; 0 when the connection broke, or nobody was there."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self.connection.request("PUT", path, body, {"Authorization": f"Bearer {self.token}", "Content-Type": kind})
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return 0, b""

    def _hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
