"""Files of submitted reports: there, unchanged, looked after, and in the backup."""

import os
from io import StringIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from inspections.backup import manifest as manifests
from reports.files import keep, kept_file
from reports.kept_check import check
from tests.inspections.systems import LONG_S, empty_system, working_in
from tests.own_database import migrate
from tests.reports.reporting import approved, begun, clerk, county, submitted


@pytest.fixture
def version(db):
    county()
    return approved()


def test_kept_reports_are_as_they_were_submitted(version):
    said = StringIO()

    call_command("verify_reports", stdout=said)

    assert said.getvalue() == f"1 版报告、{version.files.count()} 个文件，与提交时一致。\n"


@pytest.mark.parametrize("spoil", [lambda place: place.unlink(), lambda place: place.write_bytes(b"x")])
def test_file_that_is_lost_or_altered_is_named(version, spoil):
    file = version.files.get(kind="xlsx")
    spoil(kept_file(file.sha256))
    said = StringIO()

    with pytest.raises(CommandError, match="1 处报告缺失或已改动"):
        call_command("verify_reports", stdout=said)

    assert file.name in said.getvalue()


def test_file_that_no_row_names_is_told_and_a_temporary_one_swept(version, settings):
    sha256, _size = keep([b"orphan"])
    left = Path(settings.DATA_DIR) / "reports" / "tmpabc"
    left.write_bytes(b"half")
    for place in (left, kept_file(sha256)):
        os.utime(place, (0, 0))

    found = check()

    assert ([place.name for place in found.without_row], found.swept, left.exists()) == ([sha256], 1, False)


def test_reports_of_two_periods_that_end_on_one_day_have_files_of_two_names(db, browse):
    county()
    versions = [submitted(begun(period=period)) for period in ("month", "half_month")]

    kept = [each.files.get(kind="docx").name for each in versions]
    paths = [reverse("report_file", args=[each.report_id, 1, "json"]) for each in versions]
    taken = [unquote(browse(clerk()).get(path)["Content-Disposition"]).rpartition("'")[2] for path in paths]

    assert kept == ["乐清市_截至2018-12-31_第1版.docx", "乐清市_自2018-12-16_截至2018-12-31_第1版.docx"]
    assert [name.rpartition("_")[0] for name in taken] == [name.removesuffix(".docx") for name in kept]


def test_same_content_is_kept_once(db, settings):
    first, again = keep([b"a", b"b"]), keep([b"ab"])

    assert first == again == (first[0], 2)
    assert kept_file(first[0]).read_bytes() == b"ab"
    assert not list((Path(settings.DATA_DIR) / "reports").glob("tmp*"))


def test_kept_file_is_not_half_written_when_something_fails(db, settings):
    def pieces():
        yield b"half"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        keep(pieces())

    assert not [place for place in (Path(settings.DATA_DIR) / "reports").rglob("*") if place.is_file()]


def submitted_hashes() -> list[str]:
    county()
    return sorted(approved().files.values_list("sha256", flat=True))


def test_backup_takes_the_files_of_reports_and_restore_brings_them_back(django_db_setup, django_db_blocker, tmp_path):
    copy = tmp_path / "copy"
    with django_db_blocker.unblock(), empty_system(tmp_path / "live") as live:
        migrate(live.name)
        with working_in(live) as clerk:
            hashes = clerk(submitted_hashes).result(LONG_S)
        live.says("backup", str(copy))
        manifest = manifests.read(copy)
        assert manifest is not None and manifest.lost == []
        listed = [sha256 for sha256, path in manifests.listed(copy, manifest) if path.startswith("reports/")]
        assert sorted(listed) == sorted(set(hashes))

        with empty_system(tmp_path / "elsewhere") as other:
            said = other.says("restore", str(copy))
            assert f"1 版报告、{len(hashes)} 个文件，与提交时一致。" in said


def test_backup_names_a_file_of_a_report_that_is_lost(django_db_setup, django_db_blocker, tmp_path):
    with django_db_blocker.unblock(), empty_system(tmp_path / "live") as live:
        migrate(live.name)
        with working_in(live) as clerk:
            lost = clerk(submitted_hashes).result(LONG_S)[0]
            kept_file(lost).unlink()

        said = live.refuses("backup", str(tmp_path / "copy"))

        assert lost in said and "verify_reports" in said
