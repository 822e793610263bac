"""What the lists people work in have in common: order, page, columns and export, all of it in the URL."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import F
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.errors import Invalid, Reasons, enumerated
from accounts.requests import SignedInRequest, asks, whole_number
from accounts.roles import Permission
from desk.misconduct_columns import CASE_COLUMNS, PERSON_COLUMNS
from figures.columns import INSTITUTION_COLUMNS, LEDGER_COLUMNS, Column, Line, exported, heads, table_of
from figures.exports import XLSX, csv_lines, table_workbook
from institutions.moments import Moment

PAGE_SIZES, PAGE_SIZE, LARGEST_PAGE = (25, 50, 100, 200), 50, 200
MOST_SORTED = 50_000  # rows that are put into another order than the list's own; that is half a second
MOST_IN_A_WORKBOOK = 100_000  # rows; a minute. CSV has no end
SHAPE = ("sort", "page", "page_size", "columns", "format")
OFFERED = {  # by the names of their URLs
    "institutions": INSTITUTION_COLUMNS,
    "rectifications": LEDGER_COLUMNS,
    "misconduct": CASE_COLUMNS,
    "misconduct_persons": PERSON_COLUMNS,
}
REMEMBERED = "columns"  # in the session: the columns last chosen, by list


@dataclass(frozen=True)
class Shape:
    """How a list is asked to be shown. `sort` is the name of a column, with "-" before it for descending; "" for the
    list's own order, which is `own_order`."""

    columns: list[Column]
    sort: str
    own_order: str
    page: int
    page_size: int
    format: str
    kept: str  # what of it stays when the list is asked otherwise, as a query string

    @classmethod
    def from_query(
        cls, query: Mapping[str, str], offered: Sequence[Column], default: Sequence[Column], own_order: str
    ) -> "Shape":
        """Read and check what a query string says of the shape. Raises Invalid with every wrong parameter."""
        by_name = {each.name: each for each in offered}
        errors: Reasons = {}

        def refuse(name: str, given: str, accepted: Iterable[object]) -> None:
            said = {"given": given[:100], "known": enumerated(accepted)}
            errors[name] = [_("“%(given)s”不可用，可用：%(known)s。") % said]

        asked = [name for name in query.get("columns", "").split(",") if name]
        if unknown := [name for name in asked if name not in by_name]:
            refuse("columns", enumerated(unknown), by_name)
        sort = query.get("sort", "")
        sortable = [each.name for each in offered if each.order]
        if sort and sort.removeprefix("-") not in sortable:
            refuse("sort", sort, [*sortable, *(f"-{name}" for name in sortable)])
        format_ = query.get("format", "")
        if format_ not in ("", "csv", "xlsx"):
            refuse("format", format_, ["csv", "xlsx"])
        page, page_size = whole_number(query.get("page") or "1"), whole_number(query.get("page_size") or str(PAGE_SIZE))
        if not page:
            refuse("page", query["page"], ["1", "2", "…"])
        if not 1 <= page_size <= LARGEST_PAGE:
            refuse("page_size", query["page_size"], PAGE_SIZES)
        if errors:
            raise Invalid(errors)
        first = offered[0]
        chosen = [each for each in offered if each.name in asked and each is not first]
        shown = [first, *chosen] if asked else list(default)
        kept = {name: query[name] for name in ("sort", "page_size", "columns") if query.get(name)}
        sort = "" if sort == own_order else sort
        return cls(shown, sort, own_order, page, page_size, format_, urlencode(kept, safe=","))

    def ordered(self, found: Any, moment: Moment, ties: Sequence[Any], offered: Sequence[Column]) -> Any:
        """`found` in the order asked for, rows without a value last, those that are alike by `ties`. As it is when no
        order was asked for."""
        if not self.sort:
            return found
        name = self.sort.removeprefix("-")
        order = next(each.order for each in offered if each.name == name and each.order)
        found = found.alias(sorted_by=order(moment))
        key = F("sorted_by")
        by = key.desc(nulls_last=True) if self.sort[0] == "-" else key.asc(nulls_last=True)
        return found.order_by(by, *ties)

    def page_of(self, found: Any, paginator: type["Paginator[Any]"] = Paginator) -> Page[Any]:
        """The page asked for, or the last one. Raises Invalid when there is too much to be sorted."""
        pages = paginator(found, self.page_size)
        self.check_sorted(pages.count)
        return pages.get_page(self.page)

    def check_sorted(self, count: int) -> None:
        if self.sort and count > MOST_SORTED:
            said = {"count": count, "most": MOST_SORTED}
            raise Invalid({"sort": [_("共 %(count)s 行，超过 %(most)s 行不能另行排序。请先选辖区或加条件。") % said]})

    def column_heads(self, query: QueryDict, count: int) -> list[dict[str, Any]]:
        """The heads of the table: what each is called, how it is sorted and the query string that sorts it."""
        now = self.sort or self.own_order
        return [
            {
                "column": each,
                "sorted": ("descending" if now[0] == "-" else "ascending") if now.lstrip("-") == each.name else "",
                "query": with_changed(query, sort=f"-{each.name}" if now == each.name else each.name, page=None)
                if each.order and 1 < count <= MOST_SORTED
                else "",
            }
            for each in self.columns
        ]

    def shows(self, name: str) -> bool:
        return any(each.name == name for each in self.columns)

    def offers(self, offered: Sequence[Column]) -> list[dict[str, Any]]:
        """The columns to choose from beside the first, which is always there."""
        return [{"column": each, "shown": each in self.columns} for each in offered[1:]]


class Pages(Paginator):  # type: ignore[type-arg]
    """Finds the rows of a page by their keys, in an index, before it reads them: of a list as long as a country."""

    def page(self, number: int | str) -> Page[Any]:
        place = self.validate_number(number)
        first, rows = (place - 1) * self.per_page, cast(Any, self.object_list)
        return Page(rows.between(first, first + self.per_page), place, self)


def with_changed(query: QueryDict, **changes: str | None) -> str:
    """A query string with some of it changed; None takes a parameter away."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value is not None:
            changed[name] = value
    return changed.urlencode(safe=",")


def cells_of(rows: Iterable[Any], columns: Sequence[Column]) -> list[tuple[Any, list[tuple[Column, Any]]]]:
    """Each row with its (column, text). Principal and phone are masked for everybody: who reads them in the file or in
    an export is in the audit trail."""
    listed = list(rows)
    written = table_of(listed, columns, people_in=[])
    return [(row, list(zip(columns, cells, strict=True))) for row, cells in zip(listed, written, strict=True)]


def to_columns_last_chosen(request: SignedInRequest, list_name: str) -> HttpResponse | None:
    """Leads to the URL with the columns this person chose last, where the URL names none: what is seen is in it."""
    last: str = request.session.get(REMEMBERED, {}).get(list_name, "")
    if not last or "columns" in request.GET or "format" in request.GET:
        return None
    return HttpResponseRedirect(f"{request.path}?{with_changed(request.GET, columns=last)}")


@require_POST
@asks()
def choose_columns(request: SignedInRequest) -> HttpResponse:
    """Remembers the columns chosen for a list as this person's last choice and leads back to the list, as it was asked
    for. With `default` the choice is forgotten, and the order with it."""
    list_name = request.POST.get("list", "")
    if list_name not in OFFERED:
        raise Http404
    names = {each.name for each in OFFERED[list_name]}
    chosen, sort = request.POST.getlist("columns"), request.POST.get("sort", "")
    if "default" in request.POST:
        chosen, sort = [], ""
    columns = ",".join(name for name in chosen if name in names)
    remembered: dict[str, str] = request.session.get(REMEMBERED, {})
    if remembered.get(list_name, "") != columns:
        request.session[REMEMBERED] = remembered | {list_name: columns}
    asked = QueryDict(request.POST.get("asked", "")[:2000])
    query = with_changed(asked, columns=columns or None, sort=sort or None, page=None)
    return HttpResponseRedirect(f"{reverse(list_name)}?{query}")


def export(
    request: SignedInRequest,
    shape: Shape,
    *,
    name: str,
    title: str,
    question: str,
    besides: Sequence[Column],
    count: int,
    divisions: Sequence[str],
    lines: Callable[[Sequence[Column], Sequence[str]], Iterable[Line]],
    people: Permission = Permission.SEE_PERSONAL_DATA,
) -> HttpResponseBase:
    """The whole list as shown as a file, and a row of it in the audit trail.

    `lines` makes them of columns and of the divisions in which personal data is written out: where somebody holds
    `people`. Raises Invalid for more rows than a workbook takes.
    """
    shape.check_sorted(count)
    if shape.format == "xlsx" and count > MOST_IN_A_WORKBOOK:
        said = {"count": count, "most": MOST_IN_A_WORKBOOK}
        raise Invalid(
            {"format": [_("共 %(count)s 行，工作簿至多 %(most)s 行。请改用 CSV，或先选辖区或加条件。") % said]}
        )
    written = exported(shape.columns, besides)
    people_in = request.user.prefixes(people)
    personal = bool(people_in) and any(each.personal for each in written)
    audit.exported(by=request.user, what=name, question=question, rows=count, divisions=divisions, personal=personal)
    table = _headed(heads(written), lines(written, people_in))
    disposition = content_disposition_header(True, f"{title}.{shape.format}") or ""
    if shape.format == "xlsx":
        book = FileResponse(table_workbook(name_of_sheet(title), table), content_type=XLSX)
        book["Content-Disposition"] = disposition
        return book
    return StreamingHttpResponse(
        csv_lines(table), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition}
    )


def name_of_sheet(title: str) -> str:
    """At most 31 characters, without those that Excel refuses."""
    return slugify(title, allow_unicode=True)[:31] or "1"


def _headed(head: Line, lines: Iterable[Line]) -> Iterable[Line]:
    yield head
    yield from lines
