"""Somebody with a password and an app for the second factor, and what they type."""

import time

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.models import AuditRow, User
from tests.factories import user_with

PASSWORD = "richtig-und-lang"


def person(username: str = "somebody", role: str = "inspector", prefix: str = "330382") -> User:
    user = user_with(role, prefix, username)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, username: str = "somebody", password: str = PASSWORD, **sent) -> HttpResponse:
    headers = sent.pop("headers", {})
    return client.post(reverse("login"), {"username": username, "password": password, **sent}, headers=headers)


def signed_in(username: str = "somebody") -> Client:
    """A browser of its own, signed in by the page."""
    client = Client()
    assert sign_in(client, username).status_code == 302
    return client


def version_shown(client: Client, path: str) -> dict[str, str]:
    """What a page of the administration sends back of what it showed."""
    return {"version": client.get(path).context["version"]}


def save(client: Client, path: str, typed: dict) -> HttpResponse:
    """A page of the administration, opened and saved at once."""
    return client.post(path, typed | version_shown(client, path))


def enrolled(user: User) -> list[str]:
    """Their recovery codes; their app is the one of `code_of`."""
    return second_factor.enrol(user, code_of(user))


def code_of(user: User, ahead: int = 0) -> str:
    """What the app of `user` shows now, or `ahead` times 30 seconds later: each is taken once, the next one as well."""
    clock = TOTP(second_factor.device_of(user).bin_key if second_factor.device_of(user) else _new_key(user))
    clock.time = time.time() + 30 * ahead
    return f"{clock.token():06d}"


def rested(user: User) -> None:
    """As after the wait that follows a wrong code."""
    for model in (TOTPDevice, StaticDevice):
        model.objects.filter(user=user).update(throttling_failure_count=0, throttling_failure_timestamp=None)


def trail_of(user: User) -> list[str]:
    rows = AuditRow.objects.filter(object_type="accounts.user", object_id=str(user.pk))
    return list(rows.order_by("pk").values_list("action", flat=True))


def _new_key(user: User) -> bytes:
    return second_factor.new_device(user).bin_key
