"""Cases of the second ledger for tests, made by the actions: what is not said is known at noon of the day."""

import itertools
from datetime import datetime
from typing import Any

from accounts.models import User
from institutions.models import Division
from misconduct import actions
from misconduct.actions import NewStatement
from misconduct.models import Case, Conclusion, Measure, Party
from tests.factories import LIUSHI, Day, at, day, user_with

_serial = itertools.count(1001)


def clerk(prefix: str = "330382") -> User:
    """Of the task force of a county: who records."""
    return User.objects.filter(username=f"clerk-{prefix}").first() or user_with("task_force", prefix, f"clerk-{prefix}")


def leader(prefix: str = "3303") -> User:
    """Who withdraws."""
    known = User.objects.filter(username=f"leader-{prefix}").first()
    return known or user_with("supervisor", prefix, f"leader-{prefix}")


def stated(found: Day = "2018-03-01", **columns: Any) -> NewStatement:
    given = {"kind": "paid_tutoring", "school": "青竹一小", "source": "report", "happened_on": day(found)}
    return NewStatement(**given | {"found_on": day(found)} | columns)


def case_of(
    division: str = LIUSHI,
    *,
    found: Day = "2018-03-01",
    handled: Day | None = None,
    by: User | None = None,
    known: datetime | None = None,
    number: str = "",
    **columns: Any,
) -> Case:
    """A case that was accepted on a day, and concluded on `handled` where that is said."""
    by = by or clerk()
    case = actions.record_case(
        number=number or f"教乱{next(_serial)}号",
        division=Division.objects.get(pk=division),
        statement=stated(found, **columns),
        by=by,
        at=known or at(found),
    )
    if handled:
        concluded(case, handled, by=by)
    return case


def concluded(case: Case, on: Day, *, by: User | None = None, result: str = "concluded") -> Conclusion:
    return actions.conclude(case, result=result, handled_on=day(on), by=by or clerk(), at=at(on, 13))


def party_of(case: Case, name: str = "甲某", *, post: str = "教师", on: Day = "2018-03-02", **how: Any) -> Party:
    how = {"another": True, "by": clerk()} | how
    return actions.add_party(case, name=name, post=post, at=at(on, 14), **how)


def measure_of(party: Party, kind: str = "disciplined", on: Day = "2018-03-20", **how: Any) -> Measure:
    how = {"by": clerk(), "at": at(on, 15)} | how
    return actions.add_measure(party, kind=kind, decided_on=day(on), **how)
