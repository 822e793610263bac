"""Which visit proves what: the last word on a closure, the evidence of a submission, what a recheck marks."""

import pytest

from inspections.actions import NewPhoto, mark_put_right, receive_photo, withdraw_evidence
from inspections.actions.evidence import check_evidence, check_outcome, proven_on
from inspections.errors import EvidenceMissing
from inspections.photos import sha256_of
from tests.factories import at, day, institution, picture, round_of, visit_of, withdraw_visit_of
from tests.inspections.rounds import ON, submit

# --- Closed


def test_registered_only_states_its_scope_for_a_correction_and_for_nothing_else(db):
    round_ = round_of(institution(status="registration_only"), "2018-10-01")

    check_outcome(round_, "closed", "")
    check_outcome(round_, "licensed", "")


@pytest.mark.parametrize("result", ["no_access", "not_found", "moved"])
def test_closed_is_refused_for_no_later_visit_that_did_not_see_it_operating(opened, recheck, school, result):
    recheck(result="ceased")

    visit_of(school, "2018-10-17", result=result)

    check_evidence(opened, "closed", ON)


def test_closed_is_refused_for_what_was_seen_after_it_not_at_the_same_minute(opened, recheck, school):
    recheck(result="ceased")

    visit_of(school, "2018-10-15")  # at ten, as the recheck

    check_evidence(opened, "closed", ON)


def test_closed_is_refused_when_it_was_found_operating_on_the_day_of_verification(opened, recheck, school):
    recheck(result="ceased")

    visit_of(school, ON)

    with pytest.raises(EvidenceMissing):
        check_evidence(opened, "closed", ON)


def test_refused_closure_names_the_last_visit_that_found_it_operating(opened, recheck, school):
    recheck(result="ceased")
    for on in ("2018-10-16", "2018-10-18", "2018-10-17"):
        visit_of(school, on)

    with pytest.raises(EvidenceMissing) as refusal:
        check_evidence(opened, "closed", ON)

    assert refusal.value.errors["evidence"][0].startswith("2018-10-18 ")


def test_photo_of_another_visit_does_not_show_that_the_place_is_empty(opened, recheck, inspector):
    data = picture()
    operating = recheck(photos=[NewPhoto(sha256_of(data), 1)])
    receive_photo(operating, sha256=sha256_of(data), data=data, by=inspector)
    recheck(result="not_found", on="2018-10-16")

    with pytest.raises(EvidenceMissing):
        check_evidence(opened, "closed", ON)


def test_other_place_that_is_found_operating_says_nothing_of_this_one(opened, recheck):
    recheck(result="ceased")

    visit_of(institution(), ON)

    check_evidence(opened, "closed", ON)


# --- Put right


def test_mark_of_which_the_history_says_nothing_proves_what_it_shows(opened, recheck):
    """As an earlier release left it: on the row alone."""
    seen, (first, _second) = recheck(), opened.findings.order_by("pk")
    opened.findings.filter(pk=first.pk).update(put_right_on=day("2018-10-15"), put_right_visit=seen)

    assert proven_on(opened, {}) == {first.pk: day("2018-10-15")}


# --- The evidence of a submission


def evidence_of(round_):
    return round_.events.filter(kind="submitted").latest("sequence").visit


def test_submission_rests_on_the_last_recheck(opened, recheck, inspector):
    recheck(on="2018-10-12")
    last = recheck(on="2018-10-15")
    recheck(on="2018-10-13")

    submit(opened, inspector, put_right=[])

    assert evidence_of(opened) == last


def test_submission_at_a_visit_rests_on_that_visit_whatever_came_later(opened, recheck, inspector):
    submitting = recheck(on="2018-10-12")
    recheck(on="2018-10-15")

    submit(opened, inspector, put_right=[], visit=submitting)

    assert evidence_of(opened) == submitting


def test_submission_rests_on_a_recheck_of_the_day_of_the_order(opened, recheck, inspector):
    recheck(on="2018-10-01")
    seen = opened.visits.get()

    submit(opened, inspector, put_right=[])

    assert evidence_of(opened) == seen


def test_submission_rests_on_no_visit_before_the_order(opened, school, inspector):
    visit_of(school, "2018-09-30", purpose="recheck", round_=opened)

    submit(opened, inspector, put_right=[])

    assert evidence_of(opened) is None


def test_submission_rests_on_no_visit_that_was_withdrawn(opened, recheck, inspector):
    stands = recheck(on="2018-10-12")
    withdraw_visit_of(recheck(on="2018-10-15"), "2018-10-16")

    submit(opened, inspector, put_right=[])

    assert evidence_of(opened) == stands


# --- What a recheck marks


@pytest.mark.parametrize(
    ("found_on", "marked"), [("2018-10-14", True), ("2018-10-15", True), ("2018-10-16", False)]
)  # fmt: skip
def test_recheck_marks_what_was_found_before_it_or_at_the_same_minute(opened, school, inspector, found_on, marked):
    finding = visit_of(school, found_on, findings=("T02",), round_=opened).findings.get()
    recheck = visit_of(school, "2018-10-15", purpose="recheck", round_=opened)

    ids = mark_put_right(opened, [finding.pk], visit=recheck, by=inspector, at=at("2018-10-17"))

    assert ids == ([finding.pk] if marked else [])


def test_recheck_that_marks_nothing_hands_in_nothing(opened, school, inspector):
    recheck = visit_of(school, "2018-10-15", purpose="recheck", round_=opened)

    mark_put_right(opened, [], visit=recheck, by=inspector, at=at("2018-10-15"))

    event = opened.events.get(kind="evidence")
    assert (event.content, event.digest) == ("", "")


def test_event_of_a_visit_has_room_for_three_hundred_characters_of_its_note(opened, school, inspector):
    recheck = visit_of(school, "2018-10-15", purpose="recheck", round_=opened, note="看" * 301)

    mark_put_right(opened, [], visit=recheck, by=inspector, at=at("2018-10-15"))
    withdraw_evidence(opened, visit=recheck, by=inspector, reason="错" * 301, at=at("2018-10-16"))

    notes = opened.events.filter(visit=recheck).order_by("sequence").values_list("note", flat=True)
    assert list(notes) == ["看" * 300, "错" * 300]
