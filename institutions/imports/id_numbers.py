"""ID-card numbers, which the system does not keep: found wherever they stand, spaced or not, to be refused unread."""

import re

REMOVED = "(身份证号,已删去)"
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)  # a telephone by itself, whatever follows it
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−]+")
_MONTH_AND_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_WITH_BIRTHDAY = re.compile(rf"(?=([1-9]\d{{5}}(?:18|19|20)\d\d{_MONTH_AND_DAY}\d{{3}}[\dXx]))", re.ASCII)
_OLD = re.compile(rf"(?<!\d)[1-9]\d{{5}}\d\d{_MONTH_AND_DAY}\d{{3}}(?!\d)", re.ASCII)


def holds_id_number(written: str, *, old: bool = False) -> bool:
    """Whether an ID-card number stands in a text; with `old` also one of 15 digits.

    18 digits, also divided by spaces or hyphens, are one when a day of birth is in its place; among more digits, only
    when the check digit is right too: two telephones, an account or three dates are none.
    """
    if len(written) < 15:
        return False
    written = _MOBILE.sub("|", written)
    return bool(old and _OLD.search(_SEPARATORS.sub("", written))) or looks_like_id_number(written)


def looks_like_id_number(written: str) -> bool:
    """Whether 18 digits with a day of birth in its place stand in a text: for columns of other numbers as long."""
    joined = _SEPARATORS.sub("", written)
    return any(
        _is_alone(joined, found.start()) or _check_digit_is_right(found[1]) for found in _WITH_BIRTHDAY.finditer(joined)
    )


def _is_alone(joined: str, place: int) -> bool:
    """No digit before or behind the 18 signs from a place."""
    return not (joined[:place][-1:].isdigit() or joined[place + 18 : place + 19].isdigit())


def _check_digit_is_right(number: str) -> bool:
    """GB 11643-1999: weights 2^(17 - place) mod 11 over the first 17 digits."""
    total = sum(int(sign) * pow(2, 17 - place, 11) for place, sign in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()
