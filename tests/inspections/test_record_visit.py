"""A visit is a fact: what is stored, what is refused with all reasons at once, what a second sending gets."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow
from inspections.actions import NewFinding, NewOrder, NewPhoto, Submission, settle_quarantined
from inspections.errors import VisitConflict
from inspections.models import Finding, QuarantinedVisit, Rectification, Visit
from tests.factories import at, institution, round_of, user_with

ABSENT = "0" * 64


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
    assert (row.by, row.object_type) == (inspector, "inspections.quarantinedvisit")
    assert row.object_id == str(QuarantinedVisit.objects.get(visit=first.id).pk)


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
