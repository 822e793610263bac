"""The columns that an analyst's script relies on: their names and order, their types, and which of them may change."""

from datetime import timedelta
from uuid import UUID

import pandas as pd
import pytest

from figures.columns import (
    INSTITUTION_COLUMNS,
    INSTITUTION_EXPORTED,
    INSTITUTION_LIST,
    LEDGER_COLUMNS,
    LEDGER_EXPORTED,
    OUTSTANDING_LIST,
    REPORT_LIST,
    ledger_list,
)
from figures.frame_tables import TABLES
from figures.frames import Frames, as_kept
from inspections.models import Rectification
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import at, day, institution, licence_of, round_of

COLUMNS = {
    "institutions": """
        institution_id:text name:text signboard_name:text credit_code:text division:text division_name:text
        scope_code:text operating_address:text registered_address:text longitude:number latitude:number
        datum:word location_source:word location_accuracy_m:number category:word principal:text phone:text
        learners:whole teachers:whole area_m2:number recorded_at:moment surveyed_on:day licence_status:word
        licence_now:word standing:word surveyed:yes with_problems:yes rectified:yes outstanding:yes
        overdue:yes closed:yes licensed:yes corrected:yes
    """,
    "visits": """
        visit_id:text institution_id:text round_id:text purpose:word result:word happened_on:day
        happened_at:moment recorded_at:moment longitude:number latitude:number accuracy_m:number
        distance_m:number
    """,
    "findings": """
        finding_id:whole visit_id:text institution_id:text round_id:text happened_on:day type:word
        type_name:text severity:word
    """,
    "rounds": """
        round_id:text institution_id:text number:text round_no:whole ordered_on:day
        ordered_recorded_at:moment first_due_on:day due_on:day state:word verified_on:day
        verified_recorded_at:moment outcome:word is_open:yes is_overdue:yes
    """,
    "licences": """
        licence_id:whole institution_id:text kind:word number:text issued_by:text valid_from:day
        valid_to:day revoked_on:day is_valid:yes
    """,
}
OF_TODAY = {
    "institutions": """
        signboard_name credit_code registered_address longitude latitude datum location_source location_accuracy_m
        category principal phone learners teachers area_m2
    """,
    "findings": "type_name severity",
}
STATES = ["ordered", "submitted", "returned", "verified"]  # a round that is voided is not in the table


def test_tables_are_the_five_in_the_order_of_the_document():
    assert list(TABLES) == ["institutions", "visits", "findings", "rounds", "licences"]


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_a_table_keep_their_names_types_and_order(name):
    assert [f"{each.name}:{each.kind}" for each in TABLES[name].columns] == COLUMNS[name].split()


@pytest.mark.parametrize("name", COLUMNS)
def test_only_what_is_of_today_may_change_for_the_same_day_and_moment(name):
    of_today = [each.name for each in TABLES[name].columns if each.of == "today"]

    assert of_today == OF_TODAY.get(name, "").split()


def test_personal_are_the_principal_and_the_telephone():
    personal = {name: [each.name for each in table.columns if each.personal] for name, table in TABLES.items()}

    assert personal == dict.fromkeys(TABLES, []) | {"institutions": ["principal", "phone"]}


def test_states_of_a_round_are_all_but_voided():
    [state] = [each for each in TABLES["rounds"].columns if each.name == "state"]

    assert state.known_words == STATES


# --- Lists: what may be chosen, and what leaves with every export of it


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            INSTITUTION_COLUMNS,
            """name township standing licence_status licence_now principal due_on last_visit_on signboard_name category
            surveyed_on address position credit_code permit permit_valid registration registration_valid phone""",
        ),
        (
            INSTITUTION_EXPORTED,
            "surveyed_on address credit_code permit permit_valid registration registration_valid principal phone",
        ),
        (
            INSTITUTION_LIST,
            "name township standing licence_status licence_now principal due_on last_visit_on",
        ),
        (REPORT_LIST, "name township licence_status"),
        (OUTSTANDING_LIST, "name township licence_status standing"),
        (
            LEDGER_COLUMNS,
            """name township number problems measure ordered_on ordered_by inspectors due_on left submitted_on verified_on
            outcome state oddities address credit_code principal phone""",
        ),
        (
            LEDGER_EXPORTED,
            """name township number problems ordered_on ordered_by inspectors due_on submitted_on verified_on outcome
            state oddities address credit_code principal phone permit permit_valid registration registration_valid""",
        ),
    ],
)
def test_columns_of_a_list_are_offered_in_their_order(columns, expected):
    assert [each.name for each in columns] == expected.split()


@pytest.mark.parametrize(
    ("state", "last"),
    [
        ("", "left state"),
        ("overdue", "left state"),
        ("verified", "verified_on state"),
        ("month", "verified_on state"),
        ("voided", "state"),
    ],
)
def test_view_of_the_ledger_shows_the_day_that_matters_in_it(state, last):
    shown = [each.name for each in ledger_list(state)]

    assert shown == ["name", "number", "problems", "measure", "ordered_on", "due_on", *last.split()]


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("division", ["330382", None])
def test_tables_have_what_was_registered_as_known_at_the_moment(taskforce, signed_in, division):
    moment = Moment(day("2018-12-31"), at("2019-01-31"))
    known = institution(surveyed_on=None, recorded_at=moment.known_at)
    institution(surveyed_on=None, recorded_at=moment.known_at + timedelta(seconds=1))

    frame = Frames.of(division, moment, user=taskforce if signed_in else None).institutions

    assert list(frame["institution_id"]) == [str(known.pk)]


# --- Edges of the day and of the moment

M = Moment(day("2018-12-31"), at("2019-01-31"))
NEXT_DAY, LATER = M.on + timedelta(days=1), M.known_at + timedelta(seconds=1)


def table(name: str):
    return Frames.of("330382", M).frame(name)


@pytest.mark.parametrize(
    ("licence", "there"),
    [
        ({"valid_from": M.on, "recorded_at": M.known_at}, True),
        ({"valid_from": NEXT_DAY, "recorded_at": M.known_at}, False),
        ({"valid_from": M.on, "recorded_at": LATER}, False),
        ({"recorded_at": at("2018-02-01"), "withdrawn_at": M.known_at, "withdraw_reason": "错"}, False),
        ({"recorded_at": at("2018-02-01"), "withdrawn_at": LATER, "withdraw_reason": "错"}, True),
    ],
)
def test_licences_have_begun_by_the_day_and_stand_as_known_at_the_moment(db, licence, there):
    licence_of(institution(), "permit", **licence)

    assert len(table("licences")) == int(there)


@pytest.mark.parametrize(
    ("revoked_on", "recorded", "shown"), [(M.on, M.known_at, True), (NEXT_DAY, M.known_at, False), (M.on, LATER, False)]
)
def test_revocation_has_happened_by_the_day_and_is_known_at_the_moment(db, revoked_on, recorded, shown):
    licence_of(
        institution(), "permit", recorded_at=at("2018-02-01"), revoked_on=revoked_on, revoked_recorded_at=recorded
    )

    [found] = table("licences")["revoked_on"].notna()
    assert found == shown


@pytest.mark.parametrize(
    ("verified_on", "recorded", "is_open"),
    [(M.on, M.known_at, False), (NEXT_DAY, M.known_at, True), (M.on, LATER, True)],
)
def test_strike_off_has_happened_by_the_day_and_is_known_at_the_moment(db, verified_on, recorded, is_open):
    round_of(institution(), "2018-05-01", due_on=M.on, verified_on=verified_on, verified_recorded=recorded)

    [row] = table("rounds").to_dict("records")

    assert (row["is_open"], row["is_overdue"], bool(pd.isna(row["outcome"]))) == (is_open, False, is_open)


@pytest.mark.parametrize(("due_on", "overdue"), [("2018-12-30", True), ("2018-12-31", False)])
def test_round_is_overdue_from_the_day_after_its_term(db, due_on, overdue):
    round_of(institution(), "2018-05-01", due_on=due_on)

    assert list(table("rounds")["is_overdue"]) == [overdue]


def test_words_of_a_finding_are_the_codes_of_the_catalogue_in_their_order(db):
    [kind] = [each for each in TABLES["findings"].columns if each.name == "type"]

    assert kind.known_words == sorted(kind.known_words)
    assert len(kind.known_words) > 1


def test_reference_is_kept_in_the_type_of_what_it_refers_to(db):
    round_of(institution(), "2018-05-01")

    kept = as_kept(Rectification)

    types = {name: str(kept[name].dtype) for name in ("id", "institution_id", "ordered_by_id", "version")}
    assert types == {"id": "string", "institution_id": "string", "ordered_by_id": "Int64", "version": "Int64"}


@pytest.mark.parametrize(
    "read", [lambda: table("institutions"), lambda: as_kept(Institution)], ids=["table", "as kept"]
)
def test_rows_are_in_the_order_of_their_ids_and_numbered_through_whatever_the_pieces(db, monkeypatch, read):
    monkeypatch.setattr("figures.frames.CHUNK", 1)
    for number in (2, 3, 1):
        institution(id=UUID(int=number), name=f"第{9 - number}所")

    frame = read()

    assert [UUID(each).int for each in frame.iloc[:, 0]] == [1, 2, 3]
    assert list(frame.index) == [0, 1, 2]
