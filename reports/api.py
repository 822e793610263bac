"""The API of submitted reports: which there are, the frozen figures of one, byte for byte, and what is decided.

What is written is written on the pages, where somebody looks at it; so is the submission (docs/adr/0053).
"""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.api_bodies import Body, NoBody
from accounts.api_pages import PAGES, Pages
from accounts.permissions import SignedIn, require
from accounts.requests import SignedInApiRequest, one_of
from accounts.roles import Permission
from accounts.scope import within_prefixes
from figures.api import QUESTION
from figures.questions import Question
from institutions.moments import today
from reports.actions.deciding import MOST_BY, MOST_TO
from reports.actions.steps import MOST_NOTE, permit
from reports.models import Report, ReportVersion
from reports.models.report import State
from reports.refusals import StaleReport
from reports.steps import STEPS, Step

APPROVED, SUBMITTED = "approved", "submitted"
STATES = (APPROVED, SUBMITTED)


class ReportSerializer(serializers.ModelSerializer[Any]):
    """A version of a report that was submitted; `sha256` is the digest of its frozen content."""

    report = serializers.UUIDField(source="report_id", read_only=True)
    division = serializers.CharField(source="report.division_id", read_only=True)
    division_name = serializers.CharField(source="report.division.name", read_only=True)
    period = serializers.CharField(source="report.period", read_only=True)
    as_of = serializers.DateField(source="report.as_of", read_only=True)
    before = serializers.DateField(source="report.before", read_only=True)
    version = serializers.IntegerField(source="number", read_only=True)
    state = serializers.SerializerMethodField()
    report_state = serializers.CharField(source="report.state", read_only=True)
    replaced = serializers.BooleanField(source="is_replaced", read_only=True)

    class Meta:
        model = ReportVersion
        fields = [
            "id", "report", "division", "division_name", "period", "as_of", "before", "version", "state",
            "report_state", "replaced", "known_at", "submitted_at", "sha256",
        ]  # fmt: skip
        read_only_fields = fields

    def get_state(self, version: Any) -> str:
        return APPROVED if version.is_approved else SUBMITTED


def versions_seen(user: Any) -> Any:
    """The versions of reports of divisions that somebody sees whole, with whether each is approved, and replaced by
    another that is."""
    seen = ReportVersion.objects.filter(report__in=Report.objects.visible_to(user))
    return seen.with_approvals().select_related("report__division")


@extend_schema(
    parameters=[
        QUESTION[0],
        OpenApiParameter("as_of", description="截至日期 YYYY-MM-DD，不填为全部"),
        OpenApiParameter(
            "state",
            enum=STATES,
            description="approved：已批准、且没有被更晚批准的版本代替的；submitted：待审批的；不填为全部",
        ),
    ]
)
class ReportList(generics.ListAPIView[Any]):
    """The submitted reports of a division and those below it, version by version."""

    asks = ("division", "as_of", "state", *PAGES)
    request: SignedInApiRequest
    permission_classes = [SignedIn]
    serializer_class = ReportSerializer
    pagination_class = Pages

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ReportVersion.objects.none()
        query = self.request.query_params
        question = Question.from_query(query, self.request.user)
        state = one_of("state", query.get("state", ""), STATES)
        found = versions_seen(self.request.user).filter(
            within_prefixes("report__scope_code", question.divisions(self.request.user))
        )
        if question.as_of:
            found = found.filter(report__as_of=question.as_of)
        if state == APPROVED:
            found = found.filter(is_approved=True, is_replaced=False)
        elif state == SUBMITTED:
            found = found.filter(Q(report__state="submitted"), is_approved=False, replaced_by__isnull=True)
        return found


class ReportFile(APIView):
    """The frozen content of a submitted report: the canonical JSON as it was kept; its SHA-256 is the ETag. For those
    who may know all that is in it: it has the figures of the patrol."""

    permission_classes = [SignedIn]

    @extend_schema(
        operation_id="reports_retrieve",
        parameters=[OpenApiParameter("If-None-Match", location=OpenApiParameter.HEADER)],
        responses={200: OpenApiTypes.OBJECT, 304: OpenApiResponse(description="与所给 ETag 相同")},
    )
    def get(self, request: SignedInApiRequest, pk: UUID) -> Response | HttpResponse:
        version = versions_seen(request.user).filter(pk=pk).first()
        if version is None:
            raise Http404
        require(request.user, Permission.SEE_MISCONDUCT, version.report.scope_code)
        answer = frozen(version, request)
        if answer.status_code == 200:
            note_taken(version, by=request.user)
        return answer


def frozen(version: ReportVersion, request: Request | Any) -> HttpResponse:
    """What was kept, byte for byte; 304 to whoever has it."""
    etag = f'"{version.sha256}"'
    headers = {"ETag": etag, "X-Content-SHA256": version.sha256, "Cache-Control": "private, no-cache"}
    if etag in [each.strip() for each in request.headers.get("If-None-Match", "").split(",")]:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(version.content, content_type="application/json; charset=utf-8", headers=headers)


def note_taken(version: ReportVersion, *, by: Any) -> None:
    audit.exported(
        by=by,
        what="report_data",
        question=f"report={version.report_id}&version={version.number}&sha256={version.sha256}",
        rows=1,
        divisions=[version.report.division_id],
    )


class _Nothing(NoBody):
    """Approving needs nothing said."""


class _Reason(Body):
    # Asked for by the action, in its own sentence.
    reason = serializers.CharField(max_length=MOST_NOTE, required=False, allow_blank=True, default="")


class _HandedOver(Body):
    on = serializers.DateField(required=False, help_text="报送日期，不填为今天")
    to = serializers.CharField(max_length=MOST_TO)
    way = serializers.CharField(max_length=MOST_BY)
    note = serializers.CharField(max_length=MOST_NOTE, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"on": today(), **attrs}


BODIES: dict[str, type[Body]] = {"approve": _Nothing, "hand-over": _HandedOver}
DOORS = [step for step in STEPS.values() if State.DRAFT not in step.states]


class StepView(APIView):
    """One step of a report, done to the version that its id names: one that is not the last any more is stale (412)."""

    permission_classes = [SignedIn]
    step: Step = STEPS["approve"]  # given by `as_view` for each of DOORS

    def get_serializer_class(self) -> type[Body]:
        return BODIES.get(self.step.name, _Reason)

    @extend_schema(responses=ReportSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        version = versions_seen(request.user).filter(pk=pk).first()
        if version is None:
            raise Http404
        report = version.report
        permit(report, request.user, *self.step.permissions)
        body = self.get_serializer_class()(data=request.data or {})
        body.is_valid(raise_exception=True)
        last = report.last_version
        if last is None or last.pk != version.pk:
            raise StaleReport(last.number if last else 0)
        self.step.action(report, by=request.user, version=report.version, **body.validated_data)
        return Response(ReportSerializer(versions_seen(request.user).get(pk=pk)).data)
