"""Where in the county a row lies: townships, villages and addresses as people write them."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from institutions import china
from institutions.models import Division, DivisionName
from institutions.moments import today
from institutions.names import normal_name

MOST_SIGNS = 24  # of a name that is compared

VILLAGES = Path(__file__).resolve().parent / "data" / "yueqing_villages.csv"
# Wenzhou's neighbours; those of the same city and those on file as divisions are known besides.
NEXT_TO_THE_CITY = {"黄岩区", "温岭市", "玉环市", "玉环县"}
BRACKETED = re.compile(r"[(（\[【〔].*?(?:[)）\]】〕]|$)")
_AND, _DOOR, _SIGNS, _NO_WORDS = (re.compile(each) for each in (r"^[、/,和及与或]", r".*?\d号", r"[^\w-]", r"\W"))
_OF_EVERY_NAME = re.compile("有限责任公司|有限公司|培训|教育|学校|中心|工作室")
# A place that is named to find another by, or is part of another name: no statement that it lies there.
NAMES_ANOTHER = (
    r"(?:[东西南北中]?(?:路|街(?!道)|巷|弄|大道)|中心?小学|中心?中学|小学|中学|幼儿园|学校|分校|总校|校区|旧址|政府|卫生院|医院|"
    r"对面|旁|附近|隔壁|方向|车站|市场|大厦|广场|公园)"
)

# 乡镇:柳市镇, 属柳市镇
_LABEL = re.compile(r"^(?:(?:所属|所在)?(?:乡镇|镇街|街道|属地|辖区)(?:\(街道\))?[::]\s*|隶?属于?)")
_IN_FRONT = re.compile(r"^[(\[【]([^)\]】]{2,12})[)\]】]")  # (柳市镇)井巷路1号
_PLACE = r"镇|乡|街道|路|街|巷|弄|大道|村|社区"  # what an address goes on with behind the county

# 柳市路, 城东一路, 天成花园: what follows the short name of a township in another name.
NOT_THE_TOWNSHIP = (
    r"[东西南北中新老一二三四五六七八九十]?(?:路|街|巷|弄|大道|桥|镇|乡|区|村|社区|小区|大厦|大楼|广场|花园|公寓|苑|"
    r"小学|中学|幼儿园|学校|商|市场|酒店|宾馆|医院|车站|公园|家园|名苑|豪庭|新城)"
)


@dataclass(frozen=True)
class Found:
    """The township of an address, and how sure that is: `stated` at its beginning, `short` for its name without 镇,
    only `mentioned` later; None, with the `names` that could be meant, when there are several or none."""

    township: Division | None
    how: str = ""
    names: tuple[str, ...] = ()


class County:
    """A county's townships in force, by their present and former names, its villages, and the counties it is not."""

    def __init__(self, division: Division):
        self.division = division
        # Of a row each of these is asked several times.
        self.local = lru_cache(maxsize=2_000)(self._local)
        self.core = lru_cache(maxsize=2_000)(self._core)
        self.township_in = lru_cache(maxsize=2_000)(self._read_township)
        self.other_county_in = lru_cache(maxsize=2_000)(self._other_county_in)

    @classmethod
    def of(cls, division: Division) -> "County":
        """The county in which a township or village lies."""
        return cls(Division.objects.get(pk=division.pk[:6]))

    def named(self, written: str) -> Division | None:
        """The township a cell names: 柳市镇, 柳市, 乐清市柳市镇, 柳市镇前街村. None too when it names two."""
        written = _LABEL.sub("", written)
        for name in self._above:
            written = written.replace(name, "")
        written = re.sub(r"\s|(人民)?政府$|辖区$|(辅导)?学区$|[。.,;、]+$", "", written)
        written = re.sub(r"^[\-/、>·\\,]+", "", written)
        if of_code := re.match(r"(\d{9})(?:0{3})?", written, re.ASCII):
            coded = next((each for each in self.townships.values() if each.pk == of_code[1]), None)
            if of_code.end() == len(written):
                return coded
            written = written[of_code.end() :] if coded else written
        if written in self.townships:
            return self.townships[written]
        if written in self._by_stem:
            return self._by_stem[written]
        named = {each for name, each in self.townships.items() if name in written}
        begins = [each for name, each in self.townships.items() if written.startswith(name)]
        return begins[0] if begins and len(named) == 1 else None

    def several_named(self, written: str) -> list[Division]:
        """The townships that a cell names beside each other: 柳市镇/北白象镇. [] for anything else."""
        parts = [part for part in re.split(r"[、/,;和及与或]", written) if part.strip()]
        found = [self.named(part) for part in parts]
        return list(dict.fromkeys(each for each in found if each)) if len(parts) > 1 and all(found) else []

    def names_a_division(self, written: str) -> bool:
        """Whether a text is nothing but the name of a township, of the county or of what that lies in."""
        return written in self._names or (written in self._by_short)

    @cached_property
    def _names(self) -> frozenset[str]:
        above = self._above
        return frozenset([*self.townships, *above, *(f"{above[0]}{name}" for name in self.townships)])

    def _read_township(self, address: str) -> Found:
        """The township of an address: the first name after the county, else the village's with which it begins, else
        the one name that it mentions."""
        return self._township_in(_IN_FRONT.sub(r"\1", self.within(address)))

    def _township_in(self, rest: str) -> Found:
        if name := self._first_township(rest):
            other = self._first_township(_AND.sub("", rest[len(name) :]))
            if other and other != name:
                return Found(None, "", (name, other))
            return Found(self.townships[name], "stated", (name,))
        if name := self._first_village(rest):
            return Found(self.villages[name], "stated", (name,))
        if short := self._short.match(rest):
            return Found(self._by_short[short[1]], "short", (short[1],))
        plain = BRACKETED.sub(" ", rest)
        for places, pattern in ((self.townships, self._mentioned), (self.villages, self._mentioned_village)):
            names = tuple(dict.fromkeys(found[1] for found in pattern.finditer(plain)))
            meant = {places[name] for name in names}
            if names:
                return Found(meant.pop(), "mentioned", names) if len(meant) == 1 else Found(None, "", names)
        return Found(None)

    def _first_township(self, rest: str) -> str:
        return _begins(self._townships_by_sign.get(rest[:1], ()), rest)

    def _first_village(self, rest: str) -> str:
        return _begins(self._villages_by_sign.get(rest[:1], ()), rest)

    @cached_property
    def _townships_by_sign(self) -> dict[str, list[str]]:
        return _by_first_sign(self.townships)

    @cached_property
    def _villages_by_sign(self) -> dict[str, list[str]]:
        return _by_first_sign(self.villages)

    def _other_county_in(self, address: str) -> str:
        """Another county, city or province of China in which an address lies, or "".

        One with which it begins; else one of the same city or on file that it mentions, unless it begins with a place
        of this county. 瑞安市场, 永嘉县路, 福州路 and 上海大厦 name none.
        """
        if address[:1] in ("(", "["):
            address = re.sub(r"^[(\[]([^)\]]{2,12}[市县区])[)\]]", r"\1", address)  # (瑞安市)塘下镇
        if there := china.stated(address):
            if not self._holds(there.codes):
                return there.written
            return self._next_in(there.rest)
        rest = self.within(address)
        if rest != address or self._first_township(rest) or self._first_village(rest):
            return self._next_in(rest)
        found = self._others.search(BRACKETED.sub(" ", address)) or self._short_others.match(address)
        return found[1] if found else ""

    def is_itself(self, written: str) -> bool:
        """Whether a text is the name of this county and of what it lies in, and nothing else."""
        return not self._without_above(written)

    def is_here(self, written: str) -> bool:
        """Whether a text names this county, what it lies in, or one of its townships."""
        rest = self._without_above(written)
        stated = china.stated(written)
        return (
            not rest
            or self.named(rest) is not None
            or bool(stated and not stated.rest.strip() and self._holds(stated.codes))
        )

    def other_named(self, written: str) -> str:
        """Another county, city or province that a text names, or "": what stands in a column of counties."""
        if self.is_here(written):
            return ""
        rest = self._without_above(written)
        if stated := china.stated(written) or china.stated(rest):
            return "" if self._holds(stated.codes) else stated.written
        codes = china.named(rest)
        return rest if codes and not self._holds(codes) else ""

    def _without_above(self, written: str) -> str:
        """A text without the names, full or short, of the county and of what it lies in."""
        rest = re.sub(r"[\s/、\-]", "", written)
        for name in reversed(self._above):
            rest = rest.removeprefix(name)
            short = china.short_name(name)
            if rest == short or any(rest.startswith(short + china.short_name(other)) for other in self._above):
                rest = rest.removeprefix(short)
        return rest

    def may_be_in(self, address: str) -> str:
        """Another county in which an address may lie that begins with its short name, or "": 温岭大溪大洋城路8号,
        鹿城南浦路1号. To be asked about: 温岭路, 永嘉大厦 and 瑞安商会 are here."""
        rest = china.BEFORE.sub("", address, count=1)
        found = self._short_near.match(rest) or self._short_cities.match(rest)
        if found is None or self._own.match(rest) or self.other_county_in(address):
            return ""
        return "" if self.township_in(address).how == "stated" else found[1]

    @cached_property
    def _short_near(self) -> re.Pattern[str]:
        """A county of the province, or one next to the city, by its short name, with a road or village that is not
        called after it behind."""
        city, province = self.division.pk[:4], self.division.pk[:2]
        names = {
            name
            for name, codes in china.names().items()
            if any(len(c) == 6 and (c[:4] == city or (c[:2] == province and name[-1] in "市县")) for c in codes)
        }
        return self._short_then(names, rf"(?=[^\W\d路街巷弄道村]{{2,8}}?(?:{_PLACE}|\d+号))")

    @cached_property
    def _short_cities(self) -> re.Pattern[str]:
        """A city of a county's rank anywhere, before a township."""
        names = {name for name, codes in china.names().items() if name[-1] == "市" and any(len(c) == 6 for c in codes)}
        return self._short_then(names, r"(?=\w{1,4}?(?:镇|乡|街道))")

    def _short_then(self, names: set[str], then: str) -> re.Pattern[str]:
        own = {*map(_stem, self.townships), *self.villages, china.short_name(self.division.name)}
        short = {short for name in names if len(short := china.short_name(name)) > 1} - own
        return re.compile(rf"({_any_of(short)})(?!市|县|区|村|社区|{china.GOES_ON_SHORT.pattern}){then}")

    def _next_in(self, rest: str) -> str:
        found = self._others.match(rest) or self._short_others.match(rest)
        return found[1] if found else ""

    def within(self, address: str) -> str:
        """An address without the province, city and county with which it begins, as far as they are this one's."""
        rest = china.BEFORE.sub("", address, count=1).strip(" ,、:;")
        if (there := china.stated(rest)) and self._holds(there.codes):
            rest = there.rest
        while found := self._own.match(rest):
            rest = rest[found.end() :].lstrip()
        return rest.lstrip(" ,、:;")

    def _holds(self, codes: frozenset[str]) -> bool:
        """Whether one of these places is this county, a part of it, one above it, or what it was called before."""
        own = self.division.pk
        return any(
            own.startswith(code) or code.startswith(own) or (len(code) == 6 and code in self._former_codes)
            for code in codes
        )

    @cached_property
    def _former_codes(self) -> frozenset[str]:
        """Codes of places of the same short name in the province: 乐清县 was 332426 and 330323."""
        short = china.short_name(self.division.name)
        same = [codes for name, codes in china.names().items() if china.short_name(name) == short]
        return frozenset(code for codes in same for code in codes if code[:2] == self.division.pk[:2])

    @cached_property
    def _own(self) -> re.Pattern[str]:
        """Names of what the county lies in and its own, full or, where a township follows, short."""
        full = [re.escape(name) for name in self._above]
        short = [re.escape(china.short_name(name)) for name in self._above]
        places = (
            "|".join(map(re.escape, [*self.townships, *self._by_short, *map(china.short_name, self._above)])) or "(?!)"
        )
        return re.compile(rf"(?:{'|'.join(full)})(?!场|路|街(?!道)|大道)|(?:{'|'.join(short)})市?(?={places})")

    def _local(self, address: str) -> str:
        """An address for comparing: without the names of divisions, spaces and brackets."""
        return _SIGNS.sub("", self._within_township.sub("", self._inside(address)))

    def door(self, address: str) -> str:
        """A local address up to its first house number: 井大路8号2楼 -> 井大路8号."""
        local = self.local(address)
        found = _DOOR.match(local)
        return found[0] if found else local

    def _core(self, name: str) -> str:
        """What distinguishes an institution's name: without its place and the words every name has."""
        name = _NO_WORDS.sub("", self._inside(normal_name(name)))
        own = self._begins_with_a_place.sub("", name)
        return (_OF_EVERY_NAME.sub("", own) or own)[:MOST_SIGNS]

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
        # Of the city, and of the province those on file, no shorter than three: 城区 is a word here.
        city = self.division.pk[:4]
        on_file = Division.objects.filter(level="county", code__startswith=self.division.pk[:2])
        names = {name for name, codes in china.names().items() if any(c[:4] == city and len(c) == 6 for c in codes)}
        names |= {name for name in on_file.values_list("name", flat=True) if len(name) > 2}
        names |= NEXT_TO_THE_CITY if city == "3303" else set()
        names = {name for name in names if china.short_name(name) != china.short_name(self.division.name)}
        return re.compile(rf"({_any_of(names)})(?!{china.GOES_ON.pattern})")

    @cached_property
    def _short_others(self) -> re.Pattern[str]:
        """瑞安塘下镇: a county of the same city by its short name, before a township that is none of ours."""
        city = self.division.pk[:4]
        names = {name for name, codes in china.names().items() if any(c[:4] == city and len(c) == 6 for c in codes)}
        names |= NEXT_TO_THE_CITY if city == "3303" else set()
        short = {china.short_name(name) for name in names} - {china.short_name(self.division.name)}
        short = {name for name in short if len(name) > 1}
        return re.compile(rf"({_any_of(short)})(?!{_any_of(self.townships)})(?=\w{{1,4}}?(?:镇|乡|街道))")

    @cached_property
    def _within_township(self) -> re.Pattern[str]:
        return re.compile(_any_of(self.townships))

    @cached_property
    def _by_stem(self) -> dict[str, Division]:
        found: dict[str, Division] = {}
        for name, each in self.townships.items():
            found.setdefault(_stem(name), each)
        return found

    @cached_property
    def _by_short(self) -> dict[str, Division]:
        """Names without 镇, 乡, 街道, where only one township is called so."""
        found: dict[str, set[Division]] = {}
        for name, each in self.townships.items():
            found.setdefault(_stem(name), set()).add(each)
        return {name: next(iter(each)) for name, each in found.items() if len(name) > 1 and len(each) == 1}

    @cached_property
    def _short(self) -> re.Pattern[str]:
        return re.compile(rf"({_any_of(self._by_short)})(?!{NOT_THE_TOWNSHIP})")

    @cached_property
    def _mentioned(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!原)(?<!近)(?<!往)(?<!至)(?<!到)(?<!在)({_any_of(self.townships)})(?!{NAMES_ANOTHER})")

    @cached_property
    def _mentioned_village(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!原)(?<!近)(?<!往)(?<!至)(?<!到)(?<!在)({_any_of(self.villages)})(?!{NAMES_ANOTHER})")

    @cached_property
    def _begins_with_a_place(self) -> re.Pattern[str]:
        return re.compile(rf"^({'|'.join(map(re.escape, self._stems))})")

    @cached_property
    def _stems(self) -> list[str]:
        names = [self.division.name, *self.townships]
        return sorted({*names, *map(_stem, names)} - {""}, key=len, reverse=True)


def _by_first_sign(names: Iterable[str]) -> dict[str, list[str]]:
    """The longest first."""
    found: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        found.setdefault(name[:1], []).append(name)
    return found


def _begins(names: Iterable[str], rest: str) -> str:
    """The first of the names with which a text begins."""
    for name in names:
        if rest.startswith(name):
            return name
    return ""


def _any_of(names: Iterable[str]) -> str:
    """A pattern of any of the names, the longest first."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True)) or "(?!)"


def _stem(name: str) -> str:
    """柳市镇 -> 柳市, 乐成街道 -> 乐成, 玉环县 -> 玉环."""
    return name.removesuffix("街道") if name.endswith("街道") else re.sub(r"[镇乡县市区]$", "", name)
