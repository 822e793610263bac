"""A visit as it is sent and the receipt it gets: what the phone, the form and the API agree on."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.canonical import canonical, digest_of
from accounts.models import User
from institutions.models import Institution
from institutions.moments import day_of
from institutions.positions import Datum


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


@dataclass(frozen=True)
class NewOrder:
    """An order to put the findings right; without a due date the usual term of the worst finding applies."""

    due_on: date | None = None


@dataclass(frozen=True)
class Submission:
    """A round handed in for verification at this visit; `put_right` are ids of its findings."""

    rectification: UUID
    outcome: str
    put_right: tuple[int, ...] = ()
    registered_scope: str = ""


@dataclass(frozen=True)
class NewPhoto:
    """A photo's place in the visit; its bytes may come later. `finding` is the code of one of the visit's findings."""

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

    @property
    def evidence(self) -> str:
        return "incomplete" if self.missing_photos else "complete"

    @property
    def status(self) -> int:
        """Of the answer that gives it: stored just now, or known already."""
        return 201 if self.created else 200

    def as_json(self) -> dict[str, object]:
        return {
            "id": str(self.id),
            "digest": self.digest,
            "received_at": self.received_at.isoformat(),
            "evidence": self.evidence,
            "missing_photos": self.missing_photos,
            "distance_m": self.distance_m,
            "rectification": str(self.rectification) if self.rectification else None,
            "warnings": self.warnings,
        }


@dataclass(frozen=True)
class SentVisit:
    """A visit as it was sent.

    `happened_at` is aware; `inspectors` are user names (the sender when empty); `licence_status` is what was seen there
    ("" when nobody looked); `put_right` are ids of findings of the open round that were seen put right without handing
    the round in.
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

    @property
    def on(self) -> date:
        return day_of(self.happened_at)

    def sent_by(self, sender: User) -> "SentVisit":
        """With what goes without saying: who names nobody was there, and a note has no blanks around it."""
        return replace(self, inspectors=self.inspectors or (sender.username,), note=self.note.strip())

    def content(self) -> str:
        """Canonical JSON of what makes it this visit: everything but who sent it and when.

        What a later release has added stands in it only where it was stated, so that the digest of what an earlier one
        took stays what it was (docs/adr/0017-visits-as-sent.md).
        """
        submits = self.submits and asdict(self.submits) | {"put_right": sorted(self.submits.put_right)}
        stated: dict[str, Any] = {
            "id": self.id,
            "institution": self.institution.pk,
            "purpose": self.purpose,
            "result": self.result,
            "happened_at": self.happened_at.astimezone(timezone.get_default_timezone()),
            "inspectors": sorted(self.inspectors),
            "position": self.position and asdict(self.position),
            "findings": sorted((asdict(finding) for finding in self.findings), key=lambda each: each["type"]),
            "order": self.order and asdict(self.order),
            "submits": submits,
            "photos": sorted((asdict(photo) for photo in self.photos), key=lambda each: each["slot"]),
            "note": self.note,
            "licence_status": self.licence_status,
        }
        if self.put_right:
            stated["put_right"] = sorted(self.put_right)
        return canonical(stated)

    def digest(self) -> str:
        """SHA-256 of the content, 64 hexadecimal digits."""
        return digest_of(self.content())
