"""What a spreadsheet did to values: recognised, said, and put right where only one reading is possible."""

import html
import re
from datetime import date, datetime, time
from typing import Any

from django.utils.functional import Promise

from institutions.imports import cells, refusals
from institutions.imports.cells import BadCell

# How a text is kept from being read as a number or a formula: ="001" in text files, an apostrophe that nothing closes.
WRAPPED = re.compile(r'=\s*"((?:[^"]|"")*)"')
APOSTROPHE = re.compile(r"['’‘](?=[^'’‘]+$)")
# Words and signs for the value above, as they are after cleaning: ″ is two strokes then.
DITTO = re.compile(
    r"同上(一?行|一?格|面|址)?[。.]?|上同|[如照见]上|如前|亦同|同前(一?行|面|者|址)?|[与和跟][上前](一?行|一?格|面)?(相?同|一致|一样)"
    r"|同一(人|法人|负责人|校长|举办[者人]|法定代表人|老板|业主|地址|址|地点|地方)?|同址?|仝|[′″\"”“„〃々〞〝'`´]{1,4}|,,|、、|[↑⇧]{1,3}|ditto|-+[″\"〃′']+-+",
    re.IGNORECASE,
)
# Of another row, which is not looked for: 同序号1, 同第2行; of a house, which is not the whole of an address: 同楼.
OF_ANOTHER_ROW = re.compile(
    r"同(?:序号|编号|第)?(?:\d+|[一二三四五六七八九十]{1,2}(?=[行条家号]))[行条家号栏]?|同一?[幢栋]?楼"
)
# The address above, or the other one of the row where there are two.
SAME_PLACE = re.compile(r"同一?(?:地址|址|地点|地方)")
# In an address, without saying which: the other address of the row.
AS_THE_OTHER = re.compile(r"一致|相同|一样|两址一致|地址(一致|相同)")
ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,6}|#x[0-9a-fA-F]{2,5});")
# What stands where nothing is known.
UNKNOWN = re.compile(
    r"不详|不明|不清楚|未知|待定|待查|待补充?|待核实?|待完善|待填|未填写?|略|[详另]?见(附[件表页录].{0,6}|备注)"
)
LIKE_A_DATE = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}( \d{1,2}:\d{2}(:\d{2})?)?|\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z][a-z]{2}"
    r"|[A-Z][a-z]{2}-\d{2}"
    r"|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}:\d{2}(:\d{2})?"
)


def unwrapped(cell: Any) -> Any:
    """="晨曦教育" -> 晨曦教育, '001 -> 001; any other cell as it is."""
    if type(cell) is not str or cell[:1] not in "=＝'’‘":
        return cell
    if whole := WRAPPED.fullmatch(cell.strip()):
        return whole[1].replace('""', '"')
    return APOSTROPHE.sub("", cell, count=1) if APOSTROPHE.match(cell) else cell


def unescaped(cell: str) -> str:
    """A&amp;B教育 -> A&B教育: as another system wrote it out of its pages."""
    return ENTITY.sub(lambda found: html.unescape(found[0]), cell)


def check_text(cell: Any) -> None:
    """Raise BadCell for a cell of a column of texts that the spreadsheet made a day, a time or TRUE of."""
    written = cells.text(cell)
    if isinstance(cell, bool) or written in ("TRUE", "FALSE"):
        raise BadCell(refusals.BECAME_TRUE.format(given=written))
    if isinstance(cell, datetime | date | time) or LIKE_A_DATE.fullmatch(written):
        raise BadCell(refusals.BECAME_DAY.format(given=written))


def check_words(cell: Any) -> None:
    """Raise BadCell for a number where an address or a person should stand (a formula's 0, the serial of a day), for
    signs alone, and for 同上3楼."""
    written = cells.text(cell)
    if isinstance(cell, int | float):
        raise BadCell(refusals.NUMBER_NOT_WORDS.format(given=written))
    if not re.search(r"\w", written):
        raise BadCell(refusals.ONLY_SIGNS.format(given=written))
    if re.match(r"同上[\w(]", written):
        raise BadCell(refusals.DITTO_AND_MORE.format(given=cells.short(written)))


def check_has_words(cell: Any, said: Promise) -> None:
    """Raise BadCell for an address or a person in which no word stands: 105, 13800000000."""
    written = cells.text(cell)
    if not re.search(r"[^\W\d_]", written):
        raise BadCell(str(said).format(given=cells.short(written)))


def check_number(cell: Any) -> None:
    """Raise BadCell for a cell of a column of numbers that is a day, a time or TRUE."""
    if isinstance(cell, bool | date | time):
        raise BadCell(refusals.BECAME_OTHER.format(given=cells.text(cell)))
