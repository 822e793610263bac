"""下级报告: the frozen reports of divisions below, as they were collected."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import CODE_DIGITS
from institutions.models import Division


class CollectedQuerySet(models.QuerySet["Collected"]):
    def of(self, division: str, as_of: date) -> "CollectedQuerySet":
        """What a division collected as of a day, in the order in which it came in."""
        return self.filter(division=division, as_of=as_of).order_by("pk")

    def before(self, division: str, as_of: date) -> "CollectedQuerySet":
        """What it collected of earlier days, the latest day last; of a day in the order in which it came in."""
        return self.filter(division=division, as_of__lt=as_of).order_by("as_of", "pk")


class Collected(models.Model):
    """A report of a division below, kept by value as it came: `content` is the canonical JSON over which `sha256` is.

    Append-only. `below` is its code, which need not be on file here. `by` is None for a command.
    """

    division = models.ForeignKey(
        Division, models.PROTECT, related_name="+", db_index=False, verbose_name=_("汇总的辖区")
    )
    below = models.CharField(_("下级辖区"), max_length=CODE_DIGITS)
    as_of = models.DateField(_("截至日期"))
    version = models.PositiveIntegerField(_("版次"))
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    ours = models.JSONField(null=True)  # what was counted here of that division, day and K; None where nothing is
    vouched = models.BooleanField()  # whether the sender said the digest
    source = models.CharField(_("来源"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    collected_at = models.DateTimeField(_("收到时间"))

    objects = CollectedQuerySet.as_manager()

    class Meta:
        verbose_name = _("收到的下级报告")
        verbose_name_plural = _("收到的下级报告")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["division", "sha256"], name="collected_report_is_kept_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="collected_report_was_submitted"),
        ]
        indexes = [models.Index(fields=["division", "as_of"], name="collected_by_day")]

    def __str__(self) -> str:
        return f"{self.below} {self.as_of}"
