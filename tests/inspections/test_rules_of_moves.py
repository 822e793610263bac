"""What a move says first, whose deadline an extension moves, and what a voided round leaves behind."""

from datetime import date
from uuid import uuid4

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow
from inspections.actions import (
    Receipt,
    extend_rectification,
    replace_notice,
    return_rectification,
    submit_rectification,
    void_rectification,
)
from inspections.actions.rounds import write_audit
from inspections.errors import IllegalMove
from inspections.models import Rectification
from institutions.models import Institution
from tests.factories import at, day, institution, round_of, supplement_of
from tests.inspections.rounds import ON, brought_to

LATER = date(2018, 12, 31)


# --- Is it legal at all?


@pytest.mark.parametrize("state", ["submitted", "verified", "voided"])
def test_move_that_is_not_legal_is_refused_as_that_whatever_else_is_wrong_with_it(school, taskforce, state):
    """Neither the day nor the reason is asked for what cannot be done."""
    round_ = brought_to(state, school)
    before_the_order, given = date(2018, 9, 1), {"by": taskforce, "version": round_.version}

    with pytest.raises(IllegalMove):
        submit_rectification(round_, on=before_the_order, outcome="suspended", **given)
    if state != "submitted":
        with pytest.raises(IllegalMove):
            return_rectification(round_, on=before_the_order, reason="", **given)


# --- On which day


def test_round_is_handed_in_and_extended_on_the_day_of_its_order_at_the_earliest(opened, taskforce):
    given = {"by": taskforce, "on": date(2018, 9, 30), "version": opened.version, "at": at(ON)}

    with pytest.raises(Invalid, match="提交日期早于责令日期"):
        submit_rectification(opened, outcome="corrected", **given)
    with pytest.raises(Invalid, match="延期日期早于责令日期"):
        extend_rectification(opened, due_on=LATER, reason="在办", **given)


def test_round_that_is_overdue_is_extended_to_the_same_day_at_the_earliest(opened, taskforce):
    given = {
        "by": taskforce,
        "on": date(2018, 11, 5),
        "version": opened.version,
        "reason": "在办",
        "at": at("2018-11-05"),
    }

    with pytest.raises(Invalid) as refusal:
        extend_rectification(opened, due_on=date(2018, 11, 4), **given)
    extended = extend_rectification(opened, due_on=date(2018, 11, 5), **given)

    assert (list(refusal.value.errors), extended.due_on) == (["due_on"], date(2018, 11, 5))


# --- What the trail is told


def test_trail_is_told_of_events_where_one_was_appended(opened, taskforce):
    extend(opened, taskforce, None)
    untold = Rectification.objects.get(pk=opened.pk)
    write_audit("rectification.extended", untold, opened.institution, by=taskforce, at=at(ON))

    told = AuditRow.objects.filter(action="rectification.extended").order_by("pk")
    assert ["events" in row.after for row in told] == [True, False]


# --- Whose deadline is extended


def extend(round_: Rectification, by, notice, due_on: date = LATER) -> Rectification:
    round_.refresh_from_db()
    return extend_rectification(
        round_, by=by, on=ON, version=round_.version, due_on=due_on, reason="在办", notice=notice, at=at(ON)
    )


@pytest.mark.parametrize("supplements", [0, 1])
def test_extension_that_names_the_order_is_that_of_the_round(opened, taskforce, supplements):
    for _each in range(supplements):
        supplement_of(opened, "2018-10-10", due_on="2018-10-12")

    extend(opened, taskforce, opened.notices.get(kind="order").pk)

    opened.refresh_from_db()
    event = opened.events.get(kind="extended")
    assert (opened.due_on, event.due_on, event.notice) == (LATER, LATER, None)


def test_extension_that_names_the_replacement_of_the_order_is_that_of_the_round(opened, taskforce):
    replace_notice(opened, by=taskforce, on=ON, version=1, notice=opened.notices.get().pk, reason="名称有误", at=at(ON))

    extend(opened, taskforce, opened.notices.get(kind="replacement").pk)

    opened.refresh_from_db()
    assert opened.due_on == LATER


def test_notice_that_is_none_of_the_round_or_no_longer_in_force_is_not_extended(opened, taskforce):
    order = opened.notices.get()
    replace_notice(opened, by=taskforce, on=ON, version=1, notice=order.pk, reason="名称有误", at=at(ON))
    stranger = round_of(institution(), "2018-10-01").notices.get()

    for notice in (order.pk, stranger.pk, uuid4()):
        with pytest.raises(Invalid) as refusal:
            extend(opened, taskforce, notice)
        assert list(refusal.value.errors) == ["notice"]


# --- What a voided round leaves behind


def closed_after_void(school: Institution, by) -> date | None:
    """The day from which an institution is closed when a third round is opened and taken back."""
    third = round_of(school, "2018-10-01")
    void_rectification(third, by=by, on=ON, version=1, reason="开错", at=at(ON))
    school.refresh_from_db()
    return school.ceased_on


@pytest.mark.parametrize(
    ("first", "second", "closed_on"),
    [
        (("closed", "2018-06-01"), ("corrected", "2018-09-01"), None),
        (("corrected", "2018-06-01"), ("closed", "2018-09-01"), day("2018-09-01")),
        (("corrected", "2018-09-01"), ("closed", "2018-09-01"), day("2018-09-01")),  # on one day: the later round
        (("closed", "2018-09-01"), ("corrected", "2018-09-01"), None),
    ],
)
@pytest.mark.parametrize("due_on", ["2018-09-30", "2018-05-20"], ids=["due after the first", "due before it"])
def test_void_leaves_what_was_struck_off_last(db, supervisor, first, second, closed_on, due_on):
    school = institution()
    for (outcome, verified_on), due in zip((first, second), ("2018-06-15", due_on), strict=True):
        round_of(school, "2018-05-01", due_on=due, verified_on=verified_on, outcome=outcome)

    assert closed_after_void(school, supervisor) == closed_on


def test_void_leaves_open_what_was_never_struck_off(db, supervisor):
    assert closed_after_void(institution(), supervisor) is None


def test_void_leaves_the_day_of_a_closure_that_stands(db, supervisor):
    school = institution(ceased_on="2018-06-03")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="closed")

    assert closed_after_void(school, supervisor) == day("2018-06-03")


# --- What the sender is told


@pytest.mark.parametrize("round_", [None, uuid4()])
def test_receipt_names_the_round_or_none(round_):
    receipt = Receipt(uuid4(), "0" * 64, at("2018-10-01"), [], None, round_, [], created=True)

    assert receipt.as_json()["rectification"] == (str(round_) if round_ else None)
