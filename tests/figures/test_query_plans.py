"""The county's figures are counted by index, however many other counties there are. On both engines."""

import json
import random
import re
from collections.abc import Sequence
from datetime import date

import pytest
from django.db import connection

from accounts.scope import within_prefixes
from demonstration import bulk
from demonstration.book import Book
from figures.differences import differences
from figures.places import first_to_see
from figures.statistics import PARTITIONS, completion, counts, members, population
from inspections.models import Rectification
from inspections.search import institutions_matching, rounds_matching
from institutions.models import Division, ImportBatch, ImportedRow, Institution, Licence, Name, Place
from institutions.moments import EARLIEST, Moment
from reports.contradictions import contradictions
from tests.factories import at, hand, institution, round_of, user_with

pytestmark = pytest.mark.django_db
BIG = ["institutions_institution", "inspections_rectification", "inspections_visit", "inspections_finding"]


@pytest.fixture(scope="module")
def crowded(for_the_module):
    """A dozen institutions of the county among 2500 of the county next to it, all with a visit and a round."""
    book, clerk, other = Book(random.Random(3)), hand("clerk"), hand("other")
    for number in range(2500):
        school = institution_row(book, number)
        book.institutions.append(school)
        seen = book.visit(school, date(2018, 7, 2), purpose="survey", inspectors=(clerk, other), findings=("L01",))
        book.order(seen, date(2018, 7, 2), date(2018, 8, 2), by=clerk)
    book.write()
    for _number in range(12):
        round_of(institution(), ordered_on="2018-07-02")
    bulk.analyze()
    return Moment.of(date(2018, 12, 31))


def institution_row(book: Book, number: int) -> Institution:
    surveyed_at = book.at(date(2018, 4, 2))
    return Institution(
        id=book.uuid(),
        name=f"邻县机构{number}",
        division_id="330381",
        scope_code="330381000000",
        surveyed_on=date(2018, 4, 2),
        surveyed_recorded_at=surveyed_at,
        licence_status_at_survey="none",
    )


def plans(ask, big=BIG) -> list[str]:
    """The plans of the queries that `ask` makes over the large tables."""
    asked = []

    def remember(execute, sql, params, many, context):
        if any(f'FROM "{table}"' in sql for table in big):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remember):
        ask()
    found = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            how = "EXPLAIN (FORMAT JSON)" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{how} {sql}", params)
            rows = [row[-1] for row in cursor.fetchall()]
            found.append("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return found


def scanned(plan: str, tables: Sequence[str] = BIG) -> set[str]:
    """The large tables a plan reads from end to end."""
    if connection.vendor == "postgresql":
        return {
            node["Relation Name"] for node in _nodes(json.loads(plan)) if node.get("Node Type") == "Seq Scan"
        } & set(tables)
    lines = plan.splitlines()
    inner = {line for line in lines if re.match(r"SCAN [T-Z]\d", line)}  # a table of a subquery goes by such a name
    return {table for table in tables for line in lines if line.startswith(f"SCAN {table}")} | inner


def _nodes(plan):
    if isinstance(plan, list):
        for each in plan:
            yield from _nodes(each)
    elif isinstance(plan, dict):
        yield plan
        for each in plan.values():
            yield from _nodes(each)


@pytest.mark.parametrize("by", [None, *PARTITIONS])
def test_county_is_counted_by_index(crowded, by):
    found = plans(lambda: completion("330382", crowded, by=by))

    assert len(found) == 1
    assert scanned(found[0]) == set()


def test_any_past_is_counted_from_the_index_of_the_rounds_alone(crowded):
    past = Moment(date(2018, 8, 28), at("2018-12-01"))

    plan = plans(lambda: counts(population("330382", past), past))[0]

    assert scanned(plan) == set()
    assert "rectification_in_figures" in plan or connection.vendor == "postgresql"  # it reads few in any order
    assert " USING INDEX rectification_in_figures" not in plan  # but USING COVERING INDEX: no row is fetched


def test_what_a_report_checks_is_found_by_index(crowded):
    found = plans(lambda: contradictions("330382", crowded, date(2018, 11, 30)))

    assert len(found) == 9  # no import was undone: nobody is asked about one
    assert [scanned(plan) for plan in found] == [set()] * 9


def test_what_an_import_that_was_undone_took_is_found_by_index(crowded):
    county = Division.objects.get(pk="330382")
    since = at("2018-12-10")
    batch = ImportBatch.objects.create(division=county, recorded_at=at("2018-06-01"), rolled_back_at=since)
    for number, school in enumerate(Institution.objects.filter(scope_code__startswith="330382")):
        ImportedRow.objects.create(batch=batch, row_number=number, institution=school, kind="new", original={})

    found = plans(lambda: contradictions("330382", crowded, date(2018, 11, 30), code="import_undone"))

    assert len(found) >= 2  # which they are, and what they are called
    assert [scanned(plan) for plan in found] == [set()] * len(found)


def test_what_differs_is_found_by_index(crowded):
    """Where a county's stand at both moments, its figures at both, and what is on file about those that differ."""
    found = plans(lambda: differences("330382", Moment(date(2018, 3, 31), crowded.known_at), crowded))

    assert len(found) >= 6
    assert [scanned(plan) for plan in found] == [set()] * len(found)


def test_list_behind_a_figure_is_found_by_index(crowded):
    here = population("330382", crowded)

    found = plans(lambda: list(members("outstanding", here, crowded)))

    assert len(found) == 1
    assert scanned(found[0]) == set()


def test_a_scan_would_be_seen(crowded):
    found = plans(lambda: list(Institution.objects.filter(principal="谁也不是").values_list("pk")))

    assert scanned(found[0]) == {"institutions_institution"}


# --- Search: of a county's rows alone


SEARCHED = [*BIG, "institutions_licence", "inspections_notice", "institutions_name", "institutions_place"]


@pytest.fixture
def worded(crowded, db):
    """The same, each with licences, former names and former places: so many that to read them all costs more than to
    look a county's up, as it does in a country."""
    schools = [each for each in Institution.objects.only("pk", "scope_code") for _time in range(6)]
    on_file = {"recorded_at": at("2018-04-02")}
    Licence.objects.bulk_create(
        Licence(institution=each, kind="permit", number=f"教民1{number:014d}号", valid_from=date(2018, 1, 1), **on_file)
        for number, each in enumerate(schools)
    )
    Name.objects.bulk_create(Name(institution=each, name="旧名", from_on=EARLIEST, **on_file) for each in schools)
    Place.objects.bulk_create(
        Place(institution=each, division_id="330381", scope_code=each.scope_code, from_on=EARLIEST, **on_file)
        for each in schools
    )
    bulk.analyze()


@pytest.mark.parametrize(
    "words", ["甲培训", "13812345678", "教民133038200000077号", "330382-0013", "王小二 柳青路 5678"]
)
@pytest.mark.parametrize("prefixes", [["330382"], ["330382114", "330382115"]], ids=["county", "two townships"])
def test_search_of_a_county_reads_the_county_by_index(worded, words, prefixes):
    visible = Institution.objects.filter(within_prefixes("scope_code", prefixes))
    rounds = Rectification.objects.filter(within_prefixes("institution__scope_code", prefixes))

    found = plans(
        lambda: (
            list(institutions_matching(visible, words, people_in=prefixes).order_by("scope_code", "name", "id")[:31]),
            list(rounds_matching(rounds, words, people_in=prefixes)[:31]),
        )
    )

    assert len(found) == 2
    assert scanned(found[0], SEARCHED) <= {"institutions_name"}  # a handful of rows, which PostgreSQL may rather read
    assert scanned(found[1], SEARCHED) <= {"inspections_rectification"}  # 2,500 of them are soon read; each once


def test_somebody_who_sees_several_divisions_is_counted_by_index(crowded):
    found = plans(lambda: completion(["330382", "330401"], crowded, by="licence_status"))

    assert [scanned(plan) for plan in found] == [set()]


def test_where_a_leader_starts_is_found_by_index(crowded):
    leader = user_with("supervisor", "33")

    found = plans(lambda: first_to_see(leader))

    assert [scanned(plan) for plan in found] == [set()]
