"""What of the map's page is in its URL beside the question: the view, the layer, what is opened, the wall."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Invalid
from accounts.requests import one_of
from figures.questions import parse_day

LAYERS = {
    "institutions": gettext_lazy("机构"),
    "townships": gettext_lazy("下级完成率"),
    "heat": gettext_lazy("热力"),
    "change": gettext_lazy("变化"),
}
_AT = re.compile(r"(-?\d{1,3}(?:\.\d{1,6})?),(-?\d{1,2}(?:\.\d{1,6})?),(\d{1,2}(?:\.\d)?)", re.ASCII)


@dataclass(frozen=True)
class Shown:
    """Empty strings ask for nothing.

    `at`: longitude,latitude,zoom of the view; `opened`: the institution whose popup is open; `base`: the key of a base
    map; `change_since`: the day that the layer of changes compares with; `near`: the
    longitude,latitude by the distance from which the list is ordered.
    """

    at: str = ""
    layer: str = ""
    change_since: str = ""
    opened: str = ""
    base: str = ""
    near: str = ""
    wall: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Raises Invalid with the first parameter that is not understood."""
        given = {item.name: query.get(item.name, "") for item in fields(cls)}
        one_of("layer", given["layer"], list(LAYERS))
        one_of("wall", given["wall"], ["1"])
        if given["near"] and not _is_view(given["near"] + ",0"):
            raise Invalid(
                {"near": [_("“%(given)s”不是位置，例：120.95,28.12（经度，纬度）。") % {"given": given["near"][:60]}]}
            )
        if given["at"] and not _is_view(given["at"]):
            raise Invalid(
                {
                    "at": [
                        _("“%(given)s”不是视野，例：120.95,28.12,11（经度，纬度，缩放级别）。")
                        % {"given": given["at"][:60]}
                    ]
                }
            )
        if given["opened"]:
            _check("opened", given["opened"], UUID)
        if given["change_since"]:
            _check("change_since", given["change_since"], parse_day)
        return cls(**given)


PARAMETERS = tuple(item.name for item in fields(Shown))


def _is_view(text: str) -> bool:
    found = _AT.fullmatch(text)
    if not found:
        return False
    longitude, latitude, zoom = map(float, found.groups())
    return abs(longitude) <= 180 and abs(latitude) <= 90 and zoom <= 20


def _check(name: str, text: str, read: object) -> None:
    try:
        read(text)  # type: ignore[operator]
    except ValueError as problem:
        said = str(problem) if name == "change_since" else _("“%(given)s”不是机构编号。") % {"given": text[:60]}
        raise Invalid({name: [said]}) from problem
