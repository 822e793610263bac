"""Which merges are known at a moment, whose histories an institution has, and how its place is said."""

from datetime import timedelta
from uuid import UUID

import pytest

from institutions.models import Merge
from institutions.positions import LocationSource
from tests.factories import at, institution, merge_of

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
