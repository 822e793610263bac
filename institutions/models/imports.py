"""Register files as they were handed in, what importing them changed row by row; and whether this database holds the
demonstration."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
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

    @property
    def last_run(self) -> "ImportRun | None":
        """What was asked for last: planned, imported; None where all was done while the page waited."""
        return max(self.runs.all(), key=lambda run: run.requested_at, default=None)


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


class CellFix(models.Model):
    """A cell of a register that somebody corrected, by value: the last one to an address counts, none is rewritten. One
    that is `taken_back` says that the cell is again what the file has."""

    file = models.ForeignKey(RegisterFile, models.PROTECT, related_name="fixes")
    address = models.CharField(_("单元格"), max_length=120, help_text=_("例：虹桥镇!D7；文本文件没有工作表：D7"))
    old = models.CharField(_("原值"), max_length=500, blank=True)
    new = models.CharField(_("新值"), max_length=500, blank=True)
    taken_back = models.BooleanField(_("已撤回"), default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    fixed_at = models.DateTimeField(_("改动时间"))

    class Meta:
        verbose_name = _("名册单元格的改动")
        verbose_name_plural = _("名册单元格的改动")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.file_id} {self.address}={self.new}"


class StoredPlan(models.Model):
    """预览: what each row of a register would do, as it was looked at; kept by value and never rewritten.

    `content` is a gzip file of canonical JSON, a line for the whole and a line for each row; `digest` is over its text.
    It has a member for the first line and one for every so many rows, which begin at the bytes of `parts`: a page reads
    no more than it shows. `last_answer`, `last_fix` and `last_decision` are the keys of what it had taken in.
    """

    file = models.ForeignKey(RegisterFile, models.PROTECT, related_name="plans")
    digest = models.CharField(max_length=64, db_index=True)
    language = models.CharField(max_length=10)
    content = models.BinaryField()
    parts = models.JSONField()
    errors = models.PositiveIntegerField(_("错误"))
    last_answer = models.BigIntegerField()
    last_fix = models.BigIntegerField()
    last_decision = models.BigIntegerField()
    instead_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")  # looked at, and no more so
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("预览时间"))

    class Meta:
        verbose_name = _("导入预览")
        verbose_name_plural = _("导入预览")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.file_id} {self.digest[:8]}"


SILENT_FOR = timedelta(minutes=3)  # a run that gave no sign of life for so long is taken on by the next worker
LATE = timedelta(seconds=30)  # a run that has not begun after so long finds no worker


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def unfinished(self) -> "ImportRunQuerySet":
        return self.filter(finished_at__isnull=True)

    def to_take_on(self, now: datetime) -> "ImportRunQuerySet":
        """Waiting for a worker: not begun, or left by one that gave no sign of life."""
        left = Q(state=ImportRun.State.RUNNING, alive_at__lt=now - SILENT_FOR)
        return self.filter(Q(state=ImportRun.State.QUEUED) | left).order_by("requested_at", "pk")


class ImportRun(models.Model):
    """A register that is being read and planned, or written: who asked for it, and how far it is."""

    class Act(models.TextChoices):
        PLAN = "plan", _("预览")
        COMMIT = "commit", _("导入")

    class State(models.TextChoices):
        QUEUED = "queued", _("等待开始")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("没有完成")

    class Phase(models.TextChoices):
        READING = "reading", _("读取文件")
        PLANNING = "planning", _("逐行核对")
        WRITING = "writing", _("写入")
        RECORDING = "recording", _("登记走访和整改")
        UNDOING = "undoing", _("撤回走访和整改")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(RegisterFile, models.PROTECT, related_name="runs")
    act = models.CharField(max_length=10, choices=Act)
    language = models.CharField(max_length=10)
    looked_at = models.CharField(max_length=64, blank=True)  # the digest of the plan that is to be carried out
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.READING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=1000, blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("发起时间"))
    alive_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("导入的进度")
        verbose_name_plural = _("导入的进度")
        ordering = ["requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["file"], condition=Q(finished_at__isnull=True), name="import_runs_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
                name="import_run_that_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.act} {self.state}"

    @property
    def unfinished(self) -> bool:
        return self.finished_at is None

    def is_late(self, now: datetime) -> bool:
        """Nobody is at it, though somebody should be."""
        waits = self.state == self.State.QUEUED and now - self.requested_at > LATE
        left = self.state == self.State.RUNNING and (self.alive_at is None or self.alive_at < now - SILENT_FOR)
        return waits or left


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def imported(self) -> "ImportBatchQuerySet":
        """Written to the end, and no part of it taken back."""
        return self.filter(rolled_back_at=None, finished_at__isnull=False, taken_back_to=None)

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
    taken_back_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )  # who began to take back a batch that was finished: it is ended in that name
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
