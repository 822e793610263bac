"""The monthly report (整改进展情况通报): every sentence is generated from figures, every number opens its list.

Order of such reports: cut-off and headline with its clause for the unlicensed → townships fully done, the best, the
last five → change since the report before → overdue and rebound → problem types → annex table by township.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import BooleanField, Case, Exists, OuterRef, When
from django.urls import reverse
from django.utils import translation

from figures.drilldown import Drilldown
from figures.statistics import (
    Completion,
    Figures,
    Row,
    completion,
    partitions,
    percent,
    population,
)
from inspections.models import Rectification
from institutions.models import Demonstration, Division, InstitutionQuerySet, LicenceStatus, of_each
from institutions.moments import EARLIEST, Moment
from institutions.past import Listed, as_listed
from institutions.sql_once import as_of
from reports.contradictions import SHOWN, Contradiction, contradictions, may_have

WHOLE = {"省": "全省", "市": "全市", "县": "全县", "区": "全区", "镇": "全镇", "乡": "全乡", "街道": "全街道"}
CHILDREN = {2: "市（地）", 4: "县（市、区）", 6: "乡镇（街道）", 9: "村（社区）"}
LAST = 5
MOST_TYPES = 5
ANNEX, REBOUNDS = "annex", "rebounds"  # anchors of the report's page
RATED, DONE, LEFT = "townships.with_problems", "townships.done", "townships.outstanding"  # keys of figures
WHOLE_PERCENT = "completion_percent.whole"


@dataclass(frozen=True)
class Number:
    """A number or a printed rate in a sentence, with the query that opens the institutions behind it.

    What no query gives has the `anchor` of its list on the report's own page instead; a list that is not one of
    institutions as they stand is at `path`. `figure` is the key of the figure that it says (`figures_of`).
    """

    value: int | str
    query: str
    anchor: str = ""
    figure: str = ""
    path: str = ""

    def __str__(self) -> str:
        return str(self.value)


Sentence = list[str | Number]


def text_of(sentence: Sentence) -> str:
    return "".join(map(str, sentence))


@dataclass(frozen=True)
class Ranked:
    """A township in the annex with its rank by completion rate; ties share a rank and the next rank is skipped.

    Not `placed`: what lies in the division but in none of its children. It is counted, but has no rank and no page.
    """

    rank: int | None
    row: Row
    placed: bool = True

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
    children: frozenset[str]
    by_licence: list[Row]
    types: list[Row]
    rebounds: list[Listed]
    population: InstitutionQuerySet
    within: InstitutionQuerySet | None = None
    contradictions: list[Contradiction] = field(default_factory=list)
    known_at: str = ""  # as asked for; empty for a report that knows all there is
    synthetic: bool = False  # made from the demonstration, which the report then says

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
            "所,完成率",
            self._rate(total, WHOLE_PERCENT, self.whole_percent),
        ]
        if none.surveyed:
            of_none = {"licence_status": LicenceStatus.NONE.value}
            sentence += [
                ",其中排摸“无证无照”培训机构",
                self._number(none.surveyed, figure="surveyed", **of_none),
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
        placed = [row for row in self.townships if row.key in self.children]
        rated = [row for row in placed if row.figures.completion_rate is not None]
        rated.sort(key=lambda row: (-(row.figures.completion_rate or 0), row.key))
        rates = [row.figures.completion_rate for row in rated]
        ranked = [Ranked(rates.index(row.figures.completion_rate) + 1, row) for row in rated]
        unrated = [Ranked(None, row) for row in placed if row.figures.completion_rate is None]
        return ranked + unrated + [Ranked(None, row, False) for row in self.townships if row.key not in self.children]

    @property
    def children_name(self) -> str:
        """What the child divisions are called: 乡镇（街道） in a county."""
        return CHILDREN.get(len(self.division), "下级区划")

    @property
    def by_township(self) -> list[Sentence]:
        """Fully done, the best of the others, the last five; nothing where the division has no children."""
        if not self.children:
            return []
        rated = [each for each in self.ranking if each.rank is not None]
        if not rated:
            return [[f"各{self.children_name}均尚无责令整改的培训机构。"]]
        if len(rated) == 1:
            return [self._only(rated[0])]
        done = [each for each in rated if not each.row.figures.outstanding]
        others = [each for each in rated if each.row.figures.outstanding]
        sentences = [self._done(len(rated), done)]
        return [*sentences, self._others(others, done)] if others else sentences

    def _only(self, one: Ranked) -> Sentence:
        """The one division below that has problems at all: it has no rank among others."""
        figures, key = one.row.figures, one.row.key
        sentence: Sentence = [
            f"存在问题机构的{self.children_name}只有",
            Number(1, "", ANNEX, RATED),
            f"个：{one.row.name}，",
        ]
        if figures.outstanding:
            rate = self._rate(figures, division=key)
            return [*sentence, "尚未全部整改到位，完成率", rate, "。"]
        return [
            *sentence,
            "已全部整改到位（",
            self._number(figures.rectified, division=key, figure="rectified"),
            "所）。",
        ]

    def _others(self, others: list[Ranked], done: list[Ranked]) -> Sentence:
        """Those not fully done: the best and the last of them, where they differ."""
        best = [each for each in others if each.rank == others[0].rank]
        if len(best) == len(others):
            if not done:
                return ["完成率相同：", *self._with_rates(best), "。"]
            rest: Sentence = ["其余", Number(len(others), "", ANNEX, LEFT), f"个{self.children_name}尚未全部整改到位"]
            return [*rest, "，完成率相同：" if len(others) > 1 else "：", *self._with_rates(best), "。"]
        among = f"其余{self.children_name}中，完成率最高的是" if done else "完成率最高的是"
        return [among, *self._with_rates(best), *self._last(others[len(best) :]), "。"]

    def _done(self, rated: int, done: list[Ranked]) -> Sentence:
        sentence: Sentence = [Number(rated, "", ANNEX, RATED), f"个存在问题机构的{self.children_name}"]
        if not done:
            return [*sentence, "均尚未全部整改到位。"]
        if len(done) == rated:
            sentence += ["均已全部整改到位："]
        else:
            sentence += ["中，", Number(len(done), "", ANNEX, DONE), "个已全部整改到位："]
        for index, each in enumerate(done):
            rectified = self._number(each.row.figures.rectified, division=each.row.key, figure="rectified")
            sentence += ["、" if index else "", each.row.name, rectified, "所"]
        return [*sentence, "。"]

    def _last(self, others: list[Ranked]) -> Sentence:
        """The last five by rank, and whoever shares the rank of the first of these."""
        if not others:
            return []
        first = others[-LAST:][0].rank or 0
        last = [each for each in others if (each.rank or 0) >= first]
        listed = f"{len(last)}个{self.children_name}依次为" if len(last) > 1 else f"{self.children_name}为"
        return [f"；完成率靠后的{listed}", *self._with_rates(last)]

    def _with_rates(self, listed: list[Ranked]) -> Sentence:
        """柳市镇（92.46%，第22位）、…; a shared rank is said to be shared."""
        ranks = [each.rank for each in self.ranking]
        sentence: Sentence = []
        for index, each in enumerate(listed):
            rate = self._rate(each.row.figures, division=each.row.key)
            shared = "并列" if ranks.count(each.rank) > 1 else ""
            sentence += ["、" if index else "", f"{each.row.name}（", rate, f"，{shared}第{each.rank}位）"]
        return sentence

    @property
    def change(self) -> Sentence:
        """Against the end of the period before: both counts, each with its list, and the net change in words."""
        then = self.total_before
        before = {"as_of": self.before.on.isoformat()}
        return [
            f"上期（截至{chinese_day(self.before.on)}）存在问题的培训机构",
            self._number(then.with_problems, figure="with_problems", **before),
            "所、已整改",
            self._number(then.rectified, figure="rectified", **before),
            "所、完成率",
            self._rate(then, **before),
            "；本期排摸总数",
            self._changed("surveyed"),
            "，存在问题的培训机构",
            self._changed("with_problems"),
            "，已整改",
            self._changed("rectified"),
            "，完成率",
            self._rate(self.total),
            "。",
        ]

    @property
    def overdue(self) -> Sentence:
        """Overdue and rebound."""
        return [
            "尚未完成整改的培训机构",
            self._number(self.total.outstanding, figure="outstanding"),
            "所，其中逾期",
            self._number(self.total.overdue, figure="overdue"),
            "所。本期销号后再次发现问题（反弹）的培训机构",
            Number(len(self.rebounds), "", REBOUNDS, REBOUNDS),
            "所。",
        ]

    @property
    def problem_types(self) -> Sentence:
        """The finding types with most institutions; overlaps are possible."""
        if not self.types:
            return ["尚无责令整改的问题。" if not self.total.with_problems else "检查中未登记具体问题类型。"]
        sentence: Sentence = ["问题主要集中在："]
        for index, row in enumerate(self.types[:MOST_TYPES]):
            sentence += ["、" if index else "", row.name]
            sentence += [self._number(row.figures.with_problems, figure="with_problems", finding_type=row.key), "所"]
        return [*sentence, "（一所机构可有多类问题）。"]

    @property
    def sentences(self) -> list[Sentence]:
        """The narrative, a sentence a paragraph."""
        return [self.headline, *self.by_township, self.change, self.overdue, self.problem_types]

    @property
    def narrative(self) -> str:
        return "\n".join(map(text_of, self.sentences))

    @property
    def whole_percent(self) -> str:
        """The completion rate in whole percent, as the headline prints it."""
        return percent(self.total.rectified, self.total.with_problems, 0)

    def _number(self, value: int | str, key: str = "", **asked: str) -> Number:
        query = Drilldown(division=self.division, as_of=self.moment.on.isoformat(), known_at=self.known_at)
        return Number(value, query.query_string(**asked), figure=key or self._key(**asked))

    def _rate(self, figures: Figures, key: str = "", printed: str = "", **asked: str) -> Number:
        """A printed rate, which opens what it was worked out from; "—" opens nothing."""
        key, printed = key or self._key(**asked, figure="completion_percent"), printed or figures.completion_percent
        number = self._number(printed, key, **asked, figure="with_problems")
        return number if figures.with_problems else replace(number, query="")

    def _changed(self, figure: str) -> Number:
        """增加3所: a figure against that of the report before; the difference statement lists those that came into it
        and those that left it."""
        change = getattr(self.total, figure) - getattr(self.total_before, figure)
        days = self.moment.on.isoformat(), self.before.on.isoformat()
        query = difference_query(self.division, *days, self.known_at, figure)
        return Number(signed(change), query, figure=f"change.{figure}", path=reverse("difference"))

    def _key(
        self, figure: str, division: str = "", licence_status: str = "", finding_type: str = "", as_of: str = ""
    ) -> str:
        part = division or licence_status or (finding_type and f"type.{finding_type}") or (as_of and "before")
        return f"{part}.{figure}" if part else figure


def monthly_report(
    division: str,
    moment: Moment,
    *,
    before: date | None = None,
    within: InstitutionQuerySet | None = None,
    known_at: str = "",
    listed: int = SHOWN,
) -> MonthlyReport:
    """The report of a division as of a day, as known at a moment, against `before` (default: the month end before);
    with so many institutions of each contradiction.

    `known_at` is the moment as somebody asked for it, for the links; empty when nobody did.
    `within` narrows the population (pass `Institution.objects.visible_to(user)`). Raises UnknownDivision.
    """
    before_on = before or moment.on.replace(day=1) - timedelta(days=1)
    earlier = Moment(before_on, moment.known_at)
    with translation.override("zh-hans"):  # an official Chinese document, whatever the language of the page around it
        completion_by = partitions(division, moment, within=within)
    by_township, by_licence = completion_by["division"], completion_by["licence_status"]
    counted = population(division, moment, within)
    return MonthlyReport(
        division=division,
        name=by_township.name,
        moment=moment,
        before=earlier,
        total=by_township.total,
        unlicensed=_of(by_licence, LicenceStatus.NONE),
        total_before=completion(division, earlier, within=within).total,
        townships=[row for row in by_township.rows if row.figures.surveyed],
        children=frozenset(Division.objects.children_of(division).values_list("code", flat=True)),
        by_licence=by_licence.rows,
        types=_finding_types(completion_by["finding_type"]),
        rebounds=as_listed(rebounds(counted, moment, before_on, division), moment),
        population=counted,
        within=within,
        contradictions=contradictions(division, moment, before_on, within=within, shown=listed),
        known_at=known_at,
        synthetic=Demonstration.objects.exists(),
    )


def _finding_types(found: Completion) -> list[Row]:
    """Types found in institutions with problems, that of most institutions first."""
    rows = [row for row in found.rows if row.figures.with_problems]
    return sorted(rows, key=lambda row: (-row.figures.with_problems, row.key))


def rebounds(within: InstitutionQuerySet, moment: Moment, since: date, division: str) -> InstitutionQuerySet:
    """反弹: surveyed institutions of a division with a round ordered after `since` that follows one verified before it.

    A round that follows another of its institution is no first one: few are.
    """
    second = may_have(Rectification.objects.filter(ordered_on__gt=since, round_no__gt=1), division)
    return within.filter(second).surveyed_at(moment).filter(_rebounded(moment, since)).in_list_order(moment)


@as_of(BooleanField())
def _rebounded(moment: Moment, since: date) -> Case:
    verified, counted = Rectification.objects.verified_at(moment), Rectification.objects.counted_at(moment)
    before = verified.filter(verified_on__lte=OuterRef("ordered_on")).exclude(pk=OuterRef("pk"))
    own = before.filter(institution=OuterRef("institution"), round_no__lt=OuterRef("round_no"))
    again = counted.filter(ordered_on__gt=since)
    # Of an institution in which others are merged the round before may be theirs.
    theirs = of_each(before, moment, OuterRef(OuterRef(OuterRef("pk"))))
    return Case(
        When(has_merges=True, then=Exists(of_each(again.filter(Exists(theirs)), moment))),
        default=Exists(again.filter(Exists(own), institution=OuterRef("pk"))),
    )


def _of(partition: Completion, key: str) -> Figures:
    return next((row.figures for row in partition.rows if row.key == key), Figures())


def whole_of(name: str) -> str:
    """乐清市 -> 全市; the word of the division's own level."""
    return next((word for ending, word in WHOLE.items() if name.endswith(ending)), "全域")


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def difference_query(division: str, as_of: str, before: str, known_at: str, figure: str) -> str:
    """What the difference statement is asked for a figure of two days."""
    asked = {"division": division, "as_of": as_of, "known_at": known_at}
    if before >= EARLIEST.isoformat():  # else the page takes it by itself, and no question may name it
        asked["before"] = before
    return urlencode({name: value for name, value in asked.items() if value} | {"figure": figure})


def signed(change: int) -> str:
    """增加3所, 减少2所 or 持平."""
    if not change:
        return "持平"
    return f"{'增加' if change > 0 else '减少'}{abs(change)}所"
