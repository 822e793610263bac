"""The sentences of the monthly report, each made from figures.

A report is an official Chinese document: its text is Chinese whatever the language of the page around it. The
punctuation is that of the reference report of 2018.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from inspections.statistics import Figures, percent
from institutions.models import LicenceStatus
from reports.figures import ReportFigures, Township
from reports.sentences import Links, Part, Section, Sentence

LAST, MOST_FREQUENT = 5, 5
OUTCOMES = {"closed": "取缔", "licensed": "整改办理证照", "corrected": "整改完成"}
CHILDREN = {2: "市(地)", 4: "县(市、区)", 6: "乡镇(街道)", 9: "村(社区)"}
WHOLES = ("街道", "社区", "省", "市", "区", "县", "旗", "镇", "乡", "村")


def sections(figures: ReportFigures, links: Links) -> tuple[Section, ...]:
    """The whole narrative in the order of such reports."""
    parts = [
        ("总体情况", _overview(figures, links)),
        (f"各{children_name(figures.division)}进展情况", _townships(figures, links)),
        ("较上期变化情况", _change(figures, links)),
        ("逾期和反弹情况", _overdue(figures, links)),
        ("主要问题类型", _finding_types(figures, links)),
    ]
    with_text = [(heading, sentences) for heading, sentences in parts if sentences]
    return tuple(
        Section(f"{numeral}、{heading}", tuple(Sentence(tuple(parts)) for parts in sentences))
        for numeral, (heading, sentences) in zip("一二三四五", with_text, strict=False)
    )


def day(on: date) -> str:
    """2018年12月31日."""
    return f"{on.year}年{on.month}月{on.day}日"


def whole_of(name: str) -> str:
    """全市 for a city, 全县 for a county: the word for everything in the division."""
    return next((f"全{ending}" for ending in WHOLES if name.endswith(ending)), "全辖区")


def children_name(division: str) -> str:
    """What the child divisions are called: 乡镇(街道) for a county."""
    return CHILDREN.get(len(division), "下级区划")


# --- 一、总体情况


def _overview(figures: ReportFigures, links: Links) -> list[list[Part]]:
    cut_off: list[Part] = [f"本期数据截至{day(figures.period.moment.on)}。"]
    return [cut_off, _headline(figures, links)]


def _headline(figures: ReportFigures, links: Links) -> list[Part]:
    """The reference sentence. Its rate is in whole percent; "—" when nothing has problems."""
    total = figures.total
    parts: list[Part] = [f"{whole_of(figures.name)}排摸培训机构总数", links.institutions(total.surveyed, figure="surveyed")]
    parts += ["所,存在问题的培训机构", links.institutions(total.with_problems, figure="with_problems"), "所"]
    if total.with_problems:
        parts += [",已整改培训机构", links.institutions(total.rectified, figure="rectified"), "所"]
    parts += [",完成率", links.statistics(percent(total.rectified, total.with_problems, 0))]
    return [*parts, *_unlicensed(figures.unlicensed, links), "。"]


def _unlicensed(unlicensed: Figures, links: Links) -> list[Part]:
    """The 其中 clause; nothing when no unlicensed institution was found."""
    status = str(LicenceStatus.NONE.value)
    if not unlicensed.surveyed:
        return []
    found = links.institutions(unlicensed.surveyed, figure="surveyed", licence_status=status)
    rectified = links.institutions(unlicensed.rectified, figure="rectified", licence_status=status)
    parts: list[Part] = [",其中排摸“无证无照”培训机构", found, "所,已整改", rectified, "所"]
    outcomes = [
        [name, links.institutions(getattr(unlicensed, figure), figure=figure, licence_status=status), "所"]
        for figure, name in OUTCOMES.items()
        if getattr(unlicensed, figure)
    ]
    return [*parts, "(", *_listed(outcomes), ")"] if outcomes else parts


# --- 二、各乡镇(街道)进展情况


def _townships(figures: ReportFigures, links: Links) -> list[list[Part]]:
    if not figures.placed:
        return []
    kind, ranked = children_name(figures.division), figures.ranked
    if not ranked:
        return [[f"各{kind}均未发现存在问题的培训机构。"]]
    done = [township for township in ranked if township.done]
    rest = [township for township in ranked if not township.done]
    best = [township for township in rest if township.rank == rest[0].rank]
    return [_done(figures, done, links), *_best(best, bool(done), kind, links), *_last(rest[len(best) :], kind, links)]


def _done(figures: ReportFigures, done: Sequence[Township], links: Links) -> list[Part]:
    kind, ranked = children_name(figures.division), figures.ranked
    parts: list[Part] = [
        f"{whole_of(figures.name)}", links.statistics(len(figures.placed)), f"个{kind}中,存在问题的",
        links.statistics(len(ranked)), "个,",
    ]  # fmt: skip
    if not done:
        return [*parts, "尚无全部完成整改的。"]
    names = [[t.name, links.institutions(t.figures.rectified, division=t.code, figure="rectified"), "所"] for t in done]
    return [*parts, "已全部完成整改的", links.statistics(len(done)), "个:", *_listed(names), "。"]


def _best(best: Sequence[Township], others_are_done: bool, kind: str, links: Links) -> list[list[Part]]:
    """The highest rate short of 100%; nothing when every township is done."""
    if not best:
        return []
    among = f"其余{kind}中,完成率最高的是" if others_are_done else f"{kind}完成率最高的是"
    return [[among, *_with_rates(best, best, links), "。"]]


def _last(others: Sequence[Township], kind: str, links: Links) -> list[list[Part]]:
    """The last five and whoever shares the rank of the fifth from the end, in the order of their ranks."""
    if not others:
        return []
    first_rank = others[-LAST:][0].rank or 0
    last = [township for township in others if (township.rank or 0) >= first_rank]
    rates = _with_rates(last, others, links)
    return [[f"完成率靠后的{len(last)}个{kind}依次为", *rates, "。"]]


def _with_rates(shown: Sequence[Township], among: Sequence[Township], links: Links) -> list[Part]:
    """柳市镇(92.46%,第22位)、…; a shared rank is said to be shared."""
    ranks = [township.rank for township in among]
    return _listed(
        [
            f"{township.name}(",
            links.institutions(township.figures.completion_percent, division=township.code, figure="with_problems"),
            f",{'并列' if ranks.count(township.rank) > 1 else ''}第{township.rank}位)",
        ]
        for township in shown
    )


# --- 三、较上期变化情况


def _change(figures: ReportFigures, links: Links) -> list[list[Part]]:
    def changed(name: str) -> Part:
        return links.listed(figures.changes[name], name)

    parts: list[Part] = [f"与上期(截至{day(figures.period.previous.on)})相比,新增排摸", changed("newly_surveyed")]
    parts += ["所,新发现存在问题", changed("newly_with_problems"), "所,新完成整改", changed("newly_rectified"), "所"]
    if figures.changes["fallen_back"]:
        parts += [",由已整改转为未完成", changed("fallen_back"), "所"]
    return [[*parts, _rate_change(figures), "。"]]


def _rate_change(figures: ReportFigures) -> str:
    """Rates with two decimals; the difference in percentage points, from the exact rates, rounded half-up."""
    before, now = figures.previous.completion_rate, figures.total.completion_rate
    was, is_now = figures.previous.completion_percent, figures.total.completion_percent
    if before is None or now is None:
        return f";完成率上期为{was},本期为{is_now}"
    if before == now:
        return f";完成率为{is_now},与上期持平"
    verb = "上升" if now > before else "下降"
    return f";完成率由{was}{verb}到{is_now},{verb}{_points(abs(now - before))}个百分点"


def _points(difference: Fraction) -> str:
    """A difference of rates in percentage points: Fraction(1, 40) -> "2.50"; never 0.00 when there is one."""
    return percent(difference.numerator, difference.denominator).removesuffix("%")


# --- 四、逾期和反弹情况 · 五、主要问题类型


def _overdue(figures: ReportFigures, links: Links) -> list[list[Part]]:
    total, period = figures.total, figures.period
    span = f"本期({day(period.first_day)}至{day(period.moment.on)})"
    if total.outstanding:
        left: list[Part] = ["尚未完成整改的培训机构", links.institutions(total.outstanding, figure="outstanding"), "所"]
        left += [",其中已逾期", links.institutions(total.overdue, figure="overdue"), "所。"]
    else:
        left = ["存在问题的培训机构已全部完成整改。" if total.with_problems else "没有待整改的培训机构。"]
    again = figures.changes["rebound"]
    if not again:
        return [left, [f"{span}未发现死灰复燃(反弹)的培训机构。"]]
    return [left, [f"{span}发现死灰复燃(反弹)的培训机构", links.listed(again, "rebound"), "所,均已重新责令整改。"]]


def _finding_types(figures: ReportFigures, links: Links) -> list[list[Part]]:
    """The five most frequent and whatever is as frequent as the fifth."""
    found = figures.finding_types
    if not found:
        return [["尚未登记存在问题的类型。"]]
    least = found[:MOST_FREQUENT][-1].figures.with_problems
    named = _listed(
        [
            f"{row.name}",
            links.institutions(row.figures.with_problems, finding_type=row.key, figure="with_problems"),
            "所(已整改",
            links.institutions(row.figures.rectified, finding_type=row.key, figure="rectified"),
            "所)",
        ]
        for row in found
        if row.figures.with_problems >= least
    )
    return [["涉及培训机构较多的问题依次为:", *named, "。同一机构可有多类问题,各类不可相加。"]]


def _listed(items: Iterable[Sequence[Part]]) -> list[Part]:
    """Items joined with 、."""
    parts: list[Part] = []
    for item in items:
        parts += ["、", *item] if parts else item
    return parts
