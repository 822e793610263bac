"""Working days with the feasts and the weekends worked in their place; where a year is not announced it is said."""

from datetime import date

import pytest

from institutions.working_days import is_announced, working_days_after
from tests.factories import day

LATEST = 2026  # the last year that chinesecalendar of requirements.txt knows


@pytest.mark.parametrize(
    ("on", "count", "following"),
    [
        ("2018-10-11", 0, "2018-10-11"),
        ("2018-10-11", 1, "2018-10-12"),
        ("2018-10-12", 1, "2018-10-15"),  # a weekend
        ("2018-09-28", 1, "2018-09-29"),  # a Saturday worked for the feast of October
        ("2018-09-28", 3, "2018-10-08"),  # 29 and 30 September, then seven days of feast
        ("2018-12-28", 2, "2019-01-02"),  # Saturday the 29th worked, the 30th to 1 January free
        ("2026-02-13", 2, "2026-02-24"),  # Saturday the 14th worked for the spring feast, 15th to 23rd free
    ],
)
def test_working_days_are_those_of_the_state_council(on, count, following):
    assert working_days_after(day(on), count) == day(following)


@pytest.mark.parametrize(
    ("on", "count", "following"), [("2003-10-03", 1, "2003-10-06"), ("2999-10-04", 1, "2999-10-07")]
)
def test_monday_to_friday_where_nothing_is_announced(on, count, following):
    assert day(on).weekday() == 4
    assert working_days_after(day(on), count) == day(following)


def test_what_is_announced_ends_with_the_package():
    assert [is_announced(date(year, 6, 1)) for year in (2003, 2004, LATEST)] == [False, True, True]
    assert not is_announced(date(2999, 6, 1))
