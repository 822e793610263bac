"""Who can verify a round, as far as its page may say: four eyes leave few in a small bureau."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Grant, User
from accounts.roles import ROLES, Permission
from accounts.scope import DIVISION_DIGITS
from inspections.models import Rectification

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


def costs_of_ticking(open_round: Rectification | None, on: date) -> dict[str, str]:
    """What naming a colleague at a visit costs the round that is open: who stood there does not verify it. By user
    name, of those who may verify, of the county and above, where they are FEW."""
    if open_round is None or not open_round.is_open:
        return {}
    grants = _granted(open_round.scope_code, on, DIVISION_DIGITS)
    found = _users(grants).exclude(pk__in=open_round.hands()).order_by("username")
    usernames = [user.username for user in found[: FEW + 1]]
    if len(usernames) == 1:
        return {usernames[0]: _("勾选后他不能核验这一轮，也没有别的人能核验")}
    return dict.fromkeys(usernames, _("勾选后他不能核验这一轮")) if len(usernames) <= FEW else {}


def _granted(scope_code: str, on: date, lengths: Collection[int]) -> QuerySet[Grant]:
    """Grants in force of who verifies in a division of one of these lengths in which the institution lies."""
    prefixes = [scope_code[:digits] for digits in lengths]
    return Grant.objects.in_force(on).filter(Q(division_prefix__in=prefixes), role__in=VERIFYING)


def _users(grants: QuerySet[Grant]) -> QuerySet[User]:
    return User.objects.filter(pk__in=grants.values("user"), is_active=True)
