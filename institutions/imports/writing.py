"""A few rows of a plan: worked out without a lock, then written in one transaction."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import many
from accounts.models import User
from institutions.actions import Registrations, add_licences
from institutions.actions.editing import Edit, Edited, worked_out, write_edits
from institutions.imports.on_file import copy_of
from institutions.imports.plan import PlannedRow
from institutions.models import ImportBatch, ImportedRow, Name, Place
from institutions.moments import EARLIEST
from institutions.places import County
from institutions.positions import LocationSource

NOT_RESTORED = {"version", "moved", "renamed"}  # the version goes on; that there are other places and names, too
SURVEY = {"surveyed_on", "licence_status_at_survey", "surveyed_recorded_at"}
KEPT = ("row_number", "sheet", "institution_id", "kind", "original", "before")


class PlannedSlice:
    """Rows of a plan. Raises what the actions raise, of any of them (see `commit.py` for which)."""

    def __init__(self, rows: Sequence[PlannedRow], *, by: User | None, at: datetime, county: County):
        self.rows, self.by, self.at = rows, by, at
        new = [row for row in rows if row.institution is None]
        self.registrations = Registrations(
            ((new_columns(row), [each.columns for each in row.licences], row.taken_on) for row in new),
            by=by,
            at=at,
            county=county,
        )
        codes = [row.columns["credit_code"] for row in new if row.columns["credit_code"]]
        self.edited = {id(row): _edit(row, at) for row in rows if row.changes and row.institution is not None}
        self.edits = worked_out(list(self.edited.values()), by=by, at=at, county=county, taken=codes)

    def write(self, batch: ImportBatch) -> None:
        """Effects: institutions, licences, places, names and their audit rows; what it takes to take them back."""
        of_new = zip(self.registrations.ids, self.registrations.write(), strict=True)
        write_edits(self.edits, by=self.by, at=self.at)
        numbers = self._add_licences()
        places, names = _entered(self.edits.past.new_places), _entered(self.edits.past.new_names)
        edited = dict(zip(self.edited, self.edits.each, strict=True))
        form = many.form(ImportedRow, KEPT[:4], {"batch_id": batch.pk})
        kept = []
        for row in self.rows:
            if row.institution is None:
                pk, licences = next(of_new)
                before = _before(licences, found=None, left=1)
            else:
                pk, done = row.institution.pk, edited.get(id(row))
                before = _before(
                    numbers.get(id(row), []), done, places.get(pk), names.get(pk),
                    found=row.institution.version, left=row.institution.version + (done is not None),
                )  # fmt: skip
            said = {"row_number": row.row, "sheet": row.sheet[:100], "institution_id": pk, "kind": row.kind}
            kept.append((*form.of(said)[0], row.read.original_as_text, before))
        many.insert(ImportedRow, (*form.columns, *KEPT[4:]), kept)

    def _add_licences(self) -> dict[int, list[int]]:
        """The licences of institutions on file, by the row that brought them."""
        entries = [(row, each) for row in self.rows if row.institution is not None for each in row.licences]
        entered = add_licences(
            [(row.institution, each.columns) for row, each in entries if row.institution], by=self.by, at=self.at
        )
        of_rows: dict[int, list[int]] = defaultdict(list)
        for (row, _licence), number in zip(entries, entered, strict=True):
            of_rows[id(row)].append(number)
        return of_rows


def _entered(rows: Sequence[Place] | Sequence[Name]) -> dict[UUID, list[int]]:
    """Keys of places or names but the first, which says what was before."""
    found: dict[UUID, list[int]] = defaultdict(list)
    for row in rows:
        if row.from_on != EARLIEST:
            found[row.institution_id].append(row.pk)
    return found


def _before(
    licences: list[int],
    done: Edited | None = None,
    places: list[int] | None = None,
    names: list[int] | None = None,
    *,
    found: int | None,
    left: int,
) -> str:
    """What it takes to take the row back (see rollback.py), as JSON."""
    if done is None:
        said = "null" if found is None else found
        return (
            f'{{"replaced": {{}}, "licences": {licences}, "places": [], "names": [], "version_found": {said}, '
            f'"version_left": {left}}}'
        )
    replaced = {name: value for name, value in done.before.items() if name not in NOT_RESTORED}
    return many.as_text(
        {
            "replaced": replaced,
            "licences": licences,
            "places": sorted(places or []),
            "names": sorted(names or []),
            "version_found": found,
            "version_left": left,
        }
    )


def new_columns(row: PlannedRow) -> dict[str, Any]:
    """What is registered of a row that enters an institution."""
    return _placed(row.stated)


def _edit(row: PlannedRow, at: datetime) -> Edit:
    """What a row changes, with what goes with it; on a copy, so that the plan stays what it was."""
    columns = {column: new for column, (_old, new) in row.changes.items()}
    if "surveyed_on" in columns:
        columns["surveyed_recorded_at"] = at
    if "longitude" in columns or "latitude" in columns:
        columns |= {name: row.columns[name] for name in ("longitude", "latitude", "datum")}
    assert row.institution is not None
    return Edit(copy_of(row.institution), _placed(columns), row.from_on)


def _placed(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns of a position say that it was imported; how accurate it is, is not known."""
    if "longitude" not in columns:
        return columns
    return columns | {"location_source": LocationSource.IMPORT, "location_accuracy_m": None}
