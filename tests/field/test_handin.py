"""An outbox saved as a file and handed in at a desk."""

import base64
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Grant
from inspections.models import FindingType, Photo, QuarantinedVisit, Visit
from inspections.photos import sha256_of
from tests.factories import NEXT_TO_LIUSHI, institution, picture

PATH = "/field/handin/"


def visit(school, **changes) -> dict:
    return {
        "id": str(uuid.uuid4()), "institution": str(school.pk), "purpose": "routine", "result": "inspected",
        "happened_at": "2018-10-01T09:00:00+08:00", "inspectors": ["inspector"],
        "photos": [{"sha256": sha256_of(picture()), "slot": 1}],
    } | changes  # fmt: skip


def photo(of: dict, data: bytes | None = None) -> dict:
    data = data or picture()
    return {"visit": of["id"], "sha256": sha256_of(picture()), "base64": base64.b64encode(data).decode()}


@pytest.fixture
def hand_in(browse, taskforce, inspector):
    def sent(content, user=None):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        return browse(user or taskforce).post(PATH, {"file": SimpleUploadedFile("outbox.json", data)})

    return sent


def outbox(*visits, photos=()) -> dict:
    return {"kind": "outbox", "version": 1, "visits": list(visits), "photos": list(photos)}


def test_every_visit_of_the_file_has_its_receipt(hand_in):
    FindingType.objects.filter(code="T02").update(in_force_to="2018-09-30")
    school = institution()
    good, bad = visit(school), visit(school, purpose="party")
    waits = visit(school, findings=[{"type": "T02"}], photos=[])
    file = outbox(good, bad, waits, photos=[photo(good)])

    first = hand_in(file)
    again = hand_in(file)

    outcomes = [[each.outcome for each in answer.context["found"]] for answer in (first, again)]
    assert outcomes == [["stored", "refused", "aside"], ["known", "refused", "aside"]]
    assert (Visit.objects.count(), QuarantinedVisit.objects.count()) == (1, 1)
    assert Photo.objects.get().stored_at is not None
    text = first.content.decode()
    assert Visit.objects.get().digest[:16] in text
    assert [
        word for word in ("已入库 1", "没有接受 1", "已存，待人工处理 1", "照片已收 1 张") if word not in text
    ] == []


def test_visits_are_listed_by_institution_and_by_the_bureaus_clock(hand_in):
    school = institution(name="绘声馆")
    late = visit(school, happened_at="2018-10-01T16:30:00Z", photos=[])
    broken = visit(school, institution="none", happened_at="昨天", photos=[])
    spot = visit(school, institution=str(uuid.uuid4()), found={"name": "青竹教育"}, photos=[])

    found = hand_in(outbox(late, broken, spot)).context["found"]

    listed = [(each.institution, each.happened_at) for each in found]
    assert listed == [("绘声馆", "2018-10-02 00:30"), ("", "昨天"), ("青竹教育", "2018-10-01 09:00")]


def test_names_of_institutions_out_of_the_clerks_reach_are_not_told(hand_in, inspector):
    hidden = visit(institution(NEXT_TO_LIUSHI, name="绘声馆"), photos=[])

    answer = hand_in(outbox(hidden), inspector)

    assert "绘声馆" not in answer.content.decode()


def test_photo_that_is_none_costs_nothing_else(hand_in):
    good = visit(institution())
    photos = [photo(good, b"other bytes"), photo(good) | {"base64": "?"}, photo(good), {"visit": "x"}, 7]

    answer = hand_in(outbox(good, photos=photos))

    assert (answer.status_code, Photo.objects.get().stored_at is not None) == (200, True)
    assert answer.context["photos"] == 1


def test_visit_that_names_nobody_is_not_taken_for_the_clerks(hand_in):
    answer = hand_in(outbox(visit(institution(), inspectors=[])))

    assert [each.outcome for each in answer.context["found"]] == ["refused"]


@pytest.mark.parametrize(
    ("happened_at", "aside"), [("2018-10-01T09:00:00+08:00", False), ("2060-01-01T09:00:00+08:00", True)]
)
def test_who_was_there_and_lost_every_grant_sends_the_photos_of_what_was_handed_in(
    hand_in, api, inspector, happened_at, aside
):
    sent = visit(institution(), happened_at=happened_at)
    hand_in(outbox(sent))
    Grant.objects.filter(user=inspector).update(valid_to="2018-12-01")
    photo_of_it = reverse("api-visit-photo", args=[sent["id"], sha256_of(picture())])

    answer = api(inspector).put(photo_of_it, picture(), content_type="image/jpeg")
    receipt = api(inspector).get(reverse("api-visit-receipt", args=[sent["id"]]))

    assert (answer.status_code, answer.json()["missing_photos"]) == (200, [])
    assert (receipt.json()["missing_photos"], "kept_aside" in receipt.json()) == ([], aside)


@pytest.mark.parametrize("happened_at", ["2018-10-01T09:00:00+08:00", "2060-01-01T09:00:00+08:00"])
def test_who_was_not_there_and_has_no_grant_sends_no_photos_of_what_was_handed_in(hand_in, api, outsider, happened_at):
    sent = visit(institution(), happened_at=happened_at)
    hand_in(outbox(sent))
    photo_of_it = reverse("api-visit-photo", args=[sent["id"], sha256_of(picture())])

    answer = api(outsider).put(photo_of_it, picture(), content_type="image/jpeg")

    assert answer.status_code == 404
    assert not Photo.objects.filter(stored_at__isnull=False).exists()


def test_visit_out_of_the_clerks_reach_is_refused(hand_in, inspector):
    answer = hand_in(outbox(visit(institution(NEXT_TO_LIUSHI))), user=inspector)

    assert [each.outcome for each in answer.context["found"]] == ["refused"]


@pytest.mark.parametrize(
    "content",
    [b"no json", b"[]", b"[" * 100_000, {"kind": "inbox", "version": 1}, {"kind": "outbox", "version": 2, "visits": []},
     {"kind": "outbox", "version": 1, "visits": []}, {"kind": "outbox", "version": 1, "visits": "all"},
     {"kind": "outbox", "version": 1, "visits": [{}] * 501}],
    ids=str,
)  # fmt: skip
def test_file_that_is_no_outbox_is_refused_in_a_sentence(hand_in, content):
    answer = hand_in(content)

    assert answer.status_code == 422
    assert len(answer.context["form"].errors["file"]) == 1


def test_file_above_the_limit_is_refused(hand_in, monkeypatch):
    monkeypatch.setattr("field.handin.MOST_BYTES", 10)

    answer = hand_in(outbox(visit(institution())))

    assert (answer.status_code, Visit.objects.count()) == (422, 0)


def test_no_file_is_said(browse, taskforce):
    assert browse(taskforce).post(PATH).status_code == 422


def test_page_is_for_who_records_visits(browse, inspector, auditor):
    assert [browse(user).get(PATH).status_code for user in (inspector, auditor)] == [200, 403]
