"""What every connection sets for itself, on the engine these tests run on."""

import pytest
from django.db import connection

WANTED = {
    "sqlite": {"PRAGMA synchronous": 2, "PRAGMA recursive_triggers": 1},  # 2 is FULL
    "postgresql": {"SHOW jit": "off"},
}


@pytest.mark.django_db
def test_connection_is_set_up_as_the_engine_needs():
    with connection.cursor() as cursor:
        found = {question: cursor.execute(question).fetchone()[0] for question in WANTED[connection.vendor]}

    assert found == WANTED[connection.vendor]
