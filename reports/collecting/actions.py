"""A report of a division below is kept, as it came."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refusal
from accounts.models import User
from accounts.permissions import has_permission, require
from accounts.roles import Permission
from accounts.watermark import NOW, recorded
from figures.places import CHILD_DIGITS
from figures.statistics import counts, population
from institutions.models import Division, scope_code_of
from institutions.moments import Moment
from reports.collecting.reading import Received
from reports.models import Collected

MOST_SOURCE = 300


class NotOurs(Refusal):
    """A report that is not of a division below, or of another day."""

    code = "not_ours"


@recorded
def collect(
    received: Received,
    *,
    division: Division,
    as_of: date | None = None,
    by: User | None,
    source: str,
    at: datetime = NOW,
) -> tuple[Collected, bool]:
    """Keep a report of a division below; whether it is new. The same content again is the row that is there.

    Effects: a Collected with what is counted here of the same division, day and K, an audit row. Raises
    PermissionDenied, NotOurs for a report of elsewhere or of a level further down and, where `as_of` is said, of
    another day.
    """
    if by is not None:
        require_collecting(by, division.code)
    if not is_right_below(received.division, division.code):
        said = {"name": received.content["name"], "code": received.division, "division": division.name}
        raise NotOurs(_("“%(name)s”（%(code)s）不是%(division)s的下一级，没有收。") % said)
    if as_of is not None and received.as_of != as_of:
        said = {"name": received.content["name"], "given": received.as_of, "asked": as_of}
        raise NotOurs(_("“%(name)s”的报告截至 %(given)s，这次汇总截至 %(asked)s，没有收。") % said)
    there = Collected.objects.filter(division=division, sha256=received.sha256).first()
    if there is not None:
        return there, False
    try:
        with transaction.atomic():
            made = Collected.objects.create(
                division=division,
                below=received.division,
                as_of=received.as_of,
                version=received.content["version"],
                content=received.text,
                sha256=received.sha256,
                ours=counted_here(received),
                vouched=received.vouched,
                source=source[:MOST_SOURCE],
                by=by,
                collected_at=at,
            )
    except IntegrityError:  # somebody else was quicker with the same report
        return Collected.objects.get(division=division, sha256=received.sha256), False
    kept = {"below": made.below, "as_of": made.as_of.isoformat(), "version": made.version, "sha256": made.sha256}
    audit.write("report.collected", made, by=by, at=at, after=kept, scope_code=scope_code_of(division.code), first=True)
    return made, True


def is_right_below(code: str, division: str) -> bool:
    """Whether a code is of the level right below a division, in it: a township's report is in its county's."""
    return code.startswith(division) and len(code) == CHILD_DIGITS.get(len(division))


def require_collecting(by: User, division: str) -> None:
    """Raise PermissionDenied unless `by` may prepare or approve reports of the division."""
    if not has_permission(by, Permission.APPROVE_REPORT, scope_code_of(division)):
        require(by, Permission.PREPARE_REPORT, scope_code_of(division))


def counted_here(received: Received) -> dict[str, int] | None:
    """What is counted here of the report's division as of its day, as known at its K (now, where that is to come); None
    where nobody is counted here."""
    moment = Moment.of(received.as_of)
    if received.known_at < moment.known_at:
        moment = Moment(received.as_of, received.known_at)
    found = counts(population(received.division, moment), moment)
    if not found.surveyed:
        return None
    return {name: value for name, value in found.as_json().items() if isinstance(value, int)}
