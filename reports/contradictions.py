"""What does not fit together, within the period and against the one before; looked at before a report goes out."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from inspections.models import Photo, Rectification, Visit
from inspections.statistics import members
from institutions.models import Institution, InstitutionQuerySet, Licence, LicenceStatus
from institutions.moments import Moment, start_of

SHOWN = 100


@dataclass(frozen=True)
class Contradiction:
    """One thing that does not fit, with the institutions it is about (at most 100) and how many there are."""

    code: str
    says: str
    count: int
    institutions: list[Institution] = field(default_factory=list)


def contradictions(within: InstitutionQuerySet, moment: Moment, before: date) -> list[Contradiction]:
    """Every check that found something. `before` is the cut-off day of the report before."""
    then = Moment(before, min(start_of(before + timedelta(days=1)), moment.known_at))
    found = [
        _told("base_shrank", _("上期已排摸、本期不在册的机构"), _gone("surveyed", within, then, moment)),
        _told(
            "strike_off_disappeared",
            _("上期已整改、本期变为未完成或不在册的机构"),
            _gone("rectified", within, then, moment),
        ),
        _told("permit_number_used_twice", _("同一办学许可证号用于多家机构"), _same_permit(within)),
        _told("closed_but_visited_open", _("已取缔但之后现场检查仍在办学的机构"), _closed_but_open(within, moment)),
        _told(
            "licensed_without_licence", _("以办理证照办结但截至日没有有效证照的机构"), _without_licence(within, moment)
        ),
        _told("outcome_before_order", _("销号日期早于责令日期的机构"), _before_order(within)),
        _told("one_photo_at_two_institutions", _("同一张照片出现在多家机构"), _same_photo(within)),
    ]
    return [each for each in found if each.count]


def _told(code: str, says: str, institutions: QuerySet[Institution]) -> Contradiction:
    listed = list(institutions.order_by("scope_code", "name", "pk")[: SHOWN + 1])
    count = len(listed) if len(listed) <= SHOWN else institutions.count()
    return Contradiction(code, says, count, listed[:SHOWN])


def _gone(figure: str, within: InstitutionQuerySet, then: Moment, now: Moment) -> InstitutionQuerySet:
    """In the figure as it was known then, not in it now."""
    still = members(figure, within, now).order_by().values("pk")
    return members(figure, within, then).exclude(pk__in=still)


def _same_permit(within: InstitutionQuerySet) -> InstitutionQuerySet:
    permits = Licence.objects.filter(kind=Licence.Kind.PERMIT, institution__in=within.order_by())
    twice = (
        permits.order_by().values("number").annotate(places=Count("institution", distinct=True)).filter(places__gt=1)
    )
    return within.filter(licences__kind=Licence.Kind.PERMIT, licences__number__in=twice.values("number")).distinct()


def _closed_but_open(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    seen = Visit.objects.known_at(moment).filter(
        institution=OuterRef("pk"), result=Visit.Result.INSPECTED, happened_on__gt=OuterRef("ceased_on")
    )
    return members("closed", within, moment).filter(Exists(seen))


def _without_licence(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    licensed = members("licensed", within, moment).with_licence_now(moment.on)
    return licensed.exclude(licence_now=LicenceStatus.FULL)


def _before_order(within: InstitutionQuerySet) -> InstitutionQuerySet:
    rounds = Rectification.objects.filter(institution=OuterRef("pk"), verified_on__lt=F("ordered_on"))
    return within.filter(Exists(rounds))


def _same_photo(within: InstitutionQuerySet) -> InstitutionQuerySet:
    photos = Photo.objects.filter(visit__institution__in=within.order_by())
    twice = (
        photos.order_by()
        .values("sha256")
        .annotate(places=Count("visit__institution", distinct=True))
        .filter(places__gt=1)
    )
    return within.filter(visits__photos__sha256__in=twice.values("sha256")).distinct()
