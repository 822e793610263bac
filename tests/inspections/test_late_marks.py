"""Marks that become known out of order, or whose visit is withdrawn: the day from which a supplement is fulfilled."""

from datetime import date

import pytest

from inspections.actions import (
    NewFinding,
    NewOrder,
    order_rectification,
    record_visit,
    submit_rectification,
    verify_rectification,
    withdraw_visit,
)
from inspections.ledger import check
from inspections.models import Finding, Rectification, Visit
from institutions.moments import Moment
from tests.factories import at, day, sent_visit, user_with, visit_of


@pytest.fixture
def opened(school, taskforce) -> Rectification:
    """Ordered on 1 October 2018, due on the 31st."""
    visit = visit_of(school, "2018-10-01", findings=("T06",))
    return order_rectification(visit, by=taskforce, on=day("2018-10-01"), due_on=day("2018-10-31"), at=at("2018-10-01"))


@pytest.fixture
def found(opened, school, inspector) -> list[int]:
    """The two findings of a supplementary notice of 2 October, due on the 4th."""
    sent = sent_visit(
        school, happened_at=at("2018-10-02", 9), findings=[NewFinding("S02"), NewFinding("T01")],
        order=NewOrder(due_on=date(2018, 10, 4)),
    )  # fmt: skip
    receipt = record_visit(sent, by=inspector, received_at=at("2018-10-02", 20))
    return list(Finding.objects.filter(visit=receipt.id).order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def recheck(school, inspector):
    """Record a recheck of a day that marks findings, known in the evening of another."""

    def visit(on: str, marks: list[int], received: str = "", by=inspector) -> Visit:
        sent = sent_visit(school, purpose="recheck", happened_at=at(on, 9), put_right=marks)
        return Visit.objects.get(pk=record_visit(sent, by=by, received_at=at(received or on, 20)).id)

    return visit


def overdue(on: str, known: str = "2020-01-01") -> bool:
    moment = Moment(day(on), at(known))
    return Rectification.objects.open_at(moment).with_due_at(moment).filter(due_at_moment__lt=moment.on).exists()


def agrees() -> bool:
    return not any(found for _rectification, found in check())


def test_supplement_is_fulfilled_when_the_last_finding_is_put_right_not_when_that_became_known(found, recheck):
    recheck("2018-10-10", found[:1])
    recheck("2018-10-06", found[1:], "2018-10-12")

    assert overdue("2018-10-09")
    assert not overdue("2018-10-10")
    assert agrees()


def test_late_visit_that_saw_all_put_right_earlier_fulfils_from_its_day(found, recheck):
    recheck("2018-10-10", found)
    recheck("2018-10-06", found, "2018-10-12")

    assert overdue("2018-10-05")
    assert not overdue("2018-10-06")
    assert overdue("2018-10-06", known="2018-10-11")
    assert agrees()


def test_mark_of_a_visit_that_stands_holds_again_when_the_later_one_is_withdrawn(found, recheck, taskforce):
    first = recheck("2018-10-06", found)
    second = recheck("2018-10-10", found)

    withdraw_visit(second, by=taskforce, reason="选错机构", at=at("2018-10-12"))

    marks = set(Finding.objects.filter(pk__in=found).values_list("put_right_on", "put_right_visit"))
    assert marks == {(date(2018, 10, 6), first.pk)}
    assert Rectification.objects.get().next_due_on == date(2018, 10, 31)
    assert not overdue("2018-10-13")
    assert agrees()


def test_withdrawal_of_the_earlier_visit_leaves_what_the_later_one_shows(found, recheck, taskforce):
    first = recheck("2018-10-06", found)
    recheck("2018-10-10", found)

    withdraw_visit(first, by=taskforce, reason="选错机构", at=at("2018-10-12"))

    assert overdue("2018-10-09")
    assert not overdue("2018-10-09", known="2018-10-11")
    assert not overdue("2018-10-10")
    assert agrees()


def test_who_gave_only_evidence_that_was_withdrawn_may_verify_and_the_ledger_agrees(
    opened, recheck, inspector, taskforce
):
    second = user_with("task_force", "330382")
    withdraw_visit(recheck("2018-10-10", [], by=second), by=taskforce, reason="选错机构", at=at("2018-10-12"))
    marks = [opened.findings.get().pk]
    recheck("2018-10-13", marks)
    round_ = Rectification.objects.get()
    round_ = submit_rectification(
        round_, by=inspector, on=day("2018-10-14"), version=round_.version, outcome="corrected", put_right=marks,
        at=at("2018-10-14"),
    )  # fmt: skip

    verify_rectification(round_, by=second, on=day("2018-10-15"), version=round_.version, at=at("2018-10-15"))

    assert agrees()
