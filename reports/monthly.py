"""What is in the monthly report (整改进展情况通报): figures, contradictions and the sentences made from them."""

from dataclasses import dataclass

from django.utils import translation

from institutions.models import Demonstration, Institution, InstitutionQuerySet
from institutions.moments import Moment
from reports.contradictions import Contradiction, contradictions
from reports.figures import ReportFigures, gather
from reports.narrative import day, sections
from reports.period import Period
from reports.sentences import Links, Section


@dataclass(frozen=True)
class MonthlyReport:
    """One report as of a day, as known at a moment. `within` is the population it was counted in."""

    figures: ReportFigures
    sections: tuple[Section, ...]
    contradictions: tuple[Contradiction, ...]
    within: InstitutionQuerySet
    synthetic: bool

    @property
    def title(self) -> str:
        return f"关于{self.figures.name}校外培训机构整改进展情况的通报"

    @property
    def cut_off(self) -> str:
        return day(self.figures.period.moment.on)

    @property
    def narrative(self) -> str:
        """The whole text, one paragraph a line."""
        return "\n".join(
            line for section in self.sections for line in (section.heading, *map(str, section.sentences))
        )

    @property
    def file_stem(self) -> str:
        """330382-2018-12-31."""
        return f"{self.figures.division}-{self.figures.period.moment.on.isoformat()}"


def build(
    division: str, moment: Moment, *, within: InstitutionQuerySet | None = None, known_now: bool = True
) -> MonthlyReport:
    """The report of a division. `within` narrows the population (pass `Institution.objects.visible_to(user)`).

    With `known_now` False the links behind the numbers ask for the same `known_at`. Raises UnknownDivision for a code
    that is not on file.
    """
    population = Institution.objects.all() if within is None else within
    period = Period.ending(moment)
    with translation.override("zh-hans"):  # an official Chinese document, whatever the page's language
        figures = gather(division, period, population)
        inside = population.in_division(division)
        return MonthlyReport(
            figures=figures,
            sections=sections(figures, Links.of(division, period, known_now=known_now)),
            contradictions=contradictions(inside, period),
            within=inside,
            synthetic=Demonstration.objects.exists(),
        )
