"""Where somebody starts: all that is theirs, where there is something to see; and names of divisions lead below."""

import pytest

from figures.places import ALL, first_to_see
from institutions.models import Division
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, move_of, round_of, seconded_from, user_with


@pytest.fixture
def townships(db):
    """Of a second county of the city, and of a second city of the province."""
    for code, level in (("330381", "county"), ("330381101", "township"), ("3301", "city"), ("330102", "county")):
        parent = code[: {"city": 2, "county": 4, "township": 6}[level]]
        Division.objects.get_or_create(code=code, defaults={"name": f"区划{code}", "level": level, "parent_id": parent})


def start(prefix: str, *schools: str) -> str:
    for township in schools:
        institution(township)
    return first_to_see(user_with("supervisor", prefix))


@pytest.mark.parametrize(
    ("prefix", "schools", "starts"),
    [
        ("33", [], "33"),
        ("33", [LIUSHI, PANSHI], "330382"),
        ("33", [LIUSHI], "330382"),  # nobody is led below a county
        ("33", [LIUSHI, "330381101"], "3303"),
        ("33", [LIUSHI, "330102"], "33"),
        ("3303", [LIUSHI, "330102"], "330382"),  # what is out of sight leads nobody
        ("33", ["3303"], "3303"),  # of the city, in none of its counties
        ("330382", [LIUSHI], "330382"),
        (LIUSHI, [], LIUSHI),
    ],
)
def test_somebody_starts_at_the_narrowest_division_that_holds_all_they_see(townships, prefix, schools, starts):
    assert start(prefix, *schools) == starts


def test_withdrawn_registration_leads_nobody(townships):
    institution(LIUSHI)
    institution("330102", withdrawn_at="2018-02-01T00:00:00Z")

    assert first_to_see(user_with("supervisor", "33")) == "330382"


@pytest.mark.parametrize(
    ("schools", "starts"), [([LIUSHI, NEXT_TO_LIUSHI], ALL), ([], ALL), ([NEXT_TO_LIUSHI], NEXT_TO_LIUSHI)]
)
def test_two_grants_start_at_both_unless_one_is_empty(db, schools, starts):
    for township in schools:
        institution(township)

    assert first_to_see(seconded_from("inspector", LIUSHI, "inspector", NEXT_TO_LIUSHI)) == starts


def test_leader_of_a_province_opens_the_county_that_has_everything(browse, townships):
    round_of(institution(LIUSHI), "2018-05-01")
    leader = user_with("supervisor", "33")

    today, statistics = browse(leader).get("/"), browse(leader).get("/statistics/")

    assert (today.context["question"].division, today.context["here"].total.surveyed) == ("330382", 1)
    assert statistics.context["found"].question.division == "330382"
    page = statistics.content.decode()
    assert '<a href="?division=3303&amp;as_of=' in page and '<a href="?division=33&amp;as_of=' in page  # the way up
    assert browse(leader).get("/statistics/?division=33").context["found"].question.division == "33"


def test_two_granted_townships_are_both_seen_on_today_list_and_map(browse, db):
    user = seconded_from("inspector", LIUSHI, "inspector", NEXT_TO_LIUSHI)
    for township in (LIUSHI, NEXT_TO_LIUSHI, PANSHI):
        round_of(institution(township, name=f"{township}家"), "2018-05-01", due_on="2018-06-01")
    browser = browse(user)

    today, listed, map_ = browser.get("/"), browser.get("/institutions/"), browser.get("/api/v1/map/")

    assert today.context["here"].total.surveyed == 2
    assert {each.institution.name for each in today.context["waiting"][0].rounds} == {
        f"{LIUSHI}家",
        f"{NEXT_TO_LIUSHI}家",
    }
    assert [each.name for each, _principal in listed.context["rows"]] == [f"{LIUSHI}家", f"{NEXT_TO_LIUSHI}家"]
    assert map_.json()["total"] == 2
    assert browser.get("/rectifications/").context["page"].paginator.count == 2
    assert "全部辖区" in today.content.decode()


# --- Names of divisions lead to the level below


def test_names_of_divisions_lead_below(browse, supervisor, db):
    round_of(institution(LIUSHI), "2018-05-01", due_on="2018-06-01")
    browser = browse(supervisor)

    city = browser.get("/statistics/?division=3303").content.decode()
    county = browser.get("/statistics/?division=330382").content.decode()

    assert '<a href="/statistics/?division=330382&amp;as_of=' in city
    assert f'<a href="/institutions/?division={LIUSHI}&amp;as_of=' in county
    assert f'<a href="/institutions/?division={LIUSHI}">柳市镇</a>' in browser.get("/").content.decode()
    assert f'<a href="?standing=overdue&amp;division={LIUSHI}">柳市镇</a>' in (
        browser.get("/institutions/?standing=overdue").content.decode()
    )
    assert f'<a href="?division={LIUSHI}">柳市镇</a>' in browser.get("/rectifications/").content.decode()


def test_every_link_of_a_division_opens(browse, supervisor, db):
    institution("330382")  # in the county, in none of its townships
    institution(LIUSHI)
    browser = browse(supervisor)
    page = browser.get("/statistics/?division=330382")

    rows = page.context["found"].divisions

    assert "330382000" in {row.key for row in rows}
    for row in rows:
        assert browser.get(f"/institutions/?division={row.key}&as_of=2018-12-31").status_code == 200
    assert '<a href="/institutions/?division=330382000' in page.content.decode()


def test_what_lies_in_none_of_a_citys_counties_has_a_list_and_no_level_below(browse, supervisor, db):
    moved = institution(LIUSHI)
    move_of(moved, "3303", "2018-06-01")
    browser = browse(supervisor)

    page = browser.get("/statistics/?division=3303").content.decode()

    assert '<a href="/institutions/?division=330300' in page
    assert "/statistics/?division=330300" not in page
    assert browser.get("/institutions/?division=330300").context["page"].paginator.count == 1
