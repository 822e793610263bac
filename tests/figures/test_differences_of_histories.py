"""On histories nobody thought of: whoever stands otherwise is in one part of the difference, for a reason that lies
between the two moments, and the parts add up; who stands otherwise is counted with pandas, apart."""

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from figures.differences import differences, each_change
from figures.reasons import REASONS
from figures.statistics import FIGURES, completion
from institutions.moments import Moment
from tests.factories import at
from tests.figures.histories import TOWNSHIPS, day, histories, moment
from tests.figures.test_recount import ONCE_MORE, taken_back, written
from tests.recount import exported, recount

told = st.lists(histories(), min_size=2, max_size=6)
# Nothing of these is of the days between: it became known, or was taken back, between the two moments at which.
KNOWN_SINCE = {
    "surveyed_late", "survey_by_merge", "taken_apart", "moved_in_late", "found_late", "found_by_merge", "rectified_late",
    "rectified_by_void", "rectified_by_parting", "rebound_late", "rebound_by_merge", "outcome_closed",
    "outcome_licensed", "outcome_corrected", "overdue_late", "voided", "problems_parted", "merged",
    "registration_withdrawn", "import_undone", "survey_withdrawn", "visit_withdrawn", "survey_parted", "moved_out_late",
}  # fmt: skip
EITHER = {"extended", "notice_settled", "other_round", "moved_within", "status_changed"}
HAPPENED = set(REASONS) - KNOWN_SINCE - EITHER


def moments(days: tuple[int, int], known: tuple[int, int]) -> tuple[Moment, Moment]:
    earlier, later = sorted(days), sorted(known)
    return Moment(day(earlier[0]), moment(later[0])), Moment(day(earlier[1]), moment(later[1]))


any_two = st.tuples(st.integers(0, 450), st.integers(0, 500))


@settings(max_examples=60, **ONCE_MORE)
@given(told, any_two, any_two)
def test_parts_of_any_history_are_all_that_differs_and_add_up(db, told, days, known):
    with taken_back():
        written(told)
        earlier, later = moments(days, known)
        tables = exported()

        for division in ("330382", "3303", TOWNSHIPS[0]):
            found = differences(division, earlier, later)
            changes = list(each_change(division, earlier, later))

            assert found.adds_up
            assert found.total.before == completion(division, earlier).total
            assert found.total.after == completion(division, later).total
            assert [change.pk for change in changes] == list(dict.fromkeys(change.pk for change in changes))
            assert {str(change.pk) for change in changes} == _otherwise(tables, division, earlier, later)
            for part in found.parts:
                of_part = [change for change in changes if change.reason.code == part.code]
                assert (part.count, len(part.institutions)) == (len(of_part), len(of_part))
                for figure in FIGURES:
                    assert abs(part.effects[figure]) == sum(change.effect(figure) != 0 for change in of_part), part.code


def history(**told):
    return {
        "township": "330382114", "status": "full", "surveyed": None, "survey_late": 0, "survey_withdrawn": None,
        "surveyed_instead": None, "rounds": [], "last_open": False, "moves": [], "renames": [], "licences": [],
        "gone": "", "gone_after": 0, "taken_apart": None, "visits": [],
    } | told  # fmt: skip


@settings(max_examples=40, **ONCE_MORE)
@given(told, any_two, any_two)
# Surveyed by what was merged into it, long before a survey of its own.
@example([history(surveyed=0, gone="merged", gone_after=1), history()], (0, 0), (0, 1))
def test_reasons_of_any_history_lie_between_the_moments(db, told, days, known):
    with taken_back():
        written(told)
        earlier, later = moments(days, known)

        for change in each_change("330382", earlier, later):
            code, happened_on, known_at = change.reason
            if code in KNOWN_SINCE and code != "overdue_late":
                assert known_at is not None and earlier.known_at < known_at <= later.known_at, change
            if code in HAPPENED:
                assert happened_on is None or earlier.on < happened_on <= later.on, change
            if earlier.known_at == later.known_at:
                assert code not in KNOWN_SINCE
        same_day = {change.reason.code for change in each_change("330382", Moment(later.on, earlier.known_at), later)}
        assert same_day <= KNOWN_SINCE | EITHER
        same_k = {change.reason.code for change in each_change("330382", Moment(earlier.on, later.known_at), later)}
        assert same_k <= HAPPENED | EITHER


@settings(max_examples=15, **ONCE_MORE)
@given(told, st.tuples(st.integers(0, 450), st.integers(0, 450)))
def test_parts_of_three_moments_add_up_to_those_of_the_first_and_the_last(db, told, days):
    with taken_back():
        written(told)
        first, last = sorted(days)
        moments_ = [
            Moment(day(first), moment(first)),
            Moment(day(last), moment(last)),
            Moment(day(450), at("2026-01-01")),
        ]

        one, other, whole = (
            differences("330382", earlier, later).sums for earlier, later in (moments_[:2], moments_[1:], moments_[::2])
        )

        assert {figure: one[figure] + other[figure] for figure in FIGURES} == whole


def _otherwise(tables, division: str, earlier: Moment, later: Moment) -> set[str]:
    """The ids of those that are counted otherwise, by the recount."""
    asked = {"3303": 6, "330382": 9}.get(division, 12)
    both = []
    for at_moment in (earlier, later):
        counted = recount(tables, at_moment.on, at_moment.known_at)
        counted = counted[counted.scope_code.str.startswith(division)]
        said = counted.assign(part=counted.scope_code.str[:asked])[["id", "part", "status", *FIGURES]]
        both.append(
            said.astype("str").set_index("id").apply("|".join, axis=1) if len(said) else pd.Series(dtype=object)
        )
    was, now = both
    return {pk for pk in {*was.index, *now.index} if was.get(pk) != now.get(pk)}
