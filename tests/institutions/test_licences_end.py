"""Licences are revoked and withdrawn by adding: the row stays with the day and the moment."""

from datetime import date

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow
from institutions.actions import add_licence, revoke_licence, withdraw_licence
from institutions.models import Licence
from tests.factories import at, day, institution, licence_of

MAY = day("2018-05-10")


def test_revoked_licence_keeps_the_day_and_the_moment(taskforce):
    licence = licence_of(institution(), "permit", "2018-01-01")

    revoke_licence(licence, by=taskforce, version=1, on=MAY, at=at("2018-06-01"))

    licence.refresh_from_db()
    assert (licence.revoked_on, licence.revoked_recorded_at) == (MAY, at("2018-06-01"))
    assert AuditRow.objects.get(action="licence.revoked").after["revoked_on"] == "2018-05-10"


@pytest.mark.parametrize("on", ["2017-12-31", "2018-06-02"])
def test_revocation_before_the_first_day_or_in_the_future_is_refused(taskforce, on):
    licence = licence_of(institution(), "permit", "2018-01-01")

    with pytest.raises(Invalid) as refusal:
        revoke_licence(licence, by=taskforce, version=1, on=day(on), at=at("2018-06-01"))

    assert list(refusal.value.errors) == ["on"]


def test_licence_is_revoked_once(taskforce):
    licence = licence_of(institution(), "permit", "2018-01-01")
    revoke_licence(licence, by=taskforce, version=1, on=MAY)

    with pytest.raises(Invalid, match="2018-05-10"):
        revoke_licence(licence, by=taskforce, version=2, on=MAY)


def test_withdrawn_licence_stays_on_file_and_counts_no_longer(taskforce):
    school = institution()
    licence = licence_of(school, "permit", "2018-01-01")

    withdraw_licence(licence, by=taskforce, version=1, reason="登记错了机构", at=at("2018-06-01"))

    assert Licence.objects.get().withdrawn_at == at("2018-06-01")
    assert not Licence.objects.standing().exists()
    assert school.licence_status_on(MAY) == "none"
    assert AuditRow.objects.get(action="licence.withdrawn").after["reason"] == "登记错了机构"


def test_withdrawal_of_a_licence_needs_a_reason_and_happens_once(taskforce):
    licence = licence_of(institution(), "permit")
    with pytest.raises(Invalid, match="原因"):
        withdraw_licence(licence, by=taskforce, version=1, reason=" ")
    withdraw_licence(licence, by=taskforce, version=1, reason="登记错了机构")

    with pytest.raises(Invalid, match="已经撤回"):
        withdraw_licence(licence, by=taskforce, version=2, reason="登记错了机构")
    with pytest.raises(Invalid, match="已经撤回"):
        revoke_licence(licence, by=taskforce, version=2, on=MAY)


def test_licence_withdrawn_in_error_is_entered_again(taskforce):
    school = institution()
    licence = licence_of(school, "permit", "2018-01-01", number="教民1")
    withdraw_licence(licence, by=taskforce, version=1, reason="登记错了机构")

    add_licence(school, by=taskforce, columns={"kind": "permit", "number": "教民1", "valid_from": date(2018, 1, 1)})

    assert Licence.objects.standing().count() == 1
