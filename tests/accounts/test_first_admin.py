"""`manage.py first_admin`: the account that makes the others."""

import getpass
import sys
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditRow, User
from institutions.models import Demonstration
from tests.accounts.people import sign_in
from tests.factories import user_with

GOOD = "ein-gutes-wort"


def first_admin(*arguments: str) -> str:
    said = StringIO()
    call_command("first_admin", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def terminal(monkeypatch):
    """Somebody at a terminal who types these passwords one after the other."""

    def types(*passwords: str) -> None:
        typed = iter(passwords)
        monkeypatch.setattr(sys, "stdin", _Terminal())
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(typed))

    return types


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_first_admin_enters_the_administration_with_the_password_typed(db, terminal):
    terminal(GOOD, GOOD)

    said = first_admin("chief", "--name", "张主任")

    user, client = User.objects.get(), Client()
    assert said == "已建立系统管理员“chief”。登录后按“开始使用”一步一步做。\n"
    assert (user.name, user.is_superuser, user.is_staff, user.must_change_password) == ("张主任", False, False, False)
    assert sign_in(client, "chief", GOOD).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_first_admin_is_audited(db, terminal):
    terminal(GOOD, GOOD)

    first_admin("chief")

    assert list(AuditRow.objects.values_list("action", "by")) == [("user.added", None), ("grant.saved", None)]
    assert GOOD not in str(list(AuditRow.objects.values()))
    call_command("verify_audit", stdout=StringIO())


def test_generated_password_is_printed_once_and_must_be_changed(db):
    said = first_admin("chief", "--generate")

    password, client = said.split("：")[-1].strip(), Client()
    assert len(password) == 16
    assert sign_in(client, "chief", password).status_code == 302
    assert client.get("/admin/")["Location"].startswith("/accounts/password/")


@pytest.mark.parametrize(
    ("typed", "said"),
    [((GOOD, "anders-und-gut"), "两次输入的密码不同"), (("kurz", "kurz"), "10"), (("1234567890",) * 2, "数字")],
)
def test_password_that_is_no_good_makes_no_account(db, terminal, typed, said):
    terminal(*typed)

    with pytest.raises(CommandError, match=said):
        first_admin("chief")

    assert not User.objects.exists()


def test_without_a_terminal_the_command_says_what_to_do(db):
    with pytest.raises(CommandError, match="--generate"):
        first_admin("chief")


@pytest.mark.parametrize("username", ["with space", ""])
def test_name_that_is_none_is_refused(db, username):
    with pytest.raises(CommandError):
        first_admin(username, "--generate")

    assert not User.objects.exists()


def test_name_that_is_taken_is_refused(db):
    user_with("inspector", "330382", "chief")

    with pytest.raises(CommandError):
        first_admin("chief", "--generate")


def test_where_an_administrator_is_another_one_is_made_only_again(db):
    user_with("admin", "", "there")

    with pytest.raises(CommandError, match="there"):
        first_admin("chief", "--generate")
    first_admin("chief", "--generate", "--again")

    assert User.objects.get(username="chief").may_administer


def test_administrator_whose_grant_is_over_or_who_is_disabled_does_not_count(db):
    user_with("admin", "", "former", valid_to="2019-12-31")
    disabled = user_with("admin", "", "disabled")
    User.objects.filter(pk=disabled.pk).update(is_active=False)

    first_admin("chief", "--generate")

    assert User.objects.get(username="chief").may_administer


def test_if_none_makes_the_first_administrator_and_is_quiet_after_that(db):
    said = first_admin("admin", "--generate", "--if-none")
    again = first_admin("admin", "--generate", "--if-none")

    assert "初始密码" in said
    assert again == ""
    assert User.objects.count() == 1


def test_if_none_where_only_a_former_administrator_has_the_name_says_what_to_do(db):
    user_with("admin", "", "admin", valid_to="2019-12-31")

    with pytest.raises(CommandError, match="manage.py first_admin"):
        first_admin("admin", "--generate", "--if-none")


@pytest.mark.parametrize("how", ["--if-none", "--again"])
def test_demonstration_is_refused_in_words(db, how):
    user_with("admin", "", "admin")
    Demonstration.objects.create(loaded_on=date(2018, 12, 31), division_id="330382")

    with pytest.raises(CommandError, match="演示数据.*make bureau DATA_DIR="):
        first_admin("chief", "--generate", how)

    assert User.objects.count() == 1
