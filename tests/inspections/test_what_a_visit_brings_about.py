"""What follows from a visit: orders, evidence, submissions, and what it does not reopen."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from inspections.actions import NewFinding, NewOrder, Submission
from inspections.models import Finding, Rectification, Visit
from institutions.models import Institution
from tests.factories import at, hand, institution, merge_of, round_of


@pytest.mark.parametrize(
    ("codes", "days"),
    [(["T06"], 7), (["T06", "T01"], 30), (["T06", "T01", "S01"], 1)],  # C 7 days, B 30, A 1: the worst decides
)
def test_order_without_a_date_takes_the_usual_term_of_the_worst_finding(record, codes, days):
    receipt = record(findings=[NewFinding(code) for code in codes], order=NewOrder())

    round_ = Rectification.objects.get(pk=receipt.rectification)
    assert round_.due_on == round_.first_due_on == date(2018, 10, 1) + timedelta(days=days)
    assert round_.findings.count() == len(codes)
    assert (round_.ordered_on, round_.ordered_recorded_at) == (date(2018, 10, 1), at("2018-10-01", 20))
    assert round_.opened_by_visit_id == receipt.id


def test_usual_term_is_a_setting(record, settings):
    settings.RECTIFICATION_TERM_DAYS = {"A": 1, "B": 15, "C": 7}

    receipt = record(findings=[NewFinding("T01")], order=NewOrder())

    assert Rectification.objects.get(pk=receipt.rectification).due_on == date(2018, 10, 16)


def test_orders_are_numbered_by_county_and_year(record, school):
    other = institution("330382115")

    for where, on in ((school, "2018-10-01"), (other, "2018-10-01"), (institution(), "2019-01-02")):
        record(institution=where, findings=[NewFinding("T01")], order=NewOrder(),
               happened_at=at(on), received_at=at(on, 20))  # fmt: skip

    assert list(Rectification.objects.order_by("ordered_on", "number").values_list("number", flat=True)) == [
        "责改〔2018〕330382-0001号",
        "责改〔2018〕330382-0002号",
        "责改〔2019〕330382-0001号",
    ]


def test_order_during_an_open_round_is_a_notice_of_it(record, school):
    first = record(findings=[NewFinding("T01")], order=NewOrder())

    second = record(happened_at=at("2018-10-01", 16), findings=[NewFinding("S02")], order=NewOrder())

    assert Rectification.objects.count() == 1
    assert second.rectification == first.rectification
    assert len(second.warnings) == 1
    round_ = Rectification.objects.get()
    assert set(round_.findings.values_list("type", flat=True)) == {"T01", "S02"}


def test_visit_without_an_order_opens_no_round(record):
    receipt = record(findings=[NewFinding("T01")])

    assert receipt.rectification is None
    assert not Rectification.objects.exists()


def test_recheck_is_evidence_of_the_open_round(record, school, inspector, colleague):
    round_ = round_of(school, "2018-09-01")

    receipt = record(purpose="recheck")

    assert receipt.rectification == round_.pk
    round_.refresh_from_db()
    assert (round_.state, round_.version) == ("ordered", 2)
    assert round_.hands() == {inspector.pk, colleague.pk}
    assert list(round_.events.values_list("kind", flat=True)) == ["ordered", "evidence"]


def test_recheck_without_an_open_round_is_stored_and_says_so(record):
    receipt = record(purpose="recheck")

    assert receipt.created
    assert receipt.rectification is None
    assert len(receipt.warnings) == 1


def test_nobody_in_changes_no_state_and_proposes_a_day(record, school):
    round_ = round_of(school, "2018-09-01")

    # Monday 1 October 2018, three working days later is Thursday the 4th.
    receipt = record(purpose="recheck", result="no_access")

    round_.refresh_from_db()
    assert (round_.state, round_.version, round_.events.count()) == ("ordered", 1, 1)
    assert Visit.objects.get().proposed_on == date(2018, 10, 10)  # after the feast: the 8th, 9th and 10th
    assert "2018-10-10" in receipt.warnings[0]


def test_visit_hands_a_round_in(record, school, inspector):
    opened = record(findings=[NewFinding("T01")], order=NewOrder(), happened_at=at("2018-09-01"))
    finding = Finding.objects.get()

    receipt = record(purpose="recheck", submits=Submission(opened.rectification, "corrected", (finding.pk,)))

    round_ = Rectification.objects.get()
    assert (round_.state, round_.submitted_outcome, round_.submitted_by) == ("submitted", "corrected", inspector)
    assert round_.submitted_on == date(2018, 10, 1)
    finding.refresh_from_db()
    assert (finding.put_right_on, finding.put_right_visit_id) == (date(2018, 10, 1), receipt.id)
    assert receipt.rectification == opened.rectification


@pytest.mark.parametrize(
    "how",
    [{"submitted_on": "2018-09-20"}, {"verified_on": "2018-09-20"}, {"voided": "2018-09-20"}],
    ids=["submitted", "verified", "voided"],
)
def test_visit_is_stored_whatever_the_state_of_the_round_it_hands_in(record, school, how):
    round_ = round_of(school, "2018-09-01", outcome="corrected", **how)
    before = Rectification.objects.values().get()

    receipt = record(purpose="recheck", result="ceased", submits=Submission(round_.pk, "closed"))

    assert receipt.created
    assert receipt.warnings
    after = Rectification.objects.values().get()
    assert {name for name in before if before[name] != after[name]} <= {"version"}


def test_visit_made_before_the_order_is_stored_and_the_round_stays(record, school):
    round_ = round_of(school, "2018-10-02", ordered_recorded=at("2018-10-02"))

    receipt = record(purpose="recheck", received_at=at("2018-10-03"), submits=Submission(round_.pk, "closed"))

    round_.refresh_from_db()
    assert receipt.created
    assert receipt.warnings
    assert round_.state == "ordered"


def test_fault_found_after_the_strike_off_opens_a_new_round(record, school):
    first = round_of(school, "2018-06-01", verified_on="2018-07-01", outcome="corrected")

    receipt = record(findings=[NewFinding("T01")], order=NewOrder())

    second = Rectification.objects.get(pk=receipt.rectification)
    first.refresh_from_db()
    assert (second.round_no, second.state) == (2, "ordered")
    assert (first.state, first.verified_on) == ("verified", date(2018, 7, 1))


def test_closed_institution_found_at_fault_is_operating_again(record, school):
    round_of(school, "2018-06-01", verified_on="2018-07-01", outcome="closed")
    Institution.objects.filter(pk=school.pk).update(ceased_on=date(2018, 7, 1))

    record(findings=[NewFinding("T01")], order=NewOrder())

    school.refresh_from_db()
    assert school.ceased_on is None


@pytest.mark.parametrize("merged", [False, True], ids=["its own", "of what is merged into it"])
def test_late_visit_with_an_order_does_not_reopen_what_was_struck_off_since(record, merged):
    school = institution(ceased_on="2018-10-06")
    struck_off = merge_of(institution(), school, "2018-10-07").merged if merged else school
    round_of(struck_off, "2018-09-01", verified_on="2018-10-06", outcome="closed")

    receipt = record(institution=school, findings=[NewFinding("T01")], order=NewOrder(), received_at=at("2018-10-08"))

    school.refresh_from_db()
    assert (school.ceased_on, Rectification.objects.count()) == (date(2018, 10, 6), 1)
    assert receipt.warnings == [
        "该机构已于 2018-10-06 销号，本次检查在此之前，没有责令整改；确有必要时由整治专班另行责令。"
    ]


def test_late_recheck_is_no_evidence_of_a_round_ordered_since(record, school):
    round_ = round_of(school, "2018-10-05", ordered_recorded="2018-10-05")

    receipt = record(purpose="recheck", received_at=at("2018-10-08"))

    assert receipt.rectification is None
    assert round_.events.count() == 1


def test_order_of_a_phone_a_little_ahead_over_midnight_is_taken(record):
    receipt = record(
        happened_at=at("2018-10-02", 0, 2), received_at=at("2018-10-01", 23, 58), findings=[NewFinding("T01")],
        order=NewOrder(),
    )  # fmt: skip

    assert Rectification.objects.get(pk=receipt.rectification).ordered_on == date(2018, 10, 2)


def test_visit_at_a_withdrawn_registration_is_stored_and_says_so(record):
    receipt = record(institution=institution(withdrawn_at=at("2018-09-01")))

    assert receipt.warnings == ["该机构的登记已撤销，本次检查不计入统计。"]
    assert (
        record(
            institution=institution(withdrawn_at=at("2018-09-01")), findings=[NewFinding("T01")], order=NewOrder()
        ).rectification
        is None
    )


def test_visit_at_a_merged_registration_is_stored_there_and_counts_with_the_one_that_stays(record):
    school, stays = institution(), institution()
    merge_of(school, stays, "2018-09-01")

    receipt = record(institution=school, findings=[NewFinding("T01")], order=NewOrder())

    assert receipt.warnings[-2:] == [
        "该机构已并入另一家，本次检查与那一家的合在一起统计。",
        "请在并入的那家责令整改，本次责令未生效。",
    ]
    assert (school.visits.count(), Rectification.objects.count()) == (1, 0)


def test_visit_at_a_merged_registration_that_orders_nothing_is_told_of_no_order(record):
    school, stays = institution(), institution()
    merge_of(school, stays, "2018-09-01")

    receipt = record(institution=school, findings=[NewFinding("T01")])

    assert receipt.warnings[-1] == "该机构已并入另一家，本次检查与那一家的合在一起统计。"


def test_visit_earlier_on_the_day_of_the_strike_off_does_not_reopen_it(record):
    school = institution(ceased_on="2018-10-01")
    round_ = round_of(school, "2018-09-01", verified_on="2018-10-01", outcome="closed")
    Visit.objects.create(
        id=uuid4(), institution=school, rectification=round_, purpose="recheck", result="ceased",
        happened_at=at("2018-10-01", 16), happened_on=date(2018, 10, 1), recorded_at=at("2018-10-01", 17),
        recorded_by=hand("visitor"), digest="0" * 64,
    )  # fmt: skip

    receipt = record(institution=school, findings=[NewFinding("T01")], order=NewOrder())  # at 15:00

    assert receipt.rectification is None
    assert school.rectifications.count() == 1
