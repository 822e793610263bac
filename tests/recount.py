"""An independent recount: the tables are exported as they are and counted again with pandas, without a Django condition."""

from datetime import date, datetime

import pandas as pd

from figures.statistics import FIGURES, completion
from inspections.models import Finding, Rectification, RectificationEvent, Visit
from institutions.models import Institution
from institutions.moments import Moment

MONTH_ENDS = [day.date() for day in pd.date_range("2018-01-31", "2019-06-30", freq="ME")]


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
