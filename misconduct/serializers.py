"""The shapes of the API's answers about the second ledger."""

from typing import Any

from rest_framework import serializers

from accounts.templatetags.personal import readable
from misconduct.history import named
from misconduct.models import Case, Kind, Measure, MeasureKind, Party, Result, Source, State


class ListedCaseSerializer(serializers.ModelSerializer[Case]):
    """A case as it stood at the moment asked about."""

    kind = serializers.ChoiceField(source="kind_then", choices=Kind.choices)
    school = serializers.CharField(source="school_then")
    source = serializers.ChoiceField(source="source_then", choices=Source.choices)  # type: ignore[assignment]
    happened_on = serializers.DateField(source="happened_on_then")
    found_on = serializers.DateField(source="found_on_then")
    handled_on = serializers.DateField(source="handled_on_then", allow_null=True)
    state = serializers.ChoiceField(source="state_then", choices=State.choices)

    class Meta:
        model = Case
        fields = [
            "id", "number", "division", "kind", "school", "source", "happened_on", "found_on", "handled_on", "state",
        ]  # fmt: skip


class MeasureSerializer(serializers.ModelSerializer[Measure]):
    kind = serializers.ChoiceField(choices=MeasureKind.choices)

    class Meta:
        model = Measure
        fields = ["id", "kind", "decided_on", "document"]


class PartySerializer(serializers.ModelSerializer[Party]):
    """`name` is masked for who may not read names."""

    person = serializers.UUIDField(source="person_id", read_only=True)
    name = serializers.SerializerMethodField()
    measures = MeasureSerializer(many=True, source="standing_measures")

    class Meta:
        model = Party
        fields = ["id", "person", "name", "post", "measures"]

    def get_name(self, party: Party) -> str:
        return named(party, self.context["in_clear"])


class ConclusionSerializer(serializers.Serializer[Any]):
    result = serializers.ChoiceField(choices=Result.choices)
    handled_on = serializers.DateField()
    note = serializers.CharField()


class CaseFileSerializer(ListedCaseSerializer):
    """A case as it stands, with what was stated, who is concerned and how it ended."""

    note = serializers.SerializerMethodField()
    institution = serializers.UUIDField(source="statement.institution_id", allow_null=True)
    conclusion = ConclusionSerializer(allow_null=True)
    parties = PartySerializer(many=True, source="concerned")
    withdrawn_at = serializers.DateTimeField(allow_null=True)

    class Meta(ListedCaseSerializer.Meta):
        fields = [
            *ListedCaseSerializer.Meta.fields, "note", "institution", "conclusion", "parties", "withdrawn_at",
        ]  # fmt: skip

    def get_note(self, case: Case) -> str:
        return readable(case.statement.note, self.context["in_clear"])


class ShareSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    cases = serializers.IntegerField()
    persons = serializers.IntegerField()


class FiguresSerializer(serializers.Serializer[Any]):
    """Persons are counted once; by measure they overlap, and by kind and month too."""

    division = serializers.CharField()
    since = serializers.DateField()
    as_of = serializers.DateField()
    known_at = serializers.DateTimeField()
    cases = serializers.IntegerField()
    persons = serializers.IntegerField()
    measures = serializers.DictField(child=serializers.IntegerField())
    kinds = ShareSerializer(many=True)
    months = ShareSerializer(many=True)
