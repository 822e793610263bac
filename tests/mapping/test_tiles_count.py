"""Over every zoom the counts of all tiles add up to the located of the list, and so does OGC paging; in every area."""

import mapbox_vector_tile
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from figures.drilldown import Drilldown
from figures.statistics import FIGURES
from institutions.models import Institution, LicenceStatus
from institutions.positions import LocationSource
from mapping.layers import Box
from mapping.tiles import CLOSEST, Tile, encoded, features
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of, user_with
from tests.figures.test_recount import taken_back

DAY = "2018-12-31"
ITEMS = "/ogc/collections/institutions/items"
# Corners of tiles of many zooms, the edges of the world, and places of a county one beside the other.
LONGITUDES = st.sampled_from([-180.0, -90.0, 0.0, 90.0, 112.5, 120.9, 120.900001, 120.9375, 121.0, 179.999999, 180.0])
LATITUDES = st.sampled_from([-90.0, -85.06, 0.0, 21.943045533438166, 28.0, 28.000001, 28.1, 66.51326044311186, 90.0])
PLACES = st.one_of(st.none(), st.tuples(LONGITUDES, LATITUDES))
ROUNDS = st.sampled_from([None, "open", "overdue", "closed", "licensed", "corrected"])
SCHOOLS = st.lists(
    st.tuples(PLACES, ROUNDS, st.sampled_from(LicenceStatus.values), st.booleans()), min_size=1, max_size=7
)
BOXES = [Box(-180, -90, 180, 90), Box(120.9, 28.0, 121.0, 28.1), Box(0, 0, 180, 90), Box(120.9, 28, 120.9, 28)]
QUESTIONS = [{}, *({"figure": each} for each in FIGURES), *({"licence_status": each} for each in LicenceStatus.values)]
QUESTIONS += [{"figure": "with_problems", "licence_status": each} for each in LicenceStatus.values]
SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


def written(schools) -> None:
    for number, (place, standing, status, at_the_centre) in enumerate(schools):
        columns = {"location_source": LocationSource.TOWNSHIP_CENTRE} if at_the_centre and place else {}
        township = NEXT_TO_LIUSHI if number % 3 == 2 else LIUSHI
        school = institution(township, position=place, status=status, **columns)
        if standing == "open":
            round_of(school, "2018-12-20", due_on="2019-02-01")
        elif standing == "overdue":
            round_of(school, "2018-05-01", due_on="2018-06-01")
        elif standing:
            round_of(school, "2018-05-01", verified_on="2018-06-01", outcome=standing)


def counted(question: Drilldown, user) -> dict[int, int]:
    """The sum of the counts of all tiles of each zoom, from the world down: a tile without anything has none below."""
    moment = question.moment
    found = question.institutions(user, moment)
    sums, tiles = {}, [Tile(0, 0, 0)]
    for zoom in range(CLOSEST + 1):
        sums[zoom], below = 0, []
        for tile in tiles:
            content = encoded(features(found, moment, tile), tile)
            if not content:
                continue
            held = mapbox_vector_tile.decode(content)["institutions"]["features"]
            sums[zoom] += sum(each["properties"]["count"] for each in held)
            below += [Tile(zoom + 1, 2 * tile.x + east, 2 * tile.y + south) for east in (0, 1) for south in (0, 1)]
        tiles = below
    return sums


def paged(client, **asked) -> list[str]:
    """The ids of all pages of OGC API Features, three a page."""
    address, ids = ITEMS, []
    answer = client.get(address, {"as_of": DAY, "limit": 3} | asked).json()
    matched = answer["numberMatched"]
    while True:
        ids += [each["id"] for each in answer["features"]]
        following = [each["href"] for each in answer["links"] if each["rel"] == "next"]
        if not following:
            assert len(ids) == matched
            return ids
        answer = client.get(following[0]).json()


@settings(max_examples=6, **SLOW)
@given(schools=SCHOOLS, asked=st.sampled_from(QUESTIONS))
def test_tiles_of_every_zoom_add_up_to_the_list_and_to_the_pages(db, client, schools, asked):
    with taken_back():
        user = user_with("task_force", "330382")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        written(schools)
        question = Drilldown.from_query({"as_of": DAY} | asked, user)
        listed = question.institutions(user)

        located = listed.located().count()

        assert counted(question, user) == dict.fromkeys(range(CLOSEST + 1), located)
        assert len(paged(client, located="yes", **asked)) == located
        assert sorted(paged(client, **asked)) == sorted(str(pk) for pk in listed.values_list("pk", flat=True))


@settings(max_examples=6, **SLOW)
@given(schools=SCHOOLS)
def test_questions_each_add_up_in_one_tile_and_in_every_area(db, client, schools):
    with taken_back():
        user = user_with("inspector", LIUSHI)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        written(schools)
        for asked in QUESTIONS:
            question = Drilldown.from_query({"as_of": DAY} | asked, user)
            listed = question.institutions(user)
            located = {str(pk): (x, y) for pk, x, y in listed.located().values_list("pk", "longitude", "latitude")}

            world = Tile(0, 0, 0)
            content = encoded(features(listed, question.moment, world), world)

            held = mapbox_vector_tile.decode(content)["institutions"]["features"] if content else []
            assert sum(each["properties"]["count"] for each in held) == len(located)
            for box in BOXES:
                inside = {
                    pk for pk, (x, y) in located.items() if box.west <= x <= box.east and box.south <= y <= box.north
                }
                bbox = f"{box.west},{box.south},{box.east},{box.north}"
                assert set(paged(client, bbox=bbox, **asked)) == inside


@pytest.mark.parametrize("zoom", [0, 1, 5, 14, 20])
def test_position_on_the_corner_of_four_tiles_is_in_one_of_them(db, zoom):
    user = user_with("task_force", "330382")
    institution(position=(0.0, 0.0))
    question = Drilldown.from_query({"as_of": DAY}, user)
    found = question.institutions(user)
    middle = 2 ** (zoom - 1) if zoom else 0
    around = {(max(middle - west, 0), max(middle - north, 0)) for west in (0, 1) for north in (0, 1)}

    holding = [place for place in around if Tile(zoom, *place).of(found).exists()]

    assert len(holding) == Institution.objects.count() == 1
