"""What became of a case, in time order: every row that was added, and every one that was taken back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from misconduct.models import Case, Conclusion, Measure, Party, Recorded, Statement, masked_name

WORDS: dict[type[Recorded], tuple[str | Promise, str | Promise, str | Promise]] = {
    Case: (gettext_lazy("登记案件"), "", gettext_lazy("撤回案件")),
    Statement: (gettext_lazy("案情"), gettext_lazy("更正案情"), ""),
    Party: (gettext_lazy("登记当事人"), gettext_lazy("更正当事人"), gettext_lazy("撤回当事人")),
    Measure: (gettext_lazy("登记处理措施"), gettext_lazy("更正处理措施"), gettext_lazy("撤回处理措施")),
    Conclusion: (gettext_lazy("办结"), gettext_lazy("更正办结"), gettext_lazy("撤回办结")),
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: when it became known, by whom, what, on which day it happened, and why."""

    at: datetime
    by: User
    what: str
    says: str
    on: date | None = None
    reason: str = ""
    back: bool = False  # it was taken back since


def history_of(case: Case, *, in_clear: bool) -> list[Entry]:
    """The latest first; who is concerned by name, or masked."""
    entries = [entry for row in _rows(case) for entry in _entries(row, in_clear)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _rows(case: Case) -> Iterator[Recorded]:
    people = ("recorded_by", "withdrawn_by")
    yield Case.objects.select_related(*people).get(pk=case.pk)
    yield from Statement.objects.filter(case=case).select_related(*people)
    yield from Party.objects.filter(case=case).select_related("person", *people)
    yield from Measure.objects.filter(party__case=case).select_related("party__person", *people)
    yield from Conclusion.objects.filter(case=case).select_related(*people)


def _entries(row: Recorded, in_clear: bool) -> Iterator[Entry]:
    recorded, corrected, withdrawn = WORDS[type(row)]
    says, on = _says(row, in_clear)
    yield Entry(row.recorded_at, row.recorded_by, str(recorded), says, on, back=not row.stands)
    if row.withdrawn_at is not None and row.withdrawn_by is not None:
        what = str(corrected if row.corrected else withdrawn)
        yield Entry(row.withdrawn_at, row.withdrawn_by, what, says, on, row.withdraw_reason)


def _says(row: Recorded, in_clear: bool) -> tuple[str, date | None]:
    if isinstance(row, Statement):
        return f"{row.get_kind_display()} · {row.school}", row.happened_on
    if isinstance(row, Party):
        return " · ".join(filter(None, [named(row, in_clear), row.post])), None
    if isinstance(row, Measure):
        document = _("（%(number)s）") % {"number": row.document} if row.document else ""
        return f"{named(row.party, in_clear)} · {row.get_kind_display()}{document}", row.decided_on
    if isinstance(row, Conclusion):
        return row.get_result_display(), row.handled_on
    return str(row), None


def named(party: Party, in_clear: bool) -> str:
    return party.person.name if in_clear else masked_name(party.person.name)
