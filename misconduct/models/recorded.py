"""What every row of the ledger has: from when on it is known, and until when it held."""

import uuid
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from institutions.models import not_withdrawn
from institutions.moments import Moment

WITHDRAWN = ["withdrawn_at", "withdrawn_by", "withdraw_reason", "corrected"]


Row = TypeVar("Row", bound="Recorded")


class RecordedQuerySet(models.QuerySet[Row]):
    def standing(self) -> Self:
        """Not taken back, as it stands now."""
        return self.filter(withdrawn_at__isnull=True)

    def known_at(self, moment: Moment) -> Self:
        """Recorded by the moment and not taken back by then."""
        return self.filter(not_withdrawn(moment), recorded_at__lte=moment.known_at)


class Recorded(models.Model):
    """A row that is added and never rewritten: taken back once, with who, when and why, and then, where it was wrong,
    recorded again (`corrected`). A withdrawal takes somebody else than who recorded it; a correction does not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("撤回人"))
    withdraw_reason = models.CharField(_("撤回原因"), max_length=200, blank=True)
    corrected = models.BooleanField(_("已更正"), default=False)

    class Meta:
        abstract = True

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


def taken_back(name: str) -> list[models.CheckConstraint]:
    """The rules of taking back, for the constraints of a model; `name` is what a row is called in theirs."""
    standing = Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="", corrected=False)
    gone = Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdraw_reason="")
    return [
        models.CheckConstraint(condition=standing | gone, name=f"{name}_is_withdrawn_with_who_when_and_why"),
        models.CheckConstraint(
            condition=Q(withdrawn_at__isnull=True) | Q(corrected=True) | ~Q(withdrawn_by=F("recorded_by")),
            name=f"{name}_is_withdrawn_by_another_or_corrected",
        ),
    ]
