"""Registers as street offices and other systems hand them in, in layouts and with dirt that no other list of cases has.
What a careful reader of 乐清市 takes from each was written down before it was tried; the keys are those of
intake_office_cases.py.
"""

from typing import Any

from tests.institutions.intake_bureau_cases import (
    CODE,
    DAY,
    H3,
    HD,
    ONE,
    PERMIT,
    READ_ONE,
    READ_TWO,
    TWO,
    each_with,
    lines,
)  # fmt: skip

PAIR, OTHER_PAIR = ["名称", "地址"], ["单位名称", "详细地址"]
STONE = "石桥棋院@柳市镇; addr=后街7号"

CASES: dict[str, dict[str, Any]] = {
    # --- K1
    "K1 below the list stands another of whom the townships send": {
        "rows": [
            H3,
            ONE,
            TWO,
            [],
            ["镇街", "联络员", "联系电话"],
            ["柳市镇", "赵某", "13900000001"],
            ["虹桥镇", "钱某", "13900000002"],
        ],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["第5–7行"],
    },
    # --- K2
    "K2 two lists of two columns beside each other": {
        "rows": [
            [*PAIR, *PAIR],
            ["绘声馆", "柳市镇井巷路1号", "青竹教育", "虹桥镇三八路6号"],
            ["石桥棋院", "柳市镇后街7号", "", ""],
        ],
        "reads": ["绘声馆@柳市镇; addr=柳市镇井巷路1号", "石桥棋院@柳市镇", "青竹教育@虹桥镇; addr=虹桥镇三八路6号"],
    },
    "K2 two lists of two columns, each below its township, with sums and serials": {
        "rows": [
            ["柳市镇", "", "", "虹桥镇", "", ""],
            ["序号", *PAIR, "序号", *PAIR],
            [1, "绘声馆", "井巷路1号", 1, "青竹教育", "三八路6号"],
            [2, "石桥棋院", "后街7号", "", "合计", "1家"],
            ["", "合计", "2家", "", "", ""],
        ],
        "merged": ["A1:C1", "D1:F1"],
        "reads": [READ_ONE, STONE, READ_TWO],
        "unread": ["合计 1家", "合计 2家"],
    },
    "K2 two lists of two columns in other words, each below its township": {
        "rows": [
            ["柳市镇", "", "虹桥镇", ""],
            [*PAIR, *OTHER_PAIR],
            ["绘声馆", "井巷路1号", "青竹教育", "三八路6号"],
            ["石桥棋院", "后街7号", "", ""],
        ],
        "reads": [READ_ONE, STONE, READ_TWO],
    },
    "K2 two names and two addresses in a row may be those of one": {
        "rows": [[*PAIR, *OTHER_PAIR], ["绘声馆", "柳市镇前街2号", "绘声馆柳市教学点", "柳市镇井巷路1号"]],
        "reads": ["绘声馆柳市教学点@柳市镇; addr=柳市镇井巷路1号"],
        "unread": ["A列“名称”", "B列“地址”"],
    },
    "K2 three lists of two columns, one of them empty": {
        "rows": [
            ["柳市镇", "", "盐盆街道", "", "虹桥镇", ""],
            [*PAIR, *PAIR, *PAIR],
            ["绘声馆", "井巷路1号", "", "", "青竹教育", "三八路6号"],
            ["石桥棋院", "后街7号", "", "", "", ""],
        ],
        "reads": [READ_ONE, STONE, READ_TWO],
        "unread": ["只有表头"],
    },
    "K2 two lists with a remark each": {
        "rows": [
            [*PAIR, "备注", *PAIR, "备注"],
            ["绘声馆", "柳市镇井巷路1号", "有牌子", "青竹教育", "虹桥镇三八路6号", "无牌子"],
        ],
        "reads": ["绘声馆@柳市镇", "青竹教育@虹桥镇"],
        "unread": ["C列", "F列"],
    },
    "K2 headings broken over two rows": {
        "rows": [
            ["柳市镇、虹桥镇名册", "", "", "", "", ""],
            ["序", "机构", "乡镇", "办学", "联系", "学生"],
            ["号", "名称", "（街道）", "地址", "电话", "人数"],
            [1, *ONE, "13800000001", 30],
            [2, *TWO, "13800000002", 20],
        ],
        "merged": ["A1:F1"],
        "reads": [READ_ONE + "; tel=13800000001; n=30", READ_TWO + "; tel=13800000002; n=20"],
    },
    "K2 one heading over the township and the house": {
        "rows": [
            ["机构名称", "办学地址", "", "负责人"],
            ["绘声馆", "柳市镇", "井巷路1号", "王某"],
            ["青竹教育", "虹桥镇", "三八路6号", "李某"],
        ],
        "merged": ["B1:C1"],
        "reads": [READ_ONE + "; who=王某", READ_TWO + "; who=李某"],
    },
    "K2 no address, and the township behind the telephone": {
        "rows": [
            ["柳市镇校外培训机构名册", "", "", "", ""],
            ["", "机构名称", "负责人", "联系电话", "责任单位"],
            [1, "绘声馆", "王某", "13800000001", "柳市镇"],
            [2, "石桥棋院", "李某", "13800000002", "柳市镇"],
        ],
        "merged": ["A1:E1"],
        "reads": ["绘声馆@柳市镇; who=王某", "石桥棋院@柳市镇; who=李某"],
    },
    "K2 the head says the county and the township in one": {
        "rows": [
            ["县（市、区）乡镇（街道）", "机构名称", "办学地址"],
            ["乐清市柳市镇", "绘声馆", "井巷路1号"],
            ["乐清市虹桥镇", "青竹教育", "三八路6号"],
        ],
        "reads": [READ_ONE, READ_TWO],
    },
    # --- K3
    "K3 shares and the month before stand below the sum": {
        "rows": [
            ["序号", *H3, "学生数"],
            [1, *ONE, 30],
            [2, *TWO, 20],
            ["", "合计", "", "", 50],
            ["", "上月数", "", "", 40],
            ["", "增减", "", "", 10],
            ["", "同比", "", "", "25%"],
            ["", "占比", "", "", "100%"],
        ],
        "reads": [READ_ONE + "; n=30", READ_TWO + "; n=20"],
        "unread": ["第4–8行"],
    },
    "K3 signs for what is below the list": {
        "rows": [
            ["序号", *H3],
            [1, *ONE],
            ["★为重点机构", "", "", ""],
            ["*表示新增", "", "", ""],
            ["※ 红色为已关停", "", "", ""],
        ],
        "reads": [READ_ONE],
        "unread": ["第3–5行“★为重点机构 等”"],
    },
    # --- K4
    "K4 the road and the house stand in columns of their own": {
        "rows": [
            ["机构名称", "乡镇", "路（街、巷）", "门牌号"],
            ["绘声馆", "柳市镇", "井巷路", "1号"],
            ["青竹教育", "虹桥镇", "三八路", "6号"],
        ],
        "reads": ["绘声馆@柳市镇", "青竹教育@虹桥镇"],
        "unread": ["C列"],
        "warned": ["2 办学地址", "3 办学地址"],
    },
    "K4 labels before the township": {
        "rows": [
            H3,
            ["绘声馆", "乡镇：柳市镇", "井巷路1号"],
            ["石桥棋院", "属柳市镇", "后街7号"],
            ["青竹教育", "虹桥镇辖区", "三八路6号"],
        ],
        "reads": [READ_ONE, STONE, READ_TWO],
    },
    # --- K5
    "K5 formulas as texts": {
        "text": (
            "名册.csv",
            lines(
                ",",
                [*H3, "学生数"],
                ["绘声馆", "柳市镇", '"=B2&""井巷路1号"""', "30"],
                ["=A2", *TWO[1:], "20"],
                ["石桥棋院", "柳市镇", "后街7号", "=SUM(D2:D3)"],
            ),
        ),
        "reads": [],
        "errors": ["2 办学地址", "3 机构名称", "4 学生人数"],
    },
    "K5 a heading that is gone": {
        "rows": [["机构名称", "乡镇", "#REF!"], ONE, TWO],
        "reads": ["绘声馆@柳市镇; addr=", "青竹教育@虹桥镇; addr="],
        "unread": ["C列"],
    },
    # --- K6
    "K6 moments as other systems write them": {
        "rows": [
            [*HD, "证照情况"],
            *(
                [f"{name}馆", "柳市镇", f"甲路{at}号", moment, "无证无照"]
                for at, (name, moment) in enumerate(
                    {
                        "甲": "2018-09-03T00:00:00",
                        "乙": "2018-09-03T08:30:00.000+08:00",
                        "丙": "2018-09-03 00:00:00.0",
                        "丁": "2018年9月3日 8时30分",
                        "戊": "2018-09-02T16:00:00Z",
                        "己": "1535904000000",
                        "庚": "Mon Sep 03 2018",
                    }.items(),
                    1,
                )
            ),
        ],
        "reads": [f"{name}馆@柳市镇; day=2018-09-03" for name in "甲乙丙丁"],
        "errors": ["6 排摸日期", "7 排摸日期", "8 排摸日期"],
    },
    "K6 a comma for the point": {
        "rows": each_with("面积", "120,5", "1.200,5", "1,200", "１２０．５", "120．5㎡"),
        "reads": ["丙馆@柳市镇; area=1200.0", "丁馆@柳市镇; area=120.5", "戊馆@柳市镇; area=120.5"],
        "errors": ["2 面积(平方米)", "3 面积(平方米)"],
    },
    "K6 the second telephone in short": {
        "rows": each_with(
            "联系电话",
            "0577-62000000/1",
            "13800000001/2",
            "0577-62000000 62000001",
            "（0577）62000000",
            "0577 62000000",
        ),
        "reads": [
            "丙馆@柳市镇; tel=0577-62000000、62000001",
            "丁馆@柳市镇; tel=0577-62000000",
            "戊馆@柳市镇; tel=0577-62000000",
        ],
        "errors": ["2 联系电话", "3 联系电话"],
    },
    # --- K7
    "K7 signs of the keyboard": {
        "rows": [
            [*H3, "负责人", "联系电话"],
            [*ONE, "王某", "13800000001"],
            ["石桥棋院", '"', "后街7号", "''", "”"],
            ["晨曦琴房", "“", "前街3号", '""', "〃 〃"],
        ],
        "reads": [
            READ_ONE,
            STONE + "; who=王某; tel=13800000001",
            "晨曦琴房@柳市镇; addr=前街3号; who=王某; tel=13800000001",
        ],
    },
    "K7 同上 on the first row of the next page": {
        "rows": [[*H3, "负责人"], [*ONE, "王某"], [*H3, "负责人"], ["石桥棋院", "同上", "后街7号", "同上"]],
        "reads": [READ_ONE + "; who=王某"],
        "errors": ["4 乡镇(街道)", "4 负责人"],
    },
    # --- K8
    "K8 teachers of two kinds beside each other": {
        "rows": [[*H3, "教师数（专职）", "教师数（兼职）"], [*ONE, 4, 2], [*TWO, 3, 1]],
        "reads": [READ_ONE + "; teachers=4", READ_TWO + "; teachers=3"],
        "unread": ["教师数(兼职)"],
    },
    "K8 teachers of two kinds, those by the hour first": {
        "rows": [[*H3, "教师数（兼职）", "教师数（专职）"], [*ONE, 2, 4]],
        "reads": [READ_ONE + "; teachers=4"],
        "unread": ["教师数(兼职)"],
    },
    "K8 teachers of two kinds without brackets": {
        "rows": [[*H3, "兼职教师数", "专职教师数"], [*ONE, 2, 4]],
        "reads": [READ_ONE + "; teachers=4"],
        "unread": ["兼职教师数"],
    },
    "K8 teachers by the hour alone": {
        "rows": [[*H3, "兼职教师数"], [*ONE, 2]],
        "reads": [READ_ONE + "; teachers="],
        "asked": ["heading:兼职教师数=ignore"],
    },
    "K8 teachers of two kinds below one heading": {
        "rows": [[*H3, "教师人数", ""], ["", "", "", "专职", "兼职"], [*ONE, 4, 2]],
        "merged": ["A1:A2", "B1:B2", "C1:C2", "D1:E1"],
        "reads": [READ_ONE + "; teachers=4"],
        "unread": ["教师人数兼职"],
    },
    "K8 the whole number of teachers and those of them with a post": {
        "rows": [[*H3, "其中：专任教师数", "教师总数"], [*ONE, 4, 6]],
        "reads": [READ_ONE + "; teachers=6"],
        "unread": ["专任教师数"],
    },
    "K8 posts left of the whole number of teachers": {
        "rows": [[*H3, "专任教师数", "教师总数"], [*ONE, 4, 6]],
        "reads": [READ_ONE + "; teachers=6"],
        "unread": ["专任教师数"],
    },
    "K8 both kinds in one cell": {
        "rows": [[*H3, "教师数（专职/兼职）"], [*ONE, "4/2"], [*TWO, "3＋1"]],
        "reads": [],
        "errors": ["2 教师人数", "3 教师人数"],
    },
    "K8 the same heading twice": {
        "rows": [["机构名称", "机构名称", "乡镇", "办学地址"], ["绘声馆", "绘声馆总校", "柳市镇", "井巷路1号"]],
        "reads": [READ_ONE],
        "unread": ["B列"],
    },
    # --- K9
    "K9 struck out and filtered away": {
        "rows": [H3, ONE, ["石桥棋院", "柳市镇", "后街7号"], TWO],
        "struck": [3],
        "filtered_away": [3],
        "reads": [READ_ONE, READ_TWO],
        "asked": ["struck_rows=leave_out"],
        "unread": ["第3行"],
    },
    # --- K10
    "K10 one code in small and in wide letters": {
        "rows": [
            [*H3, "统一社会信用代码"],
            [*ONE, CODE.lower()],
            ["绘声馆虹桥校区", "虹桥镇", "三八路6号", "９１３３０３８２" + CODE[8:]],
        ],
        "reads": [READ_ONE + f"; code={CODE}", f"绘声馆虹桥校区@虹桥镇; code={CODE}"],
        "warned": ["3 统一社会信用代码"],
    },
    # --- K11
    "K11 a file of old systems, ended by a sign of its own": {
        "text": ("名册.csv", lines(",", H3, ONE, TWO) + b"\x1a"),
        "reads": [READ_ONE, READ_TWO],
    },
    "K11 each line in quotes": {
        "text": ("名册.csv", "".join(f'"{",".join(row)}"\r\n' for row in (H3, ONE, TWO)).encode("utf-8-sig")),
        "refused": "没有找到",
    },
    "K11 rare signs in GB18030": {
        "text": ("名册.csv", lines(",", H3, ["䶮文书院", *ONE[1:]]).decode("utf-8-sig").encode("gb18030")),
        "reads": ["䶮文书院@柳市镇; addr=井巷路1号"],
    },
    "K11 a page whose headings are broken by its marks": {
        "text": (
            "名册.xls",
            (
                "<html><meta charset=utf-8><table><tr><th>机构<br/>名称</th><th>乡&nbsp;镇</th><th>办学<br>地址</th></tr>"
                "<tr><td>绘声馆</td><td><b>柳市</b>镇</td><td>井巷路<br>1号</td></tr></table></html>"
            ).encode(),
        ),
        "reads": [READ_ONE],
    },
    # --- K12
    "K12 the list before": {"rows": [H3, ONE], "reads": [READ_ONE + "; kind=new"]},
    "K12 no former names in a column of them": {
        "after": "K12 the list before",
        "rows": [[*H3, "曾用名"], [*ONE, "无"]],
        "reads": [READ_ONE + "; kind=unchanged"],
    },
    # --- K13
    "K13 our list with another column before the names, a title and a sum": {
        "after": "K12 the list before",
        "rows": [
            ["机构名单（导出后整理）"],
            ["组别", "机构名称", "乡镇（街道）", "办学地址", "办学许可证号", "许可证有效期"],
            ["一组", *ONE, "", ""],
            ["", "合计", "", "1家", "", ""],
        ],
        "reads": [READ_ONE + "; kind=unchanged"],
        "unread": ["组别", "合计"],
    },
    "K8 the permit's validity with a remark in brackets": {
        "rows": [
            [*H3, "办学许可证号", "有效期（年月日）"],
            [*ONE, PERMIT, "2017.9.1-2020.8.31"],
        ],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至2020-08-31)"],
    },
    "K1 the day stands in a line below the head": {
        "rows": [[*H3, "证照情况"], ["排摸日期：2018年9月3日", "", "", ""], [*ONE, "无证无照"]],
        "answers": {"surveyed_on": DAY},
        "reads": [READ_ONE + f"; day={DAY}; status=none"],
        "asked": ["surveyed_on"],
        "unread": ["第2行"],
    },
}
