"""The map's page is the same for any number of institutions, and says what of its URL it does not understand."""

import re
from pathlib import Path

import pytest

from mapping import views
from tests.factories import institution

MOST_BYTES = 60_000


def page_of(browse, user, query: str = "") -> str:
    """The page without what is made anew for every request."""
    page = browse(user).get(f"/map/{query}").content.decode()
    return re.sub(r'map_[0-9a-f]{32}|nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", page)


@pytest.mark.parametrize("query", ["", "?wall=1"])
def test_page_holds_no_institution_whatever_there_are(browse, taskforce, query):
    empty = page_of(browse, taskforce, query)

    for number in range(30):
        institution(name=f"青竹教育{number}", position=(120.9 + number / 1000, 28.03))

    assert page_of(browse, taskforce, query) == empty
    assert len(empty.encode()) < MOST_BYTES


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at", "120.9,28.1"),
        ("at", "480,28.1,11"),
        ("at", "nan,28.1,11"),
        ("at", "１２０,28,11"),
        ("near", "120.9"),
        ("near", "120.9,99"),
        ("layer", "clouds"),
        ("wall", "yes"),
        ("opened", "330382"),
        ("change_since", "2018-13-01"),
    ],
)
def test_view_that_is_none_is_refused_by_name(browse, taskforce, name, value):
    answer = browse(taskforce).get("/map/", {name: value})

    assert answer.status_code == 422
    assert value in answer.content.decode()


def test_view_layer_and_popup_of_the_url_are_taken(browse, taskforce):
    asked = {"at": "120.95,28.12,11.5", "layer": "change", "change_since": "2018-11-30", "near": "120.9,28.0"}

    answer = browse(taskforce).get("/map/", asked | {"standing": "overdue,open"})

    assert (answer.status_code, answer.context["shown"].at) == (200, "120.95,28.12,11.5")


def test_months_of_the_slider_end_a_year_after_the_day_or_today(browse, taskforce):
    months = browse(taskforce).get("/map/?as_of=2018-12-31").context["config"]["months"]

    assert (months[0], months[-1], len(months)) == ("2017-01-31", "2019-12-31", 36)


def test_last_month_of_the_slider_is_today(browse, taskforce):
    config = browse(taskforce).get("/map/").context["config"]

    assert config["months"][-1] == config["today"]


def test_files_of_the_map_are_all_of_this_host(browse, taskforce):
    page = browse(taskforce).get("/map/").content.decode()

    assert re.findall(r'(?:src|href)="((?:https?:)?//[^"]*)"', page) == []
    assert "leaflet.js" in page


def test_every_module_that_the_map_imports_is_told_of_at_once(browse, taskforce):
    page = browse(taskforce).get("/map/").content.decode()
    here = Path(views.__file__).parent / "static/mapping"

    told = re.findall(r'<link rel="modulepreload" href="/static/mapping/([^"]*)">', page)

    left, imported = ["map.js"], set()
    while left:
        name = left.pop()
        for found in re.findall(r'^import .*? from "([^"]*)";$', (here / name).read_text(), re.MULTILINE):
            path = (here / name).parent.joinpath(found).resolve().relative_to(here.resolve())
            if str(path) not in imported:
                imported.add(str(path))
                left.append(str(path))
    assert sorted(told) == sorted(imported)
