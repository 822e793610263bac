#!/usr/bin/env bash
# Chinese Excel has number formats of its own for days (27-36, 50-58; ECMA-376 part 1, 18.8.30): 31 shows 2018年9月3日,
# 57 and 27 2018年9月, 58 9月3日. A workbook names them by number alone; nothing in the file defines them.
#
# Guess: a reader that makes days of 14-22 makes days of these, too.
# Seen: openpyxl, and pandas with it, give the bare serials (43346). python-calamine and xlrd make days of them. None
# says that 58 shows no year and 27 no day: the rest of the day is the spreadsheet's, not what somebody wrote.
# What to do: know the numbers; ask where a day comes from a format that shows a part of it.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'python-calamine==0.9.1' 'openpyxl==3.1.5' 'XlsxWriter==3.3.1' 'xlrd==2.0.2' 'pandas==3.1.1'
cat > seen.py <<'PY'
import datetime

import openpyxl
import pandas
import xlrd
import xlsxwriter
from python_calamine import CalamineWorkbook

FORMATS = [14, 27, 31, 36, 50, 57, 58]
with xlsxwriter.Workbook("days.xlsx") as book:
    sheet = book.add_worksheet()
    for column, number in enumerate(FORMATS):
        sheet.write_number(0, column, 43346, book.add_format({"num_format": number}))

day = datetime.date(2018, 9, 3)
seen = {
    "openpyxl": [cell.value for cell in openpyxl.load_workbook("days.xlsx").active[1]],
    "pandas": pandas.read_excel("days.xlsx", header=None, engine="openpyxl").iloc[0].tolist(),
    "calamine": CalamineWorkbook.from_path("days.xlsx").get_sheet_by_index(0).to_python()[0],
    "xlrd": [xlrd.formatting.std_format_code_types.get(number) == xlrd.formatting.FDT for number in FORMATS],
}
for reader, values in seen.items():
    print(f"{reader}: {values}")
assert seen["openpyxl"] == [datetime.datetime(2018, 9, 3)] + [43346] * 6
assert seen["pandas"][1:] == [43346] * 6
assert seen["calamine"] == [day] * 7
assert seen["xlrd"] == [True] * 7
PY
venv/bin/python seen.py
echo "as described: openpyxl and pandas do not know the builtin day formats of Chinese Excel"
