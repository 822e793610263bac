"""A bureau in which people do one thing after another through the actions of the product; a seed decides what, when, of
which day and to what. What it was told on the way is kept, to be asked for again."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import Refusal
from accounts.models import User
from inspections.actions import Receipt, SentVisit
from inspections.models import Rectification
from institutions.models import Division, Institution
from institutions.moments import Moment
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, at, user_with

FIRST = date(2018, 3, 1)
TOWNSHIPS = [LIUSHI, NEXT_TO_LIUSHI, PANSHI]


class NothingThere(Exception):
    """There is nothing that the act could be done to."""


class Bureau:
    """`now` is the moment at which what is done becomes known; it moves on with each act. Fixed seed, fixed history:
    rows are drawn in the order of their ids, which the test makes repeatable."""

    def __init__(self, seed: int):
        self.chance, self.now = Random(seed), at(FIRST)
        self.days_looked_at = Random(seed)  # of its own: what is looked at does not change what is done
        self.people = [
            user_with("task_force", "330382", "first"),
            user_with("task_force", "330382", "second"),
            user_with("supervisor", "3303", "leader"),
            user_with("supervisor", "3303", "deputy"),
            user_with("inspector", "330382", "inspector"),
            user_with("inspector", PANSHI, "neighbour"),
        ]
        self.leader = self.people[2]
        self.inspectors = [each for each in self.people if each.username not in ("leader", "deputy")]
        self.done: Counter[str] = Counter()
        self.sent: list[tuple[SentVisit, User, Receipt]] = []
        self.served: dict[Any, bytes] = {}  # the sheet of each notice, as it was first shown
        self.answered: list[tuple[Moment, dict[str, Any]]] = []

    def goes_on(self, acts: dict[Callable[["Bureau"], None], int], number: int) -> Iterator[None]:
        """So many acts, by how often each is done; what was done less is likelier. Stops after each. Refused is not
        done, and done again later perhaps."""
        while self.done.total() < number:
            before = self.now
            self.now += timedelta(days=self.chance.choice([0, 0, 1, 1, 3, 8]), minutes=self.chance.randrange(1, 200))
            often = [weight / (1 + self.done[act.__name__]) for act, weight in acts.items()]
            act = self.chance.choices(list(acts), often)[0]
            try:
                with transaction.atomic():
                    act(self)
            except (Refusal, NothingThere):
                self.now = before
                continue
            self.done[act.__name__] += 1
            print(f"{self.now:%Y-%m-%d %H:%M} {act.__name__}")  # pytest shows it where something does not hold
            yield

    # --- What is drawn

    def perhaps(self, probability: float) -> bool:
        return self.chance.random() < probability

    def one_of(self, those: QuerySet | Sequence) -> Any:
        """Raises NothingThere where there is none."""
        rows = list(those.order_by("pk")) if isinstance(those, QuerySet) else those
        if not rows:
            raise NothingThere
        return self.chance.choice(rows)

    def some_of(self, those: Sequence) -> list:
        """None, a few or all of them."""
        return self.chance.sample(those, self.chance.randrange(len(those) + 1))

    def day(self) -> date:
        """Today, or a day before that becomes known only now."""
        ago = self.chance.choice([0, 0, 0, 1, 2, 5, 10, 30, 60])
        return max(self.now.date() - timedelta(days=ago), FIRST)

    def somebody(self) -> User:
        return self.one_of(self.people)

    def registered(self, **of: Any) -> Institution:
        """On the register, and mostly such as asked for where there is one; not asked for, such as has had a round."""
        on_register = Institution.objects.filter(merged_at=None, withdrawn_at=None)
        such = on_register.filter(**of or {"rectifications__isnull": False}).distinct()
        return self.one_of(such if self.perhaps(0.5) and such.exists() else on_register)

    def last_of(self, those: QuerySet) -> Any:
        """Mostly the last one, on which nothing else rests."""
        last = those.order_by("-recorded_at", "pk").first()
        return last if last is not None and self.perhaps(0.7) else self.one_of(those)

    def township(self) -> Division:
        return Division.objects.get(pk=self.one_of(TOWNSHIPS))

    def round(self, *states: str) -> Rectification:
        return self.one_of(Rectification.objects.filter(state__in=states))
