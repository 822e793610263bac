"""Levels of divisions, bounds of what is stated of an institution, what is on the register, and moments that are one."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from accounts.errors import Invalid
from institutions.actions import add_divisions
from institutions.models import ON_REGISTER, Division, Institution
from institutions.moments import Moment
from institutions.views.duplicates import in_hand
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, at, day, institution, merge_of, user_with

VILLAGE = f"{LIUSHI}001"


# --- Levels


def test_divisions_of_all_levels_are_set_up_together(db):
    named = {"34": "某省", "3401": "某市", "340102": "某区", "340102001": "某街道", "340102001001": "某村"}

    made = add_divisions(named, by=None)

    assert [(each.pk, each.level, each.parent_id) for each in made] == [
        ("34", "province", None),
        ("3401", "city", "34"),
        ("340102", "county", "3401"),
        ("340102001", "township", "340102"),
        ("340102001001", "village", "340102001"),
    ]


@pytest.mark.parametrize("code", ["3", "330", "33038", "3303821", "33038211", "3303821140", "3303821140010"])
def test_code_of_no_level_is_no_division(db, code):
    with pytest.raises(Invalid, match="不是行政区划代码"):
        add_divisions({code: "某地"}, by=None)


@pytest.mark.parametrize("code", ["33", "3303", "330382", LIUSHI])
def test_level_of_a_division_is_said_in_words(db, code):
    words = {"province": "省（区、市）", "city": "市（州）", "county": "县（市、区）", "township": "乡镇（街道）"}
    division = Division.objects.get(pk=code)

    assert division.get_level_display() == words[division.level]


def test_village_is_said_in_words_and_is_no_choice(db):
    village = Division.objects.create(code=VILLAGE, name="某村", level="village", parent_id=LIUSHI)

    assert village.get_level_display() == "村（社区）"
    assert village not in Division.objects.offered_to(user_with("inspector", LIUSHI), VILLAGE)


# --- Institutions


@pytest.mark.parametrize(
    ("column", "most"), [("learners", 1_000_000), ("teachers", 1_000_000), ("area_m2", 10_000_000)]
)
def test_no_institution_is_larger_than_any_is(db, column, most):
    school = institution()

    def refused(value: int) -> bool:
        setattr(school, column, value)
        try:
            school.clean_fields()
        except ValidationError as problem:
            return column in problem.message_dict
        return False

    assert [refused(most), refused(most + 1)] == [False, True]


def test_on_the_register_is_what_is_neither_merged_nor_withdrawn(db):
    stays, merged, withdrawn = institution(), institution(), institution()
    merge_of(merged, stays, "2018-06-15")
    Institution.objects.filter(pk=withdrawn.pk).update(withdrawn_at=at("2018-06-15"))

    assert list(Institution.objects.filter(ON_REGISTER)) == [stays]


def test_duplicates_are_those_of_the_editing_grant(seconded):
    here, _there = institution(NEXT_TO_LIUSHI), institution(PANSHI)

    assert list(in_hand(seconded)) == [here]


# --- Moments


def test_moment_answered_from_the_rows_is_the_same_moment():
    moment = Moment(day("2018-12-31"), at("2019-01-03"))

    assert not moment.present
    assert replace(moment, present=True) == moment
