"""What cannot all be true at once, found before a report leaves the house: each check is a list of institutions."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from inspections.models import Outcome, Photo, Rectification, Visit
from inspections.statistics import members, with_standing
from institutions.models import Institution, InstitutionQuerySet, Licence
from institutions.moments import Moment
from reports.lists import NamedList
from reports.period import Period


@dataclass(frozen=True)
class Contradiction:
    """A check that found something: its code in CHECKS, its words, and the institutions, in list order."""

    code: str
    title: str
    meaning: str
    institutions: tuple[Institution, ...]


def base_shrank(within: InstitutionQuerySet, period: Period) -> InstitutionQuerySet:
    """Surveyed, or with problems, as the last report could say; no longer so now."""
    then = {figure: members(figure, within, period.previous_then).values("pk") for figure in _BASES}
    now = {figure: members(figure, within, period.moment).values("pk") for figure in _BASES}
    gone = Q()
    for figure in _BASES:
        gone |= Q(pk__in=then[figure]) & ~Q(pk__in=now[figure])
    return with_standing(within.filter(gone), period.moment)


def strike_off_disappeared(within: InstitutionQuerySet, period: Period) -> InstitutionQuerySet:
    """Rectified as the last report could say, no longer now, and no round of this period explains it."""
    then = members("rectified", within, period.previous_then).values("pk")
    now = members("rectified", within, period.moment).values("pk")
    again = Rectification.objects.counted_at(period.moment).filter(
        institution=OuterRef("pk"), ordered_on__gt=period.previous.on
    )
    lost = within.filter(~Exists(again), pk__in=then).exclude(pk__in=now)
    return with_standing(lost, period.moment)


def permit_number_twice(within: InstitutionQuerySet, period: Period) -> InstitutionQuerySet:
    """Two institutions with the same permit number, both valid on the cut-off day; spaces and 号 do not count."""
    permits = (
        Licence.objects.valid_on(period.moment.on)
        .filter(
            kind=Licence.Kind.PERMIT,
            recorded_at__lte=period.moment.known_at,
            institution__in=within.registered_at(period.moment).order_by().values("pk"),
        )
        .exclude(number="")
        .annotate(bare=Replace(Replace("number", Value(" ")), Value("号")))
        .order_by()
    )
    shared = permits.values("bare").annotate(holders=Count("institution", distinct=True)).filter(holders__gt=1)
    return _on_register(within, period.moment).filter(
        pk__in=permits.filter(bare__in=shared.values("bare")).values("institution")
    )


def closed_but_open(within: InstitutionQuerySet, period: Period) -> InstitutionQuerySet:
    """A visit found it running (result inspected) after the day it ceased."""
    running = Visit.objects.known_at(period.moment).filter(
        institution=OuterRef("pk"), result=Visit.Result.INSPECTED, happened_on__gt=OuterRef("ceased_on")
    )
    return _on_register(within, period.moment).filter(Exists(running), ceased_on__lte=period.moment.on)


def licensed_without_licence(within: InstitutionQuerySet, period: Period) -> InstitutionQuerySet:
    """Counted as licensed without a permit and a registration valid on the cut-off day on file."""
    valid = Licence.objects.valid_on(period.moment.on).filter(
        institution=OuterRef("pk"), recorded_at__lte=period.moment.known_at
    )
    whole = Exists(valid.filter(kind=Licence.Kind.PERMIT)) & Exists(valid.filter(kind=Licence.Kind.REGISTRATION))
    return members("licensed", within, period.moment).filter(~whole)


def outcome_before_order(within: InstitutionQuerySet, period: Period) -> InstitutionQuerySet:
    """A verified round whose submission, recheck, closing or verification lies before the day it was ordered."""
    early_recheck = Visit.objects.filter(
        rectification=OuterRef("pk"), purpose=Visit.Purpose.RECHECK, happened_on__lt=OuterRef("ordered_on")
    )
    early = Rectification.objects.verified_at(period.moment).filter(
        Q(verified_on__lt=F("ordered_on"))
        | Q(submitted_on__lt=F("ordered_on"))
        | Q(outcome=Outcome.CLOSED, institution__ceased_on__lt=F("ordered_on"))
        | Exists(early_recheck),
        institution=OuterRef("pk"),
    )
    return members("with_problems", within, period.moment).filter(Exists(early))


def photo_at_two_places(within: InstitutionQuerySet, period: Period) -> InstitutionQuerySet:
    """One photo, by its SHA-256, in visits to two institutions."""
    photos = Photo.objects.filter(
        visit__happened_on__lte=period.moment.on,
        visit__recorded_at__lte=period.moment.known_at,
        visit__institution__in=within.registered_at(period.moment).order_by().values("pk"),
    ).order_by()
    shared = photos.values("sha256").annotate(places=Count("visit__institution", distinct=True)).filter(places__gt=1)
    return _on_register(within, period.moment).filter(
        pk__in=photos.filter(sha256__in=shared.values("sha256")).values("visit__institution")
    )


_BASES = ("surveyed", "with_problems")
CHECKS = {
    "base_shrank": NamedList(
        _("基数减少"), _("上期已计入排摸总数或存在问题,本期不再计入的机构"), base_shrank
    ),
    "strike_off_disappeared": NamedList(
        _("销号消失"), _("上期已整改,本期不再是已整改,且本期没有新的整改可以解释的机构"), strike_off_disappeared
    ),
    "permit_number_twice": NamedList(
        _("许可证号重复"), _("截至日有效的同一办学许可证号登记在两家以上机构名下"), permit_number_twice
    ),
    "closed_but_open": NamedList(_("已取缔仍在办学"), _("停办日期之后的走访仍见其办学的机构"), closed_but_open),
    "licensed_without_licence": NamedList(
        _("办证结果缺证照"), _("计为整改办理证照,但截至日没有有效的许可证和登记证的机构"), licensed_without_licence
    ),
    "outcome_before_order": NamedList(
        _("结果早于责令"), _("提交、复查、停办或销号的日期早于责令日期的机构"), outcome_before_order
    ),
    "photo_at_two_places": NamedList(
        _("照片重复使用"), _("同一张照片(SHA-256 相同)出现在两家以上机构的走访中"), photo_at_two_places
    ),
}


def contradictions(within: InstitutionQuerySet, period: Period) -> tuple[Contradiction, ...]:
    """Every check that found something, in the order of CHECKS; one query each."""
    found = []
    for code, check in CHECKS.items():
        institutions = tuple(check.find(within, period).select_related("division").order_by("scope_code", "id"))
        if institutions:
            found.append(Contradiction(code, str(check.title), str(check.meaning), institutions))
    return tuple(found)


def _on_register(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    return with_standing(within.registered_at(moment), moment)
