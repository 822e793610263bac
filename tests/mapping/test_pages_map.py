"""The map's page and its data: what is asked for, said and refused."""

import re

import pytest
from django.conf import settings

from figures.unseen import Status
from mapping import views
from tests.factories import institution, round_of

AS_OF = "as_of=2018-12-31"

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


@pytest.mark.parametrize(
    "name", ["figure", "outcome", "finding_type", "licence_now", "known_at", "located", "unvisited"]
)
def test_map_keeps_a_condition_that_has_no_field(browse, taskforce, name):
    values = {"figure": "overdue", "outcome": "closed", "finding_type": "T01", "licence_now": "none"}
    value = (values | {"known_at": "2019-01-03T17:00", "located": "yes", "unvisited": "90"})[name]

    page = browse(taskforce).get("/map/", {name: value}).content.decode()

    assert f'<input type="hidden" name="{name}" value="{value}">' in page


@pytest.mark.parametrize(("most", "zoom"), [(1, 18), (0, 11)])
def test_map_asks_one_by_one_only_for_what_can_be_drawn(browse, taskforce, monkeypatch, most, zoom):
    institution(position=(120.9, 28.03))
    institution()  # has no place and is not counted
    monkeypatch.setattr(views, "MOST_POINTS", most)

    assert browse(taskforce).get("/map/").context["config"]["zoom"] == zoom


@pytest.mark.parametrize("standing", Status.values)
def test_every_standing_has_its_shape_rank_and_ring_on_the_map(standing):
    shapes, script, style = (
        (settings.BASE_DIR / "mapping/static/mapping" / name).read_text() for name in ("shapes.js", "map.js", "map.css")
    )

    assert len(re.findall(rf"\b{standing}:", shapes)) == 2  # a colour and a shape
    assert f'"{standing}"' in re.search(r"WORST_FIRST = \[.*\]", script)[0]
    assert f".bubble.{standing}" in style


def test_map_without_a_match_leads_to_the_map_without_conditions(browse, taskforce):
    page = browse(taskforce).get("/map/?q=没有这样的").content.decode()

    assert '<p><a href="/map/">清除全部条件</a></p>' in page
