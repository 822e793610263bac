"""`manage.py geocode_institutions` and the worker beside the server."""

import os
import signal
import socket
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from pytest_socket import SocketBlockedError

from institutions.models import Institution
from mapping import placing
from mapping.checks import map_service_can_be_asked
from mapping.models import GeocodingAnswer, GeocodingRun
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution
from tests.mapping.map_service import ADDRESS, amap_nothing, amap_refuses
from tests.mapping.test_geocoding_runs import asked_for


def told(*arguments: str, **options) -> str:
    out = StringIO()
    call_command("geocode_institutions", *arguments, stdout=out, **options)
    return out.getvalue()


def test_command_places_what_has_no_position_and_says_how_many(db):
    institution(LIUSHI, operating_address=ADDRESS)
    institution(NEXT_TO_LIUSHI)
    institution(LIUSHI, name="错的", operating_address="北白象镇建设路1号")

    said = told("--division", "330382")

    assert said == (
        "乐清市：仅到乡镇（街道） 2 家，待核对 1 家。\n[待核对] 错的：地址写的是北白象镇，登记的是柳市镇，请先核对。\n"
    )
    assert GeocodingRun.objects.get().state == "done"


def test_command_without_a_division_goes_through_every_county(db):
    institution(LIUSHI)

    assert told() == "乐清市：仅到乡镇（街道） 1 家。\n"
    assert told() == ""
    assert told("--division", "330382") == "乐清市：没有要定位的机构。\n"


def test_nothing_leaves_while_no_map_service_is_set(map_service, settings, db):
    institution(LIUSHI, operating_address=ADDRESS)
    service = map_service("amap")  # its key and address stay in the settings
    settings.GEOCODER = "none"

    told("--division", "330382")

    assert Institution.objects.get().approximate
    assert service.asked == []


def test_institutions_are_placed_by_their_township_with_every_socket_closed(db, socket_disabled):
    institution(LIUSHI, operating_address=ADDRESS)

    told("--division", "330382")

    assert Institution.objects.get().approximate
    with pytest.raises((SocketBlockedError, UserWarning)):  # they are closed indeed
        socket.socket()


@pytest.mark.parametrize("given", ["amap", "baidu"])
def test_service_that_is_not_set_is_refused(settings, db, given):
    institution(LIUSHI, operating_address=ADDRESS)
    settings.GEOCODER = "tianditu"

    with pytest.raises(CommandError, match="没有发出任何请求"):
        told("--provider", given)

    assert GeocodingRun.objects.count() == 0


@pytest.mark.parametrize("given", ["offline", "none"])
def test_offline_is_a_choice_beside_the_service_that_is_set(map_service, db, given):
    institution(LIUSHI, operating_address=ADDRESS)
    service = map_service("amap")

    told("--provider", given)

    assert Institution.objects.get().approximate
    assert service.asked == []


def test_dry_run_says_what_would_happen_and_writes_and_sends_nothing(map_service, db):
    institution(LIUSHI, operating_address=ADDRESS)
    service = map_service("amap")

    said = told("--division", "330382", "--dry-run")

    assert said == "乐清市：仅到乡镇（街道） 1 家。\n试运行：没有写入，也没有发出请求。\n"
    assert (service.asked, GeocodingRun.objects.count(), Institution.objects.get().version) == ([], 0, 1)


def test_dry_run_goes_by_the_answers_on_file(map_service, db):
    institution(LIUSHI, name="已问过", operating_address=ADDRESS)
    map_service("amap")
    told()
    institution(LIUSHI, name="同一地址", operating_address=ADDRESS)

    assert told("--dry-run").startswith("乐清市：已按地址定位 1 家。")


@pytest.mark.parametrize("code", ["999999", "33", "3303"])
def test_division_that_is_no_county_or_township_is_refused(db, code):
    with pytest.raises(CommandError, match=code):
        told("--division", code)


@pytest.mark.parametrize("limit", [0, -1])
def test_limit_below_one_is_refused(db, limit):
    with pytest.raises(CommandError, match="--limit"):
        told(limit=limit)


def test_command_takes_on_no_more_than_its_limit(db):
    for _number in range(3):
        institution(LIUSHI)

    told("--limit", "2")

    assert Institution.objects.approximate().count() == 2


def test_refusal_of_the_service_is_the_commands_error(map_service, db):
    institution(LIUSHI, operating_address=ADDRESS)
    map_service("amap").says("/v3/geocode/geo", amap_refuses("10001", "INVALID_USER_KEY"))

    with pytest.raises(CommandError, match="GEOCODER_KEY"):
        told()


def test_ctrl_c_stops_after_the_institution_it_is_at_and_keeps_it(db, monkeypatch):
    for _number in range(3):
        institution(LIUSHI)
    find = placing.Placer.find

    def interrupted(placer, found):
        os.kill(os.getpid(), signal.SIGINT)
        return find(placer, found)

    monkeypatch.setattr(placing.Placer, "find", interrupted)
    said = told()

    assert "已停止，定好的保留。" in said
    assert (GeocodingRun.objects.get().state, Institution.objects.approximate().count()) == ("stopped", 1)


def test_command_carries_out_what_was_asked_for_on_the_page_and_has_not_begun(taskforce):
    institution(LIUSHI)
    run = asked_for(by=taskforce)

    told("--division", "330382")

    run.refresh_from_db()
    assert (run.state, GeocodingRun.objects.count()) == ("done", 1)


def test_command_leaves_a_run_that_somebody_is_at(db):
    institution(LIUSHI)
    asked_for(taken_on=True)

    with pytest.raises(CommandError, match="正在进行"):
        told("--division", "330382")

    assert Institution.objects.get().longitude is None


# --- The worker


def test_worker_carries_out_what_was_asked_for_on_the_page(taskforce):
    institution(LIUSHI)
    run = asked_for(by=taskforce)
    stopped = asked_for(LIUSHI)
    GeocodingRun.objects.filter(pk=stopped.pk).update(state="stopped", finished_at=stopped.requested_at)

    call_command("worker", once=True)

    run.refresh_from_db()
    assert (run.state, run.outcomes.count()) == ("done", 1)
    assert GeocodingRun.objects.get(pk=stopped.pk).state == "stopped"


def test_worker_asks_the_service_that_is_set(map_service, db):
    institution(LIUSHI, operating_address=ADDRESS)
    service = map_service("amap")
    service.says("/v3/geocode/geo", amap_nothing())
    asked_for(provider="amap")

    call_command("worker", once=True)

    assert (len(service.asked), GeocodingAnswer.objects.count()) == (1, 1)


def test_worker_leaves_a_run_that_somebody_else_is_at(db):
    institution(LIUSHI)
    asked_for(taken_on=True)

    call_command("worker", once=True)

    assert (GeocodingRun.objects.get().state, Institution.objects.get().longitude) == ("running", None)


# --- The settings


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"GEOCODER": "none"}, []),
        ({"GEOCODER": "google"}, ["mapping.E001"]),
        ({"GEOCODER": "amap"}, ["mapping.E002"]),
        ({"GEOCODER": "amap", "GEOCODER_KEY": "k"}, []),
        ({"GEOCODER": "nominatim"}, ["mapping.E003"]),
        ({"GEOCODER": "nominatim", "GEOCODER_URL": "nominatim.example"}, ["mapping.E003"]),
        ({"GEOCODER": "nominatim", "GEOCODER_URL": "http://nominatim.example"}, []),
        ({"GEOCODER": "amap", "GEOCODER_KEY": "k", "GEOCODER_PER_SECOND": 0}, ["mapping.E004"]),
    ],
)
def test_settings_with_which_nobody_can_be_asked_are_said_at_the_start(settings, given, wrong):
    settings.GEOCODER_KEY = settings.GEOCODER_URL = ""
    for name, value in given.items():
        setattr(settings, name, value)

    assert [each.id for each in map_service_can_be_asked()] == wrong


def test_check_command_fails_with_a_service_that_does_not_exist(settings, db):
    settings.GEOCODER = "google"

    with pytest.raises(SystemCheckError, match="google"):
        call_command("check", stdout=StringIO())
