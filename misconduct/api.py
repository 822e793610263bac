"""The API of the second ledger, to be read: cases, one case, figures. Who sees none of it finds nothing here (404)."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.api_pages import PAGES, Pages
from accounts.permissions import SignedIn, has_permission
from accounts.requests import SignedInApiRequest
from accounts.roles import Permission
from accounts.snapshot import one_snapshot
from institutions.moments import Moment
from misconduct import serializers
from misconduct.figures import figures
from misconduct.models import Case, CaseQuerySet, Kind, Measure, MeasureKind, Party, Source, State
from misconduct.question import ASKED, MisconductQuestion, names_shown

WHERE_AND_WHEN = [
    OpenApiParameter("division", description="行政区划代码；all 或不填为本人可查看案件的全部辖区"),
    OpenApiParameter("since", description="期间首日 YYYY-MM-DD：问查结、不予认定时按查结日期，其余按受理日期"),
    OpenApiParameter("as_of", description="截至日期 YYYY-MM-DD，默认今天"),
    OpenApiParameter("known_at", description="以何时所知为准，ISO 8601，默认现在"),
]
QUESTION = [
    *WHERE_AND_WHEN,
    OpenApiParameter("kind", enum=Kind.values, description="类别"),
    OpenApiParameter("source", enum=Source.values, description="来源"),
    OpenApiParameter("state", enum=State.values, description="截至日期的状态"),
    OpenApiParameter("measure", enum=MeasureKind.values, description="有人受到这项处理措施"),
    OpenApiParameter("person", description="当事人编号"),
    OpenApiParameter("q", description="案件编号、学校（单位）、文号；不按姓名查"),
]


@extend_schema(parameters=QUESTION)
class CaseList(generics.ListAPIView[Any]):
    """Cases by the question of the page; nobody is named in it."""

    asks = (*ASKED, *PAGES)
    request: SignedInApiRequest
    permission_classes = [SignedIn]
    serializer_class = serializers.ListedCaseSerializer
    pagination_class = Pages

    def get_queryset(self) -> CaseQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Case.objects.none()
        self.question = MisconductQuestion.from_query(self.request.query_params, self.request.user)
        return self.question.cases(self.request.user)

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        page = super().paginate_queryset(queryset)
        where, by = self.question.divisions(self.request.user), self.request.user
        audit.searched(by=by, words=self.question.q, where="api-misconduct", found=len(page or ()), divisions=where)
        return page


class CaseFile(APIView):
    """One case as it stands now."""

    permission_classes = [SignedIn]

    @extend_schema(responses=serializers.CaseFileSerializer)
    def get(self, request: SignedInApiRequest, pk: UUID) -> Response:
        seen = Case.objects.visible_to(request.user).with_what_held(Moment.that_stands())
        case: Any = get_object_or_404(seen, pk=pk)
        in_clear = has_permission(request.user, Permission.SEE_MISCONDUCT_NAMES, case.scope_code)
        measures = Prefetch("measures", Measure.objects.standing(), to_attr="standing_measures")
        parties = Party.objects.standing().filter(case=case).select_related("person")
        case.concerned = parties.prefetch_related(measures)
        where = [case.scope_code]
        names_shown("api-misconduct-case", by=request.user, in_clear=in_clear, divisions=where, case=str(case.pk))
        return Response(serializers.CaseFileSerializer(case, context={"in_clear": in_clear}).data)


class MisconductFigures(APIView):
    """Cases concluded from `since` (default: the first day of the year) to `as_of`, persons, measures, parts."""

    asks = ("division", "since", "as_of", "known_at")
    permission_classes = [SignedIn]

    @extend_schema(parameters=WHERE_AND_WHEN, responses=serializers.FiguresSerializer)
    def get(self, request: SignedInApiRequest) -> Response:
        question = MisconductQuestion.from_query(request.query_params, request.user)
        period = question.period
        with one_snapshot():
            found = figures(question.divisions(request.user), period)
        asked = {
            "division": question.division,
            "since": period.since.isoformat(),
            "as_of": period.moment.on.isoformat(),
            "known_at": period.moment.known_at.isoformat(),
        }
        return Response(asked | found.as_json())
