"""Forms as a city might send them, made up: merged heads, formulas, several sheets, a picture, signatures at the bottom."""

import io
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tests.factories import picture

TOWNSHIPS = ["柳市镇", "北白象镇", "盘石镇"]
KEYS = {"柳市镇": "330382114", "北白象镇": "330382115", "盘石镇": "330382125"}
HEADS = ["排摸总数", "存在问题", "已整改", "其中：取缔", "完成率"]
FIRST_ROW = 6  # of a township, as the spreadsheet counts


def _of_one_moment(written: io.BytesIO) -> bytes:
    """The same bytes each time: a file in the package has the time at which it was packed."""
    packed = io.BytesIO()
    with ZipFile(written) as made, ZipFile(packed, "w", ZIP_DEFLATED) as again:
        for part in made.infolist():
            again.writestr(ZipInfo(part.filename, (2018, 12, 1, 0, 0, 0)), made.read(part), ZIP_DEFLATED)
    return packed.getvalue()


def city_form(*, heads=HEADS, townships=TOWNSHIPS, month="2018年12月", note="", total=True) -> bytes:
    """A title over all columns, a head of two merged rows, a line for each township, a row of sums, a second sheet that
    reads the first, a hidden one, a picture, a validation, a defined name, print settings and a protected sheet."""
    import xlsxwriter

    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2018, 12, 1)})
        sheet, cover, hidden = (book.add_worksheet(name) for name in ("汇总表", "封面", "字典"))
        head = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
        cell, percent = book.add_format({"border": 1}), book.add_format({"border": 1, "num_format": "0.00%"})
        sheet.merge_range(0, 0, 0, 6, f"校外培训机构整改进展情况表（{month}）", head)
        sheet.write_row(1, 0, ["填报单位：", "", "", "截至日期：", "", "", ""])
        sheet.merge_range(2, 0, 4, 0, "序号", head)
        sheet.merge_range(2, 1, 4, 1, "乡镇（街道）", head)
        sheet.merge_range(2, 2, 2, 6, "整改进展", head)
        for column, words in enumerate(heads, start=2):
            sheet.merge_range(3, column, 4, column, words, head)
        for number, name in enumerate(townships, start=1):
            row = FIRST_ROW - 2 + number
            sheet.write_row(row, 0, [number, name], cell)
            for column in range(2, 6):
                sheet.write_blank(row, column, None, cell)
            sheet.write_blank(row, 6, None, percent)
        last = FIRST_ROW - 1 + len(townships)
        if total:
            sheet.write(last, 1, "合计", cell)
            for column, letter in enumerate("CDEF", start=2):
                sheet.write_formula(last, column, f"=SUM({letter}{FIRST_ROW}:{letter}{last})", cell, 111)
            sheet.write_formula(last, 6, f'=IF(D{last + 1}=0,"—",E{last + 1}/D{last + 1})', percent, 0.5)
        sheet.write_row(last + 2, 1, ["填报人：", "", "审核：", "", "填报日期：", ""])
        sheet.write(last + 3, 1, note or "注：完成率=已整改÷存在问题")
        sheet.insert_image(last + 4, 1, "seal.jpg", {"image_data": io.BytesIO(picture("red"))})
        sheet.data_validation(FIRST_ROW - 1, 2, last, 5, {"validate": "integer", "criteria": ">=", "value": 0})
        sheet.conditional_format(FIRST_ROW - 1, 6, last, 6, {"type": "data_bar"})
        sheet.set_column(1, 1, 22)
        sheet.set_landscape()
        sheet.print_area(0, 0, last + 3, 6)
        sheet.repeat_rows(2, 4)
        sheet.freeze_panes(5, 2)
        sheet.protect("秘")
        book.define_name("全部", f"=汇总表!$C${FIRST_ROW}:$F${last}")
        cover.write(0, 0, "合计排摸")
        cover.write_formula(0, 1, f"=汇总表!C{last + 1}", None, 111)
        hidden.write_column(0, 0, ["是", "否"])
        hidden.hide()
    saved = written.getvalue()  # as a spreadsheet saves it: what was calculated is believed
    return with_parts(saved, xl__workbook_xml=parts_of(saved)["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b""))


def parts_of(data: bytes) -> dict[str, bytes]:
    package = ZipFile(io.BytesIO(data))
    return {name: package.read(name) for name in package.namelist()}


def with_parts(data: bytes, **changes: bytes | None) -> bytes:
    """The package with other bytes in some parts (`xl__workbook_xml`); a part that is None is left out, a new one put in."""
    named = {
        name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): new for name, new in changes.items()
    }
    return repacked({**parts_of(data), **named})


def repacked(parts: dict[str, bytes | None]) -> bytes:
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            if content is not None:
                package.writestr(name, content)
    return _of_one_moment(written)
