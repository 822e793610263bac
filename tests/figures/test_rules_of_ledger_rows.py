"""A round as a list of the ledger shows it, to the day."""

from datetime import timedelta

import pytest

from figures.ledger import LedgerQuestion
from figures.rounds import LedgerRow, rows_of, with_what_is_listed
from inspections.models import Visit
from institutions.moments import today
from tests.factories import at, day, hand, institution, round_of, sent_visit, supplement_of, visit_of, withdraw_visit_of

DAY = today()
PAST = {"as_of": "2018-06-30", "known_at": at("2018-07-01", 0).isoformat()}


@pytest.fixture
def listed(taskforce):
    def rows(**query) -> list[LedgerRow]:
        question = LedgerQuestion.from_query(query, taskforce)
        found = with_what_is_listed(question.rounds(taskforce), question).order_by("institution__name")
        return rows_of(found, question, with_visitors=True)

    return rows


@pytest.mark.parametrize(
    ("due_in", "left", "state"),
    [(-2, "逾期 2 天", "逾期 · 已责令"), (-1, "逾期 1 天", "逾期 · 已责令"), (0, "今天到期", "已责令"),
     (1, "还剩 1 天", "已责令")],
)  # fmt: skip
def test_days_left_of_an_open_round_are_said_in_words(listed, due_in, left, state):
    round_of(institution(), DAY - timedelta(days=20), due_on=DAY + timedelta(days=due_in))

    [row] = listed()
    assert (row.left_in_words, row.state_in_words) == (left, state)


def test_round_that_ended_has_no_days_left(listed):
    round_of(institution(name="甲"), "2018-05-01", due_on="2018-06-01", verified_on="2018-07-01", outcome="licensed")
    round_of(institution(name="乙"), "2018-05-01", due_on="2018-06-01", voided="2018-05-02")

    verified, voided = sorted(listed(), key=lambda row: row.listed.name, reverse=True)
    assert (verified.left_in_words, verified.state_in_words) == ("", "已销号")
    assert (verified.verified_on, verified.outcome, verified.submitted_on) == (
        day("2018-07-01"),
        "licensed",
        day("2018-07-01"),
    )
    assert (voided.left_in_words, voided.state_in_words) == ("", "已作废")
    assert (voided.verified_on, voided.outcome, voided.submitted_on) == (None, "", None)


@pytest.mark.parametrize(("on", "shown"), [("2018-06-30", True), ("2018-07-01", False)])
def test_submission_of_a_later_day_is_not_shown_in_the_past(listed, on, shown):
    round_of(institution(), "2018-05-01", submitted_on=on, verified_on="2018-07-02")

    [row] = listed(**PAST)
    assert (row.submitted_on, row.verified_on, row.outcome) == (day(on) if shown else None, None, "")


def test_deadline_of_a_supplement_is_marked_at_present_only(listed):
    round_ = round_of(institution(name="甲"), "2018-05-01", due_on="2018-06-10")
    supplement_of(round_, "2018-05-02", due_on="2018-05-20")
    round_of(institution(name="乙"), "2018-05-01", due_on="2018-06-10")

    assert [(row.listed.name, row.supplementary, str(row.round.next_due_on)) for row in listed()] == [
        ("乙", False, "2018-06-10"), ("甲", True, "2018-05-20"),
    ]  # fmt: skip
    assert [(row.listed.name, row.supplementary, str(row.round.next_due_on)) for row in listed(**PAST)] == [
        ("乙", False, "2018-06-10"), ("甲", False, "2018-05-20"),
    ]  # fmt: skip


def test_visitors_are_named_once_in_the_order_of_their_visits_who_opened_the_round_first(listed):
    school = institution()
    opened = visit_of(school, "2018-05-01", findings=("T01",), by=hand("开单"))
    round_ = round_of(school, "2018-05-02", visit=opened)
    for on, who in (("2018-06-12", "乙"), ("2018-06-11", "甲"), ("2018-06-13", "甲"), ("2018-06-14", "开单")):
        visit_of(school, on, round_=round_, by=hand(who))
    both = visit_of(school, "2018-06-15", round_=round_, by=hand("丁"))
    both.inspectors.add(hand("戊"))
    visit_of(school, "2018-06-16", by=hand("外人"))  # of no round
    visit_of(institution(name="别家"), "2018-06-16", by=hand("外人"))

    [row] = listed()
    assert row.visitors == ["开单", "甲", "乙", "丁", "戊"]


@pytest.mark.parametrize(
    ("on", "recorded", "withdrawn", "then", "now"),
    [
        ("2018-06-30", "2018-06-30", None, ["甲"], ["甲"]),
        ("2018-07-01", "2018-06-30", None, [], ["甲"]),
        ("2018-06-30", "2018-07-02", None, [], ["甲"]),
        ("2018-06-30", "2018-06-30", "2018-07-02", ["甲"], []),
        ("2018-06-30", "2018-06-30", "2018-06-30", [], []),
    ],
)
def test_visitors_of_a_past_day_are_those_of_visits_known_then(listed, on, recorded, withdrawn, then, now):
    round_ = round_of(institution(), "2018-05-01")
    visit = visit_of(round_.institution, on, round_=round_, by=hand("甲"), recorded=recorded)
    if withdrawn:
        withdraw_visit_of(visit, withdrawn)

    assert ([row.visitors for row in listed(**PAST)], [row.visitors for row in listed()]) == ([then], [now])


def test_problems_are_those_the_round_holds(listed):
    school = institution()
    visit = visit_of(school, "2018-05-01", findings=("T01", "S02"))
    round_of(school, "2018-05-01", visit=visit)
    visit_of(school, "2018-05-02", findings=("T06",))

    [row] = listed()
    assert [each.code for each in row.problems] == ["S02", "T01"]


def test_visitors_are_looked_for_on_demand_and_a_visit_without_any_names_nobody(listed, taskforce):
    round_ = round_of(institution(), "2018-05-01")
    visit_of(round_.institution, "2018-05-02", round_=round_, by=hand("甲"))
    nobody = sent_visit(round_.institution)
    Visit.objects.create(
        id=nobody.id, institution=round_.institution, rectification=round_, purpose="routine", result="inspected",
        happened_at=nobody.happened_at, happened_on=nobody.on, recorded_at=at("2018-10-02"), recorded_by=hand("甲"),
        content=nobody.content(), digest=nobody.digest(),
    )  # fmt: skip
    question = LedgerQuestion.from_query({}, taskforce)

    [row] = rows_of(with_what_is_listed(question.rounds(taskforce), question), question)
    assert (row.visitors, [each.visitors for each in listed()]) == ([], [["甲"]])
