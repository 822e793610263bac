"""Status as colour + shape + word, and links from a number to its list."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.scope import outermost
from figures.conditions import LABELS
from figures.definitions import DEFINITIONS
from figures.places import ALL, COUNTY_DIGITS
from figures.questions import Question
from figures.statistics import FIGURE_NAMES, Figures
from figures.unseen import Status
from institutions.models import Division, Institution

register = template.Library()

SHAPES = {
    Status.UNSEEN: "◌",
    Status.CLEAR: "○",
    Status.OPEN: "▲",
    Status.OVERDUE: "■",
    Status.CLOSED: "✕",
    Status.LICENSED: "●",
    Status.CORRECTED: "◆",
    Status.UNSURVEYED: "▽",
}


@register.inclusion_tag("components/standing.html")
def standing(name: str) -> dict[str, Any]:
    """The badge of a status."""
    return {"name": name, "shape": SHAPES[Status(name)], "label": Status(name).label}


@register.inclusion_tag("components/standing.html")
def standing_of(institution: Institution) -> dict[str, Any]:
    """The badge of an institution annotated with `stands_as` (`status_then`)."""
    return standing(institution.stands_as)  # type: ignore[attr-defined]


@register.simple_tag
def list_url(question: Question, **changes: str) -> str:
    """/institutions/?… : the list behind a number of this question."""
    return f"{_list_path()}?{question.query_string(**changes)}"


@cache
def _list_path() -> str:
    """Asked for hundreds of times on a page of figures, and always the same."""
    return reverse("institutions")


@register.simple_tag
def list_query(question: Question, **changes: str) -> str:
    """The question with some of it changed, as a query string: the same page asked otherwise."""
    return question.query_string(**changes)


@register.simple_tag
def division_options(divisions: Iterable[Division], question: Question) -> SafeString:
    """The options of a field for the division: all of them together where they lie side by side, then each.

    A division that is asked about and not on offer (what lies in one but in none below it) stays chosen.
    """
    offered = [(each.code, each.name) for each in divisions]
    codes = {code for code, _name in offered}
    if len(outermost(codes)) > 1:
        offered.insert(0, (ALL, _("全部辖区")))
    if question.division not in codes | {ALL}:
        offered.insert(0, (question.division, question.division))
    chosen = SafeString(" selected")
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, chosen if code == question.division else "", name) for code, name in offered),
    )


@register.simple_tag
def division_link(question: Question, code: str, name: str, placed: bool = True, **beside: str) -> SafeString:
    """The name of a division as the way to the level below it: the statistics of what lies in it or, where nothing is
    told apart any further, its institutions. What lies in none (not `placed`) has a list and no level below.

    `beside` is what only the statistics are asked."""
    if placed and len(code) <= COUNTY_DIGITS:
        path, asked = reverse("statistics"), question.query_string(division=code, **beside)
    else:
        path, asked = _list_path(), question.query_string(division=code)
    return format_html('<a href="{}?{}">{}</a>', path, asked, name)


@register.simple_tag
def definition(name: str) -> str:
    """What a figure is, in a sentence."""
    return next(str(each.text) for each in DEFINITIONS if each.name == name)


@register.simple_tag
def figure_heads() -> SafeString:
    """The column heads of a table of figures: every figure and the rate."""
    heads = [*((_parted(name), label) for name, label in FIGURE_NAMES.items()), (" parted", _("完成率"))]
    return format_html_join("", '<th scope="col" class="n{}">{}</th>', heads)


@register.simple_tag
def figure_cells(question: Question, figures: Figures, linked: bool = True, **part: str) -> SafeString:
    """The cells under `figure_heads`: every figure with its list, where it counts anybody, and the rate.

    `part` is what the row adds to the question; a part that has no list of its own is not `linked`.
    """
    counted = [(name, label, getattr(figures, name)) for name, label in FIGURE_NAMES.items()]
    cells = [
        format_html(
            '<td class="n{}" data-label="{}"><a href="{}">{}</a></td>',
            _parted(name),
            label,
            list_url(question, **part, figure=name),
            number,
        )
        if number and linked
        else format_html('<td class="n{}" data-label="{}">{}</td>', _parted(name), label, number)
        for name, label, number in counted
    ]
    rate = format_html('<td class="n parted" data-label="{}">{}</td>', _("完成率"), figures.completion_percent)
    return SafeString("".join([*cells, rate]))


def _parted(figure: str) -> str:
    """A line before the outcomes: they are parts of what stands before it."""
    return " parted" if figure == "closed" else ""


@register.filter
def attribute(instance: Any, name: str) -> Any:
    return getattr(instance, name)


@register.filter
def parameter_label(name: str) -> str:
    """What a parameter of the URL is called on the pages; its own name when it is none of the drill-down grammar."""
    return str(LABELS.get(name, name))
