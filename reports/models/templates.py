"""What a bureau's documents look like: its Word templates, its red head, number and addressees; and long files that are
made while nobody waits. Of a setting or a template the newest of the division or of the nearest above it counts; none
is rewritten.
"""

import re
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.models import LEVELS, Division
from institutions.moments import day_of

YEAR, NUMBER = "{年}", "{号}"
SILENT_FOR = timedelta(minutes=3)  # a file whose maker gave no sign of life for so long is taken on by the next worker
AGAIN_AFTER = timedelta(hours=1)
LATE = timedelta(seconds=30)  # one that has not begun after so long finds no worker


def above(division: str) -> list[str]:
    """The codes of a division and of those that hold it, the nearest first: 330382 -> 330382, 3303, 33."""
    return [division[:digits] for digits in sorted(LEVELS, reverse=True) if digits <= len(division)]


def check_pattern(pattern: str) -> None:
    """Braces hold the year and the running number, and nothing else."""
    if re.search(r"[{}]", pattern.replace(YEAR, "").replace(NUMBER, "")):
        raise ValidationError(
            _now("花括号里只能写 %(year)s 和 %(number)s，例：%(example)s。")
            % {"year": YEAR, "number": NUMBER, "example": f"乐教通〔{YEAR}〕{NUMBER}号"}
        )


class OfDivisions(models.QuerySet[Any]):
    def visible_to(self, user: User) -> "OfDivisions":
        """Those of divisions in which the user prepares or approves reports, and of those above them, which hold
        there too."""
        prefixes = {*user.prefixes(Permission.PREPARE_REPORT), *user.prefixes(Permission.APPROVE_REPORT)}
        over = [code for prefix in prefixes for code in above(prefix)]
        return self.filter(within_prefixes("division_id", prefixes) | Q(division__in=over))


class ReportSetting(models.Model):
    """What stands above and below the text of a division's reports."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    red_head = models.CharField(
        _("红头（发文机关标志）"),
        max_length=60,
        blank=True,
        help_text=_("例：乐清市教育局文件。留空则不印红头和红线。"),
    )
    number_pattern = models.CharField(
        _("发文字号"),
        max_length=60,
        blank=True,
        validators=[check_pattern],
        help_text=_("{年} 和 {号} 由系统填写，例：乐教通〔{年}〕{号}号。"),
    )
    next_number = models.PositiveIntegerField(
        _("本年下一个号"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(99_999)],
        help_text=_("本年已用过的号比它大时，接着最大的往下编；编制时还可以改。"),
    )
    addressees = models.CharField(
        _("主送"), max_length=300, blank=True, help_text=_("例：各乡镇人民政府、街道办事处：")
    )
    signed = models.CharField(_("落款"), max_length=60, blank=True, help_text=_("例：乐清市教育局"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("设置人"))
    set_at = models.DateTimeField(_("设置时间"))

    objects = OfDivisions.as_manager()

    class Meta:
        verbose_name = _("公文格式设置")
        verbose_name_plural = _("公文格式设置")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.division_id} {self.set_at:%Y-%m-%d %H:%M}"

    def number_on(self, day: date, used: Iterable[str]) -> str:
        """The next number of the year of `day`, after those `used` in it: 乐教通〔2019〕4号."""
        pattern = self.number_pattern.replace(YEAR, str(day.year))
        if NUMBER not in pattern:
            return pattern
        taken = re.compile(re.escape(pattern).replace(re.escape(NUMBER), r"(\d{1,5})"))
        numbers = [int(found[1]) for number in used if (found := taken.fullmatch(number))]
        first = self.next_number if day_of(self.set_at).year == day.year else 1
        return pattern.replace(NUMBER, str(max([first - 1, *numbers]) + 1))


class ReportTemplate(models.Model):
    """A Word file as a bureau handed it in, with what was wrong with it; one with a problem is never put to use."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField()
    problems = models.JSONField(default=list)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    received_at = models.DateTimeField(_("收到时间"))

    objects = OfDivisions.as_manager()

    class Meta:
        verbose_name = _("报告模板")
        verbose_name_plural = _("报告模板")
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.file_name} {self.received_at:%Y-%m-%d %H:%M}"


class TemplateUse(models.Model):
    """From when on a division's reports are made from a template; without one, from the shipped one again."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    template = models.ForeignKey(ReportTemplate, models.PROTECT, null=True, related_name="uses")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("启用人"))
    used_from = models.DateTimeField(_("启用时间"))

    objects = OfDivisions.as_manager()

    class Meta:
        verbose_name = _("报告模板的启用")
        verbose_name_plural = _("报告模板的启用")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.division_id} {self.template_id or '—'}"


class PreparedFileQuerySet(models.QuerySet["PreparedFile"]):
    def visible_to(self, user: User) -> "PreparedFileQuerySet":
        """Those of divisions in which the user may take reports away, now."""
        prefixes = {*user.prefixes(Permission.PREPARE_REPORT), *user.prefixes(Permission.APPROVE_REPORT)}
        return self.filter(within_prefixes("division_id", prefixes))

    def to_take_on(self, now: datetime) -> "PreparedFileQuerySet":
        """Waiting for a worker: not begun, or left by one that gave no sign of life; of a submitted report also one
        that failed a while ago, for which nobody asks again."""
        left = Q(state=PreparedFile.State.RUNNING, alive_at__lt=now - SILENT_FOR)
        failed = Q(state=PreparedFile.State.FAILED, version__isnull=False, finished_at__lt=now - AGAIN_AFTER)
        return self.filter(Q(state=PreparedFile.State.QUEUED) | left | failed).order_by("requested_at", "pk")


class PreparedFile(models.Model):
    """A workbook with an annex too long to wait for: who asked for it, how far it is, and where it lies when done.

    `content` is the report's canonical JSON as it was when asked for; its rows are read while the file is made. That of
    a `version` is made of what was submitted and kept with it (reports/making.py).
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("等待开始")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("没有完成")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    version = models.OneToOneField("ReportVersion", models.PROTECT, null=True, related_name="prepared")
    content = models.TextField()  # "" for that of a version, which has its own
    question = models.CharField(max_length=500, blank=True)  # the query string by which it was asked for
    file_name = models.CharField(_("文件名"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    problem = models.CharField(max_length=1000, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("字节数"), null=True)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("发起人"))
    requested_at = models.DateTimeField(_("发起时间"))
    alive_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    objects = PreparedFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("在后台生成的文件")
        verbose_name_plural = _("在后台生成的文件")
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
                name="prepared_file_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="done") & ~Q(sha256="") | ~Q(state="done") & Q(sha256=""),
                name="prepared_file_is_there_when_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"

    @property
    def unfinished(self) -> bool:
        return self.finished_at is None

    def is_late(self, now: datetime) -> bool:
        """Nobody is at it, though somebody should be."""
        waits = self.state == self.State.QUEUED and now - self.requested_at > LATE
        left = self.state == self.State.RUNNING and (self.alive_at is None or self.alive_at < now - SILENT_FOR)
        return waits or left
