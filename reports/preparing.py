"""Workbooks whose annex is too long to wait for: asked for on a page, made by `manage.py worker`, kept for a week; that
of a submitted report is made of what was submitted, and kept with it.

A run is a row: who asked for it, how far it is, how it ended. One that died is begun again.
"""

import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refusal
from accounts.models import User
from accounts.permissions import has_permission
from accounts.roles import Permission
from figures.statistics import population
from institutions.models import Division, Institution
from institutions.moments import Moment
from reports.annex import annex_rows
from reports.as_xlsx import as_xlsx
from reports.files import CHUNK, keep
from reports.formats import file_name
from reports.models import PreparedFile, ReportFile, ReportVersion
from reports.printed import Printed

KEPT_FOR = timedelta(days=7)
EVERY_S = 0.5  # between two notes of progress
MAY = (Permission.PREPARE_REPORT, Permission.APPROVE_REPORT)
State = PreparedFile.State

logger = logging.getLogger(__name__)


class Interrupted(Exception):
    """The worker is to end: the file waits for the next."""


def is_long(printed: Printed) -> bool:
    """Whether a page should not wait for the report's workbook."""
    return bool(printed["annex"]["rows"] > settings.REPORT_ROWS_AT_ONCE)


def may_take(user: User, division: Division) -> bool:
    return any(has_permission(user, permission, division.scope_code) for permission in MAY)


def place_of(prepared: PreparedFile) -> Path:
    return Path(settings.DATA_DIR) / "prepared" / f"{prepared.pk}.xlsx"


def ask_for(printed: Printed, *, by: User, question: str = "") -> PreparedFile:
    """Have the workbook of a live report made by the worker; the one that is being made of the same, if there is one.

    Effects: a PreparedFile, an audit row.
    """
    content = printed.as_json()
    with transaction.atomic():
        waiting = PreparedFile.objects.filter(division=printed["division"], question=question, requested_by=by)
        if found := waiting.filter(finished_at__isnull=True).first():
            return found
        prepared = PreparedFile.objects.create(
            division_id=printed["division"],
            content=content,
            question=question[:500],
            file_name=file_name(printed, "xlsx"),
            total=printed["annex"]["rows"],
            requested_by=by,
            requested_at=timezone.now(),
        )
        told = {"file_name": prepared.file_name, "rows": prepared.total}
        audit.write(
            "report_file.asked_for", prepared, by=by, after=told, scope_code=prepared.division.scope_code, first=True
        )
    return prepared


def leave_to_the_worker(version: ReportVersion, *, at: datetime) -> PreparedFile:
    """Have the workbook of a version that was just submitted made afterwards. Effects: a PreparedFile."""
    return PreparedFile.objects.create(
        version=version,
        division_id=version.report.division_id,
        file_name=file_name(version.printed, "xlsx"),
        total=version.printed["annex"]["rows"],
        requested_by=version.submitted_by,
        requested_at=at,
    )


def take_on_next(stop: Callable[[], bool] = lambda: False) -> bool:
    """Make the file that waits longest; False when none does."""
    now = timezone.now()
    for prepared in PreparedFile.objects.to_take_on(now):
        waiting = PreparedFile.objects.to_take_on(now).order_by().filter(pk=prepared.pk)
        if waiting.update(state=State.RUNNING, alive_at=now, finished_at=None, problem=""):
            clear_away(now)
            make(PreparedFile.objects.select_related("division", "requested_by", "version").get(pk=prepared.pk), stop)
            return True
    return False


def is_waiting() -> bool:
    return PreparedFile.objects.to_take_on(timezone.now()).exists()


def clear_away(now: datetime) -> None:
    """Files of last week: they are made anew when somebody asks."""
    for old in PreparedFile.objects.filter(finished_at__lt=now - KEPT_FOR, version=None):
        place_of(old).unlink(missing_ok=True)
        old.delete()


def make(prepared: PreparedFile, stop: Callable[[], bool] = lambda: False) -> None:
    """Write the file. It ends DONE, or FAILED with a sentence; asked to `stop` it waits for the next worker.

    Raises DatabaseError, after which it can be taken on again.
    """
    try:
        tell = _Note(prepared, stop)
        if prepared.version is not None:
            sha256, size = _kept(prepared, prepared.version, tell)
        elif may_take(prepared.requested_by, prepared.division):
            sha256, size = _written(prepared, tell)
        else:
            raise Refusal(_("发起人已没有导出这份报告的权限。"))
    except Interrupted:
        PreparedFile.objects.filter(pk=prepared.pk).update(state=State.QUEUED)
    except Refusal as refusal:
        _end(prepared, State.FAILED, problem=refusal.message[:1000])
    except DatabaseError:
        raise  # locked for long, or away: the file is made when it is back
    except OSError as problem:
        logger.warning("a report's file could not be written: %s", problem)
        _end(prepared, State.FAILED, problem=_("服务器写不了文件（磁盘可能已满），请联系系统管理员。"))
    except Exception:  # whatever it is: the run must not seem to go on for ever; the log has it whole
        logger.exception("a report's file broke off")
        _end(prepared, State.FAILED, problem=_("生成文件时出错，没有完成。请再试一次，仍不行的请联系系统管理员。"))
    else:
        _end(prepared, State.DONE, sha256=sha256, size=size, done=prepared.total)


def rows_of(content: dict[str, str], seen_by: User) -> Callable[[], object]:
    """The annex of a live report, read as it was known when the file was asked for."""
    moment = Moment(datetime.fromisoformat(content["as_of"]).date(), datetime.fromisoformat(content["known_at"]))
    within = Institution.objects.visible_to(seen_by)
    return lambda: annex_rows(population(content["division"], moment, within), moment)


def _written(prepared: PreparedFile, tell: Callable[[int], None]) -> tuple[str, int]:
    """(SHA-256, bytes) of the workbook, whole at its place or not at all."""
    content = json.loads(prepared.content)
    printed = Printed(content, rows_of(content, prepared.requested_by))  # type: ignore[arg-type]
    place = place_of(prepared)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
        try:
            as_xlsx(printed, file, tell=tell)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
            file.seek(0)
        except BaseException:
            os.unlink(file.name)
            raise
    with open(file.name, "rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    os.replace(file.name, place)
    return digest, size


def _kept(prepared: PreparedFile, version: ReportVersion, tell: Callable[[int], None]) -> tuple[str, int]:
    """(SHA-256, bytes) of the workbook of a version, among its files. Whoever made it before was faster."""
    if there := version.files.filter(kind=ReportFile.Kind.XLSX).first():
        return there.sha256, there.size
    with tempfile.TemporaryFile() as file:
        as_xlsx(version.printed, file, tell=tell)
        file.seek(0)
        sha256, size = keep(iter(lambda: file.read(CHUNK), b""))
    kind = ReportFile.Kind.XLSX
    version.files.get_or_create(kind=kind, defaults={"sha256": sha256, "size": size, "name": prepared.file_name})
    return sha256, size


def _end(prepared: PreparedFile, state: str, **said: object) -> None:
    PreparedFile.objects.filter(pk=prepared.pk).update(state=state, finished_at=timezone.now(), **said)
    prepared.refresh_from_db()


class _Note:
    """Writes how far a file is into its row, now and then: that somebody is at it, too."""

    def __init__(self, prepared: PreparedFile, stop: Callable[[], bool]):
        self.prepared, self.stop, self.noted = prepared, stop, 0.0

    def __call__(self, done: int) -> None:
        if time.monotonic() - self.noted < EVERY_S:
            return
        if self.stop():
            raise Interrupted
        self.noted = time.monotonic()
        PreparedFile.objects.filter(pk=self.prepared.pk).update(done=done, alive_at=timezone.now())
