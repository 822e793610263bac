"""The map as one file that needs nothing else: Leaflet, styles and institutions are in it, made by folium.

It opens from a USB stick without a network. Principals and phones are not in it. Where the data comes from untrusted
hands it stays data: JSON in a block that no browser runs, shown as text; and the page lets run only what stands in it
(its Content-Security-Policy names each script and style by digest), and asks no host for anything.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from accounts.models import User
from accounts.scope import within_prefixes
from figures.conditions import in_words, named
from figures.drilldown import Drilldown
from figures.unseen import Status
from inspections.models import FindingType
from institutions.models import Demonstration, Division, InstitutionQuerySet, LicenceStatus
from institutions.moments import Moment
from institutions.past import as_called, as_listed
from mapping.layers import MOST_POINTS, points
from mapping.question import moment_of

MIDDLE = [120.0, 30.0]  # longitude and latitude where there is no institution to be seen
LEAFLET = "vendor/leaflet/leaflet.js"
STYLES = ["vendor/leaflet/leaflet.css", "mapping/standalone.css"]
OURS = ["mapping/shapes.js", "mapping/standalone.js"]  # modules, put together into one script


class TooMany(Refusal):
    """More than a browser draws one by one from a file."""

    code = "too_many"

    def __init__(self, found: int):
        said = _("这些条件下有 %(n)s 家机构，一个离线地图文件最多放 %(most)s 家。请按辖区或状态分成几份导出。")
        super().__init__(said % {"n": found, "most": MOST_POINTS})


def file_name(question: Drilldown, moment: Moment) -> str:
    return f"map-{question.division}-{moment.on}.html"


def made(question: Drilldown, user: User, *, by: str) -> tuple[str, int]:
    """The file, and how many institutions are in it. `by` is printed. Raises TooMany."""
    moment = question.moment
    found = question.institutions(user, moment)
    if (total := found.count()) > MOST_POINTS:
        raise TooMany(total)
    data = _data(question, found, user)
    data["map"], html, script = _map(data["features"])
    scripts = [_script(LEAFLET), script, _joined(OURS)]
    styles = [_style(each) for each in STYLES]
    findings = FindingType.objects.filter(pk=question.finding_type)
    page = render_to_string(
        "mapping/standalone.html",
        {
            "policy": _policy(scripts, styles),
            "scripts": [_raw(script, "script") for script in scripts],
            "styles": [_raw(style, "style") for style in styles],
            "map": _raw(html, "script"),
            "data": data,
            "bureau_name": settings.BUREAU_NAME,
            "place": named(question, as_called(Division.objects.filter(pk=question.division), moment)),
            "moment": moment,
            "asked": in_words(
                question, {each.code: str(each) for each in findings}, ("division", "as_of", "known_at", "q")
            ),
            "searched": bool(question.q),
            "past": moment_of(question) is None,
            "by": by,
            "at": timezone.now(),
            "standings": Status.choices,
            "total": total,
            "located": len(data["features"]),
            "unlocated": data["unlocated"],
            "synthetic": Demonstration.objects.exists(),
        },
    )
    return page, total


def _data(question: Drilldown, found: InstitutionQuerySet, user: User) -> dict[str, Any]:
    """What is drawn and listed, and the words for it."""
    moment = question.moment
    return {
        "features": list(points(found.located(), moment)),
        "unlocated": list(_unlocated(found.unlocated(), moment)),
        "standings": {value: str(label) for value, label in Status.choices},
        "licence_statuses": {value: str(label) for value, label in LicenceStatus.choices},
        "townships": _townships(question.divisions(user), moment),
        "words": {
            "due": _("整改期限"),
            "here": _("这里有 {n} 家"),
            "ready": _("地图上有 {n} 家"),
            "none": _("没有符合条件的机构"),
            "close": _("关闭"),
            "zoomIn": _("放大"),
            "zoomOut": _("缩小"),
        },
    }


def _unlocated(found: InstitutionQuerySet, moment: Moment) -> Iterator[dict[str, str]]:
    for listed in as_listed(found.in_list_order(moment), moment):
        yield {"name": listed.name, "township": listed.division_name}


def _townships(codes: list[str], moment: Moment) -> list[dict[str, Any]]:
    """Names that orient, where no map lies below: the places of the divisions that are asked about."""
    within = within_prefixes("code", codes)
    known = Division.objects.filter(within, level="township", longitude__isnull=False)[:MOST_POINTS]
    return [
        {"name": each.name, "longitude": each.longitude, "latitude": each.latitude} for each in as_called(known, moment)
    ]


def _map(features: list[dict[str, Any]]) -> tuple[str, str, str]:
    """A folium map without tiles, around the features: its name, its element and the script that makes it. What else
    folium links to is left behind: this map uses Leaflet alone, and that is in the file."""
    import folium

    places = [each["geometry"]["coordinates"] for each in features] or [MIDDLE]
    centre = [sum(place[axis] for place in places) / len(places) for axis in (1, 0)]
    made = folium.Map(location=centre, zoom_start=11, tiles=None)
    made.options["maxZoom"] = 18  # without a tile layer there is none
    made.options["fadeAnimation"] = False  # one popup at a time
    root: Any = made.get_root()
    root.render()
    return made.get_name(), root.html.render(), root.script.render()


# --- One file of many


def _text(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    with open(path, encoding="utf-8") as file:
        return file.read()


def _script(name: str) -> str:
    return re.sub(r"^//# sourceMappingURL=.*$", "", _text(name), flags=re.MULTILINE)


def _style(name: str) -> str:
    """Without pictures: they are of layers and markers that this map does not have."""
    return re.sub(r"url\([^)]*\)", "none", _text(name))


def _joined(names: list[str]) -> str:
    """Modules as one script: a page from a file may import none."""
    text = "\n".join(re.sub(r'^import .* from "\./.*";$', "", _text(name), flags=re.MULTILINE) for name in names)
    return "(() => {\n" + re.sub(r"^export ", "", text, flags=re.MULTILINE) + "\n})();"


def _policy(scripts: list[str], styles: list[str]) -> str:
    def digests(texts: list[str]) -> str:
        return " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts)

    return (
        f"default-src 'none'; script-src {digests(scripts)}; style-src {digests(styles)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _raw(text: str, element: str) -> SafeString:
    """Text of ours between its tags. Raises ValueError where it would end them."""
    if f"</{element}" in text.lower():
        raise ValueError(f"a {element} of ours holds its own end")
    return mark_safe(text)  # noqa: S308 (files of ours and what folium makes of numbers)
