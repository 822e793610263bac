"""How a rate is printed, held against figures the ministry and the bureau published in 2018."""

import csv
from pathlib import Path

import pytest

from figures.statistics import Figures, percent

SOURCE = Path(__file__).parent / "published_figures.csv"
PUBLISHED = list(csv.DictReader(SOURCE.read_text(encoding="utf-8").splitlines()))
FOLLOWS = [row for row in PUBLISHED if row["agrees"] == "yes" and row["with_problems"]]
DOES_NOT_FOLLOW = [row for row in PUBLISHED if row["agrees"] == "NO"]


def printed(row: dict[str, str]) -> str:
    return percent(int(row["rectified"]), int(row["with_problems"]), decimals=int(row["decimals"]))


@pytest.mark.parametrize("row", FOLLOWS, ids=lambda row: row["id"])
def test_published_rate_follows_from_its_counts(row):
    assert printed(row) == f"{row['rate_published']}%"


@pytest.mark.parametrize("row", [row for row in FOLLOWS if row["counties_total"]], ids=lambda row: row["id"])
def test_published_share_of_counties_follows_from_its_counts(row):
    assert percent(int(row["counties_done"]), int(row["counties_total"])) == f"{row['county_rate_published']}%"


def test_published_rates_that_do_not_follow_are_found():
    # 内蒙古: 3592 ÷ 4102 = 0.87567… -> 87.57, printed as 87.06. 全国 12 December: 248 ÷ 273 = 0.908 -> 91, said "90%".
    assert {row["id"]: printed(row) for row in DOES_NOT_FOLLOW} == {"CN-20181212": "91%", "NM-20181212": "87.57%"}
    assert [row["id"] for row in DOES_NOT_FOLLOW if printed(row) == f"{row['rate_published']}%"] == []


def test_published_parts_of_the_reference_case_add_up():
    row = next(row for row in PUBLISHED if row["id"] == "YUEQING-2018")

    assert int(row["closed"]) + int(row["licensed"]) == int(row["neither_rectified"]) == 763


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "expected"),
    [
        (1198, 1270, 0, "94%"),  # 94.33…
        (1198, 1270, 2, "94.33%"),
        (104711, 272671, 2, "38.40%"),  # the zero stays
        (1, 8, 2, "12.50%"),
        (1, 8, 1, "12.5%"),
        (1, 8, 0, "13%"),  # 12.5: half-up, not to even
        (3, 8, 0, "38%"),  # 37.5
        (1, 32, 2, "3.13%"),  # 3.125
        (0, 5, 2, "0.00%"),
        (5, 5, 2, "100.00%"),
        (5, 5, 0, "100%"),
        (0, 0, 2, "—"),
        (272841, 272842, 2, "99.99%"),  # below one never prints as 100
        (999, 1000, 0, "99%"),
        (1, 272842, 2, "0.01%"),  # above zero never prints as 0
        (1, 1000, 0, "1%"),
        (2, 3, 1, "66.7%"),
    ],
)
def test_percent_is_printed_by_the_rules(part, whole, decimals, expected):
    assert percent(part, whole, decimals) == expected


@pytest.mark.parametrize(
    ("rectified", "with_problems", "expected"),
    [(1198, 1270, "0.943307"), (1, 3, "0.333333"), (2, 3, "0.666667"), (0, 7, "0.000000"), (7, 7, "1.000000")],
)
def test_completion_rate_of_the_contract_has_six_decimals(rectified, with_problems, expected):
    figures = Figures(surveyed=2000, with_problems=with_problems, rectified=rectified)

    assert figures.as_json()["completion_rate"] == expected
