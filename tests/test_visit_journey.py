"""One visit through every room: put by a phone, then in the figures, on the map, in the ledger, the file and the report."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from inspections.ledger import check
from inspections.models import Visit
from inspections.photos import sha256_of
from institutions.models import Institution
from institutions.moments import Moment, today
from reports.monthly import monthly_report
from tests.factories import institution, picture, round_of
from tests.urls import body

ON = today() - timedelta(days=10)
DUE = ON + timedelta(days=30)


@pytest.fixture
def phone(capsys):
    """A client with somebody's token from the command, as a phone has it."""

    def of(user) -> APIClient:
        call_command("create_token", user.username)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {capsys.readouterr().out.strip()}")
        return client

    return of


@pytest.fixture
def leader(supervisor) -> Client:
    """Somebody of the city who reads the pages."""
    client = Client()
    client.force_login(supervisor, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def school(db) -> Institution:
    """In 柳市镇, not surveyed yet; beside it one that has been put right and one without problems."""
    done = institution("330382115", status="full", surveyed_on="2018-04-02")
    round_of(done, "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    institution("330382001", status="full", surveyed_on="2018-04-02")
    return institution(name="柳市晨星示例培训", surveyed_on=None, position=(120.9, 28.03))


def survey(school) -> dict:
    """No permit and no registration, one picture, to be put right within the month."""
    return {
        "institution": str(school.pk),
        "purpose": "survey",
        "result": "inspected",
        "happened_at": f"{ON}T15:04:05+08:00",
        "inspectors": ["inspector"],
        "position": {"longitude": 120.9003, "latitude": 28.0302, "accuracy_m": 9, "datum": "wgs84"},
        "findings": [{"type": "L01"}, {"type": "S01", "note": "消防通道堵塞"}],
        "order": {"due_on": str(DUE)},
        "photos": [{"sha256": sha256_of(picture()), "slot": 1, "finding": "S01"}],
    }


def seen(leader: Client, school: Institution) -> dict[str, object]:
    """What each room says of the county and of this institution today."""
    api, question = "/api/v1/", {"division": "330382"}
    total = leader.get(f"{api}statistics/completion/", question).json()["total"]
    features = leader.get(f"{api}map/", question | {"zoom": 18}).json()["features"]
    listed = leader.get(f"{api}institutions/", question | {"figure": "with_problems"}).json()["results"]
    report = monthly_report("330382", Moment.of())
    numbers = [int(number) for number in re.findall(r"(\d+)所", report.narrative.splitlines()[0])]
    return {
        "figures": (total["surveyed"], total["with_problems"], total["rectified"], total["closed"]),
        "rate": total["completion_percent"],
        "report": tuple(numbers[:3]),
        "report of the unlicensed": numbers[3:],
        "list": str(school.pk) in {row["id"] for row in listed},
        "map": {feature["id"]: feature["properties"]["standing"] for feature in features},
    }


def shows(leader: Client, path: str) -> str:
    answer = leader.get(path)
    assert answer.status_code == 200, path
    return body(answer).decode()


def number_of(leader: Client, figure: str) -> set[int]:
    """The number printed for a figure of the county on the statistics page, where it links to its list."""
    page = shows(leader, "/statistics/?division=330382").replace("&amp;", "&")
    links = re.findall(r'href="/institutions/\?([^"]*)"[^>]*>(.*?)</a>', page, flags=re.S)
    wanted = [
        re.sub(r"<[^>]+>", " ", shown)
        for query, shown in links
        if {"division=330382", f"as_of={today()}", f"figure={figure}"} <= set(query.split("&"))
        and not re.search(r"licence_status|outcome|finding_type", query)
    ]
    return {int(re.search(r"\d+", text).group()) for text in wanted if re.search(r"\d", text)}


def on_map_page(leader: Client, query: str) -> list[str]:
    """The names beside the map, from the door that the page names."""
    doors = leader.get(f"/map/?{query}").context["config"]["doors"]
    listed = leader.get(f"{doors['list']}?{query}").json()
    assert listed["count"] == leader.get(f"{doors['map']}?{query}&zoom=18").json()["total"]
    return [each["name"] for each in listed["results"]]


def test_visit_walks_through_every_room(school, phone, leader, inspector, taskforce):
    of_inspector, of_task_force = phone(inspector), phone(taskforce)
    path = reverse("api-visit", args=[uuid4()])
    # Two surveyed; one had problems and is put right: 100%.
    assert seen(leader, school) == {
        "figures": (2, 1, 1, 0), "rate": "100.00%", "report": (2, 1, 1), "report of the unlicensed": [],
        "list": False, "map": {str(school.pk): "unsurveyed"},
    }  # fmt: skip

    # The phone sends the visit, then the picture.
    first = of_inspector.put(path, survey(school), format="json")
    assert (first.status_code, first.json()["evidence"]) == (201, "incomplete")
    photo = of_inspector.put(f"{path}photos/{sha256_of(picture())}/", picture(), content_type="image/jpeg")
    assert (photo.status_code, photo.json()["evidence"]) == (200, "complete")
    round_ = first.json()["rectification"]

    # Three surveyed, two with problems, one put right: 50%. One unlicensed, nothing of it put right.
    after_survey = seen(leader, school)
    assert after_survey == {
        "figures": (3, 2, 1, 0), "rate": "50.00%", "report": (3, 2, 1), "report of the unlicensed": [1, 0, 0, 0],
        "list": True, "map": {str(school.pk): "open"},
    }  # fmt: skip
    assert [number_of(leader, figure) for figure in ("surveyed", "with_problems", "rectified")] == [{3}, {2}, {1}]
    ledger = shows(leader, "/rectifications/?division=330382")
    file = shows(leader, f"/institutions/{school.pk}/")
    assert "柳市晨星示例培训" in ledger
    assert round_ in ledger
    assert "无证无照办学" in file
    assert "消防通道堵塞" in file
    assert on_map_page(leader, "figure=with_problems&licence_status=none") == ["柳市晨星示例培训"]
    picture_url = f"/visits/{path.split('/')[-2]}/photos/1/"
    assert picture_url in file
    assert body(leader.get(picture_url)).startswith(b"\xff\xd8")

    # The phone did not hear the answer and sends it again: the same receipt, nothing counted twice.
    again = of_inspector.put(path, survey(school), format="json")
    assert again.status_code == 200
    assert again.json() == photo.json()
    assert seen(leader, school) == after_survey
    assert Visit.objects.count() == 1

    # A recheck finds it closed and hands the round in: still open.
    recheck = {
        "institution": str(school.pk),
        "purpose": "recheck",
        "result": "ceased",
        "happened_at": f"{ON + timedelta(days=5)}T10:00:00+08:00",
        "submits": {"rectification": round_, "outcome": "closed"},
    }
    handed_in = of_inspector.put(reverse("api-visit", args=[uuid4()]), recheck, format="json")
    assert (handed_in.status_code, handed_in.json()["rectification"]) == (201, round_)
    assert seen(leader, school) == after_survey
    assert "柳市晨星示例培训" in shows(leader, "/rectifications/?state=submitted")

    # The inspector cannot verify it, the task force can: struck off.
    version = of_inspector.get(reverse("api-rectification", args=[round_])).json()["version"]
    verify = reverse("api-verify", args=[round_])
    assert of_inspector.post(verify, {"version": version}, format="json").status_code == 403
    verified = of_task_force.post(verify, {"version": version}, format="json")
    assert (verified.status_code, verified.json()["state"], verified.json()["outcome"]) == (200, "verified", "closed")

    # Three surveyed, two with problems, both put right, one of them closed.
    assert seen(leader, school) == {
        "figures": (3, 2, 2, 1), "rate": "100.00%", "report": (3, 2, 2), "report of the unlicensed": [1, 1, 1, 0],
        "list": True, "map": {str(school.pk): "closed"},
    }  # fmt: skip
    assert [number_of(leader, figure) for figure in ("rectified", "closed")] == [{2}, {1}]
    assert "柳市晨星示例培训" not in shows(leader, "/rectifications/?state=open")
    assert "柳市晨星示例培训" in shows(leader, "/rectifications/?state=verified")
    # Yesterday's figures are what they were.
    yesterday = leader.get("/api/v1/statistics/completion/", {"as_of": str(today() - timedelta(days=1))}).json()
    assert (yesterday["total"]["with_problems"], yesterday["total"]["rectified"]) == (2, 1)
    assert [differences for _round, differences in check() if differences] == []
