"""当事人 and 处理措施: who is concerned, and what was done about each of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, Reasons
from accounts.id_numbers import reasons_of
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from accounts.watermark import NOW, recorded
from institutions.moments import day_of
from misconduct.actions.taking_back import check_reason, put_right, standing_case, still_standing, take_back
from misconduct.errors import SameName
from misconduct.models import Case, Measure, MeasureKind, Party, PartyQuerySet, Person, Result

MOST_OF_ONE_NAME = 20


def parties_named(user: User) -> PartyQuerySet:
    """Parts in cases that stand, where the user may read names."""
    seen = within_prefixes("case__scope_code", user.prefixes(Permission.SEE_MISCONDUCT_NAMES))
    return Party.objects.standing().filter(seen, case__withdrawn_at__isnull=True)


def people_called(name: str, user: User) -> Sequence[Person]:
    """Who is on the ledger under this name, where the user may read names."""
    parties = parties_named(user).filter(person=OuterRef("pk"))
    return list(
        Person.objects.filter(Exists(parties), name=name.strip()).order_by("recorded_at", "id")[:MOST_OF_ONE_NAME]
    )


@recorded
def add_party(
    case: Case,
    *,
    name: str,
    post: str,
    by: User,
    same_as: Person | None = None,
    another: bool = False,
    at: datetime = NOW,
) -> Party:
    """登记当事人: somebody new, or with `same_as` somebody who is on the ledger, then under the name there.

    Effects: the person where they are new, their part in the case, an audit row without the name. Raises Invalid (422),
    and SameName (409) when there is somebody of this name and nobody said that it is `another`.
    """
    case = standing_case(case.pk)
    name, post = name.strip(), post.strip()
    _check_person(name, post)
    person = same_as or _new_person(name, by, at, another)
    if Party.objects.standing().filter(case=case, person=person).exists():
        raise Invalid({"name": [_("这个人已经在本案当事人中。")]})
    party = Party.objects.create(case=case, person=person, post=post, recorded_at=at, recorded_by=by)
    kept: dict[str, Any] = {"by": by, "at": at, "after": audit.snapshot(party), "scope_code": case.scope_code}
    audit.write("misconduct.party_added", party, first=True, **kept)
    return party


def _check_person(name: str, post: str) -> None:
    errors = reasons_of({"name": name, "post": post})
    if not name:
        errors["name"] = [_("请填姓名。")]
    if errors:
        raise Invalid(errors)


def _new_person(name: str, by: User, at: datetime, another: bool) -> Person:
    known = [] if another else people_called(name, by)
    if known:
        raise SameName(_("台账中已有同名的当事人：请选是同一人，还是另一人。"), known)
    return Person.objects.create(name=name, recorded_at=at, recorded_by=by)


@recorded
def correct_party(
    party: Party,
    *,
    name: str,
    post: str,
    reason: str,
    by: User,
    same_as: Person | None = None,
    another: bool = False,
    at: datetime = NOW,
) -> Party:
    """更正当事人: a wrong name or post, with a reason; the measures go along.

    Effects: the part as it was stays on file, another holds from now on with the measures that stood; an audit row
    without a name. Raises as `add_party` does.
    """
    case = standing_case(party.case_id)
    party = still_standing(party)
    name, post = name.strip(), post.strip()
    _check_person(name, post)
    check_reason(reason)
    person = same_as or (party.person if name == party.person.name else _new_person(name, by, at, another))
    if Party.objects.standing().filter(case=case, person=person).exclude(pk=party.pk).exists():
        raise Invalid({"name": [_("这个人已经在本案当事人中。")]})
    measures = list(Measure.objects.standing().filter(party=party))
    take_back(party, by=by, reason=reason, at=at, corrected=True)
    instead = Party.objects.create(case=case, person=person, post=post, recorded_at=at, recorded_by=by)
    for measure in measures:
        take_back(measure, by=by, reason=reason, at=at, corrected=True)
        _decide(instead, by=by, at=at, **{each: getattr(measure, each) for each in ("kind", "decided_on", "document")})
    audit.write("misconduct.party_corrected", instead, **put_right(party, instead, case))
    return instead


@recorded
def add_measure(
    party: Party, *, kind: str, decided_on: date, by: User, document: str = "", at: datetime = NOW
) -> Measure:
    """登记处理措施. Effects: the measure, an audit row. Raises Invalid (422)."""
    case = standing_case(party.case_id)
    party = still_standing(party)
    _check_measure(party, kind, decided_on, document, day_of(at))
    measure = _decide(party, by=by, at=at, kind=kind, decided_on=decided_on, document=document.strip())
    kept: dict[str, Any] = {"by": by, "at": at, "after": audit.snapshot(measure), "scope_code": case.scope_code}
    audit.write("misconduct.measure_added", measure, first=True, **kept)
    return measure


@recorded
def correct_measure(
    measure: Measure,
    *,
    kind: str,
    decided_on: date,
    reason: str,
    by: User,
    document: str = "",
    at: datetime = NOW,
) -> Measure:
    """更正处理措施, with a reason. Effects: both rows, an audit row. Raises as `add_measure` does."""
    case = standing_case(measure.party.case_id)
    measure = still_standing(measure)
    _check_measure(measure.party, kind, decided_on, document, day_of(at), but=measure)
    check_reason(reason)
    take_back(measure, by=by, reason=reason, at=at, corrected=True)
    instead = _decide(measure.party, by=by, at=at, kind=kind, decided_on=decided_on, document=document.strip())
    audit.write("misconduct.measure_corrected", instead, **put_right(measure, instead, case))
    return instead


def _decide(party: Party, **columns: Any) -> Measure:
    return Measure.objects.create(party=party, recorded_at=columns.pop("at"), recorded_by=columns.pop("by"), **columns)


def _check_measure(
    party: Party, kind: str, decided_on: date, document: str, today: date, but: Measure | None = None
) -> None:
    errors: Reasons = reasons_of({"document": document})
    if kind not in MeasureKind.values:
        errors["kind"] = [_("没有“%(given)s”这种处理措施。") % {"given": kind}]
    happened_on = party.case.statement.happened_on
    if decided_on > today:
        errors["decided_on"] = [_("日期 %(given)s 在今天之后。") % {"given": decided_on}]
    elif decided_on < happened_on:
        errors["decided_on"] = [_("决定日期不能早于发生日期 %(on)s。") % {"on": happened_on}]
    ended = party.case.conclusion
    if ended is not None and ended.result == Result.DISMISSED:
        errors["kind"] = [_("案件不予认定，不能登记处理措施。")]
    same = {"party": party, "kind": kind, "decided_on": decided_on, "document": document.strip()}
    if not errors and Measure.objects.standing().filter(**same).exclude(pk=but and but.pk).exists():
        errors["kind"] = [_("这项处理措施已经登记。")]
    if errors:
        raise Invalid(errors)
