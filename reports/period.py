"""The time a report speaks of."""

from dataclasses import dataclass
from datetime import date, timedelta

from institutions.moments import Moment, start_of


@dataclass(frozen=True)
class Period:
    """From the day after the previous month end to the cut-off day, both included; as known at one instant."""

    moment: Moment
    previous: Moment

    @classmethod
    def ending(cls, moment: Moment) -> "Period":
        """The period that ends with a moment. A cut-off inside a month begins with that month."""
        return cls(moment, Moment(moment.on.replace(day=1) - timedelta(days=1), moment.known_at))

    @property
    def first_day(self) -> date:
        return self.previous.on + timedelta(days=1)

    @property
    def previous_then(self) -> Moment:
        """The previous month end as it was known when that day ended: what the last report could say."""
        return Moment(self.previous.on, min(self.moment.known_at, start_of(self.first_day)))
