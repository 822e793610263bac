"""SQLite 3.40, which Debian 12 has, answers `a = ? AND b IN (…) AND c <= ?` over an index of (a, b, c) with rows of which
c lies beyond, once it has counted the table (findings/sqlite_list_before_a_limit.sh). None of our queries is such a one."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demonstration import bulk
from tests.factories import institution, round_of, supplement_of, visit_of

PAST = "as_of=2018-08-31&known_at=2018-12-01T09:00:00Z"
ASKED = [
    "/", "/institutions/", f"/institutions/?{PAST}&figure=overdue", "/institutions/?licence_now=full&unvisited=90",
    "/institutions/?q=机构", "/rectifications/", f"/rectifications/?{PAST}", f"/rectifications/?{PAST}&finding_type=T01",
    f"/rectifications/?{PAST}&state=overdue", f"/rectifications/?{PAST}&q=机构", "/statistics/",
    f"/statistics/?{PAST}&compare=2018-07-31", f"/statistics/difference/?{PAST}&before=2018-07-31",
    f"/statistics/contradictions/?{PAST}", f"/reports/?{PAST}", "/map/", f"/api/v1/map/?{PAST}&zoom=9",
    "/misconduct/", "/misconduct/figures/?since=2018-01-01&as_of=2018-12-31", "/audit/", "/institutions/duplicates/",
]  # fmt: skip


@pytest.fixture
def counted(db):
    """A county of which the engine has counted the tables."""
    for number in range(40):
        round_ = round_of(institution(name=f"机构{number}"), "2018-05-01", visit=None)
        visit_of(round_.institution, "2018-06-01", findings=("T01",), purpose="recheck", round_=round_)
    supplement_of(round_, "2018-07-01", findings=("S02",))
    bulk.analyze()


@pytest.mark.parametrize("path", ASKED)
def test_no_page_asks_for_a_list_before_a_limit(counted, browse, supervisor, taskforce, auditor, path):
    user = auditor if path == "/audit/" else taskforce

    with CaptureQueriesContext(connection) as captured:
        answer = browse(user).get(path)

    assert answer.status_code == 200
    assert [each["sql"] for each in captured if beyond_its_limit(each["sql"])] == []


def test_such_a_query_is_told(counted):
    """The one by which it was found, and the same with a limit on another column."""
    asked = "SELECT id FROM inspections_notice WHERE kind IN ('order', 'supplement') AND {} AND rectification_id = '0'"

    told = [beyond_its_limit(asked.format(limit)) for limit in ("served_on <= '2018-06-30'", "due_on <= '2018-06-30'")]

    assert told == [connection.vendor == "sqlite" and "SeekScan" in operations(asked.format("served_on <= ''")), False]


def operations(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return [row[1] for row in cursor.fetchall()]


def beyond_its_limit(sql: str) -> bool:
    """Whether the engine steps over the test of a limit when it finds an entry of a list by scanning."""
    if connection.vendor != "sqlite" or not re.match(r"\s*(SELECT|WITH)\b", sql):
        return False
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"), [])
        program = cursor.fetchall()
    for place, (_address, operation, _p1, to, *_rest) in enumerate(program):
        if operation == "SeekScan":
            stepped_over = program[place + 1 : to]
            keys = {row[1]: int(row[5]) for row in stepped_over if row[1] in ("SeekGE", "IdxGT", "IdxGE")}
            if max(keys.values()) > keys["SeekGE"]:
                return True
    return False
