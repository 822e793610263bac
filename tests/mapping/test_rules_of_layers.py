"""What the map counts together and how far apart, what it leaves out, and in which order it draws."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mapping.layers
from accounts.errors import Invalid
from figures.standing import with_standing
from figures.unseen import Status
from institutions.models import Institution, LicenceStatus
from institutions.moments import Moment
from institutions.positions import LocationSource
from mapping.layers import FINE, Box, Square, collection, parse_zoom
from tests.factories import at, day, institution

MOMENT = Moment(day("2018-12-31"), at("2019-01-31"))
HERE = Box(120.0, 27.0, 120.95, 29.0)

pytestmark = pytest.mark.django_db


def asked(box: Box | None = None, zoom: int = 18) -> dict:
    return collection(with_standing(Institution.objects.all(), MOMENT), MOMENT, box, zoom)


def at_the_centre(longitude: float = 120.9) -> Institution:
    """Placed at its township's centre, for want of a place of its own."""
    return institution(position=(longitude, 28.0), location_source=LocationSource.TOWNSHIP_CENTRE)


# --- Squares


@given(
    st.tuples(*[st.integers(0, 10**6)] * 7), st.tuples(*[st.integers(0, 10**6)] * 4), st.integers(1, 10**6),
    st.tuples(*[st.floats(-180, 180)] * 4), st.integers(-180 * FINE, 180 * FINE), st.integers(0, 2**40),
)  # fmt: skip
def test_text_of_a_square_is_its_feature(statuses, licences, count, bounds, each, square):
    counted = dict(zip(Status.values, statuses, strict=False))
    drawn = Square(count, each * count, 0, counted, dict(zip(LicenceStatus.values, licences, strict=True)), bounds)

    assert json.loads(drawn.text(square)) == drawn.feature(square)


def test_text_of_a_square_has_the_statuses_that_nobody_has():
    drawn = Square(3, 3 * FINE, 6 * FINE, {Status.OPEN: 3}, {"": 1, "none": 2}, (1.0, 2.0, 1.0, 2.0))

    assert json.loads(drawn.text(7)) == drawn.feature(7)


def test_square_is_as_wide_as_a_quarter_of_a_tile():
    """At zoom 11 the world is 2048 tiles wide, so 8192 squares of 0.0439°: one from 120.8936° to 120.9375°."""
    for longitude in (120.90, 120.93, 120.94):
        institution(position=(longitude, 28.0))

    features = asked(zoom=11)["features"]

    assert [(each["geometry"]["coordinates"][0], each["properties"]["count"]) for each in features] == [
        (120.915, 2),
        (120.94, 1),
    ]


# --- Who is drawn


@pytest.mark.parametrize("box", [None, HERE], ids=["everything", "a box"])
@pytest.mark.parametrize("zoom", [11, 18])
def test_centre_of_a_township_is_no_place_of_an_institution(box, zoom):
    institution(position=(120.9, 28.0))
    at_the_centre()

    answer = asked(box, zoom)

    assert (len(answer["features"]), answer["located"], answer["unlocated"], answer["approximate"]) == (1, 1, 1, 1)


def test_where_all_have_a_place_none_is_approximate():
    institution(position=(120.9, 28.0))

    assert asked()["approximate"] == 0


def test_as_many_as_can_be_drawn_are_those_in_the_box(monkeypatch):
    monkeypatch.setattr(mapping.layers, "MOST_POINTS", 1)
    near = institution(position=(120.9, 28.0))
    institution(position=(121.0, 28.0))

    assert [each["id"] for each in asked(HERE)["features"]] == [str(near.pk)]
    assert [each["properties"].get("count") for each in asked()["features"]] == [2]


def test_points_are_drawn_in_the_order_of_their_ids():
    for number in (2, 3, 1):
        institution(id=UUID(int=number), name=f"第{9 - number}所", position=(120.9, 28.0))

    assert [UUID(each["id"]).int for each in asked()["features"]] == [1, 2, 3]


# --- What was asked


@pytest.mark.parametrize("text", ["011", "21", "+5", "５", "1.5", "-1"])
def test_zoom_is_one_or_two_digits_up_to_twenty(text):
    with pytest.raises(Invalid):
        parse_zoom(text)
