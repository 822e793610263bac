"""责令限期整改通知书 are numbered by county and year."""

from django.db import models
from django.db.models import F


class NoticeCounter(models.Model):
    """The last number given to an order in a county and year."""

    division_prefix = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["division_prefix", "year"], name="notice_counter_is_one_a_year")]

    def __str__(self) -> str:
        return f"{self.division_prefix} {self.year} {self.last}"

    @classmethod
    def next_number(cls, division_prefix: str, year: int, count: int = 1) -> int:
        """The first of `count` numbers now taken. Call inside a transaction: the row stays locked until it ends."""
        counter, _created = cls.objects.select_for_update().get_or_create(division_prefix=division_prefix, year=year)
        first = counter.last + 1
        cls.objects.filter(pk=counter.pk).update(last=F("last") + count)
        return first


def notice_number(division_prefix: str, year: int, serial: int) -> str:
    """责令限期整改通知书 number: 责改〔2018〕330382-0001号."""
    return f"责改〔{year}〕{division_prefix}-{serial:04d}号"
