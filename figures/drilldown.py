"""The one URL grammar that opens the institutions behind a number, for pages, map, API and exports.

/institutions/?division=330382&as_of=2018-12-31&figure=rectified&licence_status=none&outcome=closed&finding_type=L01&q=…

`standing` may be several: `standing=overdue,open` are the institutions of either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta

from django.db.models import BooleanField

from accounts.models import User
from accounts.roles import Permission
from figures.questions import OneOf, Question, QuestionForm, Read, SomeOf, finding_type_on_file, listed
from figures.standing import ceased_on, with_standing
from figures.statistics import FIGURES, members, population, with_finding
from figures.unseen import CLEAR_OR_UNSEEN, Status, in_status
from inspections.models import Outcome, Rectification, Visit
from inspections.search import check_words, institutions_matching
from institutions.models import Institution, InstitutionQuerySet, LicenceStatus, any_of, licence_status_then
from institutions.moments import Moment

NOT_FULL = "not_full"  # of the licence status at survey: a permit, a registration or both are missing
UNVISITED_DAYS = ["30", "90", "180", "365"]


LACKING = [status for status in LicenceStatus.values if status != LicenceStatus.FULL]


class DrilldownForm(QuestionForm):
    figure = OneOf(FIGURES)
    standing = SomeOf([*Status.values, CLEAR_OR_UNSEEN])
    licence_status = OneOf([*LicenceStatus.values, NOT_FULL])
    licence_now = OneOf(LicenceStatus.values)
    outcome = OneOf(Outcome.values)
    finding_type = Read(finding_type_on_file)
    located = OneOf(["yes", "no"])
    unvisited = OneOf([*UNVISITED_DAYS, "ever"])
    q = Read(check_words)


@dataclass(frozen=True)
class Drilldown(Question):
    """A checked question: which institutions, of which division, at which moment. Empty strings ask for nothing."""

    form = DrilldownForm

    figure: str = ""
    standing: str = ""
    licence_status: str = ""
    licence_now: str = ""
    outcome: str = ""
    finding_type: str = ""
    located: str = ""
    unvisited: str = ""
    q: str = ""

    def institutions(self, user: User, moment: Moment | None = None) -> InstitutionQuerySet:
        """The visible institutions that answer the question, each with its `standing`; not yet ordered or paged."""
        moment = moment or self.moment
        found = population(self.divisions(user), moment, Institution.objects.visible_to(user))
        if self.q:
            people_in = user.prefixes(Permission.SEE_PERSONAL_DATA)
            merged_in = user.prefixes(Permission.SEE)
            found = institutions_matching(found, self.q, people_in=people_in, merged_in=merged_in, moment=moment)
        if self.located:
            found = found.located() if self.located == "yes" else found.unlocated()
        if self.unvisited:
            found = _unvisited(found, self.unvisited, moment)
        if self.licence_status:
            asked = LACKING if self.licence_status == NOT_FULL else [self.licence_status]
            found = found.alias(status_then=licence_status_then(moment)).filter(status_then__in=asked)
        if self.licence_now:
            found = found.with_licence_now(moment).filter(licence_now=self.licence_now)
        if self.finding_type:
            found = with_finding(found, self.finding_type, moment)
        if self.figure:
            found = members(self.figure, found, moment)
        else:
            found = with_standing(found.registered_at(moment), moment)
        if self.standing:
            found = in_status(found, listed(self.standing), moment)
        return found.filter(standing=self.outcome) if self.outcome else found


def not_ordered_yet(codes: Sequence[str]) -> int:
    """How many were surveyed without a permit, a registration or both, and never had a round that stands: as many as
    the list of `standing=without_problems&licence_status=not_full` shows today. Each such institution is looked at for
    rounds: for a county, not more."""
    now = Moment.that_stands()
    surveyed = Institution.objects.in_divisions(codes).surveyed_at(now).filter(licence_status_at_survey__in=LACKING)
    return surveyed.alias(ordered=any_of(Rectification.objects.standing(), now)).filter(ordered=False).count()


GRAMMAR = tuple(item.name for item in fields(Drilldown))


def _unvisited(found: InstitutionQuerySet, since: str, moment: Moment) -> InstitutionQuerySet:
    """Institutions that had not ceased, without a visit in the days up to the moment, or `ever`."""
    visits = Visit.objects.known_at(moment)
    if since != "ever":
        visits = visits.filter(happened_on__gt=moment.on - timedelta(days=int(since)))
    visited = any_of(visits, moment, output_field=BooleanField())
    return found.alias(closed_on=ceased_on(moment), visited=visited).filter(visited=False, closed_on__isnull=True)
