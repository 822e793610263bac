"""What a notice may be, to the letter: whose it is, from which day, what it takes over and what is written of it."""

from datetime import date

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow
from inspections.actions import mark_put_right, void_rectification
from inspections.actions.notices import order_rectification, replace_notice, withdraw_notice
from inspections.models import Notice, Rectification
from institutions.models import Institution
from tests.factories import at, day, institution, round_of, supplement_of, visit_of, withdraw_visit_of

ON = "2018-10-16"


@pytest.fixture
def supplement(opened) -> Notice:
    """For S02 of 10 October 2018, due on the 12th."""
    return supplement_of(opened, "2018-10-10", due_on="2018-10-12")


def replace(round_: Rectification, by, notice: Notice, on: str = ON, **given) -> Rectification:
    round_.refresh_from_db()
    given = {"reason": "名称有误", "at": at(on)} | given
    return replace_notice(round_, by=by, on=day(on), version=round_.version, notice=notice.pk, **given)


def withdraw(round_: Rectification, by, notice: Notice, on: str = ON, **given) -> Rectification:
    round_.refresh_from_db()
    given = {"reason": "登记错误", "at": at(on)} | given
    return withdraw_notice(round_, by=by, on=day(on), version=round_.version, notice=notice.pk, **given)


def written(action: str) -> AuditRow:
    return AuditRow.objects.get(action=action)


# --- Rounds and their numbers


def test_rounds_are_counted_on_whichever_is_due_first(db, school, taskforce, supervisor):
    """The second of three is due before the first."""
    for on, due_on in (("2018-05-01", "2018-12-31"), ("2018-10-01", "2018-10-05")):
        round_of(school, on, due_on=due_on, voided=on)

    third = order_rectification(visit_of(school, "2018-10-20", findings=("T01",)), by=taskforce, on=date(2018, 10, 20))

    assert third.round_no == 3


def test_second_order_of_three_rounds_is_a_supplement_of_the_last(school, taskforce):
    round_of(school, "2018-05-01", due_on="2018-05-05", verified_on="2018-05-05")
    second = round_of(school, "2018-10-01", due_on="2018-12-31")

    ordered = order_rectification(
        visit_of(school, "2018-10-20", findings=("T01",)), by=taskforce, on=date(2018, 10, 20)
    )

    assert ordered == second


def test_sheet_of_a_supplement_names_the_order_of_its_round(opened, supplement):
    assert supplement.sheet["order"] == opened.number != supplement.sheet["number"]


# --- Whose notice it is


@pytest.mark.parametrize("act", [replace, withdraw])
def test_notice_of_another_round_is_none_of_this_one(opened, supervisor, act):
    other = round_of(institution(), "2018-10-01")

    with pytest.raises(Invalid) as refusal:
        act(opened, supervisor, other.notices.get())

    assert list(refusal.value.errors) == ["notice"]


# --- Days


@pytest.mark.parametrize("act", [replace, withdraw])
@pytest.mark.parametrize(("on", "taken"), [("2018-10-09", False), ("2018-10-10", True)], ids=["day before", "same day"])
def test_notice_is_replaced_or_withdrawn_on_the_day_it_was_served_at_the_earliest(
    opened, supplement, supervisor, act, on, taken
):
    if taken:
        act(opened, supervisor, supplement, on, at=at(ON))
        assert opened.notices.count() == 3
        return
    with pytest.raises(Invalid) as refusal:
        act(opened, supervisor, supplement, on, at=at(ON))
    assert list(refusal.value.errors) == ["on"]


# --- What a replacement takes over


def test_replacement_without_a_measure_keeps_the_one_before(opened, taskforce):
    replace(opened, taskforce, opened.notices.get(), measure="停止招生")
    replace(opened, taskforce, opened.notices.get(kind="replacement"), on="2018-10-17")

    last = opened.notices.get(kind="replacement", served_on="2018-10-17")
    opened.refresh_from_db()
    assert (last.sheet["measure"], opened.measure) == ("停止招生", "停止招生")


def test_measure_of_a_supplement_is_none_of_its_round(opened, supplement, taskforce):
    replace(opened, taskforce, supplement, measure="更换灭火器")

    opened.refresh_from_db()
    assert (opened.notices.get(kind="replacement").sheet["measure"], opened.measure) == ("更换灭火器", "")


# --- What a withdrawal lets go


def test_finding_of_a_withdrawn_supplement_is_no_longer_put_right(opened, supplement, inspector, supervisor):
    finding = supplement.visit.findings.get()
    recheck = visit_of(opened.institution, "2018-10-14", purpose="recheck", round_=opened)
    mark_put_right(opened, [finding.pk], visit=recheck, by=inspector, at=at("2018-10-14"))

    withdraw(opened, supervisor, supplement)

    finding.refresh_from_db()
    assert (finding.rectification, finding.put_right_on, finding.put_right_visit) == (None, None, None)


# --- What is written of it


def test_supplement_is_audited_with_what_it_changed(opened, supplement):
    row = written("rectification.supplemented")

    assert (row.object_id, row.by.username, row.at) == (str(opened.pk), "clerk", at("2018-10-10"))
    assert [each["kind"] for each in row.after.pop("events")] == ["supplemented"]
    assert row.before == {"version": 1, "supplements": 0, "next_due_on": "2018-10-31"}
    assert row.after == {"version": 2, "supplements": 1, "next_due_on": "2018-10-12"}


def test_replacement_is_audited_with_what_it_changed(opened, taskforce):
    replace(opened, taskforce, opened.notices.get(), measure="停止招生")

    row = written("rectification.notice_replaced")
    assert (row.object_id, row.by, row.at, row.scope_code) == (
        str(opened.pk), taskforce, at(ON), opened.institution.scope_code,
    )  # fmt: skip
    assert [each["note"] for each in row.after.pop("events")] == ["名称有误"]
    assert (row.before, row.after) == ({"measure": "", "version": 1}, {"measure": "停止招生", "version": 2})


def test_withdrawal_is_audited_with_what_it_changed(opened, supplement, supervisor):
    withdraw(opened, supervisor, supplement)

    row = written("rectification.notice_withdrawn")
    assert (row.object_id, row.by, row.at) == (str(opened.pk), supervisor, at(ON))
    assert [each["note"] for each in row.after.pop("events")] == ["登记错误"]
    assert (row.before, row.after) == (
        {"version": 2, "next_due_on": "2018-10-12"}, {"version": 3, "next_due_on": "2018-10-31"},
    )  # fmt: skip


def test_institution_that_operates_again_and_is_closed_again_is_audited_both_times(db, taskforce, supervisor):
    school = institution(ceased_on="2018-06-01")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    visit = visit_of(school, "2018-10-01", findings=("T01",))

    again = order_rectification(visit, by=taskforce, on=date(2018, 10, 1), at=at("2018-10-01"))
    void_rectification(again, by=supervisor, on=date(2018, 10, 2), version=1, reason="另一家", at=at("2018-10-02"))

    opened, closed = written("institution.operating_again"), written("institution.ceased")
    assert (opened.object_id, opened.by, opened.at) == (str(school.pk), taskforce, at("2018-10-01"))
    assert (opened.before, opened.after) == ({"ceased_on": "2018-06-01"}, {"ceased_on": None})
    assert (closed.object_id, closed.by, closed.at) == (str(school.pk), supervisor, at("2018-10-02"))
    assert (closed.before, closed.after) == ({"ceased_on": None}, {"ceased_on": "2018-06-01"})


# --- Orders


def test_order_looks_at_the_institution_as_it_stands_now(taskforce):
    school = institution()
    visit = visit_of(school, "2018-10-01", findings=("T01",))
    Institution.objects.filter(pk=school.pk).update(withdrawn_at=at("2018-10-02"))

    with pytest.raises(Invalid, match="不能责令整改"):
        order_rectification(visit, by=taskforce, on=day(ON), at=at(ON))


def test_nothing_is_ordered_for_a_visit_that_was_withdrawn(taskforce):
    visit = visit_of(institution(), "2018-10-01", findings=("T01",))
    withdraw_visit_of(visit, "2018-10-02")

    with pytest.raises(Invalid, match="已经撤回"):
        order_rectification(visit, by=taskforce, on=day(ON), at=at(ON))


def test_order_is_due_on_its_own_day_at_the_earliest(taskforce):
    visit = visit_of(institution(), "2018-10-01", findings=("T01",))

    with pytest.raises(Invalid) as refusal:
        order_rectification(visit, by=taskforce, on=day(ON), due_on=day("2018-10-15"), at=at(ON))
    ordered = order_rectification(visit, by=taskforce, on=day(ON), due_on=day(ON), at=at(ON))

    assert (list(refusal.value.errors), ordered.due_on) == (["due_on"], day(ON))


def test_number_of_an_identity_card_is_in_no_measure(taskforce):
    visit = visit_of(institution(), "2018-10-01", findings=("T01",))

    with pytest.raises(Invalid) as refusal:
        order_rectification(visit, by=taskforce, on=day(ON), at=at(ON), measure="110101199001011237")  # nobody's
    assert list(refusal.value.errors) == ["measure"]


def test_rounds_are_counted_from_one_and_a_sheet_lists_its_findings_by_their_code(taskforce):
    school = institution()
    round_of(school, "2018-05-01", verified_on="2018-06-01")
    visit = visit_of(school, "2018-10-01", findings=("T01", "S02", "L01"))
    first = visit_of(institution(), "2018-10-01", findings=("T01",))

    again, new = (order_rectification(each, by=taskforce, on=day(ON), at=at(ON)) for each in (visit, first))

    assert (again.round_no, new.round_no) == (2, 1)
    codes = [each["code"] for each in again.notices.get().sheet["findings"]]
    assert codes == ["L01", "S02", "T01"]
