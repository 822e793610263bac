"""A bureau's own Word template: what is refused in a sentence, what is named with its place, what LibreOffice makes of
one and gives back."""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement

from accounts.errors import Invalid
from reports.as_docx import TEMPLATE, as_docx
from reports.monthly import WHOLE_PERCENT
from reports.sample import row, sample
from reports.template_check import MOST_BYTES, check_template
from tests.reports.reading_back import converted, docx_lines, docx_tables, docx_text, rows_of_counts, said_by
from tests.reports.superior.reports import county, printed_of

SHIPPED = TEMPLATE.read_bytes()
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def template(*lines: str, header: str = "", footer: str = "", table: list[list[str]] | None = None) -> bytes:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    made.sections[0].header.paragraphs[0].text = header
    made.sections[0].footer.paragraphs[0].text = footer
    if table:
        added = made.add_table(rows=len(table), cols=len(table[0]))
        for place, cells in enumerate(table):
            for number, cell in enumerate(cells):
                added.cell(place, number).text = cell
    return saved(made)


def saved(made) -> bytes:
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def problems(*lines: str, **parts) -> list[str]:
    return [str(problem) for problem in check_template(template(*lines, **parts))]


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The package with parts added or replaced."""
    written = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(written, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return written.getvalue()


# --- What fits


def test_shipped_template_has_no_problem():
    assert check_template(SHIPPED) == []


@pytest.mark.parametrize(
    "line",
    [
        "没有占位符的一段",
        "{{ figures.none.rectified }}所，{{ figures['330382114.surveyed'] }}所，{{ figures.type.L01.with_problems }}所",
        "{{ figures[“330382125.completion_percent”] }}",  # as Word writes quotation marks
        "{% if red_head %}{{ red_head|trim }}{% else %}{{ name }}{% endif %}",
        "{% for row in townships if row.rank != '—' %}{{ loop.index }}{{ row.name }}{{ row.percent }}{% endfor %}",
        "{{ townships|length }}个，{{ (townships|first).name }}",
        "{# 说明 #}{{ paragraphs|join('；') }}",
    ],
)
def test_template_may_name_what_there_is(db, line):
    assert problems(line) == []


def test_template_may_name_every_figure_of_a_report(db):
    county()
    report = printed_of()
    steps = [key for key in report.figures if re.fullmatch(r"[a-z_]+(\.[A-Za-z_]\w*)*", key) and key != WHOLE_PERCENT]
    tags = [f"{{{{ figures.{key} }}}}" for key in steps] + [f"{{{{ figures['{key}'] }}}}" for key in report.figures]
    data = template(*tags)

    assert check_template(data, division="330382") == []
    assert docx_lines(as_docx(report, data)) == [
        *(str(report.figures[key]) for key in steps),
        *map(str, report.figures.values()),
    ]


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("figures['type.L02.with_problems']", "0"),
        ("figures.type.L02.completion_percent", "—"),
        ("figures['330382125.surveyed']", "0"),
        ("figures['330382125']['completion_percent']", "—"),
    ],
)
def test_figure_of_what_a_month_has_none_of_is_nought(db, tag, said):
    data = template(f"{{{{ {tag} }}}}")

    assert check_template(data) == []
    assert docx_lines(as_docx(printed_of(), data)) == [said]


@pytest.mark.parametrize("key", ["330381101.surveyed", "330382125001.surveyed", "33.surveyed"])
def test_figure_of_a_division_that_is_not_right_below_is_none(db, key):
    with pytest.raises(Invalid, match="占位符没有对应内容"):
        as_docx(printed_of(), template(f"{{{{ figures['{key}'] }}}}"))


def test_template_edited_and_saved_by_an_office_suite_still_works():
    edited = docx.Document(BytesIO(SHIPPED))
    edited.add_paragraph("抄送：{{ name }}人民政府办公室。")
    printed = sample([row(number) for number in range(1, 10)])

    again = converted(saved(edited), "docx:MS Word 2007 XML")
    made = as_docx(printed, again)

    assert again != saved(edited)
    assert check_template(again) == []
    assert [text for text in said_by(printed) if text not in docx_lines(made)] == []
    assert docx_tables(made)[0][1:] == rows_of_counts(printed)
    assert "抄送：乐清市人民政府办公室。" in docx_lines(made)


def test_template_with_a_placeholder_split_into_runs_is_filled():
    made = docx.Document()
    paragraph = made.add_paragraph("")
    for piece in ("{", "{ na", "me }", "}简报"):
        paragraph.add_run(piece).bold = len(piece) % 2 == 0

    assert check_template(saved(made)) == []
    assert docx_text(as_docx(sample(), saved(made))) == "乐清市简报"


def test_template_may_repeat_columns():
    data = template(table=[["{%tc for row in trend %}", "{{ row.percent }}", "{%tc endfor %}"], ["月末完成率", "", ""]])

    assert check_template(data) == []
    assert docx_tables(as_docx(sample(), data))[0][0] == ["74.94%", "89.76%", "94.33%"]


# --- What is named with its place


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{{ titel }}", "正文第2段“{{ titel }}”：没有叫“titel”的内容，是不是“title”？"),
        ("{{ figures.surveyedd }}", "正文第2段“{{ figures.surveyedd }}”：没有叫“surveyedd”的内容，是不是“surveyed”？"),
        (
            "{{ figures['type.L99.surveyed'] }}",
            "正文第2段“{{ figures['type.L99.surveyed'] }}”：没有叫“type.L99.surveyed”的内容",
        ),
        ("{{ figures.type.L99.surveyed }}", "正文第2段“{{ figures.type.L99.surveyed }}”：没有叫“L99”的内容"),
        ("{{ figures['330382999'].closed }}", "正文第2段“{{ figures['330382999'].closed }}”：没有叫“330382999”的内容"),
        ("{{ title", "正文第2段“{{ title”：占位符不完整：“{{”没有与之成对的另一半"),
        ("{% if title %}甲", "正文第2段“{% if title %}甲”：if 没有对应的 endif，或 for 没有对应的 endfor"),
        ("{{ title.__class__ }}", "正文第2段“{{ title.__class__ }}”：不能用“__class__”"),
        ("{{ title['__class__'] }}", "正文第2段“{{ title['__class__'] }}”：不能用“__class__”"),
        ("{{ title|attr('x') }}", "正文第2段“{{ title|attr('x') }}”：不能用“attr”，可用："),
        ("{{ title|replace('a','b') }}", "正文第2段“{{ title|replace('a','b') }}”：不能用“replace”，可用："),
        ("{{ range(9) }}", "正文第2段“{{ range(9) }}”：模板里只能写名称、if 和 for，不能计算、调用或引用（Call）"),
        ("{{ 'a' * 9 }}", "正文第2段“{{ 'a' * 9 }}”：模板里只能写名称、if 和 for，不能计算、调用或引用（Mul）"),
        ("{% set a = 1 %}", "正文第2段“{% set a = 1 %}”：模板里只能写名称、if 和 for，不能计算、调用或引用（Assign）"),
        ("{% include 'a' %}", "正文第2段“{% include 'a' %}”：模板里只能写名称"),
        ("{{r title }}", "正文第2段“{{r title }}”：占位符请写成 {{ 名称 }}"),
        ("{% for a in title %}{% endfor %}", "正文第2段“{% for a in title %}{% endfor %}”：for 后面要写一个清单"),
        (
            "{% for a in annex %}{% for b in annex %}甲{% endfor %}{% endfor %}",
            "正文第2段“{% for a in annex %}{% for b in annex %}”：清单里不能再逐行列出清单",
        ),
    ],
)
def test_problem_of_a_paragraph_says_where_it_stands(db, line, said):
    found = problems("好的一段", line)

    assert len(found) == 1
    assert found[0].startswith(said)


def test_problems_of_tables_heads_and_feet_say_where_they_stand():
    table = [
        ["名称", "电话"],
        ["{%tr for row in annex %}", ""],
        ["{{ row.name }}", "{{ row.phone }}"],
        ["{%tr endfor %}", ""],
    ]

    assert problems("{{ one }}", header="{{ two }}", footer="{{ three }}", table=table) == [
        "正文第1段“{{ one }}”：没有叫“one”的内容",
        "正文第1个表格第3行第2格“{{ row.phone }}”：没有叫“phone”的内容",
        "页眉第1段“{{ two }}”：没有叫“two”的内容",
        "页脚第1段“{{ three }}”：没有叫“three”的内容",
    ]


def test_names_of_a_template_that_is_not_whole_are_looked_at_all_the_same():
    assert problems("{{ title", "{{ one }}", "{% for row in annex %}{{ row.name }}") == [
        "正文第1段“{{ title”：占位符不完整：“{{”没有与之成对的另一半",
        "正文第2段“{{ one }}”：没有叫“one”的内容",
    ]


def test_problem_that_stands_twice_is_named_twice():
    assert problems("{{ one }}", "甲{{ one }}") == [
        "正文第1段“{{ one }}”：没有叫“one”的内容",
        "正文第2段“甲{{ one }}”：没有叫“one”的内容",
    ]


def test_template_with_a_field_that_fetches_from_elsewhere_is_named():
    made = docx.Document()
    instruction = OxmlElement("w:instrText")
    instruction.text = ' INCLUDETEXT "http://x.example/a.docx" '
    made.add_paragraph().add_run()._element.append(instruction)

    assert [str(each) for each in check_template(saved(made))] == [
        '正文：不能用从外部取内容的域“INCLUDETEXT "http://x.example/a.docx"”'
    ]


# --- What is no template


def refusal(data: bytes, name: str = "own.docx") -> str:
    with pytest.raises(Invalid) as refused:
        check_template(data, name)
    return refused.value.message


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "own.docx", "这不是 Word 文档。请用 Word 或 WPS 另存为 .docx 后上传。"),
        (b"PK\x03\x04 half", "own.docx", "文档已损坏"),
        (SHIPPED, "own.docm", "这是带宏的 Word 文件（own.docm），请另存为不带宏的 .docx。"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"x" * 600, "own.doc", "这是旧版 Word 文件（.doc），或设有打开密码。"),
        (b"PK" + b"x" * MOST_BYTES, "own.docx", "模板超过 5 MB"),
    ],
)
def test_file_that_is_no_word_document_is_refused_in_a_sentence(data, name, said):
    assert refusal(data, name).startswith(said)


def test_workbook_is_no_template():
    import openpyxl

    written = BytesIO()
    openpyxl.Workbook().save(written)

    assert refusal(written.getvalue()).startswith("这不是 Word 文档（.docx），或已损坏。")


def test_template_with_macros_inside_is_refused():
    assert refusal(repacked(SHIPPED, **{"word/vbaProject.bin": b"x"})) == "文档带有宏，请另存为不带宏的 .docx。"


def test_template_that_declares_itself_with_macros_is_refused():
    types = (
        ZipFile(BytesIO(SHIPPED))
        .read("[Content_Types].xml")
        .replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        )
    )

    assert refusal(repacked(SHIPPED, **{"[Content_Types].xml": types})).startswith("这不是 Word 文档（.docx）")


def test_template_that_inflates_to_too_much_is_refused():
    assert "MB" in refusal(repacked(SHIPPED, **{"word/media/a.bin": b"\0" * (31 * 1024 * 1024)}))


def test_template_with_a_doctype_is_refused():
    part = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'

    assert "DOCTYPE" in refusal(repacked(SHIPPED, **{"word/a.xml": part}))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            RELATIONSHIP_TYPE.IMAGE,
            "文档引用了外部文件“http://x.example/a”（/word/document.xml），请改为嵌入或删去后再上传。",
        ),
        (RELATIONSHIP_TYPE.OLE_OBJECT, "文档里嵌有对象或控件（/word/document.xml），请删去后再上传。"),
        (f"{OFFICE}/attachedTemplate", "文档附有外部模板“http://x.example/a”。"),
        (f"{OFFICE}/frame", "文档引用了外部文件"),
    ],
)
def test_template_that_reaches_elsewhere_is_refused(kind, said):
    made = docx.Document()
    made.part.relate_to("http://x.example/a", kind, is_external=True)

    assert refusal(saved(made)).startswith(said)


def test_template_may_hold_a_link_that_somebody_clicks():
    made = docx.Document()
    made.part.relate_to("http://x.example/a", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)

    assert check_template(saved(made)) == []
