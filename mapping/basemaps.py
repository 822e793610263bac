"""Base maps behind the map, by setting: who they are, and what their tiles are asked by. Where tiles are fetched and
kept is in tiles_kept.py.

A base map lies under positions in WGS-84. CGCS2000 (天地图) is the same to within centimetres; GCJ-02 and BD-09 (高德,
腾讯, 百度) are some 500 m off, and are refused by `manage.py check` (mapping/checks.py).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from institutions.positions import Datum

TRUE_DATUMS = (Datum.WGS84, Datum.CGCS2000)
SHIFTED_HOSTS = ("autonavi.com", "amap.com", "gaode.com", "map.qq.com", "gtimg.com", "bdimg.com", "baidu.com")
TIANDITU_PATH = (
    "/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default&TILEMATRIXSET=w"
    "&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={{key}}"
)
TIANDITU_MAX_ZOOM = 18


@dataclass(frozen=True)
class Basemap:
    """`layers` are URL templates, the lowest first: names are drawn over what they name. `secret` is their {key}."""

    key: str
    name: str
    layers: tuple[str, ...]
    secret: str
    attribution: str
    approval_number: str
    datum: str
    min_zoom: int = 1
    max_zoom: int = TIANDITU_MAX_ZOOM

    def urls(self, z: int, x: int, y: int) -> list[str]:
        values = {"z": str(z), "x": str(x), "y": str(y), "key": self.secret}
        return [_filled(layer, values) for layer in self.layers]

    @property
    def hosts(self) -> list[str]:
        return [urlsplit(layer).hostname or "" for layer in self.layers]


def _filled(template: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template


def configured() -> dict[str, Basemap]:
    """The base maps of the settings by key, in their order; a name that is none is left to `manage.py check`."""
    makers = {"tianditu_vec": _tianditu_vec, "tianditu_img": _tianditu_img, "xyz": _xyz}
    return {key: makers[key]() for key in settings.BASEMAPS if key in makers}


def _tianditu_vec() -> Basemap:
    return _tianditu("tianditu_vec", _("天地图（电子地图）"), ("vec", "cva"))


def _tianditu_img() -> Basemap:
    return _tianditu("tianditu_img", _("天地图（影像）"), ("img", "cia"))


def _tianditu(key: str, name: str, layers: tuple[str, ...]) -> Basemap:
    server = settings.TIANDITU_URL.rstrip("/")
    return Basemap(
        key, name, tuple(server + TIANDITU_PATH.format(layer=layer) for layer in layers), settings.TIANDITU_KEY,
        _("天地图"), settings.TIANDITU_APPROVAL_NUMBER, Datum.CGCS2000,
    )  # fmt: skip


def _xyz() -> Basemap:
    return Basemap(
        "xyz", settings.XYZ_NAME, (settings.XYZ_URL,), settings.XYZ_KEY, settings.XYZ_ATTRIBUTION,
        settings.XYZ_APPROVAL_NUMBER, settings.XYZ_DATUM, 0, settings.XYZ_MAX_ZOOM,
    )  # fmt: skip


def for_page() -> list[dict[str, Any]]:
    """What a page needs to draw them: `url` is of this host; `problem` is a sentence while the provider fails."""
    from mapping import tiles_kept

    return [
        {
            "key": each.key,
            "name": each.name,
            "url": f"/map/tiles/{each.key}/{{z}}/{{x}}/{{y}}",
            "min_zoom": each.min_zoom,
            "max_zoom": each.max_zoom,
            "attribution": _("%(of)s 审图号：%(number)s") % {"of": each.attribution, "number": each.approval_number},
            "approval_number": each.approval_number,
            "datum": each.datum,
            "problem": tiles_kept.problem_of(each),
        }
        for each in configured().values()
    ]
