"""The doors a phone syncs through: what it needs offline, and many visits at once."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.canonical import canonical
from accounts.errors import Invalid
from accounts.permissions import HasAccount, SignedIn, require
from accounts.requests import SignedInApiRequest
from accounts.roles import Permission
from accounts.watermark import settled
from field import lookups, serializers
from field.taking import answers_to
from field.worklist import worklist
from figures.questions import Question, parse_deadline, parse_moment
from institutions.moments import today

MOST_VISITS = 50
DIVISION = OpenApiParameter("division", description="行政区划代码；不填为本人的全部辖区")
OF_THE_ANSWER = ("as_of", "known_at", "next_since")  # differ each time, and make no difference


def _unless_known(request: SignedInApiRequest, found: dict[str, Any]) -> HttpResponseBase:
    """The answer with its ETag, or 304 to who has it."""
    told = {name: value for name, value in found.items() if name not in OF_THE_ANSWER}
    etag = quote_etag(hashlib.sha256(canonical(told).encode()).hexdigest()[:32])
    answer = Response(found, headers={"ETag": etag})
    return get_conditional_response(request._request, etag=etag) or answer


def _read(name: str, given: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(given)
    except ValueError as problem:
        raise Invalid({name: [str(problem)]}) from problem


@method_decorator(gzip_page, name="dispatch")
class WorklistView(APIView):
    """The institutions of a division as a phone keeps them: all, or with `updated_since` what has changed and what is
    gone. An ETag of an answer before is answered by 304 while nothing has changed."""

    asks = ("division", "updated_since")
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[DIVISION, OpenApiParameter("updated_since", datetime, description="上次所得的 next_since")],
        responses=serializers.WorklistSerializer,
    )
    def get(self, request: SignedInApiRequest) -> HttpResponseBase:
        question = Question.from_query({"division": request.query_params.get("division", "")}, request.user)
        given = request.query_params.get("updated_since", "")
        since = settled(_read("updated_since", given, parse_moment)) if given else None
        found = worklist(request.user, question.divisions(request.user), since)
        moment = found.moment
        answer = {
            "division": question.division,
            "as_of": moment.on.isoformat(),
            "known_at": moment.known_at.isoformat(),
            "next_since": moment.known_at.isoformat(),
            "institutions": found.institutions,
            "gone": found.gone,
        }
        return _unless_known(request, answer)


@method_decorator(gzip_page, name="dispatch")
class CatalogueView(APIView):
    """What a visit of a day may find, in groups, as one walks through a place."""

    asks = ("on",)
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[OpenApiParameter("on", date, description="检查日期，默认今天")],
        responses=serializers.CatalogueSerializer,
    )
    def get(self, request: SignedInApiRequest) -> HttpResponseBase:
        given = request.query_params.get("on", "")
        on = _read("on", given, parse_deadline) if given else today()
        return _unless_known(request, {"on": on.isoformat(), "groups": lookups.catalogue(request.user, on)})


class ColleaguesView(APIView):
    """Who may be named at a visit in a division today, those of the place first."""

    asks = ("division",)
    permission_classes = [SignedIn]

    @extend_schema(parameters=[DIVISION], responses=serializers.ColleagueSerializer(many=True))
    def get(self, request: SignedInApiRequest) -> HttpResponseBase:
        require(request.user, Permission.RECORD_VISIT)
        question = Question.from_query({"division": request.query_params.get("division", "")}, request.user)
        found: dict[str, dict[str, str]] = {}
        for division in question.divisions(request.user):
            found |= {each["username"]: each for each in lookups.colleagues_in(division, today())}
        return _listed(request, list(found.values()))


class DivisionsView(APIView):
    """The townships of one's grants, each with how many institutions it has: what can be taken along."""

    permission_classes = [SignedIn]

    @extend_schema(responses=serializers.TownshipSerializer(many=True))
    def get(self, request: SignedInApiRequest) -> HttpResponseBase:
        return _listed(request, lookups.divisions_of(request.user))


class MineView(APIView):
    """What one sent in the last days, with the receipts as of now."""

    permission_classes = [HasAccount]

    @extend_schema(responses=serializers.MineSerializer(many=True))
    def get(self, request: SignedInApiRequest) -> HttpResponseBase:
        return _listed(request, lookups.mine(request.user, timezone.now()))


def _listed(request: SignedInApiRequest, rows: list[dict[str, Any]]) -> HttpResponseBase:
    etag = quote_etag(hashlib.sha256(canonical({"rows": rows}).encode()).hexdigest()[:32])
    return get_conditional_response(request._request, etag=etag) or Response(rows, headers={"ETag": etag})


class VisitsView(APIView):
    """Up to 50 visits at once, each answered as PUT visits/<id>/ answers it: one that is refused costs no other."""

    permission_classes = [HasAccount]

    @extend_schema(request=serializers.BatchSerializer, responses=serializers.AnswersSerializer)
    def post(self, request: SignedInApiRequest) -> Response:
        body = request.data if isinstance(request.data, dict) else {}
        if others := body.keys() - {"visits"}:
            serializers.BatchSerializer(data=dict.fromkeys(others)).is_valid(raise_exception=True)
        visits = body.get("visits")
        if not isinstance(visits, list) or not 0 < len(visits) <= MOST_VISITS:
            most = {"most": MOST_VISITS}
            raise Invalid({"visits": [_("visits 应是 1 至 %(most)s 次走访的列表。") % most]})
        return Response({"answers": answers_to(request.user, visits)})
