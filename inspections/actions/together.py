"""Visits of several phones that arrive at the same moment are stored in one transaction: one wait for the disk for all
of them, each table written once (docs/adr/0039-writers-stand-in-line.md).

Whoever comes first leads: when it is their turn to write they take along what has come meanwhile. A visit is answered
when the transaction that holds it is on the disk, and not before.
"""

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, connection
from django.utils.translation import get_language

from accounts.models import User
from accounts.watermark import recording
from inspections.actions.plain import store_plain
from inspections.actions.sent_visit import Receipt, SentVisit
from inspections.actions.visit_checks import CheckedVisit
from inspections.actions.visits import store_checked

MOST = 50  # visits in one transaction


@dataclass(eq=False)
class _Waiting:
    sent: SentVisit
    checked: CheckedVisit
    by: User
    device_sent_at: datetime | None
    called: threading.Event = field(default_factory=threading.Event)  # it is answered, or leads now
    leads: bool = False
    receipt: Receipt | None = None
    problem: BaseException | None = None


class _Company:
    """Those who wait to be stored in one database, within this process."""

    def __init__(self) -> None:
        self.guard, self.waiting, self.led = threading.Lock(), list[_Waiting](), False

    def join(self, one: _Waiting) -> None:
        with self.guard:
            self.waiting.append(one)
            one.leads, self.led = not self.led, True
        if not one.leads:
            one.called.wait()
        if one.leads:
            self._lead(one)

    def _lead(self, one: _Waiting) -> None:
        some: list[_Waiting] = []
        left: list[_Waiting] = []
        try:
            with recording() as at:
                with self.guard:
                    some, self.waiting = self.waiting[:MOST], self.waiting[MOST:]
                receipts = store_plain([(e.sent, e.checked, e.device_sent_at, e.by) for e in some], at=at)
            for each, receipt in zip(some, receipts, strict=True):
                each.receipt = receipt
        except IntegrityError:  # an id is taken: nothing of this transaction is there
            left = some
        except BaseException as problem:
            some = some or self._all()
            for each in some:
                each.receipt, each.problem = None, problem
        self._one_by_one(left)
        self._hand_over([each for each in some if each not in left])

    def _one_by_one(self, left: list[_Waiting]) -> None:
        """Where somebody else has just stored one of the ids: each for itself."""
        for each in left:
            try:
                each.receipt = store_checked(
                    each.sent, each.checked, by=each.by, received_at=None, device_sent_at=each.device_sent_at
                )
            except BaseException as problem:
                each.problem = problem
            each.called.set()

    def _all(self) -> list[_Waiting]:
        with self.guard:
            some, self.waiting = self.waiting, []
        return some

    def _hand_over(self, answered: list[_Waiting]) -> None:
        with self.guard:
            following = self.waiting[0] if self.waiting else None
            self.led = following is not None
        for each in answered:
            each.called.set()
        if following is not None:
            following.leads = True
            following.called.set()


# By database, for a test has several; and by language, in which what a receipt says is kept.
_companies: dict[tuple[str, str], _Company] = defaultdict(_Company)


def store_in_company(sent: SentVisit, checked: CheckedVisit, *, by: User, device_sent_at: datetime | None) -> Receipt:
    """Store a visit that brings nothing about, with those of others that wait. Raises what `store_checked` raises."""
    if connection.in_atomic_block:  # it is over when that is: nobody else's visit waits for it
        return store_checked(sent, checked, by=by, received_at=None, device_sent_at=device_sent_at)
    one = _Waiting(sent, checked, by, device_sent_at)
    _companies[str(connection.settings_dict["NAME"]), get_language() or ""].join(one)
    if one.problem is not None:
        raise one.problem
    if one.receipt is None:
        raise RuntimeError("a visit that waited has no answer")
    return one.receipt
