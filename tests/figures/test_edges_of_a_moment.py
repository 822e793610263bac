"""Everything on file counts from its day to the day, and from its moment to the microsecond: on both clocks.

Each fact happened on 10 July 2018 and became known at noon of 1 September. Asked as of that very day and as known at
that very moment it counts; a day before, or a microsecond before, it does not.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from figures.drilldown import Drilldown
from figures.statistics import completion, population, with_finding
from institutions.models import Institution
from institutions.moments import Moment
from institutions.past import as_listed
from tests.factories import (
    NEXT_TO_LIUSHI,
    at,
    day,
    division_rename_of,
    institution,
    licence_of,
    merge_of,
    move_of,
    rename_of,
    round_of,
    strike_off,
    supplement_of,
    user_with,
    visit_of,
    void,
    what_became_of,
    withdraw_survey_of,
    withdraw_visit_of,
)

ON, KNOWN = day("2018-07-10"), at("2018-09-01")
A_DAY, AN_INSTANT = timedelta(days=1), timedelta(microseconds=1)
Counts = Callable[[Moment], bool]


def figure(name: str, division: str = "330382") -> Counts:
    return lambda moment: getattr(completion(division, moment).total, name) == 1


def licence_now(status: str) -> Counts:
    everything = Institution.objects.all()
    return lambda moment: everything.with_licence_now(moment).filter(licence_now=status).exists()


def listed(**as_it_was: str) -> Counts:
    def is_listed(moment: Moment) -> bool:
        [found] = as_listed(Institution.objects.all(), moment)
        return all(getattr(found, name) == value for name, value in as_it_was.items())

    return is_listed


def found(**asked: str) -> Counts:
    """Whether the list behind a question has anybody."""
    user = user_with("supervisor", "3303")
    return lambda moment: Drilldown(division="330382", **asked).institutions(user, moment).exists()


# --- What begins on a day and becomes known at a moment


def survey() -> Counts:
    institution(surveyed_on=ON, surveyed_recorded=KNOWN)
    return figure("surveyed")


def survey_in_a_list() -> Counts:
    institution(surveyed_on=ON, surveyed_recorded=KNOWN, status="full")
    return listed(surveyed_on=ON, licence_status="full")


def survey_by_status() -> Counts:
    institution(surveyed_on=ON, surveyed_recorded=KNOWN, status="full")
    return found(licence_status="full")


def order() -> Counts:
    round_of(institution(), ON, ordered_recorded=KNOWN)
    return figure("with_problems")


def strike_off_() -> Counts:
    strike_off(round_of(institution(), "2018-06-01"), ON, recorded=KNOWN)
    return figure("rectified")


def extension() -> Counts:
    round_of(institution(), "2018-06-01", due_on="2018-06-20", extensions=[(ON, "2018-08-01", KNOWN)])
    overdue = figure("overdue")
    return lambda moment: not overdue(moment)


def supplement_put_right() -> Counts:
    round_ = round_of(institution(), "2018-06-01", due_on="2018-12-31")
    what_became_of(supplement_of(round_, due_on="2018-06-10"), "fulfilled", ON, recorded=KNOWN)
    overdue = figure("overdue")
    return lambda moment: not overdue(moment)


def supplement_taken_back() -> Counts:
    round_ = round_of(institution(), "2018-06-01", due_on="2018-12-31")
    what_became_of(supplement_of(round_, due_on="2018-06-10"), "withdrawn", ON, recorded=KNOWN)
    overdue = figure("overdue")
    return lambda moment: not overdue(moment)


def supplement_not_put_right_after_all() -> Counts:
    round_ = round_of(institution(), "2018-06-01", due_on="2018-12-31")
    notice = supplement_of(round_, due_on="2018-06-10")
    what_became_of(notice, "fulfilled", "2018-06-05")
    what_became_of(notice, "unfulfilled", ON, recorded=KNOWN)
    return figure("overdue")


def supplement_extended() -> Counts:
    round_ = round_of(institution(), "2018-06-01", due_on="2018-12-31")
    what_became_of(supplement_of(round_, due_on="2018-06-10"), "extended", ON, recorded=KNOWN, due_on="2018-12-01")
    overdue = figure("overdue")
    return lambda moment: not overdue(moment)


def finding() -> Counts:
    visit_of(institution(), ON, findings=("T01",), recorded=KNOWN)
    return lambda moment: with_finding(Institution.objects.all(), "T01", moment).exists()


def visit_ever() -> Counts:
    visit_of(institution(), ON, recorded=KNOWN)
    unvisited = found(unvisited="ever")
    return lambda moment: not unvisited(moment)


def move_() -> Counts:
    move_of(institution(), NEXT_TO_LIUSHI, ON, recorded=KNOWN)
    return figure("surveyed", NEXT_TO_LIUSHI)


def move_in_a_list() -> Counts:
    move_of(institution(), NEXT_TO_LIUSHI, ON, recorded=KNOWN, address="新路1号")
    return listed(division_code=NEXT_TO_LIUSHI, operating_address="新路1号", division_name="北白象镇")


def name_in_a_list() -> Counts:
    rename_of(institution(), "新名", ON, recorded=KNOWN)
    return listed(name="新名")


def name_of_a_division() -> Counts:
    institution()
    division_rename_of("330382114", "柳市街道", ON, recorded=KNOWN)
    return listed(division_name="柳市街道")


def licence() -> Counts:
    licence_of(institution(), "permit", ON, recorded_at=KNOWN)
    return licence_now("permit_only")


def revocation() -> Counts:
    licence_of(
        institution(), "permit", "2018-01-01", recorded_at=at("2018-01-01"), revoked_on=ON, revoked_recorded_at=KNOWN
    )
    return licence_now("none")


def closure() -> Counts:
    school = institution()
    strike_off(round_of(school, "2018-06-01"), ON, recorded=KNOWN)
    Institution.objects.filter(pk=school.pk).update(ceased_on=ON)
    unvisited = found(unvisited="ever")
    return lambda moment: not unvisited(moment)


BEGIN = [
    survey, survey_in_a_list, survey_by_status, order, strike_off_, extension, supplement_put_right,
    supplement_taken_back, supplement_not_put_right_after_all, supplement_extended, finding, visit_ever, move_,
    move_in_a_list, name_in_a_list, name_of_a_division, licence, revocation, closure,
]  # fmt: skip


@pytest.mark.parametrize("fact", BEGIN)
def test_fact_counts_from_its_very_day_and_from_the_very_moment_it_became_known(db, fact):
    counts = fact()

    assert counts(Moment(ON, KNOWN))
    assert not counts(Moment(ON - A_DAY, KNOWN))
    assert not counts(Moment(ON, KNOWN - AN_INSTANT))


# --- What ends at a moment, or begins at one, whatever the day


def voided_order() -> Counts:
    void(round_of(institution(), ON), KNOWN)
    return figure("with_problems")


def merged_institution() -> Counts:
    merge_of(institution(), institution("330381", surveyed_on=None), KNOWN)
    return figure("surveyed")


def withdrawn_institution() -> Counts:
    institution(withdrawn_at=KNOWN)
    return figure("surveyed")


def withdrawn_institution_in_a_list() -> Counts:
    institution(withdrawn_at=KNOWN)
    return found()


def withdrawn_survey() -> Counts:
    withdraw_survey_of(institution(surveyed_on=ON), KNOWN)
    return figure("surveyed")


def withdrawn_survey_in_a_list() -> Counts:
    withdraw_survey_of(institution(surveyed_on=ON, status="full"), KNOWN)
    return listed(surveyed_on=ON, licence_status="full")


def withdrawn_survey_by_status() -> Counts:
    withdraw_survey_of(institution(surveyed_on=ON, status="full"), KNOWN, instead=(ON, "none"))
    return found(licence_status="full")


def withdrawn_visit() -> Counts:
    withdraw_visit_of(visit_of(institution(), ON, findings=("T01",)), KNOWN)
    return lambda moment: with_finding(Institution.objects.all(), "T01", moment).exists()


def withdrawn_place() -> Counts:
    move_of(institution(), NEXT_TO_LIUSHI, ON, withdrawn=KNOWN)
    return figure("surveyed", NEXT_TO_LIUSHI)


def withdrawn_place_in_a_list() -> Counts:
    move_of(institution(), NEXT_TO_LIUSHI, ON, withdrawn=KNOWN)
    return listed(division_code=NEXT_TO_LIUSHI)


def withdrawn_name() -> Counts:
    rename_of(institution(), "新名", ON, withdrawn=KNOWN)
    return listed(name="新名")


def withdrawn_name_in_a_search() -> Counts:
    rename_of(institution(), "新名", ON, withdrawn=KNOWN)
    return found(q="新名")


def withdrawn_licence() -> Counts:
    licence_of(
        institution(), "permit", "2018-01-01", recorded_at=at("2018-01-01"), withdrawn_at=KNOWN, withdraw_reason="登错"
    )
    return licence_now("permit_only")


END = [
    voided_order, merged_institution, withdrawn_institution, withdrawn_institution_in_a_list, withdrawn_survey,
    withdrawn_survey_in_a_list, withdrawn_survey_by_status, withdrawn_visit, withdrawn_place,
    withdrawn_place_in_a_list, withdrawn_name, withdrawn_name_in_a_search, withdrawn_licence,
]  # fmt: skip


@pytest.mark.parametrize("fact", END)
def test_fact_counts_until_the_very_moment_it_is_taken_back(db, fact):
    counts = fact()

    assert counts(Moment(ON, KNOWN - AN_INSTANT))
    assert not counts(Moment(ON, KNOWN))


def registration() -> Counts:
    institution(recorded_at=KNOWN, surveyed_on=None)
    return found()


def name_in_a_search() -> Counts:
    rename_of(institution(), "新名", ON, recorded=KNOWN)
    return found(q="新名")


def address_in_a_search() -> Counts:
    move_of(institution(), NEXT_TO_LIUSHI, ON, recorded=KNOWN, address="新路1号")
    return found(q="新路1号")


@pytest.mark.parametrize("fact", [registration, name_in_a_search, address_in_a_search])
def test_fact_is_found_from_the_very_moment_it_became_known(db, fact):
    counts = fact()

    assert counts(Moment(ON, KNOWN))
    assert not counts(Moment(ON, KNOWN - AN_INSTANT))


# --- Last days


def test_licence_counts_on_its_last_day_and_not_the_day_after(db):
    licence_of(institution(), "registration", "2018-01-01", valid_to=ON, recorded_at=at("2018-01-01"))
    counts = licence_now("registration_only")

    assert [counts(Moment(ON + days * A_DAY, KNOWN)) for days in (-1, 0, 1)] == [True, True, False]


@pytest.mark.parametrize(("days", "overdue"), [(0, False), (1, True)], ids=["on the day", "the day after"])
@pytest.mark.parametrize("of", ["the order", "a supplement"])
def test_round_is_overdue_from_the_day_after_a_deadline(db, of, days, overdue):
    round_ = round_of(institution(), "2018-06-01", due_on=ON if of == "the order" else "2018-12-31")
    if of == "a supplement":
        supplement_of(round_, due_on=ON)

    assert figure("overdue")(Moment(ON + days * A_DAY, KNOWN)) is overdue


@pytest.mark.parametrize(("days", "unvisited"), [(89, False), (90, True)])
def test_institution_is_unvisited_for_ninety_days_from_the_ninetieth_day_after_a_visit(db, days, unvisited):
    visit_of(institution(), ON)

    assert found(unvisited="90")(Moment(ON + days * A_DAY, at("2019-01-01"))) is unvisited


def test_population_is_of_its_division_and_of_nobody_outside_what_is_given(db):
    school = institution()
    moment = Moment(ON, KNOWN)

    assert list(population("330382114", moment)) == [school]
    assert list(population(NEXT_TO_LIUSHI, moment)) == []
    assert list(population("330382114", moment, Institution.objects.none())) == []
