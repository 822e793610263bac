"""What a phone knows of the institutions of a division: enough to go there, to fill in the form, to say what is due.

No principal and no telephone number is in it: only whether there is one to be asked for.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Max, Q, Subquery
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.masking import mask_phones
from accounts.models import AuditRow, User
from accounts.permissions import has_permission
from accounts.roles import Permission
from field.changes import Base
from inspections.models import Finding, Rectification, Visit
from institutions.models import Institution, InstitutionQuerySet, any_of
from institutions.moments import Moment
from institutions.positions import Datum

MOST = 2000  # institutions in one answer
SHOWN = (
    "name", "signboard_name", "operating_address", "division_id", "scope_code", "longitude", "latitude",
    "location_source", "location_accuracy_m", "category", "phone", "version", "surveyed_on", "ceased_on", "recorded_at",
    "has_merges",
)  # fmt: skip


@dataclass(frozen=True)
class Worklist:
    """The institutions of some divisions as they stand, or what has changed in them since, with what is gone."""

    moment: Moment
    institutions: list[dict[str, Any]]
    gone: list[str]


def worklist(user: User, divisions: Sequence[str], since: datetime | None = None) -> Worklist:
    """Everything on the register there, or with `since` what is otherwise than as known then.

    Raises Invalid (422) for more institutions than one answer holds. The number of queries does not depend on theirs.
    """
    moment = Moment.of().as_it_stands()
    here = Institution.objects.visible_to(user).in_divisions(divisions).registered_at(moment)
    standing = set(here.order_by().values_list("pk", flat=True)[: MOST + 1])
    if len(standing) > MOST:
        most = {"most": MOST}
        raise Invalid({"division": [_("所选区划的机构超过 %(most)s 家，请按乡镇（街道）下载。") % most]})
    if since is None:
        return Worklist(moment, _rows(user, here, moment), [])
    base = Base(user, divisions, since)
    gone = sorted(str(pk) for pk in base.members - standing)
    return Worklist(moment, _rows(user, here.filter(pk__in=base.changed(standing, moment)), moment), gone)


def _rows(user: User, institutions: InstitutionQuerySet, moment: Moment) -> list[dict[str, Any]]:
    visits = Visit.objects.standing().order_by("-happened_at", "-recorded_at", "pk")
    listed: list[Any] = list(
        institutions.only(*SHOWN)
        .with_licence_now(moment)
        .annotate(
            last_visit=_first_of(visits, moment),
            last_look=_first_of(visits.filter(result=Visit.Result.INSPECTED), moment),
        )
        .order_by("scope_code", "name", "pk")
    )
    pks = {pk for each in listed for pk in (each.last_visit, each.last_look) if pk}
    seen = Visit.objects.only("happened_on", "result", "content", "recorded_at").in_bulk(pks)
    rounds = _rounds(user, [each.pk for each in listed], moment)
    touched = _touched([each.pk for each in listed])
    rows = []
    for each in listed:
        last, look = seen.get(each.last_visit), seen.get(each.last_look)
        round_, round_at = rounds.get(each.pk, (None, None))
        moments = [touched.get(str(each.pk)), last and last.recorded_at, round_at, each.recorded_at]
        rows.append(_row(each, last, look, round_) | {"updated_at": max(filter(None, moments)).isoformat()})
    return rows


def _row(each: Any, last: Visit | None, look: Visit | None, round_: dict[str, Any] | None) -> dict[str, Any]:
    """Degrees are WGS-84, whatever datum they came in; the centre of a township is no position."""
    longitude, latitude = each.position or (None, None)
    return {
        "id": str(each.pk),
        "name": each.name,
        "signboard": each.signboard_name,
        "address": each.operating_address,
        "division": each.division_id,
        "longitude": longitude,
        "latitude": latitude,
        "datum": Datum.WGS84.value if each.position else "",
        "accuracy_m": each.location_accuracy_m if each.position else None,
        "licence_status": each.licence_now,
        "category": each.category,
        "has_phone": bool(each.phone),
        "version": each.version,
        "assigned": bool(round_ and round_.pop("mine")),
        "last": last and {"on": last.happened_on.isoformat(), "result": last.result, "found": _found(last)},
        "surveyed_on": each.surveyed_on and each.surveyed_on.isoformat(),
        "ceased_on": each.ceased_on and each.ceased_on.isoformat(),
        "round": round_,
        "answers": _answers(look) if look else {},
    }


def _found(visit: Visit) -> list[str]:
    return [each["type"] for each in visit.stated["findings"]]


def _answers(visit: Visit) -> dict[str, str]:
    """What the last look inside said of each item of the catalogue."""
    stated = json.loads(visit.content)
    return {each["type"]: each["answer"] for each in stated.get("items", [])} | dict.fromkeys(_found(visit), "problem")


def _first_of(visits: "models.QuerySet[Visit]", moment: Moment) -> Any:
    """The id of the first of an institution's visits, those to what was merged into it among them."""
    first: Callable[[models.QuerySet[Visit]], Any] = lambda rows: Subquery(rows.values("pk")[:1])  # noqa: E731
    return any_of(visits, moment, first, output_field=models.UUIDField())


def _rounds(user: User, institutions: list[UUID], moment: Moment) -> dict[UUID, tuple[dict[str, Any], datetime]]:
    """The open round of each, with the moment of its last event. Mine: ordered by me, or on a visit of mine."""
    rounds = Rectification.objects.open().filter(institution__in=institutions).select_related("opened_by_visit")
    listed: list[Any] = list(rounds.annotate(moved_at=Max("events__recorded_at")))
    with_me = Q(opened_by_visit__inspectors=user) | Q(opened_by_visit__recorded_by=user) | Q(ordered_by=user)
    mine = set(rounds.filter(with_me).values_list("pk", flat=True))
    findings = defaultdict(list)
    for finding in Finding.objects.filter(rectification__in=[each.pk for each in listed]).order_by("type_id", "pk"):
        findings[finding.rectification_id].append(finding)
    found = {}
    for each in listed:
        reads = has_permission(user, Permission.SEE_PERSONAL_DATA, each.scope_code)
        said = {
            "id": str(each.pk),
            "number": each.number,
            "state": each.state,
            "version": each.version,
            "due_on": each.next_due_on.isoformat(),
            "overdue": each.next_due_on < moment.on,
            "outcome": each.submitted_outcome,
            "findings": [
                {
                    "id": finding.pk,
                    "type": finding.type_id,
                    "note": finding.note if reads else mask_phones(finding.note),
                    "put_right": finding.put_right_on is not None,
                }
                for finding in findings[each.pk]
            ],
            "mine": each.pk in mine,
        }
        found[each.institution_id] = (said, each.moved_at or each.ordered_recorded_at)
    return found


def _touched(institutions: list[UUID]) -> dict[str, datetime]:
    """When each was last written to, by the audit trail."""
    rows = AuditRow.objects.filter(object_type="institutions.institution", object_id__in=map(str, institutions))
    return dict(rows.order_by().values_list("object_id").annotate(Max("at")))
