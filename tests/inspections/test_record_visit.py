"""A visit is a fact: what is stored, what is refused with all reasons at once, what a second sending gets."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow
from inspections.actions import NewFinding, NewOrder, NewPhoto, Submission, record_visit, settle_quarantined
from inspections.errors import VisitConflict
from inspections.models import Finding, QuarantinedVisit, Rectification, Visit
from institutions.models import Institution
from tests.factories import at, hand, institution, licence_of, round_of, sent_visit, user_with

ABSENT = "0" * 64
EVENING = at("2018-10-01", 20)


@pytest.fixture
def school(db) -> Institution:
    return institution(status="full")


@pytest.fixture
def colleague(db):
    return user_with("inspector", "330382", "colleague")


@pytest.fixture
def record(school, inspector, colleague):
    """Record a visit of 1 October 2018, known that evening, with what the test says about it."""

    def visit(by=inspector, received_at=EVENING, device_sent_at=None, **stated):
        plain = {"institution": school, "happened_at": at("2018-10-01", 15), "inspectors": ["inspector", "colleague"]}
        sent = sent_visit(**plain | stated)
        return record_visit(sent, by=by, received_at=received_at, device_sent_at=device_sent_at)

    return visit


def reasons(record, **given) -> dict[str, list[str]]:
    """What a refused visit was refused for, by field; nothing may have been written."""
    with pytest.raises(Invalid) as refusal:
        record(**given)
    assert not Visit.objects.exists()
    assert not QuarantinedVisit.objects.exists()
    return refusal.value.errors


def test_visit_is_stored_with_both_clocks(record, school, inspector, colleague):
    receipt = record(happened_at=at("2018-09-30", 23, 30), findings=[NewFinding("T01", "初三数学")], note=" 已拍照 ")

    visit = Visit.objects.get(pk=receipt.id)
    assert (visit.institution, visit.recorded_by) == (school, inspector)
    # 23:30 in Shanghai is 15:30 UTC: the 30th.
    assert (visit.happened_on, visit.recorded_at) == (date(2018, 9, 30), at("2018-10-01", 20))
    assert set(visit.inspectors.all()) == {inspector, colleague}
    assert list(visit.findings.values_list("type", "note")) == [("T01", "初三数学")]
    assert visit.note == "已拍照"
    assert (receipt.created, receipt.evidence, receipt.warnings) == (True, "complete", [])


def test_day_of_a_visit_is_cut_in_shanghai(record):
    receipt = record(happened_at=at("2018-10-01", 0, 30))  # 16:30 UTC on the 30th of September

    assert Visit.objects.get(pk=receipt.id).happened_on == date(2018, 10, 1)


def test_same_content_again_gives_the_same_receipt(record):
    given = {"id": uuid4(), "findings": [NewFinding("T01"), NewFinding("S02")], "order": NewOrder(date(2018, 10, 20))}
    first = record(**given)

    again = record(**given, received_at=at("2018-10-05"))

    assert again == replace(first, created=False)
    assert (Visit.objects.count(), Finding.objects.count(), Rectification.objects.count()) == (1, 2, 1)


def test_same_content_in_another_order_or_offset_is_the_same(record):
    from datetime import UTC

    given = {"id": uuid4(), "findings": [NewFinding("T01"), NewFinding("S02")]}
    first = record(**given)

    again = record(
        id=given["id"],
        findings=given["findings"][::-1],
        inspectors=["colleague", "inspector"],
        happened_at=at("2018-10-01", 15).astimezone(UTC),
    )

    assert again.digest == first.digest


def test_other_content_under_the_same_id_is_kept_in_quarantine(record, inspector):
    first = record(note="甲")

    for _ in range(2):  # sent twice, kept once
        with pytest.raises(VisitConflict) as refusal:
            record(id=first.id, note="乙", received_at=at("2018-10-02"))

    kept = QuarantinedVisit.objects.get()
    assert (refusal.value.status, refusal.value.code) == (409, "different_content")
    assert (kept.visit_id, kept.by, kept.received_at) == (first.id, inspector, at("2018-10-02"))
    assert kept.stated["note"] == "乙"
    assert Visit.objects.get().note == "甲"


# --- What is refused


def test_finding_not_in_force_on_the_day_is_refused(record):
    # T08 is of the 双减 opinion of 24 July 2021.
    assert list(reasons(record, findings=[NewFinding("T08")])) == ["findings.0.type"]


def test_finding_is_taken_from_its_first_day_in_force(record):
    receipt = record(findings=[NewFinding("T08")], happened_at=at("2021-07-24", 9), received_at=at("2021-07-24"))

    assert Finding.objects.get().visit_id == receipt.id


def test_unknown_finding_says_what_was_received(record):
    (reason,) = reasons(record, findings=[NewFinding("Z99")])["findings.0.type"]

    assert "Z99" in reason


def test_finding_listed_twice_is_refused(record):
    assert list(reasons(record, findings=[NewFinding("T01"), NewFinding("T01")])) == ["findings.1.type"]


def test_finding_of_another_county_is_refused(record):
    from inspections.models import FindingType

    FindingType.objects.create(
        code="X01", name_zh="外县自设", legal_basis="县文件", severity="C", in_force_from="2018-01-01",
        division_prefix="330381",
    )  # fmt: skip

    assert list(reasons(record, findings=[NewFinding("X01")])) == ["findings.0.type"]


def test_visit_in_the_future_is_refused(record):
    assert list(reasons(record, happened_at=at("2018-10-01", 20, 6))) == ["happened_at"]


def test_clock_that_is_four_minutes_fast_is_tolerated(record):
    assert record(happened_at=at("2018-10-01", 20, 4)).created


def test_visit_before_the_year_2000_is_refused(record):
    assert list(reasons(record, happened_at=at("1999-12-31"))) == ["happened_at"]


def test_due_date_before_the_visit_is_refused(record):
    refused = reasons(record, findings=[NewFinding("T01")], order=NewOrder(date(2018, 9, 30)))

    assert list(refused) == ["order.due_on"]


def test_order_without_a_finding_is_refused(record):
    assert list(reasons(record, order=NewOrder())) == ["order"]


def test_unknown_inspector_is_refused_by_name(record, outsider):
    user_with("inspector", "330381", "stranger")  # of another county: not confirmed to exist

    (reason,) = reasons(record, inspectors=["inspector", "nobody", "stranger"])["inspectors"]

    assert "nobody" in reason
    assert "stranger" in reason
    assert "inspector、" not in reason


def test_nobody_in_goes_with_no_finding(record):
    assert list(reasons(record, result="no_access", findings=[NewFinding("T01")])) == ["result"]


def test_position_off_the_earth_is_refused(record):
    from inspections.actions import Position

    assert list(reasons(record, position=Position(181.0, 28.0))) == ["position"]
    assert list(reasons(record, position=Position(120.0, 28.0, datum="krassovsky"))) == ["position.datum"]
    assert list(reasons(record, position=Position(float("nan"), 28.0))) == ["position"]


def test_photos_are_checked_one_by_one(record):
    refused = reasons(
        record,
        findings=[NewFinding("T01")],
        photos=[NewPhoto("ABC", 1), NewPhoto(ABSENT, 1), NewPhoto(ABSENT, 2, finding="S02")],
    )

    assert list(refused) == ["photos.0.sha256", "photos.1.slot", "photos.2.finding"]


def test_submission_of_another_institutions_round_is_refused(record):
    other = round_of(institution(), "2018-09-01")

    assert list(reasons(record, submits=Submission(other.pk, "closed"))) == ["submits.rectification"]


def test_submission_is_checked_for_outcome_scope_and_findings(record, school):
    round_ = round_of(school, "2018-09-01")

    assert list(reasons(record, submits=Submission(round_.pk, "suspended"))) == ["submits.outcome"]
    assert list(reasons(record, submits=Submission(round_.pk, "licensed"))) == ["submits.outcome"]
    assert list(reasons(record, submits=Submission(round_.pk, "corrected", (987654,)))) == ["submits.put_right"]


def test_all_errors_come_at_once(record):
    refused = reasons(
        record,
        purpose="party",
        result="asleep",
        happened_at=at("2019-01-01"),
        inspectors=["nobody"],
        findings=[NewFinding("Z99"), NewFinding("T08")],
        order=NewOrder(date(2018, 1, 1)),
        submits=Submission(uuid4(), "closed"),
        photos=[NewPhoto("x", 1)],
    )

    assert set(refused) == {
        "purpose", "result", "happened_at", "inspectors", "findings.0.type", "findings.1.type", "order.due_on",
        "submits.rectification", "photos.0.sha256",
    }  # fmt: skip
    assert all(reason for listed in refused.values() for reason in listed)


def test_refusal_says_what_is_accepted(record):
    (reason,) = reasons(record, purpose="party")["purpose"]

    assert "party" in reason
    assert all(purpose in reason for purpose in ("survey", "routine", "recheck", "complaint", "double_random"))


# --- What a visit brings about


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
    assert Visit.objects.get().proposed_on == date(2018, 10, 4)
    assert "2018-10-04" in receipt.warnings[0]


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


def test_one_inspector_is_warned_about_not_refused(record):
    receipt = record(inspectors=["inspector"])

    assert receipt.created
    assert len(receipt.warnings) == 1


@pytest.mark.parametrize(
    ("hour", "minute", "warned"),
    [(20, 6, True), (20, 5, False), (20, 0, False), (19, 55, False), (19, 54, True)],  # received at 20:00
)
def test_device_clock_is_warned_about_when_it_runs_more_than_five_minutes_ahead_or_behind(record, hour, minute, warned):
    warnings = record(device_sent_at=at("2018-10-01", hour, minute)).warnings

    assert warnings == (["手机时间与服务器相差超过 5 分钟。"] if warned else [])


@pytest.mark.parametrize("result", ["no_access", "moved", "not_found"])
def test_survey_that_saw_nothing_is_no_survey(record, result):
    school = institution(surveyed_on=None)

    receipt = record(institution=school, purpose="survey", result=result)

    school.refresh_from_db()
    assert school.surveyed_on is None
    assert "没有看到这家机构,本次不算排摸。" in receipt.warnings


def test_visit_before_the_survey_says_that_it_is_not_counted(record):
    receipt = record(institution=institution(surveyed_on=None), findings=[NewFinding("T01")], order=NewOrder())

    assert receipt.warnings == ["该机构尚未排摸,排摸以前不计入统计。"]


def test_survey_after_a_closure_is_stored(record):
    school = institution(surveyed_on=None, ceased_on="2018-09-20")

    record(institution=school, purpose="survey")

    school.refresh_from_db()
    assert school.surveyed_on == date(2018, 10, 1)


def test_late_visit_with_an_order_does_not_reopen_what_was_struck_off_since(record):
    school = institution(ceased_on="2018-10-06")
    round_of(school, "2018-09-01", verified_on="2018-10-06", outcome="closed")

    receipt = record(institution=school, findings=[NewFinding("T01")], order=NewOrder(), received_at=at("2018-10-08"))

    school.refresh_from_db()
    assert (school.ceased_on, school.rectifications.count()) == (date(2018, 10, 6), 1)
    assert receipt.warnings == [
        "该机构已于 2018-10-06 销号,本次检查在此之前,没有责令整改;确有必要时由整治专班另行责令。"
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

    assert receipt.warnings == ["该机构的登记已撤销或已并入另一家,本次检查不计入统计。"]
    assert (
        record(
            institution=institution(withdrawn_at=at("2018-09-01")), findings=[NewFinding("T01")], order=NewOrder()
        ).rectification
        is None
    )


@pytest.mark.parametrize(("role", "ended"), [("supervisor", None), ("inspector", "2018-09-30")])
def test_who_does_not_inspect_that_day_is_no_inspector(record, role, ended):
    user_with(role, "330382", "somebody", valid_to=ended)

    assert list(reasons(record, inspectors=["inspector", "somebody"])) == ["inspectors"]


def test_visit_on_paper_may_name_who_got_the_account_later(record):
    user_with("inspector", "330382", "new", valid_from="2018-11-01")

    assert record(inspectors=["inspector", "new"]).created


def test_quarantined_content_leaves_an_audit_row(record, inspector):
    first = record()

    with pytest.raises(VisitConflict):
        record(id=first.id, note="另一次")

    row = AuditRow.objects.get(action="visit.quarantined")
    assert (row.by, row.object_id) == (inspector, str(first.id))


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
    assert receipt.warnings == ["没有填写证照情况,也没有在册证照和证照问题,排摸时证照情况记为“无证无照”。"]


@pytest.mark.parametrize(
    ("status", "finding"), [("half", "S02"), ("full", "L01"), ("none", "L02")], ids=["unknown", "L01", "L02"]
)
def test_licence_status_that_contradicts_is_refused(record, status, finding):
    errors = reasons(
        record,
        institution=institution(surveyed_on=None),
        purpose="survey",
        licence_status=status,
        findings=[NewFinding(finding)],
    )

    assert list(errors) == ["licence_status"]


def test_survey_after_a_round_keeps_the_status_the_round_was_judged_by(record):
    school = institution(surveyed_on=None)
    round_of(school, "2018-09-01", verified_on="2018-09-20", outcome="licensed")
    for kind in ("permit", "registration"):
        licence_of(school, kind, "2018-09-10")

    record(institution=school, purpose="survey")

    school.refresh_from_db()
    assert school.licence_status_at_survey == "none"  # nothing was on file on the day of the order


def test_content_kept_aside_is_settled_once_by_whoever_looked(record, taskforce, supervisor):
    first = record(note="甲")
    with pytest.raises(VisitConflict):
        record(id=first.id, note="乙")
    kept = QuarantinedVisit.objects.get()

    settle_quarantined(kept, by=taskforce)
    settle_quarantined(kept, by=supervisor)

    kept.refresh_from_db()
    assert kept.settled_by == taskforce
    assert [row.by for row in AuditRow.objects.filter(action="visit.settled")] == [taskforce]
