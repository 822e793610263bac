"""Documents read back by others than who wrote them: python-docx, openpyxl, pdfium, and LibreOffice."""

import io
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdfium2

from reports.placeholders import sentences
from reports.printed import Printed

HOSTILE = [
    '=HYPERLINK("http://x","y")', "A & B <城东>", "{{ 7*7 }}", '#eval("1+1")', "@SUM(1)", "-1+1", "+86绘声", "𠮷野家教",
    "{% x %}{_{ 青竹 }_}", "“晨曦”'教育'", "$x^2$ *粗* _斜_ `码` [链](x)", "＝绘声", "0012", "TRUE", "1e5",
    "https://x.example/a", "绘声\t青竹\n晨曦",
]  # fmt: skip
COUNTS = ("surveyed", "with_problems", "rectified", "outstanding", "overdue", "closed", "licensed", "corrected")


def docx_lines(made: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(made)).paragraphs]


def docx_tables(made: bytes) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(io.BytesIO(made)).tables
    ]


def docx_text(made: bytes) -> str:
    cells = [cell for table in docx_tables(made) for row in table for cell in row]
    return "\n".join([*docx_lines(made), *cells])


def sheets(made: bytes) -> dict[str, list[list[Any]]]:
    """The values of each sheet; formulas would come as text that begins with "="."""
    book = openpyxl.load_workbook(io.BytesIO(made))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def shown(made: bytes, name: str) -> list[list[str]]:
    """The cells of a sheet as a spreadsheet shows them by their formats: 0.9433 is 94.33%."""

    def said(cell: Any) -> str:
        if cell.number_format == "0.00%" and not isinstance(cell.value, str):
            return f"{cell.value:.2%}"
        return "" if cell.value is None else str(cell.value)

    return [[said(cell) for cell in row] for row in openpyxl.load_workbook(io.BytesIO(made))[name].iter_rows()]


def pdf_pages(made: bytes) -> list[str]:
    """The text of each page without its spaces: where lines break does not matter."""
    document = pypdfium2.PdfDocument(made)
    pages = [bare(page.get_textpage().get_text_bounded()) for page in document]
    document.close()
    return pages


def pdf_text(made: bytes) -> str:
    return "".join(pdf_pages(made))


def bare(text: str) -> str:
    """Without spaces, line ends and the marks that PDF readers put where a line was broken."""
    return re.sub(r"[\s\x00-\x1f\ufffe\u200b]+", "", text)


def converted(made: bytes, to: str, suffix: str = "docx") -> bytes:
    """What LibreOffice makes of a document. A missing LibreOffice is an error: scripts/system_packages.sh installs it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"given.{suffix}").write_bytes(made)
        (Path(folder) / "made").mkdir()
        command = [
            "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to, "--outdir",
            f"{folder}/made", f"{folder}/given.{suffix}",
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        (result,) = (Path(folder) / "made").iterdir()
        return result.read_bytes()


def rows_of_counts(printed: Printed) -> list[list[str]]:
    """The annex by township as it is printed, the total at last."""
    rows = [[str(row["rank"] or "—"), row["name"], *_counts(row)] for row in printed["townships"]]
    return [*rows, ["", "合计", *_counts(printed["total"])]]


def _counts(row: dict[str, Any]) -> list[str]:
    return [*(str(row[name]) for name in COUNTS), row["completion_percent"]]


def said_by(printed: Printed) -> list[str]:
    """Whatever is printed besides the tables."""
    heading = printed["heading"]
    texts = [heading["red_head"], heading["number"], heading["addressees"], heading["signed"], printed["title"]]
    return [text for text in [*texts, *(text for _key, text in sentences(printed))] if text]
