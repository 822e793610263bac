"""Scope is the half-open range prefix <= code < next(prefix) over 12-character codes: an index range anywhere."""

from collections.abc import Iterable

from django.db.models import Q


def next_prefix(prefix: str) -> str:
    """The first code of the same length that is not below `prefix`: "330382" -> "330383".

    Raises ValueError for anything but digits, or for a prefix of nines only: no division is numbered so.
    """
    following = str(int(prefix) + 1).zfill(len(prefix)) if prefix.isascii() and prefix.isdigit() else ""
    if len(following) != len(prefix) or not prefix:
        raise ValueError(f"not a division prefix: {prefix!r}")
    return following


def within_prefixes(field: str, prefixes: Iterable[str]) -> Q:
    """Condition that `field` lies in one of the prefixes. No prefix, or an empty one, means no row at all."""
    condition = Q(pk__in=[])
    for prefix in prefixes:
        if prefix:
            condition |= Q(**{f"{field}__gte": prefix, f"{field}__lt": next_prefix(prefix)})
    return condition
