"""What `backup` and `restore` refuse, each with a sentence and nothing written."""

import fcntl
import json
import os
import shutil
from pathlib import Path

import pytest
from django.db import connection

from accounts.canonical import canonical, digest_of
from tests.inspections import systems
from tests.inspections.systems import System, empty_system, record_by_api, somebody_and_a_school, working_in
from tests.own_database import migrate

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture(scope="module")
def live(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), empty_system(tmp_path_factory.mktemp("of_module") / "live") as system:
        migrate(system.name)
        with working_in(system) as clerk:
            clerk(lambda: record_by_api(*somebody_and_a_school())).result()
        yield system


@pytest.fixture(scope="module")
def made(live, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "backup"
    live.says("backup", str(folder))
    return folder


@pytest.fixture
def backup(made, tmp_path) -> Path:
    """A copy of it, to be spoiled."""
    shutil.copytree(made, tmp_path / "backup")
    return tmp_path / "backup"


@pytest.fixture(scope="module")
def empty(live, tmp_path_factory):
    """A place with nothing in it, and from which every refusal leaves nothing."""
    with empty_system(tmp_path_factory.mktemp("of_module") / "empty") as system:
        yield system


def refused(empty: System, folder: Path, *options: str) -> str:
    said = empty.refuses("restore", str(folder), *options)
    assert not (empty.data_dir / "photos").exists()
    return said


def rewritten(folder: Path, **changes) -> None:
    """A manifest that says something else and is digested as it should be."""
    content = json.loads((folder / "manifest.json").read_text()) | changes
    del content["digest"]
    (folder / "manifest.json").write_text(json.dumps(content | {"digest": digest_of(canonical(content))}))


# --- backup


def test_folder_that_holds_something_else_is_refused(live, tmp_path):
    (tmp_path / "letters.docx").touch()

    said = live.refuses("backup", str(tmp_path))

    assert f"{tmp_path} 里有别的东西（letters.docx），没有备份" in said
    assert [each.name for each in tmp_path.iterdir()] == ["letters.docx"]


@pytest.mark.parametrize("where", ["", "backup", ".."])
def test_folder_within_or_around_the_data_is_refused(live, where):
    assert "备份不能放在数据自己的文件夹里，也不能包含它" in live.refuses("backup", str(live.data_dir / where))


def test_folder_whose_disk_is_not_mounted_is_refused(live, tmp_path):
    assert "（磁盘没有挂载？），没有备份。" in live.refuses("backup", str(tmp_path / "usb" / "backup"))
    assert not (tmp_path / "usb").exists()


def test_file_in_place_of_the_folder_is_refused(live, tmp_path):
    (tmp_path / "backup").touch()

    assert "不是文件夹，没有备份。" in live.refuses("backup", str(tmp_path / "backup"))


def test_backup_of_another_system_is_not_overwritten(live, backup):
    rewritten(backup, system="2018-01-01 00:00:00")
    before = (backup / "manifest.json").read_bytes()

    said = live.refuses("backup", str(backup))

    assert "里是另一套系统" in said
    assert (backup / "manifest.json").read_bytes() == before


def test_system_in_which_nothing_is_yet_is_not_backed_up(empty, tmp_path):
    assert "这里的数据库还是空的，没有可备份的内容" in empty.refuses("backup", str(tmp_path / "backup"))
    assert not (tmp_path / "backup").exists()


def test_second_backup_at_the_same_time_is_refused(live, backup):
    handle = os.open(backup, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        said = live.refuses("backup", str(backup))
    finally:
        os.close(handle)

    assert f"另一次备份正在写 {backup}，这一次没有做。" in said


def test_missing_programme_of_postgresql_is_named_with_what_installs_it(live, tmp_path, monkeypatch):
    monkeypatch.setattr(systems, "path_with_clients", lambda: str(tmp_path))

    if connection.vendor == "sqlite":  # needs none
        assert "备份完成" in live.says("backup", str(tmp_path / "backup"))
    else:
        said = live.refuses("backup", str(tmp_path / "backup"))
        assert "要用它自己的 pg_dump，版本不低于服务器的" in said
        assert "apt-get install postgresql-client-" in said


# --- restore


def test_place_that_holds_data_is_refused(live, made):
    said = live.refuses("restore", str(made))

    assert "不是空的，没有恢复" in said


def test_folder_without_a_manifest_is_refused(empty, backup):
    (backup / "manifest.json").unlink()

    assert "里没有 manifest.json：不是备份，或是没有做完的备份。" in refused(empty, backup)


def test_folder_that_is_not_there_is_refused(empty, tmp_path):
    assert "里没有 manifest.json" in refused(empty, tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1, "digest": ""}'])
def test_manifest_that_is_none_is_refused(empty, backup, text):
    (backup / "manifest.json").write_text(text)

    assert "manifest.json 已损坏或被改动，不能使用。" in refused(empty, backup)


def test_manifest_that_was_altered_is_refused(empty, backup):
    altered = (backup / "manifest.json").read_text().replace('"photos": 1', '"photos": 2')
    (backup / "manifest.json").write_text(altered)

    assert "manifest.json 已损坏或被改动，不能使用。" in refused(empty, backup)


def test_manifest_of_a_later_format_is_refused(empty, backup):
    rewritten(backup, format=2)

    assert "的清单是第 2 种格式，这个版本只认得第 1 种" in refused(empty, backup)


def test_list_that_was_altered_is_refused(empty, backup):
    (listed,) = backup.glob("files-*")
    listed.write_text("".join(listed.read_text().splitlines(keepends=True)[:-1]))

    assert f"{listed} 缺失、已损坏或被改动，不能使用。" in refused(empty, backup)


def test_list_that_leads_out_of_the_folder_is_refused(empty, backup):
    (listed,) = backup.glob("files-*")
    listed.write_text(listed.read_text() + f"{'0' * 64}  photos/../../etc/passwd\n")
    rewritten(backup, files_sha256=digest_of(listed.read_text()))

    assert "里有看不懂的一行" in refused(empty, backup)


def test_damaged_database_is_refused(empty, backup):
    (database,) = backup.glob("database-*")
    with open(database, "r+b") as file:
        file.seek(100)
        file.write(b"rot")

    for options in ([], ["--without-damaged"]):
        assert f"备份里有 1 个文件缺失或已损坏，没有恢复：{database.name}。" in refused(empty, backup, *options)


def test_backup_of_the_other_engine_is_refused(empty, backup):
    rewritten(backup, engine=OTHER[connection.vendor])

    assert f"备份来自 {OTHER[connection.vendor]}，这里用的是 {connection.vendor}，不能互相恢复" in refused(
        empty, backup
    )


def test_backup_of_a_later_release_is_refused(empty, backup):
    rewritten(backup, migrations=["inspections.0001_initial", "inspections.9999_later"])

    assert "备份来自较新的版本（这里没有迁移 inspections.9999_later）" in refused(empty, backup)


def test_damaged_photo_is_refused_and_left_out_when_asked(made, backup, tmp_path):
    (original,) = (backup / "photos" / "originals").rglob("*/*")
    original.write_bytes(b"rot")

    with empty_system(tmp_path / "elsewhere") as elsewhere:
        said = refused(elsewhere, backup)
        told = elsewhere.refuses("restore", str(backup), "--without-damaged")

    assert f"备份里有 1 个文件缺失或已损坏，没有恢复：{original.relative_to(backup)}。" in said
    assert "原图不在。" in told
    assert "但这些核对没有通过：verify_photos。" in told
