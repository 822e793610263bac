"""A county whose report is written: who writes it, who approves it, and what it counts."""

from datetime import date
from typing import Any

from accounts.models import User
from reports import actions
from reports.drafts import Draft, edited, read_sent, wording_of
from reports.live import generated
from reports.models import Report, ReportVersion
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, round_of, seconded_from, user_with

HERE, THERE = "330382", "330381"  # two counties of one city
DECEMBER = date(2018, 12, 31)
THIRD = at("2019-01-03", 9)


def county() -> None:
    """Four institutions: one closed, one licensed, one overdue, one without problems; nothing that contradicts."""
    round_of(institution(LIUSHI, name="甲馆"), "2018-05-01", verified_on="2018-06-01", outcome="closed")
    round_of(institution(LIUSHI, name="乙馆"), "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    round_of(institution(NEXT_TO_LIUSHI, name="丙馆"), "2018-05-01", due_on="2018-06-01")
    institution(NEXT_TO_LIUSHI, name="丁馆", status="full")


def clerk(name: str = "clerk1") -> User:
    return User.objects.filter(username=name).first() or user_with("task_force", "330382", name)


def leader(name: str = "leader1") -> User:
    return User.objects.filter(username=name).first() or user_with("supervisor", "3303", name)


def lent(role: str, to_role: str = "auditor") -> User:
    """Somebody who has one role here and another there; an auditor neither prepares reports nor approves them."""
    return seconded_from(role, HERE, to_role, THERE)


def begun(**given: Any) -> Report:
    return actions.begin_report(
        **{"division": "330382", "period": "month", "as_of": DECEMBER, "by": clerk(), "at": at("2019-01-02")} | given
    )


def submitted(report: Report | None = None, **given: Any) -> ReportVersion:
    report = report or begun()
    report.refresh_from_db()
    return actions.submit_report(report, **{"by": clerk(), "version": report.version, "at": THIRD} | given)


def approved(report: Report | None = None, **given: Any) -> ReportVersion:
    version = submitted(report)
    version.report.refresh_from_db()
    how = {"by": leader(), "version": version.report.version, "at": at("2019-01-03", 15)} | given
    actions.approve_report(version.report, **how)
    return version


def sent(report: Report) -> dict[str, Any]:
    """The draft as the page of the editor sends it, unchanged."""
    live = generated(report, brief=True)
    draft = Draft.read(report.draft)
    paragraphs = [
        {"id": each.id, "key": each.key, "dropped": each.dropped, "parts": each.parts, "of": wording_of(each.generated)}
        for each in edited(draft, live)
    ]
    return {"heading": draft.heading, "paragraphs": paragraphs}


def write(report: Report, content: dict[str, Any], *, by: User | None = None) -> Report:
    """Save what the editor sends."""
    report.refresh_from_db()
    draft = read_sent(content, generated(report, brief=True))
    return actions.save_draft(report, by=by or clerk(), version=report.version, draft=draft, at=at("2019-01-02", 15))
