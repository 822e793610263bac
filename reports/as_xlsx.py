"""The report as a workbook: the narrative, the figures, and every institution row by row, so that no number of rows is
too many for the memory. A cell is what it says: a count is a whole number, a rate a number shown as percent, a day a
day, and text is text and never a formula or a link.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from figures.exports import NO_MOMENT, XLSX_OPTIONS
from figures.standing import Standing
from figures.statistics import FIGURE_NAMES
from institutions.models import LicenceStatus
from reports.placeholders import NOT_IN_XML, SYNTHETIC, in_words, sentences

if TYPE_CHECKING:
    from reports.printed import Printed

TEXT, WHOLE, RATE, DAY = "text", "whole", "rate", "day"
FORMS = {TEXT: {}, WHOLE: {"num_format": "0"}, RATE: {"num_format": "0.00%"}, DAY: {"num_format": "yyyy-mm-dd"}}
NONE = "—"
MOST_ROWS = 1_048_575  # of a sheet, under its head
FIRST_DAY = date(1899, 12, 30).toordinal()
MOST_TEXT = 32_767  # characters of a cell
WIDEST, NARROWEST, MEASURED = 46, 6, 300  # characters of a column; the rows that its width is taken from
LINE_PT = 18  # of a row: room for Chinese fonts
EVERY = 1_000  # rows between two words about how far it is
Column = tuple[str, str]  # head and kind

NAME, TOWNSHIP = ("机构名称", TEXT), ("乡镇（街道）", TEXT)
LISTED = [
    ("序号", WHOLE), NAME, TOWNSHIP, ("办学地址", TEXT), ("排摸时证照情况", TEXT), ("状态", TEXT), ("排摸日期", DAY),
    ("责令日期", DAY), ("整改期限", DAY), ("销号日期", DAY), ("整改结果", TEXT), ("存在问题", TEXT),
]  # fmt: skip
OUTSTANDING = [
    ("序号", WHOLE), NAME, TOWNSHIP, ("办学地址", TEXT), ("排摸时证照情况", TEXT), ("状态", TEXT), ("责令日期", DAY),
    ("整改期限", DAY), ("存在问题", TEXT),
]  # fmt: skip


OF_REBOUNDS = ("name", "township", "address", "licence_status", "standing", "ordered_on", "due_on", "problems")


def as_xlsx(
    printed: "Printed", write_to: IO[bytes] | None = None, *, tell: Callable[[int], None] = lambda done: None
) -> bytes:
    """The workbook; written into `write_to` (a binary file) where one is given, and then nothing is returned.

    `tell` hears how many rows of the annex are written. Raises Invalid for more rows than a sheet has.
    """
    import xlsxwriter

    if printed["annex"]["rows"] > MOST_ROWS:
        said = {"rows": printed["annex"]["rows"], "most": MOST_ROWS}
        reason = _("附件有%(rows)s行，一张工作表最多%(most)s行，请分辖区导出。") % said
        raise Invalid({"format": [reason]})
    written = write_to or io.BytesIO()
    options = {"constant_memory": True, **XLSX_OPTIONS}
    with translation.override("zh-hans"), xlsxwriter.Workbook(written, options) as book:
        book.set_properties({"created": NO_MOMENT, "title": clean(printed["title"])[:255]})
        forms = {kind: book.add_format({"border": 1, "valign": "top", **form}) for kind, form in FORMS.items()}
        forms["wrapped"] = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
        forms["head"] = book.add_format(
            {
                "bold": True,
                "bg_color": "#E8EEF2",
                "border": 1,
                "text_wrap": True,
                "align": "center",
                "valign": "vcenter",
            }
        )
        _story(book, printed)
        _figures(book, forms, printed)
        _annex(book, forms, printed, tell)
        _checks(book, forms, printed)
    return written.getvalue() if isinstance(written, io.BytesIO) and write_to is None else b""


def clean(text: str) -> str:
    """What a cell can hold of a text: no sign that XML has not, no more than a cell takes."""
    if not text.isprintable():
        text = NOT_IN_XML.sub("", text)
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def rate(printed: str) -> float | str:
    """94.33% -> 0.9433: the rate as it is printed, which a spreadsheet would round to 100%; — stays text."""
    return round(float(printed.removesuffix("%")) / 100, 6) if printed.endswith("%") else printed


@lru_cache(maxsize=4_096)
def serial(day: str) -> int:
    """2018-12-31 -> 43465: the day as a spreadsheet counts it."""
    return date.fromisoformat(day).toordinal() - FIRST_DAY


class Sheet:
    """A table under a head that stays, filters and is repeated on paper; written a row at a time."""

    def __init__(self, book: Any, forms: dict[str, Any], name: str, columns: Sequence[Column]):
        self.sheet, self.columns, self.rows = book.add_worksheet(name), columns, 0
        self.forms = [forms[kind] for _head, kind in columns]
        self.kinds = [kind for _head, kind in columns]
        self.widths = [_width(head) for head, _kind in columns]
        self.wrapped = forms["wrapped"]
        self.sheet.freeze_panes(1, 2 if len(columns) > 4 else 1)
        self.sheet.repeat_rows(0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&C— &P —")
        self.sheet.set_row(0, 30)
        for place, (head, _kind) in enumerate(columns):
            self.sheet.write_string(0, place, head, forms["head"])

    def add(self, cells: Iterable[Any]) -> None:
        """A row: text, whole numbers, rates as printed (94.33%), days as ISO text; nothing is an empty cell."""
        self.rows += 1
        row, sheet, forms = self.rows, self.sheet, self.forms
        for place, (kind, value) in enumerate(zip(self.kinds, cells, strict=True)):
            if value is None or value == "":
                sheet.write_blank(row, place, None, forms[place])
            elif kind == TEXT:
                self._text(row, place, clean(value))
            elif kind == DAY:
                sheet.write_number(row, place, serial(value), forms[place])
            elif kind == RATE and isinstance(number := rate(value), float):
                sheet.write_number(row, place, number, forms[place])
            elif isinstance(value, int):
                sheet.write_number(row, place, value, forms[place])
            else:
                self._text(row, place, value)

    def _text(self, row: int, place: int, text: str) -> None:
        width = _width(text) if row <= MEASURED else 0
        if width > self.widths[place]:
            self.widths[place] = width
        lines = text.count("\n") + 1
        if lines > 1:  # said, for LibreOffice prints the first of them alone otherwise
            self.sheet.set_row(row, LINE_PT * lines)
        self.sheet.write_string(row, place, text, self.wrapped if lines > 1 else self.forms[place])

    def end(self) -> None:
        for place, width in enumerate(self.widths):
            least = 11 if self.kinds[place] == DAY else 9 if self.kinds[place] == RATE else NARROWEST
            self.sheet.set_column(place, place, min(WIDEST, max(least, width)) + 2)
        self.sheet.autofilter(0, 0, max(1, self.rows), len(self.columns) - 1)


def _width(text: str) -> int:
    """Half-width characters: a Chinese one, three bytes in UTF-8, is two."""
    return (len(text) + len(text.encode())) // 2


def _story(book: Any, printed: "Printed") -> None:
    """The text, each row as high as it needs: LibreOffice and viewers on phones show of others the first line alone."""

    def write(number: int, text: str, form: Any, line_pt: int, fits: int) -> None:
        sheet.set_row(number, line_pt * -(-_width(text) // fits))
        sheet.write_string(number, 0, text, form)

    sheet = book.add_worksheet("通报")
    sheet.set_column(0, 0, 100)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    title = book.add_format({"bold": True, "font_size": 14, "text_wrap": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    write(0, clean(f"{printed['title']}（截至{printed['cut_off']}）"), title, 23, 70)
    notice = [SYNTHETIC] if printed["synthetic"] else []
    for number, line in enumerate([*notice, *(text for _key, text in sentences(printed))], start=1):
        write(number, clean(line), wrapped, LINE_PT, 90)


def _figures(book: Any, forms: dict[str, Any], printed: "Printed") -> None:
    """The tables of figures: total, division by division, licence status, problem types, month by month."""
    heads: list[Column] = [*((str(name), WHOLE) for name in FIGURE_NAMES.values()), ("完成率", RATE)]

    def counts(row: dict[str, Any]) -> list[Any]:
        return [*(row[name] for name in FIGURE_NAMES), row["completion_percent"]]

    def table(name: str, columns: list[Column], rows: Iterable[Sequence[Any]]) -> None:
        sheet = Sheet(book, forms, name, columns)
        for row in rows:
            sheet.add(row)
        sheet.end()

    total, flat = printed["total"], printed["figures"]
    then = [flat.get(f"before.{name}", "") for name in FIGURE_NAMES] + [flat.get("before.completion_percent", "")]
    summary = Sheet(book, forms, "汇总", [("指标", TEXT), ("本期", WHOLE), ("上期", WHOLE), ("增减", WHOLE)])
    for (head, kind), now, before in zip(heads, counts(total), then, strict=True):
        summary.kinds[1:] = [kind, kind, kind]
        summary.forms[1:] = [forms[kind]] * 3
        summary.add([head, now, before, now - before if isinstance(now, int) and isinstance(before, int) else ""])
    summary.end()
    below = [
        *([row["rank"] or NONE, row["name"], *counts(row)] for row in printed["townships"]),
        ["", "合计", *counts(total)],
    ]
    table("分下级区划", [("排名", WHOLE), (printed["children_name"], TEXT), *heads], below)
    licences = [*([row["name"], *counts(row)] for row in printed["licence_status"]), ["合计", *counts(total)]]
    table("证照情况", [("排摸时证照情况", TEXT), *heads], licences)
    types = [[row["key"], row["name"], *counts(row)] for row in printed["finding_types"]]
    table("问题类型", [("代码", TEXT), ("问题", TEXT), *heads], types)
    months = [
        [row["on"], row["surveyed"], row["with_problems"], row["rectified"], row["completion_percent"]]
        for row in printed["trend"]
    ]
    shown = [heads[list(FIGURE_NAMES).index(name)] for name in ("surveyed", "with_problems", "rectified")]
    table("趋势", [("截至", DAY), *shown, heads[-1]], months)


def _annex(book: Any, forms: dict[str, Any], printed: "Printed", tell: Callable[[int], None]) -> None:
    """Every institution, and beside it those not done and those that came back: the annex is read once."""
    annex, outstanding, again = (
        Sheet(book, forms, "附件", LISTED),
        Sheet(book, forms, "未完成名单", OUTSTANDING),
        Sheet(book, forms, "反弹名单", OUTSTANDING),
    )
    licences = dict(LicenceStatus.choices)
    standings = {code: str(said) for code, said in Standing.choices}
    licences = {code: str(said) for code, said in licences.items()}
    done = 0
    for done, row in enumerate(printed.annex(), start=1):
        licence = licences.get(row["licence_status"], row["licence_status"])
        standing = standings.get(row["standing"], row["standing"])
        of = row["name"], row["township"], row["address"], licence, standing
        ordered, due, problems = row["ordered_on"], row["due_on"], row["problems"]
        outcome = standings.get(row["outcome"], row["outcome"])
        annex.add((done, *of, row["surveyed_on"], ordered, due, row["verified_on"], outcome, problems))
        if "outstanding" in row["figures"]:
            outstanding.add((outstanding.rows + 1, *of, ordered, due, problems))
        if done % EVERY == 0:
            tell(done)
    tell(done)
    for row in map(in_words, printed["rebounds"]):
        again.add([again.rows + 1, *(row[name] for name in OF_REBOUNDS)])
    for sheet in (annex, outstanding, again):
        sheet.end()


def _checks(book: Any, forms: dict[str, Any], printed: "Printed") -> None:
    """核对: what did not fit together, the institutions, and in whose words it was explained."""
    columns = [("矛盾", TEXT), ("家数", WHOLE), NAME, TOWNSHIP, ("说明", TEXT), ("说明人", TEXT)]
    sheet = Sheet(book, forms, "核对", columns)
    for each in printed["contradictions"]:
        for listed in each["institutions"] or [{"name": "", "township": ""}]:
            sheet.add([each["says"], each["count"], listed["name"], listed["township"], each["explained"], each["by"]])
    sheet.end()
