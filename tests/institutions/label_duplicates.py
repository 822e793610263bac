"""Writes duplicates_labelled.csv: pairs of registrations, each of a kind about which it is stated by hand whether they
are one institution. All names, addresses, codes and telephones are made up.

All 434 were gone through one by one. Of four kinds what is written does not decide, and a person would have to ask:
moved_in_the_township and moved_and_nothing_else_known (yes) against one_name_twice_in_a_township and
one_name_in_two_townships (no) differ in a telephone alone. They stay as they are: the machine is to ask about the first
and the third, and to leave the other two.

    .venv/bin/python -m tests.institutions.label_duplicates
"""

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

FILE = Path(__file__).with_name("duplicates_labelled.csv")
SIDES = ["name", "township", "address", "code", "permit", "phone", "former"]
EACH = 14  # pairs of a kind

STEMS = [
    "绘声馆",
    "青竹",
    "晨曦",
    "启明星",
    "海棠",
    "小云朵",
    "墨韵",
    "天籁",
    "金话筒",
    "拾光",
    "百川",
    "乐思",
    "知行",
    "博雅堂",
    "蓝鲸",
    "树人",
    "慧心",
    "雅韵",
    "橙子",
    "春芽",
    "溪山",
    "朗读者",
    "奇点",
    "星火",
    "稚趣",
    "静好",
    "弈林",
    "跃动",
    "童梦",
    "小荷",
    "学思",
    "明德",
    "鸿儒",
    "逸仙阁",
    "木棉",
    "芝麻",
    "小蜗牛",
    "阅微",
    "清源",
    "画语",
]
KINDS = ["培训中心", "艺术培训中心", "教育", "画室", "外语培训学校", "文化课辅导中心", "托管中心", "书法工作室"]
TOWNSHIPS = {"330382114": "柳市镇", "330382115": "北白象镇", "330382001": "城东街道", "330382116": "虹桥镇"}
ROADS = [
    "井大路",
    "天琪路",
    "云门街",
    "示例路",
    "样板街",
    "双雁路",
    "旭阳路",
    "长虹大道",
    "宁康路",
    "建设路",
    "千帆路",
    "育英街",
]
BUILDINGS = ["云门大厦", "旭阳广场", "南虹大厦", "清远大厦"]
CODES = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Side:
    name: str
    township: str
    address: str
    code: str = ""
    permit: str = ""
    phone: str = ""
    former: str = ""


class Maker:
    """Sides at random, the same for every run."""

    def __init__(self) -> None:
        self.random = random.Random(20180731)
        self.serial = 0

    def one(self, **stated: str) -> Side:
        township = self.random.choice(list(TOWNSHIPS))
        self.serial += 1
        plain = Side(
            name=self.random.choice(STEMS) + self.random.choice(KINDS),
            township=township,
            address=self.address(township),
            phone=f"1380000{self.serial:04d}",
        )
        return replace(plain, **stated)

    def address(self, township: str, road: str = "") -> str:
        return f"{TOWNSHIPS[township]}{road or self.random.choice(ROADS)}{self.random.randint(1, 280)}号"

    def code(self) -> str:
        return "52330382MJ" + "".join(self.random.choice(CODES) for _ in range(8))

    def permit(self) -> str:
        return f"教民1330382{self.random.randint(10**7, 10**8 - 1)}号"

    def other(self, choices: list[str], than: str) -> str:
        return self.random.choice([each for each in choices if each not in than])

    def misspelt(self, name: str) -> str:
        """One sign of the first three is another."""
        place = self.random.randrange(min(3, len(name)))
        return name[:place] + self.other(list("花林风雨文江沐宁"), name) + name[place + 1 :]


ALIKE_IN_SOUND = [("绘声馆", "汇声馆"), ("启明星", "起明星"), ("小云朵", "小芸朵"), ("金话筒", "金画筒"), ("博雅堂", "博亚堂"),
                  ("朗读者", "郎读者"), ("逸仙阁", "艺仙阁"), ("小蜗牛", "小窝牛")]  # fmt: skip


# --- One institution


def typo(make: Maker) -> tuple[Side, Side]:
    one = make.one(name=make.other([each for each in STEMS if len(each) == 3], "") + "培训中心")
    return one, replace(one, name=make.misspelt(one.name), phone="")


def homophone(make: Maker) -> tuple[Side, Side]:
    right, wrong = make.random.choice(ALIKE_IN_SOUND)
    one = make.one(name=f"{right}培训中心")
    return one, replace(one, name=f"{wrong}培训中心", address=f"乐清市{one.address}2楼", phone="")


def full_width(make: Maker) -> tuple[Side, Side]:
    one = make.one(name=f"A{make.random.choice(STEMS)}(柳市)培训中心")
    wide = one.name.replace("A", "Ａ").replace("(", "（").replace(")", "）")
    number = str.maketrans("0123456789", "０１２３４５６７８９")
    return one, replace(one, name=wide, address=one.address.translate(number), phone="")


def company_suffix(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    return one, replace(one, name=f"{one.name}{make.random.choice(['有限公司', '有限责任公司'])}", phone="")


def place_before(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    before = make.random.choice(["乐清市", f"乐清市{TOWNSHIPS[one.township]}", TOWNSHIPS[one.township]])
    return one, replace(one, name=before + one.name, phone="")


def kind_left_out(make: Maker) -> tuple[Side, Side]:
    one = make.one(name=f"{make.random.choice(STEMS)}艺术培训中心")
    return one, replace(one, name=one.name.replace("培训中心", ""), address=f"{one.address}3楼301室")


def former_name(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    renamed = make.other(STEMS, one.name) + "教育"
    return replace(one, name=renamed, former=one.name), replace(
        one, phone="", address=make.random.choice(["", one.address])
    )


def renamed_with_code(make: Maker) -> tuple[Side, Side]:
    one = make.one(code=make.code())
    return one, replace(one, name=make.other(STEMS, one.name) + "培训中心")


def moved_with_code(make: Maker) -> tuple[Side, Side]:
    one = make.one(code=make.code())
    return one, replace(one, address=make.address(one.township), phone="")


def moved_with_permit(make: Maker) -> tuple[Side, Side]:
    one = make.one(permit=make.permit())
    to = make.other(list(TOWNSHIPS), one.township)
    return one, replace(one, permit=one.permit.removesuffix("号"), township=to, address=make.address(to))


def moved_in_the_township(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    return one, replace(one, address=make.address(one.township), phone="")


def moved_with_phone(make: Maker) -> tuple[Side, Side]:
    one = make.one(name=make.other([each for each in STEMS if len(each) == 3], "") + "画室")
    to = make.other(list(TOWNSHIPS), one.township)
    return one, replace(one, township=to, address=make.address(to), name=f"{one.name}有限公司")


def address_spelt_otherwise(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    address = one.address.replace("大道", "大街").replace("路", "璐") if "路" in one.address else one.address + "对面"
    return one, replace(one, name=f"{one.name}有限公司", address=address, phone="")


def address_without_number(make: Maker) -> tuple[Side, Side]:
    one = make.one(name=make.other([each for each in STEMS if len(each) == 3], "") + "培训中心")
    return one, replace(one, name=make.misspelt(one.name), address=one.address.rstrip("号0123456789"), phone="")


def said_again(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    return one, replace(one, address=f"浙江省温州市乐清市{one.address}", phone="")


def two_signs_alike_in_sound(make: Maker) -> tuple[Side, Side]:
    right, wrong = make.random.choice(
        [("艺启点", "亿起点"), ("书香阁", "舒翔阁"), ("童馨园", "童心苑"), ("知美轩", "芝美宣")]
    )
    one = make.one(name=f"{right}培训中心")
    return one, replace(one, name=f"{wrong}培训中心", phone="")


def abbreviated(make: Maker) -> tuple[Side, Side]:
    one = make.one(name=f"乐清市{make.random.choice(STEMS)}文化艺术培训有限公司")
    short = one.name.removeprefix("乐清市").replace("文化艺术培训有限公司", "艺术")
    return one, replace(one, name=short, address=f"{one.address}4楼", phone=make.random.choice(["", one.phone]))


def moved_and_nothing_else_known(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    to = make.other(list(TOWNSHIPS), one.township)
    return one, replace(one, township=to, address=make.address(to), phone="")


# --- Two institutions


def near_name_elsewhere(make: Maker) -> tuple[Side, Side]:
    """童绘馆 井大路 / 同绘馆 天琪路."""
    right, wrong = make.random.choice(ALIKE_IN_SOUND)
    one = make.one(name=f"{right}培训中心")
    road = make.other(ROADS, one.address)
    return one, make.one(name=f"{wrong}培训中心", township=one.township, address=make.address(one.township, road))


def near_name_in_the_road(make: Maker) -> tuple[Side, Side]:
    one = make.one(name=make.other([each for each in STEMS if len(each) == 3], "") + "培训中心", address="")
    road, number = make.random.choice(ROADS), make.random.randint(2, 90)
    here, there = (f"{TOWNSHIPS[one.township]}{road}{each}号" for each in (number, number + 120))
    return replace(one, address=here), make.one(name=make.misspelt(one.name), township=one.township, address=there)


def campuses_of_one_operator(make: Maker) -> tuple[Side, Side]:
    one = make.one(code=make.code())
    to = make.other(list(TOWNSHIPS), one.township)
    branch = f"{one.name}{TOWNSHIPS[to][:2]}校区"
    return one, make.one(name=branch, code=one.code, township=to, address=make.address(to), phone=one.phone)


def serial_branches(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    first, second = make.random.choice(
        [("第一分校", "第二分校"), ("一校区", "二校区"), ("东校区", "西校区"), ("总校", "分校")]
    )
    return (
        replace(one, name=one.name + first, code=make.code()),
        make.one(name=one.name + second, township=one.township, code=make.code(), phone=one.phone),
    )


def serial_branches_in_one_road(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    first, second = make.random.choice([("第一分校", "第三分校"), ("A校区", "B校区"), ("南校区", "北校区")])
    address = f"{one.address.rstrip('号0123456789')}{make.random.randint(300, 400)}号"
    return replace(one, name=one.name + first), replace(one, name=one.name + second, address=address)


def neighbours_in_one_building(make: Maker) -> tuple[Side, Side]:
    township, building = make.random.choice(list(TOWNSHIPS)), make.random.choice(BUILDINGS)
    one, other = make.random.sample([each for each in STEMS if len(each) == 2], 2)
    sides = [(one, 3), (other, make.random.choice([3, 4, 5]))]
    first, second = (
        make.one(
            name=f"{stem}{make.random.choice(KINDS)}",
            township=township,
            address=f"{TOWNSHIPS[township]}{building}{floor}楼",
        )
        for stem, floor in sides
    )
    return first, second


def neighbours_at_one_door(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    other = make.other(STEMS, one.name)
    return one, make.one(
        name=other + "培训中心", township=one.township, address=f"{one.address}{make.random.randint(2, 6)}楼"
    )


def neighbours_with_codes(make: Maker) -> tuple[Side, Side]:
    one = make.one(name=make.other([each for each in STEMS if len(each) == 3], "") + "画室", code=make.code())
    return one, make.one(name=make.misspelt(one.name), township=one.township, address=one.address, code=make.code())


def one_name_in_two_townships(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    to = make.other(list(TOWNSHIPS), one.township)
    return one, make.one(name=one.name, township=to, address=make.address(to))


def one_phone_of_two(make: Maker) -> tuple[Side, Side]:
    """Somebody runs both."""
    one = make.one()
    return one, make.one(name=make.other(STEMS, one.name) + "托管中心", phone=one.phone)


def strangers(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    return one, make.one(name=make.other(STEMS, one.name) + "培训中心", township=one.township)


def one_name_twice_in_a_township(make: Maker) -> tuple[Side, Side]:
    one = make.one()
    road = make.other(ROADS, one.address)
    return one, make.one(name=one.name, township=one.township, address=make.address(one.township, road))


def near_names_at_one_door(make: Maker) -> tuple[Side, Side]:
    first, second = make.random.choice(
        [("大风车", "小风车"), ("蓝天鹅", "白天鹅"), ("小画家", "小作家"), ("红苹果", "青苹果")]
    )
    one = make.one(name=f"{first}艺术培训中心")
    return one, make.one(name=f"{second}艺术培训中心", township=one.township, address=f"{one.address}3楼")


SAME: list[Callable[[Maker], tuple[Side, Side]]] = [
    typo, homophone, full_width, company_suffix, place_before, kind_left_out, former_name, renamed_with_code,
    moved_with_code, moved_with_permit, moved_in_the_township, moved_with_phone, address_spelt_otherwise,
    address_without_number, said_again, two_signs_alike_in_sound, abbreviated, moved_and_nothing_else_known,
]  # fmt: skip
DIFFERENT: list[Callable[[Maker], tuple[Side, Side]]] = [
    near_name_elsewhere, near_name_in_the_road, campuses_of_one_operator, serial_branches,
    serial_branches_in_one_road, neighbours_in_one_building, neighbours_at_one_door, neighbours_with_codes,
    one_name_in_two_townships, one_phone_of_two, strangers, one_name_twice_in_a_township, near_names_at_one_door,
]  # fmt: skip


def labelled() -> Iterator[dict[str, str]]:
    make = Maker()
    for same, kinds in (("yes", SAME), ("no", DIFFERENT)):
        for kind in kinds:
            for _again in range(EACH):
                one, other = kind(make)
                sides = {"a": one, "b": other}
                columns = {f"{side}_{name}": getattr(sides[side], name) for side in "ab" for name in SIDES}
                yield {"kind": kind.__name__, "same": same} | columns


def main() -> None:
    rows = list(labelled())
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} pairs, {sum(row['same'] == 'no' for row in rows)} of them two institutions")


if __name__ == "__main__":
    main()
