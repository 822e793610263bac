"""The monthly report (整改进展情况通报): every sentence is generated from figures, every number opens its list.

Order of such reports: cut-off and headline with its clause for the unlicensed → townships fully done, the best, the
last five → change since the report before → overdue and rebound → problem types → annex table by township.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef

from inspections.drilldown import Drilldown
from inspections.models import Rectification
from inspections.statistics import Completion, Figures, Row, completion, percent
from institutions.models import Institution, InstitutionQuerySet, LicenceStatus
from institutions.moments import Moment
from reports.contradictions import Contradiction, contradictions

WHOLE = {"省": "全省", "市": "全市", "县": "全县", "区": "全区", "镇": "全镇", "乡": "全乡", "街道": "全街道"}
LAST = 5
MOST_TYPES = 5


@dataclass(frozen=True)
class Number:
    """A number in a sentence, with the query that opens the institutions behind it."""

    value: int
    query: str

    def __str__(self) -> str:
        return str(self.value)


Sentence = list[str | Number]


def text_of(sentence: Sentence) -> str:
    return "".join(map(str, sentence))


@dataclass(frozen=True)
class Ranked:
    """A township in the annex with its rank by completion rate; ties share a rank and the next rank is skipped."""

    rank: int | None
    row: Row

    @property
    def rank_printed(self) -> str:
        return "—" if self.rank is None else str(self.rank)


@dataclass(frozen=True)
class MonthlyReport:
    """Everything a monthly report says about a division as of a day, as known at a moment."""

    division: str
    name: str
    moment: Moment
    before: Moment
    total: Figures
    unlicensed: Figures
    total_before: Figures
    townships: list[Row]
    types: list[Row]
    rebounds: list[Institution]
    contradictions: list[Contradiction] = field(default_factory=list)
    known_at: str = ""  # as asked for; empty for a report that knows all there is

    @property
    def title(self) -> str:
        return f"关于{self.name}校外培训机构整改进展情况的通报"

    @property
    def cut_off(self) -> str:
        return chinese_day(self.moment.on)

    @property
    def headline(self) -> Sentence:
        """The reference sentence: surveyed, with problems, rectified, rate, and the clause for the unlicensed."""
        total, none = self.total, self.unlicensed
        sentence: Sentence = [
            f"{whole_of(self.name)}排摸培训机构总数",
            self._number(total.surveyed, figure="surveyed"),
            "所,存在问题的培训机构",
            self._number(total.with_problems, figure="with_problems"),
            "所,已整改培训机构",
            self._number(total.rectified, figure="rectified"),
            f"所,完成率{percent(total.rectified, total.with_problems, 0)}",
        ]
        if none.with_problems:
            of_none = {"licence_status": LicenceStatus.NONE.value}
            sentence += [
                ",其中排摸“无证无照”培训机构",
                self._number(none.with_problems, figure="with_problems", **of_none),
                "所,已整改",
                self._number(none.rectified, figure="rectified", **of_none),
                "所(取缔",
                self._number(none.closed, figure="closed", **of_none),
                "所、整改办理证照",
                self._number(none.licensed, figure="licensed", **of_none),
                "所)",
            ]
        return [*sentence, "。"]

    @cached_property
    def ranking(self) -> list[Ranked]:
        """Townships by completion rate, best first; those without problems come last, without a rank."""
        rated = [row for row in self.townships if row.figures.completion_rate is not None]
        rated.sort(key=lambda row: (-(row.figures.completion_rate or 0), row.key))
        rates = [row.figures.completion_rate for row in rated]
        ranked = [Ranked(rates.index(row.figures.completion_rate) + 1, row) for row in rated]
        return ranked + [Ranked(None, row) for row in self.townships if row.figures.completion_rate is None]

    @property
    def by_township(self) -> list[Sentence]:
        """Fully done, the best of the others, the last five."""
        rated = [each.row for each in self.ranking if each.rank is not None]
        done = [row for row in rated if not row.figures.outstanding]
        others = [row for row in rated if row.figures.outstanding]
        if not rated:
            return [["各乡镇(街道)均未发现存在问题的培训机构。"]]
        sentences: list[Sentence] = []
        if done:
            sentences.append(
                [
                    f"{len(rated)}个存在问题机构的乡镇(街道)中,{len(done)}个已全部整改到位:"
                    f"{'、'.join(row.name for row in done)}。"
                ]
            )
        else:
            sentences.append([f"{len(rated)}个存在问题机构的乡镇(街道)均尚未全部整改到位。"])
        if others:
            best = [row for row in others if row.figures.completion_rate == others[0].figures.completion_rate]
            lowest = others[-LAST:][-1 : -LAST - 1 : -1]
            names = "、".join(f"{row.name}({row.figures.completion_percent})" for row in lowest)
            sentences.append(
                [
                    f"其余乡镇(街道)中,完成率最高的是{'、'.join(row.name for row in best)}"
                    f"({best[0].figures.completion_percent});"
                    f"完成率靠后的是{names}。"
                ]
            )
        return sentences

    @property
    def change(self) -> Sentence:
        """Against the end of the period before: both counts, each with its list, and the net change in words."""
        then, now = self.total_before, self.total
        before = {"as_of": self.before.on.isoformat()}
        return [
            f"上期(截至{chinese_day(self.before.on)})存在问题的培训机构",
            self._number(then.with_problems, figure="with_problems", **before),
            "所、已整改",
            self._number(then.rectified, figure="rectified", **before),
            f"所、完成率{then.completion_percent};本期存在问题的培训机构"
            f"{signed(now.with_problems - then.with_problems)},已整改{signed(now.rectified - then.rectified)}。",
        ]

    @property
    def overdue(self) -> Sentence:
        """Overdue and rebound."""
        return [
            "尚未完成整改的培训机构",
            self._number(self.total.outstanding, figure="outstanding"),
            "所,其中逾期",
            self._number(self.total.overdue, figure="overdue"),
            f"所。本期销号后再次发现问题的{len(self.rebounds)}所。",
        ]

    @property
    def problem_types(self) -> Sentence:
        """The finding types with most institutions; overlaps are possible."""
        if not self.types:
            return ["检查中未登记具体问题类型。"]
        sentence: Sentence = ["问题主要集中在:"]
        for index, row in enumerate(self.types[:MOST_TYPES]):
            sentence += ["、" if index else "", row.name]
            sentence += [self._number(row.figures.with_problems, figure="with_problems", finding_type=row.key), "所"]
        return [*sentence, "(一所机构可有多类问题)。"]

    @property
    def sentences(self) -> list[Sentence]:
        """The narrative, a sentence a paragraph."""
        return [self.headline, *self.by_township, self.change, self.overdue, self.problem_types]

    @property
    def narrative(self) -> str:
        return "\n".join(map(text_of, self.sentences))

    def _number(self, value: int, **asked: str) -> Number:
        query = Drilldown(division=self.division, as_of=self.moment.on.isoformat(), known_at=self.known_at)
        return Number(value, query.query_string(**asked))


def monthly_report(
    division: str,
    moment: Moment,
    *,
    before: date | None = None,
    within: InstitutionQuerySet | None = None,
    known_at: str = "",
) -> MonthlyReport:
    """The report of a division as of a day, as known at a moment, against `before` (default: the month end before).

    `known_at` is the moment as somebody asked for it, for the links; empty when nobody did.
    `within` narrows the population (pass `Institution.objects.visible_to(user)`). Raises UnknownDivision.
    """
    before_on = before or moment.on.replace(day=1) - timedelta(days=1)
    earlier = Moment(before_on, moment.known_at)
    by_township = completion(division, moment, by="division", within=within)
    by_licence = completion(division, moment, by="licence_status", within=within)
    types = completion(division, moment, by="finding_type", within=within).rows
    population = (Institution.objects.all() if within is None else within).in_division(division)
    return MonthlyReport(
        division=division,
        name=by_township.name,
        moment=moment,
        before=earlier,
        total=by_township.total,
        unlicensed=_of(by_licence, LicenceStatus.NONE),
        total_before=completion(division, earlier, within=within).total,
        townships=[row for row in by_township.rows if row.figures.surveyed],
        types=sorted(types, key=lambda row: (-row.figures.with_problems, row.key)),
        rebounds=list(rebounds(population, moment, before_on)),
        contradictions=contradictions(population, moment, before_on),
        known_at=known_at,
    )


def rebounds(within: InstitutionQuerySet, moment: Moment, since: date) -> InstitutionQuerySet:
    """反弹: surveyed institutions with a round ordered after `since` that follows one verified before it."""
    earlier = Rectification.objects.verified_at(moment).filter(
        institution=OuterRef("institution"), verified_on__lte=OuterRef("ordered_on"), round_no__lt=OuterRef("round_no")
    )
    again = Rectification.objects.counted_at(moment).filter(
        Exists(earlier), institution=OuterRef("pk"), ordered_on__gt=since
    )
    return within.surveyed_at(moment).filter(Exists(again)).order_by("scope_code", "name")


def _of(partition: Completion, key: str) -> Figures:
    return next((row.figures for row in partition.rows if row.key == key), Figures())


def whole_of(name: str) -> str:
    """乐清市 -> 全市; the word of the division's own level."""
    return next((word for ending, word in WHOLE.items() if name.endswith(ending)), "全域")


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def signed(change: int) -> str:
    """增加3所, 减少2所 or 持平."""
    if not change:
        return "持平"
    return f"{'增加' if change > 0 else '减少'}{abs(change)}所"
