"""What the modules compute, beside what the server and the standard library compute."""

import hashlib

import pytest

from institutions.positions import distance_m, from_wgs84

PLACES = [(120.967, 28.113), (116.397, 39.909), (73.5, 39.5), (134.9, 48.4), (110.2, 3.9), (2.35, 48.85)]


def ask(phone, module: str, expression: str, argument=None):
    code = f"async (given) => {{ const it = await import('/static/field/{module}.js'); return {expression}; }}"
    return phone.page.evaluate(code, argument)


@pytest.mark.parametrize(("name", "datum"), [("toGcj02", "gcj02"), ("toBd09", "bd09")])
def test_datums_are_those_of_the_server(phone, name, datum):
    there = ask(phone, "datums", f"given.map(([lon, lat]) => it.{name}(lon, lat))", PLACES)

    for place, found in zip(PLACES, there, strict=True):
        assert found == pytest.approx(from_wgs84(*place, datum), abs=1e-9)


def test_distance_is_that_of_the_server_within_a_percent(phone):
    here, there = (120.967, 28.113), (120.912, 28.034)
    names = [dict(zip(("longitude", "latitude"), place, strict=True)) for place in (here, there)]

    assert ask(phone, "datums", "it.distance(...given)", names) == pytest.approx(distance_m(here, there), rel=0.01)


@pytest.mark.parametrize("length", [0, 1, 55, 56, 63, 64, 65, 1000])
def test_digest_by_hand_is_sha_256(phone, length):
    data = bytes(number * 7 % 256 for number in range(length))

    found = ask(phone, "digest", "it.sha256ByHand(new Uint8Array(given).buffer)", list(data))

    assert found == hashlib.sha256(data).hexdigest()


def test_id_by_hand_is_a_uuid(phone):
    phone.page.evaluate("delete Crypto.prototype.randomUUID")

    found = ask(phone, "digest", "it.uuid()")

    assert (found[14], found[19] in "89ab", len(found)) == ("4", True, 36)


def test_lease_is_one_holder_s_until_it_ends(phone):
    turns = "[await it.take('x', 'one'), await it.take('x', 'two'), await it.take('x', 'one')]"

    assert ask(phone, "locks", turns) == [True, False, True]
