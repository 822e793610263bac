"""Data that could leak: an institution with everything a file can hold, in every state, in the past and today."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts import audit
from inspections.actions import NewFinding, NewOrder, NewPhoto, receive_photo, record_visit
from inspections.models import Rectification, Visit
from inspections.photos import sha256_of
from institutions.models import Institution
from institutions.moments import today
from tests.factories import at, hand, institution, licence_of, picture, round_of, sent_visit, user_with, visit_of


@dataclass(frozen=True)
class File:
    """One institution with what hangs on it; `secrets` are words and ids that nobody else may read."""

    school: Institution
    visit: Visit
    sha256: str
    round_: Rectification
    submitted: Rectification

    @property
    def secrets(self) -> list[bytes]:
        rows = [self.school, self.visit, self.round_, self.submitted, self.submitted.institution]
        return [self.school.name.encode(), self.school.phone.encode(), *(str(row.pk).encode() for row in rows)]


def sent_content(school: Institution, note: str) -> str:
    """A visit's content as it is kept in quarantine."""
    return sent_visit(school, inspectors=["clerk"], findings=[NewFinding("T01")], note=note).content()


def full_file(township: str, name: str, phone: str, colour: str) -> File:
    """A surveyed institution with licences, a visit with a stored photo and an order, and rounds in every state.

    Some of it happened in 2018 and some today, so that pages of the past and of the present would show it.
    """
    position = (120.90, 28.03)
    school = institution(
        township, name=name, phone=phone, principal="王某某", operating_address=f"{name}路1号", position=position
    )
    licence_of(school, "registration", number=f"照{township}")
    round_of(school, "2018-05-01", verified_on="2018-06-01")
    inspector = user_with("inspector", township)
    data = picture(colour)
    receipt = record_visit(
        sent_visit(
            school, findings=[NewFinding("T01", f"{name}的问题")], order=NewOrder(),
            photos=[NewPhoto(sha256_of(data), 1)], note=f"{name}的备注",
        ),
        by=inspector,
        received_at=at("2018-10-01", 20),
    )  # fmt: skip
    visit = Visit.objects.get(pk=receipt.id)
    visit.quarantined.create(
        institution=school,
        digest="0" * 64,
        content=sent_content(school, f"{name}的另一备注"),
        received_at=at("2018-10-02"),
        by=inspector,
    )
    receive_photo(visit, sha256=sha256_of(data), data=data, by=inspector)
    audit.write("institution.edited", school, by=inspector, before={"name": "旧"}, after={"name": name},
                scope_code=school.scope_code)  # fmt: skip
    submitted = _waiting(township, name, "submitted")
    _waiting(township, name, "due")
    return File(school, visit, sha256_of(data), Rectification.objects.get(pk=receipt.rectification), submitted)


def _waiting(township: str, name: str, what: str) -> Rectification:
    """A round of these days: due today, or waiting to be verified, with a visit of yesterday that nobody got in."""
    on, now = today(), timezone.now()
    school = institution(township, name=f"{name}{what}", status="full")
    visit_of(school, on - timedelta(days=1), result="no_access", recorded=now, by=hand("visitor"))
    how = {"submitted_on": on} if what == "submitted" else {}
    return round_of(school, on - timedelta(days=20), due_on=on, ordered_recorded=now - timedelta(minutes=1), **how)
