"""The second factor: six digits that change every 30 seconds, from an app (TOTP), and recovery codes for a lost phone.

django-otp keeps the devices, checks the codes, takes each once and slows down who guesses. What it does not know is
here: enrolment, who needs one, and the audit trail. See docs/adr/0020-second-factor.md.
"""

import re
import unicodedata

import django_otp
from django.conf import settings
from django.db import transaction
from django.utils.crypto import get_random_string
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import audit
from accounts.actions import end_sessions
from accounts.models import User
from accounts.roles import Role

RECOVERY_CODES = 10


def required(user: User) -> bool:
    """Whether a role that the user holds today needs a second factor here (`SECOND_FACTOR_ROLES`)."""
    roles = settings.SECOND_FACTOR_ROLES
    if not roles:
        return False
    return any(grant.role in roles for grant in user.grants_in_force) or (Role.ADMIN in roles and user.may_administer)


def device_of(user: User) -> TOTPDevice | None:
    """The app the user enrolled; None without one."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def new_device(user: User) -> TOTPDevice:
    """The secret that waits to be enrolled: the same one until a code of it was typed in."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return waiting or TOTPDevice.objects.create(user=user, confirmed=False, name="app")


def enrol(user: User, typed: str) -> list[str]:
    """The app is enrolled once it shows a right code: gives the recovery codes, or [] when the code was wrong.

    The user's other sessions end: they were begun without the second factor. Audited.
    """
    device = new_device(user)
    if not _takes(user, device, typed):
        return []
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        audit.write("second_factor.enrolled", user, by=user)
        end_sessions(user)
        return _recovery_codes(user)


def passes(user: User, typed: str) -> bool:
    """Whether this is the code of the user's app, or one of their recovery codes, which is spent by it. Audited."""
    if re.fullmatch(r"[0-9]{6}", _plain(typed)):
        return _takes(user, device_of(user), typed)
    recovery = StaticDevice.objects.filter(user=user).first()
    with transaction.atomic():
        passed = _takes(user, recovery, typed)
        if passed:
            audit.write("second_factor.recovery_code_used", user, by=user, after={"left": codes_left(user)})
    return passed


def codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Ten new recovery codes; the old ones are no longer taken. Audited."""
    audit.write("second_factor.recovery_codes_renewed", user, by=user)
    return _recovery_codes(user)


@transaction.atomic
def remove(user: User, *, by: User) -> bool:
    """Forget the app and the recovery codes of `user`, and end their sessions; audited. False when there was none."""
    enrolled = device_of(user) is not None
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    if enrolled:
        audit.write("second_factor.removed", user, by=by)
        end_sessions(user)
    return enrolled


def _recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [get_random_string(10, "0123456789") for _ in range(RECOVERY_CODES)]  # a phone shows keys for digits
    device.token_set.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _takes(user: User, device: Device | None, typed: str) -> bool:
    """Also False while the device waits after wrong codes: 1 s after the first, twice as long after each more."""
    if device is None:
        return False
    return django_otp.verify_token(user, device.persistent_id, _plain(typed)) is not None


def _plain(typed: str) -> str:
    """As it is kept: full-width digits, spaces and the hyphen of a recovery code are the typist's."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))
