"""Open a boundary file that somebody sent, in a limited child process (mapping/boundaries/reading)."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from django.conf import settings

from mapping.boundaries import refusals
from mapping.boundaries.reading.frames import Limits

# Numpy's threads take room for each processor of the machine: on a large one more than the child may have.
PATIENCE_S = 10.0
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # all that the child is told of the server
_one_at_a_time = threading.Lock()  # each may take a gigabyte and a minute


@dataclass(frozen=True)
class Feature:
    """An area of the file: its number in it from 1, its attributes, the area in WGS-84 as hexadecimal WKB."""

    number: int
    values: Mapping[str, str]
    wkb: str

    @cached_property
    def area(self) -> Any:
        import shapely

        return shapely.from_wkb(self.wkb)


@dataclass(frozen=True)
class Reading:
    """What a file holds: `system` and `encoding` as they were found, `overlaps` the numbers of areas that lie over one
    another, two by two (readings kept by an earlier release have none)."""

    layer: str
    system: str
    encoding: str
    features: list[Feature]
    overlaps: list[list[int]] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(name for each in self.features for name in each.values if name))

    def packed(self) -> bytes:
        return gzip.compress(json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode(), mtime=0)

    @classmethod
    def unpacked(cls, packed: bytes) -> "Reading":
        kept = json.loads(gzip.decompress(packed))
        return cls(**kept | {"features": [Feature(**each) for each in kept["features"]]})


def limits_now() -> Limits:
    return replace(Limits(), most_bytes=settings.BOUNDARY_MAX_MB * 1024 * 1024)


def read_boundaries(data: bytes, datum: str, limits: Limits | None = None) -> Reading:
    """Raises UnreadableBoundaries (422), TooManyBytes (413)."""
    limits = limits or limits_now()
    if len(data) > limits.most_bytes:
        raise too_many_bytes(limits.most_bytes)
    said = _child(data, datum, limits)
    if "refused" in said:
        raise refusals.refusal(*said["refused"])
    features = [Feature(number, **each) for number, each in enumerate(said["read"].pop("features"), start=1)]
    return Reading(**said["read"], features=features)


def too_many_bytes(most: int) -> refusals.TooManyBytes:
    return refusals.TooManyBytes(str(refusals.TOO_MANY_BYTES).format(most=most >> 20))


def _child(data: bytes, datum: str, limits: Limits) -> dict[str, Any]:
    command = [sys.executable, "-m", "mapping.boundaries.reading", json.dumps(asdict(limits)), datum]
    if not _one_at_a_time.acquire(timeout=PATIENCE_S):
        raise refusals.refusal("BUSY", {})
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and module)
            command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=settings.BASE_DIR,
            timeout=limits.seconds, check=False, env=ONE_THREAD,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise refusals.refusal("READ_TOO_LONG", {"seconds": limits.seconds}) from None
    finally:
        _one_at_a_time.release()
    if done.returncode in (-9, -24):  # killed, or out of processor time
        raise refusals.refusal("READ_TOO_LONG", {"seconds": limits.seconds})
    try:
        said: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise refusals.refusal("READ_FAILED", {}) from None
    return said
