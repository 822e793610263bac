"""Do what a plan says, whole or not at all: in short transactions, so that others write in between, and all of it known
from one moment on (docs/adr/0034)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from django.db import DataError, Error, IntegrityError, connection, transaction

from accounts import audit, holding, many
from accounts.errors import Refusal
from accounts.id_numbers import in_any_form
from accounts.models import User
from accounts.watermark import NOW, recording_in_slices
from institutions.actions import StaleInstitution
from institutions.imports import progress, refusals
from institutions.imports.collecting import little_mapped
from institutions.imports.plan import Plan, PlannedRow
from institutions.imports.rollback import check_none_unfinished, take_back_at_once
from institutions.imports.slices import Slices
from institutions.imports.writing import PlannedSlice
from institutions.models import ImportBatch, Institution, RegisterFile
from institutions.places import County

ROWS = 2_000  # that are looked at together
REFUSED = (Refusal, IntegrityError, DataError)


class NotCommitted(Refusal):
    """A row that was planned could not be written; nothing was, or what was is taken back."""

    code = "not_committed"
    status = 409


def check_name(file_name: str) -> None:
    if in_any_form(file_name, old=False):
        raise Refusal(str(refusals.FILE_NAME_HAS_ID_NUMBER))


def commit_plan(
    plan: Plan, *, file_name: str, sha256: str, by: User | None, file: RegisterFile | None = None, at: datetime = NOW
) -> ImportBatch:
    """Write every row of a plan without errors. Effects: institutions, licences, what the parts do (parts.py), the
    batch with the original cells and what it takes to roll it back, audit rows; all of them recorded at one moment, and
    known from the end on.

    Raises ValueError for a plan with errors, or with parts and nobody who does them; Refusal (422) for a file name with
    an ID-card number in it, NotCommitted (409) when the register was changed since it was planned or the database
    refuses a row: then what was written is taken back, at the same moment. Busy (503) while another import of the
    county is written; Unfinished (409) after one that was interrupted.
    """
    if plan.errors:
        raise ValueError("a plan with errors is not committed")
    check_name(file_name)
    with holding.alone(plan.division.pk), recording_in_slices(at) as moment, little_mapped():
        check_none_unfinished(plan.division)
        batch = ImportBatch(
            division=plan.division, file_name=file_name[:200], sha256=sha256, file=file, by=by, recorded_at=moment
        )
        if connection.in_atomic_block:
            with transaction.atomic():
                _Commit(plan, batch, by).write()
            return batch
        commit = _Commit(plan, batch, by)
        try:
            commit.write()
        except (Exception, KeyboardInterrupt):
            commit.take_back()
            raise
    return batch


class _Commit:
    """The writing of one plan."""

    def __init__(self, plan: Plan, batch: ImportBatch, by: User | None):
        self.plan, self.batch, self.by, self.at = plan, batch, by, batch.recorded_at
        self.county = plan.county or County(plan.division)
        self.slices = Slices(self.at)
        self.begun = False

    def write(self) -> None:
        self._check_versions()
        done = 0
        for rows in self.slices.of(self.plan.rows):
            progress.at("writing", done, len(self.plan.rows))
            done += len(rows)
            try:
                self._write_slice(rows)
            except REFUSED as problem:
                raise self._named(rows, problem) from problem
        self._finish()

    def _write_slice(self, rows: Sequence[PlannedRow]) -> None:
        """What somebody changes beside what the rows change, while the import is written, does not hold it up."""
        while True:
            try:
                those = self._slice(rows)
                with self.slices.turn():
                    self._begin()
                    those.write(self.batch)
                self.begun = True
                return
            except StaleInstitution:
                if not self._read_again(rows):
                    raise

    def _read_again(self, rows: Sequence[PlannedRow]) -> bool:
        """Whether the institutions of these rows are, as they are now, what the plan found where it changes them; and
        some are other versions of it."""
        changed = [row for row in rows if row.institution is not None]
        now = Institution.objects.select_related("division").in_bulk([row.institution.pk for row in changed])  # type: ignore[union-attr]
        others = False
        for row in changed:
            assert row.institution is not None
            found = now[row.institution.pk]
            if not found.on_register or any(getattr(found, name) != old for name, (old, _) in row.changes.items()):
                return False
            others |= found.version != row.institution.version
            row.institution = found
        return others

    def _check_versions(self) -> None:
        """Raise NotCommitted for a row whose institution was changed since it was planned, before anything is done."""
        found = self.plan.rows.found_as()
        while some := list(islice(found, ROWS)):
            there = Institution.objects.filter(pk__in=many.those([pk for _place, pk, _version in some]))
            versions = dict(there.order_by().values_list("pk", "version"))
            for place, pk, version in some:
                if versions.get(pk) != version:
                    row, why = self.plan.rows[place], str(refusals.CHANGED_SINCE)
                    said = refusals.ROW_NOT_WRITTEN.format(row=row.row, name=row.columns["name"], why=why)
                    raise NotCommitted(said)

    def _slice(self, rows: Sequence[PlannedRow]) -> PlannedSlice:
        return PlannedSlice(rows, by=self.by, at=self.at, county=self.county)

    def _begin(self) -> None:
        if not self.begun:
            self.batch.save(force_insert=True)

    def _finish(self) -> None:
        """What the parts do, and that the batch is whole."""
        batch, division = self.batch, self.plan.division
        summary = self.plan.summary(str(batch.pk)) | {"layout": self.plan.layout}
        self.plan.parts.write(self._of_parts(), batch=batch, by=self.by, at=self.at)
        with self.slices.turn(last=True):
            self._begin()
            batch.summary, batch.finished_at = summary, self.at
            batch.save(update_fields=["summary", "finished_at"])
            rows = {"rows": len(self.plan.rows)}
            audit.write("import.committed", batch, by=self.by, at=self.at, after=rows, scope_code=division.scope_code)

    def _of_parts(self) -> list[tuple[PlannedRow, Institution]]:
        """The rows of which the parts do something, with their institutions."""
        if not self.plan.parts.plans:
            return []
        rows = {(row.sheet[:100], row.row): row for row in self.plan.rows.in_memory if row.of_parts}
        written = self.batch.rows.select_related("institution__division").defer("original", "before")
        there = ((rows.get((each.sheet, each.row_number)), each.institution) for each in written.iterator(2_000))
        return [(row, institution) for row, institution in there if row is not None and institution is not None]

    def take_back(self) -> None:
        """What was written until something went wrong: nobody ever knows of it. What cannot be taken back now is found
        unfinished."""
        if self.begun:
            take_back_at_once(self.batch, by=self.by, at=self.at)

    def _named(self, rows: Sequence[PlannedRow], problem: Exception) -> NotCommitted:
        """Which of the rows could not be written, found by writing them one by one; nothing of it stays."""
        with transaction.atomic():
            self._begin()
            found = next((each for each in ((row, self._refused(row)) for row in rows) if each[1]), (rows[0], problem))
            transaction.set_rollback(True)
        row, why = found
        return NotCommitted(refusals.ROW_NOT_WRITTEN.format(row=row.row, name=row.columns["name"], why=why))

    def _refused(self, row: PlannedRow) -> Exception | None:
        try:
            with transaction.atomic():
                self._slice([row]).write(self.batch)
        except (Refusal, Error) as problem:
            return problem
        return None
