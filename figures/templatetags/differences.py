"""What a part of a difference adds to each figure, as cells with their lists."""

from collections.abc import Mapping

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from figures.difference_question import DifferenceQuestion
from figures.statistics import FIGURE_NAMES

register = template.Library()


@register.filter
def signed(number: int) -> str:
    """+6, −2; nothing for 0."""
    return f"{number:+d}".replace("-", "−") if number else ""


@register.simple_tag
def change_cells(question: DifferenceQuestion, changes: Mapping[str, int], part: str = "") -> SafeString:
    """The cells under the figures: by how much each changed, with the list of a `part`. Empty where it did not."""
    return format_html_join(
        "",
        '<td class="n{}" data-label="{}">{}</td>',
        (
            (" parted" if name in ("surveyed", "closed") else "", label, _cell(question, changes[name], part, name))
            for name, label in FIGURE_NAMES.items()
        ),
    )


def _cell(question: DifferenceQuestion, number: int, part: str, figure: str) -> str:
    if not part or not number:
        return signed(number)
    query = question.query_string(part=part, figure=figure)
    return format_html('<a href="?{}#list">{}</a>', query, signed(number))
