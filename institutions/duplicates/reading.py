"""Names, addresses and telephones as they are compared. What was read lately is not read again."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from institutions.names import bare_permit, normal_name
from institutions.places import County

MOST_KEPT = 20_000  # texts that a reader remembers; what is asked again is read again
FEWEST_DIGITS = 7  # of a telephone number; what is shorter is an extension
# 第一分校, 二校区, 东部, A校区: what tells one place of an operator from the next. Chinese numbers are numbers.
_SERIAL = re.compile(
    r"第?([0-9一二三四五六七八九十]+|[东西南北中新老总甲乙丙丁a-z])(?=分?(?:校区|校|部|店|馆|园|点|所|中心|班|教学点|分部))"
    r"|(总部|总校|分校|分部|分店)|第([0-9一二三四五六七八九十]+)|([0-9]+)(?=$|\D)"
)
_NUMBERS = str.maketrans("一二三四五六七八九", "123456789")
_NUMBER = re.compile(r"[0-9][0-9-]*(?=号)")
_MOBILE = re.compile("1[0-9]{10}")
_ROAD = re.compile(r"^(.*?(?:大道|路|街|巷|弄|村|里|广场|小区|大厦|中心))")


@dataclass(frozen=True, slots=True)
class ReadName:
    """`whole` is the name without spaces, brackets and 有限公司; `core` what distinguishes it; `serials` what counts
    the places of one operator."""

    whole: str
    core: str
    serials: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadAddress:
    """`local` is the address without divisions, `door` up to its house number, `road` up to the name of the street or
    building, `street` the door without its `number`."""

    local: str
    door: str
    road: str
    street: str
    number: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A registration, or a row of a register, as it is compared. `key` says which: an institution's id, a row's number.

    `also` are further names and addresses it is or was known by; `township` the code of nine digits.
    """

    key: UUID | int | str
    name: str
    township: str
    address: str = ""
    credit_code: str = ""
    permits: tuple[str, ...] = ()
    phone: str = ""
    also_named: tuple[str, ...] = ()
    also_at: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.also_named) if self.also_named else (self.name,)

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(each for each in (self.address, *self.also_at) if each)

    @property
    def bare_permits(self) -> frozenset[str]:
        return _bare(self.permits) if self.permits else NOTHING

    @property
    def phones(self) -> frozenset[str]:
        """Each number by its digits, a landline without its area code."""
        return _phones(self.phone) if self.phone else NOTHING


NOTHING: frozenset[str] = frozenset()


@lru_cache(maxsize=2_000)
def _bare(permits: tuple[str, ...]) -> frozenset[str]:
    return frozenset(bare_permit(each) for each in permits if each)


@lru_cache(maxsize=2_000)
def _phones(written: str) -> frozenset[str]:
    if _MOBILE.fullmatch(written):
        return frozenset([written])
    digits = (re.sub(r"\D", "", part) for part in re.split(r"[、,;/，；\s]+", written))
    return frozenset(each if each.startswith("1") else each[-8:] for each in digits if len(each) >= FEWEST_DIGITS)


class Reader:
    """Reads for one county, whose townships and villages stand in names and addresses."""

    def __init__(self, county: County):
        self.county = county
        self._names: dict[str, ReadName] = {}
        self._addresses: dict[str, ReadAddress] = {}

    def name(self, text: str) -> ReadName:
        found = self._names.get(text)
        if found is None:
            _make_room(self._names)
            whole = normal_name(text)
            found = self._names[text] = ReadName(whole, self.county.core(text), _serials(whole))
        return found

    def address(self, text: str) -> ReadAddress:
        found = self._addresses.get(text)
        if found is None:
            _make_room(self._addresses)
            plain = unicodedata.normalize("NFKC", text)
            local, door = self.county.local(plain), self.county.door(plain)
            road, number = _ROAD.match(local), _NUMBER.search(door)
            street = _NUMBER.sub("", door)
            found = ReadAddress(local, door, road[1] if road else "", street, number[0] if number else "")
            self._addresses[text] = found
        return found

    def identity(self, entry: Entry) -> str:
        """Name, township and door as they are compared: a row that says the same next month is the same row."""
        at = self.address(entry.address).door if entry.address else ""
        return f"{entry.township}|{self.name(entry.name).whole}|{at}"


def _make_room(known: dict[str, Any]) -> None:
    if len(known) >= MOST_KEPT:
        known.clear()


def _serials(whole: str) -> frozenset[str]:
    found = ("".join(filter(None, groups)) for groups in _SERIAL.findall(whole))
    return frozenset(each.translate(_NUMBERS).replace("总校", "总").replace("总部", "总") for each in found)
