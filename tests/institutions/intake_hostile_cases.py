"""Registers of townships as they come, a few rows each, with what a careful clerk of 乐清市 reads in them. Written down
before they were tried.

`rows` is the sheet (or `sheets`, by name), `reads` what it gives as in intake_more_cases.py, `errors` the cells that hold
it up, `asked` the questions (=default where there is one), `unread` parts of what must be named as not read.
"""

from typing import Any

H3 = ["机构名称", "乡镇", "办学地址"]
ONE = ["绘声馆", "柳市镇", "井巷路1号"]
TWO = ["青竹教育", "虹桥镇", "三八路6号"]
READ_ONE, READ_TWO = "绘声馆@柳市镇; addr=井巷路1号", "青竹教育@虹桥镇; addr=三八路6号"

CASES: dict[str, dict[str, Any]] = {
    # --- K1 what is not read is said; lines above carry township
    "K1 the unit that reports is the township": {
        "rows": [
            ["校外培训机构排摸表"],
            ["填报单位：柳市镇人民政府（盖章）"],
            ["机构名称", "办学地址"],
            ["绘声馆", "井巷路1号"],
        ],
        "reads": [READ_ONE],
    },
    "K1 the unit and the day in one line": {
        "rows": [
            ["填报单位：柳市镇", "", "填报日期：2018年9月3日"],
            ["机构名称", "办学地址", "证照情况"],
            ["绘声馆", "井巷路1号", "无证无照"],
        ],
        "answers": {"surveyed_on": "2018-09-03"},
        "reads": [READ_ONE + "; day=2018-09-03; status=none"],
        "asked": ["surveyed_on"],
    },
    "K1 sheets called by number and township": {
        "sheets": {
            "1.柳市镇": [["机构名称", "办学地址"], ["绘声馆", "井巷路1号"]],
            "2、虹桥": [["机构名称", "办学地址"], ["青竹教育", "三八路6号"]],
        },
        "reads": [READ_ONE, READ_TWO],
    },
    "K1 an empty sheet and one of notes": {
        "sheets": {"名册": [H3, ONE], "Sheet2": [], "说明": [["请于9月10日前报送"], ["联系人：王某"]]},
        "reads": [READ_ONE],
        "unread": ["Sheet2", "说明"],
    },
    "K1 a column without a heading": {
        "rows": [[*H3, ""], [*ONE, "已核实"]],
        "reads": [READ_ONE],
        "unread": ["D列"],
    },
    # --- K2 headers
    "K2 title and header again on the second page": {
        "rows": [["柳市镇名册"], H3, ONE, ["柳市镇名册"], ["第2页 共2页"], H3, TWO],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["第2页"],
    },
    "K2 spaces and line breaks in headings": {
        "rows": [["机 构\n名 称", "乡　镇", "办学地址\n（门牌号）"], ONE],
        "reads": [READ_ONE],
    },
    "K2 two rows without merged cells": {
        "rows": [
            ["机构名称", "乡镇", "办学地址", "负责人", ""],
            ["", "", "", "姓名", "电话"],
            [*ONE, "王某", "13800000001"],
        ],
        "reads": [READ_ONE + "; who=王某; tel=13800000001"],
    },
    "K2 column numbers in brackets and units below": {
        "rows": [[*H3, "学生数"], ["(1)", "(2)", "(3)", "(4)"], ["", "", "", "（人）"], [*ONE, 60]],
        "reads": [READ_ONE + "; n=60"],
    },
    "K2 headings down the first column": {
        "rows": [
            ["机构名称", "绘声馆", "青竹教育"],
            ["乡镇", "柳市镇", "虹桥镇"],
            ["办学地址", "井巷路1号", "三八路6号"],
        ],
        "refused": "没有找到",
    },
    "K2 two townships beside each other": {
        "rows": [["机构名称", "乡镇", "办学地址", "", "机构名称", "乡镇", "办学地址"], [*ONE, "", *TWO]],
        "reads": [READ_ONE, READ_TWO],
    },
    "K2 headings with what is to be filled in": {
        "rows": [["机构名称（全称，与公章一致）", "所属乡镇（街道）", "办学地址（详细到门牌号）"], ONE],
        "reads": [READ_ONE],
    },
    # --- K3 rows that are no institution
    "K3 of which": {
        "rows": [H3, ONE, ["合计：1家", "", ""], ["其中：有证有照0家", "", ""], ["其中无证无照1家", "", ""]],
        "reads": [READ_ONE],
        "unread": ["第3–5行"],
    },
    "K3 villages that report none": {
        "rows": [H3, ONE, ["无培训机构", "盐盆街道", ""], ["零报告", "蒲岐镇", ""], ["本村无", "柳市镇", "前街村"]],
        "reads": [READ_ONE],
        "asked": ["name:3", "name:4", "name:5"],
    },
    "K3 it is confirmed": {
        "rows": [H3, ONE, ["以上机构均已现场核实", "", ""], ["经核实，以上情况属实。", "", ""]],
        "reads": [READ_ONE],
        "unread": ["第3–4行"],
    },
    "K3 all signatures in one cell": {
        "rows": [H3, ONE, ["制表：王某    审核：李某    2018年9月3日", "", ""]],
        "reads": [READ_ONE],
        "unread": ["制表"],
    },
    "K3 continued": {
        "rows": [H3, ONE, ["（接上页）", "", ""], TWO, ["（转下页）", "", ""], ["续表", "", ""]],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["第3行", "第5–6行"],
    },
    "K3 dots and strokes": {
        "rows": [["序号", *H3], [1, *ONE], [2, "……", "……", "……"], [3, "—", "—", "—"]],
        "reads": [READ_ONE],
        "unread": ["第3–4行"],
    },
    "K3 the sum stands beside the serial": {
        "rows": [["序号", *H3], [1, *ONE], ["总计", "1家", "", ""], ["共计", 1, "", ""]],
        "reads": [READ_ONE],
        "unread": ["第3–4行"],
    },
    "K3 remarks that are numbered": {
        "rows": [H3, ONE, ["备注：1.以现场核查为准；", "", ""], ["2.学生数为9月初人数。", "", ""]],
        "reads": [READ_ONE],
        "unread": ["第3–4行"],
    },
    "K3 states in brackets of every kind": {
        "rows": [H3, ["绘声馆【已关停】", *ONE[1:]], ["青竹教育-已搬迁", *TWO[1:]]],
        "asked": ["mark:【已关停】", "mark:-已搬迁"],
        "reads": [],
    },
    "K3 circled and bracketed serials": {
        "rows": [H3, ["①绘声馆", *ONE[1:]], ["（2）青竹教育", *TWO[1:]]],
        "reads": [READ_ONE, READ_TWO],
    },
    # --- K4 township
    "K4 the government of the township": {
        "rows": [H3, ["绘声馆", "柳市镇人民政府", "井巷路1号"], ["青竹教育", "虹 桥 镇", "三八路6号"]],
        "reads": [READ_ONE, READ_TWO],
    },
    "K4 a village behind the township": {
        "rows": [H3, ["绘声馆", "柳市镇前街村", "井巷路1号"]],
        "reads": [READ_ONE],
    },
    "K4 another sign that looks alike": {
        "rows": [H3, ["绘声馆", "柳巿镇", "井巷路1号"]],
        "errors": ["2 乡镇(街道)"],
    },
    "K4 an address stands where the township is called for": {
        "rows": [
            ["机构名称", "所在地", "负责人"],
            ["绘声馆", "柳市镇井巷路1号", "王某"],
            ["青竹教育", "虹桥镇三八路6号", "李某"],
        ],
        "reads": ["绘声馆@柳市镇; addr=柳市镇井巷路1号", "青竹教育@虹桥镇; addr=虹桥镇三八路6号"],
    },
    "K4 two townships in one cell": {
        "rows": [H3, ["绘声馆", "柳市镇/虹桥镇", "井巷路1号"]],
        "asked": ["township:2"],
    },
    "K4 a township that was merged down": {
        "rows": [H3, ONE, ["青竹教育", "", "翔金路6号"]],
        "sheet": {"merges": [(1, 1, 2, 1)]},
        "reads": [READ_ONE, "青竹教育@柳市镇; addr=翔金路6号"],
    },
    "K4 a township that is given once and left blank below": {
        "rows": [H3, ONE, ["青竹教育", "", "翔金路6号"]],
        "reads": [READ_ONE],
        "asked": ["township_above"],
    },
    # --- K5 cells that could not be read
    "K5 a column of references that are gone": {
        "rows": [H3, ONE, ["青竹教育", "", "三八路6号"]],
        "sheet": {"unread": {(2, 1): "#REF!"}},
        "reads": [READ_ONE],
        "errors": ["3 乡镇(街道)"],
    },
    "K5 the error as text": {
        "rows": [[*H3, "负责人"], [*ONE, "#NAME?"]],
        "errors": ["2 负责人"],
    },
    # --- K6 what was done to values
    "K6 telephones with words": {
        "rows": [[*H3, "联系电话"], [*ONE, "手机：13800000001"], [*TWO, "13800000002（短号661234）"]],
        "reads": [READ_ONE + "; tel=13800000001", READ_TWO + "; tel=13800000002、661234"],
    },
    "K6 a telephone with its owner": {
        "rows": [[*H3, "联系电话"], [*ONE, "13800000001（王某）"], [*TWO, "13800000002（微信同号）"]],
        "reads": [READ_ONE + "; tel=13800000001", READ_TWO + "; tel=13800000002"],
    },
    "K6 person and telephone in one column": {
        "rows": [[*H3, "负责人及联系电话"], [*ONE, "王某13800000001"], [*TWO, "李某 0577-62000000"]],
        "reads": [READ_ONE + "; who=王某; tel=13800000001", READ_TWO + "; who=李某; tel=0577-62000000"],
    },
    "K6 days with spaces and 号": {
        "rows": [
            [*H3, "排摸日期", "证照情况"],
            [*ONE, "2018 年 9 月 3 日", "无证无照"],
            [*TWO, "2018年9月4号", "无证无照"],
        ],
        "reads": [READ_ONE + "; day=2018-09-03", READ_TWO + "; day=2018-09-04"],
    },
    "K6 days with a dot behind and other separators": {
        "rows": [[*H3, "排摸日期", "证照情况"], [*ONE, "2018.09.03.", "无证无照"], [*TWO, "2018、9、4", "无证无照"]],
        "reads": [READ_ONE + "; day=2018-09-03", READ_TWO + "; day=2018-09-04"],
    },
    "K6 days without a century or without a day": {
        "rows": [[*H3, "排摸日期", "证照情况"], [*ONE, "18.9.3", "无证无照"], [*TWO, "2018年9月", "无证无照"]],
        "errors": ["2 排摸日期", "3 排摸日期"],
    },
    "K6 numbers with words": {
        "rows": [[*H3, "学生数", "面积"], [*ONE, "60（人）", "120平方米左右"], [*TWO, "约60", "1,200㎡"]],
        "errors": ["2 面积(平方米)", "3 学生人数"],
        "reads": [],
    },
    "K6 codes with dashes and small letters": {
        "rows": [[*H3, "统一社会信用代码"], [*ONE, "91330382 ma00 0000 5y"]],
        "reads": [READ_ONE + "; code=91330382MA0000005Y"],
    },
    "K6 codes that are being applied for": {
        "rows": [[*H3, "统一社会信用代码"], [*ONE, "办理中"], [*TWO, "未办理"]],
        "reads": [READ_ONE + "; code=", READ_TWO + "; code="],
        "warned": ["2 统一社会信用代码", "3 统一社会信用代码"],
    },
    # --- K7 ditto marks
    "K7 with a space or in brackets": {
        "rows": [H3, ONE, ["青竹教育", "同　上", "翔金路6号"], ["晨曦教育", "（同上）", "翔金路8号"]],
        "reads": [READ_ONE, "青竹教育@柳市镇", "晨曦教育@柳市镇"],
    },
    "K7 over a row that is passed over": {
        "rows": [H3, ONE, ["小计", "", "1家"], ["青竹教育", "同上", "翔金路6号"]],
        "reads": [READ_ONE, "青竹教育@柳市镇"],
    },
    "K7 as a telephone": {
        "rows": [[*H3, "电话"], [*ONE, "13800000001"], [*TWO, "〃"]],
        "reads": [READ_ONE + "; tel=13800000001", READ_TWO + "; tel=13800000001"],
    },
    # --- K8 headings
    "K8 former names in a column": {
        "rows": [[*H3, "曾用名"], [*ONE, "晨曦"]],
        "reads": [READ_ONE],
        "warned": ["2 机构名称"],
    },
    "K8 head and owner": {
        "rows": [[*H3, "举办者（法人）", "校长"], [*ONE, "王某", "李某"]],
        "reads": [READ_ONE + "; who=李某"],
        "unread": ["举办者"],
    },
    "K8 the name on the licence and on the door": {
        "rows": [
            ["营业执照名称", "门头名称", "乡镇", "实际办学地址", "注册地址"],
            ["绘声馆艺术有限公司", "绘声馆", "柳市镇", "井巷路1号", "翔金路2号"],
        ],
        "reads": ["绘声馆艺术有限公司@柳市镇; sign=绘声馆; addr=井巷路1号; reg_addr=翔金路2号"],
    },
    "K8 permits called otherwise": {
        "rows": [[*H3, "办学许可证（编号）", "证书有效期"], [*ONE, "教民133038200000001号", "2017-09-01至2020-08-31"]],
        "reads": [READ_ONE + "; permit=教民133038200000001号(2017-09-01至2020-08-31)"],
    },
    "K8 categories among the headings": {
        "rows": [[*H3, "培训类别", "培训内容"], [*ONE, "艺术", "美术"], [*TWO, "学科类", "数学"]],
        "reads": [READ_ONE + "; category=arts", READ_TWO + "; category=subject"],
        "unread": ["培训内容"],
    },
    # --- K9 what only the look says
    "K9 a hidden row and a struck-out one": {
        "rows": [H3, ONE, TWO, ["晨曦教育", "柳市镇", "翔金路8号"]],
        "sheet": {"hidden_rows": frozenset({2}), "struck": {(3, 0): ""}},
        "reads": [READ_ONE, READ_TWO],
        "asked": ["hidden_rows=keep", "struck_rows=leave_out"],
    },
    "K9 an address of which half is struck out": {
        "rows": [H3, ["绘声馆", "柳市镇", "翔金路2号井巷路1号"]],
        "sheet": {"struck": {(1, 2): "井巷路1号"}},
        "reads": [READ_ONE],
        "asked": ["struck_parts=rest"],
    },
    # --- K10 one code, several places
    "K10 main school and branches under each other": {
        "rows": [
            [*H3, "信用代码"],
            ["晨曦教育总校", "柳市镇", "井巷路1号", "91330382MA0000005Y"],
            ["晨曦教育虹桥分校", "虹桥镇", "三八路6号", "91330382MA0000005Y"],
        ],
        "reads": ["晨曦教育总校@柳市镇; kind=new", "晨曦教育虹桥分校@虹桥镇; kind=new"],
        "warned": ["3 统一社会信用代码"],
    },
    "K10 a code twice at one door": {
        "rows": [
            [*H3, "信用代码"],
            [*ONE, "91330382MA0000005Y"],
            ["绘声馆教育", "柳市镇", "井巷路1号3楼", "91330382MA0000005Y"],
        ],
        "reads": [READ_ONE],
        "errors": ["3 统一社会信用代码"],
    },
    "K10 two codes in a cell": {
        "rows": [[*H3, "信用代码"], [*ONE, "91330382MA0000005Y、330382600012345"]],
        "errors": ["2 统一社会信用代码"],
    },
    # --- K12 former names
    "K12 former names in brackets": {
        "rows": [H3, ["绘声馆（原晨曦教育）", *ONE[1:]], ["青竹教育（曾用名：小竹）", *TWO[1:]]],
        "reads": ["绘声馆(原晨曦教育)@柳市镇", "青竹教育(曾用名:小竹)@虹桥镇"],
    },
    "K10 labels before the numbers": {
        "rows": [
            [*H3, "信用代码", "办学许可证号", "许可证有效期"],
            [*ONE, "代码：91330382MA0000005Y", "许可证号：教民133038200000001号", "2017-09-01至2020-08-31"],
        ],
        "reads": [READ_ONE + "; code=91330382MA0000005Y; permit=教民133038200000001号(2017-09-01至2020-08-31)"],
    },
    "K8 statuses in sentences": {
        "rows": [
            [*H3, "排摸日期", "证照情况"],
            [*ONE, "2018-09-03", "有营业执照，无办学许可证"],
            [*TWO, "2018-09-03", "办学许可证、营业执照都没有"],
            ["晨曦教育", "柳市镇", "翔金路8号", "2018-09-03", "有证有照（齐全）"],
        ],
        "reads": [READ_ONE + "; status=registration_only", READ_TWO + "; status=none", "晨曦教育@柳市镇; status=full"],
    },
    "K3 a seal beside a name": {
        "rows": [H3, ["绘声馆（盖章）", *ONE[1:]], ["柳市镇人民政府（盖章）", "", ""]],
        "reads": ["绘声馆(盖章)@柳市镇"],
        "unread": ["柳市镇人民政府"],
    },
    # --- K13 and others: what is not ours
    "K13 a list of visits is a register, too": {
        "rows": [
            [*H3, "检查日期", "证照情况", "存在问题", "整改情况", "完成日期"],
            [*ONE, "2018-09-03", "无证无照", "消防", "已整改", "2018-10-01"],
        ],
        "reads": [READ_ONE + "; day=2018-09-03; status=none"],
        "unread": ["存在问题", "整改情况", "完成日期"],
    },
    "K4 the county in a column and the township in the address": {
        "rows": [
            ["机构名称", "所属县市", "办学地址"],
            ["绘声馆", "乐清市", "柳市镇井巷路1号"],
            ["青竹教育", "永嘉县", "桥头镇1号"],
        ],
        "reads": ["绘声馆@柳市镇"],
        "errors": ["3 县(市、区)"],
    },
    "K8 ticks beside words": {
        "rows": [
            [*H3, "排摸日期", "有证有照", "有照无证", "无证无照"],
            [*ONE, "2018-09-03", "", "", "√"],
            [*TWO, "2018-09-03", "√", "", ""],
        ],
        "reads": [READ_ONE + "; status=none", READ_TWO + "; status=full"],
    },
    "K3 a township as a heading with its count": {
        "rows": [
            ["机构名称", "办学地址"],
            ["柳市镇（1家）", ""],
            ["绘声馆", "井巷路1号"],
            ["虹桥镇：1家", ""],
            ["青竹教育", "三八路6号"],
        ],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["柳市镇", "虹桥镇"],
    },
    "K3 leaders of the township sign": {
        "rows": [
            H3,
            ONE,
            ["分管领导（签字）：", "", "经办人：王某"],
            ["柳市镇人民政府（盖章）", "", ""],
            ["二〇一八年九月三日", "", ""],
        ],
        "reads": [READ_ONE],
        "unread": ["第3–5行"],
    },
}
