"""Register files as they were handed in, what importing them changed row by row; and whether this database holds the
demonstration."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.models.divisions import Division
from institutions.models.institutions import Institution
from institutions.positions import Datum


class RegisterFileQuerySet(models.QuerySet["RegisterFile"]):
    def visible_to(self, user: User) -> "RegisterFileQuerySet":
        """Files of counties in which the user may edit the registry: a register holds names and phones."""
        return self.filter(within_prefixes("division_id", user.prefixes(Permission.EDIT_REGISTRY)))


class RegisterFile(models.Model):
    """A register as somebody handed it in, kept whole: what it would do is worked out from it whenever it is asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("县（市、区）"))
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    datum = models.CharField(_("坐标系"), max_length=10, choices=Datum)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(_("收到时间"))

    objects = RegisterFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("收到的名册")
        verbose_name_plural = _("收到的名册")
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.file_name} {self.received_at:%Y-%m-%d %H:%M}"


class ImportAnswer(models.Model):
    """What somebody answered to a question about a register: the last one to a key counts, none is rewritten.

    `layout` is the digest of the file's headings: answers about headings hold for the county's next file with the same.
    """

    file = models.ForeignKey(RegisterFile, models.PROTECT, related_name="answers")
    key = models.CharField(max_length=200)
    value = models.CharField(max_length=200)
    layout = models.CharField(max_length=64, db_index=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"))

    class Meta:
        verbose_name = _("对名册的答复")
        verbose_name_plural = _("对名册的答复")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.file_id} {self.key}={self.value}"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def unfinished(self) -> "ImportBatchQuerySet":
        """Of which a part is written, or taken back: under way while somebody holds the county, else interrupted."""
        return self.filter(rolled_back_at=None).exclude(finished_at__isnull=False, taken_back_to=None)


class ImportBatch(models.Model):
    """One imported file: what it did, who did it, and what is needed to roll it back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey(
        RegisterFile, models.PROTECT, null=True, related_name="batches", help_text=_("以前的版本没有保存原文件")
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("导入时间"))
    # Written, and taken back, in many transactions: until the last of them the batch is under way, or was interrupted.
    finished_at = models.DateTimeField(_("写完时间"), null=True)
    rolled_back_at = models.DateTimeField(_("撤销时间"), null=True)
    taken_back_to = models.BigIntegerField(null=True, editable=False)  # the last ImportedRow that was taken back
    summary = models.JSONField(default=dict)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        ordering = ["-recorded_at"]

    def __str__(self) -> str:
        return f"{self.file_name} {self.recorded_at:%Y-%m-%d %H:%M}"

    @property
    def unfinished(self) -> bool:
        """Whether only a part of it is written, or taken back."""
        return self.rolled_back_at is None and (self.finished_at is None or self.taken_back_to is not None)


class ImportedRow(models.Model):
    """One row of an imported file: the cells as they came, and what the row changed."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False)
    row_number = models.PositiveIntegerField(_("行号"))
    sheet = models.CharField(_("工作表"), max_length=100, blank=True, help_text=_("只有一张名册时留空"))
    institution = models.ForeignKey(Institution, models.SET_NULL, null=True, related_name="imported_rows")
    kind = models.CharField(
        max_length=10, choices=[("new", _("新增")), ("changed", _("变更")), ("unchanged", _("无变化"))]
    )
    original = models.JSONField(_("原始单元格"))
    before = models.JSONField(_("原值"), null=True)

    class Meta:
        ordering = ["batch_id", "sheet", "row_number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "row_number"], name="imported_row_is_kept_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.row_number}"


class Demonstration(models.Model):
    """Present when this database holds the synthetic demonstration, which every page then says."""

    loaded_on = models.DateField()
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.division_id} {self.loaded_on}"
