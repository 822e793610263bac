"""Rows by the thousand: each is written as one alone would be, on either database."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from accounts import many
from institutions.models import ImportedRow, Institution
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


@pytest.mark.parametrize("some", [[0, 2], [1], []])
def test_those_are_found_by_keys_of_any_kind(some):
    institutions = [institution(name=name, surveyed_on=None) for name in ("甲“,", "乙']", "丙")]
    chosen = [institutions[place] for place in some]

    by_id = Institution.objects.filter(pk__in=many.those([each.pk for each in chosen]))
    by_text = Institution.objects.filter(name__in=many.those([each.name for each in chosen]))
    by_number = Institution.objects.filter(version__in=many.those([each.version + 1 for each in chosen]))
    others = Institution.objects.exclude(pk__in=many.those([each.pk for each in chosen]))

    assert set(by_id) == set(by_text) == set(chosen)
    assert (by_number.count(), set(others)) == (0, set(institutions) - set(chosen))


def test_key_of_another_row_is_written_and_told_as_it_is():
    [field] = [each for each in ImportedRow._meta.concrete_fields if each.attname == "institution_id"]
    form = many.Form(ImportedRow, ("institution_id", "row_number"), {})
    school = institution(surveyed_on=None)

    there, told = form.of({"institution_id": school.pk, "row_number": 7})
    nobody, of_nobody = form.of({"institution_id": None, "row_number": 8})

    assert there == (field.get_db_prep_save(school.pk, connection), 7)
    assert json.loads(told) == {"institution_id": str(school.pk), "row_number": 7}
    assert (nobody, json.loads(of_nobody)) == ((None, 8), {"institution_id": None, "row_number": 8})
