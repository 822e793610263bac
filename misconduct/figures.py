"""What is counted of the second ledger: cases handled in a period, the persons concerned, and what was done about them.

A figure is a set of cases or of persons: `cases` and `persons` are its list, and counting them is its number
(docs/statistics.md). Persons are counted once however many cases and measures they have; measures are never added up.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from institutions.moments import Moment, month_end
from misconduct.models import OF_SCHOOLS, Case, CaseQuerySet, Kind, Measure, MeasureKind, Party, PartyQuerySet, Person

CASES, PERSONS = "cases", "persons"
Part = str | dict[str, Any]
Sentence = list[Part]  # texts, and numbers as a report keeps them


@dataclass(frozen=True)
class Period:
    """From a day to the day of the moment, both included, as known at the moment."""

    since: date
    moment: Moment


@dataclass(frozen=True)
class Share:
    """Cases and persons of a part: of a kind, of a month. Persons overlap: one may be in cases of several parts."""

    key: str
    cases: int
    persons: int


@dataclass(frozen=True)
class Figures:
    """Numbers of cases and of persons; `measures` has persons by kind of measure, which overlap, `kinds` and `months`
    have the parts that are not empty, whose cases add up."""

    cases: int
    persons: int
    measures: dict[str, int]
    kinds: list[Share]
    months: list[Share]

    def as_json(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "persons": self.persons,
            "measures": {kind: self.measures.get(kind, 0) for kind in MeasureKind.values},
            "kinds": [vars(each) for each in self.kinds],
            "months": [vars(each) for each in self.months],
        }


def cases(divisions: Iterable[str], period: Period, kind: str = "", measure: str = "") -> CaseQuerySet:
    """Cases of the divisions that were concluded (查结) in the period; of a kind; with a measure of a kind."""
    found = Case.objects.in_divisions(divisions).concluded_at(period.moment, period.since)
    if kind:
        found = found.of_kind(kind, period.moment)
    return with_measure(found, measure, period.moment) if measure else found


def with_measure(found: CaseQuerySet, measure: str, moment: Moment) -> CaseQuerySet:
    """Of cases those in which somebody has a measure of this kind."""
    concerned = _with_measure(Party.objects.known_at(moment), measure, moment)
    return found.filter(Exists(concerned.filter(case=OuterRef("pk"))))


def persons_in(found: CaseQuerySet, moment: Moment, measure: str = "") -> QuerySet[Person]:
    """Those concerned in any of these cases, each once; with a measure of a kind those with such a one in them."""
    return Person.objects.filter(Exists(parties_in(found, moment, measure).filter(person=OuterRef("pk"))))


def parties_in(found: CaseQuerySet, moment: Moment, measure: str = "") -> PartyQuerySet:
    """Each person's part in each of these cases."""
    parties = Party.objects.known_at(moment).filter(case__in=found.order_by().values("pk"))
    return _with_measure(parties, measure, moment) if measure else parties


def _with_measure(parties: PartyQuerySet, measure: str, moment: Moment) -> PartyQuerySet:
    decided = Measure.objects.decided_at(moment).filter(party=OuterRef("pk"), kind=measure)
    return parties.filter(Exists(decided))


def figures(divisions: Sequence[str], period: Period) -> Figures:
    """Every figure of the divisions together, in three queries."""
    found, moment = cases(divisions, period), period.moment
    known = found.with_what_held(moment).values_list("pk", "kind_then", "handled_on_then")
    of_case = {pk: (kind, handled_on) for pk, kind, handled_on in known}
    concerned = list(parties_in(found, moment).values_list("case", "person"))
    decided = Measure.objects.decided_at(moment).filter(party__in=parties_in(found, moment).values("pk")).order_by()
    measures = decided.values("kind").annotate(persons=Count("party__person", distinct=True))
    kinds = _shares({pk: kind for pk, (kind, _day) in of_case.items()}, concerned)
    months = _shares({pk: f"{day:%Y-%m}" for pk, (_kind, day) in of_case.items()}, concerned)
    return Figures(
        cases=len(of_case),
        persons=len({person for _case, person in concerned}),
        measures=dict(measures.values_list("kind", "persons")),
        kinds=[kinds[kind] for kind in Kind.values if kind in kinds],
        months=[months[month] for month in sorted(months)],
    )


def _shares(parts: dict[Any, str], concerned: Iterable[tuple[Any, Any]]) -> dict[str, Share]:
    """Of each part its cases, and the persons in them."""
    held: dict[str, int] = defaultdict(int)
    people: dict[str, set[Any]] = defaultdict(set)
    for part in parts.values():
        held[part] += 1
    for case, person in concerned:
        people[parts[case]].add(person)
    return {part: Share(part, held[part], len(people[part])) for part in held}


# --- In a report


def by_key(found: Figures) -> dict[str, int]:
    """Every figure by its key in a report, also those that are 0: "misconduct.measure.disciplined" -> 11."""
    kinds = {each.key: each.cases for each in found.kinds}
    said = {CASES: found.cases, PERSONS: found.persons}
    said |= {f"measure.{kind}": found.measures.get(kind, 0) for kind in MeasureKind.values}
    said |= {f"kind.{kind}": kinds.get(kind, 0) for kind in Kind.values}
    return {f"misconduct.{name}": value for name, value in said.items()}


def name_of(key: str) -> str:
    """What a figure of `by_key` is called in the language of the page."""
    what, _dot, part = key.removeprefix("misconduct.").partition(".")
    if not part:
        return {CASES: _("查结案件（起）"), PERSONS: _("涉及（人）")}[what]
    return str((Kind if what == "kind" else MeasureKind)(part).label)


def sentences(division: str, moment: Moment, since: date, *, known_at: str = "") -> list[Sentence]:
    """What a report says of the patrol from `since` to the day; nothing where no case was concluded.

    A number is {"figure", "value", "query", "path", …}: its list is at `path` with `query`. In Chinese whatever the
    page. `known_at` is as somebody asked for it, for the links.
    """
    found = figures([division], Period(since, moment))
    if not found.cases:
        return []
    says = _Says(division, moment, since, known_at)
    return [_handled(found, says), *_of_schools(found, says)]


def _handled(found: Figures, says: "_Says") -> Sentence:
    """全年共处理12起涉及15人,其中党政纪处分11人,…: each measure that anybody has, in the order of the table."""
    said: Sentence = [f"{says.when}共处理", says.number(CASES, found.cases), "起"]
    if found.persons:
        said += ["涉及", says.number(PERSONS, found.persons), "人"]
    for place, kind in enumerate(kind for kind in MeasureKind if found.measures.get(kind)):
        label = f"{',其中' if place == 0 else ','}{_CHINESE[kind]}"
        said += [label, says.number(f"measure.{kind}", found.measures[kind], measure=kind.value), "人"]
    return [*said, "。"]


def _of_schools(found: Figures, says: "_Says") -> list[Sentence]:
    """全年共查处学校违规招生行为2起,暑期违规补课行为5起: of the same cases those that are a school's own doing."""
    of_kind = {each.key: each.cases for each in found.kinds}
    said: Sentence = []
    for kind in (kind for kind in OF_SCHOOLS if kind in of_kind):
        label = f"{',' if said else f'{says.when}共查处学校'}{_CHINESE[kind]}行为"
        said += [label, says.number(f"kind.{kind}", of_kind[kind], kind=kind.value), "起"]
    return [[*said, "。"]] if said else []


_CHINESE: dict[str, str] = {
    Kind.ILLEGAL_ENROLMENT: "违规招生",
    Kind.HOLIDAY_TUTORING: "暑期违规补课",
    Kind.ILLEGAL_FEES: "违规收费",
    Kind.FALSE_PUBLICITY: "虚假宣传",
    MeasureKind.DISCIPLINED: "党政纪处分",
    MeasureKind.TRANSFERRED: "组织调离",
    MeasureKind.DISMISSED: "解聘",
    MeasureKind.REMOVED: "免职",
    MeasureKind.ADMONISHED: "诫勉谈话",
    MeasureKind.CRITICISED: "通报批评",
    MeasureKind.OTHER: "其他处理",
}


@dataclass(frozen=True)
class _Says:
    division: str
    moment: Moment
    since: date
    known_at: str

    @property
    def when(self) -> str:
        return period_in_words(self.since, self.moment.on)

    def number(self, name: str, value: int, **asked: str) -> dict[str, Any]:
        """A number as a report keeps it, and where its list is."""
        list_of = "misconduct" if name == CASES or "kind" in asked else "misconduct_persons"
        question = {
            "division": self.division,
            "since": self.since.isoformat(),
            "as_of": self.moment.on.isoformat(),
            "known_at": self.known_at,
            "state": "concluded",
            **asked,
        }
        return {
            "figure": f"misconduct.{name}",
            "value": value,
            "query": urlencode({key: given for key, given in question.items() if given}),
            "path": reverse(list_of),
            "anchor": "",
            "typed": None,
            "why": "",
        }


def period_in_words(since: date, on: date) -> str:
    """全年, 2018年9月, 2018年1月至9月, or both days."""
    whole_months = since.day == 1 and on == month_end(on)
    if whole_months and (since.month, on.month) == (1, 12) and since.year == on.year:
        return "全年"
    if whole_months and since.year == on.year:
        return f"{on.year}年{since.month}月" + (f"至{on.month}月" if since.month != on.month else "")
    return f"{since.year}年{since.month}月{since.day}日至{on.year}年{on.month}月{on.day}日"
