"""The tables of the statistics page by hand: ranks, changes, the day it is compared with, and what a workbook holds."""

import io
import zipfile
from datetime import date
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from accounts.errors import Invalid
from figures.statistics import FIGURES, Completion, Figures, Row
from figures.statistics_files import statistics_workbook
from figures.tables import (
    Line,
    Number,
    Statistics,
    StatisticsQuestion,
    days_to_compare,
    points,
    ranks_of,
    signed,
    trend_is_quick,
)
from institutions.moments import Moment
from tests.factories import at, day

MOMENT = Moment(day("2018-12-31"), at("2019-01-03"))


def parts(**rates: tuple[int, int]) -> Completion:
    """A county's completion by township: (rectified, with problems) of each."""
    rows = [
        Row(f"330382{number}", name, Figures(surveyed=whole, with_problems=whole, rectified=part))
        for number, (name, (part, whole)) in enumerate(rates.items(), start=101)
    ]
    return Completion("330382", "乐清市", MOMENT, Figures(), "division", rows)


def test_equal_rates_share_a_rank_and_the_next_is_skipped():
    """1/3 and 2/6 are one rate; 0/4 is the last, nothing of nothing has no rank."""
    ranks = ranks_of(parts(a=(1, 3), b=(0, 0), c=(2, 6), d=(4, 4), e=(0, 4)))

    assert ranks == {"330382104": 1, "330382101": 2, "330382103": 2, "330382105": 4}


def test_rates_that_are_printed_alike_are_ranked_exactly():
    """9999/10000 and 9998/9999 are both 99.99%."""
    ranks = ranks_of(parts(a=(9998, 9999), b=(9999, 10000)))

    assert ranks == {"330382102": 1, "330382101": 2}


def test_what_lies_in_no_township_is_not_ranked():
    found = parts(a=(1, 2))
    found.rows.append(Row("330382000", "未分", Figures(surveyed=1, with_problems=1, rectified=1)))

    assert ranks_of(found) == {"330382101": 1}


@pytest.mark.parametrize(("change", "printed"), [(3, "+3"), (-2, "−2"), (0, "±0")])
def test_change_is_printed_with_its_sign(change, printed):
    assert signed(change) == printed


@pytest.mark.parametrize(
    ("change", "printed"),
    [
        (Fraction(1, 3), "+33.33"),
        (Fraction(-1, 3), "−33.33"),
        (Fraction(1, 80_000), "+0.01"),  # 0.00125 points
        (Fraction(5, 100_000), "+0.01"),  # 0.005 points, half-up
        (Fraction(15, 100_000), "+0.02"),
        (Fraction(-14_999, 100_000_000), "−0.01"),
        (Fraction(0), "±0.00"),
        (Fraction(1), "+100.00"),
    ],
)
def test_difference_of_rates_is_in_points_half_up_and_never_nothing_unless_it_is(change, printed):
    assert points(change) == printed


def test_rate_that_was_none_has_no_change():
    line = Line("330382", "乐清市", Figures(with_problems=2, rectified=1), [], then=Figures(surveyed=3))

    assert line.rate_change == "—"


def test_bar_tells_open_from_overdue():
    """Of 8 with problems 4 are rectified; of the 4 outstanding 1 is overdue."""
    line = Line("330382", "乐清市", Figures(with_problems=8, rectified=4, outstanding=4, overdue=1), [])

    assert [(each.name, each.x, each.width) for each in line.bar] == [
        ("rectified", 0, 50), ("open", 50, 37.5), ("overdue", 87.5, 12.5),
    ]  # fmt: skip
    assert line.bar_in_words == "乐清市：已整改 4，整改中 3，逾期 1"


@pytest.mark.parametrize(
    ("on", "days"),
    [
        (date(2018, 12, 31), ["2018-11-30", "2017-12-31"]),  # the same day of last year is its end
        (date(2020, 2, 29), ["2020-01-31", "2019-12-31", "2019-02-28"]),
        (date(2018, 1, 15), ["2017-12-31", "2017-01-15"]),  # last month's end is last year's
        (date(2000, 1, 15), []),
    ],
)
def test_days_to_compare_with_are_each_offered_once(on, days):
    assert [f"{each}" for _label, each in days_to_compare(on)] == days


@pytest.mark.parametrize("compare", ["2018-12-31", "2019-01-01"])
def test_day_to_compare_with_is_an_earlier_one(db, compare):
    question = StatisticsQuestion("330382", "2018-12-31", compare=compare)

    with pytest.raises(Invalid) as refused:
        _ = question.before

    assert list(refused.value.errors) == ["compare"]


def test_earlier_day_is_known_at_the_same_moment(db):
    question = StatisticsQuestion("330382", "2018-12-31", "2019-01-03T12:00:00+08:00", "2018-9-3")

    assert question.before == Moment(day("2018-09-03"), at("2019-01-03"))
    assert question.with_its_day.query_string() == (
        "division=330382&as_of=2018-12-31&known_at=2019-01-03T12%3A00%3A00%2B08%3A00&compare=2018-09-03"
    )
    assert "compare" not in question.of_lists.query_string()


@pytest.mark.parametrize(
    ("division", "known_at", "quick"),
    [("33", "", True), ("33", "2019-01-03T17:00", False), ("330382", "2019-01-03T17:00", True)],
)
def test_past_of_more_than_a_county_is_not_counted_while_somebody_waits(division, known_at, quick):
    assert trend_is_quick(StatisticsQuestion(division, "2018-12-31", known_at)) is quick


# --- The workbook


SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def workbook() -> zipfile.ZipFile:
    """Of two townships, called as a formula would be and as an address."""
    nobody = [Number(name, name, 0, "") for name in FIGURES]
    lines = [Line("1", "=1+1", Figures(), nobody, rank=1), Line("2", "https://example.cn/", Figures(), nobody)]
    question = StatisticsQuestion("330382", "2018-12-31")
    whole = Line("330382", "乐清市", Figures(), nobody)
    found = Statistics(question, "乐清市", MOMENT, None, whole, lines, [], [], (0, 0), None)
    return zipfile.ZipFile(io.BytesIO(statistics_workbook(found)))


def part(workbook: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(workbook.read(f"xl/{name}.xml"))  # noqa: S314 (our own)


def test_workbook_holds_text_and_numbers_no_formula_and_no_link(workbook):
    sheet = part(workbook, "worksheets/sheet1")

    assert [*sheet.iter(f"{SHEET}f"), *sheet.iter(f"{SHEET}hyperlink")] == []


def test_workbook_has_its_title_and_its_head_in_bold_and_its_rows_plain(workbook):
    sheet, styles = part(workbook, "worksheets/sheet1"), part(workbook, "styles")
    bold = [font.find(f"{SHEET}b") is not None for font in styles.find(f"{SHEET}fonts")]
    of_style = [bold[int(style.get("fontId"))] for style in styles.find(f"{SHEET}cellXfs")]

    rows = [{of_style[int(cell.get("s", 0))] for cell in row} for row in sheet.iter(f"{SHEET}row")]
    assert rows == [{True}, {True}, {False}, {False}, {False}]
