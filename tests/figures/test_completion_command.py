"""`manage.py completion`: what it accepts filters, everything else is refused in words."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of


@pytest.fixture
def counted(db):
    round_of(institution(LIUSHI, status="full"), "2018-05-01", ordered_recorded="2019-02-01")
    round_of(institution(NEXT_TO_LIUSHI), "2018-07-01")


def surveyed_and_with_problems(**options) -> tuple[int, int]:
    said = StringIO()
    call_command("completion", **{"division": "330382", "format": "json"} | options, stdout=said)
    total = json.loads(said.getvalue())["total"]
    return total["surveyed"], total["with_problems"]


@pytest.mark.parametrize(
    ("options", "figures"),
    [
        ({}, (2, 2)),
        ({"division": LIUSHI}, (1, 1)),
        ({"as_of": "2018-06-30"}, (2, 1)),
        ({"known_at": "2019-01-03T17:00:00+08:00"}, (2, 1)),
    ],
)
def test_command_counts_what_it_is_asked_for(counted, options, figures):
    assert surveyed_and_with_problems(**options) == figures


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--as-of", "2018-13-01"], "“2018-13-01”不是日期"),
        (["--as-of", "2999-01-01"], "日期 2999-01-01 在今天之后"),
        (["--known-at", "noon"], "“noon”不是时刻"),
        (["--by", "principal"], "不能按“principal”分组"),
        (["--by", ""], "不能按“”分组"),
        (["--division", "999999"], "没有代码为“999999”的行政区划"),
        (["--division", ""], "没有代码为“”的行政区划"),
        (["--format", "pdf"], "invalid choice"),
        (["--licence-status", "full"], "unrecognized arguments"),
        (["330382"], "unrecognized arguments"),
    ],
)
def test_command_refuses_what_it_does_not_understand(counted, given, said):
    with pytest.raises(CommandError, match=said):
        call_command("completion", "--division", "330382", *given, stdout=StringIO())
