"""Makes the Word template of the monthly report (`manage.py make_report_template`). A clerk may edit the result."""

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from reports.as_docx import TEMPLATE

BODY, TITLE = "仿宋_GB2312", "方正小标宋简体"
COLUMNS = [
    ("排名", "rank"), ("{{ children }}", "name"), ("排摸", "surveyed"), ("存在问题", "with_problems"),
    ("已整改", "rectified"), ("未完成", "outstanding"), ("逾期", "overdue"), ("取缔", "closed"), ("办证照", "licensed"),
    ("整改完成", "corrected"), ("完成率", "percent"),
]  # fmt: skip


def font(run: Run, name: str, size: float, bold: bool = False) -> None:
    """Set the Latin and the East Asian font: python-docx alone sets only the first."""
    run.font.name, run.font.size, run.bold = name, Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def paragraph(
    document: Document,
    text: str,
    *,
    name: str = BODY,
    size: float = 16,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = True,
    bold: bool = False,
) -> Paragraph:
    added = document.add_paragraph()
    font(added.add_run(text), name, size, bold)
    if align is not None:
        added.alignment = align
    added.paragraph_format.line_spacing = Pt(28)
    added.paragraph_format.space_after = Pt(0)
    if indent:  # two characters, in characters and in points: Word wants both
        shift = OxmlElement("w:ind")
        shift.set(qn("w:firstLineChars"), "200")
        shift.set(qn("w:firstLine"), str(int(size * 2 * 20)))
        added._element.get_or_add_pPr().append(shift)
    return added


def page_number(section: Section) -> None:
    holder = section.footer.paragraphs[0]
    holder.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = holder.add_run()
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)


def cell(place: _Cell, text: str, *, bold: bool = False, left: bool = False) -> None:
    held = place.paragraphs[0]
    held.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    font(held.add_run(text), BODY, 9, bold)


def annex(document: Document) -> None:
    table = document.add_table(rows=5, cols=len(COLUMNS))
    table.style = "Table Grid"
    table.autofit = False
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(head)
    cell(table.rows[1].cells[0], "{%tr for row in rows %}")
    cell(table.rows[3].cells[0], "{%tr endfor %}")
    for index, (title, key) in enumerate(COLUMNS):
        cell(table.rows[0].cells[index], title, bold=True)
        cell(table.rows[2].cells[index], f"{{{{ row.{key} }}}}", left=key == "name")
        total = {"rank": "", "name": "合计"}.get(key, f"{{{{ total.{key} }}}}")
        cell(table.rows[4].cells[index], total, bold=True, left=key == "name")
        width = {"rank": 1.1, "name": 2.3, "percent": 1.8}.get(key, 1.3)
        table.columns[index].width = Cm(width)
        for row in table.rows:
            row.cells[index].width = Cm(width)


def make() -> None:
    document = docx.Document()
    for language in document.styles.element.iter(qn("w:lang")):  # else an office suite takes Japanese glyphs
        language.set(qn("w:eastAsia"), "zh-CN")
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.top_margin, section.bottom_margin = Cm(3.2), Cm(2.8)
    page_number(section)
    centre = WD_ALIGN_PARAGRAPH.CENTER
    paragraph(document, "{{ title }}", name=TITLE, size=22, align=centre, indent=False)
    paragraph(document, "(截至{{ cut_off }})", align=centre, indent=False)
    paragraph(document, "{%p if notice %}")
    paragraph(document, "{{ notice }}", name="楷体_GB2312", size=14, align=centre, indent=False)
    paragraph(document, "{%p endif %}")
    paragraph(document, "")
    paragraph(document, "截至{{ cut_off }},{{ headline }}")
    paragraph(document, "{%p for sentence in by_township %}")
    paragraph(document, "{{ sentence }}")
    paragraph(document, "{%p endfor %}")
    for name in ("change", "overdue", "problem_types"):
        paragraph(document, f"{{{{ {name} }}}}")
    paragraph(document, "附件：{{ name }}各{{ children }}整改进展情况表")
    document.add_page_break()  # type: ignore[no-untyped-call]
    paragraph(document, "附件", name="黑体", indent=False)
    paragraph(document, "{{ name }}各{{ children }}整改进展情况表", name=TITLE, size=18, align=centre, indent=False)
    annex(document)
    paragraph(document, "注：完成率=已整改÷存在问题；并列的名次相同，其后名次顺延。", size=10.5, indent=False)
    TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(TEMPLATE))
