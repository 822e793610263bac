"""The statistics page: every number on it opens exactly the institutions behind it."""

import csv
import io
import re
from html import unescape

import pytest
from python_calamine import CalamineWorkbook

from figures.charts import funnel, line
from institutions.models import Division
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of, visit_of
from tests.urls import body

AS_OF = "as_of=2018-12-31"
NUMBER = re.compile(r'<a (?:class="figure[^"]*" )?href="(/institutions/[^"]+)">(?:<b>|<text[^>]*>)?(\d+)<')


@pytest.fixture
def county(db):
    """Four surveyed in two townships and one that lies in the county but in no township."""
    done = institution(LIUSHI, status="none")
    round_of(done, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    late = institution(LIUSHI, status="registration_only")
    order = round_of(late, "2018-10-01", due_on="2018-11-01")
    visit_of(late, "2018-10-01", findings=("T01",), round_=order)
    institution(LIUSHI, status="full")
    round_of(institution(NEXT_TO_LIUSHI, status="full"), "2018-07-01", verified_on="2018-12-01", outcome="corrected")
    institution("330382", status="permit_only")


def links(answer) -> list[tuple[str, int]]:
    """(address, number) of every number that is a link to a list."""
    return [(unescape(url), int(number)) for url, number in NUMBER.findall(answer.content.decode())]


@pytest.mark.parametrize("address", [f"/statistics/?{AS_OF}", f"/statistics/trend/?{AS_OF}", "/"])
@pytest.mark.parametrize("who", ["inspector", "taskforce", "supervisor"])
def test_every_number_opens_as_many_institutions(county, browse, request, address, who):
    browser = browse(request.getfixturevalue(who))

    numbers = links(browser.get(address))

    assert len(numbers) >= 3
    assert [(url, browser.get(url).context["page"].paginator.count) for url, _number in numbers] == numbers


def test_what_lies_in_no_township_has_its_own_row(county, browse, taskforce):
    rows = browse(taskforce).get(f"/statistics/?{AS_OF}").context["by_division"].rows

    assert {row.name: row.figures.surveyed for row in rows if row.figures.surveyed} == {
        "柳市镇": 3,
        "北白象镇": 1,
        "乐清市（未分到下级）": 1,
    }


def test_township_without_parts_shows_no_empty_partition(county, browse, inspector):
    assert "分下级区划" not in browse(inspector).get(f"/statistics/?{AS_OF}").content.decode()


def test_csv_has_the_rows_and_the_whole(county, browse, taskforce):
    answer = browse(taskforce).get(f"/statistics/?{AS_OF}&format=csv")

    rows = list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))
    # 3 with problems (two in 柳市镇, one next to it), of them 2 rectified: 66.67%
    assert [(row["名称"], row["存在问题"], row["已整改"], row["完成率"]) for row in rows if row["存在问题"] != "0"] == [
        ("柳市镇", "2", "1", "50.00%"),
        ("北白象镇", "1", "1", "100.00%"),
        ("乐清市", "3", "2", "66.67%"),
    ]


def sheets(answer) -> dict[str, list[list]]:
    """Name of each sheet -> its rows."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_workbook_has_the_three_tables_under_their_day_and_division(county, browse, taskforce):
    book = sheets(browse(taskforce).get(f"/statistics/?{AS_OF}&format=xlsx"))

    assert [rows[0][0] for rows in book.values()] == [
        "分乡镇 · 乐清市 · 截至 2018-12-31",
        "按证照 · 乐清市 · 截至 2018-12-31",
        "按问题 · 乐清市 · 截至 2018-12-31",
    ]
    assert {row[1]: row[2] for row in book["分乡镇"][2:] if row[2]} == {
        "柳市镇": 3, "北白象镇": 1, "乐清市（未分到下级）": 1, "乐清市": 5,
    }  # fmt: skip
    # three with problems, each of another licence status, two of them rectified
    assert [row[3] for row in book["按证照"][2:]] == [1, 1, 0, 1, 3]
    assert [row[0] for row in book["按问题"][2:]] == ["T01"]


def test_workbook_says_as_known_when_it_was_asked_so(county, browse, taskforce):
    book = sheets(browse(taskforce).get(f"/statistics/?{AS_OF}&known_at=2019-01-03T17:00&format=xlsx"))

    assert book["分乡镇"][0][0] == "分乡镇 · 乐清市 · 截至 2018-12-31 · 以 2019-01-03T17:00 所知为准"


def test_workbook_takes_no_name_for_a_formula(county, browse, taskforce):
    Division.objects.filter(code=LIUSHI).update(name="=1+1")

    book = sheets(browse(taskforce).get(f"/statistics/?{AS_OF}&format=xlsx"))

    assert "=1+1" in [row[1] for row in book["分乡镇"]]


def test_townships_done_lead_to_their_table(county, browse, taskforce):
    page = browse(taskforce).get(f"/statistics/?{AS_OF}").content.decode()

    # two townships have problems; all are rectified in 北白象镇, not all in 柳市镇
    assert '<a class="figure" href="#parts"><b>1/2</b>' in page
    assert page.count('id="parts"') == 1


def test_trend_ends_at_the_day_that_was_asked(county, browse, taskforce):
    months = browse(taskforce).get("/statistics/trend/?as_of=2018-12-30").context["months"]

    assert (len(months), f"{months[-1].moment.on}") == (12, "2018-11-30")


def test_chart_is_a_picture_without_inline_style(county, browse, taskforce):
    answer = browse(taskforce).get(f"/statistics/trend.svg?{AS_OF}")

    assert answer["Content-Type"] == "image/svg+xml"
    assert (b"style=" in answer.content, b"66.67%" in answer.content) == (False, True)


def test_line_leaves_out_months_without_a_rate():
    chart = line([("2018-10", None, "—"), ("2018-11", 0.0, "0.00%"), ("2018-12", 1.0, "100.00%")])

    # 480 × 200 with 36 of margin, 52 on the left: x 52, 248, 444; 0% at 164, 100% at 36
    assert chart["points"] == "248.0,164.0 444.0,36.0"


def test_funnel_of_nothing_has_no_length():
    assert [step["length"] for step in funnel([("surveyed", "排摸总数", 0), ("rectified", "已整改", 0)])] == [0, 0]


def test_report_of_the_first_day_links_to_no_day_before_it(county, browse, taskforce):
    page = unescape(browse(taskforce).get("/reports/?as_of=2000-01-01").content.decode())

    assert ("as_of=2000-01-01&figure=rectified" in page, "as_of=1999-12-31" in page) == (True, False)
