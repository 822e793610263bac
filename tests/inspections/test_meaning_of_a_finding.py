"""What a finding says of the licence status is in the catalogue: a new wording says it as the old one did."""

import pytest
from django.urls import reverse

from accounts.errors import Invalid
from inspections.actions import NewFinding, record_visit, withdraw_visit
from inspections.models import FindingType, Visit
from institutions.models import Institution
from tests.accounts.people import save
from tests.factories import at, institution, sent_visit, user_with, visit_of

NEW = {
    "code": "L91", "name_zh": "未经许可、未经登记办学", "legal_basis": "民办教育促进法§64", "severity": "A",
    "in_force_from": "2018-09-01", "evidence": "F", "division_prefix": "330382", "meaning": "none",
}  # fmt: skip


@pytest.fixture
def office(db, browse):
    return browse(user_with("admin", "", "administrator"))


@pytest.fixture
def new_wording(office) -> FindingType:
    """L01 is ended and said otherwise from September on, as the administration advises."""
    FindingType.objects.filter(pk="L01").update(in_force_to="2018-08-31")
    answer = office.post(reverse("admin:inspections_findingtype_add"), NEW)
    assert answer.status_code == 302, answer.content.decode()
    return FindingType.objects.get(pk="L91")


def surveyed(inspector, *codes: str, **stated) -> Institution:
    """An institution whose first survey found these."""
    school = institution(surveyed_on=None)
    sent = sent_visit(school, purpose="survey", findings=[NewFinding(code) for code in codes], **stated)
    record_visit(sent, by=inspector, received_at=at("2018-10-02"))
    school.refresh_from_db()
    return school


def test_first_survey_takes_the_status_from_a_new_wording(inspector, new_wording):
    assert surveyed(inspector, "T01", "L91").licence_status_at_survey == "none"


def test_status_that_a_new_wording_contradicts_is_refused(inspector, new_wording):
    with pytest.raises(Invalid) as refusal:
        surveyed(inspector, "L91", licence_status="full")

    assert list(refusal.value.errors) == ["licence_status"]
    assert "L91" in refusal.value.message


def test_survey_that_takes_the_place_of_a_withdrawn_one_reads_the_new_wording(inspector, new_wording):
    school = institution(surveyed_on=None)
    for day, code in (("2018-10-01", "T01"), ("2018-10-02", "L91")):
        sent = sent_visit(school, purpose="survey", findings=[NewFinding(code)], happened_at=at(day, 9))
        record_visit(sent, by=inspector, received_at=at(day))
    other = user_with("task_force", "330382")

    withdraw_visit(Visit.objects.get(happened_on="2018-10-01"), by=other, reason="登错", at=at("2018-10-05"))

    school.refresh_from_db()
    assert (str(school.surveyed_on), school.licence_status_at_survey) == ("2018-10-02", "none")


def test_item_without_a_meaning_says_nothing(inspector, new_wording):
    FindingType.objects.filter(pk="L91").update(meaning="")

    assert surveyed(inspector, "L91", licence_status="full").licence_status_at_survey == "full"


@pytest.mark.parametrize(("before", "after"), [("", "permit_only"), ("none", "none")])
def test_meaning_of_an_item_that_was_found_is_given_once(office, new_wording, before, after):
    FindingType.objects.filter(pk="L91").update(meaning=before)
    visit_of(institution(), "2018-10-02", findings=("L91",))

    save(office, reverse("admin:inspections_findingtype_change", args=["L91"]), NEW | {"meaning": "permit_only"})

    assert FindingType.objects.get(pk="L91").meaning == after
