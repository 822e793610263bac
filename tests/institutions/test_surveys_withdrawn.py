"""A survey that is withdrawn stays on file with both moments; another may count in its stead."""

from datetime import date

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow
from institutions.actions import Survey, withdraw_survey
from institutions.models import Institution, WithdrawnSurvey
from tests.factories import at, institution


def survey_of(school: Institution) -> tuple:
    school.refresh_from_db()
    return school.surveyed_on, school.licence_status_at_survey, school.surveyed_recorded_at


def test_withdrawn_survey_is_kept_and_the_columns_are_emptied(taskforce):
    school = institution(surveyed_on="2018-04-02", surveyed_recorded="2018-04-03", status="none")

    withdraw_survey(school, by=taskforce, at=at("2018-06-01"))

    kept = WithdrawnSurvey.objects.values_list(
        "institution", "surveyed_on", "surveyed_recorded_at", "licence_status_at_survey", "withdrawn_at"
    )
    assert list(kept) == [(school.pk, date(2018, 4, 2), at("2018-04-03"), "none", at("2018-06-01"))]
    assert survey_of(school) == (None, "", None)
    assert school.survey_withdrawn
    row = AuditRow.objects.get(action="institution.survey_withdrawn")
    assert (row.by, row.before["surveyed_on"], row.after["surveyed_on"]) == (taskforce, "2018-04-02", None)


def test_other_survey_counts_from_the_withdrawal_on(taskforce):
    school = institution(surveyed_on="2018-04-02", status="none")

    withdraw_survey(school, by=taskforce, instead=Survey(date(2018, 5, 3), "full"), at=at("2018-06-01"))

    assert survey_of(school) == (date(2018, 5, 3), "full", at("2018-06-01"))
    assert WithdrawnSurvey.objects.get().surveyed_on == date(2018, 4, 2)


def test_institution_without_a_survey_has_none_to_withdraw(taskforce):
    with pytest.raises(Invalid, match="没有排摸"):
        withdraw_survey(institution(surveyed_on=None), by=taskforce)

    assert not WithdrawnSurvey.objects.exists()
