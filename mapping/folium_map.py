"""The map as folium makes it, fit for a page under a strict Content-Security-Policy: nothing from another host."""

from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static

LOCAL = {
    "leaflet": "vendor/leaflet/leaflet.js",
    "leaflet_css": "vendor/leaflet/leaflet.css",
}
# What folium brings along and this map does not use.
DROPPED = {
    "meta_http",
    "jquery",
    "bootstrap",
    "bootstrap_css",
    "awesome_markers",
    "awesome_markers_css",
    "awesome_markers_font_css",
    "awesome_rotate_css",
    "glyphicons_css",
}


@dataclass(frozen=True)
class MapParts:
    """What the page's template puts together: links to local files, the map's element, the script that makes it."""

    scripts: list[str]
    styles: list[str]
    html: str
    script: str
    name: str


class UnknownAsset(RuntimeError):
    """folium wants a file this project does not ship."""


def make_map(*, longitude: float, latitude: float, zoom: int) -> MapParts:
    """A folium map centred on WGS-84 degrees, without tiles. Raises UnknownAsset when folium asks for a new file."""
    import folium
    from branca.element import CssLink, JavascriptLink

    made = folium.Map(
        location=[latitude, longitude],
        zoom_start=zoom,
        tiles=None,
        control_scale=True,
        prefer_canvas=True,
    )
    # Without a tile layer the map has no largest zoom, and clusters need one.
    made.options["maxZoom"] = 18
    made.options["minZoom"] = 5
    root: Any = made.get_root()
    root.render()
    scripts: list[str] = []
    styles: list[str] = []
    for name, part in root.header._children.items():
        if name in DROPPED or name == made.get_name():  # the map's own style is in map.css
            continue
        if name not in LOCAL or not isinstance(part, CssLink | JavascriptLink):
            raise UnknownAsset(f"folium asks for {name}: {getattr(part, 'url', part.render()[:200])}")
        (scripts if isinstance(part, JavascriptLink) else styles).append(static(LOCAL[name]))
    return MapParts(scripts, styles, root.html.render(), root.script.render(), made.get_name())
