"""Rows made and written past the ORM are those it would have made and written."""

import random
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import DateField

from accounts import guards
from demonstration import bulk
from demonstration.book import Book
from inspections.models import Finding, Notice, Rectification, RectificationEvent, Visit
from institutions.models import Institution
from tests.factories import hand, institution

pytestmark = pytest.mark.django_db
TABLES = (Rectification, Visit, Finding, Notice, RectificationEvent, Visit.inspectors.through)


def history() -> Book:
    """An institution with a visit, a finding and a round that was struck off and one that was voided; not written."""
    book, clerk, other = Book(random.Random(7)), hand("clerk"), hand("other")
    school = institution(position=(120.96, 28.12))
    seen = book.visit(school, date(2018, 7, 2), purpose="survey", inspectors=(clerk, other), findings=("L01", "T01"))
    wrong = book.order(seen, date(2018, 7, 2), date(2018, 8, 2), by=clerk)
    wrong.void(date(2018, 7, 3), by=other, reason="开错")
    again = book.visit(school, date(2018, 7, 9), purpose="routine", inspectors=(clerk, other), findings=("T01",))
    round_ = book.order(again, date(2018, 7, 9), date(2018, 8, 9), by=clerk, round_no=2)
    round_.submit(round_.recheck(date(2018, 8, 1), inspectors=(clerk, other), result="inspected"), "closed", by=clerk)
    round_.verify(date(2018, 8, 3), by=other)
    return book


def test_row_made_is_the_row_of_its_model():
    school, clerk = institution(), hand("clerk")
    given = {
        "institution": school,
        "ordered_by": clerk,
        "number": "一号",
        "ordered_on": date(2018, 7, 2),
        "id": school.pk,
    }

    made, plain = bulk.made(Rectification, **given), Rectification(**given)

    assert {name: value for name, value in vars(made).items() if name != "_state"} == {
        name: value for name, value in vars(plain).items() if name != "_state"
    }
    assert (made.institution, made.ordered_by, made._state.adding) == (school, clerk, True)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_history_is_stored_as_the_orm_stores_it(model):
    history().write()

    fields = [field for field in model._meta.concrete_fields if field.get_internal_type() != "JSONField"]
    sqlite = connection.vendor == "sqlite"  # there a day is text, which the driver would make a day of

    def told(field) -> str:
        return f'CAST("{field.column}" AS TEXT)' if sqlite and isinstance(field, DateField) else f'"{field.column}"'

    with connection.cursor() as cursor:  # what the engine holds, before the ORM makes something of it
        columns = ", ".join(map(told, fields))
        cursor.execute(f'SELECT {columns} FROM {model._meta.db_table} ORDER BY "{model._meta.pk.column}"')
        held = cursor.fetchall()
    assert held == [
        tuple(
            field.get_db_prep_save(getattr(row, field.attname), connection) if sqlite else getattr(row, field.attname)
            for field in fields
        )
        for row in model.objects.order_by("pk")
    ]
    assert held


def test_table_goes_on_counting_after_what_was_written():
    history().write()
    last = max(Finding.objects.values_list("pk", flat=True))
    visit = Visit.objects.first()

    added = Finding.objects.create(visit=visit, type_id="S02")

    assert added.pk > last


def test_loading_puts_guards_and_indexes_back():
    def indexes() -> set:
        with connection.cursor() as cursor:
            return set(connection.introspection.get_constraints(cursor, Rectification._meta.db_table))

    before = indexes()

    with bulk.loading(Rectification, RectificationEvent, Institution):
        history().write()
        assert "rectification_open" not in indexes()

    assert indexes() == before
    assert list(guards.differences(connection)) == []


def test_loading_takes_nothing_that_breaks_a_foreign_key():
    book = history()
    book.visits.clear()  # the findings' visits are missing

    with pytest.raises(IntegrityError), transaction.atomic(), bulk.loading(Finding, Rectification):
        book.write()


def test_nothing_that_databases_share_is_held_by_looking_again():
    institution()
    bulk.analyze()

    assert statistics_of("institutions_institution")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT relation::regclass FROM pg_locks WHERE pid = pg_backend_pid() AND database = 0")
            assert cursor.fetchall() == []


def statistics_of(table: str) -> bool:
    """Whether the planner has looked at a table."""
    asked = {
        "sqlite": "SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = %s",
        "postgresql": "SELECT COUNT(*) FROM pg_stats WHERE tablename = %s",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor], [table])
        [number] = cursor.fetchone()
    return bool(number)
