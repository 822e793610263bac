"""HTTP Basic with a token: for programs that only know names and passwords, at their doors, braked like the sign-in."""

from base64 import b64encode

import pytest
from django.conf import settings
from knox.models import AuthToken

from accounts.actions import create_token
from accounts.models import AuditRow
from tests.accounts.people import PASSWORD, person, sign_in, trail_of
from tests.factories import LIUSHI, user_with

DOORS = ["/ogc/", "/tiles/institutions/0/0/0.mvt"]


@pytest.fixture
def somebody(db):
    return person("somebody")


@pytest.fixture
def ask(client):
    """`ask("/ogc/", "somebody", token)`: by name and password, from an address."""

    def answer(path: str, name: str, password: str, address: str = "192.0.2.7"):
        given = b64encode(f"{name}:{password}".encode()).decode()
        return client.get(path, headers={"authorization": f"Basic {given}"}, REMOTE_ADDR=address)

    return answer


@pytest.mark.parametrize("path", DOORS)
def test_token_is_the_password_of_its_user(ask, somebody, path):
    token = create_token(somebody, by=None)

    assert ask(path, "somebody", token).status_code in (200, 204)


@pytest.mark.parametrize("path", ["/api/v1/institutions/", "/api/v1/map/"])
def test_other_doors_take_no_password(ask, somebody, path):
    token = create_token(somebody, by=None)

    assert ask(path, "somebody", token).status_code == 401


@pytest.mark.parametrize("name", ["SOMEBODY", "other", "", " somebody", "x" * 151, "a\x00b", "\u202esomebody"])
def test_token_under_another_name_opens_nothing(ask, somebody, name):
    user_with("inspector", LIUSHI, "other")
    token = create_token(somebody, by=None)

    assert ask("/ogc/", name, token).status_code == 401


@pytest.mark.parametrize("password", [PASSWORD, "", "x" * 64, "令牌", "a\x00b"])
def test_password_of_the_sign_in_opens_nothing(ask, somebody, password):
    answer = ask("/ogc/", "somebody", password)

    assert (answer.status_code, "不是登录密码" in answer.json()["description"]) == (401, True)


def test_ended_token_opens_nothing(ask, somebody):
    token = create_token(somebody, by=None)
    AuthToken.objects.update(expiry="2019-01-01T00:00:00Z")

    assert ask("/ogc/", "somebody", token).status_code == 401


def test_token_of_a_disabled_account_opens_nothing(ask, somebody):
    token = create_token(somebody, by=None)
    somebody.is_active = False
    somebody.save()

    assert ask("/ogc/", "somebody", token).status_code == 401


def test_wrong_tokens_lock_out_as_wrong_passwords_do(ask, somebody):
    token = create_token(somebody, by=None)

    tried = [ask("/ogc/", "somebody", "wrong").status_code for _each in range(settings.AXES_FAILURE_LIMIT)]
    locked = ask("/ogc/", "somebody", token)

    assert tried == [401] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    assert (locked.status_code, locked["Retry-After"], locked.json()["code"]) == (429, "900", "locked_out")
    assert trail_of(somebody)[-2:] == ["user.sign_in_failed", "user.locked_out"]
    assert AuditRow.objects.filter(action="user.locked_out").get().after == {"address": "192.0.2.7", "wrong": "token"}


def test_lock_is_of_the_name_and_the_address_also_at_the_sign_in(ask, client, somebody):
    token = create_token(somebody, by=None)
    for _each in range(settings.AXES_FAILURE_LIMIT):
        ask("/ogc/", "somebody", "wrong", address="127.0.0.1")

    assert sign_in(client).status_code == 429
    assert ask("/ogc/", "somebody", token, address="192.0.2.8").status_code == 200


def test_unknown_name_is_counted_and_leaves_no_row(ask, db):
    for _each in range(settings.AXES_FAILURE_LIMIT):
        last = ask("/ogc/", "nobody", "wrong")

    assert (last.status_code, AuditRow.objects.count()) == (429, 0)


def test_right_token_counts_nothing(ask, somebody):
    token = create_token(somebody, by=None)

    for _each in range(settings.AXES_FAILURE_LIMIT + 2):
        last = ask("/ogc/", "somebody", token)

    assert last.status_code == 200
