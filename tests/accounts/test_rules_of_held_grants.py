"""On which days a grant is held, and by whom: now by its row, on a day gone by also by what the trail says of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.held import Held, prefixes_ever, prefixes_on, was_active_on
from accounts.models import Grant, User
from accounts.roles import Permission
from institutions.moments import today
from tests.accounts.test_rules_of_the_trail import row
from tests.factories import LIUSHI, PANSHI, at, day, hand, user_with

RECORD, SEE = Permission.RECORD_VISIT, Permission.SEE
WRITTEN = day("2018-10-01")  # when `row` is known
BEFORE, AFTER = WRITTEN - timedelta(1), WRITTEN + timedelta(1)
STANDS = Held("inspector", LIUSHI, day("2018-03-01"), None, None)


@pytest.fixture
def inspector(db) -> User:
    return user_with("inspector", LIUSHI, valid_from="2018-03-01")


# --- One grant


@pytest.mark.parametrize(
    ("on", "is_held"), [("2018-02-28", False), ("2018-03-01", True), ("2018-03-05", True), ("2018-03-06", False)]
)
def test_grant_is_held_from_its_first_day_to_its_last(on, is_held):
    assert replace(STANDS, last=day("2018-03-05")).on(day(on)) is is_held


@pytest.mark.parametrize(("on", "is_held"), [("2018-05-01", True), ("2018-05-02", False)])
def test_grant_that_was_taken_away_is_held_on_that_day_still(on, is_held):
    assert replace(STANDS, until=at("2018-05-01", 0, 30)).on(day(on)) is is_held


def test_grant_that_stands_is_held_on_days_to_come():
    assert STANDS.on(today() + timedelta(1))


def test_grant_is_in_force_from_its_first_day_to_its_last(db):
    user_with("inspector", LIUSHI, valid_from="2018-03-01", valid_to="2018-03-05")

    days = [f"2018-{each}" for each in ("02-28", "03-01", "03-05", "03-06")]
    assert [Grant.objects.in_force(day(on)).exists() for on in days] == [False, True, True, False]


@pytest.mark.parametrize(("first", "last", "seen"), [(0, 0, [LIUSHI]), (1, 1, []), (-1, -1, [])])
def test_user_sees_where_a_grant_is_in_force_today(db, first, last, seen):
    days = {"valid_from": today() + timedelta(first), "valid_to": today() + timedelta(last)}

    assert user_with("inspector", LIUSHI, **days).prefixes(SEE) == seen


def test_grant_of_no_division_shows_nothing_now_or_then(db):
    user = user_with("inspector", "99")

    assert (user.prefixes(SEE), prefixes_on(user, SEE, WRITTEN), prefixes_ever(user, SEE)) == ([], [], [])


# --- What the trail says of grants


def test_grant_that_was_changed_is_held_as_it_was_until_that_day(db):
    user = user_with("auditor", PANSHI)
    grant = user.grants.get()
    row("accounts.grant", grant.pk, after={"role": "inspector"})  # granted, when nothing stood before it
    row("accounts.grant", grant.pk, before={"role": "inspector", "division_prefix": LIUSHI})

    assert [prefixes_on(user, RECORD, on) for on in (BEFORE, WRITTEN, AFTER)] == [[LIUSHI], [LIUSHI], []]
    assert prefixes_on(user, SEE, AFTER) == [PANSHI]
    assert prefixes_ever(user, RECORD) == [LIUSHI]


def taken_from(user: User) -> None:
    stood = {"user_id": user.pk, "role": "inspector", "division_prefix": PANSHI, "valid_from": "2018-01-01"}
    row("accounts.grant", 9999, before=stood | {"valid_to": None})


def test_grant_that_was_taken_away_was_held_until_that_day(inspector):
    taken_from(inspector)

    assert [prefixes_on(inspector, RECORD, on) for on in (WRITTEN, AFTER)] == [[LIUSHI, PANSHI], [LIUSHI]]


def test_grant_that_was_taken_from_somebody_else_is_not_ones_own(inspector):
    taken_from(hand("somebody else"))

    assert prefixes_ever(inspector, RECORD) == [LIUSHI]


def test_row_of_another_object_with_the_number_of_a_grant_says_nothing_of_it(inspector):
    row("accounts.user", inspector.grants.get().pk, before={"division_prefix": PANSHI})

    assert prefixes_ever(inspector, RECORD) == [LIUSHI]


# --- Accounts


@pytest.fixture
def disabled(db) -> User:
    user = hand("disabled")
    user.is_active = False
    user.save()
    return user


def test_account_that_was_disabled_was_in_use_on_that_day_still(disabled):
    row("accounts.user", disabled.pk, before={"is_active": True}, after={"is_active": False})

    assert [was_active_on(disabled, on) for on in (BEFORE, WRITTEN, AFTER)] == [True, True, False]


def test_account_that_is_in_use_again_was_so_always(db):
    user = hand("back again")
    row("accounts.user", user.pk, after={"is_active": False})

    assert was_active_on(user, AFTER)


@pytest.mark.parametrize(
    ("of", "whose", "after"),
    [
        ("accounts.user", 0, {"name": "新名"}),
        ("accounts.user", 1, {"is_active": False}),
        ("institutions.division", 0, {"is_active": False}),
    ],
)
def test_account_is_disabled_by_the_row_that_says_so_of_it(disabled, of, whose, after):
    row(of, disabled.pk + whose, after=after)

    assert was_active_on(disabled, today() + timedelta(1))


def test_account_that_was_disabled_when_nobody_wrote_it_down_is_taken_to_have_been_in_use(disabled):
    assert was_active_on(disabled, today() + timedelta(1))
