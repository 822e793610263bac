"""Licence statuses as sentences."""

import pytest

from institutions.imports import cells
from institutions.imports.cells import BadCell
from tests.institutions.intake_files import planned


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("有营业执照，无办学许可证", "registration_only"), ("无办学许可证，有营业执照", "registration_only"),
        ("仅营业执照", "registration_only"), ("只有执照", "registration_only"), ("营业执照有、许可证无", "registration_only"),
        ("有执照没有许可证", "registration_only"), ("缺许可证", "registration_only"), ("未办理办学许可证，已办营业执照", "registration_only"),
        ("有办学许可证无营业执照", "permit_only"), ("缺营业执照", "permit_only"), ("仅有许可证", "permit_only"),
        ("有办学许可证和营业执照", "full"), ("有许可证、有执照", "full"), ("有证有照（齐全）", "full"),
        ("无办学许可证和营业执照", "none"), ("无证、无照", "none"), ("没有证，没有照", "none"), ("无证也无照", "none"),
        ("办学许可证、营业执照都没有", "none"), ("办学许可证、营业执照均无", "none"),
    ],
)  # fmt: skip
def test_sentence_says_of_both_licences(written, status):
    assert cells.licence_status(written) == status


@pytest.mark.parametrize(
    "written",
    [
        "有营业执照",
        "无办学许可证",
        "有证",
        "办理中",
        "有",
        "无",
        "许可证过期",
        "有许可证（过期）无执照",
        "执照与许可证地址不符",
        "无证照相馆",
    ],
)
def test_sentence_that_says_of_one_or_more_is_no_status(written):
    with pytest.raises(BadCell):
        cells.licence_status(written)


# --- In a title or a section heading

HEAD = ["机构名称", "乡镇", "办学地址", "排摸日期"]
ONE = ["绘声馆", "柳市镇", "井巷路1号", "2018-09-03"]


@pytest.mark.parametrize(
    "line",
    [
        "柳市镇（共2家，其中无证无照1家）", "柳市镇：证照齐全1家，无证无照1家", "一、柳市镇（无证无照1家）", "柳市镇：无证无照1家，共2家",
    ],
)  # fmt: skip
def test_section_that_counts_how_many_are_unlicensed_says_it_of_none(db, line):
    plan = planned(HEAD, [line], ONE)

    assert [each.key for each in plan.questions] == ["licence_status"]


@pytest.mark.parametrize("line", ["校外培训机构排摸表（其中无证无照779所）", "柳市镇共排摸20家，无证无照5家"])
def test_title_that_counts_how_many_are_unlicensed_says_it_of_none(db, line):
    assert [each.key for each in planned([line], HEAD, ONE).questions] == ["licence_status"]


@pytest.mark.parametrize("line", ["无证无照（1家）", "二、无证无照机构1家", "（三）无证无照机构（共3家，其中新增1家）"])
def test_section_of_so_many_unlicensed_says_it_of_all_below(db, line):
    plan = planned(HEAD, [line], ONE)

    assert ([str(each) for each in plan.errors], plan.rows[0].columns["licence_status_at_survey"]) == ([], "none")
