"""What lists, checks and the report say of an institution in which another is merged: one history, whichever of the two
it was written to; and as known before, two."""

import pytest

from figures.columns import last_visit_on
from figures.drilldown import Drilldown
from figures.frames import Frames
from figures.ledger import LedgerQuestion
from figures.standing import ceased_on, due_on
from figures.statistics import completion
from institutions.models import Institution, surveyed_on_then
from institutions.moments import Moment
from institutions.past import as_listed
from reports.contradictions import contradictions
from reports.monthly import rebounds
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    institution,
    licence_of,
    merge_of,
    round_of,
    strike_off,
    user_with,
    visit_of,
)

pytestmark = pytest.mark.django_db
MERGED = "2018-10-01"


@pytest.fixture
def stays() -> Institution:
    return institution(name="绘声馆", surveyed_on="2018-08-01", status="full")


@pytest.fixture
def goes() -> Institution:
    return institution(name="汇声馆", surveyed_on="2018-04-02", status="none")


@pytest.fixture
def somebody():
    return user_with("supervisor", "3303", "somebody")


def moment(on: str, known: str = "2018-12-31") -> Moment:
    return Moment(day(on), at(known))


def of(school: Institution, expression):
    return Institution.objects.annotate(asked=expression).values_list("asked", flat=True).get(pk=school.pk)


def test_deadline_and_last_visit_and_closing_are_of_either(stays, goes):
    visit_of(goes, "2018-05-01")
    round_ = round_of(goes, "2018-05-02", due_on="2018-06-02")
    strike_off(round_, "2018-07-01", outcome="closed")
    merge_of(goes, stays, MERGED)

    assert of(stays, due_on(moment("2018-06-01"))) == day("2018-06-02")
    assert of(stays, last_visit_on(moment("2018-06-01"))) == day("2018-05-01")
    assert of(stays, ceased_on(moment("2018-07-01"))) == day("2018-07-01")
    before = moment("2018-07-01", "2018-09-30")
    assert [of(stays, each(before)) for each in (due_on, last_visit_on, ceased_on)] == [None] * 3


def test_survey_of_a_day_is_its_own_or_the_last_of_the_others(stays, goes):
    merge_of(goes, stays, MERGED)
    merge_of(institution(surveyed_on="2018-05-07", status="permit_only"), stays, MERGED)

    def shown(on: str) -> tuple:
        (listed,) = as_listed(Institution.objects.filter(pk=stays.pk), moment(on))
        assert listed.surveyed_on == of(stays, surveyed_on_then(moment(on)))
        return listed.surveyed_on, listed.licence_status

    assert shown("2018-04-01") == (None, "")
    assert shown("2018-05-01") == (day("2018-04-02"), "none")
    assert shown("2018-06-01") == (day("2018-05-07"), "permit_only")
    assert shown("2018-08-01") == (day("2018-08-01"), "full")


def test_one_visited_under_its_other_registration_is_not_unvisited(stays, goes, somebody):
    visit_of(goes, "2018-09-25")
    merge_of(goes, stays, MERGED)

    def unvisited(known: str) -> set[str]:
        found = Drilldown(division="330382", unvisited="30").institutions(somebody, moment("2018-10-02", known))
        return set(found.values_list("name", flat=True))

    assert (unvisited("2018-09-30"), unvisited("2018-10-01")) == ({"绘声馆"}, set())


def test_rounds_behind_a_figure_are_as_many_as_it_counts(stays, goes, somebody):
    first = round_of(goes, "2018-05-02", verified_on="2018-06-01", outcome="licensed")
    merge_of(goes, stays, MERGED)

    def rounds(**asked) -> list:
        question = LedgerQuestion(division="330382", as_of="2018-12-31", known_at=at("2018-12-31").isoformat(), **asked)
        return list(question.rounds(somebody))

    assert rounds(figure="licensed") == [first]
    round_of(stays, "2018-11-01")
    assert [each.institution for each in rounds(figure="outstanding")] == [stays]
    assert rounds(figure="licensed") == []


@pytest.mark.parametrize(("who", "found"), [("stays", ["绘声馆"]), ("goes", [])])
def test_rebound_follows_what_was_struck_off_at_either(request, stays, goes, who, found):
    """At one alone, an order of the other is no rebound until both are known to be one."""
    round_of(goes, "2018-05-02", verified_on="2018-06-01")
    round_of(stays, "2018-11-01")
    if who == "stays":
        merge_of(goes, stays, MERGED)

    asked = rebounds(Institution.objects.all(), moment("2018-11-30"), day("2018-10-31"), "330382")

    assert list(asked.values_list("name", flat=True)) == found


def test_first_round_of_a_merged_institution_is_no_rebound(stays, goes):
    round_of(stays, "2018-11-01")
    merge_of(goes, stays, MERGED)

    assert not rebounds(Institution.objects.all(), moment("2018-11-30"), day("2018-10-31"), "330382").exists()


def checks(on: str, before: str) -> dict[str, list[str]]:
    found = contradictions("330382", moment(on), day(before))
    return {each.code: [listed.name for listed in each.institutions] for each in found}


def test_what_was_struck_off_at_the_one_that_was_merged_has_not_disappeared_elsewhere(stays, goes):
    """Of two that were counted one is no more, which is to be looked at; the one that stays has lost nothing."""
    round_of(goes, "2018-05-02", verified_on="2018-06-01", outcome="corrected")
    round_of(stays, "2018-08-02", verified_on="2018-08-20", outcome="corrected")
    merge_of(goes, stays, "2018-10-15")

    assert checks("2018-10-31", "2018-09-30") == {"base_shrank": ["汇声馆"], "strike_off_disappeared": ["汇声馆"]}


def test_closed_at_one_and_inspected_at_the_other_is_a_contradiction(stays, goes):
    round_of(goes, "2018-05-02", verified_on="2018-06-01", outcome="closed")
    visit_of(stays, "2018-09-01")
    merge_of(goes, stays, MERGED)

    assert checks("2018-12-31", "2018-11-30") == {"closed_but_visited_open": ["绘声馆"]}


def test_present_counts_a_round_of_either_once(stays, goes):
    round_of(goes, "2018-05-02", verified_on="2018-06-01")
    round_of(stays, "2018-06-02", verified_on="2018-07-01")
    only_merged = institution(surveyed_on="2018-05-01")
    merge_of(goes, stays, MERGED)
    gone = institution()
    round_of(gone, "2018-05-02", verified_on="2018-06-01")
    merge_of(gone, only_merged, MERGED)

    told = completion("330382", Moment.of()).total

    assert (told.surveyed, told.with_problems, told.rectified) == (2, 2, 2)


def test_tables_for_analysts_have_what_was_written_to_either_under_the_one_that_stays(stays, goes):
    visit_of(goes, "2018-05-01", findings=("T01",))
    round_of(goes, "2018-05-02", verified_on="2018-06-01")
    licence_of(goes, "permit", "2018-01-01", recorded_at=at("2018-01-01"))
    merge_of(goes, stays, MERGED)

    for known, who in (("2018-12-31", stays), ("2018-09-30", goes)):
        tables = Frames.of("330382", moment("2018-09-30", known))
        for name in ("visits", "findings", "rounds", "licences"):
            assert list(tables.frame(name).institution_id) == [str(who.pk)], (name, known)


def test_tables_for_analysts_have_a_round_where_its_registration_lay_as_the_ledger_has(stays):
    """What lay in another township and was merged is counted with the one that stays; its round is listed where it was
    ordered."""
    elsewhere = institution(NEXT_TO_LIUSHI, surveyed_on="2018-04-02")
    number = round_of(elsewhere, "2018-05-01", verified_on="2018-06-01").number
    merge_of(elsewhere, stays, MERGED)
    asked, somebody = moment("2018-11-30"), user_with("inspector", LIUSHI)

    here, there = (Frames.of(division, asked) for division in (LIUSHI, NEXT_TO_LIUSHI))

    assert list(here.institutions.rectified) == [True]
    assert (list(here.rounds.number), list(there.rounds.number)) == ([], [number])
    assert list(there.rounds.institution_id) == [str(stays.pk)]
    assert list(there.institutions.institution_id) == []
    assert list(Frames.of(None, asked, user=somebody).rounds.number) == []
