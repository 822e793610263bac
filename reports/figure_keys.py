"""The keys under which a report has its figures: what each is called, and which institutions it opens.

surveyed · none.rectified (licence status at survey) · 330382114.surveyed (a division) · type.L01.with_problems ·
before.rectified (the report before) · change.rectified · townships.done · rebounds · misconduct.…
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from figures.statistics import FIGURE_NAMES, percent
from institutions.models import LEVELS, LicenceStatus, scope_code_of
from misconduct import figures as misconduct
from reports.annex import AnnexRow
from reports.monthly import ANNEX, DONE, LEFT, RATED, REBOUNDS, WHOLE_PERCENT

PERCENT = "completion_percent"
# In the order of a report: figures, and the parts of which it has them beside divisions and finding types.
FIGURES_IN_ORDER = [*FIGURE_NAMES, PERCENT, WHOLE_PERCENT, RATED, DONE, LEFT, REBOUNDS]
PARTS_IN_ORDER = [*LicenceStatus.values, "before", "change", "misconduct"]
OF_A_PART = (*FIGURE_NAMES, PERCENT)


def parts_of(key: str) -> tuple[str, str]:
    """("type.L01", "with_problems"); the whole has no part."""
    part, _dot, figure = key.rpartition(".")
    return part, figure


def has_nothing(division: str, part: str) -> bool:
    """Whether a part that is not in the report of a division is one of which there is nothing: a division right below,
    or a finding type."""
    if part.startswith("type."):
        return part.count(".") == 1
    lies = part.isascii() and part.isdecimal() and len(part) in LEVELS
    return lies and division == part[: max((digits for digits in LEVELS if digits < len(part)), default=0)]


def nought(figure: str) -> int | str:
    return percent(0, 0) if figure == PERCENT else 0


def named(content: dict[str, Any]) -> list[tuple[str, list[tuple[str, str, int | str]]]]:
    """Every figure as (key, what it is called, value), grouped as a person looks for it."""
    figures: dict[str, int | str] = content["figures"]
    called = parts_called(content)
    parts = ["before", "change", *(row["key"] for row in [*content["licence_status"], *content["townships"]])]
    groups = [(_("合计"), ""), *((called[part], part) for part in parts)]
    groups += [(f"{row['key']} {row['name']}", f"type.{row['key']}") for row in content["finding_types"]]
    listed = []
    for label, part in groups:
        keys = [f"{part}.{figure}" if part else figure for figure in OF_A_PART]
        listed.append((str(label), [(key, name_of(key), figures[key]) for key in keys if key in figures]))
    counted = [(key, name_of(key), figures[key]) for key in (RATED, DONE, LEFT, REBOUNDS) if key in figures]
    others = [(key, name_of(key), value) for key, value in figures.items() if key.startswith("misconduct.")]
    return [each for each in [*listed, (_("其他"), [*counted, *others])] if each[1]]


def name_of(key: str) -> str:
    """What the figure is called within its group: 已整改."""
    if key.startswith("misconduct."):
        return misconduct.name_of(key)
    special = {
        RATED: _("有问题的下级区划数"),
        DONE: _("全部整改到位的下级区划数"),
        LEFT: _("尚未全部整改到位的下级区划数"),
        REBOUNDS: _("反弹的机构"),
        WHOLE_PERCENT: _("整改完成率（取整）"),
    }
    figure = parts_of(key)[1]
    return str(special.get(key) or FIGURE_NAMES.get(figure) or (_("整改完成率") if figure == PERCENT else key))


def full_name(content: dict[str, Any], key: str, below: Mapping[str, str] | None = None) -> str:
    """What the figure is called by itself: 无证无照 · 已整改. `below` names divisions of which it has nothing yet."""
    part = "misconduct" if key.startswith("misconduct.") else parts_of(key)[0]
    called = dict(below or {}) | parts_called(content)
    return f"{called[part]} · {name_of(key)}" if part in called else name_of(key)


def parts_called(content: dict[str, Any]) -> dict[str, str]:
    """What each part of a report is called, in the language of the page where the product names it."""
    called = {row["key"]: row["name"] for row in [*content["licence_status"], *content["townships"]]}
    called |= {f"type.{row['key']}": row["name"] for row in content["finding_types"]}
    called |= {value: str(label) for value, label in LicenceStatus.choices}
    return called | {"before": _("上期"), "change": _("比上期"), "misconduct": _("教育乱象专项巡查")}


def asked(content: dict[str, Any], key: str) -> dict[str, str]:
    """The drill-down behind a figure, as parameters of its URL; nothing for a figure that no query gives."""
    part, figure = parts_of(key)
    figure = "with_problems" if key == WHOLE_PERCENT or figure == PERCENT else figure
    if key == WHOLE_PERCENT:
        part = ""
    if figure not in FIGURE_NAMES or part == "change":
        return {}
    question = {"division": content["division"], "as_of": content["as_of"], "figure": figure}
    if part == "before":
        question["as_of"] = content["before"]
    elif part.startswith("type."):
        question["finding_type"] = part.removeprefix("type.")
    elif part.isdecimal():
        question["division"] = part
    elif part:
        question["licence_status"] = part
    if content["asked_known_at"]:
        question["known_at"] = content["asked_known_at"]
    return question


def query_of(content: dict[str, Any], key: str) -> str:
    """The query string that opens the institutions behind a figure; "" where none does, or there are none."""
    return urlencode(asked(content, key)) if content["figures"].get(key) != "—" else ""


def anchor_of(key: str) -> str:
    """The place on the report's own page with what a figure counts, where it counts no institutions by a query."""
    return {RATED: ANNEX, DONE: ANNEX, LEFT: ANNEX, REBOUNDS: REBOUNDS}.get(key, "")


def is_behind(row: AnnexRow, key: str) -> bool:
    """Whether an institution of the annex is one of those that a figure counts."""
    part, figure = parts_of(key)
    figure = "with_problems" if figure == PERCENT or key == WHOLE_PERCENT else figure
    part = "" if key == WHOLE_PERCENT else part
    if figure not in row["figures"]:
        return False
    if part.startswith("type."):
        return part.removeprefix("type.") in row["finding_types"]
    if part.isdecimal():
        return scope_code_of(row["division"]).startswith(part)
    return not part or row["licence_status"] == part
