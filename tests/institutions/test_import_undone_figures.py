"""An import that is taken back changes nothing of what was known before: figures, townships and names."""

from figures.statistics import completion
from inspections.search import institutions_matching
from institutions.actions import move_institution
from institutions.imports.commit import commit_plan
from institutions.imports.rollback import roll_back
from institutions.models import Division, ImportBatch, Institution
from institutions.moments import Moment
from institutions.past import as_listed
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, day, institution, licence_of, round_of
from tests.institutions.intake_files import planned

HEAD = ["机构名称", "乡镇", "办学地址", "统一社会信用代码", "证照情况", "排摸日期", "办学许可证号", "有效期"]
CODE, OTHER_CODE = "91350200MA2YJ1XR9G", "11370000004502323D"
NEW = ["新来培训中心", "柳市镇", "示例路3号", "", "无证无照", "2018-04-02", "", ""]
SURVEYED = ["丙培训中心", "柳市镇", "示例路2号", OTHER_CODE, "证照齐全", "2018-04-02", "", ""]
MOVED = ["乙培训中心", "北白象镇", "示例路9号", CODE, "", "", "教民133038200000077", "2018.1-2028.1"]
IS_THE_SAME = {"same:4": "same"}  # another name at another address under one code: moved and renamed
BEFORE, AFTER = at("2018-06-30"), at("2018-07-02")


def imported() -> ImportBatch:
    """Three rows, known since 1 June: a new institution, a first survey, a move with a new name and a permit."""
    school = institution(name="甲培训中心", operating_address="示例路1号", credit_code=CODE, surveyed_on="2018-03-01")
    licence_of(school, "registration", recorded_at=at("2018-03-01"))
    round_of(school, "2018-03-02")
    institution(name="丙培训中心", operating_address="示例路2号", credit_code=OTHER_CODE, surveyed_on=None)
    plan = planned(HEAD, NEW, SURVEYED, MOVED, answers=IS_THE_SAME)
    assert plan.errors == []
    return commit_plan(plan, file_name="a.csv", sha256="", by=None, at=at("2018-06-01"))


def answers(known_at) -> dict:
    """What is told of the end of 2018 as known at a moment."""
    moment = Moment(day("2018-12-31"), known_at)
    county = Institution.objects.in_division("330382", moment).surveyed_at(moment)
    told = {
        each.name: (each.division_code, each.operating_address, each.licence_status)
        for each in as_listed(county, moment)
    }
    figures = completion("330382", moment, by="division")
    return {
        "list": told,
        "total": figures.total,
        "rows": {row.key: row.figures for row in figures.rows if row.figures.surveyed},
        "by status": {row.key: row.figures for row in completion("330382", moment, by="licence_status").rows},
        "licence_now": sorted(county.with_licence_now(moment).values_list("licence_now", flat=True)),
        "found": institutions_matching(county, "乙培训", moment=moment).count(),
    }


def test_what_was_known_before_an_import_was_taken_back_stays(db):
    batch = imported()
    kept = answers(BEFORE)

    roll_back(batch, by=None, at=at("2018-07-01"))

    assert kept["list"] == {
        "新来培训中心": (LIUSHI, "示例路3号", "none"),
        "丙培训中心": (LIUSHI, "示例路2号", "full"),
        "乙培训中心": (NEXT_TO_LIUSHI, "示例路9号", "none"),
    }
    assert kept["licence_now"] == ["full", "none", "registration_only"]  # 乙 with the permit, 新来, 丙 by its code
    assert answers(BEFORE) == kept
    assert answers(AFTER)["list"] == {"甲培训中心": (LIUSHI, "示例路1号", "none")}
    assert (answers(AFTER)["total"].surveyed, answers(AFTER)["found"]) == (1, 0)


def test_what_was_known_before_a_file_was_imported_again_stays(db):
    roll_back(imported(), by=None, at=at("2018-07-01"))
    then = {known: answers(known) for known in (at("2018-05-31"), BEFORE, AFTER)}

    plan = planned(HEAD, NEW, SURVEYED, MOVED, answers=IS_THE_SAME)
    commit_plan(plan, file_name="a.csv", sha256="", by=None, at=at("2018-08-01"))

    assert {known: answers(known) for known in then} == then
    assert answers(at("2018-08-02"))["total"] == then[BEFORE]["total"]


def test_institution_that_moved_is_counted_where_it_was_on_the_day_as_known(taskforce, figures):
    school = institution(surveyed_on="2018-03-01")
    move_institution(
        school, by=taskforce, version=1, division=Division.objects.get(pk=NEXT_TO_LIUSHI), operating_address="",
        from_on=day("2018-05-10"), at=at("2018-06-01"),
    )  # fmt: skip

    assert [figures("2018-05-09", "2018-06-02", each).surveyed for each in (LIUSHI, NEXT_TO_LIUSHI)] == [1, 0]
    assert [figures("2018-05-10", "2018-06-02", each).surveyed for each in (LIUSHI, NEXT_TO_LIUSHI)] == [0, 1]
    assert [figures("2018-05-10", "2018-05-31", each).surveyed for each in (LIUSHI, NEXT_TO_LIUSHI)] == [1, 0]
    assert figures("2018-05-10", "2018-06-02").surveyed == 1
