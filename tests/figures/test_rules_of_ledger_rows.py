"""A round as a list of the ledger shows it, to the day."""

from datetime import timedelta

import pytest

from figures.ledger import LedgerQuestion
from figures.rounds import LedgerRow, rows_of, with_what_is_listed
from inspections.actions import order_rectification, replace_notice, void_rectification
from inspections.models import Notice, Oddity, Rectification, Visit
from inspections.templatetags.rounds import recheck_term
from institutions.moments import today
from tests.factories import (
    at,
    day,
    hand,
    institution,
    moment_at,
    round_of,
    sent_visit,
    supplement_of,
    visit_of,
    withdraw_visit_of,
)

DAY = today()
MIDNIGHT, A_MINUTE_LATER = at("2018-07-01", 0), at("2018-07-01", 0, 1)
PAST = {"as_of": "2018-06-30", "known_at": MIDNIGHT.isoformat()}


@pytest.fixture
def listed(taskforce):
    def rows(**query) -> list[LedgerRow]:
        question = LedgerQuestion.from_query(query, taskforce)
        found = with_what_is_listed(question.rounds(taskforce), question).order_by("institution__name")
        return rows_of(found, question, with_visitors=True, with_oddities=True)

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
    assert (verified.verified_on, verified.outcome, verified.round.submitted_on) == (
        day("2018-07-01"),
        "licensed",
        day("2018-07-01"),
    )
    assert (voided.left_in_words, voided.state_in_words) == ("", "已作废")
    assert (voided.verified_on, voided.outcome, voided.round.submitted_on) == (None, "", None)


@pytest.mark.parametrize(("on", "shown"), [("2018-06-30", True), ("2018-07-01", False)])
def test_submission_of_a_later_day_is_not_shown_in_the_past(listed, on, shown):
    round_of(institution(), "2018-05-01", submitted_on=on, verified_on="2018-07-02")

    [row] = listed(**PAST)
    assert (row.round.submitted_on, row.verified_on, row.outcome) == (day(on) if shown else None, None, "")


def submit(round_: Rectification, on: str, recorded=None) -> None:
    round_.move_to(
        "submitted", kind="submitted", by=hand("sender"), on=day(on), at=moment_at(recorded, on), outcome="closed",
        columns={"submitted_on": day(on), "submitted_by": hand("sender"), "submitted_outcome": "closed"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("on", "recorded", "then"),
    [("2018-06-30", MIDNIGHT, "2018-06-30"), ("2018-06-30", A_MINUTE_LATER, "2018-06-01"),
     ("2018-07-01", MIDNIGHT, "2018-06-01")],
)  # fmt: skip
def test_submission_of_the_past_is_the_last_by_then_and_known(listed, on, recorded, then):
    round_ = round_of(institution(), "2018-05-01", submitted_on="2018-06-01")
    round_.move_to(
        "returned", kind="returned", by=hand("checker"), on=day("2018-06-10"), at=at("2018-06-10"), columns={}
    )
    submit(round_, on, recorded)

    assert [str(row.round.submitted_on) for row in (*listed(**PAST), *listed())] == [then, on]


def test_round_that_was_not_submitted_by_then_shows_no_submission(listed):
    submit(round_of(institution(), "2018-05-01"), "2018-06-30", A_MINUTE_LATER)

    assert [(row.round.submitted_on, row.round.state) for row in listed(**PAST)] == [(None, "ordered")]


def replaced(notice: Notice, on: str, measure: str, recorded=None) -> Notice:
    """The sheet that was served in its place."""
    round_ = Rectification.objects.get(pk=notice.rectification_id)
    said = {"notice": notice.pk, "measure": measure, "reason": "写错", "version": round_.version}
    replace_notice(round_, by=hand("clerk"), on=day(on), at=moment_at(recorded, on), **said)
    return notice.followed_by.get()


@pytest.mark.parametrize(
    ("on", "recorded", "then"),
    [("2018-06-30", MIDNIGHT, "停止招生"), ("2018-06-30", A_MINUTE_LATER, "停课"), ("2018-07-01", MIDNIGHT, "停课")],
)
def test_measure_of_the_past_is_that_of_the_sheet_in_force_then(listed, on, recorded, then):
    visit = visit_of(institution(name="甲"), "2018-05-01", findings=("T01",))
    round_ = order_rectification(visit, by=hand("clerk"), on=day("2018-05-02"), measure="限期改正", at=at("2018-05-02"))
    second = replaced(round_.notices.get(), "2018-06-10", "停课")
    replaced(supplement_of(round_, "2018-06-15"), "2018-06-16", "补充的措施")
    replaced(second, on, "停止招生", recorded)
    visit = visit_of(institution(name="乙"), "2018-05-01", findings=("T01",))
    order_rectification(visit, by=hand("clerk"), on=day("2018-05-02"), measure="不变", at=at("2018-05-02"))

    assert [row.round.measure for row in listed(**PAST)] == ["不变", then]
    assert [row.round.measure for row in listed(as_of="2018-06-09")] == ["不变", "限期改正"]
    assert [row.round.measure for row in listed()] == ["不变", "停止招生"]


def test_what_runs_of_a_voided_round_is_said_alike_of_today_and_of_a_day(listed):
    round_ = round_of(institution(), "2018-05-01", due_on="2018-06-10")
    supplement_of(round_, "2018-05-02", due_on="2018-05-20")
    void_rectification(
        round_, by=hand("checker"), on=day("2018-06-20"), version=round_.version, reason="开错", at=at("2018-06-20")
    )

    [now], [then] = listed(state="voided"), listed(state="voided", **PAST)
    assert (str(now.round.next_due_on), str(then.round.next_due_on)) == ("2018-06-10", "2018-06-10")


@pytest.mark.parametrize(
    ("on", "recorded", "then"),
    [("2018-06-30", MIDNIGHT, ["照片相同"]), ("2018-06-30", A_MINUTE_LATER, []), ("2018-07-01", MIDNIGHT, [])],
)
def test_oddity_beside_another_visit_is_one_of_the_past_where_that_was_known(listed, on, recorded, then):
    round_ = round_of(institution(name="甲"), "2018-05-01")
    visit = visit_of(round_.institution, "2018-06-01", round_=round_)
    other = visit_of(institution(name="乙"), on, recorded=recorded)
    Oddity.objects.create(visit=visit, kind="same_photo", other=other, facts={"pairs": [[0, 0]]})

    assert [row.oddities for row in (*listed(**PAST), *listed())] == [then, ["照片相同"]]
    assert len(listed(oddity="any", **PAST)) == len(then)


def test_term_of_a_recheck_is_over_or_not_on_the_day_asked_for(listed):
    round_of(institution(), "2018-05-01", due_on="2018-06-29")

    [then], [now] = listed(state="recheck", **PAST), listed(state="recheck")
    assert (recheck_term(then.round), recheck_term(now.round)) == (
        "应于 2018-07-10 前（含当日）复查", "复查期限 2018-07-10 已过",
    )  # fmt: skip


def test_deadline_of_a_supplement_is_marked(listed):
    round_ = round_of(institution(name="甲"), "2018-05-01", due_on="2018-06-10")
    supplement_of(round_, "2018-05-02", due_on="2018-05-20")
    round_of(institution(name="乙"), "2018-05-01", due_on="2018-06-10")

    assert [(row.listed.name, row.supplementary, str(row.round.next_due_on)) for row in listed()] == [
        ("乙", False, "2018-06-10"), ("甲", True, "2018-05-20"),
    ]  # fmt: skip
    assert [(row.listed.name, row.supplementary, str(row.round.next_due_on)) for row in listed(**PAST)] == [
        ("乙", False, "2018-06-10"), ("甲", True, "2018-05-20"),
    ]  # fmt: skip


def test_deadline_of_a_supplement_served_later_marks_none_of_the_past(listed):
    round_ = round_of(institution(), "2018-05-01", due_on="2018-06-10", extensions=[("2018-07-02", "2018-12-31")])
    supplement_of(round_, "2018-07-03", due_on="2018-07-20")

    marked = [(row.supplementary, str(row.round.next_due_on)) for row in (*listed(**PAST), *listed())]
    assert marked == [(False, "2018-06-10"), (True, "2018-07-20")]


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
