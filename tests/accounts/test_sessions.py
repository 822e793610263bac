"""How long a session lasts, why it ended, and where one goes on. What it was shown is kept by no cache."""

import pytest
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditRow, User
from tests.accounts.people import person, save, sign_in, signed_in, trail_of
from tests.factories import LIUSHI
from tests.worlds import full_file

LOGIN, PAGE = reverse("login"), "/rectifications/?state=overdue"


@pytest.fixture
def somebody(db) -> User:
    return person()


def hours_later(client: Client, *, unseen: float, signed_in: float | None = None) -> Client:
    """The session as it is so many hours after the last request and, when they differ, after signing in."""
    session = client.session
    session["seen_at"] -= int(unseen * 3600)
    session["signed_in_at"] -= int((unseen if signed_in is None else signed_in) * 3600)
    session.save()
    return client


def test_sign_in_that_is_to_lead_to_itself_leads_to_the_first_page(somebody, client):
    itself = {"next": LOGIN}

    by_form = sign_in(client, **itself)
    signed_in_already = client.get(LOGIN, itself)

    assert [(answer.status_code, answer["Location"]) for answer in (by_form, signed_in_already)] == [(302, "/")] * 2


# --- Time-outs


@pytest.mark.parametrize(
    ("hours", "why", "said"),
    [
        ({"unseen": 2.01}, "idle", "较长时间没有操作"),
        ({"unseen": 0.1, "signed_in": 12.01}, "long", "最长时限"),
    ],
)
def test_session_that_is_over_leads_to_sign_in_which_says_why(somebody, hours, why, said):
    client = hours_later(signed_in(), **hours)

    answer = client.get(PAGE)
    sign_in_page = client.get(answer["Location"])

    assert answer["Location"] == f"{LOGIN}?why={why}&next=/rectifications/%3Fstate%3Doverdue"
    assert said in sign_in_page.content.decode()
    assert sign_in(client, next=sign_in_page.context["next"])["Location"] == PAGE


def test_session_that_is_over_is_gone_and_refused_by_the_api(somebody):
    client = hours_later(signed_in(), unseen=2.01)

    assert client.get("/api/v1/institutions/").status_code == 401
    assert not Session.objects.exists()


@pytest.mark.parametrize("hours", [{"unseen": 1.99}, {"unseen": 0, "signed_in": 11.99}])
def test_session_within_its_limits_goes_on(somebody, hours):
    assert hours_later(signed_in(), **hours).get(PAGE).status_code == 200


def test_every_request_puts_the_idle_limit_off(somebody):
    client = hours_later(signed_in(), unseen=1.5)
    client.get(PAGE)

    assert hours_later(client, unseen=1.5).get(PAGE).status_code == 200


def test_requests_close_together_write_no_session(somebody):
    client = signed_in()

    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)

    assert [query["sql"] for query in captured if query["sql"].startswith("UPDATE")] == []


def test_limits_are_settings(somebody, settings):
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 10, 1

    assert hours_later(signed_in(), unseen=0.2).get(PAGE).status_code == 302
    assert hours_later(signed_in(), unseen=0.1, signed_in=1.1).get(PAGE).status_code == 302


def test_session_that_was_begun_before_the_limits_begins_now(somebody, client):
    client.force_login(somebody, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(PAGE).status_code == 200
    assert client.session["seen_at"] == client.session["signed_in_at"]


def test_page_is_read_although_the_session_cannot_be_written(somebody, monkeypatch):
    client = hours_later(signed_in(), unseen=1)

    def full(*_arguments, **_options):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", full)

    assert client.get(PAGE).status_code == 200


def test_form_that_was_sent_too_late_leads_back_to_its_page(somebody):
    client = hours_later(signed_in(), unseen=2.01)
    page = "/institutions/new/?division=330382114"

    answer = client.post("/institutions/new/", {"name": "示例"}, headers={"referer": f"http://testserver{page}"})
    elsewhere = client.post("/institutions/new/", {"name": "示例"}, headers={"referer": "https://else.example/x"})

    assert client.get(answer["Location"]).context["next"] == page
    assert client.get(elsewhere["Location"]).context["next"] == "/"


def test_unknown_reason_says_nothing(db, client):
    page = client.get(LOGIN, {"why": "<script>"})

    assert (page.status_code, page.context["why"]) == (200, "")


# --- Ended from outside


def test_disabled_user_is_out_at_the_next_request_and_stays_out(somebody, client):
    here, chief = signed_in(), person("chief", "admin", "")
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    path = reverse("admin:accounts_user_change", args=[somebody.pk])
    shown = {"username": "somebody", "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}

    save(client, path, shown)
    refused = here.get(PAGE), here.get("/api/v1/institutions/")
    save(client, path, shown | {"is_active": "on"})

    assert "why=ended" in refused[0]["Location"]
    assert refused[1].status_code == 401
    assert here.get(PAGE).status_code == 302


def test_session_of_a_disabled_user_does_not_come_back_with_the_account(somebody, client):
    """Also one that made no request in between."""
    here = signed_in()
    client.force_login(person("chief", "admin", ""), backend="django.contrib.auth.backends.ModelBackend")
    path = reverse("admin:accounts_user_change", args=[somebody.pk])
    shown = {"username": "somebody", "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}

    save(client, path, shown)
    save(client, path, shown | {"is_active": "on"})

    assert here.get(PAGE).status_code == 302


def test_account_that_is_edited_otherwise_keeps_its_sessions(somebody, client):
    here = signed_in()
    client.force_login(person("chief", "admin", ""), backend="django.contrib.auth.backends.ModelBackend")
    path = reverse("admin:accounts_user_change", args=[somebody.pk])

    save(
        client,
        path,
        {"username": "somebody", "name": "新名", "is_active": "on", "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0},
    )

    assert here.get(PAGE).status_code == 200


# --- The audit trail


def test_signing_in_and_out_are_audited_with_the_address(somebody):
    client = signed_in()
    client.post(reverse("logout"))

    assert trail_of(somebody) == ["user.signed_in", "user.signed_out"]
    assert {row.after["address"] for row in AuditRow.objects.all()} == {"127.0.0.1"}
    assert {row.by for row in AuditRow.objects.all()} == {somebody}


def test_signing_out_of_the_administration_is_the_same(db):
    user = person("chief", "admin", "")

    signed_in("chief").post(reverse("admin:logout"))

    assert trail_of(user) == ["user.signed_in", "user.signed_out"]


def test_signing_out_twice_is_audited_once(somebody):
    client = signed_in()

    client.post(reverse("logout")), client.post(reverse("logout"))

    assert trail_of(somebody) == ["user.signed_in", "user.signed_out"]


# --- What was shown


def test_photos_and_files_are_kept_by_no_cache(db):
    file = full_file(LIUSHI, "示例培训", "13800001111", "red")
    person("reader", "task_force")
    client = signed_in("reader")
    paths = [
        reverse("visit_photo", args=[file.visit.pk, 1]),
        "/institutions/?format=csv",
        "/reports/download/?division=330382&as_of=2018-12-31&format=xlsx",
        "/statistics/?format=xlsx",
        "/api/v1/institutions/",
        "/accounts/second-factor/",
    ]

    answers = {path: client.get(path) for path in paths}
    answers[paths[0]].close()

    assert {path: answer["Cache-Control"] for path, answer in answers.items()} == dict.fromkeys(
        paths, "private, no-store"
    )
    assert {answer.status_code for answer in answers.values()} == {200}


def test_cookie_outlives_the_session_so_that_the_page_can_say_why():
    assert project.SESSION_COOKIE_AGE > project.SESSION_HOURS * 3600


def test_sessions_of_who_never_ended_them_are_checked_as_an_earlier_release_did():
    """The hash of the password alone; with the generation once somebody has ended their sessions."""
    plain = User(password="kept")  # noqa: S106
    ended = User(password="kept", session_generation=2)  # noqa: S106

    assert ended.get_session_auth_hash() == f"{plain.get_session_auth_hash()}.2"
    assert "." not in plain.get_session_auth_hash()
