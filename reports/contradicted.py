"""Contradictions of a report with the words in which they were explained: fixed or explained before it goes out."""

from dataclasses import dataclass

from reports.contradictions import Contradiction
from reports.models import Report, ReportExplanation


@dataclass(frozen=True)
class Judged:
    """A contradiction, the explanation that holds for it, and the last one that was written for other institutions."""

    contradiction: Contradiction
    explanation: ReportExplanation | None = None
    outdated: ReportExplanation | None = None

    @property
    def code(self) -> str:
        return self.contradiction.code

    @property
    def digest(self) -> str:
        """Of exactly these institutions: an explanation of others does not hold for them."""
        return self.contradiction.digest


def judged(report: Report, found: list[Contradiction]) -> list[Judged]:
    """Each contradiction with what was last said of it."""
    last = {each.code: each for each in report.explanations.select_related("by").order_by("pk")}
    return [_judged(each, last.get(each.code)) for each in found]


def _judged(each: Contradiction, said: ReportExplanation | None) -> Judged:
    if said is None:
        return Judged(each)
    holds = said.digest == each.digest
    return Judged(each, explanation=said) if holds else Judged(each, outdated=said)


def unexplained(listed: list[Judged]) -> list[Judged]:
    return [each for each in listed if each.explanation is None]
