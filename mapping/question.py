"""What the map and the list beside it are asked: the drill-down grammar, and what has changed since a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Self

from django.db.models import F
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.models import AuditRow, User
from accounts.requests import SignedInApiRequest
from figures.drilldown import GRAMMAR, Drilldown, DrilldownForm
from figures.questions import Read, division_asked, parse_day
from figures.unseen import status_then
from inspections.search import note_search
from institutions.models import InstitutionQuerySet
from institutions.moments import Moment, start_of, today
from mapping.models import WallPass


class MapForm(DrilldownForm):
    change_since = Read(parse_day)


@dataclass(frozen=True)
class MapQuestion(Drilldown):
    """With `change_since` only institutions whose Status on the day is another than on that one, both as known at K."""

    form = MapForm

    change_since: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str], user: User) -> Self:
        if not any(query.get(name) for name in MAP_GRAMMAR[1:]):  # nothing to be checked but where
            return cls(division_asked(query.get("division", "").strip(), user))
        question = super().from_query(query, user)
        if question.change_since and parse_day(question.change_since) >= question.day:
            said = {"given": question.change_since, "as_of": question.day}
            raise Invalid({"change_since": [_("对比日期 %(given)s 应在截至日期 %(as_of)s 之前。") % said]})
        return question

    @property
    def day(self) -> date:
        return parse_day(self.as_of) if self.as_of else today()

    @cached_property
    def moment(self) -> Moment:
        return moment_of(self) or super().moment

    def institutions(self, user: User, moment: Moment | None = None) -> InstitutionQuerySet:
        """Each with its status then as `was`, where what has changed is asked for."""
        moment = moment or self.moment
        found = super().institutions(user, moment)
        if not self.change_since:
            return found
        since = Moment(parse_day(self.change_since), moment.known_at)
        return found.annotate(was=status_then(since)).alias(now=status_then(moment)).exclude(was=F("now"))


LONGEST_SENT = 2000  # characters


def question_sent(text: str, user: User) -> Drilldown:
    """The map's question as a form of its page sends it, a query string within a field; what of it is the page's own
    (view, layer) is passed over. Raises Invalid for NUL, which no check of the request as a whole sees in there, and
    for more than a question is long."""
    if "%00" in text or len(text) > LONGEST_SENT:
        raise Invalid({"asked": [_("所问的条件无法处理（太长，或有空字符）。请回到地图重新选择。")]})
    asked = QueryDict(text)
    return Drilldown.from_query({name: asked[name] for name in asked if name in GRAMMAR}, user)


MAP_GRAMMAR = (*GRAMMAR, "change_since")


def note_question(request: SignedInApiRequest, question: Drilldown, *, where: str, found: int) -> None:
    """Leave in the trail what was searched for; a screen, which asks the same every half minute, does so once a day."""
    if question.q and not (isinstance(request.auth, WallPass) and _noted_today(request.user, question.q)):
        note_search(request.user, question.q, where=where, found=found, divisions=question.divisions(request.user))


def _noted_today(user: User, words: str) -> bool:
    return AuditRow.objects.filter(by=user, at__gte=start_of(today()), action="search", after__q=words).exists()


def moment_of(question: Drilldown) -> Moment | None:
    """Of a question of today that names no K: all that stands. No K is given away with it, and a visit that was stored
    is in the next answer, whoever else is still writing."""
    if question.known_at or (question.as_of and parse_day(question.as_of) != today()):
        return None
    return Moment.that_stands()
