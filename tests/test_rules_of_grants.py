"""What a grant opens, at the calls that ask for it: where it is held, and on which day."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import User
from figures.frames import Frames
from inspections.actions import has_ever_recorded, might_record
from inspections.imports.writing import MayNot, Writer
from inspections.models import LedgerEntry, Rectification
from institutions.actions import register_if_new
from institutions.forms import InstitutionForm
from institutions.imports import refusals
from institutions.imports.runs import carry_out
from institutions.models import Division, ImportBatch, ImportRun, Institution, RegisterFile
from institutions.moments import Moment, today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, at, day, institution, move_of, round_of, user_with


@pytest.fixture
def school(db) -> Institution:
    return institution(LIUSHI)


# --- Visits: on which day


@pytest.mark.parametrize(
    ("on", "may"), [("2018-09-30", False), ("2018-10-01", True), ("2018-10-03", True), ("2018-10-04", False)]
)
def test_visit_is_recorded_by_a_grant_of_its_day_that_has_ended_since(school, on, may):
    ended = user_with("inspector", LIUSHI, valid_from="2018-10-01", valid_to="2018-10-03")

    assert might_record(ended, school, day(on)) is may


def test_visit_of_an_earlier_day_is_entered_by_a_grant_of_today(school):
    new, elsewhere = (user_with("inspector", where, valid_from=today()) for where in (LIUSHI, NEXT_TO_LIUSHI))

    assert might_record(new, school, day("2018-10-02"))
    assert not might_record(elsewhere, school, day("2018-10-02"))
    assert not might_record(user_with("auditor", LIUSHI), school, day("2018-10-02"))


def test_visit_is_recorded_where_the_institution_was_on_its_day(school):
    before = user_with("inspector", LIUSHI)
    move_of(school, NEXT_TO_LIUSHI, "2018-10-02")
    ended = user_with("inspector", LIUSHI, valid_to="2018-12-31")

    assert [might_record(ended, school, day(on)) for on in ("2018-10-01", "2018-10-02")] == [True, False]
    assert not might_record(before, school, day("2018-10-02"))


@pytest.mark.parametrize(
    ("role", "ended", "has"), [("inspector", True, True), ("inspector", False, True), ("auditor", False, False)]
)
def test_who_records_visits_or_did_once_has_ever_recorded(db, role, ended, has):
    user = user_with(role, LIUSHI, valid_to="2018-12-31" if ended else None)

    assert has_ever_recorded(user) is has


# --- Ledgers: what waits for a second person


def entry_of(round_: Rectification, *, whole: bool = True, **columns) -> LedgerEntry:
    known = at("2018-12-01")
    batch = ImportBatch.objects.create(
        division_id="330382",
        file_name="台账.xlsx",
        sha256="0" * 64,
        recorded_at=known,
        finished_at=known if whole else None,
    )
    ended = {"ends": True, "ended_on": "2018-10-01", "row_number": 2}
    return LedgerEntry.objects.create(
        batch=batch, institution=round_.institution, rectification=round_, **(ended | columns)
    )


def test_ledger_waits_for_who_verifies_where_its_round_is(seconded):
    here, there = (
        entry_of(round_of(institution(code), "2018-09-01", submitted_on="2018-10-01"))
        for code in (NEXT_TO_LIUSHI, PANSHI)
    )

    assert set(LedgerEntry.objects.waiting()) == {here, there}
    assert list(LedgerEntry.objects.to_verify_by(seconded)) == [here]


def test_ledger_is_written_where_its_grants_are(seconded):
    here, there = (
        ImportBatch.objects.create(
            division_id=code, file_name="台账.xlsx", sha256="0" * 64, recorded_at=at("2018-12-01")
        )
        for code in (NEXT_TO_LIUSHI, PANSHI)
    )

    assert Writer(here, seconded, at("2018-12-01")).batch == here
    with pytest.raises(MayNot):
        Writer(there, seconded, at("2018-12-01"))


def test_of_a_round_the_last_entry_that_stands_and_speaks_of_its_end_waits(school):
    round_ = round_of(school, "2018-09-01", submitted_on="2018-10-01")
    entry_of(round_)
    last = entry_of(round_)
    entry_of(round_, taken_back_at=at("2018-12-02"))
    entry_of(round_, ends=False, ended_on=None)
    entry_of(round_of(institution(), "2018-09-01", submitted_on="2018-10-01"), whole=False)
    entry_of(round_of(institution(), "2018-09-01"))  # not submitted
    entry_of(round_of(institution(), "2018-09-01", verified_on="2018-11-01"))

    assert list(LedgerEntry.objects.waiting()) == [last]


# --- The registry: where


@pytest.fixture
def of_the_township(db) -> User:
    return user_with("task_force", LIUSHI)


def test_institution_is_put_where_the_editing_grant_is(seconded):
    offered = InstitutionForm(user=seconded).fields["division"].queryset

    assert list(offered.values_list("pk", flat=True)) == [NEXT_TO_LIUSHI]


def test_duplicates_are_looked_for_where_the_editing_grant_is(browse, seconded):
    divisions = browse(seconded).get(reverse("duplicates")).context["divisions"]

    assert [each.pk for each in divisions] == [NEXT_TO_LIUSHI]


@pytest.mark.parametrize("name", ["duplicates", "import_example"])
def test_nobody_looks_for_duplicates_or_fills_in_a_register_who_edits_none(browse, auditor, taskforce, name):
    statuses = [browse(user).get(reverse(name)).status_code for user in (auditor, taskforce)]

    assert statuses == [403, 200]


def test_entry_sent_again_is_none_that_its_sender_does_not_see(of_the_township):
    hidden = institution(NEXT_TO_LIUSHI, name="绘声馆")
    columns = {"name": "绘声馆", "division": Division.objects.get(pk=LIUSHI), "category": "arts"}

    entered = register_if_new(by=of_the_township, columns=columns, id=hidden.pk)
    again = register_if_new(by=of_the_township, columns=columns | {"name": "晨曦教育"}, id=uuid4())
    repeated = register_if_new(by=of_the_township, columns=columns | {"name": "晨曦教育"}, id=again.pk)

    assert entered.pk != hidden.pk
    assert repeated.pk == again.pk


def test_telephone_is_dialled_where_people_are_seen(api, seconded):
    here, there = (institution(code, phone="13800001111") for code in (NEXT_TO_LIUSHI, PANSHI))

    statuses = [api(seconded).post(reverse("api-phone", args=[school.pk])).status_code for school in (here, there)]

    assert statuses == [200, 403]


# --- Registers


def register_of(code: str) -> RegisterFile:
    return RegisterFile.objects.create(
        division_id=code,
        file_name="名册.xlsx",
        sha256="0" * 64,
        content=b"",
        datum="wgs84",
        received_at=at("2018-05-01"),
    )


def test_register_is_handed_in_by_who_edits_one(api, auditor, taskforce):
    statuses = [
        api(user).post(reverse("api-imports"), {}, format="multipart").status_code for user in (auditor, taskforce)
    ]

    assert statuses == [403, 422]


def test_register_is_answered_where_it_is_edited(api, seconded):
    here, there = register_of(NEXT_TO_LIUSHI), register_of(PANSHI)

    statuses = [api(seconded).get(reverse("api-import", args=[file.pk])).status_code for file in (here, there)]

    assert statuses == [200, 404]


def test_run_goes_on_only_while_who_asked_for_it_edits_that_register(seconded):
    asked = {"act": "plan", "language": "zh-hans", "requested_by": seconded, "requested_at": at("2018-05-01")}
    here, there = (ImportRun.objects.create(file=register_of(code), **asked) for code in (NEXT_TO_LIUSHI, PANSHI))

    for run in (here, there):
        carry_out(run)
        run.refresh_from_db()

    assert (here.state, there.state) == ("failed", "failed")  # there is nothing in the file
    assert [run.problem == str(refusals.NO_LONGER_PERMITTED) for run in (here, there)] == [False, True]


# --- Tables for analysts


def test_tables_hold_nothing_that_has_left_the_sight_of_who_asks(school, inspector, taskforce):
    move_of(school, NEXT_TO_LIUSHI, "2018-07-01")
    asked = Moment(day("2018-06-30"), at("2019-01-03"))

    rows = [len(Frames.of(LIUSHI, asked, user=user).institutions) for user in (inspector, taskforce)]

    assert rows == [0, 1]


def test_tables_of_two_grants_hold_nothing_of_a_third_division(seconded):
    for code in (NEXT_TO_LIUSHI, PANSHI, LIUSHI):
        institution(code)

    assert len(Frames.of(None, Moment.of(), user=seconded).institutions) == 2
