"""The counts that are kept answer any past K: equal to the definition over histories nobody thought of, made anew from
what is on file and written with each thing that became known."""

from dataclasses import astuple
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.watermark import TICK, recording
from figures import keeping, kept
from figures.places import Where
from figures.statistics import PARTITIONS, counts, defined_by_each, population
from figures.verifying import differences
from institutions.moments import Moment
from tests.factories import institution, move_of, round_of, strike_off, visit_of, void, withdraw_visit_of
from tests.figures.histories import TOWNSHIPS, day, histories, moment, write_more
from tests.figures.test_recount import ONCE_MORE, taken_back, written

DIVISIONS = ["33", "3303", "330382", *TOWNSHIPS]


def assert_kept_is_defined(division: str, asked: Moment) -> None:
    """Of each part, and of the whole."""
    where = Where.of(division, asked)
    digits = where.part_digits
    defined = defined_by_each(where, asked, None, PARTITIONS)
    answers = {
        "division": kept.by_division(where.codes, digits, asked.on, asked.known_at),
        "licence_status": kept.by_licence_status(where.codes, asked.on, asked.known_at),
        "finding_type": kept.by_finding_type(where.codes, asked.on, asked.known_at),
    }
    for by, found in answers.items():
        assert found is not None, "the kept counts do not answer"
        assert {part: numbers for part, numbers in found.items() if any(numbers)} == {
            part: astuple(figures) for part, figures in defined[by].items()
        }, (division, asked, by)
    days = [asked.on - timedelta(days=40), asked.on]
    totals = kept.totals(where.codes, days, asked.known_at)
    whole = [counts(population(division, each), each) for each in (Moment(on, asked.known_at) for on in days)]
    assert totals == [astuple(each) for each in whole], (division, asked)


@settings(max_examples=10, **ONCE_MORE)
@given(
    st.lists(histories(), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=4, max_size=4),
    st.integers(50, 400),
)
def test_counts_made_anew_answer_any_past_k(db, told, asked, more_known):
    with taken_back():
        schools = written(told)
        write_more(schools[0], told[0], more_known)
        keeping.rebuild()

        assert next(differences([day(asked[0][0])]), None) is None
        for after, known_after in asked:
            for known_at in (moment(known_after), moment(known_after) - TICK):
                for division in DIVISIONS:
                    assert_kept_is_defined(division, Moment(day(after), known_at))


@pytest.mark.parametrize("folded", [[], [40], [40, 80], [200]], ids=str)
def test_counts_written_as_it_became_known_answer_any_past_k(db, folded):
    """A survey known late, a round struck off late, one voided, a visit taken back, a move: each by an act of its own."""
    schools, acts = [], {}
    acts[10] = lambda at: schools.append(institution(TOWNSHIPS[0], surveyed_on=day(2), surveyed_recorded=at))
    acts[20] = lambda at: schools.append(institution(TOWNSHIPS[1], surveyed_on=day(20), surveyed_recorded=at))
    acts[30] = lambda at: round_of(schools[0], day(5), ordered_recorded=at, due_on=day(25))
    acts[45] = lambda at: round_of(schools[1], day(40), ordered_recorded=at, due_on=day(60))
    acts[50] = lambda at: visit_of(schools[1], day(31), findings=("M01",), recorded=at)
    acts[70] = lambda at: strike_off(schools[0].rectifications.get(), day(24), recorded=at)
    acts[85] = lambda at: move_of(schools[0], TOWNSHIPS[1], day(35), recorded=at)
    acts[90] = lambda at: withdraw_visit_of(schools[1].visits.filter(findings__type="M01").get(), at)
    acts[95] = lambda at: void(schools[1].rectifications.get(), at)
    for known in sorted({*acts, *folded}):
        if known in folded:
            keeping.fold()
        else:
            with recording(moment(known)) as at:
                acts[known](at)

    for known in [0, *acts]:
        for known_at in (moment(known), moment(known) - TICK):
            for on in (4, 22, 36, 61):
                for division in ("33", "330382", TOWNSHIPS[1]):
                    assert_kept_is_defined(division, Moment(day(on), known_at))
    assert next(differences([day(22), day(41)]), None) is None
