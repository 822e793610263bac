"""Figures and lists to the letter: whose deadline, whose visit, whose division; and what leaves as a table."""

import csv
import io
import time
from datetime import date

import pytest

from figures.conditions import in_words
from figures.drilldown import Drilldown
from figures.exports import NO_MOMENT, table_workbook
from figures.standing import due_on
from institutions.models import Division, Institution
from institutions.moments import Moment
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, day, institution, move_of, round_of, visit_of

# --- The deadline of a list


def due(school: Institution, on: str) -> date | None:
    """What a list of the day says of an institution's deadline."""
    rows = Institution.objects.annotate(due=due_on(Moment(day(on), at("2020-01-01"))))
    return rows.get(pk=school.pk).due


def test_deadline_is_the_earliest_of_the_rounds_that_were_open_then(db):
    school = institution()
    round_of(school, "2018-01-05", due_on="2018-01-10", verified_on="2018-01-20")
    round_of(school, "2018-05-01", due_on="2018-06-30", verified_on="2019-01-01")
    round_of(school, "2018-05-02", due_on="2018-05-30", verified_on="2019-01-01")
    round_of(school, "2018-05-03", due_on="2018-07-30", verified_on="2019-01-01")

    assert due(school, "2018-05-15") == date(2018, 5, 30)


def test_deadline_is_that_of_the_institutions_own_round(db):
    round_of(institution(), "2018-05-01", due_on="2018-05-10")
    school, without = institution(), institution()
    round_of(school, "2018-05-01", due_on="2018-05-20")

    assert (due(school, "2018-05-05"), due(without, "2018-05-05")) == (date(2018, 5, 20), None)


def test_deadline_of_a_round_that_was_struck_off_is_none(db):
    school = institution()
    round_of(school, "2018-05-01", due_on="2018-05-20", verified_on="2018-05-15")

    assert (due(school, "2018-05-14"), due(school, "2018-05-15")) == (date(2018, 5, 20), None)


@pytest.mark.parametrize("extended_first", [True, False])
def test_of_two_rounds_open_on_a_day_the_deadline_of_that_day_that_comes_first_is_shown(db, extended_first):
    """The next was ordered from the office for a day before the strike-off; one was extended after the day asked for."""
    school = institution()
    extended = {"due_on": "2018-05-10", "extensions": [("2018-05-09", "2018-12-31")]}
    plain = {"due_on": "2018-06-10"}
    first, second = (extended, plain) if extended_first else (plain, extended)
    round_of(school, "2018-05-01", verified_on="2018-05-20", **first)
    round_of(school, "2018-05-02", **second)

    assert due(school, "2018-05-05") == date(2018, 5, 10)


# --- The last visit of a list


def last_visit(client, school: Institution, **asked: str) -> str:
    answer = client.get("/institutions/", {"format": "csv"} | asked)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return next(row for row in csv.DictReader(io.StringIO(text)) if school.name in row.values())["最近检查"]


def test_last_visit_is_the_last_by_the_day_and_as_known_then(browse, taskforce):
    school = institution()
    visit_of(institution(), "2018-06-30")
    for on, recorded in (("2018-05-01", None), ("2018-06-01", "2018-06-20"), ("2018-07-01", None)):
        visit_of(school, on, recorded=recorded)
    asked = browse(taskforce)

    assert last_visit(asked, school) == "2018-07-01"
    assert last_visit(asked, school, as_of="2018-06-15") == "2018-06-01"
    assert last_visit(asked, school, as_of="2018-06-15", known_at="2018-06-16T12:00") == "2018-05-01"


# --- The divisions


def parts(client, division: str) -> list[tuple[str, str, int]]:
    answer = client.get("/api/v1/statistics/completion/", {"division": division, "by": "division"}).json()
    return [(row["key"], row["name"], row["surveyed"]) for row in answer["rows"]]


def test_village_has_no_parts_but_itself(api, taskforce):
    village = Division.objects.create(code=f"{LIUSHI}001", name="某村", level="village", parent_id=LIUSHI)
    institution(village.code)
    institution(LIUSHI)

    [(key, name, surveyed)] = parts(api(taskforce), village.code)
    assert (key, name[:2], surveyed) == (village.code, "某村", 1)


def test_part_that_is_not_on_file_is_named_by_its_code_and_what_lies_in_none_by_the_whole(api, taskforce):
    institution(LIUSHI, scope_code=f"{LIUSHI}777")
    institution(LIUSHI)

    (none, whole, _one), (stray, name, _other) = parts(api(taskforce), LIUSHI)
    assert (none, stray, name) == (f"{LIUSHI}000", f"{LIUSHI}777", f"{LIUSHI}777")
    assert whole.startswith(Division.objects.get(pk=LIUSHI).name)


def test_trend_counts_nothing_that_has_left_the_sight_of_who_asks(api, inspector, taskforce):
    move_of(institution(LIUSHI), NEXT_TO_LIUSHI, "2018-07-01")
    asked = {"division": LIUSHI, "from": "2018-06", "to": "2018-06"}

    def surveyed(by) -> int:
        return api(by).get("/api/v1/statistics/trend/", asked).json()["rows"][0]["surveyed"]

    assert (surveyed(inspector), surveyed(taskforce)) == (0, 1)


# --- The API


def test_rounds_are_listed_of_the_division_asked_for(api, taskforce):
    here = round_of(institution(LIUSHI), "2018-05-01")
    round_of(institution(NEXT_TO_LIUSHI), "2018-05-01")

    found = api(taskforce).get("/api/v1/rectifications/", {"division": LIUSHI}).json()["results"]

    assert [row["id"] for row in found] == [str(here.pk)]


def test_file_lists_the_last_round_first(api, taskforce):
    school = institution()
    first = round_of(school, "2018-05-01", due_on="2018-06-15", verified_on="2018-06-01")
    second = round_of(school, "2018-07-01", due_on="2018-07-05", verified_on="2018-07-05")
    third = round_of(school, "2018-08-01", due_on="2018-12-31")

    found = api(taskforce).get(f"/api/v1/institutions/{school.pk}/").json()["rectifications"]

    assert [row["id"] for row in found] == [str(each.pk) for each in (third, second, first)]


def test_figures_by_nothing_are_figures_without_parts(api, taskforce):
    answer = api(taskforce).get("/api/v1/statistics/completion/", {"by": ""})

    assert (answer.status_code, answer.json()["rows"]) == (200, [])


def test_month_that_is_none_is_shown_with_its_first_forty_characters(api, taskforce):
    answer = api(taskforce).get("/api/v1/statistics/trend/", {"from": "月" * 41, "to": "2019-01"})

    [reason] = answer.json()["errors"]["from"]
    assert reason.startswith(f"“{'月' * 40}”")


# --- The question


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"q": "培训"}, "培训"),
        ({"known_at": "2019-01-03T17:00"}, "2019-01-03T17:00"),
        ({"finding_type": "T01"}, "超纲"),
        ({"located": "no"}, "未定位"),
    ],
)
def test_condition_is_said_in_words_or_as_it_was_asked(asked, said):
    [condition] = in_words(Drilldown(**asked), {"T01": "超纲"})

    assert condition.value == said


def test_moment_without_an_offset_is_of_shanghai_wherever_the_server_stands(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert Drilldown(known_at="2019-01-03T17:00").known_at_local == "2019-01-03T17:00"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_moment_is_of_the_year_2999_at_the_latest():
    assert Drilldown(known_at="2999-12-31T23:59").known_at_local == "2999-12-31T23:59"
    with pytest.raises(ValueError, match="3000-01-01"):
        Drilldown(known_at="3000-01-01T00:00").known_at_local  # noqa: B018 (reads it)


# --- Tables


def test_csv_says_with_its_first_bytes_that_it_is_utf_8(browse, taskforce):
    institution()

    answer = browse(taskforce).get("/institutions/", {"format": "csv"})

    sent = b"".join(answer.streaming_content)
    assert (sent[:3], sent.count(b"\xef\xbb\xbf")) == (b"\xef\xbb\xbf", 1)


def test_table_that_leaves_as_a_workbook_has_a_head_that_stays():
    import openpyxl

    with table_workbook("台账", iter([["名称", "期限", "状态"], ["甲", "2018-12-31", "逾期"]])) as file:
        assert file.read(2) == b"PK"  # it is sent from its beginning
        book = openpyxl.load_workbook(file)

    sheet = book["台账"]
    assert [[each.font.bold for each in row] for row in sheet["A1:C2"]] == [[True] * 3, [False] * 3]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == ("B2", "$1:$1", "landscape")
    widths = {place: int(column.width) for place, column in sheet.column_dimensions.items()}
    assert widths == {"A": 30, "B": 16}
    assert (sheet.column_dimensions["B"].min, sheet.column_dimensions["B"].max) == (2, 3)
    assert book.properties.created == NO_MOMENT
