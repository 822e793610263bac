"""Licences are corrected and ended by adding: the old row stays with who, when and why, and counts as known before."""

from datetime import date

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow
from institutions.actions import (
    AlreadyRegistered,
    OffRegister,
    add_licence,
    correct_licence,
    edit_institution,
    end_licence,
    move_institution,
    rename_institution,
    revoke_licence,
    withdraw_institution,
    withdraw_licence,
)
from institutions.models import Division, Institution, Licence
from institutions.moments import Moment
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, day, institution, licence_of, merge_of, user_with

ENTERED, CORRECTED = at("2018-05-01"), at("2018-07-01")
PERMIT = {"kind": "permit", "number": "教民1", "valid_from": date(2018, 1, 1)}


@pytest.fixture
def licence(db) -> Licence:
    """教民1, of 2018 and 2019, entered in May 2018."""
    return licence_of(
        institution(),
        "permit",
        number="教民1",
        issued_by="乐清市教育局",
        valid_to=date(2019, 12, 31),
        recorded_at=ENTERED,
    )


def status(school: Institution, on: str, known: str) -> str:
    """What the list shows as licence status of a day, as known at noon of another."""
    return Institution.objects.with_licence_now(Moment(day(on), at(known))).get(pk=school.pk).licence_now


def test_corrected_number_is_another_row_and_the_old_one_says_who_when_and_why(licence, taskforce):
    new = correct_licence(
        licence, by=taskforce, version=1, columns={"number": "教民2"}, reason="抄错一位", at=CORRECTED
    )

    licence.refresh_from_db()
    assert (licence.number, licence.withdrawn_at, licence.withdrawn_by, licence.withdraw_reason) == (
        "教民1", CORRECTED, taskforce, "抄错一位",
    )  # fmt: skip
    assert (new.number, new.replaces, new.recorded_at, new.recorded_by) == ("教民2", licence, CORRECTED, taskforce)
    assert (new.issued_by, new.valid_from, new.valid_to) == ("乐清市教育局", date(2018, 1, 1), date(2019, 12, 31))
    assert AuditRow.objects.get(action="licence.corrected").after["reason"] == "抄错一位"


def test_corrected_day_changes_nothing_that_was_known_before(licence, taskforce):
    school = licence.institution
    before = [status(school, on, "2018-06-30") for on in ("2018-01-15", "2018-03-01")]

    correct_licence(
        licence, by=taskforce, version=1, columns={"valid_from": date(2018, 2, 1)}, reason="起始日期抄错", at=CORRECTED
    )

    assert before == ["permit_only", "permit_only"]
    assert [status(school, on, "2018-06-30") for on in ("2018-01-15", "2018-03-01")] == before
    assert [status(school, on, "2018-07-02") for on in ("2018-01-15", "2018-03-01")] == ["none", "permit_only"]


def test_licence_ended_early_was_valid_as_known_before(licence, taskforce):
    new = end_licence(licence, by=taskforce, version=1, on=date(2018, 9, 30), reason="举办者变更", at=CORRECTED)

    school = licence.institution
    assert (new.valid_to, new.replaces) == (date(2018, 9, 30), licence)
    assert [status(school, "2018-10-01", known) for known in ("2018-06-30", "2018-07-02")] == ["permit_only", "none"]
    assert status(school, "2018-09-30", "2018-07-02") == "permit_only"


def test_licence_without_an_end_gets_one(taskforce, licence):
    endless = licence_of(licence.institution, "registration")

    assert end_licence(endless, by=taskforce, version=1, on=date(2030, 1, 1), reason="换证").valid_to == date(
        2030, 1, 1
    )


@pytest.mark.parametrize("on", ["2017-12-31", "2019-12-31", "2020-06-01"])
def test_end_lies_within_what_it_shortens(licence, taskforce, on):
    with pytest.raises(Invalid) as refusal:
        end_licence(licence, by=taskforce, version=1, on=day(on), reason="换证")

    assert list(refusal.value.errors) == ["on"]


def test_revoked_licence_is_not_ended_and_its_revocation_can_be_corrected(licence, taskforce):
    revoke_licence(licence, by=taskforce, version=1, on=day("2018-06-01"), at=at("2018-06-02"))
    with pytest.raises(Invalid, match="吊销"):
        end_licence(licence, by=taskforce, version=2, on=day("2018-09-30"), reason="换证")

    correct_licence(
        licence, by=taskforce, version=2, columns={"revoked_on": None}, reason="吊销的是另一家", at=CORRECTED
    )

    school = licence.institution
    assert [status(school, "2018-06-15", known) for known in ("2018-06-30", "2018-07-02")] == ["none", "permit_only"]


def test_revocation_goes_with_a_corrected_number(licence, taskforce):
    revoke_licence(licence, by=taskforce, version=1, on=day("2018-06-01"), at=at("2018-06-02"))

    new = correct_licence(licence, by=taskforce, version=2, columns={"number": "教民2"}, reason="抄错", at=CORRECTED)

    assert (new.revoked_on, new.revoked_recorded_at) == (date(2018, 6, 1), CORRECTED)
    assert status(licence.institution, "2018-06-15", "2018-07-02") == "none"


@pytest.mark.parametrize(
    ("columns", "reason", "field"),
    [
        ({"number": "教民2"}, " ", "reason"),
        ({"number": "教民1"}, "抄错", ""),
        ({"valid_to": date(2017, 1, 1)}, "抄错", "valid_to"),
        ({"valid_from": date(2100, 1, 1), "valid_to": None}, "抄错", "valid_from"),
        ({"valid_from": date(18, 9, 3), "valid_to": None}, "抄错", "valid_from"),
        ({"revoked_on": date(2017, 1, 1)}, "抄错", "revoked_on"),
        ({"number": "教民9"}, "抄错", "number"),  # on file already
    ],
)
def test_correction_that_cannot_be_is_refused_by_its_field_and_nothing_is_written(
    licence, taskforce, columns, reason, field
):
    licence_of(licence.institution, "permit", number="教民9")

    with pytest.raises(Invalid) as refusal:
        correct_licence(licence, by=taskforce, version=1, columns=columns, reason=reason)

    assert list(refusal.value.errors) == [field]
    assert Licence.objects.standing().count() == 2


def test_licence_is_corrected_once_and_then_the_new_row_is(licence, taskforce):
    new = correct_licence(licence, by=taskforce, version=1, columns={"number": "教民2"}, reason="抄错")

    with pytest.raises(Invalid, match="已由他人更正"):
        correct_licence(licence, by=taskforce, version=2, columns={"number": "教民3"}, reason="抄错")

    third = correct_licence(new, by=taskforce, version=1, columns={"number": "教民3"}, reason="又抄错")
    assert list(Licence.objects.standing()) == [third]


# --- Institutions that are gone


def merge(school: Institution, taskforce) -> None:
    into = institution(name="并入的机构")
    merge_of(school, into, CORRECTED)


def withdraw(school: Institution, taskforce) -> None:
    withdraw_institution(school, by=taskforce, version=1, reason="重复登记")


WRITING = {
    "add": lambda licence, by: add_licence(licence.institution, by=by, columns=PERMIT | {"number": "教民7"}),
    "correct": lambda licence, by: correct_licence(licence, by=by, version=1, columns={"number": "教民2"}, reason="抄错"),
    "end": lambda licence, by: end_licence(licence, by=by, version=1, on=date(2018, 9, 30), reason="换证"),
    "revoke": lambda licence, by: revoke_licence(licence, by=by, version=1, on=date(2018, 9, 30)),
    "withdraw": lambda licence, by: withdraw_licence(licence, by=by, version=1, reason="登错"),
    "edit": lambda licence, by: edit_institution(licence.institution, by=by, version=2, columns={"phone": "1"}),
    "rename": lambda licence, by: rename_institution(
        licence.institution, by=by, version=2, name="新名", from_on=date(2018, 9, 1)
    ),
    "move": lambda licence, by: move_institution(
        licence.institution, by=by, version=2, division=Division.objects.get(pk=NEXT_TO_LIUSHI), operating_address="", from_on=date(2018, 9, 1)
    ),
    "withdraw again": lambda licence, by: withdraw_institution(licence.institution, by=by, version=2, reason="重复"),
}  # fmt: skip


@pytest.mark.parametrize("act", WRITING)
@pytest.mark.parametrize("gone", [merge, withdraw])
def test_nothing_is_written_of_an_institution_that_is_gone(licence, taskforce, gone, act):
    gone(licence.institution, taskforce)
    rows = AuditRow.objects.count()

    with pytest.raises(OffRegister):
        WRITING[act](licence, taskforce)

    assert (AuditRow.objects.count(), list(Licence.objects.all())) == (rows, [licence])


# --- One permit at two institutions


def test_permit_of_another_institution_is_looked_at_first(licence, taskforce):
    other = institution(NEXT_TO_LIUSHI)
    columns = PERMIT | {"number": "教民 1号"}

    with pytest.raises(AlreadyRegistered) as refusal:
        add_licence(other, by=taskforce, columns=columns)

    assert (refusal.value.institution, list(refusal.value.errors)) == (licence.institution, ["number"])
    assert add_licence(other, by=taskforce, columns=columns, shared=True).institution == other


def test_permit_out_of_sight_or_off_the_register_is_no_obstacle_and_is_not_given_away(licence, taskforce):
    away = licence_of(institution("330381"), "permit", number="教民8")
    townsman = user_with("task_force", NEXT_TO_LIUSHI)

    add_licence(institution(), by=taskforce, columns=PERMIT | {"number": away.number})
    add_licence(institution(NEXT_TO_LIUSHI), by=townsman, columns=PERMIT)

    assert Licence.objects.standing().count() == 4
    assert licence.institution.division_id == LIUSHI
