"""`verify_photos`: every stored row has its file, every file its row; what is left over is swept."""

import os
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from inspections.actions import NewPhoto, receive_photo, receive_photo_aside, record_visit
from inspections.backup.databases import _asking, _described, tables
from inspections.errors import VisitConflict
from inspections.models import Visit
from inspections.photo_check import SETTLED_S, check
from inspections.photos import display_file, original_file, sha256_of, store_photo
from tests.factories import at, picture, sent_visit

DATA, SHA256 = picture("green"), sha256_of(picture("green"))


@pytest.fixture
def visit(record) -> Visit:
    """A visit that lists a photo whose bytes nobody has sent yet."""
    return Visit.objects.get(pk=record(photos=[NewPhoto(SHA256, 1)]).id)


@pytest.fixture
def photographed(visit, inspector) -> Visit:
    receive_photo(visit, sha256=SHA256, data=DATA, by=inspector)
    return visit


def said(*options: str) -> str:
    out = StringIO()
    call_command("verify_photos", *options, stdout=out)
    return out.getvalue()


def failed(*options: str) -> str:
    out = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("verify_photos", *options, stdout=out)
    return f"{out.getvalue()}{failure.value}"


def grown_old(place) -> None:
    then = time.time() - SETTLED_S - 60
    os.utime(place, (then, then))


def test_photos_that_are_whole_are_counted(photographed):
    assert said() == "1 张照片（逐一核对内容），没有缺失；等待原图 0 张，没有登记的文件 0 个。\n"
    assert said("--quick").startswith("1 张照片（只看在不在），没有缺失")


def test_photo_that_is_awaited_is_no_loss(visit):
    assert said() == "0 张照片（逐一核对内容），没有缺失；等待原图 1 张，没有登记的文件 0 个。\n"


@pytest.mark.parametrize("options", [[], ["--quick"]])
def test_photo_that_is_missing_is_a_loss(photographed, options):
    original_file(SHA256).unlink()

    assert failed(*options) == (
        f"走访 {photographed.pk} 的照片 1（{SHA256}）：原图不在。\n1 处登记的照片缺失或已损坏，请从备份中找回。"
    )


def test_photo_that_was_altered_is_a_loss_unless_nobody_reads_it(photographed):
    original_file(SHA256).write_bytes(picture("blue"))

    assert "原图的内容已不是登记时的内容。" in failed()
    assert "没有缺失" in said("--quick")


def test_photo_that_is_empty_is_a_loss(photographed):
    original_file(SHA256).write_bytes(b"")

    assert "文件是空的。" in failed("--quick")


def test_photo_that_cannot_be_read_is_a_loss(photographed):
    original_file(SHA256).unlink()
    original_file(SHA256).mkdir()

    assert "原图读不出来：" in failed()


def test_photo_of_two_visits_is_checked_once_and_missed_at_both(photographed, record):
    other = record(photos=[NewPhoto(SHA256, 3)])
    original_file(SHA256).unlink()

    found = check()

    assert (found.checked, len(found.lost)) == (1, 2)
    assert f"走访 {other.id} 的照片 3" in failed()


def test_copy_to_be_seen_that_is_missing_is_made_again(photographed):
    display_file(SHA256).unlink()

    assert "按原图重做了 1 个查看用的副本。" in said()
    assert display_file(SHA256).exists()


def test_file_without_a_row_is_named_and_left_alone(photographed):
    data = picture("blue")
    store_photo(sha256_of(data), data)
    for place in (original_file(sha256_of(data)), display_file(sha256_of(data))):
        grown_old(place)

    text = said()

    assert f"没有登记的文件（没有动它）：{original_file(sha256_of(data))}\n" in text
    assert text.endswith("没有登记的文件 2 个。\n")
    assert original_file(sha256_of(data)).exists()


def test_file_whose_row_may_be_under_way_is_not_named(photographed):
    data = picture("blue")
    store_photo(sha256_of(data), data)

    assert said().endswith("没有登记的文件 0 个。\n")


def test_file_that_a_visit_kept_aside_lists_has_its_row(photographed, school, inspector):
    data = picture("blue")
    store_photo(sha256_of(data), data)
    grown_old(original_file(sha256_of(data)))
    grown_old(display_file(sha256_of(data)))
    other = sent_visit(school, id=photographed.pk, photos=[NewPhoto(sha256_of(data), 1)])
    with pytest.raises(VisitConflict):
        record_visit(other, by=inspector, received_at=at("2018-10-02"))

    assert check().without_row == []


@pytest.fixture
def aside(photographed, school, inspector) -> str:
    """The hash of a photo that has come for a visit kept aside."""
    data = picture("blue")
    other = sent_visit(school, id=photographed.pk, photos=[NewPhoto(sha256_of(data), 1)])
    with pytest.raises(VisitConflict):
        record_visit(other, by=inspector, received_at=at("2018-10-02"))
    receive_photo_aside(photographed.quarantined.get(), sha256=sha256_of(data), data=data, by=inspector)
    return sha256_of(data)


@pytest.mark.parametrize("options", [[], ["--quick"]])
def test_photo_of_a_visit_kept_aside_that_is_missing_is_a_loss(photographed, aside, options):
    assert said(*options).startswith("2 张照片")

    original_file(aside).unlink()

    assert f"待核对的走访 {photographed.pk} 的照片（{aside}）：原图不在。" in failed(*options)


def test_backup_counts_photos_of_visits_kept_aside_as_here(aside):
    with connection.cursor() as cursor:
        snapshot = _described(_asking(cursor), tables(), timezone.now(), "")

    assert snapshot.stored == {SHA256, aside}


def test_temporary_file_is_swept_once_it_is_old(photographed):
    folder = original_file(SHA256).parent
    old, young = folder / "tmpab12cd_9", folder / "tmpyoung123"
    for place in (old, young):
        place.write_bytes(b"half")
    grown_old(old)

    assert "清除了 1 个遗留的临时文件。" in said()
    assert (old.exists(), young.exists()) == (False, True)
