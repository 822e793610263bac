"""What spells of one institution add to the counts: from which day on, in which place, and until when."""

import pytest
from django.db import connection

from figures.models import Kind
from figures.spells import FIELDS, Standings, next_days, standings_of
from tests.factories import NEXT_TO_LIUSHI, day, institution, move_of, round_of, visit_of

HERE, THERE = "330382114000", "330382115000"
STATUS, FOUND = int(Kind.LICENCE_STATUS), int(Kind.FINDING_TYPE)


def _added(spells, found):
    changes = {}
    Standings(spells, found).add_to(changes)
    return {key: {name: n for name, n in zip(FIELDS, numbers, strict=True) if n} for key, numbers in changes.items()}


def test_spell_counts_until_the_next_one_begins():
    spells = [["2018-04-02", HERE, "none", "open"], ["2018-06-01", THERE, "none", "closed"]]

    assert _added(spells, {}) == {
        (STATUS, "none", HERE, "2018-04-02"): {"open": 1},
        (STATUS, "none", HERE, "2018-06-01"): {"open": -1},
        (STATUS, "none", THERE, "2018-06-01"): {"closed": 1},
    }


def test_type_counts_since_it_was_found_in_the_spells_that_are_not_over_by_then():
    spells = [["2018-04-02", HERE, "none", "open"], ["2018-06-01", THERE, "none", "closed"]]

    added = _added(spells, {"S01": "2018-03-01", "S02": "2018-05-01", "S03": "2018-06-01", "S04": "2018-07-01"})

    assert {key[1:]: told for key, told in added.items() if key[0] == FOUND} == {
        ("S01", HERE, "2018-04-02"): {"open": 1},
        ("S01", HERE, "2018-06-01"): {"open": -1},
        ("S01", THERE, "2018-06-01"): {"closed": 1},
        ("S02", HERE, "2018-05-01"): {"open": 1},
        ("S02", HERE, "2018-06-01"): {"open": -1},
        ("S02", THERE, "2018-06-01"): {"closed": 1},
        ("S03", THERE, "2018-06-01"): {"closed": 1},
        ("S04", THERE, "2018-07-01"): {"closed": 1},
    }


def test_spell_in_which_it_is_not_counted_adds_nothing():
    spells = [["2018-04-02", HERE, "none", "clear"], ["2018-06-01", "", "", ""]]

    assert _added(spells, {"S01": "2018-03-01"}) == {
        (STATUS, "none", HERE, "2018-04-02"): {"clear": 1},
        (STATUS, "none", HERE, "2018-06-01"): {"clear": -1},
        (FOUND, "S01", HERE, "2018-04-02"): {"clear": 1},
        (FOUND, "S01", HERE, "2018-06-01"): {"clear": -1},
    }


def _ids(*schools):
    """As the database gives them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM institutions_institution")
        found = {str(pk).replace("-", ""): pk for (pk,) in cursor.fetchall()}
    return [found[school.pk.hex] for school in schools]


@pytest.mark.django_db
def test_only_what_is_counted_on_some_day_has_standings():
    counted, unsurveyed = institution(), institution(surveyed_on=None)
    for school in (counted, unsurveyed):
        visit_of(school, "2018-05-01", findings=("S02",))
    move_of(unsurveyed, NEXT_TO_LIUSHI, "2018-06-01")

    first, other = _ids(counted, unsurveyed)

    assert standings_of([first, other]) == {
        first: Standings([["2018-04-02", HERE, "none", "clear"]], {"S02": "2018-05-01"})
    }


@pytest.mark.django_db
def test_next_day_is_the_one_after_the_deadline():
    school = institution()
    round_of(school, "2018-05-01", due_on="2018-06-10")
    [it] = _ids(school)

    assert next_days([it], day("2018-05-01")) == {it: day("2018-06-11")}
    assert next_days([it], day("2018-06-11")) == {}
