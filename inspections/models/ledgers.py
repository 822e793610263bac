"""What a row of an imported ledger (整改台账) brought about: visits, a round, its submission, and what it says of the
strike-off, which another person confirms."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from inspections.models.rectifications import Rectification
from inspections.models.visits import Visit
from inspections.moves import State
from institutions.models import ImportBatch, Institution


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def standing(self) -> "LedgerEntryQuerySet":
        """Of batches that were not taken back."""
        return self.filter(taken_back_at__isnull=True)

    def waiting(self) -> "LedgerEntryQuerySet":
        """The last that speaks of the end of a round which is submitted and not verified, of batches that are whole."""
        later = LedgerEntry.objects.standing().filter(
            rectification=OuterRef("rectification"), ends=True, pk__gt=OuterRef("pk")
        )
        of_submitted = self.standing().filter(
            ends=True, rectification__state=State.SUBMITTED, batch__finished_at__isnull=False
        )
        return of_submitted.filter(~Exists(later))

    def to_verify_by(self, user: User) -> "LedgerEntryQuerySet":
        return self.filter(within_prefixes("rectification__scope_code", user.prefixes(Permission.VERIFY)))


class LedgerEntry(models.Model):
    """One row of a ledger and what was made of it; None where it found it on record. Kept when the batch is taken back.

    `stated` are the row's own words by column; `struck_off_on` the day on which the ledger says that it was struck off,
    None when it says none.
    """

    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, related_name="ledger_entries", db_index=False, verbose_name=_("导入批次")
    )
    sheet = models.CharField(_("工作表"), max_length=100, blank=True)
    row_number = models.PositiveIntegerField(_("行号"))
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="ledger_entries")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="+", verbose_name=_("登记的检查"))
    recheck = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="+", verbose_name=_("登记的复查"))
    rectification = models.ForeignKey(Rectification, models.PROTECT, null=True, related_name="ledger_entries")
    ordered = models.BooleanField(_("责令了整改"), default=False)
    submitted = models.BooleanField(_("提交了整改"), default=False)
    ends = models.BooleanField(_("写明了办结"), default=False)
    ended_on = models.DateField(_("办结日期"), null=True)
    struck_off_on = models.DateField(_("台账销号日期"), null=True)
    stated = models.JSONField(_("台账所写"), default=dict)
    taken_back_at = models.DateTimeField(_("撤销时间"), null=True)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("台账登记")
        verbose_name_plural = _("台账登记")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "row_number"], name="ledger_row_is_entered_once"),
            models.CheckConstraint(
                condition=Q(ends=False, struck_off_on__isnull=True, submitted=False)
                | Q(ends=True, rectification__isnull=False, ended_on__isnull=False),
                name="ledger_entry_that_ends_has_its_round_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.row_number}"

    @property
    def words(self) -> list[str]:
        """What the ledger says of how it was put right, for whoever confirms it."""
        told = (self.stated.get(f"ledger.{key}", "") for key in ("measures", "progress", "outcome", "recheck"))
        return list(dict.fromkeys(filter(None, told)))
