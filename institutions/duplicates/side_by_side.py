"""Two registrations side by side, for a person who has to say whether they are one: what differs is marked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import enumerated
from institutions.duplicates.likeness import Match, Verdict
from institutions.models import DuplicateDecision, Institution, InstitutionQuerySet, Licence, Name

Of = Callable[[Any], str]
OPEN_ROUND = Q(rectifications__verified_on__isnull=True, rectifications__voided_at__isnull=True)
HEADINGS: dict[Verdict, str | Promise] = {
    Verdict.CERTAIN: _("几乎可以确定"),
    Verdict.CAMPUS: _("同一举办者的另一处"),
    Verdict.CANDIDATE: _("需要判断"),
    Verdict.NEW: _("没有发现相同之处"),
}


@dataclass(frozen=True)
class Line:
    """One thing that is said of either. `same` is None when one of them says nothing."""

    label: str | Promise
    first: str
    second: str
    same: bool | None


@dataclass(frozen=True)
class Pair:
    """Two registrations with what speaks for their being one, and what was decided of them last."""

    first: Institution
    second: Institution
    match: Match | None
    decision: DuplicateDecision | None = None

    @property
    def heading(self) -> str:
        return str(HEADINGS[self.match.verdict if self.match else Verdict.NEW])

    @property
    def verdict(self) -> str:
        return self.match.verdict if self.match else Verdict.NEW

    @property
    def lines(self) -> list[Line]:
        return list(_lines(self.first, self.second))

    @property
    def stays_first(self) -> bool:
        """Whether the first is the one to keep: what has an open round, else a survey, else what came first."""
        return _weight(self.first) >= _weight(self.second)


def for_comparing(institutions: InstitutionQuerySet) -> InstitutionQuerySet:
    """Institutions with what `Pair` shows of them, in as many queries for many as for few."""
    counted = {
        "visits_there": Count("visits", filter=Q(visits__withdrawn_at__isnull=True), distinct=True),
        "rounds_there": Count("rectifications", filter=Q(rectifications__voided_at__isnull=True), distinct=True),
        "open_rounds": Count("rectifications", filter=OPEN_ROUND, distinct=True),
    }
    names = Prefetch("names", Name.objects.filter(withdrawn_at__isnull=True), to_attr="all_names")
    licences = Prefetch("licences", Licence.objects.standing().order_by("kind", "pk"), to_attr="on_file")
    return institutions.select_related("division").annotate(**counted).prefetch_related(names, licences)


def _weight(each: Any) -> tuple[bool, bool, bool, float]:
    return (bool(each.open_rounds), each.surveyed_on is not None, bool(each.credit_code), -each.recorded_at.timestamp())


def _lines(first: Any, second: Any) -> Iterable[Line]:
    for label, of, shown in _SAID:
        one, other = of(first), of(second)
        if one or other:
            same = one == other if one and other else None
            yield Line(label, shown(first), shown(second), same)
    for label, column in ((_("走访次数"), "visits_there"), (_("整改轮数"), "rounds_there")):
        yield Line(label, str(getattr(first, column)), str(getattr(second, column)), None)


def _former_names(each: Any) -> str:
    return enumerated({row.name: None for row in each.all_names if row.name != each.name})


def _survey(each: Any) -> str:
    return f"{each.surveyed_on} {each.get_licence_status_at_survey_display()}" if each.surveyed_on else ""


def _plain(label: str | Promise, of: Callable[[Any], str]) -> tuple[str | Promise, Of, Of]:
    return label, of, of


# What is said of either; how it is compared, and how it is shown: who a person is and how to call them is masked.
_SAID: list[tuple[str | Promise, Of, Of]] = [
    _plain(_("机构名称"), attrgetter("name")),
    _plain(_("曾用名"), _former_names),
    _plain(_("招牌名称"), attrgetter("signboard_name")),
    _plain(_("乡镇（街道）"), attrgetter("division.name")),
    _plain(_("办学地址"), attrgetter("operating_address")),
    _plain(_("统一社会信用代码"), attrgetter("credit_code")),
    _plain(_("证照"), lambda each: enumerated(row.number for row in each.on_file)),
    (_("负责人"), attrgetter("principal"), attrgetter("masked_principal")),
    (_("联系电话"), attrgetter("phone"), attrgetter("masked_phone")),
    _plain(_("排摸"), _survey),
]


def found_of(pks: Iterable[UUID], institutions: InstitutionQuerySet) -> dict[UUID, Institution]:
    """The institutions of these ids with what is shown of them, by id."""
    return {each.pk: each for each in for_comparing(institutions.filter(pk__in=set(pks)))}
