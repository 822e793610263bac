"""The vocabulary of rounds as they stand now, and what a finished round takes no more."""

from datetime import date

import pytest

from inspections.errors import IllegalMove
from inspections.models import Rectification
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, hand, institution, round_of

ON = date(2018, 10, 20)
FINISHED = [{"verified_on": "2018-10-06"}, {"voided": "2018-10-06"}]


def test_rounds_of_a_division_are_those_of_its_institutions(db):
    here, there = round_of(institution(LIUSHI), "2018-10-01"), round_of(institution(NEXT_TO_LIUSHI), "2018-10-01")

    assert list(Rectification.objects.in_division(LIUSHI)) == [here]
    assert set(Rectification.objects.in_division("330382")) == {here, there}
    assert list(Rectification.objects.in_division("")) == []


@pytest.mark.parametrize("how", FINISHED, ids=["struck off", "voided"])
def test_finished_round_is_neither_open_nor_overdue_nor_due(db, how):
    round_of(institution(), "2018-10-01", due_on="2018-10-10", **how)
    round_of(institution(), "2018-10-01", due_on="2018-10-25", **how)

    rounds = Rectification.objects
    asked = [rounds.open(), rounds.overdue(ON), rounds.due_soon(ON), rounds.needing_recheck(ON), rounds.to_verify()]
    assert [list(found) for found in asked] == [[], [], [], [], []]


@pytest.mark.parametrize("how", FINISHED, ids=["struck off", "voided"])
def test_finished_round_takes_no_event(db, how):
    round_ = round_of(institution(), "2018-10-01", **how)

    with pytest.raises(IllegalMove):
        round_.note_event("evidence", by=hand("clerk"), on=ON, at=at(ON))

    assert "evidence" not in round_.events.values_list("kind", flat=True)


@pytest.mark.parametrize(
    ("state", "how"),
    [("ordered", {}), ("submitted", {"submitted_on": "2018-10-06"})],
)
def test_only_what_was_handed_in_waits_to_be_verified_and_only_what_was_not_for_a_recheck(db, state, how):
    round_of(institution(), "2018-10-01", due_on="2018-10-10", **how)

    assert Rectification.objects.overdue(ON).exists()
    assert Rectification.objects.to_verify().exists() is (state == "submitted")
    assert Rectification.objects.needing_recheck(ON).exists() is (state == "ordered")
