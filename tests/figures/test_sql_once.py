"""An expression made once answers what the ORM's own answers, about whichever institution and moment it is asked."""

import pytest
from django.db.models import CharField, F, Q

from figures.standing import by_rounds, standing_of_surveyed
from inspections.models import Rectification
from institutions.models import Institution, scope_code_then, was_in
from institutions.moments import Moment
from institutions.sql_once import _made_once, as_of
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, day, institution, move_of, round_of

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
    """One struck off, one overdue after an extension, one whose round was voided and that moved, one without a round."""
    done, late, voided, clear = (institution(name=name) for name in "甲乙丙丁")
    round_of(done, "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    round_of(late, "2018-05-02", due_on="2018-05-20", extensions=[("2018-05-18", "2018-07-01")])
    round_of(voided, "2018-05-03", voided="2018-06-10")
    move_of(voided, NEXT_TO_LIUSHI, "2018-07-01")
    return [done, late, voided, clear]


def answers(expression) -> dict[str, str]:
    return dict(Institution.objects.annotate(answer=expression).values_list("name", "answer"))


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_expression_made_once_answers_as_the_one_it_was_made_from(schools, moment):
    assert answers(standing_of_surveyed(moment)) == answers(by_rounds(moment))
    assert answers(scope_code_then(moment)) == answers(scope_code_then.__wrapped__(moment))


def test_expression_is_asked_of_the_moment_it_is_given(schools):
    assert answers(standing_of_surveyed(MOMENTS[2])) == {"甲": "overdue", "乙": "open", "丙": "overdue", "丁": "clear"}
    assert answers(standing_of_surveyed(MOMENTS[3])) == {
        "甲": "corrected", "乙": "overdue", "丙": "clear", "丁": "clear",
    }  # fmt: skip


@pytest.mark.parametrize(("code", "found"), [(LIUSHI, "甲乙丁"), (NEXT_TO_LIUSHI, "丙"), ("330382", "甲乙丙丁")])
def test_condition_is_asked_of_the_division_it_is_given(schools, code, found):
    there = was_in(code, MOMENTS[3])

    assert set(Institution.objects.filter(there).values_list("name", flat=True)) == set(found)
    assert set(Institution.objects.exclude(there).values_list("name", flat=True)) == set("甲乙丙丁") - set(found)
    assert set(Institution.objects.filter(there & Q(name="丙")).values_list("name", flat=True)) == {"丙"} & set(found)


def test_expression_is_filtered_by_inside_another_query(schools):
    overdue = Institution.objects.alias(answer=standing_of_surveyed(MOMENTS[3])).filter(answer="overdue")

    assert list(Rectification.objects.filter(institution__in=overdue).values_list("institution__name", flat=True)) == [
        "乙"
    ]


def test_inner_tables_are_not_confused_with_those_of_an_outer_query(schools):
    """The outer query calls its table of institutions U0, as the ORM calls those of subqueries."""
    there = Institution.objects.filter(was_in(NEXT_TO_LIUSHI, MOMENTS[3]), moved=True)

    found = Rectification.objects.filter(institution__in=Institution.objects.filter(pk__in=there))

    assert list(found.values_list("institution__name", flat=True)) == ["丙"]


def test_sql_is_made_once(schools):
    answers(standing_of_surveyed(MOMENTS[0]))
    made = _made_once.cache_info().misses

    answers(standing_of_surveyed(MOMENTS[1]))
    list(Institution.objects.annotate(answer=standing_of_surveyed(MOMENTS[2])).order_by(F("answer")))

    assert _made_once.cache_info().misses == made


def test_what_is_no_expression_over_an_institution_alone_is_refused():
    @as_of(CharField())
    def of_another_table(moment):
        return F("division__name")

    with pytest.raises(ValueError, match="not one expression"):
        list(Institution.objects.annotate(answer=of_another_table(MOMENTS[0])))
