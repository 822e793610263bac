"""The question about the second ledger in a URL, asked alike by its pages and by the API: of where, of which days, as
known when. It names no person: somebody is asked for by an id.

/misconduct/?division=330382&since=2018-01-01&as_of=2018-12-31&state=concluded&kind=illegal_enrolment
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, UnknownDivision
from accounts.id_numbers import reasons_of
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import outermost, within_prefixes
from accounts.watermark import settled
from institutions.asked import MOST_CHARACTERS, OneOf, Read, parse_day, parse_moment
from institutions.models import Division
from institutions.moments import EARLIEST, Moment, start_of_year
from misconduct.figures import Period, parties_in, persons_in, with_measure
from misconduct.models import (
    Case,
    CaseQuerySet,
    Kind,
    Measure,
    MeasureKind,
    Party,
    PartyQuerySet,
    Person,
    Source,
    State,
    Statement,
)

ALL = "all"  # stands in a question for every division that the asker sees


def seen_by(user: User) -> list[str]:
    """The divisions whose cases somebody sees. Raises Http404 for who sees none: they never learn what is here."""
    prefixes = outermost(user.prefixes(Permission.SEE_MISCONDUCT))
    if not prefixes:
        raise Http404
    return prefixes


def _person(text: str) -> None:
    try:
        UUID(text)
    except ValueError:
        raise ValueError(_("“%(given)s”不是当事人的编号。") % {"given": text}) from None


class MisconductForm(forms.Form):
    """Checks the words of a question; the division is looked up apart: one out of sight is a 404."""

    since = Read(parse_day)
    as_of = Read(parse_day)
    known_at = Read(parse_moment)
    kind = OneOf(Kind.values)
    source = OneOf(Source.values)
    state = OneOf(State.values)
    measure = OneOf(MeasureKind.values)
    person = Read(_person)
    q = forms.CharField(required=False, max_length=MOST_CHARACTERS)

    def clean_q(self) -> str:
        """What is searched for stays in the audit trail."""
        words: str = self.cleaned_data["q"]
        if reasons := reasons_of({"q": words}, old=False):
            raise forms.ValidationError(reasons["q"])
        return words

    def clean(self) -> dict[str, Any]:
        since, as_of = (self.cleaned_data.get(name, "") for name in ("since", "as_of"))
        if since and as_of and as_of < since:
            self.add_error("since", _("起日 %(since)s 晚于截至日期 %(as_of)s。") % {"since": since, "as_of": as_of})
        return self.cleaned_data


@dataclass(frozen=True)
class MisconductQuestion:
    """A checked question. Empty strings ask for nothing.

    `since` and `as_of`, both included, are about the day of the conclusion where `state` asks for one, else about the
    day on which a case was accepted. `q` is looked for in numbers, schools and documents, never in names.
    """

    division: str = ""
    since: str = ""
    as_of: str = ""
    known_at: str = ""
    kind: str = ""
    source: str = ""
    state: str = ""
    measure: str = ""
    person: str = ""
    q: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str], user: User) -> Self:
        """Read and check a query string; without `division`, or with ALL, it is of all that the user sees.

        Raises Http404 for who sees no case anywhere, UnknownDivision for a division that is absent or out of sight,
        Invalid with every wrong parameter.
        """
        seen = seen_by(user)
        division = _division(query.get("division", "").strip(), seen)
        form = MisconductForm({item.name: query.get(item.name, "") for item in fields(cls)})
        if not form.is_valid():
            raise Invalid({name: [str(reason) for reason in reasons] for name, reasons in form.errors.items()})
        return cls(division=division, **form.cleaned_data)

    def divisions(self, user: User) -> list[str]:
        """The codes of the divisions that are asked about, none in another."""
        return seen_by(user) if self.division == ALL else [self.division]

    @cached_property
    def moment(self) -> Moment:
        """One for the whole answer. Raises Invalid for a `known_at` to come, Unsettled while one writes below it."""
        return Moment.of(
            parse_day(self.as_of) if self.as_of else None,
            settled(parse_moment(self.known_at)) if self.known_at else None,
        )

    @property
    def first(self) -> date:
        """The first day asked about: without `since` that of the year for figures."""
        return parse_day(self.since) if self.since else start_of_year(self.moment.on)

    @property
    def period(self) -> Period:
        return Period(self.first, self.moment)

    def cases(self, user: User) -> CaseQuerySet:
        """The visible cases that answer the question, with what held of each; not ordered."""
        moment = self.moment
        found = Case.objects.in_divisions(self.divisions(user))
        since = parse_day(self.since) if self.since else EARLIEST
        concluded = self.state == State.CONCLUDED
        found = found.concluded_at(moment, since) if concluded else found.found_at(moment)
        stated = Statement.objects.known_at(moment).filter(case=OuterRef("pk"))
        for name in ("kind", "source"):
            if asked := getattr(self, name):
                found = found.filter(Exists(stated.filter(**{name: asked})))
        if self.since and self.state in ("", State.ACCEPTED):
            found = found.filter(Exists(stated.filter(found_on__gte=since)))
        found = found.with_what_held(moment)
        if self.state:
            found = found.filter(state_then=self.state)
        if self.state == State.DISMISSED:
            found = found.filter(handled_on_then__gte=since)
        if self.measure:
            found = with_measure(found, self.measure, moment)
        if self.person:
            concerned = Party.objects.known_at(moment).filter(case=OuterRef("pk"), person=self.person)
            found = found.filter(Exists(concerned))
        return self._with_words(found) if self.q else found

    def _with_words(self, found: CaseQuerySet) -> CaseQuerySet:
        decided = Measure.objects.decided_at(self.moment).filter(document__icontains=self.q, party__case=OuterRef("pk"))
        parties = Party.objects.known_at(self.moment)
        decided = decided.filter(party__in=parties.values("pk"))
        return found.filter(Q(number__icontains=self.q) | Q(school_then__icontains=self.q) | Exists(decided))

    def persons(self, user: User) -> QuerySet[Person]:
        """Those concerned in the cases that answer, each once; with `measure` those who have such a one in them."""
        found = persons_in(self.cases(user), self.moment, self.measure)
        return found.filter(pk=self.person) if self.person else found

    def parties(self, user: User) -> PartyQuerySet:
        """Each person's part in each of the cases that answer."""
        return parties_in(self.cases(user), self.moment, self.measure)

    def query_string(self, **changes: str) -> str:
        """The question as a query string, with some of it changed."""
        values: dict[str, Any] = {item.name: getattr(self, item.name) for item in fields(self)} | changes
        return urlencode({name: value for name, value in values.items() if value})


ASKED = tuple(item.name for item in fields(MisconductQuestion))


def _division(given: str, seen: list[str]) -> str:
    if given in ("", ALL):
        if len(seen) > 1:
            return ALL
        given = seen[0]
    if not given.startswith(tuple(seen)) or not Division.objects.filter(pk=given).exists():
        raise UnknownDivision(_("没有代码为“%(code)s”的行政区划。") % {"code": given[:MOST_CHARACTERS]})
    return given


def divisions_offered(user: User, code: str) -> QuerySet[Division]:
    """What somebody looking at a division goes on to: the divisions above it, beside each and below it, of those where
    they see cases."""
    seen = seen_by(user)
    above = [code[:digits] for digits in (2, 4, 6, 9) if digits <= len(code)]
    near = Q(code__in=[*above, *seen]) | Q(parent__in=above)
    return Division.objects.filter(near, within_prefixes("code", seen)).exclude(level="village").order_by("code")


def names_shown(where: str, *, by: User, in_clear: bool, divisions: list[str], **what: Any) -> None:
    """Note that somebody read who is concerned: `where` is the door's code, `what` says of which case or question.

    In clear it is personal data that was read; masked, that the ledger was looked at.
    """
    if in_clear:
        audit.note("personal_data.read", by=by, what={"where": where, "fields": ["name"], **what}, divisions=divisions)
    else:
        audit.note("misconduct.read", by=by, what={"where": where, **what}, divisions=divisions)
