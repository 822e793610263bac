"""Two imports at once, or an import beside a hand entry: whoever is second finds what the first has written."""

import json
from io import StringIO
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from accounts.errors import Busy, Refusal
from accounts.models import User
from institutions.actions import AlreadyRegistered, edit_institution, register_if_new
from institutions.imports.files import PlanMovedOn, commit_file, plan_of, receive_file
from institutions.imports.stored import Reading, moved
from institutions.models import Division, ImportBatch, Institution, RegisterFile
from tests.factories import LIUSHI, user_with
from tests.institutions.registers import csv
from tests.own_database import Clerk, data_dir_of, own_database

LONG_S = 60  # nothing here takes longer unless it hangs


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("own")) as name, django_db_blocker.unblock():
        yield name


@pytest.fixture
def clerks(db, database, settings):
    """Two people with connections of their own."""
    settings.DATA_DIR = data_dir_of(database)
    came = [Clerk(database), Clerk(database)]
    yield came
    for clerk in came:
        clerk.leave()


def somebody() -> User:
    return user_with("task_force", "330382", f"clerk{uuid4().hex[:8]}")


def register(word: str, rows: int = 64) -> bytes:
    return csv(*(f"{word}{at}号画室,柳市镇,{word}街{at}号," for at in range(1, rows + 1)))


def received(data: bytes, by: User) -> tuple[RegisterFile, str]:
    """A file that was handed in, and the digest of the plan that its page shows."""
    division = Division.objects.get(pk="330382")
    file = receive_file(data, file_name="名册.csv", division=division, datum="wgs84", by=by)
    plan = plan_of(file)
    assert plan is not None
    return file, plan.digest


def committed(file: RegisterFile, digest: str, by: User, start: Barrier) -> Any:
    start.wait(LONG_S)
    try:
        return commit_file(file, looked_at=digest, by=by)
    except Refusal as refusal:
        return refusal


def test_same_file_imported_twice_at_once_ends_with_one_institution_each(clerks):
    one, other = clerks
    by = one(somebody).result(LONG_S)
    data, start = register("青竹"), Barrier(2)
    files = [clerk(received, data, by).result(LONG_S) for clerk in clerks]

    ends = [clerk(committed, *file, by, start) for clerk, file in zip(clerks, files, strict=True)]
    outcomes = [type(each.result(LONG_S)) for each in ends]

    assert sorted(outcomes, key=str) == sorted([ImportBatch, PlanMovedOn], key=str)
    assert one(Institution.objects.filter(name__startswith="青竹").count).result(LONG_S) == 64
    lost = files[outcomes.index(PlanMovedOn)][0]
    now = other(lambda: Reading(plan_of(lost)).counts["unchanged"]).result(LONG_S)
    assert now == 64


def test_command_run_twice_at_once_ends_with_one_institution_each(clerks, tmp_path):
    start, place = Barrier(2), tmp_path / "名册.csv"
    place.write_bytes(register("晨曦"))

    def imported() -> int:
        told = StringIO()
        start.wait(LONG_S)
        call_command("import_institutions", str(place), division="330382", format="json", stdout=told)
        return json.loads(told.getvalue())["new"]

    ends = [clerk(imported) for clerk in clerks]

    assert sorted(each.result(LONG_S) for each in ends) == [0, 64]
    assert clerks[0](Institution.objects.filter(name__startswith="晨曦").count).result(LONG_S) == 64


def test_hand_entry_beside_an_import_of_the_same_ends_with_one(clerks):
    one, other = clerks
    by = one(somebody).result(LONG_S)
    file, digest = one(received, register("绘声", 1), by).result(LONG_S)
    start = Barrier(2)

    imports = one(committed, file, digest, by, start)
    types = other(typed, "绘声1号画室", "绘声街1号", by, start)
    outcomes = (type(imports.result(LONG_S)), type(types.result(LONG_S)))

    second = {ImportBatch: (AlreadyRegistered, Busy), PlanMovedOn: (Institution,)}
    assert outcomes[1] in second[outcomes[0]]
    assert one(Institution.objects.filter(name="绘声1号画室").count).result(LONG_S) == 1


def typed(name: str, address: str, by: User, start: Barrier) -> Any:
    columns = {"name": name, "division": Division.objects.get(pk=LIUSHI), "operating_address": address}
    start.wait(LONG_S)
    try:
        return register_if_new(by=by, columns=columns)
    except Refusal as refusal:
        return refusal


def test_import_beside_a_hand_entry_of_the_same_shows_the_row_again(clerks):
    one, other = clerks
    by = one(somebody).result(LONG_S)
    file, digest = one(received, register("石桥", 3), by).result(LONG_S)
    other(typed, "石桥2号画室", "石桥街2号", by, Barrier(1)).result(LONG_S)

    outcome = one(committed, file, digest, by, Barrier(1)).result(LONG_S)

    assert isinstance(outcome, PlanMovedOn)
    assert one(moved_rows, file).result(LONG_S) == [("3", "new", "unchanged")]
    assert one(Institution.objects.filter(name__startswith="石桥").count).result(LONG_S) == 1


def moved_rows(file: RegisterFile) -> list[tuple[str, str, str]]:
    plan = plan_of(file)
    assert plan is not None and plan.instead_of is not None
    return [(key, then["kind"], now["kind"]) for key, then, now in moved(Reading(plan.instead_of), Reading(plan))]


def test_row_edited_by_somebody_since_the_preview_is_shown_again_and_only_that_one(clerks):
    one, other = clerks
    by = one(somebody).result(LONG_S)
    first, digest = one(received, register("小荷", 5), by).result(LONG_S)
    assert isinstance(one(committed, first, digest, by, Barrier(1)).result(LONG_S), ImportBatch)
    again = register("小荷", 5).replace("小荷街".encode(), "新小荷街".encode())
    file, digest = one(received, again, by).result(LONG_S)

    def edit() -> None:
        there = Institution.objects.get(name="小荷4号画室")
        edit_institution(there, by=by, version=there.version, columns={"operating_address": "别处4号"})

    before = one(lambda: Reading(plan_of(file)).counts["candidate"]).result(LONG_S)
    other(edit).result(LONG_S)
    outcome = one(committed, file, digest, by, Barrier(1)).result(LONG_S)

    assert (before, type(outcome)) == (5, PlanMovedOn)
    assert [key for key, _then, _now in one(moved_rows, file).result(LONG_S)] == ["5"]


def test_plan_looked_at_anew_is_then_carried_out(clerks):
    one, other = clerks
    by = one(somebody).result(LONG_S)
    file, digest = one(received, register("竹里", 2), by).result(LONG_S)
    other(typed, "竹里1号画室", "竹里街1号", by, Barrier(1)).result(LONG_S)

    one(committed, file, digest, by, Barrier(1)).result(LONG_S)
    new_digest = one(lambda: plan_of(file).digest).result(LONG_S)
    outcome = one(committed, file, new_digest, by, Barrier(1)).result(LONG_S)

    assert isinstance(outcome, ImportBatch)
    assert one(Institution.objects.filter(name__startswith="竹里").count).result(LONG_S) == 2
