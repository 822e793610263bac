"""Printed figures of others are checked against each other; the published series of 2018 is recomputed as printed."""

import pytest

from figures.published import doubts, parts_doubt, rate_doubt
from tests.figures.test_percent import PUBLISHED


def told(row: dict[str, str]) -> tuple[dict[str, int], str]:
    """The counts of a published row, and its rate as printed. Its closed and licensed are of the unlicensed alone."""
    counts = {name: int(row[name]) for name in ("surveyed", "with_problems", "rectified") if row[name]}
    return counts, f"{row['rate_published']}%" if row["rate_published"] else ""


@pytest.mark.parametrize("row", PUBLISHED, ids=[row["id"] for row in PUBLISHED])
def test_published_series_is_flagged_where_its_rate_does_not_follow_and_nowhere_else(row):
    found = doubts(*told(row))

    assert [each.code for each in found] == (["rate"] if row["agrees"] == "NO" else [])


def test_rate_that_does_not_follow_is_said_with_the_one_that_does():
    row = next(row for row in PUBLISHED if row["id"] == "NM-20181212")

    [doubt] = doubts(*told(row))

    assert doubt.says == "印的是 87.06%，而 3592 ÷ 4102 是 87.57%。"


@pytest.mark.parametrize(
    ("printed", "follows"),
    [("38.40%", True), ("38.4%", True), ("38%", True), ("38.40％", True), ("38.41%", False), ("39%", False)],
)
def test_rate_follows_at_as_many_decimals_as_are_printed(printed, follows):
    assert (rate_doubt(104711, 272671, printed) is None) == follows  # 0.384019…


@pytest.mark.parametrize(
    ("part", "whole", "printed"), [(272841, 272842, "100.00%"), (1, 272842, "0.00%"), (0, 0, "100%"), (1, 2, "")]
)
def test_rate_that_nobody_may_print_is_flagged(part, whole, printed):
    assert rate_doubt(part, whole, printed) is not None


@pytest.mark.parametrize(
    ("counts", "figures"),
    [
        ({"surveyed": 1495, "with_problems": 1270, "rectified": 1198, "outstanding": 72, "overdue": 23}, []),
        ({"surveyed": 1495, "with_problems": 1496}, ["surveyed"]),
        ({"with_problems": 1270, "rectified": 1271}, ["with_problems"]),
        ({"with_problems": 1270, "rectified": 1198, "outstanding": 71}, ["with_problems"]),
        ({"rectified": 763, "closed": 449, "licensed": 314}, []),
        ({"rectified": 763, "closed": 450, "licensed": 314}, ["rectified"]),
        ({"rectified": 763, "closed": 449, "licensed": 313, "corrected": 0}, ["rectified"]),
        ({"outstanding": 72, "overdue": 73}, ["outstanding"]),
        ({"rectified": 763}, []),
    ],
)
def test_parts_are_not_more_than_their_whole_and_add_up_where_all_are_told(counts, figures):
    assert [each.figure for each in doubts(counts)] == figures


def test_parts_of_a_partition_add_up():
    # 泸州 2018-09-11: 226 full, 105 without a permit, 101 with neither, of 432.
    assert parts_doubt(432, {"full": 226, "permit_missing": 105, "neither": 101}, "surveyed") is None
    assert parts_doubt(431, {"full": 226, "permit_missing": 105, "neither": 101}, "surveyed").says == (
        "“排摸总数”是 431，各部分之和是 432。"
    )
