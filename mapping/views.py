from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.permissions import has_permission
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from accounts.scope import common_prefix, within_prefixes
from figures.conditions import LABELS, SURVEYED_AS, in_words, named
from figures.drilldown import GRAMMAR, Drilldown
from figures.statistics import FIGURE_NAMES
from figures.unseen import CLEAR_OR_UNSEEN, Status
from inspections.models import FindingType
from institutions.models import Division, LicenceStatus
from institutions.moments import month_end, month_ends, today
from institutions.past import as_called
from mapping import basemaps
from mapping.handovers.forms import MOST_HANDED
from mapping.question import moment_of
from mapping.shown import LAYERS, PARAMETERS, Shown
from mapping.words import WORDS

_HERE = Path(__file__).parent
ZOOMS = {0: 5, 2: 7, 4: 9, 6: 11, 9: 13, 12: 15}
MONTHS = 36  # on the slider
LEGEND = [
    Status.OVERDUE, Status.OPEN, Status.LICENSED, Status.CORRECTED, Status.CLOSED, Status.CLEAR, Status.UNSEEN,
    Status.UNSURVEYED,
]  # fmt: skip
WALL_FIGURES = [
    *((name, FIGURE_NAMES[name]) for name in ("surveyed", "with_problems", "rectified", "overdue")),
    ("completion_percent", gettext_lazy("完成率")),
]
# Told to the browser at once: otherwise it finds them one behind the other, by what each imports.
MODULES = ["mapping/shapes.js", *(f"mapping/map/{path.name}" for path in sorted(_HERE.glob("static/mapping/map/*.js")))]
NO_ONE = "00000000-0000-0000-0000-000000000000"  # stands for an institution in an address
SAID_OTHERWISE = ("division", "as_of", "standing")  # by the fields and the legend of the page


@require_GET
@asks(*GRAMMAR, *PARAMETERS)
def map_page(request: SignedInRequest) -> HttpResponse:
    """挂图作战: the institutions of a question on a map, with a list of what is in view.

    The page asks for no institution: its modules fetch what they draw, so that it is the same for any number of them.
    """
    shown = Shown.from_query(request.GET)
    return show(request, "mapping/wall.html" if shown.wall else "mapping/map.html", shown)


def show(
    request: SignedInRequest,
    template: str,
    shown: Shown,
    *,
    doors: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """The map of the question in the URL; with `doors` its modules ask these instead, with `words` they say these."""
    from mapping.folium_map import make_map

    question = Drilldown.from_query(request.GET, request.user)
    moment = question.moment
    divisions = as_called(Division.objects.offered_to(request.user, question.division), moment)
    around = question.divisions(request.user)
    (longitude, latitude), within = _centre(around), common_prefix(around)
    folium_map = make_map(longitude=longitude, latitude=latitude, zoom=ZOOMS[len(within)])
    findings = {each.code: str(each) for each in FindingType.objects.filter(pk=question.finding_type)}
    where = named(question, divisions)
    config = _config(request, question, shown, where, ZOOMS[len(within)], [longitude, latitude])
    config["doors"] |= doors or {}
    config["first"] = _first(config, question, shown)
    config["words"] |= words or {}
    config["conditions"] = _for_others(question, findings)
    return render(
        request,
        template,
        {
            "question": question,
            "moment": moment,
            "asked": in_words(question, findings, beside=SAID_OTHERWISE),
            "shown_alone": in_words(question, findings, beside=set(LABELS) - {"standing"}),
            "past": moment_of(question) is None,
            "map": folium_map,
            "config": config,
            "where": where,
            "wall_figures": WALL_FIGURES,
            "divisions": divisions,
            "layers": LAYERS.items(),
            "standings": [(each.value, each.label) for each in LEGEND],
            "shown": shown,
            "licence_statuses": SURVEYED_AS.items(),
            "kept": [
                (name, getattr(question, name)) for name in GRAMMAR if name not in FIELDS and getattr(question, name)
            ],
            "modules": MODULES,
            "may_edit": has_permission(request.user, Permission.EDIT_REGISTRY),
            "may_hand_over": has_permission(request.user, Permission.HAND_OVER),
            "today": today(),
            "wall_days": settings.WALL_DAYS,
            **more,
        },
    )


FIELDS = ("division", "licence_status", "as_of", "q")  # of the page's form; the rest of the question it keeps


def _config(
    request: SignedInRequest, question: Drilldown, shown: Shown, where: str, zoom: int, centre: list[float]
) -> dict[str, Any]:
    """What the page's modules are told."""
    return {
        "doors": {
            "map": reverse("api-map"),
            "list": f"{reverse('api-map')}list/",
            "townships": reverse("api-map-townships"),
            "boundaries": reverse("api-map-boundaries"),
            "unlocated": reverse("api-map-unlocated"),
            "place": reverse("api-map-place", args=[NO_ONE]),
            "takeBack": reverse("api-map-place-undo", args=[NO_ONE]),
        },
        "pages": {
            "file": reverse("institution", args=[NO_ONE]),
            "institutions": reverse("institutions"),
            "login": reverse("login"),
        },
        "nobody": NO_ONE,
        "grammar": GRAMMAR,
        "question": question.query_string(),
        "standings": dict(Status.choices),
        "together": {CLEAR_OR_UNSEEN: [Status.CLEAR, Status.UNSEEN]},
        "licenceStatuses": dict(LicenceStatus.choices),
        "where": where,
        "centre": centre,
        "zoom": zoom,
        "months": [each.isoformat() for each in _months(question.moment.on)],
        "today": today().isoformat(),
        "mayEdit": has_permission(request.user, Permission.EDIT_REGISTRY),
        "mostHanded": MOST_HANDED,
        "basemaps": basemaps.for_page(),
        "words": {name: str(text) for name, text in WORDS.items()},
    }


def _for_others(question: Drilldown, findings: Mapping[str, str]) -> list[str]:
    """The conditions as a sheet or a wall says them, which others read too: not what is searched for."""
    asked = in_words(question, findings, beside=(*SAID_OTHERWISE, "known_at", "q"))
    said = [f"{each.label} {each.value}" for each in asked]
    return [*said, _("另按查找内容筛选（内容不印出）")] if question.q else said


def _first(config: Mapping[str, Any], question: Drilldown, shown: Shown) -> str:
    """What the page's modules ask first, for the browser to fetch while it still reads them."""
    if shown.layer == "change":
        return ""  # since which day is worked out there
    return f"{config['doors']['map']}?{question.query_string(standing='')}&zoom={config['zoom']}"


def _months(on: date) -> list[date]:
    """The ends of the months on the slider, the last one today where it is this month: up to a year after the day."""
    last = min(today(), month_end(on) + timedelta(days=365))
    return [min(each, today()) for each in month_ends(last - timedelta(days=MONTHS * 30), last)]


def _centre(codes: Sequence[str]) -> tuple[float, float]:
    """(longitude, latitude) of the division, of the nearest known one above or below it otherwise; of several, the
    middle between theirs."""
    found = [_centre_of(code) for code in codes]
    return sum(longitude for longitude, _ in found) / len(found), sum(latitude for _, latitude in found) / len(found)


def _centre_of(code: str) -> tuple[float, float]:
    located = Division.objects.filter(longitude__isnull=False)
    for digits in (12, 9, 6):
        if len(code) >= digits and (found := _position(located.filter(code=code[:digits]).first())):
            return found
    return _position(located.filter(within_prefixes("code", [code])).first()) or (120.0, 30.0)


def _position(division: Division | None) -> tuple[float, float] | None:
    if division is None or division.longitude is None or division.latitude is None:
        return None
    return division.longitude, division.latitude
