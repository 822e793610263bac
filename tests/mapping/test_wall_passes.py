"""挂图屏: a screen goes on without a session, reads the map as its account does and nothing else, and ends with it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import audit
from accounts.models import AuditRow
from figures.unseen import Status
from institutions.models import LicenceStatus
from institutions.moments import today
from mapping.models import WallPass
from mapping.wall.actions import open_wall
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, user_with

DOORS = ["/map/wall/map/", "/map/wall/list/", "/map/wall/townships/"]


@pytest.fixture
def opened(browse, taskforce):
    """The screen's browser, with its pass and no session, and the pass."""
    answer = browse(taskforce).post("/map/walls/", {"name": "会议室大屏", "asked": "division=330382&wall=1"})
    assert (answer.status_code, answer.url) == (302, "/map/wall/?division=330382")
    screen = Client()
    screen.cookies["wall"] = answer.cookies["wall"].value
    return screen, WallPass.objects.get()


def statuses(screen) -> list[int]:
    return [screen.get(path).status_code for path in DOORS]


def test_screen_shows_the_wall_without_a_session(opened):
    screen, made = opened

    page = screen.get("/map/wall/?division=330382")

    config = page.context["config"]
    assert (page.status_code, statuses(screen)) == (200, [200, 200, 200])
    assert [config["doors"][name] for name in ("map", "list", "townships")] == DOORS
    assert "会议室大屏" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store" == screen.get(DOORS[0])["Cache-Control"]


def test_wall_of_today_goes_on_with_the_days(browse, taskforce):
    client, asked = browse(taskforce), [f"division=330382&as_of={day}" for day in (today(), "2018-12-31")]

    answers = [client.post("/map/walls/", {"name": "大屏", "asked": each}) for each in asked]

    assert [each.url for each in answers] == ["/map/wall/?division=330382", f"/map/wall/?{asked[1]}"]


def test_wall_says_of_which_institutions_it_is(opened):
    screen, _made = opened
    asked = {"as_of": "2018-12-31", "licence_status": "none", "standing": "overdue,open", "q": "13800001111"}

    some, whole = (screen.get("/map/wall/", query).content.decode() for query in (asked, {}))

    told = re.search(r'class="wall-asked">(.*?)</p>', some, re.S)[1]
    assert re.findall(r"<span>(.*?)</span>", told) == [
        f"排摸时证照情况 {LicenceStatus.NONE.label}",
        "另按查找内容筛选（内容不印出）",
        f"地图只显示：{Status.OVERDUE.label}、{Status.OPEN.label}",
        "位置为现在登记的",
    ]
    assert "wall-asked" not in whole


def test_search_of_a_screen_is_in_the_trail_once_a_day(opened, taskforce):
    screen, _made = opened
    of_yesterday = {"q": "绘声", "where": "api/map", "found": 0}
    audit.write("search", taskforce, by=taskforce, after=of_yesterday, at=timezone.now() - timedelta(days=1))

    for words in ("绘声", "绘声", "青竹", ""):
        for path in DOORS:
            screen.get(path, {"q": words})

    rows = AuditRow.objects.filter(action="search").order_by("pk")
    assert [(row.after["q"], row.by) for row in rows] == [(q, taskforce) for q in ("绘声", "绘声", "青竹")]


@pytest.mark.parametrize(("length", "status"), [(40, 302), (41, 422)])
def test_name_of_a_screen_is_kept_whole_or_refused(browse, taskforce, length, status):
    answer = browse(taskforce).post("/map/walls/", {"name": "屏" * length})

    assert (answer.status_code, [each.name for each in WallPass.objects.all()]) == (
        status, ["屏" * 40] if status == 302 else [],
    )  # fmt: skip


def test_cookie_is_for_the_wall_alone_and_out_of_reach_of_scripts(browse, taskforce):
    cookie = browse(taskforce).post("/map/walls/", {"name": "大屏"}).cookies["wall"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/map/wall/", True, "Lax")


def test_pass_opens_no_other_door(opened):
    screen, _made = opened
    school = institution()

    pages = ["/", "/map/", "/institutions/", f"/institutions/{school.pk}/", "/map/walls/", "/map/handovers/"]
    programs = ["/api/v1/map/", "/api/v1/map/list/", "/api/v1/institutions/", "/ogc/collections"]

    assert [screen.get(path).status_code for path in pages] == [302] * len(pages)
    assert [screen.get(path).status_code for path in programs] == [401] * len(programs)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_doors_of_the_wall_take_nothing_in(opened, method):
    screen, _made = opened

    assert [getattr(screen, method)(path).status_code for path in DOORS] == [405, 405, 405]


def test_screen_sees_what_its_account_sees(browse):
    institution(LIUSHI, name="本镇馆", position=(120.9, 28.03))
    institution(NEXT_TO_LIUSHI, name="别镇馆", position=(120.9, 28.03))
    answer = browse(user_with("inspector", LIUSHI)).post("/map/walls/", {"name": "镇里大屏"})
    screen = Client()
    screen.cookies["wall"] = answer.cookies["wall"].value

    listed = screen.get("/map/wall/list/").json()["results"]

    assert [each["name"] for each in listed] == ["本镇馆"]
    assert screen.get("/map/wall/list/", {"division": NEXT_TO_LIUSHI}).status_code == 404


@pytest.mark.parametrize("end", ["by hand", "disabled", "password", "second factor", "grant"])
def test_screen_goes_dark_with_its_pass_or_its_account(browse, taskforce, opened, end):
    screen, made = opened
    if end == "by hand":
        browse(taskforce).post(f"/map/walls/{made.pk}/end/")
    elif end == "disabled":
        taskforce.is_active = False
    elif end == "password":
        taskforce.set_password("etwas-anderes-und-lang")
    elif end == "second factor":
        taskforce.session_generation += 1
    elif end == "grant":
        taskforce.grants.update(valid_to="2019-01-01")
    taskforce.save()

    page = screen.get("/map/wall/?division=330382")

    assert statuses(screen) == [401, 401, 401]
    assert (page.status_code, page.url.split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize(("days", "status"), [(7, 200), (9, 401)])
def test_screen_goes_dark_when_its_days_are_over(db, taskforce, days, status):
    made, secret = open_wall(by=taskforce, name="大屏", at=timezone.now() - timedelta(days=days))
    screen = Client()
    screen.cookies["wall"] = f"{made.pk}.{secret}"

    assert statuses(screen) == [status] * 3


@pytest.mark.parametrize("cookie", ["", "x", ".", "{pk}", "{pk}.", "{pk}.x", "00000000-0000-4000-8000-000000000000.x"])
def test_cookie_that_is_none_opens_nothing(opened, cookie):
    _screen, made = opened
    screen = Client()
    screen.cookies["wall"] = cookie.format(pk=made.pk)

    assert statuses(screen) == [401, 401, 401]


def test_opening_and_ending_are_in_the_trail_and_the_secret_is_nowhere(browse, taskforce, opened):
    screen, made = opened
    secret = screen.cookies["wall"].value.split(".")[1]
    browse(taskforce).post(f"/map/walls/{made.pk}/end/")

    rows = list(AuditRow.objects.filter(object_type="mapping.wallpass").order_by("pk"))

    assert [(row.action, row.by, row.after["name"]) for row in rows] == [
        ("wall.opened", taskforce, "会议室大屏"), ("wall.ended", taskforce, "会议室大屏"),
    ]  # fmt: skip
    assert rows[0].scope_code == "330382000000"
    assert secret not in str([row.after for row in rows]) + str(WallPass.objects.values())


def test_screen_lasts_as_long_as_the_setting_says(browse, taskforce, settings):
    settings.WALL_DAYS = 3

    browse(taskforce).post("/map/walls/", {"name": "大屏"})

    made = WallPass.objects.get()
    assert made.expires_at - made.opened_at == timedelta(days=3)


def test_session_ends_with_it_where_the_computer_is_not_ones_own(browse, taskforce):
    client = browse(taskforce)

    client.post("/map/walls/", {"name": "大屏", "sign_out": "on"})

    assert client.get("/map/").status_code == 302
    assert client.get("/map/wall/").status_code == 200


def test_session_goes_on_otherwise(browse, taskforce):
    client = browse(taskforce)

    client.post("/map/walls/", {"name": "大屏"})

    assert client.get("/map/").status_code == 200


def test_screens_are_listed_for_their_account_alone(browse, taskforce, opened):
    _screen, made = opened
    own = browse(taskforce).get("/map/walls/").content.decode()
    other = browse(user_with("task_force", "330382"))

    assert "会议室大屏" in own
    assert "会议室大屏" not in other.get("/map/walls/").content.decode()
    assert other.post(f"/map/walls/{made.pk}/end/").status_code == 404


def test_screen_is_ended_once(browse, taskforce, opened):
    _screen, made = opened
    client = browse(taskforce)

    assert [client.post(f"/map/walls/{made.pk}/end/").status_code for _time in range(2)] == [302, 409]
    assert AuditRow.objects.filter(action="wall.ended").count() == 1


def test_screen_whose_account_changed_is_said_to_have_stopped(browse, taskforce, opened):
    taskforce.session_generation += 1
    taskforce.save()

    page = browse(taskforce).get("/map/walls/").content.decode()

    assert "已停止（密码或两步验证有更改）" in page


@pytest.mark.parametrize(
    "said", [{"name": " "}, {"name": "330382199001011237"}, {"name": "大屏", "asked": "q=%00"}, {"name": "x" * 41}]
)
def test_screen_that_cannot_be_opened_is_refused(browse, taskforce, said):
    assert browse(taskforce).post("/map/walls/", said).status_code == 422
    assert WallPass.objects.count() == 0


def test_screens_of_an_account_are_bounded(browse, taskforce):
    client = browse(taskforce)

    statuses = [client.post("/map/walls/", {"name": f"大屏{number}"}).status_code for number in range(11)]

    assert statuses == [302] * 10 + [422]
