"""Is a Word file fit to be the template of a report? What is wrong with it, and where: before anything is filled.

A template may name what there is, go over lists and leave parts out. It can call nothing, reach nothing of Python and
make no text longer by its own doing: a file that anybody could have sent stays harmless.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from django.utils.translation import gettext as _

from accounts.errors import Invalid, enumerated
from inspections.models import FindingType
from institutions.imports.package import UnreadableFile, check_package
from institutions.models import Division
from reports.as_docx import filled, sandbox
from reports.figure_keys import has_nothing
from reports.placeholders import nested, placeholders
from reports.sample import sample

if TYPE_CHECKING:
    from jinja2 import nodes

MOST_BYTES, MOST_INFLATED = 5 * 1024 * 1024, 30 * 1024 * 1024
ALIKE = 0.75  # of two names that one may be meant for the other
DEEPEST = 2  # lists within lists
LONG = ("annex", "outstanding", "rebounds")  # nothing is gone over within one of these
FILTERS = {
    "count", "d", "default", "first", "int", "join", "last", "length", "rejectattr", "reverse", "round", "selectattr",
    "sort", "sum", "trim", "unique",
}  # fmt: skip
ANY: Any = object()  # a value of which nothing is known
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
RAW = re.compile(r"\{\{(r|p|tr|tc)\s")
FIELDS = re.compile(r"^\s*(DDE|DDEAUTO|LINK|IMPORT|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|MACROBUTTON)\b", re.IGNORECASE)
OLE = ("/oleObject", "/package", "/control", "/activeXControlBinary", "/vbaProject", "/aFChunk", "/subDocument")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where it stands and the words around it."""

    place: str
    says: str
    text: str = ""

    def __str__(self) -> str:
        where = _("%(place)s“%(text)s”") % {"place": self.place, "text": self.text[:40]} if self.text else self.place
        return _("%(where)s：%(says)s") % {"where": where, "says": self.says}


@dataclass
class Part:
    """A part of the document in which placeholders are filled: its paragraphs with their places, its XML."""

    name: str
    paragraphs: list[tuple[str, str]]
    xml: str
    problems: list[Problem] = field(default_factory=list)

    def found(self, says: str, needle: str) -> None:
        """Note a problem wherever a tag has the needle (a regular expression)."""
        sought = re.compile(needle)
        places = [(place, text) for place, text in self.paragraphs if any(map(sought.search, tags_of(text)))]
        for place, text in places or [(self.name, "")]:
            if (problem := Problem(place, says, text)) not in self.problems:
                self.problems.append(problem)


def check_template(data: bytes, file_name: str = "", division: str = "") -> list[Problem]:
    """What keeps the file from being filled, in the order of the document; nothing for one that is fit. It may name
    figures of every division below `division` and of every finding type on file.

    Raises Invalid (422) with one sentence for a file that is no template at all: broken, not a Word document, with
    macros, embedded objects or links to elsewhere, too large.
    """
    document = opened(data, file_name)
    parts, known = list(parts_of(document)), tried(division)
    for part in parts:
        _check(part, known)
    problems = [problem for part in parts for problem in part.problems]
    if not problems:
        try:
            filled(data, known)
        except Invalid as refusal:
            problems = [Problem(_("全文"), refusal.message)]
    return problems


def tried(division: str) -> dict[str, Any]:
    """What a template is tried with: made up, every list with rows, every figure that a report of the division or of
    one below it has; of divisions and finding types those that are on file."""

    @cache
    def types() -> frozenset[str]:
        return frozenset(FindingType.objects.values_list("pk", flat=True))

    @cache
    def on_file(part: str) -> bool:
        if part.startswith("type."):
            return part.removeprefix("type.") in types()
        below = Division.objects.filter(pk__startswith=division).exclude(pk=division)
        return part.isascii() and part.isdecimal() and below.filter(pk=part).exists()

    printed = sample()
    of_no_part = {
        key: value
        for key, value in printed.figures.items()
        if not has_nothing(printed["division"], key.rpartition(".")[0])
    }
    return placeholders(printed) | {"figures": nested(of_no_part, on_file)}


# --- The file


def opened(data: bytes, file_name: str = "") -> Any:
    """The Word document in the bytes. Raises Invalid with a sentence for anything else."""
    import docx

    if file_name.lower().endswith((".docm", ".dotm")):
        raise _refused(_("这是带宏的 Word 文件（%(name)s），请另存为不带宏的 .docx。") % {"name": file_name[:60]})
    if len(data) > MOST_BYTES:
        raise _refused(_("模板超过 %(most)s MB，请删去图片后再上传。") % {"most": MOST_BYTES >> 20})
    if data[:8] == bytes.fromhex("D0CF11E0A1B11AE1"):
        raise _refused(_("这是旧版 Word 文件（.doc），或设有打开密码。请去掉密码，另存为 .docx。"))
    if data[:2] != b"PK":
        raise _refused(_("这不是 Word 文档。请用 Word 或 WPS 另存为 .docx 后上传。"))
    try:
        check_package(data, MOST_INFLATED)
    except UnreadableFile as refusal:
        said = refusal.message.replace("工作簿", "文档").replace("名册", "模板")
        raise _refused(said.replace("Excel", "Word").replace(".xlsx", ".docx")) from refusal
    try:
        document = docx.Document(io.BytesIO(data))
        parts = list(document.part.package.iter_parts())
    except (KeyError, ValueError, BadZipFile, SyntaxError, AttributeError, OSError) as problem:
        raise _refused(
            _("这不是 Word 文档（.docx），或已损坏。请用 Word 或 WPS 打开，另存为 .docx 后上传。")
        ) from problem
    if any("macroEnabled" in part.content_type or "vbaProject" in part.content_type for part in parts):
        raise _refused(_("文档带有宏，请另存为不带宏的 .docx。"))
    for part in [document.part.package, *parts]:
        for relation in part.rels.values():
            _check_relation(relation, getattr(part, "partname", "/"))
    return document


def _check_relation(relation: Any, part: str) -> None:
    if relation.reltype.endswith(OLE):
        raise _refused(_("文档里嵌有对象或控件（%(part)s），请删去后再上传。") % {"part": part})
    if relation.is_external and relation.reltype.endswith("/attachedTemplate"):
        raise _refused(
            _("文档附有外部模板“%(target)s”。请在 Word 的“开发工具—文档模板”中改为 Normal 后另存。")
            % {"target": relation.target_ref[-60:]}
        )
    if relation.is_external and not relation.reltype.endswith("/hyperlink"):
        raise _refused(
            _("文档引用了外部文件“%(target)s”（%(part)s），请改为嵌入或删去后再上传。")
            % {"target": relation.target_ref[-60:], "part": part}
        )


def _refused(sentence: str) -> Invalid:
    return Invalid({"file": [sentence]})


# --- Its places


def parts_of(document: Any) -> Iterator[Part]:
    """The text, headers, footers and footnotes."""
    from docx.opc.oxml import parse_xml
    from docxtpl import DocxTemplate

    template = DocxTemplate(io.BytesIO(b""))
    template.docx = document
    names = {"/header": _("页眉"), "/footer": _("页脚"), "/footnotes": _("脚注")}
    yield Part(_("正文"), list(places(document.element.body, _("正文"))), template.patch_xml(template.get_xml()))
    for relation in document.part.rels.values():
        name = next((name for ending, name in names.items() if relation.reltype.endswith(ending)), "")
        if name and not relation.is_external:
            root = parse_xml(relation.target_part.blob)
            yield Part(name, list(places(root, name)), template.patch_xml(template.xml_to_string(root)))


def places(element: Any, name: str) -> Iterator[tuple[str, str]]:
    """(place, text) of each paragraph: 正文第3段, 正文第1个表格第2行第3格, 页眉第1段, and in boxes of text."""
    from docx.oxml.ns import qn

    paragraph, table = 0, 0
    for child in _unwrapped(element):
        if child.tag == qn("w:p"):
            paragraph += 1
            place = _("%(name)s第%(number)s段") % {"name": name, "number": paragraph}
            boxes = list(child.iter(qn("w:txbxContent")))
            inside = {text for box in boxes for text in box.iter(qn("w:t"))}
            yield place, "".join(text.text or "" for text in child.iter(qn("w:t")) if text not in inside)
            for box in boxes:
                yield from places(box, _("%(place)s的文本框") % {"place": place})
        elif child.tag == qn("w:tbl"):
            table += 1
            for row, line in enumerate(child.iter(qn("w:tr")), start=1):
                for number, cell in enumerate(line.iter(qn("w:tc")), start=1):
                    where = {"name": name, "table": table, "row": row, "cell": number}
                    said = _("%(name)s第%(table)s个表格第%(row)s行第%(cell)s格") % where
                    held = [text for _place, text in places(cell, said)]
                    yield said, "".join(held)


def _unwrapped(element: Any) -> Iterator[Any]:
    """The children, those of content controls and of tracked insertions among them."""
    for child in element:
        kind = child.tag.rpartition("}")[2]
        if kind in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "footnote"):
            yield from _unwrapped(child)
        else:
            yield child


def tags_of(text: str) -> list[str]:
    """The placeholders in a paragraph, with the quotation marks that Word makes of straight ones taken back."""
    straight = text.translate(str.maketrans("“”‘’", "\"\"''"))
    return TAG.findall(straight)


# --- Its placeholders


def _check(part: Part, known: dict[str, Any]) -> None:
    from jinja2 import TemplateSyntaxError

    for place, text in part.paragraphs:
        left = TAG.sub("", text)
        if sign := next((sign for sign in ("{{", "}}", "{%", "%}") if sign in left), ""):
            says = _("占位符不完整：“%(sign)s”没有与之成对的另一半") % {"sign": sign}
            part.problems.append(Problem(place, says, text))
        if RAW.search(text):
            part.problems.append(Problem(place, _("占位符请写成 {{ 名称 }}，花括号后空一格"), text))
    for field_ in re.findall(r"<w:instrText[^>]*>([^<]*)<", part.xml):
        if FIELDS.match(field_):
            part.problems.append(
                Problem(part.name, _("不能用从外部取内容的域“%(field)s”") % {"field": field_.strip()[:40]})
            )
    if part.problems:
        _check_tags(part, known)
        return
    numbered = re.sub(r"<w:p([ >])", r"\n<w:p\1", part.xml)
    try:
        parsed = sandbox().parse(numbered)
    except TemplateSyntaxError as problem:
        lines = numbered.split("\n")
        tags = tags_of(re.sub(r"<[^>]+>", "", lines[min(problem.lineno, len(lines)) - 1]))
        says = _("占位符写法有误（%(problem)s）") % {"problem": problem.message}
        if (problem.message or "").startswith("Unexpected end of template"):
            says = _("if 没有对应的 endif，或 for 没有对应的 endfor")
        part.found(says, re.escape(tags[0]) if tags else "(?!)")
        return
    _Reader(part, known).read(parsed)


def _check_tags(part: Part, known: dict[str, Any]) -> None:
    """The names in a part that is not whole, so that all that is wrong with it is said at once."""
    from jinja2 import TemplateSyntaxError

    tags = [tag for _place, text in part.paragraphs for tag in tags_of(text)]
    lines = {name: ANY for tag in tags for name in re.findall(r"\bfor\s+(\w+)\s+in\b", tag)}
    for tag in tags:
        if tag.startswith("{{") and not RAW.match(tag):
            try:
                _Reader(part, known).read(sandbox().parse(tag), known | lines)
            except TemplateSyntaxError as problem:
                part.found(_("占位符写法有误（%(problem)s）") % {"problem": problem.message}, re.escape(tag))


class _Reader:
    """Goes through what a part says and notes each name that nothing fills and each word that is not to be used."""

    def __init__(self, part: Part, known: dict[str, Any]):
        self.part, self.known = part, known

    def read(self, node: "nodes.Node", scope: dict[str, Any] | None = None, depth: int = 0, over: str = "") -> Any:
        """What a node stands for: a value of the report that is tried, or ANY."""
        scope = self.known if scope is None else scope
        kind = type(node).__name__
        reader: Callable[..., Any] | None = getattr(self, f"_{kind.lower()}", None)
        if reader is not None:
            return reader(node, scope, depth, over)
        if kind not in PLAIN:
            words = {"Call": r"\(", "Assign": "set", "Mul": r"\*", "Pow": r"\*\*", "Div": "/", "Mod": "%"}
            says = _("模板里只能写名称、if 和 for，不能计算、调用或引用（%(kind)s）") % {"kind": kind}
            self.part.found(says, words.get(kind, kind.lower()))
            return ANY
        for child in node.iter_child_nodes():
            self.read(child, scope, depth, over)
        return ANY

    def _name(self, node: Any, scope: dict[str, Any], *_rest: Any) -> Any:
        if node.name == "loop":
            return ANY
        if node.name not in scope:
            return self._unknown(node.name, [name for name in scope if name != "figures"])
        return scope[node.name]

    def _getattr(self, node: Any, scope: dict[str, Any], depth: int, over: str) -> Any:
        return self._step(node, node.attr, self.read(node.node, scope, depth, over))

    def _getitem(self, node: Any, scope: dict[str, Any], depth: int, over: str) -> Any:
        base = self.read(node.node, scope, depth, over)
        key = getattr(node.arg, "value", None)
        if isinstance(key, str):
            return self._step(node, key, base)
        self.read(node.arg, scope, depth, over)
        return base[0] if isinstance(base, list) and base else ANY

    def _step(self, node: Any, key: str, base: Any) -> Any:
        if key.startswith("_"):
            self.part.found(_("不能用“%(name)s”") % {"name": key}, re.escape(key))
            return ANY
        if base is ANY:
            return ANY
        try:
            return base[key] if isinstance(base, dict) else self._unknown(key, [])
        except KeyError:
            return self._unknown(key, list(base))

    def _filter(self, node: Any, scope: dict[str, Any], depth: int, over: str) -> Any:
        if node.name not in FILTERS:
            said = {"name": node.name, "known": enumerated(sorted(FILTERS))}
            self.part.found(_("不能用“%(name)s”，可用：%(known)s") % said, rf"\|\s*{re.escape(node.name)}\b")
            return ANY
        for child in [*node.args, *node.kwargs]:
            self.read(child, scope, depth, over)
        base = self.read(node.node, scope, depth, over) if node.node else ANY
        if isinstance(base, list):
            if node.name in ("first", "last"):
                return base[0] if base else ANY
            return base if node.name in ("sort", "reverse", "unique", "selectattr", "rejectattr") else ANY
        return ANY

    def _for(self, node: Any, scope: dict[str, Any], depth: int, over: str) -> Any:
        listed = self.read(node.iter, scope, depth, over)
        name = getattr(node.target, "name", "")
        if listed is not ANY and not isinstance(listed, list):
            self.part.found(_("for 后面要写一个清单"), rf"for\s+{name}\b")
            listed = ANY
        if depth >= DEEPEST or over in LONG or not name:
            self.part.found(_("清单里不能再逐行列出清单"), rf"for\s+{name or ''}")
        inner = scope | {name: listed[0] if isinstance(listed, list) and listed else ANY}
        goes_over = getattr(node.iter, "name", "") or over
        for child in [*node.body, *node.else_, *([node.test] if node.test else [])]:
            self.read(child, inner, depth + 1, goes_over)
        return ANY

    def _unknown(self, name: str, known: list[str]) -> Any:
        import difflib

        near = difflib.get_close_matches(name, known, 1, ALIKE)
        says = _("没有叫“%(name)s”的内容") % {"name": name}
        if near:
            says = _("没有叫“%(name)s”的内容，是不是“%(near)s”？") % {"name": name, "near": near[0]}
        self.part.found(says, rf"(?<![\w]){re.escape(name)}(?![\w])")
        return ANY


PLAIN = {
    "Template", "Output", "TemplateData", "Const", "If", "CondExpr", "Compare", "Operand", "And", "Or", "Not", "Concat",
    "Test", "Add", "Sub", "Keyword", "Pair", "List", "Tuple", "Neg", "Pos",
}  # fmt: skip
