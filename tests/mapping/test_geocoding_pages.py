"""自动定位 for a clerk: how many, the start, how far it is, what could not be placed and why, as CSV too; who may."""

import pytest
from django.utils import timezone

from accounts.models import AuditRow
from mapping.models import GeocodingRun
from mapping.placing import carry_out
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, user_with
from tests.mapping.map_service import ADDRESS, amap_nothing
from tests.mapping.runs import carried_out
from tests.urls import body

PAGE = "/map/geocoding/"


def test_page_says_how_many_have_no_position_and_how_many_of_them_a_township(browse, taskforce):
    institution(LIUSHI, operating_address="北白象镇1号")  # in doubt: stays nowhere
    institution(LIUSHI)
    institution(LIUSHI, position=(120.9, 28.03))
    carried_out()

    answer = browse(taskforce).get(PAGE)

    assert answer.context["counts"] == {"total": 3, "unlocated": 2, "approximate": 1, "nowhere": 1}
    assert "没有配置地图服务，不向任何外部服务发送内容。" in answer.content.decode()


def test_page_says_to_whom_addresses_go(browse, taskforce, map_service):
    map_service("tianditu")

    page = browse(taskforce).get(PAGE).content.decode()

    assert "按办学地址向天地图查询。只发送地址和所在的省、市、县、乡镇名称，不发送机构名称、负责人和电话。" in page


def test_start_asks_for_a_run_and_leads_to_it(browse, taskforce):
    institution(LIUSHI)
    client = browse(taskforce)

    answer = client.post(PAGE, {"division": "330382", "limit": ""})

    run = GeocodingRun.objects.get()
    assert (answer.status_code, answer.url) == (302, f"{PAGE}{run.pk}/")
    assert (run.state, run.requested_by, run.provider, run.limit) == ("queued", taskforce, "offline", None)
    assert AuditRow.objects.filter(action="geocoding.started", by=taskforce).count() == 1


def test_second_start_leads_to_the_run_under_way(browse, taskforce):
    client = browse(taskforce)
    client.post(PAGE, {"division": "330382"})

    answer = client.post(PAGE, {"division": "330382"})

    assert (GeocodingRun.objects.count(), answer.url) == (1, GeocodingRun.objects.get().get_absolute_url())


@pytest.mark.parametrize("asked", [{"division": "330324"}, {"division": ""}, {"division": "330382", "limit": "0"}])
def test_start_that_cannot_be_is_refused_beside_its_field(browse, taskforce, asked):
    answer = browse(taskforce).post(PAGE, asked)

    assert (answer.status_code, GeocodingRun.objects.count()) == (422, 0)
    assert len(answer.context["errors"]) == 1


def test_run_under_way_shows_how_far_it_is_and_can_be_stopped(browse, taskforce):
    for _number in range(3):
        institution(LIUSHI)
    client = browse(taskforce)
    client.post(PAGE, {"division": "330382"})
    run, turns = GeocodingRun.objects.get(), iter([False, False, True])
    carry_out(run, stop=lambda: next(turns))
    GeocodingRun.objects.update(state="running")

    page = client.get(run.get_absolute_url()).content.decode()
    assert "2 / 3 家" in page
    assert '<progress class="progress-bar" max="3" value="2"' in page

    answer = client.post(f"{run.get_absolute_url()}stop/", follow=True)
    assert "正在停止…" in answer.content.decode()
    run.refresh_from_db()
    assert run.stop_requested_at is not None


def test_run_says_what_could_not_be_placed_and_why_first(browse, taskforce):
    institution(LIUSHI, name="错的", operating_address="北白象镇建设路1号")
    institution(LIUSHI, name="好的")
    run = carried_out(by=taskforce)

    page = browse(taskforce).get(run.get_absolute_url()).content.decode()
    rest = browse(taskforce).get(f"{run.get_absolute_url()}?kind=township").content.decode()

    assert "待核对 1" in page
    assert "地址写的是北白象镇，登记的是柳市镇，请先核对。" in page
    assert ("错的" in page, "好的" in page) == (True, False)
    assert ("错的" in rest, "好的" in rest) == (False, True)


def test_problem_of_the_service_is_said_on_the_page(browse, taskforce, map_service):
    institution(LIUSHI, operating_address=ADDRESS)
    map_service("amap").says("/v3/geocode/geo", {"status": "0", "infocode": "10003", "info": "DAILY_QUERY_OVER_LIMIT"})
    run = carried_out(provider="amap", by=taskforce)

    page = browse(taskforce).get(run.get_absolute_url()).content.decode()

    assert "地图服务今天的配额已用完，明天再继续；已定位的保留。" in page


@pytest.mark.parametrize(("seconds", "said"), [(29, False), (31, True)])
def test_run_that_nobody_takes_on_says_that_the_program_does_not_run(browse, taskforce, seconds, said):
    client = browse(taskforce)
    client.post(PAGE, {"division": "330382"})
    GeocodingRun.objects.update(requested_at=timezone.now() - timezone.timedelta(seconds=seconds))

    page = client.get(GeocodingRun.objects.get().get_absolute_url()).content.decode()

    assert ("服务器上的定位程序没有在运行" in page) is said


def test_run_that_a_worker_has_left_says_so(browse, taskforce):
    client = browse(taskforce)
    client.post(PAGE, {"division": "330382"})
    left = timezone.now() - timezone.timedelta(seconds=181)
    GeocodingRun.objects.update(state="running", alive_at=left)

    page = client.get(GeocodingRun.objects.get().get_absolute_url()).content.decode()

    assert "服务器上的定位程序没有在运行" in page


def test_csv_has_every_institution_with_reason_and_accuracy_and_is_noted(browse, taskforce, map_service):
    institution(LIUSHI, name="=甲", operating_address=ADDRESS)
    institution(LIUSHI, name="乙", operating_address="井大路9号")
    service = map_service("amap")
    first = service.answers["/v3/geocode/geo"][0]
    service.says("/v3/geocode/geo", first, amap_nothing())
    run = carried_out(provider="amap", by=taskforce)

    answer = browse(taskforce).get(f"{run.get_absolute_url()}?format=csv")

    lines = body(answer).decode().splitlines()
    assert lines == [
        "\ufeff机构名称,乡镇（街道）,办学地址,结果,原因,向地图服务问的地址,精度,误差（米）",
        "'=甲,柳市镇,井大路8号,已按地址定位,,浙江省温州市乐清市柳市镇井大路8号,门牌,50",
        "乙,柳市镇,井大路9号,仅到乡镇（街道）,地图服务查不到这个地址。,浙江省温州市乐清市柳市镇井大路9号,,",
    ]
    assert AuditRow.objects.get(action="export").after["what"] == "geocoding"


@pytest.mark.parametrize("kind", ["placed2", "=1"])
def test_kind_of_outcome_that_is_none_is_refused(browse, taskforce, kind):
    run = carried_out(by=taskforce)

    assert browse(taskforce).get(f"{run.get_absolute_url()}?kind={kind}").status_code == 422


# --- Who may


@pytest.mark.parametrize("who", ["inspector", "auditor", "supervisor"])
def test_who_may_not_edit_the_registry_has_no_part_in_it(browse, request, taskforce, who):
    run = carried_out(by=taskforce)
    institution(LIUSHI)
    client = browse(request.getfixturevalue(who))

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"division": "330382"}).status_code == 403
    assert client.get(run.get_absolute_url()).status_code == 404
    assert client.post(f"{run.get_absolute_url()}stop/").status_code == 404
    assert "自动定位" not in client.get("/map/").content.decode()


def test_runs_of_another_county_are_absent(browse, taskforce):
    institution(LIUSHI, name="甲方秘密培训")
    run = carried_out(by=taskforce)
    neighbour = browse(user_with("task_force", "330324"))

    page = neighbour.get(PAGE).content.decode()

    assert neighbour.get(run.get_absolute_url()).status_code == 404
    assert neighbour.get(f"{run.get_absolute_url()}?format=csv").status_code == 404
    assert neighbour.post(f"{run.get_absolute_url()}stop/").status_code == 404
    assert str(run.pk) not in page
    assert neighbour.get(PAGE).context["counts"]["total"] == 0
    assert neighbour.post(PAGE, {"division": "330382"}).status_code == 422


def test_task_force_of_a_township_places_its_own(browse, db):
    institution(LIUSHI)
    elsewhere = institution(NEXT_TO_LIUSHI)
    client = browse(user_with("task_force", LIUSHI))

    assert client.post(PAGE, {"division": "330382"}).status_code == 422
    assert client.post(PAGE, {"division": LIUSHI}).status_code == 302
    carry_out(GeocodingRun.objects.get())

    elsewhere.refresh_from_db()
    assert (GeocodingRun.objects.get().total, elsewhere.longitude) == (1, None)


def test_map_leads_whoever_edits_to_the_page(browse, taskforce, inspector):
    """It is shown where something has no position (tests/browser/test_map_tools.py)."""
    pages = [browse(each).get("/map/").content.decode() for each in (taskforce, inspector)]

    assert [PAGE in each for each in pages] == [True, False]
