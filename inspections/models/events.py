"""The moves of a round as they happened: the truth behind its row."""

import json
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from inspections.models.outcomes import Outcome
from inspections.models.visits import Visit
from inspections.moves import State
from institutions.models import SCOPE_DIGITS
from institutions.moments import start_of

# Which of its columns the audit trail is told of.
TOLD = ["kind", "by_id", "happened_on", "due_on", "outcome", "visit_id", "notice_id", "note", "digest"]


class RectificationEventQuerySet(models.QuerySet["RectificationEvent"]):
    def visible_to(self, user: User) -> "RectificationEventQuerySet":
        return self.filter(within_prefixes("scope_code", user.prefixes(Permission.SEE)))

    def known_since(self, day: date) -> "RectificationEventQuerySet":
        """Recorded on the day (Asia/Shanghai) or after it, the last first."""
        return self.filter(recorded_at__gte=start_of(day)).order_by("-recorded_at", "-pk")


class RectificationEvent(models.Model):
    """One move of a round, as it happened. Append-only: a trigger refuses update and delete, but that the scope code
    follows the institution."""

    class Kind(models.TextChoices):
        ORDERED = "ordered", _("责令整改")
        EVIDENCE = "evidence", _("复查取证")
        SUPPLEMENTED = "supplemented", _("补充通知")
        FULFILLED = "fulfilled", _("补充通知已整改到位")
        UNFULFILLED = "unfulfilled", _("补充通知恢复未到位")
        REPLACED = "replaced", _("更正通知")
        WITHDRAWN = "withdrawn", _("撤回通知")
        VISIT_WITHDRAWN = "visit_withdrawn", _("撤回走访")
        SUBMITTED = "submitted", _("提交整改")
        RETURNED = "returned", _("退回")
        EXTENDED = "extended", _("延期")
        VERIFIED = "verified", _("核验销号")
        VOIDED = "voided", _("作废")

    rectification = models.ForeignKey("Rectification", models.PROTECT, related_name="events", db_index=False)
    scope_code = models.CharField(max_length=SCOPE_DIGITS, editable=False)  # of its round
    sequence = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("事项"), max_length=20, choices=Kind)
    from_state = models.CharField(_("原状态"), max_length=10, choices=State, blank=True)
    to_state = models.CharField(_("新状态"), max_length=10, choices=State)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    happened_on = models.DateField(_("发生日期"))
    recorded_at = models.DateTimeField(_("登记时间"))
    due_on = models.DateField(_("整改期限"), null=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, blank=True)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="rectification_events")
    notice = models.ForeignKey("Notice", models.PROTECT, null=True, related_name="events")
    note = models.CharField(_("说明"), max_length=300, blank=True)
    # What was handed in with the move (a submission and its marks), whole: canonical JSON and its SHA-256, "" for none.
    content = models.TextField(_("提交内容"), blank=True)
    digest = models.CharField(max_length=64, blank=True)

    objects = RectificationEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("整改记录")
        verbose_name_plural = _("整改记录")
        ordering = ["rectification_id", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["rectification", "sequence"], name="rectification_event_has_its_own_place"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="rectification_event_is_counted_from_one"),
            models.CheckConstraint(
                condition=models.lookups.Exact(Length("scope_code"), SCOPE_DIGITS),
                name="rectification_event_scope_code_has_12_characters",
            ),
        ]
        indexes = [models.Index(fields=["recorded_at", "id", "scope_code"], name="rectification_event_by_known")]

    def __str__(self) -> str:
        return f"{self.rectification_id} {self.sequence} {self.kind}"

    @property
    def handed_in(self) -> dict[str, Any]:
        """What was handed in with the move; nothing for a move that takes nothing, or was made before it was kept."""
        kept: dict[str, Any] = json.loads(self.content) if self.content else {}
        return kept

    def told(self) -> dict[str, Any]:
        """What the audit trail is told of it; the row of the trail says when it became known."""
        return {"sequence": self.sequence} | audit.plain({name: getattr(self, name) for name in TOLD})
