"""The report as a Word file, from a template a clerk can edit (reports/templates/reports/monthly.docx)."""

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from reports.letterheads import template_for
from reports.placeholders import NOT_IN_XML, placeholders

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

    from reports.printed import Printed

PLAIN = re.compile(r"[\w \-—（）：；，。、.%]*")  # what needs no care, of which most cells are
TEMPLATE = Path(__file__).resolve().parent / "templates" / "reports" / "monthly.docx"


def as_docx(printed: "Printed", template: bytes | None = None) -> bytes:
    """The filled template: the one given, else the one of the report or its division, else the one shipped.

    A placeholder nobody fills is an error, not a blank: raises Invalid with its name. So does a file that is no
    template.
    """
    return filled(template or template_for(printed) or TEMPLATE.read_bytes(), placeholders(printed))


def filled(template: bytes, said: dict[str, Any]) -> bytes:
    from docx.opc.exceptions import PackageNotFoundError
    from docx.oxml import parse_xml
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError, UndefinedError

    class Template(DocxTemplate):
        """Without two things of docxtpl: it goes over every paragraph again for line ends, which `as_text` has seen to,
        and fills the properties of the file as if they were XML."""

        def resolve_listing(self, xml: str) -> str:
            return xml

        def fix_tables(self, xml: str) -> Any:
            """Only tables in which a template repeats columns have rows of other lengths than their grid."""
            return super().fix_tables(xml) if repeats_columns else parse_xml(xml)

        def fix_docpr_ids(self, tree: Any) -> None:
            """A picture that was repeated has a number of its own each time."""
            pictures = tree.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")
            for number, picture in enumerate(pictures, start=1):
                picture.set("id", str(number))

        def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
            self.docx.core_properties.title = NOT_IN_XML.sub("", str(context["title"]))[:255]

    written = io.BytesIO()
    try:
        repeats_columns = b"%tc" in ZipFile(io.BytesIO(template)).read("word/document.xml")
        document = Template(io.BytesIO(template))
        document.render(said, sandbox())
        document.save(written)
    except UndefinedError as problem:
        raise _unusable(_("占位符没有对应内容：%(problem)s") % {"problem": problem}) from problem
    except TemplateError as problem:
        raise _unusable(_("占位符写法有误：%(problem)s") % {"problem": problem}) from problem
    except SyntaxError as problem:  # lxml: what was filled is no XML any more
        raise _unusable(_("填好以后文档不完整，可能有占位符放错了地方")) from problem
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError) as problem:
        raise _unusable(_("不是 Word 文档（.docx）")) from problem
    return undated(written.getvalue())


def undated(package: bytes) -> bytes:
    """The same package with no moment in it: of one report comes one file, to the byte."""
    written = io.BytesIO()
    with ZipFile(io.BytesIO(package)) as old, ZipFile(written, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(ZipInfo(part.filename), old.read(part), ZIP_DEFLATED)
    return written.getvalue()


def sandbox() -> "SandboxedEnvironment":
    """Where a bureau's template is filled: nothing of Python is within its reach, a missing name is an error."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=as_text)


def as_text(value: Any) -> Any:
    """What a placeholder stands for, as text in XML: signs stay signs, a tab and a line end are those of Word, braces
    are no placeholder again, what XML cannot hold is left out."""
    if not isinstance(value, str):
        return value
    if PLAIN.fullmatch(value):
        return mark_safe(value)  # noqa: S308 (without a sign that means anything)
    text = str(escape(NOT_IN_XML.sub("", value)))
    if "{" in text or "}" in text:
        text = text.replace("{", "&#123;").replace("}", "&#125;")
    if "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        for sign, tag in (("\t", "tab"), ("\n", "br")):
            text = text.replace(sign, f'</w:t><w:{tag}/><w:t xml:space="preserve">')
    return mark_safe(text)  # noqa: S308 (escaped above)


def _unusable(reason: str) -> Invalid:
    return Invalid({"template": [_("不能使用报告模板：%(reason)s。") % {"reason": reason}]})
