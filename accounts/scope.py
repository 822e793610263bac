"""Scope is the half-open range prefix <= code < next(prefix) over 12-character codes: an index range anywhere."""

from collections.abc import Iterable

from django.db.models import Q


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
    condition = Q(pk__in=[])
    for prefix in prefixes:
        if prefix:
            condition |= Q(**{f"{field}__gte": prefix, f"{field}__lt": next_prefix(prefix)})
    return condition
