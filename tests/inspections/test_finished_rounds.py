"""A round that was verified or voided is not changed, replaced or deleted, whatever writes to its table."""

import pytest
from django.db import IntegrityError, connection, transaction

from inspections.models import Rectification
from tests.factories import institution, round_of

FINISHED = pytest.mark.parametrize(
    "end", [{"verified_on": "2018-07-01"}, {"voided": "2018-07-01"}], ids=["verified", "voided"]
)


@FINISHED
def test_finished_round_cannot_be_changed(db, end):
    round_of(institution(), "2018-06-01", **end)

    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Rectification.objects.update(measure="改写")


@FINISHED
def test_finished_round_cannot_be_replaced(db, end):
    """INSERT OR REPLACE of the row with another outcome; PostgreSQL knows the row by its key."""
    round_of(institution(), "2018-06-01", **end)
    columns = [field.column for field in Rectification._meta.concrete_fields]
    copied = ", ".join("'改写'" if name == "measure" else name for name in columns)
    verb = "INSERT OR REPLACE INTO" if connection.vendor == "sqlite" else "INSERT INTO"

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"{verb} inspections_rectification ({', '.join(columns)}) SELECT {copied} FROM inspections_rectification"
        )

    assert Rectification.objects.get().measure == ""


@FINISHED
def test_finished_round_cannot_be_deleted(db, end):
    round_of(institution(), "2018-06-01", **end)

    with pytest.raises(IntegrityError, match="not deleted"), transaction.atomic():
        Rectification.objects.all()._raw_delete("default")
