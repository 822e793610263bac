"""Who had a hand in a round through a licence: of its institution, and of what is merged into it at the moment."""

import pytest

from inspections.actions import Submission, record_visit
from inspections.ledger import _hands, _registrations
from inspections.models import Rectification
from institutions.models import Institution
from tests.factories import LIUSHI, at, hand, institution, licence_of, merge_of, round_of, sent_visit, user_with
from tests.inspections.rounds import verify

UNTIL = at("2018-10-20")
AFTER = at("2018-10-20", 12, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> Institution:
    return institution(status="none")


@pytest.mark.parametrize(
    ("merge", "counts"),
    [
        ({"when": UNTIL}, True),
        ({"when": AFTER}, False),
        ({"when": at("2018-09-01"), "ended": UNTIL}, False),
        ({"when": at("2018-09-01"), "ended": AFTER}, True),
    ],
)
def test_registrations_of_a_moment_are_its_own_and_those_merged_into_it_then(school, merge, counts):
    other = institution()
    merge_of(other, school, **merge)

    assert _registrations(school, UNTIL) == [school, *([other] if counts else [])]


@pytest.mark.parametrize(("entered", "counts"), [(UNTIL, True), (AFTER, False)])
def test_licence_entered_by_the_moment_of_the_strike_off_is_a_hand_in_it(school, entered, counts):
    round_ = round_of(school, "2018-10-01", verified_on="2018-10-20", verified_recorded=UNTIL, outcome="licensed")
    clerk = hand("registrar")
    licence_of(school, "permit", recorded_at=entered, recorded_by=clerk)

    hands = _hands(round_, list(round_.events.all()))

    assert (clerk.pk in hands) is counts


@pytest.mark.parametrize("over", [False, True])
def test_who_was_at_a_visit_that_hands_in_is_a_hand_unless_the_round_was_over_when_it_came(
    school, inspector, taskforce, over
):
    """Where several write at once the visit may have begun before the strike-off that it comes after: its moment is the
    earlier one, and the round has no event of it."""
    colleague = user_with("inspector", LIUSHI, "colleague")
    past = {"verified_on": "2018-10-20", "verified_recorded": UNTIL} if over else {}
    round_ = round_of(school, "2018-10-01", **past)
    handing_in = sent_visit(
        school, purpose="recheck", result="ceased", happened_at=at("2018-10-19"), inspectors=["inspector", "colleague"],
        submits=Submission(round_.pk, "closed"),
    )  # fmt: skip
    record_visit(handing_in, by=inspector, received_at=at("2018-10-20", 11))
    round_.refresh_from_db()
    if not over:
        round_ = verify(round_, taskforce, at=UNTIL)

    hands = _hands(round_, list(round_.events.order_by("sequence")))

    assert round_.visits.get().inspectors.contains(colleague)
    assert (colleague.pk in hands) is not over


# --- The same as a condition: who may verify


def verifiable(user) -> bool:
    return Rectification.objects.by_other_hands_than(user).exists()


@pytest.mark.parametrize(
    ("how", "may"),
    [
        ("its own", False),
        ("merged into it", False),
        ("merged and taken apart", True),
        ("merged into another", True),
        ("of nobody's", True),
    ],
)
def test_licence_of_what_is_merged_into_it_is_a_hand_in_the_round(school, how, may):
    clerk, other = hand("registrar"), institution()
    merges = {"merged into it": (school, None), "merged and taken apart": (school, "2018-10-10")}
    if how in merges:
        into, ended = merges[how]
        merge_of(other, into, "2018-09-01", ended=ended)
    elif how == "merged into another":
        merge_of(other, institution(), "2018-09-01")
    round_of(school, "2018-10-01", submitted_on="2018-10-15", outcome="licensed")
    licence_of(school if how == "its own" else other, "permit", recorded_at=at("2018-10-12"), recorded_by=clerk)

    assert verifiable(clerk) is may
