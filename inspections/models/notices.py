"""责令限期整改通知书: what was served, kept by value. A notice is written once and printed from what it kept."""

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from inspections.models.visits import Visit
from institutions.moments import Moment


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> "NoticeQuerySet":
        prefixes = user.prefixes(Permission.SEE)
        return self.filter(within_prefixes("rectification__scope_code", prefixes))

    def known_at(self, moment: Moment) -> "NoticeQuerySet":
        """Served on or before the day, known at the moment; withdrawn ones among them."""
        return self.filter(served_on__lte=moment.on, recorded_at__lte=moment.known_at)


class Notice(models.Model):
    """One sheet as it was served: number, addressee, findings in their wording and legal basis of that day, deadline.

    Append-only. `content` is the canonical JSON from which page, print and API are made, `digest` its SHA-256;
    the other columns repeat of it what is searched and counted.
    """

    class Kind(models.TextChoices):
        ORDER = "order", _("责令通知")
        SUPPLEMENT = "supplement", _("补充通知")
        REPLACEMENT = "replacement", _("更正通知")
        WITHDRAWAL = "withdrawal", _("撤回通知")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("通知书编号"), max_length=40, unique=True)
    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    rectification = models.ForeignKey("Rectification", models.PROTECT, related_name="notices", db_index=False)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="notices")
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        db_index=False,
        verbose_name=_("所替代或撤回的通知"),
    )
    due_on = models.DateField(_("整改期限"), null=True, blank=True)
    served_on = models.DateField(_("送达日期"))
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    content = models.TextField(_("内容"))
    digest = models.CharField(max_length=64)
    reconstructed = models.BooleanField(_("据登记重建"), default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知书")
        verbose_name_plural = _("通知书")
        ordering = ["recorded_at", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["order", "supplement", "replacement", "withdrawal"]), name="notice_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="withdrawal", due_on__isnull=True) | ~Q(kind="withdrawal") & Q(due_on__isnull=False),
                name="notice_has_a_deadline_unless_it_withdraws",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["replacement", "withdrawal"], replaces__isnull=False)
                | Q(kind__in=["order", "supplement"], replaces__isnull=True),
                name="notice_says_what_it_replaces_or_withdraws",
            ),
            models.CheckConstraint(condition=~Q(replaces=F("id")), name="notice_does_not_replace_itself"),
            models.UniqueConstraint(
                fields=["rectification"], condition=Q(kind="order"), name="rectification_has_one_order_notice"
            ),
            models.UniqueConstraint(fields=["replaces"], name="notice_is_replaced_or_withdrawn_once"),
        ]
        indexes = [models.Index(fields=["rectification", "kind", "served_on"], name="notice_of_rectification")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("notice", args=[self.pk])

    @cached_property
    def sheet(self) -> dict[str, Any]:
        """What was kept, as page and print read it."""
        kept: dict[str, Any] = json.loads(self.content)
        return kept
