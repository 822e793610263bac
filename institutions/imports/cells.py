"""Cells as bureaus write them -> values. Each cleaner returns a value or raises BadCell with a sentence."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Any

CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I O S V Z
# Control characters but tab and line breaks.
CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {0x09, 0x0A, 0x0D})
ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
LONG_TERM = ("长期", "永久", "无固定期限")
LICENCE_STATUSES = {
    "full": ("证照齐全", "有证有照", "两证齐全", "齐全", "full"),
    "registration_only": ("有照无证", "无证有照", "registration_only"),
    "permit_only": ("有证无照", "无照有证", "permit_only"),
    "none": ("无证无照", "无照无证", "证照全无", "none"),
}


class BadCell(ValueError):
    """A cell that cannot be taken; the message ends with what is accepted."""


def text(cell: Any) -> str:
    """NFKC (full-width digits, letters, brackets), no zero-width characters, one space for any white space."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    cleaned = unicodedata.normalize("NFKC", str(cell)).translate(ZERO_WIDTH)
    return " ".join(cleaned.split())


def day(cell: Any) -> date | None:
    """2018.9.3, 2018-9-3, 2018/9/3, 2018年9月3日, 20180903, Excel serials (1900) -> day; "" and 长期 -> None."""
    written = text(cell)
    if not written or written in LONG_TERM:
        return None
    written = re.sub(r"[T ]\d{1,2}:\d{2}(:\d{2})?$", "", written)
    parts = re.fullmatch(r"(\d{4})[.\-/年](\d{1,2})[.\-/月](\d{1,2})日?", written) or re.fullmatch(
        r"((?:19|20)\d{2})(\d{2})(\d{2})", written
    )
    try:
        if parts:
            return date(*(int(part) for part in parts.groups()))
        if re.fullmatch(r"\d{5}", written) and 20_000 <= int(written) <= 80_000:
            return date(1899, 12, 30) + timedelta(days=int(written))
    except ValueError:
        pass
    if re.fullmatch(r"\d{1,2}[.\-/月]\d{1,2}日?", written):
        raise BadCell(f"“{written}”没有年份,请写全,例:2025-12-31")
    raise BadCell(f"“{written}”不是日期,例:2025-12-31")


def period(cell: Any) -> tuple[date, date | None]:
    """ "2017.9-2020.8", "2017-09-01至2020-08-31", "2017-09-01至长期" -> first and last day."""
    written = text(cell)
    halves = re.split(r"\s*(?:至|到|~|—|–|--)\s*", written)
    if len(halves) == 1:
        months = re.fullmatch(r"(\d{4})[.年](\d{1,2})月?-(\d{4})[.年](\d{1,2})月?", written)
        if months:
            from_year, from_month, to_year, to_month = map(int, months.groups())
            if not (1 <= from_month <= 12 and 1 <= to_month <= 12):
                raise BadCell(f"“{written}”不是有效期,例:2017-09-01至2020-08-31")
            following = date(to_year + to_month // 12, to_month % 12 + 1, 1)
            halves = [f"{from_year}-{from_month}-1", (following - timedelta(days=1)).isoformat()]
    if len(halves) != 2:
        raise BadCell(f"“{written}”不是有效期,例:2017-09-01至2020-08-31")
    first, last = day(halves[0]), day(halves[1])
    if first is None:
        raise BadCell(f"“{written}”没有起始日期,例:2017-09-01至2020-08-31")
    if last is not None and last < first:
        raise BadCell(f"“{written}”的截止日期早于起始日期")
    return first, last


def credit_code(cell: Any) -> tuple[str, str]:
    """The code in capitals and a warning ("" when it is right). A code that became a number is an error."""
    written = text(cell).upper().replace(" ", "")
    if isinstance(cell, float) or re.fullmatch(r"\d+(\.\d+)?E\+?\d+", written):
        raise BadCell(f"“{cell}”被表格软件改成了数字,已不完整,请把该列设为文本后重新填写 18 位代码")
    if not written:
        return "", ""
    if len(written) != 18 or any(sign not in CODE_SIGNS for sign in written):
        raise BadCell(f"“{written[:24]}”不是统一社会信用代码,应为 18 位数字或大写字母(不含 I O S V Z)")
    total = sum(CODE_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(written[:17]))
    right = CODE_SIGNS[(31 - total % 31) % 31] == written[17]
    return written, "" if right else f"“{written}”的校验位不符,请核对"


def permit_number(cell: Any) -> tuple[str, str]:
    """教民 + 15 digits (optional space and 号); other shapes warn."""
    written = text(cell).replace(" ", "")
    usual = re.fullmatch(r"教民\d{15}号?", written)
    return written, "" if usual or not written else f"“{written[:30]}”不是常见的许可证号样式(教民+15位数字)"


def phones(cell: Any) -> str:
    """Several numbers in one cell, joined with 、. An ID-card number is refused and not repeated."""
    written = text(cell)
    found = [part for part in re.split(r"[、,;/\s]+", written) if part]
    for number in found:
        if re.fullmatch(r"\d{17}[\dXx]", number):
            raise BadCell("电话一栏填的是身份证号,系统不存身份证号,请删去")
        if not re.fullmatch(r"\+?\d[\d\-]{4,19}", number):
            raise BadCell(f"“{number[:30]}”不是电话号码,例:13800000000 或 0577-62000000")
    return "、".join(found)


def person(cell: Any) -> str:
    written = text(cell)
    if re.search(r"\d{17}[\dXx]", written):
        raise BadCell("负责人一栏含身份证号,系统不存身份证号,请删去")
    return written


def licence_status(cell: Any) -> str:
    """证照情况 -> full, registration_only, permit_only, none; "" stays ""."""
    written = text(cell)
    if not written:
        return ""
    for status, words in LICENCE_STATUSES.items():
        if written.lower() in words:
            return status
    known = "、".join(words[0] for words in LICENCE_STATUSES.values())
    raise BadCell(f"“{written[:20]}”不是证照情况,可填:{known}")


def number(cell: Any) -> float | None:
    """A number that is not negative; "" -> None. Units behind it (人, 平方米) are dropped."""
    written = re.sub(r"(人|名|平方米|m2|㎡)$", "", text(cell)).replace(",", "").strip()
    if not written:
        return None
    if not re.fullmatch(r"\d+(\.\d+)?", written):
        raise BadCell(f"“{written[:20]}”不是数字,例:120")
    return float(written)


def degrees(cell: Any, largest: int) -> float | None:
    written = text(cell)
    if not written:
        return None
    if not re.fullmatch(r"-?\d+(\.\d+)?", written) or abs(float(written)) > largest:
        raise BadCell(f"“{written[:20]}”不是经纬度,例:120.96 和 28.12")
    return float(written)


def normal_name(name: str) -> str:
    """A name for comparing: no spaces, brackets or the words every name has."""
    return re.sub(r"[\s()()·.\-]|有限公司|有限责任公司", "", unicodedata.normalize("NFKC", name)).lower()
