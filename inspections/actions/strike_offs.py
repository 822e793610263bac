"""Strike-offs that a ledger states: what was verified on paper is confirmed here by a second person, in one go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from accounts.models import User
from accounts.watermark import NOW, recorded
from inspections.actions.rectifications import verify_rectification
from inspections.models import LedgerEntry
from institutions.moments import day_of


@dataclass(frozen=True)
class Confirmed:
    """What became of each: struck off, or refused and why."""

    done: list[LedgerEntry]
    refused: list[tuple[LedgerEntry, Refusal]]


@recorded
def confirm_strike_offs(entries: Iterable[LedgerEntry], *, by: User, at: datetime = NOW) -> Confirmed:
    """Verify the rounds of ledger entries, each as on the day on which the ledger says that it was struck off; today
    where it says none. One that is refused costs no other.

    Effects and refusals of each are those of `verify_rectification`: four eyes, evidence, legal outcome.
    """
    done, refused = [], []
    for entry in entries:
        round_ = entry.rectification
        assert round_ is not None
        on = entry.struck_off_on or day_of(at)
        said = (
            _("台账载明 %(on)s 销号，经核对确认。") % {"on": on}
            if entry.struck_off_on
            else _("台账载明已整改，经核对销号。")
        )
        try:
            with transaction.atomic():
                verify_rectification(round_, by=by, on=on, version=round_.version, note=said, at=at)
        except Refusal as refusal:
            refused.append((entry, refusal))
        else:
            done.append(entry)
    return Confirmed(done, refused)
