"""案件: recorded, put right, concluded."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, Reasons
from accounts.id_numbers import reasons_of
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.models import Division, Institution, scope_code_of
from institutions.moments import EARLIEST, day_of
from misconduct.actions.taking_back import check_reason, put_right, standing_case, still_standing, take_back
from misconduct.errors import TakenBack
from misconduct.models import Case, Conclusion, Kind, Measure, MeasureQuerySet, Party, Result, Source, Statement

STATED_COLUMNS = ("kind", "school", "institution_id", "source", "happened_on", "found_on", "note")


@dataclass(frozen=True)
class NewStatement:
    """What is stated of a case. `institution` links to the register, where the school is on it."""

    kind: str
    school: str
    source: str
    happened_on: date
    found_on: date
    note: str = ""
    institution: Institution | None = None

    def check(self, today: date) -> Reasons:
        """Reasons by field, nothing for a sound one."""
        errors = reasons_of({"school": self.school, "note": self.note})
        if not self.school.strip():
            errors["school"] = [_("请写明学校（单位）。")]
        if self.kind not in Kind.values:
            errors["kind"] = [_("没有“%(given)s”这一类。") % {"given": self.kind}]
        if self.source not in Source.values:
            errors["source"] = [_("没有“%(given)s”这种来源。") % {"given": self.source}]
        errors |= _days_in_order({"happened_on": self.happened_on, "found_on": self.found_on}, today)
        if "found_on" not in errors and self.found_on < self.happened_on:
            errors["found_on"] = [_("受理日期不能早于发生日期。")]
        return errors


def _days_in_order(days: dict[str, date], today: date) -> Reasons:
    """No day of the future, none before the ledger's first."""
    errors: Reasons = {}
    for name, day in days.items():
        if day > today:
            errors[name] = [_("日期 %(given)s 在今天之后。") % {"given": day}]
        elif day < EARLIEST:
            errors[name] = [_("日期 %(given)s 过早，最早为 %(earliest)s。") % {"given": day, "earliest": EARLIEST}]
    return errors


@recorded
def record_case(*, number: str, division: Division, statement: NewStatement, by: User, at: datetime = NOW) -> Case:
    """登记案件, accepted. Effects: the case, what is stated of it, an audit row. Raises Invalid (422)."""
    number = number.strip()
    errors = reasons_of({"number": number}) | statement.check(day_of(at))
    if not number:
        errors["number"] = [_("请填案件编号。")]
    if errors:
        raise Invalid(errors)
    case = Case(
        number=number, division=division, scope_code=scope_code_of(division.code), recorded_at=at, recorded_by=by
    )
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as problem:
        raise Invalid({"number": [_("本县（市、区）已有编号为“%(number)s”的案件。") % {"number": number}]}) from problem
    stated = audit.snapshot(_state(case, statement, by, at))
    after = {name: stated[name] for name in STATED_COLUMNS} | audit.snapshot(case)
    audit.write("misconduct.recorded", case, by=by, at=at, after=after, first=True)
    return case


def _state(case: Case, statement: NewStatement, by: User, at: datetime) -> Statement:
    given = vars(statement) | {"school": statement.school.strip(), "note": statement.note.strip()}
    return Statement.objects.create(case=case, recorded_at=at, recorded_by=by, **given)


@recorded
def correct_statement(stated: Statement, *, statement: NewStatement, reason: str, by: User, at: datetime = NOW) -> None:
    """更正案情: what was stated stays on file, and this holds from now on. Effects: both rows, an audit row.

    Raises Invalid (422), TakenBack (409) when somebody else has corrected it meanwhile.
    """
    case = standing_case(stated.case_id)
    stated = still_standing(stated)
    errors = statement.check(day_of(at))
    ended = case.conclusion
    if ended is not None and statement.found_on > ended.handled_on:
        errors["found_on"] = [_("受理日期不能晚于查结日期 %(on)s。") % {"on": ended.handled_on}]
    first = _measures(case).order_by("decided_on").first()
    if first is not None and statement.happened_on > first.decided_on:
        errors["happened_on"] = [_("发生日期不能晚于处理措施的决定日期 %(on)s。") % {"on": first.decided_on}]
    if errors:
        raise Invalid(errors)
    check_reason(reason)
    take_back(stated, by=by, reason=reason, at=at, corrected=True)
    instead = _state(case, statement, by, at)
    audit.write("misconduct.corrected", instead, **put_right(stated, instead, case))


@recorded
def conclude(case: Case, *, result: str, handled_on: date, by: User, note: str = "", at: datetime = NOW) -> Conclusion:
    """查结 or 不予认定. Effects: the conclusion, an audit row. Raises Invalid (422), TakenBack (409)."""
    case = standing_case(case.pk)
    if case.conclusion is not None:
        raise TakenBack(_("这起案件已经办结。"))
    _check_conclusion(case, result, handled_on, note, day_of(at))
    ended = _conclude(case, result, handled_on, note, by, at)
    kept: dict[str, Any] = {"by": by, "at": at, "after": audit.snapshot(ended), "scope_code": case.scope_code}
    audit.write("misconduct.concluded", ended, first=True, **kept)
    return ended


@recorded
def correct_conclusion(
    ended: Conclusion, *, result: str, handled_on: date, reason: str, by: User, note: str = "", at: datetime = NOW
) -> None:
    """更正查结: another result or day, with a reason. Effects: both rows, an audit row. Raises as `conclude` does."""
    case = standing_case(ended.case_id)
    ended = still_standing(ended)
    _check_conclusion(case, result, handled_on, note, day_of(at))
    check_reason(reason)
    take_back(ended, by=by, reason=reason, at=at, corrected=True)
    instead = _conclude(case, result, handled_on, note, by, at)
    audit.write("misconduct.conclusion_corrected", instead, **put_right(ended, instead, case))


def _conclude(case: Case, result: str, handled_on: date, note: str, by: User, at: datetime) -> Conclusion:
    return Conclusion.objects.create(
        case=case, result=result, handled_on=handled_on, note=note.strip(), recorded_at=at, recorded_by=by
    )


def _check_conclusion(case: Case, result: str, handled_on: date, note: str, today: date) -> None:
    errors = reasons_of({"note": note}) | _days_in_order({"handled_on": handled_on}, today)
    if result not in Result.values:
        errors["result"] = [_("没有“%(given)s”这种结果。") % {"given": result}]
    found_on = case.statement.found_on
    if "handled_on" not in errors and handled_on < found_on:
        errors["handled_on"] = [_("查结日期不能早于受理日期 %(on)s。") % {"on": found_on}]
    if result == Result.DISMISSED and _measures(case).exists():
        errors["result"] = [_("案件中有处理措施，不能不予认定。处理措施登记有误的，请先撤回。")]
    if errors:
        raise Invalid(errors)


def _measures(case: Case) -> MeasureQuerySet:
    return Measure.objects.standing().filter(party__in=Party.objects.standing().filter(case=case))
