"""Which merges are known at a moment, whose histories an institution has, and how its place is said."""

from datetime import timedelta
from uuid import UUID

import pytest

from accounts.errors import Invalid
from institutions.actions import (
    CannotMerge,
    edit_institution,
    merge_institutions,
    move_institution,
    rename_institution,
    take_apart,
)
from institutions.actions.merging import MOST_REASON, later_than
from institutions.actions.versions import OffRegister
from institutions.models import Division, Institution, Merge
from institutions.positions import LocationSource
from tests.factories import NEXT_TO_LIUSHI, at, day, institution, licence_of, merge_of, round_of, visit_of

K = at("2018-10-01")
BEFORE, SECOND = at("2018-09-01"), timedelta(seconds=1)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("when", "ended", "known"),
    [(K, None, True), (K + SECOND, None, False), (BEFORE, K, False), (BEFORE, K + SECOND, True)],
)
def test_merge_is_known_from_its_moment_to_the_moment_it_was_taken_apart(when, ended, known):
    merge_of(institution(), institution(), when, ended=ended)

    assert Merge.objects.known_at(K).exists() is known


def test_histories_are_its_own_and_those_merged_into_it_in_the_order_of_their_merging():
    stays = institution()
    third, second, first = (institution(id=UUID(int=number)) for number in (2, 3, 1))
    for each, when in ((third, K + SECOND), (first, K), (second, K)):
        merge_of(each, stays, when)  # those of one moment in the order they were written
    merge_of(institution(), stays, BEFORE, ended=K)

    stays.refresh_from_db()
    assert list(stays.histories) == [stays.pk, first.pk, second.pk, third.pk]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({}, "未定位"),
        ({"position": (120.9, 28.0)}, "已定位"),
        ({"position": (120.9, 28.0), "location_source": LocationSource.PHONE}, "手机定位"),
        (
            {"position": (120.9, 28.0), "location_source": LocationSource.PHONE, "location_accuracy_m": 300},
            "手机定位（误差约 300 米）",
        ),
        ({"position": (120.9, 28.0), "location_source": LocationSource.TOWNSHIP_CENTRE}, "仅到乡镇（街道）"),
    ],
)
def test_place_is_said_with_its_source_and_what_is_doubtful_about_it(columns, said):
    assert str(institution(**columns).position_in_words) == said


# --- What a merge and its end ask for


def test_reason_is_asked_for_and_has_its_length(taskforce):
    stays, goes = institution(), institution()
    for reason in ("", " ", "同" * (MOST_REASON + 1)):
        with pytest.raises(Invalid) as refused:
            merge_institutions(into=stays, merged=goes, by=taskforce, reason=reason, at=K)
        assert list(refused.value.errors) == ["reason"]

    merge = merge_institutions(into=stays, merged=goes, by=taskforce, reason="同" * MOST_REASON, at=K)

    with pytest.raises(Invalid, match="请写明为什么不是同一家"):
        take_apart(merge, by=taskforce, reason=" ", at=K + SECOND)


LATER = {
    "visit": lambda into, when: visit_of(into, recorded=when),
    "round": lambda into, when: round_of(into, "2018-05-01", ordered_recorded=when),
    "licence": lambda into, when: licence_of(into, "permit", recorded_at=when),
    "revoked": lambda into, when: licence_of(
        into, "permit", recorded_at=BEFORE, revoked_on=day("2018-05-01"), revoked_recorded_at=when
    ),
    "withdrawn": lambda into, when: licence_of(into, "permit", recorded_at=BEFORE, withdrawn_at=when),
}


@pytest.mark.parametrize("what", LATER)
@pytest.mark.parametrize(("when", "later"), [(K - SECOND, False), (K, True)])
def test_later_is_what_was_recorded_from_the_moment_of_the_merge_on(what, when, later):
    stays = institution()
    merge = merge_of(institution(), stays, K)
    LATER[what](stays, when)

    assert bool(later_than(merge, stays)) is later


def test_open_rounds_are_said_of_both_only_where_both_have_one(taskforce):
    stays, goes = institution(), institution()
    round_of(stays, "2018-05-01", verified_on="2018-06-01")
    round_of(goes, "2018-05-01")

    with pytest.raises(CannotMerge, match="请保留这一家"):
        merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家", at=K)

    round_of(stays, "2018-08-01")
    with pytest.raises(CannotMerge, match="都有未销号的整改"):
        merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家", at=K)


def test_nothing_is_taken_out_of_an_institution_that_is_off_the_register(taskforce):
    stays = institution()
    merge = merge_of(institution(), stays, K)
    Institution.objects.filter(pk=stays.pk).update(withdrawn_at=K + SECOND)

    with pytest.raises(OffRegister):
        take_apart(merge, by=taskforce, reason="两家", at=K + SECOND)


def test_survey_taken_over_from_another_that_is_still_merged_stays(taskforce):
    stays, first, second = institution(surveyed_on=None), institution(), institution(surveyed_on="2018-06-01")
    merge_institutions(into=stays, merged=first, by=taskforce, reason="同一家", at=K)
    later = merge_institutions(into=stays, merged=second, by=taskforce, reason="同一家", at=K + SECOND)

    take_apart(later, by=taskforce, reason="两家", at=K + 2 * SECOND)

    stays.refresh_from_db()
    assert (stays.surveyed_on, stays.survey_of_id, stays.withdrawn_surveys.count()) == (first.surveyed_on, first.pk, 0)


# --- From which day a place or a name can hold


def test_name_does_not_hold_from_a_day_to_come(taskforce):
    school = institution()

    with pytest.raises(Invalid) as refused:
        rename_institution(school, by=taskforce, version=1, name="新名", from_on=day("2018-10-02"), at=K)
    assert list(refused.value.errors) == ["from_on"]


def test_place_typed_into_the_form_is_one_that_is_in_force_while_it_holds(taskforce):
    school = institution()
    Division.objects.filter(pk=NEXT_TO_LIUSHI).update(in_force_to=day("2018-08-31"))

    with pytest.raises(Invalid) as refused:
        edit_institution(
            school, by=taskforce, version=1, from_on=day("2018-06-01"), at=K,
            columns={"division": Division.objects.get(pk=NEXT_TO_LIUSHI)},
        )  # fmt: skip
    assert list(refused.value.errors) == ["division"]


def test_address_filled_in_where_it_was_left_empty_after_a_move_is_a_place(taskforce):
    """Without a move it is the address it always had."""
    moved, never = institution(), institution()
    move_institution(
        moved, by=taskforce, version=1, division=Division.objects.get(pk=NEXT_TO_LIUSHI), operating_address="",
        from_on=day("2018-06-01"), at=BEFORE,
    )  # fmt: skip

    for school, version in ((moved, 2), (never, 1)):
        edit_institution(school, by=taskforce, version=version, columns={"operating_address": "新路1号"}, at=K)

    assert list(moved.places.values_list("operating_address", flat=True)) == ["", "", "新路1号"]
    assert not never.places.exists()
