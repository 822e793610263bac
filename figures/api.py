"""The API of lists and figures: everything that is asked by the drill-down grammar."""

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.api_pages import PAGES, Pages
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import SignedIn
from accounts.requests import SignedInApiRequest
from figures import serializers, statistics
from figures.difference_question import DifferenceQuestion
from figures.differences import SHOWN
from figures.drilldown import GRAMMAR, Drilldown
from figures.ledger import FIGURES_OF_ROUNDS, LEDGER, ODD, STATES, LedgerQuestion
from figures.questions import WHERE_AND_WHEN, Question
from figures.reasons import REASONS
from figures.standing import ceased_on
from figures.unseen import CLEAR_OR_UNSEEN, Status, status_then
from inspections.models import Rectification
from inspections.search import note_search
from inspections.serializers import RectificationSerializer
from institutions.models import Institution, InstitutionQuerySet, Licence
from institutions.moments import EARLIEST, Moment, month_end, today
from institutions.past import as_listed

MOST_MONTHS = 60
MOST_CHANGED = 5_000  # institutions in one answer; a file has all
QUESTION = [
    OpenApiParameter(name, description=text)
    for name, text in {
        "division": "行政区划代码；all 或不填为本人的全部辖区",
        "as_of": "截至日期 YYYY-MM-DD，默认今天",
        "known_at": "以何时所知为准，ISO 8601，默认现在",
        "figure": "、".join(statistics.FIGURES),
        "standing": f"{'、'.join([*Status.values, CLEAR_OR_UNSEEN])}；可用逗号并列几种，如 overdue,open",
        "licence_status": "排摸时证照情况：full、registration_only、permit_only、none，或 not_full：后三种",
        "licence_now": "截至日期的证照情况",
        "outcome": "closed、licensed、corrected",
        "finding_type": "问题代码",
        "located": "yes、no",
        "unvisited": "30、90、180、365 天内没有检查过，或 ever：从未检查",
        "q": "名称、曾用名、地址、信用代码、证号、通知书编号；有权查看处还有负责人、电话",
    }.items()
]
LEDGER_QUESTION = [
    *QUESTION[:3],
    OpenApiParameter("state", enum=STATES, description="台账视图或状态；不填为全部，含已作废"),
    OpenApiParameter("figure", enum=FIGURES_OF_ROUNDS, description="指标背后的整改，每家机构一条"),
    OpenApiParameter("finding_type", description="问题代码"),
    OpenApiParameter("oddity", enum=list(ODD), description="疑点，any 为任何一种"),
    OpenApiParameter("inspector", description="责令或检查人员的姓名"),
    OpenApiParameter("due_from", description="期限自 YYYY-MM-DD"),
    OpenApiParameter("due_to", description="期限至 YYYY-MM-DD"),
    QUESTION[-1],
]


@extend_schema(parameters=QUESTION)
class InstitutionList(generics.ListAPIView[Any]):
    """The institutions behind any number, by the same grammar as /institutions/."""

    asks = (*GRAMMAR, *PAGES)
    request: SignedInApiRequest
    permission_classes = [SignedIn]
    serializer_class = serializers.ListedInstitutionSerializer
    pagination_class = Pages

    def get_queryset(self) -> InstitutionQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Institution.objects.none()
        self.question = question = Drilldown.from_query(self.request.query_params, self.request.user)
        self.moment = question.moment
        found = question.institutions(self.request.user, self.moment)
        return found.annotate(ceased_then=ceased_on(self.moment), stands_as=status_then(self.moment)).select_related(
            "division"
        )

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        page = super().paginate_queryset(queryset)
        _note(self.request.user, self.question, self.question.q, "api-institutions", page)
        audit.people_shown(
            page or [],
            by=self.request.user,
            where="api-institutions",
            question=self.question.query_string(),
            divisions=self.question.divisions(self.request.user),
        )
        return page and as_listed(page, self.moment)


class InstitutionFile(generics.RetrieveAPIView[Any]):
    request: SignedInApiRequest
    permission_classes = [SignedIn]
    serializer_class = serializers.InstitutionFileSerializer

    def get_queryset(self) -> InstitutionQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Institution.objects.none()
        visible = Institution.objects.visible_to(self.request.user).select_related("division")
        return visible.annotate(stands_as=status_then(Moment.of()))

    def get_object(self) -> Institution:
        institution: Any = super().get_object()
        visible = Institution.objects.visible_to(self.request.user)
        there = visible.filter(pk__in=institution.histories[1:]).order_by("pk") if institution.has_merges else ()
        institution.merged_there = [each.pk for each in there]
        pks = [institution.pk, *institution.merged_there]
        institution.all_licences = Licence.objects.standing().filter(institution__in=pks)
        rounds = Rectification.objects.filter(institution__in=pks).order_by("-ordered_on", "-round_no")
        institution.all_rounds = rounds.prefetch_related("findings")
        audit.people_shown([institution], by=self.request.user, where="api-institution")
        return institution


@extend_schema(parameters=LEDGER_QUESTION)
class RectificationList(generics.ListAPIView[Any]):
    """The ledger by the question of its page; without `state` and `figure` every round. Rows say what holds today."""

    asks = (*LEDGER, *PAGES)
    request: SignedInApiRequest
    permission_classes = [SignedIn]
    serializer_class = RectificationSerializer
    pagination_class = Pages

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Rectification.objects.none()
        self.question = LedgerQuestion.from_query(self.request.query_params, self.request.user)
        return self.question.rounds(self.request.user).prefetch_related("findings")

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        page = super().paginate_queryset(queryset)
        _note(self.request.user, self.question, self.question.q, "api-rectifications", page)
        return page


def _note(user: User, question: Question, words: str, where: str, page: list[Any] | None) -> None:
    note_search(user, words, where=where, found=len(page or ()), divisions=question.divisions(user))


class CompletionView(APIView):
    """Figures of a division at a moment, and their parts with `by`."""

    asks = (*WHERE_AND_WHEN, "by")
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[*QUESTION[:3], OpenApiParameter("by", enum=list(statistics.PARTITIONS))],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: SignedInApiRequest) -> Response:
        question = Question.from_query(request.query_params, request.user)
        found = statistics.completion(
            question.divisions(request.user),
            question.moment,
            by=request.query_params.get("by") or None,
            within=Institution.objects.visible_to(request.user),
        )
        return Response(found.as_json())


class DifferenceView(APIView):
    """Why the figures of a division differ between two moments: parts that add up to the difference of every figure,
    each with its institutions, at most 100; with `part`, or `figure`, only those of it, at most 5,000."""

    asks = (*WHERE_AND_WHEN, "before", "before_known_at", "part", "figure")
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[
            *QUESTION[:3],
            OpenApiParameter("before", description="期初 YYYY-MM-DD，默认截至日期的上月末"),
            OpenApiParameter("before_known_at", description="期初以何时所知为准，ISO 8601，默认同 known_at"),
            OpenApiParameter("part", enum=list(REASONS), description="只列出这一项变动的机构"),
            OpenApiParameter("figure", enum=list(statistics.FIGURES), description="只列出进出这个指标的机构"),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: SignedInApiRequest) -> Response:
        question = DifferenceQuestion.from_query(request.query_params, request.user)
        narrowed = question.part or question.figure
        return Response(question.differences(request.user, MOST_CHANGED if narrowed else SHOWN).as_json())


class TrendView(APIView):
    """Completion at the month ends from `from` to `to`, both YYYY-MM."""

    asks = ("division", "known_at", "from", "to")
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[
            QUESTION[0],
            QUESTION[2],
            OpenApiParameter("from", required=True),
            OpenApiParameter("to"),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: SignedInApiRequest) -> Response:
        question = Question.from_query(request.query_params, request.user)
        first, last = _months(request)
        moment = question.moment
        ends = statistics.trend(
            question.divisions(request.user),
            first,
            last,
            known_at=moment.known_at,
            within=Institution.objects.visible_to(request.user),
        )
        rows = [{"as_of": end.moment.on.isoformat(), **end.total.as_json()} for end in ends]
        return Response({"division": question.division, "known_at": moment.known_at.isoformat(), "rows": rows})


def _months(request: SignedInApiRequest) -> tuple[date, date]:
    """First days of the months asked for. Raises Invalid."""
    asked = {"from": request.query_params.get("from", ""), "to": request.query_params.get("to", "")}
    asked["to"] = asked["to"] or f"{today():%Y-%m}"
    errors = {
        name: [_("“%(given)s”不是月份，例：2018-12。") % {"given": given[:40]}]
        for name, given in asked.items()
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", given) or int(given[:4]) < EARLIEST.year
    }
    if errors:
        raise Invalid(errors)
    first, last = (date.fromisoformat(f"{asked[name]}-01") for name in ("from", "to"))
    if last < first:
        raise Invalid({"to": [_("止月 %(to)s 早于起月 %(from)s。") % asked]})
    if last > month_end(today()):
        raise Invalid({"to": [_("月份 %(to)s 在本月之后。") % asked]})
    if (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
        raise Invalid({"to": [_("一次至多查询 %(most)s 个月。") % {"most": MOST_MONTHS}]})
    return first, last
