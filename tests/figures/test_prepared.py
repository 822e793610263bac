"""A prepared subquery answers what the QuerySet it was made from answers, about whichever row and moment it is asked."""

import pytest
from django.db.models import F, OuterRef, Subquery

from figures.statistics import _deciding
from inspections.models import Rectification
from institutions.models import Institution
from institutions.moments import Moment
from institutions.prepared import Prepared, _sql_of
from tests.factories import at, day, institution, round_of

pytestmark = pytest.mark.django_db
MOMENTS = [
    Moment(day(on), at(known))
    for on, known in [
        ("2018-05-15", "2026-01-01"),
        ("2018-06-15", "2026-01-01"),
        ("2018-06-15", "2018-05-20"),
        ("2018-08-01", "2026-01-01"),
    ]
]


@pytest.fixture
def schools() -> list[Institution]:
    """One struck off, one overdue after an extension, one whose round was voided, one without a round."""
    done, late, voided, clear = (institution(name=name) for name in "甲乙丙丁")
    round_of(done, "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    round_of(late, "2018-05-02", due_on="2018-05-20", extensions=[("2018-05-18", "2018-07-01")])
    round_of(voided, "2018-05-03", voided="2018-06-10")
    return [done, late, voided, clear]


def standings(answer) -> dict[str, str | None]:
    return dict(Institution.objects.annotate(answer=answer).values_list("name", "answer"))


def prepared(moment: Moment, of: str = "pk") -> Prepared:
    return Prepared(_deciding, "standing", moment, of=of)


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_prepared_subquery_answers_as_its_queryset_does(schools, moment):
    as_queryset = Subquery(_deciding(moment, OuterRef("pk")).values("standing")[:1])

    assert standings(prepared(moment)) == standings(as_queryset)


def test_prepared_subquery_is_asked_of_the_moment_it_is_given(schools):
    assert standings(prepared(MOMENTS[2])) == {"甲": "overdue", "乙": "open", "丙": "overdue", "丁": None}
    assert standings(prepared(MOMENTS[3])) == {"甲": "corrected", "乙": "overdue", "丙": None, "丁": None}


def test_prepared_subquery_is_not_confused_by_an_outer_query_over_the_same_table(schools):
    rounds = Rectification.objects.annotate(answer=prepared(MOMENTS[3], of="institution"))

    found = dict(rounds.values_list("institution__name", "answer"))

    assert found == {"甲": "corrected", "乙": "overdue", "丙": None}


def test_prepared_subquery_can_be_filtered_by_inside_another_query(schools):
    overdue = Institution.objects.alias(answer=prepared(MOMENTS[3])).filter(answer="overdue")

    found = Rectification.objects.filter(institution__in=overdue).values_list("institution__name", flat=True)

    assert list(found) == ["乙"]


def test_sql_of_a_prepared_subquery_is_made_once(schools):
    standings(prepared(MOMENTS[0]))
    made = _sql_of.cache_info().misses

    standings(prepared(MOMENTS[1]))
    list(Institution.objects.annotate(answer=prepared(MOMENTS[2])).order_by(F("answer")))

    assert _sql_of.cache_info().misses == made
