"""What map services were asked and what they answered, and the runs in which institutions got their positions."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.models import Division, Institution

SILENT_FOR = timedelta(minutes=3)  # a run that gave no sign of life for so long is taken on by the next worker


class Precision(models.TextChoices):
    """How close a map service came to an address."""

    DOOR = "door", _("门牌")
    ROAD = "road", _("道路")
    VILLAGE = "village", _("村（社区）")
    TOWNSHIP = "township", _("乡镇（街道）")
    COUNTY = "county", _("县（市、区）")


class GeocodingAnswer(models.Model):
    """地址解析的答复: kept as received, so that an address is not asked twice; `precision` is "" for nothing found."""

    provider = models.CharField(max_length=20)
    asked = models.CharField(_("地址"), max_length=300)
    received = models.JSONField(_("答复"))
    precision = models.CharField(_("精度"), max_length=10, choices=Precision, blank=True)
    accuracy_m = models.FloatField(_("误差（米）"), null=True)
    answered_at = models.DateTimeField(_("答复时间"))

    class Meta:
        verbose_name = _("地址解析的答复")
        verbose_name_plural = _("地址解析的答复")
        ordering = ["-answered_at", "-id"]
        indexes = [models.Index(fields=["provider", "asked", "answered_at"], name="geocoding_answer_by_address")]
        constraints = [
            models.CheckConstraint(
                condition=Q(precision="", accuracy_m__isnull=True)
                | Q(precision__in=Precision.values, accuracy_m__isnull=False, accuracy_m__gt=0),
                name="geocoding_answer_that_found_something_says_how_exactly",
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked} ({self.provider})"


class RunState(models.TextChoices):
    QUEUED = "queued", _("等待开始")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    STOPPED = "stopped", _("已停止")
    FAILED = "failed", _("已中断")


UNFINISHED = [RunState.QUEUED, RunState.RUNNING]


class GeocodingRunQuerySet(models.QuerySet["GeocodingRun"]):
    def visible_to(self, user: User) -> "GeocodingRunQuerySet":
        """Of the divisions in which the user may edit the registry."""
        return self.filter(within_prefixes("division_id", user.prefixes(Permission.EDIT_REGISTRY)))

    def unfinished(self) -> "GeocodingRunQuerySet":
        return self.filter(state__in=UNFINISHED)

    def to_take_on(self, now: datetime) -> "GeocodingRunQuerySet":
        """Waiting for a worker: not begun, or left by one that gave no sign of life."""
        left = Q(state=RunState.RUNNING, alive_at__lt=now - SILENT_FOR)
        return self.filter(Q(state=RunState.QUEUED) | left).order_by("requested_at", "pk")


class GeocodingRun(models.Model):
    """自动定位的一次: who asked for it, of which division, how far it is. What became of each institution is in its
    outcomes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    provider = models.CharField(_("地图服务"), max_length=20)
    limit = models.PositiveIntegerField(_("至多家数"), null=True)
    total = models.PositiveIntegerField(_("家数"), null=True)
    state = models.CharField(_("状态"), max_length=10, choices=RunState, default=RunState.QUEUED)
    problem = models.CharField(max_length=30, blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("发起人"))
    requested_at = models.DateTimeField(_("发起时间"))
    alive_at = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    objects = GeocodingRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("自动定位")
        verbose_name_plural = _("自动定位")
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["division"], condition=Q(state__in=UNFINISHED), name="geocoding_runs_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at__isnull=True)
                | Q(state__in=[RunState.DONE, RunState.STOPPED, RunState.FAILED], finished_at__isnull=False),
                name="geocoding_run_that_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division} {self.requested_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("geocoding_run", args=[self.pk])

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED

    def is_left(self, now: datetime) -> bool:
        """Begun, and whoever was at it has given no sign of life for so long that nobody is any more."""
        return self.state == RunState.RUNNING and (self.alive_at is None or self.alive_at < now - SILENT_FOR)

    @property
    def scope_code(self) -> str:
        return self.division.scope_code


class GeocodingOutcome(models.Model):
    """What became of one institution in a run, and why; `reason` and `told` are put into words by reasons.py."""

    class Kind(models.TextChoices):
        PLACED = "placed", _("已按地址定位")
        TOWNSHIP = "township", _("仅到乡镇（街道）")
        QUESTION = "question", _("待核对")
        NOTHING = "nothing", _("未能定位")
        LEFT = "left", _("未改动")

    run = models.ForeignKey(GeocodingRun, models.CASCADE, related_name="outcomes", db_index=False)
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="geocoding_outcomes")
    kind = models.CharField(_("结果"), max_length=10, choices=Kind)
    reason = models.CharField(max_length=30, blank=True)
    told = models.JSONField(default=dict)
    # What was gone by: a position of another address or township is looked for again.
    address = models.CharField(_("办学地址"), max_length=200, blank=True)
    township = models.CharField(max_length=12)
    answer = models.ForeignKey(GeocodingAnswer, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("自动定位的结果")
        verbose_name_plural = _("自动定位的结果")
        ordering = ["run", "id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "institution"], name="geocoding_run_looks_at_an_institution_once")
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.get_kind_display()}"


from mapping.boundary_models import (  # noqa: E402 (a part of these models, in a file of its own)
    Boundary,
    BoundaryCopy,
    BoundaryFile,
    BoundarySet,
)
from mapping.handover_models import Handover, HandoverLine  # noqa: E402 (as above)
from mapping.kept_models import Cell, CellsMade, MapTouched, Spot, SpotChange  # noqa: E402 (as above)
from mapping.wall_models import WallPass  # noqa: E402 (as above)

__all__ = [
    "Boundary",
    "BoundaryCopy",
    "BoundaryFile",
    "BoundarySet",
    "Cell",
    "CellsMade",
    "GeocodingAnswer",
    "GeocodingOutcome",
    "GeocodingRun",
    "Handover",
    "HandoverLine",
    "MapTouched",
    "Precision",
    "RunState",
    "Spot",
    "SpotChange",
    "WallPass",
]
