"""发文字号、主送、落款: what stands above and below the text when a draft begins; the clerk may change it there."""

from datetime import date

from reports.printed import NO_HEADING


def heading_of(division: str, day: date) -> dict[str, str]:
    """The heading of a division's report of a day; empty where the bureau has set none."""
    return dict(NO_HEADING)
