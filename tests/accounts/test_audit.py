"""The audit trail: every change with before and after in its own transaction, append-only, and chained."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts import audit
from accounts.models import AuditRow
from inspections.actions import (
    NewFinding,
    NewOrder,
    NewPhoto,
    extend_rectification,
    receive_photo,
    record_visit,
    return_rectification,
    submit_rectification,
    verify_rectification,
    void_rectification,
)
from inspections.models import Rectification, Visit
from inspections.photos import sha256_of
from institutions.actions import add_licence, edit_institution, register_institution
from institutions.models import Division, Institution
from tests.factories import LIUSHI, at, hand, institution, picture, round_of, sent_visit, visit_of

ON = date(2018, 10, 20)


@pytest.fixture
def school(db) -> Institution:
    return institution(surveyed_on=None)


def record(school, by, **stated):
    return record_visit(sent_visit(school, **stated), by=by, received_at=at("2018-10-01", 20))


def trail(**conditions) -> list[str]:
    return list(AuditRow.objects.filter(**conditions).values_list("action", flat=True))


def test_visit_writes_who_what_when_and_where(school, inspector):
    receipt = record(school, inspector, findings=[NewFinding("T01")], order=NewOrder(), purpose="survey")

    assert trail() == ["visit.recorded", "institution.surveyed", "rectification.ordered"]
    visit, surveyed, ordered = AuditRow.objects.all()
    assert (visit.by, visit.at, visit.scope_code) == (inspector, at("2018-10-01", 20), school.scope_code)
    assert (visit.object_type, visit.object_id) == ("inspections.visit", str(receipt.id))
    assert (visit.before, visit.after["result"], visit.after["findings"]) == (None, "inspected", ["T01"])
    before = {"surveyed_on": None, "surveyed_recorded_at": None, "licence_status_at_survey": "", "survey_visit": None}
    assert surveyed.before == before
    assert surveyed.after["surveyed_on"] == "2018-10-01"
    assert ordered.after["state"] == "ordered"


def test_photo_writes_its_hash_and_not_its_bytes(school, inspector):
    data = picture()
    receipt = record(school, inspector, photos=[NewPhoto(sha256_of(data), 1)])

    receive_photo(Visit.objects.get(pk=receipt.id), sha256=sha256_of(data), data=data, by=inspector)

    assert AuditRow.objects.get(action="photo.stored").after == {"sha256": sha256_of(data)}


def test_same_visit_again_writes_nothing(school, inspector):
    receipt = record(school, inspector)
    before = AuditRow.objects.count()

    record(school, inspector, id=receipt.id)

    assert AuditRow.objects.count() == before


def test_each_move_writes_what_it_changed(inspector, taskforce, supervisor):
    school = institution(status="full")
    round_ = round_of(school, "2018-10-01")
    visit_of(school, "2018-10-10", purpose="recheck", result="ceased", round_=round_)

    submit_rectification(round_, by=inspector, on=ON, version=1, outcome="corrected")
    return_rectification(round_, by=taskforce, on=ON, version=2, reason="缺照片")
    extend_rectification(round_, by=taskforce, on=ON, version=3, due_on=date(2018, 12, 1), reason="在办")
    submit_rectification(round_, by=inspector, on=ON, version=4, outcome="closed")
    verify_rectification(round_, by=supervisor, on=ON, version=5)

    of_round = AuditRow.objects.filter(object_id=str(round_.pk))
    assert [(row.action, row.by.username, row.before.get("state", "")) for row in of_round] == [
        ("rectification.submitted", "inspector", "ordered"),
        ("rectification.returned", "taskforce", "submitted"),
        ("rectification.extended", "taskforce", ""),
        ("rectification.submitted", "inspector", "returned"),
        ("rectification.verified", "supervisor", "submitted"),
    ]
    extended = of_round.get(action="rectification.extended")
    assert extended.before == {"due_on": "2018-10-31", "next_due_on": "2018-10-31", "version": 3}
    step = {"sequence": 4, "kind": "extended", "by_id": taskforce.pk, "happened_on": ON.isoformat(), "note": "在办"}
    step |= {"due_on": "2018-12-01", "outcome": "", "visit_id": None, "notice_id": None, "digest": ""}
    columns = {"due_on": "2018-12-01", "next_due_on": "2018-12-01", "version": 4}
    assert extended.after == columns | {"events": [step]}
    ceased = AuditRow.objects.get(action="institution.ceased")
    assert (ceased.before, ceased.after) == ({"ceased_on": None}, {"ceased_on": "2018-10-20"})


def test_void_writes_its_reason(supervisor):
    round_ = round_of(institution(), "2018-10-01")

    void_rectification(round_, by=supervisor, on=ON, version=1, reason="同名另一机构")

    assert AuditRow.objects.get(action="rectification.voided").after["void_reason"] == "同名另一机构"


def test_registry_writes_what_it_changed(taskforce):
    columns = {"name": "新开培训", "division": Division.objects.get(pk=LIUSHI)}
    school = register_institution(by=taskforce, columns=columns)

    edit_institution(school, by=taskforce, version=school.version, columns={"phone": "13800001111"})
    add_licence(school, by=taskforce, columns={"kind": "permit", "number": "证一", "valid_from": ON})

    of_school = AuditRow.objects.filter(object_id=str(school.pk))
    assert trail(object_id=str(school.pk)) == ["institution.registered", "institution.edited"]
    assert (of_school[1].before["phone"], of_school[1].after["phone"]) == ("", "13800001111")
    assert AuditRow.objects.count() == 3
    assert {row.by for row in AuditRow.objects.all()} == {taskforce}


@pytest.mark.parametrize("times", range(1, 4))
def test_failure_after_a_write_leaves_neither_the_change_nor_its_row(school, inspector, monkeypatch, times):
    """A survey with an order writes three audit rows; the database fails at the first, second and third."""
    attempts = iter(range(1, 10))
    save = AuditRow.save

    def failing(row, **options):
        save(row, **options)
        if next(attempts) == times:
            raise ConnectionError("the database went away")

    monkeypatch.setattr(AuditRow, "save", failing)
    with pytest.raises(ConnectionError):
        record(school, inspector, findings=[NewFinding("T01")], order=NewOrder(), purpose="survey")

    school.refresh_from_db()
    assert (Visit.objects.count(), Rectification.objects.count(), AuditRow.objects.count()) == (0, 0, 0)
    assert school.surveyed_on is None


def test_move_that_fails_at_its_audit_row_is_not_made(taskforce, inspector, monkeypatch):
    round_ = round_of(institution(), "2018-10-01")

    def failing(*_arguments, **_options):
        raise ConnectionError("the database went away")

    monkeypatch.setattr(AuditRow, "save", failing)
    with pytest.raises(ConnectionError):
        submit_rectification(round_, by=inspector, on=ON, version=1, outcome="closed")

    round_.refresh_from_db()
    assert (round_.state, round_.version, round_.events.count()) == ("ordered", 1, 1)


def test_passwords_are_never_recorded(db):
    user = hand("clerk")
    user.set_password("geheim-geheim")
    user.save()

    assert "password" not in audit.snapshot(user)


def test_token_is_recorded_without_being_kept(db, capsys):
    hand("clerk")

    call_command("create_token", "clerk")

    token = capsys.readouterr().out.strip()
    assert trail() == ["token.created"]
    assert token not in str(AuditRow.objects.values().get())


# --- The chain


@pytest.fixture
def chain(db) -> list[AuditRow]:
    """Three rows of one object and one of another."""
    first, second = hand("first"), hand("second")
    rows = [
        audit.write("edited", first, by=None, after={"step": step}, at=at("2018-10-01", step)) for step in (1, 2, 3)
    ]
    return [*rows, audit.write("edited", second, by=None, after={"step": 1}, at=at("2018-10-01"))]


def forge(sql: str, *params) -> None:
    """What somebody with the database's password could do: take the trigger away and change a row."""
    off, on = {
        "sqlite": (
            ["DROP TRIGGER accounts_auditrow_refuses_UPDATE", "DROP TRIGGER accounts_auditrow_refuses_DELETE"], []
        ),
        "postgresql": (
            ["ALTER TABLE accounts_auditrow DISABLE TRIGGER USER"], ["ALTER TABLE accounts_auditrow ENABLE TRIGGER USER"]
        ),
    }[connection.vendor]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE") if connection.vendor == "postgresql" else None
        for statement in off:
            cursor.execute(statement)
        cursor.execute(sql, params)
        for statement in on:
            cursor.execute(statement)


def test_sound_chain_has_no_broken_row(chain, capsys):
    assert list(audit.broken_rows()) == []
    call_command("verify_audit")
    assert "4" in capsys.readouterr().out


def test_altered_row_is_found(chain):
    forge("UPDATE accounts_auditrow SET action = 'nothing' WHERE id = %s", chain[1].pk)

    assert list(audit.broken_rows()) == [chain[1]]
    with pytest.raises(CommandError):
        call_command("verify_audit")


def test_row_with_another_time_or_author_is_found(chain):
    forge("UPDATE accounts_auditrow SET by_id = %s WHERE id = %s", hand("somebody").pk, chain[0].pk)
    forge_at = "UPDATE accounts_auditrow SET at = %s WHERE id = %s"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(forge_at, [at("2019-01-01").isoformat(), chain[3].pk])
    else:
        forge(forge_at, at("2019-01-01"), chain[3].pk)

    assert list(audit.broken_rows()) == [chain[0], chain[3]]


def test_row_taken_out_of_the_middle_is_found(chain):
    forge("DELETE FROM accounts_auditrow WHERE id = %s", chain[1].pk)

    assert list(audit.broken_rows()) == [chain[2]]  # what came after it no longer follows


def test_last_row_taken_away_is_not_found(chain):
    """Said in accounts/audit.py: nothing follows from the last row. Should this fail, correct what is said there."""
    forge("DELETE FROM accounts_auditrow WHERE id = %s", chain[2].pk)

    assert list(audit.broken_rows()) == []


def test_write_outside_a_transaction_is_refused(db, monkeypatch):
    user = hand("clerk")

    with monkeypatch.context() as outside, pytest.raises(transaction.TransactionManagementError, match="edited"):
        outside.setattr(connections["default"], "in_atomic_block", False)
        audit.write("edited", user, by=None)

    assert not AuditRow.objects.exists()


def test_object_is_locked_before_the_row_before_is_read(db):
    """Two who write of one object at once would follow from the same row: on PostgreSQL the second waits."""
    user = hand("clerk")

    with CaptureQueriesContext(connection) as captured:
        audit.write("edited", user, by=None)

    statements = [query["sql"] for query in captured]
    if connection.vendor == "sqlite":  # one writer at a time anyway
        assert connection.transaction_mode == "IMMEDIATE"
    else:
        assert statements[0].endswith("FOR NO KEY UPDATE") and '"accounts_user"' in statements[0]
        assert 'FROM "accounts_auditrow"' in statements[1]


def test_second_writer_of_an_object_waits_for_the_first(db):
    """On SQLite for whoever writes anything; on PostgreSQL seen from a second connection, on a committed division."""
    if connection.vendor == "sqlite":
        assert connection.transaction_mode == "IMMEDIATE"
        return
    second = connection.copy()
    ask = "SELECT code FROM institutions_division WHERE code = %s FOR NO KEY UPDATE NOWAIT"

    audit.write("division.edited", Division.objects.get(pk=LIUSHI), by=None)

    try:
        with second.cursor() as cursor:
            cursor.execute(ask, ["330382"])  # another object is free
            with pytest.raises(OperationalError, match="could not obtain lock"):
                cursor.execute(ask, [LIUSHI])
    finally:
        second.close()


def test_audit_trail_cannot_be_emptied(db):
    audit.write("division.edited", Division.objects.get(pk=LIUSHI), by=None)
    connection.check_constraints()  # or PostgreSQL has something else to say first
    everything = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{everything} accounts_auditrow")


def test_digest_of_a_row_does_not_depend_on_the_engine(db):
    """By hand: SHA-256 over the row's content and the digest before it, the same wherever it is computed."""
    row = AuditRow(at=at("2018-10-01"), action="edited", object_type="accounts.user", object_id="7", after={"名": "甲"})

    import hashlib

    content = '["", "2018-10-01T12:00:00+08:00", null, "edited", "accounts.user", "7", "", null, {"名": "甲"}]'
    assert audit.digest_of(row, "") == hashlib.sha256(content.encode()).hexdigest()


@pytest.mark.parametrize("number", [-0.0, 1e16, 1e300, 120.95, 5.0, 1e-7])
def test_number_that_a_database_writes_otherwise_breaks_no_chain(db, number):
    place = Division.objects.get(pk=LIUSHI)
    place.longitude = number

    audit.write("division.edited", place, by=None, after=audit.snapshot(place))

    assert list(audit.broken_rows()) == []


@pytest.mark.parametrize(
    ("prefixes", "scope_code"),
    [
        (["330382114"], "330382114000"),
        (["330382114", "330382114"], "330382114000"),
        (["330382114", "330382115"], ""),
        (["3303", "330382"], ""),
        ([], ""),
    ],
)
def test_row_about_an_account_has_the_scope_of_its_one_division(db, prefixes, scope_code):
    reader = hand("reader")
    for number, prefix in enumerate(prefixes):
        reader.grants.create(role=["inspector", "auditor"][number], division_prefix=prefix, valid_from="2018-01-01")

    rows = [*audit.note("search", by=reader, what={"q": "甲"}), audit.write("user.edited", reader, by=None)]

    assert [(row.scope_code, row.object_type, row.object_id) for row in rows] == [
        (scope_code, "accounts.user", str(reader.pk))
    ] * 2


def test_row_about_what_lies_in_a_division_has_its_scope(db):
    reader = hand("reader")
    grant = reader.grants.create(role="inspector", division_prefix=LIUSHI, valid_from="2018-01-01")
    everywhere = reader.grants.create(role="admin", division_prefix="", valid_from="2018-01-01")

    rows = [
        audit.write("grant.saved", each, by=None) for each in (grant, everywhere, Division.objects.get(pk="330382"))
    ]

    assert [row.scope_code for row in rows] == ["330382114000", "", "330382000000"]
