"""Who may be named as having been at a visit: one rule for the form, its search and what is sent."""

import re
from collections.abc import Iterable
from datetime import date

from django.db.models import Case, Max, Q, QuerySet, When
from django.db.models.functions import Length

from accounts.held import prefixes_ever, prefixes_on, was_active_on
from accounts.models import Grant, User
from accounts.put_once import put_once
from accounts.roles import ROLES, Permission
from accounts.scope import next_prefix, within_prefixes

INSPECTING = [role for role, permissions in ROLES.items() if Permission.RECORD_VISIT in permissions]
MOST_SUGGESTED, MOST_FOUND = 12, 20
_BETWEEN = re.compile(r"[\s、,，;；]+")


def may_be_named(scope_code: str, on: date) -> QuerySet[User]:
    """Users who record visits somewhere in the county of an institution; nobody else's name is confirmed.

    A grant that ended before the visit does not count; one that began after it does: visits on paper are entered later.
    """
    county = scope_code[:6]
    return User.objects.filter(
        Q(grants__division_prefix__in=above(county)) | _within_county(county),
        Q(grants__valid_to__isnull=True) | Q(grants__valid_to__gte=on),
        grants__role__in=INSPECTING,
        is_active=True,
    ).distinct()


class Named:
    """Who may be named, asked once for several visits: the rule of `may_be_named`, by the last day of their grants."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], tuple[User, date] | None] = {}

    def at(self, scope_code: str, on: date, usernames: Iterable[str]) -> dict[str, User]:
        """Of these user names those who may be named there on the day."""
        county, names = scope_code[:6], set(usernames)
        if missing := {name for name in names if (county, name) not in self.known}:
            self._ask(county, missing)
        found = {name: self.known[county, name] for name in names}
        return {name: held[0] for name, held in found.items() if held is not None and held[1] >= on}

    def _ask(self, county: str, names: set[str]) -> None:
        self.known |= dict.fromkeys(((county, name) for name in names), None)
        for grant in _grants_of(above(county), county, next_prefix(county), tuple(names)):
            until, held = grant.valid_to or date.max, self.known[county, grant.user.username]
            if held is None or held[1] < until:
                self.known[county, grant.user.username] = (grant.user, until)


def above(county: str) -> tuple[str, ...]:
    """The prefixes of province, city and county."""
    return tuple(county[:digits] for digits in (2, 4, 6))


@put_once
def _grants_of(above: tuple[str, ...], county: str, after: str, names: tuple[str, ...]) -> QuerySet[Grant]:
    """Grants to inspect anywhere in a county, of these user names; `after` is what no code in it reaches."""
    there = Q(division_prefix__in=above) | Q(division_prefix__gte=county, division_prefix__lt=after)
    grants = Grant.objects.filter(there, role__in=INSPECTING, user__is_active=True, user__username__in=names)
    return grants.select_related("user").only("valid_to", "user__username", "user__name", "user__is_active")


def named_since(scope_code: str, on: date, usernames: Iterable[str], sender: User) -> tuple[list[User], list[User]]:
    """Of user names that may not be named now, those who might have been on that day, for their account was disabled,
    or their grant changed or taken away, since; and those who might have been at another time, and the sender."""
    county = scope_code[:6]
    since, once = [], []
    for user in User.objects.filter(username__in=set(usernames)).prefetch_related("grants"):
        if _lies_in(county, prefixes_on(user, Permission.RECORD_VISIT, on)) and was_active_on(user, on):
            since.append(user)
        elif user == sender or _lies_in(county, prefixes_ever(user, Permission.RECORD_VISIT)):
            once.append(user)
    return since, once


def _lies_in(county: str, prefixes: Iterable[str]) -> bool:
    return any(county.startswith(prefix[: len(county)]) for prefix in prefixes)


def _within_county(county: str) -> Q:
    return within_prefixes("grants__division_prefix", [county])


def suggested(
    scope_code: str, on: date, *, chosen: Iterable[str], most: int = MOST_SUGGESTED
) -> tuple[list[User], bool]:
    """Those to be offered unasked: who was chosen, then who is nearest, the institution's own township first; and
    whether there are more."""
    near = [When(grants__division_prefix=scope_code[:digits], then=digits) for digits in (12, 9, 6, 4, 2)]
    rule = may_be_named(scope_code, on)
    named = list(rule.filter(username__in=set(chosen)).order_by("username"))
    others = rule.exclude(pk__in=[user.pk for user in named]).annotate(near=Max(Case(*near, default=0)))
    listed = list(others.order_by("-near", "username")[: most + 1])
    return named + listed[:most], len(listed) > most


def found(scope_code: str, on: date, words: str) -> list[User]:
    """Those whose user name or name holds one of the words, the shortest first; nobody for no word."""
    asked = Q(pk__in=[])
    for word in _words(words):
        asked |= Q(username__icontains=word) | Q(name__icontains=word)
    matching = may_be_named(scope_code, on).filter(asked)
    return list(matching.order_by(Length("username"), "username")[:MOST_FOUND])


def usernames(scope_code: str, on: date, typed: str) -> list[str]:
    """User names typed one after another, or names where one person alone has it; what nobody has stays as it is."""
    words = _words(typed)
    known = list(may_be_named(scope_code, on).filter(Q(username__in=words) | Q(name__in=words)))
    return [_username(word, known) for word in words]


def _username(word: str, known: Iterable[User]) -> str:
    if any(user.username == word for user in known):
        return word
    called = [user.username for user in known if user.name == word]
    return called[0] if len(called) == 1 else word


def _words(typed: str) -> list[str]:
    return [word for word in _BETWEEN.split(typed) if word][:MOST_FOUND]
