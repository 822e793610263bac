"""Rows by the thousand: each is written as one alone would be, on either database."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from accounts import many
from institutions.models import Institution
from tests.factories import institution

pytestmark = pytest.mark.django_db

COLUMNS = ("name", "learners", "area_m2", "location_accuracy_m", "withdrawn_at", "principal")
WHEN = datetime(2099, 9, 3, 10, 30, tzinfo=UTC)


def rows_of(institutions, version):
    prepare = {field.attname: field for field in Institution._meta.concrete_fields}
    values = [
        ("“甲”\\馆{,}", None, Decimal("12.5"), None, None, ""),
        ("NULL", 7, None, 2.0, WHEN, "NULL"),
        ("%s，'丙'", 90_000, Decimal("100000.0"), 0.5, None, "二\n三"),
    ]
    return [
        (
            *(prepare[name].get_db_prep_save(value, connection) for name, value in zip(COLUMNS, of_it, strict=True)),
            prepare["id"].get_db_prep_save(each.pk, connection),
            version,
        )
        for each, of_it in zip(institutions, values, strict=True)
    ], values


def test_updated_rows_have_their_values():
    institutions = [institution(surveyed_on=None) for _ in range(3)]
    rows, values = rows_of(institutions, 1)

    found = many.update(Institution, COLUMNS, ("id", "version"), rows)

    now = {each.pk: tuple(getattr(each, name) for name in COLUMNS) for each in Institution.objects.all()}
    assert (found, [now[each.pk] for each in institutions]) == (3, values)


def test_rows_of_another_version_stay_and_are_not_counted():
    institutions = [institution(surveyed_on=None) for _ in range(3)]
    Institution.objects.filter(pk=institutions[1].pk).update(version=2)
    rows, _values = rows_of(institutions, 1)

    found = many.update(Institution, COLUMNS, ("id", "version"), rows)

    assert found == 2
    assert Institution.objects.get(pk=institutions[1].pk).name == institutions[1].name
