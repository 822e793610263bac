"""A database of an earlier release, the demonstration with something of everything, upgrades with nothing lost.

The rows, figures and receipts are those that release itself wrote (make_release.py). The upgrade runs in a process and
a database of its own, on the engine these tests run on.
"""

import hashlib
import json
import os
import subprocess
import sys

import pytest

from tests.own_database import ROOT, empty_database, environment_of
from tests.upgrade.upgrade import RECORDED, figures_of_release, tables


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory) -> dict:
    """What the upgraded database says, as tests/upgrade/upgrade.py asks it."""
    with empty_database(tmp_path_factory.mktemp("upgraded")) as name:
        environment = os.environ | environment_of(name) | {"ENV_FILE": os.devnull}
        command = [sys.executable, "-W", "ignore", "-m", "tests.upgrade.upgrade"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-5000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def release() -> dict[str, int]:
    """Rows of each table of the release."""
    return {label: len(rows) for label, _columns, rows in list(tables())}


def test_migrations_of_the_release_are_not_edited():
    now = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in RECORDED["migrations"]["sha256"]}

    assert now == RECORDED["migrations"]["sha256"]


def test_figures_are_those_of_the_release(upgraded):
    assert len(figures_of_release()) == 184  # 14 days x 3 partitions and 25 townships x 2, at two moments each
    assert upgraded["figures"] == []


def test_no_row_is_lost(upgraded, release):
    kept = {label: count for label, count in upgraded["rows"].items() if count < release[label]}

    assert kept == {}


def test_findings_of_the_release_mean_what_they_meant(upgraded):
    assert upgraded["meanings"] == {"L01": "none", "L02": "registration_only", "L03": "permit_only"}


@pytest.mark.parametrize("command", ["check", "verify_ledger", "verify_audit", "verify_ledger at the end"])
def test_what_checks_the_database_finds_nothing_wrong(upgraded, command):
    assert upgraded[command] == ""


def test_every_round_has_its_order_notice_as_far_as_its_rows_can_tell(upgraded, release):
    kept = upgraded["kept by value"]

    rounds = release["inspections.Rectification"]
    assert (kept["rounds"], kept["order notices"], kept["of rounds"]) == (rounds, rounds, rounds)
    assert kept["reconstructed notices"] == rounds  # and they say that they were made from the rows


def test_every_visit_has_its_content_as_far_as_its_rows_can_tell(upgraded, release):
    kept = upgraded["kept by value"]

    assert kept["visits"] == kept["visits with content"] == release["inspections.Visit"]
    # Either it is what was sent, to the letter, or it says that it was made from the rows.
    assert len(kept["to the letter"]) + len(kept["reconstructed visits"]) == kept["visits"]
    assert set(kept["to the letter"]).isdisjoint(kept["reconstructed visits"])


def test_visit_that_was_really_sent_is_kept_to_the_letter_where_its_rows_say_it_all(upgraded):
    lost = {
        each["id"]
        for each in RECORDED["visits"]
        if (each["body"].get("position") or {}).get("datum") in ("gcj02", "bd09")  # only WGS-84 was kept
        or each["body"]["happened_at"] == "2026-11-21T09:30:00+08:00"  # handed in, returned: its marks were taken off
    }

    assert set(upgraded["kept by value"]["to the letter"]) == {each["id"] for each in RECORDED["visits"]} - lost


def test_visit_sent_again_gets_the_receipt_of_the_release(upgraded):
    answers = {each["id"]: (each["status"], each["receipt"]) for each in upgraded["sent again"]}

    assert answers == {each["id"]: (200, each["receipt"]) for each in RECORDED["visits"]}


def test_other_content_under_the_same_id_is_still_a_conflict(upgraded):
    assert {each["other"] for each in upgraded["sent again"]} == {409}


def test_pages_of_what_the_release_wrote_open(upgraded):
    assert {path: status for path, status in upgraded["pages"].items() if status != 200} == {}
