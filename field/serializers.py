"""The shapes of the phone's doors, as OpenAPI gives them."""

from typing import Any

from rest_framework import serializers

from accounts.api_bodies import Body
from inspections.models import Severity, Visit
from inspections.serializers import NewVisitSerializer, ReceiptSerializer
from institutions.models import Category

ANSWERS = ("ok", "problem", "not_applicable")


class LastSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    result = serializers.CharField()
    found = serializers.ListField(child=serializers.CharField())


class ListedFindingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    type = serializers.CharField()
    note = serializers.CharField()
    put_right = serializers.BooleanField()


class ListedRoundSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    due_on = serializers.DateField()
    overdue = serializers.BooleanField()
    outcome = serializers.CharField()
    findings = ListedFindingSerializer(many=True)


class ListedSerializer(serializers.Serializer[Any]):
    """An institution as a phone has it. Degrees are WGS-84; `answers` are those of the last look inside."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    signboard = serializers.CharField()
    address = serializers.CharField()
    division = serializers.CharField()
    longitude = serializers.FloatField(allow_null=True)
    latitude = serializers.FloatField(allow_null=True)
    datum = serializers.CharField()
    accuracy_m = serializers.FloatField(allow_null=True)
    licence_status = serializers.CharField()
    category = serializers.ChoiceField(choices=Category.choices)
    has_phone = serializers.BooleanField()
    version = serializers.IntegerField()
    assigned = serializers.BooleanField()
    last = LastSerializer(allow_null=True)
    surveyed_on = serializers.DateField(allow_null=True)
    ceased_on = serializers.DateField(allow_null=True)
    round = ListedRoundSerializer(allow_null=True)
    answers = serializers.DictField(child=serializers.ChoiceField(choices=ANSWERS))
    updated_at = serializers.DateTimeField()


class WorklistSerializer(serializers.Serializer[Any]):
    """`next_since` is what to ask for next as `updated_since`; `gone` are no longer there."""

    division = serializers.CharField()
    as_of = serializers.DateField()
    known_at = serializers.DateTimeField()
    next_since = serializers.DateTimeField()
    institutions = ListedSerializer(many=True)
    gone = serializers.ListField(child=serializers.UUIDField())


class ItemSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    wording = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    days_to_put_right = serializers.IntegerField()
    licence = serializers.CharField(allow_blank=True)


class GroupSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(allow_blank=True)
    title = serializers.CharField()
    items = ItemSerializer(many=True)


class CatalogueSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    groups = GroupSerializer(many=True)


class ColleagueSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()


class TownshipSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    institutions = serializers.IntegerField()


class MineSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    institution = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    happened_at = serializers.DateTimeField()
    purpose = serializers.ChoiceField(choices=Visit.Purpose.choices)
    result = serializers.ChoiceField(choices=Visit.Result.choices)
    withdrawn = serializers.BooleanField()
    receipt = ReceiptSerializer()


class BatchedVisitSerializer(NewVisitSerializer):
    id = serializers.UUIDField()


class BatchSerializer(Body):
    """The body of POST field/visits/: at most 50, each as PUT visits/<id>/ takes it, with its id."""

    visits = BatchedVisitSerializer(many=True)


class RefusedSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    errors: Any = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)
    unknown = serializers.ListField(child=serializers.CharField(), required=False)


class AnswerSerializer(serializers.Serializer[Any]):
    """What PUT visits/<id>/ would have answered: a receipt, or why there is none."""

    id = serializers.CharField()
    status = serializers.IntegerField()
    receipt = ReceiptSerializer(required=False)
    error = RefusedSerializer(required=False)


class AnswersSerializer(serializers.Serializer[Any]):
    answers = AnswerSerializer(many=True)
