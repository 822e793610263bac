"""The lists people work in: sorted by a column, paged, with the columns one chose, and the way back to them."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from figures.columns import INSTITUTION_COLUMNS, LEDGER_COLUMNS
from inspections.models import Oddity
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    PANSHI,
    at,
    day,
    hand,
    institution,
    licence_of,
    move_of,
    rename_of,
    round_of,
    strike_off,
    visit_of,
    withdraw_survey_of,
)

AS_OF = "as_of=2018-12-31"
SORTED = [each.name for each in INSTITUTION_COLUMNS if each.order]
SORTED_ROUNDS = [each.name for each in LEDGER_COLUMNS if each.order]


@pytest.fixture
def asked(browse, taskforce):
    """The names that a list shows, in its order."""

    def names(query: str, path: str = "/institutions/") -> list[str]:
        answer = browse(taskforce).get(f"{path}?{query}")
        return [(each if hasattr(each, "name") else each.institution).name for each in answer.context["page"]]

    return names


@pytest.fixture
def four(db):
    """乙 overdue, 丙 open, 甲 clear and licensed, 丁 not surveyed; only 乙 and 甲 were visited."""
    clear = institution(LIUSHI, name="甲", status="full", surveyed_on="2018-03-01")
    licence_of(clear, "permit")
    licence_of(clear, "registration")
    visit_of(clear, "2018-09-09")
    late = institution(NEXT_TO_LIUSHI, name="乙", status="none", surveyed_on="2018-05-01")
    round_of(late, "2018-10-01", due_on="2018-11-01")
    visit_of(late, "2018-10-01")
    waiting = institution(LIUSHI, name="丙", status="registration_only", surveyed_on="2018-04-01")
    licence_of(waiting, "registration")
    round_of(waiting, "2018-12-01", due_on="2019-01-15")
    institution(LIUSHI, name="丁", surveyed_on=None)


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("standing", "乙丙丁甲"),
        ("licence_status", "乙丙甲丁"),
        ("licence_now", "丁乙丙甲"),
        ("surveyed_on", "甲丙乙丁"),
        ("due_on", "乙丙丁甲"),
        ("last_visit_on", "甲乙丁丙"),
    ],
)
def test_list_is_sorted_by_a_column_and_what_has_no_value_comes_last(four, asked, column, order):
    assert "".join(asked(f"{AS_OF}&sort={column}")) == order


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("surveyed_on", "乙丙甲丁"),
        ("due_on", "丙乙丁甲"),
        ("last_visit_on", "乙甲丁丙"),
        ("standing", "甲丁丙乙"),
    ],
)
def test_list_is_sorted_from_the_other_end(four, asked, column, order):
    assert "".join(asked(f"{AS_OF}&sort=-{column}")) == order


def test_township_and_name_are_sorted_both_ways(four, asked):
    assert asked(f"{AS_OF}&sort=name") == sorted("甲乙丙丁")
    assert asked(f"{AS_OF}&sort=-name") == sorted("甲乙丙丁", reverse=True)
    assert asked(f"{AS_OF}&sort=township") == asked(AS_OF) == [*sorted("甲丙丁"), "乙"]
    assert asked(f"{AS_OF}&sort=-township") == ["乙", *sorted("甲丙丁")]


def test_order_is_that_of_the_day_asked_for(db, asked):
    """On 31 October 一 was still called 龙, was overdue first, and its first survey counted."""
    first, second = institution(name="一", surveyed_on="2018-03-01"), institution(name="五", surveyed_on="2018-04-01")
    rename_of(first, "龙", "2018-01-01")
    rename_of(first, "一", "2018-11-15")
    round_of(first, "2018-09-01", due_on="2018-10-01", extensions=[("2018-11-20", "2019-03-01")])
    round_of(second, "2018-09-01", due_on="2018-11-01")
    withdraw_survey_of(first, "2018-11-20", instead=("2018-05-01", "none"))
    then, now = "as_of=2018-10-31&known_at=2018-10-31T20:00:00%2B08:00", AS_OF

    assert [asked(f"{day}&sort=name") for day in (then, now)] == [["五", "龙"], ["一", "五"]]
    assert [asked(f"{day}&sort=due_on") for day in (then, now)] == [["龙", "五"], ["五", "一"]]
    assert [asked(f"{day}&sort=surveyed_on") for day in (then, now)] == [["龙", "五"], ["五", "一"]]


@pytest.mark.parametrize("column", SORTED)
def test_pages_of_a_sorted_list_hold_every_row_once(db, asked, column):
    for number in range(9):
        institution(name=f"同{number}")

    shown = [name for page in (1, 2, 3) for name in asked(f"{AS_OF}&sort=-{column}&page_size=3&page={page}")]

    assert sorted(shown) == [f"同{number}" for number in range(9)]


@pytest.mark.parametrize("column", SORTED_ROUNDS)
def test_pages_of_a_sorted_ledger_hold_every_row_once(db, asked, column):
    for number in range(9):
        round_of(institution(name=f"同{number}"), "2018-05-01", verified_on="2018-06-01")

    query = f"state=verified&sort={column}&page_size=3"
    shown = [name for page in (1, 2, 3) for name in asked(f"{query}&page={page}", "/rectifications/")]

    assert sorted(shown) == [f"同{number}" for number in range(9)]


def test_ledger_is_sorted_by_what_its_heads_name(db, asked):
    round_of(institution(NEXT_TO_LIUSHI, name="甲"), "2018-06-01", due_on="2018-12-01")
    round_of(institution(LIUSHI, name="乙"), "2018-05-01", due_on="2018-12-09")

    path = "/rectifications/"
    assert [asked(f"sort={sort}", path) for sort in ("due_on", "-due_on", "ordered_on", "-ordered_on", "township")] == [
        ["甲", "乙"], ["乙", "甲"], ["乙", "甲"], ["甲", "乙"], ["乙", "甲"],
    ]  # fmt: skip


def test_order_of_a_ledger_is_that_of_the_day_asked_for(db, asked):
    """On 31 October 一 was still called 龙, lay in Liushi, was submitted first, and nothing was struck off."""
    first, second = institution(LIUSHI, name="一"), institution(NEXT_TO_LIUSHI, name="五")
    rename_of(first, "龙", "2018-01-01")
    rename_of(first, "一", "2018-11-15")
    move_of(first, PANSHI, "2018-11-15")
    late = round_of(first, "2018-09-01", due_on="2019-03-01", submitted_on="2018-09-05")
    round_of(second, "2018-09-01", due_on="2019-01-01", submitted_on="2018-10-01")
    visit = visit_of(first, "2018-09-20", round_=late)
    Oddity.objects.create(visit=visit, kind="same_photo", other=visit_of(second, "2018-11-20"), facts={"pairs": []})
    by, known = hand("checker"), at("2018-11-20")
    late.move_to("returned", kind="returned", by=by, on=day("2018-11-20"), at=known, columns={})
    strike_off(late, "2018-11-21")
    then, now = "as_of=2018-10-31&known_at=2018-10-31T20:00:00%2B08:00&figure=with_problems", "figure=with_problems"

    def sorted_by(column: str) -> list[str]:
        return ["".join(asked(f"{when}&sort={column}", "/rectifications/")) for when in (then, now)]

    assert sorted_by("name") == ["五一", "一五"]
    assert sorted_by("township") == ["一五", "五一"]
    assert sorted_by("submitted_on") == ["一五", "五一"]
    assert sorted_by("verified_on") == ["五一", "一五"]
    assert sorted_by("oddities") == ["五一", "一五"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/institutions/", "sort=phone"),
        ("/institutions/", "sort=--name"),
        ("/institutions/", "columns=name,password"),
        ("/institutions/", "page=first"),
        ("/institutions/", "format=pdf"),
        ("/rectifications/", "sort=principal"),
        ("/rectifications/", "columns=nothing"),
    ],
)
def test_shape_that_is_not_understood_is_refused_by_name(browse, taskforce, path, query):
    answer = browse(taskforce).get(f"{path}?{query}")

    name, given = query.split("=")
    assert answer.status_code == 422
    assert f'<a href="#id_{name}">“{given.split(",")[-1]}”不可用' in answer.content.decode()


@pytest.mark.parametrize("path", ["/institutions/?sort=-name", "/rectifications/?sort=-due_on"])
def test_more_rows_than_can_be_sorted_are_refused_with_what_to_do(db, browse, taskforce, monkeypatch, path):
    monkeypatch.setattr("desk.views.lists.MOST_SORTED", 1)
    for _number in range(2):
        round_of(institution(), "2018-05-01")

    answer = browse(taskforce).get(path)
    plain = browse(taskforce).get(path.split("?")[0])

    assert answer.status_code == 422
    assert "共 2 行，超过 1 行不能另行排序。请先选辖区或加条件。" in answer.content.decode()
    assert (plain.status_code, 'href="?sort=' in plain.content.decode()) == (200, False)


def head_of(page: str, name: str) -> tuple[str, str]:
    """What a head says of its order, and the query it leads to."""
    said, query = re.search(rf'<th scope="col"([^>]*)><a href="\?([^"]*)">{name}<', page).groups()
    return said.strip(), query.replace("&amp;", "&")


def test_head_says_how_it_is_sorted_and_leads_to_the_other_way(four, browse, taskforce):
    page = browse(taskforce).get(f"/institutions/?{AS_OF}&figure=with_problems&sort=due_on&page=1").content.decode()

    assert head_of(page, "整改期限")[0] == 'aria-sort="ascending"'
    assert parse_qs(head_of(page, "整改期限")[1]) == {
        "as_of": ["2018-12-31"],
        "figure": ["with_problems"],
        "sort": ["-due_on"],
    }
    assert head_of(page, "最近检查")[0] == ""
    assert parse_qs(head_of(page, "最近检查")[1])["sort"] == ["last_visit_on"]
    assert page.count("aria-sort") == 1


def test_list_in_its_own_order_says_so_in_its_head(four, browse, taskforce):
    page = browse(taskforce).get(f"/institutions/?{AS_OF}").content.decode()

    assert page.count("aria-sort") == 1
    assert head_of(page, "乡镇（街道）")[0] == 'aria-sort="ascending"'


# --- Pages


def test_one_jumps_to_a_page_and_the_last_one_stands_for_those_behind_it(db, browse, taskforce):
    for number in range(9):
        institution(name=f"同{number}")
    browser = browse(taskforce)

    third = browser.get("/institutions/?page_size=3&page=3&q=同")
    beyond = browser.get("/institutions/?page_size=3&page=99&q=同")

    assert third.context["page"].number == beyond.context["page"].number == 3
    jump = re.search(r'<nav class="pages".*?</nav>', third.content.decode(), re.S).group()
    assert '<input type="number" name="page" min="1" max="3" value="3" required>' in jump
    assert '<input type="hidden" name="q" value="同">' in jump
    assert '<input type="hidden" name="page_size" value="3">' in jump


@pytest.mark.parametrize("size", [25, 50, 100, 200])
def test_page_size_is_offered_where_there_are_more_rows_than_the_smallest(db, browse, taskforce, size):
    for number in range(26):
        institution(name=f"同{number}")

    page = browse(taskforce).get(f"/institutions/?page_size={size}&q=同").content.decode()

    assert re.search(rf'<a href="[^"]*page_size={size}[^"]*" aria-current="true">{size}</a>', page)
    assert page.count('aria-current="true"') == 1
    assert f"(1–{min(size, 26)} / 26)" in page


# --- Columns


def columns_of(answer) -> list[str]:
    return [each.name for each in answer.context["shape"].columns]


def choose(browser, list_name: str, columns: list[str], asked: str = "", sort: str = "", **more) -> str:
    """Where the choice of columns leads to."""
    sent = {"list": list_name, "columns": columns, "asked": asked, "sort": sort, **more}
    return browser.post("/lists/columns/", sent).url


def test_columns_chosen_are_in_the_url_and_remembered_for_who_chose_them(four, browse, taskforce):
    browser = browse(taskforce)

    led = choose(browser, "institutions", ["name", "credit_code", "due_on"], f"{AS_OF}&page=2", "due_on")
    answer = browser.get(led)
    later = browser.get("/institutions/?standing=open")

    assert led == f"/institutions/?{AS_OF}&columns=name,credit_code,due_on&sort=due_on"
    assert columns_of(answer) == ["name", "due_on", "credit_code"]  # in the order in which they are offered
    assert later.url == "/institutions/?standing=open&columns=name,credit_code,due_on"


def test_columns_of_a_link_are_shown_and_not_remembered(four, browse, taskforce):
    browser = browse(taskforce)

    sent = browser.get("/institutions/?columns=name,address")
    own = browser.get("/institutions/")

    assert columns_of(sent) == ["name", "address"]
    assert (own.status_code, len(columns_of(own))) == (200, 8)


def test_columns_last_chosen_are_forgotten_on_demand(four, browse, taskforce):
    browser = browse(taskforce)
    choose(browser, "rectifications", ["name", "state"])

    led = choose(
        browser, "rectifications", ["name"], "state=overdue&columns=name,state&sort=-name", "-name", default="1"
    )

    assert (led, browser.get(led).status_code) == ("/rectifications/?state=overdue", 200)


def test_columns_of_one_list_are_not_those_of_the_other(four, browse, taskforce):
    browser = browse(taskforce)

    choose(browser, "rectifications", ["name", "state"])

    assert browser.get("/institutions/").status_code == 200
    assert browser.get("/rectifications/").url == "/rectifications/?columns=name,state"


def test_choice_of_columns_leads_to_no_other_place(four, browse, taskforce):
    browser = browse(taskforce)

    led = choose(browser, "institutions", ["name", "password"], "//elsewhere.example/?x=1")

    assert led.startswith("/institutions/?")
    assert led.endswith("&columns=name")
    assert browser.post("/lists/columns/", {"list": "admin:index", "columns": "name"}).status_code == 404
    assert browser.get("/lists/columns/").status_code == 405


def test_form_for_columns_carries_the_question(four, browse, taskforce):
    page = browse(taskforce).get(f"/institutions/?{AS_OF}&standing=open&columns=name,due_on").content.decode()

    form = re.search(r'<details class="columns.*?</details>', page, re.S).group()
    assert 'name="asked" value="as_of=2018-12-31&amp;standing=open&amp;columns=name%2Cdue_on"' in form
    assert re.findall(r'value="(\w+)" checked', form) == ["due_on"]


def test_every_column_is_shown_when_it_is_chosen(four, browse, taskforce):
    for path, offered in (("/institutions/", INSTITUTION_COLUMNS), ("/rectifications/", LEDGER_COLUMNS)):
        names = [each.name for each in offered]

        page = browse(taskforce).get(f"{path}?columns={','.join(names)}").content.decode()

        assert len(re.findall("<th ", page)) == len(names)
        assert [head for each in offered if f">{(head := str(each.head))}<" not in page] == []


def test_people_in_a_list_are_masked_also_for_who_may_see_it(db, browse, taskforce, auditor):
    institution(name="甲", phone="13800001111", principal="王某某")

    shown = [
        browse(user).get("/institutions/?columns=name,principal,phone").content.decode()
        for user in (taskforce, auditor)
    ]

    assert [("138****1111" in page, "13800001111" in page) for page in shown] == [(True, False)] * 2
    assert [("王某某" in page, "王**" in page) for page in shown] == [(False, True)] * 2


# --- The way back


LISTS = ["/institutions/?standing=open&sort=-due_on&page=2", "/rectifications/?state=overdue&q=甲"]


def way_back(page: str) -> tuple[str, bool]:
    """Where the page leads back to, and whether it says so."""
    nav = re.search(r'<nav class="way-back[^>]*>', page).group()
    return re.search(r'data-way="back" href="([^"]*)"', page).group(1).replace("&amp;", "&"), "hidden" not in nav


@pytest.mark.parametrize("came", LISTS)
def test_file_and_round_lead_back_to_the_list_and_the_row_one_came_from(db, browse, taskforce, came):
    round_ = round_of(institution(name="甲"), "2018-05-01")
    for row in (round_, round_.institution):
        page = browse(taskforce).get(row.get_absolute_url(), HTTP_REFERER=f"http://testserver{came}").content.decode()

        assert way_back(page) == (f"{came}#r-{row.pk}", True)


@pytest.mark.parametrize(
    "came",
    ["", "http://elsewhere.example/institutions/?page=2", "http://testserver/map/", "http://testserver/institutions/new/",
     "javascript:alert(1)", "http://[", "http://testserver:99/institutions/"],
)  # fmt: skip
def test_page_one_came_from_is_no_way_back_unless_it_is_a_list_of_ours(db, browse, taskforce, came):
    page = browse(taskforce).get(institution(name="甲").get_absolute_url(), HTTP_REFERER=came).content.decode()

    assert way_back(page) == ("", False)


def test_row_of_a_list_has_the_place_the_way_back_leads_to(db, browse, taskforce):
    round_ = round_of(institution(name="甲"), "2018-05-01")

    pages = [browse(taskforce).get(path).content.decode() for path in ("/institutions/", "/rectifications/")]

    assert [f'<tr id="r-{row.pk}">' in page for page, row in zip(pages, (round_.institution, round_), strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("path", ["/institutions/", "/rectifications/"])
def test_view_that_is_sent_to_a_colleague_keeps_its_shape_when_asked_otherwise(four, browse, taskforce, path):
    query = "sort=-name&page_size=25&columns=name,address"
    page = browse(taskforce).get(f"{path}?{query}").content.decode()

    form = re.search(r'<form method="get"[^>]*role="search">.*?</form>', page, re.S).group()
    kept = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form))
    assert {name: kept.get(name) for name in ("sort", "page_size", "columns")} == {
        name: values[0] for name, values in parse_qs(urlsplit(f"?{query}").query).items()
    }


def test_condition_that_is_taken_away_leaves_order_and_columns(four, browse, taskforce):
    query = "standing=open&sort=-name&page_size=25&columns=name,address&page=1"
    page = browse(taskforce).get(f"/institutions/?{query}").content.decode()

    without = re.search(r'<ul class="asked".*?href="([^"]*)"', page, re.S).group(1).replace("&amp;", "&")
    assert without == "?division=330382&sort=-name&page_size=25&columns=name,address"
