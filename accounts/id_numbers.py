"""ID-card numbers, which the system does not keep: found wherever they stand, spaced or not, to be refused unread.

The one rule for every door: cells of an import, forms, the API. Check digits are python-stdnum's.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from accounts.errors import Invalid, Reasons

# Beside every field of free text. The auditor reads those, and no names or telephones elsewhere.
NOT_HERE = gettext_lazy("不要写身份证号、个人姓名和电话。")
REMOVED = "（身份证号，已删去）"
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)  # a telephone by itself, whatever follows it
# Between two digits whatever is no letter and no digit: ; * ( ) | and all that people divide a number by.
_BETWEEN = r"(?:[^\w]|_)"
_SEPARATORS = re.compile(rf"(?<=\d){_BETWEEN}+(?=[\dXx])|[\s\-‐‑‒–—―−]+")
_OTHER = "号"  # in place of a number that is none of a person: nothing is joined over a character
_UNSEEN = dict.fromkeys(i for i in range(0x10000) if unicodedata.category(chr(i)) == "Cf")  # come along when copied
_MONTH_AND_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_WITH_BIRTHDAY = re.compile(rf"(?=([1-9]\d{{5}}(?:18|19|20)\d\d{_MONTH_AND_DAY}\d{{3}}[\dXx]))", re.ASCII)
_OLD = re.compile(rf"(?<!\d)[1-9]\d{{5}}(\d\d{_MONTH_AND_DAY})\d{{3}}(?!\d)", re.ASCII)
# As long as an old ID-card number; with three signs more, also divided, it is a new one behind 教民.
_PERMIT = re.compile(rf"教民\s*\d{{15}}(?!\d|[Xx]|{_BETWEEN}*\d{_BETWEEN}*\d{_BETWEEN}*[\dXx](?![\dXx]))")

# Signs that are what they seem to be, so that digits can be counted as they stand; most texts are of them.
_ORDINARY = re.compile("[\u4e00-\u9fa5A-Za-z0-9.、。/_ -]*")
_MANY_DIGITS = re.compile(r"(?:[^0-9]*[0-9]){15}")


def check_texts(texts: Mapping[str, str], *, old: bool = True) -> None:
    """Raise Invalid (422) that names each text with an ID-card number in it, by field; no number is repeated."""
    if errors := reasons_of(texts, old=old):
        raise Invalid(errors)


def reasons_of(texts: Mapping[str, str], *, old: bool = True) -> Reasons:
    """Why texts are refused, by field: nothing for one without an ID-card number in it."""
    found = [field for field, text in texts.items() if in_any_form(text, old=old)]
    return {field: [_("含身份证号，系统不存身份证号，请删去。")] for field in found}


def in_any_form(text: str, *, old: bool = True) -> bool:
    """Whether an ID-card number stands in a text, however wide its digits are; a permit number is none of a person."""
    if _ORDINARY.fullmatch(text) and not _MANY_DIGITS.match(text):
        return False
    return holds_id_number(_PERMIT.sub(_OTHER, unicodedata.normalize("NFKC", text).translate(_UNSEEN)), old=old)


def holds_id_number(written: str, *, old: bool = False) -> bool:
    """Whether an ID-card number stands in a text; with `old` also one of 15 digits.

    18 digits, also divided by whatever is no letter and no digit, are one when a day of birth is in its place; among
    more digits, only when the check digit is right too: two telephones, an account or three dates are none, nor is a
    credit code.
    """
    if len(written) < 15 or _ORDINARY.fullmatch(written) and not _MANY_DIGITS.match(written):
        return False
    written = _MOBILE.sub(_OTHER, written)
    return bool(old and _holds_old(_SEPARATORS.sub("", written))) or looks_like_id_number(written)


def looks_like_id_number(written: str) -> bool:
    """Whether 18 digits with a day of birth in its place stand in a text: for columns of other numbers as long."""
    joined = _SEPARATORS.sub("", written)
    return any(_is_one(found[1], _is_alone(joined, found.start())) for found in _WITH_BIRTHDAY.finditer(joined))


def _is_one(number: str, alone: bool) -> bool:
    """A mistyped number is one too when it stands alone: unless it is a credit code whose check sign is right."""
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    if uscc.is_valid(number):
        return ric.is_valid(number)
    return alone or ric.calc_check_digit(number) == number[-1].upper()


def _is_alone(joined: str, place: int) -> bool:
    """No digit before or behind the 18 signs from a place."""
    return not (joined[:place][-1:].isdigit() or joined[place + 18 : place + 19].isdigit())


def _holds_old(joined: str) -> bool:
    """15 digits of before 1999, with the day of birth as YYMMDD of the last century and without a check digit."""
    for found in _OLD.finditer(joined):
        try:
            date(1900 + int(found[1][:2]), int(found[1][2:4]), int(found[1][4:]))
        except ValueError:
            continue
        return True
    return False
