from django.utils.translation import gettext as _

from accounts.errors import Refusal
from institutions.models import Institution


class StaleInstitution(Refusal):
    """Somebody else changed the institution since it was read."""

    code = "stale_version"
    status = 412


class StaleLicence(Refusal):
    """Somebody else revoked, corrected or withdrew the licence since it was read."""

    code = "stale_version"
    status = 412


class OffRegister(Refusal):
    """The institution is not on the register any more: merged into another, or its registration withdrawn."""

    code = "off_register"
    status = 409


def check_on_register(institution: Institution) -> None:
    """Raise OffRegister (409) for an institution that was merged or withdrawn: nothing more is written of it."""
    if institution.withdrawn_at is not None:
        raise OffRegister(_("这家机构的登记已经撤销，不能再改。"))
    if institution.merged_at is not None:
        raise OffRegister(_("这家机构已并入另一家，请在并入的那家办理。"))


def locked(institution: Institution, version: int) -> Institution:
    """The institution as it is now, locked. Raises OffRegister (409) when it is not on the register any more,
    StaleInstitution (412) when it was changed since `version`."""
    current = Institution.objects.select_for_update().get(pk=institution.pk)
    check_on_register(current)
    if current.version != version:
        raise StaleInstitution(_("这家机构的档案已被他人更新，请刷新后再改。"), version=current.version)
    return current
