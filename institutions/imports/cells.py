"""Cells as bureaus write them -> values. Each cleaner returns a value or raises BadCell with a sentence."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.functional import Promise
from stdnum.cn import uscc

from accounts.id_numbers import holds_id_number, looks_like_id_number
from institutions.imports import refusals
from institutions.imports.chinese_days import with_digits
from institutions.imports.statuses import status_in_words
from institutions.models import MOST_AREA_M2, MOST_PEOPLE
from institutions.moments import month_end

CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I O S V Z
# Control characters but tab and line breaks; zero-width characters.
CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {0x09, 0x0A, 0x0D})
INVISIBLE = CONTROLS | dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
# Text that is read as it stands, to be quick: Chinese, Latin letters, digits and some signs.
_PLAIN = re.compile("[\u4e00-\u9fa5A-Za-z0-9.、。/_-]*")
LONG_TERM = ("长期", "永久", "无固定期限", "长期有效", "无期限", "no end")
_MONTH_OR_DAY = r"\d{4}[.\-/年]\d{1,2}(?:[.\-/月]\d{1,2}日?|月)?|\d{8}|\d{5}"
PERIOD = re.compile(
    rf"自?({_MONTH_OR_DAY})起?\s*(?:至|到|~|〜|until|[-—–―─]+)\s*({_MONTH_OR_DAY}|{'|'.join(LONG_TERM)})止?", re.ASCII
)
# 至2020年8月31日, 2020.8.31止: until when, and no more.
_UNTIL = re.compile(r"^(?:有效期?)?(?:截[至止]|至|到)[:]?\s*|\s*(?:为?止|到期)$")
REVOKED = re.compile(r" ?\((?:revoked )?\d{4}-\d\d-\d\d(?: 吊销或注销)?\)")  # behind a period in our own lists
NOTHING = {
    "无",
    "暂无",
    "/",
    "\\",
    "-",
    "--",
    "—",
    "——",
    "―",
    "──",
    "N/A",
    "n/a",
    "NULL",
    "null",
    "None",
    "NaN",
    "nan",
    "undefined",
    "\\N",
}  # how people fill a cell in which there is nothing to say
# A mobile number, a landline with or without its area, a service number; whatever else has 5 to 12 digits,
# but no mobile number with a digit too few or too many.
PHONE = re.compile(
    r"(?:(?:\+|00)86[ -]?|86-?(?=1\d{10}))?"
    r"(?P<number>1\d{2}[ -]?\d{4}[ -]?\d{4}|\(?0\d{2,3}\)?[ -]?\d{7,8}(?:(?:-|转)\d{1,6})?"
    r"|[48]00[ -]?\d{3}[ -]?\d{4}(?:(?:-|转)\d{1,6})?"
    r"|(?!1[3-9](?:\d{8}|\d{10})(?!\d))\d{5,12}(?:(?:-|转)\d{1,6})?|\+\d{7,13})(?!\d)",
    re.ASCII,
)
_MOBILE = re.compile("1[3-9][0-9]{9}")
_SEPARATOR = re.compile(r"[、,;/\s]+|\s*(?:或者?|和|及)\s*")
# What people write beside a telephone: 手机:…, …(王某), …(微信同号), …(短号661234).
PHONE_WORDS = re.compile(
    r"(?:(?:联系|办公|固定|移动|手机)?(?:手机|电话|座机|固话|办公|短号|号码|微信同号|同微信|微信|传真)(?:号码|号)?)[:.]?\s*"
    r"|\(\s*[\u4e00-\u9fa5]{1,4}\s*\)"
    r"|[\u4e00-\u9fa5]{1,3}(?:老师|校长|主任|院长|园长|先生|女士|经理|总|阿姨)[:]?\s*(?=\d)"
    r"|(?<![^\s、,;/])[\u4e00-\u9fa5]{2,4}[:]?\s*(?=1[3-9]\d{9}(?!\d)|0\d{2,3}-?\d{7,8}(?!\d)|[2-8]\d{7}(?!\d))"
    r"|(?<=\d{7})\s*[\u4e00-\u9fa5]{2,4}(?![^\s、,;/])"
)
_FROM_ABROAD = re.compile(r"^(?:\+|00)?86[ -](?=[1-9]\d{1,2}[ -]\d{7,8}$)")  # 86-577-62000000
_IN_TWO = re.compile(r"^([2-8]\d{2,3}) (\d{4})$")  # 6200 0000
PERSON_AND_PHONE = re.compile(
    r"([^\d\W][^\d]{0,20}?)[\s:、,/(-]*"
    r"((?:1\d{10}|0\d{2,3}[- ]?\d{7,8}|[2-8]\d{6,7})(?:[、,/ ]+[\d-]{5,13})?)\)?"
)
# What stands for a number that is not there yet.
NO_NUMBER = re.compile(
    r"(?:正在|尚在|还在)?(?:办理|申办|申请|审批|待办|在办|待发)中?|(?:尚|暂|还)?未(?:办理?|取得|领|发证|申领)|办证中|待办理?|没有"
)
NO_PHONE = re.compile(
    "(?:未|没有?|不|拒绝|不愿|暂未)(?:提供|填写?|留|登记|告知)|不详|不明|未知|没有|暂缺|缺|无电话|联系不上"
)
LABEL = re.compile(r"[\u4e00-\u9fa5()]{2,12}[:：](?=.*\d)")  # 许可证号:教民1…
LONGEST_CODE = 18
MOST_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number
# Registrations of before there were credit codes: 13 or 15 digits of the market's office, 民证字, 事证第.
OLD_NUMBER = re.compile(
    r"\d{15}|\d{13}|\d{8}-[\dX]|.{0,8}([民事社法][证政登]第?|字.{0,3}第?|证第)[\d-]{2,15}号?|.{0,8}字[(〔\[]?\d{4}.{0,3}\d+号"
)
# 57762000000 and 5776200000 of 0577, 2162000000 of 021: the only way to read ten or eleven digits of no mobile.
LANDLINE_WITHOUT_ZERO = re.compile(r"(?!400|800)([3-9]\d{2}(?=\d{7,8}$)|10(?=\d{8}$)|2\d(?=\d{8}$))\d+", re.ASCII)
LICENCE_STATUSES = {
    "full": (
        "证照齐全",
        "有证有照",
        "两证齐全",
        "齐全",
        "full",
        "有照有证",
        "证照俱全",
        "证照全",
        "证照均有",
        "双证齐全",
        "有证、有照",
    ),
    "registration_only": (
        "有照无证",
        "无证有照",
        "registration_only",
        "只有营业执照",
        "仅有营业执照",
        "有营业执照无办学许可证",
        "registration only",
        "有执照无许可证",
        "缺办学许可证",
    ),
    "permit_only": (
        "有证无照",
        "无照有证",
        "permit_only",
        "只有办学许可证",
        "仅有办学许可证",
        "permit only",
        "有办学许可证无营业执照",
    ),
    "none": (
        "无证无照",
        "无照无证",
        "证照全无",
        "none",
        "无证照",
        "两证全无",
        "证照均无",
        "无任何证照",
        "neither",
        "双无",
    ),
}


FIRST_OF_1900, FIRST_OF_1904 = date(1899, 12, 30), date(1904, 1, 1)  # day 0 of a spreadsheet's serials


class BadCell(ValueError):
    """A cell that cannot be taken; the message ends with what is accepted."""


class HoldsIdNumber(BadCell):
    """A cell in which an ID-card number stands; nothing repeats it."""


def text(cell: Any) -> str:
    """NFKC (full-width digits, letters, brackets), nothing invisible, one space for any white space."""
    if type(cell) is not str:
        return _written(cell)
    if _PLAIN.fullmatch(cell):
        return cell
    cleaned = unicodedata.normalize("NFKC", cell).translate(INVISIBLE)
    return " ".join(cleaned.split())


def _written(cell: Any) -> str:
    """A cell that is no text, as the spreadsheet shows it: TRUE, 120, 2018-09-03."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell)


def short(written: str) -> str:
    """A text as a message quotes it: what is left out shows."""
    return written if len(written) <= 30 else f"{written[:30]}…"


def day(cell: Any, *, epoch_1904: bool = False) -> date | None:
    """2018.9.3, 2018-9-3, 2018/9/3, 2018年9月3日, 20180903, Excel serials -> day; "" and 长期 -> None. Serials
    count from 1900 unless the workbook says from 1904."""
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    written = text(cell)
    if not written or written in LONG_TERM:
        return None
    bare = re.sub(r"[T ]\d{1,2}(:\d{2}(:\d{2}(\.\d+)?)?(\+08:?00)?|[时点](\d{1,2}分?|半)?)$", "", written)
    bare = re.sub(r"(?<=[日号\d])\s*[(]?(凌晨|早上|上午|中午|下午|晚上|晚)[)]?$", "", bare)
    bare = re.sub(r"\s*([年月日号.\-/、])\s*", r"\1", bare).rstrip(".。").replace("、", ".")
    bare = with_digits(bare)
    bare = re.sub(r"号$", "日", re.sub(r"\s*\(?(星期|周|礼拜)[一二三四五六日天]\)?$", "", bare))
    parts = re.fullmatch(r"(\d{4})[.\-/年](\d{1,2})[.\-/月](\d{1,2})日?", bare) or re.fullmatch(
        r"((?:19|20)\d{2})(\d{2})(\d{2})", bare
    )
    try:
        if parts and 1900 <= int(parts[1]) <= 2100:
            return date(*(int(part) for part in parts.groups()))
        if re.fullmatch(r"\d{5}(\.\d+)?", bare) and 20_000 <= float(bare) <= 73_000:
            return (FIRST_OF_1904 if epoch_1904 else FIRST_OF_1900) + timedelta(days=int(float(bare)))
    except ValueError:
        pass
    if re.fullmatch(r"\d{1,2}[.\-/月]\d{1,2}日?", bare):
        raise BadCell(refusals.DAY_WITHOUT_YEAR.format(given=written))
    raise BadCell(refusals.NOT_A_DAY.format(given=short(written)))


def periods(cell: Any) -> list[tuple[date, date | None]]:
    """One or several periods of a cell, divided by 、 as our own lists have them; "" -> []."""
    written = REVOKED.sub("", text(cell))
    return [period(part) for part in re.split(r"\s*[、;,]\s*", written) if part]


def period_or_end(cell: Any) -> list[tuple[date | None, date | None]]:
    """`periods`, or one without a first day of a cell that says only until when: 2020-08-31, 长期."""
    written = text(cell)
    if written in LONG_TERM:
        return [(None, None)]
    bare = _UNTIL.sub("", written)
    if bare != written and re.fullmatch(_MONTH_OR_DAY, bare):
        return [(None, _edge(bare, last=True))]
    try:
        return [(None, day(cell))]
    except BadCell:
        return list(periods(cell))


def period(cell: Any) -> tuple[date, date | None]:
    """ "2017.9-2020.8", "2017/9/1-2020/8/31", "2017年9月至2020年8月", "2017-09-01至长期" -> first and last day."""
    written = text(cell)
    halves = PERIOD.fullmatch(written)
    if halves is None:
        raise BadCell(refusals.NOT_A_PERIOD.format(given=short(written)))
    first, last = _edge(halves[1], last=False), _edge(halves[2], last=True)
    assert first is not None  # 长期 is no beginning to the pattern
    if last is not None and last < first:
        raise BadCell(refusals.PERIOD_BACKWARDS.format(given=written))
    return first, last


def _edge(written: str, *, last: bool) -> date | None:
    """A day, or the first or last day of a month."""
    month = re.fullmatch(r"(\d{4})[.\-/年](\d{1,2})月?", written)
    if month is None:
        return day(written)
    first = day(f"{month[1]}-{month[2]}-1")
    return month_end(first) if last and first else first


def check_is_whole(cell: Any, said: Promise = refusals.CODE_BECAME_NUMBER) -> None:
    """Raise BadCell for a number that was written with more digits than the spreadsheet kept, or as 1.35E+17."""
    written = text(cell).upper().replace(" ", "")
    number = isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= MOST_EXACT
    if number or re.fullmatch(r"\d(\.\d+)?E\+?\d+", written):
        raise BadCell(str(said).format(given=short(str(cell))))


def check_no_exponent(cell: Any) -> None:
    """Raise BadCell for a text of the form 1.35E+17: what a spreadsheet shows of a number it finds too long."""
    written = text(cell).upper().replace(" ", "")
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", written):
        raise BadCell(refusals.BECAME_EXPONENT.format(given=short(written)))


def credit_code(cell: Any) -> tuple[str, str]:
    """The code in capitals and a warning ("" when it is right). A code that became a number is an error."""
    check_is_whole(cell)
    written = LABEL.sub("", text(cell)).upper().replace(" ", "")
    if not written:
        return "", ""
    if NO_NUMBER.fullmatch(written):
        return "", refusals.NO_NUMBER_YET.format(given=written)
    if OLD_NUMBER.fullmatch(written) and len(written) <= LONGEST_CODE:
        return written, refusals.OLD_REGISTRATION.format(given=written)
    usual = len(written) == 18 and all(sign in CODE_SIGNS for sign in written)
    right = usual and written[17] == uscc.calc_check_digit(written)
    if not right and looks_like_id_number(written):
        raise HoldsIdNumber(refusals.ID_NUMBER_ALONE)
    if not usual:
        raise BadCell(refusals.NOT_A_CODE.format(given=short(written)))
    return written, "" if right else refusals.CODE_CHECK_FAILS.format(given=written)


def permit_number(cell: Any) -> tuple[str, str]:
    """教民 + 15 digits (optional space and 号); other shapes warn."""
    check_is_whole(cell, refusals.BECAME_EXPONENT)
    written = LABEL.sub("", text(cell)).replace(" ", "")
    if looks_like_id_number(written):
        raise HoldsIdNumber(refusals.ID_NUMBER_ALONE)
    if written and len(written) < 5 and not re.search(r"\d", written):
        raise BadCell(refusals.NOT_A_PERMIT.format(given=written))
    usual = re.fullmatch(r"教民\d{15}号?", written, re.ASCII)
    return written, "" if usual or not written else refusals.UNUSUAL_PERMIT.format(given=short(written))


def registration_number(cell: Any) -> tuple[str, str]:
    """The number of a legal person's registration: a credit code, or one of before there were such codes."""
    check_is_whole(cell, refusals.BECAME_EXPONENT)
    written = LABEL.sub("", text(cell)).upper().replace(" ", "")
    if NO_NUMBER.fullmatch(written):
        return "", refusals.NO_NUMBER_YET.format(given=written)
    if len(written) == 18 and all(sign in CODE_SIGNS for sign in written):
        return credit_code(written)
    if looks_like_id_number(written):
        raise HoldsIdNumber(refusals.ID_NUMBER_ALONE)
    return written, ""


def phones(cell: Any) -> str:
    """Several numbers in one cell, joined with 、; without spaces and +86. An ID-card number is not repeated."""
    written = re.sub(r"\s*[—–―‐‑−─]+\s*", "-", _without_words(text(cell)))
    written = _IN_TWO.sub(r"\1\2", _FROM_ABROAD.sub("0", written))
    if holds_id_number(written, old=True):
        raise HoldsIdNumber(refusals.ID_NUMBER_AS_PHONE)
    found, place = [], 0
    while place < len(written):
        if separator := _SEPARATOR.match(written, place):
            place = separator.end()
        elif number := PHONE.match(written, place):
            plain = re.sub(r"^\(?(0\d{2,3})[) -]+", r"\1-", number["number"]).replace(" ", "")
            found.append(re.sub(r"^(1\d{2})-(\d{4})-(\d{4})$", r"\1\2\3", plain))
            place = number.end()
        else:
            raise BadCell(refusals.NOT_A_PHONE.format(given=short(written)))
    return "、".join(found)


def _without_words(written: str) -> str:
    """手机:13800000001(短号661234) -> 13800000001、661234."""
    bare = PHONE_WORDS.sub("、", written)
    if bare == written:
        return written
    return re.sub(r"\(\s*、?(\d[\d-]*)\s*\)", r"、\1", bare).replace("()", "").strip("、 ()")


def person_and_phone(written: str) -> tuple[str, str]:
    """王某13800000001 -> 王某 and 13800000001; anything else as it is, and ""."""
    found = PERSON_AND_PHONE.fullmatch(written)
    return (found[1].strip(), found[2]) if found else (written, "")


def phones_repaired(cell: Any) -> tuple[str, str]:
    """`phones` of a register, and a warning where the zero is put back that a spreadsheet took off a landline."""
    if type(cell) is str and _MOBILE.fullmatch(cell):
        return cell, ""
    check_no_exponent(cell)
    written = re.sub(r"\.0+$", "", text(cell))
    if NO_PHONE.fullmatch(written):
        return "", refusals.NO_NUMBER_YET.format(given=written)
    area = next((len(found[1]) for found in [LANDLINE_WITHOUT_ZERO.fullmatch(written)] if found), 0)
    if not area:
        read = phones(written)
        kept = refusals.WORDS_LEFT_OUT.format(given=short(written), kept=read)
        return read, kept if PHONE_WORDS.search(written) else ""
    repaired = f"0{written[:area]}-{written[area:]}"
    return repaired, refusals.ZERO_PUT_BACK.format(given=written, repaired=repaired)


def without_id_number(cell: Any) -> str:
    """Text as it is read everywhere; an ID-card number in it is refused and not repeated."""
    written = text(cell)
    if holds_id_number(written):
        raise HoldsIdNumber(refusals.ID_NUMBER_INSIDE)
    return written


def person(cell: Any) -> str:
    written = text(cell)
    if holds_id_number(written, old=True):
        raise HoldsIdNumber(refusals.ID_NUMBER_AT_PERSON)
    return written


def licence_status(cell: Any) -> str:
    """证照情况 -> full, registration_only, permit_only, none; "" stays ""."""
    written = text(cell)
    if not written:
        return ""
    bare = re.sub(r"(培训)?(机构|学校)$|[“”\" ,]|^\d[、.]|[。.;]$", "", written.lower())
    for status, words in LICENCE_STATUSES.items():
        if bare in words or written.lower() in words:
            return status
    if status := status_in_words(bare):
        return status
    known = "、".join(words[0] for words in LICENCE_STATUSES.values())
    raise BadCell(refusals.NOT_A_STATUS.format(given=short(written), known=known))


def people(cell: Any) -> int | None:
    """A whole number of persons, 0 to 1,000,000; "" -> None. A unit behind it (人, 名) is dropped."""
    number = _number(cell, r"\(?(人|名)\)?$", MOST_PEOPLE)
    if number is not None and number != int(number):
        raise BadCell(refusals.NOT_WHOLE.format(given=short(text(cell))))
    return None if number is None else int(number)


def area(cell: Any) -> tuple[Decimal | None, str]:
    """Square metres, 0 to 10,000,000, to one decimal, and a warning when that is rounded; "" -> None."""
    number = _number(cell, r"(平方米|平米|平方|平|m2|㎡)$", MOST_AREA_M2)
    if number is None:
        return None, ""
    kept = number.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return kept, "" if kept == number else refusals.AREA_ROUNDED.format(given=short(text(cell)), kept=kept)


COMMA_BEHIND = re.compile(r"(?<=[^\s,])\s*,$")  # 120,


def _number(cell: Any, unit: str, most: int) -> Decimal | None:
    written = COMMA_BEHIND.sub("", re.sub(unit, "", COMMA_BEHIND.sub("", text(cell))).strip())
    if not written:
        return None
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", written, re.ASCII):
        written = written.replace(",", "")
    if not re.fullmatch(r"\d+(\.\d+)?", written, re.ASCII):
        raise BadCell(refusals.NOT_A_NUMBER.format(given=short(written)))
    if Decimal(written) > most:
        raise BadCell(refusals.NUMBER_TOO_LARGE.format(given=short(written), most=most))
    return Decimal(written)


def degrees(cell: Any, largest: int) -> float | None:
    written = text(cell)
    if not written:
        return None
    if not re.fullmatch(r"-?\d+(\.\d+)?", written, re.ASCII) or abs(float(written)) > largest:
        raise BadCell(refusals.NOT_DEGREES.format(given=short(written)))
    return float(written)


def several(cell: str) -> list[str]:
    """The parts of a cell in which several numbers stand: 教民1号、教民2号."""
    return [part for part in re.split(r"\s*[、;,]\s*", text(cell)) if part]
