"""A report as a page shows it: the printed look, made from its content and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from figures.statistics import FIGURE_NAMES
from reports.figure_keys import PERCENT, full_name
from reports.placeholders import in_chinese
from reports.printed import Part, Printed, said

UrlOf = Callable[[str, str, str], str]  # of a figure's key, its query and its anchor on the page


class Shown(NamedTuple):
    """A piece of text or a number; with what it opens, and for a number that was typed what it stands for."""

    text: str
    url: str = ""
    typed: bool = False


class Line(NamedTuple):
    """A township with its figures under their heads."""

    rank: str
    name: str
    cells: list[tuple[str, Shown]]

    @property
    def outstanding(self) -> str:
        return dict(self.cells)[str(FIGURE_NAMES["outstanding"])].text

    @property
    def rate(self) -> str:
        return self.cells[-1][1].text


@dataclass(frozen=True)
class Paper:
    printed: Printed
    url_of: UrlOf

    @property
    def content(self) -> dict[str, Any]:
        return self.printed.content

    @property
    def paragraphs(self) -> list[list[Shown]]:
        shown = []
        for each in self.content["paragraphs"]:
            begin = [Shown(f"截至{self.content['cut_off']},")] if each["key"] == "headline" else []
            shown.append([*begin, *map(self._shown, each["parts"])])
        return shown

    def _shown(self, part: Part) -> Shown:
        if isinstance(part, str):
            return Shown(part)
        if part.get("path"):  # a list of another kind than institutions
            return Shown(said(part), f"{part['path']}?{part['query']}", part["typed"] is not None)
        url = self.url_of(part["figure"], part["query"], part["anchor"]) if part["figure"] else ""
        return Shown(said(part), url, part["typed"] is not None)

    @property
    def typed(self) -> list[dict[str, Any]]:
        """Numbers that somebody typed: what stands there, what the figure says, why."""
        parts = [part for each in self.content["paragraphs"] for part in each["parts"] if isinstance(part, dict)]
        return [
            part | {"name": full_name(self.content, part["figure"]) if part["figure"] else ""}
            for part in parts
            if part["typed"] is not None
        ]

    @property
    def heads(self) -> list[str]:
        return [*(str(label) for label in FIGURE_NAMES.values()), "完成率"]

    @property
    def rows(self) -> list[tuple[str, str, list[Shown]]]:
        """Rank, name and figures of each township of the annex."""
        return [
            (str(row["rank"] or "—"), row["name"], self._cells(row, f"{row['key']}."))
            for row in self.content["townships"]
        ]

    @property
    def lines(self) -> list[Line]:
        """The annex on a phone: each township in one line that opens, the whole at last."""
        rows = [*self.rows, ("", "合计", self.total)]
        return [Line(rank, name, list(zip(self.heads, cells, strict=True))) for rank, name, cells in rows]

    @property
    def dated_on(self) -> str:
        """The date under the text as the documents print it."""
        return in_chinese(self.content["heading"]["dated_on"])

    @property
    def total(self) -> list[Shown]:
        return self._cells(self.content["total"], "")

    def _cells(self, row: dict[str, Any], part: str) -> list[Shown]:
        cells = []
        for name in [*FIGURE_NAMES, PERCENT]:
            value = row[name]
            counts = value not in (0, "—")
            cells.append(Shown(str(value), self.url_of(f"{part}{name}", "", "") if counts else ""))
        return cells
