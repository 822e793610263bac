"""证照: permits and registrations with their validity; revoked, corrected and withdrawn, never deleted."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from institutions.models.clocks import not_withdrawn
from institutions.moments import Moment

STATED = ("kind", "number", "issued_by", "valid_from", "valid_to", "revoked_on")  # what is said of a licence


class LicenceStatus(models.TextChoices):
    FULL = "full", _("证照齐全")
    REGISTRATION_ONLY = "registration_only", _("有照无证")
    PERMIT_ONLY = "permit_only", _("有证无照")
    NONE = "none", _("无证无照")


class LicenceQuerySet(models.QuerySet["Licence"]):
    def standing(self) -> "LicenceQuerySet":
        """Not withdrawn: on file at present, valid or not."""
        return self.filter(withdrawn_at__isnull=True)

    def valid_on(self, day: date) -> "LicenceQuerySet":
        """On file, begun, not expired, not revoked on the day. The last day counts, the day of revocation does not."""
        not_revoked = Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
        return self.standing().filter(_running(day), not_revoked)

    def valid_at(self, moment: Moment) -> "LicenceQuerySet":
        """The same as known at the moment: on file by then, what was revoked or withdrawn later still valid."""
        not_revoked = (
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=moment.on) | Q(revoked_recorded_at__gt=moment.known_at)
        )
        return self.filter(_running(moment.on), not_revoked, not_withdrawn(moment), recorded_at__lte=moment.known_at)


def _running(day: date) -> Q:
    """Begun and not expired on the day."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Licence(models.Model):
    """证 (permit of the education authority) or 照 (registration as a legal person), with its validity.

    A correction is another row that replaces this one, which is withdrawn: as known before, it stays valid.
    """

    REVOKED_VERSION = 2

    class Kind(models.TextChoices):
        PERMIT = "permit", _("办学许可证")
        REGISTRATION = "registration", _("营业执照/法人登记证")

    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="licences", db_index=False)
    kind = models.CharField(_("种类"), max_length=20, choices=Kind)
    number = models.CharField(_("证号"), max_length=40)
    issued_by = models.CharField(_("发证机关"), max_length=60, blank=True)
    valid_from = models.DateField(_("有效期自"))
    valid_to = models.DateField(_("有效期至"), null=True, blank=True, help_text=_("留空为长期"))
    revoked_on = models.DateField(_("吊销或注销日期"), null=True, blank=True)
    revoked_recorded_at = models.DateTimeField(_("吊销或注销登记时间"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("吊销或注销登记人")
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("撤回人")
    )
    withdraw_reason = models.CharField(_("撤回原因"), max_length=300, blank=True, editable=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="replaced_by", verbose_name=_("更正的登记")
    )
    recorded_at = models.DateTimeField(_("登记时间"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("登记人")
    )

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("证照")
        verbose_name_plural = _("证照")
        ordering = ["institution_id", "kind", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["permit", "registration"]), name="licence_kind_is_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="licence_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True) | Q(revoked_on__gte=F("valid_from")),
                name="licence_is_revoked_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True, revoked_recorded_at__isnull=True)
                | Q(revoked_on__isnull=False, revoked_recorded_at__isnull=False),
                name="licence_is_revoked_with_day_and_moment",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdraw_reason=""),
                name="licence_is_withdrawn_with_moment_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")), name="licence_does_not_replace_itself"
            ),
            models.UniqueConstraint(
                fields=["institution", "kind", "number", "valid_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="licence_stands_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=[
                    "institution",
                    "kind",
                    "valid_from",
                    "valid_to",
                    "revoked_on",
                    "recorded_at",
                    "withdrawn_at",
                    "revoked_recorded_at",
                ],
                name="licence_valid_at",
            ),
            models.Index(fields=["number"], name="licence_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def version(self) -> int:
        """What is on file of it is written once, its revocation once, its withdrawal once: 1, 2 or 3."""
        return 1 + (self.revoked_on is not None) + (self.withdrawn_at is not None)

    def latest(self) -> "Licence":
        """The row that stands instead of this one after all corrections; itself when it was never corrected."""
        instead: Licence | None = getattr(self, "replaced_by", None)
        return instead.latest() if instead is not None else self
