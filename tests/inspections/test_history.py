"""What became of each notice of a round, as its page and the API list them."""

import pytest

from inspections.actions import extend_rectification, order_rectification, replace_notice, withdraw_notice
from inspections.history import History, history_of
from tests.factories import at, day, institution, supplement_of, visit_of, what_became_of


@pytest.fixture
def history(db, taskforce, supervisor) -> History:
    """An order of 1 October, replaced on the 5th, with three supplements: one extended, one put right, one withdrawn."""
    visit = visit_of(institution(status="full"), "2018-10-01", findings=("T06",))
    round_ = order_rectification(
        visit, by=taskforce, on=day("2018-10-01"), due_on=day("2018-10-25"), at=at("2018-10-01")
    )
    extended = supplement_of(round_, "2018-10-02", due_on="2018-10-05", findings=("S02",))
    put_right = supplement_of(round_, "2018-10-03", due_on="2018-10-06", findings=("S03",))
    withdrawn = supplement_of(round_, "2018-10-04", due_on="2018-10-07", findings=("T03",))

    def act(move, by, on, **given):
        round_.refresh_from_db()
        move(round_, by=by, on=day(on), version=round_.version, at=at(on), **given)

    act(replace_notice, taskforce, "2018-10-05", notice=round_.notices.get(kind="order").pk, measure="停", reason="误")
    act(extend_rectification, taskforce, "2018-10-05", due_on=day("2018-10-20"), reason="在途", notice=extended.pk)
    what_became_of(put_right, "fulfilled", "2018-10-06")
    act(withdraw_notice, supervisor, "2018-10-07", notice=withdrawn.pk, reason="误")
    return history_of(round_)


def test_notices_are_listed_with_what_became_of_them(history):
    replacement = next(each for each in history.served.values() if each.notice.kind == "replacement")

    listed = [
        (each.kind, each.due_on, each.fulfilled, each.in_force, each.state) for each in history.listed(struck_off=False)
    ]

    assert listed == [
        ("order", day("2018-10-25"), False, False, f"已由 {replacement.notice.number} 更正"),
        ("supplement", day("2018-10-20"), False, True, ""),
        ("supplement", day("2018-10-06"), True, True, "已整改到位"),
        ("supplement", day("2018-10-07"), False, False, "已撤回"),
        ("replacement", day("2018-10-25"), False, True, ""),
        ("withdrawal", None, None, False, ""),
    ]


def test_order_is_fulfilled_when_its_round_is_struck_off(history):
    listed = {(each.kind, each.fulfilled) for each in history.listed(struck_off=True)}

    assert ("order", True) in listed
    assert ("replacement", True) in listed
    assert ("withdrawal", None) in listed


def test_deadlines_are_those_in_force_of_what_was_not_withdrawn(history):
    due = {each["code"]: history.deadlines()[each["id"]] for each in history.named(history.deadlines())}

    assert due == {"T06": day("2018-10-25"), "S02": day("2018-10-20"), "S03": day("2018-10-06")}
    assert history.next_due_on(day("2018-10-25")) == day("2018-10-20")
    assert history.next_due_on(day("2018-10-19")) == day("2018-10-19")


def test_sheets_that_demand_something_are_told_apart_by_what_they_demand(history):
    demanding = {
        kind: sorted(each.notice.kind for each in history.demanding([kind])) for kind in ("order", "supplement")
    }

    assert demanding == {"order": ["replacement"], "supplement": ["supplement", "supplement"]}
    assert sorted(each.notice.kind for each in history.in_force) == ["replacement", "supplement", "supplement"]
    assert history.order is not None
    assert history.sheet_of(history.order).notice.kind == "replacement"


def test_notice_is_called_by_its_number_and_none_by_nothing(history):
    assert history.order is not None

    assert history.number_of(history.order.notice.pk) == history.order.notice.number
    assert history.number_of(None) == ""
