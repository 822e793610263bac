"""Status as colour + shape + word, and links from a number to its list."""

from functools import cache
from typing import Any

from django import template
from django.urls import reverse

from inspections.conditions import LABELS
from inspections.drilldown import Drilldown
from inspections.models import Rectification, State
from inspections.statistics import Standing
from institutions.moments import today

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


@register.inclusion_tag("components/standing.html")
def round_state(rectification: Rectification) -> dict[str, Any]:
    """The badge of a round: overdue is derived from the date."""
    overdue = rectification.is_open and rectification.due_on < today()
    name = (
        "overdue" if overdue else {State.VERIFIED: "corrected", State.VOIDED: "clear"}.get(rectification.state, "open")
    )
    label = rectification.get_state_display()
    if overdue:
        label = f"{Standing.OVERDUE.label} · {label}"
    return {"name": name, "shape": SHAPES[Standing(name)], "label": label}


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


@register.filter
def attribute(instance: Any, name: str) -> Any:
    return getattr(instance, name)


@register.filter
def days_left(rectification: Rectification) -> int:
    return rectification.days_left(today())


@register.filter
def magnitude(number: int) -> int:
    return abs(number)


@register.filter
def parameter_label(name: str) -> str:
    """What a parameter of the URL is called on the pages; its own name when it is none of the drill-down grammar."""
    return str(LABELS.get(name, name))
