"""The map as folium makes it, fit for a page under a strict Content-Security-Policy: nothing from another host."""

from dataclasses import dataclass
from typing import Any

import folium
from branca.element import CssLink, JavascriptLink, MacroElement
from django.templatetags.static import static
from folium.template import Template

WIDEST, CLOSEST = 3, 18  # zoom levels


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


class OurMap(folium.Map):
    """folium's map with the files of this project in place of its own, without tiles.

    folium's lists of files belong to the class: set here on the instance, they leave every other map as it is.
    """

    def __init__(self, *, longitude: float, latitude: float, zoom: int):
        super().__init__(
            location=[latitude, longitude], zoom_start=zoom, tiles=None, zoom_control=False, control_scale=False,
            zoom_snap=0.5, zoom_animation=False, fade_animation=False, marker_zoom_animation=False,
        )  # fmt: skip
        self.default_js = [("leaflet", static("vendor/leaflet/leaflet.js"))]
        self.default_css = [("leaflet_css", static("vendor/leaflet/leaflet.css"))]
        # Without a tile layer the map has no largest zoom of its own.
        self.options["maxZoom"], self.options["minZoom"] = CLOSEST, WIDEST


class InstitutionLayer(MacroElement):
    """Our layer's place on the map: where its modules find the map. What they draw comes from the doors of the API, so
    that the page is the same for ten institutions and for a country's."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            {{ this._parent.get_name() }}.attributionControl.setPrefix(false);
            window.mapOfInstitutions = {{ this._parent.get_name() }};
        {% endmacro %}
        """
    )


def make_map(*, longitude: float, latitude: float, zoom: int) -> MapParts:
    """A map centred on WGS-84 degrees. Raises UnknownAsset when folium asks for a file that is none of ours."""
    made = OurMap(longitude=longitude, latitude=latitude, zoom=zoom)
    layer: Any = InstitutionLayer
    made.add_child(layer())
    root: Any = made.get_root()
    root.render()
    ours = {url for _name, url in made.default_js + made.default_css}
    scripts: list[str] = []
    styles: list[str] = []
    for name, part in root.header._children.items():
        if name in ("meta_http", made.get_name()):  # the map's own style is in map.css
            continue
        if not isinstance(part, CssLink | JavascriptLink) or part.url not in ours:
            raise UnknownAsset(f"folium asks for {name}: {getattr(part, 'url', part.render()[:200])}")
        (scripts if isinstance(part, JavascriptLink) else styles).append(part.url)
    return MapParts(scripts, styles, root.html.render(), root.script.render(), made.get_name())
