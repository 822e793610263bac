"""The first survey: what makes one, its day, and the licence status it saw."""

from datetime import date

import pytest

from inspections.actions import NewFinding, NewOrder
from institutions.actions import withdraw_licence
from tests.factories import at, institution, licence_of, round_of


@pytest.mark.parametrize(
    ("codes", "licences", "status"),
    [
        (["L01"], [], "none"),
        (["L02"], ["registration"], "registration_only"),
        (["L03"], ["permit"], "permit_only"),
        ([], ["permit", "registration"], "full"),
        (["T01"], ["registration"], "registration_only"),
        (["T01"], ["permit"], "permit_only"),
        ([], [], "none"),
        # What the inspector found goes before what is on file.
        (["L01"], ["permit", "registration"], "none"),
    ],
)
def test_first_survey_sets_the_day_and_the_licence_status(record, codes, licences, status):
    found = institution(surveyed_on=None)
    for kind in licences:
        licence_of(found, kind)

    record(institution=found, purpose="survey", findings=[NewFinding(code) for code in codes])

    found.refresh_from_db()
    assert (found.surveyed_on, found.surveyed_recorded_at) == (date(2018, 10, 1), at("2018-10-01", 20))
    assert found.licence_status_at_survey == status


def test_second_survey_leaves_the_first_one_alone(record, school):
    record(purpose="survey", findings=[NewFinding("L01")])

    school.refresh_from_db()
    assert (school.surveyed_on, school.licence_status_at_survey) == (date(2018, 4, 2), "full")


@pytest.mark.parametrize("result", ["no_access", "moved", "not_found"])
def test_survey_that_saw_nothing_is_no_survey(record, result):
    school = institution(surveyed_on=None)

    receipt = record(institution=school, purpose="survey", result=result)

    school.refresh_from_db()
    assert school.surveyed_on is None
    assert "没有看到这家机构，本次不算排摸。" in receipt.warnings


def test_visit_before_the_survey_says_that_it_is_not_counted(record):
    receipt = record(institution=institution(surveyed_on=None), findings=[NewFinding("T01")], order=NewOrder())

    assert receipt.warnings == ["该机构尚未排摸，排摸以前不计入统计。"]


def test_survey_after_a_closure_is_stored(record):
    school = institution(surveyed_on=None, ceased_on="2018-09-20")

    record(institution=school, purpose="survey")

    school.refresh_from_db()
    assert school.surveyed_on == date(2018, 10, 1)


# --- The licence status a survey saw


def survey(record, **given):
    school = institution(surveyed_on=None)
    receipt = record(institution=school, purpose="survey", **given)
    school.refresh_from_db()
    return school, receipt


def test_survey_keeps_the_licence_status_it_saw(record):
    school, receipt = survey(record, licence_status="full", findings=[NewFinding("S02")])

    assert (school.licence_status_at_survey, receipt.warnings) == ("full", [])


def test_survey_without_any_sign_of_a_licence_says_what_it_took(record):
    school, receipt = survey(record, findings=[NewFinding("S02")])

    assert school.licence_status_at_survey == "none"
    assert receipt.warnings == ["没有填写证照情况，也没有在册证照和证照问题，排摸时证照情况记为“无证无照”。"]


def test_survey_after_a_round_keeps_the_status_the_round_was_judged_by(record):
    school = institution(surveyed_on=None)
    round_of(school, "2018-09-01", verified_on="2018-09-20", outcome="licensed")
    for kind in ("permit", "registration"):
        licence_of(school, kind, "2018-09-10")

    record(institution=school, purpose="survey")

    school.refresh_from_db()
    assert school.licence_status_at_survey == "none"  # nothing was on file on the day of the order


def test_survey_after_a_strike_off_says_what_that_was_judged_by_though_the_licence_is_withdrawn(record, taskforce):
    school = institution(surveyed_on=None)
    licence = licence_of(school, "registration", recorded_at=at("2018-01-01"))
    round_of(school, "2018-09-01", verified_on="2018-09-20", outcome="corrected")
    withdraw_licence(licence, by=taskforce, version=licence.version, reason="录错", at=at("2018-09-25"))

    record(institution=school, purpose="survey", licence_status="none")

    school.refresh_from_db()
    assert school.licence_status_at_survey == "registration_only"  # 无证无照 is never 整改完成


def test_survey_after_a_strike_off_says_what_that_was_judged_by_though_licences_are_entered_late(record):
    school = institution(surveyed_on=None)
    round_of(school, "2018-09-01", verified_on="2018-09-20", outcome="licensed")
    for kind in ("permit", "registration"):
        licence_of(school, kind, "2018-08-01", recorded_at=at("2018-09-25"))

    record(institution=school, purpose="survey")

    school.refresh_from_db()
    assert school.licence_status_at_survey == "none"  # 证照齐全 is never 整改办理证照
