"""A few rows of a batch that is taken back: worked out without a lock, then written in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts import audit, many
from accounts.models import User
from institutions.actions.editing import Edited, write_columns
from institutions.actions.histories import write_name, write_place
from institutions.actions.licences import take_back
from institutions.actions.surveys import withdraw_survey, withdraw_surveys
from institutions.imports import refusals
from institutions.models import Division, ImportedRow, Institution, Licence, Name, Place
from institutions.moments import EARLIEST

SURVEY = {"surveyed_on", "surveyed_recorded_at", "licence_status_at_survey"}
FIELDS = {each.attname: each for each in Institution._meta.concrete_fields}


def kept_of(row: ImportedRow) -> dict[str, Any]:
    """What the row kept for this; {} for one imported before anything was kept."""
    return row.before or {}


class Restored:
    """`write` takes back what the rows did, but for institutions that somebody has changed since."""

    def __init__(self, rows: Sequence[ImportedRow], *, by: User | None, at: datetime):
        self.by, self.at = by, at
        found = Institution.objects.select_related("division").in_bulk([row.institution_id for row in rows])
        self.institutions: dict[UUID, Institution] = dict(found)
        self.rows: list[ImportedRow] = []
        self.touched: list[int] = []
        for row in rows:
            if self._stands_as_left(row):
                self.rows.append(row)
            else:
                self.touched.append(row.row_number)

    def _stands_as_left(self, row: ImportedRow) -> bool:
        found = self.institutions.get(row.institution_id)  # type: ignore[arg-type]
        return found is not None and found.version == kept_of(row).get("version_left")

    def write(self) -> list[int]:
        """Effects: those of `roll_back` for these rows. Gives the numbers of those that stay. Raises StaleInstitution
        (412) when somebody has just changed one."""
        rested_on = self._rested_on()
        rows = [row for row in self.rows if row.institution_id not in rested_on]
        self._withdraw_licences(rows)
        new = [row for row in rows if row.kind == "new"]
        changed = [row for row in rows if row.kind == "changed" and kept_of(row)["replaced"]]
        together = [row for row in changed if not self._is_special(row)]
        withdrawn = [self._withdrawn(self._of(row)) for row in new]
        write_columns("import.rolled_back", withdrawn, by=self.by, at=self.at)
        self._restore(together)
        for row in changed if len(together) < len(changed) else ():
            if self._is_special(row):
                self._restore_special(row)
        self._carry_on(changed)
        return self.touched + [row.row_number for row in self.rows if row.institution_id in rested_on]

    def _of(self, row: ImportedRow) -> Institution:
        assert row.institution_id is not None
        return self.institutions[row.institution_id]

    def _rested_on(self) -> set[UUID]:
        """New institutions that somebody visited in the moments since it was looked whether anything rests on them."""
        new = [row.institution_id for row in self.rows if row.kind == "new"]
        rests = Q(visits__isnull=False, visits__withdrawn_at__isnull=True) | Q(rectifications__isnull=False)
        return set(Institution.objects.filter(rests, pk__in=new).values_list("pk", flat=True)) if new else set()

    def _withdraw_licences(self, rows: Sequence[ImportedRow]) -> None:
        licences = Licence.objects.in_bulk([pk for row in rows for pk in kept_of(row)["licences"]])
        standing = [each for each in licences.values() if each.withdrawn_at is None]
        for licence in standing:
            licence.institution = self.institutions[licence.institution_id]
        take_back(standing, by=self.by, reason=str(refusals.LICENCE_TAKEN_BACK), at=self.at)

    def _withdrawn(self, institution: Institution) -> Edited:
        version = institution.version
        institution.withdrawn_at = self.at
        institution.version += 1
        after = audit.plain({"withdrawn_at": self.at, "version": version + 1})
        return Edited(institution, version, {"withdrawn_at": None, "version": version}, after)

    def _is_special(self, row: ImportedRow) -> bool:
        """From before places and names were rows; or a survey of which what was merged into it may know something."""
        of_merged = "surveyed_on" in kept_of(row)["replaced"] and self._of(row).has_merges
        return "places" not in kept_of(row) or of_merged

    def _restore(self, rows: Sequence[ImportedRow]) -> None:
        """The columns the batch changed, as they were; the version goes on, so that no form opened meanwhile fits."""
        surveyed = [self._of(row) for row in rows if "surveyed_on" in kept_of(row)["replaced"]]
        withdraw_surveys(surveyed, by=self.by, at=self.at)
        Place.objects.filter(pk__in=_all(rows, "places")).update(withdrawn_at=self.at)
        Name.objects.filter(pk__in=_all(rows, "names")).update(withdrawn_at=self.at)
        edited = [_restored(self._of(row), kept_of(row)["replaced"]) for row in rows]
        write_columns("import.rolled_back", edited, by=self.by, at=self.at)

    def _restore_special(self, row: ImportedRow) -> None:
        replaced, institution = dict(kept_of(row)["replaced"]), self._of(row)
        if "surveyed_on" in replaced:
            institution = self.institutions[institution.pk] = withdraw_survey(institution, by=self.by, at=self.at)
        Place.objects.filter(pk__in=_all([row], "places")).update(withdrawn_at=self.at)
        Name.objects.filter(pk__in=_all([row], "names")).update(withdrawn_at=self.at)
        if "places" not in kept_of(row):
            replaced |= self._keep_what_it_said(institution, replaced)
        edited = _restored(institution, replaced)
        write_columns("import.rolled_back", [edited], by=self.by, at=self.at)

    def _keep_what_it_said(self, institution: Institution, was: dict[str, Any]) -> dict[str, bool]:
        """Of a batch from before places and names were rows: what it wrote becomes the first, what is restored the one
        that holds instead. The flags that say so."""
        flags = {}
        as_it_is = Institution.objects.get(pk=institution.pk)
        if was.keys() & {"division_id", "operating_address"}:
            division = Division.objects.get(pk=was.get("division_id", institution.division_id))
            address = was.get("operating_address", institution.operating_address)
            write_place(as_it_is, division, address, from_on=EARLIEST, by=self.by, at=self.at)
            flags["moved"] = True
        if "name" in was:
            write_name(as_it_is, was["name"], from_on=EARLIEST, by=self.by, at=self.at)
            flags["renamed"] = True
        return flags

    def _carry_on(self, rows: Sequence[ImportedRow]) -> None:
        """The batch before this one left the institution as it is again: it can now be rolled back in its turn."""
        of = {row.institution_id: row for row in rows}
        earlier = (
            ImportedRow.objects.filter(institution__in=list(of), batch__rolled_back_at=None)
            .order_by()
            .defer("original")
        )
        carried = []
        for each in earlier.exclude(pk__in=[row.pk for row in rows]):
            row = of[each.institution_id]
            if each.before and each.before.get("version_left") == kept_of(row)["version_found"]:
                each.before["version_left"] = self._of(row).version
                carried.append((many.as_text(each.before), each.pk))
        many.update(ImportedRow, ("before",), ("id",), carried)


def _all(rows: Sequence[ImportedRow], what: str) -> list[int]:
    return [pk for row in rows for pk in kept_of(row).get(what, [])]


def _restored(institution: Institution, replaced: dict[str, Any]) -> Edited:
    """The instance with the columns as they were."""
    names = [name for name in replaced if name in FIELDS and name not in SURVEY]
    version = institution.version
    before = {name: getattr(institution, name) for name in (*names, "version")}
    for name in names:
        setattr(institution, name, FIELDS[name].to_python(replaced[name]))
    institution.version += 1
    after = {name: getattr(institution, name) for name in before}
    changed = [name for name in after if after[name] != before[name]]
    old = audit.plain({name: before[name] for name in changed})
    return Edited(institution, version, old, audit.plain({name: after[name] for name in changed}))
