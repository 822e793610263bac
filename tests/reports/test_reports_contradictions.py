"""What cannot be true at once is found before the report goes out; what only looks odd is not reported."""

import pytest
from django.utils import timezone

from inspections.models import Photo
from institutions.models import Institution
from institutions.moments import Moment
from reports.contradictions import contradictions
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    institution,
    licence_of,
    merge_of,
    move_of,
    round_of,
    visit_of,
    withdraw_survey_of,
    withdraw_visit_of,
)

SHA256 = "a" * 64


def found(as_of: str = "2018-12-31", before: str = "2018-11-30", known: str | None = None, division: str = "330382"):
    """{code: names} of the contradictions of a report."""
    moment = Moment(day(as_of), at(known) if known else timezone.now())
    told = contradictions(division, moment, day(before))
    return {each.code: [school.name for school in each.institutions] for each in told}


def test_contradictions_absent_from_a_sound_history(db):
    school = institution(status="none")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    licence_of(school, "permit", "2018-05-20")
    licence_of(school, "registration", "2018-05-20")
    visit_of(school, "2018-07-01")

    assert found() == {}


# --- Against the report before


def test_base_shrank_when_a_surveyed_institution_was_merged_since(db):
    kept, gone = institution(name="留下"), institution(name="并入")
    merge_of(gone, kept, "2018-12-10")

    assert found() == {"base_shrank": ["并入"]}


def test_base_shrank_when_an_order_was_voided_since(db):
    school = institution(name="开错单")
    round_of(school, "2018-11-05", voided="2018-12-10")

    assert found() == {"base_shrank": ["开错单"]}


def test_base_did_not_shrink_when_the_order_was_voided_before_the_last_report(db):
    round_of(institution(), "2018-11-05", voided="2018-11-20")

    assert found() == {}


def test_strike_off_disappeared_when_an_earlier_order_became_known_since(db):
    # Struck off on 1 June. An order of 5 October is logged on 10 December: November's report said rectified.
    school = institution(name="补录")
    round_of(school, "2018-05-01", verified_on="2018-06-01")
    round_of(school, "2018-10-05", ordered_recorded="2018-12-10")

    assert found() == {"strike_off_disappeared": ["补录"]}


def test_strike_off_did_not_disappear_when_a_rebound_of_the_period_explains_it(db):
    school = institution()
    round_of(school, "2018-05-01", verified_on="2018-06-01")
    round_of(school, "2018-12-05")

    assert found() == {}


def test_strike_off_disappeared_with_a_withdrawn_registration_shrinks_the_base_too(db):
    school = institution(name="撤销")
    round_of(school, "2018-05-01", verified_on="2018-06-01")
    Institution.objects.filter(pk=school.pk).update(withdrawn_at=at("2018-12-10"))

    assert found() == {"base_shrank": ["撤销"], "strike_off_disappeared": ["撤销"]}


def test_nothing_shrank_as_known_before_the_merger(db):
    kept, gone = institution(), institution()
    merge_of(gone, kept, "2018-12-10")

    assert found(known="2018-12-09") == {}


# --- Within the report


@pytest.mark.parametrize(
    "other",
    [
        "教民133038270000010号",
        "教民 133038270000010",
        "教民133038270000010",
        "133038270000010",
        "教民\u3000133038270000010",
    ],
)
def test_permit_number_used_twice_however_it_is_written(db, other):
    licence_of(institution(name="甲"), "permit", number="教民133038270000010号")
    licence_of(institution(NEXT_TO_LIUSHI, name="乙"), "permit", number=other)

    assert found() == {"permit_number_used_twice": ["甲", "乙"]}


def test_permit_number_used_again_after_it_was_revoked_is_no_contradiction(db):
    licence_of(institution(), "permit", number="教民133038270000010号", revoked_on=day("2018-06-01"))
    licence_of(institution(), "permit", number="教民133038270000010号", valid_from="2018-06-01")

    assert found() == {}


def test_permit_number_of_one_institution_renewed_is_no_contradiction(db):
    school = institution()
    licence_of(school, "permit", "2017-01-01", number="教民133038270000010号")
    licence_of(school, "permit", "2018-06-01", number="教民133038270000010号")

    assert found() == {}


def test_permit_number_used_outside_the_division_is_not_told(db):
    licence_of(institution(LIUSHI), "permit", number="教民133038270000010号")
    licence_of(institution(NEXT_TO_LIUSHI), "permit", number="教民133038270000010号")

    assert found(division=LIUSHI) == {}


@pytest.mark.parametrize(
    ("result", "on", "expected"),
    [
        ("inspected", "2018-07-01", {"closed_but_visited_open": ["已停"]}),
        ("inspected", "2018-06-01", {}),  # the day it ceased
        ("ceased", "2018-07-01", {}),
        ("no_access", "2018-07-01", {}),
        ("inspected", "2019-01-01", {}),  # after the cut-off
    ],
)
def test_closed_but_visited_open(db, result, on, expected):
    school = institution(name="已停")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    visit_of(school, on, result=result)

    assert found() == expected


def test_licensed_without_licence_when_only_the_permit_is_on_file(db):
    school = institution(name="缺照")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    licence_of(school, "permit", "2018-05-20")

    assert found() == {"licensed_without_licence": ["缺照"]}


def test_licensed_without_licence_when_the_permit_has_run_out(db):
    school = institution(name="过期")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    licence_of(school, "permit", "2018-05-20", valid_to=day("2018-12-30"))
    licence_of(school, "registration", "2018-05-20")

    assert found() == {"licensed_without_licence": ["过期"]}
    assert found(as_of="2018-12-30") == {}


def test_outcome_before_order_when_the_recheck_came_first(db):
    school = institution(name="先查后令")
    round_ = round_of(school, "2018-05-10", verified_on="2018-06-01")
    visit_of(school, "2018-05-09", purpose="recheck", result="ceased", round_=round_)

    assert found() == {"outcome_before_order": ["先查后令"]}


def test_outcome_before_order_when_it_had_ceased_before_it_was_ordered_to(db):
    school = institution(name="先停后令")
    round_ = round_of(school, "2018-05-10", verified_on="2018-06-01", outcome="closed")
    visit_of(school, "2018-05-09", result="ceased", round_=round_)

    assert found() == {"outcome_before_order": ["先停后令"]}


def test_outcome_before_order_is_no_matter_of_the_visit_that_led_to_the_order(db):
    school = institution()
    round_ = round_of(school, "2018-05-10", verified_on="2018-06-01")
    visit_of(school, "2018-05-09", purpose="routine", round_=round_)

    assert found() == {}


@pytest.mark.parametrize(("second_on", "expected"), [("2018-07-02", ["甲", "乙"]), ("2019-01-02", None)])
def test_one_photo_at_two_institutions(db, second_on, expected):
    for township, name, on in ((LIUSHI, "甲", "2018-07-01"), (NEXT_TO_LIUSHI, "乙", second_on)):
        Photo.objects.create(visit=visit_of(institution(township, name=name), on), slot=1, sha256=SHA256)

    assert found().get("one_photo_at_two_institutions") == expected


def test_one_photo_twice_at_one_institution_is_no_contradiction(db):
    school = institution()
    Photo.objects.create(visit=visit_of(school, "2018-07-01"), slot=1, sha256=SHA256)
    Photo.objects.create(visit=visit_of(school, "2018-07-02"), slot=1, sha256=SHA256)

    assert found() == {}


def test_contradiction_counts_all_and_lists_a_hundred(db):
    for number in range(103):
        institution(name=f"第{number:03d}家", withdrawn_at=at("2018-12-10"))

    told = contradictions("330382", Moment(day("2018-12-31"), timezone.now()), day("2018-11-30"))

    assert [(each.code, each.count, len(each.institutions)) for each in told] == [("base_shrank", 103, 100)]


def test_contradictions_cost_the_same_queries_for_many_institutions(db, django_assert_max_num_queries):
    for _ in range(30):
        round_of(institution(), "2018-05-01", verified_on="2018-06-01", outcome="licensed")

    with django_assert_max_num_queries(13):  # one a check, two for few rounds, of the report before, of names
        assert len(found()["licensed_without_licence"]) == 30


def test_licensed_without_licence_as_known_before_the_licences_were_recorded(db):
    school = institution(name="后补")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    for kind in ("permit", "registration"):
        licence_of(school, kind, "2018-05-20", recorded_at=at("2018-09-01"))

    assert found("2018-06-30", "2018-05-31", known="2018-07-05") == {"licensed_without_licence": ["后补"]}
    assert found("2018-06-30", "2018-05-31") == {}


# --- What moved or was taken back


def test_base_shrank_when_a_surveyed_institution_moved_out_of_the_division(db):
    school = institution(name="迁出")
    move_of(school, NEXT_TO_LIUSHI, "2018-12-10")

    assert found(division=LIUSHI) == {"base_shrank": ["迁出"]}
    assert found() == {}
    assert found(division=LIUSHI, known="2018-12-09") == {}


def test_base_shrank_when_a_survey_was_withdrawn_since(db):
    withdraw_survey_of(institution(name="撤回"), "2018-12-10")

    assert found() == {"base_shrank": ["撤回"]}
    assert found(known="2018-12-09") == {}


def test_closed_but_visited_open_as_known_before_the_closing_was_recorded(db):
    school = institution(name="已停")
    round_of(school, "2018-05-01", verified_on="2018-06-01", verified_recorded="2018-09-01", outcome="closed")
    visit_of(school, "2018-07-01")

    assert found("2018-07-31", "2018-06-30", known="2018-08-31") == {}
    assert found("2018-07-31", "2018-06-30") == {"closed_but_visited_open": ["已停"]}


def test_closed_but_visited_open_no_longer_when_it_was_ordered_again(db):
    school = institution(name="已停")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    visit_of(school, "2018-07-01")
    round_of(school, "2018-07-02")

    assert found("2018-07-31", "2018-06-30") == {}
    assert found("2018-07-01", "2018-06-30") == {"closed_but_visited_open": ["已停"]}


def test_closed_but_visited_open_when_the_visit_was_withdrawn_is_no_contradiction(db):
    school = institution(name="已停")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    withdraw_visit_of(visit_of(school, "2018-07-01"), "2018-08-01")

    assert found() == {}


def test_licensed_without_licence_once_the_revocation_is_known(db):
    school = institution(name="吊销")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    licence_of(school, "registration", "2018-05-20", recorded_at=at("2018-05-20"))
    licence_of(
        school, "permit", "2018-05-20", recorded_at=at("2018-05-20"), revoked_on=day("2018-07-01"),
        revoked_recorded_at=at("2018-09-01"),
    )  # fmt: skip

    assert found("2018-07-31", "2018-06-30", known="2018-08-31") == {}
    assert found("2018-07-31", "2018-06-30") == {"licensed_without_licence": ["吊销"]}


def test_permit_number_of_a_withdrawn_licence_is_no_contradiction(db):
    licence_of(institution(), "permit", number="教民133038270000010号", recorded_at=at("2018-05-20"))
    licence_of(
        institution(), "permit", number="教民133038270000010号", recorded_at=at("2018-05-20"),
        withdrawn_at=at("2018-09-01"),
    )  # fmt: skip

    assert found() == {}
    assert list(found(known="2018-08-31")) == ["permit_number_used_twice"]


def test_photo_of_a_withdrawn_visit_is_no_contradiction(db):
    first, second = (visit_of(institution(), "2018-07-01") for _number in range(2))
    for visit in (first, second):
        Photo.objects.create(visit=visit, slot=1, sha256=SHA256)
    withdraw_visit_of(second, "2018-09-01")

    assert found() == {}
    assert list(found(known="2018-08-31")) == ["one_photo_at_two_institutions"]
