import unicodedata
import uuid
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Left, Length
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import next_prefix, within_prefixes
from institutions.as_of import AsOf, as_of
from institutions.moments import EARLIEST, Moment
from institutions.positions import Datum, LocationSource

SCOPE_DIGITS = 12
MOST_PEOPLE, MOST_AREA_M2 = 1_000_000, 10_000_000
LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}


def scope_code_of(division_code: str) -> str:
    """The 12-character code of a division: "330382114" -> "330382114000"."""
    return division_code.ljust(SCOPE_DIGITS, "0")


def _degrees(largest: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(-largest), MaxValueValidator(largest)]


class DivisionQuerySet(models.QuerySet["Division"]):
    def visible_to(self, user: User) -> "DivisionQuerySet":
        """Divisions inside one of the user's divisions."""
        return self.filter(within_prefixes("code", user.prefixes(Permission.SEE)))

    def children_of(self, code: str, on: date | None = None) -> "DivisionQuerySet":
        """Those one level below; with `on` only those in force on the day, the first and the last day included."""
        children = self.filter(parent_id=code).order_by("code")
        return children if on is None else children.in_force_on(on)

    def townships(self) -> "DivisionQuerySet":
        return self.filter(level="township").order_by("code")

    def in_force_on(self, day: date) -> "DivisionQuerySet":
        """Set up by the day, and not abolished before it."""
        begun = Q(in_force_from__isnull=True) | Q(in_force_from__lte=day)
        return self.filter(begun, Q(in_force_to__isnull=True) | Q(in_force_to__gte=day))


class Division(models.Model):
    """行政区划: province 2 digits · city 4 · county 6 · township 9 · village 12, as a prefix code."""

    code = models.CharField(
        _("代码"),
        max_length=12,
        primary_key=True,
        validators=[RegexValidator(r"^[0-9]{2}([0-9]{2}){0,2}([0-9]{3}){0,2}\Z")],
    )
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=10, choices=[(level, level) for level in LEVELS.values()])
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    longitude = models.FloatField(_("中心经度"), null=True, blank=True, validators=_degrees(180))
    latitude = models.FloatField(_("中心纬度"), null=True, blank=True, validators=_degrees(90))
    approx_error_m = models.PositiveIntegerField(_("中心误差(米)"), null=True, blank=True)
    in_force_from = models.DateField(_("设立日"), null=True, blank=True, help_text=_("留空为一直存在"))
    in_force_to = models.DateField(_("撤销日"), null=True, blank=True, help_text=_("最后一天;留空为现存"))
    renamed = models.BooleanField(default=False, editable=False)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__isnull=False, latitude__isnull=False),
                name="division_centre_has_both_coordinates",
                violation_error_message=_("经度和纬度要么都填,要么都不填。"),
            ),
            models.CheckConstraint(
                condition=Q(level="province", parent__isnull=True)  # type: ignore[arg-type]
                & models.lookups.Exact(Length("code"), 2)
                | Q(level="city", parent__isnull=False, parent=Left("code", 2))
                & models.lookups.Exact(Length("code"), 4)
                | Q(level="county", parent__isnull=False, parent=Left("code", 4))
                & models.lookups.Exact(Length("code"), 6)
                | Q(level="township", parent__isnull=False, parent=Left("code", 6))
                & models.lookups.Exact(Length("code"), 9)
                | Q(level="village", parent__isnull=False, parent=Left("code", 9))
                & models.lookups.Exact(Length("code"), 12),
                name="division_code_level_and_parent_agree",
                violation_error_message=_("代码、层级和上级不一致:上级的代码就是本级代码的前几位。"),
            ),
            models.CheckConstraint(
                condition=Q(in_force_from__isnull=True)
                | Q(in_force_to__isnull=True)
                | Q(in_force_to__gte=F("in_force_from")),
                name="division_ends_after_it_begins",
                violation_error_message=_("撤销日早于设立日。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_code(self) -> str:
        return scope_code_of(self.code)

    def in_force_on(self, day: date) -> bool:
        """Set up by the day, and not abolished before it."""
        begun = self.in_force_from is None or self.in_force_from <= day
        return begun and (self.in_force_to is None or self.in_force_to >= day)


_Row = TypeVar("_Row", bound=models.Model)


def in_force(rows: "models.QuerySet[_Row]", moment: Moment) -> "models.QuerySet[_Row]":
    """Of places or names that hold from a day on: those begun by the day, as known at the moment. The first one holds.

    Of two from the same day the one recorded later holds.
    """
    return rows.filter(from_on__lte=moment.on, recorded_at__lte=moment.known_at).order_by(
        "-from_on", "-recorded_at", "-pk"
    )


def not_withdrawn(moment: Moment) -> Q:
    """Not withdrawn as known at the moment: what is withdrawn later still counted then."""
    return Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment.known_at)


def _first(rows: "models.QuerySet[_Row]", column: str) -> Subquery:
    return Subquery(rows.values(column)[:1])


def _of_the_day(column: str, otherwise: When) -> Case:
    """The column as it stands, and `otherwise` where more than what stands is on file about the past."""
    return Case(otherwise, default=F(column), output_field=models.CharField())


class DivisionName(models.Model):
    """What a division is called from a day on, as known from a moment on; written when it is first renamed: then its
    first name, too."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="names")
    name = models.CharField(_("名称"), max_length=60)
    from_on = models.DateField(_("自"))
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))

    class Meta:
        verbose_name = _("区划名称")
        verbose_name_plural = _("区划名称")
        ordering = ["division_id", "from_on", "recorded_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="division_name_is_not_empty")]

    def __str__(self) -> str:
        return self.name


class LicenceStatus(models.TextChoices):
    FULL = "full", _("证照齐全")
    REGISTRATION_ONLY = "registration_only", _("有照无证")
    PERMIT_ONLY = "permit_only", _("有证无照")
    NONE = "none", _("无证无照")


class Category(models.TextChoices):
    SUBJECT = "subject", _("学科类")
    ARTS = "arts", _("文化艺术类")
    SPORTS = "sports", _("体育类")
    SCIENCE = "science", _("科技类")
    LANGUAGE = "language", _("语言类")
    CARE = "care", _("托管类")
    OTHER = "other", _("其他")


def _kept(moment: Moment) -> Q:
    """Neither merged nor withdrawn as known at the moment."""
    return (Q(merged_at__isnull=True) | Q(merged_at__gt=moment.known_at)) & not_withdrawn(moment)


@as_of(models.BooleanField())
def surveyed(moment: Moment) -> Q:
    """排摸总数 as a condition on an institution; see InstitutionQuerySet.surveyed_at."""
    return _kept(moment) & seen_in_survey(moment)


def seen_in_survey(moment: Moment) -> Q:
    """Surveyed by the day as known at the moment, on the register or not.

    A survey that was withdrawn since is on file beside the institution: what stands today says nothing of it.
    """
    withdrawn = WithdrawnSurvey.objects.filter(known_survey(moment), institution=OuterRef("pk"))
    return _standing_survey(moment) | Q(Exists(withdrawn), survey_withdrawn=True)


def _standing_survey(moment: Moment) -> Q:
    return Q(surveyed_on__lte=moment.on, surveyed_recorded_at__lte=moment.known_at)


def known_survey(moment: Moment) -> Q:
    """A withdrawn survey that counted at the moment: only one can, the next is recorded when the one before goes."""
    return Q(withdrawn_at__gt=moment.known_at) & _standing_survey(moment)


_FROM, _TO = "from", "to"  # stand for the scope codes of a division, from the first to that after the last


def was_in(code: str, moment: Moment) -> AsOf:
    """In a division, or below it, on the day as known at the moment; as a condition on an institution."""
    codes = ((_FROM, code), (_TO, next_prefix(code)))
    return AsOf(_was_between, moment, models.BooleanField(), codes)


def _was_between(moment: Moment) -> Q:
    """Asked of those that never moved by their own column, and of those that did from the places that lay there: either
    is found by index."""
    inside = Q(scope_code__gte=_FROM, scope_code__lt=_TO)
    places = Place.objects.filter(not_withdrawn(moment))
    last = in_force(places.filter(institution=OuterRef("institution")), moment)
    there = places.filter(inside, pk=_first(last, "pk")).order_by().values("institution")
    return Q(moved=False) & inside | Q(moved=True, pk__in=there)


@as_of(models.CharField())
def scope_code_then(moment: Moment) -> Case:
    """The scope code of the place where an institution was on the day, as known at the moment."""
    return _of_the_day("scope_code", When(moved=True, then=_first(_places_of(moment), "scope_code")))


@as_of(models.CharField())
def division_then(moment: Moment) -> Case:
    """The code of the division in which it was."""
    return _of_the_day("division_id", When(moved=True, then=_first(_places_of(moment), "division_id")))


def _places_of(moment: Moment) -> "models.QuerySet[Place]":
    return in_force(Place.objects.filter(not_withdrawn(moment), institution=OuterRef("pk")), moment)


@as_of(models.CharField())
def name_then(moment: Moment) -> Case:
    """What an institution was called on the day, as known at the moment."""
    names = in_force(Name.objects.filter(not_withdrawn(moment), institution=OuterRef("pk")), moment)
    return _of_the_day("name", When(renamed=True, then=Coalesce(_first(names, "name"), F("name"))))


@as_of(models.CharField())
def licence_status_then(moment: Moment) -> Case:
    """The licence status of the survey that counted at the moment; "" when none did."""
    surveys = WithdrawnSurvey.objects.filter(known_survey(moment), institution=OuterRef("pk")).order_by()
    return Case(
        When(_standing_survey(moment), then=F("licence_status_at_survey")),
        When(survey_withdrawn=True, then=Coalesce(_first(surveys, "licence_status_at_survey"), Value(""))),
        default=Value(""),
    )


@as_of(models.CharField())
def licence_now(moment: Moment) -> Case:
    """The licence status on the day, from the licences known to be valid on it."""
    valid = Licence.objects.valid_at(moment).filter(institution=OuterRef("pk"))
    permit, registration = (
        Exists(valid.filter(kind=kind)) for kind in (Licence.Kind.PERMIT, Licence.Kind.REGISTRATION)
    )
    return Case(
        When(permit & registration, then=Value(LicenceStatus.FULL)),
        When(registration, then=Value(LicenceStatus.REGISTRATION_ONLY)),
        When(permit, then=Value(LicenceStatus.PERMIT_ONLY)),
        default=Value(LicenceStatus.NONE),
        output_field=models.CharField(),
    )


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def visible_to(self, user: User) -> "InstitutionQuerySet":
        return self.filter(within_prefixes("scope_code", user.prefixes(Permission.SEE)))

    def in_division(self, code: str, moment: Moment | None = None) -> "InstitutionQuerySet":
        """Institutions of a division and all below it; an empty code means none.

        With a moment those that were there on the day, as known at the moment; without one where they are today.
        """
        return self.filter(was_in(code, moment) if moment and code else within_prefixes("scope_code", [code]))

    def in_list_order(self, moment: Moment) -> "InstitutionQuerySet":
        """By division and name as they were on the day."""
        return self.order_by(scope_code_then(moment), name_then(moment), "pk")

    def registered_at(self, moment: Moment) -> "InstitutionQuerySet":
        """On the register as known at the moment: merged duplicates and withdrawn registrations excluded."""
        return self.filter(_kept(moment), recorded_at__lte=moment.known_at)

    def surveyed_at(self, moment: Moment) -> "InstitutionQuerySet":
        """排摸总数: surveyed on or before the day, known at the moment. Unit: institutions."""
        return self.filter(surveyed(moment))

    def with_licence_now(self, moment: Moment) -> "InstitutionQuerySet":
        """Annotates `licence_now`: the licence status on the day, from the licences known to be valid on it."""
        return self.annotate(licence_now=licence_now(moment))

    def located(self) -> "InstitutionQuerySet":
        return self.filter(longitude__isnull=False)

    def unlocated(self) -> "InstitutionQuerySet":
        return self.filter(longitude__isnull=True)

    def matching(
        self, words: str, *, people_in: Iterable[str] = (), moment: Moment | None = None
    ) -> "InstitutionQuerySet":
        """Every word occurs in a name, present or former, in an address or the credit code; or, in the divisions of
        `people_in`, in the principal: a search that answered to a name that is masked would give it away.

        With a moment, names and places are those known at it.
        """
        people = within_prefixes("scope_code", people_in)
        found = self
        for word in unicodedata.normalize("NFKC", words).split():  # as the columns are kept
            named = Name.objects.filter(_known(moment), name__icontains=word)
            lay_at = Place.objects.filter(_known(moment), operating_address__icontains=word)
            anywhere = people & Q(principal__icontains=word)
            for column in ("signboard_name", "registered_address", "credit_code"):
                anywhere |= Q(**{f"{column}__icontains": word})
            anywhere |= Q(renamed=False, name__icontains=word) | Q(renamed=True, pk__in=named.values("institution"))
            anywhere |= Q(moved=False, operating_address__icontains=word)
            anywhere |= Q(moved=True, pk__in=lay_at.values("institution"))
            found = found.filter(anywhere)
        return found


def _known(moment: Moment | None) -> Q:
    """Places or names on file; with a moment, those known at it."""
    if moment is None:
        return Q(withdrawn_at__isnull=True)
    return not_withdrawn(moment) & Q(recorded_at__lte=moment.known_at)


class Institution(models.Model):
    """培训机构: one teaching place of one operator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("机构名称"), max_length=120)
    signboard_name = models.CharField(_("招牌名称"), max_length=120, blank=True)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    registered_address = models.CharField(_("注册地址"), max_length=200, blank=True)
    operating_address = models.CharField(_("办学地址"), max_length=200, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="institutions", verbose_name=_("乡镇(街道)"))
    scope_code = models.CharField(max_length=SCOPE_DIGITS, editable=False)

    longitude = models.FloatField(_("经度"), null=True, blank=True, help_text=_("度,WGS-84"))
    latitude = models.FloatField(_("纬度"), null=True, blank=True, help_text=_("度,WGS-84"))
    datum = models.CharField(_("原坐标系"), max_length=10, choices=Datum, blank=True)
    location_source = models.CharField(_("位置来源"), max_length=20, choices=LocationSource, blank=True)
    location_accuracy_m = models.FloatField(_("位置精度(米)"), null=True, blank=True)
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
        _("面积(平方米)"),
        max_digits=9,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_AREA_M2)],
    )

    surveyed_on = models.DateField(_("排摸日期"), null=True, blank=True)
    surveyed_recorded_at = models.DateTimeField(_("排摸登记时间"), null=True, blank=True, editable=False)
    licence_status_at_survey = models.CharField(_("排摸时证照情况"), max_length=20, choices=LicenceStatus, blank=True)
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
                    "id",
                ],
                name="institution_in_figures",
            ),
            models.Index(fields=["scope_code"], name="institution_moved", condition=Q(moved=True)),
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
    def position(self) -> tuple[float, float] | None:
        """(longitude, latitude) in WGS-84 degrees, or None."""
        if self.longitude is None or self.latitude is None:
            return None
        return self.longitude, self.latitude

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

    def licence_status_on(self, day: date) -> str:
        """The licence status on a day, from the licences valid on it: full, registration_only, permit_only or none."""
        kinds = set(self.licences.valid_on(day).values_list("kind", flat=True))
        has_permit, has_registration = Licence.Kind.PERMIT in kinds, Licence.Kind.REGISTRATION in kinds
        if has_permit:
            return LicenceStatus.FULL if has_registration else LicenceStatus.PERMIT_ONLY
        return LicenceStatus.REGISTRATION_ONLY if has_registration else LicenceStatus.NONE


class Place(models.Model):
    """Where an institution is from a day on, as known from a moment on. Written when it first moves: then its first
    place, too. Of two from the same day the one recorded later holds. Append-only but for the withdrawal."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="places")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("乡镇(街道)"))
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

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="names")
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

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="withdrawn_surveys")
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


class LicenceQuerySet(models.QuerySet["Licence"]):
    def standing(self) -> "LicenceQuerySet":
        """Not withdrawn: on file at present, valid or not."""
        return self.filter(withdrawn_at__isnull=True)

    def valid_on(self, day: date) -> "LicenceQuerySet":
        """On file, begun, not expired, not revoked on the day. The last day counts, the day of revocation does not."""
        not_revoked = Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
        return self.standing().filter(_running(day), not_revoked)

    def valid_at(self, moment: Moment) -> "LicenceQuerySet":
        """The same as known at the moment: on file by then, what was revoked or withdrawn later still valid."""
        not_revoked = (
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=moment.on) | Q(revoked_recorded_at__gt=moment.known_at)
        )
        return self.filter(_running(moment.on), not_revoked, not_withdrawn(moment), recorded_at__lte=moment.known_at)


def _running(day: date) -> Q:
    """Begun and not expired on the day."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Licence(models.Model):
    """证 (permit of the education authority) or 照 (registration as a legal person), with its validity."""

    class Kind(models.TextChoices):
        PERMIT = "permit", _("办学许可证")
        REGISTRATION = "registration", _("营业执照/法人登记证")

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="licences")
    kind = models.CharField(_("种类"), max_length=20, choices=Kind)
    number = models.CharField(_("证号"), max_length=40)
    issued_by = models.CharField(_("发证机关"), max_length=60, blank=True)
    valid_from = models.DateField(_("有效期自"))
    valid_to = models.DateField(_("有效期至"), null=True, blank=True, help_text=_("留空为长期"))
    revoked_on = models.DateField(_("吊销或注销日期"), null=True, blank=True)
    revoked_recorded_at = models.DateTimeField(_("吊销或注销登记时间"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, editable=False)
    recorded_at = models.DateTimeField(_("登记时间"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("登记人")
    )

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("证照")
        verbose_name_plural = _("证照")
        ordering = ["institution_id", "kind", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["permit", "registration"]), name="licence_kind_is_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="licence_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True) | Q(revoked_on__gte=F("valid_from")),
                name="licence_is_revoked_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True, revoked_recorded_at__isnull=True)
                | Q(revoked_on__isnull=False, revoked_recorded_at__isnull=False),
                name="licence_is_revoked_with_day_and_moment",
            ),
            models.UniqueConstraint(
                fields=["institution", "kind", "number", "valid_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="licence_stands_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=[
                    "institution",
                    "kind",
                    "valid_from",
                    "valid_to",
                    "revoked_on",
                    "recorded_at",
                    "withdrawn_at",
                    "revoked_recorded_at",
                ],
                name="licence_valid_at",
            ),
            models.Index(fields=["number"], name="licence_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class ImportBatch(models.Model):
    """One imported file: what it did, who did it, and what is needed to roll it back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("导入时间"))
    rolled_back_at = models.DateTimeField(_("撤销时间"), null=True)
    summary = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        ordering = ["-recorded_at"]

    def __str__(self) -> str:
        return f"{self.file_name} {self.recorded_at:%Y-%m-%d %H:%M}"


class ImportedRow(models.Model):
    """One row of an imported file: the cells as they came, and what the row changed."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    row_number = models.PositiveIntegerField(_("行号"))
    institution = models.ForeignKey(Institution, models.SET_NULL, null=True, related_name="imported_rows")
    kind = models.CharField(
        max_length=10, choices=[("new", _("新增")), ("changed", _("变更")), ("unchanged", _("无变化"))]
    )
    original = models.JSONField(_("原始单元格"))
    before = models.JSONField(_("原值"), null=True)

    class Meta:
        ordering = ["batch_id", "row_number"]
        constraints = [models.UniqueConstraint(fields=["batch", "row_number"], name="imported_row_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.row_number}"


class Demonstration(models.Model):
    """Present when this database holds the synthetic demonstration, which every page then says."""

    loaded_on = models.DateField()
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.division_id} {self.loaded_on}"
