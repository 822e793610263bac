"""An independent recount: the tables are exported as they are and counted again with pandas, without a Django condition.

Held equal to `inspections.statistics` for every township and month end: on histories made by hypothesis, and on the
demonstration.
"""

from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pandas as pd
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.models import Finding, Rectification, RectificationEvent, Visit
from inspections.statistics import FIGURES, completion
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import at, institution, round_of, visit_of

TOWNSHIPS = ["330382114", "330382115", "330382001"]
STATUSES = ["full", "registration_only", "permit_only", "none"]
FIRST = date(2018, 3, 1)
MONTH_ENDS = [day.date() for day in pd.date_range("2018-01-31", "2019-06-30", freq="ME")]


# --- The recount


def exported() -> dict[str, pd.DataFrame]:
    """Every row of the five tables the figures rest on, as plain columns; days and moments as pandas' own."""
    tables = {
        "institutions": Institution,
        "rounds": Rectification,
        "events": RectificationEvent,
        "visits": Visit,
        "findings": Finding,
    }
    frames = {}
    for name, model in tables.items():
        columns = [field.attname for field in model._meta.concrete_fields]
        frame = pd.DataFrame.from_records(list(model.objects.values_list(*columns)), columns=columns)
        for column in columns:
            if column.endswith(("_on", "_at")):
                frame[column] = pd.to_datetime(frame[column], utc=column.endswith("_at"))
        frames[name] = frame
    return frames


def recount(tables: dict[str, pd.DataFrame], on: date, known_at: datetime) -> pd.DataFrame:
    """One row for each surveyed institution with True or False for each figure, by the words of the definitions."""
    on, known_at = pd.Timestamp(on), pd.Timestamp(known_at)
    schools, rounds, events = tables["institutions"], tables["rounds"], tables["events"]
    gone = (schools.merged_at <= known_at) | (schools.withdrawn_at <= known_at)
    schools = schools[(schools.surveyed_on <= on) & (schools.surveyed_recorded_at <= known_at) & ~gone]

    ordered = (rounds.ordered_on <= on) & (rounds.ordered_recorded_at <= known_at)
    rounds = rounds[ordered & ~(rounds.voided_at <= known_at)]
    struck = (rounds.verified_on <= on) & (rounds.verified_recorded_at <= known_at)
    still_open = rounds[~struck]
    last = rounds[struck].sort_values(["verified_on", "verified_recorded_at", "round_no"])
    last_outcome = last.groupby("institution_id").outcome.last()

    extended = events[(events.kind == "extended") & (events.happened_on <= on) & (events.recorded_at <= known_at)]
    extended_to = extended.sort_values("sequence").groupby("rectification_id").due_on.last()
    due = still_open.set_index("id").first_due_on
    due = extended_to.reindex(due.index).fillna(due).to_numpy()

    counted = pd.DataFrame({"id": schools.id, "township": schools.scope_code.str[:9]})
    counted["status"] = schools.licence_status_at_survey
    counted["surveyed"] = True
    counted["with_problems"] = schools.id.isin(rounds.institution_id)
    counted["outstanding"] = schools.id.isin(still_open.institution_id)
    counted["rectified"] = counted.with_problems & ~counted.outstanding
    counted["overdue"] = schools.id.isin(still_open[due < on].institution_id)
    for outcome in ("closed", "licensed", "corrected"):
        counted[outcome] = counted.rectified & schools.id.isin(last_outcome[last_outcome == outcome].index)
    return counted


def sums(counted: pd.DataFrame, by: str) -> dict[str, dict[str, int]]:
    return counted.groupby(by)[list(FIGURES)].sum().astype(int).to_dict("index")


def sums_by_finding(tables: dict[str, pd.DataFrame], counted: pd.DataFrame, on: date, known_at: datetime):
    visits = tables["visits"]
    known = visits[(visits.happened_on <= pd.Timestamp(on)) & (visits.recorded_at <= pd.Timestamp(known_at))]
    found = tables["findings"].merge(known, left_on="visit_id", right_on="id")[["type_id", "institution_id"]]
    return sums(found.drop_duplicates().merge(counted, left_on="institution_id", right_on="id"), "type_id")


def shown(rows) -> dict[str, dict[str, int]]:
    """The rows of a completion that have anything in them."""
    return {row.key: {name: getattr(row.figures, name) for name in FIGURES} for row in rows if row.figures.surveyed}


def assert_figures_are_recounted(tables: dict[str, pd.DataFrame], on: date, known_at: datetime) -> None:
    moment = Moment(on, known_at)
    counted = recount(tables, on, known_at)

    by_township = completion("330382", moment, by="division")
    assert shown(by_township.rows) == sums(counted, "township")
    by_status = completion("330382", moment, by="licence_status")
    assert shown(by_status.rows) == sums(counted, "status")
    by_finding = completion("330382", moment, by="finding_type")
    assert shown(by_finding.rows) == sums_by_finding(tables, counted, on, known_at)
    whole = {name: int(counted[name].sum()) for name in FIGURES}
    assert {name: getattr(by_township.total, name) for name in FIGURES} == whole
    assert {name: getattr(by_finding.total, name) for name in FIGURES} == whole


# --- Histories nobody thought of


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
    max_examples=20,
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
