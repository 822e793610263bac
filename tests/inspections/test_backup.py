"""The drill: backup under load, wipe, restore, and everything that was acknowledged is there."""

import os
import shutil
import subprocess
from datetime import date
from io import StringIO
from pathlib import Path
from threading import Event

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError

from inspections import photo_check
from inspections.models import Visit
from inspections.photos import original_file
from institutions.models import Demonstration
from tests.inspections.systems import (
    LONG_S,
    Receipt,
    System,
    empty_system,
    receipts_kept,
    record_by_api,
    somebody_and_a_school,
    working_in,
)
from tests.own_database import Clerk, migrate

WRITERS = 3
ENDS_WITH = [
    "System check identified no issues (0 silenced).",
    "张照片（逐一核对内容），没有缺失",
    "rectifications rebuilt from their events and notices, no difference.",
    "kept aside compared with what was sent, no difference.",
    "audit rows checked, none broken.",
    "0 版报告、0 个文件，与提交时一致。",
    "恢复完成：",
]


@pytest.fixture(autouse=True)
def unblocked(django_db_setup, django_db_blocker):
    """Everything here is in databases of its own."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def live(django_db_setup, django_db_blocker, tmp_path_factory):
    """In which each test records what it needs."""
    with django_db_blocker.unblock(), empty_system(tmp_path_factory.mktemp("of_module") / "live") as system:
        migrate(system.name)
        yield system


@pytest.fixture
def elsewhere(tmp_path):
    """An empty place to restore into."""
    with empty_system(tmp_path / "elsewhere") as system:
        yield system


class Load:
    """People who record visits with photos, one after another, until they are told to stop."""

    def __init__(self, system: System):
        self.receipts: list[Receipt] = []
        self.enough, self.stop = Event(), Event()
        self.clerks = [Clerk(system.name) for _ in range(WRITERS)]
        people = [self.clerks[0](somebody_and_a_school).result(LONG_S) for _ in self.clerks]
        self.work = [clerk(self._record, *who) for clerk, who in zip(self.clerks, people, strict=True)]
        assert self.enough.wait(LONG_S)

    def _record(self, user, school) -> None:
        while not self.stop.wait(0.01):
            self.receipts.append(record_by_api(user, school))
            if len(self.receipts) > 5 * WRITERS:
                self.enough.set()

    def ends(self) -> None:
        self.stop.set()
        for each in self.work:
            each.result(LONG_S)
        for clerk in self.clerks:
            clerk.leave()


def test_what_was_acknowledged_before_a_backup_under_load_is_there_after_the_restore(tmp_path, settings):
    with empty_system(tmp_path / "live") as live:
        migrate(live.name)
        settings.DATA_DIR = live.data_dir
        load = Load(live)
        acknowledged = set(load.receipts)
        live.manage("backup", str(tmp_path / "backup"))
        later = set(load.receipts) - acknowledged
        load.ends()
    shutil.rmtree(live.data_dir)

    with empty_system(tmp_path / "elsewhere") as restored:
        said = restored.manage("restore", str(tmp_path / "backup")).splitlines()
        checked = restored.manage("check")
        with working_in(restored) as clerk:
            kept = clerk(receipts_kept).result(LONG_S)
            visits = clerk(Visit.objects.count).result(LONG_S)
            photos = clerk(photo_check.check).result(LONG_S)
            again = clerk(lambda: record_by_api(*somebody_and_a_school())).result(LONG_S)  # sequences and triggers, too
            overwritten = clerk(lambda: Visit.objects.update(note="改写")).exception(LONG_S)

    assert len(later) >= WRITERS, "nobody worked while the backup was made"
    assert acknowledged <= kept <= acknowledged | later
    assert visits - len(kept) <= WRITERS  # whose photo was under way
    assert (photos.lost, photos.without_row) == ([], [])
    assert [words for words in ENDS_WITH if not any(words in line for line in said)] == []
    assert checked == "System check identified no issues (0 silenced).\n"
    assert again.photo
    assert isinstance(overwritten, DatabaseError)


# --- One after another


def recorded(system: System, count: int = 1) -> list[Receipt]:
    with working_in(system) as clerk:
        who = clerk(somebody_and_a_school).result(LONG_S)
        return [clerk(record_by_api, *who).result(LONG_S) for _ in range(count)]


def whole(folder: Path) -> set[str]:
    """The files that the list names, once they are found to be as it says: with what any system has."""
    (listed,) = folder.glob("files-*.sha256")
    subprocess.run(["sha256sum", "--check", "--quiet", listed.name], cwd=folder, check=True)
    return {line.split()[1] for line in listed.read_text().splitlines()}


def originals(folder: Path) -> set[str]:
    return {Path(path).name for path in whole(folder) if path.startswith("photos/originals/")}


def test_second_backup_copies_what_is_new_and_leaves_hard_links_of_the_first_as_they_are(live, tmp_path):
    recorded(live, 2)
    live.says("backup", str(tmp_path / "backup"))
    subprocess.run(["cp", "-al", tmp_path / "backup", tmp_path / "yesterday"], check=True)
    (new,) = recorded(live, 1)

    said = live.says("backup", str(tmp_path / "backup"))

    yesterday, today = originals(tmp_path / "yesterday"), originals(tmp_path / "backup")
    assert f"照片 {len(today)} 张（新复制 1，已有 {len(yesterday)}）。" in said
    assert today - yesterday == {new.photo}
    assert len(list((tmp_path / "backup").iterdir())) == 4  # manifest, list, database, photos


def test_backup_says_of_what_it_is_and_warns_where_that_is_the_demonstration(live, tmp_path):
    recorded(live)

    def made() -> tuple[str, str]:
        said, warned = StringIO(), StringIO()
        call_command("backup", str(tmp_path / "backup"), stdout=said, stderr=warned)
        return said.getvalue(), warned.getvalue()

    with working_in(live) as clerk:
        own = clerk(made).result(LONG_S)
        clerk(Demonstration.objects.create, loaded_on=date(2018, 12, 31), division_id="330382").result(LONG_S)
        demonstration = clerk(made).result(LONG_S)
        clerk(Demonstration.objects.all().delete).result(LONG_S)

    assert own[0].startswith(f"备份的是 DATA_DIR={live.data_dir}。\n")
    assert own[1] == ""
    assert "备份完成" in demonstration[0]
    assert f"注意：备份的是演示数据，不是正式系统（DATA_DIR={live.data_dir}）" in demonstration[1]


def test_backup_is_for_its_owner_alone_and_without_the_secret_key(live, tmp_path):
    recorded(live)

    live.says("backup", str(tmp_path / "backup"))

    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o077 for each in (tmp_path / "backup").iterdir() if each.is_file()} == {0}
    tops = {path.split("/")[0].split("-")[0] for path in whole(tmp_path / "backup")}
    assert tops == {"database", "photos"}


def test_damaged_copy_in_the_backup_is_made_again(live, tmp_path):
    (receipt,) = recorded(live)
    live.says("backup", str(tmp_path / "backup"))
    copy = tmp_path / "backup" / "photos" / "originals" / receipt.photo[:2] / receipt.photo
    copy.write_bytes(b"rot")

    said = live.says("backup", str(tmp_path / "backup"))

    assert "（新复制 1，" in said
    assert receipt.photo in originals(tmp_path / "backup")


def test_photo_that_is_lost_is_told_and_all_else_backed_up_and_restored(live, elsewhere, tmp_path, settings):
    lost, other = recorded(live, 2)
    settings.DATA_DIR = live.data_dir
    original_file(lost.photo).rename(tmp_path / "lost")

    said = live.refuses("backup", str(tmp_path / "backup"))
    told = elsewhere.refuses("restore", str(tmp_path / "backup"))

    (tmp_path / "lost").rename(original_file(lost.photo))
    assert f"照片或报告文件 {lost.photo} 登记在册，但缺失或已损坏" in said
    assert f"走访 {lost.visit} 的照片 1（{lost.photo}）：原图不在。" in told
    assert "但这些核对没有通过：verify_photos。" in told
    settings.DATA_DIR = elsewhere.data_dir
    assert original_file(other.photo).exists()


def test_backup_that_runs_out_of_room_leaves_the_one_before_as_it_was(live, tmp_path):
    (first,) = recorded(live)
    live.says("backup", str(tmp_path / "backup"))
    before = sorted(each.name for each in (tmp_path / "backup").iterdir())

    said = live.without_room("backup", str(tmp_path / "backup"))

    assert "没有新的备份；以前做成的一份（如有）仍然有效" in said
    assert sorted(each.name for each in (tmp_path / "backup").iterdir()) == before
    assert first.photo in originals(tmp_path / "backup")


def test_first_backup_that_runs_out_of_room_is_not_taken_for_one_and_is_gone_on_with(live, elsewhere, tmp_path):
    recorded(live)
    live.without_room("backup", str(tmp_path / "backup"))

    said = elsewhere.refuses("restore", str(tmp_path / "backup"))

    assert "里没有 manifest.json：不是备份，或是没有做完的备份。" in said
    assert "备份完成" in live.says("backup", str(tmp_path / "backup"))


def test_restore_that_was_interrupted_is_done_by_asking_again_and_signs_everybody_out(live, elsewhere, tmp_path):
    receipts = recorded(live, 2)  # by a client that signed in
    live.says("backup", str(tmp_path / "backup"))
    shutil.copytree(tmp_path / "backup" / "photos" / "originals", elsewhere.data_dir / "photos" / "originals")
    os.truncate(elsewhere.data_dir / "photos" / "originals" / receipts[0].photo[:2] / receipts[0].photo, 10)

    elsewhere.manage("restore", str(tmp_path / "backup"))

    with working_in(elsewhere) as clerk:
        assert set(receipts) <= clerk(receipts_kept).result(LONG_S)
        assert clerk(Session.objects.count).result(LONG_S) == 0


def test_backup_of_an_older_release_is_migrated(elsewhere, tmp_path):
    with empty_system(tmp_path / "older") as older:
        older.manage("migrate", "inspections", "0008")
        older.says("backup", str(tmp_path / "backup"))

    said = elsewhere.manage("restore", str(tmp_path / "backup"))

    assert "备份来自较早的版本，执行" in said
    assert elsewhere.manage("check") == "System check identified no issues (0 silenced).\n"
