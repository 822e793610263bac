"""The question of a difference: of where, between which days, as known when; asked alike by its page and by the API.

/statistics/difference/?division=330382&before=2018-11-30&as_of=2018-12-31&part=rectified_closed&figure=outstanding
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from accounts.models import User
from accounts.watermark import settled
from figures.differences import Change, Differences, differences, each_change
from figures.questions import OneOf, Question, QuestionForm, Read, parse_day, parse_moment
from figures.reasons import REASONS
from figures.statistics import FIGURES
from institutions.models import Institution
from institutions.moments import Moment


class DifferenceForm(QuestionForm):
    before = Read(parse_day)
    before_known_at = Read(parse_moment)
    part = OneOf(REASONS)
    figure = OneOf(FIGURES)


@dataclass(frozen=True)
class DifferenceQuestion(Question):
    """A checked question about two moments. `as_of` and `known_at` are the later one; `before` is the month end before
    it when empty, `before_known_at` the same moment as `known_at`.

    `part` and `figure` narrow the list to those who stand otherwise for one reason, and came into one figure or left
    it.
    """

    form = DifferenceForm

    before: str = ""
    before_known_at: str = ""
    part: str = ""
    figure: str = ""

    @cached_property
    def earlier(self) -> Moment:
        """Raises Invalid and Unsettled, as `moment` does."""
        month_end = self.moment.on.replace(day=1) - timedelta(days=1)
        known_at = settled(parse_moment(self.before_known_at)) if self.before_known_at else self.moment.known_at
        return Moment(parse_day(self.before) if self.before else month_end, known_at)

    @property
    def before_known_at_local(self) -> str:
        return Question(known_at=self.before_known_at).known_at_local

    @property
    def of_earlier(self) -> Question:
        """The question that opens the lists behind the figures of the earlier moment."""
        known_at = self.before_known_at or self.known_at
        return Question(division=self.division, as_of=self.earlier.on.isoformat(), known_at=known_at)

    @property
    def of_later(self) -> Question:
        return Question(division=self.division, as_of=self.moment.on.isoformat(), known_at=self.known_at)

    def differences(self, user: User, shown: int) -> Differences:
        """With at most so many institutions of each part, or of the one that is asked for."""
        here = Institution.objects.visible_to(user)
        return differences(
            self.divisions(user),
            self.earlier,
            self.moment,
            within=here,
            shown=shown,
            part=self.part,
            figure=self.figure,
        )

    def changes(self, user: User) -> Iterator[Change]:
        """All of those that are asked for."""
        here = Institution.objects.visible_to(user)
        every_one = each_change(self.divisions(user), self.earlier, self.moment, within=here)
        return (change for change in every_one if change.is_of(self.part, self.figure))
