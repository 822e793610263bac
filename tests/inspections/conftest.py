import pytest

from inspections.actions import Receipt, record_visit
from institutions.models import Institution
from tests.factories import at, institution, sent_visit, user_with

EVENING = at("2018-10-01", 20)


@pytest.fixture
def school(db) -> Institution:
    return institution(status="full")


@pytest.fixture
def colleague(db):
    return user_with("inspector", "330382", "colleague")


@pytest.fixture
def record(school, inspector, colleague):
    """Record a visit of 1 October 2018, known that evening, with what the test says about it."""

    def visit(by=inspector, received_at=EVENING, device_sent_at=None, **stated) -> Receipt:
        plain = {"institution": school, "happened_at": at("2018-10-01", 15), "inspectors": ["inspector", "colleague"]}
        sent = sent_visit(**plain | stated)
        return record_visit(sent, by=by, received_at=received_at, device_sent_at=device_sent_at)

    return visit
