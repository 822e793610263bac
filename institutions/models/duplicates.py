"""What people decided of registrations that may be one; append-only: of two decisions the one made later holds."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from institutions.models.institutions import Institution

MOST_IDENTITY = 300  # characters of a row's name, township and door as they are compared


class DuplicateDecision(models.Model):
    """A person's word on two registrations, or on one and a row of a register, known by its `identity` (name, township
    and door as they are compared), so that next month's list is not asked about again.

    `first` and `second` are in the order of their ids. A decision is taken back by another one.
    """

    class Answer(models.TextChoices):
        SAME = "same", _("是同一家")
        DIFFERENT = "different", _("不是同一家")
        LATER = "later", _("以后再说")
        REOPENED = "reopened", _("撤回，重新判断")

    first = models.ForeignKey(Institution, models.PROTECT, related_name="decisions", db_index=False)
    second = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="decisions_as_second")
    identity = models.CharField(_("名册中的一行"), max_length=MOST_IDENTITY, blank=True)
    answer = models.CharField(_("判断"), max_length=10, choices=Answer)
    reason = models.CharField(_("说明"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))

    class Meta:
        verbose_name = _("是否同一家的判断")
        verbose_name_plural = _("是否同一家的判断")
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(second__isnull=False, identity="", second__gt=F("first"))
                | Q(second__isnull=True) & ~Q(identity=""),
                name="duplicate_decision_is_of_two_in_order_or_of_a_row",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["same", "different", "later", "reopened"]), name="duplicate_decision_is_known"
            ),
        ]
        indexes = [models.Index(fields=["first", "second", "recorded_at"], name="duplicate_decision_of_two")]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id or self.identity} {self.answer}"
