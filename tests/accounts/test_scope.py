"""Scope is a half-open range of codes: who sees which institution."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.permissions import has_permission
from accounts.roles import Permission
from accounts.scope import next_prefix, within_prefixes
from institutions.models import Division, Institution
from institutions.moments import today
from tests.factories import institution, user_with


@pytest.fixture
def around(db):
    """One institution each in 3309, 331000, 331003, 3310 9…, 3311 and 34, named by their code."""
    codes = ["330999", "331000", "331003", "331099", "331100", "340000"]
    for code in codes:
        division(code[:2], "province")
        division(code[:4], "city")
        division(code, "county")
        institution(code, name=code)


def division(code: str, level: str) -> None:
    Division.objects.get_or_create(code=code, defaults={"name": code, "level": level, "parent_id": code[:-2] or None})


@pytest.mark.parametrize(
    ("prefix", "seen"),
    [
        ("331000", {"331000"}),  # stripped of its zeros it would be 331 and show 3311
        ("3310", {"331000", "331003", "331099"}),
        ("3311", {"331100"}),
        ("33", {"330999", "331000", "331003", "331099", "331100"}),
        ("331003", {"331003"}),
        ("3302", set()),
    ],
)
def test_division_holds_its_own_range_and_no_other(around, prefix, seen):
    assert set(Institution.objects.in_division(prefix).values_list("name", flat=True)) == seen
    user = user_with("inspector", prefix)
    assert set(Institution.objects.visible_to(user).values_list("name", flat=True)) == seen


@pytest.mark.parametrize("last", ["330999", "3399"])
def test_last_division_of_another_does_not_hold_the_one_that_follows_it(around, last):
    after = {"330999": "3310", "3399": "34"}[last]
    division(last, {4: "city", 6: "county"}[len(last)])
    user = user_with("inspector", last)

    assert Division.objects.filter(code=after).exists()
    assert set(Division.objects.visible_to(user).values_list("code", flat=True)) == {last}


def test_empty_prefix_means_nothing(around):
    assert not Institution.objects.in_division("").exists()
    assert not Institution.objects.visible_to(user_with("admin", "")).exists()


def test_two_grants_show_both_divisions(around):
    user = user_with("inspector", "331003")
    user.grants.create(role="inspector", division_prefix="3311", valid_from="2018-01-01")

    assert set(Institution.objects.visible_to(user).values_list("name", flat=True)) == {"331003", "331100"}


@pytest.mark.parametrize("grant", [{"valid_to": "2019-12-31"}, {"valid_from": "2999-01-01"}])
def test_grant_out_of_its_days_shows_nothing(around, grant):
    user = user_with("supervisor", "33", **grant)

    assert not Institution.objects.visible_to(user).exists()
    assert not has_permission(user, Permission.SEE)


TODAY = today()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "in_force"),
    [
        (YESTERDAY, TODAY, True),  # on its last day
        (TODAY, TOMORROW, True),  # on its first
        (TODAY, TODAY, True),
        (YESTERDAY, YESTERDAY, False),
        (TOMORROW, TOMORROW, False),
        (TODAY, None, True),
        (TOMORROW, None, False),
    ],
)
def test_grant_is_in_force_from_its_first_day_to_its_last(around, valid_from, valid_to, in_force):
    user = user_with("supervisor", "33", valid_from=valid_from, valid_to=valid_to)

    assert has_permission(user, Permission.SEE, "331000000000") is in_force
    assert Institution.objects.visible_to(user).exists() is in_force


def test_disabled_user_sees_nothing(around):
    user = user_with("supervisor", "33")
    user.is_active = False

    assert not Institution.objects.visible_to(user).exists()


@pytest.mark.parametrize("prefix", ["", "99", "33x", "３３", "-1"])
def test_next_prefix_refuses_what_is_no_prefix(prefix):
    with pytest.raises(ValueError, match="not a division prefix"):
        next_prefix(prefix)


@pytest.mark.parametrize(("prefix", "following"), [("330382", "330383"), ("3309", "3310"), ("09", "10"), ("00", "01")])
def test_next_prefix_is_the_code_that_follows(prefix, following):
    assert next_prefix(prefix) == following


ROLES = {
    "inspector": {"see", "see_personal_data", "record_visit", "submit", "hand_over"},
    "task_force": {
        "see", "see_personal_data", "record_visit", "submit", "hand_over", "order", "return", "extend", "verify",
        "withdraw_visit", "edit_registry", "prepare_report",
        "see_misconduct", "see_misconduct_names", "record_misconduct",
    },
    "supervisor": {"see", "see_personal_data", "hand_over", "verify", "void", "withdraw_visit", "approve_report",
                   "see_misconduct", "see_misconduct_names", "withdraw_misconduct"},
    "auditor": {"see", "see_audit", "see_misconduct"},
    "admin": {"manage_accounts"},
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_role_may_do_what_the_table_says_and_no_more(db, role):
    user = user_with(role, "" if role == "admin" else "330382")

    may = {permission.value for permission in Permission if has_permission(user, permission, "330382114000")}
    elsewhere = {permission.value for permission in Permission if has_permission(user, permission, "330381000000")}

    # Accounts have no division; "manage inspectors" and "manage the task force" are not built yet.
    assert (may, elsewhere) == (ROLES[role], {"manage_accounts"} if role == "admin" else set())


def test_administrator_of_accounts_sees_and_does_nothing_where_the_grant_names_a_division(around):
    user = user_with("admin", "33")

    assert not Institution.objects.visible_to(user).exists()
    assert not has_permission(user, Permission.SEE, "331000000000")


def test_nobody_who_is_not_signed_in_may_do_anything():
    assert [has_permission(AnonymousUser(), permission) for permission in Permission] == [False] * len(Permission)


@pytest.mark.parametrize(("role", "prefix", "may"), [("admin", "", True), ("supervisor", "33", False)])
def test_permissions_of_the_administration_are_all_or_none(db, role, prefix, may):
    user = user_with(role, prefix)

    assert (user.has_perm("accounts.change_user"), user.has_module_perms("accounts")) == (may, may)


def test_first_account_enters_the_administration_until_it_has_a_grant_for_it(db):
    first = user_with("supervisor", "33")
    first.is_superuser = True
    assert first.may_administer

    first.grants.create(role="admin", valid_from="2018-01-01", valid_to="2018-12-31")
    del first.may_administer, first.grants_in_force

    assert not first.may_administer


def test_user_is_called_by_name_and_without_one_by_user_name(db):
    assert str(User(username="wang", name="王某某")) == "王某某"
    assert str(User(username="wang")) == "wang"


@pytest.mark.parametrize(
    "prefixes",
    [
        ["33"],
        ["33", "34"],
        ["3310", "33"],
        ["331003", "34"],
        ["31", "33", "35", "37"],  # so many provinces apart are asked for in one range
        ["31", "3310", "35", "37", "41"],
        ["30", "31", "35", "37", "41"],
        [],
        [""],
    ],
)
def test_somewhere_in_several_prefixes_is_in_one_of_them(around, prefixes):
    inside = {
        name
        for name, code in Institution.objects.values_list("name", "scope_code")
        if any(prefix and code.startswith(prefix) for prefix in prefixes)
    }

    assert (
        set(Institution.objects.filter(within_prefixes("scope_code", prefixes)).values_list("name", flat=True))
        == inside
    )
