"""An independent recount: the tables are taken as they are kept (figures/frames.py) and counted again with pandas, without
a condition of Django's."""

from datetime import date, datetime

import pandas as pd

from figures.frames import as_kept
from figures.statistics import FIGURES, completion
from inspections.models import Finding, Notice, Rectification, RectificationEvent, Visit
from institutions.models import Institution, Licence, Merge, Name, Place, WithdrawnSurvey
from institutions.moments import Moment

MONTH_ENDS = [day.date() for day in pd.date_range("2018-01-31", "2019-06-30", freq="ME")]
Tables = dict[str, pd.DataFrame]


def exported() -> Tables:
    """Every row of the tables the figures rest on, as they are kept."""
    tables = {
        "institutions": Institution,
        "merges": Merge,
        "places": Place,
        "names": Name,
        "withdrawn_surveys": WithdrawnSurvey,
        "licences": Licence,
        "rounds": Rectification,
        "events": RectificationEvent,
        "notices": Notice,
        "visits": Visit,
        "findings": Finding,
    }
    return {name: as_kept(model) for name, model in tables.items()}


def recount(tables: Tables, on: date, known_at: datetime) -> pd.DataFrame:
    """One row for each surveyed institution with True or False for each figure, by the words of the definitions."""
    on, known_at = pd.Timestamp(on), pd.Timestamp(known_at)
    schools, rounds = tables["institutions"], tables["rounds"]
    merged = _merged(tables, known_at)
    gone = schools.id.isin(merged) | (schools.withdrawn_at <= known_at)
    status = _surveyed_as(tables, on, known_at, merged)
    schools = schools[schools.id.isin(status.index) & ~gone]
    rounds = rounds.assign(institution_id=_survivors(rounds.institution_id, merged))

    ordered = (rounds.ordered_on <= on) & (rounds.ordered_recorded_at <= known_at)
    rounds = rounds[ordered & ~(rounds.voided_at <= known_at)]
    struck = (rounds.verified_on <= on) & (rounds.verified_recorded_at <= known_at)
    still_open = rounds[~struck]
    last = rounds[struck].sort_values(["verified_on", "verified_recorded_at", "round_no", "id"])
    last_outcome = last.groupby("institution_id").outcome.last()
    overdue = still_open[(_due(tables, still_open, on, known_at) < on).to_numpy()]

    counted = pd.DataFrame({"id": schools.id})
    counted["scope_code"] = _then(schools, schools.moved, tables["places"], "scope_code", on, known_at)
    counted["name"] = _then(schools, schools.renamed, tables["names"], "name", on, known_at)
    counted["township"], counted["county"] = counted.scope_code.str[:9], counted.scope_code.str[:6]
    counted["status"] = schools.id.map(status)
    counted["surveyed"] = True
    counted["with_problems"] = schools.id.isin(rounds.institution_id)
    counted["outstanding"] = schools.id.isin(still_open.institution_id)
    counted["rectified"] = counted.with_problems & ~counted.outstanding
    counted["overdue"] = schools.id.isin(overdue.institution_id)
    for outcome in ("closed", "licensed", "corrected"):
        counted[outcome] = counted.rectified & schools.id.isin(last_outcome[last_outcome == outcome].index)
    return counted


def _merged(tables: Tables, known_at: pd.Timestamp) -> dict:
    """What was merged as known at the moment -> into what."""
    merges = tables["merges"]
    known = merges[(merges.recorded_at <= known_at) & ~(merges.ended_at <= known_at)]
    return dict(zip(known.merged_id, known.into_id, strict=True))


def _survivors(institutions: pd.Series, merged: dict) -> pd.Series:
    """Whose each is: what was merged is what it was merged into."""
    return institutions.map(lambda pk: merged.get(pk, pk)).astype(object)


def _then(schools: pd.DataFrame, changed: pd.Series, rows: pd.DataFrame, column: str, on, known_at) -> pd.Series:
    """The column as it stands; of those that changed, as it was."""
    was = schools.id.map(_last_said(rows, column, on, known_at)).astype(object)
    return was.where(changed.astype(bool), schools[column]).astype("str")


def _last_said(rows: pd.DataFrame, column: str, on: pd.Timestamp, known_at: pd.Timestamp) -> pd.Series:
    """Of places or names: what the last one says that had begun by the day and was on file at the moment."""
    on_file = (rows.recorded_at <= known_at) & ~(rows.withdrawn_at <= known_at)
    begun = rows[on_file & (rows.from_on <= on)].sort_values(["from_on", "recorded_at", "id"])
    return begun.groupby("institution_id")[column].last()


def _surveyed_as(tables: Tables, on: pd.Timestamp, known_at: pd.Timestamp, merged: dict) -> pd.Series:
    """The licence status at survey of those surveyed: by the survey that stands, or by one withdrawn after the moment;
    of one without a survey by the last one of what was merged into it."""
    columns = ["id", "surveyed_on", "surveyed_recorded_at", "licence_status_at_survey"]
    standing = tables["institutions"][columns].assign(withdrawn_at=pd.NaT)
    withdrawn = tables["withdrawn_surveys"].drop(columns="id").rename(columns={"institution_id": "id"})
    surveys = [frame[[*columns, "withdrawn_at"]] for frame in (standing, withdrawn)]
    counting = [
        frame[
            (frame.surveyed_on <= on)
            & (frame.surveyed_recorded_at <= known_at)
            & ~(pd.to_datetime(frame.withdrawn_at, utc=True) <= known_at)
        ].set_index("id")
        for frame in surveys
    ]
    statuses = {**counting[0].licence_status_at_survey, **counting[1].licence_status_at_survey}
    assert len(statuses) == len(counting[0]) + len(counting[1]), "two surveys of one institution count at once"
    days = {**counting[0].surveyed_on, **counting[1].surveyed_on}
    theirs = sorted(((-days[pk].toordinal(), pk) for pk in merged if pk in days), reverse=True)
    taken_over = {merged[pk]: statuses[pk] for _day, pk in theirs}  # the last survey comes last, and stays
    return pd.Series(taken_over | statuses, dtype=object)


def _due(tables: Tables, still_open: pd.DataFrame, on: pd.Timestamp, known_at: pd.Timestamp) -> pd.Series:
    """The earliest deadline in force of each open round: its order's, and those of the supplementary notices that were
    served, neither withdrawn nor fulfilled. In the order of `still_open`."""
    events, notices = tables["events"], tables["notices"]
    events = events[(events.happened_on <= on) & (events.recorded_at <= known_at)].sort_values("sequence")
    extended = events[events.kind == "extended"]

    extended_to = extended[extended.notice_id.isna()].groupby("rectification_id").due_on.last()
    order_due = still_open.set_index("id").first_due_on
    order_due = extended_to.reindex(order_due.index).fillna(order_due)

    served = (notices.kind == "supplement") & (notices.served_on <= on) & (notices.recorded_at <= known_at)
    withdrawn = notices.id.isin(events[events.kind == "withdrawn"].notice_id)
    said_last = events[events.kind.isin(["fulfilled", "unfulfilled"])].groupby("notice_id").kind.last()
    fulfilled = notices.id.isin(said_last[said_last == "fulfilled"].index)
    demanded = notices[served & ~withdrawn & ~fulfilled].set_index("id")
    notice_due = extended[extended.notice_id.notna()].groupby("notice_id").due_on.last()
    demanded = demanded.assign(due=notice_due.reindex(demanded.index).fillna(demanded.due_on))
    first_of_supplements = demanded.groupby("rectification_id").due.min()

    return pd.concat([order_due, first_of_supplements.reindex(order_due.index)], axis=1).min(axis=1)


def sums(counted: pd.DataFrame, by: str) -> dict[str, dict[str, int]]:
    return counted.groupby(by)[list(FIGURES)].sum().astype(int).to_dict("index")


def sums_by_finding(tables: Tables, counted: pd.DataFrame, on: date, known_at: datetime):
    visits, known_at = tables["visits"], pd.Timestamp(known_at)
    on_file = (visits.recorded_at <= known_at) & ~(visits.withdrawn_at <= known_at)
    known = visits[on_file & (visits.happened_on <= pd.Timestamp(on))]
    known = known.assign(institution_id=_survivors(known.institution_id, _merged(tables, known_at)))
    found = tables["findings"].merge(known, left_on="visit_id", right_on="id")[["type_id", "institution_id"]]
    return sums(found.drop_duplicates().merge(counted, left_on="institution_id", right_on="id"), "type_id")


def shown(rows) -> dict[str, dict[str, int]]:
    """The rows of a completion that have anything in them."""
    return {row.key: {name: getattr(row.figures, name) for name in FIGURES} for row in rows if row.figures.surveyed}


def assert_figures_are_recounted(tables: Tables, on: date, known_at: datetime) -> None:
    """Of the county, by each partition; and of the city above it by county, which its townships add up to."""
    moment = Moment(on, known_at)
    everywhere = recount(tables, on, known_at)
    counted = everywhere[everywhere.county == "330382"]

    by_township = completion("330382", moment, by="division")
    assert shown(by_township.rows) == sums(counted, "township")
    by_status = completion("330382", moment, by="licence_status")
    assert shown(by_status.rows) == sums(counted, "status")
    by_finding = completion("330382", moment, by="finding_type")
    assert shown(by_finding.rows) == sums_by_finding(tables, counted, on, known_at)
    whole = {name: int(counted[name].sum()) for name in FIGURES}
    assert {name: getattr(by_township.total, name) for name in FIGURES} == whole
    assert {name: getattr(by_finding.total, name) for name in FIGURES} == whole
    by_county = completion("3303", moment, by="division")
    assert shown(by_county.rows) == sums(everywhere[everywhere.scope_code.str[:4] == "3303"], "county")
