"""Which sheets were served at a moment, what a round held then, and the measure that its order demanded."""

from datetime import date

from figures.held import held_by, measures_by, served_at
from inspections.actions import order_rectification, void_rectification
from inspections.models import Finding
from institutions.moments import Moment
from tests.factories import at, day, hand, institution, round_of, supplement_of, visit_of, what_became_of

MIDNIGHT = at("2018-07-01", 0)
THEN = Moment(date(2018, 6, 30), MIDNIGHT)


def test_supplement_is_served_until_the_day_on_which_it_is_withdrawn_itself(db):
    withdrawn, until_later, stands = (
        supplement_of(round_of(institution(), "2018-05-01"), "2018-06-01") for _ in range(3)
    )
    what_became_of(withdrawn, "withdrawn", "2018-06-30", recorded=MIDNIGHT)
    what_became_of(until_later, "withdrawn", "2018-07-01", recorded=MIDNIGHT)

    assert set(served_at(THEN).filter(kind="supplement")) == {until_later, stands}


def test_problem_that_joined_a_round_without_a_sheet_of_its_own_is_held_by_it(db):
    round_, other = (round_of(institution(), "2018-05-01") for _ in range(2))
    finding = visit_of(round_.institution, "2018-06-01", findings=("T01",), round_=round_).findings.get()

    assert held_by([round_, other], Finding.objects.all(), THEN) == {round_.pk: [finding]}


def test_withdrawal_of_the_order_of_a_voided_round_demands_no_measure(db):
    visit = visit_of(institution(), "2018-05-01", findings=("T01",))
    round_ = order_rectification(visit, by=hand("clerk"), on=day("2018-05-02"), measure="停止招生", at=at("2018-05-02"))
    on = day("2018-06-20")
    void_rectification(round_, by=hand("checker"), on=on, version=round_.version, reason="开错", at=at(on))

    assert measures_by([round_], THEN) == {}
