"""Take an imported batch back, whole or not at all, while nothing later depends on it. Nothing is deleted: what the
batch wrote is withdrawn, so that what was known before it was taken back stays known as of then.

ImportedRow.before of a row: `replaced`, the columns the batch changed as they were; `licences`, `places` and `names`,
the keys of those it entered; `version_found` and `version_left`, the institution's version before and after the row.
"""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from accounts import audit
from accounts.errors import Refusal
from accounts.models import AuditRow, User
from accounts.watermark import NOW, recorded
from institutions.actions import withdraw_survey
from institutions.actions.histories import write_name, write_place
from institutions.actions.licences import take_back
from institutions.imports import parts, refusals
from institutions.imports.placed_since import placed_since
from institutions.models import Division, ImportBatch, ImportedRow, Institution, Licence
from institutions.moments import EARLIEST

SURVEY = {"surveyed_on", "surveyed_recorded_at", "licence_status_at_survey"}


class CannotRollBack(Refusal):
    """Something later depends on the batch."""

    code = "cannot_roll_back"
    status = 409


@recorded
def roll_back(batch: ImportBatch, *, by: User | None, at: datetime = NOW) -> None:
    """Take a batch back. Effects: new institutions, and the licences, places and names it entered, are withdrawn;
    changed institutions get the replaced columns back, a survey that it set is withdrawn; with an address that it set
    goes the position that a machine has found for it; an audit row for each and for the batch.

    Raises CannotRollBack (409) with the first row on which something later rests, and why.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.rolled_back_at is not None:
        done_at = timezone.localtime(batch.rolled_back_at)
        raise CannotRollBack(refusals.UNDONE_ALREADY.format(at=f"{done_at:%Y-%m-%d %H:%M}"))
    accounted = parts.take_back(batch, by=by, at=at)
    rows = list(batch.rows.exclude(kind="unchanged"))
    institutions = Institution.objects.select_for_update().in_bulk([row.institution_id for row in rows])
    _check_nothing_later(batch, rows, institutions, accounted)
    _withdraw_licences(rows, institutions, by, at)
    for row in rows:
        institution = institutions[row.institution_id]
        if row.kind == "changed" and _kept(row)["replaced"]:
            _restore(row, institution, by, at)
        elif row.kind == "new":
            _withdraw(institution, by, at)
    batch.rolled_back_at = at
    batch.save(update_fields=["rolled_back_at"])
    audit.write("import.rolled_back", batch, by=by, at=at, scope_code=batch.division.scope_code)


def _kept(row: ImportedRow) -> dict[str, Any]:
    """What the row kept for this; {} for one imported before anything was kept."""
    return row.before or {}


def _check_nothing_later(
    batch: ImportBatch,
    rows: list[ImportedRow],
    institutions: dict[uuid.UUID, Institution],
    accounted: Collection[uuid.UUID] = (),
) -> None:
    """Raise CannotRollBack with the first row of whose institution something was recorded since the batch. `accounted`
    are rounds that the parts answer for."""
    later = _later(batch, rows, accounted)
    placed = _placed(rows, institutions)
    for row in rows:
        institution = institutions.get(row.institution_id)  # type: ignore[arg-type]
        if institution is None:
            raise CannotRollBack(refusals.ROW_OF_NOBODY.format(row=row.row_number))
        reason: str | Promise = next((reason for reason, found in later.items() if institution.pk in found), "")
        if "version_left" not in _kept(row):
            reason = refusals.NOTHING_KEPT
        elif not reason and institution.version != _kept(row)["version_left"] and institution.pk not in placed:
            reason = refusals.EDITED_SINCE
        if reason:
            said = refusals.ROW_HOLDS_BATCH.format(row=row.row_number, name=institution.name, why=reason)
            raise CannotRollBack(said)


def _placed(rows: list[ImportedRow], institutions: dict[uuid.UUID, Institution]) -> dict[uuid.UUID, dict[str, Any]]:
    """Institutions of which nothing was written since but positions that a machine found, with those of before."""
    of = [(institutions.get(row.institution_id), _kept(row).get("version_left")) for row in rows]  # type: ignore[arg-type]
    return placed_since((each.pk, then, each.version) for each, then in of if each and then is not None)


def _later(
    batch: ImportBatch, rows: list[ImportedRow], accounted: Collection[uuid.UUID]
) -> dict[str | Promise, set[uuid.UUID]]:
    """Institutions of the batch of which something was recorded since, by what it was.

    Of a new institution all that is recorded is later, whatever the clocks say.
    """
    since = batch.recorded_at
    there = Institution.objects.filter(imported_rows__in=batch.rows.exclude(kind="unchanged"))
    new = Q(pk__in=batch.rows.filter(kind="new").values("institution"))
    later_import = ImportedRow.objects.exclude(kind="unchanged").exclude(batch=batch)
    later_import = later_import.filter(batch__recorded_at__gte=since, batch__rolled_back_at=None)
    entered = {pk for row in rows for pk in _kept(row).get("licences", [])}
    licences = (
        Licence.objects.standing()
        .filter(institution__in=there)
        .filter(Q(recorded_at__gte=since) | Q(institution__in=there.filter(new)))
    )
    by_hand = {owner for pk, owner in licences.values_list("pk", "institution") if pk not in entered}

    rounds = Institution._meta.get_field("rectifications").related_model._default_manager.exclude(pk__in=accounted)
    stands = Q(visits__isnull=False, visits__withdrawn_at__isnull=True)

    def of(condition: Q) -> set[uuid.UUID]:
        return set(there.filter(condition).values_list("pk", flat=True))

    return {
        refusals.IMPORTED_SINCE: of(Q(pk__in=later_import.values("institution"))),
        refusals.VISITED_SINCE: of(stands & Q(visits__recorded_at__gte=since) | new & stands),
        refusals.ROUND_SINCE: of(
            Q(pk__in=rounds.filter(events__recorded_at__gte=since).values("institution"))
            | new & Q(pk__in=rounds.values("institution"))
        ),
        refusals.LICENCE_SINCE: by_hand,
        refusals.MERGED_SINCE: of(new & Q(merged_from__isnull=False)),
        refusals.LICENCE_TOUCHED_SINCE: _with_licences_touched(rows),
    }


def _with_licences_touched(rows: list[ImportedRow]) -> set[uuid.UUID]:
    """Institutions a licence of the batch is gone from, or had something done to it other than being entered."""
    owner_of = {pk: row.institution_id for row in rows for pk in _kept(row).get("licences", [])}
    audited = AuditRow.objects.filter(object_type=Licence._meta.label_lower).exclude(action="licence.added")
    touched = {int(pk) for pk in audited.values_list("object_id", flat=True)}
    gone = owner_of.keys() - Licence.objects.in_bulk(owner_of).keys()
    return {owner for pk, owner in owner_of.items() if owner is not None and (pk in touched or pk in gone)}


def _withdraw(institution: Institution, by: User | None, at: datetime) -> None:
    before = audit.snapshot(institution)
    institution.withdrawn_at = at
    institution.version += 1
    institution.save(update_fields=["withdrawn_at", "version"])
    _write(institution, before, by, at)


def _withdraw_licences(
    rows: list[ImportedRow], institutions: dict[uuid.UUID, Institution], by: User | None, at: datetime
) -> None:
    licences = Licence.objects.in_bulk([pk for row in rows for pk in _kept(row)["licences"]])
    for licence in licences.values():
        licence.institution = institutions[licence.institution_id]
        take_back(licence, by=by, reason=str(refusals.LICENCE_TAKEN_BACK), at=at)


def _restore(row: ImportedRow, institution: Institution, by: User | None, at: datetime) -> None:
    """The columns the batch changed, as they were; the version goes on, so that no form opened meanwhile fits."""
    replaced: dict[str, Any] = _kept(row)["replaced"]
    position = _placed([row], {institution.pk: institution}).get(institution.pk, {})
    if "surveyed_on" in replaced:
        institution = withdraw_survey(institution, by=by, at=at)
    before = audit.snapshot(institution)
    institution.places.filter(pk__in=_kept(row).get("places", [])).update(withdrawn_at=at)
    institution.names.filter(pk__in=_kept(row).get("names", [])).update(withdrawn_at=at)
    fields = [each for each in Institution._meta.concrete_fields if each.attname in replaced.keys() - SURVEY]
    was = {each.name: each.to_python(replaced[each.attname]) for each in fields}
    if was.keys() & {"division", "operating_address"}:
        was = position | was
        fields = [each for each in Institution._meta.concrete_fields if each.name in was]
    if "places" not in _kept(row):
        was |= _keep_what_it_said(institution, was, by, at)
    for each in fields:
        setattr(institution, each.attname, was[each.name])
    institution.version += 1
    institution.save(update_fields=[*was, "version"])
    _carry_on(row, institution)
    _write(institution, before, by, at)


def _keep_what_it_said(institution: Institution, was: dict[str, Any], by: User | None, at: datetime) -> dict[str, bool]:
    """Of a batch from before places and names were rows: what it wrote becomes the first, what is restored the one
    that holds instead. The flags that say so."""
    flags = {}
    if was.keys() & {"division", "operating_address"}:
        division = Division.objects.get(pk=was.get("division", institution.division_id))
        address = was.get("operating_address", institution.operating_address)
        write_place(institution, division, address, from_on=EARLIEST, by=by, at=at)
        flags["moved"] = True
    if "name" in was:
        write_name(institution, was["name"], from_on=EARLIEST, by=by, at=at)
        flags["renamed"] = True
    return flags


def _write(institution: Institution, before: dict[str, Any], by: User | None, at: datetime) -> None:
    after = audit.snapshot(institution)
    audit.write(
        "import.rolled_back", institution, by=by, at=at, before=before, after=after, scope_code=institution.scope_code
    )


def _carry_on(row: ImportedRow, institution: Institution) -> None:
    """The batch before this one left the institution as it is again: it can now be rolled back in its turn."""
    found = _kept(row)["version_found"]
    for earlier in institution.imported_rows.exclude(pk=row.pk).filter(batch__rolled_back_at=None):
        left = (earlier.before or {}).get("version_left")
        if left is not None and (left == found or placed_since([(institution.pk, left, found)])):
            earlier.before = (earlier.before or {}) | {"version_left": institution.version}
            earlier.save(update_fields=["before"])
