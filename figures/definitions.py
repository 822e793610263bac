"""What each figure is, in a sentence, as it stands beside the figures on pages and in what leaves as a table.

The sentences are those of docs/statistics.md; DEFINITIONS_VERSION of figures/statistics.py names their edition.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from figures.statistics import FIGURE_NAMES

BY_OUTCOME = _("已整改的机构，按最后一轮销号的结果")


@dataclass(frozen=True)
class Definition:
    """Of a figure, by its name in FIGURES, or of what is made of figures."""

    name: str
    label: str | Promise
    text: str | Promise


DEFINITIONS = [
    *(
        Definition(name, FIGURE_NAMES[name], text)
        for name, text in {
            "surveyed": _("截至日（含）前已排摸的机构；已合并的重复机构和撤销的登记不计"),
            "with_problems": _("其中至少有一轮整改在截至日（含）前责令的机构；作废的不计"),
            "rectified": _("存在问题的机构中，截至日没有未销号整改的"),
            "outstanding": _("存在问题减已整改；已提交、待核验的仍算未完成"),
            "overdue": _("未完成的机构中，有整改期限早于截至日的；当天到期不算逾期"),
            "closed": BY_OUTCOME,
            "licensed": BY_OUTCOME,
            "corrected": BY_OUTCOME,
        }.items()
    ),
    Definition("completion_rate", _("整改完成率"), _("已整改 ÷ 存在问题，不是 ÷ 排摸总数；四舍五入到两位小数")),
    Definition("done", _("全部整改到位"), _("有存在问题的机构，且都已整改的下级区划")),
    Definition("rank", _("名次"), _("按完成率从高到低；完成率相同的名次相同，其后的名次跳过；没有存在问题的不排名")),
    Definition(
        "findings", _("按问题类型"), _("截至日（含）前的检查中发现过这类问题的机构；一家可有多类，各行不可相加")
    ),
    Definition(
        "change", _("变化"), _("截至日减对比日，都以同一时刻所知为准；完成率的变化以未舍入的数相减，单位百分点")
    ),
]
