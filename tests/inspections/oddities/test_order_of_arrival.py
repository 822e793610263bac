"""疑点 rest on what is on file, not on what came first; worked out again they are the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.actions import Given, Position, receive_photo, take_visit, take_visits
from inspections.models import Oddity, Visit
from inspections.photos import sha256_of
from tests.factories import at, institution, sent_visit, user_with
from tests.inspections.oddities.scenes import HERE, all_rows, jpeg, north, photo_of, said_of, scene, visited

pytestmark = pytest.mark.django_db
PICTURES = [jpeg(scene(1)), jpeg(scene(1), quality=50), jpeg(scene(2))]
MORNING, RECEIVED = at("2018-10-01", 9), at("2018-10-05")

VISIT = st.fixed_dictionaries(
    {
        "school": st.integers(0, 2),
        "minutes": st.sampled_from([0, 3, 30, 24 * 60]),
        "metres": st.sampled_from([None, 0, 700, 20_000]),
        "accuracy_m": st.sampled_from([None, 300]),
        "pictures": st.lists(st.integers(0, 2), max_size=2),
        "people": st.sampled_from([(0,), (0, 1), (1,)]),
        "behind": st.sampled_from([None, 0, 9]),
    }
)


@given(data=st.data(), visits=st.lists(VISIT, min_size=2, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_of_arrival_of_visits_and_photos_does_not_matter(db, data, visits):
    steps = [(number, slot) for number, each in enumerate(visits) for slot in range(len(each["pictures"]) + 1)]
    with rolled_back():
        there = Scene(visits)

        one_way = there.after(data.draw(st.permutations(steps)))
        other_way = there.after(data.draw(st.permutations(steps)), again=True)

    assert one_way == other_way


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Scene:
    """Visits that are to come, each under its id, at three institutions at one point."""

    def __init__(self, visits):
        self.visits, self.ids = visits, [uuid4() for _ in visits]
        self.people = [user_with("inspector", "330382") for _ in range(2)]
        self.schools = [institution(position=HERE) for _ in range(3)]

    def after(self, steps, *, again: bool = False) -> set[tuple]:
        """What is odd when (visit, slot) come in this order; a photo that is first brings its visit along. `again`: and
        is worked out once more."""
        with rolled_back():
            for number, slot in steps:
                visit = Visit.objects.filter(pk=self.ids[number]).first() or self.sent(number)
                if slot:
                    bytes_ = PICTURES[self.visits[number]["pictures"][slot - 1]]
                    receive_photo(visit, sha256=sha256_of(bytes_), data=bytes_, by=self.people[0], at=RECEIVED)
            if again:
                call_command("work_out_oddities", stdout=StringIO())
            return all_rows()

    def sent(self, number: int) -> Visit:
        stated, behind = self.visits[number], self.visits[number]["behind"]
        where = None if stated["metres"] is None else Position(*north(stated["metres"]), stated["accuracy_m"])
        take_visit(
            sent_visit(
                self.schools[stated["school"]], id=self.ids[number], position=where,
                happened_at=MORNING + timedelta(minutes=stated["minutes"]),
                inspectors=tuple(self.people[each].username for each in stated["people"]),
                photos=tuple(photo_of(PICTURES[each], slot) for slot, each in enumerate(stated["pictures"], 1)),
            ),
            by=self.people[0], received_at=RECEIVED,
            device_sent_at=None if behind is None else RECEIVED - timedelta(minutes=behind),
        )  # fmt: skip
        return Visit.objects.get(pk=self.ids[number])


def test_visits_stored_together_are_as_odd_as_one_by_one(inspector):
    schools = [institution(position=HERE) for _ in range(3)]

    def together(*places: float) -> list[dict]:
        sent = [
            sent_visit(school, happened_at=MORNING, position=Position(*north(metres)))
            for school, metres in zip(schools, places, strict=True)
        ]
        batch = [Given(each, None) for each in sent]
        take_visits(batch, by=inspector)
        return [said_of(Visit.objects.get(pk=each.id)) for each in sent]

    first, second, third = together(0, 100, 20_000)

    assert (set(first), set(second), set(third)) == ({"travel"}, {"travel"}, {"far", "travel"})
    assert Oddity.objects.filter(kind="travel").count() == 4


def test_visits_of_weeks_stored_together_are_each_compared_with_those_around(inspector):
    schools = [institution() for _ in range(6)]
    days = ["2018-09-01", "2018-09-15", "2018-10-01"]
    before = [visited(school, inspector, at(day, 9), where=HERE) for school, day in zip(schools, days, strict=False)]
    sent = [
        sent_visit(school, happened_at=at(day, 9, 5), position=Position(*north(metres)))
        for school, day, metres in zip(schools[3:], days, (20_000, 100, 30_000), strict=True)
    ]

    take_visits([Given(each, None) for each in sent], by=inspector)

    assert [list(said_of(visit)) for visit in before] == [["travel"], [], ["travel"]]
