"""The page on which somebody verifies shows the photos themselves, before beside after, small and made once."""

import io
import re

import pytest
from django.urls import reverse
from PIL import Image

from inspections.actions import NewFinding, NewOrder, NewPhoto, receive_photo, record_visit, submit_rectification
from inspections.models import Rectification, Visit
from inspections.photos import display_file, sha256_of, thumbnail_file
from tests.factories import at, institution, picture, sent_visit, withdraw_visit_of
from tests.inspections.rounds import ON
from tests.urls import body


def visited(school, by, *colours: str, finding: str | None = None, arrived: bool = True, **stated) -> Visit:
    """A visit with a photo of each colour, the bytes arrived."""
    data = [picture(colour, (800, 600)) for colour in colours]
    taken = [NewPhoto(sha256_of(each), slot, finding=finding) for slot, each in enumerate(data, 1)]
    known = at(stated["happened_at"].date(), 20)
    receipt = record_visit(sent_visit(school, photos=taken, **stated), by=by, received_at=known)
    visit = Visit.objects.get(pk=receipt.id)
    for each in data if arrived else ():
        receive_photo(visit, sha256=sha256_of(each), data=each, by=by, at=known)
    return visit


@pytest.fixture
def before(db, inspector) -> Visit:
    """A visit that found T01, with a photo of it and one of the door, and ordered it."""
    return visited(
        institution(status="full"), inspector, "red", "orange", finding=None, happened_at=at("2018-10-01", 10),
        findings=[NewFinding("T01")], order=NewOrder(),
    )  # fmt: skip


@pytest.fixture
def round_(before) -> Rectification:
    return before.opened_rectifications.get()


@pytest.fixture
def after(before, inspector) -> Visit:
    return visited(before.institution, inspector, "green", purpose="recheck", happened_at=at("2018-10-15", 10))


def address(visit: Visit, slot: int, edge: int = 480) -> str:
    return reverse("visit_thumbnail", args=[visit.pk, slot, edge])


def columns(answer) -> list[list[str]]:
    """The addresses of the pictures of each column, from left to right, row by row."""
    figures = re.findall(r"<figure>(.*?)</figure>", answer.content.decode(), flags=re.DOTALL)
    return [re.findall(r'<img src="([^"]+)"', each) for each in figures]


def test_photos_stand_before_beside_after(browse, taskforce, inspector, round_, before, after):
    round_.refresh_from_db()
    submit_rectification(round_, by=inspector, on=ON, version=round_.version, outcome="closed")

    answer = browse(taskforce).get(round_.get_absolute_url())

    assert columns(answer) == [[address(before, 1), address(before, 2)], [address(after, 1)]]
    assert answer.content.index(b'id="photos"') < answer.content.index("<h2>要求</h2>".encode())


def test_photo_of_a_problem_stands_on_its_line(browse, taskforce, inspector, db):
    school = institution(status="full")
    found = {"findings": [NewFinding("S02"), NewFinding("T01")], "order": NewOrder()}
    first = visited(school, inspector, "red", finding="T01", happened_at=at("2018-10-01", 10), **found)
    again = {"purpose": "recheck", "findings": [NewFinding("T01")]}
    second = visited(school, inspector, "blue", finding="T01", happened_at=at("2018-10-15", 10), **again)

    answer = browse(taskforce).get(first.opened_rectifications.get().get_absolute_url())

    assert columns(answer) == [[address(first, 1)], [address(second, 1)]]
    assert [row.what[:3] for row in answer.context["side_by_side"]] == ["T01"]


def test_withdrawn_recheck_is_marked_and_its_photos_are_not_compared(browse, taskforce, round_, before, after):
    withdraw_visit_of(after, "2018-10-16")

    answer = browse(taskforce).get(round_.get_absolute_url())

    [listed] = re.findall(rf"<li>[^\n]*{after.get_absolute_url()}[^\n]*</li>", answer.content.decode())
    assert "已撤回" in listed
    assert columns(answer) == [[address(before, 1), address(before, 2)], []]


def test_photo_that_has_not_arrived_is_not_shown(browse, taskforce, round_, before, inspector):
    visited(before.institution, inspector, "green", arrived=False, purpose="recheck", happened_at=at("2018-10-15", 10))

    answer = browse(taskforce).get(round_.get_absolute_url())

    assert columns(answer)[1] == []


@pytest.mark.parametrize("edge", [240, 480])
def test_small_copy_is_made_once_and_kept(browse, taskforce, before, edge):
    client = browse(taskforce)
    sha256 = before.photos.get(slot=1).sha256

    made = body(client.get(address(before, 1, edge)))
    with Image.open(io.BytesIO(made)) as seen:
        assert (seen.format, max(seen.size)) == ("JPEG", edge)
    assert thumbnail_file(sha256, edge).read_bytes() == made
    thumbnail_file(sha256, edge).write_bytes(b"kept")
    kept = body(client.get(address(before, 1, edge)))

    assert kept == b"kept"


def test_small_copies_can_be_thrown_away(browse, taskforce, before):
    client = browse(taskforce)
    made = body(client.get(address(before, 1)))
    thumbnail_file(before.photos.get(slot=1).sha256, 480).unlink()

    assert body(client.get(address(before, 1))) == made


def test_small_copy_does_not_outlive_its_photo(browse, taskforce, before):
    client = browse(taskforce)
    body(client.get(address(before, 1)))
    display_file(before.photos.get(slot=1).sha256).unlink()

    assert client.get(address(before, 1)).status_code == 404


@pytest.mark.parametrize("edge", [0, 1, 239, 1600, 99999])
def test_small_copy_of_another_size_is_not_made(browse, taskforce, before, edge):
    assert browse(taskforce).get(address(before, 1, edge)).status_code == 404


@pytest.mark.parametrize("edge", [None, 240])
def test_photo_is_kept_by_no_browser_and_asked_for_by_its_tag(browse, taskforce, outsider, before, edge):
    client = browse(taskforce)
    path = address(before, 1, edge) if edge else reverse("visit_photo", args=[before.pk, 1])
    first = client.get(path)
    body(first)

    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    hidden = browse(outsider).get(path, headers={"If-None-Match": first["ETag"]})

    assert (first["Cache-Control"], again.status_code, hidden.status_code) == ("private, no-store", 304, 404)


def test_small_copy_is_shown_though_there_is_no_room_to_keep_it(browse, taskforce, before, settings):
    (settings.DATA_DIR / "thumbnails").write_bytes(b"")  # no folder can be made here

    with Image.open(io.BytesIO(body(browse(taskforce).get(address(before, 1))))) as seen:
        assert max(seen.size) == 480
