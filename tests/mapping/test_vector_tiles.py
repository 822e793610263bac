"""Vector tiles: what others read in them, whose institutions are in them, and what is refused."""

import gzip

import mapbox_vector_tile
import pytest
from django.urls import reverse

from mapping import layers
from mapping.tiles import Tile
from mapping.vector_tiles import encode
from tests.factories import NEXT_TO_LIUSHI, institution, round_of, user_with

AS_OF = "as_of=2018-12-31"
HERE = (120.9, 28.03)


def tile_at(z: int, longitude: float = 120.9, latitude: float = 28.03) -> Tile:
    """The tile of a position, by the tiles' published arithmetic."""
    from math import asinh, pi, radians, tan

    x = int((longitude + 180) / 360 * 2**z)
    y = int((1 - asinh(tan(radians(latitude))) / pi) / 2 * 2**z)
    return Tile(z, x, y)


def address(tile: Tile, asked: str = AS_OF) -> str:
    return f"{reverse('tile', args=[tile.z, tile.x, tile.y])}?{asked}"


def read(content: bytes) -> list[dict]:
    return mapbox_vector_tile.decode(content)["institutions"]["features"]


# --- The encoding, read by others


def test_values_of_every_kind_are_read_as_written():
    content = encode("l", [(7, 4000, {"name": "甲<b>", "count": 3, "minus": -70_000, "rate": 0.5, "seen": True})])

    decoded = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})["l"]

    assert (decoded["extent"], decoded["version"]) == (4096, 2)
    [feature] = decoded["features"]
    assert feature["properties"] == {"name": "甲<b>", "count": 3, "minus": -70_000, "rate": 0.5, "seen": True}
    assert (feature["geometry"]["type"], feature["geometry"]["coordinates"]) == ("Point", [7, 4000])


def test_one_and_true_and_one_point_nought_stay_apart():
    content = encode("l", [(0, 0, {"a": 1, "b": True, "c": 1.0})])

    properties = mapbox_vector_tile.decode(content)["l"]["features"][0]["properties"]

    assert [(type(value), value) for value in properties.values()] == [(int, 1), (bool, True), (float, 1.0)]


def test_nothing_is_encoded_as_nothing():
    assert encode("l", []) == b""


# --- The door


def test_close_tile_has_institutions_one_by_one(browse, taskforce):
    school = institution(name="甲培训", position=HERE, status="full")
    round_of(school, "2018-12-01", due_on="2019-01-15")

    answer = browse(taskforce).get(address(tile_at(16)))

    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    [feature] = read(answer.content)
    assert feature["properties"] == {
        "count": 1, "id": str(school.pk), "name": "甲培训", "standing": "open", "licence_status": "full",
        "township": "柳市镇", "due_on": "2019-01-15", "doubt": "",
    }  # fmt: skip


def test_point_lies_where_the_institution_is(browse, taskforce):
    institution(position=HERE)
    tile = tile_at(16)

    answer = browse(taskforce).get(address(tile))

    decoded = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    x, _y = decoded["institutions"]["features"][0]["geometry"]["coordinates"]
    assert (tile.x + (x + 0.5) / 4096) / 2**16 * 360 - 180 == pytest.approx(120.9, abs=360 / 2**16 / 4096)


def test_far_tile_counts_by_status(browse, taskforce):
    round_of(institution(position=HERE), "2018-05-01", due_on="2018-06-01")
    institution(position=HERE)

    [feature] = read(browse(taskforce).get(address(tile_at(8))).content)

    counted = {name: number for name, number in feature["properties"].items() if number}
    assert counted == {"count": 2, "overdue": 1, "unseen": 1, "licence_none": 2}


def test_close_tile_of_too_many_counts_them_together(browse, taskforce, monkeypatch):
    monkeypatch.setattr(layers, "MOST_POINTS", 2)
    for _number in range(3):
        institution(position=HERE)

    [feature] = read(browse(taskforce).get(address(tile_at(16))).content)

    assert feature["properties"]["count"] == 3


def test_tile_with_nothing_in_it_has_no_content(browse, taskforce):
    institution(position=HERE)
    institution()  # without a place

    answer = browse(taskforce).get(address(tile_at(8, 100.0, 28.0)))

    assert (answer.status_code, answer.content) == (204, b"")


def test_tile_is_of_what_one_sees_and_asks_for(browse, inspector):
    institution(position=HERE, name="甲")
    institution(position=HERE, name="乙")
    institution(NEXT_TO_LIUSHI, position=HERE, name="丙")

    [feature] = read(browse(inspector).get(address(tile_at(16), "q=甲")).content)

    assert feature["properties"]["name"] == "甲"
    assert len(read(browse(inspector).get(address(tile_at(16))).content)) == 2


def test_tile_names_no_person(browse, taskforce):
    institution(position=HERE, principal="王某某", phone="13800001111")

    content = browse(taskforce).get(address(tile_at(16))).content

    assert "王某某".encode() not in content
    assert b"0001111" not in content


def test_tile_is_packed_for_who_can_unpack_it(browse, taskforce):
    institution(position=HERE)
    plain = browse(taskforce).get(address(tile_at(16)))

    packed = browse(taskforce).get(address(tile_at(16)), headers={"accept-encoding": "gzip, br"})

    assert (packed["Content-Encoding"], packed["Vary"].split(", ")[0]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain


def test_tile_that_one_has_is_not_sent_again_until_it_changes(browse, taskforce):
    school = institution(position=HERE)
    first = browse(taskforce).get(address(tile_at(16)))

    again = browse(taskforce).get(address(tile_at(16)), headers={"if-none-match": first["ETag"]})
    round_of(school, "2018-12-01")
    changed = browse(taskforce).get(address(tile_at(16)), headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content, changed.status_code) == (304, b"", 200)


@pytest.mark.parametrize(("z", "x", "y", "wrong"), [(21, 0, 0, ["z"]), (3, 8, 0, ["x"]), (3, 9, 8, ["x", "y"])])
def test_tile_that_there_is_none_of_is_refused_in_words(browse, taskforce, z, x, y, wrong):
    answer = browse(taskforce).get(reverse("tile", args=[z, x, y]))

    assert (answer.status_code, list(answer.json()["errors"])) == (422, wrong)


@pytest.mark.parametrize("path", ["-1/0/0", "1.5/0/0", f"{'9' * 5000}/0/0", "a/0/0"])
def test_address_that_is_no_tile_is_absent(browse, taskforce, path):
    assert browse(taskforce).get(f"/tiles/institutions/{path}.mvt").status_code == 404


def test_tile_without_sign_in_is_refused(client, db):
    answer = client.get("/tiles/institutions/0/0/0.mvt")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_tile_of_a_county_out_of_sight_is_absent(browse):
    elsewhere = user_with("task_force", "330383")

    assert browse(elsewhere).get("/tiles/institutions/0/0/0.mvt?division=330382").status_code == 404
