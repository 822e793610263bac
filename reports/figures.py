"""The figures of one monthly report, gathered from inspections.statistics and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from inspections.statistics import Completion, Figures, Row, completion
from institutions.models import Division, InstitutionQuerySet, LicenceStatus
from reports.lists import CHANGES
from reports.period import Period


@dataclass(frozen=True)
class Township:
    """A row of the annex: one child division with its figures and its rank by completion rate.

    `rank` is None where nothing has problems. `code` is "" for what lies in the division but in none of its children.
    """

    code: str
    name: str
    figures: Figures
    rank: int | None

    @property
    def done(self) -> bool:
        """Has problems, and every institution is rectified."""
        return bool(self.figures.with_problems) and not self.figures.outstanding


@dataclass(frozen=True)
class ReportFigures:
    """Everything a report counts. Unit: institutions, as of the period's moment, inside one population."""

    division: str
    name: str
    period: Period
    total: Figures
    unlicensed: Figures
    previous: Figures
    townships: tuple[Township, ...]
    finding_types: tuple[Row, ...]
    changes: Mapping[str, int]

    @property
    def ranked(self) -> tuple[Township, ...]:
        """Townships with problems, the best first; equal ranks in the order of their codes."""
        return tuple(sorted((t for t in self.townships if t.rank), key=lambda t: (t.rank, t.code)))

    @property
    def placed(self) -> tuple[Township, ...]:
        """The child divisions, without what lies in none of them."""
        return tuple(township for township in self.townships if township.code)


def gather(division: str, period: Period, within: InstitutionQuerySet) -> ReportFigures:
    """The figures of a division. Raises UnknownDivision for a code that is not on file."""
    by_division = completion(division, period.moment, by="division", within=within)
    by_licence = completion(division, period.moment, by="licence_status", within=within)
    by_finding = completion(division, period.moment, by="finding_type", within=within)
    inside = within.in_division(division)
    return ReportFigures(
        division=division,
        name=by_division.name,
        period=period,
        total=by_division.total,
        unlicensed=next(row.figures for row in by_licence.rows if row.key == LicenceStatus.NONE),
        previous=completion(division, period.previous, within=within).total,
        townships=_townships(by_division),
        finding_types=_found(by_finding.rows),
        changes={name: change.find(inside, period).count() for name, change in CHANGES.items()},
    )


def _townships(found: Completion) -> tuple[Township, ...]:
    children = set(Division.objects.children_of(found.division).values_list("code", flat=True))
    ranks = ranked([row.figures.completion_rate for row in found.rows if row.key in children])
    return tuple(
        Township(row.key, row.name, row.figures, _rank(ranks, row.figures.completion_rate))
        if row.key in children
        else Township("", row.name, row.figures, None)
        for row in found.rows
    )


def ranked(rates: Sequence[Fraction | None]) -> dict[Fraction, int]:
    """The rank of each rate, 1 the highest. Equal rates share a rank and the next rank is skipped: 1, 2, 2, 4."""
    known = sorted((rate for rate in rates if rate is not None), reverse=True)
    return {rate: known.index(rate) + 1 for rate in set(known)}


def _rank(ranks: Mapping[Fraction, int], rate: Fraction | None) -> int | None:
    return None if rate is None else ranks[rate]


def _found(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Types found in institutions with problems, the most frequent first."""
    found = [row for row in rows if row.figures.with_problems]
    return tuple(sorted(found, key=lambda row: (-row.figures.with_problems, row.key)))
