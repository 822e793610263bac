"""区划边界: files as they were received, the sets that were put in force from them, and their copies for the map."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.models import Division
from institutions.moments import Moment
from institutions.positions import Datum

BOUNDARY_LEVELS = [("township", _("乡镇（街道）")), ("county", _("县（市、区）"))]
BOUNDARY_DATUMS = [each for each in Datum.choices if each[0] != Datum.UNKNOWN]


class BoundaryFileQuerySet(models.QuerySet["BoundaryFile"]):
    def visible_to(self, user: User) -> "BoundaryFileQuerySet":
        """Of the divisions in which the user may edit the registry."""
        return self.filter(within_prefixes("division_id", user.prefixes(Permission.EDIT_REGISTRY)))

    def with_the_bytes_of(self, file: "BoundaryFile") -> "BoundaryFileQuerySet":
        """Others with the same content, declared otherwise or of another division."""
        return self.filter(sha256=file.sha256).exclude(pk=file.pk)


class BoundaryFile(models.Model):
    """A boundary file as somebody handed it in, with what they declared, and what was read of it. Never rewritten."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    level = models.CharField(_("边界的层级"), max_length=10, choices=BOUNDARY_LEVELS)
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    reading = models.BinaryField()
    datum = models.CharField(_("坐标系"), max_length=10, choices=BOUNDARY_DATUMS)
    source = models.CharField(_("来源"), max_length=200)
    approval_number = models.CharField(_("审图号"), max_length=60, blank=True)
    dated_on = models.DateField(_("现势日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    received_at = models.DateTimeField(_("收到时间"))

    objects = BoundaryFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("收到的区划边界")
        verbose_name_plural = _("收到的区划边界")
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="boundary_file_says_where_it_is_from"),
            models.CheckConstraint(
                condition=Q(level__in=[level for level, _name in BOUNDARY_LEVELS]), name="boundary_file_has_a_level"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("boundary_file", args=[self.pk])

    @property
    def scope_code(self) -> str:
        return self.division.scope_code


class BoundarySetQuerySet(models.QuerySet["BoundarySet"]):
    def standing(self) -> "BoundarySetQuerySet":
        return self.filter(withdrawn_at__isnull=True)

    def known_at(self, moment: Moment) -> "BoundarySetQuerySet":
        """Put in force on the day or before, and not taken back, as known at the moment."""
        still = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment.known_at)
        return self.filter(still, from_on__lte=moment.on, committed_at__lte=moment.known_at)


class BoundarySet(models.Model):
    """Boundaries in force from a day on, until a later set has one of the same division. Append-only but for being
    taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(BoundaryFile, models.PROTECT, related_name="sets")
    named_by = models.CharField(_("名称或代码所在的列"), max_length=60)
    from_on = models.DateField(_("自"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("启用人"))
    committed_at = models.DateTimeField(_("启用时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("撤回人"))
    withdraw_reason = models.CharField(_("撤回原因"), max_length=300, blank=True)

    objects = BoundarySetQuerySet.as_manager()

    class Meta:
        verbose_name = _("启用的区划边界")
        verbose_name_plural = _("启用的区划边界")
        ordering = ["-from_on", "-committed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
                | Q(withdrawn_at__gte=F("committed_at"), withdrawn_by__isnull=False) & ~Q(withdraw_reason=""),
                name="boundary_set_is_taken_back_later_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["file"], condition=Q(withdrawn_at__isnull=True), name="boundary_file_is_in_force_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.from_on}"

    @property
    def scope_code(self) -> str:
        return self.file.division.scope_code


class BoundaryQuerySet(models.QuerySet["Boundary"]):
    def in_force(self, divisions: Iterable[str], moment: Moment) -> list["Boundary"]:
        """Of each of the divisions the boundary of the day as known at the moment, where there is one, by code; without
        its geometry, with its set and file."""
        rows = self.filter(division__in=divisions, set__in=BoundarySet.objects.known_at(moment))
        rows = rows.select_related("set__file").defer("geometry", "set__file__content", "set__file__reading")
        rows = rows.order_by("division_id", "set__from_on", "set__committed_at")
        return list({row.division_id: row for row in rows}.values())


class Boundary(models.Model):
    """The area of a division in a set: GeoJSON geometry in WGS-84 degrees, seven decimals."""

    set = models.ForeignKey(BoundarySet, models.PROTECT, related_name="boundaries", db_index=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("行政区划"))
    geometry = models.TextField()

    objects = BoundaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("区划边界")
        verbose_name_plural = _("区划边界")
        ordering = ["set", "division"]
        constraints = [
            models.UniqueConstraint(fields=["set", "division"], name="boundary_set_has_a_division_once"),
        ]

    def __str__(self) -> str:
        return self.division_id

    @property
    def area(self) -> Any:
        import shapely

        return shapely.from_geojson(self.geometry)


class BoundaryCopy(models.Model):
    """A boundary simplified for a zoom, made when its set was put in force; `size` is its length in bytes."""

    boundary = models.ForeignKey(Boundary, models.PROTECT, related_name="copies", db_index=False)
    zoom = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    geometry = models.TextField()

    class Meta:
        verbose_name = _("简化的区划边界")
        verbose_name_plural = _("简化的区划边界")
        ordering = ["boundary", "zoom"]
        constraints = [
            models.UniqueConstraint(fields=["boundary", "zoom"], name="boundary_has_a_copy_for_a_zoom_once"),
        ]

    def __str__(self) -> str:
        return f"{self.boundary_id} z{self.zoom}"
