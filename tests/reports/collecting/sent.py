"""Reports of counties as they would be sent: made up, and right unless something is changed."""

from datetime import date
from typing import Any

from accounts.canonical import canonical, digest_of
from figures.statistics import Figures
from institutions.models import Division
from reports.collecting.actions import collect
from reports.collecting.reading import Received, read_report
from reports.models import Collected
from reports.printed import printed_figures

COUNTIES = {"330302": "鹿城区", "330303": "龙湾区", "330324": "永嘉县"}
DECEMBER, NOVEMBER = date(2018, 12, 31), date(2018, 11, 30)


def figures(surveyed: int, with_problems: int, closed: int, licensed: int = 0, overdue: int = 0) -> Figures:
    rectified = closed + licensed
    return Figures(surveyed, with_problems, rectified, with_problems - rectified, overdue, closed, licensed, 0)


def content(
    division: str = "330302", total: Figures | None = None, *, as_of: date = DECEMBER, **changes: Any
) -> dict[str, Any]:
    """One township that has everything, one licence status."""
    total = total or figures(10, 8, 4, 2)
    printed = printed_figures(total)
    rows = {"townships": f"{division}001", "licence_status": "none"}
    flat: dict[str, Any] = dict(printed)
    for key in rows.values():
        flat |= {f"{key}.{name}": value for name, value in printed.items()}
    whole = {
        "form": 1,
        "division": division,
        "name": COUNTIES.get(division, "丁县"),
        "as_of": as_of.isoformat(),
        "before": "2018-11-30",
        "known_at": f"{as_of.year + 1}-01-03T01:00:00+00:00",
        "version": 1,
        "synthetic": False,
        "total": printed,
        "townships": [{"key": rows["townships"], "name": "一街道", "rank": 1, "placed": True, **printed}],
        "licence_status": [{"key": "none", "name": "无证无照", **printed}],
        "finding_types": [],
        "paragraphs": [{"key": "headline", "parts": ["已整改", {"figure": "rectified", "value": total.rectified, "typed": None, "why": ""}]}],
        "contradictions": [],
        "figures": flat,
    }  # fmt: skip
    return whole | changes


def text_of(given: dict[str, Any]) -> str:
    return canonical(given)


def file_of(given: dict[str, Any]) -> tuple[str, bytes]:
    """The file's name and bytes, as they are exported."""
    text = text_of(given)
    return f"{given['name']}_截至{given['as_of']}_第{given['version']}版_{digest_of(text)[:16]}.json", text.encode()


def received(given: dict[str, Any]) -> Received:
    name, data = file_of(given)
    return read_report(data, name=name)


def kept(given: dict[str, Any], division: str = "3303", by: Any = None) -> Collected:
    wenzhou = Division.objects.get(pk=division)
    return collect(received(given), division=wenzhou, by=by, source=file_of(given)[0])[0]
