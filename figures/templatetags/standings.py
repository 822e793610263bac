"""Status as colour + shape + word, and links from a number to its list."""

from functools import cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from figures.conditions import LABELS
from figures.drilldown import Drilldown
from figures.statistics import FIGURE_NAMES, Figures, Standing

register = template.Library()

SHAPES = {
    Standing.CLEAR: "○",
    Standing.OPEN: "▲",
    Standing.OVERDUE: "■",
    Standing.CLOSED: "✕",
    Standing.LICENSED: "●",
    Standing.CORRECTED: "●",
    Standing.UNSURVEYED: "◇",
}


@register.inclusion_tag("components/standing.html")
def standing(name: str) -> dict[str, Any]:
    """The badge of a standing."""
    return {"name": name, "shape": SHAPES[Standing(name)], "label": Standing(name).label}


@register.simple_tag
def list_url(question: Drilldown, **changes: str) -> str:
    """/institutions/?… : the list behind a number of this question."""
    return f"{_list_path()}?{question.query_string(**changes)}"


@cache
def _list_path() -> str:
    """Asked for hundreds of times on a page of figures, and always the same."""
    return reverse("institutions")


@register.simple_tag
def list_query(question: Drilldown, **changes: str) -> str:
    """The question with some of it changed, as a query string: the same page asked otherwise."""
    return question.query_string(**changes)


@register.simple_tag
def figure_heads() -> SafeString:
    """The column heads of a table of figures: every figure and the rate."""
    heads = [*((_parted(name), label) for name, label in FIGURE_NAMES.items()), (" parted", _("完成率"))]
    return format_html_join("", '<th scope="col" class="n{}">{}</th>', heads)


@register.simple_tag
def figure_cells(question: Drilldown, figures: Figures, linked: bool = True, **part: str) -> SafeString:
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
