"""The example register imports into an empty database and beside the demonstration."""

import pytest

from accounts.models import AuditRow
from institutions.models import Institution, Licence
from tests.institutions.test_import_command import run

EXAMPLE = "docs/examples/register.xlsx"


@pytest.mark.django_db
@pytest.mark.parametrize("file", [EXAMPLE, "docs/examples/register.csv"])
def test_example_is_new_and_again_changes_nothing(file):
    first, again = run(file), run(file)

    assert (first["rows"], first["new"], first["changed"], first["unchanged"]) == (64, 64, 0, 0)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 64)
    assert (first["warnings"], first["duplicates"]) == ([], [])
    assert Institution.objects.count() == 64
    assert Licence.objects.filter(kind="permit").count() == 16  # every fourth is 证照齐全
    assert AuditRow.objects.filter(action="institution.registered").count() == 64


@pytest.mark.django_db
def test_example_is_new_beside_the_demonstration_too(demonstration):
    there = Institution.objects.count()

    first, again = run(EXAMPLE), run(EXAMPLE)

    assert (first["new"], first["changed"], first["duplicates"]) == (64, 0, [])
    assert (again["new"], again["unchanged"]) == (0, 64)
    assert Institution.objects.count() == there + 64
