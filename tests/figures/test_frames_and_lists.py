"""What a list's file says of an institution or a round is what the tables for analysts say of it, in words."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from figures.columns import (
    ADDRESS,
    CATEGORY,
    CREDIT_CODE,
    LICENCE_AT_SURVEY,
    LICENCE_NOW,
    NAME,
    NUMBER,
    ORDERED_ON,
    OUTCOME,
    PHONE,
    PRINCIPAL,
    ROUND_DUE_ON,
    SIGNBOARD,
    STANDING,
    SURVEYED_ON,
    TOWNSHIP,
    VERIFIED_ON,
    Column,
    table_of,
    with_list_columns,
)
from figures.drilldown import Drilldown
from figures.exports import institution_lines
from figures.frames import Frames
from figures.ledger import LedgerQuestion
from figures.rounds import rows_of, with_what_is_listed
from figures.standing import Standing
from figures.unseen import Status
from inspections.models import State
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import user_with
from tests.figures.histories import TOWNSHIPS, day, moment
from tests.figures.test_recount import ONCE_MORE, taken_back, told, written

OF_INSTITUTIONS = {
    "name": NAME, "division_name": TOWNSHIP, "standing": STANDING, "licence_status": LICENCE_AT_SURVEY,
    "licence_now": LICENCE_NOW, "surveyed_on": SURVEYED_ON, "operating_address": ADDRESS, "credit_code": CREDIT_CODE,
    "signboard_name": SIGNBOARD, "category": CATEGORY, "principal": PRINCIPAL, "phone": PHONE,
}  # fmt: skip
OF_ROUNDS = {
    "number": NUMBER, "ordered_on": ORDERED_ON, "due_on": ROUND_DUE_ON, "verified_on": VERIFIED_ON, "outcome": OUTCOME,
}  # fmt: skip


def in_words(frame: pd.DataFrame, columns: dict[str, Column]) -> list[list[str]]:
    """The columns of a table as a list's file writes them."""
    said = pd.DataFrame()
    for name, column in columns.items():
        values = frame[name]
        if column.choices:
            values = values.astype("object").map(dict(column.choices.choices)).map(str, na_action="ignore")
        elif values.dtype.kind == "M":
            values = values.dt.strftime("%Y-%m-%d")
        said[name] = values.astype("object").where(values.notna(), "")
    return sorted(said.to_numpy().tolist())


@settings(max_examples=5, **ONCE_MORE)
@given(told, st.integers(0, 450), st.integers(0, 500))
def test_files_of_lists_and_tables_for_analysts_say_the_same(db, told, after, known_after):
    with taken_back():
        written(told)
        Institution.objects.update(principal="王某某", phone="13800001111", credit_code="91350200MA2YJ1XR9G")
        asked = Moment(day(after), moment(known_after))
        clocks = {"as_of": asked.on.isoformat(), "known_at": asked.known_at.isoformat()}
        somebody = user_with("inspector", TOWNSHIPS[0])
        tables = Frames.of(None, asked, user=somebody)

        found = with_list_columns(Drilldown(division=TOWNSHIPS[0], **clocks).institutions(somebody), asked)
        people_in = [TOWNSHIPS[0]]
        unseen = {str(Status.UNSEEN.label): str(Standing.CLEAR.label)}  # a list has another word for the same standing
        lines = institution_lines(found, asked, [*OF_INSTITUTIONS.values()], people_in=people_in)
        ledger = LedgerQuestion(division=TOWNSHIPS[0], **clocks)
        rounds = ledger.rounds(somebody).exclude(state_then=State.VOIDED)
        listed = rows_of(with_what_is_listed(rounds, ledger), ledger)

        assert in_words(tables.institutions, OF_INSTITUTIONS) == sorted(
            [unseen.get(cell, cell) for cell in line] for line in lines
        )
        assert in_words(tables.rounds, OF_ROUNDS) == sorted(table_of(listed, [*OF_ROUNDS.values()]))
