"""Makes the Word template of the monthly report (`manage.py make_report_template`), laid out as GB/T 9704-2012 asks of
official documents: red head, document number, red line, title, addressees, text, signature and annexes. A clerk may
edit the result.
"""

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from reports.as_docx import TEMPLATE

BODY, TITLE, HEAD, SMALL, SONG = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
RED = RGBColor(0xE6, 0x00, 0x00)
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
LINE_PT, BODY_PT = 28.0, 16.0
SIGNED_FROM = Pt(210)  # name and day are centred between here and the right margin: the day ends four characters short

# The columns of the annexes: head, what is in it, width in centimetres.
TOWNSHIPS = [
    ("排名", "row.rank", 1.1), ("{{ children }}", "row.name", 2.7), ("排摸总数", "row.surveyed", 1.25),
    ("存在问题", "row.with_problems", 1.3), ("已整改", "row.rectified", 1.3), ("未完成", "row.outstanding", 1.3),
    ("其中逾期", "row.overdue", 1.3), ("取缔", "row.closed", 1.2), ("办理证照", "row.licensed", 1.3),
    ("整改完成", "row.corrected", 1.3), ("完成率", "row.percent", 2.0),
]  # fmt: skip
OUTSTANDING = [
    ("序号", "row.number", 1.2), ("机构名称", "row.name", 4.8), ("{{ children }}", "row.township", 2.2),
    ("办学地址", "row.address", 5.0), ("整改期限", "row.due_on", 2.5), ("状态", "row.standing", 1.5),
    ("存在问题", "row.problems", 5.3),
]  # fmt: skip
INSTITUTIONS = [
    ("序号", "row.number", 1.1), ("机构名称", "row.name", 4.5), ("{{ children }}", "row.township", 1.9),
    ("办学地址", "row.address", 5.4), ("排摸时证照", "row.licence_status", 1.8), ("状态", "row.standing", 1.8),
    ("责令日期", "row.ordered_on", 2.0), ("整改期限", "row.due_on", 2.0), ("销号日期", "row.verified_on", 2.0),
]  # fmt: skip
WORDS = {"row.name", "row.township", "row.address", "row.problems"}  # to the left; all else is centred


def element(parent: BaseOxmlElement, name: str, **attributes: str | int) -> BaseOxmlElement:
    made: BaseOxmlElement = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    parent.append(made)
    return made


def font(run: Run, name: str, size: float, *, bold: bool = False, colour: RGBColor | None = None) -> None:
    """Set the Latin and the East Asian font: python-docx alone sets only the first."""
    run.font.name, run.font.size, run.bold = name, Pt(size), bold or None
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
    if colour is not None:
        run.font.color.rgb = colour


def paragraph(
    document: Document,
    text: str,
    *,
    name: str = BODY,
    size: float = BODY_PT,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: float = 0,
    line: float = LINE_PT,
    before: float = 0,
    colour: RGBColor | None = None,
) -> Paragraph:
    """A paragraph in lines of `line` points, its first one indented by `indent` characters."""
    added = document.add_paragraph()
    font(added.add_run(text), name, size, colour=colour)
    if align is not None:
        added.alignment = align
    form = added.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    form.space_before, form.space_after, form.widow_control = Pt(before), Pt(0), False
    if indent:  # in characters and in points: Word wants both
        shift = {"firstLineChars": int(indent * 100), "firstLine": int(size * indent * 20)}
        element(added._element.get_or_add_pPr(), "w:ind", **shift)
    return added


def text(document: Document, words: str) -> Paragraph:
    added = paragraph(document, words, indent=2)
    added.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    return added


def line_below(place: Paragraph, colour: RGBColor) -> None:
    """A line of the width of the text, 4 mm below."""
    properties = place._element.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    element(borders, "w:bottom", val="single", sz=16, space=11, color=str(colour))
    after = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc")
    properties.insert_element_before(borders, *after)


def page_number(place: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, in Song of 14 points, one character from the outer edge."""
    place.alignment = align
    if align == RIGHT:
        place.paragraph_format.right_indent = Pt(14)
    else:
        place.paragraph_format.left_indent = Pt(14)
    font(place.add_run("— "), SONG, 14)
    for kind, words in (("begin", ""), ("", "PAGE"), ("separate", ""), (None, "1"), ("end", "")):
        run = place.add_run(words if kind is None else "")
        font(run, SONG, 14)
        if kind:
            element(run._element, "w:fldChar", fldCharType=kind)
        elif kind == "":
            element(run._element, "w:instrText").text = f" {words} "
    font(place.add_run(" —"), SONG, 14)


def page(section: Section, *, landscape: bool = False) -> None:
    """A4 with 156 × 225 mm of text."""
    edges = {"top": 3.7, "right": 2.6, "bottom": 3.5, "left": 2.8}
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
        edges = {"top": 2.8, "right": 3.5, "bottom": 2.6, "left": 3.7}
    for edge, width in edges.items():
        setattr(section, f"{edge}_margin", Cm(width))
    section.header_distance, section.footer_distance = Cm(1.5), Cm(1.6 if landscape else 2.4)


def cell(place: _Cell, words: str, width: Length, *, name: str = BODY, size: float, left: bool = False) -> None:
    place.width = width
    held = place.paragraphs[0]
    held.alignment = LEFT if left else CENTRE
    held.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    held.paragraph_format.space_after = Pt(0)
    font(held.add_run(words), name, size)
    element(place._tc.get_or_add_tcPr(), "w:vAlign", val="center")


def table_of(
    document: Document, columns: list[tuple[str, str, float]], rows: str, *, size: float, total: bool = False
) -> Table:
    """A table with its head on every page and a row for each of `rows`; its widths are as given."""
    table = document.add_table(rows=5 if total else 4, cols=len(columns))
    table.style, table.autofit = "Table Grid", False
    margins = element(table._tbl.tblPr, "w:tblCellMar")
    for edge in ("left", "right"):
        element(margins, f"w:{edge}", w=60, type="dxa")
    for row in table.rows:
        element(row._tr.get_or_add_trPr(), "w:cantSplit")
    element(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
    cell(table.rows[1].cells[0], f"{{%tr for row in {rows} %}}", Cm(columns[0][2]), size=size)
    cell(table.rows[3].cells[0], "{%tr endfor %}", Cm(columns[0][2]), size=size)
    for index, (title, said, wide) in enumerate(columns):
        width, left = Cm(wide), said in WORDS
        table.columns[index].width = width
        cell(table.rows[0].cells[index], title, width, name=HEAD, size=size)
        cell(table.rows[2].cells[index], f"{{{{ {said} }}}}", width, size=size, left=left)
        if total:
            words = {"row.rank": "", "row.name": "合计"}.get(said, f"{{{{ {said.replace('row.', 'total.')} }}}}")
            cell(table.rows[4].cells[index], words, width, name=HEAD, size=size, left=left)
    return table


def annex(document: Document, number: str, title: str) -> None:
    """附件1 in the first line, the title in the third."""
    paragraph(document, f"附件{number}", name=HEAD)
    paragraph(document, title, name=TITLE, size=22, align=CENTRE, line=34, before=16)
    below = paragraph(document, "（截至{{ cut_off }}）", name=SMALL, size=14, align=CENTRE, line=24)
    below.paragraph_format.space_after = Pt(6)


def head(document: Document) -> None:
    """The red head stands 35 mm below the text's upper edge; what a bureau has not set is left out with its line."""
    paragraph(document, "{%p if notice %}")
    paragraph(document, "{{ notice }}", name=SMALL, size=14, align=CENTRE)
    paragraph(document, "{%p endif %}")
    paragraph(document, "{%p if red_head %}")
    paragraph(document, "{{ red_head }}", name=TITLE, size=44, align=CENTRE, line=60, before=88, colour=RED)
    paragraph(document, "")
    line_below(paragraph(document, "{{ number }}", align=CENTRE), RED)
    paragraph(document, "")
    paragraph(document, "{%p elif number %}")
    paragraph(document, "{{ number }}", align=CENTRE)
    paragraph(document, "")
    paragraph(document, "{%p endif %}")
    paragraph(document, "{{ title }}", name=TITLE, size=22, align=CENTRE, line=34, before=28)
    paragraph(document, "")
    paragraph(document, "{%p if addressees %}")
    paragraph(document, "{{ addressees }}")
    paragraph(document, "{%p endif %}")


def body(document: Document) -> None:
    paragraph(document, "{%p for sentence in paragraphs %}")
    text(document, "{{ sentence }}")
    paragraph(document, "{%p endfor %}")
    paragraph(document, "")
    listed = [paragraph(document, "附件：1．{{ name }}各{{ children }}整改进展情况表", indent=2)]
    for number, title in (("2", "未完成整改培训机构名单"), ("3", "培训机构整改情况一览表")):
        listed.append(paragraph(document, f"{number}．{title}", indent=5))
    listed += [paragraph(document, ""), paragraph(document, "")]
    signed = [paragraph(document, words, align=CENTRE) for words in ("{{ signed }}", "{{ dated_on }}")]
    for each in signed:
        each.paragraph_format.left_indent = SIGNED_FROM
    for each in [*listed, signed[0]]:  # a signature does not stand alone on a page
        each.paragraph_format.keep_with_next = True


def annexes(document: Document) -> None:
    page(document.add_section(WD_SECTION.NEW_PAGE))
    annex(document, "1", "{{ name }}各{{ children }}整改进展情况表")
    table_of(document, TOWNSHIPS, "townships", size=10.5, total=True)
    paragraph(document, "注：完成率＝已整改÷存在问题；并列的名次相同，其后名次顺延。", size=10.5, line=20, before=4)
    page(document.add_section(WD_SECTION.NEW_PAGE), landscape=True)
    annex(document, "2", "未完成整改培训机构名单")
    table_of(document, OUTSTANDING, "outstanding", size=10)
    paragraph(document, "{%p if outstanding_note %}")
    paragraph(document, "{{ outstanding_note }}", size=10.5, line=20, before=4)
    paragraph(document, "{%p elif not outstanding %}")
    paragraph(document, "无。", size=10.5, line=20, before=4)
    paragraph(document, "{%p endif %}")
    page(document.add_section(WD_SECTION.NEW_PAGE), landscape=True)
    annex(document, "3", "培训机构整改情况一览表")
    table_of(document, INSTITUTIONS, "annex", size=9)
    paragraph(document, "{%p if annex_note %}")
    paragraph(document, "{{ annex_note }}", size=10.5, line=20, before=4)
    paragraph(document, "{%p endif %}")


def make() -> None:
    document = docx.Document()
    for language in document.styles.element.iter(qn("w:lang")):  # else an office suite takes Japanese glyphs
        language.set(qn("w:eastAsia"), "zh-CN")
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = BODY, Pt(BODY_PT)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    normal.paragraph_format.space_after = Pt(0)
    document.settings.odd_and_even_pages_header_footer = True
    first = document.sections[0]
    page(first)
    page_number(first.footer.paragraphs[0], RIGHT)
    page_number(first.even_page_footer.paragraphs[0], LEFT)
    head(document)
    body(document)
    annexes(document)
    document.core_properties.author = document.core_properties.comments = ""
    TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(TEMPLATE))
