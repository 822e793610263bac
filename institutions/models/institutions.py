"""培训机构: the register and the words in which it is asked."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import ranges, within_prefixes
from institutions.models.divisions import SCOPE_DIGITS, Division
from institutions.models.licences import Licence, LicenceStatus
from institutions.models.then import kept, licence_now, name_then, scope_code_then, surveyed, was_between
from institutions.moments import EARLIEST, Moment
from institutions.positions import Datum, LocationSource, doubt_of

MOST_PEOPLE, MOST_AREA_M2 = 1_000_000, 10_000_000
# As things stand now; each has its index. Surveyed of those on the register is 排摸总数, the rest is not counted.
ON_REGISTER = Q(merged_at__isnull=True, withdrawn_at__isnull=True)


class Category(models.TextChoices):
    SUBJECT = "subject", _("学科类")
    ARTS = "arts", _("文化艺术类")
    SPORTS = "sports", _("体育类")
    SCIENCE = "science", _("科技类")
    LANGUAGE = "language", _("语言类")
    CARE = "care", _("托管类")
    OTHER = "other", _("其他")


class InstitutionQuerySet(models.QuerySet["Institution"]):
    # The divisions of which this is everything that lies there at present, where it is no more and no less.
    whole_prefixes: tuple[str, ...] | None = None

    def visible_to(self, user: User) -> "InstitutionQuerySet":
        prefixes = user.prefixes(Permission.SEE)
        found = self.filter(within_prefixes("scope_code", prefixes))
        if not self.query.where and not self.query.is_sliced:
            found.whole_prefixes = tuple(filter(None, prefixes))
        return found

    def in_division(self, code: str, moment: Moment | None = None) -> "InstitutionQuerySet":
        """Institutions of a division and all below it; an empty code means none.

        With a moment those that were there on the day, as known at the moment; without one where they are today.
        """
        return self.in_divisions([code], moment)

    def in_divisions(self, codes: Iterable[str], moment: Moment | None = None) -> "InstitutionQuerySet":
        """The same of several divisions: those that are in any of them."""
        if moment is None or moment.present:
            return self.filter(within_prefixes("scope_code", codes))
        there = Q(pk__in=[])
        for first, after in ranges(codes):
            there |= Q(was_between(first, after, moment))
        return self.filter(there)

    def in_list_order(self, moment: Moment) -> "InstitutionQuerySet":
        """By division and name as they were on the day."""
        if moment.present:
            return self.order_by("scope_code", "name", "pk")
        return self.order_by(scope_code_then(moment), name_then(moment), "pk")

    def registered_at(self, moment: Moment) -> "InstitutionQuerySet":
        """On the register as known at the moment: merged duplicates and withdrawn registrations excluded."""
        if moment.present:
            return self.filter(ON_REGISTER)
        return self.filter(kept(moment), recorded_at__lte=moment.known_at)

    def surveyed_at(self, moment: Moment) -> "InstitutionQuerySet":
        """排摸总数: surveyed on or before the day, known at the moment. Unit: institutions."""
        if moment.present:
            return self.filter(ON_REGISTER, surveyed_on__isnull=False)
        return self.filter(surveyed(moment))

    def with_licence_now(self, moment: Moment) -> "InstitutionQuerySet":
        """Annotates `licence_now`: the licence status on the day, from the licences known to be valid on it."""
        return self.annotate(licence_now=licence_now(moment))

    def located(self) -> "InstitutionQuerySet":
        """With a position of its own; the centre of its township is none."""
        return self.filter(longitude__isnull=False).exclude(location_source=LocationSource.TOWNSHIP_CENTRE)

    def unlocated(self) -> "InstitutionQuerySet":
        """Without a position of its own, those of which the township's centre is on file among them."""
        return self.filter(Q(longitude__isnull=True) | Q(location_source=LocationSource.TOWNSHIP_CENTRE))

    def approximate(self) -> "InstitutionQuerySet":
        """Of those without a position of its own the ones that were put at the centre of their township."""
        return self.filter(location_source=LocationSource.TOWNSHIP_CENTRE)


class Institution(models.Model):
    """培训机构: one teaching place of one operator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("机构名称"), max_length=120)
    signboard_name = models.CharField(_("招牌名称"), max_length=120, blank=True)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    registered_address = models.CharField(_("注册地址"), max_length=200, blank=True)
    operating_address = models.CharField(_("办学地址"), max_length=200, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="institutions", verbose_name=_("乡镇（街道）"))
    scope_code = models.CharField(max_length=SCOPE_DIGITS, editable=False)

    longitude = models.FloatField(_("经度"), null=True, blank=True, help_text=_("度，WGS-84"))
    latitude = models.FloatField(_("纬度"), null=True, blank=True, help_text=_("度，WGS-84"))
    datum = models.CharField(_("原坐标系"), max_length=10, choices=Datum, blank=True)
    location_source = models.CharField(_("位置来源"), max_length=20, choices=LocationSource, blank=True)
    location_accuracy_m = models.FloatField(_("位置精度（米）"), null=True, blank=True)
    cell = models.BigIntegerField(null=True, editable=False)

    category = models.CharField(_("类别"), max_length=20, choices=Category, default=Category.SUBJECT)
    principal = models.CharField(_("负责人"), max_length=50, blank=True)
    phone = models.CharField(_("联系电话"), max_length=60, blank=True)
    learners = models.PositiveIntegerField(
        _("学生人数"), null=True, blank=True, validators=[MaxValueValidator(MOST_PEOPLE)]
    )
    teachers = models.PositiveIntegerField(
        _("教师人数"), null=True, blank=True, validators=[MaxValueValidator(MOST_PEOPLE)]
    )
    area_m2 = models.DecimalField(
        _("面积（平方米）"),
        max_digits=9,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_AREA_M2)],
    )

    surveyed_on = models.DateField(_("排摸日期"), null=True, blank=True)
    surveyed_recorded_at = models.DateTimeField(_("排摸登记时间"), null=True, blank=True, editable=False)
    licence_status_at_survey = models.CharField(_("排摸时证照情况"), max_length=20, choices=LicenceStatus, blank=True)
    # What its survey rests on: the visit to it that surveyed it (an id: visits are of a room above), or the survey of
    # what was merged into it, taken over (found by its merges); neither where a register or a form said so.
    survey_visit = models.UUIDField(null=True, editable=False)
    survey_of = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="+", db_index=False)
    ceased_on = models.DateField(_("停办日期"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    merged_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("撤销登记时间"), null=True, editable=False)
    recorded_at = models.DateTimeField(_("登记时间"), default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # What else is on file about its past: other places, other names, surveys that were withdrawn.
    moved = models.BooleanField(default=False, editable=False)
    renamed = models.BooleanField(default=False, editable=False)
    survey_withdrawn = models.BooleanField(default=False, editable=False)
    has_merges = models.BooleanField(default=False, editable=False)  # was merged, or another into it, at some time

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("培训机构")
        verbose_name_plural = _("培训机构")
        ordering = ["scope_code", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True, cell__isnull=True)
                | Q(
                    longitude__isnull=False,
                    latitude__isnull=False,
                    cell__isnull=False,
                    longitude__range=(-180, 180),
                    latitude__range=(-90, 90),
                ),
                name="institution_position_is_whole_and_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(surveyed_on__isnull=True, surveyed_recorded_at__isnull=True, licence_status_at_survey="")
                | Q(
                    surveyed_on__isnull=False,
                    surveyed_recorded_at__isnull=False,
                    licence_status_at_survey__in=LicenceStatus.values,
                ),
                name="institution_survey_has_day_moment_and_licence_status",
            ),
            models.CheckConstraint(
                condition=models.lookups.Exact(Length("scope_code"), SCOPE_DIGITS),
                name="institution_scope_code_has_12_characters",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True, merged_at__isnull=True)
                | Q(merged_into__isnull=False, merged_at__isnull=False),
                name="institution_merge_has_target_and_moment",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="institution_is_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(surveyed_on__isnull=True) | Q(surveyed_on__gte=EARLIEST),
                name="institution_is_surveyed_after_the_year_2000",
            ),
            models.CheckConstraint(
                condition=(Q(learners__isnull=True) | Q(learners__lte=MOST_PEOPLE))
                & (Q(teachers__isnull=True) | Q(teachers__lte=MOST_PEOPLE))
                & (Q(area_m2__isnull=True) | Q(area_m2__range=(0, MOST_AREA_M2))),
                name="institution_has_a_size_of_this_world",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="institution_has_a_name"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="institution_category_is_known"),
        ]
        indexes = [
            models.Index(fields=["scope_code", "name", "id"], name="institution_in_list_order"),
            models.Index(
                fields=[
                    "scope_code",
                    "surveyed_on",
                    "licence_status_at_survey",
                    "surveyed_recorded_at",
                    "merged_at",
                    "withdrawn_at",
                    "moved",
                    "survey_withdrawn",
                    "has_merges",
                    "id",
                ],
                name="institution_in_figures",
            ),
            models.Index(fields=["scope_code"], name="institution_moved", condition=Q(moved=True)),
            models.Index(fields=["scope_code"], name="institution_with_merges", condition=Q(has_merges=True)),
            # The columns of the condition too: SQLite looks at them, and would go to the row for it.
            models.Index(
                fields=["scope_code", "surveyed_on", "merged_at", "withdrawn_at"],
                name="institution_on_register",
                condition=ON_REGISTER,
            ),
            models.Index(fields=["cell"], name="institution_on_map"),
            models.Index(fields=["credit_code"], name="institution_by_credit_code", condition=~Q(credit_code="")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("institution", args=[self.pk])

    @property
    def on_register(self) -> bool:
        """Neither merged into another nor withdrawn."""
        return self.merged_at is None and self.withdrawn_at is None

    @property
    def histories(self) -> list[uuid.UUID]:
        """The ids whose visits, rounds and licences are this institution's as things stand: its own first, and those of
        what was merged into it."""
        merged = self.merges_here.standing() if self.has_merges else ()  # in the order of their merging (`Merge.Meta`)
        return [self.pk, *(each.merged_id for each in merged)]

    @property
    def approximate(self) -> bool:
        """At the centre of its township, for want of a position of its own."""
        return self.location_source == LocationSource.TOWNSHIP_CENTRE

    @property
    def position(self) -> tuple[float, float] | None:
        """(longitude, latitude) in WGS-84 degrees, or None; the centre of its township is no position of it."""
        if self.longitude is None or self.latitude is None or self.approximate:
            return None
        return self.longitude, self.latitude

    @property
    def position_doubt(self) -> str:
        """Why its position may be off by hundreds of metres, in a sentence; "" when nothing speaks for that."""
        return doubt_of(self.datum, self.location_source, self.location_accuracy_m)

    @property
    def position_in_words(self) -> str:
        """Whether it has a position, from where, and what is doubtful about it."""
        if self.longitude is None:
            return gettext("未定位")
        if self.approximate:
            return gettext("仅到乡镇（街道）")
        source = self.get_location_source_display() or gettext("已定位")
        doubt = self.position_doubt
        return gettext("%(source)s（%(doubt)s）") % {"source": source, "doubt": doubt} if doubt else str(source)

    @property
    def masked_phone(self) -> str:
        """Phone numbers with the middle hidden: 138****0000."""
        return "、".join(
            f"{number[:3]}****{number[-4:]}" if len(number) >= 9 else "****"
            for number in self.phone.split("、")
            if number
        )

    @property
    def masked_principal(self) -> str:
        return self.principal[:1] + "*" * (len(self.principal) - 1)

    def licence_status_on(self, day: date, *, with_merged: bool = False, known_at: datetime | None = None) -> str:
        """The licence status on a day, from the licences valid on it: full, registration_only, permit_only or none.
        `with_merged` counts those of what is merged into it, too; `known_at` is for what was on file then, not now."""
        licences = Licence.objects.filter(institution__in=self.histories) if with_merged else self.licences.all()
        valid = licences.valid_on(day) if known_at is None else licences.valid_at(Moment(day, known_at))
        kinds = set(valid.values_list("kind", flat=True))
        has_permit, has_registration = Licence.Kind.PERMIT in kinds, Licence.Kind.REGISTRATION in kinds
        if has_permit:
            return LicenceStatus.FULL if has_registration else LicenceStatus.PERMIT_ONLY
        return LicenceStatus.REGISTRATION_ONLY if has_registration else LicenceStatus.NONE
