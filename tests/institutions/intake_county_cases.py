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

# Names, and what of each is none of it.
STATED = {
    "绘声馆（已关）": "(已关)", "石桥棋院（已停）": "(已停)", "晨曦琴房（现已拆）": "(现已拆)", "墨香书法 停办": "停办",
    "朝露画室停办": "停办", "停办：春芽托管": "停办:", "青竹教育（搬了）": "(搬了)", "橙子美术（不开了）": "(不开了)",
    "玛雅美术（人去楼空）": "(人去楼空)", "小树书法（改为超市）": "(改为超市)", "海星画室（没有办学）": "(没有办学)",
    "年年英语（拆除）": "(拆除)", "大树书法（已不办）": "(已不办)",
    "天天英语（已搬至虹桥）": "(已搬至虹桥)", "月月英语（现为超市）": "(现为超市)",
}  # fmt: skip
UNNAMED = [
    "乐清市XXX培训学校", "柳市××教育", "乐清市某某培训中心", "无名培训班", "不知名", "名称未知", "暂未取名", "无固定名称",
    "待填报", "见备注", "正在核实", "未登记", "待命名", "人去楼空", "现已关闭",
]  # fmt: skip

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
    "K2 two lists beside each other without a gap, in other words": {
        "rows": [
            ["机构名称", "乡镇", "地址", "单位名称", "镇街", "办学地点"],
            [*ONE, *TWO],
        ],
        "reads": [READ_ONE, READ_TWO],
    },
    "K2 one list with what is registered beside what is there": {
        "rows": [
            ["营业执照名称", "地址", "法人", "机构名称", "办学地址", "负责人"],
            ["绘声公司", "柳市镇前街1号", "王某", "绘声馆", "柳市镇井巷路1号", "李某"],
        ],
        "reads": ["绘声馆@柳市镇; addr=柳市镇井巷路1号; who=李某"],
        "unread": ["营业执照名称", "A列"],
    },
    "K2 learners of two years": {
        "rows": [
            ["机构名称", "乡镇", "2017年", "", "2018年", ""],
            ["", "", "学生数", "教师数", "学生数", "教师数"],
            ["绘声馆", "柳市镇", 10, 1, 50, 5],
        ],
        "merged": ["A1:A2", "B1:B2", "C1:D1", "E1:F1"],
        "answers": {"heading:2018年学生数": "learners"},
        "reads": ["绘声馆@柳市镇; n=50; teachers="],
        "asked": [f"heading:{year}年{what}=ignore" for year in (2017, 2018) for what in ("学生数", "教师数")],
    },
    "K2 names and addresses before and after a change": {
        "rows": [
            ["序号", "变更前", "", "变更后", "", "乡镇"],
            ["", "名称", "地址", "名称", "地址", ""],
            [1, "童画馆", "旧路1号", "绘声馆", "井巷路1号", "柳市镇"],
        ],
        "merged": ["A1:A2", "B1:C1", "D1:E1", "F1:F2"],
        "reads": [READ_ONE],
        "unread": ["变更前地址"],
        "warned": ["3 机构名称"],
    },
    "K2 the address before and after a move": {
        "rows": [["机构名称", "乡镇", "搬迁前地址", "搬迁后地址"], ["绘声馆", "柳市镇", "旧路1号", "井巷路1号"]],
        "reads": [READ_ONE],
        "unread": ["搬迁前地址"],
    },
    "K2 the address before a change": {
        "rows": [
            ["机构名称", "乡镇", "变更前", "", "变更后", ""],
            ["", "", "办学地址", "负责人", "办学地址", "负责人"],
            ["绘声馆", "柳市镇", "旧路1号", "王某", "井巷路1号", "李某"],
        ],
        "merged": ["A1:A2", "B1:B2", "C1:D1", "E1:F1"],
        "reads": [READ_ONE + "; who=李某"],
        "unread": ["变更前办学地址", "变更前负责人"],
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
    "K3 names with a state behind or before them, in short or at length": {
        "rows": [
            H3,
            *([name, "柳市镇", f"甲路{at}号"] for at, name in enumerate(STATED, 1)),
            ["停云画室", "柳市镇", "乙路1号"],
            ["关关雎鸠书院", "柳市镇", "乙路2号"],
            ["绘声馆（无人机）", "柳市镇", "乙路3号"],
        ],
        "reads": ["停云画室@柳市镇", "关关雎鸠书院@柳市镇", "绘声馆(无人机)@柳市镇"],
        "asked": [f"mark:{mark}" for mark in dict.fromkeys(STATED.values())],
    },
    "K3 what stands for a name that nobody knows": {
        "rows": [
            H3,
            *([name, "柳市镇", f"甲路{at}号"] for at, name in enumerate(UNNAMED, 1)),
            ["无名小卒画室", "柳市镇", "乙路1号"],
            ["乐清市X教育中心", "柳市镇", "乙路2号"],
        ],
        "reads": ["无名小卒画室@柳市镇", "乐清市X教育中心@柳市镇"],
        "asked": [f"name:{row}" for row in range(2, 2 + len(UNNAMED))],
    },
    "K3 an example that says so beside it": {
        "rows": [
            ["序号", *H3, "备注"],
            [0, "阳光培训中心", "柳市镇", "大兴路1号", "示例，填报时请删除"],
            [1, *ONE, "示范机构"],
        ],
        "reads": [READ_ONE],
        "unread": ["阳光培训中心"],
    },
    "K3 sheets of examples and of what is void": {
        "sheets": {
            "在册": [H3, ONE],
            "作废": [H3, TWO],
            "示例": [H3, ["阳光教育", "柳市镇", "后街19号"]],
        },
        "reads": [READ_ONE, READ_TWO, "阳光教育@柳市镇"],
        "asked": ["sheet:作废", "sheet:示例"],
    },
    "K3 a title of closed ones that says until when": {
        "rows": [["柳市镇2018年已取缔培训机构一览表（截至9月）"], ["机构名称", "办学地址"], ["绘声馆", "井巷路1号"]],
        "reads": [READ_ONE],
        "asked": ["closed:柳市镇2018年已取缔培训机构一览表(截至9月)"],
    },
    "K3 the only sheet is called 停办": {"sheets": {"停办": [H3, ONE]}, "reads": [READ_ONE], "asked": ["closed:停办"]},
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
    "K7 other words for what stands above": {
        "rows": [
            [*H3, "负责人"],
            [*ONE, "王某"],
            *(["石桥棋院", "柳市镇", f"甲路{at}号", word] for at, word in enumerate(["如上", "与前同", "同前行"], 1)),
            ["晨曦琴房", "柳市镇", "同一地址", "同一法人"],
            ["墨香书法", "柳市镇", "略", "亦同"],
            ["照相馆画室", "柳市镇", "见附件", "见上"],
        ],
        "reads": [
            READ_ONE + "; who=王某",
            "石桥棋院@柳市镇; addr=甲路1号; who=王某",
            "石桥棋院@柳市镇; addr=甲路2号; who=王某",
            "石桥棋院@柳市镇; addr=甲路3号; who=王某",
            "晨曦琴房@柳市镇; addr=甲路3号; who=王某",
            "墨香书法@柳市镇; addr=; who=王某",
            "照相馆画室@柳市镇; addr=; who=王某",
        ],
        "alike": [4, 5],
        "warned": ["6 办学地址", "7 办学地址", "8 办学地址", "8 负责人"],
    },
    "K7 the same as another row": {
        "rows": [
            [*H3, "负责人"],
            [*ONE, "王某"],
            ["石桥棋院", "柳市镇", "同序号1", "李某"],
            ["晨曦琴房", "柳市镇", "前街3号", "同绘声馆"],
            ["墨香书法", "柳市镇", "前街4号", "同第2行"],
            ["朝露画室", "柳市镇", "同楼", "李某"],
        ],
        "reads": [READ_ONE + "; who=王某"],
        "errors": ["3 办学地址", "4 负责人", "5 负责人", "6 办学地址"],
    },
    "K7 one 同上 merged over several columns": {
        "rows": [[*H3, "负责人", "联系电话"], [*ONE, "王某", "13800000001"], ["石桥棋院", "同上", "", "", ""]],
        "merged": ["B3:E3"],
        "reads": [READ_ONE, "石桥棋院@柳市镇; addr=井巷路1号; who=王某; tel=13800000001"],
        "warned": ["3 乡镇(街道)", "3 办学地址", "3 负责人", "3 联系电话"],
    },
    "K7 同上 below a row that is struck out": {
        "rows": [
            [*H3, "负责人"],
            [*ONE, "王某"],
            ["石桥棋院", "柳市镇", "后街7号", "李某"],
            ["晨曦琴房", "柳市镇", "前街3号", "同上"],
        ],
        "struck": [3],
        "reads": [READ_ONE + "; who=王某"],
        "errors": ["4 负责人"],
        "asked": ["struck_rows=leave_out"],
    },
    "K7 同一地址 where there are two addresses": {
        "rows": [[*H3, "注册地址"], [*ONE, "前街1号"], ["石桥棋院", "柳市镇", "后街7号", "同一地址"]],
        "reads": [READ_ONE + "; reg_addr=前街1号"],
        "errors": ["3 注册地址"],
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
    "K8 the validity of another paper": {
        "rows": [
            [*H3, "办学许可证号", "发证日期", "食品经营许可证", "有效期至"],
            [*ONE, PERMIT, "2017-09-01", "有", "2019-05-31"],
        ],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至长期)"],
        "asked": ["validity:有效期至=ignore"],
        "unread": ["有效期至"],
    },
    "K8 the validity behind another paper is the permit's all the same": {
        "rows": [
            [*H3, "办学许可证号", "消防验收合格证", "有效期"],
            [*ONE, PERMIT, "有", "2017.9-2020.8"],
        ],
        "answers": {"validity:有效期": "permit"},
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至2020-08-31)"],
        "asked": ["validity:有效期=ignore"],
    },
    "K8 another paper's validity left of the permit and the code": {
        "rows": [
            [*H3, "卫生许可证", "有效期", "办学许可证号", "许可证发证日期", "统一社会信用代码"],
            [*ONE, "有", "2018.1-2019.5", PERMIT, "2017-09-01", CODE],
        ],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至长期); registration="],
        "asked": ["validity:有效期=ignore"],
    },
    "K8 each paper has a validity of its own": {
        "rows": [
            [*H3, "食品经营许可证", "有效期", "办学许可证号", "有效期"],
            [*ONE, "有", "2018.1-2019.5", PERMIT, "2017.9-2020.8"],
        ],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至2020-08-31)"],
        "unread": ["E列"],
    },
    "K8 what stands between the permit and its validity has none": {
        "rows": [
            [*H3, "办学许可证号", "培训项目", "负责人", "审批机关", "有效期"],
            [*ONE, PERMIT, "英语", "王某", "教育局", "2017.9-2020.8"],
        ],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至2020-08-31)"],
    },
    "K8 how long a course goes on": {
        "rows": [
            [*H3, "办学许可证号", "许可证发证日期", "培训项目", "起止时间"],
            [*ONE, PERMIT, "2017-09-01", "英语", "2018.9-2019.1"],
        ],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至长期)"],
        "asked": ["validity:起止时间=ignore"],
    },
    "K8 the days of a contract of lease": {
        "rows": [
            [*H3, "办学许可证", "", "租赁合同", ""],
            ["", "", "", "编号", "发证日期", "起始日期", "截止日期"],
            [*ONE, PERMIT, "2017-09-01", "2018-01-01", "2018-12-31"],
        ],
        "merged": ["A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1"],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至长期)"],
        "unread": ["租赁合同起始日期", "租赁合同截止日期"],
    },
    "K8 the telephone of whom the village sends": {
        "rows": [
            [*H3, "法人", "法人电话", "网格员信息", ""],
            ["", "", "", "", "", "姓名", "电话"],
            [*ONE, "王某", "13800000001", "赵某", "13900000009"],
        ],
        "merged": ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:E2", "F1:G1"],
        "reads": [READ_ONE + "; who=王某; tel=13800000001"],
        "unread": ["网格员信息姓名", "网格员信息电话"],
    },
    "K8 the telephone of who inspected is nobody's of the institution": {
        "rows": [
            [*H3, "负责人", "检查人员", ""],
            ["", "", "", "", "姓名", "电话"],
            [*ONE, "王某", "赵某", "13900000009"],
        ],
        "merged": ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1"],
        "reads": [READ_ONE + "; who=王某; tel="],
        "unread": ["检查人员电话"],
    },
    "K8 parts of the learners, teachers and rooms": {
        "rows": [
            [*H3, "学生数（小学）", "学生数（初中）", "教师（兼职）", "面积（教室）", "联系人（镇街）"],
            [*ONE, 10, 20, 2, 30, "赵某"],
        ],
        "reads": [READ_ONE + "; n=; teachers=; area=; who="],
        "asked": [
            f"heading:{title}=ignore"
            for title in ("学生数(小学)", "学生数(初中)", "教师(兼职)", "面积(教室)", "联系人(镇街)")
        ],
    },
    "K8 brackets that say what the whole is": {
        "rows": [
            [*H3, "学生数（中小学）", "学生数（小学）", "面积（建筑）", "教师数（专职）"],
            [*ONE, 60, 20, 120, 4],
        ],
        "reads": [READ_ONE + "; n=60; area=120.0; teachers=4"],
        "unread": ["学生数(小学)"],
    },
    "K8 the status when it was surveyed, and the one of today": {
        "rows": [[*HD, "排查时证照情况", "证照情况"], [*ONE, DAY, "无证无照", "证照齐全"]],
        "reads": [READ_ONE + "; status=none"],
        "unread": ["F列"],
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
    "K12 the month after it says 现更名为 in the name": {
        "after": "K12 the month before",
        "rows": [H3, ["绘声馆（现更名为晨曦画室）", "柳市镇", "井巷路1号"]],
        "reads": ["晨曦画室@柳市镇; kind=changed"],
    },
    "K12 the month after it says 前身为 in the name": {
        "after": "K12 the month before",
        "rows": [H3, ["晨曦画室（前身为绘声馆）", "柳市镇", "井巷路1号"]],
        "reads": ["晨曦画室@柳市镇; kind=changed"],
    },
    "K12 several former names in one cell": {
        "after": "K12 the month before",
        "rows": [[*H3, "曾用名"], ["晨曦画室", "柳市镇", "井巷路1号", "小太阳、绘声馆"]],
        "reads": ["晨曦画室@柳市镇; kind=changed"],
    },
    "K12 renamed and moved": {
        "after": "K12 the month before",
        "rows": [[*H3, "曾用名"], ["晨曦画室", "柳市镇", "前街9号", "绘声馆"]],
        "reads": [],
        "asked": ["same:2"],
    },
    "K12 renamed and moved, and the same": {
        "after": "K12 the month before",
        "rows": [[*H3, "曾用名"], ["晨曦画室", "柳市镇", "前街9号", "绘声馆"]],
        "answers": {"same:2": "same"},
        "reads": ["晨曦画室@柳市镇; addr=前街9号; kind=changed"],
        "asked": ["same:2"],
    },
    # --- K13
    "K13 the headings of our own list in another order, with more beside": {
        "after": "K12 the month before",
        "rows": [["乡镇(街道)", "办学地址", "机构名称", "督查组意见"], ["柳市镇", "井巷路1号", "绘声馆", "已看"]],
        "reads": [READ_ONE + "; kind=unchanged"],
        "unread": ["督查组意见"],
    },
}
