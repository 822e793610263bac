"""What is doubtful about a position is said wherever it is shown; a township's centre is nobody's position."""

import re

import pytest

from figures.drilldown import Drilldown
from inspections.actions import Position, record_visit
from inspections.models import Visit
from institutions.models import Institution
from institutions.positions import doubt_of
from tests.factories import LIUSHI, at, institution, sent_visit
from tests.mapping.runs import carried_out
from tests.urls import body

HERE = (120.9, 28.03)
UNKNOWN = "坐标系不明，可能偏差数百米"


@pytest.fixture
def at_centre(db) -> Institution:
    school = institution(LIUSHI, name="仅知乡镇的")
    carried_out()
    return Institution.objects.get(pk=school.pk)


@pytest.fixture
def of_unknown_datum(db) -> Institution:
    school = institution(LIUSHI, name="坐标系不明的", position=HERE, location_source="import")
    Institution.objects.filter(pk=school.pk).update(datum="unknown")
    return Institution.objects.get(pk=school.pk)


@pytest.fixture
def sound(db) -> Institution:
    return institution(LIUSHI, position=HERE, location_source="phone", location_accuracy_m=8)


@pytest.mark.parametrize(
    ("datum", "source", "accuracy_m", "doubt"),
    [
        ("wgs84", "phone", 12.0, ""),
        ("gcj02", "map_pin", None, ""),
        ("unknown", "import", None, UNKNOWN),
        ("unknown", "phone", 5.0, UNKNOWN),
        ("gcj02", "geocoder", 199.0, ""),
        ("gcj02", "geocoder", 200.0, "误差约 200 米"),
        ("wgs84", "phone", 1500.4, "误差约 1500 米"),
        ("wgs84", "township_centre", 3621.0, "乡镇（街道）中心，误差约 3621 米"),
        ("", "", None, ""),
    ],
)
def test_doubt_of_a_position(datum, source, accuracy_m, doubt):
    assert doubt_of(datum, source, accuracy_m) == doubt


def test_unknown_datum_is_said_on_the_file_in_the_list_and_on_the_map(browse, api, taskforce, of_unknown_datum):
    client = browse(taskforce)

    file = client.get(of_unknown_datum.get_absolute_url()).content.decode()
    listed = body(client.get("/institutions/?columns=name,position&format=csv")).decode()
    [feature] = api(taskforce).get("/api/v1/map/?zoom=18").json()["features"]

    assert UNKNOWN in file
    assert "WGS-84 · 导入" not in file
    assert f"导入（{UNKNOWN}）" in listed
    assert feature["properties"]["doubt"] == UNKNOWN


def test_position_without_doubt_is_shown_without(browse, api, taskforce):
    school = institution(LIUSHI, position=HERE, location_source="phone", location_accuracy_m=8)
    client = browse(taskforce)

    assert 'class="doubt"' not in client.get(school.get_absolute_url()).content.decode()
    [feature] = api(taskforce).get("/api/v1/map/?zoom=18").json()["features"]
    assert feature["properties"]["doubt"] == ""
    assert "手机定位" in body(client.get("/institutions/?columns=name,position&format=csv")).decode()


def test_centre_is_drawn_nowhere_and_counted_as_without_a_position(api, taskforce, at_centre):
    institution(LIUSHI, position=HERE)

    for zoom in (5, 18):
        answer = api(taskforce).get(f"/api/v1/map/?zoom={zoom}").json()
        counted = [answer[name] for name in ("total", "located", "unlocated", "approximate")]
        assert counted == [2, 1, 1, 1]
        assert sum(each["properties"].get("count", 1) for each in answer["features"]) == 1
    beside_the_map = api(taskforce).get("/api/v1/institutions/?located=no").json()["results"]
    assert [each["id"] for each in beside_the_map] == [str(at_centre.pk)]


def test_centre_is_no_position_of_the_institution(browse, taskforce, at_centre):
    file = browse(taskforce).get(at_centre.get_absolute_url()).content.decode()

    assert at_centre.position is None
    assert at_centre.longitude is not None
    assert "未定位" in file
    assert "乡镇（街道）中心，误差约 36" in file
    assert 'class="place-map' not in file
    assert "仅到乡镇（街道）" in body(browse(taskforce).get("/institutions/?columns=name,position&format=csv")).decode()


@pytest.mark.parametrize(
    ("school", "beside"), [("at_centre", ["未定位"]), ("of_unknown_datum", [UNKNOWN]), ("sound", [])]
)
def test_list_says_beside_the_name_what_is_doubtful_about_the_position(browse, request, taskforce, school, beside):
    request.getfixturevalue(school)

    page = browse(taskforce).get("/institutions/").content.decode()

    [cell] = re.findall(r'<td class="title">(.*?)</td>', page)
    assert re.findall(r'<span class="soft">(.*?)</span>', cell) == beside


@pytest.mark.parametrize(("located", "found"), [("yes", ["有位置的"]), ("no", ["仅知乡镇的", "没有位置的"])])
def test_list_of_those_without_a_position_has_those_at_a_centre(taskforce, at_centre, located, found):
    institution(LIUSHI, name="有位置的", position=HERE)
    institution(LIUSHI, name="没有位置的")

    question = Drilldown.from_query({"located": located}, taskforce)

    assert sorted(each.name for each in question.institutions(taskforce)) == sorted(found)


def test_visit_measures_no_distance_from_a_centre(inspector, at_centre):
    receipt = record_visit(
        sent_visit(at_centre, inspectors=["inspector"], position=Position(*HERE)), by=inspector,
        received_at=at("2018-10-01"),
    )  # fmt: skip

    assert Visit.objects.get(pk=receipt.id).distance_m is None


def test_centre_gives_way_to_what_a_clerk_types(browse, taskforce, at_centre):
    client = browse(taskforce)
    page = client.get(f"{at_centre.get_absolute_url()}edit/")
    typed = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    typed |= {"version": at_centre.version, "longitude": "120.9", "latitude": "28.03", "datum": "wgs84"}

    client.post(f"{at_centre.get_absolute_url()}edit/", typed)

    at_centre.refresh_from_db()
    assert (at_centre.location_source, at_centre.longitude) == ("map_pin", 120.9)


@pytest.mark.parametrize("datum", ["unknown", "bd09", "cgcs2000"])
def test_datum_is_chosen_on_the_form_and_kept(browse, taskforce, datum):
    school = institution(LIUSHI)
    client = browse(taskforce)
    page = client.get(f"{school.get_absolute_url()}edit/")
    typed = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    typed |= {"version": school.version, "longitude": "120.9", "latitude": "28.03", "datum": datum}

    saved = client.post(f"{school.get_absolute_url()}edit/", typed, follow=True).content.decode()

    school.refresh_from_db()
    assert school.datum == datum
    assert ("坐标系不明，位置可能偏差数百米；问明后请改正。" in saved) is (datum == "unknown")
