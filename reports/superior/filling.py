"""A form filled from a report: every bound cell, and no other byte."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.id_numbers import check_texts
from institutions.imports.reading.frames import Place
from reports.bindings import Words, change, day_of, is_change, is_day, is_rate, rate, value_of
from reports.printed import Printed
from reports.superior.mapping import Bound, FormChanged, require_unchanged
from reports.superior.sheet_xml import Value
from reports.superior.workbook import PERCENT, POINTS, TEXT, Form

DECIMALS = 2
EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


def filled(form: Form, bound: Iterable[Bound], printed: Printed, words: Words) -> bytes:
    """The form with the report's figures in its bound cells.

    Raises FormChanged where the form is no longer as it was bound or the report has no such figure, Invalid for a text
    with an ID-card number in it. Nothing is filled then.
    """
    listed = list(bound)
    check_texts({"filled_by": words.filled_by})
    require_unchanged(listed, form)
    written: dict[str, dict[Place, Value]] = {}
    for each in listed:
        try:
            value = value_in(form, each, printed, words)
        except KeyError as absent:
            said = {"where": each.where, "key": each.key}
            raise FormChanged(
                _("这份报告里没有 %(where)s 要的指标“%(key)s”，没有填写。请重新绑定。") % said
            ) from absent
        written.setdefault(each.sheet, {})[each.place] = value
    return form.with_cells(written)


def value_in(form: Form, each: Bound, printed: Printed, words: Words) -> Value:
    """What is written into a cell. Raises KeyError where the report has no such figure."""
    value = value_of(printed, each.key, words)
    looks = form.looks_at(each.sheet, each.place)
    if is_day(each.key) and looks.kind.startswith(("day", "month")):
        return (day_of(printed, each.key, words) - (EPOCH_1904 if form.epoch_1904 else EPOCH)).days
    if is_change(each.key) and looks.kind != TEXT and each.written_as != "printed":
        return change(printed, each.key)
    if not is_rate(each.key):
        return value
    how = each.written_as or _how(looks.kind, each)
    decimals = 0 if each.key.endswith(".whole") else DECIMALS
    if looks.kind == PERCENT:
        decimals = looks.decimals or 0
    elif how == "points" and looks.decimals is not None:
        decimals = min(decimals, looks.decimals)  # else a spreadsheet would round what it shows to 100
    fraction = rate(printed, each.key, decimals)
    if how == "printed" or fraction is None:  # nothing ÷ nothing: —
        return value
    return _plain(fraction if how == "fraction" else fraction * 100)


def _how(kind: str, each: Bound) -> str:
    """A rate in a cell that shows percent is a fraction; under a heading that says %, or before a sign that is only
    written behind it, it is so many percent; in a cell of text it is as the report prints it."""
    if kind == PERCENT:
        return "fraction"
    if kind == TEXT:
        return "printed"
    return "points" if kind == POINTS or any("%" in words for words in (*each.above, *each.left)) else "fraction"


def _plain(number: Decimal) -> Decimal:
    """Without noughts behind and without an exponent: 0.94, 100."""
    bare = number.normalize()
    return bare.quantize(Decimal(1)) if bare == bare.to_integral() else bare
