"""`manage.py backup DIR`: into a new folder, or into that of an earlier backup of the same system, of which the photos
stay and the database is replaced once the new one is whole. Nothing is changed in place: hard links to it are safe."""

import fcntl
import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.utils.translation import gettext as _

from accounts.errors import Refusal, enumerated
from inspections.backup import manifest as manifests
from inspections.backup.databases import Failed, Snapshot, engine, tables
from inspections.backup.files import PART, Say, counted, sha256_of_file, sync_folder, write
from inspections.backup.manifest import Manifest
from inspections.photos import display_file, original_file

REPORTS = "reports"  # the folder of reports/files.py, which is above this room
GENERATION = re.compile(r"(database|files)-\w+\.(sqlite3|dump|sha256)(\.part.*)?")
OURS = {
    manifests.NAME,
    manifests.NAME + PART,
    "photos",
    "reports",
    "lost+found",
}  # the last is in the root of a disk of its own


class Unfinished(Refusal):
    """Nothing was made that could be taken for a backup."""

    code = "unfinished_backup"
    status = 507


@dataclass(frozen=True)
class Made:
    """`lost`: photos that rows name and that are missing or damaged here and in the folder."""

    manifest: Manifest
    copied: int
    kept: int

    @property
    def lost(self) -> list[str]:
        return self.manifest.lost


def back_up(folder: Path, say: Say) -> Made:
    """Copy database and photos of one moment, while others work. Tells `say` how far it is.

    Raises Refusal when the folder is not for this, a programme is missing, or it could not be finished (a full disk,
    say): then what the folder held before is as good as it was.
    """
    folder = folder.absolute()
    _check_place(folder)
    if not tables():
        raise Refusal(_("这里的数据库还是空的，没有可备份的内容（DATA_DIR=%(dir)s）。") % {"dir": settings.DATA_DIR})
    engine().ready()
    try:
        with _locked(folder) as before:
            return _made(folder, before, say)
    except (OSError, sqlite3.Error, Error, Failed) as problem:
        raise Unfinished(
            _(
                "备份没有完成：%(problem)s。%(folder)s 里没有新的备份；以前做成的一份（如有）仍然有效，"
                "再次执行会接着做。"
            )
            % {"problem": problem, "folder": folder}
        ) from problem


def _check_place(folder: Path) -> None:
    """Beside the data, in a folder that is there: where a disk is not mounted, nothing is made in its stead."""
    data, here = Path(settings.DATA_DIR).resolve(), folder.resolve()
    if here == data or data in here.parents or here in data.parents:
        raise Refusal(
            _("备份不能放在数据自己的文件夹里，也不能包含它（DATA_DIR=%(dir)s）：请换一个地方，最好是另一块磁盘。")
            % {"dir": data}
        )
    if not folder.parent.is_dir():
        raise Refusal(_("没有文件夹 %(parent)s（磁盘没有挂载？），没有备份。") % {"parent": folder.parent})
    if folder.exists() and not folder.is_dir():
        raise Refusal(_("%(folder)s 不是文件夹，没有备份。") % {"folder": folder})


@contextmanager
def _locked(folder: Path) -> Iterator[Manifest | None]:
    """The folder for this backup alone, readable by its owner only; with what was made in it before."""
    folder.mkdir(mode=0o700, exist_ok=True)
    _check_content(folder)
    with suppress(PermissionError):  # not every file system of others knows it
        folder.chmod(0o700)
    handle = os.open(folder, os.O_RDONLY)
    try:
        _take(handle, folder)
        yield manifests.read(folder)
    finally:
        os.close(handle)


def _take(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refusal(_("另一次备份正在写 %(folder)s，这一次没有做。") % {"folder": folder}) from None


def _check_content(folder: Path) -> None:
    strange = sorted(each.name for each in folder.iterdir() if each.name not in OURS and not _is_generation(each))
    if strange:
        raise Refusal(
            _("%(folder)s 里有别的东西（%(names)s），没有备份：请给一个新的文件夹，或以前备份用的文件夹。")
            % {"folder": folder, "names": enumerated(strange[:3])}
        )


def _is_generation(place: Path) -> bool:
    return GENERATION.fullmatch(place.name) is not None


def _made(folder: Path, before: Manifest | None, say: Say) -> Made:
    _tidy(folder, before)
    part = folder / f"database-new.{engine().suffix}{PART}"
    try:
        part.touch(mode=0o600)
        say(_("正在复制数据库……"))
        snapshot = engine().save(part)
        _check_same_system(folder, before, snapshot)
        stem = f"{snapshot.taken_at.astimezone(UTC):%Y%m%dT%H%M%S%f}Z"
        database, files = f"database-{stem}.{engine().suffix}", f"files-{stem}.sha256"
        digest = sha256_of_file(part)
        os.replace(part, folder / database)
    finally:
        for left in (part, part.with_name(part.name + "-journal")):
            left.unlink(missing_ok=True)
    photos = _Photos(folder, snapshot, say)
    files_sha256 = write(folder / files, _lines(digest, database, photos))
    sync_folder(folder)
    made = Manifest(
        made_at=snapshot.taken_at.isoformat(),
        system=snapshot.system,
        engine=engine().vendor,
        engine_version=snapshot.version,
        migrations=snapshot.migrations,
        rows=snapshot.rows,
        database=database,
        files=files,
        files_sha256=files_sha256,
        photos=photos.copied + photos.kept,
        lost=photos.lost,
    )
    made.write(folder)
    _tidy(folder, made)
    return Made(made, photos.copied, photos.kept)


def _tidy(folder: Path, manifest: Manifest | None) -> None:
    """Take away databases and lists that no manifest names: an older one's, or one's that was never finished."""
    named = {manifest.database, manifest.files} if manifest else set()
    for each in folder.iterdir():
        if _is_generation(each) and each.name not in named:
            each.unlink()


def _check_same_system(folder: Path, before: Manifest | None, snapshot: Snapshot) -> None:
    if before is not None and (before.engine, before.system) != (engine().vendor, snapshot.system):
        raise Refusal(
            _(
                "%(folder)s 里是另一套系统（%(engine)s，始建于 %(system)s）的备份，没有覆盖：请换一个文件夹，"
                "或核对 DATA_DIR 和 DATABASE_URL。"
            )
            % {"folder": folder, "engine": before.engine, "system": before.system}
        )


def _lines(digest: str, database: str, photos: "_Photos") -> Iterator[bytes]:
    yield f"{digest}  {database}\n".encode()
    for sha256, path in photos:
        yield f"{sha256}  {path}\n".encode()


class _Photos:
    """(SHA-256, path) of every photo's files and of every file of a report, each once it is in the folder; how many
    photos were copied and kept, and what was lost."""

    def __init__(self, folder: Path, snapshot: Snapshot, say: Say):
        self.folder, self.snapshot, self.say = folder, snapshot, say
        self.copied = self.kept = 0
        self.lost: list[str] = []

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for sha256 in counted(sorted(self.snapshot.named), self.say, _("照片 %(done)s/%(all)s")):
            if self._original(sha256):
                yield sha256, _path(original_file(sha256))
                yield from self._display(sha256)
            elif sha256 in self.snapshot.stored:
                self.lost.append(sha256)
        for sha256 in sorted(self.snapshot.reported):
            if self._kept(Path(settings.DATA_DIR) / REPORTS / sha256[:2] / sha256, sha256) is not None:
                yield sha256, f"{REPORTS}/{sha256[:2]}/{sha256}"
            else:
                self.lost.append(sha256)

    def _original(self, sha256: str) -> bool:
        there = self._kept(original_file(sha256), sha256)
        if there is not None:
            self.copied, self.kept = self.copied + there, self.kept + (not there)
        return there is not None

    def _kept(self, original: Path, sha256: str) -> bool | None:
        """Is a file in the folder: True when it was copied now, False when it was there before, None when neither."""
        place = self.folder / _path(original)
        if sha256_of_file(place) == sha256:
            return False
        data = _bytes_of(original)
        if data is None or hashlib.sha256(data).hexdigest() != sha256:
            return None
        write(place, [data])
        return True

    def _display(self, sha256: str) -> Iterator[tuple[str, str]]:
        """The copy people see; one that is missing is made again from the original (`verify_photos`)."""
        data = _bytes_of(display_file(sha256))
        if data is not None:
            digest, path = hashlib.sha256(data).hexdigest(), _path(display_file(sha256))
            if sha256_of_file(self.folder / path) != digest:
                write(self.folder / path, [data])
            yield digest, path


def _path(place: Path) -> str:
    return place.relative_to(settings.DATA_DIR).as_posix()


def _bytes_of(place: Path) -> bytes | None:
    """None where the file is missing or the disk no longer gives it: the rest is backed up all the same."""
    try:
        return place.read_bytes()
    except OSError:
        return None
