"""What else is on file about an institution: places and names from a day on, surveys that were withdrawn."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from institutions.models.divisions import SCOPE_DIGITS, Division
from institutions.models.licences import LicenceStatus


class Place(models.Model):
    """Where an institution is from a day on, as known from a moment on. Written when it first moves: then its first
    place, too. Of two from the same day the one recorded later holds. Append-only but for the withdrawal."""

    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="places", db_index=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("乡镇（街道）"))
    scope_code = models.CharField(max_length=SCOPE_DIGITS)
    operating_address = models.CharField(_("办学地址"), max_length=200, blank=True)
    from_on = models.DateField(_("自"))
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        verbose_name = _("办学地点")
        verbose_name_plural = _("办学地点")
        ordering = ["institution_id", "from_on", "recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.lookups.Exact(Length("scope_code"), SCOPE_DIGITS),
                name="place_scope_code_has_12_characters",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("recorded_at")),
                name="place_is_withdrawn_after_it_was_recorded",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "from_on", "recorded_at", "id", "withdrawn_at", "scope_code"],
                name="place_of_institution",
            ),
            models.Index(fields=["scope_code", "institution"], name="place_by_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.from_on} {self.scope_code}"


class Name(models.Model):
    """What an institution is called from a day on, as known from a moment on; written as a Place is."""

    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="names", db_index=False)
    name = models.CharField(_("机构名称"), max_length=120)
    from_on = models.DateField(_("自"))
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        verbose_name = _("名称")
        verbose_name_plural = _("名称")
        ordering = ["institution_id", "from_on", "recorded_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="name_is_not_empty"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("recorded_at")),
                name="name_is_withdrawn_after_it_was_recorded",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "from_on", "recorded_at", "id"], name="name_of_institution"),
        ]

    def __str__(self) -> str:
        return self.name


class WithdrawnSurvey(models.Model):
    """A survey that counted until it was withdrawn: what was known of it in between stays known as of then."""

    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="withdrawn_surveys")
    surveyed_on = models.DateField(_("排摸日期"))
    surveyed_recorded_at = models.DateTimeField(_("排摸登记时间"))
    licence_status_at_survey = models.CharField(_("排摸时证照情况"), max_length=20, choices=LicenceStatus)
    withdrawn_at = models.DateTimeField(_("撤回时间"))

    class Meta:
        verbose_name = _("撤回的排摸")
        verbose_name_plural = _("撤回的排摸")
        ordering = ["institution_id", "withdrawn_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(licence_status_at_survey__in=LicenceStatus.values),
                name="withdrawn_survey_has_a_licence_status",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__gte=F("surveyed_recorded_at")),
                name="survey_is_withdrawn_after_it_was_recorded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.surveyed_on}"


class MergeQuerySet(models.QuerySet["Merge"]):
    def standing(self) -> "MergeQuerySet":
        """Not taken apart, as things stand now."""
        return self.filter(ended_at__isnull=True)

    def known_at(self, known_at: datetime) -> "MergeQuerySet":
        """Merged as known at the moment. A merge has no day: that two registrations are one holds of every day."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=known_at), recorded_at__lte=known_at)


class Merge(models.Model):
    """并入: two registrations are one institution, known from a moment on, until it is taken apart. `into` is the one
    that stays. Append-only but for the end.

    `through` is the merge by which the one it was merged into went on into another: so `into` is on the register, and
    nobody has to follow a chain. Whatever was merged has its rows to itself, before and after.
    """

    merged = models.ForeignKey(
        "institutions.Institution", models.PROTECT, related_name="merges", db_index=False, verbose_name=_("并入的登记")
    )
    into = models.ForeignKey(
        "institutions.Institution", models.PROTECT, related_name="merges_here", db_index=False, verbose_name=_("并入")
    )
    through = models.ForeignKey("self", models.PROTECT, null=True, related_name="carried", verbose_name=_("随之并入"))
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    reason = models.CharField(_("原因"), max_length=300)
    ended_at = models.DateTimeField(_("拆分时间"), null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("拆分人"))
    end_reason = models.CharField(_("拆分原因"), max_length=300, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("机构合并")
        verbose_name_plural = _("机构合并")
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(merged=F("into")), name="merge_is_of_two"),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | Q(ended_at__isnull=False, ended_at__gte=F("recorded_at")) & ~Q(end_reason=""),
                name="merge_ends_after_it_was_recorded_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(ended_at__isnull=True), name="institution_is_merged_into_one"
            ),
        ]
        indexes = [
            models.Index(fields=["into", "recorded_at", "ended_at", "merged"], name="merge_into"),
            models.Index(fields=["merged", "recorded_at", "ended_at"], name="merge_of"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.into_id}"
