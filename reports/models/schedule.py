"""周期设置: which reports of a division are made ready by themselves on their cut-off days."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from institutions.models import Division


class ReportSchedule(models.Model):
    """What was set for a division: the last row counts. Append-only."""

    class Period(models.TextChoices):
        NONE = "none", _("不自动编制")
        WEEK = "week", _("每周（截至周日）")
        HALF_MONTH = "half_month", _("每半月（截至15日和月末）")
        MONTH = "month", _("每月（截至月末）")

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    period = models.CharField(_("周期"), max_length=10, choices=Period)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("设置人"))
    set_at = models.DateTimeField(_("设置时间"))

    class Meta:
        verbose_name = _("报告周期")
        verbose_name_plural = _("报告周期")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__in=["none", "week", "half_month", "month"]), name="report_schedule_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.period}"
