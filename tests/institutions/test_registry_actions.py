"""The registry's actions: what they set, what follows from it, what they refuse; nothing half written."""

from datetime import date

import pytest
from django.db import connection

from accounts.errors import Invalid
from accounts.models import AuditRow
from institutions.actions import (
    OffRegister,
    StaleInstitution,
    add_licence,
    edit_institution,
    register_institution,
    withdraw_institution,
)
from institutions.models import Division, Institution, Licence
from institutions.moments import Moment
from institutions.positions import cell_of
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, licence_of

HERE = {"longitude": 120.95, "latitude": 28.1, "datum": "gcj02", "location_source": "map_pin"}
PERMIT = {"kind": "permit", "number": "教民1", "valid_from": date(2018, 1, 1), "valid_to": date(2020, 12, 31)}


def township(code: str) -> Division:
    return Division.objects.get(pk=code)


def test_registration_sets_the_scope_code_and_the_map_cell(taskforce):
    school = register_institution(by=taskforce, columns={"name": "甲培训", "division": township(LIUSHI), **HERE})

    school.refresh_from_db()
    assert school.scope_code == f"{LIUSHI}000"
    assert school.cell == cell_of(120.95, 28.1)
    assert (school.surveyed_on, school.surveyed_recorded_at, school.version) == (None, None, 1)


def test_registration_of_a_surveyed_one_knows_when_it_became_known(taskforce):
    survey = {"surveyed_on": date(2018, 3, 1), "licence_status_at_survey": "none"}
    columns = {"name": "甲培训", "division": township(LIUSHI), **survey}

    school = register_institution(by=taskforce, columns=columns, at=at("2018-03-05"))

    assert (school.recorded_at, school.surveyed_recorded_at) == (at("2018-03-05"), at("2018-03-05"))


def test_edit_moves_an_institution_that_is_not_surveyed_with_its_scope_code(taskforce):
    school = institution(surveyed_on=None)

    edited = edit_institution(school, by=taskforce, version=1, columns={"division": township(NEXT_TO_LIUSHI)})

    assert (edited.scope_code, edited.version) == (f"{NEXT_TO_LIUSHI}000", 2)


@pytest.mark.parametrize(
    "columns",
    [
        {"surveyed_on": date(2018, 5, 1)},
        {"licence_status_at_survey": "full"},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_edit_does_not_rewrite_a_survey(taskforce, columns):
    school = institution()

    with pytest.raises(Invalid) as refusal:
        edit_institution(school, by=taskforce, version=1, columns=columns)

    assert set(refusal.value.errors) == set(columns)
    assert Institution.objects.get().version == 1


def test_what_was_known_before_a_withdrawal_stays_known(taskforce, figures):
    school = institution()
    withdraw_institution(school, by=taskforce, version=1, reason="重复登记", at=at("2018-06-15"))

    assert figures("2018-05-31", known="2018-06-14").surveyed == 1
    assert figures("2018-05-31", known="2018-06-16").surveyed == 0
    row = AuditRow.objects.get(action="institution.withdrawn")
    assert (row.by, row.after["reason"]) == (taskforce, "重复登记")


def test_withdrawal_needs_a_reason_and_happens_once(taskforce):
    school = institution()
    with pytest.raises(Invalid, match="原因"):
        withdraw_institution(school, by=taskforce, version=1, reason=" ")
    withdraw_institution(school, by=taskforce, version=1, reason="重复登记")

    with pytest.raises(OffRegister, match="已经撤销"):
        withdraw_institution(school, by=taskforce, version=2, reason="重复登记")


def test_edit_leaves_other_columns_as_somebody_else_set_them(taskforce):
    school = institution(phone="13800000001")
    Institution.objects.filter(pk=school.pk).update(ceased_on="2018-12-01")

    edit_institution(school, by=taskforce, version=1, columns={"phone": "13800000002"})

    school.refresh_from_db()
    assert (school.phone, school.ceased_on) == ("13800000002", date(2018, 12, 1))


def test_position_taken_away_takes_what_belongs_to_it(taskforce):
    school = institution(position=(120.95, 28.1), location_source="phone", location_accuracy_m=12)

    edited = edit_institution(school, by=taskforce, version=1, columns={"longitude": None, "latitude": None})

    assert (edited.position, edited.cell, edited.datum) == (None, None, "")
    assert (edited.location_source, edited.location_accuracy_m) == ("", None)


def test_stale_edit_is_refused_with_the_current_version_and_writes_nothing(taskforce):
    school = institution(phone="1")
    edit_institution(school, by=taskforce, version=1, columns={"phone": "2"})
    rows = AuditRow.objects.count()

    with pytest.raises(StaleInstitution) as refusal:
        edit_institution(school, by=taskforce, version=1, columns={"phone": "3"})

    assert (refusal.value.status, refusal.value.extra) == (412, {"version": 2})
    assert Institution.objects.get(pk=school.pk).phone == "2"
    assert AuditRow.objects.count() == rows


def test_licence_on_file_is_refused_with_its_number_and_the_transaction_goes_on(taskforce):
    school = institution()
    add_licence(school, by=taskforce, columns=PERMIT)

    with pytest.raises(Invalid) as refusal:
        add_licence(school, by=taskforce, columns=PERMIT)

    assert list(refusal.value.errors) == ["number"]
    assert "教民1" in refusal.value.message
    assert not connection.needs_rollback
    assert Licence.objects.count() == 1


def test_renewed_licence_of_the_same_number_is_another_one(taskforce):
    school = institution()
    add_licence(school, by=taskforce, columns=PERMIT)

    add_licence(school, by=taskforce, columns=PERMIT | {"valid_from": date(2021, 1, 1), "valid_to": None})

    assert Licence.objects.count() == 2


def test_licence_that_ends_before_it_begins_is_refused_with_both_days(taskforce):
    with pytest.raises(Invalid) as refusal:
        add_licence(institution(), by=taskforce, columns=PERMIT | {"valid_to": date(2017, 12, 31)})

    assert list(refusal.value.errors) == ["valid_to"]
    assert "2017-12-31" in refusal.value.message
    assert "2018-01-01" in refusal.value.message
    assert not Licence.objects.exists()


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2017-12-31", "registration_only"),  # the permit has not begun
        ("2018-01-01", "full"),
        ("2018-12-31", "full"),  # its last day counts
        ("2019-01-01", "registration_only"),
    ],
)
def test_licence_status_follows_the_days_of_validity(db, on, status):
    school = institution()
    licence_of(school, "registration", "2010-01-01")
    licence_of(school, "permit", "2018-01-01", valid_to=date(2018, 12, 31))

    assert school.licence_status_on(date.fromisoformat(on)) == status
    assert Institution.objects.with_licence_now(Moment.of(date.fromisoformat(on))).get().licence_now == status
