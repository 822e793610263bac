"""What the map draws: points when there are few and one is close, squares counted together otherwise."""

import pytest

from accounts.errors import Invalid
from figures.standing import with_standing
from institutions.models import Institution
from institutions.moments import Moment
from mapping.layers import MOST_POINTS, Box, collection, parse_zoom, points
from tests.factories import NEXT_TO_LIUSHI, at, day, institution, round_of, visit_of

END_OF_2018 = Moment(day("2018-12-31"), at("2019-01-31"))
AROUND = Box(120.0, 27.0, 122.0, 29.0)


def drawn(box: Box | None = None, zoom: int = 18) -> list[dict]:
    return collection(with_standing(Institution.objects.all(), END_OF_2018), END_OF_2018, box, zoom)["features"]


def is_points(features: list[dict]) -> bool:
    return all("count" not in each["properties"] for each in features)


@pytest.mark.parametrize("box", [None, AROUND], ids=["everything", "a box"])
def test_as_many_as_can_be_drawn_are_points_and_one_more_are_counted_together(db, box):
    first = institution(position=(120.9, 28.03))
    columns = {"scope_code": first.scope_code, "longitude": 120.9, "latitude": 28.03, "datum": "wgs84"}
    Institution.objects.bulk_create(
        Institution(division=first.division, name=f"第{number}所", cell=first.cell, **columns)
        for number in range(2, MOST_POINTS + 1)
    )

    assert len(drawn(box)) == MOST_POINTS
    institution(position=(120.9, 28.03))
    [together] = drawn(box)
    assert together["properties"]["count"] == MOST_POINTS + 1


@pytest.mark.parametrize(("zoom", "close"), [(14, False), (15, True)])
def test_points_are_drawn_from_zoom_fifteen(db, zoom, close):
    institution(position=(120.9, 28.03))

    assert is_points(drawn(zoom=zoom)) is close


@pytest.mark.parametrize(
    ("position", "inside"),
    [((120.0, 28.0), True), ((122.0, 28.0), True), ((121.0, 27.0), True), ((121.0, 29.0), True),
     ((119.999999, 28.0), False), ((122.000001, 28.0), False), ((121.0, 26.999999), False), ((121.0, 29.000001), False)],
)  # fmt: skip
def test_box_holds_its_edges(db, position, inside):
    institution(position=position)

    assert len(drawn(AROUND)) == int(inside)


def test_point_says_where_the_institution_stands_and_when_it_is_due(db):
    school = institution(NEXT_TO_LIUSHI, name="甲培训", position=(120.86091234, 28.03401234), status="full")
    round_of(school, "2018-05-01", verified_on="2018-06-01")
    round_of(school, "2018-12-01", due_on="2019-01-15")

    [feature] = points(with_standing(Institution.objects.all(), END_OF_2018), END_OF_2018)

    assert feature == {
        "type": "Feature",
        "id": str(school.pk),
        "geometry": {"type": "Point", "coordinates": [120.860912, 28.034012]},
        "properties": {
            "id": str(school.pk),
            "name": "甲培训",
            "standing": "open",
            "licence_status": "full",
            "township": "北白象镇",
            "due_on": "2019-01-15",
            "doubt": "",
        },
    }


def test_squares_hold_how_many_stand_where_and_their_middle(db):
    for longitude in (120.90, 120.92):
        round_of(institution(position=(longitude, 28.0)), "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    institution(position=(120.91, 28.03))
    visit_of(institution(position=(100.0, 28.0)), "2018-11-01")  # far away: a square of its own

    squares = sorted(drawn(zoom=5), key=lambda each: -each["properties"]["count"])

    assert [each["properties"] for each in squares] == [
        {
            "count": 3,
            "unseen": 1,
            "clear": 0,
            "licensed": 2,
            "open": 0,
            "overdue": 0,
            "closed": 0,
            "corrected": 0,
            "unsurveyed": 0,
            "licence_statuses": {"full": 0, "registration_only": 0, "permit_only": 0, "none": 3},
            "bbox": [120.9, 28.0, 120.92, 28.03],
        },
        {
            "count": 1,
            "unseen": 0,
            "clear": 1,
            "licensed": 0,
            "open": 0,
            "overdue": 0,
            "closed": 0,
            "corrected": 0,
            "unsurveyed": 0,
            "licence_statuses": {"full": 0, "registration_only": 0, "permit_only": 0, "none": 1},
            "bbox": [100.0, 28.0, 100.0, 28.0],
        },
    ]
    assert squares[0]["geometry"]["coordinates"] == [120.91, 28.01]


@pytest.mark.parametrize("box", [None, Box(120.0, 27.0, 120.95, 29.0)], ids=["everything", "a box"])
def test_totals_are_of_all_that_was_asked_for(db, box):
    institution(position=(120.9, 28.0))
    institution(position=(121.0, 28.0))
    institution()

    answer = collection(with_standing(Institution.objects.all(), END_OF_2018), END_OF_2018, box, 18)

    assert (answer["total"], answer["located"], answer["unlocated"]) == (3, 2, 1)
    assert len(answer["features"]) == (2 if box is None else 1)


@pytest.mark.parametrize(
    ("text", "taken"),
    [("-180,-90,180,90", True), ("120,28,120,29", False), ("120,28,121,28", False), ("-180.1,0,0,1", False),
     ("0,0,180.1,1", False), ("0,-90.1,1,0", False), ("0,0,1,90.1", False)],
)  # fmt: skip
def test_box_is_on_earth_and_has_an_area(text, taken):
    if taken:
        assert Box.parse(text) == Box(-180, -90, 180, 90)
    else:
        with pytest.raises(Invalid):
            Box.parse(text)


@pytest.mark.parametrize(("text", "zoom"), [("", 11), ("0", 0), ("20", 20)])
def test_zoom_is_from_the_world_to_a_house(text, zoom):
    assert parse_zoom(text) == zoom
