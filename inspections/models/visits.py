"""现场检查: a visit with its findings and photos. Facts: stored once, never rewritten."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from inspections.models.catalogue import FindingType
from institutions.models import Institution
from institutions.moments import Moment
from institutions.positions import Datum

SAME_WITHIN = timedelta(minutes=15)  # two visits of one person to one place are one, perhaps
DAY = timedelta(days=1)


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: User) -> "VisitQuerySet":
        return self.filter(within_prefixes("institution__scope_code", user.prefixes(Permission.SEE)))

    def known_at(self, moment: Moment) -> "VisitQuerySet":
        """Happened on or before the day, known at the moment, and not withdrawn as known then."""
        return self.filter(
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment.known_at),
            happened_on__lte=moment.on,
            recorded_at__lte=moment.known_at,
        )

    def of_or_visible_to(self, user: User) -> "VisitQuerySet":
        """Whoever recorded a visit or was there sends its photos and reads its receipt, also where their grant has
        ended since: a clerk may have handed it in for them."""
        was_there = Visit.inspectors.through.objects.filter(visit=OuterRef("pk"), user=user)
        return self.filter(
            Q(recorded_by=user)
            | Exists(was_there)
            | within_prefixes("institution__scope_code", user.prefixes(Permission.SEE))
        )

    def with_receipts(self) -> "VisitQuerySet":
        """With what their receipts are made of, in as many queries for many as for one."""
        notices: Any = apps.get_model("inspections.Notice")._default_manager.select_related("rectification")
        return self.prefetch_related("photos", models.Prefetch("notices", notices))

    def standing(self) -> "VisitQuerySet":
        """Not withdrawn, as things stand now."""
        return self.filter(withdrawn_at__isnull=True)


class Visit(models.Model):
    """现场检查: one inspection on the spot. A fact: stored once, never rewritten."""

    class Purpose(models.TextChoices):
        SURVEY = "survey", _("排摸")
        ROUTINE = "routine", _("日常巡查")
        RECHECK = "recheck", _("复查")
        COMPLAINT = "complaint", _("投诉核查")
        DOUBLE_RANDOM = "double_random", _("双随机抽查")

    class Result(models.TextChoices):
        INSPECTED = "inspected", _("已检查")
        NO_ACCESS = "no_access", _("无人在场")
        MOVED = "moved", _("已搬迁")
        NOT_FOUND = "not_found", _("查无此处")
        CEASED = "ceased", _("已停办")

    id = models.UUIDField(primary_key=True, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="visits", db_index=False)
    rectification = models.ForeignKey(
        "Rectification",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        db_index=False,
        verbose_name=_("所查整改"),
    )
    purpose = models.CharField(_("检查类型"), max_length=20, choices=Purpose)
    result = models.CharField(_("现场情况"), max_length=20, choices=Result)
    happened_at = models.DateTimeField(_("检查时间"))
    happened_on = models.DateField(_("检查日期"))
    device_sent_at = models.DateTimeField(_("设备发送时间"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("登记人"))
    inspectors = models.ManyToManyField(User, related_name="visits", verbose_name=_("检查人员"))
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)
    datum = models.CharField(_("原坐标系"), max_length=10, choices=Datum, blank=True)
    accuracy_m = models.FloatField(_("定位精度（米）"), null=True, blank=True)
    distance_m = models.FloatField(_("距登记地点（米）"), null=True, blank=True)
    proposed_on = models.DateField(_("建议再访日期"), null=True, blank=True)
    note = models.TextField(_("备注"), blank=True)
    # As it was sent, whole: canonical JSON, over which the digest is. `reconstructed` from the row where a visit was
    # recorded before anything was kept: then the digest is of what nobody has any more.
    content = models.TextField(_("收到的内容"), blank=True)
    digest = models.CharField(max_length=64)
    reconstructed = models.BooleanField(_("据登记重建"), default=False)
    warnings = models.JSONField(default=list)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤回人")
    )
    withdraw_reason = models.CharField(_("撤回原因"), max_length=300, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("现场检查")
        verbose_name_plural = _("现场检查")
        ordering = ["-happened_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(
                    longitude__isnull=False,
                    latitude__isnull=False,
                    longitude__range=(-180, 180),
                    latitude__range=(-90, 90),
                ),
                name="visit_position_is_whole_and_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["survey", "routine", "recheck", "complaint", "double_random"]),
                name="visit_purpose_is_known",
            ),
            models.CheckConstraint(
                condition=Q(result__in=["inspected", "no_access", "moved", "not_found", "ceased"]),
                name="visit_result_is_known",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdraw_reason=""),
                name="visit_is_withdrawn_with_who_when_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "happened_on"], name="visit_of_institution"),
            models.Index(fields=["happened_on"], name="visit_by_day"),
            models.Index(fields=["recorded_by", "recorded_at"], name="visit_of_recorder"),
            models.Index(fields=["rectification", "happened_on"], name="visit_of_rectification"),
            models.Index(
                fields=["withdrawn_at", "institution"],
                name="visit_withdrawn",
                condition=Q(withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.get_purpose_display()} {self.institution}"

    def get_absolute_url(self) -> str:
        return reverse("visit", args=[self.pk])

    @property
    def stated(self) -> dict[str, Any]:
        """What its sender stated, used or not."""
        kept: dict[str, Any] = json.loads(self.content)
        return kept

    def withdrawal_takes(self, user: User) -> Permission:
        """What a user needs to withdraw it: who recorded it takes it back as they recorded it."""
        return Permission.RECORD_VISIT if user.pk == self.recorded_by_id else Permission.WITHDRAW_VISIT

    def near_in_time(self, inspectors: Iterable[User]) -> VisitQuerySet:
        """Other visits to the institution within minutes of this one, by somebody who was there: the same one, perhaps,
        sent under another id."""
        people = {self.recorded_by_id, *(each.pk for each in inspectors)}
        around = (self.happened_at - SAME_WITHIN, self.happened_at + SAME_WITHIN)
        others = Visit.objects.standing().filter(institution=self.institution_id, happened_at__range=around)
        # The day is of the index; a quarter of an hour lies in one day or in two.
        others = others.filter(happened_on__range=(self.happened_on - DAY, self.happened_on + DAY)).exclude(pk=self.pk)
        theirs = Visit.inspectors.through.objects.filter(visit=OuterRef("pk"), user__in=people)
        return others.filter(Q(recorded_by__in=people) | Exists(theirs)).order_by("happened_at", "pk")

    @property
    def saw_the_place(self) -> bool:
        """Somebody stood in the institution, operating or not: what a survey needs."""
        return self.result in (Visit.Result.INSPECTED, Visit.Result.CEASED)

    @property
    def saw_the_place_or_its_absence(self) -> bool:
        """Everything but nobody in, which shows nothing."""
        return self.result != Visit.Result.NO_ACCESS


class Finding(models.Model):
    """问题: one item of the catalogue found at a visit, and the round it has to be put right in."""

    # No index of its own here and elsewhere: another one begins with the column.
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="findings", db_index=False)
    type = models.ForeignKey(
        FindingType, models.PROTECT, related_name="findings", db_index=False, verbose_name=_("问题")
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)
    rectification = models.ForeignKey("Rectification", models.PROTECT, null=True, blank=True, related_name="findings")
    put_right_on = models.DateField(_("整改到位日期"), null=True, blank=True)
    put_right_visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="findings_put_right")

    class Meta:
        verbose_name = _("问题")
        verbose_name_plural = _("问题")
        ordering = ["visit_id", "type_id"]
        constraints = [models.UniqueConstraint(fields=["visit", "type"], name="finding_is_listed_once_a_visit")]
        indexes = [models.Index(fields=["type", "visit"], name="finding_by_type")]

    def __str__(self) -> str:
        return f"{self.type_id} {self.visit_id}"


class Photo(models.Model):
    """A picture taken at a visit. The row comes with the visit, the bytes when they arrive; named by their SHA-256."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos", db_index=False)
    slot = models.PositiveSmallIntegerField(_("序号"))
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)
    accuracy_m = models.FloatField(_("定位精度（米）"), null=True, blank=True)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="photos")
    stored_at = models.DateTimeField(_("原图到达时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
        ordering = ["visit_id", "slot"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "slot"], name="photo_has_its_own_slot"),
            models.CheckConstraint(
                condition=models.lookups.Exact(models.functions.Length("sha256"), 64),
                name="photo_is_named_by_its_sha256",
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="photo_by_sha256")]

    def __str__(self) -> str:
        return f"{self.visit_id} #{self.slot}"
