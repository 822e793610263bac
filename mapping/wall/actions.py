"""The doors through which screens are opened and ended."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, Refusal
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.watermark import NOW, recorded
from mapping.models import WallPass

MOST_OPEN = 10  # screens of one account at a time


class EndedAlready(Refusal):
    code = "ended_already"
    status = 409


@recorded
def open_wall(*, by: User, name: str, address: str | None = None, at: datetime = NOW) -> tuple[WallPass, str]:
    """A screen that shows the wall for WALL_DAYS, and the secret by which it is told, which is kept nowhere.

    Effects: the pass, an audit row with the address it was opened from. Raises Invalid (422) without a name of the
    screen, or when the account has too many open.
    """
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": [_("请写明是哪块屏幕，例：会议室大屏。")]})
    check_texts({"name": name})
    User.objects.select_for_update().get(pk=by.pk)  # of two clicks the second counts the first
    if by.wall_passes.standing(at).count() >= MOST_OPEN:
        raise Invalid({"name": [_("已开着 %(most)s 块挂图屏，请先结束不用的。") % {"most": MOST_OPEN}]})
    secret = secrets.token_urlsafe(32)
    opened = WallPass.objects.create(
        user=by,
        name=name,
        secret_sha256=digest_of(secret),
        session_hash=by.get_session_auth_hash(),
        opened_at=at,
        expires_at=at + timedelta(days=settings.WALL_DAYS),
    )
    told = {"name": opened.name, "expires_at": opened.expires_at.isoformat(), "address": address}
    audit.write("wall.opened", opened, by=by, at=at, after=told, first=True)
    return opened, secret


@recorded
def end_wall(opened: WallPass, *, by: User, at: datetime = NOW) -> WallPass:
    """The screen goes dark at its next round. Effects: its end, an audit row. Raises EndedAlready (409)."""
    current = WallPass.objects.select_for_update().get(pk=opened.pk)
    if current.ended_at is not None:
        raise EndedAlready(_("“%(name)s”已经结束。") % {"name": current.name})
    current.ended_at = at
    current.save(update_fields=["ended_at"])
    audit.write("wall.ended", current, by=by, at=at, after={"name": current.name})
    return current


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
