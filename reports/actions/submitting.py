"""A report is submitted: counted at a cut, within one snapshot, and kept by value with the files made of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import enumerated
from accounts.models import AuditRow, User
from accounts.roles import Permission
from accounts.snapshot import one_snapshot
from accounts.watermark import NOW, cut, recording
from reports.actions.steps import locked, permit, step
from reports.annex import kept_rows
from reports.contradicted import unexplained
from reports.drafts import Draft, edited, outdated, unexplained_numbers
from reports.files import keep
from reports.letterheads import template_named
from reports.live import as_it_stands, counted, generated
from reports.making import documents
from reports.models import Report, ReportEvent, ReportFile, ReportVersion
from reports.models.report import State
from reports.monthly import MonthlyReport
from reports.preparing import is_long, leave_to_the_worker
from reports.printed import Printed, annex_lines
from reports.refusals import FiguresMoved, StaleReport, Unexplained

REOPENING = [ReportEvent.Kind.WITHDRAWN, ReportEvent.Kind.SENT_BACK, ReportEvent.Kind.CORRECTED]


@dataclass(frozen=True)
class _Counted:
    """What is submitted, read within one snapshot; `last` is the version before, `reason` why there is another."""

    printed: Printed
    figures: MonthlyReport
    known_at: datetime
    annex: tuple[str, int]
    last: ReportVersion | None
    reason: str


def submit_report(report: Report, *, by: User, version: int, seen: str = "", at: datetime = NOW) -> ReportVersion:
    """Submit a report as it stands. `seen` is the digest of what was looked at (`digest_seen`).

    K is a cut, chosen here, and everything is counted within one snapshot. Effects: the files of the annex and the
    documents (the workbook of a long annex is left to the worker), then in one transaction a ReportVersion with a
    ReportFile for each, the event, the state, an audit row; or nothing. Raises PermissionDenied, IllegalStep (409),
    StaleReport (412), Unexplained (422) for a contradiction or a number typed without an explanation, FiguresMoved
    (409) when something became known since it was looked at.
    """
    permit(report, by, Permission.PREPARE_REPORT)
    with one_snapshot():
        current = Report.objects.get(pk=report.pk)
        if current.version != version:
            raise StaleReport(current.version)
        made = _count(current, None if at == NOW else at, seen)
    files = documents(made.printed)
    with recording(at) as now:
        # What somebody else did to the report meanwhile has raised its version.
        current = locked(report, version, State.DRAFT)
        kept = ReportVersion.objects.create(
            report=current,
            number=made.printed["version"],
            replaces=made.last,
            reason=made.reason,
            known_at=made.known_at,
            content=made.printed.as_json(),
            sha256=made.printed.sha256,
            template_sha256=(made.printed["template"] or {}).get("sha256", ""),
            audit_head=made.printed["audit_head"],
            submitted_by=by,
            submitted_at=now,
        )
        annex = ReportFile(kind=ReportFile.Kind.ANNEX, sha256=made.annex[0], size=made.annex[1], name="annex.jsonl")
        for file in [annex, *files]:
            file.version = kept
            file.save(force_insert=True)
        if is_long(made.printed):
            leave_to_the_worker(kept, at=now)
        told = {"number": kept.number, "sha256": kept.sha256, "known_at": kept.known_at.isoformat()}
        kind = ReportEvent.Kind.SUBMITTED
        step(
            current,
            "report.submitted",
            kind,
            by=by,
            at=now,
            state=State.SUBMITTED,
            audited=told,
            version=kept,
            note=made.reason,
        )
    return kept


def _count(report: Report, known_at: datetime | None, seen: str) -> _Counted:
    known_at = known_at or cut()
    with translation.override("zh-hans"):  # as the document is, whatever the language of the page around it
        figures = counted(report, known_at)
    printed, found = as_it_stands(report, figures)
    if missing := unexplained(found):
        said = enumerated(each.contradiction.says for each in missing)
        raise Unexplained(_("还有矛盾没有改正或说明，不能提交：%(contradictions)s。") % {"contradictions": said})
    paragraphs = edited(Draft.read(report.draft), generated(report, figures, brief=True))
    if changed := outdated(paragraphs):
        said = _("系统生成的句子已变（位次、名称等），改写过的段落还是原来的说法，请重新核对后再提交：%(paragraphs)s")
        raise Unexplained(said % {"paragraphs": enumerated(changed)})
    if numbers := unexplained_numbers(paragraphs):
        raise Unexplained(_("正文里有手写的数字没有说明，不能提交：%(numbers)s。") % {"numbers": enumerated(numbers)})
    if seen and seen != digest_seen(printed):
        raise FiguresMoved(_("您核对以后又有新的记录，数字已变。已显示最新内容，请再核对后提交。"))
    last = report.versions.last()
    sha256, size = keep(_encoded(figures))
    content = {
        "asked_known_at": "",  # nobody asked for it: the links in the text have it
        "version": last.number + 1 if last else 1,
        "replaces": last.sha256 if last else None,
        "annex": {
            "rows": printed.figures["surveyed"],
            "before": printed.figures["before.surveyed"],
            "sha256": sha256,
        },
        "audit_head": _audit_head(known_at),
        "template": template_named(report.division_id),
    }
    return _Counted(printed.but(**content), figures, known_at, (sha256, size), last, _reason(report) if last else "")


def digest_seen(printed: Printed) -> str:
    """The digest of what somebody looks at before submitting: everything but K, which is chosen when they do."""
    parts = [{"key": each["key"], "parts": list(map(_without_query, each["parts"]))} for each in printed["paragraphs"]]
    # Said in any language; of which institutions its explanation says, which holds for no others.
    contradictions = [each | {"query": "", "says": "", "institutions": []} for each in printed["contradictions"]]
    links = {"known_at": "", "asked_known_at": ""}
    return printed.but(paragraphs=parts, contradictions=contradictions, **links).sha256


def _without_query(part: object) -> object:
    return part | {"query": ""} if isinstance(part, dict) else part


def _encoded(figures: MonthlyReport) -> Iterator[bytes]:
    rows = kept_rows(figures.division, figures.moment, figures.before)
    return (line.encode() for line in annex_lines(rows))


def _audit_head(known_at: datetime) -> str:
    """The digest of the last row of the audit trail at the cut; "" where there is none."""
    row = AuditRow.objects.filter(at__lte=known_at).order_by("-pk").values_list("digest", flat=True).first()
    return row or ""


def _reason(report: Report) -> str:
    """Why there is another version: what was said when the one before was taken back, sent back or corrected."""
    event = report.events.filter(kind__in=REOPENING).order_by("-sequence").first()
    return event.note if event else ""
