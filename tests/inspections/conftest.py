import pytest

from inspections.actions import Receipt, record_visit
from inspections.models import Rectification, Visit
from institutions.models import Institution
from tests.factories import at, institution, round_of, sent_visit, user_with, visit_of

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


@pytest.fixture
def opened(school) -> Rectification:
    """A round for T01 and S02, ordered on 1 October 2018 and due on the 31st."""
    return round_of(school, "2018-10-01", visit=visit_of(school, "2018-10-01", findings=("T01", "S02")))


@pytest.fixture
def recheck(opened, inspector):
    """A recheck of the round on 15 October, logged by the inspector."""

    def visit(result="inspected", on="2018-10-15", by=inspector, **given):
        receipt = record_visit(
            sent_visit(opened.institution, purpose="recheck", result=result, happened_at=at(on, 10), **given),
            by=by, received_at=at(on, 18),
        )  # fmt: skip
        opened.refresh_from_db()
        return Visit.objects.get(pk=receipt.id)

    return visit
