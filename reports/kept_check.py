"""What was submitted compared with what it was: contents with their digests, files with their names
(`manage.py verify_reports`)."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.canonical import digest_of
from reports.files import CHUNK, KIND, kept_file
from reports.models import ReportFile, ReportVersion

SETTLED_S = 3600  # a younger file may be one whose row is being written


@dataclass
class Found:
    """`wrong`: a sentence for each version or file that is not what was submitted. `without_row`: files that no row
    names; `swept`: of these those that were left half written."""

    versions: int = 0
    files: int = 0
    swept: int = 0
    wrong: list[str] = field(default_factory=list)
    without_row: list[Path] = field(default_factory=list)


def check() -> Found:
    found = Found()
    for version in ReportVersion.objects.order_by("submitted_at", "pk").iterator():
        found.versions += 1
        if digest_of(version.content) != version.sha256:
            found.wrong.append(_("报告 %(report)s 第 %(number)s 版的内容与它的 SHA-256 不符。") % _said(version))
    for file in ReportFile.objects.select_related("version").order_by("pk").iterator():
        found.files += 1
        if why := _fault_of(file.sha256):
            said = _said(file.version) | {"name": file.name, "why": why}
            found.wrong.append(_("报告 %(report)s 第 %(number)s 版的文件 %(name)s：%(why)s") % said)
    _look_at_files(found)
    return found


def _said(version: ReportVersion) -> dict[str, object]:
    return {"report": version.report_id, "number": version.number}


def _fault_of(sha256: str) -> str:
    digest = hashlib.sha256()
    try:
        with kept_file(sha256).open("rb") as file:
            for some in iter(lambda: file.read(CHUNK), b""):
                digest.update(some)
    except FileNotFoundError:
        return _("文件不在。")
    except OSError as problem:
        return _("文件读不出来：%(problem)s") % {"problem": problem}
    return "" if digest.hexdigest() == sha256 else _("内容已不是提交时的内容。")


def _look_at_files(found: Found) -> None:
    named = set(ReportFile.objects.order_by().values_list("sha256", flat=True).distinct())
    for place in _files():
        if place.name in named or not _is_settled(place):
            continue
        if place.name.startswith("tmp"):
            place.unlink(missing_ok=True)
            found.swept += 1
        else:
            found.without_row.append(place)


def _files() -> Iterator[Path]:
    for place in sorted((Path(settings.DATA_DIR) / KIND).rglob("*")):
        if place.is_file():
            yield place


def _is_settled(place: Path) -> bool:
    with suppress(FileNotFoundError):  # renamed meanwhile
        return time.time() - place.stat().st_mtime > SETTLED_S
    return False
