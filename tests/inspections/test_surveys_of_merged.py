"""排摸 of registrations that are one institution: sent after the merge, taken over, taken back with what it rests on."""

from importlib import import_module

import pytest
from django.apps import apps

from figures.drilldown import Drilldown, not_ordered_yet
from figures.statistics import completion, counts, population
from figures.verifying import differences
from inspections.actions import record_visit, withdraw_visit
from inspections.models import Rectification, Visit
from institutions.actions import merge_institutions, take_apart, withdraw_survey
from institutions.models import Institution, Merge
from institutions.moments import Moment
from tests.factories import (
    at,
    day,
    institution,
    licence_of,
    merge_of,
    round_of,
    sent_visit,
    visit_of,
    withdraw_survey_of,
    withdraw_visit_of,
)

pytestmark = pytest.mark.django_db
LATER = at("2018-12-01")


@pytest.fixture
def one() -> Institution:
    return institution(name="青竹培训", surveyed_on=None)


@pytest.fixture
def other() -> Institution:
    return institution(name="青竹教育", surveyed_on=None)


@pytest.fixture
def merge(taskforce):
    def merged(goes: Institution, into: Institution, on: str) -> Merge:
        both = {"into": Institution.objects.get(pk=into.pk), "merged": Institution.objects.get(pk=goes.pk)}
        return merge_institutions(**both, by=taskforce, reason="同一家", at=at(on))

    return merged


@pytest.fixture
def survey(inspector):
    """The first survey of an institution, of 1 October, sent on a day."""

    def of(school: Institution, sent_on: str, **stated) -> Visit:
        stated = {"purpose": "survey", "licence_status": "none", "happened_at": at("2018-10-01")} | stated
        receipt = record_visit(sent_visit(school, **stated), by=inspector, received_at=at(sent_on, 18))
        return Visit.objects.get(pk=receipt.id)

    return of


@pytest.fixture
def today(supervisor):
    """How many are surveyed: as counted, and in the list of today."""

    def numbers(figure: str = "surveyed") -> tuple[int, int]:
        now = Moment.of()
        listed = Drilldown(division="330382", figure=figure).institutions(supervisor, now.as_it_stands())
        return getattr(completion("330382", now).total, figure), listed.count()

    return numbers


def surveyed(school: Institution) -> tuple[str, str]:
    school.refresh_from_db()
    return str(school.surveyed_on), school.licence_status_at_survey


NOT = ("None", "")


# --- Sent after the merge


def test_survey_sent_after_the_merge_is_that_of_the_one_that_stays_too(one, other, merge, survey, today, figures):
    merge(one, other, "2018-10-02")

    survey(one, "2018-10-05")

    assert today() == (1, 1)
    assert surveyed(one) == surveyed(other) == ("2018-10-01", "none")
    assert [figures("2018-10-31", known=each).surveyed for each in ("2018-10-05", "2018-10-06")] == [0, 1]
    assert not_ordered_yet(["330382"]) == 1


def test_survey_sent_after_the_merge_leaves_that_of_the_one_that_stays(one, merge, survey, today):
    stays = institution(surveyed_on="2018-04-02", status="full")
    merge(one, stays, "2018-10-02")

    survey(one, "2018-10-05")

    assert (surveyed(stays), surveyed(one)) == (("2018-04-02", "full"), ("2018-10-01", "none"))
    assert today() == (1, 1)


def test_survey_sent_after_the_merge_goes_when_they_are_taken_apart(one, other, merge, survey, taskforce, today):
    merged = merge(one, other, "2018-10-02")
    survey(one, "2018-10-05")

    take_apart(merged, by=taskforce, reason="不是同一家", at=LATER)

    assert (surveyed(other), surveyed(one)) == (NOT, ("2018-10-01", "none"))
    assert today() == (1, 1)


def test_survey_sent_after_the_merge_is_withdrawn_with_its_visit(one, other, merge, survey, taskforce, today):
    merge(one, other, "2018-10-02")
    visit = survey(one, "2018-10-05")

    withdraw_visit(visit, by=taskforce, reason="选错机构", at=LATER)

    assert surveyed(one) == surveyed(other) == NOT
    assert today() == (0, 0)


def test_what_comes_back_with_a_survey_sent_meanwhile_is_surveyed(one, other, merge, survey, taskforce, today):
    """甲 into 乙, 乙 into 丙: the survey of 甲 is sent, and 丙 is another institution after all."""
    third = institution(name="晨曦教育", surveyed_on=None)
    merge(one, other, "2018-10-02")
    merged = merge(other, third, "2018-10-03")
    survey(one, "2018-10-05")
    assert (surveyed(other), surveyed(third)) == (NOT, ("2018-10-01", "none"))

    take_apart(merged, by=taskforce, reason="不是同一家", at=LATER)

    assert (surveyed(other), surveyed(third)) == (("2018-10-01", "none"), NOT)
    assert today() == (1, 1)


# --- Written at the moment of an import, which is before a merge that came between


@pytest.fixture
def known(supervisor):
    """How many are surveyed as known at noon of the 2nd and the 4th: as counted, as defined, and in the list."""

    def numbers() -> list[tuple[int, int, int]]:
        asked = [Moment.of(day("2018-10-31"), at(each)) for each in ("2018-10-02", "2018-10-04")]
        return [
            (
                completion("330382", each).total.surveyed,
                counts(population("330382", each), each).surveyed,
                Drilldown(division="330382", figure="surveyed").institutions(supervisor, each).count(),
            )
            for each in asked
        ]

    return numbers


def test_survey_of_before_the_merge_is_taken_over_when_they_were_merged(one, other, merge, survey, known):
    merge(one, other, "2018-10-03")

    survey(one, "2018-10-01")

    other.refresh_from_db()
    assert (other.surveyed_recorded_at, other.survey_of_id) == (at("2018-10-03"), one.pk)
    assert known() == [(1, 1, 1), (1, 1, 1)]
    assert list(differences()) == []


def test_survey_taken_over_is_withdrawn_at_a_moment_before_the_merge(one, other, merge, survey, taskforce, known):
    visit = survey(one, "2018-10-01")
    merge(one, other, "2018-10-03")

    withdraw_visit(visit, by=taskforce, reason="撤销导入", unfinished=True, at=at("2018-10-02", 9))

    assert surveyed(one) == surveyed(other) == NOT
    assert known() == [(0, 0, 0), (0, 0, 0)]
    assert list(differences()) == []


def test_visit_counts_instead_from_when_the_survey_taken_over_did(one, other, merge, survey, taskforce, known):
    visit = survey(one, "2018-10-01")
    merge(one, other, "2018-10-03")
    survey(other, "2018-10-03", happened_at=at("2018-10-02"), licence_status="full")

    withdraw_visit(visit, by=taskforce, reason="撤销导入", unfinished=True, at=at("2018-10-02", 9))

    assert (surveyed(one), surveyed(other)) == (NOT, ("2018-10-02", "full"))
    assert known() == [(0, 0, 0), (1, 1, 1)]
    assert list(differences()) == []


# --- Taken back through several merges


@pytest.fixture
def chain(one, other, merge, survey):
    """甲, surveyed, into 乙 into 丙: both took its survey over."""
    third = institution(name="晨曦教育", surveyed_on=None)
    visit = survey(one, "2018-10-01")
    first, second = merge(one, other, "2018-10-02"), merge(other, third, "2018-10-03")
    assert surveyed(other) == surveyed(third) == ("2018-10-01", "none")
    return visit, first, second, third


def test_survey_taken_over_twice_is_withdrawn_at_each(chain, one, other, taskforce, today, figures):
    visit, _first, _second, third = chain

    withdraw_visit(visit, by=taskforce, reason="选错机构", at=LATER)

    assert surveyed(one) == surveyed(other) == surveyed(third) == NOT
    assert [figures("2018-12-31", known=each).surveyed for each in ("2018-11-30", "2018-12-02")] == [1, 0]
    assert today() == (0, 0)


def test_survey_taken_over_twice_is_given_back_by_each(chain, one, other, taskforce, today):
    """The merge that comes back when the second is taken apart is another row, recorded then."""
    _visit, _first, second, third = chain

    take_apart(second, by=taskforce, reason="不是同一家", at=at("2018-11-01"))
    assert (surveyed(third), surveyed(other)) == (NOT, ("2018-10-01", "none"))

    take_apart(one.merges.standing().get(), by=taskforce, reason="也不是", at=LATER)
    assert (surveyed(one), surveyed(other)) == (("2018-10-01", "none"), NOT)
    assert today() == (1, 1)


def test_survey_of_another_that_is_merged_counts_instead(chain, merge, taskforce):
    visit, _first, _second, third = chain
    merge(institution(surveyed_on="2018-06-01", status="full"), third, "2018-10-04")

    withdraw_visit(visit, by=taskforce, reason="选错机构", at=LATER)

    assert surveyed(third) == ("2018-06-01", "full")


def test_visit_that_surveyed_the_one_that_stays_counts_instead(one, other, merge, survey, taskforce, figures):
    visit = survey(one, "2018-10-01")
    merge(one, other, "2018-10-02")
    survey(other, "2018-10-05", happened_at=at("2018-10-04"), licence_status="full")

    withdraw_visit(visit, by=taskforce, reason="选错机构", at=LATER)

    assert surveyed(other) == ("2018-10-04", "full")
    assert [figures("2018-10-03", known=each).surveyed for each in ("2018-11-30", "2018-12-02")] == [1, 0]


def test_visit_that_surveyed_the_one_in_the_middle_counts_instead(chain, other, survey, taskforce, today):
    visit, _first, _second, third = chain
    survey(other, "2018-10-05", happened_at=at("2018-10-04"), licence_status="full")

    withdraw_visit(visit, by=taskforce, reason="选错机构", at=LATER)

    assert surveyed(other) == surveyed(third) == ("2018-10-04", "full")
    assert today() == (1, 1)


def test_visits_that_surveyed_the_middle_and_the_end_count_instead_each_where_it_was(
    chain, other, survey, taskforce, today
):
    visit, _first, _second, third = chain
    survey(other, "2018-10-05", happened_at=at("2018-10-04"), licence_status="full")
    survey(third, "2018-10-05", happened_at=at("2018-10-03"))

    withdraw_visit(visit, by=taskforce, reason="选错机构", at=LATER)

    assert (surveyed(other), surveyed(third)) == (("2018-10-04", "full"), ("2018-10-03", "none"))
    assert today() == (1, 1)


# --- On which visit it rests


def test_survey_entered_in_place_of_another_stays_when_a_visit_of_its_day_is_withdrawn(one, survey, taskforce):
    """The survey that was withdrawn first was another one: none of the visits says what counts now."""
    survey(one, "2018-10-01")
    withdraw_survey_of(Institution.objects.get(pk=one.pk), "2018-10-02", instead=("2018-10-04", "full"))
    visit = survey(one, "2018-10-05", happened_at=at("2018-10-04"))

    withdraw_visit(visit, by=taskforce, reason="记错", at=LATER)

    assert surveyed(one) == ("2018-10-04", "full")


def test_of_two_surveys_of_one_day_the_one_that_took_the_others_place_is_withdrawn_with_its_visit(
    one, survey, taskforce
):
    first = survey(one, "2018-10-01")
    second = survey(one, "2018-10-05", happened_at=at("2018-10-04"))
    survey(one, "2018-10-06", happened_at=at("2018-10-04", 15), licence_status="full")
    withdraw_visit(first, by=taskforce, reason="选错机构", at=at("2018-11-01"))
    assert Institution.objects.get(pk=one.pk).survey_visit == second.pk

    withdraw_visit(second, by=taskforce, reason="也选错了", at=LATER)

    school = Institution.objects.get(pk=one.pk)
    assert (str(school.surveyed_on), school.licence_status_at_survey) == ("2018-10-04", "full")
    assert school.surveyed_recorded_at == LATER


def test_survey_that_rests_on_no_visit_says_so(one, survey, taskforce):
    survey(one, "2018-10-01")

    school = withdraw_survey(one, by=taskforce, at=LATER)

    assert (school.survey_visit, school.survey_of) == (None, None)


# --- Rows of before, of which nothing of this was said

whose = import_module("institutions.migrations.0023_what_a_survey_rests_on")
which = import_module("inspections.migrations.0023_the_visit_of_a_survey")


def forgotten() -> dict:
    """What the surveys rest on, forgotten."""
    said = {each.pk: (each.survey_visit, each.survey_of_id) for each in Institution.objects.all()}
    Institution.objects.update(survey_visit=None, survey_of=None)
    return said


def said_again() -> dict:
    whose.say_whose(apps, None)
    whose.take_over_what_came_late(apps, None)
    which.say_which_visit(apps, None)
    return {each.pk: (each.survey_visit, each.survey_of_id) for each in Institution.objects.all()}


def test_what_a_survey_rests_on_is_found_again(chain, survey, taskforce):
    """Of the register, of a visit, taken over, taken over twice, and in the place of one that was withdrawn."""
    institution(surveyed_on="2018-10-01")
    withdrawn = institution(surveyed_on=None)
    visit = survey(withdrawn, "2018-10-01")
    survey(withdrawn, "2018-10-05", happened_at=at("2018-10-04"))
    withdraw_visit(visit, by=taskforce, reason="记错", at=LATER)

    said = forgotten()

    assert said_again() == said
    assert [sum(each is not None for each in those) for those in zip(*said.values(), strict=True)] == [2, 2]


def test_survey_that_had_come_late_is_taken_over(one, other, today):
    """As releases before left it: at the registration it was sent to alone."""
    merge_of(one, other, "2018-10-02")
    survey = {"surveyed_on": day("2018-10-01"), "surveyed_recorded_at": at("2018-10-05")}
    Institution.objects.filter(pk=one.pk).update(**survey, licence_status_at_survey="none")
    assert today() == (1, 0)

    said_again()

    other.refresh_from_db()
    assert (other.surveyed_recorded_at, other.survey_of_id) == (at("2018-10-05"), one.pk)
    assert today() == (1, 1)


@pytest.mark.parametrize(("voided", "taken"), [(None, NOT), ("2018-05-02", ("2018-10-01", "none"))])
def test_survey_that_had_come_late_makes_no_outcome_of_a_round_illegal(one, voided, taken):
    stays = institution(surveyed_on=None)
    for kind in ("permit", "registration"):
        licence_of(stays, kind)
    round_ = round_of(stays, "2018-05-01", voided=voided)
    merge_of(one, stays, "2018-10-02")
    survey = {"surveyed_on": day("2018-10-01"), "surveyed_recorded_at": at("2018-10-05")}
    Institution.objects.filter(pk=one.pk).update(**survey, licence_status_at_survey="none")

    said_again()

    assert surveyed(stays) == taken
    assert voided or "corrected" in Rectification.objects.get(pk=round_.pk).legal_outcomes


def test_whose_survey_took_the_place_of_one_that_was_taken_over_is_found_again(one, other, merge, survey, taskforce):
    visit = survey(one, "2018-10-01")
    merge(one, other, "2018-10-02")
    survey(one, "2018-10-05", happened_at=at("2018-10-04"))
    withdraw_visit(visit, by=taskforce, reason="记错", at=LATER)
    assert surveyed(other) == ("2018-10-04", "none")

    said = forgotten()

    assert said_again() == said
    assert said[other.pk] == (None, one.pk)


def test_visit_to_the_one_that_stays_goes_before_the_same_survey_of_what_is_merged(
    one, other, merge, survey, taskforce
):
    visit = survey(other, "2018-10-01")
    survey(other, "2018-10-05", happened_at=at("2018-10-04"))
    survey(one, "2018-10-05", happened_at=at("2018-10-04"))
    merge(one, other, "2018-10-06")
    withdraw_visit(visit, by=taskforce, reason="记错", at=LATER)

    said = forgotten()

    assert said_again() == said


def test_visit_that_was_withdrawn_or_saw_nothing_is_not_what_a_survey_rests_on(one):
    at_once = {"purpose": "survey", "recorded": "2018-10-02"}
    withdraw_visit_of(visit_of(one, "2018-10-01", **at_once), "2018-10-03")
    visit_of(one, "2018-10-01", **at_once, result="not_found")
    visit_of(one, "2018-10-01", purpose="routine", recorded="2018-10-02")
    visit_of(one, "2018-10-02", **at_once)
    survey = {"surveyed_on": day("2018-10-01"), "licence_status_at_survey": "none"}
    recorded = Visit.objects.first().recorded_at
    Institution.objects.filter(pk=one.pk).update(**survey, surveyed_recorded_at=recorded)

    said_again()

    assert Institution.objects.get(pk=one.pk).survey_visit is None


# --- 证照不全而尚未责令


def test_round_of_what_was_merged_is_an_order(merge):
    goes = institution(status="none")
    round_of(goes, "2018-05-01", verified_on="2018-06-01")
    merge(goes, institution(status="none"), "2018-10-02")

    assert not_ordered_yet(["330382"]) == 0
