"""The API's doors to imports: hand a register in, look at its plan, answer, correct and decide, import, take it back.

The same rules as the pages: `institutions/imports/runs.py` and `changing.py`.
"""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.api_bodies import Body, NoBody
from accounts.errors import Invalid
from accounts.id_numbers import check_texts
from accounts.permissions import SignedIn, require
from accounts.requests import SignedInApiRequest, one_of, page_asked, whole_number
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.imports import changing
from institutions.imports.files import NotReady, answers_to, left_to_take_in, plan_of
from institutions.imports.rollback import roll_back
from institutions.imports.runs import ask_for, hand_in
from institutions.imports.stored import KINDS, MOVED, SAYS, Reading, moved
from institutions.models import Division, DuplicateDecision, ImportBatch, ImportRun, RegisterFile
from institutions.positions import Datum

PAGE = 100
MOST_PAGE = 500


class RegisterBody(Body):
    """A register of a county: .xlsx, .xls, .ods or text, at most 10 MB. `datum` is that of its positions."""

    file = serializers.FileField()
    division = serializers.CharField(max_length=12, help_text="the county, e.g. 330382")
    datum = serializers.ChoiceField(Datum.choices, default=Datum.WGS84)


class ProgressSerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = ImportRun
        fields = ["act", "state", "phase", "done", "total", "problem", "requested_at", "finished_at"]
        read_only_fields = fields


class PlanSerializer(serializers.Serializer[Any]):
    """`digest` is what is sent with commit; `held_up_by` counts errors and open questions, `left` answers, corrections
    and decisions that it has not taken in, `moved` rows of which it says another thing than the plan looked at."""

    digest = serializers.CharField()
    made_at = serializers.DateTimeField()
    counts = serializers.DictField(child=serializers.IntegerField())
    held_up_by = serializers.IntegerField()
    left = serializers.IntegerField()
    moved = serializers.IntegerField()
    sheets = serializers.ListField(child=serializers.DictField())
    tables = serializers.ListField(child=serializers.DictField())
    questions = serializers.ListField(child=serializers.DictField())
    remarks = serializers.ListField(child=serializers.CharField())


class BatchSerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = ImportBatch
        fields = ["id", "recorded_at", "rolled_back_at", "unfinished"]
        read_only_fields = fields


class ImportSerializer(serializers.ModelSerializer[Any]):
    """A register with how far it is: the run under way (or the last), its plan, what was imported of it."""

    run = ProgressSerializer(allow_null=True)
    plan = PlanSerializer(allow_null=True)
    batches = BatchSerializer(many=True)

    class Meta:
        model = RegisterFile
        fields = ["id", "division", "file_name", "sha256", "datum", "received_at", "run", "plan", "batches"]
        read_only_fields = fields


class RowsSerializer(serializers.Serializer[Any]):
    digest = serializers.CharField()
    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    rows = serializers.ListField(child=serializers.DictField())


class AnswersBody(Body):
    """Answers by key: to `questions` of the plan, `row:KEY` = leave_out, `heading:TITLE` = a column, `sheet:NAME`."""

    answers = serializers.DictField(child=serializers.CharField(max_length=200, allow_blank=True))


class FixBody(Body):
    """`address` as 虹桥镇!D7; `value` null takes the correction back."""

    address = serializers.CharField(max_length=120)
    value = serializers.CharField(max_length=500, allow_blank=True, allow_null=True)


class DecisionBody(Body):
    row = serializers.CharField(max_length=150, help_text="the key of a row of the plan")
    institution = serializers.UUIDField()
    answer = serializers.ChoiceField(DuplicateDecision.Answer.choices)
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class CommitBody(Body):
    plan = serializers.CharField(max_length=64, help_text="the digest of the plan that was looked at")


class _Door(APIView):
    permission_classes = [SignedIn]

    def file(self, request: SignedInApiRequest, pk: UUID) -> RegisterFile:
        files = RegisterFile.objects.visible_to(request.user).select_related("division")
        file = get_object_or_404(files, pk=pk)
        require(request.user, Permission.EDIT_REGISTRY, file.division.scope_code)
        return file

    def body(self, serializer: type[serializers.Serializer[Any]], request: SignedInApiRequest) -> dict[str, Any]:
        body = serializer(data=request.data)
        body.is_valid(raise_exception=True)
        said: dict[str, Any] = body.validated_data
        return said

    def reading(self, file: RegisterFile) -> Reading:
        """Raises NotReady (409) while there is no plan."""
        plan = plan_of(file)
        if plan is None:
            raise NotReady(_("这份名册还没有预览。"))
        plan.file = file
        return Reading(plan)


class ImportList(_Door):
    """Hand a register in. Nothing is written: a plan is made, at once or, of a long one, by the worker."""

    parser_classes = [MultiPartParser]

    @extend_schema(request=RegisterBody, responses={201: ImportSerializer})
    def post(self, request: SignedInApiRequest) -> Response:
        require(request.user, Permission.EDIT_REGISTRY)
        said = self.body(RegisterBody, request)
        counties = Division.objects.filter(
            within_prefixes("code", request.user.prefixes(Permission.EDIT_REGISTRY)), level="county"
        )
        division = counties.filter(pk=said["division"]).first()
        if division is None:
            unknown = _("没有代码为“%(code)s”的县（市、区），例：330382。") % {"code": said["division"]}
            raise Invalid({"division": [unknown]})
        sent = said["file"]
        file = hand_in(sent.read(), file_name=sent.name, division=division, datum=said["datum"], by=request.user)
        return Response(_told(file), status=201)


class ImportFile(_Door):
    """A register, how far it is, what its plan says of the whole."""

    @extend_schema(responses=ImportSerializer)
    def get(self, request: SignedInApiRequest, pk: UUID) -> Response:
        return Response(_told(self.file(request, pk)))


class ImportRows(_Door):
    """The rows of the plan: new, changed (old → new), unchanged, not_read; error, question, candidate, warning, fixed
    say what is said of them; moved are those that changed since the plan was looked at."""

    asks = ("kind", "q", "page", "page_size")

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", OpenApiTypes.STR, enum=[*KINDS, *SAYS, MOVED]),
            OpenApiParameter("q", OpenApiTypes.STR, description="a row number, or words of a name"),
            OpenApiParameter("page", OpenApiTypes.INT),
            OpenApiParameter("page_size", OpenApiTypes.INT, description="at most 500"),
        ],
        responses=RowsSerializer,
    )
    def get(self, request: SignedInApiRequest, pk: UUID) -> Response:
        file = self.file(request, pk)
        plan = self.reading(file)
        asked = request.query_params
        kind = one_of("kind", asked.get("kind", ""), [*KINDS, *SAYS, MOVED])
        words = asked.get("q", "")[:100]
        check_texts({"q": words})
        page_number, per_page = page_asked(asked), _per_page(asked.get("page_size") or str(PAGE))
        found: list[Any] = _moved(plan) if kind == MOVED else plan.find(kind, words)
        page = Paginator(found, per_page).get_page(page_number)
        rows = list(page) if kind == MOVED else [plan.row(number) for number in page]
        audit.exported(
            by=request.user,
            what="api-import-rows",
            question=request.META.get("QUERY_STRING", "")[:200],
            rows=len(rows),
            divisions=[file.division_id],
            personal=True,
        )
        return Response(
            {
                "digest": plan.stored.digest,
                "count": page.paginator.count,
                "page": page.number,
                "pages": page.paginator.num_pages,
                "rows": rows,
            }
        )


class _Changing(_Door):
    """What changes a plan answers with the register as it stands then."""

    def changed(self, request: SignedInApiRequest, file: RegisterFile) -> Response:
        changing.settled(file, by=request.user)
        return Response(_told(file))


class ImportAnswers(_Changing):
    """Answer questions. A short register is planned again at once."""

    @extend_schema(request=AnswersBody, responses=ImportSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        file = self.file(request, pk)
        answers = self.body(AnswersBody, request)["answers"]
        if too_long := [key for key in answers if len(key) > 200]:
            raise Invalid({"answers": [_("没有这样的问题：%(key)s…") % {"key": too_long[0][:40]}]})
        if changing.answer(file, self.reading(file), answers, by=request.user):
            return self.changed(request, file)
        return Response(_told(file))


class ImportFixes(_Changing):
    """Correct a cell of a row, or take the correction back."""

    @extend_schema(request=FixBody, responses=ImportSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        file = self.file(request, pk)
        said = self.body(FixBody, request)
        if said["value"] is None:
            changing.take_back(file, said["address"], by=request.user)
        elif not changing.fix(file, self.reading(file), said["address"], said["value"], by=request.user):
            return Response(_told(file))
        return self.changed(request, file)


class ImportDecisions(_Changing):
    """Say whether a row is an institution on file."""

    @extend_schema(request=DecisionBody, responses=ImportSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        file = self.file(request, pk)
        said = self.body(DecisionBody, request)
        changing.decide(
            file,
            self.reading(file),
            said["row"],
            said["institution"],
            said["answer"],
            by=request.user,
            reason=said["reason"],
        )
        return self.changed(request, file)


class ImportPlan(_Door):
    """Plan again, with all that was answered, corrected and decided since."""

    @extend_schema(request=NoBody, responses=ImportSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        file = self.file(request, pk)
        NoBody.check(request.data)
        changing.check_open(file)
        ask_for(file, ImportRun.Act.PLAN, by=request.user)
        return Response(_told(file))


class ImportCommit(_Door):
    """Write what the plan says that was looked at. 409 when it would do something else now: then the new plan is there
    to look at, its rows that moved under `kind=moved`."""

    @extend_schema(request=CommitBody, responses=ImportSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        file = self.file(request, pk)
        looked_at = self.body(CommitBody, request)["plan"]
        ask_for(file, ImportRun.Act.COMMIT, looked_at=looked_at, by=request.user)
        return Response(_told(file))


class ImportUndo(_Door):
    """Take the batch back, while nothing later depends on it."""

    @extend_schema(request=NoBody, responses=ImportSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        file = self.file(request, pk)
        NoBody.check(request.data)
        batch = file.batches.filter(rolled_back_at=None).first()
        if batch is None:
            raise NotReady(_("这份名册没有导入，没有可撤销的。"))
        roll_back(batch, by=request.user)
        ask_for(file, ImportRun.Act.PLAN, by=request.user)
        return Response(_told(file))


def _per_page(given: str) -> int:
    """Rows of a page, MOST_PAGE at most. Raises Invalid (422) for what is no whole number from 1 on."""
    number = whole_number(given)
    if not number:
        said = {"given": given[:20], "most": MOST_PAGE}
        raise Invalid({"page_size": [_("每页条数“%(given)s”不可用，应为 1 至 %(most)s 的整数。") % said]})
    return min(number, MOST_PAGE)


def _told(file: RegisterFile) -> dict[str, Any]:
    stored = plan_of(file)
    file.run = file.runs.order_by("-requested_at").first()  # type: ignore[attr-defined]
    plan = None
    if stored is not None:
        stored.file = file
        reading = Reading(stored)
        head = reading.head
        plan = {
            "digest": stored.digest,
            "made_at": stored.made_at,
            "counts": reading.counts,
            "held_up_by": stored.errors,
            "left": left_to_take_in(file, stored),
            "moved": len(_moved(reading)),
            "sheets": head["sheets"],
            "tables": head["tables"],
            "questions": _answered(file, head["questions"]),
            "remarks": head["remarks"],
        }
    file.plan = plan  # type: ignore[attr-defined]
    return ImportSerializer(file).data


def _answered(file: RegisterFile, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Questions with what was answered last, taken in or not."""
    answers = answers_to(file)
    return [question | {"answer": answers.get(question["key"], question["answer"])} for question in questions]


def _moved(plan: Reading) -> list[dict[str, Any]]:
    before = plan.stored.instead_of
    if before is None:
        return []
    return [{"key": key, "then": then, "now": now} for key, then, now in moved(Reading(before), plan)]
