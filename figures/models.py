"""Counts that are kept, so that the figures of a country take no longer than those of a county
(docs/adr/0046-counts-that-are-kept.md). They repeat what figures/statistics.py defines, as known now, and are nobody's
source: `manage.py rebuild_figures` makes them anew, `manage.py verify_figures` compares them with the definition."""

from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import Q

from figures.standing import Standing

COUNTED = [each for each in Standing if each != Standing.UNSURVEYED]  # in the order of the columns


class Kind(models.IntegerChoices):
    """By what is counted: ALL is kept in sums alone, as the changes by licence status add up to it."""

    ALL = 0
    LICENCE_STATUS = 1
    FINDING_TYPE = 2


class Touched(models.Model):
    """An institution of which something was written that figures rest on, put here by triggers (figures/guards.py)
    until the transaction that wrote has worked it out anew. While there is one the kept counts answer nothing. Where
    all that was written is a finding: its type and the day of its visit."""

    institution = models.ForeignKey("institutions.Institution", models.DO_NOTHING, db_constraint=False, db_index=False)
    found = models.CharField(max_length=20, null=True)  # noqa: DJ001 (triggers name the columns that they fill)
    day = models.DateField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.institution_id)


class History(models.Model):
    """How an institution stands day by day, as known now: JSON of [[from, scope code, licence status, standing], …] in
    the order of days, standing "" where it is not counted; and of {finding type: first day}."""

    institution = models.OneToOneField("institutions.Institution", models.PROTECT, primary_key=True, related_name="+")
    spells = models.TextField()
    found = models.TextField()
    known_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.institution_id)


class _Standings(models.Model):
    """Numbers of institutions by where they stand."""

    kind = models.SmallIntegerField(choices=Kind)
    part = models.CharField(max_length=20)  # a licence status or the code of a finding type; "" of ALL
    day = models.DateField()
    clear = models.IntegerField()
    open = models.IntegerField()
    overdue = models.IntegerField()
    closed = models.IntegerField()
    licensed = models.IntegerField()
    corrected = models.IntegerField()

    class Meta:
        abstract = True
        default_permissions = ()


class Change(_Standings):
    """By how much the counts of a place change with a day, and since when that is known. Added by each writer for
    itself, so that two of one township do not wait for each other; `folded` once it is in the sums."""

    scope_code = models.CharField(max_length=12)
    known_at = models.DateTimeField()
    folded = models.BooleanField(default=False)

    class Meta(_Standings.Meta):
        indexes = [
            models.Index(fields=["kind", "scope_code", "day"], name="change_of_place"),
            models.Index(fields=["kind", "day", "scope_code"], name="change_by_day"),
            models.Index(fields=["kind", "day"], name="change_not_folded", condition=Q(folded=False)),
            models.Index(fields=["kind", "known_at", "day"], name="change_folded", condition=Q(folded=True)),
        ]

    def __str__(self) -> str:
        return f"{self.scope_code} {self.day} {self.part}"


class DaySum(_Standings):
    """All changes up to and with a day, of a division whose code has so many digits, or of what lies below it."""

    digits = models.SmallIntegerField()
    area = models.CharField(max_length=12)

    class Meta(_Standings.Meta):
        constraints = [
            models.UniqueConstraint(fields=["kind", "digits", "day", "area", "part"], name="sum_of_a_day_is_kept_once")
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.day} {self.part}"


class SumDay(models.Model):
    """A day of which there are sums: of every place, or of none."""

    day = models.DateField(primary_key=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.day)


class Gap(models.Model):
    """Moments K, from the first to before the second, as known at which the kept counts do not answer: those at which
    what became known was written out of order, or is not known to have. Without one nothing is kept yet; there is one
    of no moment since they were made."""

    from_at = models.DateTimeField()
    to_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.from_at} – {self.to_at}"


def aware(moment: Any) -> datetime:
    """A moment as a plain query gives it."""
    found = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
