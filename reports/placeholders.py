"""What the Word template and the PDF are filled with: a report in words, its codes as people are told them."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.utils import translation

from figures.standing import Standing
from institutions.models import LicenceStatus
from reports.figure_keys import OF_A_PART, has_nothing, nought, parts_of
from reports.monthly import chinese_day

if TYPE_CHECKING:
    from reports.printed import Printed

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MOST_PRINTED = 5_000  # rows of an annex on paper: of a longer one the workbook has the list
SYNTHETIC = "演示数据：全部机构与记录均为虚构，不得作为正式通报使用。"
ELSEWHERE = "共{rows}所培训机构，名单见随附工作簿的“附件”工作表。"
UNDONE_ELSEWHERE = "共{rows}所培训机构尚未完成整改，名单见随附工作簿的“未完成名单”工作表。"


def placeholders(printed: "Printed") -> dict[str, Any]:
    """Everything that a template may use; docs/documents.md explains each to those who edit one."""
    said = sentences(printed)
    by_key: dict[str, list[str]] = {}
    for key, text in said:
        by_key.setdefault(key, []).append(text)
    rows = [*printed.annex()] if printed["annex"]["rows"] <= MOST_PRINTED else []
    left = printed["total"]["outstanding"]
    with translation.override("zh-hans"):  # an official Chinese document, whatever the language of the page around it
        annex = [in_words(row) for row in rows]
        outstanding = [row for row in annex if row["is_outstanding"]]
        if not rows and 0 < left <= MOST_PRINTED:
            outstanding = [in_words(row) for row in printed.outstanding()]
        rebounds = [in_words(row) for row in printed["rebounds"]]
    heading = printed["heading"]
    return {
        **{name: heading[name] for name in ("red_head", "number", "addressees", "signed")},
        "dated_on": in_chinese(heading["dated_on"]),
        "notice": SYNTHETIC if printed["synthetic"] else "",
        "title": printed["title"],
        "name": printed["name"],
        "children": printed["children_name"],
        "cut_off": printed["cut_off"],
        "as_of": printed["as_of"],
        "before": in_chinese(printed["before"]),
        "version": printed["version"],
        "paragraphs": [text for _key, text in said],
        "by_township": by_key.get("by_township", []),
        **{
            key: "".join(by_key.get(key, []))
            for key in ("headline", "change", "overdue", "problem_types", "misconduct", "own")
        },
        "figures": nested(printed["figures"], partial(has_nothing, printed["division"])),
        "total": counted(printed["total"]),
        "townships": [counted(row) | {"rank": row["rank"] or "—"} for row in printed["townships"]],
        "licence_status": [counted(row) for row in printed["licence_status"]],
        "finding_types": [counted(row) for row in printed["finding_types"]],
        "trend": [row | {"percent": row["completion_percent"]} for row in printed["trend"]],
        "outstanding": numbered(outstanding),
        "outstanding_note": UNDONE_ELSEWHERE.format(rows=left) if left and not outstanding else "",
        "rebounds": numbered(rebounds),
        "annex": annex,
        "annex_note": "" if annex or not printed["annex"]["rows"] else ELSEWHERE.format(rows=printed["annex"]["rows"]),
        "contradictions": [
            {name: each.get(name, "") for name in ("says", "count", "explained")} for each in printed["contradictions"]
        ],
    }


def sentences(printed: "Printed") -> list[tuple[str, str]]:
    """(key, text) of each paragraph as it is printed, the cut-off day before the headline."""
    from reports.printed import text_of

    return [
        (each["key"], (f"截至{printed['cut_off']}," if each["key"] == "headline" else "") + text_of(each))
        for each in printed["paragraphs"]
    ]


def in_chinese(day: str) -> str:
    """2019-01-03 -> 2019年1月3日; nothing where no day is set."""
    return chinese_day(date.fromisoformat(day)) if day else ""


def counted(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"percent": row["completion_percent"]}


def in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the annex with its codes in words, in the language in force."""
    return row | {
        "licence_status": label(LicenceStatus, row["licence_status"]),
        "standing": label(Standing, row["standing"]),
        "outcome": label(Standing, row["outcome"]),
        "is_outstanding": "outstanding" in row["figures"],
    }


@cache
def _labels(choices: Any, language: str) -> dict[str, str]:
    return {code: str(said) for code, said in choices.choices}


def label(choices: Any, code: str) -> str:
    """The word of a code; one that this release does not know stays as it is."""
    return _labels(choices, translation.get_language()).get(code, code)


def numbered(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"number": number} for number, row in enumerate(rows, start=1)]


class Figures(dict[str, Any]):
    """Figures by their keys, or by what follows `path` in them. Of a part of which there is nothing every figure is
    nought; `has_nothing` says whether a part may be one."""

    def __init__(self, has_nothing: Callable[[str], bool], path: str = ""):
        super().__init__()
        self._has_nothing, self._path = has_nothing, path

    def __missing__(self, step: Any) -> Any:
        key = f"{self._path}{step}" if isinstance(step, str) else ""
        part, figure = parts_of(key)
        if figure in OF_A_PART and self._has_nothing(part):
            return nought(figure)
        if key == "type" or self._has_nothing(key):
            return Figures(self._has_nothing, f"{key}.")
        raise KeyError(step)


def nested(figures: dict[str, Any], has_nothing: Callable[[str], bool]) -> Figures:
    """Every figure by its key, and also step by step: `figures['none.rectified']` and `figures.none.rectified`."""
    steps = Figures(has_nothing)
    for key, value in figures.items():
        *path, last = key.split(".")
        place, so_far = steps, ""
        for step in path:
            so_far += f"{step}."
            below = place.setdefault(step, Figures(has_nothing, so_far))
            if not isinstance(below, Figures):
                break
            place = below
        else:
            place.setdefault(last, value)
    for key, value in figures.items():
        steps.setdefault(key, value)
    return steps
