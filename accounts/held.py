"""What somebody was granted on a day gone by, also where the grant has been ended, changed or taken away since.

Grants are rows that administrators edit; how they stood before is in the audit trail, which nobody edits.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import AuditRow, Grant, User
from accounts.roles import ROLES, Permission
from accounts.scope import is_prefix


@dataclass(frozen=True)
class Held:
    """A grant as it stood, until it was changed or taken away (`until`, None while it stands)."""

    role: str
    prefix: str
    first: date
    last: date | None
    until: datetime | None

    def on(self, day: date) -> bool:
        ended = self.last is not None and self.last < day
        return self.first <= day and not ended and (self.until is None or timezone.localdate(self.until) >= day)


def prefixes_on(user: User, permission: Permission, day: date) -> list[str]:
    """Where the user held the permission on a day, as far as rows and trail know."""
    return sorted({each.prefix for each in _held(user) if each.on(day) and _gives(each, permission)})


def prefixes_ever(user: User, permission: Permission) -> list[str]:
    """Where the user has held the permission at any time."""
    return sorted({each.prefix for each in _held(user) if _gives(each, permission)})


def was_active_on(user: User, day: date) -> bool:
    """Whether the account was in use on a day. Of one that was disabled at a time nobody wrote down it is taken so."""
    if user.is_active:
        return True
    told = AuditRow.objects.filter(object_type="accounts.user", object_id=str(user.pk), after__is_active=False)
    disabled_at = told.order_by("pk").values_list("at", flat=True).last()
    return disabled_at is None or timezone.localdate(disabled_at) >= day


def _gives(held: Held, permission: Permission) -> bool:
    return is_prefix(held.prefix) and permission in ROLES.get(held.role, ())


def _held(user: User) -> Iterator[Held]:
    standing = {str(grant.pk): audit.snapshot(grant) for grant in user.grants.all()}
    rows = AuditRow.objects.filter(object_type=Grant._meta.label_lower)
    written = rows.filter(Q(object_id__in=standing) | Q(before__user_id=user.pk))
    earlier: dict[str, list[AuditRow]] = defaultdict(list)
    for row in written.order_by("-pk"):
        earlier[row.object_id].append(row)
    for state in standing.values():
        yield _as_held(state, None)
    for pk, changes in earlier.items():
        state = dict(standing.get(pk, {}))
        for row in changes:  # the latest first: each says what stood before it
            state |= row.before or {}
            yield _as_held(state, row.at)


def _as_held(state: dict[str, Any], until: datetime | None) -> Held:
    last = state.get("valid_to")
    return Held(
        str(state["role"]),
        str(state["division_prefix"]),
        date.fromisoformat(state["valid_from"]),
        date.fromisoformat(last) if last else None,
        until,
    )
