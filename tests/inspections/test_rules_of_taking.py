"""Which visits are counted as they come, which are kept aside, and what becomes of those."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accounts.errors import Invalid
from inspections.actions.quarantine import receipt_of_copy
from inspections.actions.sent_visit import Found, NewFinding, NewOrder, NewPhoto, SentVisit, Submission, sent_again
from inspections.actions.taking import (
    Given,
    _is_plain,
    count_aside,
    keep_aside_for_good,
    receive_photo_aside,
    take_visit,
    take_visits,
)
from inspections.actions.visit_checks import Doubt, check_visit
from inspections.actions.visits import receive_photo
from inspections.errors import VisitConflict
from inspections.models import Visit
from inspections.models.aside import QuarantinedPhoto, QuarantinedVisit
from inspections.photos import sha256_of
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    PANSHI,
    at,
    hand,
    institution,
    picture,
    sent_visit,
    user_with,
    visit_of,
)

MORNING, EVENING = at("2018-10-01", 9), at("2018-10-01", 20)
ID_NUMBER = "110101199001011237"  # nobody's


@pytest.fixture
def aside(school, inspector):
    """Send a visit of two days later than it comes: the clock of its phone is wrong."""

    def copy(sent: SentVisit | None = None, by=inspector) -> QuarantinedVisit:
        sent = sent or sent_visit(school, happened_at=at("2018-10-03", 9))
        take_visit(sent, by=by, received_at=EVENING)
        return QuarantinedVisit.objects.get(sent_id=sent.id, digest=sent.sent_by(by).digest())

    return copy


@pytest.fixture
def other_content(school, inspector) -> QuarantinedVisit:
    """Sent under the id of a visit that is stored."""
    sent = sent_visit(school)
    take_visit(sent, by=inspector, received_at=EVENING)
    with pytest.raises(VisitConflict):
        take_visit(replace(sent, note="另一次"), by=inspector, received_at=EVENING)
    return QuarantinedVisit.objects.get()


# --- As they come


def test_visit_is_known_from_when_it_is_received(school, inspector):
    assert take_visit(sent_visit(school), by=inspector, received_at=EVENING).received_at == EVENING


@pytest.mark.parametrize(("received", "kept"), [(at("2018-10-01", 7), True), (EVENING, False)])
def test_clock_of_a_visit_is_judged_by_when_it_is_received(school, inspector, received: datetime, kept):
    assert bool(take_visit(sent_visit(school), by=inspector, received_at=received).kept_aside) is kept


def test_grant_of_a_visit_with_a_wrong_clock_is_that_of_the_day_it_came(school, aside):
    by = user_with("inspector", LIUSHI, valid_to="2018-10-01")

    copy = aside(sent_visit(school, happened_at=at("2018-10-03", 9)), by)

    assert (copy.reason, len(copy.reasons)) == ("clock", 1)


@pytest.mark.parametrize(
    "brings",
    [
        {"order": NewOrder()},
        {"submits": Submission(uuid4(), "corrected")},
        {"put_right": (7,)},
        {"found": Found(name="晨曦画室", address="井大路9号", division=LIUSHI, category="arts")},
        {"photos": (NewPhoto("a" * 64, 1, finding="T01"),)},
        {"purpose": "recheck"},
        {"purpose": "survey"},
    ],
    ids=lambda brings: str(*brings.values())[:20],
)
def test_visit_that_brings_something_about_is_not_plain(school, inspector, brings):
    sent = sent_visit(school, findings=[NewFinding("S02")])
    checked = check_visit(sent, inspector, EVENING, forgiving=True)

    assert _is_plain(sent, checked, inspector)
    assert not _is_plain(replace(sent, **brings), checked, inspector)


def test_visit_that_is_to_be_looked_at_is_not_plain(school, inspector):
    sent = sent_visit(school)
    checked = check_visit(sent, inspector, EVENING, forgiving=True)
    off_the_register = replace(sent, institution=institution(withdrawn_at=at("2018-10-05")))

    assert not _is_plain(sent, replace(checked, aside=[Doubt("clock", "时间不准")]), inspector)
    assert not _is_plain(off_the_register, checked, inspector)
    assert not _is_plain(sent, checked, user_with("inspector", PANSHI))


def test_other_content_of_a_known_id_is_a_conflict_whatever_else_is_wrong_with_it(school, inspector):
    sent = sent_visit(school)
    take_visit(sent, by=inspector, received_at=EVENING)
    given = [Given(replace(sent, result="nothing"), None), Given(sent_visit(school, result="nothing"), None)]

    take_visits(given, by=inspector)

    assert [type(each.answer) for each in given] == [VisitConflict, Invalid]


# --- Kept aside


def test_copy_without_reasons_of_its_own_says_what_kind_it_is(other_content, aside):
    clock = aside()

    assert receipt_of_copy(other_content).kept_aside == other_content.get_reason_display()
    assert receipt_of_copy(clock).kept_aside == "".join(clock.reasons) != clock.get_reason_display()


def test_other_content_that_is_sent_twice_is_kept_once(school, inspector, other_content):
    with pytest.raises(VisitConflict):
        take_visit(sent_again(other_content.stated, school), by=inspector, received_at=EVENING)

    assert QuarantinedVisit.objects.get() == other_content


def test_copies_of_an_id_are_those_that_were_sent_under_it(aside, other_content):
    copy = aside()

    found = [list(QuarantinedVisit.objects.sent_as(id)) for id in (copy.sent_id, other_content.visit_id, uuid4())]
    assert found == [[copy], [other_content], []]


@pytest.mark.parametrize(("sent_after", "meant"), [(timedelta(0), EVENING), (-timedelta(seconds=1), None)])
def test_visit_of_a_wrong_clock_happened_at_the_latest_when_it_came(school, sent_after, meant):
    sent = sent_visit(school, happened_at=at("2018-10-03", 9))
    copy = QuarantinedVisit(content=sent.content(), device_sent_at=sent.happened_at + sent_after, received_at=EVENING)

    assert copy.happened_at_by_our_clock == meant


def test_photo_is_kept_for_the_copies_that_list_it(school, inspector, aside):
    data, stated = picture(), {"id": uuid4(), "happened_at": at("2018-10-03", 9)}
    lists = aside(sent_visit(school, photos=[NewPhoto(sha256_of(data), 1)], **stated))
    with pytest.raises(VisitConflict):
        take_visit(sent_visit(school, note="没有照片", **stated), by=inspector, received_at=EVENING)
    other = QuarantinedVisit.objects.exclude(pk=lists.pk).get()

    receive_photo_aside(other, lists, sha256=sha256_of(data), data=data, by=inspector)

    assert QuarantinedPhoto.objects.get().copy == lists
    with pytest.raises(Invalid) as refusal:
        receive_photo_aside(other, sha256=sha256_of(data), data=data, by=inspector)
    assert list(refusal.value.errors) == ["photo"]


def counted(copy: QuarantinedVisit, by, **given) -> Visit:
    return count_aside(copy, by=by, happened_at=MORNING, at=at("2018-10-04"), **given)


def test_visit_is_counted_once(aside, taskforce):
    copy = aside()

    assert counted(copy, taskforce) == counted(copy, taskforce) == Visit.objects.get()


def test_copy_that_was_settled_or_whose_id_is_taken_is_not_counted(aside, other_content, taskforce, school):
    for_good, taken = aside(), aside()
    keep_aside_for_good(for_good, by=taskforce, note="未到现场")
    visit_of(school, id=taken.sent_id)

    for copy in (for_good, taken, other_content):
        with pytest.raises(Invalid) as refusal:
            counted(copy, taskforce)
        assert list(refusal.value.errors) == ["counted_as"]


def test_evidence_is_given_by_who_sent_photos_of_the_visit_that_is_counted(opened, inspector, taskforce, aside):
    own, others = picture("red"), picture("blue")
    stated = {"purpose": "recheck", "happened_at": at("2018-10-03", 9)}
    sent, elsewhere = (
        sent_visit(opened.institution, photos=[NewPhoto(sha256_of(own), 1)], **stated) for _each in range(2)
    )
    copy, other_id = aside(sent), aside(elsewhere)
    with pytest.raises(VisitConflict):
        other = replace(sent, photos=(NewPhoto(sha256_of(others), 1),))
        take_visit(other, by=inspector, received_at=EVENING)
    other_copy = QuarantinedVisit.objects.get(sent_id=sent.id, digest=other.sent_by(inspector).digest())
    for of, data, by in ((copy, own, "own"), (other_id, own, "other_id"), (other_copy, others, "other_copy")):
        receive_photo_aside(of, sha256=sha256_of(data), data=data, by=hand(by))

    visit = count_aside(copy, by=taskforce, happened_at=at("2018-10-01", 12), at=at("2018-10-04"))

    assert visit.rectification == opened
    assert [each.by.username for each in opened.events.filter(note="补传照片")] == ["own"]


def test_photo_that_came_for_another_copy_is_still_missing(school, inspector, outsider, taskforce, aside):
    """It is one of a visit that the sender does not see: they have to show that they have it."""
    data = picture()
    theirs = sent_visit(institution(NEXT_TO_LIUSHI), photos=[NewPhoto(sha256_of(data), 1)])
    take_visit(theirs, by=outsider, received_at=EVENING)
    receive_photo(Visit.objects.get(pk=theirs.id), sha256=sha256_of(data), data=data, by=outsider)
    sent = sent_visit(school, photos=[NewPhoto(sha256_of(data), 1)], happened_at=at("2018-10-03", 9))
    copy, other = aside(sent), replace(sent, note="另一次")
    with pytest.raises(VisitConflict):
        take_visit(other, by=inspector, received_at=EVENING)
    other_copy = QuarantinedVisit.objects.exclude(pk=copy.pk).get()
    receive_photo_aside(other_copy, sha256=sha256_of(data), data=data, by=hand("elsewhere"))

    assert counted(copy, taskforce).photos.get().stored_at is None


@pytest.mark.parametrize("settle", [counted, keep_aside_for_good])
def test_number_of_an_identity_card_is_in_no_note_of_a_settlement(aside, taskforce, settle):
    with pytest.raises(Invalid) as refusal:
        settle(aside(), by=taskforce, note=ID_NUMBER)
    assert list(refusal.value.errors) == ["note"]


def test_reason_is_given_for_what_is_not_counted_but_not_for_another_content(aside, other_content, taskforce):
    assert keep_aside_for_good(other_content, by=taskforce, note=" ").settle_note == ""
    with pytest.raises(Invalid) as refusal:
        keep_aside_for_good(aside(), by=taskforce, note=" ")
    assert list(refusal.value.errors) == ["note"]
