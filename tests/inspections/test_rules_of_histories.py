"""What a round's replay says of what an earlier release kept less of, and what the API says of its notices."""

from datetime import date

from inspections.actions import replace_notice
from inspections.history import History
from inspections.ledger import check
from inspections.models import RectificationEvent
from tests.factories import at, day, strike_off
from tests.inspections.rounds import ON


def test_marks_of_a_submission_that_was_not_kept_are_taken_as_the_rows_have_them(opened):
    opened.findings.update(put_right_on=day("2018-10-15"))

    strike_off(opened, "2018-10-20")

    assert [found for _round, found in check()] == [[]]


def test_round_without_an_order_is_replayed_without_it():
    event = RectificationEvent(kind="extended", happened_on=ON, due_on=date(2018, 12, 31))

    assert History.of([event], []).served == {}


def test_api_says_what_a_notice_replaces_and_whether_it_was_put_together_again(api, opened, taskforce):
    order = opened.notices.get()
    replace_notice(opened, by=taskforce, on=ON, version=1, notice=order.pk, reason="名称有误", at=at(ON))

    listed = api(taskforce).get(f"/api/v1/rectifications/{opened.pk}/").json()["notices"]

    assert [(each["replaces"], each["reconstructed"]) for each in listed] == [(None, False), (str(order.pk), False)]
