"""Visits sent under a used id: kept aside as they came, in the institution they name, until somebody has looked."""

from datetime import datetime

from accounts import audit
from accounts.canonical import digest_of
from accounts.models import User
from accounts.watermark import NOW, recorded, recording
from inspections.actions.sent_visit import SentVisit
from inspections.models import QuarantinedVisit, Visit


def keep_aside(
    sent: SentVisit, known: Visit, *, by: User, device_sent_at: datetime | None, at: datetime | None
) -> QuarantinedVisit:
    """Keep content whose id is taken by `known`; the same again is kept once. Effects: the row, an audit row."""
    content = sent.content()
    digest = digest_of(content)
    with recording(at) as received_at:
        kept, first = QuarantinedVisit.objects.get_or_create(
            visit=known,
            digest=digest,
            defaults={
                "institution": sent.institution,
                "content": content,
                "device_sent_at": device_sent_at,
                "received_at": received_at,
                "by": by,
            },
        )
        if first:
            scope_code = sent.institution.scope_code
            audit.write(
                "visit.quarantined", kept, by=by, at=received_at, after={"digest": digest}, scope_code=scope_code
            )
    return kept


@recorded
def settle_quarantined(copy: QuarantinedVisit, *, by: User, at: datetime = NOW) -> QuarantinedVisit:
    """Somebody has compared the kept content with the visit. Effects: who and when, an audit row; once is enough."""
    copy = QuarantinedVisit.objects.select_for_update(of=("self",)).select_related("institution").get(pk=copy.pk)
    if copy.settled_at is None:
        before = audit.snapshot(copy)
        copy.settled_at, copy.settled_by = at, by
        copy.save(update_fields=["settled_at", "settled_by"])
        scope_code = copy.institution.scope_code
        audit.write(
            "visit.settled", copy, by=by, at=at, before=before, after=audit.snapshot(copy), scope_code=scope_code
        )
    return copy
