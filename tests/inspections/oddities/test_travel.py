"""疑点 of two visits of one person that nobody can have been at both of."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.actions.oddity_rules import roughly_m
from institutions.positions import distance_m
from tests.factories import at, institution
from tests.inspections.oddities.scenes import HERE, north, said_of, visited

pytestmark = pytest.mark.django_db
MORNING = at("2018-10-01", 9)


def two(by, metres: float, minutes: float, *, first=(), then=(), accuracies=(None, None)):
    """Two visits at new institutions, one `metres` north of the other and `minutes` later."""
    one = visited(institution(), by, MORNING, where=HERE, inspectors=first, accuracy_m=accuracies[0])
    later = MORNING + timedelta(minutes=minutes)
    other = visited(institution(), by, later, where=north(metres), inspectors=then, accuracy_m=accuracies[1])
    return one, other


@pytest.mark.parametrize(
    ("km", "minutes", "is_odd"),
    [(3.9, 0, False), (4.1, 0, True), (20, 8.1, False), (20, 7.9, True), (200, 11 * 60, False), (5000, 11 * 60, True),
     (5000, 13 * 60, False), (20, -5, True)],
)  # fmt: skip
def test_travel_is_odd_above_the_speed_of_any_road(inspector, km, minutes, is_odd):
    one, other = two(inspector, km * 1000 * 1.0003, minutes)

    assert ("travel" in said_of(one), "travel" in said_of(other)) == (is_odd, is_odd)


def test_visits_of_one_person_are_compared_within_twelve_hours(inspector, colleague):
    one, _other = two(inspector, 5_000_000, 12 * 60)
    apart, _other = two(colleague, 5_000_000, 12 * 60 + 0.1, first=("colleague",), then=("colleague",))

    assert ("travel" in said_of(one), "travel" in said_of(apart)) == (True, False)


def test_travel_says_how_far_in_which_time_and_who(inspector):
    one, other = two(inspector, 30_000, 5)

    said = said_of(one)["travel"]
    assert said == said_of(other)["travel"]
    assert (round(said["m"], -3), said["minutes"], said["people"]) == (30_000, 5, [inspector.pk])


@pytest.mark.parametrize(("accuracies", "is_odd"), [((500, 400), True), ((600, 600), False), ((None, 1200), False)])
def test_accuracies_are_taken_off_the_distance(inspector, accuracies, is_odd):
    one, _other = two(inspector, 5000, 0, accuracies=accuracies)

    assert ("travel" in said_of(one)) == is_odd


def test_companions_travel_too(inspector, colleague):
    one, other = two(inspector, 30_000, 5, first=("inspector", "colleague"), then=("colleague",))

    assert said_of(one)["travel"]["people"] == said_of(other)["travel"]["people"] == [colleague.pk]


def test_two_people_may_be_at_two_places(inspector, colleague):
    one, other = two(inspector, 30_000, 0, first=("inspector",), then=("colleague",))

    assert said_of(one) == said_of(other) == {}


@pytest.mark.parametrize("where", [None, (0.0, 0.0)])
def test_visit_without_a_position_is_nowhere(inspector, where):
    one = visited(institution(), inspector, MORNING, where=HERE)

    other = visited(institution(), inspector, MORNING, where=where)

    assert said_of(one) == said_of(other) == {}


PLACES = st.tuples(st.floats(73, 135), st.floats(3, 54))  # China, with its seas


@given(here=PLACES, there=PLACES)
def test_distance_that_is_quickly_told_is_right_to_a_hundredth(here, there):
    assert roughly_m(here, there) == pytest.approx(distance_m(here, there), rel=0.01, abs=1)
