"""Figures that somebody has printed, checked against each other: a rate that does not follow from its counts, parts
that are more than their whole. For reports of others: bulletins, what counties hand in."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from figures.statistics import FIGURE_NAMES, percent

NOT_MORE_THAN = [
    ("surveyed", ("with_problems",)),
    ("with_problems", ("rectified", "outstanding")),
    ("rectified", ("closed", "licensed", "corrected")),
    ("outstanding", ("overdue",)),
]  # a whole and what lies in it, each in no other
WHOLE = {("rectified", "outstanding"), ("closed", "licensed", "corrected")}  # and nothing else does, where all are told


class Doubt(NamedTuple):
    """What does not fit: `code` rate, whole or more, the figure it is about, and a sentence."""

    code: str
    figure: str
    says: str


def rate_doubt(part: int, whole: int, printed: str) -> Doubt | None:
    """None where the rate follows from its counts: "38.40%" for 104711 of 272671, at as many decimals as are printed,
    the trailing zero kept. Half-up; a rate below one is never 100%."""
    digits = printed.strip().removesuffix("%").removesuffix("％")
    decimals = len(digits.partition(".")[2])
    follows = percent(part, whole, decimals)
    if follows == f"{digits}%":
        return None
    said = {"printed": printed, "part": part, "whole": whole, "follows": follows}
    return Doubt("rate", "completion_rate", _("印的是 %(printed)s，而 %(part)s ÷ %(whole)s 是 %(follows)s。") % said)


def doubts(counts: Mapping[str, int], printed_rate: str = "") -> list[Doubt]:
    """Everything that does not fit among the figures of one population; what is not told is not checked."""
    found = [each for whole, parts in NOT_MORE_THAN for each in _of_whole(counts, whole, parts)]
    if printed_rate and {"rectified", "with_problems"} <= counts.keys():
        found += filter(None, [rate_doubt(counts["rectified"], counts["with_problems"], printed_rate)])
    return found


def parts_doubt(whole: int, parts: Mapping[str, int], figure: str) -> Doubt | None:
    """Whether the parts of a partition (licence status, divisions below) add up to the whole."""
    total = sum(parts.values())
    if total == whole:
        return None
    said = {"figure": FIGURE_NAMES[figure], "whole": whole, "total": total}
    return Doubt("whole", figure, _("“%(figure)s”是 %(whole)s，各部分之和是 %(total)s。") % said)


def _of_whole(counts: Mapping[str, int], whole: str, parts: tuple[str, ...]) -> list[Doubt]:
    told = {part: counts[part] for part in parts if part in counts}
    if whole not in counts or not told:
        return []
    if parts in WHOLE and len(told) == len(parts):
        return [each for each in [parts_doubt(counts[whole], told, whole)] if each]
    total = sum(told.values())
    if total <= counts[whole]:
        return []
    said = {"figure": FIGURE_NAMES[whole], "whole": counts[whole], "total": total}
    return [Doubt("more", whole, _("“%(figure)s”是 %(whole)s，其中却有 %(total)s。") % said)]
