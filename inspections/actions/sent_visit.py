"""A visit as it is sent and the receipt it gets: what the phone, the form and the API agree on."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

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
    """A visit as it was sent."""

    id: UUID
    institution: Institution
    purpose: str
    result: str
    happened_at: datetime
    inspectors: tuple[str, ...]
    position: Position | None
    findings: tuple[NewFinding, ...]
    order: NewOrder | None
    submits: Submission | None
    photos: tuple[NewPhoto, ...]
    note: str
    licence_status: str

    @property
    def on(self) -> date:
        return day_of(self.happened_at)

    def content(self) -> dict[str, object]:
        """What makes it this visit: everything but who sent it and when."""
        content = asdict(self) | {
            "institution": self.institution.pk,
            "happened_at": self.happened_at.astimezone(timezone.get_default_timezone()),
            "inspectors": sorted(self.inspectors),
            "submits": self.submits and asdict(self.submits) | {"put_right": sorted(self.submits.put_right)},
            "findings": sorted((asdict(finding) for finding in self.findings), key=lambda each: each["type"]),
            "photos": sorted((asdict(photo) for photo in self.photos), key=lambda each: each["slot"]),
        }
        return json.loads(json.dumps(content, cls=DjangoJSONEncoder))

    def digest(self) -> str:
        """SHA-256 of the content, 64 hexadecimal digits."""
        text = json.dumps(self.content(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
