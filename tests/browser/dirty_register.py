"""A register as a township sends it: three sheets by hand, with what is wrong in such lists. Names are made up."""

import io

import xlsxwriter

WRONG_PHONE, WRONG_LEARNERS = "虹桥镇!E5", "柳市镇!F4"


def dirty_register(known: str, township: str) -> bytes:
    """`known` is the name of an institution on file in `township`: here it stands at another address.

    The column of addresses is called by words that no list has; a telephone and a number of learners are wrong.
    """
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        page = book.add_worksheet("柳市镇")
        page.merge_range(0, 0, 0, 5, "柳市镇校外培训机构名册")
        page.write_row(1, 0, ["序号", "机构名称", "乡镇(街道)", "场所说明", "联系电话", "在校生数"])
        page.write_row(2, 0, [1, "青竹书画社", "柳市镇", "柳市镇前街 101 号", "13800000101", 35])
        page.write_row(3, 0, [2, "晨曦琴房", "柳市镇", "柳市镇前街 103 号", "13800000102", "约四十"])
        page.write_row(4, 0, [3, known, township, f"{township}新辟路 999 号", "13800000103", 28])
        page.write_row(5, 0, ["", "合计", "", "", "", 103])
        page = book.add_worksheet("虹桥镇")
        page.write_row(0, 0, ["填报单位：虹桥镇"])
        page.write_row(2, 0, ["序号", "机构名称", "乡镇(街道)", "场所说明", "联系电话", "在校生数"])
        page.write_row(3, 0, [1, "石桥棋院", "虹桥镇", "虹桥镇后街 7 号", "13800000201", 60])
        page.write_row(4, 0, [2, "小荷舞蹈室", "虹桥镇", "虹桥镇后街 9 号", "见门口", 22])
        page = book.add_worksheet("填表说明")
        page.write_row(0, 0, ["请各乡镇于每月五日前报送。"])
    return written.getvalue()
