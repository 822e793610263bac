"""Which area of a file is which division: by a column of names or codes, the rest proposed and left to a person."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import enumerated
from accounts.scope import within_prefixes
from institutions.models import Division, DivisionName
from mapping.boundaries import refusals
from mapping.boundaries.files import Feature, Reading

LEAVE_OUT = "none"  # the answer that an area is no division of ours
NEAR = 75  # of 100: names that are so alike are proposed
SEEN = 6  # columns that a refusal repeats
ENDINGS = ("街道办事处", "街道", "镇", "乡", "自治县", "县", "市", "区")
DIGITS = {"township": 9, "county": 6}


@dataclass(frozen=True)
class Match:
    """An area of the file, what it says it is, and what that is taken for. `how` is "code" or "name" where that is
    certain; "former", "short" or "near" where it is proposed; "chosen"; "" where nothing is."""

    feature: Feature
    said: str
    division: Division | None
    how: str

    @property
    def number(self) -> int:
        return self.feature.number

    @property
    def certain(self) -> bool:
        return self.how in ("code", "name", "chosen", "left_out")


class Divisions:
    """Those of a level in a division that are in force, by code, name and former names."""

    def __init__(self, area: Division, level: str, on: Any):
        within = Division.objects.filter(within_prefixes("code", [area.pk]), level=level)
        self.area, self.level = area, level
        self.all = list(within.in_force_on(on).order_by("code"))
        self.by_code = {each.pk: each for each in self.all}

    @cached_property
    def by_name(self) -> dict[str, list[Division]]:
        return _grouped((_plain(each.name), each) for each in self.all)

    @cached_property
    def by_former_name(self) -> dict[str, list[Division]]:
        names = DivisionName.objects.filter(division__in=self.by_code).order_by("pk")
        return _grouped((_plain(each.name), self.by_code[each.division_id]) for each in names)

    @cached_property
    def by_short_name(self) -> dict[str, list[Division]]:
        return _grouped((_short(each.name), each) for each in self.all)

    @cached_property
    def above(self) -> list[str]:
        """The names of what the divisions lie in, the widest first: 浙江省, 温州市, 乐清市."""
        codes = [self.area.pk[:digits] for digits in (2, 4, 6) if digits <= len(self.area.pk)]
        counties = {each.parent_id for each in self.all if self.level == "township" and each.parent_id}
        found = Division.objects.filter(pk__in={*codes, *counties}).order_by("code")
        return [_plain(each.name) for each in found]

    def of(self, said: str) -> tuple[Division | None, str]:
        found, how = self.named(said)
        return (found, how) if found or self.code_in(said) else self._near(self._bare(said))

    def named(self, said: str) -> tuple[Division | None, str]:
        """By its code or one of its names; each text is looked at once."""
        if said not in self._named:
            self._named[said] = self._by_code_or_name(said)
        return self._named[said]

    @cached_property
    def _named(self) -> dict[str, tuple[Division | None, str]]:
        return {}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {each.pk: _plain(each.name) for each in self.all}

    def _bare(self, said: str) -> str:
        name = _plain(said)
        for above in self.above:
            if name != above:
                name = name.removeprefix(above)
        return name

    def _by_code_or_name(self, said: str) -> tuple[Division | None, str]:
        if code := self.code_in(said):
            return self.by_code.get(code), "code" if code in self.by_code else ""
        if name := self._bare(said):
            for found, how in (
                (self.by_name.get(name), "name"),
                (self.by_former_name.get(name), "former"),
                (self.by_short_name.get(_short(name)), "short"),
            ):
                if found and len(found) == 1:
                    return found[0], how
        return None, ""

    def code_in(self, said: str) -> str:
        """330382114, 330382114000, 330382 -> as long as codes of the level are; "" for what is no code."""
        digits = DIGITS[self.level]
        if not (said.isascii() and said.isdigit()) or len(said) not in (digits, 12) or set(said[digits:]) - {"0"}:
            return ""
        return said[:digits]

    def _near(self, name: str) -> tuple[Division | None, str]:
        from rapidfuzz import fuzz, process

        if len(name) < 2:
            return None, ""
        found = process.extract(name, self._names, scorer=fuzz.ratio, score_cutoff=NEAR, limit=2)
        if not found or (len(found) == 2 and found[0][1] == found[1][1]):
            return None, ""
        return self.by_code[found[0][2]], "near"


def column_for(reading: Reading, divisions: Divisions) -> str:
    """The column that says of most areas which division they are; of two the one that names none twice. Raises
    UnreadableBoundaries when none says it of any."""
    if not reading.columns:
        raise refusals.refusal("NO_ATTRIBUTES", {})
    told = {name: _told(reading, divisions, name) for name in reading.columns}
    best = max(told, key=lambda name: told[name])
    if told[best][0] <= 0:
        check_in_scope(reading, divisions, best)
        raise refusals.refusal("NOTHING_MATCHES", _seen(reading, divisions))
    return best


def _told(reading: Reading, divisions: Divisions, column: str) -> tuple[int, int, int]:
    """How many different divisions a column names for certain, less those named twice; by proposal; by code."""
    found = [divisions.named(each.values.get(column, "")) for each in reading.features]
    certain = [division.pk for division, how in found if division and how in ("code", "name")]
    proposed = {division.pk for division, how in found if division and how in ("former", "short")}
    here = sum(
        divisions.code_in(each.values.get(column, "")).startswith(divisions.area.pk) for each in reading.features
    )
    once = 2 * len(set(certain)) - len(certain)
    return max(once, 1 if certain else 0) or (1 if proposed else 0), len(proposed), here


def _seen(reading: Reading, divisions: Divisions) -> dict[str, Any]:
    first = reading.features[0].values
    seen = enumerated(f"{name}={first.get(name, '')[:20]}" for name in reading.columns[:SEEN])
    level = {"township": _("乡镇（街道）"), "county": _("县（市、区）")}[divisions.level]
    return {"division": divisions.area.name, "level": level, "seen": seen}


def check_in_scope(reading: Reading, divisions: Divisions, column: str) -> None:
    """Raise UnreadableBoundaries for codes of divisions elsewhere."""
    told = [(each.number, each.values.get(column, "")) for each in reading.features]
    away = [(number, said) for number, said in told if _is_elsewhere(divisions.code_in(said), divisions.area.pk)]
    if away:
        numbers = enumerated(number for number, _said in away[:SEEN])
        names = enumerated(said for _number, said in away[:SEEN])
        raise refusals.refusal("OUT_OF_SCOPE", {"numbers": numbers, "names": names, "division": divisions.area.name})


def _is_elsewhere(code: str, area: str) -> bool:
    return bool(code) and not code.startswith(area)


def matches_of(
    reading: Reading, divisions: Divisions, column: str, chosen: Mapping[int, str] | None = None
) -> list[Match]:
    """Each area with what it is taken for; `chosen` is what a person said, by number: a code, or LEAVE_OUT. A division
    that another area is for certain, or that areas of different names might be, is proposed for none."""
    chosen = chosen or {}
    found: list[Match] = []
    for each in reading.features:
        said, answer = each.values.get(column, ""), chosen.get(each.number, "")
        if answer == LEAVE_OUT:
            found.append(Match(each, said, None, "left_out"))
        elif answer in divisions.by_code:
            found.append(Match(each, said, divisions.by_code[answer], "chosen"))
        else:
            found.append(Match(each, said, *divisions.of(said)))
    certain = {each.division.pk for each in found if each.division and each.certain}
    names: dict[str, set[str]] = {}
    for match in found:
        if match.division:
            names.setdefault(match.division.pk, set()).add(match.said)
    return [
        replace(each, division=None, how="")
        if each.division and not each.certain and (each.division.pk in certain or len(names[each.division.pk]) > 1)
        else each
        for each in found
    ]


def check_once(matches: Sequence[Match], column: str) -> None:
    """Raise UnreadableBoundaries where several areas are one division."""
    by_code: dict[str, list[Match]] = {}
    for each in matches:
        if each.division is not None:
            by_code.setdefault(each.division.pk, []).append(each)
    for several in by_code.values():
        if len(several) > 1 and several[0].division is not None:
            numbers = enumerated(each.number for each in several[:SEEN])
            told = {"column": column, "count": len(several), "division": several[0].division.name, "numbers": numbers}
            raise refusals.refusal("TWICE", told)


def _grouped(pairs: Iterable[tuple[str, Division]]) -> dict[str, list[Division]]:
    found: dict[str, list[Division]] = {}
    for name, division in pairs:
        if name and division not in found.setdefault(name, []):
            found[name].append(division)
    return found


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _short(name: str) -> str:
    name = _plain(name)
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name
