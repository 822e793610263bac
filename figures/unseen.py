"""What is said of an institution without a problem that nobody has looked at: the word only, it stands where it stands.

A register brings most institutions surveyed, with their licence status, before anybody goes there: “no problem found”
would say that somebody had looked. The standing, and with it every figure, is the same (docs/adr/0001).
"""

from datetime import date

from django.db.models import DateField, Max, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from figures.statistics import Standing
from inspections.models import Visit
from institutions.models import Institution
from institutions.moments import Moment
from institutions.sql_once import as_of

UNSEEN = _("排摸后未检查")
SAW_THE_PLACE = [Visit.Result.INSPECTED, Visit.Result.CEASED]  # as Visit.saw_the_place


@as_of(DateField())
def last_seen_on(moment: Moment) -> Subquery:
    """The last day on which somebody stood in the institution, as known at the moment."""
    visits = Visit.objects.known_at(moment).filter(institution=OuterRef("pk"), result__in=SAW_THE_PLACE)
    return Subquery(visits.order_by().values("institution").annotate(last=Max("happened_on")).values("last"))


def is_unseen(institution: Institution, surveyed_on: date | None) -> bool:
    """Whether nobody stood there since it was surveyed; of one annotated with `standing` and `last_seen_on`."""
    if institution.standing != Standing.CLEAR or surveyed_on is None:  # type: ignore[attr-defined]
        return False
    seen_on: date | None = institution.last_seen_on  # type: ignore[attr-defined]
    return seen_on is None or seen_on < surveyed_on
