"""What an outcome needs before it may be struck off. Source: docs/glossary.md, legal ways to finish."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.errors import Reasons, enumerated
from inspections.errors import EvidenceMissing, IllegalOutcome
from inspections.history import Mark, history_of
from inspections.models import Finding, Outcome, Photo, Rectification, Visit
from institutions.models import LicenceStatus

# A finding whose last mark is proven: by a visit that inspected the place, after the one that found it.
PROVEN = Q(
    ~Q(put_right_visit=F("visit")),
    put_right_on__isnull=False,
    put_right_visit__result=Visit.Result.INSPECTED,
    put_right_visit__happened_at__gte=F("visit__happened_at"),
)


def proven_on(rectification: Rectification, marks: Mapping[int, Sequence[Mark]]) -> dict[int, date]:
    """The findings of a round that are proven to be put right, each with the first day on which one of its marks proves
    it: a later mark that proves nothing takes none off.

    `marks` are those of its history; with them the row's, which of an earlier release is all there is.
    """
    findings = list(rectification.findings.select_related("visit"))
    made = {finding.pk: [*marks.get(finding.pk, []), *_mark_of(finding)] for finding in findings}
    visits = Visit.objects.in_bulk({mark.visit for of in made.values() for mark in of})
    first: dict[int, date] = {}
    for finding in findings:
        days = [mark.on for mark in made[finding.pk] if mark.visit and _proves(visits[mark.visit], finding)]
        if days:
            first[finding.pk] = min(days)
    return first


def _mark_of(finding: Finding) -> list[Mark]:
    return [Mark(finding.put_right_on, finding.put_right_visit_id)] if finding.put_right_on is not None else []


def _proves(seen: Visit, finding: Finding) -> bool:
    """PROVEN of one mark."""
    later = seen.pk != finding.visit_id and seen.happened_at >= finding.visit.happened_at
    return later and seen.result == Visit.Result.INSPECTED


def check_outcome(rectification: Rectification, outcome: str, registered_scope: str) -> None:
    """Raise IllegalOutcome (422) unless the licence status at survey allows the outcome."""
    legal, status = rectification.legal_outcomes, LicenceStatus(rectification.judged_as)
    if outcome not in legal:
        raise IllegalOutcome(
            {
                "outcome": [
                    _("排摸时“%(status)s”的机构不能以“%(given)s”办结，可选：%(legal)s。")
                    % {
                        "status": status.label,
                        "given": Outcome(outcome).label if outcome in Outcome.values else outcome,
                        "legal": enumerated(Outcome(name).label for name in legal),
                    }
                ]
            }
        )
    confined = status == LicenceStatus.REGISTRATION_ONLY
    if outcome == Outcome.CORRECTED and confined and not registered_scope:
        raise IllegalOutcome(
            {"registered_scope": [_("有照无证的机构只有退回登记范围内经营才算整改完成，请写明登记范围。")]}
        )


def check_evidence(rectification: Rectification, outcome: str, on: date) -> None:
    """Raise EvidenceMissing (422) unless what the outcome needs is on file on the day."""
    missing = _CHECKS[outcome](rectification, on)
    if missing:
        raise EvidenceMissing(missing)


def missing_of(rectification: Rectification, outcome: str, on: date) -> list[str]:
    """Why the outcome would be refused on the day, in words; [] when what it needs is on file."""
    return [reason for reasons in _CHECKS[outcome](rectification, on).values() for reason in reasons]


def _closed(rectification: Rectification, on: date) -> Reasons:
    """The last recheck that saw anything found it ceased, or shows by a stored photo that nothing is there; and nobody
    found it operating since. Nobody in shows nothing."""
    stored = Photo.objects.filter(visit=OuterRef("pk"), stored_at__isnull=False)
    seen = rectification.visits.standing().filter(happened_on__range=(rectification.ordered_on, on))
    gone = seen.filter(
        Q(result=Visit.Result.CEASED) | Q(Exists(stored), result__in=[Visit.Result.MOVED, Visit.Result.NOT_FOUND])
    )
    last = gone.order_by("-happened_at").first()
    if last is None:
        return {"evidence": [_("缺少停办证据：需有一次复查显示“已停办”，或显示已搬迁、查无此处并附有现场照片。")]}
    operating = Visit.objects.standing().filter(
        institution__in=rectification.institution.histories,
        result=Visit.Result.INSPECTED,
        happened_at__gt=last.happened_at,
        happened_on__lte=on,
    )
    if since := operating.order_by("-happened_at").first():
        return {"evidence": [_("%(day)s 的检查仍见在办学，与停办不符，请先复查。") % {"day": since.happened_on}]}
    return {}


def _licensed(rectification: Rectification, on: date) -> Reasons:
    """A permit and a registration on file, both valid on the day; also of what is merged into the institution."""
    status = rectification.institution.licence_status_on(on, with_merged=True)
    if status == LicenceStatus.FULL:
        return {}
    return {
        "evidence": [
            _("缺少有效证照：%(day)s 登记在册的证照情况为“%(status)s”，办学许可证和登记证照须同时有效。")
            % {"day": on, "status": LicenceStatus(status).label}
        ]
    }


def _corrected(rectification: Rectification, on: date) -> Reasons:
    """Every finding of the round marked put right, each with the recheck that inspected the place and saw it: by its
    last mark mostly, else by one made before."""
    proven_last = rectification.findings.filter(PROVEN, put_right_on__lte=on).values("pk")
    unproven = list(rectification.findings.exclude(pk__in=proven_last).select_related("type"))
    if unproven:
        proven = proven_on(rectification, history_of(rectification).marks)
        unproven = [finding for finding in unproven if proven.get(finding.pk, date.max) > on]
    names = enumerated(finding.type for finding in unproven)
    if not names:
        return {}
    return {"evidence": [_("以下问题尚未逐项标明整改到位并附复查证据：%(names)s。") % {"names": names}]}


_CHECKS: dict[str, Callable[[Rectification, date], Reasons]] = {
    Outcome.CLOSED: _closed,
    Outcome.LICENSED: _licensed,
    Outcome.CORRECTED: _corrected,
}
