"""Visits kept aside as they came, in the institution they name, until somebody has looked: sent under a used id, or not
to be counted as they stand."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts import audit
from accounts.canonical import digest_of
from accounts.models import User
from accounts.watermark import NOW, recorded, recording
from inspections.actions.sent_visit import Receipt, SentVisit
from inspections.actions.visit_checks import Doubt
from inspections.models import QuarantinedVisit, Visit


def keep_aside(
    sent: SentVisit,
    known: Visit | None,
    *,
    by: User,
    device_sent_at: datetime | None,
    at: datetime | None,
    doubts: Sequence[Doubt] = (),
) -> QuarantinedVisit:
    """Keep content whose id is taken by `known`, or that cannot be counted for its `doubts`; the same again is kept
    once. Effects: the row, an audit row."""
    content = sent.content()
    digest = digest_of(content)
    named = {"visit": known} if known is not None else {"sent_id": sent.id}
    reason = {"reason": doubts[0].reason, "reasons": [each.said for each in doubts]} if doubts else {}
    with recording(at) as received_at:
        kept, first = QuarantinedVisit.objects.get_or_create(
            **named,
            digest=digest,
            defaults={
                "institution": sent.institution,
                "content": content,
                "device_sent_at": device_sent_at,
                "received_at": received_at,
                "by": by,
                **reason,
            },
        )
        if first:
            scope_code = sent.institution.scope_code
            action = "visit.quarantined" if known is not None else "visit.kept_aside"
            audit.write(action, kept, by=by, at=received_at, after={"digest": digest}, scope_code=scope_code)
    return kept


def receipt_of_copy(copy: QuarantinedVisit, *, created: bool = False) -> Receipt:
    """That a visit kept aside is on stable storage, why it waits, and which of its photos are still to come."""
    here = set(copy.photos_here.values_list("sha256", flat=True))
    named = [photo["sha256"] for photo in copy.stated["photos"]]
    reasons = copy.reasons or [str(copy.get_reason_display())]
    if copy.settled_as == QuarantinedVisit.Settled.KEPT:
        said = {"on": copy.settled_at, "note": copy.settle_note}
        reasons = [*reasons, _("已由专人核对，不计入：%(note)s") % said]
    return Receipt(
        id=copy.sent_as,
        digest=copy.digest,
        received_at=copy.received_at,
        missing_photos=[sha256 for sha256 in dict.fromkeys(named) if sha256 not in here],
        distance_m=None,
        rectification=None,
        warnings=list(copy.reasons),
        created=created,
        kept_aside="".join(reasons),
    )


@recorded
def settle_quarantined(
    copy: QuarantinedVisit, *, by: User, note: str = "", counted_as: Visit | None = None, at: datetime = NOW
) -> QuarantinedVisit:
    """Somebody has looked at the kept content: it was compared with the visit, is counted as one, or stays aside for
    the reason in `note`. Effects: who, when and how, an audit row; once is enough."""
    copy = QuarantinedVisit.objects.select_for_update(of=("self",)).select_related("institution").get(pk=copy.pk)
    if copy.settled_at is None:
        before = audit.snapshot(copy)
        copy.settled_at, copy.settled_by, copy.settle_note, copy.counted_as = at, by, note, counted_as
        copy.settled_as = _settled_as(copy)
        copy.save(update_fields=["settled_at", "settled_by", "settled_as", "settle_note", "counted_as"])
        scope_code = copy.institution.scope_code
        audit.write(
            "visit.settled", copy, by=by, at=at, before=before, after=audit.snapshot(copy), scope_code=scope_code
        )
    return copy


def _settled_as(copy: QuarantinedVisit) -> str:
    Settled = QuarantinedVisit.Settled
    if copy.counted_as_id is not None:
        return Settled.COUNTED
    return Settled.SEEN if copy.visit_id is not None else Settled.KEPT
