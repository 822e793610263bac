"""A report that does not add up, or does not follow from the one before, is named with what does not fit."""

import copy

import pytest

from reports.collecting.checks import doubts
from tests.reports.collecting.sent import NOVEMBER, content, figures


def said(given, last=None, ours=None, **known) -> list[tuple[str, bool]]:
    known = {"vouched": True, "demonstration": False} | known
    return [(doubt.says, doubt.blocks) for doubt in doubts(given, last, ours, **known)]


def test_right_report_leaves_no_doubt():
    last = content(total=figures(9, 7, 3, 2), as_of=NOVEMBER)

    assert (
        said(
            content(), last, {name: value for name, value in content()["total"].items() if name != "completion_percent"}
        )
        == []
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"surveyed": 7}, "合计：存在问题 8 多于排摸总数 7"),
        ({"outstanding": 3}, "合计：存在问题 8 不等于已整改 6 加未完成 3"),
        ({"corrected": 1}, "合计：已整改 6 不等于取缔 4、办理证照 2、其他 1 之和"),
        ({"overdue": 3}, "合计：逾期 3 多于未完成 2"),
        ({"completion_percent": "75%"}, "合计：完成率写作 75%，按 6 ÷ 8 应为 75.00%"),
    ],
)
def test_identity_that_does_not_hold_is_named(changes, says):
    given = content()
    given["total"] |= changes

    assert (says, True) in said(given)


def test_parts_that_do_not_add_up_to_the_whole_are_named():
    given = content()
    given["townships"].append(copy.deepcopy(given["townships"][0]) | {"key": "330302002"})

    found = [says for says, _blocks in said(given)]

    assert "各下级辖区的排摸总数相加为 20，合计写作 10" in found
    assert "各下级辖区的取缔相加为 8，合计写作 4" in found


def test_printed_rate_of_a_township_that_does_not_follow_is_named():
    """As in a published series of 2018: the rate printed is not that of the counts."""
    given = content()
    given["townships"][0]["completion_percent"] = "98.93%"

    assert ("一街道：完成率写作 98.93%，按 6 ÷ 8 应为 75.00%", True) in said(given)


def test_township_of_elsewhere_and_one_that_is_there_twice_are_named():
    given = content()
    given["townships"][0]["key"] = "330303001"
    given["townships"].append(given["townships"][0])

    found = [says for says, _blocks in said(given)]

    assert "下级辖区“330303001”不属于 330302" in found
    assert "同一个下级辖区出现了两次" in found


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("rectified", "已整改"),
        ("none.closed", "无证无照 · 取缔"),
        ("330302001.completion_percent", "一街道 · 完成率"),
    ],
)
def test_figure_that_is_not_that_of_the_table_is_named(key, name):
    given = content()
    given["figures"][key] = 99

    assert (f"指标“{name}”与表中的数字不同", True) in said(given)


def test_number_of_the_text_that_is_not_its_figure_is_named():
    given = content()
    part = given["paragraphs"][0]["parts"][1]

    part["value"] = 7
    wrong = said(given)
    part |= {"value": 6, "typed": "7"}
    typed = said(given)
    part["why"] = "补报一家"
    explained = said(given)

    assert wrong == [("正文写作“7”，指标为“6”", True)]
    assert typed == [("正文把“6”改写作“7”，没有说明", True)]
    assert explained == []


@pytest.mark.parametrize(
    ("before", "code", "says"),
    [
        (figures(11, 8, 4, 2), "base_shrank", "排摸总数从上次（截至2018-11-30）的 11 减为 10"),
        (figures(9, 9, 4, 2), "base_shrank", "存在问题从上次（截至2018-11-30）的 9 减为 8"),
        (figures(9, 8, 5, 2), "strike_off_disappeared", "已整改从上次（截至2018-11-30）的 7 减为 6"),
    ],
)
def test_figure_that_fell_since_the_last_report_contradicts_until_it_is_explained(before, code, says):
    last = content(total=before, as_of=NOVEMBER)
    explained = content(contradictions=[{"code": code, "explained": "两家合并为一家"}])
    unexplained = content(contradictions=[{"code": code, "explained": ""}])

    assert said(content(), last) == said(unexplained, last) == [(says, True)]
    assert said(explained, last) == [(f"{says}，已说明：两家合并为一家", False)]


def test_difference_from_what_is_counted_here_is_said_and_does_not_block():
    ours = {name: value for name, value in content()["total"].items() if name != "completion_percent"} | {"closed": 3}

    assert said(content(), ours=ours) == [("取缔上报 4，本系统为 3", False)]


def test_demonstration_is_no_report_but_in_a_demonstration():
    assert said(content(synthetic=True)) == [("是演示数据，不是真实的报告", True)]
    assert said(content(synthetic=True), demonstration=True) == []


def test_report_of_which_nobody_said_the_digest_is_marked():
    assert said(content(), vouched=False) == [("没有摘要可以核对（文件名里的摘要被去掉了）", False)]
