"""What a round's replay says: of its notices, of deadlines and marks, and of rows of which something is missing."""

from datetime import date
from uuid import uuid4

import pytest

from inspections.actions import (
    extend_rectification,
    mark_put_right,
    replace_notice,
    return_rectification,
    withdraw_evidence,
)
from inspections.history import History, Listed, Served, history_of
from inspections.ledger import check
from inspections.models import Notice, Rectification, RectificationEvent
from tests.factories import at, day, strike_off, supplement_of, visit_of
from tests.inspections.rounds import ON, submit

LATER = date(2018, 12, 31)


def differences() -> list[str]:
    return sorted(each.column.split()[-1] for _round, found in check() for each in found)


def replaced(round_: Rectification, by) -> Notice:
    """The order of a round, after another has taken its place."""
    order = round_.notices.get()
    replace_notice(round_, by=by, on=ON, version=round_.version, notice=order.pk, reason="名称有误", at=at(ON))
    return order


# --- Notices


def test_api_says_what_a_notice_replaces_and_whether_it_was_put_together_again(api, opened, taskforce):
    order = replaced(opened, taskforce)

    listed = api(taskforce).get(f"/api/v1/rectifications/{opened.pk}/").json()["notices"]

    assert [(each["replaces"], each["reconstructed"]) for each in listed] == [(None, False), (str(order.pk), False)]


def test_notice_that_was_put_together_again_says_so():
    assert Listed(Served(Notice(reconstructed=True), None), None, None).reconstructed


def test_finding_is_named_once_whatever_number_of_sheets_it_is_on(opened, taskforce):
    replaced(opened, taskforce)
    found = list(opened.findings.values_list("pk", flat=True))

    assert sorted(each["id"] for each in history_of(opened).named(found)) == sorted(found)


# --- Deadlines and fulfilment


def test_extension_of_the_round_is_that_of_its_order(opened, taskforce):
    supplement_of(opened, "2018-10-10", findings=("T02",), due_on="2018-10-12")
    extend_rectification(opened, by=taskforce, on=ON, version=opened.version, due_on=LATER, reason="在办", at=at(ON))

    deadlines = history_of(opened).deadlines()

    by_code = {each.type_id: deadlines[each.pk] for each in opened.findings.all()}
    assert by_code == {"T01": LATER, "S02": LATER, "T02": date(2018, 10, 12)}


def test_supplement_that_is_fulfilled_no_longer_is_not_in_the_replay(opened, inspector):
    supplement = supplement_of(opened, "2018-10-10", findings=("T02",))
    recheck = visit_of(opened.institution, "2018-10-14", purpose="recheck", round_=opened)
    ids = [each["id"] for each in supplement.sheet["findings"]]
    mark_put_right(opened, ids, visit=recheck, by=inspector, at=at("2018-10-14"))
    assert [each.fulfilled for each in history_of(opened).supplements] == [True]

    withdraw_evidence(opened, visit=recheck, by=inspector, reason="走错一家", at=at("2018-10-18"))

    assert [each.fulfilled for each in history_of(opened).supplements] == [False]


# --- Marks


def test_marks_of_a_submission_that_was_not_kept_are_taken_as_the_rows_have_them(opened):
    opened.findings.update(put_right_on=day("2018-10-15"))

    strike_off(opened, "2018-10-20")

    assert differences() == []


def test_marks_that_nobody_made_are_told_after_a_recheck_that_made_none(opened, recheck):
    recheck()

    opened.findings.update(put_right_on=day("2018-10-15"))

    assert differences() == ["right", "right"]


# --- Of which something is missing: `verify_ledger` tells of it, the replay goes on


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "extended", "due_on": LATER},
        {"kind": "extended", "due_on": LATER, "notice_id": uuid4()},
        {"kind": "supplemented", "notice_id": uuid4()},
        {"kind": "fulfilled", "notice_id": uuid4()},
    ],
    ids=lambda event: event["kind"],
)
def test_event_of_a_notice_that_is_not_there_is_passed_over(event):
    history = History.of([RectificationEvent(happened_on=ON, **event)], [])

    assert (history.served, history.marks, history.deadlines()) == ({}, {}, {})


def test_replacement_of_what_is_not_there_stands_for_itself():
    stray = Notice(kind="replacement", replaces_id=uuid4(), due_on=LATER)

    history = History.of([RectificationEvent(kind="replaced", happened_on=ON, notice_id=stray.pk)], [stray])

    [served] = history.in_force
    assert history.demand_of(served) is served


# --- What the round holds


def test_findings_of_order_and_supplement_are_held_and_a_return_takes_their_marks_off(opened, inspector, taskforce):
    supplement_of(opened, "2018-10-02", findings=("T02",))
    findings = set(opened.findings.values_list("pk", flat=True))
    submit(opened, inspector)
    marked = history_of(opened).held

    opened.refresh_from_db()
    return_rectification(opened, by=taskforce, on=ON, version=opened.version, reason="缺", at=at(ON))

    assert (len(findings), set(marked), None in marked.values()) == (3, findings, False)
    assert history_of(opened).held == dict.fromkeys(findings)


def test_order_whose_notice_is_lost_holds_nothing(opened):
    history = History.of(opened.events.all(), [])

    assert (history.held, history.order, history.deadlines()) == ({}, None, {})
