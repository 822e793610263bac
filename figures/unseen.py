"""What is said of an institution without a problem that nobody has looked at: a status of its own.

A register brings most institutions surveyed, with their licence status, before anybody goes there: “no problem found”
would say that somebody had looked. The figures do not tell the two apart: their standing is the same (docs/adr/0001).
"""

from collections.abc import Collection

from django.db.models import BooleanField, Case, CharField, DateField, Q, QuerySet, Subquery, TextChoices, Value, When
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from figures.standing import Standing, by_rounds
from inspections.models import Visit
from institutions.models import InstitutionQuerySet, any_of, seen_in_survey, surveyed_on_then
from institutions.moments import Moment
from institutions.sql_once import as_of

SAW_THE_PLACE = [Visit.Result.INSPECTED, Visit.Result.CEASED]  # as Visit.saw_the_place
CLEAR_OR_UNSEEN = "without_problems"  # as a question: what was surveyed and is in no figure of those with problems


class Status(TextChoices):
    """A Standing as people are told it."""

    UNSEEN = "unseen", _("排摸后未检查")
    CLEAR = Standing.CLEAR.value, Standing.CLEAR.label
    OPEN = Standing.OPEN.value, Standing.OPEN.label
    OVERDUE = Standing.OVERDUE.value, Standing.OVERDUE.label
    CLOSED = Standing.CLOSED.value, Standing.CLOSED.label
    LICENSED = Standing.LICENSED.value, Standing.LICENSED.label
    CORRECTED = Standing.CORRECTED.value, Standing.CORRECTED.label
    UNSURVEYED = Standing.UNSURVEYED.value, Standing.UNSURVEYED.label


@as_of(DateField())
def last_seen_on(moment: Moment) -> Case:
    """The last day on which somebody stood in the institution, as known at the moment."""

    def last(visits: QuerySet[Visit]) -> Subquery:
        return Subquery(visits.order_by("-happened_on").values("happened_on")[:1])

    return any_of(Visit.objects.known_at(moment).filter(result__in=SAW_THE_PLACE), moment, last)


@as_of(BooleanField())
def seen_since_survey(moment: Moment) -> Case:
    """Whether somebody stood there on the day of the survey that counts, or since."""
    since = GreaterThanOrEqual(last_seen_on(moment), surveyed_on_then(moment))
    return Case(When(since, then=Value(True)), default=Value(False), output_field=BooleanField())


@as_of(CharField())
def status_then(moment: Moment) -> Case:
    """The Status at the moment. Who saw it is asked of those alone that never had a round."""
    looked = When(seen_since_survey(moment), then=Value(Status.CLEAR))
    clear = Case(looked, default=Value(Status.UNSEEN), output_field=CharField())
    surveyed = When(seen_in_survey(moment), then=by_rounds(moment, clear))
    return Case(surveyed, default=Value(Status.UNSURVEYED), output_field=CharField())


def in_status(institutions: InstitutionQuerySet, asked: Collection[str], moment: Moment) -> InstitutionQuerySet:
    """Those of any of the Statuses asked for, or of the two of CLEAR_OR_UNSEEN; of institutions annotated with
    `standing`."""
    unsure = {Status.CLEAR, Status.UNSEEN}
    standings = [each for each in asked if each not in unsure]
    if CLEAR_OR_UNSEEN in asked or unsure <= set(asked):
        return institutions.filter(standing__in=[Standing.CLEAR, *standings])
    if not unsure & set(asked):
        return institutions.filter(standing__in=standings)
    found = institutions.alias(seen=seen_since_survey(moment))
    clear = Q(standing=Standing.CLEAR, seen=Status.CLEAR in asked)
    return found.filter(clear | Q(standing__in=standings) if standings else clear)
