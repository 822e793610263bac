"""Which cell of a form is filled with what: plain data, kept by value; and whether a form still is as it was bound."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Invalid, Refusal, enumerated
from institutions.imports.reading.frames import Place, Refused
from reports.superior.grid import Grid, as_compared
from reports.superior.sheet_xml import address, place_of
from reports.superior.workbook import LIMITS, Form

FORM = 1
MOST_BOUND = 2_000
AS = ("", "fraction", "points", "printed")  # how a rate is written; "" as the cell's number format says


class FormChanged(Refusal):
    """A bound cell of the form is gone, or something else stands beside it: nothing is filled."""

    code = "form_changed"


@dataclass(frozen=True)
class Bound:
    """A cell and its figure, with the words that stood above and to the left when it was bound."""

    sheet: str
    cell: str
    key: str
    written_as: str = ""
    above: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return place_of(self.cell)

    @property
    def where(self) -> str:
        return f"{self.sheet}!{self.cell}"


def content_of(bound: Iterable[Bound]) -> dict[str, Any]:
    """As it is kept."""
    listed = sorted(bound, key=lambda each: (each.sheet, each.place))
    return {"form": FORM, "cells": [asdict(each) for each in listed]}


def bound_in(content: Mapping[str, Any]) -> list[Bound]:
    return [Bound(**each) for each in content["cells"]]


def asked(given: Any, form: Form, keys: Iterable[str]) -> list[Bound]:
    """What somebody asks to be bound (a list of {sheet, cell, key, written_as}), with the words beside each cell.

    Raises Invalid with a sentence for every cell that cannot be filled.
    """
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise Invalid({"cells": [_("没有收到要绑定的单元格。")]})
    if not given:
        raise Invalid({"cells": [_("还没有绑定任何单元格。请先点一个单元格，选一个指标。")]})
    if len(given) > MOST_BOUND:
        raise Invalid({"cells": [_("一份报表最多绑定 %(most)s 个单元格。") % {"most": MOST_BOUND}]})
    known, wanted, by_sheet = set(keys), [_wanted(each) for each in given], _by_sheet(form)
    reasons = [reason for each in wanted if (reason := _unbindable(each, by_sheet, known))]
    twice = [where for where, count in Counter((each.sheet, each.cell) for each in wanted).items() if count > 1]
    reasons += [_("%(where)s 绑定了两次。") % {"where": "!".join(where)} for where in twice]
    if reasons:
        raise Invalid({"cells": reasons})
    return with_words(wanted, form)


def _wanted(given: Mapping[str, Any]) -> Bound:
    said = {name: given.get(name, "") for name in ("sheet", "cell", "key", "written_as")}
    if not all(isinstance(value, str) and len(value) <= 100 for value in said.values()):
        raise Invalid({"cells": [_("没有收到要绑定的单元格。")]})
    return Bound(said["sheet"], said["cell"].strip().upper().replace("$", ""), said["key"], said["written_as"])


def _unbindable(each: Bound, by_sheet: Mapping[str, Grid], known: set[str]) -> str:
    """Why this cannot be bound; "" where it can."""
    if each.key not in known or each.written_as not in AS:
        return _("%(where)s：没有“%(key)s”这个指标。") % {"where": each.where, "key": each.key}
    return _not_fillable(each, by_sheet)


def _by_sheet(form: Form, bound: Iterable[Bound] = ()) -> dict[str, Grid]:
    places = _places(bound)
    return {sheet.name: Grid(form, sheet, places.get(sheet.name, frozenset())) for sheet in form.sheets}


def _not_fillable(each: Bound, by_sheet: Mapping[str, Grid]) -> str:
    """Why nothing can be written into a cell, with its place; "" where it can."""
    grid = by_sheet.get(each.sheet)
    if grid is None:
        return _("没有工作表“%(sheet)s”，或已隐藏。") % {"sheet": each.sheet}
    try:
        row, column = each.place
    except Refused:
        return _("“%(cell)s”不是单元格，例：C7。") % {"cell": each.cell}
    if row >= LIMITS.most_rows or column >= LIMITS.most_columns:
        return _("%(where)s 超出报表范围。") % {"where": each.where}
    if grid.is_covered(each.place):
        said = {"where": each.where, "anchor": address(grid.anchors[each.place])}
        return _("%(where)s 在合并单元格里面，请改绑左上角的 %(anchor)s。") % said
    if grid.has_formula(each.place):
        return _("%(where)s 是公式，会自己算出来，不用绑定；确实要填数的，请先在报表里清除这个公式再上传。") % {
            "where": each.where
        }
    return ""


def with_words(bound: Iterable[Bound], form: Form) -> list[Bound]:
    """Each with the words that stand beside it now; cells that are filled say nothing."""
    listed = list(bound)
    by_sheet = _by_sheet(form, listed)
    return [
        Bound(
            each.sheet,
            each.cell,
            each.key,
            each.written_as,
            by_sheet[each.sheet].above(each.place),
            by_sheet[each.sheet].left(each.place),
        )
        for each in listed
    ]


def differences(bound: Iterable[Bound], form: Form) -> list[str]:
    """Where the form is not as it was bound, a sentence each: a cell that is gone or that nothing can be written into,
    or beside which other words stand."""
    listed, by_sheet = list(bound), _by_sheet(form)
    told = {each.where: reason for each in listed if (reason := _not_fillable(each, by_sheet))}
    there = [each for each in listed if each.where not in told]
    for kept, now in zip(there, with_words(there, form), strict=True):
        # As words are compared today, whatever they were when the form was bound.
        was = replace(kept, above=list(map(as_compared, kept.above)), left=list(map(as_compared, kept.left)))
        if (was.above, was.left) != (now.above, now.left):
            told[was.where] = _moved(was, now)
    return [told[each.where] for each in listed if each.where in told]


def _moved(was: Bound, now: Bound) -> str:
    side = "above" if was.above != now.above else "left"
    before, after = (enumerated(getattr(each, side)) or _("空白") for each in (was, now))
    said = {"where": was.where, "before": before, "after": after}
    if side == "above":
        return _("%(where)s 上方原为“%(before)s”，现为“%(after)s”。") % said
    return _("%(where)s 左侧原为“%(before)s”，现为“%(after)s”。") % said


def require_unchanged(bound: Iterable[Bound], form: Form) -> None:
    """Raise FormChanged with the first place that differs, and how many more there are."""
    if found := differences(bound, form):
        more = _("另有 %(count)s 处不同。") % {"count": len(found) - 1} if len(found) > 1 else ""
        raise FormChanged(_("报表改过了，没有填写：%(first)s%(more)s请重新绑定。") % {"first": found[0], "more": more})


def _places(bound: Iterable[Bound]) -> dict[str, frozenset[Place]]:
    found: dict[str, set[Place]] = {}
    for each in bound:
        found.setdefault(each.sheet, set()).add(each.place)
    return {sheet: frozenset(places) for sheet, places in found.items()}
