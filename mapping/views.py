from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.permissions import has_permission
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from accounts.scope import common_prefix, within_prefixes
from figures.conditions import SURVEYED_AS, in_words, statuses_to_choose
from figures.drilldown import GRAMMAR, Drilldown
from figures.unseen import Status
from inspections.models import FindingType
from inspections.search import note_search
from institutions.models import Division, LicenceStatus
from institutions.past import as_called, as_listed
from mapping.folium_map import make_map
from mapping.layers import MOST_POINTS

ZOOMS = {0: 5, 2: 7, 4: 9, 6: 11, 9: 13, 12: 15}
UNLOCATED_SHOWN = 30


@require_GET
@asks(*GRAMMAR)
def map_page(request: SignedInRequest) -> HttpResponse:
    """挂图作战: the institutions of a question on a map, with a list of what is in view."""
    question = Drilldown.from_query(request.GET, request.user)
    moment = question.moment
    found = question.institutions(request.user, moment)
    divisions = as_called(Division.objects.offered_to(request.user, question.division), moment)
    around = question.divisions(request.user)
    centre, within = _centre(around), common_prefix(around)
    total = found.count()
    note_search(request.user, question.q, where="map", found=total, divisions=around)
    unlocated = found.unlocated().in_list_order(moment)
    unlocated_count = unlocated.count()
    zoom = ZOOMS[len(within)]
    folium_map = make_map(longitude=centre[0], latitude=centre[1], zoom=zoom)
    findings = FindingType.objects.filter(pk=question.finding_type)
    config = {
        "map": folium_map.name,
        "features": f"{reverse('api-map')}?{question.query_string()}",
        "zoom": 18 if total - unlocated_count <= MOST_POINTS else zoom,  # all of them one by one, or counted together
        "file": reverse("institution", args=["00000000-0000-0000-0000-000000000000"]),
        "standings": dict(Status.choices),
        "licence_statuses": dict(LicenceStatus.choices),
        "townships": [
            {"name": each.name, "longitude": each.longitude, "latitude": each.latitude}
            for each in divisions
            if each.level == "township" and each.longitude is not None
        ],
    }
    return render(
        request,
        "mapping/map.html",
        {
            "question": question,
            "moment": moment,
            "asked": in_words(question, {each.code: str(each) for each in findings}),
            "map": folium_map,
            "config": config,
            "divisions": divisions,
            "standings": Status.choices,
            "statuses": statuses_to_choose(question),
            "licence_statuses": SURVEYED_AS.items(),
            "total": total,
            "unlocated": as_listed(unlocated[:UNLOCATED_SHOWN], moment),
            "unlocated_count": unlocated_count,
            "approximate_count": found.approximate().count(),
            "may_edit": has_permission(request.user, Permission.EDIT_REGISTRY),
        },
    )


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
