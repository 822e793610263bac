"""A visit that an earlier release has stored gets the same digest from this one: a phone that sends it again after an
upgrade gets its receipt, not a conflict. Bodies and digests: tests/upgrade/make_release.py, of commit bd568e3."""

import json
from pathlib import Path

import pytest

from inspections.models import Finding, Visit
from tests.factories import institution, round_of, user_with, visit_of

RECORDED = json.loads((Path(__file__).parent.parent / "upgrade" / "receipts.json").read_text())["visits"]
SENT = [(each["by"], each["id"], each["body"], each["receipt"]["digest"]) for each in RECORDED]


@pytest.fixture
def people(inspector, taskforce):
    return {
        "inspector": inspector,
        "taskforce": taskforce,
        "inspector2": user_with("inspector", "330382", "inspector2"),
    }


def surroundings(body: dict) -> None:
    """The institution of a body, and the round it hands in, under the identities the body names them by."""
    school = institution(id=body["institution"], status="none" if body["result"] == "ceased" else "full")
    if handed_in := body.get("submits"):
        round_ = round_of(school, "2026-11-20", id=handed_in["rectification"])
        for number, code in zip(handed_in["put_right"], ["S01", "T02", "T03"], strict=False):
            Finding.objects.create(pk=number, visit=visit_of(school), type_id=code, rectification=round_)


@pytest.mark.parametrize(("by", "visit", "body", "digest"), SENT, ids=[sent[1] for sent in SENT])
def test_digest_of_a_visit_is_that_of_the_release(api, people, by, visit, body, digest):
    surroundings(body)

    answer = api(people[by]).put(f"/api/v1/visits/{visit}/", body, format="json")

    assert (answer.status_code, answer.json().get("digest")) == (201, digest)
    assert Visit.objects.get(pk=visit).digest == digest


def test_digests_cover_everything_a_phone_of_the_release_could_say():
    said = {name for _by, _visit, body, _digest in SENT for name, value in body.items() if value not in (None, "", [])}

    assert said == {
        "institution", "purpose", "result", "happened_at", "device_sent_at", "inspectors", "position", "findings",
        "order", "submits", "photos", "note", "licence_status",
    }  # fmt: skip
