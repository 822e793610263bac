"""Visits compared with what was sent: the content that is kept is the truth, the rows are made of it."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

from django.db.models import Prefetch

from accounts import audit
from accounts.canonical import digest_of
from accounts.models import AuditRow
from inspections.models import Photo, QuarantinedVisit, Visit
from institutions.moments import day_of
from institutions.positions import is_nowhere, to_wgs84

NEAR = 1e-9  # degrees by which two machines may work out one position
AT_ONCE = 2000
# What of a visit nobody sent: who recorded or withdrew it, when, and what was worked out then; and the digest that its
# sender was given, which a content that was rewritten with its rows does not have. The trail tells it.
TOLD = [
    "recorded_at", "recorded_by_id", "device_sent_at", "distance_m", "proposed_on", "rectification_id",
    "digest", "reconstructed", "withdrawn_at", "withdrawn_by_id", "withdraw_reason",
]  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """What the rows of a visit, or of one kept aside, say otherwise than the content that was sent."""

    of: Visit | QuarantinedVisit
    what: str
    rows: Any
    sent: Any

    def __str__(self) -> str:
        id = self.of.pk if isinstance(self.of, Visit) else self.of.sent_as
        return f"visit {id} {self.what}: rows {self.rows!r}, sent {self.sent!r}"


def check() -> Iterator[tuple[Visit, Difference | None]]:
    """Every visit with the first of its differences, None where rows, content and audit trail agree."""
    photos = Prefetch("photos", Photo.objects.select_related("finding"))
    visits = Visit.objects.order_by("pk").prefetch_related("inspectors", "findings", photos)
    found = visits.iterator(chunk_size=AT_ONCE)
    while some := list(islice(found, AT_ONCE)):
        told = _told(some)
        for visit in some:
            yield visit, next(chain(differences(visit), _untold(visit, told.get(str(visit.pk), {}))), None)


def _told(visits: Sequence[Visit]) -> dict[str, dict[str, Any]]:
    """What the audit trail says of each visit, by its id: as it was recorded, and as it was withdrawn. A release that
    did not keep what was sent found out only afterwards of which round a visit is evidence."""
    rows = AuditRow.objects.filter(
        object_type=Visit._meta.label_lower,
        object_id__in=[str(visit.pk) for visit in visits],
        action__in=["visit.recorded", "visit.withdrawn"],
    )
    told: dict[str, dict[str, Any]] = {}
    for of, after in rows.order_by("pk").values_list("object_id", "after"):
        told.setdefault(of, {}).update(after or {})
    for each in told.values():
        if "reconstructed" not in each:
            each.pop("rectification_id", None)
    return told


def _untold(visit: Visit, told: dict[str, Any]) -> Iterator[Difference]:
    """What a visit's row says otherwise than the trail, of TOLD."""
    for column in TOLD:
        if column in told and not agrees(getattr(visit, column), told[column]):
            yield Difference(visit, column, getattr(visit, column), told[column])


def agrees(row: Any, told: Any) -> bool:
    """Whether a column says what the trail was told, as JSON and with moments to the millisecond."""
    if isinstance(row, datetime) and told is not None:
        moment = told if isinstance(told, datetime) else datetime.fromisoformat(told)
        return _to_the_millisecond(row) == _to_the_millisecond(moment)
    return bool(audit.plain({"row": row})["row"] == told)


def check_copies() -> Iterator[tuple[QuarantinedVisit, Difference | None]]:
    """Every visit kept aside, with what its digest or its id say otherwise than its content or the audit trail."""
    found = QuarantinedVisit.objects.order_by("pk").iterator(chunk_size=AT_ONCE)
    while some := list(islice(found, AT_ONCE)):
        told = _digests_told(some)
        for copy in some:
            yield copy, _altered(copy, told.get(str(copy.pk), copy.digest))


def _digests_told(copies: Sequence[QuarantinedVisit]) -> dict[str, str]:
    rows = AuditRow.objects.filter(
        object_type=QuarantinedVisit._meta.label_lower,
        object_id__in=[str(copy.pk) for copy in copies],
        action__in=["visit.quarantined", "visit.kept_aside"],
    )
    return {of: after["digest"] for of, after in rows.values_list("object_id", "after") if after}


def _altered(copy: QuarantinedVisit, told: str) -> Difference | None:
    what = f"kept aside #{copy.pk}"
    if copy.digest != digest_of(copy.content):
        return Difference(copy, f"{what} digest", copy.digest, digest_of(copy.content))
    try:
        sent_as = copy.stated["id"]
    except (ValueError, KeyError, TypeError) as problem:
        return Difference(copy, f"{what} content", "", f"cannot be read: {problem!r}")
    if sent_as != str(copy.sent_as):
        return Difference(copy, f"{what} id", str(copy.sent_as), sent_as)
    return Difference(copy, f"{what} digest", copy.digest, told) if copy.digest != told else None


def differences(visit: Visit) -> Iterator[Difference]:
    """Where the rows of a visit do not say what was sent. The digest of a content that was put together again from its
    rows is of what nobody has any more, and is not compared."""
    if not visit.reconstructed and digest_of(visit.content) != visit.digest:
        yield Difference(visit, "digest", visit.digest, digest_of(visit.content))
    try:
        content = json.loads(visit.content)
        sent = _as_rows(content, _of_nothing(visit))
    except (ValueError, KeyError, TypeError) as problem:
        yield Difference(visit, "content", "", f"cannot be read: {problem!r}")
        return
    rows = _rows(visit)
    for what, value in rows.items():
        if what == "datum" and visit.reconstructed:
            continue  # the position was put down in WGS-84, whatever it came in
        if value != sent[what] and not _near(value, sent[what]):
            yield Difference(visit, what, value, sent[what])


def _rows(visit: Visit) -> dict[str, Any]:
    return {
        "id": str(visit.pk),
        "institution": str(visit.institution_id),
        "purpose": visit.purpose,
        "result": visit.result,
        "happened_at": _to_the_millisecond(visit.happened_at),
        "happened_on": visit.happened_on,
        "inspectors": sorted(each.username for each in visit.inspectors.all()),
        "longitude": visit.longitude,
        "latitude": visit.latitude,
        "datum": visit.datum,
        "accuracy_m": visit.accuracy_m,
        "findings": sorted((each.type_id, each.note) for each in visit.findings.all()),
        "photos": sorted(
            (
                each.slot,
                each.sha256,
                each.taken_at and _to_the_millisecond(each.taken_at),
                each.longitude,
                each.latitude,
                each.accuracy_m,
                each.finding.type_id if each.finding else "",
            )
            for each in visit.photos.all()
        ),
        "note": visit.note,
    }


def _of_nothing(visit: Visit) -> set[int]:
    """Slots of the photos that are of no finding: of a problem found before, in no round that the visit looked at."""
    return {each.slot for each in visit.photos.all() if each.finding_id is None}


def _as_rows(content: dict[str, Any], of_nothing: Collection[int] = ()) -> dict[str, Any]:
    """What the rows have to say of a content as SentVisit writes it, the photos of these slots being of no finding."""
    position, own = _somewhere(content["position"]), {each["type"] for each in content["findings"]}
    here = to_wgs84(position["longitude"], position["latitude"], position["datum"]) if position else (None, None)
    happened_at = datetime.fromisoformat(content["happened_at"])
    return {
        "id": content["id"],
        "institution": content["institution"],
        "purpose": content["purpose"],
        "result": content["result"],
        "happened_at": happened_at,
        "happened_on": day_of(happened_at),
        "inspectors": sorted(set(content["inspectors"])),
        "longitude": here[0],
        "latitude": here[1],
        "datum": position["datum"] if position else "",
        "accuracy_m": position["accuracy_m"] if position else None,
        "findings": sorted((each["type"], each["note"]) for each in content["findings"]),
        "photos": sorted(
            (
                each["slot"],
                each["sha256"],
                each["taken_at"] and datetime.fromisoformat(each["taken_at"]),
                *((_somewhere(each) or {}).get(name) for name in ("longitude", "latitude", "accuracy_m")),
                (each["finding"] if each["finding"] in own or each["slot"] not in of_nothing else "") or "",
            )
            for each in content["photos"]
        ),
        "note": content["note"],
    }


def _somewhere(position: dict[str, Any] | None) -> dict[str, Any] | None:
    """A position as it was stated, None where the phone knew none: the rows have none, the content what it said."""
    return None if position is None or is_nowhere(position["longitude"], position["latitude"]) else position


def _to_the_millisecond(moment: datetime) -> datetime:
    """As fine as canonical JSON writes a moment."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _near(one: Any, other: Any) -> bool:
    return isinstance(one, float) and isinstance(other, (int, float)) and abs(one - other) < NEAR
