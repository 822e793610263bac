"""A photo taken at a recheck is tied to the open problem that it shows as it is now."""

import pytest

from accounts.errors import Invalid
from inspections.actions import NewFinding, NewOrder, NewPhoto, record_visit, take_visit
from inspections.models import Rectification, Visit
from inspections.photos import sha256_of
from tests.factories import at, institution, picture, sent_visit, strike_off
from tests.inspections.test_photos_of_a_round import address, columns, visited
from tests.urls import body

RED, GREEN, BLUE = picture("red", (800, 600)), picture("green", (800, 600)), picture("blue", (800, 600))


@pytest.fixture
def before(db, inspector) -> Visit:
    """Found T01 and S02, with a photo of each, and ordered them."""
    school = institution(status="full")
    found = {"findings": [NewFinding("S02"), NewFinding("T01")], "order": NewOrder()}
    return visited(school, inspector, "red", finding="T01", happened_at=at("2018-10-01", 10), **found)


@pytest.fixture
def round_(before) -> Rectification:
    return before.opened_rectifications.get()


def recheck(before, by, *photos: NewPhoto, on="2018-10-15", take=False, **stated) -> Visit:
    """A recheck with photos that need no bytes in this test."""
    stated = {"purpose": "recheck", "happened_at": at(on, 10)} | stated
    sent = sent_visit(before.institution, photos=photos, **stated)
    receipt = (take_visit if take else record_visit)(sent, by=by, received_at=at(on, 20))
    return Visit.objects.get(pk=receipt.id)


@pytest.mark.parametrize("take", [False, True], ids=["form", "phone"])
def test_photo_of_an_open_problem_is_tied_to_it(inspector, before, round_, take):
    photos = NewPhoto(sha256_of(GREEN), 1, finding="T01"), NewPhoto(sha256_of(BLUE), 2)

    after = recheck(before, inspector, *photos, take=take)

    assert [photo.finding for photo in after.photos.order_by("slot")] == [before.findings.get(type="T01"), None]
    assert not any("照片所指" in each for each in after.warnings)


def test_after_photo_stands_beside_the_one_before_on_its_line(browse, taskforce, inspector, before, round_):
    after = visited(
        before.institution, inspector, "green", finding="T01", purpose="recheck", happened_at=at("2018-10-15", 10)
    )
    round_.refresh_from_db()
    from inspections.actions import submit_rectification

    submit_rectification(round_, by=inspector, on=at("2018-10-15").date(), version=round_.version, outcome="closed")

    answer = browse(taskforce).get(round_.get_absolute_url())

    assert columns(answer) == [[address(before, 1)], [address(after, 1)]]
    assert [row.what[:3] for row in answer.context["side_by_side"]] == ["T01"]


def test_problem_found_again_is_the_visits_own(inspector, before, round_):
    after = recheck(before, inspector, NewPhoto(sha256_of(GREEN), 1, finding="T01"), findings=[NewFinding("T01")])

    assert after.photos.get().finding == after.findings.get()


def test_problem_that_is_put_right_at_the_visit_has_its_photo(inspector, before, round_):
    found = before.findings.get(type="T01")

    after = recheck(before, inspector, NewPhoto(sha256_of(GREEN), 1, finding="T01"), put_right=[found.pk])

    found.refresh_from_db()
    assert (found.put_right_visit, after.photos.get().finding) == (after, found)


def test_round_that_has_ended_since_refuses_no_photo(inspector, before, round_):
    strike_off(round_, "2018-10-10")

    after = recheck(before, inspector, NewPhoto(sha256_of(GREEN), 1, finding="T01"), take=True)

    assert after.photos.get().finding is None
    assert "照片所指的问题 T01 不在本次走访所查的整改中，照片只随走访留存。" in after.warnings
    assert after.stated["photos"][0]["finding"] == "T01"


def test_routine_visit_ties_no_photo_to_a_round(inspector, before, round_):
    after = recheck(before, inspector, NewPhoto(sha256_of(GREEN), 1, finding="T01"), take=True, purpose="routine")

    assert after.photos.get().finding is None
    assert any("T01" in each for each in after.warnings)


def test_problem_that_was_never_found_there_is_refused(inspector, before, round_):
    with pytest.raises(Invalid) as refusal:
        recheck(before, inspector, NewPhoto(sha256_of(GREEN), 1, finding="F01"))

    assert list(refusal.value.errors) == ["photos.0.finding"]


def test_form_asks_what_a_photo_shows_and_remembers_it(browse, inspector, before, round_):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, school = browse(inspector), before.institution
    page = body(client.get(f"/visits/new/?institution={school.pk}")).decode()
    assert '<select name="photo_of"' in page
    sent = {
        "id": "5d2c7a58-6f6e-4a5e-9b0c-0d9d5a4f1c11", "institution": school.pk, "round": round_.pk, "purpose": "recheck",
        "result": "", "happened_at": "2018-10-15T10:00", "inspectors": ["inspector"],
        "photos": [SimpleUploadedFile("a.jpg", GREEN), SimpleUploadedFile("b.jpg", BLUE)], "photo_of": ["", "T01"],
    }  # fmt: skip

    back = client.post("/visits/new/", sent)
    kept = [signed for signed, _preview, _of in back.context["kept_photos"]]
    assert [of for _signed, _preview, of in back.context["kept_photos"]] == ["", "T01"]
    assert f'<select name="of_{kept[1]}"' in body(back).decode()
    del sent["photos"], sent["photo_of"]
    doubted = {"result": "inspected", "kept_photos": kept, f"of_{kept[1]}": "T01", f"of_{kept[0]}": "X99"}
    asked = client.post("/visits/new/", sent | doubted)
    stored = client.post("/visits/new/", sent | doubted | {"sure": asked.context["doubts"]})

    assert stored.status_code == 302
    photos = Visit.objects.get(pk=sent["id"]).photos.order_by("slot")
    assert [photo.finding and photo.finding.type_id for photo in photos] == [None, "T01"]
