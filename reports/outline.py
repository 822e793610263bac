"""A Word file as a page shows it: its text paragraph by paragraph, the first rows of its tables."""

import io
from dataclasses import dataclass, field
from typing import Any

ROWS, PARAGRAPHS = 6, 200  # shown of a table, of a document


@dataclass(frozen=True)
class Shown:
    """A paragraph (`text`), or a table: its first rows and how many more there are."""

    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    more: int = 0


def outline_of(data: bytes) -> list[Shown]:
    import docx
    from docx.table import Table

    shown: list[Shown] = []
    for block in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, Table):
            rows = block._tbl.tr_lst
            shown.append(Shown(rows=[_cells(row) for row in rows[:ROWS]], more=max(0, len(rows) - ROWS)))
        elif text := block.text.strip():
            shown.append(Shown(text))
    return shown[:PARAGRAPHS]


def _cells(row: Any) -> list[str]:
    from docx.oxml.ns import qn

    return ["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row.tc_lst]
