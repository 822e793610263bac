"""Without a map service: the centre of the township or village, how far off it is, and when it is written."""

import pytest

from institutions.models import Division
from institutions.positions import distance_m
from mapping.centres import LONE_TOWNSHIP_M, VILLAGE_M, centre_of
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, move_of
from tests.mapping.map_service import ADDRESS
from tests.mapping.runs import carried_out

COUNTY = "330382"


def test_without_a_map_service_institutions_come_to_their_townships_centre_and_it_says_so(db):
    school = institution(LIUSHI, operating_address=ADDRESS)
    township = Division.objects.get(pk=LIUSHI)

    run = carried_out()

    school.refresh_from_db()
    assert (school.longitude, school.latitude) == (township.longitude, township.latitude)
    assert (school.location_source, school.datum) == ("township_centre", "wgs84")
    assert (run.state, run.total, run.outcomes.get().kind) == ("done", 1, "township")
    assert school.cell is not None


def test_centre_is_as_far_off_as_the_next_township_is_away_and_its_own_error(db):
    liushi, next_to_it = Division.objects.get(pk=LIUSHI), Division.objects.get(pk=NEXT_TO_LIUSHI)
    here, there = (liushi.longitude, liushi.latitude), (next_to_it.longitude, next_to_it.latitude)

    centre = centre_of(liushi)

    # 北白象镇 is the nearest, 3.12 km away; the centre itself is known to 500 m.
    assert centre.accuracy_m == pytest.approx(distance_m(here, there) + 500)
    assert 3500 < centre.accuracy_m < 3700


def test_township_without_a_neighbour_on_file_is_taken_to_be_wide(db):
    Division.objects.filter(parent_id=COUNTY).exclude(pk=LIUSHI).update(longitude=None, latitude=None)

    assert centre_of(Division.objects.get(pk=LIUSHI)).accuracy_m == LONE_TOWNSHIP_M + 500


@pytest.mark.parametrize(
    ("address", "in_village"), [("上米岙村23号", True), ("井大路8号", False), ("下米岙村1号", False)]
)
def test_village_with_a_centre_on_file_that_the_address_names_is_nearer(db, address, in_village):
    Division.objects.create(
        code=f"{LIUSHI}201", name="上米岙村委会", level="village", parent_id=LIUSHI, longitude=120.91, latitude=28.05,
        approx_error_m=300,
    )  # fmt: skip
    school = institution(LIUSHI, operating_address=address)

    carried_out()

    school.refresh_from_db()
    assert ((school.longitude, school.latitude) == (120.91, 28.05)) is in_village
    assert (school.location_accuracy_m == 300 + VILLAGE_M) is in_village
    assert school.approximate


def test_township_without_a_centre_places_nobody_and_says_so(db):
    Division.objects.filter(pk=LIUSHI).update(longitude=None, latitude=None)
    school = institution(LIUSHI)

    run = carried_out()

    school.refresh_from_db()
    assert (run.outcomes.get().kind, run.outcomes.get().reason) == ("nothing", "no_centre")
    assert school.longitude is None


def test_centre_that_is_on_file_already_is_not_written_again(db):
    school = institution(LIUSHI)
    carried_out()

    run = carried_out()

    school.refresh_from_db()
    assert (run.total, school.version) == (0, 2)


def test_institution_that_has_moved_comes_to_the_centre_of_its_new_township(db):
    school = institution(LIUSHI)
    carried_out()
    move_of(school, NEXT_TO_LIUSHI, "2018-07-01")

    carried_out()

    school.refresh_from_db()
    assert school.longitude == Division.objects.get(pk=NEXT_TO_LIUSHI).longitude
