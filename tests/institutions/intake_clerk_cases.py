"""Registers as clerks of townships make them, in layouts and with dirt that no other list of cases has. What a careful
reader of 乐清市 takes from each was written down before it was tried; the keys are those of intake_office_cases.py.
"""

from datetime import datetime
from typing import Any

H3 = ["机构名称", "乡镇", "办学地址"]
ONE = ["绘声馆", "柳市镇", "井巷路1号"]
TWO = ["青竹教育", "虹桥镇", "三八路6号"]
READ_ONE, READ_TWO = "绘声馆@柳市镇; addr=井巷路1号", "青竹教育@虹桥镇; addr=三八路6号"
CODE, OTHER_CODE = "91330382MA0000003Q", "91330382MA0000005Y"
PERMIT, OTHER_PERMIT = "教民133038200000011号", "教民133038200000021号"
HD, DAY = [*H3, "排摸日期"], "2018-09-03"


def lines(separator: str, *rows: list[str]) -> str:
    return "\r\n".join(separator.join(row) for row in rows) + "\r\n"


CASES: dict[str, dict[str, Any]] = {
    # --- K1
    "K1 the status is the name of the sheet": {
        "sheets": {
            "证照齐全": [HD, [*ONE, DAY]],
            "有照无证（1家）": [HD, [*TWO, DAY]],
            "无证无照": [HD, ["晨曦琴房", "柳市镇", "前街3号", DAY]],
        },
        "reads": [
            READ_ONE + "; status=full",
            READ_TWO + "; status=registration_only",
            "晨曦琴房@柳市镇; status=none",
        ],
    },
    "K1 the status stands in the title": {
        "rows": [
            ["柳市镇无证无照校外培训机构名单"],
            ["机构名称", "办学地址", "排摸日期"],
            ["绘声馆", "井巷路1号", DAY],
        ],
        "reads": [READ_ONE + "; status=none"],
    },
    "K1 a title that leaves a township out": {
        "rows": [
            ["乐清市校外培训机构名单（不含柳市镇）"],
            ["机构名称", "办学地址"],
            ["青竹教育", "虹桥镇三八路6号"],
            ["晨曦琴房", "前街3号"],
        ],
        "reads": ["青竹教育@虹桥镇"],
        "errors": ["4 乡镇(街道)"],
    },
    "K1 a sheet of those that were closed": {
        "sheets": {"在办": [H3, ONE], "已关停": [H3, TWO]},
        "reads": [READ_ONE, READ_TWO],
        "asked": ["sheet:已关停"],
    },
    "K1 those below are closed": {
        "rows": [H3, ONE, ["以下机构已关停", "", ""], TWO],
        "reads": [READ_ONE, READ_TWO],
        "asked": ["closed:以下机构已关停"],
        "unread": ["以下机构已关停"],
    },
    "K1 those below were added": {
        "rows": [H3, ONE, ["以下为10月份新增机构", "", ""], TWO],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["以下为10月份新增机构"],
    },
    "K1 more after an empty part of the sheet": {
        "rows": [H3, ONE, [], [], [], [], ["补充："], TWO],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["补充"],
    },
    "K1 the status stands merged before the rows": {
        "rows": [
            ["分类", *HD],
            ["证照齐全", *ONE, DAY],
            ["", *TWO, DAY],
            ["无证无照", "晨曦琴房", "柳市镇", "前街3号", DAY],
        ],
        "merged": ["A2:A3"],
        "reads": [READ_ONE + "; status=full", READ_TWO + "; status=full", "晨曦琴房@柳市镇; status=none"],
        "asked": ["heading:分类=licence_status"],
    },
    "K1 statuses under a heading of categories": {
        "rows": [[*HD, "类别"], [*ONE, DAY, "有照无证"], [*TWO, DAY, "无证无照"]],
        "reads": [READ_ONE + "; status=registration_only", READ_TWO + "; status=none"],
        "asked": ["heading:类别=licence_status"],
    },
    # --- K2
    "K2 one list folded in two": {
        "rows": [
            ["柳市镇"],
            ["序号", "机构名称", "办学地址", "序号", "机构名称", "办学地址"],
            [1, "绘声馆", "井巷路1号", 3, "晨曦琴房", "前街3号"],
            [2, "石桥棋院", "后街7号", "", "", ""],
        ],
        "reads": [READ_ONE, "石桥棋院@柳市镇; addr=后街7号", "晨曦琴房@柳市镇; addr=前街3号"],
    },
    "K2 three rows of headings over both licences and the survey": {
        "rows": [
            ["基本情况", "", "", "证照", "", "", "", "排摸情况", ""],
            ["名称", "镇街", "地点", "办学许可证", "", "营业执照", "", "时间", "结果"],
            ["", "", "", "编号", "有效期", "编号", "有效期", "", ""],
            [*ONE, PERMIT, "2017.9-2020.8", CODE, "2017.9.1至长期", DAY, "证照齐全"],
        ],
        "merged": ["A1:C1", "D1:G1", "H1:I1", "D2:E2", "F2:G2"],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至2020-08-31); code={CODE}; day=2018-09-03; status=full"],
        "asked": ["heading:排摸情况结果=licence_status"],
    },
    "K2 a narrower second table under a section": {
        "rows": [
            ["一、有证有照"],
            [*H3, "办学许可证号", "许可证有效期", "排摸日期"],
            [*ONE, PERMIT, "2017.9-2020.8", DAY],
            [],
            ["二、无证无照"],
            ["名称", "地址", "镇街", "排摸日期"],
            ["青竹教育", "三八路6号", "虹桥镇", DAY],
        ],
        "reads": [READ_ONE + "; status=full", READ_TWO + "; status=none"],
    },
    "K2 pages with sums and the head again": {
        "rows": [
            H3,
            ONE,
            ["本页小计", "", "1家"],
            ["校外培训机构名册", "", ""],
            H3,
            TWO,
            ["本页小计", "", "1家"],
            ["合计", "", "2家"],
        ],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["本页小计", "校外培训机构名册"],
    },
    "K2 names on the licence and on the door under one word": {
        "rows": [
            ["机构名称（营业执照）", "机构名称（门头）", "乡镇", "办学地址"],
            ["绘声馆", "小小绘声", "柳市镇", "井巷路1号"],
        ],
        "reads": [READ_ONE + "; sign=小小绘声"],
    },
    "K2 a head over which each column is numbered": {
        "rows": [["甲", "乙", "丙"], H3, ONE],
        "reads": [READ_ONE],
        "unread": ["第1行"],
    },
    "K2 a table of counts beside the register": {
        "rows": [
            [*H3, "", "证照情况", "家数"],
            [*ONE, "", "证照齐全", 1],
            [*TWO, "", "无证无照", 1],
            ["", "", "", "", "合计", 2],
        ],
        "reads": [READ_ONE, READ_TWO],
    },
    # --- K3
    "K3 the sum in two cells": {
        "rows": [["序号", *H3, "学生数"], [1, *ONE, 50], ["合", "计", "", "", 50]],
        "reads": [READ_ONE],
        "unread": ["第3行"],
    },
    "K3 sums in sentences": {
        "rows": [
            H3,
            ONE,
            ["柳市镇共计1家，学生50人", "", ""],
            ["截至目前共有1家", "", ""],
            ["小计（柳市镇）", "", ""],
            ["以上合计1家机构", "", ""],
        ],
        "reads": [READ_ONE],
        "unread": ["第3–6行"],
    },
    "K3 names that refer to somewhere": {
        "rows": [
            H3,
            ONE,
            ["略", *TWO[1:]],
            ["见附件", *TWO[1:]],
            ["详见附表", "虹桥镇", "三八路8号"],
            ["个体户", "虹桥镇", "三八路9号"],
        ],
        "reads": [READ_ONE],
        "asked": ["name:3", "name:4", "name:5", "name:6"],
    },
    "K3 serials of many kinds": {
        "rows": [
            H3,
            ["NO.1绘声馆", "柳市镇", "甲路1号"],
            ["1．石桥棋院", "柳市镇", "乙路1号"],
            ["1-晨曦琴房", "柳市镇", "丙路1号"],
            ["（一）墨香书法", "柳市镇", "丁路1号"],
            ["⑿青竹教育", "虹桥镇", "戊路1号"],
            ["21世纪英语", "虹桥镇", "己路1号"],
            ["一百分教育", "虹桥镇", "庚路1号"],
            ["3e英语", "虹桥镇", "辛路1号"],
        ],
        "reads": [
            "绘声馆@柳市镇",
            "石桥棋院@柳市镇",
            "晨曦琴房@柳市镇",
            "墨香书法@柳市镇",
            "青竹教育@虹桥镇",
            "21世纪英语@虹桥镇",
            "一百分教育@虹桥镇",
            "3e英语@虹桥镇",
        ],
        "warned": ["4 机构名称"],
    },
    "K3 states in names": {
        "rows": [
            H3,
            ["绘声馆-已关停", "柳市镇", "甲路1号"],
            ["【关停】石桥棋院", "柳市镇", "乙路1号"],
            ["晨曦琴房（歇业中）", "柳市镇", "丙路1号"],
            ["墨香书法（已取缔2018.9）", "柳市镇", "丁路1号"],
            ["青竹教育？", "虹桥镇", "戊路1号"],
            ["朝露画室(无证)", "虹桥镇", "己路1号"],
            ["春芽托管（关）", "虹桥镇", "庚路1号"],
            ["秋实围棋 不办了", "虹桥镇", "辛路1号"],
        ],
        "reads": [],
        "asked": [
            "mark:-已关停",
            "mark:【关停】",
            "mark:(歇业中)",
            "mark:(已取缔2018.9)",
            "mark:?",
            "mark:(无证)",
            "mark:(关)",
            "mark:不办了",
        ],
    },
    "K3 what is written under a list": {
        "rows": [
            H3,
            ONE,
            ["上报时间：2018.9.3", "", ""],
            ["审核人（签字）：          填表人：", "", ""],
            ["联系人：王某  联系电话：13800000001", "", ""],
            ["第一联：教育局存档", "", ""],
            ["本表一式三份", "", ""],
            ["（此件公开发布）", "", ""],
            ["校外培训机构专项治理领导小组办公室", "", ""],
        ],
        "reads": [READ_ONE],
        "unread": ["第3"],
    },
    "K3 a list that was not there": {
        "rows": [["序号", *H3], [1, *ONE], [2, "空", "", ""], [3, "", "", ""], ["", "（以下无正文）", "", ""]],
        "reads": [READ_ONE],
        "unread": ["第3", "以下无正文"],
    },
    # --- K4
    "K4 the column has codes and other words": {
        "rows": [
            H3,
            ["绘声馆", "330382114柳市镇", "甲路1号"],
            ["石桥棋院", "乐清市/柳市镇", "乙路1号"],
            ["晨曦琴房", "柳市镇（含象阳）", "丙路1号"],
            ["墨香书法", "柳市镇中心校", "丁路1号"],
            ["朝露画室", "柳市学区", "己路1号"],
            ["青竹教育", "浙江省-温州市-乐清市-虹桥镇", "戊路1号"],
            ["春芽托管", "虹桥镇。", "庚路1号"],
            ["秋实围棋", "330382108000", "辛路1号"],
        ],
        "reads": [
            "绘声馆@柳市镇",
            "石桥棋院@柳市镇",
            "晨曦琴房@柳市镇",
            "墨香书法@柳市镇",
            "朝露画室@柳市镇",
            "青竹教育@虹桥镇",
            "春芽托管@虹桥镇",
            "秋实围棋@虹桥镇",
        ],
    },
    "K4 another county with a name of a township": {
        "rows": [
            ["机构名称", "办学地址"],
            ["绘声馆", "玉环市楚门镇南兴街1号"],
            ["石桥棋院", "玉环县大麦屿街道1号"],
            ["晨曦琴房", "龙港市龙金大道1号"],
            ["墨香书法", "杭州市临平区南苑街道1号"],
            ["青竹教育", "苍南县龙港镇1号"],
            ["朝露画室", "浙江省义乌市稠城街道1号"],
            ["春芽托管", "温州市洞头区北岙街道1号"],
        ],
        "reads": [],
        "errors": [f"{row} 办学地址" for row in range(2, 9)],
    },
    "K4 roads alone": {
        "rows": [
            ["机构名称", "办学地址"],
            ["绘声馆", "城南大道8号"],
            ["石桥棋院", "乐清市虹桥路12号"],
            ["晨曦琴房", "芙蓉路5号"],
            ["墨香书法", "雁荡西路128号"],
        ],
        "reads": [],
        "errors": [f"{row} 乡镇(街道)" for row in range(2, 6)],
    },
    "K4 first the township, then roads of others": {
        "rows": [
            ["机构名称", "办学地址"],
            ["绘声馆", "北白象镇柳市路1号"],
            ["石桥棋院", "乐清市柳市镇虹桥路12号（原乐成街道分校）"],
            ["晨曦琴房", "浙江乐清虹桥镇芙蓉街5号"],
            ["墨香书法", "温州乐清市城东街道城南大道8号"],
        ],
        "reads": ["绘声馆@北白象镇", "石桥棋院@柳市镇", "晨曦琴房@虹桥镇", "墨香书法@城东街道"],
    },
    "K4 column and address disagree about a neighbour": {
        "rows": [H3, ["绘声馆", "北白象镇", "柳市镇井巷路1号"], ["石桥棋院", "城东街道", "乐成街道1号"]],
        "reads": [],
        "asked": ["township:2", "township:3"],
    },
    # --- K5
    "K5 errors of other programs": {
        "rows": [
            [*H3, "联系电话", "学生人数"],
            ["绘声馆", "柳市镇", "Err:502", "13800000001", 50],
            ["石桥棋院", "柳市镇", "甲路1号", "#SPILL!", 50],
            ["晨曦琴房", "柳市镇", "乙路1号", "13800000001", "#CALC!"],
            ["#NAME?", "柳市镇", "丙路1号", "13800000001", 1],
            ["青竹教育", "#REF!", "丁路1号", "13800000001", 1],
            ["朝露画室", "柳市镇", "########", "13800000001", 1],
        ],
        "reads": [],
        "errors": ["2 办学地址", "3 联系电话", "4 学生人数", "5 机构名称", "6 乡镇(街道)", "7 办学地址"],
    },
    "K5 noughts of a look-up": {
        "rows": [
            [*H3, "负责人", "联系电话", "学生人数", "排摸日期", "证照情况"],
            [*ONE, 0, "13800000001", 0, DAY, "无证无照"],
            [*TWO, "王某", 0, 60, DAY, "无证无照"],
            ["晨曦琴房", 0, "前街3号", "王某", "13800000001", 1, DAY, "无证无照"],
            ["朝露画室", "柳市镇", "后街3号", "王某", "13800000001", 1, 0, "无证无照"],
            ["春芽托管", "柳市镇", "后街5号", "王某", "13800000001", 1, DAY, 0],
        ],
        "reads": [],
        "errors": ["2 负责人", "3 联系电话", "4 乡镇(街道)", "5 排摸日期", "6 证照情况"],
    },
    # --- K6
    "K6 days of all hands": {
        "rows": [
            [*HD, "证照情况"],
            *[
                [f"绘声馆{name}", "柳市镇", f"甲路{at + 1}号", day, "无证无照"]
                for at, (name, day) in enumerate(
                    {
                        "甲": "2018．9．3",
                        "乙": "二〇一八年九月三日",
                        "丙": "2018年九月三日",
                        "丁": "2018/9/3 14:30",
                        "戊": "2018-9-3上午",
                        "己": "2018.9.31",
                        "庚": "9/3/2018",
                        "辛": "18.9.3",
                        "壬": "2018.9.3-9.5",
                        "癸": "2018.09",
                    }.items()
                )
            ],
        ],
        "reads": [f"绘声馆{name}@柳市镇; day=2018-09-03" for name in "甲乙丙丁戊"],
        "errors": [f"{row} 排摸日期" for row in range(7, 12)],
    },
    "K6 numbers in words": {
        "rows": [
            [*H3, "学生人数", "面积"],
            ["甲馆", "柳市镇", "甲路1号", "50余人", "约120㎡"],
            ["乙馆", "柳市镇", "甲路2号", "30+20", "120-150"],
            ["丙馆", "柳市镇", "甲路3号", "五十", "0.5亩"],
            ["丁馆", "柳市镇", "甲路4号", "50（暑期80）", "120平"],
            ["戊馆", "柳市镇", "甲路5号", "1,200", "1,200.5m2"],
        ],
        "reads": ["戊馆@柳市镇; n=1200; area=1200.5"],
        "errors": [
            "2 学生人数",
            "2 面积(平方米)",
            "3 学生人数",
            "3 面积(平方米)",
            "4 学生人数",
            "4 面积(平方米)",
            "5 学生人数",
        ],
    },
    "K6 codes that a spreadsheet spoilt": {
        "rows": [
            [*H3, "统一社会信用代码", "办学许可证号"],
            [*ONE, "9.13304E+17", ""],
            [*TWO, 913303820000000000, ""],
            ["晨曦琴房", "柳市镇", "前街3号", "91330382MA000000", ""],
            ["朝露画室", "柳市镇", "前街4号", "", 133038200000011],
            ["春芽托管", "柳市镇", "前街5号", "", "1.33038E+14"],
        ],
        "reads": [],
        "errors": [
            "2 统一社会信用代码",
            "3 统一社会信用代码",
            "4 统一社会信用代码",
            "5 许可证有效期",
            "6 办学许可证号",
        ],
    },
    "K6 house numbers that became days in another row": {
        "rows": [
            H3,
            ["绘声馆", "柳市镇", datetime(2018, 5, 1)],
            ["石桥棋院", "柳市镇", 0.25],
            ["晨曦琴房", "柳市镇", 105],
            ["青竹教育", datetime(2018, 1, 1), "甲路1号"],
        ],
        "reads": [],
        "errors": ["2 办学地址", "3 办学地址", "4 办学地址", "5 乡镇(街道)"],
    },
    # --- K7
    "K7 marks in other writing": {
        "rows": [
            [*H3, "负责人"],
            [*ONE, "王某"],
            ["石桥棋院", "同上。", "乙路1号", "〃〃"],
            ["晨曦琴房", "上同", "丙路1号", "同上"],
            ["墨香书法", "″ ″", "丁路1号", "同一人"],
            ["朝露画室", "同上（柳市镇）", "戊路1号", "同上"],
        ],
        "reads": [
            READ_ONE + "; who=王某",
            "石桥棋院@柳市镇; who=王某",
            "晨曦琴房@柳市镇; who=王某",
            "墨香书法@柳市镇; who=王某",
        ],
        "errors": ["6 乡镇(街道)"],
    },
    "K7 marks in names": {
        "rows": [H3, ONE, ["同上", "虹桥镇", "三八路6号"], ["〃", "虹桥镇", "三八路8号"]],
        "reads": [READ_ONE],
        "errors": ["3 机构名称", "4 机构名称"],
    },
    # --- K8
    "K8 two things under one heading": {
        "rows": [
            ["机构名称", "镇街", "地址", "负责人及联系电话", "办学许可证号及有效期"],
            [*ONE, "王某 13800000001", f"{PERMIT} 2017.9.1-2020.8.31"],
            [*TWO, "李某，0577-62000000", f"{OTHER_PERMIT}（2017.9.1至2020.8.31）"],
        ],
        "reads": [
            READ_ONE + f"; who=王某; tel=13800000001; permit={PERMIT}(2017-09-01至2020-08-31)",
            READ_TWO + f"; who=李某; tel=0577-62000000; permit={OTHER_PERMIT}(2017-09-01至2020-08-31)",
        ],
    },
    "K8 the heading has the answer in it": {
        "rows": [
            [*H3, "是否有办学许可证（是/否）", "是否有营业执照（是/否）", "摸排时间"],
            [*ONE, "是", "是", DAY],
            [*TWO, "否", "是", DAY],
        ],
        "reads": [READ_ONE + "; status=full", READ_TWO + "; status=registration_only"],
    },
    "K8 whose period in brackets": {
        "rows": [
            [*H3, "统一社会信用代码", "办学许可证号", "有效期（许可证）"],
            [*ONE, CODE, PERMIT, "2017.9.1-2020.8.31"],
        ],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至2020-08-31); code={CODE}"],
    },
    "K8 headings of another bureau": {
        "rows": [
            [
                "校外培训机构名称（全称）",
                "机构所在镇街",
                "学校具体地点",
                "法人姓名",
                "法人手机号码",
                "在读学员数（人）",
                "专兼职教师数",
                "办学总面积（㎡）",
            ],
            [*ONE, "王某", "13800000001", 50, 5, 120],
        ],
        "reads": [READ_ONE + "; who=王某; tel=13800000001; n=50; teachers=5; area=120.0"],
    },
    "K8 words typed wrong": {
        "rows": [["机构名陈", "乡镇", "办学地止", "联系电活"], [*ONE, "13800000001"]],
        "reads": ["绘声馆@柳市镇"],
        "asked": ["heading:机构名陈", "heading:办学地止=ignore", "heading:联系电活=ignore"],
    },
    # --- K9
    "K9 a column that was struck out": {
        "rows": [H3, ONE, TWO, ["晨曦琴房", "柳市镇", "前街3号"]],
        "struck": [3, 4],
        "reads": [READ_ONE],
        "asked": ["struck_rows=leave_out"],
    },
    # --- K10
    "K10 one permit at two places": {
        "rows": [
            [*H3, "办学许可证号", "许可证有效期"],
            ["绘声馆", "柳市镇", "井巷路1号", PERMIT, "2017.9-2020.8"],
            ["绘声馆虹桥分部", "虹桥镇", "三八路6号", PERMIT, "2017.9-2020.8"],
        ],
        "reads": [READ_ONE],
        "asked": ["permit:3"],
    },
    "K10 one permit at two places, answered": {
        "rows": [
            [*H3, "办学许可证号", "许可证有效期"],
            ["绘声馆", "柳市镇", "井巷路1号", PERMIT, "2017.9-2020.8"],
            ["绘声馆虹桥分部", "虹桥镇", "三八路6号", PERMIT, "2017.9-2020.8"],
        ],
        "answers": {"permit:3": "other"},
        "reads": [READ_ONE, "绘声馆虹桥分部@虹桥镇; addr=三八路6号"],
        "asked": ["permit:3"],
    },
    "K10 the next list has a third place under that permit": {
        "after": "K10 one permit at two places, answered",
        "rows": [
            [*H3, "办学许可证号", "许可证有效期"],
            ["绘声馆", "柳市镇", "井巷路1号", PERMIT, "2017.9-2020.8"],
            ["绘声馆大荆分部", "大荆镇", "中街9号", PERMIT, "2017.9-2020.8"],
        ],
        "reads": [READ_ONE + "; kind=unchanged"],
        "asked": ["permit:3", "same:3"],
    },
    "K10 several campuses in one cell": {
        "rows": [H3, ["绘声馆", "柳市镇", "①井巷路1号；②前街3号"]],
        "reads": [],
        "asked": ["places:2"],
    },
    "K10 numbers from before the code": {
        "rows": [[*H3, "登记证号"], [*ONE, "民证字第010123号"], [*TWO, "330382000012345"]],
        "reads": [READ_ONE + "; code=民证字第010123号", READ_TWO + "; code=330382000012345"],
        "warned": ["2 统一社会信用代码", "3 统一社会信用代码"],
    },
    # --- K11
    "K11 GB18030 with semicolons and a title": {
        "text": (
            "名册.csv",
            lines(
                ";",
                ["柳市镇名册", "", ""],
                ["机构名称", "办学地址", "联系电话"],
                ["绘声馆", "井巷路1号", "13800000001"],
            ).encode("gb18030"),
        ),
        "reads": [READ_ONE + "; tel=13800000001"],
    },
    "K11 UTF-16 with semicolons": {
        "text": ("名册.csv", lines(";", H3, ONE, TWO).encode("utf-16")),
        "reads": [READ_ONE, READ_TWO],
    },
    "K11 empty lines first, then commas with spaces": {
        "text": ("名册.csv", ("\r\n\r\n,,\r\n" + lines(", ", H3, ONE)).encode("utf-8-sig")),
        "reads": [READ_ONE],
    },
    "K11 one column has the separator of another": {
        "text": ("名册.txt", lines("\t", [*H3, "备注"], [*ONE, "甲,乙;丙"], [*TWO, "丁,戊;己"]).encode("gb18030")),
        "reads": [READ_ONE, READ_TWO],
    },
    "K11 a part of the file is in another code": {
        "text": ("名册.csv", lines(",", H3, ONE).encode() + lines(",", TWO).encode("gb18030")),
        "refused": "编码",
    },
}
