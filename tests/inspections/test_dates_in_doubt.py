"""A day that may be a slip of the pen: asked about on the form, said in the receipt, never refused for good."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from inspections.actions import NewFinding, NewOrder, record_visit
from inspections.models import Rectification, Visit
from institutions.moments import today
from tests.factories import at, round_of, sent_visit

DAY = today()
LONG_AGO = DAY - timedelta(days=settings.LATE_VISIT_DAYS + 1)
ORDERED = {"order": "on", "findings": ["S02"]}


@pytest.fixture
def send(browse, inspector, school):
    """Post the visit form for a day."""

    def posted(on: date, **typed):
        plain = {
            "id": str(uuid4()), "institution": str(school.pk), "purpose": "routine", "result": "inspected",
            "happened_at": f"{on}T00:00", "inspectors": ["inspector"],
        }  # fmt: skip
        return browse(inspector).post("/visits/new/", plain | typed)

    return posted


def asked(answer) -> list[str]:
    return [name for name, _reason in answer.context["errors"]]


# --- On the form


@pytest.mark.parametrize(
    ("on", "typed"),
    [
        (LONG_AGO, {}),
        (DAY - timedelta(days=2), ORDERED | {"due_on": str(DAY - timedelta(days=1))}),
        (DAY - timedelta(days=30), ORDERED),  # the usual term of a C finding, 7 days, has passed
    ],
    ids=["long ago", "due yesterday", "usual term over"],
)
def test_form_asks_and_stores_once_it_was_ticked(send, on, typed):
    first = send(on, **typed)
    stored = Visit.objects.count()
    answer = send(on, **typed, sure=first.context["doubts"])

    assert (first.status_code, asked(first), stored) == (422, ["sure"], 0)
    assert 'name="sure"' in first.content.decode()
    assert answer.status_code == 302
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    ("on", "typed"),
    [
        (DAY, {}),
        (LONG_AGO + timedelta(days=1), {}),
        (DAY - timedelta(days=2), ORDERED | {"due_on": str(DAY)}),
        (DAY - timedelta(days=30), {"findings": ["S02"]}),  # found, and not ordered
    ],
)
def test_form_does_not_ask_about_usual_days(send, on, typed):
    assert send(on, **typed).status_code == 302


def test_tick_that_is_no_longer_needed_is_no_hindrance(send):
    ticked = send(LONG_AGO).context["doubts"]

    assert send(DAY, sure=ticked).status_code == 302


def test_tick_for_another_day_is_asked_again(send):
    ticked = send(LONG_AGO).context["doubts"]

    answer = send(LONG_AGO - timedelta(days=365), sure=ticked)

    assert (answer.status_code, asked(answer)) == (422, ["sure"])
    assert "checked" not in answer.content.decode().split('name="sure"')[1][:200]


# --- In the receipt, by whichever door


def known(school, inspector, on: str, known_on: str, **stated) -> list[str]:
    sent = sent_visit(school, happened_at=at(on, 10), **stated)
    return record_visit(sent, by=inspector, received_at=at(known_on, 12)).warnings


def test_receipt_says_that_an_order_was_overdue_at_birth(school, inspector):
    warnings = known(
        school, inspector, "2018-10-01", "2018-10-20", findings=[NewFinding("S02")], order=NewOrder(date(2018, 10, 19))
    )

    assert [each for each in warnings if "登记即为逾期" in each] == ["整改期限 2018-10-19 已过，责令一登记即为逾期。"]
    assert Rectification.objects.get().due_on == date(2018, 10, 19)


def test_receipt_says_it_of_a_supplement_too(school, inspector):
    round_of(school, "2018-09-20", due_on="2018-12-31")

    warnings = known(
        school, inspector, "2018-10-01", "2018-10-20", findings=[NewFinding("S02")], order=NewOrder(date(2018, 10, 19))
    )

    assert any("登记即为逾期" in each for each in warnings)


def test_receipt_of_an_order_due_on_the_day_it_is_entered_says_nothing(school, inspector):
    warnings = known(
        school, inspector, "2018-10-01", "2018-10-20", findings=[NewFinding("S02")], order=NewOrder(date(2018, 10, 20))
    )

    assert not any("逾期" in each for each in warnings)


@pytest.mark.parametrize(("known_on", "said"), [("2018-10-31", False), ("2018-11-01", True)])
def test_receipt_says_how_long_ago_a_visit_was(school, inspector, known_on, said):
    warnings = known(school, inspector, "2018-10-01", known_on)

    assert any("31 天以前" in each for each in warnings) is said
