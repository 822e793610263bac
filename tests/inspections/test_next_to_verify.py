"""Who may verify is found the next one that waits, however many of their own come before it; in one question."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.models import Rectification
from inspections.views.rectifications import _next_to_verify
from institutions.moments import today
from tests.factories import at, hand, institution, licence_of, round_of, user_with, visit_of, withdraw_visit_of


def submitted(name: str, on: str, **how) -> Rectification:
    return round_of(institution(name=name), "2018-05-01", submitted_on=on, **how)


def test_next_to_verify_is_found_behind_sixty_of_ones_own(taskforce):
    for number in range(60):
        submitted(f"自己的{number}", "2018-05-02", submitted_by=taskforce)
    following = submitted("别人的", "2018-05-03")

    with CaptureQueriesContext(connection) as captured:
        found = _next_to_verify(taskforce)

    assert found == following
    assert len(captured) <= 2  # the grants, and the round


def test_nothing_but_ones_own_leaves_nothing_to_verify(taskforce):
    submitted("自己的", "2018-05-02", submitted_by=taskforce)

    assert _next_to_verify(taskforce) is None


def test_today_lists_what_one_may_verify_before_ones_own(browse, taskforce):
    for number in range(12):
        submitted(f"自己的{number}", "2018-05-02", submitted_by=taskforce)
    submitted("别人的", "2018-05-03")

    answer = browse(taskforce).get("/")

    to_verify = answer.context["waiting"][0]
    assert (to_verify.state, to_verify.count) == ("submitted", 13)
    assert [each.by_own_hand for each in to_verify.rounds] == [False] + [True] * 9
    assert to_verify.rounds[0].institution.name == "别人的"
    assert answer.content.decode().count("须由另一人核验") == 9


def test_who_does_not_verify_sees_the_longest_waiting_first(browse, inspector):
    submitted("自己的", "2018-05-02", submitted_by=inspector)
    submitted("别人的", "2018-05-03")

    answer = browse(inspector).get("/")

    to_verify = answer.context["waiting"][-1]
    assert [each.institution.name for each in to_verify.rounds] == ["自己的", "别人的"]
    assert "须由另一人核验" not in answer.content.decode()


HANDS = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["closed", "licensed"]),
        "submitted_by": st.sampled_from(["me", "sender"]),
        "evidence": st.sampled_from(["", "me", "other"]),
        "evidence_withdrawn": st.booleans(),
        "there": st.sampled_from(["", "inspected", "no_access", "withdrawn"]),
        "licence": st.sampled_from(
            [None, ("2018-04-30", 23), ("2018-05-01", 0), ("2018-05-01", 7), ("2018-06-01", 12)]
        ),
    }
)


@given(HANDS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_condition_of_hands_says_what_the_round_says(db, how):
    """`hand_of` and `Rectification.hands()` are one rule, whatever somebody did; a day begins in Shanghai."""
    with transaction.atomic():
        assert _agree(how)
        transaction.set_rollback(True)


def _agree(how: dict) -> bool:
    me = hand("me")
    school = institution(status="none")
    round_ = round_of(
        school, "2018-05-01", submitted_on="2018-05-20", submitted_by=hand(how["submitted_by"]), outcome=how["outcome"]
    )
    if how["evidence"]:
        visit = visit_of(school, "2018-05-10", by=hand("visitor"), round_=round_)
        given = {"by": hand(how["evidence"]), "on": date(2018, 5, 10), "at": at("2018-05-10")}
        round_.note_event("evidence", visit=visit, **given)
        if how["evidence_withdrawn"]:
            withdraw_visit_of(visit, "2018-05-11")
    if how["there"]:
        result = "no_access" if how["there"] == "no_access" else "inspected"
        seen = visit_of(school, "2018-05-12", by=me, round_=round_, result=result)
        if how["there"] == "withdrawn":
            withdraw_visit_of(seen, "2018-05-13")
    if how["licence"]:
        licence_of(school, "permit", recorded_at=at(*how["licence"]), recorded_by=me)

    mine = Rectification.objects.filter(pk=round_.pk).by_other_hands_than(me)

    return mine.exists() is (me.pk not in round_.hands())


@pytest.mark.parametrize("role", ["task_force", "supervisor"])
def test_next_to_verify_is_the_one_that_waits_longest(db, role):
    later, first = submitted("后", "2018-05-04"), submitted("先", "2018-05-03")

    assert _next_to_verify(user_with(role, "330382")) == first
    assert later.submitted_on < today()
