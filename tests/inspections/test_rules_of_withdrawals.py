"""What a visit is evidence of, and which survey takes the place of one that is withdrawn."""

from datetime import date

import pytest

from inspections.actions import (
    NewFinding,
    NewOrder,
    Submission,
    order_rectification,
    record_visit,
    replace_notice,
    return_rectification,
    withdraw_visit,
)
from inspections.actions.withdrawals import rests_on
from inspections.models import Finding, Notice, Rectification, Visit
from institutions.actions import merge_institutions, withdraw_survey
from institutions.models import Institution, WithdrawnSurvey
from tests.factories import at, day, institution, round_of, sent_visit, strike_off, visit_of
from tests.inspections.rounds import submit, verify

LATER = at("2018-12-01")


@pytest.fixture
def school(db) -> Institution:
    return institution(status="full")


# --- What rests on a visit


@pytest.mark.parametrize(
    ("result", "rests"), [("ceased", True), ("moved", True), ("not_found", True), ("inspected", False)]
)
def test_strike_off_as_closed_rests_on_every_recheck_that_saw_nothing_left(school, result, rests):
    round_ = round_of(school, "2018-09-01", verified_on="2018-11-01", outcome="closed")

    assert bool(rests_on(visit_of(school, "2018-10-01", result=result, round_=round_))) is rests


def test_strike_off_as_closed_rests_on_no_visit_outside_the_round(school):
    round_of(school, "2018-09-01", verified_on="2018-11-01", outcome="closed")

    assert rests_on(visit_of(school, "2018-10-01", result="ceased")) == ""


def test_strike_off_as_corrected_rests_on_the_visits_that_marked(school):
    found = visit_of(school, "2018-09-01", findings=("T01",))
    round_ = round_of(school, "2018-09-01", verified_on="2018-11-01", outcome="corrected", visit=found)
    marked = visit_of(school, "2018-10-01", round_=round_)
    Finding.objects.update(put_right_on=day("2018-10-01"), put_right_visit=marked)

    assert rests_on(marked) == f"整改 {round_.number} 已据此销号，这次走访不能撤回。"
    assert rests_on(found) == f"整改 {round_.number} 已据此销号，这次走访不能撤回。"
    assert rests_on(visit_of(school, "2018-10-02", result="ceased", round_=round_)) == ""


@pytest.mark.parametrize(("also", "rests"), [("2018-10-04", False), ("", True)], ids=["proven twice", "proven once"])
def test_submission_rests_on_the_visit_that_alone_proves_a_mark_though_others_were_made_since(
    school, inspector, also, rests
):
    found = visit_of(school, "2018-09-01", findings=("T01",))
    round_ = round_of(school, "2018-09-01", visit=found)
    marks = tuple(found.findings.values_list("pk", flat=True))
    seen = {}
    for on, said in (
        ("2018-10-01", {"put_right": marks}),
        (also, {"put_right": marks}),
        ("2018-10-05", {"result": "not_found", "submits": Submission(round_.pk, "corrected", marks)}),
    ):
        if on:
            sent = sent_visit(school, happened_at=at(on), purpose="recheck", **said)
            seen[on] = Visit.objects.get(pk=record_visit(sent, by=inspector, received_at=at(on, 18)).id)

    assert bool(rests_on(seen["2018-10-01"])) is rests


@pytest.mark.parametrize(("struck_off_on", "rests"), [("2018-10-05", True), ("2018-10-08", False)])
def test_strike_off_rests_on_the_visit_that_alone_proves_a_mark_by_its_day(
    school, inspector, taskforce, struck_off_on, rests
):
    """A mark made again on the 8th proves nothing for what was struck off on the 5th."""
    found = visit_of(school, "2018-09-01", findings=("T01",))
    round_ = round_of(school, "2018-09-01", visit=found)
    marks = tuple(found.findings.values_list("pk", flat=True))

    def seen(on: str, **stated) -> Visit:
        sent = sent_visit(school, happened_at=at(on), purpose="recheck", **stated)
        return Visit.objects.get(pk=record_visit(sent, by=inspector, received_at=at(on, 18)).id)

    marked = seen("2018-10-03", put_right=marks)
    seen("2018-10-04")
    submit(round_, inspector, on=day("2018-10-05"), put_right=[], at=at("2018-10-05"))
    seen("2018-10-08", put_right=marks)
    round_.refresh_from_db()
    verify(round_, taskforce, on=day(struck_off_on), at=at("2018-10-09"))

    assert rests_on(marked) == (f"整改 {round_.number} 已据此销号，这次走访不能撤回。" if rests else "")


def test_submission_made_again_rests_on_its_own_visit(school, inspector, taskforce):
    round_ = round_of(school, "2018-09-01")
    handing_in = {"purpose": "recheck", "result": "ceased", "submits": Submission(round_.pk, "closed")}
    visits = []
    for on in ("2018-10-01", "2018-10-03"):
        sent = sent_visit(school, happened_at=at(on), **handing_in)
        visits.append(Visit.objects.get(pk=record_visit(sent, by=inspector, received_at=at(on, 18)).id))
        round_.refresh_from_db()
        if len(visits) == 1:
            return_rectification(
                round_, by=taskforce, on=day("2018-10-02"), version=round_.version, reason="缺", at=at("2018-10-02")
            )

    first, second = visits
    assert rests_on(first) == ""
    assert rests_on(second) == f"整改 {round_.number} 正以这次走访为证据等待核验，请先退回该轮。"


def test_round_that_waits_rests_on_nothing_of_another_institution(school):
    other = institution()
    visit_of(other, "2018-10-01")
    round_of(other, "2018-09-01", submitted_on="2018-10-02")

    assert rests_on(visit_of(school, "2018-10-01", result="ceased")) == ""


def test_open_round_that_was_returned_rests_on_no_mark(school):
    found = visit_of(school, "2018-09-01", findings=("T01",))
    round_ = round_of(school, "2018-09-01", visit=found)
    marked = visit_of(school, "2018-10-01", round_=round_)
    Finding.objects.update(put_right_on=day("2018-10-01"), put_right_visit=marked)

    assert rests_on(marked) == ""


def test_first_of_the_rounds_that_rest_on_a_visit_is_named(school):
    visit = visit_of(school, "2018-10-20", result="ceased")
    numbers = []
    for ordered_on, due_on in (("2018-08-01", "2018-12-31"), ("2018-10-01", "2018-10-31")):
        found = visit_of(school, ordered_on, findings=("T01",))
        round_ = round_of(school, ordered_on, due_on=due_on, verified_on="2018-10-30", outcome="corrected", visit=found)
        found.findings.update(put_right_on=day("2018-10-20"), put_right_visit=visit)
        numbers.append(round_.number)

    assert numbers[0] in rests_on(visit)


def test_visit_of_an_order_that_was_struck_off_stays(school):
    found = visit_of(school, "2018-09-01", findings=("T01",))
    round_ = round_of(school, "2018-09-01", verified_on="2018-10-01", outcome="closed", visit=found)

    assert rests_on(found) == f"整改 {round_.number} 已据此销号，这次走访不能撤回。"


def test_visit_of_a_supplement_stays_when_its_round_is_struck_off(school, taskforce):
    round_ = round_of(school, "2018-09-01", visit=visit_of(school, "2018-09-01", findings=("T01",)))
    visit = visit_of(school, "2018-09-05", findings=("S02",))
    order_rectification(visit, by=taskforce, on=day("2018-09-05"), at=at("2018-09-05"))
    supplement = Notice.objects.get(kind="supplement")

    assert rests_on(visit) == f"通知书 {supplement.number} 列有这次走访的问题，请先撤回该通知。"
    strike_off(round_, "2018-10-01", outcome="corrected")
    assert rests_on(visit) == f"整改 {round_.number} 已据此销号，这次走访不能撤回。"


def test_sheet_that_holds_now_is_named_where_a_supplement_was_replaced(school, taskforce):
    """It is the one that can be withdrawn."""
    round_ = round_of(school, "2018-09-01", visit=visit_of(school, "2018-09-01", findings=("T01",)))
    visit = visit_of(school, "2018-09-05", findings=("S02",))
    order_rectification(visit, by=taskforce, on=day("2018-09-05"), at=at("2018-09-05"))
    supplement = Notice.objects.get(kind="supplement")
    replace_notice(
        round_, by=taskforce, on=day("2018-09-06"), version=2, notice=supplement.pk, reason="名称有误",
        at=at("2018-09-06"),
    )  # fmt: skip

    replacement = Notice.objects.get(kind="replacement")
    assert rests_on(visit) == f"通知书 {replacement.number} 列有这次走访的问题，请先撤回该通知。"


def test_findings_that_joined_a_round_without_a_notice_name_the_round(school):
    """As a release before the supplementary notices left them."""
    round_ = round_of(school, "2018-09-01", visit=visit_of(school, "2018-09-01", findings=("T01",)))
    joined = visit_of(school, "2018-09-05", findings=("S02",))
    joined.findings.update(rectification=round_)

    assert rests_on(joined) == f"通知书 {round_.number} 列有这次走访的问题，请先撤回该通知。"


@pytest.mark.parametrize("visited_in_it", [True, False])
def test_round_that_ended_and_one_of_another_institution_get_no_event(school, taskforce, visited_in_it):
    open_round = round_of(institution(), "2018-09-01")
    ended = round_of(school, "2018-09-01", verified_on="2018-10-01", outcome="corrected")
    visit = visit_of(school, "2018-10-02", round_=ended if visited_in_it else None)

    withdraw_visit(visit, by=taskforce, reason="记错", at=LATER)

    assert [each.events.last().kind for each in (open_round, ended)] == ["ordered", "verified"]


# --- Which survey counts instead


@pytest.fixture
def surveys(db, inspector):
    """A first survey, and others of the same institution: (day, moment, what else) each."""
    place = institution(surveyed_on=None)

    def record(on: str, known: str, **stated) -> Visit:
        sent = sent_visit(place, happened_at=at(on), **({"purpose": "survey"} | stated))
        return Visit.objects.get(pk=record_visit(sent, by=inspector, received_at=at(known, 18)).id)

    first = record("2018-10-01", "2018-10-01", licence_status="none")
    return place, first, record


def surveyed(place: Institution) -> tuple[date | None, str]:
    place.refresh_from_db()
    return place.surveyed_on, place.licence_status_at_survey


def test_survey_that_became_known_first_counts_instead(surveys, taskforce):
    place, first, record = surveys
    record("2018-10-02", "2018-10-02", purpose="routine")
    record("2018-10-02", "2018-10-02", result="not_found")
    record("2018-10-04", "2018-10-04", licence_status="full")
    record("2018-10-03", "2018-10-05", licence_status="permit_only")

    withdraw_visit(first, by=taskforce, reason="选错机构", at=LATER)

    assert surveyed(place) == (day("2018-10-04"), "full")


def test_survey_that_is_withdrawn_itself_does_not_count_instead(surveys, taskforce):
    place, first, record = surveys
    second = record("2018-10-04", "2018-10-04", licence_status="full")
    record("2018-10-05", "2018-10-05", licence_status="permit_only")

    withdraw_visit(second, by=taskforce, reason="选错机构", at=at("2018-11-01"))
    withdraw_visit(first, by=taskforce, reason="选错机构", at=LATER)

    assert surveyed(place) == (day("2018-10-05"), "permit_only")
    assert WithdrawnSurvey.objects.count() == 1


def test_survey_of_the_day_of_the_one_that_counts_instead_is_not_it(surveys, taskforce):
    place, first, record = surveys
    record("2018-10-04", "2018-10-04", licence_status="full")
    beside = record("2018-10-04", "2018-10-05", licence_status="permit_only")

    after = record("2018-10-06", "2018-10-06", licence_status="none")

    withdraw_visit(first, by=taskforce, reason="选错机构", at=at("2018-11-01"))
    withdraw_visit(beside, by=taskforce, reason="记错", at=LATER)
    withdraw_visit(after, by=taskforce, reason="记错", at=LATER)

    assert surveyed(place) == (day("2018-10-04"), "full")
    assert WithdrawnSurvey.objects.count() == 1


def test_status_of_the_survey_that_counts_instead_is_judged_as_if_nothing_had_been_on_file(surveys, taskforce):
    """What it found says more than the licences on file; the status of the one withdrawn says nothing."""
    place, first, record = surveys
    record("2018-10-04", "2018-10-04", findings=(NewFinding("L02"),))

    withdraw_visit(first, by=taskforce, reason="选错机构", at=LATER)

    assert surveyed(place) == (day("2018-10-04"), "registration_only")


def test_order_on_a_survey_that_is_withdrawn_waits_too(surveys, taskforce):
    place, _first, record = surveys
    visit = record("2018-10-04", "2018-10-04", findings=(NewFinding("T01"),), order=NewOrder())

    assert rests_on(visit) == f"整改 {Rectification.objects.get().number} 依据这次走访责令，请先作废该轮。"


def test_round_ordered_meanwhile_stays_judged_by_the_survey_that_counted_then(inspector, taskforce):
    place = institution(surveyed_on=None)
    for on, status in (("2018-10-01", "permit_only"), ("2018-10-04", "full")):
        sent = sent_visit(place, happened_at=at(on), purpose="survey", licence_status=status)
        record_visit(sent, by=inspector, received_at=at(on, 18))
    round_of(place, "2018-10-02")

    withdraw_visit(Visit.objects.get(happened_on="2018-10-01"), by=taskforce, reason="选错机构", at=LATER)

    assert Rectification.objects.get().judged_as == "permit_only"
    assert surveyed(place) == (day("2018-10-04"), "permit_only")


@pytest.mark.parametrize(
    "stated",
    [
        {"purpose": "routine", "happened_at": at("2018-10-01")},  # no survey, though of the day of one
        {"purpose": "survey", "result": "no_access", "happened_at": at("2018-10-01")},  # nobody got in
        {"purpose": "survey", "happened_at": at("2018-10-02")},  # a later one than counts
    ],
)
@pytest.mark.parametrize("one_was_withdrawn", [False, True])
def test_survey_on_file_stays_when_what_it_does_not_rest_on_is_withdrawn(
    school, inspector, taskforce, stated, one_was_withdrawn
):
    on_file = {"surveyed_on": day("2018-10-01"), "survey_withdrawn": one_was_withdrawn}
    Institution.objects.filter(pk=school.pk).update(**on_file)
    recorded = record_visit(sent_visit(school, **stated), by=inspector, received_at=at("2018-10-03"))
    before = Institution.objects.filter(pk=school.pk).values("surveyed_on", "surveyed_recorded_at").get()

    withdraw_visit(Visit.objects.get(pk=recorded.id), by=taskforce, reason="记错", at=LATER)

    assert Institution.objects.filter(pk=school.pk).values("surveyed_on", "surveyed_recorded_at").get() == before
    assert not WithdrawnSurvey.objects.exists()


# --- The survey of what it was merged into


def surveyed_by(school: Institution, by, sent_on: str) -> Visit:
    sent = sent_visit(school, purpose="survey", licence_status="none", happened_at=at(sent_on, 9))
    return Visit.objects.get(pk=record_visit(sent, by=by, received_at=at(sent_on, 18)).id)


def survey_of(school: Institution) -> str:
    return str(Institution.objects.get(pk=school.pk).surveyed_on)


def test_withdrawal_of_a_survey_gives_none_back_to_an_institution_that_had_no_part_in_it(inspector, taskforce):
    one, other = institution(surveyed_on=None), institution(surveyed_on=None)
    surveyed_by(other, inspector, "2018-10-02")
    other.refresh_from_db()
    withdraw_survey(other, by=taskforce, at=at("2018-10-05"))

    withdraw_visit(surveyed_by(one, inspector, "2018-10-03"), by=taskforce, reason="选错机构", at=LATER)

    assert (survey_of(one), survey_of(other)) == ("None", "None")


def test_second_survey_of_what_is_merged_is_taken_over_before_one_of_its_own(inspector, taskforce):
    goes, stays = institution(surveyed_on=None), institution(surveyed_on=None)
    first = surveyed_by(goes, inspector, "2018-10-02")
    surveyed_by(goes, inspector, "2018-10-03")
    both = {name: Institution.objects.get(pk=each.pk) for name, each in (("merged", goes), ("into", stays))}
    merge_institutions(**both, by=taskforce, reason="同一家", at=at("2018-10-05"))
    surveyed_by(Institution.objects.get(pk=stays.pk), inspector, "2018-10-06")

    withdraw_visit(first, by=taskforce, reason="选错机构", at=LATER)

    assert (survey_of(goes), survey_of(stays)) == ("2018-10-03", "2018-10-03")
