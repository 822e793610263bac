"""The shapes of the API: which fields may be written, what is read. Rules of the field are in the actions."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api_bodies import Body
from accounts.masking import mask_phones
from accounts.permissions import has_permission
from accounts.roles import Permission
from inspections import actions
from inspections.actions import Answer
from inspections.history import History
from inspections.models import Notice, Rectification, RectificationEvent, State, Visit
from inspections.moves import MOVES, Field, Move
from inspections.plain_bodies import plain_body
from institutions.models import Category, Institution
from institutions.positions import MOST_ACCURACY_M, Datum


class OffsetDateTimeField(serializers.DateTimeField):
    """ISO 8601 with an offset: a time without one is asked about, never guessed."""

    default_error_messages = {"offset": _("“{given}”没有时区，例：2018-12-30T15:04:05+08:00。")}

    def to_internal_value(self, value: Any) -> datetime:
        try:
            parsed = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            parsed = None
        if parsed is not None and timezone.is_naive(parsed):
            self.fail("offset", given=value)
        return super().to_internal_value(value)


class FindingId(serializers.IntegerField):
    """The number of a finding, as large as the database counts."""

    def __init__(self, **kwargs: Any):
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)


class PositionSerializer(Body):
    longitude = serializers.FloatField()
    latitude = serializers.FloatField()
    accuracy_m = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=MOST_ACCURACY_M, default=None
    )
    datum = serializers.CharField(required=False, default=Datum.WGS84)


class NewFindingSerializer(Body):
    type = serializers.CharField(max_length=12)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class NewItemSerializer(Body):
    """An item that was looked at: in order, a problem (which needs its finding), or not applicable."""

    type = serializers.CharField(max_length=12)
    answer = serializers.ChoiceField(choices=[each.value for each in Answer])


class FoundSerializer(Body):
    """An institution found on the spot; the visit's `institution` is an id made by the phone."""

    name = serializers.CharField(max_length=120)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    division = serializers.CharField(max_length=12)
    category = serializers.ChoiceField(choices=Category.choices, required=False, default=Category.SUBJECT)
    longitude = serializers.FloatField(required=False, allow_null=True, default=None, min_value=-180, max_value=180)
    latitude = serializers.FloatField(required=False, allow_null=True, default=None, min_value=-90, max_value=90)
    datum = serializers.ChoiceField(choices=Datum.choices, required=False, default=Datum.WGS84)


class NewOrderSerializer(Body):
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class SubmissionSerializer(Body):
    rectification = serializers.UUIDField()
    outcome = serializers.CharField(max_length=10)
    put_right = serializers.ListField(child=FindingId(), required=False, default=list, max_length=100)
    registered_scope = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class NewPhotoSerializer(Body):
    sha256 = serializers.CharField(max_length=64)
    slot = serializers.IntegerField(min_value=0, max_value=1000)
    taken_at = OffsetDateTimeField(required=False, allow_null=True, default=None)
    longitude = serializers.FloatField(required=False, allow_null=True, default=None, min_value=-180, max_value=180)
    latitude = serializers.FloatField(required=False, allow_null=True, default=None, min_value=-90, max_value=90)
    accuracy_m = serializers.FloatField(
        required=False, allow_null=True, default=None, min_value=0, max_value=MOST_ACCURACY_M
    )
    finding = serializers.CharField(max_length=12, required=False, allow_null=True, default=None)


class NewVisitSerializer(Body):
    """The body of PUT visits/<uuid>/."""

    id = serializers.UUIDField(required=False, help_text="that of the address")
    institution = serializers.UUIDField()
    purpose = serializers.CharField(max_length=20)
    result = serializers.CharField(max_length=20)
    happened_at = OffsetDateTimeField()
    device_sent_at = OffsetDateTimeField(required=False, allow_null=True, default=None)
    inspectors = serializers.ListField(
        child=serializers.CharField(max_length=150), required=False, default=list, max_length=20
    )
    position = PositionSerializer(required=False, allow_null=True, default=None)
    # Of many it makes a list, which takes `max_length`.
    findings = NewFindingSerializer(many=True, required=False, default=list, max_length=100)  # type: ignore[call-arg]
    order = NewOrderSerializer(required=False, allow_null=True, default=None)
    submits = SubmissionSerializer(required=False, allow_null=True, default=None)
    photos = NewPhotoSerializer(many=True, required=False, default=list, max_length=100)  # type: ignore[call-arg]
    note = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    licence_status = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    put_right = serializers.ListField(child=FindingId(), required=False, default=list, max_length=100)
    items = NewItemSerializer(many=True, required=False, default=list, max_length=200)  # type: ignore[call-arg]
    found = FoundSerializer(required=False, allow_null=True, default=None)


class _Reader(threading.local):
    """A serializer for each thread, made once: to make its fields anew takes longer than to store the visit."""

    def __init__(self) -> None:
        self.of_a_visit = NewVisitSerializer()


_reader = _Reader()


class ReadVisit:
    """The body of PUT visits/<uuid>/ once it is read. Raises ValidationError with the reasons by field."""

    def __init__(self, body: Any):
        self.body: dict[str, Any] = plain_body(body) or _reader.of_a_visit.run_validation(body)

    @property
    def found(self) -> actions.Found | None:
        """What it says was found on the spot."""
        return actions.Found(**self.body["found"]) if self.body["found"] else None

    def as_sent(self, id: UUID, institution: Institution) -> actions.SentVisit:
        """As a visit that is sent."""
        body, submits = self.body, self.body["submits"]
        return actions.SentVisit(
            id=id,
            institution=institution,
            purpose=body["purpose"],
            result=body["result"],
            happened_at=body["happened_at"],
            inspectors=tuple(body["inspectors"]),
            position=actions.Position(**body["position"]) if body["position"] else None,
            findings=tuple(actions.NewFinding(**finding) for finding in body["findings"]),
            order=actions.NewOrder(**body["order"]) if body["order"] is not None else None,
            submits=actions.Submission(**submits | {"put_right": tuple(submits["put_right"])}) if submits else None,
            photos=tuple(actions.NewPhoto(**photo) for photo in body["photos"]),
            note=body["note"],
            licence_status=body["licence_status"],
            put_right=tuple(body["put_right"]),
            items=tuple(actions.NewItem(**item) for item in body["items"]),
            found=self.found,
        )


class ReceiptSerializer(serializers.Serializer[Any]):
    """What a phone may rely on: the visit is on stable storage. `kept_aside` says why it waits for a person, and is
    there only where it does."""

    id = serializers.UUIDField()
    digest = serializers.CharField()
    received_at = serializers.DateTimeField()
    evidence = serializers.ChoiceField(choices=["complete", "incomplete"])
    missing_photos = serializers.ListField(child=serializers.CharField())
    distance_m = serializers.FloatField(allow_null=True)
    rectification = serializers.UUIDField(allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField())
    kept_aside = serializers.CharField(required=False)


class EventSerializer(serializers.ModelSerializer[Any]):
    by = serializers.CharField(source="by.username", read_only=True)
    handed_in = serializers.DictField(read_only=True)

    class Meta:
        model = RectificationEvent
        fields = [
            "sequence", "kind", "from_state", "to_state", "by", "happened_on", "recorded_at",
            "due_on", "outcome", "visit", "notice", "note", "handed_in",
        ]  # fmt: skip
        read_only_fields = fields


class _Masked:
    """Free text of a row with its telephone numbers masked for who may not see personal data where it lies."""

    context: dict[str, Any]
    FREE = {"note", "reason", "void_reason", "withdraw_reason", "measure", "registered_scope"}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        asker, scope_code = self.context["request"].user, self.scope_code_of(instance)
        return shown if has_permission(asker, Permission.SEE_PERSONAL_DATA, scope_code) else _masked(shown, self.FREE)

    def scope_code_of(self, instance: Any) -> str:
        raise NotImplementedError


def _masked(shown: Any, free: set[str], inside: bool = False) -> Any:
    """The same, each text that stands at one of the names or below it masked."""
    if isinstance(shown, dict):
        return {name: _masked(value, free, inside or name in free) for name, value in shown.items()}
    if isinstance(shown, list):
        return [_masked(each, free, inside) for each in shown]
    return mask_phones(shown) if inside and isinstance(shown, str) else shown


class RectificationSerializer(_Masked, serializers.ModelSerializer[Any]):
    legal_moves = serializers.ListField(child=serializers.CharField(), read_only=True)
    findings = serializers.SerializerMethodField()

    class Meta:
        model = Rectification
        fields = [
            "id", "institution", "number", "round_no", "state", "version", "ordered_on", "due_on", "first_due_on",
            "next_due_on",
            "submitted_on", "submitted_outcome", "verified_on", "outcome", "void_reason", "legal_moves", "findings",
        ]  # fmt: skip
        read_only_fields = fields

    def scope_code_of(self, instance: Rectification) -> str:
        return instance.scope_code

    def get_findings(self, rectification: Rectification) -> list[dict[str, Any]]:
        return [
            {
                "id": finding.pk,
                "type": finding.type_id,
                "note": finding.note,
                "put_right_on": finding.put_right_on,
            }
            for finding in rectification.findings.all()
        ]


class NoticeSerializer(serializers.Serializer[Any]):
    """A notice of a round and what became of it; the sheet itself is at `notices/<id>/`.

    `due_on` is the deadline in force; `fulfilled` is of an order whether its round is struck off, and null for a
    withdrawal.
    """

    id = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=Notice.Kind.choices)
    served_on = serializers.DateField()
    due_on = serializers.DateField(allow_null=True)
    digest = serializers.CharField()
    replaces = serializers.UUIDField(allow_null=True)
    reconstructed = serializers.BooleanField()
    in_force = serializers.BooleanField()
    fulfilled = serializers.BooleanField(allow_null=True)


class RectificationFileSerializer(RectificationSerializer):
    events = EventSerializer(many=True, read_only=True)
    notices = serializers.SerializerMethodField()

    class Meta(RectificationSerializer.Meta):
        fields = [*RectificationSerializer.Meta.fields, "events", "notices"]
        read_only_fields = fields

    @extend_schema_field(NoticeSerializer(many=True))
    def get_notices(self, rectification: Rectification) -> list[dict[str, Any]]:
        history = History.of(rectification.events.all(), rectification.notices.all())
        listed = history.listed(struck_off=rectification.state == State.VERIFIED)
        return list(NoticeSerializer(listed, many=True).data)


class VisitWithdrawalSerializer(Body):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class VisitSerializer(_Masked, serializers.ModelSerializer[Any]):
    inspectors: Any = serializers.SlugRelatedField("username", many=True, read_only=True)
    findings = serializers.SerializerMethodField()
    stated = serializers.DictField(read_only=True)  # the content as it was sent
    receipt = serializers.SerializerMethodField()

    class Meta:
        model = Visit
        fields = [
            "id", "institution", "purpose", "result", "happened_at", "happened_on", "recorded_at", "inspectors",
            "longitude", "latitude", "accuracy_m", "distance_m", "proposed_on", "note", "findings", "stated",
            "reconstructed", "withdrawn_at", "withdraw_reason", "receipt",
        ]  # fmt: skip
        read_only_fields = fields

    def scope_code_of(self, instance: Visit) -> str:
        return instance.institution.scope_code

    def get_findings(self, visit: Visit) -> list[dict[str, Any]]:
        return [{"id": each.pk, "type": each.type_id, "note": each.note} for each in visit.findings.all()]

    def get_receipt(self, visit: Visit) -> dict[str, Any]:
        return actions.receipt_of(visit).as_json()


class _MoveSerializer(Body):
    version = serializers.IntegerField(min_value=1)
    on = serializers.DateField(required=False)


def _text(field: Field, most: int) -> serializers.Field[Any, Any, Any, Any]:
    more: dict[str, Any] = {} if field.required else {"required": False, "allow_blank": True, "default": ""}
    return serializers.CharField(max_length=most, **more)


# The words of the vocabulary as they come by the API. A reason is asked for by the action, in its own sentence.
MOVE_FIELDS: dict[str, Callable[[Field], serializers.Field[Any, Any, Any, Any]]] = {
    "outcome": lambda field: _text(field, 10),
    "put_right": lambda _field: serializers.ListField(child=FindingId(), required=False, default=list, max_length=100),
    "registered_scope": lambda field: _text(field, 200),
    "note": lambda field: _text(field, 300),
    "reason": lambda field: _text(replace(field, required=False), 300),
    "measure": lambda field: _text(field, 300),
    "due_on": lambda field: serializers.DateField(required=field.required),
    "notice": lambda field: serializers.UUIDField(required=field.required, allow_null=not field.required),
}


def _body_of(move: Move) -> type[_MoveSerializer]:
    fields = {field.name: MOVE_FIELDS[field.name](field) for field in move.fields}
    return type(f"{move.name.title()}Serializer", (_MoveSerializer,), fields)


MOVE_BODIES = {name: _body_of(move) for name, move in MOVES.items()}
