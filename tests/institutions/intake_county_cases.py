"""Registers as the offices of a county put them together in a hurry: what a careful reader of 乐清市 takes from each was
written down before it was tried; the keys are those of intake_office_cases.py.
"""

from typing import Any

from tests.institutions.intake_bureau_cases import (
    CODE,
    DAY,
    H3,
    HD,
    ONE,
    OTHER_CODE,
    PERMIT,
    READ_ONE,
    READ_TWO,
    TWO,
    lines,
)  # fmt: skip

BLANK_HEAD = ["乡镇(街道)", "机构名称", "办学地址"]

CASES: dict[str, dict[str, Any]] = {
    # --- K4: the township stands once for several rows
    "K4 the township stands in the first row of its group alone": {
        "rows": [
            BLANK_HEAD,
            ["柳市镇", "绘声馆", "井巷路1号"],
            ["", "石桥棋院", "后街7号"],
            ["", "晨曦琴房", "前街3号"],
            ["虹桥镇", "青竹教育", "三八路6号"],
            ["", "墨香书法", "三八路8号"],
        ],
        "answers": {"township_above": "above"},
        "reads": [READ_ONE, "石桥棋院@柳市镇; addr=后街7号", "晨曦琴房@柳市镇", READ_TWO, "墨香书法@虹桥镇"],
        "asked": ["township_above"],
    },
    "K4 the township stands in the first row of its group alone, not answered": {
        "rows": [
            BLANK_HEAD,
            ["柳市镇", "绘声馆", "井巷路1号"],
            ["", "石桥棋院", "后街7号"],
            ["虹桥镇", "青竹教育", "三八路6号"],
            ["", "墨香书法", "三八路8号"],
        ],
        "reads": [READ_ONE, READ_TWO],
        "asked": ["township_above"],
    },
    "K4 the townships are merged over groups and written downwards": {
        "rows": [
            BLANK_HEAD,
            ["柳\n市\n镇", "绘声馆", "井巷路1号"],
            ["", "石桥棋院", "后街7号"],
            ["", "晨曦琴房", "前街3号"],
            ["虹\n桥\n镇", "青竹教育", "三八路6号"],
            ["", "墨香书法", "三八路8号"],
        ],
        "merged": ["A2:A4", "A5:A6"],
        "reads": [READ_ONE, "石桥棋院@柳市镇", "晨曦琴房@柳市镇", READ_TWO, "墨香书法@虹桥镇"],
    },
    "K4 the addresses below name the township that is not repeated": {
        "rows": [
            BLANK_HEAD,
            ["柳市镇", "绘声馆", "柳市镇井巷路1号"],
            ["", "石桥棋院", "柳市镇后街7号"],
            ["虹桥镇", "青竹教育", "虹桥镇三八路6号"],
        ],
        "reads": ["绘声馆@柳市镇", "石桥棋院@柳市镇", "青竹教育@虹桥镇"],
    },
    "K4 the letters of a township stand one in each row": {
        "rows": [
            BLANK_HEAD,
            ["柳", "绘声馆", "柳市镇井巷路1号"],
            ["市", "石桥棋院", "柳市镇后街7号"],
            ["镇", "晨曦琴房", "柳市镇前街3号"],
        ],
        "reads": ["绘声馆@柳市镇", "石桥棋院@柳市镇", "晨曦琴房@柳市镇"],
        "warned": ["2 乡镇(街道)", "3 乡镇(街道)", "4 乡镇(街道)"],
    },
    # --- K1
    "K1 three sheets, one of which is called Sheet2 and has the rest": {
        "sheets": {
            "柳市镇": [["机构名称", "办学地址"], ["绘声馆", "井巷路1号"]],
            "Sheet2": [["机构名称", "办学地址"], ["石桥棋院", "柳市镇后街7号"]],
            "说明": [["本表由各镇填报。"]],
        },
        "reads": [READ_ONE, "石桥棋院@柳市镇"],
        "unread": ["说明"],
        "warned": ["柳市镇!2 乡镇(街道)"],
    },
    "K1 rows below the list that hold only remarks": {
        "rows": [[*H3, "备注"], [*ONE, ""], ["", "", "", "以上为第一批"], [*TWO, ""]],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["第3行"],
    },
    # --- K2
    "K2 the unit of learners in the heading's second line": {
        "rows": [["机构名称", "乡镇", "办学地址", "在校学生数\n(人)", "建筑面积\n（㎡）"], [*ONE, 30, 120.5]],
        "reads": [READ_ONE + "; n=30; area=120.5"],
    },
    "K2 two tables under each other, the second without titles over it": {
        "rows": [
            ["柳市镇校外培训机构名册"],
            ["机构名称", "办学地址"],
            ["绘声馆", "井巷路1号"],
            [],
            ["虹桥镇校外培训机构名册"],
            ["办学地址", "机构名称"],
            ["三八路6号", "青竹教育"],
        ],
        "reads": [READ_ONE, READ_TWO],
        "warned": ["3 乡镇(街道)", "7 乡镇(街道)"],
    },
    # --- K3
    "K3 sums of each township in the middle with the township beside": {
        "rows": [
            ["序号", *H3, "学生数"],
            [1, *ONE, 30],
            ["", "小计", "柳市镇", "", 30],
            [2, *TWO, 20],
            ["", "小计", "虹桥镇", "", 20],
            ["", "总计", "", "", 50],
        ],
        "reads": [READ_ONE + "; n=30", READ_TWO + "; n=20"],
        "unread": ["第3行", "第5", "6行"],
    },
    "K3 it ends with who filled it in, over two rows": {
        "rows": [
            HD,
            [*ONE, DAY],
            [],
            ["填表人：王某", "", "审核人：李某", ""],
            ["联系电话：0577-62000001", "", "填表日期：2018年9月5日", ""],
        ],
        "reads": [READ_ONE],
        "asked": ["licence_status"],
        "unread": ["第4–5行"],
    },
    # --- K5
    "K5 a township that a look-up did not find": {
        "text": ("名册.csv", lines(",", H3, ["绘声馆", "#N/A", "井巷路1号"], TWO)),
        "reads": [READ_TWO],
        "errors": ["2 乡镇(街道)"],
    },
    # --- K6
    "K6 telephones as numbers with a fraction and in scientific notation": {
        "text": (
            "名册.csv",
            lines(",", [*H3, "联系电话"], [*ONE, "13800000001.0"], [*TWO, "1.38E+10"]),
        ),
        "reads": [READ_ONE + "; tel=13800000001"],
        "errors": ["3 联系电话"],
    },
    "K6 days with points, in words and with a clock": {
        "rows": [
            [*HD, "证照情况"],
            [*ONE, "2018.9.3", "无证无照"],
            [*TWO, "二〇一八年九月三日", "无证无照"],
            ["石桥棋院", "柳市镇", "后街7号", "2018-09-03 10:30:00", "无证无照"],
            ["晨曦琴房", "柳市镇", "前街3号", "18.9.3", "无证无照"],
        ],
        "reads": [
            READ_ONE + "; day=2018-09-03",
            READ_TWO + "; day=2018-09-03",
            "石桥棋院@柳市镇; day=2018-09-03",
        ],
        "errors": ["5 排摸日期"],
    },
    # --- K7
    "K7 a row of ditto marks below the township": {
        "rows": [
            BLANK_HEAD,
            ["柳市镇", "绘声馆", "井巷路1号"],
            ["〃", "石桥棋院", "后街7号"],
            ["″", "晨曦琴房", "前街3号"],
            ["同上", "墨香书法", "前街5号"],
        ],
        "reads": [READ_ONE, "石桥棋院@柳市镇", "晨曦琴房@柳市镇", "墨香书法@柳市镇"],
    },
    # --- K8
    "K8 the permit's number and its days under one merged heading": {
        "rows": [
            [*H3, "办学许可证", "", ""],
            ["", "", "", "证号", "有效期起", "有效期止"],
            [*ONE, PERMIT, "2017-09-01", "2020-08-31"],
        ],
        "merged": ["A1:A2", "B1:B2", "C1:C2", "D1:F1"],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至2020-08-31)"],
    },
    "K8 an address of the person beside that of the place": {
        "rows": [["机构名称", "乡镇", "办学地址", "负责人", "家庭住址"], [*ONE, "王某", "虹桥镇某村1号"]],
        "reads": [READ_ONE + "; who=王某"],
        "unread": ["家庭住址"],
    },
    # --- K9
    "K9 filtered rows are asked about once": {
        "rows": [H3, ONE, TWO, ["石桥棋院", "柳市镇", "后街7号"]],
        "filtered_away": [3],
        "answers": {"hidden_rows": "keep"},
        "reads": [READ_ONE, READ_TWO, "石桥棋院@柳市镇"],
        "asked": ["hidden_rows=keep"],
    },
    # --- K10
    "K10 a branch in another township under the code of the head": {
        "rows": [
            [*H3, "统一社会信用代码"],
            [*ONE, CODE],
            ["绘声馆虹桥分校", "虹桥镇", "三八路6号", CODE],
        ],
        "reads": [READ_ONE + f"; code={CODE}", f"绘声馆虹桥分校@虹桥镇; code={CODE}"],
        "warned": ["3 统一社会信用代码"],
    },
    "K10 the same name with two codes at two doors": {
        "rows": [
            [*H3, "统一社会信用代码"],
            [*ONE, CODE],
            ["绘声馆", "柳市镇", "后街7号", OTHER_CODE],
        ],
        "reads": [READ_ONE + f"; code={CODE}", f"绘声馆@柳市镇; addr=后街7号; code={OTHER_CODE}"],
        "alike": [3],
    },
    # --- K11
    "K11 tabs in UTF-8 with an empty line between the rows": {
        "text": ("名册.txt", lines("\t", H3, ONE, [""], TWO)),
        "reads": [READ_ONE, READ_TWO],
    },
    "K11 a group of rows without its township, as text": {
        "text": ("名册.csv", lines(",", BLANK_HEAD, ["柳市镇", ONE[0], ONE[2]], ["", "石桥棋院", "后街7号"])),
        "answers": {"township_above": "above"},
        "reads": [READ_ONE, "石桥棋院@柳市镇"],
        "asked": ["township_above"],
    },
    # --- K12
    "K12 the month before": {"rows": [H3, ONE], "reads": [READ_ONE + "; kind=new"]},
    "K12 the month after it says 原名 in the name": {
        "after": "K12 the month before",
        "rows": [H3, ["晨曦画室（原名：绘声馆）", "柳市镇", "井巷路1号"]],
        "reads": ["晨曦画室@柳市镇; kind=changed"],
    },
    # --- K13
    "K13 the headings of our own list in another order, with more beside": {
        "after": "K12 the month before",
        "rows": [["乡镇(街道)", "办学地址", "机构名称", "督查组意见"], ["柳市镇", "井巷路1号", "绘声馆", "已看"]],
        "reads": [READ_ONE + "; kind=unchanged"],
        "unread": ["督查组意见"],
    },
}
