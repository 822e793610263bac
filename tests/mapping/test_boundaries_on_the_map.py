"""GET /api/v1/map/boundaries/, and the list of institutions whose position does not lie in their township."""

import json

import pytest
import shapely

from accounts.watermark import cut
from institutions.models import Division
from institutions.moments import today
from mapping.boundaries import api as boundaries_api
from mapping.boundaries.actions import commit_boundaries, receive_boundaries, take_back_boundaries
from mapping.boundaries.copies import ZOOMS, copies_of
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, user_with
from tests.mapping.boundary_files import NAMES, SOUTH, WEST, WIDE, geojson, inside, moved, rows, square

DOOR = "/api/v1/map/boundaries/"


def put_in_force(by, data=None, from_on="2018-07-01", division="330382", level="township", **declared):
    declared = {
        "datum": "wgs84",
        "source": "甲局",
        "approval_number": "浙S（2018）16号",
        "dated_on": today(),
    } | declared
    place = Division.objects.get(pk=division)
    file = receive_boundaries(data or geojson(), file_name="a.geojson", division=place, level=level, by=by, **declared)
    return commit_boundaries(file, by=by, column="NAME", chosen={}, from_on=today().fromisoformat(from_on))


def asked(client, query="division=330382") -> dict:
    answer = client.get(f"{DOOR}?{query}")
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def codes(collection: dict) -> list[str]:
    return [each["properties"]["code"] for each in collection["features"]]


def test_door_gives_nothing_where_nothing_was_uploaded(api, inspector):
    assert asked(api(inspector), f"division={LIUSHI}")["features"] == []


def test_door_gives_areas_with_what_must_be_said_of_them(api, taskforce):
    put_in_force(taskforce, dated_on=today().replace(year=2018, month=1, day=1))

    found = asked(api(taskforce), "division=330382&zoom=15")

    assert codes(found) == list(NAMES)
    first = found["features"][0]
    assert first["properties"] == {
        "code": LIUSHI, "name": "柳市镇", "source": "甲局", "approval_number": "浙S（2018）16号", "dated_on": "2018-01-01",
    }  # fmt: skip
    assert shapely.geometry.shape(first["geometry"]).bounds == pytest.approx((WEST, SOUTH, WEST + WIDE, SOUTH + WIDE))


def test_who_sees_one_township_gets_its_own_area(api, taskforce, inspector):
    put_in_force(taskforce)

    assert codes(asked(api(inspector), "")) == [LIUSHI]
    assert api(inspector).get(f"{DOOR}?division={NEXT_TO_LIUSHI}").status_code == 404


def test_city_gets_its_counties(api, db):
    leader = user_with("task_force", "3303")
    data = geojson([({"NAME": "乐清市"}, [square(0)])])

    put_in_force(leader, data, division="3303", level="county")

    assert codes(asked(api(leader), "division=3303")) == ["330382"]
    assert codes(asked(api(leader), "division=330382")) == []


def test_later_set_replaces_those_of_its_divisions_from_its_day_on(api, taskforce):
    put_in_force(taskforce, from_on="2018-01-01")
    put_in_force(taskforce, geojson(moved(rows(), lambda x, y: (x + 0.001, y))[:1]), from_on="2018-07-01")

    def west_of(query: str) -> list[float]:
        features = asked(api(taskforce), f"division=330382&zoom=15&{query}")["features"]
        return [round(shapely.geometry.shape(each["geometry"]).bounds[0] - WEST, 3) for each in features]

    assert west_of("as_of=2017-12-31") == []
    assert west_of("as_of=2018-06-30") == [0.0, 0.06, 0.12]
    assert west_of("as_of=2018-07-01") == [0.001, 0.06, 0.12]


def test_set_taken_back_leaves_the_one_of_before_and_what_was_known_then(api, taskforce):
    put_in_force(taskforce, from_on="2018-01-01")
    later = put_in_force(taskforce, geojson(rows()[:1]), from_on="2018-07-01", source="乙局")
    known = cut().isoformat().replace("+00:00", "Z")
    take_back_boundaries(later, by=taskforce, reason="拿错")

    def source(query: str) -> str:
        return asked(api(taskforce), f"division={LIUSHI}&{query}")["features"][0]["properties"]["source"]

    assert (source(""), source(f"known_at={known}")) == ("甲局", "乙局")


def test_browser_asks_whether_it_has_changed(api, taskforce):
    made = put_in_force(taskforce)
    client = api(taskforce)
    first = client.get(f"{DOOR}?division=330382")

    again = client.get(f"{DOOR}?division=330382", HTTP_IF_NONE_MATCH=first["ETag"])
    take_back_boundaries(made, by=taskforce, reason="拿错")
    then = client.get(f"{DOOR}?division=330382", HTTP_IF_NONE_MATCH=first["ETag"])

    assert first["Cache-Control"] == "private, no-cache"
    assert (again.status_code, again.content, then.status_code) == (304, b"", 200)


def coast(west: float, steps: int = 4000) -> list[tuple[float, float]]:
    """A ring with a jagged edge on the west and, for its neighbour, the same on the east."""

    def edge(at: float):
        return [(at + 0.0004 * (step % 2), SOUTH + WIDE * step / steps) for step in range(steps + 1)]

    return [*edge(west), *reversed(edge(west + WIDE)), edge(west)[0]]


def test_copies_get_shorter_with_the_zoom_and_leave_no_gap():
    areas = [shapely.Polygon(coast(WEST + place * WIDE)) for place in range(3)]

    sizes = [sum(map(len, copies_of(areas, zoom))) for zoom in ZOOMS]

    assert sizes == sorted(sizes)
    assert sizes[0] * 100 < sizes[-1]
    for zoom in (7, 11, 13):
        simple = [shapely.from_geojson(each) for each in copies_of(areas, zoom)]
        assert [each.is_valid for each in simple] == [True] * 3
        assert shapely.union_all(simple).area == pytest.approx(sum(each.area for each in simple))


def test_answer_is_bounded_by_a_coarser_copy_and_says_so(api, taskforce, monkeypatch):
    put_in_force(taskforce, geojson(rows([[coast(WEST + place * WIDE)] for place in range(3)])))
    client = api(taskforce)
    whole = client.get(f"{DOOR}?division=330382&zoom=15").content

    monkeypatch.setattr(boundaries_api, "MOST_BYTES", len(whole) // 10)
    bounded = client.get(f"{DOOR}?division=330382&zoom=15").content
    monkeypatch.setattr(boundaries_api, "MOST_BYTES", 10)
    refused = client.get(f"{DOOR}?division=330382&zoom=15")

    assert (json.loads(whole)["zoom"], json.loads(bounded)["zoom"] < 15, len(bounded) < len(whole) / 10) == (
        15,
        True,
        True,
    )
    assert (refused.status_code, refused.json()["message"]) == (
        422,
        "这个范围的边界太多，一次给不完。请选其中的一个省或市。",
    )


@pytest.mark.parametrize("query", ["zoom=-1", "zoom=99", "zoom=x", "as_of=nope", "bbox=1,2,3,4"])
def test_question_that_is_not_understood_is_refused(api, taskforce, query):
    assert api(taskforce).get(f"{DOOR}?{query}").status_code == 422


# --- 所属乡镇与位置不符


def test_institutions_whose_position_is_not_in_their_township_are_listed_the_farthest_first(browse, taskforce):
    put_in_force(taskforce)
    institution(LIUSHI, name="绘声馆", position=inside(0))
    institution(LIUSHI, name="青竹教育", position=inside(1))
    institution(PANSHI, name="晨曦教育", position=inside(0))
    institution(PANSHI, name="海上馆", position=(WEST + 0.1, SOUTH - 0.5))
    institution(PANSHI, name="无位置馆")
    institution("330382001", name="没有边界的乡镇", position=(120.5, 28.5))

    answer = browse(taskforce).get("/map/mismatches/?division=330382")

    checked = answer.context["checked"]
    told = [(each.institution.name, each.own.name, each.lies_in and each.lies_in.name) for each in checked.mismatches]
    assert told == [("海上馆", "磐石镇", None), ("晨曦教育", "磐石镇", "柳市镇"), ("青竹教育", "柳市镇", "北白象镇")]
    assert (checked.asked, checked.boundaries) == (4, 3)
    assert "核对了 4 家有位置的机构，3 家的位置不在登记的乡镇（街道）内。" in answer.content.decode()


@pytest.mark.parametrize(
    ("off_m", "accuracy_m", "listed"), [(40, None, 0), (60, None, 1), (140, 100, 0), (160, 100, 1)]
)
def test_who_lies_near_the_edge_is_taken_to_be_in(browse, taskforce, off_m, accuracy_m, listed):
    put_in_force(taskforce)
    institution(PANSHI, position=(WEST + 2.5 * WIDE, SOUTH - off_m / 110_800), location_accuracy_m=accuracy_m)

    assert len(browse(taskforce).get("/map/mismatches/").context["checked"].mismatches) == listed


def test_inspector_sees_those_of_the_own_township_alone(browse, taskforce, inspector):
    put_in_force(taskforce)
    institution(LIUSHI, name="青竹教育", position=inside(1))
    institution(PANSHI, name="晨曦教育", position=inside(0))

    page = browse(inspector).get("/map/mismatches/").content.decode()

    assert ("青竹教育" in page, "晨曦教育" in page) == (True, False)


def test_without_boundaries_the_page_says_so(browse, taskforce):
    assert "这里还没有启用乡镇（街道）的边界，无从核对。" in browse(taskforce).get("/map/mismatches/").content.decode()
