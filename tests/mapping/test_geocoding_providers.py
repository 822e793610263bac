"""Each map service, as its manual says it answers: what it is asked, what is made of what it says."""

import json

import pytest

from accounts.models import AuditRow
from institutions.models import Institution
from institutions.positions import distance_m
from mapping import reasons
from mapping.models import GeocodingAnswer, GeocodingOutcome, Precision
from mapping.providers import PROVIDERS
from tests.factories import LIUSHI, institution
from tests.mapping.conftest import Tianditu
from tests.mapping.map_service import (
    ADDRESS,
    ASKED,
    HERE,
    amap_geo,
    amap_regeo,
    baidu_geo,
    nominatim_search,
    tianditu_geo,
)
from tests.mapping.runs import carried_out

ACCURACY_M = {"tianditu": 100, "amap": 50, "baidu": 50, "nominatim": 50}
DATUM = {"tianditu": "cgcs2000", "amap": "gcj02", "baidu": "bd09", "nominatim": "wgs84"}


@pytest.fixture
def school(db) -> Institution:
    return institution(LIUSHI, name="绘声馆", principal="张某某", phone="13800000000", operating_address=ADDRESS)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_address_is_placed_in_wgs84_whatever_datum_the_service_speaks(map_service, school, provider):
    map_service(provider)

    carried_out(provider=provider)

    school.refresh_from_db()
    assert distance_m((school.longitude, school.latitude), HERE) < 0.2  # six decimals of degrees
    assert (school.location_source, school.datum) == ("geocoder", DATUM[provider])
    assert school.location_accuracy_m == ACCURACY_M[provider]
    assert Institution.objects.located().get() == school


@pytest.mark.parametrize("provider", PROVIDERS)
def test_service_is_sent_the_address_and_nothing_else_of_the_institution(map_service, school, provider):
    service = map_service(provider)

    carried_out(provider=provider)

    sent = json.dumps(service.asked, ensure_ascii=False)
    assert sent.count(ASKED) == 1
    assert [word for word in ("绘声馆", "张某某", "13800000000", str(school.pk)) if word in sent] == []
    assert len(service.asked) == (1 if provider == "nominatim" else 2)


@pytest.mark.parametrize(("provider", "name"), [("tianditu", "tk"), ("amap", "key"), ("baidu", "ak")])
def test_service_is_sent_its_key(map_service, school, provider, name):
    service = map_service(provider)

    carried_out(provider=provider)

    assert {query[name] for _path, query in service.asked} == {"the-key"}


def test_point_is_asked_about_in_the_datum_of_the_service(map_service, school):
    service = map_service("amap")

    carried_out(provider="amap")

    assert service.asked[1][1]["location"] == amap_geo()["geocodes"][0]["location"]


def test_baidu_is_asked_for_townships_and_for_no_more_bytes_than_it_takes(map_service, school):
    Institution.objects.update(operating_address=f"井大路8号{'丙' * 40}")
    service = map_service("baidu")

    carried_out(provider="baidu")

    [(_, address), (_, point)] = service.asked
    assert len(address["address"].encode()) <= 84
    assert address["address"].startswith(ASKED)
    assert point["extensions_town"] == "true"


@pytest.mark.parametrize("written", ["乐清市柳市镇井大路8号", " 柳市镇井大路8号", "浙江省温州市乐清市柳市镇井大路8号"])
def test_division_that_the_address_names_is_said_once(map_service, school, written):
    Institution.objects.update(operating_address=written)
    service = map_service("nominatim")

    carried_out(provider="nominatim")

    assert service.asked[0][1]["q"] == ASKED


def test_answer_is_kept_as_received_and_the_position_has_its_audit_row(map_service, school, taskforce):
    map_service("amap")

    run = carried_out(provider="amap", by=taskforce)

    answer = GeocodingAnswer.objects.get()
    assert answer.received == {"address": amap_geo()["geocodes"][0], "point": amap_regeo()["regeocode"]}
    assert (answer.asked, answer.precision, answer.accuracy_m) == (ASKED, "door", 50)
    assert run.outcomes.get().answer == answer
    row = AuditRow.objects.filter(action="institution.edited").get()
    assert (row.by, row.object_id, row.after["location_source"]) == (taskforce, str(school.pk), "geocoder")


LEVELS = [
    ("amap", amap_geo(level="门牌号"), "door", 50), ("amap", amap_geo(level="兴趣点"), "door", 100),
    ("amap", amap_geo(level="道路交叉路口"), "road", 200), ("amap", amap_geo(level="道路"), "road", 1000),
    ("amap", amap_geo(level="村庄"), "village", 1000), ("amap", amap_geo(level="乡镇"), "township", 5000),
    ("amap", amap_geo(level="区县"), "county", 20000), ("amap", amap_geo(level="未知"), "county", 20000),
    ("baidu", baidu_geo(confidence=100), "door", 20), ("baidu", baidu_geo(level="教育", confidence=80), "door", 100),
    ("baidu", baidu_geo(level="道路", confidence=50), "road", 1000),
    ("baidu", baidu_geo(level="村庄", confidence=40), "village", 2000),
    ("baidu", baidu_geo(level="道路", confidence=30), "township", 5000),
    ("baidu", baidu_geo(level="区县", confidence=20), "county", 10000),
    ("baidu", baidu_geo(level="门址", confidence=10), "county", 20000),
    ("tianditu", tianditu_geo(level="门址"), "door", 100), ("tianditu", tianditu_geo(level="道路"), "road", 1000),
    ("tianditu", tianditu_geo(level="行政村"), "village", 1000),
    ("tianditu", tianditu_geo(level="乡镇"), "township", 5000),
    ("tianditu", tianditu_geo(level="没听说过"), "township", 5000),
    ("tianditu", tianditu_geo(score=59), "county", 20000), ("tianditu", tianditu_geo(score=60), "door", 100),
    ("nominatim", nominatim_search(rank=30), "door", 50), ("nominatim", nominatim_search(rank=28), "door", 50),
    ("nominatim", nominatim_search(rank=26), "road", 500), ("nominatim", nominatim_search(rank=19), "village", 1000),
    ("nominatim", nominatim_search(rank=16), "township", 5000), ("nominatim", nominatim_search(rank=15), "county", 20000),
]  # fmt: skip
FIRST_PATH = {"amap": "/v3/geocode/geo", "baidu": "/geocoding/v3/", "nominatim": "/search", "tianditu": "/geocoder"}


@pytest.mark.parametrize(("provider", "answer", "precision", "accuracy_m"), LEVELS)
def test_what_a_service_says_of_its_match_is_taken_for_no_more_than_it_is(
    map_service, school, provider, answer, precision, accuracy_m
):
    service = map_service(provider)
    service.answers[FIRST_PATH[provider]] = Tianditu(answer) if provider == "tianditu" else [answer]

    carried_out(provider=provider)

    kept = GeocodingAnswer.objects.get()
    assert (kept.precision, kept.accuracy_m) == (precision, accuracy_m)
    school.refresh_from_db()
    taken = precision in ("door", "road", "village")
    assert school.location_source == ("geocoder" if taken else "township_centre")
    if not taken:
        outcome = GeocodingOutcome.objects.get()
        said = reasons.in_words(outcome.reason, outcome.told)
        assert said == f"地图服务只认出了{Precision(precision).label}，没有认出具体地点。"
