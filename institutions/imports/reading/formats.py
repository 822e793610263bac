"""Number formats and serials: what a spreadsheet means by a number."""

import re
from datetime import date, datetime, time, timedelta

# Without a definition in the file. 27-36 and 50-58 are those of Chinese Excel (ECMA-376 part 1, 18.8.30).
BUILTIN = {
    **dict.fromkeys((14, 15, 22, 30, 31), "day"),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), "month"),
    **dict.fromkeys((16, 28, 29, 51, 53, 54, 58), "day without year"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), "time"),
    46: "duration",
}
PARTIAL = {"month", "day without year"}  # a day of which the sheet shows a part: the rest is the spreadsheet's
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.I)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.I)
_HALF_DAY = re.compile(r"am/pm|a/p|上午/下午", re.I)
_SIGN = re.compile(r'"[^"]*"|\\.|.')
_PADDED = re.compile(r'(?:"[^"0-9]*"|\\.|[-() /]|0)+')
LAST_SERIAL = 2_958_466  # the day after 9999-12-31


def meaning(code: str) -> str:
    """What a number format makes of a number: "day", "month", "day without year", "time", "duration" or ""."""
    shown = _LITERAL.sub("", code.split(";")[0]).lower()
    if _ELAPSED.search(shown):
        return "duration"
    bare = _HALF_DAY.sub("h", shown).replace("general", "").replace("e+", "").replace("e-", "")
    year, day = "y" in bare or "e" in bare, "d" in bare
    timed = "h" in bare or "s" in bare
    if year:
        return "day" if day or "m" not in bare or timed else "month"
    if timed:
        return "day" if day else "time"
    return "day without year" if day or "m" in bare or "aaa" in bare else ""


def is_padded(code: str) -> bool:
    """Whether a number format puts noughts in front of a whole number: 0000-0000000, "000000"."""
    first = code.split(";")[0]
    return bool(_PADDED.fullmatch(first)) and _SIGN.findall(first).count("0") > 1


def padded(value: int, code: str) -> str:
    """A whole number as such a format shows it: 577, "0000" -> 0577."""
    signs = _SIGN.findall(code.split(";")[0])
    digits = list(str(value).zfill(signs.count("0")))
    more = len(digits) - signs.count("0")
    shown = []
    for sign in signs:
        if sign == "0":
            shown += digits[: more + 1]
            digits, more = digits[more + 1 :], 0
        else:
            shown.append(sign.strip('"') if sign.startswith('"') else sign.removeprefix("\\"))
    return "".join(shown)


def moment(serial: float, meant: str, epoch_1904: bool) -> str | date | datetime | time | None:
    """The day, moment or time a serial stands for; None where it stands for none. A duration is its ISO text."""
    if meant == "duration":
        return duration(round(serial * 86_400))
    if not 0 <= serial < LAST_SERIAL:
        return None
    days, part = divmod(serial, 1)
    if meant == "time" and not days:
        return (datetime.min + timedelta(seconds=round(part * 86_400))).time()
    if epoch_1904:
        start = datetime(1904, 1, 1)
    elif days < 60:
        if not days:  # 1900-01-00: a nought that was made a day by its format
            return (datetime.min + timedelta(seconds=round(part * 86_400))).time() if part else None
        start = datetime(1899, 12, 31)
    elif days == 60:  # 1900-02-29, which was not
        return None
    else:
        start = datetime(1899, 12, 30)
    try:
        at = start + timedelta(days=days, seconds=round(part * 86_400))
    except OverflowError:
        return None
    return at if part else at.date()


def duration(seconds: int) -> str:
    """ISO 8601, e.g. PT26H30M0S."""
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}S"


def is_more_than_a_float(stored: str) -> bool:
    """Whether a number as stored says something that the float does not: 16 digits and more, or an exponent."""
    whole, _, fraction = stored.lstrip("+-").partition(".")
    if "E" in stored or "e" in stored:
        return "e-" not in stored.lower()
    return len(whole.lstrip("0")) > 15


def number(stored: str) -> int | float:
    """Raises ValueError where it is none."""
    if len(stored) < 40:
        try:
            return int(stored)
        except ValueError:
            pass
    value = float(stored)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(stored)
    return value
