"""Everybody changes their own password; one that somebody else set is changed before anything else."""

import pytest
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.actions import create_token
from accounts.models import AuditRow, User
from tests.accounts.people import PASSWORD, person, sign_in, signed_in, trail_of

PAGE, NEW = reverse("password"), "ein-neues-wort"
CHANGE = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}


@pytest.fixture
def somebody(db) -> User:
    return person()


@pytest.fixture
def newcomer(somebody) -> User:
    """Whose password an administrator has just set."""
    User.objects.update(must_change_password=True)
    return User.objects.get()


def test_own_password_is_changed_and_this_session_goes_on(somebody):
    client = signed_in()

    answer = client.post(PAGE, CHANGE | {"next": "/rectifications/"})

    assert (answer.status_code, answer["Location"]) == (302, "/rectifications/")
    assert client.get("/rectifications/").status_code == 200
    assert User.objects.get().check_password(NEW)


def test_changed_password_ends_other_sessions_and_tokens_and_is_audited(somebody):
    create_token(somebody, by=None)
    elsewhere, here = signed_in(), signed_in()

    here.post(PAGE, CHANGE)

    assert elsewhere.get("/rectifications/").status_code == 302
    assert not AuthToken.objects.exists()
    assert trail_of(somebody)[-2:] == ["user.password_changed", "token.revoked"]
    assert AuditRow.objects.last().by == somebody


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"old_password": "falsch"}, "旧密码"),
        ({"new_password1": PASSWORD, "new_password2": PASSWORD}, "新密码与当前密码相同"),
        ({"new_password1": "kurz", "new_password2": "kurz"}, "10"),
    ],
)
def test_password_that_is_refused_changes_nothing(somebody, wrong, said):
    answer = signed_in().post(PAGE, CHANGE | wrong)

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_wrong_present_password_counts_as_a_failed_sign_in(somebody):
    client = signed_in()

    answers = [client.post(PAGE, CHANGE | {"old_password": "falsch"}).status_code for _ in range(8)]
    right = client.post(PAGE, CHANGE)

    assert answers == [200] * 7 + [429]
    assert right.status_code == 429
    assert User.objects.get().check_password(PASSWORD)
    assert trail_of(somebody)[1:] == ["user.sign_in_failed"] * 7 + ["user.locked_out"]


def test_head_of_every_page_leads_to_it(somebody):
    assert f'href="{PAGE}"' in signed_in().get("/").content.decode()


# --- A password that somebody else set


def test_password_set_by_an_administrator_must_be_changed(somebody, browse):
    administrator, here = person("administrator", "admin", ""), signed_in()
    office = browse(administrator)

    sent = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    office.post(reverse("admin:auth_user_password_change", args=[somebody.pk]), sent)

    assert User.objects.get(pk=somebody.pk).must_change_password
    assert not User.objects.get(pk=administrator.pk).must_change_password
    assert here.get("/rectifications/").status_code == 302


def test_account_that_is_added_must_change_its_password(db, browse):
    office = browse(person("administrator", "admin", ""))
    sent = {"username": "newcomer", "name": "新人", "password1": NEW, "password2": NEW, "usable_password": "true"}

    office.post(reverse("admin:accounts_user_add"), sent | {"grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0})

    assert User.objects.get(username="newcomer").must_change_password


@pytest.mark.parametrize("path", ["/", "/rectifications/?state=overdue", "/admin/", "/accounts/second-factor/"])
def test_newcomer_is_led_to_the_page_from_everywhere(newcomer, path):
    client = signed_in()

    answer = client.get(path)

    assert answer["Location"].split("?")[0] == PAGE
    assert client.get(answer["Location"]).context["next"] == path


def test_newcomer_goes_on_where_they_were_once_it_is_changed(newcomer):
    client = signed_in()

    answer = client.post(PAGE, CHANGE | {"next": "/rectifications/?state=overdue"})

    assert answer["Location"] == "/rectifications/?state=overdue"
    assert client.get(answer["Location"]).status_code == 200
    assert not User.objects.get().must_change_password


def test_newcomer_may_sign_out_and_choose_a_language(newcomer):
    client = signed_in()

    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 302
    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert client.get("/")["Location"].startswith(reverse("login"))


def test_session_of_a_newcomer_is_refused_by_the_api_and_a_token_is_not(newcomer):
    token = APIClient()
    token.credentials(HTTP_AUTHORIZATION=f"Bearer {create_token(newcomer, by=None)}")

    by_session = signed_in().get("/api/v1/institutions/")
    by_another_header = signed_in().get("/api/v1/institutions/", headers={"authorization": "Basic eDp5"})

    assert (by_session.status_code, by_another_header.status_code) == (403, 403)
    assert by_session.json()["message"] == "您的密码由管理员设置，请先更改密码。"
    assert token.get("/api/v1/institutions/").status_code == 200


def test_password_page_does_not_lead_to_another_host(somebody):
    assert signed_in().post(PAGE, CHANGE | {"next": "https://else.example/"})["Location"] == "/"


def test_password_page_is_for_who_is_signed_in(db):
    assert Client().get(PAGE)["Location"] == f"{reverse('login')}?next={PAGE}"


def test_newcomer_signs_in_with_the_new_password_and_is_free(newcomer):
    signed_in().post(PAGE, CHANGE)

    client = Client()

    assert sign_in(client, password=NEW)["Location"] == reverse("today")
    assert client.get("/").status_code == 200
