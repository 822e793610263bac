"""The shapes of the registry in the API: an institution with where it stands, its licences and its rounds."""

from typing import Any

from rest_framework import serializers

from accounts.permissions import has_permission
from accounts.roles import Permission
from inspections.serializers import RectificationSerializer
from institutions.models import Institution, Licence
from institutions.past import Listed


class LicenceSerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = Licence
        fields = ["kind", "number", "issued_by", "valid_from", "valid_to", "revoked_on"]
        read_only_fields = fields


class InstitutionSerializer(serializers.ModelSerializer[Any]):
    """An institution as listed; personal data masked for those who may not see it."""

    standing = serializers.CharField(source="stands_as", read_only=True)  # a Status
    division_name = serializers.CharField(source="division.name", read_only=True)

    class Meta:
        model = Institution
        fields = [
            "id",
            "name",
            "signboard_name",
            "credit_code",
            "registered_address",
            "operating_address",
            "division",
            "division_name",
            "scope_code",
            "longitude",
            "latitude",
            "datum",
            "location_source",
            "location_accuracy_m",
            "category",
            "principal",
            "phone",
            "learners",
            "teachers",
            "area_m2",
            "surveyed_on",
            "licence_status_at_survey",
            "ceased_on",
            "merged_into",
            "standing",
        ]
        read_only_fields = fields

    def to_representation(self, instance: Institution) -> dict[str, Any]:
        return super().to_representation(instance) | self.masked(instance)

    def masked(self, instance: Institution) -> dict[str, Any]:
        """What stands instead of the personal data for who asks: nothing where they may see them."""
        if has_permission(self.context["request"].user, Permission.SEE_PERSONAL_DATA, instance.scope_code):
            return {}
        return {"principal": instance.masked_principal, "phone": instance.masked_phone}


class ListedInstitutionSerializer(InstitutionSerializer):
    """An institution as a list of a day shows it: name, place and survey as they were, the rest as it stands.

    Its rows are made by hand: 200 rows field by field take as long as asking for them.
    """

    def to_representation(self, instance: Any) -> dict[str, Any]:
        listed: Listed = instance
        row: Any = listed.institution
        return {name: getattr(row, name, None) for name in self.Meta.fields} | {
            "name": listed.name,
            "operating_address": listed.operating_address,
            "division": listed.division_code,
            "division_name": listed.division_name,
            "scope_code": listed.scope_code,
            "area_m2": None if row.area_m2 is None else str(row.area_m2),
            "surveyed_on": listed.surveyed_on,
            "licence_status_at_survey": listed.licence_status,
            "ceased_on": row.ceased_then,
            "merged_into": row.merged_into_id,
            "standing": row.stands_as,
            **self.masked(row),
        }


class InstitutionFileSerializer(InstitutionSerializer):
    """One institution with its licences and rounds, those of what was merged into it (`merged_from`) among them."""

    merged_from = serializers.ListField(child=serializers.UUIDField(), source="merged_there", read_only=True)
    licences = LicenceSerializer(many=True, read_only=True, source="all_licences")
    rectifications = RectificationSerializer(many=True, read_only=True, source="all_rounds")

    class Meta(InstitutionSerializer.Meta):
        fields = [*InstitutionSerializer.Meta.fields, "merged_from", "licences", "rectifications"]
        read_only_fields = fields
