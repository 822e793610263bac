"""The first and the last day of everything in a round, to the day: what counts on it and no longer the day after."""

from datetime import date, timedelta

import pytest

from accounts.errors import Invalid
from inspections.actions import (
    Submission,
    extend_rectification,
    order_rectification,
    record_visit,
    return_rectification,
    submit_rectification,
    verify_rectification,
    void_rectification,
    withdraw_notice,
)
from inspections.errors import EvidenceMissing
from inspections.models import Rectification, Visit
from institutions.models import Institution
from tests.factories import at, hand, institution, round_of, sent_visit, supplement_of, visit_of

ORDERED, DUE, LATER = date(2018, 10, 1), date(2018, 10, 31), date(2018, 11, 20)
A_DAY = timedelta(days=1)


@pytest.fixture
def school(db) -> Institution:
    return institution(status="full")


@pytest.fixture
def opened(school) -> Rectification:
    """A round for T01, ordered on 1 October 2018 and due on the 31st."""
    return round_of(school, ORDERED, due_on=DUE)


def seen(round_: Rectification, on: date, by, result: str = "inspected") -> Visit:
    sent = sent_visit(round_.institution, purpose="recheck", result=result, happened_at=at(on, 15))
    receipt = record_visit(sent, by=by, received_at=at(on, 20))
    round_.refresh_from_db()
    return Visit.objects.get(pk=receipt.id)


def submitted(round_: Rectification, by, on: date, **given) -> Rectification:
    findings = list(round_.findings.values_list("pk", flat=True))
    sent = {"outcome": "corrected", "put_right": findings, "at": at(LATER)} | given
    return submit_rectification(round_, by=by, on=on, version=round_.version, **sent)


# --- The day of the order


def test_recheck_on_the_day_of_the_order_is_evidence_and_can_close_the_round(opened, inspector, taskforce):
    visit = seen(opened, ORDERED, inspector, "ceased")

    assert visit.rectification_id == opened.pk
    assert list(opened.events.values_list("kind", flat=True)) == ["ordered", "evidence"]
    submitted(opened, inspector, ORDERED, outcome="closed", put_right=[])
    opened.refresh_from_db()
    verify_rectification(opened, by=taskforce, on=ORDERED, version=opened.version)
    assert Rectification.objects.get(pk=opened.pk).verified_on == ORDERED


def test_recheck_on_the_day_before_the_order_is_evidence_of_nothing(opened, inspector):
    visit = seen(opened, ORDERED - A_DAY, inspector, "ceased")

    assert visit.rectification_id is None
    assert list(opened.events.values_list("kind", flat=True)) == ["ordered"]


def test_recheck_on_the_day_of_the_submission_is_its_evidence_and_one_of_the_day_after_is_not(opened, inspector):
    on_the_day = seen(opened, date(2018, 10, 10), inspector)
    seen(opened, date(2018, 10, 11), inspector)

    submitted(opened, inspector, date(2018, 10, 10))

    assert opened.events.get(kind="submitted").visit_id == on_the_day.pk


def test_closure_seen_on_the_day_of_verification_counts(opened, inspector, taskforce):
    submitted(opened, inspector, date(2018, 10, 10), outcome="closed", put_right=[])
    seen(opened, date(2018, 10, 15), inspector, "ceased")

    with pytest.raises(EvidenceMissing):
        verify_rectification(opened, by=taskforce, on=date(2018, 10, 14), version=opened.version)
    verify_rectification(opened, by=taskforce, on=date(2018, 10, 15), version=opened.version)

    assert Rectification.objects.get(pk=opened.pk).outcome == "closed"


# --- Nobody in proves nothing


def test_nobody_in_is_not_the_evidence_of_a_submission(opened, inspector):
    got_in = seen(opened, date(2018, 10, 5), inspector)
    seen(opened, date(2018, 10, 8), inspector, "no_access")

    submitted(opened, inspector, date(2018, 10, 10))

    assert opened.events.get(kind="submitted").visit_id == got_in.pk


def test_only_nobody_in_is_no_evidence_of_a_submission(opened, inspector):
    seen(opened, date(2018, 10, 8), inspector, "no_access")

    submitted(opened, inspector, date(2018, 10, 10))

    assert opened.events.get(kind="submitted").visit_id is None


def test_who_found_nobody_in_may_verify(opened, inspector, taskforce):
    seen(opened, date(2018, 10, 8), taskforce, "no_access")
    seen(opened, date(2018, 10, 9), inspector, "ceased")
    submitted(opened, inspector, date(2018, 10, 10), outcome="closed", put_right=[])
    opened.refresh_from_db()

    verify_rectification(opened, by=taskforce, on=LATER, version=opened.version)

    assert Rectification.objects.get(pk=opened.pk).verified_by == taskforce


# --- The due date


@pytest.mark.parametrize(
    ("days", "overdue", "due_soon"),
    [(-8, False, False), (-7, False, True), (0, False, True), (1, True, False)],
    ids=["eight days before", "seven days before", "on the day", "the day after"],
)
def test_round_is_due_soon_from_seven_days_before_to_the_day_and_overdue_after_it(opened, days, overdue, due_soon):
    on = DUE + timedelta(days=days)

    rounds = Rectification.objects
    found = [rounds.overdue(on).exists(), rounds.due_soon(on).exists(), rounds.needing_recheck(on).exists()]
    assert found == [overdue, due_soon, overdue]


@pytest.mark.parametrize(("days", "asked_for"), [(0, True), (1, False)], ids=["on the due day", "the day after"])
def test_recheck_is_no_longer_asked_for_once_somebody_got_in_after_the_due_day(school, opened, days, asked_for):
    visit_of(school, DUE + timedelta(days=days), round_=opened)

    assert Rectification.objects.needing_recheck(LATER).exists() is asked_for


# --- Extensions


@pytest.mark.parametrize(
    ("on", "due_on", "taken"),
    [
        (date(2018, 11, 10), date(2018, 11, 9), False),  # later than the old date, and past already
        (date(2018, 11, 10), date(2018, 11, 10), True),
        (date(2018, 10, 20), DUE, False),
        (date(2018, 10, 20), DUE + A_DAY, True),
        (ORDERED, DUE + A_DAY, True),
        (ORDERED - A_DAY, DUE + A_DAY, False),
        (date(2018, 10, 20), date(2021, 10, 19), True),  # 3 x 365 days after the extension
        (date(2018, 10, 20), date(2021, 10, 20), False),
    ],
)
def test_extension_goes_beyond_the_old_date_and_not_into_the_past(opened, taskforce, on, due_on, taken):
    given = {"by": taskforce, "on": on, "version": 1, "due_on": due_on, "reason": "迟", "at": at(LATER)}

    if not taken:
        with pytest.raises(Invalid):
            extend_rectification(opened, **given)
    else:
        extend_rectification(opened, **given)

    opened.refresh_from_db()
    assert (opened.due_on, opened.next_due_on) == ((due_on, due_on) if taken else (DUE, DUE))


# --- The day of each move: not before what it follows, not after it is recorded


@pytest.mark.parametrize(("days", "taken"), [(-1, False), (0, True)], ids=["the day before", "on the day"])
def test_move_is_made_on_the_day_of_the_one_before_it_at_the_earliest(
    school, inspector, taskforce, supervisor, days, taken
):
    """Each act, with the day of what comes before it."""
    visit = visit_of(school, ORDERED, findings=("T01",))
    waiting = round_of(institution(status="full"), ORDERED, submitted_on="2018-10-10", outcome="closed")
    other = round_of(institution(status="full"), ORDERED, submitted_on="2018-10-10", outcome="closed")
    visit_of(other.institution, "2018-10-05", result="ceased", round_=other, by=hand("somebody"))
    ordered, fresh = (round_of(institution(status="full"), ORDERED) for _each in range(2))
    submission = date(2018, 10, 10) + timedelta(days=days)
    order = ORDERED + timedelta(days=days)
    acts = [
        lambda: order_rectification(visit, by=taskforce, on=order, at=at(LATER)),
        lambda: submitted(ordered, inspector, order, outcome="closed"),
        lambda: void_rectification(fresh, by=supervisor, on=order, version=1, reason="开错", at=at(LATER)),
        lambda: return_rectification(waiting, by=taskforce, on=submission, version=2, reason="缺", at=at(LATER)),
        lambda: verify_rectification(other, by=taskforce, on=submission, version=2, at=at(LATER)),
    ]

    for act in acts:
        if taken:
            act()
        else:
            with pytest.raises(Invalid):
                act()


@pytest.mark.parametrize(("days", "taken"), [(0, True), (1, False)], ids=["on the day", "the day after"])
def test_move_is_made_on_the_day_it_is_recorded_at_the_latest(opened, inspector, days, taken):
    on = date(2018, 10, 10) + timedelta(days=days)

    if taken:
        submitted(opened, inspector, on, at=at("2018-10-10", 20))
    else:
        with pytest.raises(Invalid):
            submitted(opened, inspector, on, at=at("2018-10-10", 20))


@pytest.mark.parametrize(("minute", "taken"), [(55, True), (54, False)])
def test_move_of_a_clock_five_minutes_ahead_over_midnight_is_taken(opened, inspector, minute, taken):
    given = {"by": inspector, "on": date(2018, 10, 11), "at": at("2018-10-10", 23, minute)}

    if taken:
        submitted(opened, **given)
    else:
        with pytest.raises(Invalid):
            submitted(opened, **given)


@pytest.mark.parametrize(("days", "taken"), [(-1, False), (0, True)], ids=["the day before", "on the day"])
def test_round_is_voided_on_the_day_of_what_was_last_done_in_it_at_the_earliest(
    opened, inspector, taskforce, supervisor, days, taken
):
    """Ordered on the 1st, submitted on the 10th, returned on the 12th: the notice was in force until then."""
    opened = submitted(opened, inspector, date(2018, 10, 10))
    returned = {"on": date(2018, 10, 12), "version": opened.version, "reason": "缺", "at": at(LATER)}
    opened = return_rectification(opened, by=taskforce, **returned)
    on = date(2018, 10, 12) + timedelta(days=days)
    given = {"by": supervisor, "on": on, "version": opened.version, "reason": "开错", "at": at(LATER)}

    if taken:
        assert void_rectification(opened, **given).state == "voided"
    else:
        with pytest.raises(Invalid, match="2018-10-12") as refusal:
            void_rectification(opened, **given)
        assert list(refusal.value.errors) == ["on"]


@pytest.mark.parametrize(("days", "taken"), [(-1, False), (0, True)], ids=["the day before", "on the day"])
def test_round_is_handed_in_on_the_day_of_its_last_supplement_that_stands_at_the_earliest(
    opened, inspector, supervisor, days, taken
):
    """Served on the 12th; another, on the 14th, was withdrawn."""
    supplement_of(opened, "2018-10-12")
    wrong = supplement_of(opened, "2018-10-14", findings=("S03",))
    given = {"by": supervisor, "on": date(2018, 10, 15), "version": opened.version, "notice": wrong.pk}
    opened = withdraw_notice(opened, reason="发错", at=at(LATER), **given)
    on = date(2018, 10, 12) + timedelta(days=days)

    if taken:
        assert submitted(opened, inspector, on).submitted_on == on
    else:
        with pytest.raises(Invalid, match="2018-10-12") as refusal:
            submitted(opened, inspector, on)
        assert list(refusal.value.errors) == ["on"]


@pytest.mark.parametrize(("days", "state"), [(-1, "ordered"), (0, "submitted")], ids=["the day before", "on the day"])
def test_visit_that_hands_in_and_comes_after_a_later_supplement_stands_and_says_so(opened, inspector, days, state):
    supplement_of(opened, "2018-10-12")
    happened_at = at(date(2018, 10, 12) + timedelta(days=days), 23)
    submits = Submission(opened.pk, "closed")
    sent = sent_visit(opened.institution, purpose="recheck", result="ceased", happened_at=happened_at, submits=submits)

    warnings = record_visit(sent, by=inspector, received_at=at(LATER)).warnings

    said = f"整改 {opened.number} 于 2018-10-12 另有补充通知，本次提交在此之前，未生效。"
    opened.refresh_from_db()
    assert (opened.state, said in warnings) == (state, state == "ordered")
    assert opened.events.filter(kind="evidence").count() == 1


@pytest.mark.parametrize(("days", "taken"), [(-1, False), (0, True)], ids=["the day before", "on the day"])
def test_round_is_struck_off_on_the_day_of_a_supplement_served_while_it_waited_at_the_earliest(
    opened, inspector, taskforce, days, taken
):
    seen(opened, date(2018, 10, 10), inspector, "ceased")
    opened = submitted(opened, inspector, date(2018, 10, 10), outcome="closed", put_right=[])
    supplement_of(opened, "2018-10-15")
    seen(opened, date(2018, 10, 15), inspector, "ceased")
    given = {"by": taskforce, "on": date(2018, 10, 15) + timedelta(days=days), "version": opened.version}

    if taken:
        assert verify_rectification(opened, at=at(LATER), **given).state == "verified"
    else:
        with pytest.raises(Invalid, match="2018-10-15") as refusal:
            verify_rectification(opened, at=at(LATER), **given)
        assert list(refusal.value.errors) == ["on"]
