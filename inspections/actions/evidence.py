"""What an outcome needs before it may be struck off. Source: docs/glossary.md, legal ways to finish."""

from collections.abc import Callable
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.errors import Reasons
from inspections.errors import EvidenceMissing, IllegalOutcome
from inspections.models import Outcome, Photo, Rectification, Visit
from institutions.models import LicenceStatus


def check_outcome(rectification: Rectification, outcome: str, registered_scope: str) -> None:
    """Raise IllegalOutcome (422) unless the licence status at survey allows the outcome."""
    legal = rectification.legal_outcomes
    if outcome not in legal:
        raise IllegalOutcome(
            {
                "outcome": [
                    _("排摸时“%(status)s”的机构不能以“%(given)s”办结,可选:%(legal)s。")
                    % {
                        "status": rectification.institution.get_licence_status_at_survey_display() or _("未排摸"),
                        "given": Outcome(outcome).label if outcome in Outcome.values else outcome,
                        "legal": "、".join(str(Outcome(name).label) for name in legal),
                    }
                ]
            }
        )
    confined = rectification.institution.licence_status_at_survey == LicenceStatus.REGISTRATION_ONLY
    if outcome == Outcome.CORRECTED and confined and not registered_scope:
        raise IllegalOutcome(
            {"registered_scope": [_("有照无证的机构只有退回登记范围内经营才算整改完成,请写明登记范围。")]}
        )


def check_evidence(rectification: Rectification, outcome: str, on: date) -> None:
    """Raise EvidenceMissing (422) unless what the outcome needs is on file on the day."""
    missing = _CHECKS[outcome](rectification, on)
    if missing:
        raise EvidenceMissing(missing)


def _closed(rectification: Rectification, on: date) -> Reasons:
    """A recheck visit that found it ceased, or a stored photo of a visit that found nobody teaching there."""
    gone = [Visit.Result.MOVED, Visit.Result.NOT_FOUND, Visit.Result.NO_ACCESS]
    stored = Photo.objects.filter(visit=OuterRef("pk"), stored_at__isnull=False)
    seen = rectification.visits.filter(happened_on__gte=rectification.ordered_on, happened_on__lte=on).filter(
        Q(result=Visit.Result.CEASED) | Q(Exists(stored), result__in=gone)
    )
    if seen.exists():
        return {}
    return {"evidence": [_("缺少停办证据:需有一次复查显示“已停办”,或附有现场照片。")]}


def _licensed(rectification: Rectification, on: date) -> Reasons:
    """A permit and a registration on file, both valid on the day."""
    status = rectification.institution.licence_status_on(on)
    if status == LicenceStatus.FULL:
        return {}
    return {
        "evidence": [
            _("缺少有效证照:%(day)s 登记在册的证照情况为“%(status)s”,办学许可证和登记证照须同时有效。")
            % {"day": on, "status": LicenceStatus(status).label}
        ]
    }


def _corrected(rectification: Rectification, on: date) -> Reasons:
    """Every finding of the round marked put right, each with the recheck that saw it or a stored photo of it."""
    shown = Photo.objects.filter(
        finding=OuterRef("pk"), stored_at__isnull=False, visit__happened_on__gte=rectification.ordered_on
    )
    unproven = rectification.findings.exclude(
        Q(put_right_on__isnull=False, put_right_on__lte=on) & (Q(put_right_visit__isnull=False) | Q(Exists(shown)))
    ).select_related("type")
    names = "、".join(str(finding.type) for finding in unproven)
    if not names:
        return {}
    return {"evidence": [_("以下问题尚未逐项标明整改到位并附复查证据:%(names)s。") % {"names": names}]}


_CHECKS: dict[str, Callable[[Rectification, date], Reasons]] = {
    Outcome.CLOSED: _closed,
    Outcome.LICENSED: _licensed,
    Outcome.CORRECTED: _corrected,
}
