"""What the register takes: one rule for every door. The import asks it of a row, a form of what was typed, and the
actions once more of what they write.

Each gives reasons by column; what is wrong, what was received, what is accepted. How a text is read (telephones, codes,
ID-card numbers) is in `imports/cells.py`, for both doors too.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Reasons

FIRST_LICENCE, LAST_LICENCE = date(1900, 1, 1), date(2100, 12, 31)


def licence_reasons(columns: dict[str, Any], on: date) -> Reasons:
    """Why a licence with these columns is not taken on a day: one that begins later, or ends before it begins."""
    errors: Reasons = {}
    start, end, revoked = columns["valid_from"], columns.get("valid_to"), columns.get("revoked_on")
    bounds = {"first": FIRST_LICENCE, "last": LAST_LICENCE}
    for name, day in (("valid_from", start), ("valid_to", end)):
        if day is not None and not FIRST_LICENCE <= day <= LAST_LICENCE:
            errors[name] = [_("“%(day)s”不在 %(first)s 至 %(last)s 之间。") % (bounds | {"day": day})]
    if start > on and "valid_from" not in errors:
        errors["valid_from"] = [_("有效期自 %(start)s 在今天之后。") % {"start": start}]
    if end is not None and end < start:
        errors["valid_to"] = [_("有效期至 %(end)s 早于有效期自 %(start)s。") % {"end": end, "start": start}]
    if revoked is not None and not start <= revoked <= on:
        errors["revoked_on"] = [_("“%(day)s”不在有效期自 %(start)s 至今天之间。") % {"day": revoked, "start": start}]
    return errors
