"""Days, months and the two clocks. Days and months are cut in Asia/Shanghai here and nowhere else."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone

from accounts.watermark import cut

EARLIEST = date(2000, 1, 1)
LAST = datetime.max.replace(tzinfo=UTC)  # after everything on file


@dataclass(frozen=True)
class Moment:
    """As of the end of a day (Asia/Shanghai), as known at an instant.

    `present` lets lists answer from what stands on the rows, by index: for a page of today that names no instant.
    """

    on: date
    known_at: datetime
    present: bool = field(default=False, compare=False)

    @classmethod
    def of(cls, on: date | None = None, known_at: datetime | None = None) -> "Moment":
        """`on` defaults to today, `known_at` to now: the clock is read here, at the edge.

        "Now" is a cut: the latest moment of which all is known that ever will be (accounts/watermark.py).
        """
        return cls(on or today(), known_at or cut())

    @classmethod
    def that_stands(cls) -> "Moment":
        """What stands on the rows now: all that is on file is known. It is no K, and not kept as one: within one
        snapshot somebody may have committed what is later than a cut."""
        return cls(today(), LAST, present=True)

    def as_it_stands(self) -> "Moment":
        """The same as the present, when the day is today: nothing is recorded of a day to come (but by a phone whose
        clock is minutes ahead at midnight), so what stands now is what both clocks say."""
        return replace(self, present=self.on == today())


def today() -> date:
    return timezone.localdate()


@lru_cache(maxsize=100)  # of the one moment of an import it is asked of each row
def day_of(moment: datetime) -> date:
    """The day in Asia/Shanghai on which an aware moment falls."""
    return timezone.localdate(moment, timezone.get_default_timezone())


def start_of(day: date) -> datetime:
    """Midnight in Asia/Shanghai with which a day begins, as an aware moment."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone()).astimezone(UTC)


def start_of_year(day: date) -> date:
    return day.replace(month=1, day=1)


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_ends(first: date, last: date) -> Iterator[date]:
    """Last days of the months from that of `first` to that of `last`, both included."""
    end = month_end(first)
    while end <= month_end(last):
        yield end
        end = month_end(end + timedelta(days=1))
