"""Scope is the half-open range prefix <= code < next(prefix) over 12-character codes: an index range anywhere.

Several prefixes are a union of such ranges; those that touch are one.
"""

from collections.abc import Iterable, Sequence
from os.path import commonprefix

from django.db.models import F, Q
from django.db.models.functions import Left
from django.db.models.lookups import In

CODE_DIGITS = 12
DIVISION_DIGITS = (2, 4, 6, 9, 12)
FEW_RANGES = 3


def is_prefix(code: str) -> bool:
    """ASCII digits and not nines only: no division is numbered so, and nothing of that length follows it."""
    return code.isascii() and code.isdigit() and set(code) != {"9"}


def next_prefix(prefix: str) -> str:
    """The first code of the same length that is not below `prefix`: "330382" -> "330383".

    Raises ValueError for what is no prefix.
    """
    if not is_prefix(prefix):
        raise ValueError(f"not a division prefix: {prefix!r}")
    return str(int(prefix) + 1).zfill(len(prefix))


def within_prefixes(field: str, prefixes: Iterable[str]) -> Q:
    """Condition that `field` lies in one of the prefixes. No prefix, or an empty one, means no row at all."""
    prefixes = outermost(prefixes)
    found = ranges(prefixes)
    if len(found) > FEW_RANGES and max(map(len, prefixes)) == DIVISION_DIGITS[0]:
        # Provinces here and there: one range from the first to the last, and in it those, takes a third of the time.
        around = Q(**{f"{field}__gte": found[0][0], f"{field}__lt": found[-1][1]})
        return around & Q(In(Left(F(field), DIVISION_DIGITS[0]), prefixes))
    condition = Q(pk__in=[])
    for first, after in found:
        condition |= Q(**{f"{field}__gte": first, f"{field}__lt": after})
    return condition


def outermost(prefixes: Iterable[str]) -> list[str]:
    """The prefixes without those that lie in another of them, in the order of their codes; empty ones are none."""
    found: list[str] = []
    for prefix in sorted(filter(None, prefixes)):
        if not found or not prefix.startswith(found[-1]):
            found.append(prefix)
    return found


def ranges(prefixes: Iterable[str]) -> list[tuple[str, str]]:
    """The codes in any of the prefixes as half-open ranges (first, after the last), as few as there can be.

    The end has no zeros behind it: codes of divisions are of several lengths, and of those that follow 330299 the first
    is 3303, not 330300.
    """
    found: list[tuple[str, str]] = []
    for prefix in outermost(prefixes):
        first, after = prefix, next_prefix(prefix).rstrip("0")
        if found and _whole(found[-1][1]) == _whole(first):
            first = found.pop()[0]
        found.append((first, after))
    return found


def _whole(code: str) -> str:
    return code.ljust(CODE_DIGITS, "0")


def common_prefix(codes: Sequence[str]) -> str:
    """The narrowest division that holds all of the codes: "330382114" and "330382115" -> "330382"; "" for none."""
    shared = commonprefix(list(codes))
    digits = max((digits for digits in DIVISION_DIGITS if digits <= len(shared)), default=0)
    return shared[:digits]
