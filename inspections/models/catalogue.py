"""The catalogue of findings: what a visit may find, with its dates in force."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# The first letter of a code says which group it is in, in the order in which one walks through a place.
GROUPS = {"L": _("证照"), "S": _("安全"), "T": _("教学"), "P": _("师资"), "F": _("收费"), "M": _("管理")}


class Severity(models.TextChoices):
    A = "A", _("A 立即停止")
    B = "B", _("B 限期整改")
    C = "C", _("C 一般问题")


class Meaning(models.TextChoices):
    """What a finding says of the institution's licence status, in the values of LicenceStatus; "" when nothing."""

    NEITHER = "none", _("无证无照")
    NO_PERMIT = "registration_only", _("有照无证")
    NO_REGISTRATION = "permit_only", _("有证无照")


def offering(scope_code: str) -> tuple[str, ...]:
    """The prefixes of those who offer items where an institution lies: "" is the nation."""
    return ("", *(scope_code[:digits] for digits in (2, 4, 6)))


class FindingTypeQuerySet(models.QuerySet["FindingType"]):
    def in_force_on(self, day: date) -> "FindingTypeQuerySet":
        """What a visit of that day may find; both end days are included."""
        return self.filter(Q(in_force_to__isnull=True) | Q(in_force_to__gte=day), in_force_from__lte=day)

    def offered_in(self, scope_code: str) -> "FindingTypeQuerySet":
        """National items, and the county's own where the institution lies."""
        return self.filter(division_prefix__in=offering(scope_code))

    def meanings(self, codes: Iterable[str]) -> list[str]:
        """What these items say of the licence status, in the order of their codes; those that say nothing left out."""
        said = self.filter(code__in=set(codes)).exclude(meaning="").order_by("code")
        return list(said.values_list("meaning", flat=True))


class FindingType(models.Model):
    """One item of the catalogue of findings. Nothing is deleted, only ended."""

    code = models.CharField(_("代码"), max_length=12, primary_key=True)
    name_zh = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=160, blank=True)
    legal_basis = models.CharField(_("依据"), max_length=300)
    severity = models.CharField(_("程度"), max_length=1, choices=Severity)
    meaning = models.CharField(
        _("表明的证照情况"),
        max_length=20,
        choices=Meaning,
        blank=True,
        help_text=_("登记此项即表明机构的证照情况，首次排摸据此记录；与证照无关的留空。"),
    )
    in_force_from = models.DateField(_("施行日"))
    in_force_to = models.DateField(_("废止日"), null=True, blank=True)
    evidence = models.CharField(
        _("依据核实"), max_length=1, choices=[("F", _("已见原文")), ("K", _("待核实"))], default="K"
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)
    division_prefix = models.CharField(_("适用区划"), max_length=12, blank=True, help_text=_("留空为全国"))
    of_release = models.BooleanField(_("随系统发布"), default=False, editable=False)

    objects = FindingTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("问题目录项")
        verbose_name_plural = _("问题目录")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="finding_type_severity_is_known"),
            models.CheckConstraint(
                condition=Q(in_force_to__isnull=True) | Q(in_force_to__gte=F("in_force_from")),
                name="finding_type_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(meaning__in=["", *Meaning.values]), name="finding_type_meaning_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def in_force_on(self, day: date) -> bool:
        """Whether a visit of that day may find it; both end days are included."""
        return self.in_force_from <= day and (self.in_force_to is None or self.in_force_to >= day)

    @property
    def name(self) -> str:
        """In the language of the page."""
        return self.name_en if get_language() == "en" and self.name_en else self.name_zh
