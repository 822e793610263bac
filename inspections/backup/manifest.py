"""What a backup says of itself: `manifest.json`, and the list of its files as `sha256sum` reads it."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.canonical import canonical, digest_of
from accounts.errors import Refusal
from inspections.backup.files import sha256_of_file, write

NAME = "manifest.json"
FORMAT = 1
LINE = re.compile(
    r"([0-9a-f]{64})  (photos/(?:originals|display)/[0-9a-f]{2}/[0-9a-f]{64}(?:\.jpg)?|reports/[0-9a-f]{2}/[0-9a-f]{64}"
    r"|database-\w+\.\w+)"
)


class Unusable(Refusal):
    """A folder that cannot be restored, or not here."""

    code = "unusable_backup"


@dataclass(frozen=True)
class Manifest:
    """`made_at`: whatever was acknowledged before this moment is in the backup. `system`: when the first migration of
    the database ran, which tells one system from another. `migrations`: those that had run, as "app.name". `rows`: of
    each table. `database`, `files`: names of files beside the manifest; `files` lists every other one with its
    SHA-256, and `files_sha256` is its own. `lost`: photos and files of reports that were missing or damaged when the
    backup was made."""

    made_at: str
    system: str
    engine: str
    engine_version: str
    migrations: list[str]
    rows: dict[str, int]
    database: str
    files: str
    files_sha256: str
    photos: int
    lost: list[str]
    format: int = FORMAT

    @property
    def moment(self) -> str:
        """When, for people: in Asia/Shanghai."""
        return f"{timezone.localtime(datetime.fromisoformat(self.made_at)):%Y-%m-%d %H:%M:%S}"

    def write(self, folder: Path) -> None:
        content = asdict(self)
        text = json.dumps(content | {"digest": digest_of(canonical(content))}, ensure_ascii=False, indent=2)
        write(folder / NAME, [text.encode(), b"\n"])


def read(folder: Path) -> Manifest | None:
    """The manifest of a folder, None where there is none yet. Raises Unusable when it was altered or is not ours."""
    try:
        content: dict[str, Any] = json.loads((folder / NAME).read_text())
        digest = content.pop("digest")
        if content["format"] != FORMAT:
            raise Unusable(
                _("%(folder)s 的清单是第 %(given)s 种格式，这个版本只认得第 %(known)s 种，请用制作它的版本恢复。")
                % {"folder": folder, "given": content["format"], "known": FORMAT}
            )
        if digest != digest_of(canonical(content)):
            raise ValueError("digest")
        return Manifest(**content)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise Unusable(_("%(file)s 已损坏或被改动，不能使用。") % {"file": folder / NAME}) from problem


def listed(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """(SHA-256, path within the folder) of every file of a backup. Raises Unusable when the list was altered."""
    place = folder / manifest.files
    if sha256_of_file(place) != manifest.files_sha256:
        raise Unusable(_("%(file)s 缺失、已损坏或被改动，不能使用。") % {"file": place})
    for line in place.read_text().splitlines():
        if not (found := LINE.fullmatch(line)):
            raise Unusable(_("%(file)s 里有看不懂的一行：%(line)s") % {"file": place, "line": line})
        yield found[1], found[2]
