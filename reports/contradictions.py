"""What does not fit together, within the period and against the one before; looked at before a report goes out."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import BooleanField, Case, Count, DateField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from figures.standing import ceased_on
from figures.statistics import members, population
from inspections.models import Photo, Rectification, Visit
from institutions.models import Institution, InstitutionQuerySet, Licence, LicenceStatus, any_of, surveyed, was_in
from institutions.moments import Moment, start_of
from institutions.past import Listed, as_listed
from institutions.sql_once import as_of

SHOWN = 100


@dataclass(frozen=True)
class Contradiction:
    """One thing that does not fit, with the institutions it is about (at most 100) and how many there are."""

    code: str
    says: str
    count: int
    institutions: list[Listed] = field(default_factory=list)


def contradictions(
    division: str, moment: Moment, before: date, *, within: InstitutionQuerySet | None = None
) -> list[Contradiction]:
    """Every check that found something. `before` is the cut-off day of the report before."""
    then = Moment(before, min(start_of(before + timedelta(days=1)), moment.known_at))
    here = population(division, moment, within)
    registered = here.registered_at(moment)
    left, undone = _lost(population(division, then, within), then, moment, division)

    def told(code: str, says: str, institutions: InstitutionQuerySet) -> Contradiction:
        listed = list(institutions.in_list_order(moment)[: SHOWN + 1])
        count = len(listed) if len(listed) <= SHOWN else institutions.count()
        return Contradiction(code, says, count, as_listed(listed[:SHOWN], moment))

    def named(code: str, says: str, pks: list[UUID]) -> Contradiction:
        """The same for institutions that are known already, in the order of lists."""
        listed = Institution.objects.filter(pk__in=pks[:SHOWN]).in_list_order(then) if pks else []
        return Contradiction(code, says, len(pks), as_listed(listed, then))

    found = [
        named("base_shrank", _("上期已排摸或存在问题、本期不再计入的机构"), left),
        named("strike_off_disappeared", _("上期已整改、本期不再计为已整改，且没有新的整改可以解释的机构"), undone),
        told("permit_number_used_twice", _("同一办学许可证号用于多家机构"), _same_permit(registered, moment)),
        told("closed_but_visited_open", _("已取缔但之后现场检查仍在办学的机构"), _closed_but_open(registered, moment)),
        told("licensed_without_licence", _("以办理证照办结但截至日没有有效证照的机构"), _without_licence(here, moment)),
        told("outcome_before_order", _("复查或停办早于责令日期的机构"), _before_order(registered, moment)),
        told("one_photo_at_two_institutions", _("同一张照片出现在多家机构"), _same_photo(registered, moment)),
    ]
    return [each for each in found if each.count]


def _lost(within: InstitutionQuerySet, then: Moment, now: Moment, division: str) -> tuple[list[UUID], list[UUID]]:
    """What the report before counted and this one does not: two checks that ask the same of the same few.

    `within` was in the division then. Left: surveyed, or with problems, as it was known then; no longer so, or no
    longer there, now. Either is a base of the figures.
    Undone: rectified as it was known then and not now, though no round ordered since explains it (that is a rebound).
    """
    asked = {
        "kept": surveyed(now) & was_in(division, now),
        "had": _has_problems(then),
        "has": _has_problems(now),
        "was_open": _is_open(then),
        "is_open": _is_open(now),
        "again": _ordered_since(now, then.on),
    }
    left, undone = [], []
    counted_then = _rewritten(within, then).filter(surveyed(then)).in_list_order(then)
    for each in counted_then.annotate(**asked).values("pk", *asked):
        if not each["kept"] or each["had"] and not each["has"]:
            left.append(each["pk"])
        rectified = each["kept"] and each["has"] and not each["is_open"]
        if each["had"] and not each["was_open"] and not rectified and not each["again"]:
            undone.append(each["pk"])
    return left, undone


def _rewritten(within: InstitutionQuerySet, then: Moment) -> InstitutionQuerySet:
    """Institutions of whose past more, or less, became known after `then`: a round of that time recorded or any voided,
    a registration merged or withdrawn, a survey withdrawn; and those that moved. What was counted then can be lost to
    no other: a narrow set to look through.
    """
    late = Q(ordered_on__lte=then.on, ordered_recorded_at__gt=then.known_at)
    rounds = Rectification.objects.filter(late | Q(voided_at__gt=then.known_at), institution=OuterRef("pk"))
    gone = Q(merged_at__gt=then.known_at) | Q(withdrawn_at__gt=then.known_at)
    return within.filter(gone | Q(moved=True) | Q(survey_withdrawn=True) | Q(has_merges=True) | Exists(rounds))


@as_of(BooleanField())
def _has_problems(moment: Moment) -> Case:
    return any_of(Rectification.objects.counted_at(moment), moment)


@as_of(BooleanField())
def _is_open(moment: Moment) -> Case:
    return any_of(Rectification.objects.open_at(moment), moment)


@as_of(BooleanField())
def _ordered_since(moment: Moment, day: date) -> Case:
    return any_of(Rectification.objects.counted_at(moment).filter(ordered_on__gt=day), moment)


def _same_permit(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    """Two institutions with one permit number in force on the day; blanks and a final 号 do not make it another.

    The shared numbers are fetched first: as a subquery PostgreSQL may work them out once for every permit.
    """
    permits = (
        Licence.objects.valid_at(moment)
        .filter(kind=Licence.Kind.PERMIT, institution__in=within.order_by())
        .exclude(number="")
        .annotate(bare=Replace(Replace("number", Value(" ")), Value("号")))
        .order_by()
    )
    twice = permits.values("bare").annotate(places=Count("institution", distinct=True)).filter(places__gt=1)
    shared = list(twice.values_list("bare", flat=True))
    return within.filter(pk__in=permits.filter(bare__in=shared).values("institution")) if shared else within.none()


def _closed_but_open(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    """Struck off as closed at the moment, and inspected on a later day."""
    return within.alias(closed_on=ceased_on(moment), seen_on=_seen_open_on(moment)).filter(seen_on__gt=F("closed_on"))


@as_of(DateField())
def _seen_open_on(moment: Moment) -> Case:
    """The last day on which it was inspected; by day and moment of the visits known, later ones too."""
    open_last = Visit.objects.known_at(moment).filter(result=Visit.Result.INSPECTED).order_by("-happened_on")
    return any_of(open_last, moment, lambda visits: Subquery(visits.values("happened_on")[:1]))


def _without_licence(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    without = within.with_licence_now(moment).exclude(licence_now=LicenceStatus.FULL)
    return members("licensed", without, moment)


def _before_order(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    """A verified round of which the visit that rechecked it or saw the place closed lies before the day it was ordered.
    That it was handed in or struck off before that day the database refuses."""
    return within.filter(_verified_by_earlier(moment))


@as_of(BooleanField())
def _verified_by_earlier(moment: Moment) -> Case:
    evidence = Q(purpose=Visit.Purpose.RECHECK) | Q(result=Visit.Result.CEASED)
    earlier = Visit.objects.known_at(moment).filter(
        evidence, rectification=OuterRef("pk"), happened_on__lt=OuterRef("ordered_on")
    )
    return any_of(Rectification.objects.verified_at(moment).filter(Exists(earlier)), moment)


def _same_photo(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    photos = Photo.objects.filter(
        Q(visit__withdrawn_at__isnull=True) | Q(visit__withdrawn_at__gt=moment.known_at),
        visit__institution__in=within.order_by(),
        visit__happened_on__lte=moment.on,
        visit__recorded_at__lte=moment.known_at,
    ).order_by()
    twice = photos.values("sha256").annotate(places=Count("visit__institution", distinct=True)).filter(places__gt=1)
    shared = list(twice.values_list("sha256", flat=True))  # first, for the reason of _same_permit
    return (
        within.filter(pk__in=photos.filter(sha256__in=shared).values("visit__institution")) if shared else within.none()
    )
