from django.utils.translation import gettext as _

from accounts.errors import Refusal
from institutions.models import Institution


class StaleInstitution(Refusal):
    """Somebody else changed the institution since it was read."""

    code = "stale_version"
    status = 412


def locked(institution: Institution, version: int) -> Institution:
    """The institution as it is now, locked. Raises StaleInstitution (412) when it was changed since `version`."""
    current = Institution.objects.select_for_update().get(pk=institution.pk)
    if current.version != version:
        raise StaleInstitution(_("这家机构的档案已被他人更新,请刷新后再改。"), version=current.version)
    return current
