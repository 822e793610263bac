"""Who may have recorded a visit: judged by the day on which it happened, for a phone sends it when it can."""

from datetime import date

from accounts.held import prefixes_ever, prefixes_on
from accounts.models import User
from accounts.roles import Permission
from institutions.models import Institution
from institutions.past import scope_code_on

RECORD = Permission.RECORD_VISIT


def might_record(user: User, institution: Institution, on: date) -> bool:
    """By a grant of that day where the institution was then or is now, ended since or not; or by one of today where it
    is now, for what was written on paper is entered later."""
    there = {institution.scope_code, scope_code_on(institution, on)}
    if _covers(user.prefixes(RECORD), {institution.scope_code}):
        return True
    return _covers(prefixes_on(user, RECORD, on), there)


def has_had_to_do_with(user: User, institution: Institution) -> bool:
    """Whether some grant of the user's, at any time, lay where the institution is or has been: then what they send of
    it may be true, and waits for a person."""
    places = {institution.scope_code, *institution.places.values_list("scope_code", flat=True)}
    return _covers(prefixes_ever(user, RECORD), places)


def has_ever_recorded(user: User) -> bool:
    """Whether the user records visits anywhere, or once did."""
    return bool(user.prefixes(RECORD) or prefixes_ever(user, RECORD))


def _covers(prefixes: list[str], codes: set[str]) -> bool:
    return any(code.startswith(prefix) for prefix in prefixes for code in codes)
