"""A question about a past day tells what held on that day, as known at the moment: place, name, survey, licences."""

import pytest

from figures.drilldown import Drilldown
from figures.statistics import completion, members, population
from institutions.models import Division, Institution
from institutions.moments import Moment
from institutions.past import as_listed
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    division_rename_of,
    institution,
    licence_of,
    move_of,
    rename_of,
    round_of,
    visit_of,
    withdraw_survey_of,
    withdraw_visit_of,
)

NOW = "2026-01-01"
ELSEWHERE = "330381"


def surveyed(on: str, known: str = NOW, division: str = "330382") -> dict[str, int]:
    """Institutions surveyed by child division, those with none left out."""
    rows = completion(division, Moment(day(on), at(known)), by="division").rows
    return {row.key: row.figures.surveyed for row in rows if row.figures.surveyed}


def listed(division: str, on: str, known: str = NOW) -> list[tuple[str, str]]:
    """(name, division) of the institutions surveyed in a division, in the order of lists."""
    moment = Moment(day(on), at(known))
    found = members("surveyed", population(division, moment), moment).in_list_order(moment)
    return [(each.name, each.division_name) for each in as_listed(found, moment)]


@pytest.fixture
def ask(taskforce):
    def names(on: str, known: str = NOW, **query) -> list[str]:
        question = Drilldown.from_query({"division": "330382", "as_of": on} | query, taskforce)
        found = question.institutions(taskforce, Moment(day(on), at(known)))
        return [each.name for each in as_listed(found.in_list_order(question.moment), question.moment)]

    return names


# --- Where it was


def test_institution_that_moved_is_counted_where_it_was_on_the_day(db):
    move_of(institution(LIUSHI, name="甲"), NEXT_TO_LIUSHI, "2018-07-01")

    assert surveyed("2018-06-30") == {LIUSHI: 1}
    assert surveyed("2018-07-01") == {NEXT_TO_LIUSHI: 1}
    assert listed(LIUSHI, "2018-06-30") == [("甲", "柳市镇")]
    assert listed(LIUSHI, "2018-07-01") == []


def test_move_that_became_known_late_is_not_in_what_was_known_before(db):
    move_of(institution(LIUSHI), NEXT_TO_LIUSHI, "2018-07-01", recorded="2018-09-01")

    assert surveyed("2018-07-31", known="2018-08-31") == {LIUSHI: 1}
    assert surveyed("2018-07-31", known="2018-09-01") == {NEXT_TO_LIUSHI: 1}


def test_move_that_was_withdrawn_is_still_in_what_was_known_before(db):
    move_of(institution(LIUSHI), NEXT_TO_LIUSHI, "2018-07-01", withdrawn="2018-09-01")

    assert surveyed("2018-07-31", known="2018-08-31") == {NEXT_TO_LIUSHI: 1}
    assert surveyed("2018-07-31", known="2018-09-01") == {LIUSHI: 1}


def test_of_two_places_from_one_day_the_one_recorded_later_holds(db):
    school = institution(LIUSHI)
    move_of(school, NEXT_TO_LIUSHI, "2018-07-01")
    move_of(school, "330382001", "2018-07-01", recorded="2018-08-01")

    assert surveyed("2018-12-31", known="2018-07-31") == {NEXT_TO_LIUSHI: 1}
    assert surveyed("2018-12-31") == {"330382001": 1}


def test_children_add_up_to_their_parents_on_every_day_of_a_move_out_of_the_county(db):
    institution(LIUSHI)
    move_of(institution(LIUSHI), ELSEWHERE, "2018-07-01")

    assert (surveyed("2018-06-30", division="3303"), surveyed("2018-06-30")) == ({"330382": 2}, {LIUSHI: 2})
    assert surveyed("2018-07-01", division="3303") == {"330381": 1, "330382": 1}
    assert surveyed("2018-07-01") == {LIUSHI: 1}


def test_list_is_in_the_order_of_the_places_and_names_of_the_day(db):
    move_of(institution("330382121", name="乙"), "330382001", "2018-07-01")
    institution(LIUSHI, name="丙")
    rename_of(institution(LIUSHI, name="丁"), "甲", "2018-07-01")

    assert [name for name, _division in listed("330382", "2018-06-30")] == ["丁", "丙", "乙"]
    assert [name for name, _division in listed("330382", "2018-07-01")] == ["乙", "丙", "甲"]


def test_scope_follows_the_present_place(inspector, outsider):
    """An inspector does not see what has left his township since, also of the days when it was there."""
    school = institution(LIUSHI)
    move_of(school, NEXT_TO_LIUSHI, "2018-07-01")
    june = Moment(day("2018-06-30"), at(NOW))

    def seen(user, division):
        within = Institution.objects.visible_to(user)
        return completion(division, june, within=within).total.surveyed

    assert seen(inspector, LIUSHI) == 0
    assert seen(outsider, NEXT_TO_LIUSHI) == 0
    assert list(Institution.objects.visible_to(outsider)) == [school]


# --- What it was called


def test_list_and_search_say_the_name_of_the_day(ask):
    rename_of(institution(name="旧名"), "新名", "2018-07-01", recorded="2018-09-01")

    assert ask("2018-06-30") == ["旧名"]
    assert ask("2018-07-01") == ["新名"]
    assert ask("2018-07-01", known="2018-08-31", q="新名") == []
    assert ask("2018-07-01", known="2018-09-01", q="新名") == ["新名"]


def test_division_is_called_as_it_was_called_on_the_day_as_known_then(db):
    division_rename_of(LIUSHI, "柳市街道", "2018-07-01", recorded="2018-09-01")
    institution(LIUSHI, name="甲")

    def called(on, known=NOW):
        parts = completion("330382", Moment(day(on), at(known)), by="division").rows
        whole = completion(LIUSHI, Moment(day(on), at(known)))
        return {row.key: row.name for row in parts}[LIUSHI], whole.name, *dict(listed(LIUSHI, on, known)).values()

    assert called("2018-06-30") == ("柳市镇", "柳市镇", "柳市镇")
    assert called("2018-07-01") == ("柳市街道", "柳市街道", "柳市街道")
    assert called("2018-07-01", known="2018-08-31") == ("柳市镇", "柳市镇", "柳市镇")


def test_children_of_a_day_are_those_in_force_and_those_that_hold_anybody(db):
    Division.objects.filter(pk__in=[LIUSHI, NEXT_TO_LIUSHI]).update(in_force_to=day("2018-06-30"))
    Division.objects.create(
        code="330382199", name="新街道", level="township", parent_id="330382", in_force_from=day("2018-07-01")
    )
    institution(NEXT_TO_LIUSHI)

    def children(on):
        rows = completion("330382", Moment(day(on), at(NOW)), by="division").rows
        return {row.key: row.name for row in rows}

    june, july = children("2018-06-30"), children("2018-07-01")
    assert june.keys() - july.keys() == {LIUSHI}
    assert july.keys() - june.keys() == {"330382199"}
    assert july[NEXT_TO_LIUSHI] == june[NEXT_TO_LIUSHI] != NEXT_TO_LIUSHI


# --- What was surveyed


def test_withdrawn_survey_counts_in_what_was_known_before(db):
    withdraw_survey_of(institution(surveyed_on="2018-04-02"), "2018-09-01")

    assert surveyed("2018-12-31", known="2018-08-31") == {LIUSHI: 1}
    assert surveyed("2018-12-31", known="2018-09-01") == {}


def test_survey_that_counts_instead_counts_from_the_withdrawal_on(ask):
    withdraw_survey_of(
        institution(name="甲", surveyed_on="2018-04-02", status="none"), "2018-09-01", instead=("2018-06-01", "full")
    )

    def statuses(on, known):
        rows = completion("330382", Moment(day(on), at(known)), by="licence_status").rows
        return [row.key for row in rows if row.figures.surveyed]

    assert (statuses("2018-05-31", "2018-08-31"), statuses("2018-05-31", "2018-09-01")) == (["none"], [])
    assert (statuses("2018-06-01", "2018-08-31"), statuses("2018-06-01", "2018-09-01")) == (["none"], ["full"])
    assert ask("2018-06-01", known="2018-08-31", licence_status="none") == ["甲"]
    assert ask("2018-06-01", known="2018-08-31", licence_status="full") == []
    assert ask("2018-06-01", licence_status="full", figure="surveyed") == ["甲"]
    assert ask("2018-05-31", known="2018-09-01", standing="unsurveyed") == ["甲"]


def test_list_tells_the_survey_that_counted(db):
    school = institution(surveyed_on="2018-04-02", status="none")
    withdraw_survey_of(school, "2018-09-01", instead=("2018-06-01", "full"))

    def told(on, known):
        [each] = as_listed([Institution.objects.get()], Moment(day(on), at(known)))
        return str(each.surveyed_on), each.licence_status

    assert told("2018-12-31", "2018-08-31") == ("2018-04-02", "none")
    assert told("2018-12-31", "2018-09-01") == ("2018-06-01", "full")
    assert told("2018-05-31", "2018-09-01") == ("None", "")


# --- Licences, visits, closures


@pytest.mark.parametrize(
    ("columns", "known", "expected"),
    [
        ({}, "2018-05-31", ["none"]),  # not on file yet
        ({}, "2018-06-01", ["permit_only"]),
        ({"revoked_on": day("2018-07-01"), "revoked_recorded_at": at("2018-09-01")}, "2018-08-31", ["permit_only"]),
        ({"revoked_on": day("2018-07-01"), "revoked_recorded_at": at("2018-09-01")}, "2018-09-01", ["none"]),
        ({"withdrawn_at": at("2018-09-01")}, "2018-08-31", ["permit_only"]),
        ({"withdrawn_at": at("2018-09-01")}, "2018-09-01", ["none"]),
    ],
)
def test_licence_now_is_of_the_day_as_known_then(ask, columns, known, expected):
    licence_of(institution(name="甲"), "permit", "2018-05-01", recorded_at=at("2018-06-01"), **columns)

    found = [status for status in ("none", "permit_only") if ask("2018-07-31", known=known, licence_now=status)]

    assert found == expected


def test_what_was_closed_later_was_unvisited_before(ask):
    school = institution(name="甲")
    round_of(school, "2018-05-01", verified_on="2018-07-01", verified_recorded="2018-09-01", outcome="closed")

    assert ask("2018-06-30", unvisited="ever") == ["甲"]
    assert ask("2018-07-01", known="2018-08-31", unvisited="ever") == ["甲"]
    assert ask("2018-07-01", known="2018-09-01", unvisited="ever") == []


def test_what_was_closed_then_and_ordered_again_later_was_not_unvisited(ask):
    school = institution(name="甲")
    round_of(school, "2018-05-01", verified_on="2018-07-01", outcome="closed")
    round_of(school, "2018-08-01")

    assert ask("2018-07-31", unvisited="ever") == []
    assert ask("2018-08-01", unvisited="ever") == ["甲"]


def test_withdrawn_visit_counts_in_what_was_known_before(ask):
    withdraw_visit_of(visit_of(institution(name="甲"), "2018-05-01", findings=("T01",)), "2018-09-01")

    assert ask("2018-05-31", known="2018-08-31", finding_type="T01") == ["甲"]
    assert ask("2018-05-31", known="2018-09-01", finding_type="T01") == []
    assert ask("2018-05-31", known="2018-08-31", unvisited="ever") == []
    assert ask("2018-05-31", known="2018-09-01", unvisited="ever") == ["甲"]


# --- On pages and in files


@pytest.fixture
def moved_and_renamed(db):
    """Since the first of July another township, another name, and the old township is called otherwise."""
    school = institution(LIUSHI, name="旧名", operating_address="老路1号", position=(120.90, 28.03))
    round_of(school, "2018-05-01", due_on="2018-06-01")
    move_of(school, NEXT_TO_LIUSHI, "2018-07-01", address="新路2号")
    rename_of(school, "新名", "2018-07-01")
    division_rename_of(LIUSHI, "柳市街道", "2018-07-01")
    return school


def test_page_export_and_api_list_what_held_on_the_day(moved_and_renamed, taskforce, browse, api):
    query = f"/institutions/?as_of=2018-06-30&division={LIUSHI}"

    [row] = browse(taskforce).get(query).context["page"]
    csv = b"".join(browse(taskforce).get(f"{query}&format=csv").streaming_content).decode()
    [told] = api(taskforce).get(f"/api/v1{query}").json()["results"]

    assert (row.name, row.division_name) == ("旧名", "柳市镇")
    assert "旧名,柳市镇,逾期,无证无照," in csv
    assert "老路1号" in csv
    expected = {"name": "旧名", "division": LIUSHI, "division_name": "柳市镇", "operating_address": "老路1号"}
    assert {name: told[name] for name in expected} == expected
    assert "柳市镇" in browse(taskforce).get(query).content.decode()


def test_map_tells_name_and_township_of_the_day(moved_and_renamed, taskforce, api):
    answer = api(taskforce).get(f"/api/v1/map/?as_of=2018-06-30&division={LIUSHI}&zoom=18").json()

    [feature] = answer["features"]
    assert (feature["properties"]["name"], feature["properties"]["township"]) == ("旧名", "柳市镇")


def test_completion_of_the_api_tells_the_names_of_the_day(moved_and_renamed, taskforce, api):
    query = "/api/v1/statistics/completion/?division=330382&by=division&as_of="

    june, july = (api(taskforce).get(query + on).json()["rows"] for on in ("2018-06-30", "2018-07-31"))

    counted = [{row["key"]: row["name"] for row in rows if row["surveyed"]} for rows in (june, july)]
    assert counted[0] == {LIUSHI: "柳市镇"}
    assert list(counted[1]) == [NEXT_TO_LIUSHI]
    assert {row["key"]: row["name"] for row in july}[LIUSHI] == "柳市街道"


def test_ceased_day_of_the_api_is_of_the_day(taskforce, api):
    school = institution(ceased_on=day("2018-07-01"))
    round_of(school, "2018-05-01", verified_on="2018-07-01", outcome="closed")

    june, july = (
        api(taskforce).get(f"/api/v1/institutions/?as_of={on}").json()["results"][0]["ceased_on"]
        for on in ("2018-06-30", "2018-07-31")
    )

    assert (june, july) == (None, "2018-07-01")
