"""Where in the county a row lies: townships, villages and addresses as people write them."""

import csv
import re
from functools import cached_property
from pathlib import Path

from institutions.models import Division, DivisionName
from institutions.moments import today
from institutions.names import normal_name

MOST_SIGNS = 24  # of a name that is compared

VILLAGES = Path(__file__).resolve().parent / "data" / "yueqing_villages.csv"
# Of Wenzhou and its neighbours; those on file as divisions are known besides.
OTHER_COUNTIES = {
    "鹿城区", "龙湾区", "瓯海区", "洞头区", "永嘉县", "平阳县", "苍南县", "文成县", "泰顺县", "瑞安市", "乐清市",
    "龙港市", "黄岩区", "温岭市", "玉环市", "玉环县",
}  # fmt: skip


class County:
    """A county's townships in force, by their present and former names, its villages, and the counties it is not."""

    def __init__(self, division: Division):
        self.division = division

    @classmethod
    def of(cls, division: Division) -> "County":
        """The county in which a township or village lies."""
        return cls(Division.objects.get(pk=division.pk[:6]))

    def named(self, written: str) -> Division | None:
        """The township a cell names: 柳市镇, 柳市, 乐清市柳市镇."""
        for name in self._above:
            written = written.replace(name, "")
        if written in self.townships:
            return self.townships[written]
        return next((each for name, each in self.townships.items() if written and written == _stem(name)), None)

    def township_of(self, address: str) -> Division | None:
        """The longest township name in an address, else the longest village or community name."""
        rest = self._inside(address)
        for places in (self.townships, self.villages):
            found = [name for name in places if name in rest]
            if found:
                return places[max(found, key=len)]
        return None

    def other_county_in(self, address: str) -> str:
        """The name of another county in an address, or "". 瑞安市场 and 永嘉县路 name none."""
        found = self._others.search(self._inside(address))
        return found[1] if found else ""

    def local(self, address: str) -> str:
        """An address for comparing: without the names of divisions, spaces and brackets."""
        return re.sub(r"[^\w-]", "", self._within_township.sub("", self._inside(address)))

    def door(self, address: str) -> str:
        """A local address up to its first house number: 井大路8号2楼 -> 井大路8号."""
        local = self.local(address)
        found = re.match(r".*?\d号", local)
        return found[0] if found else local

    def core(self, name: str) -> str:
        """What distinguishes an institution's name: without its place and the words every name has."""
        name = re.sub(r"\W", "", self._inside(normal_name(name)))
        own = self._begins_with_a_place.sub("", name)
        return (re.sub(r"有限责任公司|有限公司|培训|教育|学校|中心|工作室", "", own) or own)[:MOST_SIGNS]

    @cached_property
    def townships(self) -> dict[str, Division]:
        here = Division.objects.children_of(self.division.pk).in_force_on(today())
        found = {each.name: each for each in here}
        for former in DivisionName.objects.filter(division__in=here).select_related("division"):
            found.setdefault(former.name, former.division)
        return found

    @cached_property
    def villages(self) -> dict[str, Division]:
        """Village and community names that occur in one township of the county only -> that township."""
        here = {each.pk: each for each in self.townships.values()}
        found: dict[str, set[str]] = {}
        with VILLAGES.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                name = row["name"].removesuffix("委会").removesuffix("居委会")
                found.setdefault(name, set()).add(row["township_code12"][:9])
        return {
            name: here[min(codes)] for name, codes in found.items() if len(codes) == 1 and not codes.isdisjoint(here)
        }

    def _inside(self, address: str) -> str:
        for name in self._above:
            address = address.replace(name, "")
        return address

    @cached_property
    def _above(self) -> list[str]:
        """Names of the county and what it belongs to."""
        found: list[str] = []
        each: Division | None = self.division
        while each is not None:
            found.append(each.name)
            each = each.parent
        return found

    @cached_property
    def _others(self) -> re.Pattern[str]:
        # Of the province only, and no shorter than three: 城区 is a county elsewhere and a word here.
        on_file = Division.objects.filter(level="county", code__startswith=self.division.pk[:2])
        names = OTHER_COUNTIES | {name for name in on_file.values_list("name", flat=True) if len(name) > 2}
        names = {name for name in names if _stem(name) != _stem(self.division.name)}
        return re.compile(rf"({'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})(?![场路街巷])")

    @cached_property
    def _within_township(self) -> re.Pattern[str]:
        names = sorted(self.townships, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, names)) or "(?!)")

    @cached_property
    def _begins_with_a_place(self) -> re.Pattern[str]:
        return re.compile(rf"^({'|'.join(map(re.escape, self._stems))})")

    @cached_property
    def _stems(self) -> list[str]:
        names = [self.division.name, *self.townships]
        return sorted({*names, *map(_stem, names)} - {""}, key=len, reverse=True)


def _stem(name: str) -> str:
    """柳市镇 -> 柳市, 乐成街道 -> 乐成, 玉环县 -> 玉环."""
    return name.removesuffix("街道") if name.endswith("街道") else re.sub(r"[镇乡县市区]$", "", name)
