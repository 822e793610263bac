"""The headline figures of the present are those of the one definition, on histories nobody thought of."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from figures.headline import headline
from figures.statistics import completion
from institutions.models import Division, Institution
from institutions.moments import Moment
from tests.factories import LIUSHI, institution, round_of
from tests.figures.histories import ELSEWHERE, TOWNSHIPS, histories
from tests.figures.test_recount import ONCE_MORE, taken_back, written

pytestmark = pytest.mark.django_db
FIGURES = ("surveyed", "with_problems", "rectified", "completion_percent")


def now(division: str) -> dict:
    of = headline([division])
    return {name: getattr(of, name) for name in FIGURES}


def as_defined(division: str) -> dict:
    total = completion(division, Moment.of()).total
    return {name: getattr(total, name) for name in FIGURES}


def without_the_survey_of_what_was_merged() -> bool:
    """What no merge leaves behind: where the one that stays has no survey it takes over the other's."""
    surveyed = Institution.objects.filter(merged_into__isnull=False, surveyed_on__isnull=False)
    return Institution.objects.filter(surveyed_on=None, pk__in=surveyed.values("merged_into")).exists()


@settings(max_examples=25, **ONCE_MORE)
@given(st.lists(histories(), min_size=1, max_size=6))
def test_headline_of_any_history_is_as_defined(db, told):
    with taken_back():
        written(told)
        assume(not without_the_survey_of_what_was_merged())

        for division in ("33", "330382", ELSEWHERE, *TOWNSHIPS):
            assert now(division) == as_defined(division)


def test_headline_counts_institutions_not_rounds():
    twice, voided, open_again = institution(), institution(), institution()
    round_of(twice, "2018-06-01", verified_on="2018-07-01")
    round_of(twice, "2018-08-01", verified_on="2018-09-01")
    round_of(voided, "2018-06-01", voided="2018-07-01")
    round_of(open_again, "2018-06-01", verified_on="2018-07-01")
    round_of(open_again, "2018-08-01")
    round_of(institution(surveyed_on=None), "2018-06-01")  # not surveyed: in no figure

    # 3 surveyed; 2 with a round that stands (twice, open_again); 1 of them with none open: 1 of 2
    assert now("330382") == {
        "surveyed": 3,
        "with_problems": 2,
        "rectified": 1,
        "completion_percent": "50.00%",
    }


def test_headline_leaves_out_what_is_not_counted_whatever_became_of_it():
    round_of(institution(), "2018-06-01", verified_on="2018-07-01")
    institution(surveyed_on=None)
    round_of(institution(surveyed_on=None), "2018-06-01")
    round_of(institution(surveyed_on=None), "2018-06-01", voided="2018-07-01")
    round_of(institution(surveyed_on=None), "2018-06-01", verified_on="2018-07-01")

    assert now("330382") == as_defined("330382") == {
        "surveyed": 1, "with_problems": 1, "rectified": 1, "completion_percent": "100.00%",
    }  # fmt: skip


def test_headline_of_nothing_is_nothing():
    assert now("330382") == {"surveyed": 0, "with_problems": 0, "rectified": 0, "completion_percent": "—"}


def test_headline_of_a_village_is_not_that_of_the_next():
    for code in (f"{LIUSHI}001", f"{LIUSHI}002"):
        Division.objects.create(code=code, name=code, level="village", parent_id=LIUSHI)
    institution(f"{LIUSHI}001"), institution(f"{LIUSHI}002"), institution(f"{LIUSHI}002")

    assert [headline([code]).surveyed for code in (f"{LIUSHI}001", f"{LIUSHI}002", LIUSHI)] == [1, 2, 3]
