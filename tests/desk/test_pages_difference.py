"""The page of the difference: every number opens its list, files and the API say the same, and nothing is an empty page."""

import csv
import io
import re
from datetime import datetime
from html import unescape
from urllib.parse import unquote

import pytest
from python_calamine import CalamineWorkbook

from accounts.models import AuditRow
from figures.statistics import FIGURES
from tests.desk.test_chinese_punctuation import wrong
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, merge_of, move_of, round_of, strike_off, user_with
from tests.urls import body

PATH = "/statistics/difference/"
ASKED = "division=330382&before=2018-11-30&as_of=2018-12-31"
SINCE_HANDED_IN = (
    f"{ASKED}&before_known_at=2018-12-03T09:00:00Z"  # what became known since counts, too: a merge has no day
)
CELL = re.compile(r'<a href="(\?[^"#]*part=[^"#]*)#list">([+−]?\d+)</a>')


@pytest.fixture
def december(db):
    """Two newly found, two struck off, one of them late, one merged, one moved to the next township."""
    round_of(institution(LIUSHI), "2018-12-04", due_on="2019-02-01")
    round_of(institution(NEXT_TO_LIUSHI), "2018-12-05", due_on="2018-12-20")
    strike_off(round_of(institution(LIUSHI), "2018-11-01", due_on="2018-12-15"), "2018-12-10", outcome="closed")
    late = round_of(institution(LIUSHI), "2018-11-01", due_on="2018-12-15")
    strike_off(late, "2018-12-30", outcome="licensed", recorded="2019-01-08")
    merge_of(institution(LIUSHI), institution(LIUSHI), "2018-12-12")
    move_of(institution(LIUSHI), NEXT_TO_LIUSHI, "2018-12-20")


@pytest.mark.parametrize("who", ["taskforce", "inspector"])
@pytest.mark.parametrize(
    "asked", [ASKED, f"{ASKED}&before_known_at=2018-12-03T09:00:00Z&known_at=2019-01-03T09:00:00Z"]
)
def test_every_number_opens_as_many_institutions(december, browse, request, who, asked):
    browser = browse(request.getfixturevalue(who))
    asked = asked if who == "taskforce" else asked.replace("330382", LIUSHI)

    cells = CELL.findall(browser.get(f"{PATH}?{asked}").content.decode())

    assert len(cells) > 8
    for query, number in cells:
        page = browser.get(f"{PATH}{unescape(query)}")
        assert (page.context["count"], len(page.context["listed"])) == (abs(int(number.replace("−", "-"))),) * 2


def test_rows_add_up_to_the_later_figures(december, browse, taskforce):
    found = browse(taskforce).get(f"{PATH}?{ASKED}").context["found"]

    assert found.adds_up
    for figure in FIGURES:
        parts = sum(part.effects[figure] for part in found.parts)
        assert getattr(found.total.before, figure) + parts == getattr(found.total.after, figure)


def test_figures_of_both_moments_open_their_lists(december, browse, taskforce):
    browser = browse(taskforce)
    page = browser.get(f"{PATH}?{ASKED}&known_at=2019-01-03T09:00:00Z")

    links = re.findall(r'<a href="(/institutions/\?[^"]+)">(\d+)</a>', page.content.decode())

    assert len(links) > 6
    counts = [browser.get(unescape(url)).context["page"].paginator.count for url, _number in links]
    assert counts == [int(number) for _url, number in links]


def test_period_defaults_to_that_from_the_month_end_before(december, browse, taskforce):
    found = browse(taskforce).get(f"{PATH}?as_of=2018-12-31").context["found"]

    assert f"{found.earlier.on} {found.later.on}" == "2018-11-30 2018-12-31"
    assert found.earlier.known_at == found.later.known_at


def test_same_day_as_known_twice_tells_what_became_known(december, browse, taskforce):
    asked = "division=330382&before=2018-12-31&as_of=2018-12-31&before_known_at=2019-01-03T17:00"

    page = browse(taskforce).get(f"{PATH}?{asked}")

    assert {part.code: part.count for part in page.context["found"].parts} == {"rectified_late": 1}
    assert "以 2019-01-03 17:00 所知" in page.content.decode()
    assert "2019-01-08 12:00" in page.content.decode()


def test_townships_have_their_own_difference(december, browse, taskforce):
    browser = browse(taskforce)
    rows = {row.key: row.change["surveyed"] for row in browser.get(f"{PATH}?{SINCE_HANDED_IN}").context["below"]}

    own = browser.get(f"{PATH}?{SINCE_HANDED_IN.replace('330382', NEXT_TO_LIUSHI)}").context["found"]

    assert rows == {LIUSHI: -2, NEXT_TO_LIUSHI: 1}
    assert {part.code for part in own.parts} == {"moved_in", "newly_found"}


def test_nothing_to_explain_says_what_to_do(december, browse, taskforce):
    page = browse(taskforce).get(f"{PATH}?division=330382&before=2018-12-31&as_of=2018-12-31").content.decode()

    assert "两个时点的指标相同，没有机构变动。可以换一个期初日期" in page
    assert "导出" not in page


def test_page_has_chinese_punctuation(december, browse, taskforce):
    browser = browse(taskforce)

    assert (
        wrong(browser.get(f"{PATH}?{ASKED}")) == wrong(browser.get(f"{PATH}?{ASKED}&part=merged&figure=surveyed")) == []
    )


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("before=2018-12-31&as_of=2018-11-30", "before"),
        ("before=2018-11-30&as_of=2018-12-31&known_at=2018-12-03T09:00:00Z&before_known_at=2019-01-03T09:00:00Z",
         "before_known_at"),
        ("before=2018-13-01", "before"),
        ("part=everything", "part"),
        ("figure=completion_rate", "figure"),
    ],
)  # fmt: skip
def test_question_that_cannot_be_answered_is_refused_with_its_field(december, browse, api, taskforce, asked, field):
    page = browse(taskforce).get(f"{PATH}?division=330382&{asked}")
    answer = api(taskforce).get(f"/api/v1/statistics/difference/?division=330382&{asked}")

    assert (page.status_code, answer.status_code) == (422, 422)
    assert list(answer.json()["errors"]) == [field]


# --- Files and the API


def test_csv_has_every_institution_that_differs_and_is_noted(december, browse, taskforce):
    answer = browse(taskforce).get(f"{PATH}?{SINCE_HANDED_IN}&format=csv")
    head, *lines = csv.reader(io.StringIO(body(answer).decode("utf-8-sig")))

    assert [line[head.index("变动")] for line in lines].count("合并") == 1
    assert len(lines) == 6
    kept = AuditRow.objects.filter(action="export").latest("pk")
    assert (kept.after["what"], kept.after["rows"]) == ("difference", 6)


def test_csv_of_a_part_has_that_part(december, browse, taskforce):
    answer = browse(taskforce).get(f"{PATH}?{ASKED}&part=newly_found&figure=overdue&format=csv")

    assert len(body(answer).decode().splitlines()) == 2


def test_workbook_has_numbers_and_days(december, browse, taskforce):
    answer = browse(taskforce).get(f"{PATH}?{SINCE_HANDED_IN}&format=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(body(answer)))

    table, below, names = (book.get_sheet_by_name(name).to_python() for name in ("差异", "下级区划", "名单"))
    assert [row[0] for row in table] == [
        "变动", "期初 2018-11-30，以 2018-12-03 17:00:00 所知为准", "新发现问题", "新整改（取缔）", "新整改（办理证照）", "合并", "辖区内迁址", "各项合计",
        "期末 2018-12-31",
    ]  # fmt: skip
    before, after = table[1], table[-1]
    assert [now - was for was, now in zip(before[2:], after[2:], strict=True)] == table[-2][2:]
    assert [row[2] for row in below if row[0] in ("柳市镇", "乐清市")] == [-2, -1]
    late = next(row for row in names if row[0] == "新整改（办理证照）")
    assert f"{late[7]:%Y-%m-%d}" == "2018-12-30"
    assert late[8] == datetime(2019, 1, 8, 12)


def test_files_say_as_known_when_they_were_asked(december, browse, taskforce):
    """Two differences of one day, as known at two moments each, are told apart by name and by what is in them."""
    browser = browse(taskforce)
    same_day = f"{PATH}?division=330382&before=2018-12-31&as_of=2018-12-31&format=xlsx"

    def ends(asked: str) -> list[str]:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body(browser.get(f"{same_day}&{asked}"))))
        table = book.get_sheet_by_name("差异").to_python()
        return [table[1][0], table[-1][0]]

    def name(asked: str) -> str:
        answer = browser.get(asked)
        body(answer)  # a file is closed when it was read
        return unquote(answer["Content-Disposition"]).rpartition("''")[2]

    known = [f"before_known_at=2019-01-{day}T17:00" for day in ("03", "05")]
    assert [name(f"{same_day}&{each}") for each in known] == [
        f"差异说明_乐清市_2018-12-31_以2019-01-{day}T170000所知_2018-12-31.xlsx" for day in ("03", "05")
    ]
    narrowed = f"{PATH}?{ASKED}&known_at=2019-01-09T17:00&part=newly_found&figure=overdue&format=csv"
    assert name(narrowed) == "差异说明_乐清市_2018-11-30_2018-12-31_以2019-01-09T170000所知_新发现问题_逾期.csv"
    assert ends(known[0]) == ["期初 2018-12-31，以 2019-01-03 17:00:00 所知为准", "期末 2018-12-31"]
    assert ends("known_at=2019-01-09T17:00") == [
        f"{end} 2018-12-31，以 2019-01-09 17:00:00 所知为准" for end in ("期初", "期末")
    ]
    checked = "/statistics/contradictions/?division=330382&as_of=2018-12-31&known_at=2019-02-01T17:00&format=csv"
    assert name(checked) == "核对_330382_2018-11-30_2018-12-31_以2019-02-01T170000所知.csv"


def test_api_answers_parts_that_add_up(december, api, taskforce):
    answer = api(taskforce).get(f"/api/v1/statistics/difference/?{SINCE_HANDED_IN}").json()

    assert answer["adds_up"] is True
    assert answer["total"]["change"]["surveyed"] == -1
    assert {part["code"]: part["count"] for part in answer["parts"]} == {
        "newly_found": 2, "rectified_closed": 1, "rectified_licensed": 1, "merged": 1, "moved_within": 1,
    }  # fmt: skip
    [moved] = [part for part in answer["parts"] if part["code"] == "moved_within"]
    assert [each["to_division"] for each in moved["institutions"]] == [NEXT_TO_LIUSHI]
    [same] = [
        part
        for part in api(taskforce).get(f"/api/v1/statistics/difference/?{moved['query']}").json()["parts"]
        if part["institutions"]
    ]
    assert same["institutions"] == moved["institutions"]


def test_what_moved_out_of_sight_is_in_no_difference(december, browse):
    """Scope follows the present place: who sees one township is not told who left it."""
    left = institution(LIUSHI, name="晨曦教育")
    move_of(left, NEXT_TO_LIUSHI, "2018-12-21")
    browser, asked = browse(user_with("inspector", LIUSHI)), f"{PATH}?{ASKED.replace('330382', LIUSHI)}"

    found = browser.get(asked).context["found"]
    file = body(browser.get(f"{asked}&format=csv")).decode("utf-8-sig")
    seen_by_both = body(browse(user_with("inspector", "330382")).get(f"{asked}&format=csv")).decode("utf-8-sig")

    assert "moved_out" not in {part.code for part in found.parts}
    assert found.adds_up
    assert (left.name in file, left.name in seen_by_both) == (False, True)


def test_contradictions_page_says_what_each_means_and_exports_all(december, browse, taskforce):
    browser = browse(taskforce)
    asked = "/statistics/contradictions/?division=330382&as_of=2018-12-31&known_at=2019-02-01T09:00:00Z"

    page = browser.get(asked)
    lines = list(csv.reader(io.StringIO(body(browser.get(f"{asked}&format=csv")).decode("utf-8-sig"))))

    assert {each.code: each.count for each in page.context["found"]} == {
        "base_shrank": 1,
        "licensed_without_licence": 1,
    }
    assert "请补登证照" in page.content.decode()
    assert "同一办学许可证号用于多家机构" in page.context["fine"]
    assert (len(lines), wrong(page)) == (3, [])


def test_contradictions_of_a_period_that_ends_before_it_begins_are_refused(december, browse, taskforce):
    page = browse(taskforce).get("/statistics/contradictions/?division=330382&as_of=2018-12-31&before=2018-12-31")

    assert page.status_code == 422
    assert "上期截至日 2018-12-31 应早于截至日期 2018-12-31。" in page.content.decode()


def test_contradictions_of_the_first_month_on_file_are_against_the_day_before_it(browse, taskforce):
    """The day before the first of all days is no day that a question may name: the page takes it by itself."""
    school = institution(LIUSHI, surveyed_on="2000-01-10")
    strike_off(round_of(school, "2000-01-10"), "2000-01-12", outcome="licensed")
    browser = browse(taskforce)

    page = browser.get("/statistics/contradictions/?division=330382&as_of=2000-01-15")

    assert (page.status_code, [each.code for each in page.context["found"]]) == (200, ["licensed_without_licence"])
    [found] = page.context["found"]
    assert browser.get(found.get_absolute_url()).context["found"][0].count == 1
    assert 'name="before" value=""' in page.content.decode()


def test_difference_knows_when_it_became_known(december, browse, taskforce):
    [late] = browse(taskforce).get(f"{PATH}?{ASKED}&part=rectified_licensed").context["listed"]

    assert late.known_at == at("2019-01-08")
