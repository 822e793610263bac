"""A visit as it is sent and the receipt it gets: what the phone, the form and the API agree on."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.canonical import canonical, digest_of
from accounts.models import User
from institutions.models import Institution
from institutions.moments import day_of
from institutions.positions import Datum

LEDGER = "ledger"


@dataclass(frozen=True)
class Position:
    """Where the phone was: degrees in `datum`, accuracy in metres."""

    longitude: float
    latitude: float
    accuracy_m: float | None = None
    datum: str = Datum.WGS84


@dataclass(frozen=True)
class NewFinding:
    """An item of the catalogue, by its code."""

    type: str
    note: str = ""


class Answer(StrEnum):
    """What was seen of an item of the catalogue that was looked at: 是、否、不适用."""

    OK = "ok"
    PROBLEM = "problem"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class NewItem:
    """An item of the catalogue that was looked at, by its code, and the answer; a problem is a finding, too."""

    type: str
    answer: str


@dataclass(frozen=True)
class Found:
    """An institution found on the spot that is not on the register: degrees in `datum`, the township by its code."""

    name: str
    address: str
    division: str
    category: str
    longitude: float | None = None
    latitude: float | None = None
    datum: str = Datum.WGS84


@dataclass(frozen=True)
class NewOrder:
    """An order to put the findings right; without a due date the usual term of the worst finding applies."""

    due_on: date | None = None
    measure: str = ""


@dataclass(frozen=True)
class Submission:
    """A round handed in for verification at this visit; `put_right` are ids of its findings."""

    rectification: UUID
    outcome: str
    put_right: tuple[int, ...] = ()
    registered_scope: str = ""


@dataclass(frozen=True)
class NewPhoto:
    """A photo's place in the visit; its bytes may come later. `finding` is the code of one of the visit's findings, or
    of one found at the institution before: at a recheck, how the problem looks now."""

    sha256: str
    slot: int
    taken_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None
    accuracy_m: float | None = None
    finding: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What the sender may rely on: the visit is on stable storage. `created` is False when it was there already."""

    id: UUID
    digest: str
    received_at: datetime
    missing_photos: list[str]
    distance_m: float | None
    rectification: UUID | None
    warnings: list[str]
    created: bool
    kept_aside: str = ""  # why it is stored and not counted, and waits for a person

    @property
    def evidence(self) -> str:
        return "incomplete" if self.missing_photos else "complete"

    @property
    def status(self) -> int:
        """Of the answer that gives it: kept aside, stored just now, or known already."""
        if self.kept_aside:
            return 202
        return 201 if self.created else 200

    def as_json(self) -> dict[str, object]:
        told: dict[str, object] = {
            "id": str(self.id),
            "digest": self.digest,
            "received_at": self.received_at.isoformat(),
            "evidence": self.evidence,
            "missing_photos": self.missing_photos,
            "distance_m": self.distance_m,
            "rectification": str(self.rectification) if self.rectification else None,
            "warnings": self.warnings,
        }
        if self.kept_aside:
            told["kept_aside"] = self.kept_aside
        return told


@dataclass(frozen=True)
class SentVisit:
    """A visit as it was sent. `source` is LEDGER for one that is entered from a ledger: then nobody need be named.

    `happened_at` is aware; `inspectors` are user names (the sender when empty); `licence_status` is what was seen there
    ("" when nobody looked); `put_right` are ids of findings of the open round that were seen put right without handing
    the round in. `items` are what was looked at; of an institution that was `found` there, `institution` is a new one
    under the id that the phone made.
    """

    id: UUID
    institution: Institution
    purpose: str
    result: str
    happened_at: datetime
    inspectors: tuple[str, ...] = ()
    position: Position | None = None
    findings: tuple[NewFinding, ...] = ()
    order: NewOrder | None = None
    submits: Submission | None = None
    photos: tuple[NewPhoto, ...] = ()
    note: str = ""
    licence_status: str = ""
    put_right: tuple[int, ...] = ()
    source: str = ""
    items: tuple[NewItem, ...] = ()
    found: Found | None = None

    @property
    def on(self) -> date:
        return day_of(self.happened_at)

    @property
    def photographed_before(self) -> set[str]:
        """Codes of problems that it has photos of and did not find itself: those found before, as they are now."""
        return {photo.finding for photo in self.photos if photo.finding} - {each.type for each in self.findings}

    def sent_by(self, sender: User) -> "SentVisit":
        """With what goes without saying: who names nobody was there, and a note has no blanks around it."""
        nobody = () if self.source == LEDGER else (sender.username,)
        return replace(self, inspectors=self.inspectors or nobody, note=self.note.strip())

    def content(self) -> str:
        """Canonical JSON of what makes it this visit: everything but who sent it and when.

        What a later release has added stands in it only where it was stated, so that the digest of what an earlier one
        took stays what it was (docs/adr/0017-visits-as-sent.md).
        """
        submits = self.submits and vars(self.submits) | {"put_right": sorted(self.submits.put_right)}
        stated: dict[str, Any] = {
            "id": self.id,
            "institution": self.institution.pk,
            "purpose": self.purpose,
            "result": self.result,
            "happened_at": self.happened_at.astimezone(timezone.get_default_timezone()),
            "inspectors": sorted(self.inspectors),
            "position": self.position and vars(self.position),
            "findings": sorted((vars(finding) for finding in self.findings), key=lambda each: each["type"]),
            "order": self.order and _stated(vars(self.order), "measure"),
            "submits": submits,
            "photos": sorted((vars(photo) for photo in self.photos), key=lambda each: each["slot"]),
            "note": self.note,
            "licence_status": self.licence_status,
        }
        if self.put_right:
            stated["put_right"] = sorted(self.put_right)
        if self.source:
            stated["source"] = self.source
        if self.items:
            stated["items"] = sorted((vars(item) for item in self.items), key=lambda each: each["type"])
        if self.found is not None:
            stated["found"] = vars(self.found)
        return canonical(stated)

    def digest(self) -> str:
        """SHA-256 of the content, 64 hexadecimal digits."""
        return digest_of(self.content())


def _stated(said: dict[str, Any], *optional: str) -> dict[str, Any]:
    """Without what a later release has added and was not stated."""
    return {name: value for name, value in said.items() if value or name not in optional}


def sent_again(content: dict[str, Any], institution: Institution, happened_at: datetime | None = None) -> SentVisit:
    """A kept content as the visit that was sent, with another moment where the device's clock was wrong: the deadline
    of an order moves with it."""
    sent_at = datetime.fromisoformat(content["happened_at"])
    moved = day_of(happened_at) - day_of(sent_at) if happened_at else timedelta(0)
    submits, position, found = content["submits"], content["position"], content.get("found")
    return SentVisit(
        id=UUID(content["id"]),
        institution=institution,
        purpose=content["purpose"],
        result=content["result"],
        happened_at=happened_at or sent_at,
        inspectors=tuple(content["inspectors"]),
        position=Position(**position) if position else None,
        findings=tuple(NewFinding(**each) for each in content["findings"]),
        order=_order_of(content["order"], moved),
        submits=Submission(
            UUID(submits["rectification"]),
            submits["outcome"],
            tuple(submits["put_right"]),
            submits["registered_scope"],
        )
        if submits
        else None,
        photos=tuple(
            NewPhoto(**each | {"taken_at": datetime.fromisoformat(each["taken_at"]) if each["taken_at"] else None})
            for each in content["photos"]
        ),
        note=content["note"],
        licence_status=content["licence_status"],
        put_right=tuple(content.get("put_right", ())),
        items=tuple(NewItem(**each) for each in content.get("items", ())),
        found=Found(**found) if found else None,
        source=content.get("source", ""),
    )


def _order_of(order: dict[str, Any] | None, moved: timedelta) -> NewOrder | None:
    if order is None:
        return None
    return NewOrder(date.fromisoformat(order["due_on"]) + moved if order["due_on"] else None, order.get("measure", ""))
