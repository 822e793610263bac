"""The report of a past day, and its files, tell what held on that day."""

from institutions.moments import Moment
from reports.as_xlsx import as_xlsx
from reports.monthly import monthly_report
from reports.placeholders import placeholders
from reports.printed import Printed
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    division_rename_of,
    institution,
    move_of,
    rename_of,
    round_of,
)
from tests.reports.reading_back import sheets


def report(on: str):
    return monthly_report("330382", Moment(day(on), at("2026-01-01")))


def test_report_and_its_files_tell_what_held_on_the_day(db):
    school = institution(LIUSHI, name="旧名")
    round_of(school, "2018-05-01", due_on="2018-06-01")
    move_of(school, NEXT_TO_LIUSHI, "2018-07-01")
    rename_of(school, "新名", "2018-07-01")
    division_rename_of(LIUSHI, "柳市街道", "2018-07-01")

    june, july = report("2018-06-30"), report("2018-07-31")

    assert [row.name for row in june.townships] == ["柳市镇"]
    assert "柳市镇，尚未全部整改到位，完成率0.00%" in june.narrative
    assert [each["name"] for each in placeholders(Printed.of(june))["townships"]] == ["柳市镇"]
    assert sheets(as_xlsx(Printed.of(june)))["未完成名单"][1][1:6] == ["旧名", "柳市镇", None, "无证无照", "逾期"]
    assert sheets(as_xlsx(Printed.of(july)))["未完成名单"][1][1] == "新名"
    assert [row.key for row in july.townships] == [NEXT_TO_LIUSHI]


def test_report_of_a_renamed_division_has_the_name_of_the_day(db):
    division_rename_of("330382", "乐清区", "2018-07-01")
    institution()

    june, july = report("2018-06-30"), report("2018-07-31")

    assert (june.title, june.narrative[:2]) == ("关于乐清市校外培训机构整改进展情况的通报", "全市")
    assert (july.title, july.narrative[:2]) == ("关于乐清区校外培训机构整改进展情况的通报", "全区")


def test_sentence_about_the_report_before_counts_who_was_there_then(db):
    move_of(institution(LIUSHI), NEXT_TO_LIUSHI, "2018-07-10")

    moved_out = monthly_report(LIUSHI, Moment(day("2018-07-31"), at("2026-01-01")))

    assert (moved_out.total_before.surveyed, moved_out.total.surveyed) == (1, 0)


def test_rebound_is_listed_by_its_name_of_the_day(db):
    school = institution(LIUSHI, name="旧名")
    round_of(school, "2018-05-01", verified_on="2018-05-20")
    round_of(school, "2018-06-10")
    rename_of(school, "新名", "2018-07-01")

    assert [(each.name, each.division_name) for each in report("2018-06-30").rebounds] == [("旧名", "柳市镇")]
