"""What a report that is being written says by the figures of now, or of the cut at which it is submitted."""

from datetime import datetime

from accounts.watermark import cut
from institutions.moments import Moment
from reports.contradicted import Judged, judged
from reports.contradictions import KEPT, SHOWN
from reports.drafts import Draft, printed_of
from reports.models import Report
from reports.monthly import MonthlyReport, monthly_report
from reports.printed import Printed


def counted(report: Report, known_at: datetime | None = None) -> MonthlyReport:
    """The figures of a report's division and period: of everybody there, whoever asks.

    With `known_at` its links say it, too, and each contradiction lists what is kept of it; else all is counted that is
    known now.
    """
    moment = Moment(report.as_of, known_at or cut())
    said = known_at.isoformat() if known_at else ""
    listed = KEPT if known_at else SHOWN
    return monthly_report(report.division_id, moment, before=report.before, known_at=said, listed=listed)


def generated(report: Report, figures: MonthlyReport | None = None, *, brief: bool = False) -> Printed:
    """What the report would say if nobody had edited it."""
    return Printed.of(figures or counted(report), period=report.period, brief=brief)


def as_it_stands(report: Report, figures: MonthlyReport) -> tuple[Printed, list[Judged]]:
    """What would be handed in now, with its contradictions as they were explained."""
    found = judged(report, figures.contradictions)
    printed = printed_of(Draft.read(report.draft), generated(report, figures))
    return printed.but(contradictions=with_explanations(printed, found)), found


def with_explanations(printed: Printed, found: list[Judged]) -> list[dict[str, object]]:
    said = {each.code: each.explanation for each in found if each.explanation is not None}
    return [
        each | {"explained": said[each["code"]].text, "by": said[each["code"]].by.username}
        if each["code"] in said
        else each
        for each in printed["contradictions"]
    ]
