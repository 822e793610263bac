"""The figures. Every figure is a set of institutions; its number is the size of the set, its list is the set.

All of them rest on one annotation, `standing` (figures/standing.py): where an institution stands at a moment. It is a
partition of the surveyed institutions, and a figure is a union of standings, so the identities of docs/statistics.md
hold by construction: with_problems = rectified + outstanding, rectified = closed + licensed + corrected.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from django.db import connection, models
from django.db.models import Q, Value
from django.db.models.functions import Substr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Invalid, enumerated
from accounts.scope import within_prefixes
from figures import kept
from figures.places import Divisions, Where, codes_of
from figures.standing import Standing, each_one, surveyed_with_standing
from inspections.models import Finding, FindingType, Visit
from institutions.models import (
    Institution,
    InstitutionQuerySet,
    LicenceStatus,
    Merge,
    Place,
    any_of,
    licence_status_then,
    scope_code_of,
    scope_code_then,
)
from institutions.moments import Moment, day_of, month_ends

_RECTIFIED = frozenset({Standing.CLOSED, Standing.LICENSED, Standing.CORRECTED})
_OUTSTANDING = frozenset({Standing.OPEN, Standing.OVERDUE})

FIGURES: dict[str, frozenset[str]] = {
    "surveyed": frozenset({Standing.CLEAR}) | _OUTSTANDING | _RECTIFIED,
    "with_problems": _OUTSTANDING | _RECTIFIED,
    "rectified": _RECTIFIED,
    "outstanding": _OUTSTANDING,
    "overdue": frozenset({Standing.OVERDUE}),
    "closed": frozenset({Standing.CLOSED}),
    "licensed": frozenset({Standing.LICENSED}),
    "corrected": frozenset({Standing.CORRECTED}),
}
FIGURE_NAMES = {
    "surveyed": gettext_lazy("排摸总数"),
    "with_problems": gettext_lazy("存在问题"),
    "rectified": gettext_lazy("已整改"),
    "outstanding": gettext_lazy("未完成"),
    "overdue": gettext_lazy("逾期"),
    "closed": gettext_lazy("取缔"),
    "licensed": gettext_lazy("整改办理证照"),
    "corrected": gettext_lazy("整改完成（其他）"),
}
DEFINITIONS_VERSION = "2026-11"  # of docs/statistics.md; named beside figures that are printed or kept
By = Literal["division", "licence_status", "finding_type"]
PARTITIONS: tuple[By, ...] = ("division", "licence_status", "finding_type")


def members(figure: str, within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    """The institutions behind a figure. Raises Invalid for a figure that is not in FIGURES."""
    if figure not in FIGURES:
        raise Invalid(
            {
                "figure": [
                    _("没有“%(given)s”这个指标，可用：%(known)s。") % {"given": figure, "known": enumerated(FIGURES)}
                ]
            }
        )
    standings = surveyed_with_standing(within, moment)
    return standings if figure == "surveyed" else standings.filter(standing__in=FIGURES[figure])


def with_finding(within: InstitutionQuerySet, code: str, moment: Moment) -> InstitutionQuerySet:
    """Institutions with at least one finding of this type, found and known by the moment."""
    visits = Visit.objects.known_at(moment).filter(findings__type=code)
    return within.filter(any_of(visits, moment, output_field=models.BooleanField()))


@dataclass(frozen=True)
class Figures:
    """Counts of institutions of one population at one moment."""

    surveyed: int = 0
    with_problems: int = 0
    rectified: int = 0
    outstanding: int = 0
    overdue: int = 0
    closed: int = 0
    licensed: int = 0
    corrected: int = 0

    @classmethod
    def of(cls, standings: Mapping[str, int]) -> "Figures":
        """From the number of institutions in each standing."""
        return cls(**{name: sum(standings.get(standing, 0) for standing in union) for name, union in FIGURES.items()})

    @property
    def completion_rate(self) -> Fraction | None:
        """整改完成率: rectified ÷ with_problems, exact, 0–1; None when nothing has problems. Never ÷ surveyed."""
        return Fraction(self.rectified, self.with_problems) if self.with_problems else None

    @property
    def completion_percent(self) -> str:
        return percent(self.rectified, self.with_problems)

    def as_json(self) -> dict[str, int | str | None]:
        """The figures as the API and the command give them: integers, the rate with 6 decimals or None, and printed."""
        counts: dict[str, int | str | None] = {name: getattr(self, name) for name in FIGURES}
        rate = _rounded(self.rectified, self.with_problems, 6) if self.with_problems else None
        return {**counts, "completion_rate": rate, "completion_percent": self.completion_percent}


@dataclass(frozen=True)
class Row:
    """One part of a partition: a division, a licence status or a finding type, with its figures."""

    key: str
    name: str
    figures: Figures

    def as_json(self) -> dict[str, int | str | None]:
        return {"key": self.key, "name": self.name, **self.figures.as_json()}


@dataclass(frozen=True)
class Completion:
    """The figures of a division at a moment, and their parts when asked for."""

    division: str
    name: str
    moment: Moment
    total: Figures
    by: By | None = None
    rows: list[Row] = field(default_factory=list)

    @property
    def townships_with_problems(self) -> int:
        """Sub-divisions that have institutions with problems; what lies in none of them is no sub-division."""
        return sum(1 for row in self.rows if row.figures.with_problems and self.is_below(row))

    @property
    def townships_done(self) -> int:
        """Sub-divisions that have problems and whose institutions are all rectified."""
        done = (row for row in self.rows if row.figures.with_problems and not row.figures.outstanding)
        return sum(1 for row in done if self.is_below(row))

    def is_below(self, row: Row) -> bool:
        """Whether a row of the parts by division is a division: what lies in none below has a row, too."""
        return row.key != scope_code_of(self.division)[: len(row.key)]

    def as_json(self) -> dict[str, object]:
        return {
            "division": self.division,
            "as_of": self.moment.on.isoformat(),
            "known_at": self.moment.known_at.isoformat(),
            "total": self.total.as_json(),
            "rows": [row.as_json() for row in self.rows],
        }


def population(division: Divisions, moment: Moment, within: InstitutionQuerySet | None = None) -> InstitutionQuerySet:
    """Who is counted in a division at a moment: the institutions of `within` that were there on the day, as known then.
    Of several divisions: those that were in any of them.

    `within` is what somebody may see, and follows where institutions are today: what has left his sight since is not
    in it (docs/statistics.md, "Moved"). Without it everyone is.
    """
    codes = codes_of(division)
    if within is None:
        return Institution.objects.in_divisions(codes, moment)
    sees = within.whole_prefixes
    if sees and all(code.startswith(sees) for code in codes) and set(codes) != set(sees):
        # What never moved lies in his sight where it lies in the division. Said so, an engine looks for the division;
        # of two ranges of one column SQLite would read the wider.
        within = Institution.objects.filter(Q(moved=False) | within_prefixes("scope_code", sees))
    return within.in_divisions(codes, moment)


def counts(within: InstitutionQuerySet, moment: Moment) -> Figures:
    """Every figure of a population in one query."""
    return counts_by(within, moment, Value("")).get("", Figures())


def counts_by(
    within: InstitutionQuerySet, moment: Moment, key: models.expressions.Combinable | models.F
) -> dict[str, Figures]:
    """Every figure for each value of `key`, an expression over Institution, in one query."""
    return _figures(*_counting(within, moment, key))


def _counting(
    within: InstitutionQuerySet, moment: Moment, key: models.expressions.Combinable | models.F
) -> tuple[str, tuple[Any, ...]]:
    """The query of `counts_by` and its parameters."""
    each, params = each_one(within, moment, part=key)
    return f"WITH {each} SELECT part, standing, COUNT(*) FROM each_one GROUP BY part, standing", params  # noqa: S608


def _figures(sql: str, params: tuple[Any, ...]) -> dict[str, Figures]:
    """Rows of (part, standing, number of institutions) as figures by part."""
    standings: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for part, standing, institutions in cursor.fetchall():
            standings.setdefault(part, {})[standing] = institutions
    return {part: Figures.of(by_standing) for part, by_standing in standings.items()}


_ANY_DAY = date(1, 1, 1)  # stands for the day in a query that is made once and asked for many days


def completion(
    division: Divisions,
    moment: Moment,
    *,
    by: str | None = None,
    within: InstitutionQuerySet | None = None,
) -> Completion:
    """The figures of a division at a moment, optionally by division, licence status at survey or finding type; of
    several divisions together, their parts by division are those divisions.

    `within` narrows the population (pass `Institution.objects.visible_to(user)`). Raises UnknownDivision for a code
    that is not on file and Invalid for an unknown `by`.
    """
    if by is not None and by not in PARTITIONS:
        raise Invalid(
            {"by": [_("不能按“%(given)s”分组，可用：%(known)s。") % {"given": by, "known": enumerated(PARTITIONS)}]}
        )
    where = Where.of(division, moment)
    if by is None:
        return Completion(where.code, where.name, moment, _total(where, moment, within))
    wanted: By = by
    return _partitioned(where, moment, within, [wanted])[wanted]


def partitions(
    division: Divisions, moment: Moment, *, within: InstitutionQuerySet | None = None
) -> dict[By, Completion]:
    """The completion of a division by each of PARTITIONS, for who shows them all: one query, not three.

    The finding types have a row for each type found in an institution, by code. An institution counts once in each
    type it was found with: they overlap and are never summed. `within` and what is raised as in `completion`.
    """
    return _partitioned(Where.of(division, moment), moment, within, PARTITIONS)


def _partitioned(
    where: Where, moment: Moment, within: InstitutionQuerySet | None, wanted: Sequence[By]
) -> dict[By, Completion]:
    counted = _kept_by_each(where, moment, within, wanted) or defined_by_each(where, moment, within, wanted)
    rows: dict[By, list[Row]] = {}
    for by in wanted:
        if by == "division":
            rows[by] = _division_rows(where, counted[by], moment)
        elif by == "licence_status":
            rows[by] = _licence_rows(counted[by])
        else:
            found = counted[by]
            types = FindingType.objects.filter(code__in=found)
            rows[by] = [Row(item.code, item.name, found[item.code]) for item in types]
    whole = next((counted[by] for by in ("division", "licence_status") if by in counted), None)  # types overlap
    total = _total(where, moment, within) if whole is None else added(whole.values())
    return {by: Completion(where.code, where.name, moment, total, by, rows[by]) for by in wanted}


# --- From the counts that are kept, where they answer (figures/kept.py)


def _total(where: Where, moment: Moment, within: InstitutionQuerySet | None) -> Figures:
    [found] = _kept_totals(where, [moment], within) or [counts(population(where.codes, moment, within), moment)]
    return found


def _kept_totals(where: Where, moments: Sequence[Moment], within: InstitutionQuerySet | None) -> list[Figures] | None:
    """The figures at several moments, known at the same, in the order of their days."""
    if not moments or not _is_whole(where, within):
        return None
    found = kept.totals(where.codes, [each.on for each in moments], moments[0].known_at)
    if found is None:
        return None
    totals = [Figures(*each) for each in found]
    if (left := _left(where, moments[0], within)) is not None:
        gone = (counts(population(where.codes, each, left), each) for each in moments)
        totals = [_without(total, some) for total, some in zip(totals, gone, strict=True)]
    return totals


def _kept_by_each(
    where: Where, moment: Moment, within: InstitutionQuerySet | None, wanted: Sequence[By]
) -> dict[str, dict[str, Figures]] | None:
    if not _is_whole(where, within):
        return None
    found: dict[str, dict[str, Figures]] = {}
    for by in wanted:
        if by == "division":
            some = kept.by_division(where.codes, where.part_digits, moment.on, moment.known_at)
        elif by == "licence_status":
            some = kept.by_licence_status(where.codes, moment.on, moment.known_at)
        else:
            some = kept.by_finding_type(where.codes, moment.on, moment.known_at)
        if some is None:
            return None
        # A part that held something once, and nothing on this day, is none.
        found[by] = {part: Figures(*numbers) for part, numbers in some.items() if numbers[0]}
    if (left := _left(where, moment, within)) is not None:
        gone = defined_by_each(where, moment, left, wanted)
        for by in wanted:
            remaining = {part: _without(found[by][part], figures) for part, figures in gone[by].items()}
            found[by] = {part: figures for part, figures in (found[by] | remaining).items() if figures.surveyed}
    return found


def _is_whole(where: Where, within: InstitutionQuerySet | None) -> bool:
    """Whether everything in the divisions is to be counted, but for what has left somebody's sight since (`_left`)."""
    if within is None:
        return True
    seen = within.whole_prefixes
    return seen is not None and all(code.startswith(tuple(seen)) for code in where.codes)


def _left(where: Where, moment: Moment, within: InstitutionQuerySet | None) -> InstitutionQuerySet | None:
    """What lay in the divisions and is not to be seen any more, since it moved; None where there is none such."""
    if within is None or within.whole_prefixes is None:
        return None
    gone = Institution.objects.filter(moved=True).exclude(within_prefixes("scope_code", within.whole_prefixes))
    there = Place.objects.filter(within_prefixes("scope_code", where.codes), institution__in=gone)
    return gone if there.exists() else None


def _without(figures: Figures, gone: Figures) -> Figures:
    return Figures(**{name: getattr(figures, name) - getattr(gone, name) for name in FIGURES})


# --- From the definition


def defined_by_each(
    where: Where, moment: Moment, within: InstitutionQuerySet | None, wanted: Sequence[By]
) -> dict[str, dict[str, Figures]]:
    """The figures of each part of the partitions that are wanted, and perhaps of others."""
    part = Substr(scope_code_then(moment), 1, where.part_digits)
    there = population(where.codes, moment, within)
    if wanted == ["division"]:
        return {"division": counts_by(there, moment, part)}
    if wanted == ["licence_status"]:
        return {"licence_status": counts_by(there, moment, licence_status_then(moment))}
    return counts_by_each(there, moment, part)


def counts_by_each(
    within: InstitutionQuerySet, moment: Moment, child: models.expressions.Combinable
) -> dict[str, dict[str, Figures]]:
    """Every figure for each part of each of PARTITIONS; the standings are worked out once for all three."""
    each, params = each_one(
        within, moment, "has_merges", child=child, status=licence_status_then(moment), it=models.F("pk")
    )
    seen, seen_params = (
        Visit.objects.known_at(moment)
        .order_by()
        .annotate(of=models.F("institution_id"))
        .values("id", "of")
        .query.sql_with_params()
    )
    merges, merges_params = (
        Merge.objects.known_at(moment.known_at).order_by().values("into_id", "merged_id").query.sql_with_params()
    )
    standings: dict[str, dict[str, dict[str, int]]] = {by: {} for by in PARTITIONS}
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {each}, "  # noqa: S608 (the ORM's own queries)
            "histories AS (SELECT it, standing, it AS of FROM each_one UNION ALL SELECT it, standing, merged_id "
            f"FROM each_one CROSS JOIN ({merges}) merges WHERE has_merges AND into_id = it) "
            "SELECT 'division', child, standing, COUNT(*) FROM each_one GROUP BY child, standing UNION ALL "
            "SELECT 'licence_status', status, standing, COUNT(*) FROM each_one GROUP BY status, standing UNION ALL "
            # From the institutions, not from the visits: a township's findings are reached by index, the country's
            # never read. SQLite keeps the order of a CROSS JOIN.
            "SELECT 'finding_type', type_id, standing, COUNT(DISTINCT it) "
            f"FROM histories CROSS JOIN ({seen}) seen CROSS JOIN {Finding._meta.db_table} found "
            "WHERE seen.of = histories.of AND found.visit_id = seen.id GROUP BY type_id, standing",
            params + merges_params + seen_params,
        )
        for by, part, standing, institutions in cursor.fetchall():
            standings[by].setdefault(part, {})[standing] = institutions
    return {by: {part: Figures.of(each) for part, each in parts.items()} for by, parts in standings.items()}


def _licence_rows(parts: Mapping[str, Figures]) -> list[Row]:
    return [Row(status, str(label), parts.get(status, Figures())) for status, label in LicenceStatus.choices]


def _division_rows(where: Where, counted: Mapping[str, Figures], moment: Moment) -> list[Row]:
    parts: dict[str, list[Figures]] = {}
    for code, figures in counted.items():
        parts.setdefault(where.part_of(code), []).append(figures)
    return [Row(code, name, added(parts.get(code, []))) for code, name in where.parts(parts, moment).items()]


def added(parts: Iterable[Figures]) -> Figures:
    """The figures of a partition's whole."""
    listed = list(parts)
    return Figures(**{name: sum(getattr(part, name) for part in listed) for name in FIGURES})


def trend(
    division: Divisions, first: date, last: date, *, known_at: datetime, within: InstitutionQuerySet | None = None
) -> list[Completion]:
    """Completion at each month end from the month of `first` to that of `last`, as known at one moment; of the month in
    which that moment lies, as of its day: nothing is known of the days after."""
    today = day_of(known_at)
    where = Where.of(division, Moment(today, known_at))
    moments = [Moment(min(end, today), known_at) for end in month_ends(first, min(last, today))]
    found = _kept_totals(where, moments, within)
    if found is None:
        found = defined_totals(where.codes, moments, within)
    return [Completion(where.code, where.name, each, total) for each, total in zip(moments, found, strict=True)]


def defined_totals(
    division: Divisions, moments: Sequence[Moment], within: InstitutionQuerySet | None = None
) -> list[Figures]:
    """At several moments, known at the same: a query that is made once and asked for each day."""
    if not moments:
        return []
    any_moment = Moment(_ANY_DAY, moments[0].known_at)
    sql, params = _counting(population(division, any_moment, within), any_moment, Value(""))
    adapted = connection.ops.adapt_datefield_value
    asked = (tuple(adapted(each.on) if param == adapted(_ANY_DAY) else param for param in params) for each in moments)
    return [_figures(sql, each).get("", Figures()) for each in asked]


def percent(part: int, whole: int, decimals: int = 2) -> str:
    """A rate as printed: half-up, trailing zeros kept ("38.40%"); "—" for nothing ÷ nothing.

    A rate below one never prints as 100%, a rate above zero never as 0%. Source: docs/statistics.md.
    """
    return f"{_rounded(part * 100, whole, decimals, top=100)}%" if whole else "—"


def _rounded(part: int, whole: int, decimals: int, top: int = 1) -> str:
    """`part` ÷ `whole` in units of 10^-decimals, half-up, kept off 0 and `top` unless it is exactly that."""
    unit = 10**decimals
    exact = Fraction(part * unit, whole)
    rounded = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    if rounded == 0 and exact > 0:
        rounded = 1
    if rounded == top * unit and exact < top * unit:
        rounded -= 1
    return f"{rounded // unit}.{rounded % unit:0{decimals}d}" if decimals else str(rounded)
