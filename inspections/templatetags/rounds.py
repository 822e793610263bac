"""A round's state as colour + shape + word, and the days it has left."""

from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext as _

from inspections.models import Rectification, State
from institutions.moments import today
from institutions.working_days import is_announced

register = template.Library()

# The class and the shape of the badge; the same marks as those of a standing (figures/templatetags/standings.py).
BADGES = {State.VERIFIED: ("corrected", "●"), State.VOIDED: ("clear", "○")}
OPEN_BADGE, OVERDUE_BADGE = ("open", "▲"), ("overdue", "■")


@register.inclusion_tag("components/standing.html")
def round_state(rectification: Rectification) -> dict[str, Any]:
    """The badge of a round: overdue is derived from the date."""
    overdue = rectification.is_open and rectification.next_due_on < _day_of(rectification)
    name, shape = OVERDUE_BADGE if overdue else BADGES.get(State(rectification.state), OPEN_BADGE)
    label = rectification.get_state_display()
    if overdue:
        label = f"{_('逾期')} · {label}"
    return {"name": name, "shape": shape, "label": label}


@register.filter
def days_left(rectification: Rectification) -> int:
    return rectification.days_left(_day_of(rectification))


def _day_of(rectification: Rectification) -> date:
    """The day as of which a round is shown: today, unless a list of the past says otherwise (figures.ledger)."""
    on: date = getattr(rectification, "shown_as_of", None) or today()
    return on


@register.filter
def recheck_term(rectification: Rectification) -> str:
    """In words, until when a round that needs a recheck has to be seen, or that this day has passed."""
    last = rectification.recheck_by
    in_time = last >= _day_of(rectification)
    said = _("应于 %(last)s 前（含当日）复查") if in_time else _("复查期限 %(last)s 已过")
    if is_announced(last):
        return said % {"last": last}
    unsure = _("%(said)s（%(year)s 年放假安排尚未收录，按周一至周五计）")
    return unsure % {"said": said % {"last": last}, "year": last.year}


@register.filter
def magnitude(number: int) -> int:
    return abs(number)


@register.filter
def printed(kept: str | date) -> str:
    """A day as it is printed on a sheet, 2018年6月1日; of a sheet it comes as it is kept, in ISO 8601."""
    day = kept if isinstance(kept, date) else date.fromisoformat(kept)
    return f"{day.year}年{day.month}月{day.day}日"
