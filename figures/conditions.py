"""A question of the drill-down grammar in words: what a list was asked for, each condition with the way without it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.errors import enumerated
from figures.places import ALL
from figures.questions import Question, listed
from figures.statistics import FIGURE_NAMES
from figures.unseen import CLEAR_OR_UNSEEN, Status
from inspections.models import Oddity, Outcome
from institutions.models import Division, LicenceStatus

LABELS = {
    "division": _("辖区"),
    "as_of": _("截至日期"),
    "known_at": _("以何时所知为准"),
    "compare": _("对比日期"),
    "figure": _("统计指标"),
    "standing": _("状态"),
    "licence_status": _("排摸时证照情况"),
    "licence_now": _("截至日证照情况"),
    "outcome": _("整改结果"),
    "finding_type": _("问题"),
    "located": _("位置"),
    "unvisited": _("最近检查"),
    "q": _("查找"),
    "state": _("台账视图"),
    "oddity": _("疑点"),
    "inspector": _("责令或检查人员"),
    "due_from": _("期限自"),
    "due_to": _("期限至"),
}
SURVEYED_AS = dict(LicenceStatus.choices) | {"not_full": _("证照不全（后三种）")}
STATUSES = dict(Status.choices) | {CLEAR_OR_UNSEEN: _("未发现问题或未检查")}
LOCATED = {"yes": _("已定位"), "no": _("未定位")}
UNVISITED = {
    "30": _("30 天内没有"),
    "90": _("90 天内没有"),
    "180": _("180 天内没有"),
    "365": _("365 天内没有"),
    "ever": _("从未检查"),
}


@dataclass(frozen=True)
class Condition:
    """One thing asked for; `without` is the query string of the same question without it."""

    label: str
    value: str
    without: str


def in_words(
    question: Question, findings: Mapping[str, str], beside: Collection[str] = ("division", "as_of")
) -> list[Condition]:
    """Every condition `beside` those that the page says otherwise, in the order of LABELS; `findings` names the
    catalogue by its codes."""
    names: dict[str, Mapping[str, object]] = {
        "figure": FIGURE_NAMES,
        "standing": STATUSES,
        "licence_status": SURVEYED_AS,
        "licence_now": dict(LicenceStatus.choices),
        "outcome": dict(Outcome.choices),
        "finding_type": findings,
        "located": LOCATED,
        "oddity": {"any": _("有疑点"), **dict(Oddity.Kind.choices)},
        "unvisited": UNVISITED,
    }
    return [
        Condition(str(label), _said(names.get(name, {}), given), question.query_string(**{name: ""}))
        for name, label in LABELS.items()
        if name not in beside and (given := getattr(question, name, ""))
    ]


def _said(names: Mapping[str, object], given: str) -> str:
    """What was asked for by its names, each of a list; as it was given where it has none."""
    return enumerated(names.get(each, each) for each in listed(given)) if names else given


def statuses_to_choose(question: Question) -> list[tuple[str, object]]:
    """What a form offers as `standing`: each Status, and first what is asked for where that is another or several."""
    asked: str = getattr(question, "standing", "")
    each_one: list[tuple[str, object]] = [(str(value), label) for value, label in Status.choices]
    return each_one if not asked or asked in Status.values else [(asked, _said(STATUSES, asked)), *each_one]


def named(question: Question, divisions: Iterable[Division]) -> str:
    """What the division asked about is called, among those on offer; its code for one that is not."""
    if question.division == ALL:
        return gettext("全部辖区")
    return next((each.name for each in divisions if each.code == question.division), question.division)
