"""Visits sent in one batch come to what each would come to alone: the same answers, the same rows, the same trail."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditRow
from inspections.models import QuarantinedVisit, Rectification, Visit
from inspections.photos import sha256_of
from institutions.actions import withdraw_institution
from institutions.models import Institution
from tests.factories import LIUSHI, at, institution, picture, user_with, visit_of

DAY = "2018-10-01"
HERE = {"longitude": 120.9601, "latitude": 28.1201, "accuracy_m": 9.0, "datum": "wgs84"}


@dataclass
class Place:
    """An institution, who sends, and pictures that nobody else has."""

    school: Institution
    sender: Any
    colour: str
    ids: list[uuid.UUID] = field(default_factory=list)

    def visit(self, *, again: int | None = None, **changes) -> dict[str, Any]:
        """What a phone sends; `again` under the id of an earlier one."""
        pk = self.ids[again] if again is not None else uuid.uuid4()
        self.ids.append(pk)
        return {
            "id": str(pk), "institution": str(self.school.pk), "purpose": "routine", "result": "inspected",
            "happened_at": f"{DAY}T09:00:00+08:00", "inspectors": ["inspector"],
        } | changes  # fmt: skip

    def photo(self, slot: int, **stated) -> dict[str, Any]:
        return {"sha256": sha256_of(self.bytes_of(slot)), "slot": slot} | stated

    def bytes_of(self, slot: int) -> bytes:
        return picture(self.colour, size=(40 + slot, 30))

    def opened(self) -> Rectification:
        """A round of T01 and T02, ordered in September."""
        self.put(self.visit(happened_at="2018-09-03T09:00:00+08:00", findings=[{"type": "T01"}, {"type": "T02"}], order={"due_on": "2018-10-20"}))  # fmt: skip
        return self.school.rectifications.get()

    def put(self, body: dict[str, Any]) -> tuple[int, Any]:
        answer = self.sender.put(reverse("api-visit", args=[body["id"]]), json.loads(json.dumps(body)), format="json")
        return answer.status_code, answer.json()


# --- What is sent


def finding_with_photos(place: Place) -> list[dict]:
    photos = [place.photo(1, finding="T01"), place.photo(2, taken_at=f"{DAY}T09:05:00+08:00")]
    findings = [{"type": "T01", "note": "账簿不全"}, {"type": "S02"}]
    people = ["inspector", "colleague"]
    return [place.visit(findings=findings, photos=photos, inspectors=people, position=HERE, note="现场备注")]


def photo_that_is_here(place: Place) -> list[dict]:
    first = place.visit(happened_at="2018-09-03T09:00:00+08:00", photos=[place.photo(1)])
    place.put(first)
    place.sender.put(
        reverse("api-visit-photo", args=[first["id"], first["photos"][0]["sha256"]]),
        data=place.bytes_of(1), content_type="application/octet-stream",
    )  # fmt: skip
    return [place.visit(photos=[place.photo(1), place.photo(2)])]


def far_away_with_a_wrong_clock(place: Place) -> list[dict]:
    far = HERE | {"latitude": 28.13}
    return [place.visit(position=far, device_sent_at="2018-10-01T09:01:00+08:00", licence_status="none")]


def order(place: Place) -> list[dict]:
    return [place.visit(findings=[{"type": "T01"}], order={"due_on": "2018-10-20"})]


def survey(place: Place) -> list[dict]:
    return [place.visit(purpose="survey", licence_status="partial")]


def recheck(place: Place) -> list[dict]:
    place.opened()
    return [place.visit(purpose="recheck", photos=[place.photo(1)])]


def submission(place: Place) -> list[dict]:
    found = place.opened()
    marks = sorted(found.findings.values_list("pk", flat=True))
    submits = {"rectification": str(found.pk), "outcome": "corrected", "put_right": marks}
    return [place.visit(submits=submits, photos=[place.photo(1)])]


def mark(place: Place) -> list[dict]:
    return [place.visit(put_right=[place.opened().findings.get(type="T01").pk])]


def photo_of_what_was_found_before(place: Place) -> list[dict]:
    place.opened()
    return [place.visit(photos=[place.photo(1, finding="T02")])]


def found_on_the_spot(place: Place) -> list[dict]:
    place.school = Institution(pk=uuid.uuid4())
    found = {
        "name": f"绘声画室{place.colour}",
        "address": f"{place.colour}路9号",
        "division": LIUSHI,
        "category": "arts",
    }
    return [place.visit(found=found), place.visit(happened_at=f"{DAY}T15:00:00+08:00")]


def ceased(place: Place) -> list[dict]:
    return [place.visit(result="ceased"), place.visit(result="no_access", happened_at=f"{DAY}T15:00:00+08:00")]


def clock_that_cannot_be_right(place: Place) -> list[dict]:
    return [place.visit(happened_at="1970-01-01T08:10:00+08:00", device_sent_at="1970-01-01T09:10:00+08:00")]


def withdrawn_since(place: Place) -> list[dict]:
    withdraw_institution(
        place.school, by=user_with("task_force", "330382"), version=place.school.version, reason="登错"
    )
    return [place.visit()]


def before_the_grant(place: Place) -> list[dict]:
    return [place.visit(happened_at="2017-12-31T09:00:00+08:00")]


def what_does_not_exist(place: Place) -> list[dict]:
    return [place.visit(findings=[{"type": "X99"}]), place.visit(happened_at=f"{DAY}T15:00:00+08:00")]


def the_same_twice(place: Place) -> list[dict]:
    return [place.visit(), place.visit(again=0)]


def something_else_under_one_id(place: Place) -> list[dict]:
    return [place.visit(), place.visit(again=0, note="别的")]


def what_was_sent_before(place: Place) -> list[dict]:
    first = place.visit()
    place.put(first)
    return [first, place.visit(again=0, note="别的")]


def perhaps_the_same(place: Place) -> list[dict]:
    """Of the inspector a visit, one a quarter of an hour later, and one a second more later; of others at that time."""
    visit_of(place.school, DAY)
    minutes = ["09:00:00", "09:15:00", "09:30:01"]
    return [place.visit(happened_at=f"{DAY}T{each}+08:00") for each in minutes]


def perhaps_one_on_file(place: Place) -> list[dict]:
    place.put(place.visit())
    return [place.visit(happened_at=f"{DAY}T09:10:00+08:00"), place.visit(happened_at=f"{DAY}T09:10:00+08:00")]


def around_midnight(place: Place) -> list[dict]:
    place.put(place.visit(happened_at=f"{DAY}T23:55:00+08:00"))
    place.put(place.visit(happened_at="2018-10-04T00:05:00+08:00"))
    return [place.visit(happened_at=each) for each in ("2018-10-02T00:05:00+08:00", "2018-10-03T23:55:00+08:00")]


CASES = [
    finding_with_photos, photo_that_is_here, far_away_with_a_wrong_clock, order, survey, recheck, submission, mark,
    photo_of_what_was_found_before, found_on_the_spot, ceased, clock_that_cannot_be_right, withdrawn_since,
    before_the_grant, what_does_not_exist, the_same_twice, something_else_under_one_id, what_was_sent_before,
    perhaps_the_same, perhaps_one_on_file, around_midnight,
]  # fmt: skip


@pytest.fixture
def places(api, inspector) -> Iterator[Place]:
    user_with("inspector", "330382", "colleague")

    def one(colour: str) -> Place:
        school = institution(
            position=(120.96, 28.12), surveyed_on=None, recorded_at=at("2018-01-01"), name=f"绘声馆{colour}"
        )
        return Place(school, api(inspector), colour)

    return map(one, ("navy", "teal"))


@pytest.mark.parametrize("sent", CASES, ids=lambda case: case.__name__)
def test_batch_comes_to_what_each_comes_to_alone(places, sent: Callable[[Place], list[dict]]):
    one, other = places

    alone = [one.put(body) for body in sent(one)]
    bodies = sent(other)
    others = [
        other.visit(institution=str(institution().pk), happened_at=f"2018-11-0{n}T09:00:00+08:00") for n in (1, 2)
    ]
    answer = other.sender.post("/api/v1/field/visits/", {"visits": [others[0], *bodies, others[1]]}, format="json")

    first, *together, last = answer.json()["answers"]
    assert (first["status"], last["status"]) == (201, 201)
    batch = [(each["status"], each.get("receipt") or each.get("error")) for each in together]
    assert told(other, batch) == told(one, alone)
    assert told(other, rows(other)) == told(one, rows(one))


def rows(place: Place) -> dict[str, Any]:
    """What is on file of an institution."""
    visits = Visit.objects.filter(institution=place.school.pk).order_by("happened_at", "recorded_at")
    of_visits = [
        {
            "columns": [each.purpose, each.result, each.note, each.recorded_by.username, str(each.device_sent_at)],
            "warnings": each.warnings,
            "in a round": each.rectification_id is not None,
            "inspectors": sorted(user.username for user in each.inspectors.all()),
            "findings": sorted(each.findings.values_list("type", "note", "put_right_on")),
            "photos": [
                [photo.slot, photo.sha256, photo.stored_at is not None, photo.finding and photo.finding.type_id]
                for photo in each.photos.order_by("slot")
            ],
            "odd": sorted([odd.kind, str(odd.facts)] for odd in each.oddities.all()),
            "trail": [row.after for row in AuditRow.objects.filter(object_id=str(each.pk)).order_by("pk")],
        }
        for each in visits
    ]
    copies = QuarantinedVisit.objects.filter(institution=place.school.pk).order_by("pk")
    rounds = Rectification.objects.filter(institution=place.school.pk)
    school = Institution.objects.filter(pk=place.school.pk)
    return {
        "visits": of_visits,
        "aside": [[each.reason, each.reasons, each.by.username, each.stated["note"]] for each in copies],
        "rounds": list(rounds.values_list("state", "due_on", "version")),
        "school": list(school.values_list("surveyed_on", "licence_status_at_survey", "ceased_on", "moved")),
    }


def told(place: Place, what: Any) -> list[Any]:
    """With what names the one place replaced, without when it was received and what was computed of ids; warnings in any
    order."""
    text = json.dumps(what, default=str, ensure_ascii=False)
    for number, pk in enumerate(dict.fromkeys(place.ids)):
        text = text.replace(str(pk), f"visit {number}")
    for slot in (1, 2):
        text = text.replace(sha256_of(place.bytes_of(slot)), f"photo {slot}")
    text = text.replace(str(place.school.pk), "school").replace(place.colour, "colour")
    return _without(json.loads(text), {"received_at", "recorded_at", "digest", "rectification", "rectification_id"})


def _without(what: Any, names: set[str]) -> Any:
    if isinstance(what, dict):
        kept = {name: sorted(value) if name == "warnings" else value for name, value in what.items()}
        return {name: _without(value, names) for name, value in kept.items() if name not in names}
    return [_without(each, names) for each in what] if isinstance(what, list) else what
