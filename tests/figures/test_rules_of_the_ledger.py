"""The ledger's question to the letter: which day, which moment and which round decide what it lists."""

from datetime import timedelta

import pytest

from figures.ledger import LedgerQuestion, oddities_at
from figures.rounds import rows_of, with_what_is_listed
from inspections.actions import order_rectification
from inspections.models import Oddity
from institutions.moments import Moment, today
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    hand,
    institution,
    moment_at,
    move_of,
    rename_of,
    round_of,
    supplement_of,
    user_with,
    visit_of,
    void,
    what_became_of,
    withdraw_visit_of,
)

DAY = today()
MIDNIGHT, A_MINUTE_LATER = at("2018-07-01", 0), at("2018-07-01", 0, 1)
THEN = {"as_of": "2018-06-30", "known_at": MIDNIGHT.isoformat()}


@pytest.fixture
def ask(taskforce):
    def names(**query) -> str:
        found = LedgerQuestion.from_query(query, taskforce).rounds(taskforce)
        return "".join(sorted(found.values_list("institution__name", flat=True)))

    return names


# --- As it stood


@pytest.mark.parametrize(
    ("on", "recorded", "withdrawn", "listed"),
    [
        ("2018-06-30", MIDNIGHT, None, "甲"),
        ("2018-06-30", A_MINUTE_LATER, None, ""),
        ("2018-07-01", "2018-06-30", None, ""),
        ("2018-06-30", "2018-06-30", MIDNIGHT, ""),
        ("2018-06-30", "2018-06-30", A_MINUTE_LATER, "甲"),
    ],
)
def test_problem_of_a_past_day_was_found_known_and_stood(ask, on, recorded, withdrawn, listed):
    round_of(institution(name="乙"), "2018-05-01", due_on="2018-07-20")  # holds nothing
    round_ = round_of(institution(name="甲"), "2018-05-01", due_on="2018-07-20")
    visit = visit_of(round_.institution, on, findings=("T01",), round_=round_, recorded=recorded)
    if withdrawn:
        withdraw_visit_of(visit, withdrawn)

    assert ask(finding_type="T01", **THEN) == listed
    assert ask(finding_type="S02", **THEN) == ""


@pytest.mark.parametrize(
    ("on", "recorded", "state"),
    [("2018-06-30", MIDNIGHT, "verified"), ("2018-06-30", A_MINUTE_LATER, "submitted"),
     ("2018-07-01", "2018-06-30", "submitted")],
)  # fmt: skip
def test_round_of_a_past_day_was_struck_off_by_then_and_known_to_be(ask, on, recorded, state):
    round_of(
        institution(name="甲"), "2018-05-01", submitted_on="2018-06-01", verified_on=on, verified_recorded=recorded
    )

    states = [each for each in ("submitted", "verified") if ask(state=each, **THEN)]
    assert states == [state]


@pytest.mark.parametrize(
    ("ordered_on", "voided", "listed"),
    [("2018-06-30", MIDNIGHT, "甲"), ("2018-06-30", A_MINUTE_LATER, ""), ("2018-07-01", "2018-06-30", "")],
)
def test_round_of_a_past_day_was_voided_as_known_then(ask, taskforce, ordered_on, voided, listed):
    round_of(institution(name="甲"), ordered_on, ordered_recorded="2018-06-30", voided=voided)

    assert ask(state="voided", **THEN) == listed
    question = LedgerQuestion.from_query(THEN | {"state": "voided"}, taskforce)
    assert {each.state_then for each in question.rounds(taskforce)} == ({"voided"} if listed else set())


@pytest.mark.parametrize(
    ("on", "recorded", "state"),
    [("2018-06-30", MIDNIGHT, "submitted"), ("2018-06-30", A_MINUTE_LATER, "ordered"),
     ("2018-07-01", "2018-06-30", "ordered")],
)  # fmt: skip
def test_state_of_a_past_day_is_that_of_the_last_event_by_then(ask, on, recorded, state):
    round_ = round_of(institution(name="甲"), "2018-05-01", due_on="2018-07-20")
    handed_in = {"submitted_on": day(on), "submitted_by": hand("sender"), "submitted_outcome": "closed"}
    round_.move_to(
        "submitted", kind="submitted", by=hand("sender"), on=day(on),
        at=at(recorded) if isinstance(recorded, str) else recorded, outcome="closed", columns=handed_in,
    )  # fmt: skip
    round_of(institution(name="乙"), "2018-05-01", due_on="2018-07-20", submitted_on="2018-05-05")

    assert [each for each in ("ordered", "submitted") if "甲" in ask(state=each, **THEN)] == [state]


@pytest.mark.parametrize(
    ("on", "result", "listed"),
    [("2018-06-10", "inspected", "甲"), ("2018-06-11", "inspected", ""), ("2018-06-11", "no_access", "甲"),
     ("2018-06-11", "ceased", "")],
)  # fmt: skip
def test_recheck_of_a_past_day_waits_until_somebody_saw_the_place_after_the_deadline(ask, on, result, listed):
    round_ = round_of(institution(name="甲"), "2018-05-01", due_on="2018-06-10")
    visit_of(round_.institution, on, purpose="recheck", result=result, round_=round_)

    assert ask(state="recheck", **THEN) == listed


def test_recheck_of_another_round_and_one_of_a_later_day_are_none_of_this_one(ask):
    round_ = round_of(institution(name="甲"), "2018-05-01", due_on="2018-06-10")
    other = round_of(institution(name="乙"), "2018-05-01", due_on="2018-06-10")
    visit_of(other.institution, "2018-06-20", purpose="recheck", round_=other)
    visit_of(round_.institution, "2018-07-02", purpose="recheck", round_=round_)

    assert ask(state="recheck", as_of="2018-06-30") == "甲"


@pytest.mark.parametrize(("due_on", "listed"), [("2018-06-29", "甲"), ("2018-06-30", "")])
def test_round_of_a_past_day_is_overdue_from_the_day_after_its_deadline(ask, due_on, listed):
    round_of(institution(name="甲"), "2018-05-01", due_on=due_on)

    assert ask(state="overdue", **THEN) == ask(state="recheck", **THEN) == listed


@pytest.mark.parametrize(
    ("verified_on", "listed"), [("2018-05-31", ""), ("2018-06-01", "甲"), ("2018-06-30", "甲"), ("2018-07-01", "")]
)
def test_month_of_a_past_day_begins_with_its_first(ask, verified_on, listed):
    round_of(institution(name="甲"), "2018-05-01", verified_on=verified_on, verified_recorded="2018-06-30")

    assert ask(state="month", **THEN) == listed


def test_what_is_voided_later_was_there(ask):
    void(round_of(institution(name="甲"), "2018-05-01", due_on="2018-07-20"), A_MINUTE_LATER)

    assert (ask(**THEN), ask(known_at=A_MINUTE_LATER.isoformat(), as_of="2018-06-30")) == ("甲", "")


def test_moment_alone_asks_for_the_past_too(ask):
    void(round_of(institution(name="甲"), "2018-05-01"), A_MINUTE_LATER)

    assert (ask(known_at=MIDNIGHT.isoformat()), ask(known_at=A_MINUTE_LATER.isoformat())) == ("甲", "")


def test_rounds_of_the_past_are_shown_as_they_stood(ask, taskforce):
    round_of(institution(), "2018-05-01", due_on="2018-06-10", extensions=[("2018-07-02", "2018-12-31")],
             submitted_on="2018-07-02")  # fmt: skip
    past, present = (LedgerQuestion.from_query(query, taskforce) for query in (THEN, {}))

    [then], [now] = (each.shown(each.rounds(taskforce)) for each in (past, present))

    assert (then.state, then.next_due_on, then.shown_as_of) == ("ordered", day("2018-06-10"), day("2018-06-30"))
    assert (now.state, now.next_due_on, hasattr(now, "shown_as_of")) == ("submitted", day("2018-12-31"), False)


def test_rounds_of_a_past_day_are_those_of_who_was_in_the_division_then(ask):
    moved = round_of(institution(name="甲"), "2018-05-01")
    move_of(moved.institution, NEXT_TO_LIUSHI, "2018-07-01")

    assert (ask(division=LIUSHI, **THEN), ask(division=NEXT_TO_LIUSHI, **THEN)) == ("甲", "")
    assert (ask(division=LIUSHI), ask(division=NEXT_TO_LIUSHI)) == ("", "甲")


def test_words_of_a_past_day_are_looked_for_in_what_was_known_then(ask):
    rename_of(round_of(institution(name="甲"), "2018-05-01").institution, "乙", "2018-06-01", recorded=A_MINUTE_LATER)

    assert (ask(q="乙", **THEN), ask(q="甲", **THEN), ask(q="乙")) == (
        "",
        "乙",
        "乙",
    )  # it is listed by its present name


def test_problem_stays_with_the_round_that_held_it_when_that_is_voided_and_ordered_again(ask, taskforce):
    school = institution(name="甲")
    wrong = round_of(school, "2018-05-01", visit=visit_of(school, "2018-05-01", findings=("T01",)))
    void(wrong, A_MINUTE_LATER)
    round_of(school, "2018-07-02", visit=wrong.opened_by_visit)

    assert ask(finding_type="T01", **THEN) == "甲"
    assert ask(finding_type="T01", known_at=A_MINUTE_LATER.isoformat(), as_of="2018-06-30") == ""
    assert held(taskforce, THEN) == [["T01"]]


@pytest.mark.parametrize(("withdrawn", "listed"), [(MIDNIGHT, ""), (A_MINUTE_LATER, "甲")])
def test_problem_of_a_supplement_is_held_until_that_is_known_to_be_withdrawn(ask, taskforce, withdrawn, listed):
    supplement = supplement_of(round_of(institution(name="甲"), "2018-05-01"), "2018-06-01", findings=("S02",))
    what_became_of(supplement, "withdrawn", "2018-06-30", recorded=withdrawn)
    supplement.visit.findings.update(rectification=None)

    assert ask(finding_type="S02", **THEN) == listed
    assert held(taskforce, THEN) == [["S02"] if listed else []]


@pytest.mark.parametrize(("served", "recorded"), [("2018-07-01", MIDNIGHT), ("2018-06-30", A_MINUTE_LATER)])
def test_problem_is_not_held_before_a_sheet_is_served_for_it(ask, taskforce, served, recorded):
    round_ = round_of(institution(name="甲"), "2018-05-01")
    visit = visit_of(round_.institution, "2018-06-01", findings=("S02",))
    order_rectification(visit, by=hand("clerk"), on=day(served), at=moment_at(recorded, served))

    assert (ask(finding_type="S02", **THEN), ask(finding_type="S02")) == ("", "甲")
    assert (held(taskforce, THEN), held(taskforce, {})) == ([[]], [["S02"]])


def held(user, query) -> list[list[str]]:
    question = LedgerQuestion.from_query(query, user)
    rounds = with_what_is_listed(question.rounds(user), question)
    return [[each.code for each in row.problems] for row in rows_of(rounds, question)]


@pytest.mark.parametrize(("withdrawn", "listed"), [(MIDNIGHT, ""), (A_MINUTE_LATER, "甲")])
def test_who_was_there_is_looked_for_among_visits_that_stood_then(ask, withdrawn, listed):
    round_ = round_of(institution(name="甲"), "2018-05-01")
    visit = visit_of(round_.institution, "2018-06-01", round_=round_, by=hand("出勤者"))
    withdraw_visit_of(visit, withdrawn)

    assert (ask(inspector="出勤者", **THEN), ask(inspector="出勤者")) == (listed, "")


def test_visit_of_the_past_is_odd_when_it_had_happened_and_was_known(db):
    visits = [
        visit_of(institution(), on, recorded=recorded)
        for on, recorded in (("2018-06-30", MIDNIGHT), ("2018-06-30", A_MINUTE_LATER), ("2018-07-01", MIDNIGHT))
    ]
    Oddity.objects.bulk_create(Oddity(visit=visit, kind="far") for visit in visits)

    assert [each.visit for each in oddities_at(Moment(day("2018-06-30"), MIDNIGHT))] == visits[:1]


# --- As it stands


def test_problem_that_was_ordered_again_is_that_of_the_round_that_holds_it(ask):
    school = institution(name="甲")
    wrong = round_of(school, "2018-05-01", visit=visit_of(school, "2018-05-01", findings=("T01",)))
    void(wrong, "2018-07-01")
    round_of(school, "2018-07-02", visit=wrong.opened_by_visit)

    assert (ask(finding_type="T01"), ask()) == ("甲", "甲甲")


@pytest.mark.parametrize(("ago", "listed"), [(0, "甲"), (1, "")])
def test_month_begins_with_its_first(ask, ago, listed):
    on = DAY.replace(day=1) - timedelta(days=ago)
    round_of(institution(name="甲"), on - timedelta(days=9), verified_on=on)

    assert ask(state="month") == listed


def test_deadlines_of_one_day_are_a_span(ask):
    round_of(institution(name="甲"), DAY, due_on=DAY)

    before, after = str(DAY - timedelta(days=1)), str(DAY + timedelta(days=1))
    assert ask(due_from=str(DAY), due_to=str(DAY)) == ask(due_from=before, due_to=after) == "甲"
    assert ask(due_from=after) == ask(due_to=before) == ""


def test_who_visited_is_found_by_the_name_of_the_account_too(ask):
    somebody = user_with("inspector", "330382", "chen")
    type(somebody).objects.filter(pk=somebody.pk).update(name="陈某")
    round_ = round_of(institution(name="甲"), DAY)
    visit_of(round_.institution, DAY, round_=round_, by=somebody)
    round_of(institution(name="乙"), DAY)
    visit_of(institution(name="丙"), DAY, by=somebody)  # of no round

    assert ask(inspector="chen") == ask(inspector="陈") == "甲"
    assert ask(inspector="che") == ""
