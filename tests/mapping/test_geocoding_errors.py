"""What a map service does wrong ends in a sentence; what passes is tried again, what lasts is not."""

import json
import socket
import time

import pytest

from institutions.models import Division, Institution
from mapping import geocoding, reasons
from mapping.actions import start_run
from mapping.models import GeocodingAnswer
from mapping.placing import carry_out
from tests.factories import LIUSHI, institution
from tests.mapping.conftest import Tianditu
from tests.mapping.map_service import ADDRESS, amap_geo, amap_nothing, amap_refuses, amap_regeo
from tests.mapping.runs import carried_out

GEO, REGEO = "/v3/geocode/geo", "/v3/geocode/regeo"
TRIES = geocoding.RETRIES + 1


@pytest.fixture
def school(db) -> Institution:
    return institution(LIUSHI, operating_address=ADDRESS)


LASTING = [
    ("amap", GEO, amap_refuses("10001", "INVALID_USER_KEY"), "wrong_key"),
    ("amap", GEO, amap_refuses("10009", "USERKEY_PLAT_NOMATCH"), "forbidden"),
    ("amap", GEO, amap_refuses("10003", "DAILY_QUERY_OVER_LIMIT"), "quota"),
    ("amap", GEO, amap_refuses("10044", "USER_DAILY_QUERY_OVER_LIMIT"), "quota"),
    ("baidu", "/geocoding/v3/", {"status": 5, "message": "AK参数不存在"}, "wrong_key"),
    ("baidu", "/geocoding/v3/", {"status": 200, "message": "APP不存在，AK有误请检查再重试"}, "wrong_key"),
    ("baidu", "/geocoding/v3/", {"status": 210, "message": "APP IP校验失败"}, "forbidden"),
    ("baidu", "/geocoding/v3/", {"status": 240, "message": "APP 服务被禁用"}, "forbidden"),
    ("baidu", "/geocoding/v3/", {"status": 302, "message": "天配额超限，限制访问"}, "quota"),
    ("tianditu", "/geocoder", {"msg": "非法Key", "code": "300001", "resolve": "请申请"}, "wrong_key"),
    ("tianditu", "/geocoder", {"msg": "Key权限类型错误", "code": "301002"}, "forbidden"),
    ("tianditu", "/geocoder", {"msg": "日访问次数超限", "code": "302001"}, "quota"),
    ("tianditu", "/geocoder", (403, "Forbidden"), "forbidden"),
    ("nominatim", "/search", (401, "Unauthorized"), "wrong_key"),
    ("nominatim", "/search", (403, "Forbidden"), "forbidden"),
]


@pytest.mark.parametrize(("provider", "path", "answer", "reason"), LASTING)
def test_refusal_that_lasts_ends_the_run_at_once_and_says_why(map_service, school, provider, path, answer, reason):
    institution(LIUSHI, operating_address="建设路1号")
    service = map_service(provider)
    service.says(path, answer)

    run = carried_out(provider=provider)

    assert (run.state, run.problem) == ("failed", reason)
    assert reasons.in_words(reason)
    assert len(service.asked) == 1  # neither again nor for the next one
    assert Institution.objects.filter(longitude__isnull=True).count() == 2
    assert GeocodingAnswer.objects.count() == 0


PASSING = [
    ("amap", GEO, amap_refuses("10021", "CUQPS_HAS_EXCEEDED_THE_LIMIT"), "busy"),
    ("amap", GEO, amap_refuses("10016", "SERVER_IS_BUSY"), "unreachable"),
    ("amap", GEO, (429, "Too Many Requests"), "busy"),
    ("amap", GEO, (500, "Internal Server Error"), "unreachable"),
    ("amap", GEO, (502, "Bad Gateway"), "unreachable"),
    ("amap", GEO, (503, "Service Unavailable"), "timeout"),
    ("amap", GEO, (200, "<html>登录本单位网络</html>"), "unreadable"),
    ("amap", GEO, (200, ""), "unreadable"),
    ("amap", GEO, [], "unreadable"),
    ("amap", GEO, {"status": "1", "geocodes": [{"location": "somewhere"}]}, "unreadable"),
    ("amap", GEO, {"status": "1", "geocodes": [{"formatted_address": "x"}]}, "unreadable"),
    ("baidu", "/geocoding/v3/", {"status": 401, "message": "当前并发量已经超过约定并发配额"}, "busy"),
    ("baidu", "/geocoding/v3/", {"status": 1, "message": "服务器内部错误"}, "unreachable"),
    ("nominatim", "/search", (200, "null and void"), "unreadable"),
]


@pytest.mark.parametrize(("provider", "path", "answer", "reason"), PASSING)
def test_failure_that_may_pass_is_tried_again_and_then_said(map_service, school, provider, path, answer, reason):
    service = map_service(provider)
    service.says(path, answer)

    run = carried_out(provider=provider)

    outcome = run.outcomes.get()
    assert (run.state, outcome.kind, outcome.reason) == ("done", "nothing", reason)
    assert len(service.asked) == TRIES
    assert GeocodingAnswer.objects.count() == 0


def test_failure_that_passes_is_not_noticed(map_service, school):
    service = map_service("amap")
    service.says(GEO, (502, "Bad Gateway"), (200, "{"), amap_geo())

    run = carried_out(provider="amap")

    assert run.outcomes.get().kind == "placed"
    assert [path for path, _query in service.asked] == [GEO, GEO, GEO, REGEO]


def test_wait_doubles_from_one_failure_to_the_next(map_service, school):
    map_service("amap").says(GEO, (502, "Bad Gateway"))
    service = geocoding.Service(geocoding.provider_in_use())
    waits = []
    service._limited._sleep = waits.append  # geopy's own, which would sleep

    with pytest.raises(geocoding.ServiceProblem):
        service.geocode("井大路8号")

    assert [wait for wait in waits if wait >= 0.001] == [0.001, 0.002, 0.004]


def test_service_is_asked_no_oftener_than_set(map_service, settings, school):
    map_service("amap").says(GEO, amap_nothing())
    settings.GEOCODER_PER_SECOND = 20
    service = geocoding.Service(geocoding.provider_in_use())

    begun = time.monotonic()
    for _time in range(3):
        service.geocode("井大路8号")

    assert time.monotonic() - begun >= 2 / 20


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(amap_nothing(), "no_match"), (amap_refuses("30001", "ENGINE_RESPONSE_DATA_ERROR"), "bad_query")],
)
def test_address_that_the_service_makes_nothing_of_stays_at_its_township_and_the_run_goes_on(
    map_service, db, answer, reason
):
    for number in range(5):
        institution(LIUSHI, operating_address=f"井大路{number}号")
    map_service("amap").says(GEO, answer)

    run = carried_out(provider="amap")

    assert run.state == "done"
    assert {(each.kind, each.reason) for each in run.outcomes.all()} == {("township", reason)}
    assert Institution.objects.approximate().count() == 5


@pytest.mark.parametrize(
    ("provider", "path", "answer"),
    [
        ("tianditu", "/geocoder", {"msg": "无结果", "status": "404"}),
        ("baidu", "/geocoding/v3/", {"status": 0, "result": []}),
        ("nominatim", "/search", []),
    ],
)
def test_empty_answer_is_no_match(map_service, school, provider, path, answer):
    map_service(provider).says(path, answer)

    run = carried_out(provider=provider)

    outcome = run.outcomes.get()
    assert (outcome.kind, outcome.reason) == ("township", "no_match")
    assert GeocodingAnswer.objects.get().precision == ""


def test_service_that_does_not_listen_is_said_to_be_unreachable(map_service, settings, school):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        free = unused.getsockname()[1]
    map_service("amap")
    settings.GEOCODER_URL = f"http://127.0.0.1:{free}"

    run = carried_out(provider="amap")

    assert run.outcomes.get().reason == "unreachable"


def test_service_that_says_nothing_in_time_is_given_up(map_service, settings, school):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        map_service("amap")
        settings.GEOCODER_URL, settings.GEOCODER_TIMEOUT_S = f"http://127.0.0.1:{silent.getsockname()[1]}", 0.05

        run = carried_out(provider="amap")

    assert run.outcomes.get().reason == "timeout"


def test_run_is_given_up_when_the_service_goes_on_failing(map_service, db):
    for number in range(5):
        institution(LIUSHI, operating_address=f"井大路{number}号")
    map_service("amap").says(GEO, (502, "Bad Gateway"))

    run = carried_out(provider="amap")

    assert (run.state, run.problem, run.outcomes.count()) == ("failed", "unreachable", 3)


def test_run_goes_on_when_the_service_fails_now_and_then(map_service, db):
    for number in range(6):
        institution(LIUSHI, operating_address=f"井大路{number}号")
    down = [(502, "Bad Gateway")] * TRIES
    map_service("amap").says(GEO, *down, amap_geo(), *down, *down, amap_geo(), *down, amap_geo())

    run = carried_out(provider="amap")

    assert (run.state, run.outcomes.count()) == ("done", 6)
    assert Institution.objects.located().count() == 2


def test_turn_that_the_service_spoilt_comes_again_when_the_run_goes_on(map_service, school):
    service, turns = map_service("amap"), iter([False, True])
    institution(LIUSHI, operating_address="井大路9号")
    service.says(GEO, *[(502, "Bad Gateway")] * TRIES, amap_geo())
    run = start_run(Division.objects.get(pk="330382"), by=None, provider="amap")

    carry_out(run, stop=lambda: next(turns))
    assert [each.reason for each in run.outcomes.all()] == ["unreachable"]
    carry_out(run)

    assert {each.kind for each in run.outcomes.all()} == {"placed"}
    assert Institution.objects.located().count() == 2


def test_what_was_found_before_the_quota_was_spent_is_kept(map_service, db):
    for number in (1, 2, 3):
        institution(LIUSHI, name=f"第{number}所", operating_address=f"井大路{number}号")
    map_service("amap").says(GEO, amap_geo(), amap_geo(), amap_refuses("10003", "DAILY_QUERY_OVER_LIMIT"))

    run = carried_out(provider="amap")

    assert (run.state, run.problem) == ("failed", "quota")
    assert Institution.objects.located().count() == 2


@pytest.mark.parametrize("point", [{"formatted_address": "甲"}, {"formatted_address": "甲", "addressComponent": {}}])
def test_answer_about_a_point_that_is_none_keeps_nothing(map_service, school, point):
    map_service("amap").says(REGEO, {"status": "1", "infocode": "10000", "regeocode": point})

    run = carried_out(provider="amap")

    assert (run.state, run.outcomes.get().reason, GeocodingAnswer.objects.count()) == ("done", "unreadable", 0)


def test_answer_about_a_point_that_is_spoilt_keeps_nothing(map_service, school):
    map_service("amap").says(REGEO, amap_refuses("10003", "DAILY_QUERY_OVER_LIMIT"))

    run = carried_out(provider="amap")

    assert (run.state, run.problem) == ("failed", "quota")
    assert GeocodingAnswer.objects.count() == 0


@pytest.mark.parametrize("point", [{"status": "404", "msg": "无结果"}, {"status": "0", "msg": "ok", "result": {}}])
def test_point_of_which_the_service_does_not_say_where_it_is_is_a_question(map_service, school, point):
    service = map_service("tianditu")
    service.answers["/geocoder"] = Tianditu(point=point)

    run = carried_out(provider="tianditu")

    assert Institution.objects.located().count() == 0
    assert run.outcomes.get().reason in ("outside_county", "unreadable")


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800", float("nan")], ids=["NUL", "half a pair", "NaN"])
def test_answer_that_no_database_keeps_is_unreadable(map_service, school, odd):
    said = amap_geo()
    said["geocodes"][0]["street"] = odd
    map_service("amap").says(GEO, (200, json.dumps(said)))

    run = carried_out(provider="amap")

    assert (run.state, run.outcomes.get().reason) == ("done", "unreadable")


@pytest.mark.parametrize("place", [(999.0, 28.0), (0.0, 0.0), (120.9, -28.0)])
def test_match_that_is_nowhere_near_is_refused_by_the_rules_of_the_register(map_service, school, place):
    longitude, latitude = place
    said = amap_geo()
    said["geocodes"][0]["location"] = f"{longitude},{latitude}"
    map_service("amap").says(GEO, said)

    run = carried_out(provider="amap")

    assert (run.outcomes.get().kind, run.outcomes.get().reason) == ("question", "refused")
    assert Institution.objects.get().longitude is None


def test_district_that_has_no_township_is_read(map_service, school):
    map_service("amap").says(REGEO, amap_regeo(township=[], towncode=[]))

    assert carried_out(provider="amap").outcomes.get().kind == "placed"
