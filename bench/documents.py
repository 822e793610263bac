"""A county's three documents beside the same tables written by XlsxWriter, python-docx and typst alone; and the annex
of a country beside XlsxWriter's `constant_memory` with the same cells.

`python -m bench.documents` (part of `make bench`); needs no database. The cells are read back and compared before
anything is timed. What counts is the ratio of processor times, both taking turns in one run; the long annex is written
by processes of their own, whose peak memory is printed. BENCH_ANNEX_ROWS changes its size.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from html import escape
from typing import Any

from bench.pages import peak_mb

COUNTY, COUNTRY = 1_495, int(os.environ.get("BENCH_ANNEX_ROWS", "401050"))
ROUNDS = 7
TYPST = """
#let given = json(bytes(sys.inputs.given))
#set page(paper: "a4", flipped: true)
#set text(font: given.fonts, size: 9pt, lang: "zh")
#for each in given.tables {
  table(columns: each.at(0).len(), table.header(..each.at(0)), ..each.slice(1).flatten())
}
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    if len(sys.argv) > 1:
        _child(sys.argv[1])
    else:
        county()
        country()


# --- A county while the clerk waits


def county() -> None:
    from reports.as_docx import TEMPLATE, as_docx
    from reports.as_pdf import as_pdf
    from reports.as_xlsx import as_xlsx
    from reports.sample import row, sample

    template = TEMPLATE.read_bytes()
    makers: dict[str, Callable[[Any], bytes]] = {"docx": docx_alone, "xlsx": xlsx_alone, "pdf": pdf_alone}
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in makers}
    for number in range(ROUNDS):  # of other institutions in each: typst remembers what it has set
        printed = sample([row(each) for each in range(1 + number * COUNTY, 1 + (number + 1) * COUNTY)])
        book, paper = tables_of_workbook(printed), tables_on_paper(printed)
        _assert_equal(as_xlsx(printed), xlsx_alone(book))
        ours: dict[str, Callable[[Any], bytes]] = {
            "docx": lambda it: as_docx(it, template),
            "xlsx": as_xlsx,
            "pdf": as_pdf,
        }
        for name, alone in makers.items():
            times[name][0].append(_timed(ours[name], printed))
            times[name][1].append(_timed(alone, book if name == "xlsx" else paper))
    print(f"{COUNTY} institutions, {ROUNDS} rounds in turns, processor time")
    print("\n| document | ours, median ms | alone, median ms | ratio |\n|---|---:|---:|---:|")
    medians = {name: [statistics.median(taken) * 1000 for taken in both] for name, both in times.items()}
    medians["all three"] = [sum(both[side] for both in medians.values()) for side in (0, 1)]
    for name, (mine, alone_ms) in medians.items():
        print(f"| {name} | {mine:.0f} | {alone_ms:.0f} | {mine / alone_ms:.2f} |")


def _timed(make: Callable[[Any], bytes], given: Any) -> float:
    begun = time.process_time()
    make(given)
    return time.process_time() - begun


def tables_of_workbook(printed: Any) -> dict[str, list[list[Any]]]:
    """The cells of our workbook, read back: what XlsxWriter alone writes."""
    from openpyxl import load_workbook

    from reports.as_xlsx import as_xlsx

    return {
        sheet.title: [list(line) for line in sheet.iter_rows(values_only=True)]
        for sheet in load_workbook(io.BytesIO(as_xlsx(printed)))
    }


def tables_on_paper(printed: Any) -> list[list[list[str]]]:
    """The three tables of our Word file, read back from its XML."""
    import docx
    from docx.oxml.ns import qn

    from reports.as_docx import TEMPLATE, as_docx

    made = docx.Document(io.BytesIO(as_docx(printed, TEMPLATE.read_bytes())))
    return [
        [
            ["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row.tc_lst]
            for row in table._tbl.tr_lst
        ]
        for table in made.tables
    ]


def _assert_equal(*books: bytes) -> None:
    from openpyxl import load_workbook

    ours, alone = (
        [[list(line) for line in sheet.iter_rows(values_only=True)] for sheet in load_workbook(io.BytesIO(book))]
        for book in books
    )
    if ours != alone:
        raise AssertionError("the two workbooks say different things")


def xlsx_alone(tables: dict[str, list[list[Any]]]) -> bytes:
    """The same cells with the same formats, and nothing else."""
    import xlsxwriter

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        plain = book.add_format({"border": 1, "valign": "top"})
        forms = {"rate": book.add_format({"border": 1, "num_format": "0.00%"})}
        forms["day"] = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
        for name, lines in tables.items():
            sheet = book.add_worksheet(name)
            for number, line in enumerate(lines):
                for place, value in enumerate(line):
                    if isinstance(value, datetime):
                        sheet.write_datetime(number, place, value, forms["day"])
                    elif isinstance(value, str):
                        sheet.write_string(number, place, value, plain)
                    elif value is None:
                        sheet.write_blank(number, place, None, plain)
                    else:
                        sheet.write_number(number, place, value, plain if isinstance(value, int) else forms["rate"])
    return written.getvalue()


def docx_alone(tables: list[list[list[str]]]) -> bytes:
    """The same tables with python-docx, each put in as one XML."""
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document, written = docx.Document(), io.BytesIO()
    font = '<w:rPr><w:rFonts w:ascii="仿宋_GB2312" w:eastAsia="仿宋_GB2312"/><w:sz w:val="18"/></w:rPr>'
    for table in tables:
        rows = "".join(
            "<w:tr>"
            + "".join(
                '<w:tc><w:tcPr><w:tcW w:w="1200" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:jc w:val="center"/></w:pPr>'
                f'<w:r>{font}<w:t xml:space="preserve">{escape(cell)}</w:t></w:r></w:p></w:tc>'
                for cell in line
            )
            + "</w:tr>"
            for line in table
        )
        grid = '<w:gridCol w:w="1200"/>' * len(table[0])
        document.element.body.insert_element_before(
            parse_xml(f"<w:tbl {nsdecls('w')}><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"), "w:sectPr"
        )
    document.save(written)
    return written.getvalue()


def pdf_alone(tables: list[list[list[str]]]) -> bytes:
    """The same tables with typst, its fonts read beforehand as ours are."""
    import typst

    from reports.as_pdf import NOTO, SYSTEM_FONTS, _fonts

    fonts = _fonts(tuple(str(folder) for folder in SYSTEM_FONTS if folder.exists()))
    given = json.dumps({"tables": tables, "fonts": NOTO}, ensure_ascii=False)
    made: bytes = typst.compile(TYPST.encode(), font_paths=fonts, sys_inputs={"given": given})
    return made


# --- A country in the background


def country() -> None:
    """Ours and the peer's, a process each, in turns."""
    taken: dict[str, list[dict[str, float]]] = {"ours": [], "alone": []}
    for _round in range(2):
        for name, results in taken.items():
            run = subprocess.run([sys.executable, "-m", "bench.documents", name], check=True, capture_output=True)
            results.append(json.loads(run.stdout))
    if taken["ours"][0]["cells"] != taken["alone"][0]["cells"]:
        raise AssertionError("the two annexes have different cells")
    best = {name: min(result["s"] for result in results) for name, results in taken.items()}
    peak = {name: max(result["mb"] for result in results) for name, results in taken.items()}
    print(f"\nannex of {COUNTRY} institutions, {taken['ours'][0]['cells']:.0f} cells")
    print("\n| writer | processor s | peak MB |\n|---|---:|---:|")
    for name in taken:
        print(f"| {name} | {best[name]:.1f} | {peak[name]:.0f} |")
    print(f"\nratio {best['ours'] / best['alone']:.2f}")


def _child(name: str) -> None:
    from reports.as_xlsx import as_xlsx
    from reports.printed import Printed
    from reports.sample import sample

    with tempfile.TemporaryFile() as file:
        begun = time.process_time()
        if name == "ours":
            content = sample([], annex={"rows": COUNTRY, "sha256": ""}).content
            as_xlsx(Printed(content, rows), file)
        else:
            annex_alone(file)
        taken = time.process_time() - begun
        file.seek(0)
        cells = _cells(file)
    peak = peak_mb()
    print(json.dumps({"s": taken, "mb": peak, "cells": cells}))


def rows() -> Iterator[dict[str, Any]]:
    from reports.sample import row

    return (row(number) for number in range(1, COUNTRY + 1))


def _cells(file: Any) -> int:
    """Cells of the sheets of institutions, counted in the file without opening it as a workbook."""
    import zipfile

    found = 0
    with zipfile.ZipFile(file) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                with package.open(name) as sheet:
                    cells = sum(line.count(b"<c r=") for line in _pieces(sheet))
                found += cells if cells > COUNTRY else 0
    return found


def _pieces(sheet: Any) -> Iterator[bytes]:
    """Blocks that end where a cell begins."""
    left = b""
    while block := sheet.read(1 << 20):
        before, begun, left = (left + block).rpartition(b"<c r=")
        yield before + begun
    yield left


def annex_alone(file: Any) -> None:
    """The same cells from the same rows with XlsxWriter's constant_memory."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        plain = book.add_format({"border": 1, "valign": "top"})
        day = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
        annex, outstanding = book.add_worksheet("附件"), book.add_worksheet("未完成名单")
        for sheet, columns in ((annex, 12), (outstanding, 9)):
            for place in range(columns):
                sheet.write_string(0, place, "head", plain)
        at = 0
        for number, row in enumerate(rows(), start=1):
            words = [row["name"], row["township"], row["address"], row["licence_status"], row["standing"]]
            days = [row["surveyed_on"], row["ordered_on"], row["due_on"], row["verified_on"]]
            _alone(annex, number, words, days, [row["outcome"], row["problems"]], plain, day)
            if "outstanding" in row["figures"]:
                at += 1
                _alone(outstanding, at, words, days[1:3], [row["problems"]], plain, day)


def _alone(sheet: Any, number: int, words: list[str], days: list[str], rest: list[str], plain: Any, day: Any) -> None:
    sheet.write_number(number, 0, number, plain)
    for place, text in enumerate(words, start=1):
        sheet.write_string(number, place, text, plain)
    for place, text in enumerate(days, start=1 + len(words)):
        if text:
            sheet.write_datetime(number, place, datetime.fromisoformat(text), day)
        else:
            sheet.write_blank(number, place, None, day)
    for place, text in enumerate(rest, start=1 + len(words) + len(days)):
        if text:
            sheet.write_string(number, place, text, plain)
        else:
            sheet.write_blank(number, place, None, plain)


if __name__ == "__main__":
    main()
