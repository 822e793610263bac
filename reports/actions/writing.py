"""A draft is written: text, heading, explanations; and a report that went out is opened again to be corrected."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import check_texts
from accounts.models import AuditRow, User
from accounts.roles import Permission
from accounts.watermark import NOW, recorded
from reports.actions.steps import locked, note_hand, permit, reason_of, step
from reports.drafts import Draft
from reports.models import Report, ReportEvent, ReportExplanation
from reports.models.report import State

SITTING = timedelta(minutes=30)
MOST_EXPLAINED = ReportExplanation._meta.get_field("text").max_length or 0


@recorded
def save_draft(report: Report, *, by: User, version: int, draft: Draft, at: datetime = NOW) -> Report:
    """Keep what was written, instead of what was there.

    Effects: the draft and its version, an event that `by` had a hand in it (once), an audit row that names the
    paragraphs that changed, once each in a sitting. Nothing when nothing changed. Raises PermissionDenied, IllegalStep
    (409), StaleReport (412), Invalid (422) for an ID-card number.
    """
    permit(report, by, Permission.PREPARE_REPORT)
    check_texts({"draft": " ".join(_texts(draft)), **draft.heading})
    current = locked(report, version, State.DRAFT)
    text = draft.as_json()
    if text == current.draft:
        return current
    changed = _changed(Draft.read(current.draft), draft)
    note_hand(current, ReportEvent.Kind.EDITED, by=by, at=at)
    current.draft = text
    current.version += 1
    current.save(update_fields=["draft", "version"])
    told = _told_already(current, by, at)
    if told is None or set(changed) - told:
        audit.write(
            "report.edited",
            current,
            by=by,
            at=at,
            before={"version": version},
            after={"version": current.version, "paragraphs": changed},
            scope_code=current.scope_code,
        )
    return current


def _told_already(report: Report, by: User, at: datetime) -> set[str] | None:
    """The paragraphs that the audit trail names already of this sitting: what `by` saved within SITTING, nobody having
    done anything else to the report since; None when it begins. The editor saves itself every few seconds, which is no
    act each time."""
    told: set[str] | None = None
    rows = AuditRow.objects.filter(object_type="reports.report", object_id=str(report.pk), at__gt=at - SITTING)
    for row in rows.order_by("-pk"):
        if row.action != "report.edited" or row.by_id != by.pk:
            break
        told = (told or set()) | set((row.after or {})["paragraphs"])
    return told


def _texts(draft: Draft) -> list[str]:
    parts = [part for each in draft.paragraphs for part in each.get("parts", [])]
    return [part if isinstance(part, str) else f"{part['typed'] or ''} {part['why']}" for part in parts]


def _changed(before: Draft, after: Draft) -> list[str]:
    """The ids of paragraphs that are otherwise than they were, "order" and "heading" where these are."""
    was: dict[str, Any] = {each["id"]: each for each in before.paragraphs}
    now: dict[str, Any] = {each["id"]: each for each in after.paragraphs}
    changed = [name for name in {**was, **now} if _said(was.get(name, {})) != _said(now.get(name, {}))]
    if [name for name in was if name in now] != [name for name in now if name in was]:
        changed.append("order")
    return [*changed, "heading"] if before.heading != after.heading else changed


def _said(paragraph: dict[str, Any]) -> tuple[bool, Any, Any]:
    """What somebody made of a paragraph: nothing, for one that stands as it was generated."""
    return bool(paragraph.get("dropped")), paragraph.get("parts"), paragraph.get("of")


@recorded
def explain_contradiction(
    report: Report, *, by: User, code: str, digest: str, text: str, at: datetime = NOW
) -> ReportExplanation:
    """Say why a contradiction is none. It holds for exactly the institutions whose `digest` was looked at.

    Effects: a ReportExplanation, an event that `by` had a hand in it (once), an audit row. Raises PermissionDenied,
    IllegalStep (409) unless the report is being written, Invalid (422) without words.
    """
    permit(report, by, Permission.PREPARE_REPORT)
    said = text.strip()
    if not said:
        raise Invalid({"text": [_("请用文字说明这些机构为什么这样并不矛盾，或者先改正。")]})
    if len(said) > MOST_EXPLAINED:
        raise Invalid({"text": [_("最多 %(most)s 个字。") % {"most": MOST_EXPLAINED}]})
    check_texts({"text": said})
    current = locked(report, None, State.DRAFT)
    note_hand(current, ReportEvent.Kind.EXPLAINED, by=by, at=at)
    explanation = ReportExplanation.objects.create(
        report=current, code=code[:60], digest=digest[:64], text=said, by=by, recorded_at=at
    )
    kept = {"contradiction": code, "explanation": said}
    audit.write("report.explained", current, by=by, at=at, after=kept, scope_code=current.scope_code)
    return explanation


@recorded
def correct_report(report: Report, *, by: User, version: int, reason: str, at: datetime = NOW) -> Report:
    """Open a report that was approved, to submit another version of it; the one that went out stays as it is and
    counts until the next is approved.

    Effects: the state, an event with the reason (which the next version gives), an audit row. Raises PermissionDenied,
    IllegalStep (409), StaleReport (412), Invalid (422) without a reason.
    """
    permit(report, by, Permission.PREPARE_REPORT)
    note = reason_of(reason)
    current = locked(report, version, State.APPROVED, State.HANDED_OVER)
    step(current, "report.corrected", ReportEvent.Kind.CORRECTED, by=by, at=at, state=State.DRAFT, note=note)
    return current
