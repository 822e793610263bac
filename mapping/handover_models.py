"""交办: who was sent to which institutions, by when, and what the sheet said of each."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from inspections.models import Visit
from institutions.models import Institution


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: User) -> "HandoverQuerySet":
        """With an institution that the user sees."""
        return self.filter(Exists(HandoverLine.objects.visible_to(user).filter(handover=OuterRef("pk"))))

    def waiting(self, user: User) -> "HandoverQuerySet":
        """Not taken back, with an institution that the user sees and nobody has visited since."""
        left = HandoverLine.objects.visible_to(user).with_visited().filter(handover=OuterRef("pk"), visited=False)
        return self.filter(Exists(left), withdrawn_at__isnull=True)


class Handover(models.Model):
    """A sheet that was handed out, kept by value: to whom, by whom, to be done by when. Append-only but for being taken
    back. `digest` is over who gave what to whom on that day: the same sheet asked for again is this one."""

    LONGEST_NAME, LONGEST_REASON = 50, 300

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope_code = models.CharField(max_length=12)
    inspector = models.CharField(_("承办人"), max_length=LONGEST_NAME)
    due_on = models.DateField(_("完成日期"))
    as_of = models.DateField(_("状态截至"))
    known_at = models.DateTimeField(_("以何时所知为准"))
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("交办人"))
    handed_on = models.DateField(_("交办日期"))
    handed_at = models.DateTimeField(_("交办时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("撤回人"))
    withdraw_reason = models.CharField(_("撤回原因"), max_length=LONGEST_REASON, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("交办单")
        verbose_name_plural = _("交办单")
        ordering = ["-handed_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(inspector=""), name="handover_names_who_gets_it"),
            models.CheckConstraint(condition=Q(due_on__gte=F("handed_on")), name="handover_is_due_later"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
                | Q(withdrawn_at__gte=F("handed_at"), withdrawn_by__isnull=False) & ~Q(withdraw_reason=""),
                name="handover_is_taken_back_later_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["digest"], condition=Q(withdrawn_at__isnull=True), name="handover_is_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspector} {self.due_on}"

    def get_absolute_url(self) -> str:
        return reverse("handover", args=[self.pk])


class HandoverLineQuerySet(models.QuerySet["HandoverLine"]):
    def visible_to(self, user: User) -> "HandoverLineQuerySet":
        return self.filter(within_prefixes("institution__scope_code", user.prefixes(Permission.SEE)))

    def with_visited(self) -> "HandoverLineQuerySet":
        """`visited`: somebody has been there since the day it was handed over, whatever they found."""
        since = Visit.objects.filter(
            institution=OuterRef("institution"), happened_on__gte=OuterRef("handover__handed_on"), withdrawn_at=None
        )
        return self.annotate(visited=Exists(since))


class HandoverLine(models.Model):
    """An institution on a sheet with what the sheet said of it: `said` by the names of the columns, codes where those
    have words."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="lines", db_index=False)
    number = models.PositiveSmallIntegerField()
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="handover_lines")
    said: Any = models.JSONField()

    objects = HandoverLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("交办的机构")
        verbose_name_plural = _("交办的机构")
        ordering = ["handover", "number"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "number"], name="handover_line_has_its_own_number"),
            models.UniqueConstraint(fields=["handover", "institution"], name="handover_has_an_institution_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.said.get('name', '')}"
