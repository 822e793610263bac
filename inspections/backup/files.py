"""Files that are whole or not there: written under another name, on stable storage, then renamed."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

PART = ".part"  # the end of a name under which something is being written
CHUNK = 1024 * 1024  # bytes

Say = Callable[[str], object]


def write(place: Path, chunks: Iterable[bytes]) -> str:
    """Make or replace a file that only its owner reads; its SHA-256. Raises OSError when there is no room."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, part = hashlib.sha256(), place.with_name(place.name + PART)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, place)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(place.parent)
    return digest.hexdigest()


def chunks_of(place: Path) -> Iterator[bytes]:
    with open(place, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def sha256_of_file(place: Path) -> str:
    """SHA-256, 64 hexadecimal digits; empty where there is no such file."""
    digest = hashlib.sha256()
    try:
        for chunk in chunks_of(place):
            digest.update(chunk)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def sync(place: Path) -> None:
    """Onto stable storage: a file that another programme has written."""
    file = os.open(place, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def sync_folder(folder: Path) -> None:
    sync(folder)


def counted(things: list[str], say: Say, words: str) -> Iterator[str]:
    """The things one by one, saying now and then how many have been done: `words` with their number and that of all."""
    step = max(len(things) // 10, 1000)
    for number, thing in enumerate(things, start=1):
        yield thing
        if number % step == 0 or number == len(things):
            say(words % {"done": number, "all": len(things)})
