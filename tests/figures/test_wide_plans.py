"""What waits, what changed and the head of the register are found by index by whoever sees much as by who sees little;
and each list is what it is without the index. On both engines."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demonstration import bulk
from demonstration.book import Book
from desk.views.today import SHOWN, _changes
from figures.drilldown import Drilldown
from figures.ledger import LedgerQuestion
from figures.statistics import population
from inspections.models import Rectification, RectificationEvent
from institutions.models import Institution
from institutions.moments import Moment, start_of, today
from tests.factories import at, hand, institution, move_of, round_of, strike_off, user_with
from tests.figures.test_query_plans import institution_row, plans, scanned

pytestmark = pytest.mark.django_db
DAY = date(2018, 12, 31)


@pytest.fixture(scope="module")
def settled(for_the_module):
    """Twelve open rounds in the county, ten of them overdue, beside 2500 of the county next to it that are struck off."""
    book, clerk, other = Book(random.Random(3)), hand("clerk"), hand("other")
    for number in range(2500):
        school = institution_row(book, number)
        book.institutions.append(school)
        round_ = book.order(None, date(2018, 7, 2), date(2018, 8, 2), by=clerk, at=school)
        round_.submit(None, "closed", by=clerk, on=date(2018, 8, 1))
        round_.verify(date(2018, 8, 3), by=other)
    book.write()
    for number in range(12):
        round_of(institution(), ordered_on="2018-07-02", due_on="2018-08-02" if number < 10 else "2019-01-02")
    bulk.analyze()


@pytest.fixture(params=["330382", "33"])
def somebody(request, settled, db):
    return user_with("task_force", request.param)


def test_rounds_that_wait_are_found_among_those_that_are_open(somebody):
    rounds = Rectification.objects.visible_to(somebody)
    asked = [
        rounds.open(),
        rounds.overdue(DAY),
        rounds.due_soon(DAY),
        rounds.to_verify(),
        rounds.needing_recheck(DAY),
    ]

    for found in asked:
        (plan,) = plans(lambda found=found: list(found.order_by("next_due_on", "number").between(0, 10)))
        (counted,) = plans(found.count)

        # No visit is on file here: PostgreSQL reads an empty table rather than its index.
        empty = {"inspections_visit"} if connection.vendor == "postgresql" else set()
        assert scanned(plan) | scanned(counted) <= empty
        if connection.vendor == "sqlite":  # of 2,500 rows PostgreSQL may find another index as good
            assert "rectification_open" in plan
            assert "rectification_open" in counted


def test_changes_are_found_from_the_last_one_on(somebody):
    for round_ in Rectification.objects.in_division("330382").order_by("number")[:3]:
        strike_off(round_, today(), recorded=start_of(today()) + timedelta(hours=1))

    (plan,) = plans(lambda: _changes(somebody, today() - timedelta(days=1)), ["inspections_rectificationevent"])

    assert "rectification_event_by_known" in plan
    assert scanned(plan) == set()


def test_changes_are_the_last_events_of_what_one_sees(settled):
    for code in ("330382114", "330381"):
        round_ = round_of(institution(code), "2018-06-01")
        strike_off(round_, today(), recorded=start_of(today()) + timedelta(hours=1))
    somebody = user_with("task_force", "330382")

    found = _changes(somebody, today() - timedelta(days=1))

    events = RectificationEvent.objects.filter(recorded_at__gte=start_of(today() - timedelta(days=1)))
    there = [event for event in events if event.rectification.institution.scope_code.startswith("330382")]
    assert found == sorted(there, key=lambda event: (event.recorded_at, event.pk), reverse=True)[:SHOWN]
    assert {event.kind for event in found} == {"submitted", "verified"}


def test_first_page_of_the_register_is_found_in_its_order(somebody):
    question = Drilldown.from_query({}, somebody)
    moment = question.moment_of_page
    found = question.institutions(somebody, moment).in_list_order(moment).values_list("pk", flat=True)

    (plan,) = plans(lambda: list(found[:10]))

    assert scanned(plan) == set()
    exact = question.institutions(somebody, question.moment).in_list_order(question.moment)
    assert list(found) == list(exact.values_list("pk", flat=True))
    assert found.count() == exact.count()


@pytest.mark.parametrize("state", ["open", "overdue", "recheck", "verified"])
def test_page_of_the_ledger_is_the_slice_of_its_list(settled, state):
    somebody = user_with("task_force", "33")
    rounds = LedgerQuestion.from_query({"state": state}, somebody).rounds(somebody).order_by("-number")

    assert rounds.count() > 7
    assert list(rounds.between(2, 7)) == list(rounds)[2:7]


def test_division_is_read_alone_by_whoever_sees_much(settled):
    """A township and a county of the past, asked by its own and by the country's: as many rows are looked at."""
    past = Moment(DAY, at("2018-12-01"))
    wide = Institution.objects.visible_to(user_with("supervisor", "33"))
    narrow = Institution.objects.visible_to(user_with("supervisor", "330382"))

    for code in ("330382", "330382114"):
        asked = [population(code, past, within).surveyed_at(past) for within in (wide, narrow)]
        assert set(asked[0]) == set(asked[1]) != set()
        of_wide, of_narrow = (work(lambda found=found: list(found.values_list("pk"))) for found in asked)
        assert of_wide < 3 * of_narrow


def test_what_left_ones_sight_is_in_no_division_that_one_asks_for(settled):
    past = Moment(DAY, at("2018-12-01"))
    gone, within, stays = institution("330382114"), institution("330382114"), institution("330382114")
    move_of(gone, "330381", "2018-12-20")
    move_of(within, "330382115", "2018-12-20")

    there = population("330382114", past, Institution.objects.visible_to(user_with("supervisor", "330382")))
    by_city = population("330382114", past, Institution.objects.visible_to(user_with("supervisor", "3303")))

    assert {stays, within} <= set(there) and gone not in there
    assert {stays, within, gone} <= set(by_city)


def work(ask) -> int:
    """How much an engine does for what is asked: steps of SQLite's machine, pages that PostgreSQL looks at."""
    if connection.vendor == "sqlite":
        steps = []
        connection.ensure_connection()
        connection.connection.set_progress_handler(lambda: steps.append(1) and None, 10)
        try:
            ask()
        finally:
            connection.connection.set_progress_handler(None, 10)
        return len(steps)
    with CaptureQueriesContext(connection) as asked:
        ask()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {asked[0]['sql']}")
        plan = cursor.fetchone()[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
