"""What became of an institution since somebody opened it, by column: from what to what, by whom and when."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from accounts.models import AuditRow, User
from institutions.models import Division, Institution

# Columns that follow from others, or that nobody typed.
UNTOLD = {
    "cell", "version", "scope_code", "recorded_at", "surveyed_recorded_at", "merged_into_id", "merged_at",
    "withdrawn_at", "moved", "renamed", "survey_withdrawn", "has_merges", "location_source", "location_accuracy_m",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One column: what it said when it was opened, what it says now, who changed it last and when.

    `mine` is what was typed into the page that was open meanwhile; None where nothing was.
    """

    column: str
    before: str
    after: str
    by: User | None
    at: datetime
    mine: str | None = None

    @property
    def label(self) -> str:
        return str(_field(self.column).verbose_name)

    @property
    def field(self) -> str:
        """The name of the column in a form."""
        return str(_field(self.column).name)

    def beside(self, typed: Any) -> "Change":
        return replace(self, mine=in_words(self.column, typed))


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
            changes[column] = Change(column, was, in_words(column, after[column]), row.by, row.at)
    told = [field.attname for field in Institution._meta.concrete_fields if field.attname not in UNTOLD]
    return [changes[name] for name in told if name in changes and changes[name].before != changes[name].after]


def in_words(column: str, value: Any) -> str:
    """A value of a column as people read it: divisions and choices by their names."""
    field = _field(column)
    if value is None or value == "":
        return "—"
    if field.name == "division":
        division = value if isinstance(value, Division) else Division.objects.filter(pk=value).first()
        return str(division or value)
    return str(dict(field.flatchoices).get(value, value))


def _field(column: str) -> Any:
    return next(field for field in Institution._meta.concrete_fields if column in (field.attname, field.name))
