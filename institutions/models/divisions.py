"""行政区划: where an institution lies, as a prefix code; its names from a day on."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left, Length
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.moments import Moment

SCOPE_DIGITS = 12


LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
LEVEL_NAMES = [
    ("province", _("省（区、市）")),
    ("city", _("市（州）")),
    ("county", _("县（市、区）")),
    ("township", _("乡镇（街道）")),
    ("village", _("村（社区）")),
]


def scope_code_of(division_code: str) -> str:
    """The 12-character code of a division: "330382114" -> "330382114000"."""
    return division_code.ljust(SCOPE_DIGITS, "0")


def _degrees(largest: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(-largest), MaxValueValidator(largest)]


class DivisionQuerySet(models.QuerySet["Division"]):
    def visible_to(self, user: User) -> "DivisionQuerySet":
        """Divisions inside one of the user's divisions."""
        return self.filter(within_prefixes("code", user.prefixes(Permission.SEE)))

    def offered_to(self, user: User, code: str) -> "DivisionQuerySet":
        """What somebody looking at a division goes on to: the divisions above it, those beside each, those below it,
        and those the user was granted. Of the user's own; villages are no choice."""
        above = [code[:digits] for digits in LEVELS if digits <= len(code)]
        near = Q(code__in=[*above, *user.prefixes(Permission.SEE)]) | Q(parent__in=above)
        return self.visible_to(user).filter(near).exclude(level="village")

    def children_of(self, code: str) -> "DivisionQuerySet":
        """Those one level below, in force or not."""
        return self.filter(parent_id=code).order_by("code")

    def in_force_on(self, day: date) -> "DivisionQuerySet":
        """Set up by the day, and not abolished before it."""
        begun = Q(in_force_from__isnull=True) | Q(in_force_from__lte=day)
        return self.filter(begun, Q(in_force_to__isnull=True) | Q(in_force_to__gte=day))

    def in_force_at(self, moment: Moment) -> "DivisionQuerySet":
        """In force on the day, as known at the moment: one that is abolished later was not known to be before."""
        begun = Q(in_force_from__isnull=True) | Q(in_force_from__lte=moment.on)
        known = Q(begun_recorded_at__isnull=True) | Q(begun_recorded_at__lte=moment.known_at)
        ends_later = Q(in_force_to__isnull=True) | Q(in_force_to__gte=moment.on)
        return self.filter(begun, known, ends_later | Q(ended_recorded_at__gt=moment.known_at))


class Division(models.Model):
    """行政区划: province 2 digits · city 4 · county 6 · township 9 · village 12, as a prefix code."""

    code = models.CharField(
        _("代码"),
        max_length=12,
        primary_key=True,
        validators=[RegexValidator(r"^[0-9]{2}([0-9]{2}){0,2}([0-9]{3}){0,2}\Z")],
    )
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=10, choices=LEVEL_NAMES)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    longitude = models.FloatField(_("中心经度"), null=True, blank=True, validators=_degrees(180))
    latitude = models.FloatField(_("中心纬度"), null=True, blank=True, validators=_degrees(90))
    approx_error_m = models.PositiveIntegerField(_("中心误差（米）"), null=True, blank=True)
    in_force_from = models.DateField(_("设立日"), null=True, blank=True, help_text=_("留空为一直存在"))
    in_force_to = models.DateField(_("撤销日"), null=True, blank=True, help_text=_("最后一天；留空为现存"))
    # Since when each of them is known; of what was on file from the first that it is there has always been known.
    begun_recorded_at = models.DateTimeField(_("设立登记时间"), null=True, editable=False)
    ended_recorded_at = models.DateTimeField(_("撤销登记时间"), null=True, editable=False)
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
                violation_error_message=_("经度和纬度要么都填，要么都不填。"),
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
                violation_error_message=_("代码、层级和上级不一致：上级的代码就是本级代码的前几位。"),
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
