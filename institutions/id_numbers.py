"""The rule is in accounts/id_numbers.py, for accounts have names, too; the rooms above take it from here."""

from accounts.id_numbers import (
    NOT_HERE,
    REMOVED,
    check_texts,
    holds_id_number,
    in_any_form,
    looks_like_id_number,
    reasons_of,
)

__all__ = ["NOT_HERE", "REMOVED", "check_texts", "holds_id_number", "in_any_form", "looks_like_id_number", "reasons_of"]
