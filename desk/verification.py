"""核对: the digests of the whole trail computed again, in portions that one request can answer for.

How far it has come is kept in the auditor's session. It begins anew when the row it stood at is no longer there.
"""

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from accounts import audit
from accounts.models import AuditRow

AT_ONCE = 10_000  # rows: about a second
MOST_KEPT = 50  # numbers of broken rows that the result names
KEY = "audit_verification"


@dataclass(frozen=True)
class Verification:
    session: SessionBase
    total: int = 0
    checked: int = 0
    broken: int = 0
    rows: list[int] = field(default_factory=list)
    at: int = 0
    is_done: bool = False

    @classmethod
    def of(cls, session: SessionBase) -> "Verification":
        kept: dict[str, Any] = session.get(KEY) or {}
        return cls(session, **kept)

    @property
    def has_begun(self) -> bool:
        return self.checked > 0

    def go_on(self) -> "Verification":
        """One portion further."""
        here, stood_at = self, AuditRow.objects.filter(pk=self.at).first()
        if stood_at is None:
            here = Verification(self.session, total=AuditRow.objects.count())
        portion = list(islice(audit.checked(stood_at), AT_ONCE))
        broken = [row.pk for row, follows in portion if not follows]
        return replace(
            here,
            checked=here.checked + len(portion),
            broken=here.broken + len(broken),
            rows=[*here.rows, *broken][:MOST_KEPT],
            at=portion[-1][0].pk if portion else here.at,
            is_done=len(portion) < AT_ONCE,
        )

    def result(self) -> dict[str, Any]:
        """As the audit row keeps it."""
        found: dict[str, Any] = {"checked": self.checked, "broken": self.broken}
        return found | ({"broken_rows": self.rows} if self.rows else {})

    def keep(self) -> None:
        self.session[KEY] = {name: getattr(self, name) for name in ("total", "checked", "broken", "rows", "at")}

    def forget(self) -> None:
        self.session.pop(KEY, None)
