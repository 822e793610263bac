"""Pages of a list that may be as long as a country."""

from typing import Any

from django.core.paginator import Page, Paginator


class Pages(Paginator):  # type: ignore[type-arg]
    """Finds the rows of a page by their keys, in an index, before it reads them: `object_list` has `between`."""

    def page(self, number: int | str) -> "Page[Any]":
        place = self.validate_number(number)
        first = (place - 1) * self.per_page
        return self._get_page(self.object_list.between(first, first + self.per_page), place, self)
