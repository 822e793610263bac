"""Orders: what is ordered, by when, and the rechecks that an order raises by itself."""

from datetime import date

import pytest

from accounts.errors import Invalid
from inspections.actions import (
    NewFinding,
    NewOrder,
    order_rectification,
    record_visit,
    void_rectification,
)
from inspections.errors import IllegalOutcome
from inspections.ledger import check
from inspections.models import Rectification, RectificationEvent, Visit
from tests.factories import at, institution, round_of, sent_visit, visit_of
from tests.inspections.rounds import ON, submit


def test_order_for_a_visit_joins_its_findings(school, taskforce):
    visit = visit_of(school, "2018-10-01", findings=("T01", "T06"))

    round_ = order_rectification(visit, by=taskforce, on=date(2018, 10, 3), measure="停止超纲教学")

    # The worst of B and C is B, 30 days: due on 2 November. Ordered two days after the visit.
    assert (round_.ordered_on, round_.due_on, round_.round_no) == (date(2018, 10, 3), date(2018, 11, 2), 1)
    assert set(visit.findings.values_list("rectification", flat=True)) == {round_.pk}
    assert list(RectificationEvent.objects.values_list("kind", "note", "visit")) == [
        ("ordered", "停止超纲教学", visit.pk)
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"on": date(2018, 9, 30)}, "on"),  # before the visit
        ({"on": date(2018, 10, 21), "at": at(ON)}, "on"),  # in the future
        ({"on": ON, "due_on": date(2018, 10, 19)}, "due_on"),
    ],
)
def test_order_with_impossible_days_is_refused(school, taskforce, given, field):
    visit = visit_of(school, "2018-10-01", findings=("T01",))

    with pytest.raises(Invalid) as refusal:
        order_rectification(visit, by=taskforce, **given)

    assert list(refusal.value.errors) == [field]
    assert not Rectification.objects.exists()


def refused_order(visit: Visit, by) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        order_rectification(visit, by=by, on=ON)
    return list(refusal.value.errors)


def test_order_without_findings_is_refused(school, taskforce):
    assert refused_order(visit_of(school, "2018-10-01"), taskforce) == ["order"]


def test_second_order_during_an_open_round_opens_no_other(opened, school, taskforce):
    visit = visit_of(school, "2018-10-10", findings=("T02",))

    assert order_rectification(visit, by=taskforce, on=ON) == opened

    assert Rectification.objects.get() == opened


def test_order_that_failed_takes_no_number(school, taskforce, inspector):
    with pytest.raises(Invalid):
        order_rectification(visit_of(school, "2018-10-01"), by=taskforce, on=ON)
    receipt = record_visit(
        sent_visit(school, findings=[NewFinding("T01")], order=NewOrder()),
        by=inspector, received_at=at("2018-10-01"),
    )  # fmt: skip

    assert Rectification.objects.get(pk=receipt.rectification).number == "责改〔2018〕330382-0001号"


@pytest.mark.parametrize("years", [4, 7981])
def test_order_with_a_term_of_years_is_refused(school, taskforce, years):
    visit = visit_of(school, "2018-10-01", findings=("T01",))

    with pytest.raises(Invalid) as refusal:
        order_rectification(visit, by=taskforce, on=date(2018, 10, 1), due_on=date(2018 + years, 10, 1))

    assert list(refusal.value.errors) == ["due_on"]


def test_visit_of_a_voided_order_can_be_ordered_again(school, taskforce, supervisor):
    visit = visit_of(school, "2018-10-01", findings=("T01",))
    wrong = order_rectification(visit, by=taskforce, on=date(2018, 10, 1))
    void_rectification(wrong, by=supervisor, on=date(2018, 10, 2), version=1, reason="期限开错")

    right = order_rectification(visit, by=taskforce, on=date(2018, 10, 3))

    assert (right.round_no, list(right.findings.values_list("type", flat=True))) == (2, ["T01"])
    assert [found for _round, found in check()] == [[], []]


def test_voided_rebound_leaves_a_closed_institution_closed(db, taskforce, supervisor):
    school = institution(ceased_on="2018-06-01")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    visit = visit_of(school, "2018-10-01", findings=("T01",))
    again = order_rectification(visit, by=taskforce, on=date(2018, 10, 1))
    school.refresh_from_db()
    assert school.ceased_on is None

    void_rectification(again, by=supervisor, on=date(2018, 10, 2), version=1, reason="另一家机构")

    school.refresh_from_db()
    assert school.ceased_on == date(2018, 6, 1)


def test_outcome_before_a_survey_is_judged_by_the_licences_on_file(db, inspector):
    round_ = round_of(institution(surveyed_on=None), "2018-10-01")

    with pytest.raises(IllegalOutcome):
        submit(round_, inspector, "corrected")


# --- Rechecks that raise themselves


def test_overdue_order_raises_a_recheck_until_somebody_got_in(school, inspector):
    round_ = round_of(school, "2018-10-01", due_on="2018-10-31")

    def raised(on: date) -> bool:
        return Rectification.objects.needing_recheck(on).exists()

    assert (raised(date(2018, 10, 31)), raised(date(2018, 11, 1))) == (False, True)
    visit_of(school, "2018-11-02", purpose="recheck", result="no_access", round_=round_)
    assert raised(date(2018, 11, 3))
    visit_of(school, "2018-11-05", purpose="recheck", round_=round_)
    assert not raised(date(2018, 11, 6))


def test_nothing_is_ordered_at_a_withdrawn_registration(db, taskforce):
    visit = visit_of(institution(withdrawn_at=at("2018-10-05")), "2018-10-01", findings=("T01",))

    with pytest.raises(Invalid, match="登记已撤销"):
        order_rectification(visit, by=taskforce, on=date(2018, 10, 6))
