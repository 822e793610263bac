"""On histories nobody thought of: the figures equal the recount of tests/recount.py for every township and month end, and
what a report finds lost since the one before is all that was lost."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from figures.statistics import members
from inspections.models import Rectification
from institutions.models import Institution
from institutions.moments import Moment, start_of
from reports.contradictions import contradictions
from tests.factories import at, institution, round_of, visit_of
from tests.recount import MONTH_ENDS, assert_figures_are_recounted, exported

TOWNSHIPS = ["330382114", "330382115", "330382001"]
STATUSES = ["full", "registration_only", "permit_only", "none"]
FIRST = date(2018, 3, 1)


days_later = st.integers(0, 120)
late = st.one_of(st.just(0), st.integers(0, 90))  # days until something became known


@st.composite
def rounds(draw):
    """(gap, term, late, extensions, end): one round by days counted from the one before it."""
    return {
        "gap": draw(st.integers(0, 100)),
        "term": draw(st.integers(0, 60)),
        "late": draw(late),
        "extensions": draw(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), late), max_size=2)),
        "end": draw(st.sampled_from(["verified", "verified", "voided"])),
        "lasts": draw(days_later),
        "end_late": draw(late),
        "outcome": draw(st.sampled_from(["closed", "licensed", "corrected"])),
    }


@st.composite
def histories(draw):
    """An institution with its survey, visits, rounds (the last may be open), a merge or a withdrawal."""
    return {
        "township": draw(st.sampled_from(TOWNSHIPS)),
        "status": draw(st.sampled_from(STATUSES)),
        "surveyed": draw(st.one_of(st.none(), days_later)),
        "survey_late": draw(late),
        "rounds": draw(st.lists(rounds(), max_size=3)),
        "last_open": draw(st.booleans()),
        "gone": draw(st.sampled_from(["", "", "", "merged", "withdrawn"])),
        "gone_after": draw(st.integers(0, 400)),
        "visits": draw(
            st.lists(st.tuples(st.integers(0, 400), late, st.sampled_from(["T01", "S02", "M01"])), max_size=2)
        ),
    }


def write(history: dict, kept: Institution) -> None:
    columns = {}
    if history["gone"] == "merged":
        columns = {"merged_into": kept, "merged_at": _at(history["gone_after"])}
    elif history["gone"] == "withdrawn":
        columns = {"withdrawn_at": _at(history["gone_after"])}
    surveyed = history["surveyed"]
    school = institution(
        history["township"],
        status=history["status"],
        surveyed_on=None if surveyed is None else _day(surveyed),
        surveyed_recorded=None if surveyed is None else _at(surveyed + history["survey_late"]),
        **columns,
    )
    for after, known_after, code in history["visits"]:
        visit_of(school, _day(after), findings=(code,), recorded=_at(after + known_after))
    ordered = 0
    for index, each in enumerate(history["rounds"]):
        ordered += each["gap"]
        ordered = _write_round(school, each, ordered, history["last_open"] and index == len(history["rounds"]) - 1)


def _write_round(school: Institution, each: dict, ordered: int, stays_open: bool) -> int:
    """Write one round that was ordered on a day of the history; the day on which it ended."""
    due, extensions = ordered + each["term"], []
    for after, longer, known_after in each["extensions"]:
        due += longer
        on = ordered + after
        extensions.append((_day(on), _day(due), _at(on + known_after)))
    ended = ordered + each["lasts"]
    known_ordered = ordered + each["late"]
    how = {}
    if not stays_open and each["end"] == "voided":
        how = {"voided": _at(known_ordered + each["end_late"])}
    elif not stays_open:
        recorded = _at(max(ended, known_ordered) + each["end_late"])
        how = {"verified_on": _day(ended), "verified_recorded": recorded, "outcome": each["outcome"]}
    round_of(
        school,
        _day(ordered),
        due_on=_day(ordered + each["term"]),
        ordered_recorded=_at(known_ordered),
        extensions=extensions,
        **how,
    )
    return ended


def _day(after: int) -> date:
    return FIRST + timedelta(days=after)


def _at(after: int) -> datetime:
    return at(_day(after))


@contextmanager
def taken_back():
    """What an example writes is gone when it ends."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(
    max_examples=14,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(histories(), min_size=1, max_size=6), st.integers(0, 500))
def test_figures_of_any_history_equal_the_recount(db, told, known_after):
    with taken_back():
        kept = institution(TOWNSHIPS[0], surveyed_on="2018-03-01", status="full")
        for history in told:
            write(history, kept)

        tables = exported()

        for on in MONTH_ENDS:
            assert_figures_are_recounted(tables, on, known_at=_at(known_after))
        assert_figures_are_recounted(tables, MONTH_ENDS[-1], known_at=at("2026-01-01"))


@settings(
    max_examples=14,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(histories(), min_size=1, max_size=6))
def test_losses_of_any_history_are_all_found(db, told):
    """The checks look only through what was rewritten; these are the sets they stand for, subtracted."""
    with taken_back():
        kept = institution(TOWNSHIPS[0], surveyed_on="2018-03-01", status="full")
        for history in told:
            write(history, kept)
        for before, on in pairwise(MONTH_ENDS):
            now = Moment(on, at("2026-01-01"))
            then = Moment(before, start_of(before + timedelta(days=1)))
            lost = {
                figure: _members(figure, then) - _members(figure, now)
                for figure in ("surveyed", "with_problems", "rectified")
            }
            since = Rectification.objects.counted_at(now).filter(ordered_on__gt=before)
            explained = set(since.values_list("institution", flat=True))

            found = {
                each.code: {school.pk for school in each.institutions} for each in contradictions("330382", now, before)
            }

            assert found.get("base_shrank", set()) == lost["surveyed"] | lost["with_problems"]
            assert found.get("strike_off_disappeared", set()) == lost["rectified"] - explained


def _members(figure: str, moment: Moment) -> set:
    return set(members(figure, Institution.objects.all(), moment).values_list("pk", flat=True))
