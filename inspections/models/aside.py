"""Visits kept aside: as they were sent, with their photos, until a person has looked."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from inspections.models.visits import Visit
from institutions.models import Institution


class QuarantinedVisitQuerySet(models.QuerySet["QuarantinedVisit"]):
    def visible_to(self, user: User) -> "QuarantinedVisitQuerySet":
        """By the institution its sender named, whatever visit is stored under the id. Asked of each copy: they are few,
        and institutions are many."""
        return self.filter(Exists(Institution.objects.visible_to(user).filter(pk=OuterRef("institution"))))

    def waiting(self) -> "QuarantinedVisitQuerySet":
        return self.filter(settled_at__isnull=True)

    def sent_as(self, id: Any) -> "QuarantinedVisitQuerySet":
        """Those that were sent under an id, whether a visit is stored under it or not."""
        return self.filter(Q(sent_id=id) | Q(visit=id))


def is_known(id: UUID) -> bool:
    """Whether anything was ever sent under an id."""
    return bool(known_of([id]))


def known_of(ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids under which anything was ever sent: asked at each visit, in one question to two tables."""
    if not ids:
        return set()
    field, marks = models.UUIDField(), ", ".join(["%s"] * len(ids))
    keys = [field.get_db_prep_value(id, connection) for id in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM inspections_visit WHERE id IN ({marks}) "  # noqa: S608 (marks of our own)
            f"UNION ALL SELECT sent_id FROM inspections_quarantinedvisit WHERE sent_id IN ({marks})",
            [*keys, *keys],
        )
        return {each if isinstance(each, UUID) else UUID(each) for (each,) in cursor.fetchall()}


class QuarantinedVisit(models.Model):
    """A visit that is kept as it came, for a person to look at: sent under an id that already holds other content
    (`visit`), or one that cannot be counted as it stands (`sent_id` is its id, `reasons` say why), or sent under the id
    of such a one (OTHER_COPY).

    `content` is canonical JSON as that of a visit, `digest` its SHA-256, `institution` the one that it names. Settled
    it is counted (`counted_as` is the visit that was made of it) or kept aside with a note.
    """

    class Reason(models.TextChoices):
        OTHER_CONTENT = "other_content", _("编号已用于另一次走访")
        OTHER_COPY = "other_copy", _("编号已用于另一份待核对的走访")
        GRANT = "grant", _("检查当日没有该处的权限")
        REGISTER = "register", _("机构不在册")
        CATALOGUE = "catalogue", _("问题已废止")
        CLOCK = "clock", _("手机时间不对")

    class Settled(models.TextChoices):
        SEEN = "seen", _("已核对")
        COUNTED = "counted", _("已计入")
        KEPT = "kept", _("不计入")

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="quarantined_visits")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="quarantined", db_index=False)
    sent_id = models.UUIDField(_("走访编号"), null=True, blank=True)
    digest = models.CharField(max_length=64)
    content = models.TextField(_("收到的内容"))
    device_sent_at = models.DateTimeField(_("设备发送时间"), null=True, blank=True)
    received_at = models.DateTimeField(_("收到时间"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("发送人"))
    reason = models.CharField(_("另存原因"), max_length=20, choices=Reason, default=Reason.OTHER_CONTENT)
    reasons = models.JSONField(_("另存原因（说明）"), default=list)
    settled_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("核对人")
    )
    settled_as = models.CharField(_("处理结果"), max_length=10, choices=Settled, blank=True)
    settle_note = models.CharField(_("处理说明"), max_length=300, blank=True)
    counted_as = models.ForeignKey(
        Visit, models.PROTECT, null=True, blank=True, related_name="counted_from", verbose_name=_("计入的走访")
    )

    objects = QuarantinedVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("待核对的走访")
        verbose_name_plural = _("待核对的走访")
        ordering = ["received_at"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "digest"], name="quarantined_visit_is_kept_once"),
            models.UniqueConstraint(fields=["sent_id", "digest"], name="quarantined_visit_is_kept_once_by_its_id"),
            models.CheckConstraint(
                condition=Q(visit__isnull=False, sent_id__isnull=True, reason="other_content")
                | Q(visit__isnull=True, sent_id__isnull=False) & ~Q(reason="other_content"),
                name="quarantined_visit_has_the_id_of_a_visit_or_its_own",
            ),
            models.CheckConstraint(
                condition=Q(settled_as="counted", counted_as__isnull=False, settled_at__isnull=False)
                | Q(settled_as="kept", counted_as__isnull=True, settled_at__isnull=False) & ~Q(settle_note="")
                | Q(settled_as__in=["", "seen"], counted_as__isnull=True),
                name="quarantined_visit_is_counted_as_one_or_kept_with_a_note",
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at"], name="quarantined_visit_unsettled", condition=Q(settled_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.sent_as} {self.received_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("quarantined", args=[self.institution_id, self.pk])

    @property
    def sent_as(self) -> Any:
        """The id under which it was sent."""
        return self.visit_id or self.sent_id

    @property
    def is_of_a_used_id(self) -> bool:
        """Its sender was refused it: something else was sent under the id before."""
        return self.reason in (self.Reason.OTHER_CONTENT, self.Reason.OTHER_COPY) and self.counted_as_id is None

    @property
    def stated(self) -> dict[str, Any]:
        """What its sender stated."""
        kept: dict[str, Any] = json.loads(self.content)
        return kept

    @property
    def happened_at_by_our_clock(self) -> datetime | None:
        """When it happened if the device's clock was as wrong then as when it sent; None when that is not known, or
        would be after it was received."""
        happened_at = parse_datetime(self.stated["happened_at"])
        if happened_at is None or self.device_sent_at is None:
            return None
        meant = happened_at - (self.device_sent_at - self.received_at)
        return meant if meant <= self.received_at else None


class QuarantinedPhoto(models.Model):
    """That somebody has handed in the bytes of a photo of a visit kept aside. Append-only. `by` is who: NULL where an
    earlier release took them, which did not keep it."""

    copy = models.ForeignKey(QuarantinedVisit, models.PROTECT, related_name="photos_here", db_index=False)
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField(_("原图到达时间"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("发送人"))

    class Meta:
        verbose_name = _("待核对走访的照片")
        verbose_name_plural = _("待核对走访的照片")
        ordering = ["copy_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["copy", "sha256"], name="photo_of_a_visit_kept_aside_is_stored_once")
        ]

    def __str__(self) -> str:
        return f"{self.copy_id} {self.sha256}"
