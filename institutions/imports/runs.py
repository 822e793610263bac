"""Reading, planning and importing a register, with its progress: a short one at once, a long one by `manage.py worker`.

A run is a row: who asked for it, how far it is, how it ended. What it made is kept by files.py. One that died is taken
on again: a plan is made anew, an import was written whole or not at all.
"""

import logging
import re
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone, translation

from accounts.errors import Refusal
from accounts.models import User
from accounts.permissions import has_permission
from accounts.roles import Permission
from institutions.imports import progress, refusals
from institutions.imports.files import (
    NotReady,
    check_ready,
    commit_file,
    keep_file,
    plan_file,
    receive_file,
    unsaved_file,
)
from institutions.imports.kinds import kind_of
from institutions.imports.package import DAMAGED, UnreadableFile, check_package
from institutions.imports.workbook import MAX_BYTES
from institutions.models import Division, ImportRun, RegisterFile

BYTES_OF_A_ROW = 200  # of an old workbook: fewer than any real row has
SHEET = re.compile(r"worksheets/[^/]+\.xml$|^content\.xml$")
EVERY_S = 0.5  # between two notes of progress
Act, State = ImportRun.Act, ImportRun.State

logger = logging.getLogger(__name__)


class Interrupted(Exception):
    """The worker is to end: the run waits for the next."""


def is_long(data: bytes) -> bool:
    """Whether a page should not wait for a register to be planned."""
    return _rows(data) > settings.IMPORT_ROWS_AT_ONCE


def _rows(data: bytes) -> int:
    """About how many rows a file has, counted without parsing it. An .xlsx or .ods has been checked before."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            return sum(_rows_of(package, part) for part in package.namelist() if SHEET.search(part))
    except DAMAGED:
        return max(data.count(b"\n"), data.count(b"\r"), len(data) // BYTES_OF_A_ROW)


def _rows_of(package: zipfile.ZipFile, part: str) -> int:
    rows = 0
    with package.open(part) as sheet:
        while chunk := sheet.read(1024 * 1024):
            rows += chunk.count(b"<row") + chunk.count(b"<table:table-row")
    return rows


def hand_in(data: bytes, *, file_name: str, division: Division, datum: str, by: User) -> RegisterFile:
    """Keep a register. A short one is planned; of a long one only what is no workbook is refused (422) at once, and a
    run asked for that reads it. Raises UnreadableFile (422)."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(refusals.TOO_MANY_BYTES.format(most=MAX_BYTES // 1024 // 1024))
    if kind_of(data, file_name) in ("xlsx", "ods"):
        check_package(data)
    if not is_long(data):
        return receive_file(data, file_name=file_name, division=division, datum=datum, by=by)
    file = unsaved_file(data, file_name=file_name, division=division, datum=datum, by=by)
    keep_file(file)
    ask_for(file, Act.PLAN, by=by)
    return file


def ask_for(file: RegisterFile, act: str, *, by: User, looked_at: str = "") -> ImportRun:
    """Have a file planned or imported: at once when it is short, else by the worker. Raises NotReady (409) while
    another run of it is under way; of a short one what planning and importing raise."""
    if act == Act.COMMIT:
        check_ready(file, file.plans.filter(digest=looked_at).order_by("-pk").first())
    at_once = not is_long(bytes(file.content))
    now = timezone.now()
    try:
        with transaction.atomic():
            run = ImportRun.objects.create(
                file=file,
                act=act,
                language=translation.get_language(),
                looked_at=looked_at[:64],
                requested_by=by,
                requested_at=now,
                state=State.RUNNING if at_once else State.QUEUED,
                alive_at=now if at_once else None,
            )
    except IntegrityError:
        raise NotReady(str(refusals.RUN_UNDER_WAY)) from None
    if at_once:
        try:
            _do(run)
        except Refusal as refusal:
            _end(run, State.FAILED, refusal.message)
            raise
        except BaseException:
            _end(run, State.FAILED, str(refusals.RUN_BROKE_OFF))
            raise
        _end(run, State.DONE)
    return run


def take_on_next(stop: Callable[[], bool] = lambda: False) -> bool:
    """Carry out the run that waits longest; False when none does."""
    now = timezone.now()
    for run in ImportRun.objects.to_take_on(now):
        waiting = ImportRun.objects.to_take_on(now).order_by().filter(pk=run.pk)
        if waiting.update(state=State.RUNNING, alive_at=now):
            carry_out(ImportRun.objects.select_related("file__division", "requested_by").get(pk=run.pk), stop)
            return True
    return False


def is_waiting() -> bool:
    return ImportRun.objects.to_take_on(timezone.now()).exists()


def carry_out(run: ImportRun, stop: Callable[[], bool] = lambda: False) -> None:
    """Do what a run asks for. It ends DONE, or FAILED with a sentence; asked to `stop` it waits for the next worker.

    Raises DatabaseError, after which the run can be taken on again.
    """
    with translation.override(run.language), progress.watched_by(_Note(run, stop)):
        try:
            if not has_permission(run.requested_by, Permission.EDIT_REGISTRY, run.file.division.scope_code):
                raise Refusal(str(refusals.NO_LONGER_PERMITTED))
            _do(run)
        except Interrupted:
            ImportRun.objects.filter(pk=run.pk).update(state=State.QUEUED)
        except Refusal as refusal:
            _end(run, State.FAILED, refusal.message)
        except DatabaseError:
            raise  # locked for long, or away: the run goes on when it is back
        except Exception:  # whatever it is: the run must not seem to go on for ever; the log has it whole
            logger.exception("a run of an import broke off")
            _end(run, State.FAILED, str(refusals.RUN_BROKE_OFF))
        else:
            _end(run, State.DONE)


def _do(run: ImportRun) -> None:
    if run.act == Act.PLAN:
        plan_file(run.file, by=run.requested_by)
    else:
        commit_file(run.file, looked_at=run.looked_at, by=run.requested_by)


def _end(run: ImportRun, state: str, problem: str = "") -> None:
    ImportRun.objects.filter(pk=run.pk).update(state=state, problem=problem[:1000], finished_at=timezone.now())
    run.refresh_from_db()


class _Note:
    """Writes how far a run is into its row, now and then: that it is alive, too."""

    def __init__(self, run: ImportRun, stop: Callable[[], bool]):
        self.run, self.stop = run, stop
        self.noted, self.phase = 0.0, ""

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if phase == self.phase and now - self.noted < EVERY_S:
            return
        if self.stop():
            raise Interrupted
        self.noted, self.phase = now, phase
        here = ImportRun.objects.filter(pk=self.run.pk)
        here.update(phase=phase, done=done, total=total, alive_at=timezone.now())
