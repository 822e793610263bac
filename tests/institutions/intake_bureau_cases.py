"""Registers as other bureaus and other systems send them, in layouts and with dirt that no other list of cases has. What a
careful reader of 乐清市 takes from each was written down before it was tried; the keys are those of
intake_office_cases.py.
"""

from typing import Any

H3 = ["机构名称", "乡镇", "办学地址"]
ONE = ["绘声馆", "柳市镇", "井巷路1号"]
TWO = ["青竹教育", "虹桥镇", "三八路6号"]
READ_ONE, READ_TWO = "绘声馆@柳市镇; addr=井巷路1号", "青竹教育@虹桥镇; addr=三八路6号"
CODE, OTHER_CODE = "91330382MA0000003Q", "91330382MA0000005Y"
PERMIT = "教民133038200000011号"
HD, DAY = [*H3, "排摸日期"], "2018-09-03"
NAMES = "甲乙丙丁戊己庚辛壬癸"


def lines(separator: str, *rows: list[str]) -> bytes:
    return ("\r\n".join(separator.join(row) for row in rows) + "\r\n").encode("utf-8-sig")


def each_with(heading: str, *values: Any) -> list[list[Any]]:
    """A row for each value of a last column: 甲馆, 乙馆 …"""
    return [[*H3, heading]] + [
        [f"{name}馆", "柳市镇", f"甲路{at}号", value]
        for at, (name, value) in enumerate(zip(NAMES, values, strict=False), 1)
    ]


CASES: dict[str, dict[str, Any]] = {
    # --- K1
    "K1 the remarks say that one is closed": {
        "rows": [[*H3, "备注"], [*ONE, "已停办"], [*TWO, "门口有牌子"]],
        "reads": [READ_ONE, READ_TWO],
        "asked": ["closed:备注"],
        "unread": ["备注"],
    },
    "K1 a column says what they are now": {
        "rows": [[*H3, "目前状态"], [*ONE, "在办"], [*TWO, "已取缔"]],
        "reads": [READ_ONE, READ_TWO],
        "asked": ["closed:目前状态"],
    },
    "K1 a column asks whether they are open still": {
        "rows": [[*H3, "是否在办"], [*ONE, "是"], [*TWO, "否"], ["晨曦琴房", "柳市镇", "前街3号", ""]],
        "answers": {"closed:是否在办": "leave_out"},
        "reads": [READ_ONE, "晨曦琴房@柳市镇"],
        "asked": ["closed:是否在办"],
        "unread": ["青竹教育"],
    },
    "K1 sections of townships, sections of statuses in them": {
        "rows": [
            ["序号", "机构名称", "办学地址", "排摸日期"],
            ["一、柳市镇"],
            ["（一）证照齐全"],
            [1, "绘声馆", "井巷路1号", DAY],
            ["（二）无证无照"],
            [2, "石桥棋院", "后街7号", DAY],
            ["二、虹桥镇"],
            ["（一）有照无证"],
            [3, "青竹教育", "三八路6号", DAY],
        ],
        "reads": [
            READ_ONE + "; status=full",
            "石桥棋院@柳市镇; status=none",
            READ_TWO + "; status=registration_only",
        ],
    },
    "K1 a period of survey in the title": {
        "rows": [
            ["乐清市校外培训机构排摸情况（2018年9月1日至12月31日）"],
            [*H3, "证照情况"],
            [*ONE, "无证无照"],
        ],
        "answers": {"surveyed_on": "2018-12-31"},
        "reads": [READ_ONE + "; day=2018-12-31; status=none"],
        "asked": ["surveyed_on"],
    },
    # --- K2
    "K2 headings say how they are to be filled in, with days and numbers": {
        "rows": [
            [
                "*机构名称（必填）",
                "【办学地址】（详细到门牌号，与营业执照上的一致，如柳市镇井巷路105号二层）",
                "乡镇/街道",
                "排摸日期（格式：2018-01-01）",
                "4.证照情况（1证照齐全2有照无证）",
            ],
            ["绘声馆", "井巷路1号", "柳市镇", DAY, "无证无照"],
        ],
        "reads": [READ_ONE + "; day=2018-09-03; status=none"],
    },
    "K2 every heading is typed wrong": {
        "rows": [["序号", "机构名秤", "办学地扯", "负贵人"], [1, "绘声馆", "柳市镇井巷路1号", "王某"]],
        "answers": {
            "heading:机构名秤": "name",
            "heading:办学地扯": "operating_address",
            "heading:负贵人": "principal",
        },
        "reads": ["绘声馆@柳市镇; who=王某"],
        "asked": ["heading:机构名秤", "heading:办学地扯=ignore", "heading:负贵人=ignore"],
    },
    "K2 three rows of headings merged both ways": {
        "rows": [
            ["序号", "基本情况", "", "证照", "", "", ""],
            ["", "", "", "办学许可证", "", "营业执照", ""],
            ["", "机构名称", "办学地址", "编号", "有效期", "编号", "有效期"],
            [1, "绘声馆", "柳市镇井巷路1号", PERMIT, "2017.9-2020.8", CODE, "2016.3.1-2036.2.28"],
        ],
        "merged": ["A1:A3", "B1:C2", "D1:G1", "D2:E2", "F2:G2"],
        "reads": [f"绘声馆@柳市镇; permit={PERMIT}(2017-09-01至2020-08-31); code={CODE}"],
    },
    "K2 a table of counts beside the list, in another order": {
        "rows": [
            ["机构名称", "办学地址", "", "镇街", "家数"],
            ["绘声馆", "柳市镇井巷路1号", "", "虹桥镇", 1],
            ["青竹教育", "虹桥镇三八路6号", "", "柳市镇", 2],
            ["石桥棋院", "柳市镇后街7号", "", "合计", 3],
        ],
        "reads": ["绘声馆@柳市镇", "青竹教育@虹桥镇", "石桥棋院@柳市镇"],
        "unread": ["镇街", "家数"],
    },
    # --- K3
    "K3 doors without a name": {
        "rows": each_with("面积", *range(1, 3))[:1]
        + [
            [name, "柳市镇", f"甲路{at}号", 50]
            for at, name in enumerate(["未挂牌", "无牌", "没有牌子", "无字号", "井巷路4号", "三八路6号二楼"], 1)
        ],
        "reads": [],
        "asked": [f"name:{row}" for row in range(2, 8)],
    },
    "K3 telephones in names": {
        "rows": [
            H3,
            ["绘声馆13800000001", "柳市镇", "井巷路1号"],
            ["石桥棋院（王某13800000001）", "柳市镇", "后街7号"],
            ["晨曦琴房（前街3号）", "柳市镇", "前街3号"],
        ],
        "answers": {"mark:13800000001": "keep"},
        "reads": [READ_ONE, "晨曦琴房(前街3号)@柳市镇"],
        "asked": ["mark:(王某13800000001)", "mark:13800000001"],
    },
    "K3 several names in a cell": {
        "rows": [
            H3,
            ["绘声馆、青竹教育", "柳市镇", "井巷路1号"],
            ["1、晨曦琴房 2、石桥棋院", "柳市镇", "后街7号"],
            ["墨香书法\n朝露画室", "柳市镇", "前街3号"],
            ["音乐、舞蹈培训中心", "柳市镇", "前街5号"],
            ["绘声馆/柳市店", "柳市镇", "前街7号"],
        ],
        "reads": ["音乐、舞蹈培训中心@柳市镇", "绘声馆/柳市店@柳市镇"],
        "asked": ["name:2", "name:3", "name:4"],
    },
    "K3 the serial says that a row is void": {
        "rows": [["序号", *H3], [1, *ONE], ["作废", *TWO], ["×", "石桥棋院", "柳市镇", "后街7号"]],
        "answers": {"closed:序号": "leave_out"},
        "reads": [READ_ONE],
        "asked": ["closed:序号"],
        "unread": ["青竹教育", "石桥棋院"],
    },
    "K3 names that begin with a number or a word of sums": {
        "rows": [
            H3,
            *[
                [name, "柳市镇", f"甲路{at}号"]
                for at, name in enumerate(
                    ["21世纪英语", "7色花美术", "1+1数学", "3.14数学馆", "合计算数学馆", "小计时英语", "停云画室"], 1
                )
            ],
        ],
        "reads": [
            f"{name}@柳市镇"
            for name in ["21世纪英语", "7色花美术", "1+1数学", "3.14数学馆", "合计算数学馆", "小计时英语", "停云画室"]
        ],
    },
    "K3 an example that begins with 如": {
        "rows": [
            ["序号", *H3],
            ["如：", "乐清市阳光培训中心", "柳市镇", "柳市镇大兴路1号"],
            [1, *ONE],
            ["比如", "乐清市月光培训中心", "柳市镇", "柳市镇大兴路2号"],
        ],
        "reads": [READ_ONE],
        "unread": ["阳光培训中心", "月光培训中心"],
    },
    "K3 names that are spread, in quotes and with a stop": {
        "rows": [
            [*H3, "负责人"],
            ["绘 声 馆", "柳市镇", "井巷路1号", "王 某"],
            ["“青竹教育”", "虹桥镇", "三八路6号", "李某"],
            ["石桥棋院。", "柳市镇", "后街7号", "赵　某"],
            ["晨曦\n琴房", "柳市镇", "前街3号", "钱某"],
            ["乐清市墨香文化\n培训有限公司", "柳市镇", "前街5号", "孙某"],
        ],
        "reads": [
            READ_ONE + "; who=王某",
            READ_TWO + "; who=李某",
            "石桥棋院@柳市镇; who=赵某",
            "晨曦琴房@柳市镇",
            "乐清市墨香文化培训有限公司@柳市镇",
        ],
    },
    # --- K4
    "K4 the house stands in a column of its own": {
        "rows": [
            ["机构名称", "县（市、区）", "乡镇", "村（社区）", "门牌号"],
            ["绘声馆", "乐清市", "柳市镇", "上村", "井巷路1号"],
        ],
        "reads": [READ_ONE],
        "unread": ["村(社区)"],
    },
    "K4 addresses in several lines": {
        "rows": [
            ["机构名称", "办学地址"],
            ["绘声馆", "乐清市柳市镇\n井巷路1号\n二层"],
            ["石桥棋院", "柳市镇后街7号\n柳市镇前街3号"],
        ],
        "reads": ["绘声馆@柳市镇; addr=乐清市柳市镇井巷路1号二层"],
        "asked": ["places:3"],
    },
    "K4 other counties, and roads called after them": {
        "rows": [
            H3,
            ["绘声馆", "柳市镇", "温州大道2号"],
            ["石桥棋院", "柳市镇", "上海路3号福州大厦"],
            ["晨曦琴房", "柳市镇", "台州玉环楚门镇1号"],
            ["墨香书法", "柳市镇", "鹿城区人民路1号"],
            ["青竹教育", "柳市镇", "龙港市龙翔路8号"],
        ],
        "reads": ["绘声馆@柳市镇", "石桥棋院@柳市镇"],
        "errors": ["4 办学地址", "5 办学地址", "6 办学地址"],
    },
    # --- K5
    "K5 noughts, half a pupil and false": {
        "rows": [
            [*H3, "负责人", "学生人数"],
            [0, "柳市镇", "甲路1号", "王某", 1],
            ["石桥棋院", "柳市镇", "乙路1号", False, 1],
            ["晨曦琴房", "柳市镇", "丙路1号", "王某", 0.5],
            ["朝露画室", "柳市镇", "丁路1号", "王某", 0],
        ],
        "reads": ["朝露画室@柳市镇; n=0"],
        "errors": ["2 机构名称", "3 负责人", "4 学生人数"],
    },
    # --- K6
    "K6 telephones with names and words": {
        "rows": each_with(
            "联系电话",
            "王某13800000001",
            "13800000001 李某",
            "13800000001或13800000002",
            "86-577-62000000",
            "6200 0000",
            "62000000转801",
            "王某：0577-62000000",
            "13800000001（王某）、李某13800000002",
            "1380000000",
            "找门卫",
        ),
        "reads": [
            "甲馆@柳市镇; tel=13800000001",
            "乙馆@柳市镇; tel=13800000001",
            "丙馆@柳市镇; tel=13800000001、13800000002",
            "丁馆@柳市镇; tel=0577-62000000",
            "戊馆@柳市镇; tel=62000000",
            "己馆@柳市镇; tel=62000000转801",
            "庚馆@柳市镇; tel=0577-62000000",
            "辛馆@柳市镇; tel=13800000001、13800000002",
        ],
        "errors": ["10 联系电话", "11 联系电话"],
        "warned": ["2 联系电话", "3 联系电话", "8 联系电话", "9 联系电话"],
    },
    "K6 a telephone where the person stands": {
        "rows": each_with("负责人", "13800000001", "不详", "待定", "王某"),
        "reads": ["乙馆@柳市镇; who=", "丙馆@柳市镇; who=", "丁馆@柳市镇; who=王某"],
        "errors": ["2 负责人"],
        "warned": ["3 负责人", "4 负责人"],
    },
    "K6 words where nothing is known of the address": {
        "rows": [H3, ["绘声馆", "柳市镇", "不详"], ["石桥棋院", "柳市镇", "105"], ["晨曦琴房", "柳市镇", "1-2"]],
        "reads": ["绘声馆@柳市镇; addr="],
        "errors": ["3 办学地址", "4 办学地址"],
        "warned": ["2 办学地址"],
    },
    "K6 days with weekdays": {
        "rows": [
            [*HD, "证照情况"],
            ["甲馆", "柳市镇", "甲路1号", "2018-9-3 星期一", "无证无照。"],
            ["乙馆", "柳市镇", "甲路2号", "2018年9月3日（周一）", "无证无照"],
            ["丙馆", "柳市镇", "甲路3号", 43346.5, "无证无照"],
            ["丁馆", "柳市镇", "甲路4号", 2018.9, "无证无照"],
        ],
        "reads": [f"{name}馆@柳市镇; day=2018-09-03; status=none" for name in "甲乙丙"],
        "errors": ["5 排摸日期"],
    },
    "K6 until when a permit holds": {
        "rows": [
            [*H3, "办学许可证号", "许可证有效期", "排摸日期", "证照情况"],
            *[
                [f"{name}馆", "柳市镇", f"甲路{at}号", f"教民13303820000001{at}号", until, DAY, "证照齐全"]
                for at, (name, until) in enumerate(
                    zip(NAMES, ["至2020年8月31日", "2020.8.31止", "截止2020年8月", "3年", "2017-2020"], strict=False), 1
                )
            ],
        ],
        "reads": [
            f"{name}馆@柳市镇; permit=教民13303820000001{at}号(2018-09-03至2020-08-31)"
            for at, name in enumerate("甲乙丙", 1)
        ],
        "errors": ["5 许可证有效期", "6 许可证有效期"],
    },
    "K6 what a spreadsheet made of text, in a text file": {
        "text": (
            "名册.csv",
            lines(
                ",",
                [*H3, "统一社会信用代码"],
                ["绘声馆", "柳市镇", "井巷路1号", "9.13304E+17"],
                ["石桥棋院", "柳市镇", "3月5日", ""],
                ["晨曦琴房", "柳市镇", "5-Mar", ""],
                ["墨香书法", "柳市镇", "12:30", ""],
                ["青竹教育", "虹桥镇", "三八路6号", CODE],
            ),
        ),
        "reads": [READ_TWO + f"; code={CODE}"],
        "errors": ["2 统一社会信用代码", "3 办学地址", "4 办学地址", "5 办学地址"],
    },
    # --- K7
    "K7 marks in words": {
        "rows": [
            [*H3, "注册地址", "负责人"],
            [*ONE, "同左边", "王某"],
            ["石桥棋院", "柳市镇", "后街7号", "一致", "与上同"],
            ["晨曦琴房", "柳市镇", "前街3号", "与办学地址一致", "与上面一样"],
            ["墨香书法", "柳市镇", "前街5号", "与经营地址相同", "同上"],
        ],
        "reads": [
            READ_ONE + "; reg_addr=井巷路1号; who=王某",
            "石桥棋院@柳市镇; addr=后街7号; reg_addr=后街7号; who=王某",
            "晨曦琴房@柳市镇; reg_addr=前街3号; who=王某",
            "墨香书法@柳市镇; reg_addr=前街5号; who=王某",
        ],
        "warned": [f"{row} 注册地址" for row in range(2, 6)],
    },
    "K7 the same, with no column it could mean": {
        "rows": [H3, ONE, ["石桥棋院", "柳市镇", "一致"]],
        "reads": [READ_ONE],
        "errors": ["3 办学地址"],
    },
    # --- K8
    "K8 headings of one word": {
        "rows": [
            ["序号", "单位", "地点", "法人", "手机", "学生", "教师", "面积", "镇街"],
            [1, "绘声馆", "井巷路1号", "王某", "13800000001", 50, 5, 120, "柳市镇"],
        ],
        "reads": [READ_ONE + "; who=王某; tel=13800000001; n=50; teachers=5; area=120.0"],
    },
    "K8 what it is called now": {
        "rows": [
            ["原机构名称", "现机构名称", "原办学地址", "现办学地址", "乡镇"],
            ["小太阳", "绘声馆", "旧路1号", "井巷路1号", "柳市镇"],
        ],
        "reads": [READ_ONE],
        "unread": ["原办学地址"],
    },
    "K8 the whole name": {
        "rows": [["培训机构全称", "简称", "实际经营场所", "镇街"], ["绘声馆", "绘声", "井巷路1号", "柳市镇"]],
        "reads": [READ_ONE],
        "unread": ["简称"],
    },
    "K8 names of schools beside a unit of measure": {
        "rows": [["学校", "地址", "收费标准", "单位(元)"], ["绘声馆", "柳市镇井巷路1号", "每课", 100]],
        "reads": ["绘声馆@柳市镇"],
    },
    # --- K9
    "K9 only the address is struck out": {
        "rows": [H3, ONE, TWO],
        "struck": [3],
        "answers": {"struck_rows": "keep"},
        "reads": [READ_ONE, READ_TWO],
        "asked": ["struck_rows=leave_out"],
    },
    # --- K10
    "K10 three places under one permit, under one name": {
        "rows": [
            ["机构名称", "校区", "办学地址", "办学许可证号", "许可证有效期"],
            ["晨曦教育", "总校", "柳市镇井巷路1号", PERMIT, "2017.9-2020.8"],
            ["晨曦教育", "前街校区", "柳市镇前街9号", PERMIT, "2017.9-2020.8"],
            ["晨曦教育", "虹桥校区", "虹桥镇三八路2号", PERMIT, "2017.9-2020.8"],
        ],
        "answers": {"permit:3": "other", "permit:4": "other"},
        "reads": [
            "晨曦教育@柳市镇; addr=柳市镇井巷路1号",
            "晨曦教育@柳市镇; addr=柳市镇前街9号",
            "晨曦教育@虹桥镇; addr=虹桥镇三八路2号",
        ],
        "asked": ["permit:3", "permit:4"],
        "alike": [3],
        "unread": ["校区"],
    },
    "K10 one code and permit merged over three places": {
        "rows": [
            ["统一社会信用代码", "机构名称", "办学地址", "负责人"],
            [OTHER_CODE, "晨曦教育（总校）", "柳市镇井巷路1号", "王某"],
            ["", "晨曦教育（前街校区）", "柳市镇前街9号", ""],
            ["", "晨曦教育（虹桥校区）", "虹桥镇三八路2号", ""],
        ],
        "merged": ["A2:A4", "D2:D4"],
        "reads": [
            f"晨曦教育(总校)@柳市镇; code={OTHER_CODE}; who=王某",
            f"晨曦教育(前街校区)@柳市镇; code={OTHER_CODE}; who=王某",
            f"晨曦教育(虹桥校区)@虹桥镇; code={OTHER_CODE}; who=王某",
        ],
        "warned": ["3 统一社会信用代码", "4 统一社会信用代码"],
    },
    # --- K11
    "K11 a comma in an address that is not in quotes": {
        "text": (
            "名册.csv",
            lines(
                ",",
                [*H3, "负责人"],
                ["绘声馆", "柳市镇", "井巷路1号,二层", "王某"],
                [*TWO, "李某"],
                ["石桥棋院", "柳市镇", "后街7号", "赵某"],
            ),
        ),
        "reads": [READ_TWO + "; who=李某", "石桥棋院@柳市镇; who=赵某"],
        "errors": ["2 机构名称"],
        "unread": ["E列"],
    },
    "K11 rows with commas behind, and a note beside one": {
        "text": (
            "名册.csv",
            lines(",", [*H3, "", ""], [*ONE, "", ""], [*TWO, "", "已联系"], ["合计", "", "", "", "", ""]),
        ),
        "reads": [READ_ONE, READ_TWO],
        "unread": ["E列"],
    },
    "K11 words of a system for nothing, and of its pages": {
        "text": (
            "导出.csv",
            lines(
                "\t",
                [*H3, "负责人", "联系电话"],
                [*ONE, "NULL", "null"],
                [*TWO, "None", "undefined"],
                ["A&amp;B琴房", "柳市镇", "前街3号", "&nbsp;", "13800000001\t"],
            ),
        ),
        "reads": [READ_ONE + "; who=; tel=", READ_TWO + "; who=; tel=", "A&B琴房@柳市镇; who=; tel=13800000001"],
        "warned": ["4 机构名称"],
    },
    "K11 lines that end as on an old Mac, with breaks in quotes": {
        "text": (
            "名册.csv",
            '乐清市名册,,\r机构名称,办学地址,联系电话\r绘声馆,"柳市镇\n井巷路1号","13800000001\n13800000002"\r'.encode(
                "utf-8-sig"
            ),
        ),
        "reads": ["绘声馆@柳市镇; addr=柳市镇井巷路1号; tel=13800000001、13800000002"],
    },
    "K11 full-width commas": {
        "text": ("名册.csv", "机构名称，乡镇，办学地址\r\n绘声馆，柳市镇，井巷路1号\r\n".encode("gb18030")),
        "reads": [READ_ONE],
    },
    "K11 a page with merged cells called .xls": {
        "text": (
            "名册.xls",
            "<html><body><table><tr><td colspan=3>柳市镇名册</td></tr><tr><th>机构名称</th><th>办学地址</th><th>负责人</th></tr>"
            "<tr><td>绘声馆</td><td>井巷路1号</td><td rowspan=2>王某</td></tr><tr><td>石桥棋院</td><td>后街7号</td></tr>"
            "</table></body></html>".encode("gb18030"),
        ),
        "reads": [READ_ONE + "; who=王某", "石桥棋院@柳市镇; who=王某"],
    },
}
