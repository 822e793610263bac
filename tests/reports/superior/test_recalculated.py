"""LibreOffice opens a filled form: its totals are those of the report, and what was in the form is still there."""

import io
import subprocess
from pathlib import Path

import openpyxl
import pytest

from reports.superior.filling import filled
from reports.superior.workbook import open_form
from tests.reports.superior.forms import city_form, parts_of
from tests.reports.superior.reports import county, printed_of, table_of
from tests.reports.superior.test_filling import WORDS

pytestmark = pytest.mark.django_db


def saved_by_libreoffice(data: bytes, folder: Path) -> bytes:
    """What LibreOffice makes of a workbook when it opens and saves it."""
    folder.mkdir()
    (folder / "form.xlsx").write_bytes(data)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", folder / "out", folder / "form.xlsx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (folder / "out" / "form.xlsx").read_bytes()


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
@pytest.mark.parametrize("made_by", ["excel", "libreoffice"])
def test_totals_are_those_of_the_report(tmp_path, made_by):
    """A form that LibreOffice saved keeps its old totals whatever the workbook says, unless they are taken away."""
    county()
    data = city_form() if made_by == "excel" else saved_by_libreoffice(city_form(), tmp_path / "before")
    form, printed = open_form(data, "表.xlsx"), printed_of()

    opened = saved_by_libreoffice(filled(form, table_of(form), printed, WORDS), tmp_path / "after")

    book = openpyxl.load_workbook(io.BytesIO(opened), data_only=True)
    sums = [book["汇总表"][f"{column}9"].value for column in "CDEF"]
    assert sums == [printed.figures[name] for name in ("surveyed", "with_problems", "rectified", "closed")]
    assert book["汇总表"]["G9"].value == pytest.approx(4 / 5)
    assert book["封面"]["B1"].value == printed.figures["surveyed"]  # a formula on another sheet
    assert book["字典"].sheet_state == "hidden"
    assert len([name for name in parts_of(opened) if name.startswith("xl/media/")]) == 1
