"""Visits that bring nothing about, written together: which may be the same as another, and what is still to come."""

from datetime import timedelta

import pytest

from inspections.actions import NewPhoto, receive_photo, record_visit
from inspections.actions.plain import store_plain
from inspections.actions.visit_checks import check_visit
from inspections.models import Visit
from inspections.models.visits import SAME_WITHIN
from inspections.photos import sha256_of
from tests.factories import at, picture, sent_visit, withdraw_visit_of

MORNING, NOW = at("2018-10-01", 9), at("2018-10-01", 20)


@pytest.fixture
def store(school, inspector):
    """Write visits of the school together, each by the inspector after so much time, or with what else is said."""

    def receipts(*given):
        sent = []
        for said in given:
            said = said if isinstance(said, dict) else {"after": said}
            by = said.pop("by", inspector)
            moment = MORNING + said.pop("after", timedelta(0))
            visit = sent_visit(school, happened_at=moment, **said).sent_by(by)
            sent.append((visit, check_visit(visit, by, NOW, forgiving=True), None, by))
        return store_plain(sent, at=NOW)

    return receipts


def perhaps(receipts) -> list[bool]:
    return [any("可能是同一次" in each for each in receipt.warnings) for receipt in receipts]


def test_visits_of_one_batch_may_be_the_same_within_a_quarter_of_an_hour(store):
    over = 2 * SAME_WITHIN + timedelta(seconds=1)

    assert perhaps(store(timedelta(0), SAME_WITHIN, over)) == [False, True, False]


def test_visit_may_be_the_same_as_one_that_is_stored_and_stands(store):
    [first] = store(timedelta(0))

    assert perhaps(store(SAME_WITHIN)) == [True]
    for each in Visit.objects.all():
        withdraw_visit_of(each, "2018-10-01")
    assert perhaps(store(SAME_WITHIN)) == [False]
    assert first.created


def test_visit_of_others_is_not_the_same(store, taskforce):
    assert perhaps(store({}, {"by": taskforce}, {"by": taskforce, "inspectors": ["inspector"]})) == [False, False, True]


def test_photo_that_is_here_is_not_missing(store, school, inspector):
    here, missing = picture("red"), picture("blue")
    photos = [NewPhoto(sha256_of(each), slot) for slot, each in enumerate((here, missing), 1)]
    before = record_visit(sent_visit(school, happened_at=at("2018-09-01"), photos=photos[:1]), by=inspector)
    receive_photo(Visit.objects.get(pk=before.id), sha256=photos[0].sha256, data=here, by=inspector)

    [receipt] = store({"photos": photos})

    assert receipt.missing_photos == [sha256_of(missing)]


def test_nothing_is_written_with_no_question_asked(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert store_plain([], at=NOW) == []
