"""差异说明: why the figures of a division differ between two moments. Each institution that stands otherwise is in one
part, for one reason (reasons.py), and the parts add up to the difference of every figure (docs/statistics.md)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.models import Case, CharField, Q, Value, When
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from accounts.errors import Invalid, enumerated
from figures.on_file import standing_by_rounds, there
from figures.places import Divisions, Where
from figures.reasons import NOT_COUNTED, REASONS, Reason, Reasons, Stood
from figures.standing import Standing
from figures.statistics import FIGURE_NAMES, FIGURES, Figures, counts_by, population
from institutions.models import (
    Institution,
    InstitutionQuerySet,
    licence_status_then,
    name_then,
    scope_code_then,
    surveyed,
)
from institutions.moments import Moment
from institutions.past import Listed, as_listed

SHOWN = 100  # institutions of a part that come with it; all of them are in its list
CHUNK = 1_000  # institutions that are in memory at a time, with what is on file about them


class Change(NamedTuple):
    """An institution that stands otherwise, and why."""

    pk: UUID
    was: Stood
    now: Stood
    reason: Reason

    def effect(self, figure: str) -> int:
        """1 where it came into the figure, -1 where it left it, else 0."""
        return (self.now.standing in FIGURES[figure]) - (self.was.standing in FIGURES[figure])

    def is_of(self, part: str, figure: str) -> bool:
        """Whether it is of a part, and came into a figure or left it; of any where none is named."""
        return part in ("", self.reason.code) and (not figure or self.effect(figure) != 0)


@dataclass(frozen=True)
class Changed:
    """A change as a list shows it: the institution as it was on the later day, on the earlier one where it left."""

    listed: Listed
    change: Change

    @property
    def happened_on(self) -> date | None:
        return self.change.reason.happened_on

    @property
    def known_at(self) -> datetime | None:
        return self.change.reason.known_at

    @property
    def says(self) -> str:
        """Why, in words."""
        return str(REASONS[self.change.reason.code])

    @property
    def was(self) -> str:
        return _in_words(self.change.was)

    @property
    def now(self) -> str:
        return _in_words(self.change.now)

    def as_json(self) -> dict[str, str | None]:
        was, now = self.change.was, self.change.now
        return {
            "id": str(self.change.pk),
            "name": self.listed.name,
            "township": self.listed.division_name,
            "from": was.standing or None,
            "to": now.standing or None,
            "from_licence_status": was.licence_status or None,
            "to_licence_status": now.licence_status or None,
            "from_division": was.part or None,
            "to_division": now.part or None,
            "reason": self.change.reason.code,
            "happened_on": self.happened_on.isoformat() if self.happened_on else None,
            "known_at": self.known_at.isoformat() if self.known_at else None,
        }


def _in_words(stood: Stood) -> str:
    return str(Standing(stood.standing).label if stood.standing else _("不计入"))


@dataclass
class Part:
    """The institutions that stand otherwise for one reason: how many, what they add to each figure or take from it, and
    the first of them. All of one figure add to it, or all take from it: the number is the length of their list."""

    code: str
    count: int = 0
    effects: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))
    institutions: list[Changed] = field(default_factory=list)
    query: str = ""  # of its whole list, for the page of the difference and for the API

    @property
    def says(self) -> str:
        return str(REASONS[self.code])

    def add(self, change: Change) -> None:
        self.count += 1
        for figure in FIGURES:
            self.effects[figure] += change.effect(figure)

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "says": self.says,
            "count": self.count,
            "effects": self.effects,
            "institutions": [each.as_json() for each in self.institutions],
            "query": self.query,
        }


@dataclass(frozen=True)
class Compared:
    """The figures of a division, or of a part of it, at both moments."""

    key: str
    name: str
    before: Figures
    after: Figures

    @property
    def change(self) -> dict[str, int]:
        return {name: getattr(self.after, name) - getattr(self.before, name) for name in FIGURES}

    def as_json(self) -> dict[str, Any]:
        figures = {"earlier": self.before.as_json(), "later": self.after.as_json()}
        return {"key": self.key, "name": self.name, **figures, "change": self.change}


@dataclass(frozen=True)
class Differences:
    """The figures of a division at two moments, the parts of their difference, and the same of each division below."""

    earlier: Moment
    later: Moment
    total: Compared
    parts: list[Part]
    by_division: list[Compared]

    @cached_property
    def sums(self) -> dict[str, int]:
        """What the parts add up to, by figure."""
        return {figure: sum(part.effects[figure] for part in self.parts) for figure in FIGURES}

    @property
    def adds_up(self) -> bool:
        """Whether the parts add up to the whole difference of every figure, and those of the divisions below do."""
        below = {figure: sum(each.change[figure] for each in self.by_division) for figure in FIGURES}
        return self.sums == self.total.change == below

    @property
    def count(self) -> int:
        """How many institutions stand otherwise."""
        return sum(part.count for part in self.parts)

    def count_of(self, part: str, figure: str) -> int:
        """How many of them are of a part, and came into a figure or left it; of any where none is named."""
        parts = [each for each in self.parts if part in ("", each.code)]
        return sum(abs(each.effects[figure]) if figure else each.count for each in parts)

    @property
    def headline(self) -> str:
        """“已整改 +41。其中：新发现问题6所、合并2所。”, in a sentence; what moved most institutions first."""
        moved = [
            f"{label} {self.total.change[name]:+d}".replace("-", "−")
            for name, label in FIGURE_NAMES.items()
            if self.total.change[name]
        ]
        parts = sorted(self.parts, key=lambda part: -part.count)
        told = [_("%(what)s%(n)s所") % {"what": part.says, "n": part.count} for part in parts]
        if not told:
            return _("两个时点的指标相同，没有机构变动。")
        said = {"figures": enumerated(moved) if moved else _("各项指标的数不变"), "parts": enumerated(told)}
        return _("%(figures)s。其中：%(parts)s。") % said

    def as_json(self) -> dict[str, Any]:
        return {
            "division": self.total.key,
            "name": self.total.name,
            "earlier": _moment(self.earlier),
            "later": _moment(self.later),
            "total": self.total.as_json(),
            "parts": [part.as_json() for part in self.parts],
            "by_division": [each.as_json() for each in self.by_division],
            "adds_up": self.adds_up,
        }


def _moment(moment: Moment) -> dict[str, str]:
    return {"as_of": moment.on.isoformat(), "known_at": moment.known_at.isoformat()}


def differences(
    division: Divisions,
    earlier: Moment,
    later: Moment,
    *,
    within: InstitutionQuerySet | None = None,
    shown: int = SHOWN,
    part: str = "",
    figure: str = "",
) -> Differences:
    """The difference between two moments, of which `later` is not the earlier one by either clock. At most `shown`
    institutions come with each part; where one `part` or `figure` is asked for, none but those of it.

    `within` is what somebody may see. Raises Invalid where `later` is the earlier one by a clock, UnknownDivision.
    """
    parts = {code: Part(code) for code in REASONS}
    first: dict[str, list[Change]] = {code: [] for code in REASONS}
    for change in each_change(division, earlier, later, within=within):
        code = change.reason.code
        parts[code].add(change)
        if len(first[code]) < shown and change.is_of(part, figure):
            first[code].append(change)
    listed = {each.change.pk: each for each in as_changed([c for some in first.values() for c in some], earlier, later)}
    total, below = _compared(division, earlier, later, within)
    asked = {"division": total.key, "before": earlier.on.isoformat(), "as_of": later.on.isoformat()}
    asked |= {"before_known_at": earlier.known_at.isoformat(), "known_at": later.known_at.isoformat()}
    for code, each in parts.items():
        each.institutions = [listed[change.pk] for change in first[code]]
        each.query = urlencode(asked | {"part": code})
    return Differences(earlier, later, total, [each for each in parts.values() if each.count], below)


def each_change(
    division: Divisions, earlier: Moment, later: Moment, *, within: InstitutionQuerySet | None = None
) -> Iterator[Change]:
    """Every institution that stands otherwise, in the order of lists, with the reason; read in pieces."""
    _check_order(earlier, later)
    reasons = Reasons(division, earlier, later)
    for stood in _read(division, earlier, later, within):
        why = reasons.of(stood)
        for pk, (was, now) in stood.items():
            yield Change(pk, was, now, why[pk])


def as_changed(changes: Iterable[Change], earlier: Moment, later: Moment) -> list[Changed]:
    """Changes as a list shows them, in their order."""
    some = list(changes)
    rows = Institution.objects.in_bulk([change.pk for change in some])
    listed: dict[UUID, Listed] = {}
    for moment, those in (
        (later, [change for change in some if change.now.standing]),
        (earlier, [change for change in some if not change.now.standing]),
    ):
        shown = as_listed([rows[change.pk] for change in those], moment)
        listed |= {change.pk: each for change, each in zip(those, shown, strict=True)}
    return [Changed(listed[change.pk], change) for change in some]


def _check_order(earlier: Moment, later: Moment) -> None:
    if later.on < earlier.on:
        said = {"later": later.on, "earlier": earlier.on}
        raise Invalid({"before": [_("期末 %(later)s 早于期初 %(earlier)s，请对调两个日期。") % said]})
    if later.known_at < earlier.known_at:
        raise Invalid({"before_known_at": [_("期末所知的时刻早于期初所知的时刻，请对调，或两者都留空。")]})


def _compared(
    division: Divisions, earlier: Moment, later: Moment, within: InstitutionQuerySet | None
) -> tuple[Compared, list[Compared]]:
    """The figures at both moments, of the whole and of each division below."""
    where = Where.of(division, later)
    before, after = (_by_part(where, moment, within) for moment in (earlier, later))
    names = where.parts({*before, *after}, later)
    below = [Compared(code, name, _sum(before, code), _sum(after, code)) for code, name in names.items()]
    return Compared(where.code, where.name, _sum(before), _sum(after)), below


def _by_part(where: Where, moment: Moment, within: InstitutionQuerySet | None) -> dict[str, Figures]:
    part = Substr(scope_code_then(moment), 1, where.part_digits)
    counted = counts_by(population(where.codes, moment, within), moment, part)
    found: dict[str, Figures] = {}
    for code, figures in counted.items():
        found[where.part_of(code)] = _added(found.get(where.part_of(code), Figures()), figures)
    return found


def _added(one: Figures, other: Figures) -> Figures:
    return Figures(**{name: getattr(one, name) + getattr(other, name) for name in FIGURES})


def _sum(parts: dict[str, Figures], code: str | None = None) -> Figures:
    """Of one part, or of all."""
    total = Figures()
    for key, figures in parts.items():
        total = _added(total, figures) if code in (None, key) else total
    return total


def _read(
    division: Divisions, earlier: Moment, later: Moment, within: InstitutionQuerySet | None
) -> Iterator[dict[UUID, tuple[Stood, Stood]]]:
    """Those that stand otherwise, where and as what, some at a time. One query: where anybody stands is worked out once
    at each moment, and only those that differ leave the database."""
    where = Where.of(division, later)
    those = Institution.objects.all() if within is None else within
    each, params = (
        those.filter(there(division, earlier) | there(division, later))
        .annotate(
            was=stands(division, earlier),
            now=stands(division, later),
            was_in=Substr(scope_code_then(earlier), 1, where.part_digits),
            now_in=Substr(scope_code_then(later), 1, where.part_digits),
            was_seen=licence_status_then(earlier),
            now_seen=licence_status_then(later),
            called=name_then(later),
            place=scope_code_then(later),
        )
        .order_by()
        .values_list("pk", "was", "now", "was_in", "now_in", "was_seen", "now_seen", "called", "place")
        .query.sql_with_params()
    )
    columns = "pk, was, now, was_in, now_in, was_seen, now_seen"
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"WITH each_one ({columns}, called, place) AS MATERIALIZED ({each}) "  # noqa: S608 (the ORM's own query)
            f"SELECT {columns} FROM each_one "
            "WHERE was <> now OR was <> '' AND (was_in <> now_in OR was_seen <> now_seen) ORDER BY place, called, pk",
            params,
        )
        while rows := cursor.fetchmany(CHUNK):
            stood = dict(_stood(where, *row) for row in rows)
            yield {pk: (was, now) for pk, (was, now) in stood.items() if was != now}


def _stood(where: Where, pk: Any, was: str, now: str, *told: str) -> tuple[UUID, tuple[Stood, Stood]]:
    """A row of the query: where it is not counted, it is in no part, surveyed as nothing."""
    was_in, now_in, was_seen, now_seen = told
    stood = tuple(
        Stood(standing, where.part_of(part), seen) if standing else Stood(NOT_COUNTED, "", "")
        for standing, part, seen in ((was, was_in, was_seen), (now, now_in, now_seen))
    )
    return UUID(str(pk)), (stood[0], stood[1])


def stands(division: Divisions, moment: Moment) -> Case:
    """Where an institution stands at a moment in a division; NOT_COUNTED where it is in no figure there."""
    counted = there(division, moment) & Q(surveyed(moment))
    return Case(When(counted, then=standing_by_rounds(moment)), default=Value(NOT_COUNTED), output_field=CharField())
