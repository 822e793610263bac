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
    # --- lines that are no institution, and rows that are one
    "K3 lines below a list whose township is the sheet's name": {
        "sheets": {
            "柳市镇": [
                ["机构名称", "办学地址"],
                ["绘声馆", "井巷路1号"],
                ["总共1家"],
                ["审核意见：同意"],
                ["以上数据截至2018年9月30日"],
                ["数据来源：教育局"],
            ]
        },
        "answers": {"name:4": "leave_out"},
        "reads": [READ_ONE],
        "asked": ["name:4", "name:6"],
        "unread": ["第3行“总共1家”", "第4行“审核意见:同意”，按答复不导入", "第5行“以上数据"],
    },
    "K3 lines between sections, one of them an institution all the same": {
        "rows": [
            ["机构名称", "办学地址", "负责人"],
            ["一、柳市镇"],
            ["绘声馆", "井巷路1号", "王某"],
            ["柳市镇共有机构1家"],
            ["二、虹桥镇"],
            ["青竹教育", "三八路6号", "李某"],
            ["另有1家正在核实"],
            ["秋实围棋"],
            ["主任：王某"],
            ["主任：王某", "审核：李某"],
        ],
        "answers": {"name:7": "leave_out", "name:8": "keep", "row:9": "leave_out"},
        "reads": [READ_ONE, READ_TWO, "秋实围棋@虹桥镇"],
        "asked": ["name:7", "name:8", "name:10"],
        "unread": ["柳市镇共有机构1家", "另有1家", "主任"],
    },
    "K3 names alone, and a remark beside one": {
        "sheets": {"柳市镇": [["机构名称", "备注"], ["绘声馆", "门口有牌子"], ["青竹教育"], ["石桥棋院"]]},
        "reads": ["绘声馆@柳市镇", "青竹教育@柳市镇", "石桥棋院@柳市镇"],
        "unread": ["B列"],
    },
    "K3 a survey day as text stands first": {
        "rows": [
            ["排摸日期", "机构名称", "乡镇", "办学地址", "证照情况"],
            ["2018年9月3日", *ONE, "无证无照"],
            ["2018年9月4日", *TWO, "无证无照"],
            ["2018年9月5日", "", "柳市镇", "前街3号", "无证无照"],
            ["2018年12月31日"],
        ],
        "reads": [READ_ONE + "; day=2018-09-03; status=none", READ_TWO + "; day=2018-09-04"],
        "errors": ["4 机构名称"],
        "unread": ["第5行“2018年12月31日”，填表、审核一类的落款"],
    },
    "K3 a name and an address end with a full stop": {
        "rows": [
            ["办学地址", "机构名称", "乡镇"],
            ["柳市镇井巷路105号二层。", "绘声馆", "柳市镇"],
            ["三八路6号", "乐清市晨曦教育培训中心。", "虹桥镇"],
            ["以后每月五日前报送教育局。"],
        ],
        "reads": ["绘声馆@柳市镇", "乐清市晨曦教育培训中心@虹桥镇; addr=三八路6号"],
        "unread": ["第4行"],
    },
    "K3 nothing but lines, each of them said": {
        "rows": [H3, ["合计", "2家"], ["审核人：王某"]],
        "refused": "表头下面没有任何机构。未读取：第2行“合计 2家”，合计、小计一类的行；未读取：第3行",
    },
    # --- what stands above holds as far as it goes
    "K4 sections of no township end the one before": {
        "rows": [
            ["机构名称", "办学地址"],
            ["柳市镇", ""],
            ["绘声馆", "井巷路1号"],
            ["乐清经济开发区", ""],
            ["青竹教育", "纬五路6号"],
            ["其他", ""],
            ["石桥棋院", "虹桥镇后街7号"],
        ],
        "merged": ["A2:B2", "A4:B4", "A6:B6"],
        "reads": [READ_ONE, "石桥棋院@虹桥镇"],
        "errors": ["5 乡镇(街道)"],
    },
    "K4 kinds and closed ones within a township end nothing": {
        "rows": [
            ["机构名称", "办学地址"],
            ["柳市镇", ""],
            ["艺术类", ""],
            ["绘声馆", "井巷路1号"],
            ["文化类", ""],
            ["石桥棋院", "后街7号"],
            ["虹桥镇", ""],
            ["青竹教育", "三八路6号"],
            ["新增机构", ""],
            ["秋实围棋", "后街9号"],
        ],
        "merged": ["A2:B2", "A3:B3", "A5:B5", "A7:B7", "A9:B9"],
        "reads": [READ_ONE, "石桥棋院@柳市镇", READ_TWO, "秋实围棋@虹桥镇"],
    },
    "K1 a section of an unknown status ends the one before": {
        "rows": [HD, ["无证无照", "", "", ""], [*ONE, DAY], ["待核实", "", "", ""], [*TWO, DAY]],
        "merged": ["A2:D2", "A4:D4"],
        "answers": {"licence_status": "not_surveyed"},
        "reads": [READ_ONE + "; status=none", READ_TWO + "; status="],
        "asked": ["licence_status"],
    },
    "K4 a second address and remarks in rows of their own head nothing": {
        "rows": [
            ["机构名称", "办学地址", "备注"],
            ["柳市镇", "", ""],
            ["绘声馆", "井巷路1号", ""],
            ["", "虹桥镇三八路6号", ""],
            ["", "", "原属虹桥镇"],
            ["石桥棋院", "后街7号", ""],
        ],
        "merged": ["A2:C2"],
        "reads": [READ_ONE, "石桥棋院@柳市镇"],
        "unread": ["第4–5行“虹桥镇三八路6号 等”，没有机构名称"],
    },
    "K1 a remark on those above": {
        "rows": [[*HD, "备注"], [*ONE, DAY, ""], ["", "", "", "", "以上均为证照齐全"], [*TWO, DAY, ""]],
        "answers": {"licence_status": "not_surveyed"},
        "reads": [READ_ONE + "; status=", READ_TWO + "; status="],
        "asked": ["licence_status"],
        "unread": ["以上均为证照齐全"],
    },
    "K1 how it is to be filled in, and who is not in it": {
        "rows": [
            ["柳市镇校外培训机构排摸表（不含无证无照）"],
            ["说明：有照无证的机构请在备注栏注明查处情况"],
            ["办学地址按“虹桥镇三八路6号”的格式填写"],
            ["机构名称", "办学地址", "排摸日期"],
            ["绘声馆", "井巷路1号", DAY],
        ],
        "answers": {"licence_status": "full"},
        "reads": [READ_ONE + "; status=full"],
        "asked": ["licence_status"],
    },
    "K4 a title of what was cleared away": {
        "rows": [
            ["柳市镇已清除校外培训机构名单"],
            ["机构名称", "办学地址"],
            ["绘声馆", "井巷路1号"],
        ],
        "reads": [READ_ONE],
    },
    "K4 a title that leaves a township out": {
        "rows": [
            ["柳市镇以外校外培训机构名单"],
            ["机构名称", "办学地址"],
            ["青竹教育", "虹桥镇三八路6号"],
            ["石桥棋院", "后街7号"],
        ],
        "reads": ["青竹教育@虹桥镇"],
        "errors": ["4 乡镇(街道)"],
    },
    "K4 the column says another township than the address in short, behind a word, moved": {
        "rows": [
            H3,
            ["甲馆", "柳市镇", "乐清虹桥三八路6号"],
            ["乙馆", "柳市镇", "(虹桥)三八路8号"],
            ["丙馆", "柳市镇", "位于虹桥镇三八路6号"],
            ["丁馆", "柳市镇", "原柳市镇，现搬至虹桥镇三八路9号"],
            ["戊馆", "柳市镇", "前街3号虹桥镇工业区内"],
            ["己馆", "柳市镇", "虹桥路3号"],
            ["庚馆", "柳市镇", "位于柳市镇前街5号"],
            ["辛馆", "柳市镇", "虹桥花苑5号"],
        ],
        "answers": {"township:2": "330382108", "township:5": "330382108"},
        "reads": ["甲馆@虹桥镇", "丁馆@虹桥镇", "戊馆@柳市镇", "己馆@柳市镇", "庚馆@柳市镇", "辛馆@柳市镇"],
        "asked": ["township:2", "township:3", "township:4", "township:5"],
        "warned": ["6 乡镇(街道)", "9 乡镇(街道)"],
    },
    "K11 a comma in every address that is not in quotes": {
        "text": (
            "名册.csv",
            "机构名称,乡镇,办学地址,负责人\r\n绘声馆,柳市镇,井巷路1号,二层,王某\r\n青竹教育,虹桥镇,三八路6号,三层,东侧,李某\r\n".encode(),
        ),
        "reads": [],
        "errors": ["2 机构名称", "3 机构名称"],
        "unread": ["E列"],
    },
    "K11 the floor of an address moves into the empty remarks": {
        "text": (
            "名册.csv",
            "机构名称,乡镇,办学地址,备注\r\n绘声馆,柳市镇,井巷路1号,二层,\r\n青竹教育,虹桥镇,三八路6号,,\r\n".encode(),
        ),
        "reads": [READ_TWO],
        "errors": ["2 机构名称"],
        "unread": ["D列"],
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
