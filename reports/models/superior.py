"""上级报表: forms that superiors send, the files of them, what their cells are bound to, and what was filled."""

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.models import Division


class SuperiorFormQuerySet(models.QuerySet["SuperiorForm"]):
    def visible_to(self, user: User) -> "SuperiorFormQuerySet":
        """Those of divisions that the user sees whole."""
        return self.filter(within_prefixes("division_id", user.prefixes(Permission.SEE)))


class SuperiorForm(models.Model):
    """A form that a division hands in again and again; each month's file of it is a SuperiorFormFile. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    name = models.CharField(_("报表名称"), max_length=100)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("登记时间"))

    objects = SuperiorFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("上级报表")
        verbose_name_plural = _("上级报表")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("superior_form", args=[self.pk])

    @property
    def last_file(self) -> "SuperiorFormFile":
        return self.files.latest("received_at", "pk")

    @property
    def last_mapping(self) -> "SuperiorFormMapping | None":
        return self.mappings.select_related("by").last()


class SuperiorFormFile(models.Model):
    """A form as it came, whole. Append-only: what is filled is made from it."""

    form = models.ForeignKey(SuperiorForm, models.PROTECT, related_name="files", db_index=False)
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = _("上级报表文件")
        verbose_name_plural = _("上级报表文件")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["form", "sha256"], name="superior_form_has_a_file_once"),
        ]

    def __str__(self) -> str:
        return self.file_name


class SuperiorFormMapping(models.Model):
    """Which cell of a form is filled with what, from this version on: canonical JSON (reports/superior/mapping.py).
    Append-only; the last version counts."""

    form = models.ForeignKey(SuperiorForm, models.PROTECT, related_name="mappings", db_index=False)
    file = models.ForeignKey(SuperiorFormFile, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(_("版次"))
    content = models.TextField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("绑定人"))
    made_at = models.DateTimeField(_("绑定时间"))

    class Meta:
        verbose_name = _("上级报表的绑定")
        verbose_name_plural = _("上级报表的绑定")
        ordering = ["form_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["form", "version"], name="superior_form_mapping_has_its_own_version"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.version}"


class FilledForm(models.Model):
    """A form that was filled from a submitted report, as it was handed out: kept whole. Append-only.

    `report_sha256` is the digest of the report's frozen content, `words` what was typed beside its figures.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(SuperiorFormFile, models.PROTECT, related_name="filled")
    mapping = models.ForeignKey(SuperiorFormMapping, models.PROTECT, related_name="filled")
    report_sha256 = models.CharField(max_length=64)
    as_of = models.DateField(_("截至日期"))
    words = models.JSONField(default=dict)
    file_name = models.CharField(_("文件名"), max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("填表人"))
    filled_at = models.DateTimeField(_("填表时间"))

    class Meta:
        verbose_name = _("填好的上级报表")
        verbose_name_plural = _("填好的上级报表")
        ordering = ["-filled_at"]

    def __str__(self) -> str:
        return self.file_name
