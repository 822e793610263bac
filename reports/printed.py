"""A report as plain data: what documents, pages, API and forms are made of, live or submitted, and nothing else.

Every value of `content` is JSON; it is kept and compared as canonical JSON. `version` 0 is a draft or a live report.
The annex lies beside it, as lines of canonical JSON, and 未完成名单 is a part of it (`outstanding()`): 401,050 rows are
read one by one and are never in memory at once; a live report asks for that part alone.
Paragraphs hold the sentences as `MonthlyReport` says them; who prints them puts "截至{cut_off}," before the one whose
key is "headline" (`printed_text`).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from accounts.canonical import canonical, digest_of
from figures.statistics import DEFINITIONS_VERSION, FIGURES, Figures, Row, trend
from institutions.models import Division, Institution
from misconduct import figures as misconduct
from reports.annex import AnnexRow, annex_rows
from reports.contradictions import Contradiction
from reports.monthly import DONE, LEFT, RATED, REBOUNDS, WHOLE_PERCENT, MonthlyReport, Number, Sentence, signed

FORM = 1
TREND_MONTHS = 12
NO_HEADING = {"red_head": "", "number": "", "addressees": "", "signed": "", "dated_on": ""}
Part = str | dict[str, Any]
Paragraph = dict[str, Any]


@dataclass(frozen=True)
class Printed:
    """A report's content and where its annex is read. Two are equal when their contents are."""

    content: dict[str, Any]
    rows: Callable[[], Iterable[AnnexRow]] = field(default=tuple, compare=False)
    # 未完成名单 by itself, where that is quicker than to go through the annex.
    left: Callable[[], Iterable[AnnexRow]] | None = field(default=None, compare=False)

    @classmethod
    def of(
        cls,
        report: MonthlyReport,
        *,
        heading: dict[str, str] | None = None,
        period: str = "month",
        brief: bool = False,
    ) -> "Printed":
        """What a live report says, version 0 of nothing that was submitted. Its annex is read from the database each
        time it is asked for, and has no digest yet. `brief`: without trend and 反弹名单, for who edits the text."""
        rebounds = Institution.objects.filter(pk__in=[each.institution.pk for each in report.rebounds])
        centres = _centres(report)
        content = {
            "form": FORM,
            "division": report.division,
            "name": report.name,
            "as_of": report.moment.on.isoformat(),
            "before": report.before.on.isoformat(),
            "known_at": report.moment.known_at.isoformat(),
            "asked_known_at": report.known_at,
            "period": period,
            "version": 0,
            "replaces": None,
            "synthetic": report.synthetic,
            "heading": NO_HEADING | (heading or {}),
            "title": report.title,
            "cut_off": report.cut_off,
            "children_name": report.children_name,
            "paragraphs": paragraphs_of(report),
            "figures": figures_of(report),
            "townships": [
                {
                    "rank": each.rank,
                    "placed": each.placed,
                    "centre": centres.get(each.row.key) if each.placed else None,
                    **_row(each.row),
                }
                for each in report.ranking
            ],
            "licence_status": [_row(each) for each in report.by_licence],
            "finding_types": [_row(each) for each in report.types],
            "total": printed_figures(report.total),
            "trend": [] if brief else _trend(report),
            "rebounds": [] if brief else list(annex_rows(rebounds, report.moment)),
            "contradictions": [contradiction_of(each) for each in report.contradictions],
            "annex": {"rows": report.total.surveyed, "sha256": ""},
            "definitions": DEFINITIONS_VERSION,
            "template": None,
            "audit_head": "",
        }
        listed = partial(annex_rows, report.population, report.moment)
        return cls(json.loads(canonical(content)), listed, partial(listed, "outstanding"))

    @classmethod
    def from_json(cls, text: str, rows: Callable[[], Iterable[AnnexRow]] = tuple) -> "Printed":
        """What was kept; `rows` reads the annex that was kept with it."""
        return cls(json.loads(text), rows)

    def as_json(self) -> str:
        """The canonical JSON, over which the digest is."""
        return canonical(self.content)

    @property
    def sha256(self) -> str:
        return digest_of(self.as_json())

    def __getitem__(self, name: str) -> Any:
        return self.content[name]

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.content["as_of"])

    @property
    def is_submitted(self) -> bool:
        return bool(self.content["version"])

    @property
    def figures(self) -> dict[str, int | str]:
        """Every figure by its key, as printed: "none.rectified" -> 763."""
        figures: dict[str, int | str] = self.content["figures"]
        return figures

    def annex(self) -> Iterator[AnnexRow]:
        """Every institution counted, in the order of lists (reports/annex.py says what a row has)."""
        return iter(self.rows())

    def outstanding(self) -> Iterator[AnnexRow]:
        """未完成名单: the rows of the annex that are not rectified. Each is numbered in the list it was read from."""
        return iter(self.left()) if self.left else (row for row in self.annex() if "outstanding" in row["figures"])

    def but(self, **changes: Any) -> "Printed":
        """The same with other values under some of its names."""
        return replace(self, content=self.content | json.loads(canonical(changes)))


def annex_lines(rows: Iterable[AnnexRow]) -> Iterator[str]:
    """The annex as it is kept: a line of canonical JSON for each row."""
    return (canonical(row) + "\n" for row in rows)


# --- The text


def paragraphs_of(report: MonthlyReport) -> list[Paragraph]:
    """The narrative, a sentence a paragraph, under the key of the sentence that it is."""
    told: list[tuple[str, Sentence]] = [
        ("headline", report.headline),
        *(("by_township", sentence) for sentence in report.by_township),
        ("change", report.change),
        ("overdue", report.overdue),
        ("problem_types", report.problem_types),
    ]
    paragraphs = [{"key": key, "parts": joined(map(part_of, sentence))} for key, sentence in told]
    patrol = misconduct.sentences(report.division, report.moment, _year_of(report), known_at=report.known_at)
    return paragraphs + [{"key": "misconduct", "parts": joined(sentence)} for sentence in patrol]


def _year_of(report: MonthlyReport) -> date:
    """The patrol against misconduct is told of the year up to the day."""
    return report.moment.on.replace(month=1, day=1)


def is_of_patrol(paragraph: Paragraph) -> bool:
    """Whether a paragraph tells of the patrol against misconduct: as generated, or one's own with a figure of it."""
    figures = (part["figure"] for part in paragraph["parts"] if isinstance(part, dict))
    return paragraph["key"] == "misconduct" or any(key.startswith("misconduct.") for key in figures)


def part_of(part: str | Number) -> Part:
    """A part of a sentence as data. A number whose list is none of institutions has the `path` of that list, too."""
    if isinstance(part, str):
        return part
    return {
        "figure": part.figure,
        "value": part.value,
        "query": part.query,
        "anchor": part.anchor,
        "typed": None,
        "why": "",
        **({"path": part.path} if part.path else {}),
    }


def joined(parts: Iterable[Part]) -> list[Part]:
    """Without empty texts, neighbouring texts as one."""
    found: list[Part] = []
    for part in parts:
        if part == "":
            continue
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return found


def said(part: Part) -> str:
    """A part as it stands in the text: a number that somebody typed over as typed."""
    if isinstance(part, str):
        return part
    return str(part["value"] if part["typed"] is None else part["typed"])


def text_of(paragraph: Paragraph) -> str:
    return "".join(said(part) for part in paragraph["parts"])


def narrative_of(printed: Printed) -> str:
    """The text of a report, a paragraph a line, as its documents have it but for the day before the headline."""
    return "\n".join(map(text_of, printed["paragraphs"]))


def printed_text(paragraph: Paragraph, cut_off: str) -> str:
    """A paragraph as a document prints it: the headline begins with the cut-off day."""
    return (f"截至{cut_off}," if paragraph["key"] == "headline" else "") + text_of(paragraph)


# --- The figures


def figures_of(report: MonthlyReport) -> dict[str, int | str]:
    """Every figure by its key. Of parts that overlap (finding types) and of those that do not, of the report before
    and the change since."""
    flat: dict[str, int | str] = {**printed_figures(report.total), WHOLE_PERCENT: report.whole_percent}
    for row in [*report.by_licence, *(each.row for each in report.ranking)]:
        flat |= {f"{row.key}.{name}": value for name, value in printed_figures(row.figures).items()}
    for row in report.types:
        flat |= {f"type.{row.key}.{name}": value for name, value in printed_figures(row.figures).items()}
    flat |= {f"before.{name}": value for name, value in printed_figures(report.total_before).items()}
    for name in FIGURES:
        flat[f"change.{name}"] = signed(getattr(report.total, name) - getattr(report.total_before, name))
    patrol = misconduct.Period(_year_of(report), report.moment)
    flat |= misconduct.by_key(misconduct.figures([report.division], patrol))
    rated = [each.row.figures for each in report.ranking if each.rank is not None]
    done = sum(1 for figures in rated if not figures.outstanding)
    return flat | {RATED: len(rated), DONE: done, LEFT: len(rated) - done, REBOUNDS: len(report.rebounds)}


def printed_figures(figures: Figures) -> dict[str, int | str]:
    """Every figure and the completion rate as printed."""
    counted: dict[str, int | str] = {name: getattr(figures, name) for name in FIGURES}
    return counted | {"completion_percent": figures.completion_percent}


def _row(row: Row) -> dict[str, Any]:
    return {"key": row.key, "name": row.name, **printed_figures(row.figures)}


def _centres(report: MonthlyReport) -> dict[str, list[float | None]]:
    """Longitude and latitude (degrees, WGS-84) of the divisions below of which they are on file, by code."""
    placed = Division.objects.filter(pk__in=report.children, longitude__isnull=False).order_by("code")
    return {each.code: [each.longitude, each.latitude] for each in placed}


def _trend(report: MonthlyReport) -> list[dict[str, Any]]:
    last = report.moment.on
    months = last.year * 12 + last.month - TREND_MONTHS
    first = date(months // 12, months % 12 + 1, 1)
    names = ("surveyed", "with_problems", "rectified", "completion_percent")
    ends = trend(report.division, first, last, known_at=report.moment.known_at, within=report.within)
    points = [(each.moment.on, each.total) for each in ends if each.moment.on < last] + [(last, report.total)]
    return [{"on": on.isoformat()} | {name: getattr(total, name) for name in names} for on, total in points]


def contradiction_of(each: Contradiction) -> dict[str, Any]:
    """A contradiction as it is printed; in whose words it was explained comes with the report's life."""
    return {
        "code": each.code,
        "says": each.says,
        "count": each.count,
        "institutions": [
            {"id": str(listed.institution.pk), "name": listed.name, "township": listed.division_name}
            for listed in each.institutions
        ],
        "query": each.query,
        "explained": "",
        "by": "",
    }
