"""How alike two registrations are, with the reasons in words: certain, another campus, for a person to decide, or new.

Source: docs/import-formats.en.md, "A person decides". Nothing is merged by the machine: `certain` is what an import
takes for the same institution, `candidate` what it asks about.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from institutions.duplicates.reading import Entry, ReadAddress, Reader, ReadName
from institutions.names import NEAR

NEAR_STREET = 0.7  # of what stands before and after one house number: a sign in three may differ


class Verdict(StrEnum):
    CERTAIN = "certain"
    CAMPUS = "campus"
    CANDIDATE = "candidate"
    NEW = "new"


class Reason(StrEnum):
    """What two registrations have in common; WORDS says it to people."""

    SAME_CODE = "same_code"
    SAME_PERMIT = "same_permit"
    SAME_NAME = "same_name"
    FORMER_NAME = "former_name"
    NEAR_NAME = "near_name"
    SAME_ADDRESS = "same_address"
    SAME_DOOR = "same_door"
    NEAR_ADDRESS = "near_address"
    SAME_PHONE = "same_phone"
    OTHER_ADDRESS = "other_address"
    OTHER_CODE = "other_code"


WORDS: dict[Reason, str | Promise] = {
    Reason.SAME_CODE: _("统一社会信用代码相同"),
    Reason.SAME_PERMIT: _("办学许可证号相同"),
    Reason.SAME_NAME: _("名称相同"),
    Reason.FORMER_NAME: _("与曾用名或并入的名称相同"),
    Reason.NEAR_NAME: _("名称相近"),
    Reason.SAME_ADDRESS: _("地址相同"),
    Reason.SAME_DOOR: _("同一门牌"),
    Reason.NEAR_ADDRESS: _("地址相近"),
    Reason.SAME_PHONE: _("电话相同"),
    Reason.OTHER_ADDRESS: _("地址不同"),
    Reason.OTHER_CODE: _("统一社会信用代码不同"),
}
_NAMED = {Reason.SAME_NAME, Reason.FORMER_NAME, Reason.NEAR_NAME}
_SAME_NAME = {Reason.SAME_NAME, Reason.FORMER_NAME}
_PLACED = {Reason.SAME_ADDRESS, Reason.SAME_DOOR}
_CODED = {Reason.SAME_CODE, Reason.SAME_PERMIT}


@dataclass(frozen=True)
class Match:
    """One registration that another may be, and why. `score` orders them, the most alike first (0–100)."""

    entry: Entry
    verdict: Verdict
    reasons: tuple[Reason, ...]
    score: float

    @property
    def words(self) -> list[str]:
        return [str(WORDS[each]) for each in self.reasons]


def compare(one: Entry, other: Entry, reader: Reader) -> Match:
    """What the two have in common, and what follows from it; `other` is the entry of the match."""
    likeness, named = _name_likeness(one, other, reader)
    placed, nearness = _place_likeness(one, other, reader)
    reasons = {*_codes(one, other), *named, *placed}
    if one.phones & other.phones:
        reasons.add(Reason.SAME_PHONE)
    verdict = _verdict(one, other, reasons)
    in_order = tuple(each for each in Reason if each in reasons)
    weight = 40 * likeness + 40 * nearness + 20 * bool(reasons & {Reason.SAME_PHONE, *_CODED})
    return Match(other, verdict, in_order, round(weight, 1))


def _verdict(one: Entry, other: Entry, reasons: set[Reason]) -> Verdict:
    elsewhere = Reason.OTHER_ADDRESS in reasons
    if reasons & _CODED:
        # A code of several places: the one of this name, or at this address, is the same; another place is a campus.
        if reasons & _SAME_NAME or reasons & _PLACED or Reason.NEAR_NAME in reasons and not elsewhere:
            return Verdict.CERTAIN
        return Verdict.CAMPUS if elsewhere else Verdict.CANDIDATE
    here = one.township == other.township
    apart = Reason.OTHER_CODE in reasons
    if here and reasons & _SAME_NAME:
        return Verdict.CERTAIN if Reason.SAME_ADDRESS in reasons and not apart else Verdict.CANDIDATE
    if apart:
        return Verdict.NEW
    close = reasons & {*_PLACED, Reason.NEAR_ADDRESS}
    if reasons & _NAMED and (close and here or Reason.SAME_PHONE in reasons):
        return Verdict.CANDIDATE
    if Reason.SAME_PHONE in reasons and reasons & _PLACED and here:
        return Verdict.CANDIDATE
    return Verdict.NEW


def _codes(one: Entry, other: Entry) -> Iterable[Reason]:
    if one.credit_code and other.credit_code:
        yield Reason.SAME_CODE if one.credit_code == other.credit_code else Reason.OTHER_CODE
    if one.bare_permits & other.bare_permits:
        yield Reason.SAME_PERMIT


def _name_likeness(one: Entry, other: Entry, reader: Reader) -> tuple[float, set[Reason]]:
    """How alike their names are (0–1), of all they are and were called, and as what."""
    best, same = 0.0, False
    for mine in one.names:
        for theirs in other.names:
            first, second = reader.name(mine), reader.name(theirs)
            same = same or bool(first.whole) and first.whole == second.whole
            best = max(best, name_likeness(first, second))
    if same:
        present = reader.name(one.name).whole == reader.name(other.name).whole
        return 1.0, {Reason.SAME_NAME if present else Reason.FORMER_NAME}
    return best, {Reason.NEAR_NAME} if best >= NEAR else set()


def name_likeness(one: ReadName, other: ReadName) -> float:
    """0–1; 0 for names that count the places of one operator otherwise: 第一分校 is not 第二分校."""
    if one.serials != other.serials or not one.core or not other.core:
        return 0.0
    return fuzz.ratio(one.core, other.core) / 100


def _place_likeness(one: Entry, other: Entry, reader: Reader) -> tuple[set[Reason], float]:
    """Of all the addresses they have and had the two most alike, and how much so (0–1). Nothing when one has none."""
    found, best = set(), -1.0
    for mine in one.addresses:
        for theirs in other.addresses:
            reason, near = _addresses(reader.address(mine), reader.address(theirs))
            if near > best:
                found, best = {reason}, near
    return found, max(best, 0.0)


def _addresses(one: ReadAddress, other: ReadAddress) -> tuple[Reason, float]:
    """Another house number is another address, however alike the rest is."""
    if one.local and one.local == other.local:
        return Reason.SAME_ADDRESS, 1.0
    if one.door and one.door == other.door:
        return Reason.SAME_DOOR, 0.9
    if one.number == other.number and one.number:
        near = fuzz.ratio(one.street, other.street) / 100
        return (Reason.NEAR_ADDRESS, near * 0.8) if near >= NEAR_STREET else (Reason.OTHER_ADDRESS, 0.0)
    if one.road and one.road == other.road and not (one.number and other.number):
        return Reason.NEAR_ADDRESS, 0.6
    return Reason.OTHER_ADDRESS, 0.0
