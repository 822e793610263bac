"""A round before the survey was judged by the licence status of then: by whatever door the survey comes, it says the
same, or is refused."""

import pytest

from accounts.errors import Invalid
from inspections.actions import record_visit
from inspections.models import Outcome, Rectification
from institutions.actions import edit_institution, merge_institutions, take_apart
from institutions.imports.commit import NotCommitted, commit_plan
from institutions.models import Institution
from tests.factories import at, day, institution, licence_of, merge_of, round_of, sent_visit
from tests.institutions.intake_files import planned

pytestmark = pytest.mark.django_db
HEAD = ["机构名称", "乡镇", "办学地址", "证照情况", "排摸日期"]
ROW = ["甲培训中心", "柳市镇", "示例路1号", "证照齐全", "2018-08-01"]


@pytest.fixture
def licensed() -> Institution:
    """Not surveyed, ordered without a licence, and struck off with both."""
    school = institution(name="甲培训中心", operating_address="示例路1号", surveyed_on=None)
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    for kind in ("permit", "registration"):
        licence_of(school, kind, "2018-05-20")
    return school


def status_of(school: Institution) -> str:
    """That of its survey; what its rounds ended as is legal by it."""
    for round_ in Rectification.objects.filter(institution=school, state="verified"):
        assert round_.outcome in round_.legal_outcomes
    return Institution.objects.get(pk=school.pk).licence_status_at_survey


def imported(*rows: list[str]):
    plan = planned(HEAD, *rows)
    assert not plan.errors
    return plan


def committed(plan):
    return commit_plan(plan, file_name="名册.xlsx", sha256="", by=None, at=at("2018-09-01"))


# --- A register


def test_survey_of_a_register_says_what_the_round_was_judged_by(licensed):
    number = Rectification.objects.get().number
    plan = imported(ROW, ROW)

    [row] = plan.rows
    assert row.changes["licence_status_at_survey"] == ("", "none")
    assert [each.message for each in plan.warnings if "整改" in each.message] == [
        f"排摸以前已有整改 {number}，按责令当日记为“无证无照”，排摸时证照情况按此登记；表中的“证照齐全”不采用"
    ]
    committed(plan)
    assert status_of(licensed) == "none"


def test_survey_of_a_register_after_a_round_of_what_was_merged(licensed):
    stays = institution(name="乙培训中心", operating_address="示例路2号", surveyed_on=None)
    merge_of(licensed, stays, "2018-07-01")

    committed(imported(["乙培训中心", "柳市镇", "示例路2号", *ROW[3:]]))

    assert status_of(stays) == "none"


@pytest.mark.parametrize("voided", [None, "2018-05-02"])
def test_survey_of_a_register_that_contradicts_no_round_is_as_it_says(voided):
    school = institution(name="甲培训中心", operating_address="示例路1号", surveyed_on=None)
    if voided:
        round_of(school, "2018-05-01", voided=voided)

    plan = imported(ROW)

    assert [each.message for each in plan.warnings if "整改" in each.message] == []
    committed(plan)
    assert status_of(school) == "full"


def test_register_planned_before_the_order_is_not_imported():
    school = institution(name="甲培训中心", operating_address="示例路1号", surveyed_on=None)
    plan = imported(ROW)
    round_of(school, "2018-08-02")

    with pytest.raises(NotCommitted, match="按责令当日记为“无证无照”"):
        committed(plan)

    assert Institution.objects.get().surveyed_on is None


# --- A form


def test_survey_entered_by_hand_is_refused_where_it_contradicts(licensed, taskforce):
    survey = {"surveyed_on": day("2018-08-01"), "surveyed_recorded_at": at("2018-09-01")}

    with pytest.raises(Invalid) as refusal:
        edit_institution(licensed, by=taskforce, version=1, columns=survey | {"licence_status_at_survey": "full"})

    assert list(refusal.value.errors) == ["licence_status_at_survey"]
    edit_institution(licensed, by=taskforce, version=1, columns=survey | {"licence_status_at_survey": "none"})
    assert status_of(licensed) == "none"


# --- A merge


def test_survey_that_is_taken_over_says_what_the_round_was_judged_by(licensed, taskforce):
    goes = institution(surveyed_on="2018-04-02", status="full")

    merge_institutions(into=licensed, merged=goes, by=taskforce, reason="同一家", at=at("2018-09-01"))

    assert (status_of(licensed), status_of(goes)) == ("none", "full")


def test_survey_sent_to_what_was_merged_is_as_it_says_and_that_of_the_other_as_its_round(
    licensed, taskforce, inspector
):
    goes = institution(surveyed_on=None)
    merge_institutions(into=licensed, merged=goes, by=taskforce, reason="同一家", at=at("2018-09-01"))
    sent = sent_visit(Institution.objects.get(pk=goes.pk), purpose="survey", licence_status="full")

    receipt = record_visit(sent, by=inspector, received_at=at("2018-10-02"))

    assert [said for said in receipt.warnings if "排摸" in said] == []
    assert (status_of(licensed), status_of(goes)) == ("none", "full")


def test_survey_sent_to_what_was_merged_keeps_its_status_when_they_are_taken_apart(taskforce, inspector):
    """The round is of another institution after all."""
    stays = institution(surveyed_on="2018-04-02", status="registration_only")
    round_of(stays, "2018-05-01")
    goes = institution(surveyed_on=None)
    merge = merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家", at=at("2018-09-01"))
    sent = sent_visit(Institution.objects.get(pk=goes.pk), purpose="survey", licence_status="full")
    record_visit(sent, by=inspector, received_at=at("2018-10-02"))

    take_apart(merge, by=taskforce, reason="不是同一家", at=at("2018-11-01"))

    assert (status_of(stays), status_of(goes)) == ("registration_only", "full")


def test_its_own_round_goes_before_that_of_what_was_merged(licensed, taskforce, inspector):
    own = institution(surveyed_on=None)
    licence_of(own, "registration", "2018-01-01", recorded_at=at("2018-01-02"))
    round_of(own, "2018-08-01", verified_on="2018-08-20", outcome=Outcome.CORRECTED)
    merge_institutions(into=own, merged=licensed, by=taskforce, reason="同一家", at=at("2018-09-01"))
    school = Institution.objects.get(pk=own.pk)

    record_visit(sent_visit(school, purpose="survey"), by=inspector, received_at=at("2018-10-02"))

    assert status_of(own) == "registration_only"
