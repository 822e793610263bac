"""The page of a register of which an import was interrupted: it is not imported, and can be."""

import pytest

from institutions.imports.changing import check_open
from institutions.imports.files import commit_file, plan_of, receive_file
from institutions.models import Division, ImportBatch, Institution, RegisterFile
from tests.institutions.registers import csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def interrupted(taskforce) -> RegisterFile:
    """A register of which the import was written, and not finished."""
    data = csv(*(f"青竹{at}号画室,柳市镇,青竹街{at}号," for at in range(1, 4)))
    file = receive_file(
        data, file_name="名册.csv", division=Division.objects.get(pk="330382"), datum="wgs84", by=taskforce
    )
    commit_file(file, looked_at=plan_of(file).digest, by=taskforce)  # type: ignore[union-attr]
    ImportBatch.objects.update(finished_at=None)
    return file


def test_page_says_that_it_is_not_finished_and_shows_the_plan(interrupted, taskforce, browse):
    page = browse(taskforce).get(f"/institutions/import/{interrupted.pk}/")

    assert "没有写完（正在写入，或中断了）" in page.content.decode()
    assert (page.context["imported"], page.context["plan"] is not None) == (None, True)


def test_file_is_open_again(interrupted):
    check_open(interrupted)  # raises nothing

    assert ImportBatch.objects.unfinished().count() == 1


def test_file_is_imported_once_what_was_left_is_taken_back(interrupted, taskforce):
    left = ImportBatch.objects.get()

    done = commit_file(interrupted, looked_at=plan_of(interrupted).digest, by=taskforce)  # type: ignore[union-attr]

    left.refresh_from_db()
    assert (left.rolled_back_at is not None, done.unfinished, done.summary["new"]) == (True, False, 3)
    assert Institution.objects.filter(withdrawn_at=None).count() == 3


def test_page_says_how_many_are_written_and_what_undoing_takes_back(interrupted, taskforce, browse):
    page = browse(taskforce).get(f"/institutions/import/{interrupted.pk}/").content.decode()

    assert "已写入：新增 3，变更 0。" in page
    assert "新增的 3 家从名册撤下，变更的 0 家恢复原值" in page
