"""A register to fill in: the headings, an example row that an import leaves out, and what to put where. Made when it is
asked for; nobody's names."""

import io
from typing import Any

from django.utils.translation import gettext as _

from institutions.models import Category, LicenceStatus

FILE_NAME = "register.xlsx"
HEAD, ROWS = 0, 500  # the row of the headings, and down to where a choice is offered


def _columns() -> list[tuple[str, str, str, list[str]]]:
    """Each heading with its example, what to put there, and what may be chosen."""
    statuses = [str(label) for label in LicenceStatus.labels]
    categories = [str(label) for label in Category.labels]
    return [
        ("序号", "例", _("可以不填"), []),
        ("机构名称", "绘声馆艺术培训中心", _("必填。一处办学点一行"), []),
        ("招牌名称", "绘声馆", _("与机构名称不同的才填"), []),
        ("类别", categories[1], _("不填的按“%(category)s”登记") % {"category": categories[0]}, categories),
        ("乡镇（街道）", "柳市镇", _("必填；办学地址写明乡镇（街道）的可以不填"), []),
        ("办学地址", "柳市镇示例路8号2楼", _("写到门牌号"), []),
        ("负责人", "王某", _("不要填身份证号"), []),
        ("联系电话", "0577-62000000", _("几个号码用顿号隔开"), []),
        ("统一社会信用代码", "91330382MA0000005Y", _("18 位；没有的不填"), []),
        ("办学许可证号", "教民133038200000001号", _("没有的不填"), []),
        ("许可证有效期", "2017-09-01至2020-08-31", _("有许可证号的，填有效期或排摸日期"), []),
        ("证照情况", statuses[0], _("与排摸日期一起填"), statuses),
        ("排摸日期", "2018-09-03", _("年月日写全"), []),
        ("学生人数", "60", "", []),
        ("教师人数", "5", "", []),
        ("面积（平方米）", "120", "", []),
        ("经度", "120.888300", _("度，可以不填；坐标系在导入时选"), []),
        ("纬度", "28.041700", _("度，可以不填"), []),
    ]


def example_register() -> bytes:
    """The workbook. What is filled in below its example row is read by an import, the example row and the notes not."""
    import xlsxwriter

    columns = _columns()
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        head = book.add_format(
            {"bold": True, "border": 1, "bg_color": "#e8eef7", "text_wrap": True, "valign": "vcenter"}
        )
        text = book.add_format({"num_format": "@"})
        sample = book.add_format({"num_format": "@", "italic": True, "font_color": "#6b7280"})
        page = book.add_worksheet("名册")
        page.freeze_panes(HEAD + 1, 2)
        for place, (title, example, _note, choices) in enumerate(columns):
            page.set_column(place, place, max(10, 2 * len(title), len(example) + 4), text)
            page.write_string(HEAD, place, title, head)
            page.write_string(HEAD + 1, place, example, sample)
            if choices:
                page.data_validation(HEAD + 1, place, ROWS, place, {"validate": "list", "source": choices})
        _notes(book.add_worksheet("填写说明"), columns, head)
    return written.getvalue()


def _notes(page: Any, columns: list[tuple[str, str, str, list[str]]], head: Any) -> None:
    page.set_column(0, 0, 20)
    page.set_column(1, 1, 70)
    page.write_row(0, 0, [_("列"), _("怎样填")], head)
    said = [(title, note) for title, _example, note, _choices in columns if note]
    said += [
        (_("例行"), _("序号写着“例”的一行是示例，导入时跳过，不必删除。")),
        (_("表头"), _("列的先后可以变，用不到的列可以删，也可以添自己的列：认不得的列不导入，会写明。")),
    ]
    for row, each in enumerate(said, start=1):
        page.write_row(row, 0, each)
