"""What a division collected of those below, added up: who is missing, whose figures contradict, the sums, the ranks."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from figures.statistics import FIGURES, Figures
from institutions.models import Demonstration, Division
from institutions.moments import Moment
from institutions.past import as_called
from reports.collecting.checks import Doubt, doubts
from reports.models import Collected


class State(TextChoices):
    MISSING = "missing", gettext_lazy("缺报")
    CONTRADICTS = "contradicts", gettext_lazy("矛盾")
    RECEIVED = "received", gettext_lazy("已收")


@dataclass(frozen=True)
class Below:
    """A division that has to report, and what came of it."""

    code: str
    name: str
    state: State = State.MISSING
    figures: Figures = Figures()
    doubts: list[Doubt] = field(default_factory=list)
    kept: Collected | None = None
    rank: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As the command and the exports give it."""
        told: dict[str, Any] = {"key": self.code, "name": self.name, "state": self.state.value, "rank": self.rank}
        if self.kept is not None:
            told |= {"version": self.kept.version, "sha256": self.kept.sha256, **self.figures.as_json()}
        told["contradictions"] = [doubt.says for doubt in self.doubts if doubt.blocks]
        return told | {"remarks": [doubt.says for doubt in self.doubts if not doubt.blocks]}


@dataclass(frozen=True)
class RollUp:
    """`total` is of those received alone: who is missing or contradicts is named, never guessed."""

    division: str
    name: str
    as_of: date
    rows: list[Below]
    total: Figures

    def of(self, state: State) -> list[Below]:
        return [row for row in self.rows if row.state == state]

    @property
    def missing(self) -> list[Below]:
        return self.of(State.MISSING)

    @property
    def contradicting(self) -> list[Below]:
        return self.of(State.CONTRADICTS)

    @property
    def received(self) -> list[Below]:
        return self.of(State.RECEIVED)

    @property
    def complete(self) -> bool:
        return bool(self.rows) and len(self.received) == len(self.rows)

    def as_json(self) -> dict[str, Any]:
        return {
            "division": self.division,
            "name": self.name,
            "as_of": self.as_of.isoformat(),
            "complete": self.complete,
            "missing": [row.code for row in self.missing],
            "contradicting": [row.code for row in self.contradicting],
            "total": self.total.as_json(),
            "rows": [row.as_json() for row in self.rows],
        }


def rolled_up(division: Division, as_of: date) -> RollUp:
    """The reports of the divisions right below that were collected as of a day; of each what knows most."""
    moment = Moment.of(as_of)
    below = Division.objects.children_of(division.code).in_force_at(moment)
    names = {each.code: each.name for each in as_called(below, moment)}
    kept = _newest(Collected.objects.of(division.code, as_of))
    last = _newest(Collected.objects.before(division.code, as_of))
    demonstration = Demonstration.objects.exists()
    others = {code: json.loads(each.content)["name"] for code, each in kept.items() if code not in names}
    ended = {each.code: Doubt(not_in_force(as_of)) for each in Division.objects.filter(pk__in=others)}
    unknown = Doubt(_("本系统没有这个下级辖区"), blocks=False)
    strange = {code: [ended.get(code, unknown)] for code in others}
    names |= others
    rows = [
        _judged(code, names[code], kept.get(code), last.get(code), strange.get(code, []), demonstration=demonstration)
        for code in sorted(names)
    ]
    received = [row for row in rows if row.state == State.RECEIVED]
    total = Figures(**{name: sum(getattr(row.figures, name) for row in received) for name in FIGURES})
    return RollUp(division.code, as_called([division], moment)[0].name, as_of, list(_ranked(rows)), total)


def not_in_force(as_of: date) -> str:
    """Its institutions are counted by whoever has them on that day: added up they would be counted twice."""
    return _("截至%(day)s 尚未设立或已撤销") % {"day": as_of.isoformat()}


def _newest(found: Iterable[Collected]) -> dict[str, Collected]:
    """Of each division that of its latest day which knows most, whatever came in last; `found` in the order of days."""
    newest: dict[str, Collected] = {}
    for each in found:
        there = newest.get(each.below)
        if there is None or there.as_of < each.as_of or _knows(there) <= _knows(each):
            newest[each.below] = each
    return newest


def _knows(kept: Collected) -> tuple[datetime, int]:
    """What its K is, at most when it came: nothing is known before."""
    known_at = datetime.fromisoformat(json.loads(kept.content)["known_at"])
    return min(known_at, kept.collected_at), kept.version


def _judged(
    code: str,
    name: str,
    kept: Collected | None,
    last: Collected | None,
    strange: list[Doubt],
    *,
    demonstration: bool,
) -> Below:
    if kept is None:
        return Below(code, name)
    content = json.loads(kept.content)
    before = json.loads(last.content) if last else None
    found = strange + doubts(content, before, kept.ours, vouched=kept.vouched, demonstration=demonstration)
    state = State.CONTRADICTS if any(doubt.blocks for doubt in found) else State.RECEIVED
    return Below(code, name, state, figures_in(content["total"]), found, kept)


def figures_in(row: Mapping[str, Any]) -> Figures:
    return Figures(**{name: row[name] for name in FIGURES})


def _ranked(rows: list[Below]) -> Iterable[Below]:
    """By completion rate among those received; equal rates share a rank, and the next is skipped."""
    rates = [row.figures.completion_rate for row in rows if row.state == State.RECEIVED]
    known = [rate for rate in rates if rate is not None]
    for row in rows:
        rate = row.figures.completion_rate
        counted = row.state == State.RECEIVED and rate is not None
        rank = 1 + sum(other > rate for other in known) if counted and rate is not None else None
        yield Below(row.code, row.name, row.state, row.figures, row.doubts, row.kept, rank)
