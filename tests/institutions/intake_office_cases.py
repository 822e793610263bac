"""Registers as an office sends them, as real files: layouts and dirt that no other list of cases has, with what a careful
clerk of 乐清市 reads in them. Written down before they were tried.

`sheets` (or `rows` of one) are written into an .xlsx; `merged`, `struck` and `filtered_away` are of the first sheet,
`from_1904` is of the file. `text` is a file of its own instead: its name and bytes. The rest is as in
intake_hostile_cases.py; `after` is a case that is imported before, `alike` rows that may be on file already.
"""

from datetime import datetime
from typing import Any

H3 = ["机构名称", "乡镇", "办学地址"]
ONE = ["绘声馆", "柳市镇", "井巷路1号"]
TWO = ["青竹教育", "虹桥镇", "三八路6号"]
READ_ONE, READ_TWO = "绘声馆@柳市镇; addr=井巷路1号", "青竹教育@虹桥镇; addr=三八路6号"
CODE, OTHER_CODE = "91330382MA0000003Q", "91330382MA0000005Y"
PERMIT = "教民133038200000011号"


def tabbed(*rows: list[str]) -> str:
    return "\r\n".join("\t".join(row) for row in rows) + "\r\n"


CASES: dict[str, dict[str, Any]] = {
    # --- K1
    "K1 townships are in the names of the sheets, with counts; the first sheet is a table of counts": {
        "sheets": {
            "汇总": [["乡镇", "机构数", "学生数"], ["柳市镇", 2, 110], ["虹桥镇", 1, 50], ["合计", 3, 160]],
            "柳市（2家）": [["机构名称", "地址"], ["绘声馆", "井巷路1号"], ["石桥棋院", "后街7号"]],
            "虹桥-1家": [["机构名称", "地址"], ["青竹教育", "三八路6号"]],
        },
        "reads": [READ_ONE, "石桥棋院@柳市镇; addr=后街7号", READ_TWO],
        "unread": ["汇总"],
    },
    "K1 headings of sections carry the status, with words around it and counts": {
        "rows": [
            [*H3, "排摸日期"],
            ["（一）证照齐全的培训机构（1家）"],
            [*ONE, "2018-09-03"],
            ["（二）有照无证的培训机构（1家）"],
            [*TWO, "2018-09-04"],
            ["三、无证无照"],
            ["晨曦琴房", "柳市镇", "前街3号", "2018-09-05"],
        ],
        "reads": [
            READ_ONE + "; day=2018-09-03; status=full",
            READ_TWO + "; day=2018-09-04; status=registration_only",
            "晨曦琴房@柳市镇; day=2018-09-05; status=none",
        ],
        "unread": ["(一)证照齐全", "三、无证无照"],
    },
    "K1 a sheet for each month says another thing of the same one": {
        "sheets": {
            "9月": [[*H3, "联系电话"], [*ONE, "13800000001"]],
            "10月": [[*H3, "联系电话"], [*ONE, "13800000009"], [*TWO, ""]],
        },
        "reads": [READ_ONE, READ_TWO],
        "errors": ["10月!2 机构名称"],
    },
    "K1 township and day are in the title": {
        "rows": [
            ["乐清市虹桥镇2018年校外培训机构摸底表（截至2018年9月30日）"],
            ["机构名称", "办学地址", "证照情况"],
            ["青竹教育", "三八路6号", "有照无证"],
        ],
        "answers": {"surveyed_on": "2018-09-30"},
        "reads": [READ_TWO + "; day=2018-09-30; status=registration_only"],
        "asked": ["surveyed_on"],
    },
    # --- K2
    "K2 three tables beside each other, each with headings and a township of its own": {
        "rows": [
            ["柳市镇", "", "", "", "虹桥镇", "", "", "", "北白象镇", "", ""],
            ["机构名称", "办学地址", "负责人", "", "单位名称", "地址", "法人", "", "学校名称", "联系电话", "详细地址"],
            ["绘声馆", "井巷路1号", "王某", "", "青竹教育", "三八路6号", "李某", "", "晨曦教育", "13800000003", "大桥路3号"],
            ["石桥棋院", "后街7号", "赵某", "", "", "", "", "", "思源画室", "13800000004", "大桥路5号"],
        ],
        "reads": [
            READ_ONE + "; who=王某",
            "石桥棋院@柳市镇; addr=后街7号; who=赵某",
            READ_TWO + "; who=李某",
            "晨曦教育@北白象镇; addr=大桥路3号; tel=13800000003",
            "思源画室@北白象镇; addr=大桥路5号; tel=13800000004",
        ],
    },
    "K2 a merged head of two rows with units": {
        "rows": [
            ["机构名称", "所属乡镇", "办学规模", "", ""],
            ["", "", "学生数（人）", "教师数（人）", "办学面积（㎡）"],
            ["绘声馆", "柳市镇", 50, 4, 120.5],
        ],
        "merged": ["A1:A2", "B1:B2", "C1:E1"],
        "reads": ["绘声馆@柳市镇; n=50; teachers=4; area=120.5"],
    },
    "K2 three groups over the head, a title above": {
        "rows": [
            ["2018年校外培训机构排摸情况登记表", *[""] * 8],
            ["序号", "基本信息", "", "", "证照信息", "", "", "排摸信息", ""],
            ["", "机构名称", "乡镇", "地址", "许可证号", "有效期至", "信用代码", "日期", "证照情况"],
            [1, *ONE, PERMIT, "2020-08-31", CODE, "2018.9.3", "证照齐全"],
        ],
        "merged": ["A1:I1", "A2:A3", "B2:D2", "E2:G2", "H2:I2"],
        "reads": [READ_ONE + f"; code={CODE}; day=2018-09-03; status=full"],
        "errors": [],
    },
    "K2 the head again in another order": {
        "rows": [
            [*H3, "负责人"],
            [*ONE, "王某"],
            ["负责人", "机构名称", "办学地址", "乡镇"],
            ["李某", "青竹教育", "三八路6号", "虹桥镇"],
        ],
        "reads": [READ_ONE + "; who=王某", READ_TWO + "; who=李某"],
    },
    "K2 a second address in a row without a name": {
        "rows": [H3, ONE, ["", "", "（分部）井巷路5号"], TWO],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["第3行"],
    },
    # --- K3
    "K3 sums beside townships": {
        "rows": [
            ["乡镇", "机构名称", "办学地址", "学生数"],
            ["柳市镇", "绘声馆", "井巷路1号", 50],
            ["柳市镇", "小计", "", 50],
            ["虹桥镇", "青竹教育", "三八路6号", 60],
            ["虹桥镇合计（1家）", "", "", 60],
            ["全市总计", "", "", 110],
        ],
        "reads": [READ_ONE + "; n=50", READ_TWO + "; n=60"],
        "unread": ["第3行", "第5–6行"],
    },
    "K3 ticks of the status, with their sums below": {
        "rows": [
            [*H3, "排摸日期", "证照情况", "", "", ""],
            ["", "", "", "", "有证有照", "有照无证", "有证无照", "无证无照"],
            [*ONE, "2018-09-03", "√", "", "", ""],
            [*TWO, "2018-09-03", "", "", "", "√"],
            ["合计", "", "", "", 1, 0, 0, 1],
        ],
        "merged": ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:H1"],
        "reads": [READ_ONE + "; status=full", READ_TWO + "; status=none"],
        "unread": ["第5行"],
    },
    "K3 who reports stands between the townships": {
        "rows": [
            ["机构名称", "办学地址"],
            ["柳市镇"],
            ["绘声馆", "井巷路1号"],
            ["填报人：王某  电话：13800000001"],
            ["虹桥镇"],
            ["青竹教育", "三八路6号"],
            ["填报人：李某"],
        ],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["填报人"],
    },
    # --- K4
    "K4 a county without its suffix": {
        "rows": [
            H3,
            ["绘声馆", "柳市镇", "永嘉瓯北前街12号"],
            ["青竹教育", "虹桥镇", "杭州西湖文三路1号"],
            ["晨曦琴房", "柳市镇", "乐清柳市前街3号"],
        ],
        "reads": ["晨曦琴房@柳市镇"],
        "asked": ["county:2"],
        "errors": ["3 办学地址"],
    },
    "K4 no column, addresses with the province and without": {
        "rows": [
            ["机构名称", "办学地址"],
            ["绘声馆", "浙江省温州市乐清市柳市镇井巷路1号"],
            ["青竹教育", "浙江乐清虹桥三八路6号"],
            ["晨曦琴房", "乐清市北白象镇大桥路3号（原柳市镇前街）"],
        ],
        "reads": ["绘声馆@柳市镇", "青竹教育@虹桥镇", "晨曦琴房@北白象镇"],
    },
    "K4 the column in several words": {
        "rows": [
            H3,
            ["绘声馆", "柳市镇（前街村）", "井巷路1号"],
            ["青竹教育", "乐清市虹桥镇", "三八路6号"],
            ["晨曦琴房", "柳市镇/北白象镇", "前街3号"],
        ],
        "reads": [READ_ONE, READ_TWO],
        "asked": ["township:4"],
    },
    # --- K5, K6
    "K6 days of a workbook that counts from 1904": {
        "rows": [[*H3, "排摸日期", "证照情况"], [*ONE, datetime(2018, 9, 3), "证照齐全"]],
        "from_1904": True,
        "reads": [READ_ONE + "; day=2018-09-03; status=full"],
    },
    "K6 numbers as texts: points, E, thousands, words": {
        "text": (
            "名册.csv",
            "机构名称,乡镇,办学地址,联系电话,学生数,面积,办学许可证号\n"
            "绘声馆,柳市镇,井巷路1号,13800000001.0,\"1,200\",\"1,200.5㎡\",\n"
            "青竹教育,虹桥镇,三八路6号,1.38E+10,约50,60平方,1.33038E+17\n"
            "晨曦琴房,柳市镇,前街3号,138 0000 0003,50人,,\n".encode(),
        ),
        "reads": [
            READ_ONE + "; tel=13800000001; n=1200; area=1200.5",
            "晨曦琴房@柳市镇; tel=13800000003; n=50",
        ],
        "errors": ["3 联系电话", "3 学生人数", "3 办学许可证号"],
    },
    "K6 days as texts": {
        "rows": [
            [*H3, "排摸日期", "证照情况"],
            [*ONE, "2018-09-03 00:00:00", "证照齐全"],
            [*TWO, "2018 年 9 月 3 日", "证照齐全"],
            ["晨曦琴房", "柳市镇", "前街3号", "9月3日", "证照齐全"],
            ["石桥棋院", "柳市镇", "后街7号", "2018/9/3星期一", "证照齐全"],
        ],
        "reads": [READ_ONE + "; day=2018-09-03", READ_TWO + "; day=2018-09-03", "石桥棋院@柳市镇; day=2018-09-03"],
        "errors": ["4 排摸日期"],
    },
    "K6 telephones with words and prefixes": {
        "rows": [
            [*H3, "联系电话"],
            [*ONE, "+86 138-0000-0001"],
            [*TWO, "王老师 13800000002、办公 0577-62000000"],
            ["晨曦琴房", "柳市镇", "前街3号", "62000001"],
        ],
        "reads": [
            READ_ONE + "; tel=13800000001",
            READ_TWO + "; tel=13800000002、0577-62000000",
            "晨曦琴房@柳市镇; tel=62000001",
        ],
    },
    # --- K7
    "K7 ditto marks beside merged cells": {
        "rows": [
            [*H3, "注册地址", "负责人"],
            ["绘声馆", "柳市镇", "井巷路1号", "同左", "王某"],
            ["石桥棋院", "", "井巷路3号", "同办学地址", ""],
            ["晨曦琴房", "", "前街3号", "前街5号", "〃"],
            ["青竹教育", "虹桥镇", "三八路6号", "〃", "李某"],
        ],
        "merged": ["B2:B4", "E2:E3"],
        "reads": [
            READ_ONE + "; who=王某; reg_addr=井巷路1号",
            "石桥棋院@柳市镇; who=王某; reg_addr=井巷路3号",
            "晨曦琴房@柳市镇; who=王某; reg_addr=前街5号",
            READ_TWO + "; who=李某; reg_addr=前街5号",
        ],
        "errors": [],
    },
    # --- K8
    "K8 periods whose owner stands beside, under the same heading": {
        "rows": [
            [*H3, "办学许可证号", "有效期限", "营业执照号", "有效期限"],
            [*ONE, PERMIT, "2017.9.1-2020.8.31", CODE, "2018年1月1日至长期"],
        ],
        "reads": [
            READ_ONE + f"; code={CODE}; permit={PERMIT}(2017-09-01至2020-08-31); registration={CODE}(2018-01-01至长期)"
        ],
    },
    "K8 periods in words": {
        "rows": [
            [*H3, "办学许可证号", "许可证有效期"],
            [*ONE, PERMIT, "自2017年9月1日至2020年8月31日止"],
            [*TWO, "教民133038200000012号", "2017/09/01—2020/08/31"],
            ["晨曦琴房", "柳市镇", "前街3号", "教民133038200000013号", "三年"],
        ],
        "reads": [
            READ_ONE + f"; permit={PERMIT}(2017-09-01至2020-08-31)",
            READ_TWO + "; permit=教民133038200000012号(2017-09-01至2020-08-31)",
        ],
        "errors": ["4 许可证有效期"],
    },
    "K8 what the exact heading says wins, wherever it stands": {
        "rows": [
            ["名称", "地址", "机构名称", "办学地址", "乡镇", "联系方式", "手机"],
            ["乐清市青竹教育科技有限公司", "后街9号", "青竹教育", "三八路6号", "虹桥镇", "0577-62000000", "13800000002"],
        ],
        "reads": [READ_TWO],
        "unread": ["名称", "地址"],
    },
    # --- K9
    "K9 struck out, filtered away": {
        "rows": [H3, ONE, ["石桥棋院", "柳市镇", "后街7号"], TWO, ["晨曦琴房", "柳市镇", "前街3号"]],
        "struck": [3],
        "filtered_away": [5],
        "reads": [READ_ONE, READ_TWO, "晨曦琴房@柳市镇"],
        "asked": ["struck_rows=leave_out", "hidden_rows=keep"],
        "unread": ["第3行"],
    },
    # --- K10
    "K10 head office and places under one code": {
        "rows": [
            [*H3, "统一社会信用代码"],
            ["晨曦教育（总部）", "乐成街道", "旭阳路1号", OTHER_CODE],
            ["晨曦教育柳市分校", "柳市镇", "前街3号", OTHER_CODE],
            ["晨曦教育虹桥教学点", "虹桥镇", "三八路8号", OTHER_CODE],
        ],
        "reads": [
            f"晨曦教育(总部)@乐成街道; code={OTHER_CODE}; kind=new",
            f"晨曦教育柳市分校@柳市镇; code={OTHER_CODE}; kind=new",
            f"晨曦教育虹桥教学点@虹桥镇; code={OTHER_CODE}; kind=new",
        ],
        "warned": ["3 统一社会信用代码", "4 统一社会信用代码"],
    },
    "K10 the old number beside the new code": {
        "rows": [[*H3, "营业执照注册号", "统一社会信用代码"], [*ONE, "330382000012345", CODE]],
        "reads": [READ_ONE + f"; code={CODE}"],
        "warned": ["2 营业执照/登记证号"],
    },
    # --- K11
    "K11 UTF-16 with tabs and a line break within a cell": {
        "text": (
            "名册.txt",
            tabbed([*H3, "备注"], [*ONE, '"两行\n备注"'], [*TWO, ""]).encode("utf-16"),
        ),
        "reads": [READ_ONE, READ_TWO],
        "unread": ["备注"],
    },
    "K11 tabs in GB18030 called .xls": {
        "text": ("导出.xls", tabbed(["序号", *H3], ["1", *ONE], ["2", *TWO]).encode("gb18030")),
        "reads": [READ_ONE, READ_TWO],
    },
    "K11 a web page with cells over several rows called .xls": {
        "text": (
            "导出.xls",
            (
                "<html><meta charset=gb2312><table><tr><td colspan=3>名册</td></tr>"
                "<tr><th>乡镇</th><th>机构名称</th><th>办学地址</th></tr>"
                "<tr><td rowspan=2>柳市镇</td><td>绘声馆</td><td>井巷路1号</td></tr>"
                "<tr><td>石桥棋院</td><td>后街7号</td></tr>"
                "<tr><td>虹桥镇</td><td>青竹教育</td><td>三八路6号</td></tr></table></html>"
            ).encode("gb2312"),
        ),
        "reads": [READ_ONE, "石桥棋院@柳市镇; addr=后街7号", READ_TWO],
    },
    "K11 every cell in quotes with = before": {
        "text": (
            "导出.csv",
            ("\ufeff" + '"=""机构名称""","=""乡镇""","=""办学地址""","=""联系电话"""\n'
             '"=""绘声馆""","=""柳市镇""","=""井巷路1号""","=""057762000000"""\n').encode(),
        ),
        "reads": [READ_ONE + "; tel=057762000000"],
    },
    # --- K12
    "K12 the first list": {"rows": [H3, ["童画馆", "柳市镇", "井巷路1号"]], "reads": ["童画馆@柳市镇; kind=new"]},
    "K12 the next list has the former name in a column": {
        "rows": [[*H3, "曾用名"], [*ONE, "童画馆"]],
        "after": "K12 the first list",
        "reads": ["绘声馆@柳市镇; kind=changed"],
    },
    "K12 the next list calls the township as it was called": {
        "rows": [H3, ["童画馆", "柳市", "乐清市柳市镇井巷路1号"]],
        "after": "K12 the first list",
        "reads": ["童画馆@柳市镇; kind=unchanged"],
    },
}  # fmt: skip
