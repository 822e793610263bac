"""One table of moves: what is made from it adds up, and a row with a word nobody knows would be found."""

import pytest
from django.urls import reverse

from accounts import guards
from accounts.roles import ROLES
from inspections import actions, forms, serializers
from inspections.history import history_of
from inspections.models import RectificationEvent, State
from inspections.moves import MOVES, OPEN_STATES, TRANSITIONS
from institutions.moments import today
from tests.factories import institution, round_of, supplement_of

ROUND = "11111111-1111-4111-8111-111111111111"
EVERY_MOVE = pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)


@EVERY_MOVE
def test_move_has_an_address_an_action_an_event_and_somebody_who_may(move):
    assert reverse(f"api-{move.name}", args=[ROUND]) == f"/api/v1/rectifications/{ROUND}/{move.name}/"
    assert reverse("rectification_move", args=[ROUND, move.name]) == f"/rectifications/{ROUND}/{move.name}/"
    assert move.action is getattr(actions, move.act)
    assert move.event in RectificationEvent.Kind.values
    assert any(move.permission in permissions for permissions in ROLES.values())
    assert set(move.from_) <= set(OPEN_STATES)


@EVERY_MOVE
def test_form_and_body_of_a_move_ask_for_the_fields_of_its_row(db, move):
    named = ["version", "on", *(field.name for field in move.fields)]

    round_ = round_of(institution(status="registration_only"), "2018-10-01")

    form = forms.MoveForm(move=move, rectification=round_, history=history_of(round_), findings=[])
    body = serializers.MOVE_BODIES[move.name]()

    asked_twice = ["sure"] if move.final or move.name == "submit" else []
    assert list(form.fields) == named + asked_twice
    assert list(body.fields) == named
    assert [str(form.fields[field.name].label) for field in move.fields] == [str(field.label) for field in move.fields]
    assert form.prefix == move.name


def test_state_of_the_table_is_reached_and_left_as_its_moves_say():
    led = {(start, move.to) for move in MOVES.values() for start in move.from_ if move.to is not None}

    assert {(start, end) for start, ends in TRANSITIONS.items() for end in ends} == led
    assert set(TRANSITIONS) == set(State)
    assert {state for state, ends in TRANSITIONS.items() if not ends} == set(State) - set(OPEN_STATES)


def test_database_knows_the_pairs_of_the_table_and_no_others():
    (held,) = (each for each in guards.declared() if each.name == "rectification_moves_as_is_legal")

    named = {f"OLD.state = '{start}' AND NEW.state = '{end}'" for start, ends in TRANSITIONS.items() for end in ends}
    assert set(held.condition.split("NOT (")[1].rstrip(")").split(" OR ")) == named


@EVERY_MOVE
def test_move_is_named_on_the_page_of_a_round_in_its_state(browse, taskforce, supervisor, move):
    submitted = {"submitted_on": today()} if "ordered" not in move.from_ else {}
    round_ = round_of(institution(), "2018-10-01", **submitted)
    supplement_of(round_)
    who = next(user for user in (taskforce, supervisor) if user.prefixes(move.permission))

    page = browse(who).get(round_.get_absolute_url()).content.decode()

    assert f'action="/rectifications/{round_.pk}/{move.name}/"' in page
    assert f"<summary><b>{move.title}</b></summary>" in page


# --- What the API's contract and the roles say of each, by hand: a move that leaves the table fails here

SAID = {  # name: (from, to, permission, fields: * must be given, the kinds of notices in brackets)
    "submit": ("ordered returned", "submitted", "submit", "outcome* put_right registered_scope note"),
    "verify": ("submitted", "verified", "verify", "outcome note"),
    "return": ("submitted", "returned", "return", "reason*"),
    "extend": ("ordered submitted returned", None, "extend", "notice(supplement) due_on* reason*"),
    "replace": ("ordered submitted returned", None, "order", "notice*(order,supplement) measure reason*"),
    "withdraw": ("ordered submitted returned", None, "void", "notice*(supplement) reason*"),
    "void": ("ordered returned", "voided", "void", "reason*"),
}


def test_moves_are_those_of_the_contract():
    assert list(MOVES) == list(SAID)


@pytest.mark.parametrize("name", SAID)
def test_move_leads_from_and_to_and_asks_as_is_said(name):
    move = MOVES[name]

    fields = [
        f"{field.name}{'*' * field.required}{'(' * bool(field.among)}{','.join(field.among)}{')' * bool(field.among)}"
        for field in move.fields
    ]
    assert (" ".join(move.from_), move.to, str(move.permission), " ".join(fields)) == SAID[name]
