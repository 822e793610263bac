"""Institutions as features: every property in every feature, under a name that a parameter of the same name asks for.

No principal, no phone. A day is written as a day only where `datetime` asks for that day: GDAL and QGIS send a filter
on any field of days as `datetime`, and take what comes back as it is (docs/ogc.md).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from figures.standing import due_on
from figures.unseen import Status, status_then
from institutions.models import Category, InstitutionQuerySet, LicenceStatus
from institutions.moments import Moment
from institutions.past import as_listed
from mapping.ogc.asked import Page

TEXT: dict[str, Any] = {"type": "string"}
# Name -> (its JSON schema, what it is called).
PROPERTIES: dict[str, tuple[dict[str, Any], Any]] = {
    "name": (TEXT, _("机构名称")),
    "address": (TEXT, _("办学地址")),
    "township": (TEXT, _("乡镇（街道）")),
    "township_code": (TEXT, _("行政区划代码")),
    "category": (TEXT | {"enum": Category.values}, _("类别")),
    "surveyed_on": (TEXT | {"format": "date", "nullable": True}, _("排摸日期")),
    "licence_status": (TEXT | {"enum": ["", *LicenceStatus.values]}, _("排摸时证照情况")),
    "licence_status_name": (TEXT, _("排摸时证照情况")),
    "standing": (TEXT | {"enum": Status.values}, _("状态")),
    "standing_name": (TEXT, _("状态")),
    "due": (TEXT, _("整改期限")),
    "place": (TEXT, _("位置")),
}


def page_of(
    matched: InstitutionQuerySet, page: Page, moment: Moment
) -> tuple[list[dict[str, Any]], str | None, str | None]:
    """The features of a page, the id after which the next begins and the one before which the last one ends, or None.

    By id, from a given one on: what is written meanwhile moves nothing to another page.
    """
    ordered = matched.order_by("-pk" if page.before else "pk")
    if page.after:
        ordered = ordered.filter(pk__gt=page.after)
    elif page.before:
        ordered = ordered.filter(pk__lt=page.before)
    features = list(features_of(ordered, moment, page.limit + 1))
    more, features = len(features) > page.limit, features[: page.limit]
    if not features:
        return [], None, None
    if page.before:
        features.reverse()
    follows, precedes = (True, more) if page.before else (more, page.after is not None)
    return features, features[-1]["id"] if follows else None, features[0]["id"] if precedes else None


def features_of(institutions: InstitutionQuerySet, moment: Moment, most: int) -> Iterator[dict[str, Any]]:
    shown = institutions.annotate(shown=status_then(moment), due=due_on(moment)).select_related("division")
    for listed in as_listed(shown[:most], moment):
        one: Any = listed.institution
        position = one.position
        yield {
            "type": "Feature",
            "id": str(one.pk),
            "geometry": position and {"type": "Point", "coordinates": [round(position[0], 6), round(position[1], 6)]},
            "properties": {
                "name": listed.name,
                "address": listed.operating_address,
                "township": listed.division_name,
                "township_code": listed.division_code,
                "category": one.category,
                "surveyed_on": listed.surveyed_on.isoformat() if listed.surveyed_on else None,
                "licence_status": listed.licence_status,
                "licence_status_name": str(listed.licence_status_label),
                "standing": one.shown,
                "standing_name": str(Status(one.shown).label),
                "due": _in_chinese(one.due),
                "place": one.position_in_words,
            },
        }


def _in_chinese(day: date | None) -> str:
    """2019年01月15日: text to every program, and still in the order of the days."""
    return f"{day.year}年{day.month:02}月{day.day:02}日" if day else ""


def schema() -> dict[str, Any]:
    """A feature, as JSON schema: without it GDAL makes up its fields from the first twenty."""
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": TEXT,
            "geometry": {"type": "object", "nullable": True},
            "properties": {
                "type": "object",
                "required": list(PROPERTIES),
                "properties": {name: how | {"title": str(title)} for name, (how, title) in PROPERTIES.items()},
            },
        },
    }
