"""The list of figures that a clerk chooses from."""

import pytest

from reports.bindings import bindables
from tests.reports.superior.reports import CHILDREN, county, printed_of

pytestmark = pytest.mark.django_db


def test_every_figure_of_the_report_is_offered_by_both_names_with_its_value():
    county()
    printed = printed_of()

    offered = {each.key: each for each in bindables(printed, CHILDREN)}

    assert set(printed.figures) < set(offered)
    assert {key: offered[key].value for key in printed.figures} == {
        key: str(value) for key, value in printed.figures.items()
    }
    assert offered["330382114.rectified"].as_json() == {
        "key": "330382114.rectified", "name": "柳市镇 · 已整改", "english": offered["330382114.rectified"].english,
        "value": "2",
    }  # fmt: skip
    assert offered["none.surveyed"].name == "无证无照 · 排摸总数"
    assert "Rectified" in offered["330382114.rectified"].english


def test_division_below_that_has_nothing_is_offered_with_nought():
    county()

    offered = {each.key: each.value for each in bindables(printed_of(), CHILDREN)}

    assert (offered["330382125.surveyed"], offered["330382125.completion_percent"]) == ("0", "—")


def test_texts_and_the_whole_come_first_in_the_order_of_a_report():
    keys = [each.key for each in bindables(printed_of(), CHILDREN)]

    assert keys[:2] == ["text.division", "text.title"]
    whole = ["surveyed", "with_problems", "rectified", "outstanding", "overdue", "closed", "licensed", "corrected"]
    assert [key for key in keys if key in whole] == whole
