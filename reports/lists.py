"""Lists behind the report's numbers that no figure alone gives: what changed since the last report, and rebounds.

Each takes the population and the period and gives a QuerySet of institutions annotated with their `standing`; its
size is the number printed, so number and list cannot disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inspections.models import Rectification
from inspections.statistics import members
from institutions.models import InstitutionQuerySet
from reports.period import Period


@dataclass(frozen=True)
class NamedList:
    """A set of institutions with what it is called and what it means."""

    title: str | Promise
    meaning: str | Promise
    find: Callable[[InstitutionQuerySet, Period], InstitutionQuerySet]


def newly(figure: str) -> Callable[[InstitutionQuerySet, Period], InstitutionQuerySet]:
    """In the figure at the cut-off, not at the previous month end. Unit: institutions."""

    def find(within: InstitutionQuerySet, period: Period) -> InstitutionQuerySet:
        before = members(figure, within, period.previous).values("pk")
        return members(figure, within, period.moment).exclude(pk__in=before)

    return find


def fallen_back(within: InstitutionQuerySet, period: Period) -> InstitutionQuerySet:
    """Rectified at the previous month end, outstanding at the cut-off. Unit: institutions."""
    before = members("rectified", within, period.previous).values("pk")
    return members("outstanding", within, period.moment).filter(pk__in=before)


def rebound(within: InstitutionQuerySet, period: Period) -> InstitutionQuerySet:
    """死灰复燃: a new round ordered in the period after an earlier one was verified. Unit: institutions."""
    earlier = Rectification.objects.verified_at(period.moment).filter(
        institution=OuterRef("institution"), round_no__lt=OuterRef("round_no"), verified_on__lte=OuterRef("ordered_on")
    )
    again = Rectification.objects.counted_at(period.moment).filter(
        Exists(earlier), ordered_on__gt=period.previous.on, institution=OuterRef("pk")
    )
    return members("with_problems", within, period.moment).filter(Exists(again))


CHANGES = {
    "newly_surveyed": NamedList(_("新增排摸"), _("截至日已排摸、上期截至日尚未排摸的机构"), newly("surveyed")),
    "newly_with_problems": NamedList(
        _("新发现存在问题"), _("截至日存在问题、上期截至日尚未发现问题的机构"), newly("with_problems")
    ),
    "newly_rectified": NamedList(_("新完成整改"), _("截至日已整改、上期截至日未整改的机构"), newly("rectified")),
    "fallen_back": NamedList(
        _("由已整改转为未完成"), _("上期截至日已整改、截至日又有未销号整改的机构"), fallen_back
    ),
    "rebound": NamedList(_("死灰复燃(反弹)"), _("本期内再次被责令整改、此前已经销号的机构"), rebound),
}
