"""Institutions that a register brought and nobody has looked at: nothing found is not said of them, and what their
licences lack is on today's page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from figures.unseen import Status
from institutions.actions import merge_institutions
from institutions.models import LicenceStatus
from institutions.moments import today
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    institution,
    round_of,
    user_with,
    visit_of,
    void,
    withdraw_visit_of,
)

DAY = today()
SURVEYED = DAY - timedelta(days=30)
UNSEEN, CLEAR = "排摸后未检查", "未发现问题"


def before(days: int):
    return SURVEYED - timedelta(days=days)


def after(days: int):
    return SURVEYED + timedelta(days=days)


def place(**given):
    return institution(name="甲培训", surveyed_on=SURVEYED, **given)


def seen(school):
    visit_of(school, after(3))


def surveyed_on_the_spot(school):
    visit_of(school, SURVEYED, purpose="survey")


def nobody_in(school):
    visit_of(school, after(3), result="no_access")


def seen_before_the_survey(school):
    visit_of(school, before(3))


def taken_back(school):
    withdraw_visit_of(visit_of(school, after(3)), DAY)


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (None, UNSEEN), (seen, CLEAR), (surveyed_on_the_spot, CLEAR), (nobody_in, UNSEEN),
        (seen_before_the_survey, UNSEEN), (taken_back, UNSEEN),
    ],
)  # fmt: skip
def test_word_says_whether_anybody_has_looked(browse, taskforce, happened, said):
    school = place()
    if happened:
        happened(school)
    browser = browse(taskforce)

    listed = browser.get("/institutions/").content.decode().split("<tbody>")[1]
    file = browser.get(school.get_absolute_url()).content.decode().split("</h1>")[0]
    found = browser.get("/search/", {"q": "甲培训"}).content.decode()
    exported = b"".join(browser.get("/institutions/?format=csv").streaming_content).decode()

    for shown in (listed, file, found, exported):
        assert said in shown
        assert ({UNSEEN, CLEAR} - {said}).pop() not in shown


@pytest.mark.parametrize(("happened", "status"), [(None, "unseen"), (seen, "clear"), (nobody_in, "unseen")])
def test_map_its_squares_and_the_api_have_the_status_of_the_list(browse, taskforce, happened, status):
    school = place(position=(120.9, 28.03))
    if happened:
        happened(school)
    browser = browse(taskforce)

    [point] = browser.get("/api/v1/map/?zoom=18").json()["features"]
    [square] = browser.get("/api/v1/map/?zoom=5").json()["features"]
    [listed] = browser.get("/api/v1/institutions/").json()["results"]
    file = browser.get(f"/api/v1/institutions/{school.pk}/").json()

    assert {point["properties"]["standing"], listed["standing"], file["standing"]} == {status}
    counts = {name: square["properties"][name] for name in ("count", *Status.values)}
    assert {name for name, count in counts.items() if count} == {"count", status}


@pytest.mark.parametrize(
    ("asked", "names"), [("unseen", {"甲培训"}), ("clear", {"乙培训"}), ("without_problems", {"甲培训", "乙培训"})]
)
def test_list_map_and_api_are_asked_for_who_was_never_seen(browse, taskforce, asked, names):
    place(position=(120.9, 28.03))
    visit_of(institution(name="乙培训", surveyed_on=SURVEYED, position=(120.9, 28.03)), after(3))
    browser = browse(taskforce)

    listed = browser.get("/institutions/", {"standing": asked})
    mapped = browser.get("/api/v1/map/", {"standing": asked, "zoom": "18"}).json()["features"]
    found = browser.get("/api/v1/institutions/", {"standing": asked}).json()["results"]

    assert {row.name for row in listed.context["page"]} == names
    assert {each["properties"]["name"] for each in mapped} == {each["name"] for each in found} == names


def test_legend_of_the_map_has_a_line_for_who_was_never_seen(browse, taskforce):
    page = browse(taskforce).get("/map/").content.decode()

    legend = page.split('id="legend"')[1].split("</ul>")[0]
    assert re.findall(r'data-standing="(unseen|clear)".*?<span>(\S+)</span></button>', legend) == [
        ("clear", CLEAR),
        ("unseen", UNSEEN),
    ]


def test_list_sorted_by_status_keeps_who_was_never_seen_together(browse, taskforce):
    for number in range(4):
        school = institution(name=f"{number}", surveyed_on=SURVEYED)
        if number % 2:
            seen(school)

    page = browse(taskforce).get("/institutions/", {"sort": "standing"}).context["page"]

    assert [row.institution.stands_as for row in page] == ["unseen", "unseen", "clear", "clear"]


def test_visit_to_what_was_merged_into_it_has_seen_it(browse, taskforce):
    stays, merged = place(), institution(name="甲培训部", surveyed_on=SURVEYED)
    seen(merged)
    merge_institutions(into=stays, merged=merged, by=taskforce, reason="同一家")

    listed = browse(taskforce).get("/institutions/").content.decode().split("<tbody>")[1]

    assert CLEAR in listed and UNSEEN not in listed


def test_list_of_a_past_day_says_what_was_known_then(browse, taskforce):
    school = place()
    visit_of(school, after(10), recorded=after(12))
    browser = browse(taskforce)

    def shown(day) -> str:
        return browser.get("/institutions/", {"as_of": str(day)}).content.decode().split("<tbody>")[1]

    assert UNSEEN in shown(after(9))
    assert CLEAR in shown(after(10))


def test_figure_and_its_list_hold_who_was_never_seen(browse, taskforce):
    place()

    answer = browse(taskforce).get("/institutions/", {"standing": "without_problems"})

    assert answer.context["page"].paginator.count == 1


def test_row_of_the_list_costs_no_query_of_its_own(browse, taskforce, django_assert_max_num_queries):
    place()
    browser = browse(taskforce)
    browser.get("/institutions/")

    with CaptureQueriesContext(
        connection,
    ) as one:
        browser.get("/institutions/")
    for number in range(5):
        institution(name=f"乙{number}")

    with django_assert_max_num_queries(len(one)):
        browser.get("/institutions/")


# --- What their licences lack


@pytest.fixture
def lacking(db):
    """Of 柳市镇 one of every status and of those that lack one more: ordered, voided, not surveyed, withdrawn; one
    elsewhere."""
    for status in LicenceStatus.values:
        institution(LIUSHI, name=status, status=status)
    round_of(institution(LIUSHI, name="已责令", status="none"), DAY - timedelta(days=9))
    round_of(institution(LIUSHI, name="已销号", status="none"), before(90), verified_on=before(60), outcome="closed")
    void(round_of(institution(LIUSHI, name="已作废", status="none"), DAY - timedelta(days=9)), DAY)
    institution(LIUSHI, name="未排摸", surveyed_on=None)
    institution(NEXT_TO_LIUSHI, name="别处", status="none")


def lines(answer) -> list[str]:
    return re.findall(r"(\d+) 家证照不全，尚未责令 → <a href=\"([^\"]+)\">查看</a>", answer.content.decode())


@pytest.mark.parametrize(("who", "expected"), [("inspector", 4), ("taskforce", 5)])
def test_line_of_today_counts_and_lists_the_same(request, browse, lacking, who, expected):
    browser = browse(request.getfixturevalue(who))

    [(count, address)] = lines(browser.get("/"))

    page = browser.get(address.replace("&amp;", "&")).context["page"]
    listed = {each.name for each in page.object_list}
    assert (int(count), page.paginator.count) == (expected, expected)
    assert listed - {"别处"} == {"registration_only", "permit_only", "none", "已作废"}


def test_line_is_left_out_where_nothing_is_lacking(browse, taskforce):
    institution(status="full")

    assert lines(browse(taskforce).get("/")) == []


def test_line_is_left_to_the_county(browse, lacking):
    """Each institution is looked at for it: not those of a city or a province."""
    institution("330381", name="邻县的")

    assert lines(browse(user_with("task_force", "3303", "city")).get("/")) == []


def test_condition_is_said_in_words_on_the_list(browse, taskforce, lacking):
    html = browse(taskforce).get("/institutions/?licence_status=not_full").content.decode()

    assert "证照不全（后三种）" in html
    assert '<option value="not_full" selected>' in html
