"""Imported files: each row as it came and what it changed; and whether this database holds the demonstration."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from institutions.models.divisions import Division
from institutions.models.institutions import Institution


class ImportBatch(models.Model):
    """One imported file: what it did, who did it, and what is needed to roll it back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("导入时间"))
    rolled_back_at = models.DateTimeField(_("撤销时间"), null=True)
    summary = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        ordering = ["-recorded_at"]

    def __str__(self) -> str:
        return f"{self.file_name} {self.recorded_at:%Y-%m-%d %H:%M}"


class ImportedRow(models.Model):
    """One row of an imported file: the cells as they came, and what the row changed."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False)
    row_number = models.PositiveIntegerField(_("行号"))
    institution = models.ForeignKey(Institution, models.SET_NULL, null=True, related_name="imported_rows")
    kind = models.CharField(
        max_length=10, choices=[("new", _("新增")), ("changed", _("变更")), ("unchanged", _("无变化"))]
    )
    original = models.JSONField(_("原始单元格"))
    before = models.JSONField(_("原值"), null=True)

    class Meta:
        ordering = ["batch_id", "row_number"]
        constraints = [models.UniqueConstraint(fields=["batch", "row_number"], name="imported_row_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.row_number}"


class Demonstration(models.Model):
    """Present when this database holds the synthetic demonstration, which every page then says."""

    loaded_on = models.DateField()
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.division_id} {self.loaded_on}"
