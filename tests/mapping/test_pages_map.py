"""The map's page and its data: what is asked for, said and refused."""

import re

import pytest
from django.conf import settings

from figures.unseen import Status
from mapping.views import LEGEND
from tests.factories import institution, round_of

AS_OF = "as_of=2018-12-31"


@pytest.mark.parametrize("zoom", ["²", "１２", "21", "-1", "9" * 5000])
def test_zoom_that_is_none_is_refused(api, inspector, zoom):
    answer = api(inspector).get("/api/v1/map/", {"zoom": zoom})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["zoom"])


@pytest.mark.parametrize("bbox", ["１20,28,121,29", "120,28,121", "nan,28,121,29", "121,28,120,29"])
def test_box_that_is_none_is_refused(api, inspector, bbox):
    answer = api(inspector).get("/api/v1/map/", {"bbox": bbox})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["bbox"])


def test_map_says_a_condition_that_has_no_field_and_how_to_leave_it(browse, taskforce):
    round_of(institution(), "2018-10-01", due_on="2018-11-01")
    institution()

    answer = browse(taskforce).get(f"/map/?{AS_OF}&figure=overdue&finding_type=T01")

    assert [(each.value, each.without) for each in answer.context["asked"]] == [
        ("逾期", f"division=330382&{AS_OF}&finding_type=T01"),
        ("T01 超纲教学", f"division=330382&{AS_OF}&figure=overdue"),
    ]
    assert 'class="asked' in answer.content.decode()


def test_sheet_is_told_the_conditions_but_not_what_is_searched_for(browse, taskforce):
    asked = f"{AS_OF}&figure=overdue&standing=overdue&known_at=2019-01-03T17:00&q=13800001111"

    answer = browse(taskforce).get(f"/map/?{asked}")

    assert answer.context["config"]["conditions"] == ["统计指标 逾期", "另按查找内容筛选（内容不印出）"]


@pytest.mark.parametrize(
    "name", ["figure", "outcome", "finding_type", "licence_now", "known_at", "located", "unvisited"]
)
def test_map_keeps_a_condition_that_has_no_field(browse, taskforce, name):
    values = {"figure": "overdue", "outcome": "closed", "finding_type": "T01", "licence_now": "none"}
    value = (values | {"known_at": "2019-01-03T17:00", "located": "yes", "unvisited": "90"})[name]

    page = browse(taskforce).get("/map/", {name: value}).content.decode()

    assert f'<input type="hidden" name="{name}" value="{value}">' in page


def test_every_status_has_its_own_colour_and_its_own_shape():
    script = (settings.BASE_DIR / "mapping/static/mapping/shapes.js").read_text()

    marks = dict(re.findall(r'^  (\w+): \{ colour: "(#\w{6})", path: "[^"]+"', script, flags=re.M))
    paths = re.findall(r'path: "([^"]+)"', script)

    assert set(marks) == set(Status.values)
    assert (len(set(marks.values())), len(set(paths))) == (len(Status), len(Status))


def test_every_status_has_its_rank_and_its_place_in_the_legend():
    script = (settings.BASE_DIR / "mapping/static/mapping/shapes.js").read_text()

    ranked = re.findall(r"\w+", re.search(r"WORST_FIRST = \[(.*)\]", script)[1])

    assert (sorted(ranked), sorted(LEGEND)) == (sorted(Status.values), sorted(Status.values))


def test_map_without_a_match_leads_to_the_map_without_conditions(browse, taskforce):
    page = browse(taskforce).get("/map/?q=没有这样的").content.decode()

    assert '<p><a href="/map/">清除全部条件</a></p>' in page
