"""A person decides whether two registrations are one."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, enumerated
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.duplicates.decided import in_order
from institutions.models import DuplicateDecision, Institution
from institutions.models.duplicates import MOST_IDENTITY


@recorded
def decide_duplicate(
    institution: Institution,
    *,
    by: User | None,
    answer: str,
    other: Institution | None = None,
    identity: str = "",
    reason: str = "",
    at: datetime = NOW,
) -> DuplicateDecision:
    """Say whether an institution and another, or a row of a register with this `identity`, are one: same, different,
    later, or open again. It is remembered; nothing is merged by it (see merge_institutions).

    Effects: a DuplicateDecision, an audit row. Raises Invalid (422) for an answer that is none, and unless exactly one
    of `other` and `identity` is given.
    """
    if answer not in DuplicateDecision.Answer.values:
        known = enumerated(DuplicateDecision.Answer.values)
        raise Invalid({"answer": [_("“%(given)s”不可用，可用：%(known)s。") % {"given": answer, "known": known}]})
    if (other is None) == (not identity) or other is not None and other.pk == institution.pk:
        raise Invalid({"other": [_("请指明要与哪一家或名册中的哪一行比较。")]})
    check_texts({"reason": reason})
    first, second = (institution.pk, None) if other is None else in_order(institution.pk, other.pk)
    decision = DuplicateDecision.objects.create(
        first_id=first,
        second_id=second,
        identity=identity[:MOST_IDENTITY],
        answer=answer,
        reason=reason.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    kept = {"answer": answer, "other": other.name if other is not None else identity, "reason": reason.strip()}
    audit.write(
        "institution.duplicate_decided", institution, by=by, at=at, after=kept, scope_code=institution.scope_code
    )
    return decision
