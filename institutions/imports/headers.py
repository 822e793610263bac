"""The header of a register, found by its words; and which rows below it are institutions."""

import re
from dataclasses import dataclass

from institutions.id_numbers import REMOVED, holds_id_number
from institutions.imports import cells, refusals
from institutions.imports.package import UnreadableFile
from institutions.imports.workbook import Cells
from institutions.rules import SUMMARY

# Headers by vocabulary; the first name is the one used in messages.
HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("机构名称", "培训机构名称", "学校名称", "单位名称", "名称"),
    "signboard_name": ("招牌名称", "门头名称"),
    "operating_address": ("办学地址", "办学地点", "详细地址", "实际经营地址", "地址"),
    "registered_address": ("注册地址", "登记地址"),
    "principal": ("负责人", "校长", "法定代表人", "举办者"),
    "permit": ("办学许可证号", "许可证编号", "办学许可证"),
    "permit_period": ("许可证有效期", "办学许可证有效期", "有效期"),
    "permit_from": ("许可证有效期自", "发证日期"),
    "permit_to": ("许可证有效期至", "有效期至"),
    "registration_from": ("登记证照日期", "营业执照日期", "成立日期"),
    "credit_code": ("统一社会信用代码", "信用代码", "社会信用代码", "营业执照号", "登记证号"),
    "township": ("乡镇(街道)", "镇街", "所属街道", "乡镇街道", "乡镇"),
    "phone": ("联系电话", "电话", "手机"),
    "longitude": ("经度",),
    "latitude": ("纬度",),
    "licence_status": ("证照情况",),
    "surveyed_on": ("排摸日期", "检查日期"),
    "learners": ("学生人数", "学生数", "在读人数"),
    "teachers": ("教师人数", "教师数"),
    "area_m2": ("面积(平方米)", "面积", "建筑面积"),
    "serial": ("序号",),
}
HEADER_WITHIN = 20


@dataclass(frozen=True)
class Header:
    """Where the header is (index of its row), which column is what, and a title of its own for every column."""

    row: int
    places: dict[str, int]
    titles: list[str]

    def passes_over(self, texts: list[str]) -> bool:
        """Whether a row, given as its cells' texts, is no institution: empty, only numbered, 合计, a note, a header."""
        filled = [text for place, text in enumerate(texts) if text and place != self.places.get("serial")]
        name = texts[self.places["name"]] if self.places["name"] < len(texts) else ""
        if not filled or any(SUMMARY.fullmatch(text) for text in (texts[0], filled[0], name)):
            return True
        return name in HEADERS["name"]

    def not_taken(self, sheet: Cells) -> list[str]:
        """Titles of the columns that hold something below the header and are not taken."""
        filled: set[int] = set()
        for row in sheet[self.row + 1 :]:
            if len(filled) < len(self.titles) and not self.passes_over([cells.text(cell) for cell in row]):
                filled |= {place for place, cell in enumerate(row) if place not in filled and cells.text(cell)}
        return [self.titles[place] for place in sorted(filled - set(self.places.values()))]


def find_header(sheet: Cells) -> Header:
    """The row that holds a name column and at most others of the vocabulary. Raises UnreadableFile without one."""
    synonyms = {word: key for key, words in HEADERS.items() for word in words}
    best: tuple[int, dict[str, int]] = (0, {})
    for number, row in enumerate(sheet[:HEADER_WITHIN]):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            title = cells.text(cell).replace(" ", "")
            key = synonyms.get(title) or synonyms.get(re.split(r"[(/]", title)[0])
            if key:
                places.setdefault(key, place)
        if "name" in places and len(places) > len(best[1]):
            best = (number, places)
    if len(best[1]) < 2:
        known = "、".join(words[0] for words in HEADERS.values())
        raise UnreadableFile(refusals.NO_HEADER.format(within=HEADER_WITHIN, known=known))
    return Header(*best, _titles(sheet, best[0]))


def _titles(sheet: Cells, header_row: int) -> list[str]:
    titles: list[str] = []
    for place in range(max(len(row) for row in sheet)):
        title = cells.text(sheet[header_row][place]) if place < len(sheet[header_row]) else ""
        if holds_id_number(title):
            title = REMOVED
        if not title or title in titles:
            title = f"{title}(第{place + 1}列)"
        titles.append(title)
    return titles
