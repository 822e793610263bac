"""Notices are served by value: once, for good, and what is found while a round is open has a deadline of its own."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import guards
from accounts.canonical import canonical, digest_of
from accounts.errors import Invalid
from inspections.actions import (
    NewFinding,
    NewOrder,
    extend_rectification,
    mark_put_right,
    order_rectification,
    record_visit,
    replace_notice,
    return_rectification,
    submit_rectification,
    void_rectification,
    withdraw_evidence,
    withdraw_notice,
)
from inspections.actions.sheets import FORM
from inspections.errors import FourEyes, IllegalMove
from inspections.models import Finding, Notice, Rectification
from inspections.views.notices import FORMS
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import at, day, hand, institution, round_of, sent_visit, supplement_of, user_with, visit_of

ON = date(2018, 10, 20)


@pytest.fixture
def school(db) -> Institution:
    return institution(name="甲培训", status="full", operating_address="柏树路1号", credit_code="91350200MA2YJ1XR9G")


@pytest.fixture
def opened(school, taskforce) -> Rectification:
    """Ordered on 1 October 2018 from the office, for T06 (C: due on the 8th unless said) of that day, due on the 31st."""
    visit = visit_of(school, "2018-10-01", findings=("T06",))
    return order_rectification(visit, by=taskforce, on=day("2018-10-01"), due_on=day("2018-10-31"), at=at("2018-10-01"))


def kinds(round_: Rectification) -> list[str]:
    return list(round_.events.order_by("sequence").values_list("kind", flat=True))


def overdue(on: str, known: str | None = None) -> bool:
    moment = Moment(day(on), at(known or "2020-01-01"))
    return Rectification.objects.open_at(moment).with_due_at(moment).filter(due_at_moment__lt=moment.on).exists()


# --- What is kept


def test_order_is_kept_as_it_was_served(opened, taskforce):
    notice = opened.notices.get()
    finding = opened.findings.get()

    assert (notice.kind, notice.number, notice.due_on, notice.served_on) == (
        "order", opened.number, date(2018, 10, 31), date(2018, 10, 1),
    )  # fmt: skip
    assert notice.sheet == {
        "form": 1,
        "kind": "order",
        "title": "责令限期整改通知书",
        "number": opened.number,
        "order": opened.number,
        "bureau": "校外培训机构排查整治",
        "addressee": {
            "name": "甲培训", "signboard_name": "", "credit_code": "91350200MA2YJ1XR9G", "operating_address": "柏树路1号",
        },
        "visited_on": "2018-10-01",
        "findings": [
            {
                "id": finding.pk, "code": "T06", "name": finding.type.name_zh, "severity": "C",
                "legal_basis": finding.type.legal_basis, "note": "", "found_on": "2018-10-01",
            }
        ],
        "due_on": "2018-10-31",
        "measure": "",
        "reason": "",
        "replaces": [],
        "served_on": "2018-10-01",
        "served_by": ["taskforce"],
        "synthetic": False,
        "reconstructed": False,
    }  # fmt: skip
    assert notice.content == canonical(notice.sheet)
    assert notice.digest == digest_of(notice.content)
    assert opened.events.get().notice == notice


def test_notice_on_the_spot_is_served_by_those_who_were_there(school, inspector, taskforce):
    receipt = record_visit(
        sent_visit(school, inspectors=["inspector", "taskforce"], findings=[NewFinding("T01")], order=NewOrder()),
        by=inspector, received_at=at("2018-10-03"),
    )  # fmt: skip

    sheet = Notice.objects.get(rectification=receipt.rectification).sheet
    assert (sheet["served_on"], sheet["served_by"]) == ("2018-10-01", ["inspector", "taskforce"])


def test_form_that_is_served_now_can_be_printed(opened):
    assert FORM in FORMS
    assert opened.notices.get().sheet["form"] == FORM


def test_notice_of_a_form_that_this_release_does_not_have_is_refused_in_words(opened, browse, taskforce):
    guards.drop_all(connection)  # as a restored backup of a later release has it
    notice = opened.notices.get()
    Notice.objects.update(content=canonical(notice.sheet | {"form": 2}))

    answer = browse(taskforce).get(f"/rectifications/{opened.pk}/notice/")

    assert answer.status_code == 422
    assert "表样 2" in answer.content.decode()


def test_notice_is_neither_changed_nor_deleted(opened):
    for spoil in (
        lambda: Notice.objects.update(number="另一号"),
        lambda: Notice.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            spoil()


# --- What is found while a round is open


def test_order_during_an_open_round_is_a_supplement_with_its_own_number_and_deadline(opened, school, inspector):
    receipt = record_visit(
        sent_visit(school, happened_at=at("2018-10-10", 9), findings=[NewFinding("S02", "灭火器过期")], order=NewOrder()),
        by=inspector, received_at=at("2018-10-10", 20),
    )  # fmt: skip

    opened.refresh_from_db()
    notice = opened.notices.get(kind="supplement")
    # S02 is of severity A: one day.
    assert (notice.due_on, notice.served_on, notice.visit_id) == (date(2018, 10, 11), date(2018, 10, 10), receipt.id)
    assert [each["code"] for each in notice.sheet["findings"]] == ["S02"]
    assert receipt.rectification == opened.pk
    assert receipt.warnings[-1] == (
        f"该机构已有未销号的整改 {opened.number}，本次问题另发补充通知 {notice.number}，期限 2018-10-11。"
    )
    assert kinds(opened) == ["ordered", "evidence", "supplemented"]
    assert (opened.supplements, opened.due_on, opened.next_due_on) == (1, date(2018, 10, 31), date(2018, 10, 11))
    assert set(opened.findings.values_list("type", flat=True)) == {"T06", "S02"}


def test_supplement_is_issued_while_the_round_waits_for_verification(opened, school, inspector):
    submit_rectification(opened, by=inspector, on=ON, version=1, outcome="closed")

    record_visit(
        sent_visit(school, happened_at=at("2018-10-21", 9), findings=[NewFinding("S02")], order=NewOrder()),
        by=inspector, received_at=at("2018-10-21", 20),
    )  # fmt: skip

    opened.refresh_from_db()
    assert (opened.state, opened.supplements) == ("submitted", 1)
    assert opened.findings.filter(type="S02").exists()


def test_visit_before_the_order_that_arrives_late_is_a_supplement_too(opened, school, inspector):
    receipt = record_visit(
        sent_visit(school, happened_at=at("2018-09-28", 9), findings=[NewFinding("S02")], order=NewOrder()),
        by=inspector, received_at=at("2018-10-05", 20),
    )  # fmt: skip

    notice = opened.notices.get(kind="supplement")
    assert (notice.served_on, notice.due_on) == (date(2018, 9, 28), date(2018, 9, 29))
    assert receipt.rectification == opened.pk
    assert kinds(opened) == ["ordered", "supplemented"]  # before the order it is evidence of nothing


def test_order_of_a_visit_that_is_ordered_already_is_refused(opened, taskforce):
    with pytest.raises(Invalid, match="没有登记问题"):
        order_rectification(opened.opened_by_visit, by=taskforce, on=ON)


# --- Overdue by a supplement: as of any D, as known at any K


def test_round_is_overdue_as_soon_as_one_of_its_unfulfilled_notices_is(opened):
    supplement_of(opened, "2018-10-10", due_on="2018-10-12", recorded="2018-10-15")

    # Due on the 12th: overdue from the 13th, where it was known; the round's own deadline is the 31st.
    assert [overdue(on) for on in ("2018-10-12", "2018-10-13", "2018-11-01")] == [False, True, True]
    assert [overdue(on, known="2018-10-14") for on in ("2018-10-13", "2018-11-01")] == [False, True]
    assert [Rectification.objects.overdue(day(on)).exists() for on in ("2018-10-12", "2018-10-13")] == [False, True]
    assert opened.days_left(day("2018-10-13")) == -1


def test_supplement_that_is_fulfilled_no_longer_makes_the_round_overdue(opened, inspector):
    supplement = supplement_of(opened, "2018-10-10", due_on="2018-10-12")
    recheck = visit_of(opened.institution, "2018-10-14", purpose="recheck", round_=opened, recorded="2018-10-16")

    marked = mark_put_right(opened, supplement_ids(supplement), visit=recheck, by=inspector, at=at("2018-10-16"))

    assert marked == supplement_ids(supplement)
    assert kinds(opened)[-2:] == ["evidence", "fulfilled"]
    assert opened.events.get(kind="evidence").handed_in == {"put_right": marked}
    assert [overdue(on) for on in ("2018-10-13", "2018-10-14", "2018-10-31", "2018-11-01")] == [
        True,
        False,
        False,
        True,
    ]
    assert overdue("2018-10-14", known="2018-10-15")
    assert opened.next_due_on == date(2018, 10, 31)


def supplement_ids(notice: Notice) -> list[int]:
    return [each["id"] for each in notice.sheet["findings"]]


def test_supplement_of_two_findings_is_fulfilled_by_both(opened, inspector):
    supplement = supplement_of(opened, "2018-10-10", due_on="2018-10-12", findings=("S02", "S03"))
    first, second = supplement_ids(supplement)
    recheck = visit_of(opened.institution, "2018-10-14", purpose="recheck", round_=opened)

    mark_put_right(opened, [first], visit=recheck, by=inspector, at=at("2018-10-14"))
    after_one = kinds(opened)
    mark_put_right(opened, [second], visit=recheck, by=inspector, at=at("2018-10-14"))

    assert "fulfilled" not in after_one
    assert kinds(opened)[-1] == "fulfilled"


def test_mark_without_a_visit_that_saw_it_fulfils_nothing(opened, inspector):
    supplement = supplement_of(opened, "2018-10-10", due_on="2018-10-12")

    submit_rectification(
        opened, by=inspector, on=ON, version=opened.version, outcome="closed", put_right=supplement_ids(supplement)
    )

    opened.refresh_from_db()
    assert "fulfilled" not in kinds(opened)
    assert opened.next_due_on == date(2018, 10, 12)


def test_visit_that_found_it_is_no_evidence_that_it_was_put_right(opened, inspector):
    supplement = supplement_of(opened, "2018-10-10")

    assert mark_put_right(opened, supplement_ids(supplement), visit=supplement.visit, by=inspector, at=at(ON)) == []


def test_return_takes_the_fulfilment_off_from_its_day_on(opened, inspector, taskforce):
    supplement = supplement_of(opened, "2018-10-10", due_on="2018-10-12")
    visit_of(opened.institution, "2018-10-14", purpose="recheck", round_=opened)
    submit_rectification(
        opened, by=inspector, on=day("2018-10-15"), version=opened.version, outcome="closed",
        put_right=supplement_ids(supplement), at=at("2018-10-15"),
    )  # fmt: skip
    opened.refresh_from_db()

    return_rectification(
        opened, by=taskforce, on=day("2018-10-17"), version=opened.version, reason="缺照片", at=at("2018-10-17")
    )

    assert kinds(opened)[-4:] == ["submitted", "fulfilled", "returned", "unfulfilled"]
    assert [overdue(on) for on in ("2018-10-14", "2018-10-15", "2018-10-16", "2018-10-17")] == [
        True,
        False,
        False,
        True,
    ]
    assert not overdue("2018-10-17", known="2018-10-16")
    opened.refresh_from_db()
    assert opened.next_due_on == date(2018, 10, 12)


def test_evidence_that_is_withdrawn_shows_nothing_from_its_own_day_on(opened, inspector):
    supplement = supplement_of(opened, "2018-10-10", due_on="2018-10-12")
    recheck = visit_of(opened.institution, "2018-10-14", purpose="recheck", round_=opened)
    mark_put_right(opened, supplement_ids(supplement), visit=recheck, by=inspector, at=at("2018-10-14"))

    withdraw_evidence(opened, visit=recheck, by=inspector, reason="走错一家", at=at("2018-10-18"))

    assert kinds(opened)[-2:] == ["visit_withdrawn", "unfulfilled"]
    assert overdue("2018-10-15")
    assert not overdue("2018-10-15", known="2018-10-17")
    assert not Finding.objects.filter(put_right_on__isnull=False).exists()


def test_supplement_is_extended_by_itself(opened, taskforce):
    supplement = supplement_of(opened, "2018-10-10", due_on="2018-10-12")

    extend_rectification(
        opened, by=taskforce, on=day("2018-10-12"), version=opened.version, due_on=day("2018-10-18"),
        reason="器材在途", notice=supplement.pk, at=at("2018-10-12"),
    )  # fmt: skip

    opened.refresh_from_db()
    assert (opened.due_on, opened.next_due_on) == (date(2018, 10, 31), date(2018, 10, 18))
    assert [overdue(on) for on in ("2018-10-13", "2018-10-18", "2018-10-19")] == [False, False, True]
    assert overdue("2018-10-13", known="2018-10-11")


def test_extension_of_the_round_leaves_the_deadline_of_its_supplement(opened, taskforce):
    supplement_of(opened, "2018-10-10", due_on="2018-10-12")

    extend_rectification(
        opened, by=taskforce, on=day("2018-10-12"), version=opened.version, due_on=day("2018-12-01"), reason="在办"
    )

    opened.refresh_from_db()
    assert (opened.due_on, opened.next_due_on) == (date(2018, 12, 1), date(2018, 10, 12))
    assert overdue("2018-10-13")


def test_extension_of_a_supplement_to_before_its_deadline_is_refused(opened, taskforce):
    supplement = supplement_of(opened, "2018-10-10", due_on="2018-10-12")

    with pytest.raises(Invalid) as refusal:
        extend_rectification(
            opened, by=taskforce, on=day("2018-10-11"), version=opened.version, due_on=day("2018-10-12"),
            reason="迟", notice=supplement.pk,
        )  # fmt: skip

    assert list(refusal.value.errors) == ["due_on"]


# --- Withdrawn and replaced: only by another that says so


def withdraw(round_, by, notice, on="2018-10-16", **given):
    given = {"reason": "登记错误", "at": at(on)} | given
    return withdraw_notice(round_, by=by, on=day(on), version=round_.version, notice=notice.pk, **given)


def test_withdrawn_supplement_demands_nothing_from_then_on_and_its_findings_are_free(opened, supervisor, taskforce):
    supplement = supplement_of(opened, "2018-10-10", due_on="2018-10-12")

    withdraw(opened, supervisor, supplement)

    withdrawal = opened.notices.get(kind="withdrawal")
    assert (withdrawal.replaces, withdrawal.due_on) == (supplement, None)
    assert withdrawal.sheet["replaces"] == [
        {"number": supplement.number, "title": "责令限期整改补充通知书", "served_on": "2018-10-10"}
    ]
    assert (withdrawal.sheet["reason"], withdrawal.sheet["findings"]) == ("登记错误", [])
    opened.refresh_from_db()
    assert opened.next_due_on == date(2018, 10, 31)
    assert [overdue(on) for on in ("2018-10-13", "2018-10-15", "2018-10-16")] == [True, True, False]
    assert overdue("2018-10-16", known="2018-10-15")
    assert supplement.visit.findings.get().rectification is None

    again = order_rectification(supplement.visit, by=taskforce, on=ON)
    assert again.supplements == 2


def test_who_served_a_supplement_cannot_withdraw_it(opened, supervisor):
    supplement = supplement_of(opened, "2018-10-10", by=supervisor)

    with pytest.raises(FourEyes):
        withdraw(opened, supervisor, supplement)


def test_database_refuses_a_withdrawal_by_who_served_it(opened):
    supplement = supplement_of(opened, "2018-10-10", by=hand("clerk"))

    with pytest.raises(IntegrityError, match="two persons"), transaction.atomic():
        opened.note_event("withdrawn", by=hand("clerk"), on=ON, at=at(ON), notice=supplement)


def test_order_is_withdrawn_with_its_round_only(opened, supervisor):
    with pytest.raises(Invalid) as refusal:
        withdraw(opened, supervisor, opened.notices.get())

    assert list(refusal.value.errors) == ["notice"]


def test_withdrawn_notice_is_not_withdrawn_again(opened, supervisor):
    supplement = supplement_of(opened, "2018-10-10")
    withdraw(opened, supervisor, supplement)
    opened.refresh_from_db()

    with pytest.raises(Invalid):
        withdraw(opened, supervisor, supplement)


def replace(round_, by, notice, on="2018-10-16", **given):
    given = {"reason": "名称有误", "at": at(on)} | given
    return replace_notice(round_, by=by, on=day(on), version=round_.version, notice=notice.pk, **given)


def test_replacement_names_what_it_replaces_and_keeps_findings_and_deadline(opened, school, taskforce):
    order = opened.notices.get()
    Institution.objects.update(name="甲培训学校")

    replace(opened, taskforce, order, measure="停止招生")

    fresh = opened.notices.get(kind="replacement")
    assert fresh.sheet["addressee"]["name"] == "甲培训学校"
    assert (fresh.sheet["measure"], fresh.sheet["reason"]) == ("停止招生", "名称有误")
    assert fresh.sheet["findings"] == order.sheet["findings"]
    assert (fresh.replaces, fresh.due_on) == (order, date(2018, 10, 31))
    opened.refresh_from_db()
    assert (opened.number, opened.measure) == (order.number, "停止招生")
    assert order.sheet["addressee"]["name"] == "甲培训"


def test_replaced_notice_is_not_replaced_again_but_its_replacement_is(opened, taskforce):
    order = opened.notices.get()
    replace(opened, taskforce, order)
    opened.refresh_from_db()

    with pytest.raises(Invalid):
        replace(opened, taskforce, order)
    replace(opened, taskforce, opened.notices.get(kind="replacement"))

    assert opened.notices.count() == 3


def test_replaced_supplement_still_has_its_deadline_and_is_withdrawn_by_its_last_sheet(opened, taskforce, supervisor):
    supplement = supplement_of(opened, "2018-10-10", due_on="2018-10-12")
    replace(opened, taskforce, supplement)
    opened.refresh_from_db()
    assert overdue("2018-10-16")

    withdraw(opened, supervisor, opened.notices.get(kind="replacement"))

    assert not overdue("2018-10-16")
    assert supplement.visit.findings.get().rectification is None


def test_void_withdraws_every_notice_of_the_round_in_one_sheet(opened, supervisor):
    supplement = supplement_of(opened, "2018-10-10")

    void_rectification(
        opened, by=supervisor, on=day("2018-10-16"), version=opened.version, reason="开错", at=at("2018-10-16")
    )

    withdrawal = opened.notices.get(kind="withdrawal")
    assert withdrawal.replaces.kind == "order"
    assert [each["number"] for each in withdrawal.sheet["replaces"]] == [opened.number, supplement.number]
    assert opened.events.get(kind="voided").notice == withdrawal


@pytest.mark.parametrize("act", [replace, withdraw])
def test_notice_of_a_finished_round_stays(db, supervisor, act):
    round_ = round_of(institution(), "2018-10-01", verified_on="2018-10-05")

    with pytest.raises(IllegalMove):
        act(round_, supervisor, round_.notices.get())


def test_reason_is_asked_for(opened, supervisor):
    supplement = supplement_of(opened, "2018-10-10")

    for act in (replace, withdraw):
        with pytest.raises(Invalid) as refusal:
            act(opened, supervisor, supplement, reason=" ")
        assert list(refusal.value.errors) == ["reason"]


# --- What a round was handed and what it held


def test_what_was_handed_in_is_kept_whole_with_its_digest(opened, inspector):
    visit_of(opened.institution, "2018-10-14", purpose="recheck", round_=opened)
    ids = list(opened.findings.values_list("pk", flat=True))

    submit_rectification(
        opened, by=inspector, on=ON, version=1, outcome="corrected", put_right=ids, registered_scope="文化", note="已改"
    )

    event = opened.events.get(kind="submitted")
    assert event.handed_in == {
        "outcome": "corrected", "put_right": ids, "registered_scope": "文化", "note": "已改",
    }  # fmt: skip
    assert event.digest == digest_of(event.content)


def test_second_order_starts_without_the_marks_of_the_first(opened, inspector, supervisor, taskforce):
    recheck = visit_of(opened.institution, "2018-10-14", purpose="recheck", round_=opened)
    finding = opened.findings.get()
    mark_put_right(opened, [finding.pk], visit=recheck, by=inspector, at=at("2018-10-14"))
    void_rectification(opened, by=supervisor, on=ON, version=opened.version, reason="开错", at=at(ON))

    second = order_rectification(opened.opened_by_visit, by=user_with("task_force", "330382"), on=ON, at=at(ON))

    finding.refresh_from_db()
    assert (finding.rectification, finding.put_right_on, finding.put_right_visit) == (second, None, None)
