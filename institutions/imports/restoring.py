"""A few rows of a batch that is taken back: worked out without a lock, then written in one transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import audit, many
from accounts.models import User
from institutions.actions.editing import Edited, write_columns
from institutions.actions.histories import write_name, write_place
from institutions.actions.licences import take_back
from institutions.actions.surveys import withdraw_survey, withdraw_surveys
from institutions.imports import refusals
from institutions.imports.on_file import COLUMNS, instance_of
from institutions.imports.placed_since import placed_since
from institutions.models import Division, ImportedRow, Institution, Licence, Name, Place
from institutions.moments import EARLIEST

SURVEY = {"surveyed_on", "surveyed_recorded_at", "licence_status_at_survey"}
FIELDS = {each.attname: each for each in Institution._meta.concrete_fields}


def kept_of(row: ImportedRow) -> dict[str, Any]:
    """What the row kept for this; {} for one imported before anything was kept."""
    return row.before or {}


class Restored:
    """`write` takes back what the rows did, but for institutions that somebody has changed since; that a machine has
    found a position for one is no change, and goes with the address. `accounted` are rounds that the parts wrote."""

    def __init__(self, rows: Sequence[ImportedRow], *, by: User | None, at: datetime, accounted: Collection[UUID] = ()):
        self.by, self.at, self.accounted = by, at, accounted
        there = Institution.objects.filter(pk__in=many.those([row.institution_id for row in rows])).order_by()
        found = (instance_of(dict(zip(COLUMNS, columns, strict=True))) for columns in there.values_list(*COLUMNS))
        self.institutions: dict[UUID, Institution] = {each.pk: each for each in found}
        self.positions = self._positions_before(rows)
        self.moment = audit.plain({"withdrawn_at": at})
        self.rows: list[ImportedRow] = []
        self.touched: list[int] = []
        for row in rows:
            if self._stands_as_left(row):
                self.rows.append(row)
            else:
                self.touched.append(row.row_number)

    def _stands_as_left(self, row: ImportedRow) -> bool:
        found = self.institutions.get(row.institution_id)  # type: ignore[arg-type]
        if found is None:
            return False
        return found.version == kept_of(row).get("version_left") or found.pk in self.positions

    def _positions_before(self, rows: Sequence[ImportedRow]) -> dict[UUID, dict[str, Any]]:
        """Of institutions of which nothing was written since but positions that a machine found, those of before."""
        there = ((self.institutions.get(row.institution_id), kept_of(row).get("version_left")) for row in rows)  # type: ignore[arg-type]
        return placed_since((each.pk, left, each.version) for each, left in there if each and left is not None)

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
        if together:
            self._restore(together)
        for row in changed if len(together) < len(changed) else ():
            if self._is_special(row):
                self._restore_special(row)
        if changed:
            self._carry_on(changed)
        return self.touched + [row.row_number for row in self.rows if row.institution_id in rested_on]

    def _of(self, row: ImportedRow) -> Institution:
        assert row.institution_id is not None
        return self.institutions[row.institution_id]

    def _rested_on(self) -> set[UUID]:
        """New institutions that somebody visited in the moments since it was looked whether anything rests on them."""
        new = [row.institution_id for row in self.rows if row.kind == "new"]
        if not new:
            return set()
        there = Institution.objects.filter(pk__in=many.those(new))
        visited = there.filter(visits__isnull=False, visits__withdrawn_at__isnull=True)
        rounds = there.filter(rectifications__isnull=False).values_list("pk", "rectifications")
        with_rounds = {pk for pk, round_ in rounds if round_ not in self.accounted}
        return with_rounds | set(visited.values_list("pk", flat=True))

    def _withdraw_licences(self, rows: Sequence[ImportedRow]) -> None:
        numbers = [pk for row in rows for pk in kept_of(row)["licences"]]
        if not numbers:
            return
        standing = list(Licence.objects.filter(pk__in=many.those(numbers), withdrawn_at=None).order_by("pk"))
        for licence in standing:
            licence.institution = self.institutions[licence.institution_id]
        take_back(standing, by=self.by, reason=str(refusals.LICENCE_TAKEN_BACK), at=self.at)

    def _withdrawn(self, institution: Institution) -> Edited:
        version = institution.version
        institution.withdrawn_at = self.at
        institution.version += 1
        after = self.moment | {"version": version + 1}
        return Edited(institution, version, {"withdrawn_at": None, "version": version}, after)

    def _is_special(self, row: ImportedRow) -> bool:
        """From before places and names were rows; or a survey of which what was merged into it may know something."""
        of_merged = "surveyed_on" in kept_of(row)["replaced"] and self._of(row).has_merges
        return "places" not in kept_of(row) or of_merged

    def _restore(self, rows: Sequence[ImportedRow]) -> None:
        """The columns the batch changed, as they were; the version goes on, so that no form opened meanwhile fits."""
        surveyed = [self._of(row) for row in rows if "surveyed_on" in kept_of(row)["replaced"]]
        withdraw_surveys(surveyed, by=self.by, at=self.at)
        self._withdraw_past(rows)
        edited = [_restored(self._of(row), self._replaced(row)) for row in rows]
        write_columns("import.rolled_back", edited, by=self.by, at=self.at)

    def _withdraw_past(self, rows: Sequence[ImportedRow]) -> None:
        """The places and names that the rows entered."""
        for model, what in ((Place, "places"), (Name, "names")):
            if numbers := [pk for row in rows for pk in kept_of(row).get(what, [])]:
                model.objects.filter(pk__in=numbers).update(withdrawn_at=self.at)

    def _replaced(self, row: ImportedRow) -> dict[str, Any]:
        """The columns as they were; with an address goes the position that a machine found for it."""
        replaced: dict[str, Any] = kept_of(row)["replaced"]
        if replaced.keys() & {"division_id", "operating_address"}:
            return self.positions.get(self._of(row).pk, {}) | replaced
        return dict(replaced)

    def _restore_special(self, row: ImportedRow) -> None:
        replaced, institution = self._replaced(row), self._of(row)
        if "surveyed_on" in replaced:
            institution = self.institutions[institution.pk] = withdraw_survey(institution, by=self.by, at=self.at)
        self._withdraw_past([row])
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
        there = ImportedRow.objects.filter(institution__in=many.those(list(of)), batch__rolled_back_at=None).order_by()
        others = there.exclude(pk__in=many.those([row.pk for row in rows]))
        earlier = [(pk, of_it, before or {}) for pk, of_it, before in others.values_list("pk", "institution", "before")]
        versions = {(of_it, before.get("version_left")) for _pk, of_it, before in earlier}
        found = {pk: kept_of(row)["version_found"] for pk, row in of.items()}
        later = _placed((pk, left, found[pk]) for pk, left in versions if pk is not None and left is not None)
        carried = []
        for pk, of_it, before in earlier:
            left = before.get("version_left")
            if before and (left == found[of_it] or (of_it, left) in later):
                carried.append((many.as_text(before | {"version_left": self._of(of[of_it]).version}), pk))
        many.update(ImportedRow, ("before",), ("id",), carried)


def _placed(versions: Iterable[tuple[UUID, int, int]]) -> set[tuple[UUID, int]]:
    """Of institutions with the versions they had then, several of one, and the one after: those of which nothing was
    written between but positions that a machine found."""
    of: dict[UUID, list[tuple[UUID, int, int]]] = defaultdict(list)
    for each in versions:
        of[each[0]].append(each)
    found = set()
    while together := [those.pop() for those in of.values() if those]:
        placed = placed_since(together)
        found |= {(pk, then) for pk, then, _now in together if pk in placed}
    return found


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
