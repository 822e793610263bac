"""A question that is not understood is refused by name, at every page and door; what is accepted is documented."""

import pytest
from django.urls import reverse

from tests.factories import LIUSHI, PANSHI, institution, round_of
from tests.test_scope_leaks import ABSENT, RULES, OfAnObject
from tests.urls import every_url
from tests.worlds import full_file

OPEN_TO_ALL = {"accounts/login/", "accounts/login/code/", "accounts/language/", "livez", "readyz", "favicon.ico"} | {
    "field/", "field/who/", "field/manifest.webmanifest", "field/shrink.js", "sw.js",
}  # fmt: skip
URLS = {url.route: url for url in every_url() if not url.is_admin and url.route not in OPEN_TO_ALL}


def refused(route: str) -> int:
    """The status of a question that is not understood: the standard of /ogc/ wants another one."""
    return 400 if route.startswith("ogc") else 422


@pytest.fixture(scope="module")
def own(for_the_module):
    return full_file(LIUSHI, "甲培训", "13800001111", "red")


@pytest.mark.parametrize("route", URLS)
def test_parameter_that_nobody_reads_is_refused_by_name(own, browse, taskforce, route):
    rule = RULES[route]
    arguments = rule.arguments(own)[0] if isinstance(rule, OfAnObject) else {}
    if "<uuid:pk>" in route and not arguments:
        arguments = {"pk": ABSENT}  # a question is looked at before the row
    others = {"<int:merge>": 1, "<int:number>": 1, "<str:kind>": "json", "<str:name>": "approve"}
    others |= {"<uuid:filled>": ABSENT, "<int:pk>": 1, "<slug:key>": "xyz", "<int:z>": 1, "<int:x>": 1, "<int:y>": 1}
    if not isinstance(rule, OfAnObject):
        arguments |= {name.split(":")[1][:-1]: value for name, value in others.items() if name in route}

    answer = browse(taskforce).get(f"{URLS[route].at(**arguments)}?figur=overdue")

    assert answer.status_code == refused(route)
    assert "“figur”" in answer.content.decode()


@pytest.mark.parametrize("route", [route for route, url in URLS.items() if url.asks])
def test_parameter_given_twice_is_refused(own, browse, taskforce, route):
    name = URLS[route].asks[0]

    arguments = {"number": 1} if "<int:number>" in route else {}
    arguments |= {"filled": ABSENT} if "<uuid:filled>" in route else {}
    arguments |= {"pk": ABSENT} if "<uuid:pk>" in route else {}
    arguments |= {"z": 0, "x": 0, "y": 0} if "<int:z>" in route else {}
    answer = browse(taskforce).get(f"{URLS[route].at(**arguments)}?{name}=1&{name}=2")

    assert answer.status_code == refused(route)
    assert "只能给一次" in answer.content.decode()


def test_api_documents_what_it_reads_and_nothing_else(api, taskforce):
    schema = api(taskforce).get(reverse("schema"), headers={"accept": "application/vnd.oai.openapi+json"}).json()
    documented = {
        path.removeprefix("/").replace("{", "<").replace("}", ">").replace("<id>", "<pk>"): {
            each["name"] for each in doors["get"].get("parameters", []) if each["in"] == "query"
        }
        for path, doors in schema["paths"].items()
        if "get" in doors
    }

    read = {url.route: set(url.asks) for url in URLS.values() if url.is_api}
    plain = {route.replace("uuid:", "").replace("str:", ""): names for route, names in read.items()}
    assert {path: names for path, names in documented.items() if names} == {
        path: names for path, names in plain.items() if names and path in documented
    }


@pytest.mark.parametrize(
    "asked",
    [
        "api/v1/statistics/completion/?licence_status=full",
        "api/v1/statistics/completion/?figure=overdue",
        "api/v1/statistics/difference/?by=division",
        "api/v1/statistics/trend/?from=2018-01&to=2018-12&as_of=2018-12-31",
        "api/v1/institutions/?figur=overdue",
        "api/v1/rectifications/?licence_status=full",
        "api/v1/rectifications/?figure=surveyed",
        "api/v1/rectifications/?state=nonsense",
        "api/v1/rectifications/?cursor=nonsense",
        "api/v1/institutions/?cursor=nonsense",
        "api/v1/map/?state=open",
        "api/v1/map/?bbox=nan,27,122,29",
        "api/v1/map/?bbox=120,27,inf,29",
        "api/v1/map/?bbox=122,27,120,29",
        "api/v1/map/?bbox=120,29,122,27",
        "api/v1/map/?bbox=120,27,122",
        "api/v1/map/?bbox=120,27,181,29",
        "api/v1/map/?bbox=1_20,27,122,29",
        "api/v1/map/?zoom=-1",
        "api/v1/map/?zoom=99",
        "api/v1/map/?as_of=2018-05-31&change_since=2018-05-31",
        "api/v1/map/list/?zoom=9",
        "api/v1/map/list/?bbox=nan,27,122,29",
        "api/v1/map/list/?near=120.9",
        "api/v1/map/list/?opened=x",
        "api/v1/map/list/?near=120.9,91",
        "api/v1/map/list/?near=nan,28",
        "api/v1/map/list/?order=name",
        "api/v1/map/list/?page_size=0",
        "api/v1/map/list/?page_size=201",
        "api/v1/map/list/?after=WzldLg",
        "api/v1/map/list/?after=é",
        "api/v1/map/unlocated/?page_size=0",
        "api/v1/map/unlocated/?bbox=120,27,121,28",
        "institutions/?figur=overdue",
        "institutions/?format=pdf",
        "rectifications/?state=nonsense",
        "rectifications/?licence_status=full",
        "statistics/?figure=overdue",
        "statistics/?format=pdf",
        "statistics/trend/?q=x",
        "statistics/contradictions/?figure=overdue",
        "statistics/contradictions/?code=unknown",
        "statistics/difference/?outcome=closed",
        "statistics/difference/?format=pdf",
        "reports/?figure=overdue",
        "reports/download/?q=x",
        "visits/new/?purpose=nonsense",
        "search/?figure=overdue",
        "?as_of=2018-12-31",
        "institutions/duplicates/?page=nonsense",
        "institutions/duplicates/?page=-1",
        "api/v1/schema/?lang=fr",
        "api/v1/docs/?lang=fr",
    ],
)
def test_question_that_is_not_understood_is_refused(own, browse, taskforce, asked):
    answer = browse(taskforce).get(f"/{asked}")

    assert answer.status_code == 422
    assert asked.startswith("api") is False or list(answer.json()["errors"]) == [
        asked.split("=")[-2].split("&")[-1].split("?")[-1]
    ]


@pytest.mark.parametrize(("name", "asked"), [("institution", "own=nonsense"), ("colleagues", "q=a&on=yesterday")])
def test_question_about_one_institution_that_is_not_understood_is_refused(own, browse, taskforce, name, asked):
    answer = browse(taskforce).get(f"{reverse(name, args=[own.school.pk])}?{asked}")

    assert answer.status_code == 422
    assert f"“{asked.split('=')[-1]}”" in answer.content.decode()


def test_refusal_offers_the_question_without_what_nobody_reads(own, browse, taskforce):
    page = browse(taskforce).get("/institutions/?figur=overdue&standing=open").content.decode()

    assert "这里没有“figur”这个查询条件，可用：division、as_of" in page
    assert 'name="figur"' not in page
    assert '<input type="hidden" name="standing" value="open">' in page


def test_name_of_a_parameter_is_shown_as_text(own, browse, taskforce):
    page = browse(taskforce).get("/institutions/", {"<script>alert(1)</script>": "1"}).content.decode()

    assert "<script>alert" not in page


def test_questions_of_the_administration_and_of_the_sign_in_are_their_own(client, db):
    assert client.get("/accounts/login/?next=/institutions/").status_code == 200
    assert client.get("/institutions/?figur=1").status_code == 302  # who has not signed in is asked to, first
    assert client.get("/livez?once=1").status_code == 200


@pytest.mark.parametrize("by", [{}, {"by": "division"}])
def test_completion_counts_by_what_it_accepts(api, taskforce, by):
    round_of(institution(PANSHI, status="full"), "2018-05-01")

    answer = api(taskforce).get(reverse("api-completion"), {"as_of": "2018-12-31", "division": PANSHI} | by)

    assert answer.json()["total"]["with_problems"] == 1
