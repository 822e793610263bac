"""Makes docs/examples/register.xlsx and register.csv: 64 synthetic institutions, as a county's register would list them.

Run with `python docs/examples/make_register.py`. Nobody's names; the credit codes are of a district that does not exist.
Codes (…ME…) and permits (教民0000064…) are a block of their own: the example imports beside the demonstration too.
"""

import csv
import random
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).resolve().parent
HEAD = ["序号", "机构名称", "乡镇（街道）", "办学地址", "负责人", "联系电话", "统一社会信用代码", "办学许可证号", "许可证有效期", "证照情况",
        "排摸日期", "学生人数", "教师人数", "面积（平方米）", "经度", "纬度", "类别"]  # fmt: skip
TOWNSHIPS = {"柳市镇": (120.8883, 28.0417), "北白象镇": (120.8569, 28.0374), "虹桥镇": (121.0339, 28.2236), "乐成街道": (120.9631, 28.1194),
             "城南街道": (120.9553, 28.1027), "大荆镇": (121.1537, 28.4118), "清江镇": (121.1021, 28.2752), "芙蓉镇": (121.0273, 28.3)}  # fmt: skip
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
KINDS = ["外语培训中心", "艺术培训中心", "课外辅导中心", "托管中心", "美术工作室", "编程培训部"]
CATEGORIES = ["语言类", "艺术类", "学科类", "托管类", "艺术类", "科技类"]  # of those kinds
PAIRS = ["知遥", "青禾", "望川", "拾贝", "初阳", "南屏", "映雪", "听泉"]


def credit_code(serial: int) -> str:
    body = f"52000000ME{serial:07d}"
    return body + SIGNS[(31 - sum(SIGNS.index(sign) * 3**place for place, sign in enumerate(body)) % 31) % 31]


def rows() -> list[list[object]]:
    rng = random.Random(64)
    made: list[list[object]] = []
    for serial in range(64):
        township = list(TOWNSHIPS)[serial % 8]
        longitude, latitude = TOWNSHIPS[township]
        status = ["证照齐全", "无证无照", "有照无证", "无证无照"][serial % 4]
        day = f"2026年{rng.randrange(3, 7)}月{rng.randrange(1, 28)}日"
        full = status == "证照齐全"
        made.append([
            serial + 1, f"{PAIRS[serial // 8]}{KINDS[serial % 6]}", township, f"乐清市{township}示例路{rng.randrange(1, 300)}号",
            rng.choice("陈林王张李") + "某", f"1000000{rng.randrange(10000):04d}",
            credit_code(serial) if status != "无证无照" else "", f"教民0000064{serial:08d}号" if full else "",
            "2022-09-01至2027-08-31" if full else "", status, day, rng.choice([20, 35, 60, 90]), rng.randrange(2, 9),
            rng.choice([80, 120, 200.5]), round(longitude + rng.uniform(-0.01, 0.01), 6), round(latitude + rng.uniform(-0.01, 0.01), 6),
            CATEGORIES[serial % 6],
        ])  # fmt: skip
    return made


def main() -> None:
    listed = rows()
    with xlsxwriter.Workbook(str(HERE / "register.xlsx")) as book:
        title, head = book.add_format({"bold": True, "align": "center"}), book.add_format({"bold": True, "border": 1})
        sheet = book.add_worksheet("名册")
        sheet.merge_range(0, 0, 0, len(HEAD) - 1, "校外培训机构名册（示例，全部为虚构）", title)
        sheet.write_row(1, 0, HEAD, head)
        for number, row in enumerate(listed, start=2):
            sheet.write_row(number, 0, row)
        sheet.write_row(len(listed) + 2, 0, ["合计", len(listed)])
        sheet.set_column(1, 3, 22)
    with (HERE / "register.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows(listed)


if __name__ == "__main__":
    main()
