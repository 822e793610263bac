"""The report as Word, workbook and PDF: nothing lost, nothing run, the right fonts."""

import io
import re
import zlib
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from accounts.errors import Invalid
from figures.reasons import REASONS
from figures.statistics import FIGURES
from institutions.models import Demonstration, Division
from institutions.moments import Moment
from reports import contradictions
from reports.as_docx import TEMPLATE, as_docx, placeholders
from reports.as_pdf import NoChineseFont, as_pdf
from reports.as_xlsx import as_xlsx
from reports.monthly import MonthlyReport, monthly_report
from tests.factories import LIUSHI, day, institution, round_of

HOSTILE = "A & B <城东> “教育” {{ 1 }} {% x %}"
pytestmark = pytest.mark.django_db


def report() -> MonthlyReport:
    return monthly_report("330382", Moment(date(2018, 12, 31), timezone.now()))


@pytest.fixture
def hostile() -> MonthlyReport:
    """A report in which the township and an outstanding institution have names made to break documents."""
    Division.objects.filter(pk=LIUSHI).update(name=HOSTILE)
    round_of(institution(LIUSHI, name='=HYPERLINK("http://x","y")'), "2018-05-01")
    return report()


def document(made: bytes):
    return Document(io.BytesIO(made))


def text(made: bytes) -> str:
    opened = document(made)
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in opened.paragraphs), *cells])


def sheets(made: bytes) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def template_saying(words: str, folder):
    made = Document()
    made.add_paragraph(words)
    made.save(folder / "own.docx")
    return folder / "own.docx"


# --- Word


def test_docx_keeps_every_character_of_a_hostile_name(hostile):
    assert text(as_docx(hostile)).count(HOSTILE) == 2  # the sentence of the best township, and the annex


def test_docx_holds_every_sentence_and_the_annex():
    round_of(institution(), "2018-05-01", verified_on="2018-06-01")
    made = report()

    found = text(as_docx(made))
    rows = [[cell.text for cell in row.cells] for row in document(as_docx(made)).tables[0].rows]

    assert all(line in found for line in made.narrative.splitlines())
    assert made.title in found
    assert rows == [
        [
            "排名",
            "乡镇（街道）",
            "排摸",
            "存在问题",
            "已整改",
            "未完成",
            "逾期",
            "取缔",
            "办证照",
            "整改完成",
            "完成率",
        ],
        ["1", "柳市镇", "1", "1", "1", "0", "0", "1", "0", "0", "100.00%"],
        ["", "合计", "1", "1", "1", "0", "0", "1", "0", "0", "100.00%"],
    ]


def test_docx_says_that_the_demonstration_is_synthetic():
    real = text(as_docx(report()))
    Demonstration.objects.create(loaded_on=day("2018-12-31"), division_id="330382")

    assert "演示数据" not in real
    assert "演示数据：全部机构与记录均为虚构，不得作为正式通报使用。" in text(as_docx(report()))


def test_docx_template_sets_east_asian_fonts_indent_a4_repeated_head_and_page_numbers():
    made = Document(TEMPLATE)
    section = made.sections[0]
    fonts = {run.get(qn("w:eastAsia")) for run in made.element.body.iter(qn("w:rFonts"))}
    indents = {
        (each.get(qn("w:firstLineChars")), each.get(qn("w:firstLine"))) for each in made.element.iter(qn("w:ind"))
    }

    assert {"仿宋_GB2312", "方正小标宋简体", "黑体"} <= fonts
    assert None not in fonts
    assert ("200", "640") in indents  # two characters, and two of 16 points in twentieths
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert made.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert "PAGE" in "".join(each.text for each in section.footer._element.iter(qn("w:instrText")))


def test_docx_of_a_template_of_the_bureaus_own(tmp_path, settings):
    settings.REPORT_TEMPLATE = str(template_saying("{{ name }}简报：{{ headline }}", tmp_path))

    assert text(as_docx(report())) == f"乐清市简报：{report().narrative.splitlines()[0]}"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("{{ nobody_fills_this }}", "'nobody_fills_this' is undefined"),
        ("{{ title", "写法有误"),
        ("{{ title.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_docx_of_a_wrong_template_says_what_is_wrong(tmp_path, words, reason):
    with pytest.raises(Invalid, match=reason) as refusal:
        as_docx(report(), template_saying(words, tmp_path))

    assert refusal.value.message.startswith("不能使用报告模板 own.docx：")


@pytest.mark.parametrize("content", [None, b"", b"not a document", b"PK\x03\x04 half"])
def test_docx_of_a_file_that_is_no_template_says_so(tmp_path, content):
    given = tmp_path / "own.docx"
    if content is not None:
        given.write_bytes(content)

    with pytest.raises(Invalid, match="文件不存在，或不是 Word 文档"):
        as_docx(report(), given)


def test_every_figure_check_and_placeholder_is_explained_to_users():
    told = (Path(__file__).resolve().parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")

    assert [name for name in (*FIGURES, *contradictions.CHECKS, *REASONS) if f"`{name}`" not in told] == []
    assert [name for name in placeholders(report()) if not re.search(rf"(\{{ |in ){name}\b", told)] == []


# --- Workbook


def test_xlsx_holds_no_formula_and_no_link(hostile):
    with ZipFile(io.BytesIO(as_xlsx(hostile))) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist() if name.endswith((".xml", ".rels"))}

    assert not [
        name for name, part in parts.items() if "<f>" in part or "<hyperlink" in part or 'TargetMode="External"' in part
    ]


def test_xlsx_lists_the_outstanding_as_they_are_called(hostile):
    assert sheets(as_xlsx(hostile))["未完成名单"] == [
        ["机构名称", "乡镇（街道）", "排摸时证照情况", "状态"],
        ['=HYPERLINK("http://x","y")', HOSTILE, "无证无照", "逾期"],
    ]


def test_xlsx_holds_narrative_annex_partition_and_rebounds():
    school = institution(name="反弹的", status="full")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    round_of(school, "2018-12-03")
    made = report()

    found = sheets(as_xlsx(made))

    assert [row[0] for row in found["通报"]][1:] == made.narrative.splitlines()
    assert found["分下级区划"][1:] == [
        [1.0, "柳市镇", 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, "0.00%"],
        ["", "合计", 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, "0.00%"],
    ]
    assert [row[0] for row in found["证照情况"]] == [
        "排摸时证照情况",
        "证照齐全",
        "有照无证",
        "有证无照",
        "无证无照",
        "合计",
    ]
    assert found["反弹名单"][1] == ["反弹的", "柳市镇", "证照齐全"]


def test_xlsx_lists_contradictions():
    round_of(institution(name="缺证照"), "2018-05-01", verified_on="2018-06-01", outcome="licensed")

    rows = sheets(as_xlsx(report()))["核对"]

    assert [row[1:] for row in rows[1:]] == [[1.0, "缺证照", "柳市镇", "无证无照"]]


# --- PDF


def embedded_fonts(made: bytes) -> set[str]:
    """Names of the fonts of a PDF, also those described in compressed streams."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.S)
    opened = made + b"".join(inflated(stream) for stream in streams)
    return {name.decode().split("+")[-1] for name in re.findall(rb"/FontName\s*/([^\s/>]+)", opened)}


def inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_pdf_embeds_a_chinese_font_and_no_other(hostile):
    made = as_pdf(hostile)

    assert made.startswith(b"%PDF-")
    assert embedded_fonts(made)
    assert all("CJK" in name or "FangSong" in name for name in embedded_fonts(made))


def test_pdf_without_a_chinese_font_is_refused_in_words(settings, monkeypatch, tmp_path):
    monkeypatch.setattr("reports.as_pdf.SYSTEM_FONTS", [tmp_path])

    with pytest.raises(NoChineseFont, match="fonts-noto-cjk"):
        as_pdf(report())


def test_pdf_takes_fonts_from_the_folder_that_was_set(settings, monkeypatch, tmp_path):
    import reports.as_pdf

    (folder,) = [place for place in reports.as_pdf.SYSTEM_FONTS if list(place.rglob("NotoSerifCJK*"))][:1]
    monkeypatch.setattr("reports.as_pdf.SYSTEM_FONTS", [])
    settings.REPORT_FONT_DIR = str(folder)

    assert as_pdf(report()).startswith(b"%PDF-")
