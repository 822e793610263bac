#!/usr/bin/env bash
# Reading .xlsx: cells with an error (#N/A of a look-up that found nothing) and formulas that nobody has calculated yet
# come out of a reader as if they were empty, or as the number 0.
#
# Guess: a reader of workbooks tells an empty cell from one that holds something it cannot give.
# Seen: python-calamine gives "" for both. openpyxl gives the text "#N/A" for the first and None, as for an empty cell,
# for the second (data_only=True). XlsxWriter stores 0 as the result of a formula unless it is told one, so that every
# reader reads 0; the only sign of it is fullCalcOnLoad="1" in the workbook, which Excel takes away when it saves.
# What to do: look at the cells as stored (t="e"; <f> without <v>; <f> with a 0 in a workbook with fullCalcOnLoad).
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'python-calamine==0.9.1' 'openpyxl==3.1.5' 'XlsxWriter==3.3.1'
cat > seen.py <<'PY'
import zipfile

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

book = openpyxl.Workbook()
book.active.append(["#N/A", "=B2&C2", "x"])
assert book.active["A1"].data_type == "e"
book.save("by_openpyxl.xlsx")
with xlsxwriter.Workbook("by_xlsxwriter.xlsx") as written:
    written.add_worksheet().write_formula(0, 0, "=B1&C1")


def by_calamine(name):
    return CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python()


def by_openpyxl(name):
    return [list(row) for row in openpyxl.load_workbook(name, data_only=True).active.iter_rows(values_only=True)]


seen = {
    "calamine": by_calamine("by_openpyxl.xlsx"),
    "openpyxl": by_openpyxl("by_openpyxl.xlsx"),
    "calamine, XlsxWriter's formula": by_calamine("by_xlsxwriter.xlsx"),
    "openpyxl, XlsxWriter's formula": by_openpyxl("by_xlsxwriter.xlsx"),
    "calculated when opened": b'fullCalcOnLoad="1"' in zipfile.ZipFile("by_xlsxwriter.xlsx").read("xl/workbook.xml"),
}
for what, value in seen.items():
    print(f"{what}: {value}")
assert seen == {
    "calamine": [["", "", "x"]],
    "openpyxl": [["#N/A", None, "x"]],
    "calamine, XlsxWriter's formula": [[0.0]],
    "openpyxl, XlsxWriter's formula": [[0]],
    "calculated when opened": True,
}
PY
venv/bin/python seen.py
echo "as described: errors and uncalculated formulas are read as empty cells, or as 0"
