"""整改结果: how a round may end, by the licence status of its institution at survey."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from institutions.models import LicenceStatus


class Outcome(models.TextChoices):
    CLOSED = "closed", _("取缔（停办）")
    LICENSED = "licensed", _("整改办理证照")
    CORRECTED = "corrected", _("整改完成")


LEGAL_OUTCOMES: dict[str, frozenset[str]] = {
    LicenceStatus.FULL: frozenset({Outcome.CORRECTED, Outcome.CLOSED}),
    LicenceStatus.REGISTRATION_ONLY: frozenset({Outcome.LICENSED, Outcome.CLOSED, Outcome.CORRECTED}),
    LicenceStatus.PERMIT_ONLY: frozenset({Outcome.LICENSED, Outcome.CLOSED}),
    LicenceStatus.NONE: frozenset({Outcome.LICENSED, Outcome.CLOSED}),
}
