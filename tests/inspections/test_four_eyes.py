"""Four eyes: whoever submitted, saw or entered something for a round does not strike it off."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from inspections.actions import (
    NewFinding,
    NewOrder,
    NewPhoto,
    count_aside,
    receive_photo,
    receive_photo_aside,
    record_visit,
    return_rectification,
    take_visit,
    void_rectification,
    withdraw_visit,
)
from inspections.errors import FourEyes, VisitConflict
from inspections.models import QuarantinedVisit, Rectification
from inspections.photos import sha256_of
from institutions.actions import add_licence
from institutions.imports.rollback import take_back_unfinished
from institutions.models import Division, ImportBatch
from tests.factories import at, institution, picture, round_of, sent_visit, user_with
from tests.inspections.ledgers import import_ledger, round_at, row
from tests.inspections.rounds import ON, submit, verify


def test_submitter_cannot_verify(opened, recheck, taskforce, inspector):
    recheck()
    submit(opened, taskforce)
    opened.refresh_from_db()

    with pytest.raises(FourEyes) as refusal:
        verify(opened, taskforce)

    assert (refusal.value.status, refusal.value.code) == (403, "four_eyes")
    opened.refresh_from_db()
    assert opened.state == "submitted"


def test_who_logged_evidence_cannot_verify(opened, recheck, inspector, taskforce):
    recheck(by=taskforce)
    submit(opened, inspector)
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)


def test_first_submitter_of_two_cannot_verify(opened, recheck, inspector, taskforce):
    other = user_with("task_force", "330382", "other")
    recheck()
    submit(opened, taskforce)
    opened.refresh_from_db()
    return_rectification(opened, by=other, on=ON, version=opened.version, reason="缺照片")
    submit(opened, inspector)
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)


@pytest.mark.parametrize("hands", ["submitted", "evidence"])
def test_database_refuses_verification_by_a_hand_of_the_round(opened, recheck, inspector, taskforce, hands):
    recheck(by=taskforce if hands == "evidence" else inspector)
    submit(opened, taskforce if hands == "submitted" else inspector)

    with pytest.raises(IntegrityError), transaction.atomic():
        Rectification.objects.filter(pk=opened.pk).update(
            state="verified", outcome="corrected", verified_on=ON, verified_recorded_at=at(ON), verified_by=taskforce
        )


def test_who_ordered_cannot_void(school, supervisor):
    round_ = round_of(school, "2018-10-01", ordered_by=supervisor)

    with pytest.raises(FourEyes) as refusal:
        void_rectification(round_, by=supervisor, on=ON, version=1, reason="开错")

    assert refusal.value.status == 403


def test_import_that_was_cut_short_is_taken_back_in_the_name_of_who_began_it(taskforce):
    import_ledger(row("甲馆", 存在问题="虚假宣传", 整改期限="2018-10-03"), by=taskforce)
    later = row("甲馆", 检查日期="2018.9.10", 存在问题="有照无证", 整改期限="2018-10-13")
    second = import_ledger(later, by=taskforce)
    ordered, supplemented = round_at("甲馆").state, round_at("甲馆").supplements

    for batch in (second, ImportBatch.objects.exclude(pk=second.pk).get()):
        ImportBatch.objects.filter(pk=batch.pk).update(finished_at=None)
        take_back_unfinished(Division.objects.get(pk="330382"), by=None)

    taken_back = round_at("甲馆").events.filter(kind__in=["withdrawn", "voided"]).order_by("sequence")
    assert (ordered, supplemented) == ("ordered", 1)
    assert list(taken_back.values_list("kind", "by")) == [("withdrawn", taskforce.pk), ("voided", taskforce.pk)]


def test_who_stood_at_the_recheck_cannot_verify(opened, recheck, inspector, taskforce):
    recheck(inspectors=["inspector", "taskforce"])
    submit(opened, inspector)
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)


def test_who_sent_the_deciding_photo_cannot_verify(opened, recheck, inspector, taskforce):
    data = picture()
    visit = recheck(result="not_found", photos=[NewPhoto(sha256_of(data), 1)])
    submit(opened, inspector, "closed")
    receive_photo(visit, sha256=sha256_of(data), data=data, by=taskforce)
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)

    assert opened.events.filter(kind="evidence", by=taskforce).count() == 1


def test_who_sent_the_deciding_photo_cannot_verify_though_their_own_recheck_was_withdrawn(
    opened, recheck, inspector, taskforce
):
    """Another visit made them a hand of the round when they sent it, and does no longer."""
    data = picture()
    own = recheck(result="ceased", on="2018-10-12", by=taskforce)
    visit = recheck(result="not_found", photos=[NewPhoto(sha256_of(data), 1)])
    receive_photo(visit, sha256=sha256_of(data), data=data, by=taskforce, at=at("2018-10-16"))
    withdraw_visit(own, by=user_with("task_force", "330382", "other"), reason="选错机构", at=at("2018-10-17"))
    submit(opened, inspector, "closed")
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)

    assert opened.events.filter(kind="evidence", by=taskforce, visit=visit).count() == 1


@pytest.fixture
def kept_aside(opened, inspector):
    """A recheck with a photo, by somebody whose grant had ended by then."""
    inspector.grants.update(valid_to="2018-10-10")
    sent = sent_visit(
        opened.institution, purpose="recheck", result="not_found", happened_at=at("2018-10-15", 10),
        photos=[NewPhoto(sha256_of(picture()), 1)],
    )  # fmt: skip
    take_visit(sent, by=inspector, received_at=at("2018-10-15", 18))
    return QuarantinedVisit.objects.get()


def test_who_sent_the_deciding_photo_of_a_visit_kept_aside_cannot_verify_when_it_is_counted(
    opened, kept_aside, inspector, taskforce
):
    photo = sha256_of(picture())
    receive_photo_aside(kept_aside, sha256=photo, data=picture(), by=taskforce, at=at("2018-10-15", 19))
    receive_photo_aside(kept_aside, sha256=photo, data=picture(), by=inspector, at=at("2018-10-15", 20))
    visit = count_aside(kept_aside, by=user_with("task_force", "330382", "other"), at=at("2018-10-16"))
    submit(opened, inspector, "closed")
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)

    assert kept_aside.photos_here.get().by == taskforce
    assert opened.events.filter(kind="evidence", by=taskforce, visit=visit).count() == 1


def test_who_sent_the_deciding_photo_for_another_copy_under_the_id_cannot_verify(
    opened, kept_aside, inspector, taskforce
):
    photos = [NewPhoto(sha256_of(picture()), 1)]
    sent = sent_visit(institution(), id=kept_aside.sent_id, happened_at=at("2018-10-15", 11), photos=photos)
    with pytest.raises(VisitConflict):
        take_visit(sent, by=taskforce, received_at=at("2018-10-15", 18))
    other = QuarantinedVisit.objects.get(reason="other_copy")
    receive_photo_aside(other, sha256=photos[0].sha256, data=picture(), by=taskforce, at=at("2018-10-15", 19))
    count_aside(kept_aside, by=user_with("task_force", "330382", "other"), at=at("2018-10-16"))
    submit(opened, inspector, "closed")
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)


def test_who_sent_the_deciding_photo_for_a_copy_under_another_id_cannot_verify(opened, kept_aside, recheck, taskforce):
    """A recheck that names it asks for its bytes, and who sends them gives evidence."""
    photo, other = sha256_of(picture()), user_with("inspector", "330382", "other")
    receive_photo_aside(kept_aside, sha256=photo, data=picture(), by=taskforce, at=at("2018-10-15", 19))

    visit = recheck("not_found", "2018-10-16", by=other, photos=[NewPhoto(photo, 1)])

    assert visit.photos.get().stored_at is None
    receive_photo(visit, sha256=photo, data=picture(), by=taskforce, at=at("2018-10-16", 19))
    opened.refresh_from_db()
    submit(opened, other, "closed")
    opened.refresh_from_db()
    with pytest.raises(FourEyes):
        verify(opened, taskforce)


def test_who_sent_a_photo_for_a_copy_need_not_send_it_again(kept_aside, recheck, taskforce):
    photo = sha256_of(picture())
    receive_photo_aside(kept_aside, sha256=photo, data=picture(), by=taskforce, at=at("2018-10-15", 19))

    visit = recheck("not_found", "2018-10-16", by=taskforce, photos=[NewPhoto(photo, 1)])

    assert visit.photos.get().stored_at is not None


def test_photo_of_a_visit_kept_aside_whose_sender_is_not_known_is_nobody_s_evidence(opened, kept_aside, taskforce):
    """An earlier release did not keep who sent it."""
    kept_aside.photos_here.create(sha256=sha256_of(picture()), stored_at=at("2018-10-15", 19))

    visit = count_aside(kept_aside, by=taskforce, at=at("2018-10-16"))

    hands = opened.events.filter(kind="evidence", visit=visit).order_by("sequence").values_list("by", flat=True)
    assert list(hands) == [kept_aside.by_id, taskforce.pk]


def test_who_counted_a_visit_kept_aside_cannot_verify(opened, kept_aside, inspector, taskforce):
    visit = count_aside(kept_aside, by=taskforce, at=at("2018-10-16"))
    submit(opened, inspector, "closed")
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)

    assert opened.events.filter(kind="evidence", by=taskforce, visit=visit).count() == 1


def test_who_counted_a_visit_that_was_withdrawn_since_is_no_hand_of_the_round(
    opened, kept_aside, supervisor, taskforce
):
    visit = count_aside(kept_aside, by=taskforce, at=at("2018-10-16"))

    withdraw_visit(visit, by=supervisor, reason="并未到场", at=at("2018-10-17"))

    assert taskforce.pk not in opened.hands()


def test_who_was_at_a_visit_and_counts_it_is_no_hand_twice(opened, school, inspector, taskforce):
    inspector.grants.update(valid_to="2018-10-10")
    there = {"happened_at": at("2018-10-15", 10), "inspectors": ["inspector", "taskforce"]}
    sent = sent_visit(school, purpose="recheck", result="ceased", **there)
    take_visit(sent, by=inspector, received_at=at("2018-10-15", 18))

    visit = count_aside(QuarantinedVisit.objects.get(), by=taskforce, at=at("2018-10-16"))

    assert list(opened.events.filter(visit=visit).values_list("by", flat=True)) == [inspector.pk]


@pytest.mark.parametrize("how", ["was there", "logged it", "submitted"])
def test_photo_of_a_hand_that_is_known_for_as_long_as_the_visit_stands_is_no_event_of_its_own(
    opened, recheck, inspector, taskforce, how
):
    photos = [NewPhoto(sha256_of(picture()), 1)]
    by = taskforce if how == "logged it" else inspector
    visit = recheck(photos=photos, by=by, inspectors=["taskforce"] if how == "was there" else [])
    if how == "submitted":
        submit(opened, taskforce)
    before = opened.events.count()

    receive_photo(visit, sha256=photos[0].sha256, data=picture(), by=taskforce)

    assert opened.events.count() == before


def test_who_ordered_into_an_open_round_gave_evidence_in_it(opened, school, inspector, taskforce):
    record_visit(
        sent_visit(
            school, result="ceased", happened_at=at("2018-10-15", 10), findings=[NewFinding("T03")], order=NewOrder()
        ),
        by=taskforce, received_at=at("2018-10-15", 18),
    )  # fmt: skip
    submit(opened, inspector, "closed")
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)


def test_who_entered_the_licences_cannot_verify_that_it_is_licensed(db, inspector, taskforce):
    school = institution(status="none")
    round_ = round_of(school, "2018-10-01", submitted_on="2018-10-10", outcome="licensed", submitted_by=inspector)
    for kind in ("permit", "registration"):
        columns = {"kind": kind, "number": f"号{kind}", "valid_from": date(2018, 10, 5)}
        add_licence(school, by=taskforce, columns=columns, at=at("2018-10-12"))

    with pytest.raises(FourEyes):
        verify(round_, taskforce)

    assert verify(round_, user_with("task_force", "330382")).outcome == "licensed"


@pytest.mark.parametrize("recorded", ["2018-10-12", "2018-10-02"], ids=["after the order", "before it was known"])
def test_who_entered_the_licences_cannot_choose_licensed_when_verifying(db, inspector, taskforce, recorded):
    """Submitted as closed, to be struck off as licensed; and an order of the 1st that became known on the 5th."""
    round_ = round_of(
        institution(status="none"), "2018-10-01", ordered_recorded="2018-10-05", submitted_on="2018-10-15",
        submitted_by=inspector,
    )  # fmt: skip
    for kind in ("permit", "registration"):
        columns = {"kind": kind, "number": f"号{kind}", "valid_from": date(2018, 10, 2)}
        add_licence(round_.institution, by=taskforce, columns=columns, at=at(recorded))

    with pytest.raises(FourEyes):
        verify(round_, taskforce, outcome="licensed")


@pytest.mark.parametrize(
    ("entered", "hand_in_it"),
    [
        (at("2018-09-30", 23, 59), False),
        (at("2018-10-01", 0, 0), True),
        (at("2018-10-01", 0, 30), True),
        (at("2018-10-01", 7, 59), True),
    ],
    ids=["23:59 the day before", "00:00", "00:30", "07:59"],
)
def test_day_of_the_order_begins_at_midnight_in_shanghai_for_rule_and_trigger(
    db, inspector, taskforce, entered, hand_in_it
):
    """A licence entered in the small hours of the day of the order, when it is still the day before in UTC."""
    school = institution(status="none")
    round_ = round_of(school, "2018-10-01", submitted_on="2018-10-10", outcome="licensed", submitted_by=inspector)
    add_licence(
        school, by=taskforce, columns={"kind": "permit", "number": "号一", "valid_from": date(2018, 9, 1)}, at=entered
    )
    columns = {"state": "verified", "outcome": "licensed", "verified_on": ON, "verified_recorded_at": at(ON)}

    def verified_behind_the_rule() -> None:
        with transaction.atomic():
            Rectification.objects.filter(pk=round_.pk).update(verified_by=taskforce, **columns)

    assert (taskforce.pk in round_.hands()) is hand_in_it
    if hand_in_it:
        with pytest.raises(IntegrityError, match="cannot verify"):
            verified_behind_the_rule()
    else:
        verified_behind_the_rule()
