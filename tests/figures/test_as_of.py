"""An expression put into SQL once answers what the expression itself answers, about whichever moment it is asked."""

import pytest

from figures.statistics import _by_rounds, _standing_of_surveyed
from inspections.models import Rectification
from institutions.as_of import _made_once
from institutions.models import Institution
from institutions.moments import Moment
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


def standings(answer) -> dict[str, str]:
    return dict(Institution.objects.annotate(answer=answer).values_list("name", "answer"))


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_expression_made_once_answers_as_the_orm_does(schools, moment):
    assert standings(_standing_of_surveyed(moment)) == standings(_by_rounds(moment))


def test_expression_made_once_is_asked_of_the_moment_it_is_given(schools):
    known_in_may = standings(_standing_of_surveyed(MOMENTS[2]))
    in_august = standings(_standing_of_surveyed(MOMENTS[3]))

    assert known_in_may == {"甲": "overdue", "乙": "open", "丙": "overdue", "丁": "clear"}
    assert in_august == {"甲": "corrected", "乙": "overdue", "丙": "clear", "丁": "clear"}


def test_expression_made_once_can_be_filtered_by_inside_another_query(schools):
    overdue = Institution.objects.alias(answer=_standing_of_surveyed(MOMENTS[3])).filter(answer="overdue")

    found = Rectification.objects.filter(institution__in=overdue).values_list("institution__name", flat=True)

    assert list(found) == ["乙"]


def test_sql_of_an_expression_is_made_once(schools):
    standings(_standing_of_surveyed(MOMENTS[0]))
    made = _made_once.cache_info().misses

    standings(_standing_of_surveyed(MOMENTS[1]))

    assert _made_once.cache_info().misses == made
