"""What every move of a round does first and last: lock, check state, day and reason, write the audit row."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import check_texts
from accounts.models import User
from inspections.errors import StaleVersion
from inspections.models import TRANSITIONS, Rectification
from institutions.models import Institution
from institutions.moments import day_of

CLOCK_TOLERANCE = timedelta(minutes=5)  # by which a phone's clock may be ahead
LONGEST_TERM = timedelta(days=3 * 365)


def locked(rectification: Rectification, version: int) -> Rectification:
    """The round as it stands now, locked until the transaction ends; StaleVersion unless it is what the caller saw.

    First its institution, as a visit does: two that lock in turn wait for each other, two that lock crosswise for ever.
    """
    Institution.objects.select_for_update().get(pk=rectification.institution_id)
    current = (
        Rectification.objects.select_for_update(of=("self",)).select_related("institution").get(pk=rectification.pk)
    )
    if current.version != version:
        raise StaleVersion(version, current.version)
    return current


def locked_while_open(rectification: Rectification, version: int) -> Rectification:
    """The same for a move that leaves the state as it is, which only an open round takes."""
    current = locked(rectification, version)
    if not current.is_open:
        raise current.refusal_of(None)
    return current


def check_move(rectification: Rectification, wanted: str) -> None:
    """Before anything else is said about a move: is it legal at all?"""
    if wanted not in TRANSITIONS[rectification.state]:
        raise rectification.refusal_of(wanted)


def check_day(on: date, at: datetime, *, not_before: date | None, before_text: str) -> None:
    if on > day_of(at + CLOCK_TOLERANCE):
        raise Invalid({"on": [_("日期 %(on)s 在今天之后。") % {"on": on}]})
    if not_before is not None and on < not_before:
        raise Invalid(
            {"on": [_("%(what)s：%(on)s 早于 %(first)s。") % {"what": before_text, "on": on, "first": not_before}]}
        )


def check_reason(reason: str, message: str) -> None:
    """Said, and without what is not kept. Raises Invalid."""
    if not reason.strip():
        raise Invalid({"reason": [message]})
    check_texts({"reason": reason})


def write_audit(
    action: str,
    changed: Rectification | Institution,
    institution: Institution,
    *,
    by: User,
    at: datetime,
    before: dict[str, object] | None = None,
    first: bool = False,
) -> None:
    """Of a round with the events that were appended since."""
    told: dict[str, object] = {}
    if isinstance(changed, Rectification) and changed.untold:
        told["events"], changed.untold = list(changed.untold), ()
    audit.write(
        action,
        changed,
        by=by,
        at=at,
        before=before,
        after=audit.snapshot(changed),
        told=told,
        scope_code=institution.scope_code,
        first=first,
    )
