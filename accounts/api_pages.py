"""The pages of the API's lists."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from accounts.errors import Invalid

PAGES = ("cursor", "page_size")


class Pages(CursorPagination):
    """By what is unique: a cursor cannot tell apart more than a thousand rows that sort alike."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "pk"

    def get_page_size(self, request: Request) -> int:
        """Rows of a page, 200 at most. Raises Invalid (422) for what is no whole number from 1 on."""
        given = request.query_params.get("page_size", str(self.page_size))
        if not (given.isascii() and given.isdigit() and len(given) < 9 and int(given) > 0):
            said = {"given": given[:20], "most": self.max_page_size}
            raise Invalid({"page_size": [_("每页条数“%(given)s”不可用，应为 1 至 %(most)s 的整数。") % said]})
        return min(int(given), self.max_page_size)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValidationError, ValueError, DataError) as problem:  # a cursor, or its position, that is none
            given = request.query_params.get("cursor", "")[:40]
            raise Invalid({"cursor": [_("“%(given)s”不是翻页的位置。") % {"given": given}]}) from problem
