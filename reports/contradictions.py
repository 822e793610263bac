"""What does not fit together, within the period and against the one before; looked at before a report goes out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.apps import apps
from django.db.models import BooleanField, Case, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Replace, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.canonical import canonical, digest_of
from figures.standing import ceased_on
from figures.statistics import members, population
from inspections.models import (
    Finding,
    LedgerEntry,
    Outcome,
    Photo,
    Rectification,
    RectificationQuerySet,
    Visit,
)
from institutions.models import (
    ImportBatch,
    ImportedRow,
    Institution,
    InstitutionQuerySet,
    Licence,
    LicenceStatus,
    any_of,
    surveyed,
    was_in,
    whose,
)
from institutions.moments import EARLIEST, Moment, start_of
from institutions.past import Listed, as_listed
from institutions.sql_once import as_of

SHOWN = 100
KEPT = 5_000  # of a report that is submitted, so that its content stays readable in memory
SAYS = {
    "base_shrank": _("上期已排摸或存在问题、本期不再计入的机构"),
    "strike_off_disappeared": _("上期已整改、本期不再计为已整改，且没有新的整改可以解释的机构"),
    "import_undone": _("上期计入的导入后来撤销的机构"),
    "visit_withdrawn": _("上期计入的走访后来撤回的机构"),
    "permit_number_used_twice": _("同一办学许可证号用于多家机构"),
    "closed_but_visited_open": _("已取缔但之后现场检查仍在办学的机构"),
    "licensed_without_licence": _("以办理证照办结但截至日没有有效证照的机构"),
    "outcome_before_order": _("复查或停办早于责令日期的机构"),
    "one_photo_at_two_institutions": _("同一张照片出现在多家机构"),
}
MEANS = {  # what it means, and what to do
    "base_shrank": _(
        "上期报过的数里有它们，本期没有了：多为合并、撤销登记、作废、撤回排摸或迁出。请在差异说明里逐家核对原因；确属更正的，"
        "写明原因再上报。"
    ),
    "strike_off_disappeared": _(
        "上期报过已整改，本期不再是：多为补登了更早的责令，或整改随合并、拆分变动。请核对台账，登错的作废重录；确属事实的写明原因。"
    ),
    "import_undone": _(
        "上期的数字里有后来撤销的导入。请确认正确的名册或台账已重新导入；没有重新导入的，写明减少的原因。"
    ),
    "visit_withdrawn": _("这些走访的排摸或所见问题不再计入。请确认已重新登记正确的走访；没有的，写明原因。"),
    "permit_number_used_twice": _(
        "一个证号只能属于一家机构：可能录错证号，也可能同一家登记了两次。请核对证件，改正证号或合并登记。"
    ),
    "closed_but_visited_open": _(
        "取缔以后又有现场检查记为已检查：可能死灰复燃，也可能结果选错。请复核现场：仍在办学的重新责令整改，记错的撤回走访。"
    ),
    "licensed_without_licence": _(
        "以办理证照销号的，截至日应当有有效的办学许可证和登记证照。请补登证照；证照已吊销或过期的，写明原因并安排复查。"
    ),
    "outcome_before_order": _(
        "复查或看到停办的日期早于责令日期，多为日期录错。请核对通知书和走访；走访记错的撤回重录，已销号不能改的写明原因。"
    ),
    "one_photo_at_two_institutions": _(
        "一张照片不能拍自两家机构：可能传错照片，也可能走访登记到了别家。请核对原图，记错的撤回走访重录。"
    ),
}


@dataclass(frozen=True)
class Contradiction:
    """One thing that does not fit, with the institutions it is about (the first of them) and how many there are.

    `means` says what it means and what to do. `digest` is of its code and all its institutions: an explanation of
    others is none of these. `query` opens the whole list on its page.
    """

    code: str
    says: str
    count: int
    institutions: list[Listed] = field(default_factory=list)
    means: str = ""
    digest: str = ""
    query: str = ""

    def get_absolute_url(self) -> str:
        return f"{reverse('contradictions')}?{self.query}"


def as_reported(division: str, before: date, moment: Moment) -> Moment:
    """The report before: its day as it was known at the cut at which that was counted, where one was approved by the
    moment; else as it was known when the day had ended."""
    approved = apps.get_model("reports", "ReportVersion")._default_manager.filter(
        report__division=division, report__as_of=before, events__kind="approved",
        events__recorded_at__lte=moment.known_at,
    )  # fmt: skip
    known_at = approved.order_by("-known_at").values_list("known_at", flat=True).first()
    return Moment(before, known_at or min(start_of(before + timedelta(days=1)), moment.known_at))


@dataclass(frozen=True)
class _Asked:
    """What every check is asked of. `then` is the report before (`as_reported`)."""

    division: str
    moment: Moment
    before: date
    within: InstitutionQuerySet | None

    @cached_property
    def then(self) -> Moment:
        return as_reported(self.division, self.before, self.moment)

    @property
    def here(self) -> InstitutionQuerySet:
        return population(self.division, self.moment, self.within)

    @property
    def registered(self) -> InstitutionQuerySet:
        return self.here.registered_at(self.moment)

    @property
    def here_then(self) -> InstitutionQuerySet:
        return population(self.division, self.then, self.within)

    @cached_property
    def lost(self) -> tuple[list[UUID], list[UUID]]:
        return _lost(_rewritten(self), self.then, self.moment, self.division)

    def since(self, field: str) -> Q:
        """Became known since the report before."""
        return Q((f"{field}__gt", self.then.known_at), (f"{field}__lte", self.moment.known_at))

    def pks(self, institutions: InstitutionQuerySet) -> list[UUID]:
        return list(institutions.in_list_order(self.moment).values_list("pk", flat=True))


CHECKS: dict[str, Callable[[_Asked], list[UUID]]] = {
    "base_shrank": lambda asked: asked.lost[0],
    "strike_off_disappeared": lambda asked: asked.lost[1],
    "import_undone": lambda asked: asked.pks(_import_undone(asked)),
    "visit_withdrawn": lambda asked: asked.pks(_visit_withdrawn(asked)),
    "permit_number_used_twice": lambda asked: asked.pks(_same_permit(asked.registered, asked.moment)),
    "closed_but_visited_open": lambda asked: asked.pks(_closed_but_open(asked)),
    "licensed_without_licence": lambda asked: asked.pks(_without_licence(asked)),
    "outcome_before_order": lambda asked: asked.pks(_before_order(asked)),
    "one_photo_at_two_institutions": lambda asked: asked.pks(_same_photo(asked.registered, asked.moment)),
}
OF_BEFORE = {"base_shrank", "strike_off_disappeared", "import_undone", "visit_withdrawn"}  # listed as they were then


def contradictions(
    division: str,
    moment: Moment,
    before: date,
    *,
    within: InstitutionQuerySet | None = None,
    code: str = "",
    shown: int | None = SHOWN,
) -> list[Contradiction]:
    """Every check that found something, or the one that is asked for by its code; with so many of the institutions, or
    all of them for None. `before` is the cut-off day of the report before."""
    asked = _Asked(division, moment, before, within)
    found = {each: CHECKS[each](asked) for each in CHECKS if code in ("", each)}
    return [_told(each, pks, asked, shown) for each, pks in found.items() if pks]


def may_have(rounds: RectificationQuerySet, division: str, *, few: bool = False) -> Q:
    """Whether one of the rounds may be of an institution that lay in the division: as a condition on it that is told
    from the rounds there, not asked of each institution. Where it never moved nor was merged its rounds lie where it
    does; of the others everybody may. `few` are fetched first, as a list."""
    there = rounds.in_division(division).order_by().values_list("institution", flat=True)
    return Q(pk__in=list(there) if few else there) | Q(moved=True) | Q(has_merges=True)


def _told(code: str, pks: list[UUID], asked: _Asked, shown: int | None) -> Contradiction:
    told = {"division": asked.division, "as_of": asked.moment.on.isoformat()}
    if asked.before >= EARLIEST:  # else the page takes it by itself, and no question may name it
        told["before"] = asked.before.isoformat()
    query = urlencode(told | {"known_at": asked.moment.known_at.isoformat(), "code": code})
    digest = digest_of(canonical({"code": code, "institutions": sorted(map(str, pks))}))
    moment = asked.then if code in OF_BEFORE else asked.moment
    rows = Institution.objects.in_bulk(pks[:shown])
    listed = as_listed([rows[pk] for pk in pks[:shown]], moment)
    return Contradiction(code, str(SAYS[code]), len(pks), listed, str(MEANS[code]), digest, query)


def _lost(rewritten: InstitutionQuerySet, then: Moment, now: Moment, division: str) -> tuple[list[UUID], list[UUID]]:
    """What the report before counted and this one does not: two checks that ask the same of the same few.

    Left: surveyed, or with problems, as it was known then; no longer so, or no
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
    counted_then = rewritten.filter(surveyed(then)).in_list_order(then)
    for each in counted_then.annotate(**asked).values("pk", *asked):
        if not each["kept"] or each["had"] and not each["has"]:
            left.append(each["pk"])
        rectified = each["kept"] and each["has"] and not each["is_open"]
        if each["had"] and not each["was_open"] and not rectified and not each["again"]:
            undone.append(each["pk"])
    return left, undone


def _rewritten(asked: _Asked) -> InstitutionQuerySet:
    """Institutions of whose past more, or less, became known after `then`: a round of that time recorded or any voided,
    a registration merged or withdrawn, a survey withdrawn; and those that moved. What was counted then can be lost to
    no other: a narrow set to look through.
    """
    then = asked.then
    late = Q(ordered_on__lte=then.on, ordered_recorded_at__gt=then.known_at)
    rounds = Rectification.objects.filter(late | Q(voided_at__gt=then.known_at))
    gone = Q(merged_at__gt=then.known_at) | Q(withdrawn_at__gt=then.known_at) | Q(survey_withdrawn=True)
    return asked.here_then.filter(gone | may_have(rounds, asked.division))


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
    """Two institutions with one permit number in force on the day; blanks, 教民 before it and 号 behind it make it no
    other (`bare_permit`).

    The shared numbers are fetched first: as a subquery PostgreSQL may work them out once for every permit.
    """
    permits = (
        Licence.objects.valid_at(moment)
        .filter(kind=Licence.Kind.PERMIT, institution__in=within.order_by())
        .exclude(number="")
        .annotate(bare=Upper(_without("number", " ", "\u3000", "教民", "号")))
        .order_by()
    )
    twice = permits.values("bare").annotate(places=Count("institution", distinct=True)).filter(places__gt=1)
    shared = list(twice.values_list("bare", flat=True))
    return within.filter(pk__in=permits.filter(bare__in=shared).values("institution")) if shared else within.none()


def _without(name: str, *signs: str) -> Replace:
    """A column without these signs."""
    first, *others = signs
    bare = Replace(name, Value(first))
    for sign in others:
        bare = Replace(bare, Value(sign))
    return bare


def _closed_but_open(asked: _Asked) -> InstitutionQuerySet:
    """Struck off as closed at the moment, and inspected on a later day. Those that may be are told apart first: the few
    rounds of which it holds, as a list, or PostgreSQL would look through the rounds of the whole country."""
    moment = asked.moment
    later = _seen_open(moment).filter(institution=OuterRef("institution"), happened_on__gt=OuterRef("verified_on"))
    rounds = _closed(moment).filter(Exists(later))
    closed = asked.registered.filter(may_have(rounds, asked.division, few=True)).filter(_was_closed(moment))
    return closed.alias(closed_on=ceased_on(moment), seen_on=_seen_open_on(moment)).filter(seen_on__gt=F("closed_on"))


@as_of(BooleanField())
def _was_closed(moment: Moment) -> Case:
    return any_of(_closed(moment), moment)


def _closed(moment: Moment) -> RectificationQuerySet:
    return Rectification.objects.verified_at(moment).filter(outcome=Outcome.CLOSED)


@as_of(DateField())
def _seen_open_on(moment: Moment) -> Case:
    """The last day on which it was inspected; by day and moment of the visits known, later ones too."""
    open_last = _seen_open(moment).order_by("-happened_on")
    return any_of(open_last, moment, lambda visits: Subquery(visits.values("happened_on")[:1]))


def _seen_open(moment: Moment) -> "QuerySet[Visit]":
    return Visit.objects.known_at(moment).filter(result=Visit.Result.INSPECTED)


def _without_licence(asked: _Asked) -> InstitutionQuerySet:
    moment = asked.moment
    rounds = Rectification.objects.verified_at(moment).filter(outcome=Outcome.LICENSED)
    licensed = asked.here.filter(may_have(rounds, asked.division))
    without = licensed.with_licence_now(moment).exclude(licence_now=LicenceStatus.FULL)
    return members("licensed", without, moment)


def _before_order(asked: _Asked) -> InstitutionQuerySet:
    """A verified round of which the visit that rechecked it or saw the place closed lies before the day it was ordered.
    That it was handed in or struck off before that day the database refuses."""
    rounds = may_have(_by_earlier(asked.moment), asked.division, few=True)
    return asked.registered.filter(rounds).filter(_verified_by_earlier(asked.moment))


@as_of(BooleanField())
def _verified_by_earlier(moment: Moment) -> Case:
    return any_of(_by_earlier(moment), moment)


def _by_earlier(moment: Moment) -> RectificationQuerySet:
    evidence = Q(purpose=Visit.Purpose.RECHECK) | Q(result=Visit.Result.CEASED)
    earlier = Visit.objects.known_at(moment).filter(
        evidence, rectification=OuterRef("pk"), happened_on__lt=OuterRef("ordered_on")
    )
    return Rectification.objects.verified_at(moment).filter(Exists(earlier))


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


def _import_undone(asked: _Asked) -> InstitutionQuerySet:
    """Counted then by an import, of a register or a ledger, that was taken back since."""
    counted = ImportBatch.objects.filter(recorded_at__lte=asked.then.known_at).order_by()
    begun = Q(rolled_back_at__isnull=True, taken_back_to__isnull=False)
    undone = list(counted.filter(begun | Q(rolled_back_at__gt=asked.then.known_at)).values_list("pk", flat=True))
    if not undone:
        return asked.here_then.none()
    rows = ImportedRow.objects.filter(asked.since("batch__rolled_back_at"), batch__in=undone).exclude(kind="unchanged")
    entries = LedgerEntry.objects.filter(asked.since("taken_back_at"), batch__in=undone)
    return _surveyed_then(asked, rows, entries)


def _visit_withdrawn(asked: _Asked) -> InstitutionQuerySet:
    """Counted then with a visit that surveyed it, or found something, and was withdrawn since; not with its import."""
    told = Q(purpose=Visit.Purpose.SURVEY) | Q(Exists(Finding.objects.filter(visit=OuterRef("pk"))))
    of_import = Q(visit=OuterRef("pk")) | Q(recheck=OuterRef("pk"))
    undone = LedgerEntry.objects.filter(of_import, asked.since("taken_back_at"))
    return _surveyed_then(
        asked, Visit.objects.known_at(asked.then).filter(asked.since("withdrawn_at"), told, ~Exists(undone))
    )


def _surveyed_then(asked: _Asked, *taken_back: "QuerySet[Any]") -> InstitutionQuerySet:
    """Who was surveyed then and has one of the rows, its own or of what was merged into it then. It begins with the
    rows: few are taken back, and their indexes hold nothing else."""
    of = whose("institution", asked.then)
    some = [rows.filter(institution__isnull=False).order_by().annotate(of=of).values("of") for rows in taken_back]
    theirs = some[0].union(*some[1:], all=True) if some[1:] else some[0]
    return asked.here_then.filter(surveyed(asked.then)).filter(pk__in=theirs)
