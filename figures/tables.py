"""The tables of the statistics page and of its exports: every figure of every part with the question that opens its
list and, where two days are compared, the same of the earlier day beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Invalid
from accounts.models import User
from figures import charts
from figures.places import COUNTY_DIGITS
from figures.questions import Question, QuestionForm, Read, parse_day
from figures.statistics import FIGURE_NAMES, Completion, Figures, Row, partitions, percent, trend
from institutions.models import Institution
from institutions.moments import EARLIEST, Moment

STANDING = ("rectified", "open", "overdue")
OUTCOMES = ("closed", "licensed", "corrected")
PARTS_NAMES = {
    2: gettext_lazy("地市"),
    4: gettext_lazy("县市区"),
    6: gettext_lazy("乡镇街道"),
    9: gettext_lazy("村社"),
}


class StatisticsForm(QuestionForm):
    compare = Read(parse_day)


@dataclass(frozen=True)
class StatisticsQuestion(Question):
    """A checked question of the statistics page: `compare` is the earlier day it is compared with, empty for none."""

    form = StatisticsForm

    compare: str = ""

    @cached_property
    def before(self) -> Moment | None:
        """The earlier day, as known at the same moment. Raises Invalid when it is not earlier."""
        if not self.compare:
            return None
        day = parse_day(self.compare)
        if day >= self.moment.on:
            said = {"given": day, "day": self.moment.on}
            raise Invalid({"compare": [_("对比日期 %(given)s 应早于截至日期 %(day)s。") % said]})
        return Moment(day, self.moment.known_at)

    @property
    def of_lists(self) -> Question:
        """The question of the lists behind the figures: the day is named, lists know no other."""
        return Question(division=self.division, as_of=self.moment.on.isoformat(), known_at=self.known_at)

    @property
    def compared_on(self) -> str:
        return self.before.on.isoformat() if self.before else ""

    @property
    def with_its_day(self) -> "StatisticsQuestion":
        """The same with its day named: a link to it stays what it was."""
        return replace(self, as_of=self.moment.on.isoformat(), compare=self.compared_on)


@dataclass(frozen=True)
class Number:
    """A figure of a part, in institutions; `query` opens its list, "" where it counts nobody. `then` and `query_then`
    are of the earlier day, None and "" where no two are compared."""

    name: str
    label: str
    now: int
    query: str
    then: int | None = None
    query_then: str = ""

    @property
    def change(self) -> int | None:
        return None if self.then is None else self.now - self.then

    @property
    def change_printed(self) -> str:
        return "" if self.change is None else signed(self.change)


@dataclass(frozen=True)
class Line:
    """A part in a table, or the whole. `changes` opens what lies behind its changes, "" where nothing does.

    Not `placed`: what lies in the division but in none of its children. It has no rank and no level below.
    """

    key: str
    name: str
    figures: Figures
    numbers: list[Number]
    then: Figures | None = None
    rank: int | None = None
    rank_then: int | None = None
    placed: bool = True
    changes: str = ""

    def number(self, figure: str) -> Number:
        return next(each for each in self.numbers if each.name == figure)

    @property
    def rate_change(self) -> str:
        """In percentage points of the exact rates: "+3.21"; "—" where there is none on one of the days."""
        now, then = self.figures.completion_rate, self.then.completion_rate if self.then else None
        return "—" if now is None or then is None else points(now - then)

    @property
    def bar(self) -> list[charts.Piece]:
        """How far its institutions with problems are, of 100."""
        figures = self.figures
        pieces = (figures.rectified, figures.outstanding - figures.overdue, figures.overdue)
        return charts.stacked(list(zip(STANDING, pieces, strict=True)))

    @property
    def bar_in_words(self) -> str:
        said = {
            "name": self.name,
            "rectified": self.figures.rectified,
            "open": self.figures.outstanding - self.figures.overdue,
            "overdue": self.figures.overdue,
        }
        return _("%(name)s：已整改 %(rectified)s，整改中 %(open)s，逾期 %(overdue)s") % said


@dataclass(frozen=True)
class Statistics:
    """All that the page says of a division at a moment."""

    question: StatisticsQuestion
    name: str
    moment: Moment
    before: Moment | None
    total: Line
    divisions: list[Line]
    licences: list[Line]
    findings: list[Line]
    done: tuple[int, int]  # sub-divisions fully done, and those with problems
    done_then: tuple[int, int] | None
    months: list[Completion] = field(default_factory=list)

    @property
    def has_parts(self) -> bool:
        """Whether there are divisions below; what lies in none of them is none."""
        return any(line.placed for line in self.divisions)

    @property
    def fully_done(self) -> list[Line]:
        placed = (line for line in self.divisions if line.placed)
        return [line for line in placed if line.figures.with_problems and not line.figures.outstanding]

    @property
    def done_change(self) -> str:
        """Of the number of sub-divisions fully done, as printed; "" where no two days are compared."""
        return signed(self.done[0] - self.done_then[0]) if self.done_then else ""

    @property
    def done_percent(self) -> str:
        """乡镇完成面: those fully done ÷ those with problems, as printed."""
        return percent(*self.done)

    @property
    def parts_name(self) -> str:
        """What the divisions below are called: 乡镇街道 of a county."""
        code = self.question.division
        return str(PARTS_NAMES.get(len(code) if code.isdecimal() else 0, gettext_lazy("下级区划")))

    @property
    def outcomes(self) -> list[tuple[Number, str]]:
        """The parts of what is rectified, each with its share as printed."""
        parts = [self.total.number(name) for name in OUTCOMES]
        return [(part, percent(part.now, self.total.figures.rectified)) for part in parts]

    @property
    def outcome_bar(self) -> list[charts.Piece]:
        return charts.stacked([(name, self.total.number(name).now) for name in OUTCOMES])


def statistics_of(question: StatisticsQuestion, user: User, *, with_trend: bool = True) -> Statistics:
    """The statistics of what a user sees. Ask within `one_snapshot`: its figures come by several queries.

    Raises UnknownDivision and Invalid as Question does.
    """
    where, moment, before = question.divisions(user), question.moment, question.before
    visible = Institution.objects.visible_to(user)
    now = partitions(where, moment, within=visible)
    then = partitions(where, before, within=visible) if before else None
    by_division = now["division"]
    tables = {by: _lines(question, now[by], then[by] if then else None) for by in now}
    total = Row(question.division, by_division.name, by_division.total)
    whole_then = then["division"].total if then else None
    return Statistics(
        question=question,
        name=by_division.name,
        moment=moment,
        before=before,
        total=replace(_line(question, total, whole_then, {}), changes=_changes(question)),
        divisions=tables["division"],
        licences=tables["licence_status"],
        findings=sorted(tables["finding_type"], key=lambda line: (-line.figures.with_problems, line.key)),
        done=_done(by_division),
        done_then=_done(then["division"]) if then else None,
        months=months_before(question, user, by_division) if with_trend else [],
    )


def _done(found: Completion) -> tuple[int, int]:
    return found.townships_done, found.townships_with_problems


def _lines(question: StatisticsQuestion, found: Completion, before: Completion | None) -> list[Line]:
    """The parts of one partition: divisions by rank, then those without, then what lies in none; others as they come.

    What was a part on the earlier day only is one, too.
    """
    parts = {row.key: row for row in (*(before.rows if before else []), *found.rows)}
    now, then = _by_key(found), _by_key(before) if before else None
    of_divisions = found.by == "division"
    ranks = ranks_of(found) if of_divisions else {}
    ranks_then = ranks_of(before) if of_divisions and before else {}
    lines = []
    for key, row in parts.items():
        placed = not of_divisions or found.is_below(row)
        line = _line(
            question,
            Row(key, row.name, now.get(key, Figures())),
            None if then is None else then.get(key, Figures()),
            {str(found.by): key},
        )
        changes = _changes(question, division=key) if of_divisions and placed else ""
        lines.append(replace(line, placed=placed, changes=changes, rank=ranks.get(key), rank_then=ranks_then.get(key)))
    if not of_divisions:
        return lines
    return sorted(lines, key=lambda line: (not line.placed, line.rank or len(lines) + 1, line.key))


def _by_key(found: Completion) -> dict[str, Figures]:
    return {row.key: row.figures for row in found.rows}


def _line(question: StatisticsQuestion, row: Row, then: Figures | None, part: Mapping[str, str]) -> Line:
    """A row with the questions of its lists; `part` is what it adds to them."""
    lists = question.of_lists
    numbers = []
    for name, label in FIGURE_NAMES.items():
        now, was = getattr(row.figures, name), None if then is None else getattr(then, name)
        query = lists.query_string(**part, figure=name) if now else ""
        query_then = lists.query_string(**part, figure=name, as_of=question.compared_on) if was else ""
        numbers.append(Number(name, str(label), now, query, was, query_then))
    return Line(row.key, row.name, row.figures, numbers, then)


def _changes(question: StatisticsQuestion, **part: str) -> str:
    """The query of the difference statement between the two days; "" where no two are compared."""
    if not question.compare:
        return ""
    return question.of_lists.query_string(**part, before=question.compared_on)


def ranks_of(found: Completion) -> dict[str, int]:
    """The rank of each sub-division by completion rate, best first; equal rates share a rank and the next is skipped.

    Those without problems have none, nor has what lies in the division but in none of its children.
    """
    rates = {row.key: row.figures.completion_rate for row in found.rows if found.is_below(row)}
    rated = {key: rate for key, rate in rates.items() if rate is not None}
    return {key: 1 + sum(other > rate for other in rated.values()) for key, rate in rated.items()}


def months_before(question: Question, user: User, now: Completion) -> list[Completion]:
    """The month ends of the year before the day, and the day itself, which is counted already."""
    moment = question.moment
    first = max(moment.on.replace(year=moment.on.year - 1, day=1), EARLIEST)
    last = moment.on.replace(day=1) - timedelta(days=1)
    if last < first:
        return [now]
    visible = Institution.objects.visible_to(user)
    return [*trend(question.divisions(user), first, last, known_at=moment.known_at, within=visible), now]


def trend_is_quick(question: Question) -> bool:
    """Whether a year of month ends is counted while somebody waits: of the present, or of a county or less."""
    return not question.known_at or len(question.division) >= COUNTY_DIGITS


def days_to_compare(day: date) -> list[tuple[str, date]]:
    """Earlier days that a day is usually compared with."""
    month, year = day.replace(day=1) - timedelta(days=1), date(day.year - 1, 12, 31)
    same = day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
    offered: dict[date, str] = {}
    for label, each in ((_("上月末"), month), (_("上年末"), year), (_("去年同日"), same)):
        if each >= EARLIEST:
            offered.setdefault(each, label)
    return [(label, each) for each, label in offered.items()]


def signed(change: int) -> str:
    """+3, −2 or ±0, as printed."""
    return f"{'+' if change > 0 else '−'}{abs(change)}" if change else "±0"


def points(change: Fraction) -> str:
    """A difference of two rates in percentage points, half-up, two decimals: "+3.21". What is not nothing is not
    printed as nothing."""
    if not change:
        return "±0.00"
    unit = max(1, (2 * abs(change) * 10_000 + 1) // 2)
    return f"{'+' if change > 0 else '−'}{unit // 100}.{unit % 100:02d}"
