"""疑点 of one visit: its distance from the registered point, its clocks, where and when its photos were taken."""

from datetime import timedelta

import pytest

from inspections.actions import oddity_rules as rules
from inspections.models import Visit
from institutions.models import Institution
from tests.factories import NEXT_TO_LIUSHI, at, institution, move_of
from tests.inspections.oddities.scenes import HERE, jpeg, north, photo_of, said_of, scene, visited

pytestmark = pytest.mark.django_db
SENT = at("2018-10-01", 9)


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "point_accuracy_m", "is_odd"),
    [(490, None, None, False), (520, None, None, True), (520, 30, None, False), (520, None, 30, False),
     (700, 100, 90, True), (700, 120, 90, False), (5000, 4800, None, False)],
)  # fmt: skip
def test_distance_is_odd_beyond_what_both_accuracies_explain(inspector, metres, accuracy_m, point_accuracy_m, is_odd):
    school = institution(position=HERE, location_accuracy_m=point_accuracy_m)

    visit = visited(school, inspector, where=north(metres), accuracy_m=accuracy_m)

    assert ("far" in said_of(visit)) == is_odd
    assert any("距登记地点" in each for each in visit.warnings) == is_odd


def test_distance_says_how_much_and_how_sure(inspector):
    school = institution(position=HERE, location_accuracy_m=20)

    visit = visited(school, inspector, where=north(812), accuracy_m=15)

    said = said_of(visit)["far"]
    assert abs(said["m"] - 812) <= 2
    assert (said["accuracy_m"], said["point_accuracy_m"]) == (15, 20)


@pytest.mark.parametrize(
    "columns",
    [{"position": None}, {"location_source": "township_centre", "location_accuracy_m": 1}, {"position": (0, 0)}],
    ids=["no point", "the centre of its township", "nowhere"],
)
def test_institution_without_a_point_of_its_own_is_never_far(inspector, columns):
    school = institution(**{"position": HERE} | columns)

    assert said_of(visited(school, inspector, where=north(9000))) == {}


def test_point_of_unknown_datum_may_be_off_by_what_the_datums_differ(inspector):
    school = institution(position=HERE)
    Institution.objects.filter(pk=school.pk).update(datum="unknown")

    near = visited(school, inspector, at("2018-10-01", 9), where=north(1090))
    far = visited(school, inspector, at("2018-10-01", 10), where=north(1120))

    assert ("far" in said_of(near), "far" in said_of(far)) == (False, True)


@pytest.mark.parametrize(
    ("on", "withdrawn", "is_odd"),
    [("2018-10-31", None, False), ("2018-11-01", None, True), ("2018-11-03", None, True), ("2018-10-31", "2018-11-04", True)],
    ids=["before", "the day itself", "after", "it was taken back"],
)  # fmt: skip
def test_visit_of_before_a_move_is_not_measured_against_the_point_of_after(inspector, on, withdrawn, is_odd):
    school = institution(position=HERE)
    move_of(school, school.division_id, "2018-11-01", recorded="2018-11-01", withdrawn=withdrawn)
    school.refresh_from_db()

    visit = visited(school, inspector, at(on, 9), where=north(9000), received_at=at("2018-11-05"))

    assert ("far" in said_of(visit)) == is_odd


def test_nowhere_is_no_position(inspector):
    school = institution(position=HERE)
    data = jpeg(scene(1))

    visit = visited(
        school, inspector, where=(0.0, 0.0), accuracy_m=5, photos=(data,), arrive=False,
    )  # fmt: skip

    assert (visit.longitude, visit.latitude, visit.accuracy_m, visit.distance_m) == (None, None, None, None)
    assert said_of(visit) == {}
    assert visit.stated["position"]["longitude"] == 0


@pytest.mark.parametrize(
    ("minutes", "odd"), [(5, None), (6, 6), (-6, -6), (-600, -600)], ids=["on time", "ahead", "behind", "far behind"]
)
def test_clock_of_the_phone_is_odd_either_way(inspector, minutes, odd):
    visit = visited(institution(), inspector, device_sent_at=SENT + timedelta(minutes=minutes))

    assert said_of(visit).get("clock", {}).get("minutes") == odd


@pytest.mark.parametrize(("minutes", "odd"), [(120, None), (121, 121), (-121, -121), (-3000, -3000)])
def test_photo_taken_at_another_time_is_odd_either_way(inspector, minutes, odd):
    data = jpeg(scene(1))
    photos = (photo_of(data, 1, taken_at=SENT), photo_of(data, 2, taken_at=SENT + timedelta(minutes=minutes)))

    visit = visited_with(photos, inspector)

    assert said_of(visit).get("photo_time") == (odd and {"photos": [[2, odd]]})


@pytest.mark.parametrize(("metres", "accuracy_m", "is_odd"), [(290, None, False), (320, None, True), (320, 30, False)])
def test_photo_taken_elsewhere_is_odd_beyond_its_accuracy(inspector, metres, accuracy_m, is_odd):
    longitude, latitude = north(metres)
    photo = photo_of(jpeg(scene(1)), 3, longitude=longitude, latitude=latitude, accuracy_m=accuracy_m)

    visit = visited_with((photo,), inspector, where=HERE)

    said = said_of(visit)
    assert ("photo_place" in said) == is_odd
    assert not is_odd or said["photo_place"]["photos"][0][0] == 3


def test_photo_from_nowhere_is_not_elsewhere(inspector):
    photo = photo_of(jpeg(scene(1)), 1, longitude=0.0, latitude=0.0, accuracy_m=3.0)

    assert said_of(visited_with((photo,), inspector, where=HERE)) == {}


def test_visit_in_order_has_nothing_odd(inspector):
    school = institution(NEXT_TO_LIUSHI, position=HERE)
    photo = photo_of(jpeg(scene(1)), 1, taken_at=SENT, longitude=HERE[0], latitude=HERE[1], accuracy_m=8)

    visit = visited_with((photo,), inspector, where=north(20), accuracy_m=10, device_sent_at=SENT, school=school)

    assert said_of(visit) == {}


def visited_with(photos, by, where=None, school=None, **stated) -> Visit:
    return visited(school or institution(), by, SENT, where=where, named=photos, **stated)


def test_limits_are_said_where_people_read_them():
    """docs/oddities.md names each limit as the code has it."""
    from pathlib import Path

    from django.conf import settings

    said = (Path(settings.BASE_DIR) / "docs/oddities.md").read_text()
    limits = [
        f"{rules.FAR_M} 米", f"{rules.PHOTO_FAR_M} 米", f"{rules.UNKNOWN_DATUM_M} 米", f"{rules.FASTEST_KMH} 公里",
        f"{rules.PHOTO_APART.seconds // 3600} 小时", f"{rules.TRAVEL_SLACK.seconds // 60} 分钟",
        f"{rules.TRAVEL_WITHIN.seconds // 3600} 小时", f"{rules.CLOCK_TOLERANCE.seconds // 60} 分钟", f"{rules.MOST_BITS} 位",
    ]  # fmt: skip
    assert [limit for limit in limits if limit not in said] == []
