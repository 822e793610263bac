"""Registers as townships hand them in, a few rows each, in layouts that no other list of cases has. What a careful
reader of 乐清市 takes from each was written down before it was tried; the keys are those of intake_office_cases.py.
"""

from typing import Any

H3 = ["机构名称", "乡镇", "办学地址"]
ONE = ["绘声馆", "柳市镇", "井巷路1号"]
TWO = ["青竹教育", "虹桥镇", "三八路6号"]
READ_ONE, READ_TWO = "绘声馆@柳市镇; addr=井巷路1号", "青竹教育@虹桥镇; addr=三八路6号"
CODE, OTHER_CODE = "91330382MA0000003Q", "91330382MA0000005Y"
PERMIT, OTHER_PERMIT = "教民133038200000011号", "教民133038200000021号"
HD, DAY = [*H3, "排摸日期"], "2018-09-03"
CASES: dict[str, dict[str, Any]] = {
    "K1 a sheet whose name is a date and one called copy": {
        "sheets": {"2018.9": [H3, ONE], "2018.9 (2)": [H3, ONE, TWO]},
        "reads": [READ_ONE, READ_TWO],
        "errors": ["2018.9 (2)!2 机构名称"],
    },
    "K1 a letter before the list": {
        "rows": [
            ["关于报送校外培训机构排摸情况的报告"],
            ["乐清市教育局："],
            ["根据市里要求，我镇组织人员对辖区内机构进行了排摸，现将情况报告如下。"],
            H3,
            ONE,
        ],
        "reads": [READ_ONE],
        "unread": ["第1–3行"],
    },
    "K1 a column of pictures and one of ticks has no meaning": {
        "rows": [[*H3, "现场照片", "是否入库"], [*ONE, "见附件1", "√"], [*TWO, "", ""]],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["D列", "E列"],
    },
    "K1 the township is a section inside each of two status sections": {
        "rows": [
            HD,
            ["一、证照齐全"],
            ["柳市镇"],
            ["绘声馆", "", "井巷路1号", DAY],
            ["虹桥镇"],
            ["青竹教育", "", "三八路6号", DAY],
            ["二、无证无照"],
            ["柳市镇"],
            ["晨曦琴房", "", "前街3号", DAY],
        ],
        "reads": [READ_ONE + "; status=full", READ_TWO + "; status=full", "晨曦琴房@柳市镇; status=none"],
    },
    "K2 township as columns' group side by side": {
        "rows": [
            ["柳市镇", "", "虹桥镇", ""],
            ["机构名称", "办学地址", "机构名称", "办学地址"],
            ["绘声馆", "井巷路1号", "青竹教育", "三八路6号"],
        ],
        "merged": ["A1:B1", "C1:D1"],
        "reads": [READ_ONE, READ_TWO],
    },
    "K2 a head below a frozen empty row and with an empty first column": {
        "rows": [["", "柳市镇名册"], [], ["", "序号", "机构名称", "办学地址"], [], ["", 1, "绘声馆", "井巷路1号"]],
        "reads": [READ_ONE],
    },
    "K2 headings in English and Chinese": {
        "rows": [["机构名称 Name", "乡镇 Township", "办学地址 Address", "联系电话 Phone"], [*ONE, "13800000001"]],
        "reads": [READ_ONE + "; tel=13800000001"],
    },
    "K2 the second table lacks headings": {
        "rows": [H3, ONE, [], ["虹桥镇", "", ""], TWO],
        "reads": [READ_ONE, READ_TWO],
    },
    "K2 four rows of headings": {
        "rows": [
            ["校外培训机构", "", "", "证照", "", "", ""],
            ["名称", "属地", "地址", "办学许可证", "", "", "营业执照"],
            ["", "", "", "号码", "有效期", "", ""],
            ["", "", "", "", "起", "止", "代码"],
            [*ONE, PERMIT, "2017-09-01", "2020-08-31", CODE],
        ],
        "merged": ["A1:C1", "D1:G1", "D2:F2", "A2:A4", "B2:B4", "C2:C4", "D3:D4", "E3:F3", "G2:G3"],
        "reads": [READ_ONE + f"; permit={PERMIT}(2017-09-01至2020-08-31); code={CODE}"],
    },
    "K3 serials go on in the township's column": {
        "rows": [["序号", *H3], ["合计", "2家", "", ""], [1, *ONE], [2, *TWO]],
        "reads": [READ_ONE, READ_TWO],
        "unread": ["合计"],
    },
    "K3 counts behind names": {
        "rows": [
            ["乡镇", "机构名称", "办学地址"],
            ["柳市镇（1家）", "绘声馆", "井巷路1号"],
            ["虹桥镇(1)", "青竹教育", "三八路6号"],
        ],
        "reads": [READ_ONE, READ_TWO],
    },
    "K3 a name and its alias": {
        "rows": [
            H3,
            ["绘声馆（招牌：小小绘声）", "柳市镇", "甲路1号"],
            ["石桥棋院/石桥围棋", "柳市镇", "乙路1号"],
            ["晨曦琴房（王某）", "柳市镇", "丙路1号"],
        ],
        "reads": ["绘声馆(招牌:小小绘声)@柳市镇", "石桥棋院/石桥围棋@柳市镇", "晨曦琴房(王某)@柳市镇"],
    },
    "K3 what was checked is written behind the list": {
        "rows": [
            ["序号", *H3],
            [1, *ONE],
            ["", "经排摸，盐盆街道、石帆街道无校外培训机构。", "", ""],
            ["", "注：序号带*的为新增", "", ""],
            ["制表单位：乐清市教育局民办教育管理科", "", "", ""],
        ],
        "reads": [READ_ONE],
        "unread": ["经排摸", "注", "制表单位"],
    },
    "K4 the township in brackets, in front and misspelt": {
        "rows": [
            ["机构名称", "办学地址"],
            ["绘声馆", "（柳市镇）井巷路1号"],
            ["青竹教育", "虹桥：三八路6号"],
            ["石桥棋院", "柳市鎮前街2号"],
            ["晨曦琴房", "柳巿镇前街3号"],
        ],
        "reads": [READ_ONE.split(";")[0], "青竹教育@虹桥镇", "石桥棋院@柳市镇"],
        "errors": ["5 乡镇(街道)"],
    },
    "K4 townships of before": {
        "rows": [H3, ["绘声馆", "象阳镇", "甲路1号"], ["石桥棋院", "黄华镇", "乙路1号"]],
        "reads": [],
        "errors": ["2 乡镇(街道)", "3 乡镇(街道)"],
    },
    "K4 the county's other names": {
        "rows": [
            ["机构名称", "办学地址"],
            ["绘声馆", "浙江省乐清县柳市镇井巷路1号"],
            ["石桥棋院", "中国浙江温州乐清柳市镇乙路1号"],
            ["晨曦琴房", "325604 浙江省乐清市柳市镇丙路1号"],
            ["墨香书法", "乐清经济开发区纬五路1号"],
        ],
        "reads": ["绘声馆@柳市镇", "石桥棋院@柳市镇", "晨曦琴房@柳市镇"],
        "errors": ["5 乡镇(街道)"],
    },
    "K5 errors in a merged township and in a code": {
        "rows": [
            [*H3, "统一社会信用代码"],
            ["绘声馆", "#N/A", "井巷路1号", CODE],
            ["石桥棋院", "", "后街7号", "#VALUE!"],
        ],
        "merged": ["B2:B3"],
        "reads": [],
        "errors": ["2 乡镇(街道)", "3 乡镇(街道)", "3 统一社会信用代码"],
    },
    "K6 years typed wrong and times": {
        "rows": [
            [*HD, "证照情况"],
            ["甲馆", "柳市镇", "甲路1号", "2108-9-3", "无证无照"],
            ["乙馆", "柳市镇", "甲路2号", "0018-9-3", "无证无照"],
            ["丙馆", "柳市镇", "甲路3号", 2018, "无证无照"],
            ["丁馆", "柳市镇", "甲路4号", "2018-9", "无证无照"],
            ["戊馆", "柳市镇", "甲路5号", 20180903, "无证无照"],
            ["己馆", "柳市镇", "甲路6号", "2018年9月3日-5日", "无证无照"],
        ],
        "reads": ["戊馆@柳市镇; day=2018-09-03"],
        "errors": [f"{n} 排摸日期" for n in (2, 3, 4, 5, 7)],
    },
    "K6 telephones in groups, two and a half": {
        "rows": [
            [*H3, "联系电话"],
            ["甲馆", "柳市镇", "甲路1号", "138 0000 0001"],
            ["乙馆", "柳市镇", "甲路2号", "13800000001 13800000002"],
            ["丙馆", "柳市镇", "甲路3号", "62000000/13800000001"],
            ["丁馆", "柳市镇", "甲路4号", "0577—62000000转8001"],
            ["戊馆", "柳市镇", "甲路5号", 13800000001.0],
            ["己馆", "柳市镇", "甲路6号", "1380000 0001(王)"],
            ["庚馆", "柳市镇", "甲路7号", "661234"],
            ["辛馆", "柳市镇", "甲路8号", "未提供"],
        ],
        "reads": [
            "甲馆@柳市镇; tel=13800000001",
            "乙馆@柳市镇; tel=13800000001、13800000002",
            "丙馆@柳市镇; tel=62000000、13800000001",
            "丁馆@柳市镇; tel=0577-62000000转8001",
            "戊馆@柳市镇; tel=13800000001",
            "己馆@柳市镇; tel=13800000001",
            "庚馆@柳市镇; tel=661234",
            "辛馆@柳市镇; tel=",
        ],
    },
    "K6 areas and counts as a spreadsheet shows them": {
        "rows": [
            [*H3, "学生人数", "教师人数", "面积"],
            ["甲馆", "柳市镇", "甲路1号", 50.0, "5名", "120.55"],
            ["乙馆", "柳市镇", "甲路2号", "０", "无", "—"],
            ["丙馆", "柳市镇", "甲路3号", -5, 1, 100],
            ["丁馆", "柳市镇", "甲路4号", 12.5, 1, 100],
        ],
        "reads": ["甲馆@柳市镇; n=50; teachers=5; area=120.6", "乙馆@柳市镇; n=0"],
        "errors": ["4 学生人数", "5 学生人数"],
    },
    "K7 ditto of days, codes and telephones": {
        "rows": [
            [*HD, "证照情况", "联系电话"],
            [*ONE, DAY, "无证无照", "13800000001"],
            ["石桥棋院", "〃", "后街7号", "〃", "〃", "〃"],
            ["晨曦琴房", "同上", "同上", "同上", "同上", "同上"],
        ],
        "reads": [
            READ_ONE + "; day=2018-09-03; status=none; tel=13800000001",
            "石桥棋院@柳市镇; day=2018-09-03; status=none; tel=13800000001",
            "晨曦琴房@柳市镇; addr=后街7号",
        ],
    },
    "K8 validity beside both, three headings alike": {
        "rows": [
            [*H3, "营业执照号", "发证日期", "有效期至", "办学许可证号", "发证日期", "有效期至"],
            [*ONE, CODE, "2016-01-01", "2036-01-01", PERMIT, "2017-09-01", "2020-08-31"],
        ],
        "reads": [
            READ_ONE
            + f"; permit={PERMIT}(2017-09-01至2020-08-31); registration={CODE}(2016-01-01至2036-01-01); code={CODE}"
        ],
    },
    "K8 the township under a word of its own": {
        "rows": [["培训机构", "属地镇街", "培训场所（实际）", "证照类型", "摸排日期"], [*ONE, "有证有照", DAY]],
        "reads": [READ_ONE + "; status=full; day=2018-09-03"],
    },
    "K8 the person who filled it in is not the principal": {
        "rows": [
            [*H3, "填表人", "负责人", "填表人电话", "负责人电话"],
            [*ONE, "赵某", "王某", "13800000009", "13800000001"],
        ],
        "reads": [READ_ONE + "; who=王某; tel=13800000001"],
    },
    "K10 two branches with the code of the head": {
        "rows": [
            [*H3, "统一社会信用代码"],
            ["绘声教育有限公司", "柳市镇", "井巷路1号", CODE],
            ["绘声教育有限公司虹桥分公司", "虹桥镇", "三八路6号", CODE],
            ["绘声教育（大荆）", "大荆镇", "中街9号", CODE],
        ],
        "reads": ["绘声教育有限公司@柳市镇", "绘声教育有限公司虹桥分公司@虹桥镇", "绘声教育(大荆)@大荆镇"],
        "warned": ["3 统一社会信用代码", "4 统一社会信用代码"],
    },
    "K10 the next month the head moved and a branch is new": {
        "after": "K10 two branches with the code of the head",
        "rows": [
            [*H3, "统一社会信用代码"],
            ["绘声教育有限公司", "柳市镇", "前街88号", CODE],
            ["绘声教育有限公司清江分公司", "清江镇", "江边路3号", CODE],
        ],
        "reads": [],
        "asked": ["same:2", "same:3"],
    },
    # --- seen at a second look
    "K2 an empty column behind the townships": {
        "rows": [["乡镇", "", "机构名称", "地址"], ["柳市镇", "柳市社区", "绘声馆", "井巷路1号"]],
        "reads": [READ_ONE],
        "unread": ["B列"],
    },
    "K1 a column says who is closed": {
        "rows": [[*H3, "是否关停"], [*ONE, "是"], [*TWO, "否"]],
        "reads": [READ_ONE, READ_TWO],
        "asked": ["closed:是否关停"],
        "unread": ["D列"],
    },
    "K1 a column says who is closed, answered": {
        "rows": [[*H3, "经营状态"], [*ONE, "已停办"], [*TWO, "在营"]],
        "answers": {"closed:经营状态": "leave_out"},
        "reads": [READ_TWO],
        "asked": ["closed:经营状态"],
        "unread": ["第2行"],
    },
    "K1 the row says another status than its section": {
        "rows": [[*HD, "证照情况"], ["一、证照齐全"], [*ONE, DAY, "无证无照"]],
        "reads": [READ_ONE + "; status=none"],
        "warned": ["3 证照情况"],
    },
    "K8 name and address in one column": {
        "rows": [["机构名称及地址", "乡镇", "负责人"], ["绘声馆 井巷路1号", "柳市镇", "王某"]],
        "reads": ["绘声馆 井巷路1号@柳市镇"],
        "asked": ["heading:机构名称及地址"],
    },
    "K8 neither licence, and a permit that holds": {
        "rows": [[*HD, "证照情况", "办学许可证号", "有效期"], [*ONE, DAY, "无证无照", PERMIT, "2017.9-2020.8"]],
        "reads": [READ_ONE + "; status=none"],
        "warned": ["2 证照情况"],
    },
    "K6 numbers of another unit": {
        "rows": [[*H3, "面积（亩）", "学生人数（百人）"], [*ONE, "0.5", "2"]],
        "reads": [READ_ONE + "; n=; area="],
        "asked": ["heading:面积(亩)=ignore", "heading:学生人数(百人)=ignore"],
        "unread": ["D列", "E列"],
    },
    "K2 few headings, among them numbers that nobody asks for": {
        "rows": [["机构名称", "乡镇", "班级数", "教室数", "开班数"], ["绘声馆", "柳市镇", 2, 3, 4]],
        "reads": ["绘声馆@柳市镇"],
        "unread": ["C列", "D列", "E列"],
    },
    "K2 two headings are enough": {
        "rows": [["机构名称", "乡镇"], ["绘声馆", "柳市镇"]],
        "reads": ["绘声馆@柳市镇"],
    },
    "K3 a table of names and counts alone": {
        "rows": [["名称", "机构数", "已整改", "未完成", "整改率"], ["柳市镇", 20, 10, 10, "50%"]],
        "refused": "没有找到",
    },
}
