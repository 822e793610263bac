"""A generated sentence: text, and numbers that know the list behind them. Pages link them, documents print them."""

from dataclasses import dataclass

from django.urls import reverse

from inspections.drilldown import Drilldown
from reports.period import Period


@dataclass(frozen=True)
class Number:
    """A printed number and the page that lists what it counts."""

    text: str
    page: str
    query: str

    def __str__(self) -> str:
        return self.text

    @property
    def url(self) -> str:
        return f"{reverse(self.page)}?{self.query}"


Part = str | Number


@dataclass(frozen=True)
class Sentence:
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)


@dataclass(frozen=True)
class Section:
    """A headed part of the report; each sentence is a paragraph of its own."""

    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Links:
    """Makes numbers whose links carry the report's division and both of its clocks."""

    division: str
    as_of: str
    known_at: str = ""

    @classmethod
    def of(cls, division: str, period: Period, *, known_now: bool) -> "Links":
        """`known_now`: the lists are asked for as known when they are opened, not as known to the report."""
        moment = period.moment
        return cls(division, moment.on.isoformat(), "" if known_now else moment.known_at.isoformat())

    def institutions(self, number: object, **question: str) -> Number:
        """A number behind which stands a question of the drill-down grammar."""
        return Number(str(number), "institutions", self._query(**question))

    def listed(self, number: object, name: str) -> Number:
        """A number behind which stands one of the report's own lists (reports.lists, reports.contradictions)."""
        return Number(str(number), "report_list", f"{self._query()}&list={name}")

    def statistics(self, number: object) -> Number:
        """A number of divisions, or a rate: the table it is read from."""
        return Number(str(number), "statistics", self._query())

    def _query(self, **question: str) -> str:
        mine = Drilldown(division=self.division, as_of=self.as_of, known_at=self.known_at)
        return mine.query_string(**question)
