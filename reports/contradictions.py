"""What does not fit together, within the period and against the one before; looked at before a report goes out."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from figures.statistics import members
from inspections.models import Outcome, Photo, Rectification, Visit
from institutions.models import Institution, InstitutionQuerySet, Licence, surveyed
from institutions.moments import Moment, start_of

SHOWN = 100
LIST_ORDER = ("scope_code", "name", "pk")


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
    registered = within.registered_at(moment)
    left, undone = _lost(within, then, moment)
    found = [
        _named("base_shrank", _("上期已排摸或存在问题、本期不再计入的机构"), left),
        _named("strike_off_disappeared", _("上期已整改、本期不再计为已整改,且没有新的整改可以解释的机构"), undone),
        _told("permit_number_used_twice", _("同一办学许可证号用于多家机构"), _same_permit(registered, moment)),
        _told("closed_but_visited_open", _("已取缔但之后现场检查仍在办学的机构"), _closed_but_open(registered, moment)),
        _told(
            "licensed_without_licence", _("以办理证照办结但截至日没有有效证照的机构"), _without_licence(within, moment)
        ),
        _told("outcome_before_order", _("提交、复查、停办或销号早于责令日期的机构"), _before_order(registered, moment)),
        _told("one_photo_at_two_institutions", _("同一张照片出现在多家机构"), _same_photo(registered, moment)),
    ]
    return [each for each in found if each.count]


def _told(code: str, says: str, institutions: QuerySet[Institution]) -> Contradiction:
    listed = list(institutions.select_related("division").order_by(*LIST_ORDER)[: SHOWN + 1])
    count = len(listed) if len(listed) <= SHOWN else institutions.count()
    return Contradiction(code, says, count, listed[:SHOWN])


def _named(code: str, says: str, pks: list[UUID]) -> Contradiction:
    """The same for institutions that are known already, in the order of lists."""
    listed = Institution.objects.filter(pk__in=pks[:SHOWN]).select_related("division").order_by(*LIST_ORDER)
    return Contradiction(code, says, len(pks), list(listed))


def _lost(within: InstitutionQuerySet, then: Moment, now: Moment) -> tuple[list[UUID], list[UUID]]:
    """What the report before counted and this one does not: two checks that ask the same of the same few.

    Left: surveyed, or with problems, as it was known then; no longer so now. Either is a base of the figures.
    Undone: rectified as it was known then and not now, though no round ordered since explains it (that is a rebound).
    """
    since = Rectification.objects.counted_at(now).filter(institution=OuterRef("pk"), ordered_on__gt=then.on)
    asked = {
        "kept": surveyed(now),
        "had": _has_problems(then),
        "has": _has_problems(now),
        "was_open": _is_open(then),
        "is_open": _is_open(now),
        "again": Exists(since),
    }
    left, undone = [], []
    counted_then = _rewritten(within, then).filter(surveyed(then)).order_by(*LIST_ORDER)
    for each in counted_then.annotate(**asked).values("pk", *asked):
        if not each["kept"] or each["had"] and not each["has"]:
            left.append(each["pk"])
        rectified = each["kept"] and each["has"] and not each["is_open"]
        if each["had"] and not each["was_open"] and not rectified and not each["again"]:
            undone.append(each["pk"])
    return left, undone


def _rewritten(within: InstitutionQuerySet, then: Moment) -> InstitutionQuerySet:
    """Institutions of whose past more, or less, became known after `then`: a round of that time recorded or any voided,
    a registration merged or withdrawn. What was counted then can be lost to no other: a narrow set to look through.
    """
    late = Q(ordered_on__lte=then.on, ordered_recorded_at__gt=then.known_at)
    rounds = Rectification.objects.filter(late | Q(voided_at__gt=then.known_at), institution=OuterRef("pk"))
    return within.filter(Q(merged_at__gt=then.known_at) | Q(withdrawn_at__gt=then.known_at) | Exists(rounds))


def _has_problems(moment: Moment) -> Exists:
    return Exists(Rectification.objects.counted_at(moment).filter(institution=OuterRef("pk")))


def _is_open(moment: Moment) -> Exists:
    return Exists(Rectification.objects.open_at(moment).filter(institution=OuterRef("pk")))


def _same_permit(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    """Two institutions with one permit number in force on the day; blanks and a final 号 do not make it another.

    The shared numbers are fetched first: as a subquery PostgreSQL may work them out once for every permit.
    """
    permits = (
        Licence.objects.valid_on(moment.on)
        .filter(kind=Licence.Kind.PERMIT, recorded_at__lte=moment.known_at, institution__in=within.order_by())
        .exclude(number="")
        .annotate(bare=Replace(Replace("number", Value(" ")), Value("号")))
        .order_by()
    )
    twice = permits.values("bare").annotate(places=Count("institution", distinct=True)).filter(places__gt=1)
    shared = list(twice.values_list("bare", flat=True))
    return within.filter(pk__in=permits.filter(bare__in=shared).values("institution")) if shared else within.none()


def _closed_but_open(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    seen = Visit.objects.known_at(moment).filter(
        institution=OuterRef("pk"), result=Visit.Result.INSPECTED, happened_on__gt=OuterRef("ceased_on")
    )
    return within.filter(Exists(seen), ceased_on__lte=moment.on)


def _without_licence(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    known = Licence.objects.filter(institution=OuterRef("pk"), recorded_at__lte=moment.known_at)
    valid = known.valid_on(moment.on)
    both = Exists(valid.filter(kind=Licence.Kind.PERMIT)) & Exists(valid.filter(kind=Licence.Kind.REGISTRATION))
    return members("licensed", within.filter(~both), moment)


def _before_order(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    """A verified round whose verification, submission, recheck or closing lies before the day it was ordered."""
    recheck = Visit.objects.filter(
        rectification=OuterRef("pk"), purpose=Visit.Purpose.RECHECK, happened_on__lt=OuterRef("ordered_on")
    )
    rounds = Rectification.objects.verified_at(moment).filter(
        Q(verified_on__lt=F("ordered_on"))
        | Q(submitted_on__lt=F("ordered_on"))
        | Q(outcome=Outcome.CLOSED, ordered_on__gt=OuterRef("ceased_on"))
        | Exists(recheck),
        institution=OuterRef("pk"),
    )
    return within.filter(Exists(rounds))


def _same_photo(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    photos = Photo.objects.filter(
        visit__institution__in=within.order_by(),
        visit__happened_on__lte=moment.on,
        visit__recorded_at__lte=moment.known_at,
    ).order_by()
    twice = photos.values("sha256").annotate(places=Count("visit__institution", distinct=True)).filter(places__gt=1)
    shared = list(twice.values_list("sha256", flat=True))  # first, for the reason of _same_permit
    return (
        within.filter(pk__in=photos.filter(sha256__in=shared).values("visit__institution")) if shared else within.none()
    )
