"""What became of an institution or a licence since somebody opened it, by column: from what to what, by whom, when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import AuditRow, User
from institutions.models import STATED, Division, Institution, Licence

# Columns that follow from others, or that nobody typed.
UNTOLD = {
    "cell", "version", "scope_code", "recorded_at", "surveyed_recorded_at", "merged_into_id", "merged_at",
    "withdrawn_at", "moved", "renamed", "survey_withdrawn", "has_merges", "location_source", "location_accuracy_m",
    "survey_visit", "survey_of_id",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One column: what it said when it was opened, what it says now, who changed it last and when.

    `mine` is what was typed into the page that was open meanwhile; None where nothing was.
    """

    field: str  # its name in a form
    label: str
    before: str
    after: str
    by: User | None
    at: datetime | None
    mine: str | None = None


def changes_since(institution: Institution, version: int) -> list[Change]:
    """What the audit trail says was changed after the institution had this version, in the order of the columns."""
    rows = AuditRow.objects.filter(object_type=Institution._meta.label_lower, object_id=str(institution.pk))
    since: list[AuditRow] = []
    for row in rows.select_related("by").order_by("-pk").iterator():
        if (row.after or {}).get("version", version + 1) <= version:
            break
        since.append(row)
    changes: dict[str, Change] = {}
    for row in reversed(since):
        before, after = row.before or {}, row.after or {}
        for column in [field.attname for field in Institution._meta.concrete_fields if field.attname in after]:
            was = changes[column].before if column in changes else in_words(column, before.get(column))
            field = _field(Institution, column)
            now = in_words(column, after[column])
            changes[column] = Change(field.name, str(field.verbose_name), was, now, row.by, row.at)
    told = [field.attname for field in Institution._meta.concrete_fields if field.attname not in UNTOLD]
    return [changes[name] for name in told if name in changes and changes[name].before != changes[name].after]


def in_words(column: str, value: Any) -> str:
    """A value of a column as people read it: divisions and choices by their names."""
    field = _field(Institution, column)
    if value is None or value == "":
        return "—"
    if field.name == "division":
        division = value if isinstance(value, Division) else Division.objects.filter(pk=value).first()
        return str(division or value)
    return str(dict(field.flatchoices).get(value, value))


def licence_changes_since(licence: Licence, version: int) -> list[Change]:
    """What was done with a licence after it had this version: revoked, corrected (once or several times), withdrawn."""
    said = {column: getattr(licence, column) for column in STATED}
    if version < Licence.REVOKED_VERSION:
        said["revoked_on"] = None
    changes: dict[str, Change] = {}
    row: Licence | None = licence
    while row is not None:
        for column in STATED:
            now = getattr(row, column)
            if now != said[column]:
                revoked = column == "revoked_on" and now is not None
                who = (row.revoked_by, row.revoked_recorded_at) if revoked else (row.recorded_by, row.recorded_at)
                _add(changes, column, said[column], now, *who)
                said[column] = now
        last, row = row, getattr(row, "replaced_by", None)
    if last.withdrawn_at is not None:
        _add(changes, "withdraw_reason", "", last.withdraw_reason, last.withdrawn_by, last.withdrawn_at)
    return [each for each in changes.values() if each.before != each.after]


def licence_in_words(column: str, value: Any) -> str:
    """A value of a licence's column as people read it."""
    if column == "kind":
        return str(Licence.Kind(value).label)
    return str(value or (_("长期") if column == "valid_to" else "—"))


def _add(changes: dict[str, Change], column: str, was: Any, now: Any, by: User | None, at: datetime | None) -> None:
    before = changes[column].before if column in changes else licence_in_words(column, was)
    label = str(_field(Licence, column).verbose_name)
    changes[column] = Change(column, label, before, licence_in_words(column, now), by, at)


def _field(model: type[models.Model], column: str) -> Any:
    return next(field for field in model._meta.concrete_fields if column in (field.attname, field.name))
