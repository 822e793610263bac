"""Who can verify a round, as far as its page may say: four eyes leave few in a small bureau."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from accounts.models import Grant, User
from accounts.roles import ROLES, Permission
from accounts.scope import DIVISION_DIGITS

VERIFYING = [role for role, permissions in ROLES.items() if Permission.VERIFY in permissions]
COUNTY_DIGITS = 6
MOST_NAMED = 5
FEW = 2  # so few may verify that ticking one of them at a visit is told what it costs


@dataclass(frozen=True)
class Verifiers:
    """`named` are those of the county itself, at most MOST_NAMED, and whether there are `more`; of a city or a province
    it is only said that there is somebody `above`: the county's pages do not name them."""

    named: list[User]
    more: bool
    above: bool

    @property
    def nobody(self) -> bool:
        return not (self.named or self.above)


def verifiers_of(scope_code: str, on: date, *, but: Collection[int] = ()) -> Verifiers:
    """Who may verify at an institution on a day, without the hands in its round (`but`, ids). Two queries."""
    own = _granted(scope_code, on, [digits for digits in DIVISION_DIGITS if digits >= COUNTY_DIGITS])
    above = _granted(scope_code, on, [digits for digits in DIVISION_DIGITS if digits < COUNTY_DIGITS])
    listed = list(_users(own).exclude(pk__in=but).order_by("username")[: MOST_NAMED + 1])
    return Verifiers(listed[:MOST_NAMED], len(listed) > MOST_NAMED, _users(above).exclude(pk__in=but).exists())


def few_verifiers(scope_code: str, on: date, *, but: Collection[int] = ()) -> dict[str, bool]:
    """User names of who may verify there where they are FEW, each with whether it is the only one; of the county and
    above. None where they are more."""
    grants = _granted(scope_code, on, DIVISION_DIGITS)
    found = _users(grants).exclude(pk__in=but).order_by(Length("username"), "username")[: FEW + 1]
    usernames = [user.username for user in found]
    return dict.fromkeys(usernames, len(usernames) == 1) if len(usernames) <= FEW else {}


def _granted(scope_code: str, on: date, lengths: Collection[int]) -> QuerySet[Grant]:
    """Grants in force of who verifies in a division of one of these lengths in which the institution lies."""
    prefixes = [scope_code[:digits] for digits in lengths]
    return Grant.objects.in_force(on).filter(Q(division_prefix__in=prefixes), role__in=VERIFYING)


def _users(grants: QuerySet[Grant]) -> QuerySet[User]:
    return User.objects.filter(pk__in=grants.values("user"), is_active=True)
