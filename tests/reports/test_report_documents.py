"""The report as Word file and as PDF: laid out as official documents are, the right fonts, nothing lost, nothing run."""

import re
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from accounts.errors import Invalid
from figures.reasons import REASONS
from figures.statistics import FIGURES
from institutions.models import Demonstration, Division
from institutions.moments import Moment
from reports import as_pdf as pdf_module
from reports import contradictions
from reports.as_docx import TEMPLATE, as_docx
from reports.as_pdf import NoChineseFont, as_pdf
from reports.monthly import monthly_report
from reports.placeholders import MOST_PRINTED, placeholders
from reports.printed import Printed
from reports.sample import row, sample
from tests.factories import LIUSHI, day, institution, round_of
from tests.reports.reading_back import docx_lines, docx_tables, docx_text, pdf_pages, pdf_text

SHIPPED = TEMPLATE.read_bytes()
CENTRE = WD_ALIGN_PARAGRAPH.CENTER


def live() -> Printed:
    return Printed.of(monthly_report("330382", Moment(day("2018-12-31"), timezone.now())))


def words(text: str) -> bytes:
    """A template that says this."""
    made, written = Document(), BytesIO()
    made.add_paragraph(text)
    made.save(written)
    return written.getvalue()


# --- Word


def test_docx_of_a_live_report_holds_its_sentences_and_its_annexes(db):
    round_of(institution(name="绘声馆"), "2018-05-01", verified_on="2018-06-01")
    round_of(institution(name="青竹教育"), "2018-05-01")

    made = as_docx(live())
    by_township, outstanding, everybody = docx_tables(made)

    assert docx_lines(made)[1:3] == ["", f"截至2018年12月31日,{monthly_text()}"]
    assert by_township[1:] == [
        ["1", "柳市镇", "2", "2", "1", "1", "1", "1", "0", "0", "50.00%"],
        ["", "合计", "2", "2", "1", "1", "1", "1", "0", "0", "50.00%"],
    ]
    assert [line[1:3] for line in outstanding[1:]] == [["青竹教育", "柳市镇"]]
    assert [line[5] for line in everybody[1:]] == ["已取缔", "逾期"]


def monthly_text() -> str:
    return "全市排摸培训机构总数2所,存在问题的培训机构2所,已整改培训机构1所,完成率50%,其中排摸“无证无照”培训机构2所,已整改1所(取缔1所、整改办理证照0所)。"  # noqa: E501


def test_docx_says_that_the_demonstration_is_synthetic(db):
    real = docx_text(as_docx(live()))
    Demonstration.objects.create(loaded_on=day("2018-12-31"), division_id="330382")

    assert "演示数据" not in real
    assert docx_lines(as_docx(live()))[0] == "演示数据：全部机构与记录均为虚构，不得作为正式通报使用。"


def test_docx_without_red_head_and_addressees_has_no_place_for_them():
    heading = dict.fromkeys(sample()["heading"], "")

    lines = docx_lines(as_docx(sample(heading=heading), SHIPPED))

    assert lines[:3] == [sample()["title"], "", lines[2]]
    assert lines[2].startswith("截至2018年12月31日,全市排摸")


def test_docx_leaves_a_long_annex_to_the_workbook():
    long = sample([], annex={"rows": MOST_PRINTED + 1, "sha256": ""})

    made = as_docx(long, SHIPPED)

    assert docx_tables(made)[2][1:] == []
    assert "共5001所培训机构，名单见随附工作簿的“附件”工作表。" in docx_lines(made)


@pytest.mark.parametrize(
    ("left", "listed", "said"),
    [
        (2, ["绘声馆3号教学点", "绘声馆6号教学点"], ""),
        (0, [], "无。"),
        (MOST_PRINTED + 1, [], "共5001所培训机构尚未完成整改，名单见随附工作簿的“未完成名单”工作表。"),
    ],
)
def test_long_annex_still_says_which_are_outstanding(left, listed, said):
    total = sample()["total"] | {"outstanding": left}
    long = sample([row(3), row(4), row(6)], total=total, annex={"rows": MOST_PRINTED + 1, "sha256": ""})

    word, pdf = as_docx(long, SHIPPED), pdf_text(as_pdf(long))

    notes = ["无。", "共5001所培训机构尚未完成整改，名单见随附工作簿的“未完成名单”工作表。"]
    assert [line[:2] for line in docx_tables(word)[1][1:]] == [[str(at), name] for at, name in enumerate(listed, 1)]
    assert [name for name in ("绘声馆3号教学点", "绘声馆6号教学点") if name in pdf] == listed
    assert [note for note in notes if note in docx_lines(word)] == [note for note in notes if note == said]
    assert [note for note in notes if note in pdf] == [note for note in notes if note == said]


def test_document_number_does_not_need_a_red_head():
    printed = sample(heading=sample()["heading"] | {"red_head": ""})

    made = as_docx(printed, SHIPPED)

    assert docx_lines(made)[:3] == ["乐教通〔2019〕3号", "", printed["title"]]
    assert not list(Document(BytesIO(made)).element.body.iter(qn("w:pBdr")))  # no red line
    assert "乐教通〔2019〕3号" in pdf_text(as_pdf(printed))


def test_docx_says_a_number_as_it_was_typed_over():
    assert "尚未完成整改的培训机构72所，其中逾期30所。" in docx_lines(as_docx(sample(), SHIPPED))


# --- The shipped template: GB/T 9704-2012


def test_template_has_the_measures_of_official_documents():
    made = Document(BytesIO(SHIPPED))
    first, landscape = made.sections[0], made.sections[2]

    paper = [(round(each.page_width.mm), round(each.page_height.mm)) for each in made.sections]
    assert paper == [(210, 297), (210, 297), (297, 210), (297, 210)]
    edges = [round(getattr(first, f"{edge}_margin").mm) for edge in ("top", "bottom", "left", "right")]
    assert edges == [37, 35, 28, 26]
    assert round(landscape.page_width.mm - landscape.left_margin.mm - landscape.right_margin.mm) == 225


def paragraph_saying(text: str):
    return next(each for each in Document(BytesIO(SHIPPED)).paragraphs if each.text == text)


@pytest.mark.parametrize(
    ("text", "font", "size", "align"),
    [
        ("{{ red_head }}", "方正小标宋简体", 44, CENTRE),
        ("{{ number }}", "仿宋_GB2312", 16, CENTRE),
        ("{{ title }}", "方正小标宋简体", 22, CENTRE),
        ("{{ addressees }}", "仿宋_GB2312", 16, None),
        ("{{ sentence }}", "仿宋_GB2312", 16, WD_ALIGN_PARAGRAPH.JUSTIFY),
        ("附件1", "黑体", 16, None),
    ],
)
def test_template_sets_fonts_that_east_asian_text_follows(text, font, size, align):
    paragraph = paragraph_saying(text)
    run = paragraph.runs[0]

    assert (run._element.rPr.rFonts.get(qn("w:eastAsia")), run.font.size) == (font, Pt(size))
    assert paragraph.alignment == align


def test_template_sets_text_at_28_points_with_two_characters_of_indent():
    paragraph = paragraph_saying("{{ sentence }}")
    indent = paragraph._element.pPr.find(qn("w:ind"))

    assert paragraph.paragraph_format.line_spacing == Pt(28)
    assert (indent.get(qn("w:firstLineChars")), indent.get(qn("w:firstLine"))) == ("200", "640")
    assert paragraph_saying("{{ addressees }}")._element.pPr.find(qn("w:ind")) is None  # flush left


def test_template_has_a_red_line_repeated_heads_and_numbers_of_pages():
    made = Document(BytesIO(SHIPPED))
    (line,) = made.element.body.iter(qn("w:pBdr"))
    footers = [made.sections[0].footer, made.sections[0].even_page_footer]

    assert line.find(qn("w:bottom")).get(qn("w:color")) == "E60000"
    assert [table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in made.tables] == [True] * 3
    assert ["".join(each.text for each in footer.paragraphs) for footer in footers] == ["— 1 —", "— 1 —"]
    assert [footer.paragraphs[0].alignment for footer in footers] == [
        WD_ALIGN_PARAGRAPH.RIGHT,
        WD_ALIGN_PARAGRAPH.LEFT,
    ]


# --- A template of somebody's own


def test_docx_of_a_template_of_the_bureaus_own(db, settings, tmp_path):
    (tmp_path / "own.docx").write_bytes(words("{{ name }}简报：{{ figures.surveyed }}所"))
    settings.REPORT_TEMPLATE = str(tmp_path / "own.docx")

    assert docx_text(as_docx(live())) == "乐清市简报：0所"


def test_docx_of_a_template_that_is_gone_says_so(db, settings, tmp_path):
    settings.REPORT_TEMPLATE = str(tmp_path / "gone.docx")

    with pytest.raises(Invalid, match="gone.docx（REPORT_TEMPLATE）：No such file"):
        as_docx(live())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ nobody_fills_this }}", "'nobody_fills_this' is undefined"),
        ("{{ title", "写法有误"),
        ("{{ title.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_docx_of_a_wrong_template_says_what_is_wrong(text, reason):
    with pytest.raises(Invalid, match=reason) as refusal:
        as_docx(sample(), words(text))

    assert refusal.value.message.startswith("不能使用报告模板：")


@pytest.mark.parametrize("content", [b"not a document", b"PK\x03\x04 half"])
def test_docx_of_a_file_that_is_no_template_says_so(content):
    with pytest.raises(Invalid, match="不是 Word 文档"):
        as_docx(sample(), content)


def test_every_figure_check_and_placeholder_is_explained_to_users():
    folder = Path(__file__).resolve().parents[2] / "docs"
    told = "".join((folder / name).read_text(encoding="utf-8") for name in ("statistics.md", "documents.md"))

    named = (*FIGURES, *contradictions.CHECKS, *REASONS, *placeholders(sample()))
    assert [name for name in named if f"`{name}`" not in told] == []


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


def test_pdf_embeds_chinese_fonts_and_no_other():
    rows = [row(1, name="𠮷野家教 A & B")]

    fonts = embedded_fonts(as_pdf(sample(rows)))

    assert {name.split("-")[0] for name in fonts} == {"NotoSerifCJKsc", "NotoSansCJKsc"}


def test_pdf_has_the_trend_and_the_picture_of_the_divisions_with_their_words():
    pages = pdf_pages(as_pdf(sample()))
    pictured = next(page for page in pages if "圆的大小" in page)

    assert "各月末整改完成率" in "".join(pages)
    assert "74.94%" in "".join(pages)  # the first month of the line
    assert ("柳市镇" in pictured, "虹桥镇" in pictured, "80%以下" in pictured) == (True, True, True)


def test_pdf_without_centres_and_months_has_no_empty_pictures():
    bare_townships = [each | {"centre": None} for each in sample()["townships"]]

    text = pdf_text(as_pdf(sample(townships=bare_townships, trend=sample()["trend"][:1])))

    assert ("圆的大小" in text, "各月末整改完成率" in text) == (False, False)


def test_pdf_repeats_the_head_of_its_annex_and_numbers_its_pages():
    pages = pdf_pages(as_pdf(sample([row(number) for number in range(1, 61)])))
    annex = [page for page in pages if "排摸时证照" in page]

    assert len(annex) > 1
    assert [f"—{number}—" in page for number, page in enumerate(pages, start=1)] == [True] * len(pages)


def test_pdf_without_a_chinese_font_is_refused_in_words(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf_module, "SYSTEM_FONTS", [tmp_path])

    with pytest.raises(NoChineseFont, match="fonts-noto-cjk"):
        as_pdf(sample())


def test_pdf_takes_fonts_from_the_folder_that_was_set(settings, monkeypatch):
    (folder,) = [place for place in pdf_module.SYSTEM_FONTS if list(place.rglob("NotoSerifCJK*"))][:1]
    monkeypatch.setattr(pdf_module, "SYSTEM_FONTS", [])
    settings.REPORT_FONT_DIR = str(folder)

    assert as_pdf(sample()).startswith(b"%PDF-")


def test_picture_names_and_figures_of_a_division_are_text(db):
    Division.objects.filter(pk=LIUSHI).update(name="<script>&", longitude=120.9, latitude=28.0)
    round_of(institution(LIUSHI), "2018-05-01")

    assert "<script>&" in pdf_text(as_pdf(live()))
