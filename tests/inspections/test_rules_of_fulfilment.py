"""From which day a supplementary notice is fulfilled: by marks that prove it, said once, and only when it changes."""

from datetime import date

import pytest

from inspections.actions import mark_put_right, submit_rectification, withdraw_visit
from inspections.models import Finding, Notice, Visit
from tests.factories import at, day, supplement_of, visit_of

FOUND, FIRST, SECOND = "2018-10-10", "2018-10-12", "2018-10-15"


@pytest.fixture
def supplement(opened) -> Notice:
    """For T02 of 10 October 2018, due on the 13th."""
    return supplement_of(opened, FOUND, findings=("T02",), due_on="2018-10-13")


@pytest.fixture
def ids(supplement) -> list[int]:
    return [each["id"] for each in supplement.sheet["findings"]]


@pytest.fixture
def seen(opened, inspector):
    """A recheck of the round on a day that marks findings."""

    def mark(on: str, ids: list[int], result: str = "inspected", known: str = "") -> Visit:
        visit = visit_of(opened.institution, on, purpose="recheck", result=result, round_=opened)
        opened.refresh_from_db()
        mark_put_right(opened, ids, visit=visit, by=inspector, at=at(known or on))
        return visit

    return mark


def submit_at(round_, visit: Visit | None, by, ids: list[int]) -> None:
    """Handed in on the 12th, with a visit as its evidence."""
    round_.refresh_from_db()
    submit_rectification(
        round_, by=by, on=day(FIRST), version=round_.version, outcome="closed", put_right=ids, visit=visit, at=at(FIRST)
    )


def told(notice: Notice) -> list[tuple[str, date]]:
    """What was said of its fulfilment, in turn."""
    said = notice.events.filter(kind__in=["fulfilled", "unfulfilled"]).order_by("sequence")
    return list(said.values_list("kind", "happened_on"))


# --- A mark that proves nothing


@pytest.mark.parametrize("result", ["ceased", "moved", "not_found"])
def test_mark_of_a_visit_that_inspected_nothing_does_not_count(supplement, ids, seen, result):
    seen(FIRST, ids, result)
    seen(SECOND, ids)

    assert told(supplement) == [("fulfilled", day(SECOND))]


def test_mark_of_a_visit_before_the_finding_does_not_count(opened, supplement, ids, seen, inspector):
    submit_at(opened, visit_of(opened.institution, "2018-10-08", round_=opened), inspector, ids)
    seen(SECOND, ids)

    assert told(supplement) == [("fulfilled", day(SECOND))]


def test_mark_of_the_visit_that_found_it_does_not_count(opened, supplement, ids, seen, inspector):
    submit_at(opened, supplement.visit, inspector, ids)
    seen(SECOND, ids)

    assert told(supplement) == [("fulfilled", day(SECOND))]


def test_mark_without_a_visit_does_not_count(opened, supplement, ids, seen, inspector):
    submit_at(opened, None, inspector, ids)
    seen(SECOND, ids)

    assert told(supplement) == [("fulfilled", day(SECOND))]


def test_mark_of_another_visit_at_the_minute_of_the_finding_counts_and_goes_on_counting(supplement, ids, seen):
    seen(FOUND, ids)
    seen(SECOND, ids)

    assert told(supplement) == [("fulfilled", day(FOUND))]


# --- A mark that proves nothing, made after one that does


@pytest.mark.parametrize("result", ["ceased", "moved", "not_found"])
def test_mark_of_a_visit_that_inspected_nothing_takes_none_off(supplement, ids, seen, result):
    seen(FIRST, ids)
    seen(SECOND, ids, result)

    assert told(supplement) == [("fulfilled", day(FIRST))]


@pytest.mark.parametrize("on", ["2018-10-08", FOUND], ids=["before the finding", "that found it"])
def test_submission_whose_visit_proves_nothing_takes_no_mark_off(opened, supplement, ids, seen, inspector, on):
    seen("2018-10-11", ids)
    visit = supplement.visit if on == FOUND else visit_of(opened.institution, on, round_=opened)

    submit_at(opened, visit, inspector, ids)

    assert told(supplement) == [("fulfilled", day("2018-10-11"))]


def test_supplement_is_no_longer_fulfilled_when_the_visit_that_proved_it_is_withdrawn(
    opened, supplement, ids, seen, inspector
):
    proves = seen(FIRST, ids)
    seen(SECOND, ids, "ceased")

    withdraw_visit(proves, by=inspector, reason="选错机构", at=at(FIRST, 20))

    assert told(supplement) == [("fulfilled", day(FIRST)), ("unfulfilled", day(FIRST))]


# --- Said once, and when it changes


def test_nothing_is_said_of_a_supplement_that_stays_as_it_was(opened, supplement, ids, seen):
    of_order = list(opened.findings.exclude(pk__in=ids).values_list("pk", flat=True))

    seen("2018-10-11", of_order)
    assert told(supplement) == []

    seen(FIRST, ids)
    seen(SECOND, of_order)
    assert told(supplement) == [("fulfilled", day(FIRST))]


def test_earlier_fulfilment_that_becomes_known_later_takes_the_place_of_the_first(supplement, ids, seen):
    seen(SECOND, ids)
    seen(FIRST, ids, known="2018-10-16")

    assert told(supplement) == [("fulfilled", day(SECOND)), ("fulfilled", day(FIRST))]


def test_finding_that_is_in_the_round_but_on_no_notice_stops_nothing(opened, supplement, ids, seen):
    """`verify_ledger` tells of such a row; what the notices say goes on."""
    stray = visit_of(opened.institution, FOUND, findings=("T03",), round_=opened).findings.get()
    recheck = seen("2018-10-11", [])
    Finding.objects.filter(pk=stray.pk).update(put_right_on=day("2018-10-11"), put_right_visit=recheck)

    seen(FIRST, ids)

    assert told(supplement) == [("fulfilled", day(FIRST))]
