"""疑点: what about the evidence of a visit a person should ask about, and what that is looked up by.

All of it follows from visits and photos and can be worked out again (`manage.py work_out_oddities`): no facts.
"""

from collections.abc import Sequence

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from inspections.models.visits import Visit

BAND = (0, 65535)  # 16 bits


class Oddity(models.Model):
    """疑点: one reason to ask about a visit, with what it rests on; a question, and nobody's fault.

    Of two visits (`other`) each has its own row. `facts`, by kind: metres `m` and accuracies, `minutes` (below 0:
    behind, before), `people` (ids), `photos` as [slot, metres or minutes] and `pairs` as [slot, slot of the other].
    """

    class Kind(models.TextChoices):
        SAME_PHOTO = "same_photo", _("照片相同")
        LIKE_PHOTO = "like_photo", _("照片近似")
        TRAVEL = "travel", _("行程过快")
        FAR = "far", _("位置偏远")
        PHOTO_PLACE = "photo_place", _("照片位置不符")
        PHOTO_TIME = "photo_time", _("照片时间不符")
        CLOCK = "clock", _("手机时间不准")

    OF_TWO = (Kind.SAME_PHOTO, Kind.LIKE_PHOTO, Kind.TRAVEL)
    OF_PHOTOS = (Kind.SAME_PHOTO, Kind.LIKE_PHOTO, Kind.PHOTO_PLACE, Kind.PHOTO_TIME)

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="oddities", db_index=False)
    kind = models.CharField(_("疑点"), max_length=20, choices=Kind)
    other = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="+", verbose_name=_("另一次走访"))
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("疑点")
        verbose_name_plural = _("疑点")
        ordering = ["visit_id", "kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "kind", "other"], name="oddity_of_two_visits_is_said_once"),
            models.UniqueConstraint(
                fields=["visit", "kind"], condition=Q(other__isnull=True), name="oddity_of_a_visit_is_said_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["same_photo", "like_photo", "travel"], other__isnull=False)
                | Q(kind__in=["far", "photo_place", "photo_time", "clock"], other__isnull=True),
                name="oddity_is_of_one_visit_or_of_two",
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | ~Q(other=F("visit")), name="oddity_is_of_two_different_visits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind} {self.other_id or ''}"


class Presence(models.Model):
    """在场: that somebody was at a visit whose position is known, found by who and when."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    happened_at = models.DateTimeField(_("检查时间"))
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("在场")
        verbose_name_plural = _("在场")
        ordering = ["user_id", "happened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "happened_at", "visit"], name="presence_at_a_visit_is_written_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.happened_at} {self.visit_id}"


class Likeness(models.Model):
    """粗略图样: what a picture looks like in 64 bits, in four bands of 16: pictures that differ in at most three bits
    have a band in common, which an index finds. None of a flat picture (a white wall), which is like every other."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    band_0 = models.IntegerField(null=True)
    band_1 = models.IntegerField(null=True)
    band_2 = models.IntegerField(null=True)
    band_3 = models.IntegerField(null=True)

    class Meta:
        verbose_name = _("粗略图样")
        verbose_name_plural = _("粗略图样")
        constraints = [
            models.CheckConstraint(
                condition=Q(band_0__isnull=True, band_1__isnull=True, band_2__isnull=True, band_3__isnull=True)
                | Q(band_0__isnull=False, band_1__isnull=False, band_2__isnull=False, band_3__isnull=False)
                & Q(band_0__range=BAND, band_1__range=BAND, band_2__range=BAND, band_3__range=BAND),
                name="likeness_is_whole_or_of_a_flat_picture",
            ),
        ]
        indexes = [
            models.Index(fields=["band_0"], name="likeness_by_band_0"),
            models.Index(fields=["band_1"], name="likeness_by_band_1"),
            models.Index(fields=["band_2"], name="likeness_by_band_2"),
            models.Index(fields=["band_3"], name="likeness_by_band_3"),
        ]

    def __str__(self) -> str:
        return self.sha256

    @property
    def bands(self) -> Sequence[int] | None:
        four = (self.band_0, self.band_1, self.band_2, self.band_3)
        return None if None in four else [each for each in four if each is not None]
