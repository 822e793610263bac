"""The form as it is: guarded as every workbook somebody sends, its sheets, and what its styles make of a number."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from institutions.imports import refusals
from institutions.imports.kinds import kind_of
from institutions.imports.package import UnreadableFile
from institutions.imports.reading import formats
from institutions.imports.reading.frames import Limits, Place, Refused
from institutions.imports.reading.tags import Attributes, by_local_name, parse, yes
from institutions.imports.reading.xlsx import Package
from institutions.imports.workbook import Sheet, read_workbook
from reports.superior.sheet_xml import SheetXml, Value, read_sheet_xml, spliced, tag_end

MOST_BYTES = 5 * 1024 * 1024  # of the file; a form is a page or two, with a picture perhaps
MOST_OF_A_SHEET = 5 * 1024 * 1024  # bytes of a sheet's XML
LIMITS = Limits(most_bytes=MOST_BYTES, most_inflated=40 << 20, most_rows=2_000, most_columns=100, most_cells=100_000)
MACROS = (b"macroEnabled", b"vbaProject", b"macrosheet")
PERCENT, POINTS, TEXT = "percent", "points", "text"
BUILTIN_CODES = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 49: "@"}
_WORKBOOK_BEFORE_CALC = ("sheets", "functionGroups", "externalReferences", "definedNames")


@dataclass(frozen=True)
class Looks:
    """What a number format makes of a number: "percent", "points" where the sign is only written behind it, "day",
    "text" … or ""; with so many decimals, None where it takes as many as there are."""

    kind: str = ""
    decimals: int | None = None


@dataclass
class Form:
    """A form that was opened. `sheets` are those that are shown, in the form's order, with what their cells hold."""

    data: bytes
    sheets: list[Sheet]
    parts: dict[str, str]  # sheet -> part
    workbook_part: str
    looks: list[Looks]
    epoch_1904: bool
    _read: dict[str, SheetXml] = field(default_factory=dict)

    @cached_property
    def zip(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.data))

    def sheet(self, name: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def xml(self, name: str) -> SheetXml:
        if name not in self._read:
            try:
                self._read[name] = read_sheet_xml(self.zip.read(self.parts[name]))
            except Refused as refused:
                raise UnreadableFile(str(getattr(refusals, refused.key)).format(**refused.values)) from refused
        return self._read[name]

    def looks_at(self, sheet: str, place: Place) -> Looks:
        style = self.xml(sheet).style_at(place)
        return self.looks[int(style)] if style and int(style) < len(self.looks) else Looks()

    def with_cells(self, written: Mapping[str, Mapping[Place, Value]]) -> bytes:
        """The workbook with these cells of its sheets, and every formula in it to be calculated when it is opened.

        What was calculated last is taken away from every formula of every sheet: it is of other numbers, and
        LibreOffice believes it whatever `fullCalcOnLoad` says (a viewer that does not calculate shows nothing, not
        last month's total). No other byte of a sheet changes; every other part keeps its bytes, its place and
        its date, but that the workbook's own says `fullCalcOnLoad` in its calcPr.
        """
        replaced: dict[str, bytes] = {}
        for name, part in self.parts.items():
            xml = self.xml(name)
            filled = xml.with_cells(written.get(name, {}))
            if filled != xml.data:
                replaced[part] = filled
        if any(cell.formula for name in self.parts for cell in self.xml(name).cells.values()):
            replaced[self.workbook_part] = calculated_when_opened(self.zip.read(self.workbook_part))
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as package:
            for entry in self.zip.infolist():
                content = replaced.get(entry.filename)
                kept = zipfile.ZipInfo(entry.filename, entry.date_time)
                kept.compress_type, kept.external_attr = entry.compress_type, entry.external_attr
                package.writestr(kept, self.zip.read(entry) if content is None else content)
        return made.getvalue()


def open_form(data: bytes, name: str) -> Form:
    """Raises UnreadableFile with one sentence: no .xlsx, broken, with macros, signed, too large, hostile."""
    if len(data) > MOST_BYTES:
        raise UnreadableFile(
            _("文件超过 %(most)s MB，不像一份报表。请删去图片以外的多余内容。") % {"most": MOST_BYTES >> 20}
        )
    kind = kind_of(data, name)
    if kind != "xlsx":
        raise UnreadableFile(
            _("报表只收 .xlsx：请在 Excel 或 WPS 中打开“%(name)s”，另存为 .xlsx。") % {"name": name[:60]}
        )
    book = read_workbook(data, name, LIMITS)
    package = Package(io.BytesIO(data))
    _refuse_what_cannot_be_filled(package)
    try:
        return _opened(data, package, book.sheets, book.epoch_1904)
    except Refused as refused:
        raise UnreadableFile(str(getattr(refusals, refused.key)).format(**refused.values)) from refused


def _refuse_what_cannot_be_filled(package: Package) -> None:
    names = package.zip.namelist()
    with package.open("[Content_Types].xml") as part:
        types = part.read(1 << 20)
    if any(sign in types for sign in MACROS):
        raise UnreadableFile(refusals.HAS_MACROS)
    if any(name.startswith("_xmlsignatures/") for name in names):
        raise UnreadableFile(_("报表带有电子签名，填数后签名就失效了。请向上级要一份没有签名的空表。"))
    if len(set(map(str.lower, names))) < len(names):
        raise UnreadableFile(refusals.DAMAGED_OR_ENCRYPTED)


def _opened(data: bytes, package: Package, sheets: list[Sheet], epoch_1904: bool) -> Form:
    workbook = next(iter(package.related("", "officeDocument")), "xl/workbook.xml").lstrip("/")
    related = package.relations(workbook)
    parts: dict[str, str] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "sheet":
            local = by_local_name(attributes)
            kind, part = related.get(local.get("id", ""), ("", ""))
            if kind == "worksheet" and package.has(part):
                parts[local.get("name", "")] = _stored_name(package, part)

    parse(package.open(workbook), start)
    shown = [sheet for sheet in sheets if sheet.state == "visible" and sheet.name in parts]
    for name, part in parts.items():
        if package.zip.getinfo(part).file_size > MOST_OF_A_SHEET:
            said = {"sheet": name, "most": MOST_OF_A_SHEET >> 20}
            raise UnreadableFile(
                _("工作表“%(sheet)s”超过 %(most)s MB，不像一份报表。请删去空白的行和列后另存。") % said
            )
    if not shown:
        raise UnreadableFile(_("报表里没有可填的工作表。"))
    styles = next(iter(package.related(workbook, "styles")), None)
    looks = _looks(package, styles) if styles else []
    return Form(data, shown, parts, _stored_name(package, workbook), looks, epoch_1904)


def _stored_name(package: Package, part: str) -> str:
    """The name under which the zip has the part."""
    name: str = package.names[part.replace("\\", "/").lstrip("/").lower()]
    return name


def _looks(package: Package, part: str) -> list[Looks]:
    codes: dict[str, str] = {}
    of_cells: list[str] = []
    within = ""

    def start(tag: str, given: Attributes) -> None:
        nonlocal within
        if tag in ("numFmts", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            within = tag
        elif tag == "numFmt" and within == "numFmts":
            codes[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif tag == "xf" and within == "cellXfs":
            of_cells.append(given.get("numFmtId", "0"))

    parse(package.open(part), start)
    return [_looks_of(number, codes) for number in of_cells]


def _looks_of(number: str, codes: dict[str, str]) -> Looks:
    known = int(number) if number.isdecimal() and len(number) < 9 else 0
    code = codes.get(number) or BUILTIN_CODES.get(known, "")
    first = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code.split(";")[0])
    decimals = len(re.findall("[0#?]", first.partition(".")[2])) if re.search("[0#?]", first) else None
    if "%" in first:
        return Looks(PERCENT, decimals)
    if first.strip() == "@":
        return Looks(TEXT)
    if re.search(r'"[^"]*[%％][^"]*"|\\[%％]|％', code.split(";")[0]):
        return Looks(POINTS, decimals)
    return Looks(formats.meaning(codes[number]) if number in codes else formats.BUILTIN.get(known, ""), decimals)


def calculated_when_opened(workbook: bytes) -> bytes:
    """The workbook's own part with fullCalcOnLoad in its calcPr: its formulas are calculated when it is opened."""
    from xml.parsers import expat

    found: dict[str, int] = {}
    ends: dict[str, int] = {}
    depth, prefix = 0, ""
    parser = expat.ParserCreate()

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal depth, prefix
        depth += 1
        if depth == 1:
            prefix = tag.rpartition(":")[0] + ":" if ":" in tag else ""
        elif depth == 2:
            found[tag.removeprefix(prefix)] = parser.CurrentByteIndex
            if yes(given.get("fullCalcOnLoad")):
                found["said"] = 0

    def end(tag: str) -> None:
        nonlocal depth
        if depth == 2:
            at = parser.CurrentByteIndex
            whole = workbook[at : at + 2] == b"</"
            ends[tag.removeprefix(prefix)] = tag_end(workbook, at if whole else found[tag.removeprefix(prefix)])
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(workbook, True)
    if "said" in found:
        return workbook
    says = b' fullCalcOnLoad="1"'
    if "calcPr" in found:
        at, until = found["calcPr"], tag_end(workbook, found["calcPr"])
        tag = re.sub(rb"\sfullCalcOnLoad\s*=\s*(\"[^\"]*\"|'[^']*')", b"", workbook[at:until])
        name = len(f"<{prefix}calcPr")
        return spliced(workbook, [(at, until, tag[:name] + says + tag[name:])])
    at = max(ends[name] for name in _WORKBOOK_BEFORE_CALC if name in ends)
    return spliced(workbook, [(at, at, f"<{prefix}calcPr".encode() + says + b"/>")])
