"""撤回走访: taken back by adding; what rests on the visit is taken back before, and the past stays as it was known."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.errors import Invalid
from accounts.models import AuditRow
from inspections.actions import (
    NewFinding,
    NewOrder,
    Submission,
    extend_rectification,
    order_rectification,
    receive_photo,
    record_visit,
    return_rectification,
    submit_rectification,
    verify_rectification,
    void_rectification,
    withdraw_notice,
    withdraw_visit,
)
from inspections.as_sent import check as visits_compared
from inspections.errors import EvidenceMissing, FourEyes, VisitStands
from inspections.ledger import check
from inspections.models import Notice, Rectification, Visit
from institutions.models import Institution
from institutions.moments import today
from tests.factories import NEXT_TO_LIUSHI, at, institution, round_of, sent_visit, user_with, visit_of

EVENING, NEXT_DAY = at("2018-10-01", 20), at("2018-10-02", 9)


@pytest.fixture
def school(db) -> Institution:
    return institution(status="full")


@pytest.fixture
def record(school, inspector):
    """Record a visit of 1 October 2018 at nine, known that evening."""

    def visit(received_at=EVENING, by=inspector, **stated) -> Visit:
        sent = sent_visit(**{"institution": school} | stated)
        return Visit.objects.get(pk=record_visit(sent, by=by, received_at=received_at).id)

    return visit


# --- Who, when and why


def test_author_takes_it_back_alone_on_the_same_day(record, inspector):
    visit = withdraw_visit(record(), by=inspector, reason=" 选错机构 ", at=at("2018-10-01", 23, 59))

    visit.refresh_from_db()
    assert (visit.withdrawn_at, visit.withdrawn_by) == (at("2018-10-01", 23, 59), inspector)
    assert visit.withdraw_reason == "选错机构"
    row = AuditRow.objects.get(action="visit.withdrawn")
    assert (row.by, row.after["withdraw_reason"]) == (inspector, "选错机构")
    assert [first for _visit, first in visits_compared()] == [None]


def test_author_does_not_take_it_back_alone_the_day_after(record, inspector, taskforce):
    visit = record()

    with pytest.raises(FourEyes):
        withdraw_visit(visit, by=inspector, reason="选错机构", at=at("2018-10-02", 0, 1))

    assert withdraw_visit(visit, by=taskforce, reason="选错机构", at=NEXT_DAY).withdrawn_by == taskforce


def test_reason_is_required(record, inspector):
    with pytest.raises(Invalid) as refusal:
        withdraw_visit(record(), by=inspector, reason=" ", at=EVENING)

    assert list(refusal.value.errors) == ["reason"]


def test_visit_is_withdrawn_only_once(record, inspector, taskforce):
    visit = withdraw_visit(record(), by=inspector, reason="选错机构", at=EVENING)

    with pytest.raises(VisitStands) as refusal:
        withdraw_visit(visit, by=taskforce, reason="再撤", at=NEXT_DAY)

    assert (refusal.value.status, refusal.value.code) == (409, "visit_stands")


# --- What rests on it


def refused(visit, by) -> str:
    with pytest.raises(VisitStands) as refusal:
        withdraw_visit(visit, by=by, reason="选错机构", at=NEXT_DAY)
    visit.refresh_from_db()
    assert visit.withdrawn_at is None
    return refusal.value.message


def test_visit_that_opened_a_round_waits_for_it_to_be_voided(record, taskforce, supervisor):
    visit = record(findings=[NewFinding("T01")], order=NewOrder())
    opened = Rectification.objects.get()

    message = refused(visit, taskforce)
    void_rectification(
        opened, by=supervisor, on=date(2018, 10, 2), version=opened.version, reason="选错机构", at=NEXT_DAY
    )

    assert opened.number in message
    assert "作废" in message
    assert withdraw_visit(visit, by=taskforce, reason="选错机构", at=NEXT_DAY).withdrawn_at == NEXT_DAY
    assert [found for _round, found in check()] == [[]]


def test_visit_with_a_supplement_waits_for_it_to_be_withdrawn(record, taskforce, supervisor):
    record(findings=[NewFinding("T01")], order=NewOrder())
    visit = record(happened_at=at("2018-10-01", 15), findings=[NewFinding("S02")], order=NewOrder())
    round_ = Rectification.objects.get()
    supplement = Notice.objects.get(kind="supplement")

    message = refused(visit, taskforce)
    withdraw_notice(
        round_, by=supervisor, on=date(2018, 10, 2), version=round_.version, notice=supplement.pk, reason="选错机构",
        at=NEXT_DAY,
    )  # fmt: skip

    assert supplement.number in message
    assert withdraw_visit(visit, by=taskforce, reason="选错机构", at=NEXT_DAY).withdrawn_at == NEXT_DAY
    assert [found for _round, found in check()] == [[]]


def test_evidence_of_the_present_submission_waits_for_its_return(record, school, inspector, taskforce):
    round_ = round_of(school, "2018-09-01")
    visit = record(purpose="recheck", result="ceased", submits=Submission(round_.pk, "closed"))
    round_.refresh_from_db()

    message = refused(visit, taskforce)
    return_rectification(round_, by=taskforce, on=date(2018, 10, 2), version=round_.version, reason="退", at=NEXT_DAY)

    assert "退回" in message
    assert withdraw_visit(visit, by=taskforce, reason="选错机构", at=NEXT_DAY).withdrawn_at == NEXT_DAY


def test_submission_rests_on_its_visit_whatever_happened_to_the_round_since(record, school, inspector, taskforce):
    round_ = round_of(school, "2018-09-01", due_on="2018-10-31")
    visit = record(purpose="recheck", submits=Submission(round_.pk, "closed"))
    round_.refresh_from_db()

    extend_rectification(
        round_, by=taskforce, on=date(2018, 10, 2), version=round_.version, due_on=date(2018, 12, 1), reason="迟",
        at=NEXT_DAY,
    )  # fmt: skip

    assert "退回" in refused(visit, taskforce)


def test_evidence_of_a_strike_off_is_not_withdrawn(record, school, taskforce, supervisor):
    round_ = round_of(school, "2018-09-01")
    visit = record(purpose="recheck", result="ceased", submits=Submission(round_.pk, "closed"))
    round_.refresh_from_db()
    verify_rectification(round_, by=supervisor, on=date(2018, 10, 2), version=round_.version, at=NEXT_DAY)

    assert "销号" in refused(visit, taskforce)


# --- What follows


def test_first_survey_counts_no_longer_and_the_past_stays(record, taskforce, figures):
    school = institution(NEXT_TO_LIUSHI, surveyed_on=None)
    visit = record(institution=school, purpose="survey", licence_status="none")

    withdraw_visit(visit, by=taskforce, reason="选错机构", at=at("2018-10-05"))

    school.refresh_from_db()
    assert (school.surveyed_on, school.licence_status_at_survey) == (None, "")
    assert figures("2018-10-31", known="2018-10-04", division=NEXT_TO_LIUSHI).surveyed == 1
    assert figures("2018-10-31", known="2018-10-06", division=NEXT_TO_LIUSHI).surveyed == 0


def test_round_is_judged_by_the_survey_that_counted_when_it_was_ordered(record, taskforce):
    school = institution(NEXT_TO_LIUSHI, surveyed_on=None)
    visit = record(institution=school, purpose="survey", licence_status="full")
    round_ = round_of(school, "2018-10-02")

    withdraw_visit(visit, by=taskforce, reason="登记有误", at=at("2018-10-05"))

    round_ = Rectification.objects.get(pk=round_.pk)
    assert round_.judged_as == "full"
    again = record(
        institution=school, purpose="survey", licence_status="full", happened_at=at("2018-10-06"),
        received_at=at("2018-10-06", 18),
    )  # fmt: skip
    school.refresh_from_db()
    assert (school.surveyed_on, school.licence_status_at_survey) == (date(2018, 10, 6), "full")
    assert [said for said in again.warnings if "证照情况" in said] == []


def test_round_ordered_after_the_survey_was_withdrawn_is_judged_by_the_licences(record, taskforce):
    school = institution(NEXT_TO_LIUSHI, surveyed_on=None)
    withdraw_visit(
        record(institution=school, purpose="survey", licence_status="full"), by=taskforce, reason="有误", at=NEXT_DAY
    )

    round_ = round_of(school, "2018-10-08")

    assert Rectification.objects.get(pk=round_.pk).judged_as == "none"


def test_next_survey_counts_from_then_on_in_its_place(record, taskforce, figures):
    school = institution(NEXT_TO_LIUSHI, surveyed_on=None)
    first = record(institution=school, purpose="survey", licence_status="none")
    record(
        institution=school, purpose="survey", licence_status="full", happened_at=at("2018-10-03"),
        received_at=at("2018-10-03", 18),
    )  # fmt: skip

    withdraw_visit(first, by=taskforce, reason="选错机构", at=at("2018-10-05"))

    school.refresh_from_db()
    assert (school.surveyed_on, school.licence_status_at_survey) == (date(2018, 10, 3), "full")
    assert figures("2018-10-02", known="2018-10-04", division=NEXT_TO_LIUSHI).surveyed == 1
    assert figures("2018-10-02", known="2018-10-06", division=NEXT_TO_LIUSHI).surveyed == 0
    assert figures("2018-10-03", known="2018-10-06", division=NEXT_TO_LIUSHI).surveyed == 1


def test_survey_that_took_its_place_is_withdrawn_too(record, taskforce):
    school = institution(surveyed_on=None)
    first, second = (
        record(institution=school, purpose="survey", happened_at=at(on), received_at=at(on, 18))
        for on in ("2018-10-01", "2018-10-03")
    )
    withdraw_visit(first, by=taskforce, reason="选错机构", at=at("2018-10-05"))

    withdraw_visit(second, by=taskforce, reason="也选错了", at=at("2018-10-06"))

    school.refresh_from_db()
    assert school.surveyed_on is None


@pytest.mark.parametrize("stated", [{}, {"purpose": "survey", "result": "not_found"}], ids=["routine", "saw nothing"])
def test_visit_of_the_same_day_and_moment_that_surveyed_nothing_leaves_the_survey(record, taskforce, stated):
    new = institution(surveyed_on=None)
    record(institution=new, purpose="survey", licence_status="full")
    other = record(institution=new, **stated)

    withdraw_visit(other, by=taskforce, reason="记错", at=NEXT_DAY)

    new.refresh_from_db()
    assert (new.surveyed_on, new.licence_status_at_survey) == (date(2018, 10, 1), "full")


def test_survey_of_a_register_is_left_by_a_visit_of_the_same_day(record, taskforce):
    registered = institution(surveyed_on="2018-10-01", surveyed_recorded="2018-10-01", status="full")
    visit = record(institution=registered, purpose="survey", licence_status="none")

    withdraw_visit(visit, by=taskforce, reason="记错", at=NEXT_DAY)

    registered.refresh_from_db()
    assert (registered.surveyed_on, registered.licence_status_at_survey) == (date(2018, 10, 1), "full")


def test_second_survey_leaves_the_first_alone(record, school, taskforce):
    visit = record(purpose="survey")

    withdraw_visit(visit, by=taskforce, reason="选错机构", at=NEXT_DAY)

    school.refresh_from_db()
    assert school.surveyed_on == date(2018, 4, 2)


def test_marks_made_by_the_visit_are_taken_off(record, taskforce):
    record(findings=[NewFinding("T01"), NewFinding("S02")], order=NewOrder())
    round_ = Rectification.objects.get()
    finding = round_.findings.get(type="S02")
    visit = record(happened_at=at("2018-10-01", 15), purpose="recheck", put_right=[finding.pk])

    withdraw_visit(visit, by=taskforce, reason="选错机构", at=NEXT_DAY)

    finding.refresh_from_db()
    assert (finding.put_right_on, finding.put_right_visit) == (None, None)
    assert round_.events.last().kind == "visit_withdrawn"
    assert [found for _round, found in check()] == [[]]


def test_withdrawn_visit_is_no_evidence_any_more(record, school, inspector, taskforce, supervisor):
    round_ = round_of(school, "2018-09-01")
    withdraw_visit(record(purpose="recheck", result="ceased"), by=taskforce, reason="选错机构", at=NEXT_DAY)
    round_.refresh_from_db()
    on = date(2018, 10, 3)
    submit_rectification(round_, by=inspector, on=on, version=round_.version, outcome="closed", at=at(on))
    round_.refresh_from_db()

    with pytest.raises(EvidenceMissing):
        verify_rectification(round_, by=supervisor, on=on, version=round_.version, at=at(on))


def test_who_was_at_a_withdrawn_visit_may_verify(record, school, inspector, taskforce, supervisor):
    round_ = round_of(school, "2018-09-01")
    withdraw_visit(record(purpose="recheck", by=taskforce), by=supervisor, reason="选错机构", at=NEXT_DAY)
    record(purpose="recheck", result="ceased", happened_at=at("2018-10-02"), received_at=at("2018-10-02", 18),
           submits=Submission(round_.pk, "closed"))  # fmt: skip
    round_.refresh_from_db()

    verified = verify_rectification(
        round_, by=taskforce, on=date(2018, 10, 3), version=round_.version, at=at("2018-10-03")
    )

    assert verified.state == "verified"


def test_recheck_is_needed_again(record, school, taskforce):
    round_of(school, "2018-08-01", due_on="2018-09-01")
    visit = record(purpose="recheck")
    needed = Rectification.objects.needing_recheck

    seen = needed(date(2018, 10, 2)).exists()
    withdraw_visit(visit, by=taskforce, reason="选错机构", at=NEXT_DAY)

    assert (seen, needed(date(2018, 10, 2)).exists()) == (False, True)


def test_nothing_is_ordered_on_a_withdrawn_visit_nor_on_one_withdrawn_since_it_was_read(record, taskforce):
    as_read = record(findings=[NewFinding("T01")])
    withdrawn = withdraw_visit(as_read, by=taskforce, reason="选错机构", at=NEXT_DAY)

    for visit in (withdrawn, as_read):
        with pytest.raises(Invalid, match="撤回"):
            order_rectification(visit, by=taskforce, on=date(2018, 10, 3))
    assert (as_read.withdrawn_at, Rectification.objects.count()) == (None, 0)


def test_photo_of_a_withdrawn_visit_is_kept_and_is_no_evidence(record, school, taskforce):
    from inspections.actions import NewPhoto
    from inspections.photos import sha256_of
    from tests.factories import picture

    round_ = round_of(school, "2018-09-01")
    data = picture()
    visit = record(purpose="recheck", photos=[NewPhoto(sha256_of(data), 1)])
    visit = withdraw_visit(visit, by=taskforce, reason="选错机构", at=NEXT_DAY)
    events = round_.events.count()

    receive_photo(visit, sha256=sha256_of(data), data=data, by=taskforce)

    assert visit.photos.get().stored_at is not None
    assert round_.events.count() == events


def test_same_content_again_says_that_it_is_withdrawn(record, school, inspector):
    sent = sent_visit(school)
    first = record_visit(sent, by=inspector, received_at=EVENING)
    withdraw_visit(Visit.objects.get(pk=first.id), by=inspector, reason="选错机构", at=EVENING)

    again = record_visit(sent, by=inspector, received_at=NEXT_DAY)

    assert (again.digest, again.created) == (first.digest, False)
    assert [said for said in again.warnings if "撤回" in said and "选错机构" in said]


# --- Pages and the API


@pytest.fixture
def fresh(school, inspector) -> Visit:
    """A visit recorded just now."""
    sent = sent_visit(school, happened_at=timezone.now() - timedelta(hours=1), purpose="complaint")
    return Visit.objects.get(pk=record_visit(sent, by=inspector).id)


def test_withdrawn_visit_says_so_on_its_page_and_offers_another(browse, inspector, fresh):
    answer = browse(inspector).post(f"/visits/{fresh.pk}/withdraw/", {"reason": "选错机构"})

    page = browse(inspector).get(answer.url).content.decode()
    assert answer.url == f"/visits/{fresh.pk}/"
    assert "选错机构" in page
    assert f"/visits/new/?institution={fresh.institution_id}&amp;purpose=complaint" in page


def test_both_stay_on_the_timeline(browse, inspector, fresh, school):
    withdraw_visit(fresh, by=inspector, reason="选错机构")
    visit_of(school, today() - timedelta(days=1))

    page = browse(inspector).get(f"/institutions/{school.pk}/").content.decode()

    assert page.count('class="visit withdrawn"') == 1
    assert page.count('class="visit"') == 1
    assert "撤回：选错机构" in page


def test_page_says_what_has_to_be_done_first(browse, taskforce, record):
    visit = record(findings=[NewFinding("T01")], order=NewOrder())

    asked = browse(taskforce).get(f"/visits/{visit.pk}/withdraw/")
    tried = browse(taskforce).post(f"/visits/{visit.pk}/withdraw/", {"reason": "选错机构"})

    assert (asked.status_code, tried.status_code) == (200, 409)
    assert "请先作废该轮" in asked.content.decode()
    assert f'href="{visit.opened_rectifications.get().get_absolute_url()}"' in asked.content.decode()


def test_page_without_a_reason_comes_back(browse, inspector, fresh):
    answer = browse(inspector).post(f"/visits/{fresh.pk}/withdraw/", {"reason": ""})

    assert answer.status_code == 422
    assert dict(answer.context["errors"]).keys() == {"reason"}


@pytest.mark.parametrize(
    ("role", "prefix", "status"),
    [
        ("inspector", "330382114", 403),
        ("task_force", "330382", 200),
        ("supervisor", "3303", 200),
        ("auditor", "3303", 403),
        ("task_force", "330381", 404),
    ],
)
def test_who_may_withdraw_what_somebody_else_recorded(api, fresh, role, prefix, status):
    somebody = user_with(role, prefix)

    answer = api(somebody).post(f"/api/v1/visits/{fresh.pk}/withdraw/", {"reason": "选错机构"}, format="json")

    assert answer.status_code == status
    fresh.refresh_from_db()
    assert (fresh.withdrawn_by == somebody) == (status == 200)


def test_api_says_who_has_to_withdraw_it(api, inspector, record):
    answer = api(inspector).post(f"/api/v1/visits/{record().pk}/withdraw/", {"reason": "选错机构"}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "four_eyes")


def test_api_shows_that_a_visit_is_withdrawn(api, inspector, fresh):
    withdraw_visit(fresh, by=inspector, reason="选错机构")

    shown = api(inspector).get(f"/api/v1/visits/{fresh.pk}/").json()

    assert (shown["withdraw_reason"], shown["stated"]["purpose"]) == ("选错机构", "complaint")
    assert shown["withdrawn_at"] is not None


def test_unknown_visit_is_not_found(api, inspector):
    assert api(inspector).post(f"/api/v1/visits/{uuid4()}/withdraw/", {"reason": "错"}).status_code == 404
