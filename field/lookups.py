"""What a phone keeps beside its worklist: the catalogue of a day, colleagues, townships, and what it sent itself."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import outermost
from inspections import colleagues
from inspections.actions import receipt_of
from inspections.models import GROUPS, FindingType, Visit
from institutions.models import ON_REGISTER, Division, Institution, scope_code_of

MINE_DAYS, MOST_MINE, MOST_COLLEAGUES = 14, 200, 500


def catalogue(user: User, on: date) -> list[dict[str, Any]]:
    """What may be found on the day where the user sees anything, by group, as one walks through a place."""
    groups: dict[str, list[FindingType]] = {key: [] for key in GROUPS}
    for item in FindingType.objects.in_force_on(on).filter(_offered_to(user)).order_by("code"):
        groups.setdefault(item.code[:1] if item.code[:1] in GROUPS else "", []).append(item)
    titles = GROUPS | {"": _("其他")}
    return [
        {"key": key, "title": str(titles[key]), "items": [_item(each) for each in items]}
        for key, items in groups.items()
        if items
    ]


def _offered_to(user: User) -> Q:
    """National items, and those of a county that the user's divisions lie in or hold."""
    offered = Q(division_prefix="")
    for prefix in outermost(user.prefixes()):
        offered |= Q(division_prefix__in=[prefix[:digits] for digits in (2, 4, 6)])
        offered |= Q(division_prefix__startswith=prefix)
    return offered


def _item(item: FindingType) -> dict[str, Any]:
    return {
        "code": item.code,
        "wording": item.name,
        "severity": item.severity,
        "days_to_put_right": settings.RECTIFICATION_TERM_DAYS[item.severity],
        "licence": item.meaning,
    }


def colleagues_in(division: str, on: date) -> list[dict[str, str]]:
    """Who may be named at a visit there, those of the place first."""
    offered, _more = colleagues.suggested(scope_code_of(division), on, chosen=(), most=MOST_COLLEAGUES)
    return [{"username": user.username, "name": str(user)} for user in offered]


def divisions_of(user: User) -> list[dict[str, Any]]:
    """The townships of the user's grants with how many institutions are on the register of each; a division that has
    none below it stands for itself."""
    prefixes = outermost(user.prefixes())
    here = Institution.objects.in_divisions(prefixes).filter(ON_REGISTER)
    held: Counter[str] = Counter()
    for code, number in Counter(here.order_by().values_list("scope_code", flat=True)).items():
        held.update({code[:digits]: number for digits in (2, 4, 6, 9)})
    seen = Division.objects.visible_to(user).filter(Q(level="township") | Q(pk__in=prefixes)).order_by("code")
    listed = list(seen.values_list("code", "name"))
    after = [code for code, _name in listed[1:]] + [""]  # what lies in a division follows it
    return [
        {"code": code, "name": name, "institutions": held[code[:9]]}
        for (code, name), following in zip(listed, after, strict=True)
        if not following.startswith(code)
    ]


def mine(user: User, now: datetime) -> list[dict[str, Any]]:
    """The visits that the user recorded in the last days, the latest first, with their receipts."""
    recorded = Visit.objects.filter(recorded_by=user, recorded_at__gt=now - timedelta(days=MINE_DAYS))
    seen = set(Institution.objects.visible_to(user).filter(visits__in=recorded.order_by()).values_list("pk", flat=True))
    listed = recorded.select_related("institution").with_receipts().order_by("-recorded_at", "pk")[:MOST_MINE]
    return [
        {
            "id": str(visit.pk),
            "institution": str(visit.institution_id),
            "name": visit.institution.name if visit.institution_id in seen else "",
            "happened_at": visit.happened_at.isoformat(),
            "purpose": visit.purpose,
            "result": visit.result,
            "withdrawn": visit.withdrawn_at is not None,
            "receipt": receipt_of(visit).as_json(),
        }
        for visit in listed
    ]
