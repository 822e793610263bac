"""What anybody can ask of a day, as known at a moment: figures, the lists behind them, the ledger and the tables."""

from typing import Any

from accounts.models import User
from figures.drilldown import Drilldown
from figures.frame_tables import TABLES
from figures.frames import Frames
from figures.ledger import LedgerQuestion
from figures.rounds import rows_of, with_what_is_listed
from figures.statistics import PARTITIONS, completion
from institutions.moments import Moment
from institutions.past import as_listed
from tests.factories import LIUSHI

COUNTY = "330382"
OF_INSTITUTIONS = [
    {"figure": "overdue"},
    {"figure": "rectified"},
    {"licence_now": "full"},
    {"licence_now": "permit_only"},
    {"unvisited": "ever"},
    {"finding_type": "S02"},
    {"q": "青竹"},
]
OF_ROUNDS = [
    {},
    {"finding_type": "S02"},
    {"state": "overdue"},
    {"state": "recheck"},
    {"state": "voided"},
    {"figure": "overdue"},
    {"inspector": "first"},
]


def answers(somebody: User, asked: Moment) -> dict[str, Any]:
    """Every answer by its question."""
    found: dict[str, Any] = {}
    for division in (COUNTY, LIUSHI):
        for by in PARTITIONS:
            found[f"figures of {division} by {by}"] = completion(division, asked, by=by).as_json()
        found[f"institutions of {division}"] = _institutions(somebody, asked, division, {})
    for question in OF_INSTITUTIONS:
        found[f"institutions {question}"] = _institutions(somebody, asked, COUNTY, question)
    for question in OF_ROUNDS:
        found[f"rounds {question}"] = _rounds(somebody, asked, question)
    frames = Frames.of(COUNTY, asked)
    for name, table in TABLES.items():
        lasting = [column.name for column in table.columns if column.of != "today"]
        found[f"table {name}"] = frames.frame(name)[lasting].to_csv(index=False)
    return found


def _institutions(somebody: User, asked: Moment, division: str, question: dict[str, str]) -> list[tuple]:
    found = Drilldown(division=division, **question).institutions(somebody, asked)
    return [
        (each.institution.pk, each.name, each.division_name, each.operating_address, each.surveyed_on,
         each.licence_status, each.institution.standing)
        for each in as_listed(found.in_list_order(asked), asked)
    ]  # fmt: skip


def _rounds(somebody: User, asked: Moment, question: dict[str, str]) -> list[tuple]:
    clocks = {"as_of": asked.on.isoformat(), "known_at": asked.known_at.isoformat()}
    of_ledger = LedgerQuestion(division=COUNTY, **clocks, **question)
    rows = rows_of(with_what_is_listed(of_ledger.rounds(somebody), of_ledger), of_ledger, with_visitors=True)
    return sorted(
        (each.round.number, str(each.round.state), str(each.round.next_due_on), each.listed.name, each.outcome,
         sorted(problem.code for problem in each.problems), sorted(each.visitors))
        for each in rows
    )  # fmt: skip
