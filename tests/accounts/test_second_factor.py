"""The second factor: enrolment, the second step of signing in, recovery codes, who needs one, and the way out."""

import json

import pytest
from django.core.serializers import serialize
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.test import APIClient

from accounts import audit, second_factor
from accounts.actions import create_token
from accounts.models import AuditRow, User
from tests.accounts.people import PASSWORD, code_of, enrolled, person, rested, sign_in, signed_in, trail_of

PAGE, STEP = reverse("second_factor"), reverse("login_code")


@pytest.fixture
def somebody(db) -> User:
    return person()


@pytest.fixture
def codes(somebody) -> list[str]:
    """The recovery codes of somebody, who has enrolled an app."""
    return enrolled(somebody)


def at_the_second_step(next_page: str = "") -> Client:
    client = Client()
    sign_in(client, next=next_page)
    return client


# --- Enrolment


def test_page_shows_a_picture_and_the_secret_to_type(somebody):
    page = signed_in().get(PAGE).content.decode()

    secret = second_factor.new_device(somebody).config_url.partition("secret=")[2].partition("&")[0]
    assert "<svg" in page
    assert secret in page.replace(" ", "")


def test_secret_stays_the_same_until_it_is_enrolled(somebody):
    client = signed_in()

    client.get(PAGE), client.get(PAGE)

    assert TOTPDevice.objects.get().confirmed is False


def test_right_code_enrols_and_shows_ten_recovery_codes_once(somebody):
    client = signed_in()

    shown = client.post(PAGE, {"code": code_of(somebody)})
    again = client.get(PAGE)

    codes = shown.context["codes"]
    assert (len(set(codes)), second_factor.device_of(somebody) is not None) == (10, True)
    assert [code for code in codes if code not in shown.content.decode()] == []
    assert [code for code in codes if code in again.content.decode()] == []
    assert trail_of(somebody) == ["user.signed_in", "second_factor.enrolled"]


def test_wrong_code_does_not_enrol(somebody):
    client = signed_in()

    answer = client.post(PAGE, {"code": "000000"})

    assert "验证码不正确" in answer.content.decode()
    assert second_factor.device_of(somebody) is None
    assert trail_of(somebody) == ["user.signed_in", "user.sign_in_failed"]


def test_enrolment_ends_sessions_begun_without_it_and_not_this_one(somebody):
    elsewhere, here = signed_in(), signed_in()

    here.post(PAGE, {"code": code_of(somebody)})

    assert (elsewhere.get("/rectifications/").status_code, here.get("/rectifications/").status_code) == (302, 200)


# --- Signing in


def test_password_alone_signs_nobody_in_who_has_one(somebody, codes):
    client = Client()

    answer = sign_in(client, next="/rectifications/")

    assert answer["Location"] == f"{STEP}?next=%2Frectifications%2F"
    assert client.get("/rectifications/").status_code == 302
    assert client.get("/api/v1/institutions/").status_code == 401
    assert trail_of(somebody)[-1] == "second_factor.enrolled"


def test_code_signs_in_and_leads_to_where_one_was(somebody, codes):
    client = at_the_second_step()

    answer = client.post(STEP, {"code": code_of(somebody, ahead=1), "next": "/rectifications/"})

    assert (answer.status_code, answer["Location"]) == (302, "/rectifications/")
    assert client.get("/rectifications/").status_code == 200
    assert AuditRow.objects.last().after == {"address": "127.0.0.1", "second_factor": True}


def test_code_in_full_width_digits_is_taken(somebody, codes):
    typed = code_of(somebody, ahead=1).translate({ord("0") + n: chr(ord("０") + n) for n in range(10)})

    assert at_the_second_step().post(STEP, {"code": typed}).status_code == 302


def test_code_is_taken_once(somebody, codes):
    code = code_of(somebody, ahead=1)

    first, second = (at_the_second_step().post(STEP, {"code": code}).status_code for _ in range(2))

    assert (first, second) == (302, 200)


def test_recovery_code_is_taken_once_and_audited(somebody, codes):
    first = at_the_second_step().post(STEP, {"code": codes[0]})
    used = AuditRow.objects.get(action="second_factor.recovery_code_used")
    second = at_the_second_step().post(STEP, {"code": codes[0].replace("-", " ")})

    assert (first.status_code, second.status_code) == (302, 200)
    assert used.after == {"left": 9}


def test_guessing_is_slowed_down_and_then_locked(somebody, codes):
    client = at_the_second_step()

    wrong = client.post(STEP, {"code": "000000"})
    too_soon = client.post(STEP, {"code": code_of(somebody, ahead=1)})
    locked = [client.post(STEP, {"code": "000000"}).status_code for _ in range(6)]
    rested(somebody)

    assert (wrong.status_code, too_soon.status_code) == (200, 200)
    assert locked == [200] * 5 + [429]
    assert client.post(STEP, {"code": code_of(somebody, ahead=1)}).status_code == 429
    assert sign_in(Client()).status_code == 429


def test_second_step_waits_ten_minutes_and_no_longer(somebody, codes):
    client = at_the_second_step()
    session = client.session
    session["awaiting_code"] |= {"at": session["awaiting_code"]["at"] - 601}
    session.save()

    answer = client.post(STEP, {"code": code_of(somebody, ahead=1)})

    assert answer["Location"] == f"{reverse('login')}?why=late"
    assert "时间已过" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("change", [{"is_active": False}, {"session_generation": 9}, {"password": "changed"}])
def test_second_step_ends_with_what_ends_a_session(somebody, codes, change):
    client = at_the_second_step()
    User.objects.update(**change)

    assert client.post(STEP, {"code": code_of(somebody, ahead=1)})["Location"] == f"{reverse('login')}?why=late"


def test_second_step_without_the_first_leads_to_it(db):
    assert Client().get(STEP)["Location"].startswith(reverse("login"))


def test_administration_asks_for_the_second_factor_as_well(db):
    user = person("chief", "admin", "")
    enrolled(user)
    client = Client()

    sign_in(client, "chief", next="/admin/")

    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=/admin/"


# --- Required by role


def test_role_that_needs_one_is_led_to_enrolment_before_anything_else(db, settings):
    settings.SECOND_FACTOR_ROLES = ["auditor"]
    user = person(role="auditor")
    client = signed_in()

    led = client.get("/rectifications/")
    by_api = client.get("/api/v1/institutions/")
    codes = client.post(led["Location"], {"code": code_of(user)})

    assert led["Location"] == f"{PAGE}?next=/rectifications/"
    assert (by_api.status_code, by_api.json()["message"]) == (403, "您的角色须启用两步验证，请先绑定验证器。")
    assert codes.context["next"] == "/rectifications/"
    assert client.get("/rectifications/").status_code == 200


def test_other_roles_and_tokens_go_on_without(db, settings):
    settings.SECOND_FACTOR_ROLES = ["auditor"]
    person()
    token = APIClient()
    token.credentials(HTTP_AUTHORIZATION=f"Bearer {create_token(person('reader', 'auditor'), by=None)}")

    assert signed_in().get("/rectifications/").status_code == 200
    assert token.get("/api/v1/institutions/").status_code == 200


def test_role_held_no_longer_needs_none(db, settings):
    settings.SECOND_FACTOR_ROLES = ["auditor"]
    person().grants.create(role="auditor", division_prefix="330382", valid_from="2018-01-01", valid_to="2019-12-31")

    assert signed_in().get("/rectifications/").status_code == 200


def test_first_account_counts_as_administrator(db, settings):
    settings.SECOND_FACTOR_ROLES = ["admin"]
    first = User(username="first", is_superuser=True)
    first.set_password(PASSWORD)
    first.save()

    assert signed_in("first").get("/admin/")["Location"].startswith(PAGE)


# --- New recovery codes, giving it up, and losing it


@pytest.fixture
def inside(somebody, codes) -> Client:
    """Signed in with the second factor."""
    client = at_the_second_step()
    client.post(STEP, {"code": codes[0]})
    return client


def test_new_recovery_codes_take_the_place_of_the_old(somebody, codes, inside):
    shown = inside.post(PAGE, {"code": codes[1], "renew": "1"})

    assert len(shown.context["codes"]) == StaticToken.objects.count() == 10
    assert not set(codes) & set(shown.context["codes"])
    assert trail_of(somebody)[-1] == "second_factor.recovery_codes_renewed"


def test_second_factor_is_given_up_with_a_code(somebody, codes, inside):
    elsewhere = Client()
    sign_in(elsewhere)
    elsewhere.post(STEP, {"code": codes[2]})

    wrong = inside.post(PAGE, {"code": "nonsense", "remove": "1"})
    rested(somebody)
    right = inside.post(PAGE, {"code": codes[1], "remove": "1"})

    assert (wrong.status_code, right.status_code) == (200, 302)
    assert (second_factor.device_of(somebody), StaticToken.objects.count()) == (None, 0)
    assert inside.get("/rectifications/").status_code == 200
    assert elsewhere.get("/rectifications/").status_code == 302


def test_administrator_resets_it_and_the_sessions_end(somebody, inside, client):
    client.force_login(person("chief", "admin", ""))

    page = reverse("admin:accounts_user_changelist")
    client.post(page, {"action": "reset_second_factor", "_selected_action": [somebody.pk]})

    assert inside.get("/rectifications/").status_code == 302
    assert sign_in(Client())["Location"] == reverse("today")
    row = AuditRow.objects.filter(action="second_factor.removed").get()
    assert (row.by.username, row.object_id) == ("chief", str(somebody.pk))


def test_administration_shows_no_secret(somebody, codes, client):
    from django.contrib import admin

    client.force_login(person("chief", "admin", ""))

    assert not {model for model in admin.site._registry if model._meta.app_label.startswith("otp_")}
    shown = client.get(reverse("admin:accounts_user_change", args=[somebody.pk])).content.decode()
    assert second_factor.device_of(somebody).key not in shown


def test_secrets_are_in_no_audit_row(somebody, codes, inside):
    device, token = TOTPDevice.objects.get(), StaticToken.objects.first()
    snapshots = json.dumps([audit.snapshot(device), audit.snapshot(token)])
    trail = serialize("json", AuditRow.objects.all())

    for secret in (device.key, token.token, codes[0], codes[0].replace("-", "")):
        assert secret not in snapshots + trail
