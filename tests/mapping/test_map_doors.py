"""The doors of the map: what its features say, what the list beside it says, in which order and page by page."""

import pytest
from django.urls import reverse
from geopy.distance import great_circle

import mapping.layers
from figures.unseen import Status
from institutions.models import Institution, LicenceStatus
from institutions.moments import today
from mapping.listing import Page
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of, visit_of

D = "2018-12-31"
BOX = "120,27,122,29"


@pytest.fixture
def ask(api, taskforce):
    """What the map says of a question, and the list beside it."""

    def asked(door: str = "api-map", **query) -> dict:
        answer = api(taskforce).get(reverse(door), query)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    return asked


@pytest.fixture
def four(db) -> None:
    """Overdue since May, open until January, never visited, visited without a problem; and one without a place."""
    round_of(institution(name="逾期", position=(120.90, 28.00)), "2018-05-01", due_on="2018-06-01")
    round_of(institution(name="整改", position=(120.91, 28.01), status="full"), "2018-12-01", due_on="2019-01-15")
    institution(NEXT_TO_LIUSHI, name="未查", position=(120.92, 28.02))
    visit_of(institution(name="查过", position=(120.93, 28.03), status="permit_only"), "2018-11-01")
    institution(name="无处")


def names(listed: dict) -> list[str]:
    return [each["name"] for each in listed["results"]]


# --- Features


def test_square_says_of_its_members_how_they_stand_their_licences_and_where_they_lie(four, ask):
    answer = ask(as_of=D, zoom=5)

    [square] = answer["features"]
    assert square["properties"] == {
        "count": 4,
        **dict.fromkeys(Status.values, 0),
        "overdue": 1,
        "open": 1,
        "unseen": 1,
        "clear": 1,
        "licence_statuses": {**dict.fromkeys(LicenceStatus.values, 0), "none": 2, "full": 1, "permit_only": 1},
        "bbox": [120.9, 28.0, 120.93, 28.03],
    }
    assert square["id"].startswith("square-")
    assert (answer["grouped"], answer["zoom"], answer["total"], answer["unlocated"]) == (True, 5, 5, 1)


def test_close_answer_says_that_it_is_not_counted_together(four, ask):
    answer = ask(as_of=D, zoom=15, bbox=BOX)

    assert (answer["grouped"], answer["zoom"], len(answer["features"])) == (False, 15, 4)


def test_squares_that_are_too_many_are_those_of_a_coarser_zoom(monkeypatch, ask, db):
    """At zoom 20 a square is some 20 m wide: each of them is in its own. In two are the world's at zoom 1 and 2."""
    monkeypatch.setattr(mapping.layers, "MOST_POINTS", 2)
    for longitude in (-120.0, -119.0, 119.0, 120.0):
        institution(position=(longitude, 28.0))

    answer = ask(bbox="-180,-90,180,90", zoom=20)

    assert answer["zoom"] < 20
    assert [each["properties"]["count"] for each in answer["features"]] == [2, 2]
    assert answer["grouped"] is True


def test_several_standings_are_drawn_and_listed(four, ask):
    question = {"as_of": D, "standing": "overdue,open"}

    assert len(ask(**question, zoom=18)["features"]) == 2
    assert names(ask("api-map-list", **question)) == ["逾期", "整改"]


def test_only_what_changed_since_a_day_is_drawn_with_what_it_was(four, ask):
    question = {"as_of": D, "change_since": "2018-11-30"}

    answer = ask(**question, zoom=18)

    [feature] = answer["features"]
    assert [feature["properties"][name] for name in ("name", "was", "standing")] == ["整改", "unseen", "open"]
    assert (answer["total"], answer["located"]) == (1, 1)
    assert [(each["name"], each["was"]) for each in ask("api-map-list", **question)["results"]] == [("整改", "unseen")]
    [square] = ask(**question, zoom=5)["features"]
    assert (square["properties"]["count"], square["properties"]["open"]) == (1, 1)


def test_today_is_what_stands(ask, db):
    institution(position=(120.9, 28.0))
    round_of(institution(position=(120.9, 28.0)), today())

    for question in ({}, {"as_of": str(today())}):
        assert sorted(each["properties"]["standing"] for each in ask(**question, zoom=18)["features"]) == [
            "open",
            "unseen",
        ]


# --- The list


def test_list_says_what_is_urgent_first(four, ask):
    listed = ask("api-map-list", as_of=D)

    assert names(listed) == ["逾期", "整改", "未查", "查过"]
    assert (listed["count"], listed["next"]) == (4, None)
    first = listed["results"][0]
    assert first == {
        "id": str(Institution.objects.get(name="逾期").pk),
        "name": "逾期",
        "standing": "overdue",
        "licence_status": "none",
        "township": "柳市镇",
        "township_code": LIUSHI,
        "due_on": "2018-06-01",
        "days_left": -213,  # 29 of June, and 31 + 31 + 30 + 31 + 30 + 31 to the end of the year
        "longitude": 120.9,
        "latitude": 28.0,
        "doubt": "",
    }


def test_most_overdue_comes_before_less_overdue(ask, db):
    for due_on in ("2018-07-01", "2018-06-01", "2018-08-01"):
        round_of(institution(name=due_on, position=(120.9, 28.0)), "2018-05-01", due_on=due_on)

    assert names(ask("api-map-list", as_of=D)) == ["2018-06-01", "2018-07-01", "2018-08-01"]


@pytest.mark.parametrize("query", [{}, {"order": "distance", "near": "120.925,28.025"}])
def test_pages_of_the_list_hold_each_once_in_the_order_of_the_whole(four, ask, query):
    question = {"as_of": D, "bbox": BOX, **query}
    whole = names(ask("api-map-list", **question))

    found, after = [], ""
    while after is not None:
        page = ask("api-map-list", **question, page_size=1, after=after)
        found += names(page)
        after = page["next"]

    assert (found, len(found)) == (whole, 4)


def test_nearest_comes_first_with_its_distance_along_a_great_circle(four, ask):
    listed = ask("api-map-list", as_of=D, order="distance", near="120.93,28.03")

    assert names(listed) == ["查过", "未查", "整改", "逾期"]
    for each in listed["results"]:
        wanted = great_circle((28.03, 120.93), (each["latitude"], each["longitude"])).meters
        assert each["distance_m"] == pytest.approx(wanted, abs=0.1)


def test_list_is_of_the_box(four, ask):
    listed = ask("api-map-list", as_of=D, bbox="120.905,27,121,29")

    assert (listed["count"], names(listed)) == (3, ["整改", "未查", "查过"])


def test_list_measures_from_a_place_whatever_its_order(four, ask):
    rows = ask("api-map-list", as_of=D, near="120.90,28.00")["results"]

    assert rows[0]["distance_m"] == 0.0


def test_distance_needs_a_place_to_measure_from(api, taskforce):
    answer = api(taskforce).get(reverse("api-map-list"), {"order": "distance"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["near"])


def test_cursor_of_one_order_is_none_of_another(four, ask, api, taskforce):
    after = ask("api-map-list", as_of=D, page_size=1)["next"]

    answer = api(taskforce).get(
        reverse("api-map-list"), {"as_of": D, "order": "distance", "near": "120,28", "after": after}
    )

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["after"])


def test_page_of_a_list_is_fifty_unless_asked_otherwise():
    assert (Page.from_query({}).size, Page.from_query({"page_size": "200"}).size) == (50, 200)


def test_day_of_comparison_comes_before_the_day(api, taskforce):
    answer = api(taskforce).get(reverse("api-map"), {"as_of": D, "change_since": "2019-01-01"})

    assert answer.status_code == 422
    assert answer.json()["errors"]["change_since"] == ["对比日期 2019-01-01 应在截至日期 2018-12-31 之前。"]


# --- One that is opened, and what lies at its point


def test_list_of_an_opened_one_is_it_and_what_lies_at_its_point(four, ask):
    opened = Institution.objects.get(name="整改")
    institution(NEXT_TO_LIUSHI, name="同楼", position=(120.91, 28.01))
    institution(name="隔壁", position=(120.91001, 28.01))

    answer = ask("api-map-list", as_of=D, opened=str(opened.pk), bbox="0,0,1,1")

    assert (names(answer), answer["count"]) == (["整改", "同楼"], 2)
    assert names(ask("api-map-list", as_of=D, opened=str(opened.pk), standing="unseen")) == []
    assert names(ask("api-map-list", opened=str(Institution.objects.get(name="无处").pk))) == []


def test_opened_one_out_of_sight_tells_nothing_of_its_point(four, api, inspector):
    hidden = Institution.objects.get(name="未查")
    institution(LIUSHI, name="同楼", position=(120.92, 28.02))

    answer = api(inspector).get(reverse("api-map-list"), {"opened": str(hidden.pk)}).json()

    assert (answer["results"], answer["count"]) == ([], 0)
