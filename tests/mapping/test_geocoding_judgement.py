"""Which answers of a map service are taken: those in the township where the institution is registered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from institutions.models import Division, Institution
from mapping import reasons
from mapping.models import GeocodingAnswer
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, division_rename_of, institution, move_of
from tests.mapping.conftest import Tianditu
from tests.mapping.map_service import (
    ADDRESS,
    HERE,
    amap_geo,
    amap_nothing,
    amap_regeo,
    baidu_regeo,
    nominatim_search,
    tianditu_regeo,
)
from tests.mapping.runs import carried_out

GEO, REGEO = "/v3/geocode/geo", "/v3/geocode/regeo"


@pytest.fixture
def school(db) -> Institution:
    return institution(LIUSHI, name="绘声馆", operating_address=ADDRESS)


def of_yongjia(service, provider: str) -> None:
    """The same street, in the county beside."""
    if provider == "amap":
        service.says(GEO, amap_geo(adcode="330324", district="永嘉县"))
        service.says(
            REGEO, amap_regeo(adcode="330324", district="永嘉县", township="瓯北街道", towncode="330324003000")
        )
    elif provider == "baidu":
        service.says(
            "/reverse_geocoding/v3/",
            baidu_regeo(adcode=330324, district="永嘉县", town="瓯北街道", town_code="330324003"),
        )
    elif provider == "tianditu":
        point = tianditu_regeo(county_code="156330324", county="永嘉县", town_code="156330324003", town="瓯北街道")
        service.answers["/geocoder"] = Tianditu(point=point)
    else:
        service.says("/search", nominatim_search(county="永嘉县", town="瓯北街道"))


@pytest.mark.parametrize("provider", ["tianditu", "amap", "baidu", "nominatim"])
def test_match_in_another_county_is_a_question_and_is_not_taken(map_service, school, provider):
    of_yongjia(map_service(provider), provider)

    run = carried_out(provider=provider)

    outcome = run.outcomes.get()
    assert (outcome.kind, outcome.reason) == ("question", "outside_county")
    assert reasons.in_words(outcome.reason, outcome.told) == "查到的位置在“永嘉县”，不在乐清市。"
    assert Institution.objects.located().count() == 0


def of_baixiang(service, provider: str) -> None:
    """The same street, in the township beside."""
    if provider == "amap":
        service.says(REGEO, amap_regeo(township="北白象镇", towncode="330382115000"))
    elif provider == "baidu":
        service.says("/reverse_geocoding/v3/", baidu_regeo(town="北白象镇", town_code="330382115"))
    elif provider == "tianditu":
        point = tianditu_regeo(town="北白象镇", town_code="156330382115")
        service.answers["/geocoder"] = Tianditu(point=point)
    else:
        service.says("/search", nominatim_search(town="北白象镇"))


@pytest.mark.parametrize("provider", ["tianditu", "amap", "baidu", "nominatim"])
def test_match_in_another_township_is_a_question_and_is_not_taken(map_service, school, provider):
    of_baixiang(map_service(provider), provider)

    run = carried_out(provider=provider)

    outcome = run.outcomes.get()
    assert (outcome.kind, outcome.reason) == ("question", "other_township")
    assert reasons.in_words(outcome.reason, outcome.told) == "查到的位置在北白象镇，登记的是柳市镇。"
    school.refresh_from_db()
    assert school.location_source == "township_centre"  # as near as is known all the same


def test_township_is_known_by_a_former_name(map_service, school):
    division_rename_of(LIUSHI, "新柳市镇", "2018-06-01")
    map_service("amap").says(REGEO, amap_regeo(township="柳市镇", towncode=""))

    assert carried_out(provider="amap").outcomes.get().kind == "placed"


def test_township_is_known_by_its_code_whatever_the_service_calls_it(map_service, school):
    map_service("amap").says(REGEO, amap_regeo(township="柳市新城", towncode="330382114000"))

    assert carried_out(provider="amap").outcomes.get().kind == "placed"


def test_township_of_which_the_service_says_nothing_is_judged_by_the_distance(map_service, school):
    near, far = HERE, (121.0339, 28.2236)  # in 虹桥镇, 25 km away
    service = map_service("amap")
    service.says(REGEO, amap_regeo(township=[], towncode=[]))
    service.says(GEO, amap_geo(near), amap_geo(far))
    institution(LIUSHI, name="远的", operating_address="井大路9号")

    run = carried_out(provider="amap")

    outcomes = {each.institution.name: each for each in run.outcomes.select_related("institution")}
    assert {name: (each.kind, each.reason) for name, each in outcomes.items()} == {
        "绘声馆": ("placed", ""),
        "远的": ("question", "far_away"),
    }
    told = outcomes["远的"]
    assert reasons.in_words(told.reason, told.told).startswith("查到的位置离柳市镇中心 25 公里")


def test_match_of_a_county_that_is_said_by_its_name_alone_is_taken(map_service, school):
    map_service("nominatim").says("/search", nominatim_search())

    assert carried_out(provider="nominatim").outcomes.get().kind == "placed"


def test_institution_in_a_village_is_judged_by_its_township(map_service, db):
    village = Division.objects.create(code=f"{LIUSHI}201", name="上米岙村", level="village", parent_id=LIUSHI)
    Institution.objects.filter(pk=institution(LIUSHI, operating_address=ADDRESS).pk).update(
        division=village, scope_code=village.code
    )
    map_service("amap")

    assert carried_out(provider="amap").outcomes.get().kind == "placed"


@pytest.mark.parametrize("provider", ["offline", "amap"])
def test_address_that_names_another_township_is_a_question_before_anybody_is_asked(map_service, db, provider):
    institution(LIUSHI, operating_address="北白象镇建设路1号")
    service = map_service("amap")

    run = carried_out(provider=provider)

    outcome = run.outcomes.get()
    assert reasons.in_words(outcome.reason, outcome.told) == "地址写的是北白象镇，登记的是柳市镇，请先核对。"
    assert service.asked == []
    assert Institution.objects.get().longitude is None


def test_institution_without_an_address_is_asked_of_nobody(map_service, db):
    institution(LIUSHI)
    service = map_service("amap")

    run = carried_out(provider="amap")

    assert (run.outcomes.get().kind, run.outcomes.get().reason) == ("township", "no_address")
    assert service.asked == []


# --- What is kept


def test_address_is_not_asked_again_within_the_days_that_are_set(map_service, settings, db):
    institution(LIUSHI, operating_address=ADDRESS)
    institution(LIUSHI, operating_address=ADDRESS)
    service = map_service("amap")
    service.says(GEO, amap_nothing())

    carried_out(provider="amap")
    carried_out(provider="amap")

    assert len(service.asked) == 1

    GeocodingAnswer.objects.update(answered_at=timezone.now() - timedelta(days=settings.GEOCODER_CACHE_DAYS, seconds=1))
    carried_out(provider="amap")

    assert len(service.asked) == 2


def test_answer_of_one_service_is_none_of_another(map_service, db):
    institution(LIUSHI, operating_address=ADDRESS)
    map_service("amap").says(GEO, amap_nothing())
    carried_out(provider="amap")

    service = map_service("baidu")
    run = carried_out(provider="baidu")

    assert run.outcomes.get().kind == "placed"
    assert service.asked[-1][0] == "/reverse_geocoding/v3/"


def test_institution_that_has_moved_since_it_was_placed_is_looked_for_again(map_service, school):
    service = map_service("amap")
    carried_out(provider="amap")
    assert carried_out(provider="amap").outcomes.count() == 0

    move_of(school, NEXT_TO_LIUSHI, "2018-07-01", address="建设路1号")
    service.says(REGEO, amap_regeo(township="北白象镇", towncode="330382115000"))
    run = carried_out(provider="amap")

    assert run.outcomes.get().kind == "placed"
    assert "北白象镇建设路1号" in service.asked[-2][1]["address"]


def test_position_found_by_a_former_address_stays_while_the_new_one_is_in_doubt(map_service, school):
    service = map_service("amap")
    carried_out(provider="amap")

    move_of(school, LIUSHI, "2018-07-01", address="建设路1号")
    service.says(GEO, amap_nothing())
    run = carried_out(provider="amap")

    school.refresh_from_db()
    assert (run.outcomes.get().reason, school.location_source) == ("no_match", "geocoder")
