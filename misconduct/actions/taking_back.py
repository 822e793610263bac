"""Taking back: a row that is wrong is withdrawn by another person, or corrected, and stays on file either way."""

from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.watermark import NOW, recorded
from misconduct.errors import FourEyes, TakenBack
from misconduct.models import Case, Conclusion, Measure, Party, Recorded
from misconduct.models.recorded import WITHDRAWN

Row = TypeVar("Row", bound=Recorded)


def standing_case(pk: Any) -> Case:
    """The case, locked: whoever writes of it writes after the other. Raises TakenBack (409)."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=pk)
    if not case.stands:
        raise TakenBack(_("这起案件已经撤回，不能再改动。"))
    return case


def still_standing(row: Row) -> Row:
    """The row as it is now, of a case that is locked. Raises TakenBack (409)."""
    now: Row = type(row)._base_manager.get(pk=row.pk)
    if not now.stands:
        raise TakenBack(_("这一条已由他人撤回或更正，请核对后重新办理。"))
    return now


def check_reason(reason: str) -> None:
    """Said, and without what is not kept. Raises Invalid."""
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    check_texts({"reason": reason})


def take_back(row: Recorded, *, by: User, reason: str, at: datetime, corrected: bool) -> None:
    row.withdrawn_at, row.withdrawn_by, row.withdraw_reason, row.corrected = at, by, reason.strip(), corrected
    row.save(update_fields=WITHDRAWN)


def put_right(wrong: Recorded, right: Recorded, case: Case) -> dict[str, Any]:
    """What the trail keeps of a correction beside its action: from which row to which, and why."""
    after = audit.snapshot(right) | {"reason": wrong.withdraw_reason}
    kept = {"before": audit.snapshot(wrong) | {"reason": ""}, "after": after, "scope_code": case.scope_code}
    return kept | {"by": right.recorded_by, "at": right.recorded_at, "first": True}


@recorded
def withdraw(row: Case | Party | Measure | Conclusion, *, by: User, reason: str, at: datetime = NOW) -> None:
    """撤回: take back a case, a party, a measure or a conclusion that should never have been recorded.

    Effects: when, by whom and why; what hangs on it counts no longer, and stays as it is; as known before, every
    figure stays; an audit row of the case. Raises FourEyes (403) for who recorded it, TakenBack (409), Invalid (422).
    """
    case = standing_case(_case_of(row).pk)
    row = still_standing(row)
    if row.recorded_by_id == by.pk:
        raise FourEyes(_("撤回须经两人：登记人自己不能撤回，请另一人办理；登记有误的可以更正。"))
    check_reason(reason)
    before = audit.snapshot(row)
    take_back(row, by=by, reason=reason, at=at, corrected=False)
    kept: dict[str, Any] = {
        "by": by,
        "at": at,
        "before": before,
        "after": audit.snapshot(row),
        "scope_code": case.scope_code,
    }
    if isinstance(row, Case):
        audit.write("misconduct.withdrawn", row, **kept)
    elif isinstance(row, Party):
        audit.write("misconduct.party_withdrawn", row, **kept)
    elif isinstance(row, Measure):
        audit.write("misconduct.measure_withdrawn", row, **kept)
    else:
        audit.write("misconduct.conclusion_withdrawn", row, **kept)


def _case_of(row: Case | Party | Measure | Conclusion) -> Case:
    if isinstance(row, Case):
        return row
    return row.party.case if isinstance(row, Measure) else row.case
