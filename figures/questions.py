"""What every question in a URL has in common: of where, of which day, as known when; and how its words are checked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.models import User
from accounts.watermark import settled
from figures.places import ALL, CHILD_DIGITS, all_seen, unknown_division
from inspections.models import FindingType
from institutions.asked import MOST_CHARACTERS
from institutions.asked import OneOf as OneOf
from institutions.asked import Read as Read
from institutions.asked import SomeOf as SomeOf
from institutions.asked import listed as listed
from institutions.asked import parse_day as parse_day
from institutions.asked import parse_moment as parse_moment
from institutions.models import Division
from institutions.moments import Moment

WHERE_AND_WHEN = ("division", "as_of", "known_at")


def parse_deadline(text: str) -> date:
    """ "2018-12-31" -> day, which may be one to come. Raises ValueError with a sentence for anything else."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ValueError(_("“%(given)s”不是日期，例：2018-12-31。") % {"given": text})
    return day


def finding_type_on_file(code: str) -> None:
    """Raises ValueError with a sentence for a code that is not in the catalogue."""
    if not FindingType.objects.filter(pk=code).exists():
        raise ValueError(_("问题目录中没有“%(given)s”。") % {"given": code})


class QuestionForm(forms.Form):
    """Checks the words of a question; the division is looked up apart: one out of sight is a 404."""

    as_of = Read(parse_day)
    known_at = Read(parse_moment)


@dataclass(frozen=True)
class Question:
    """A checked question: of where, of which day, as known when. Empty strings ask for nothing.

    `division` is a code, or ALL for every division that the asker sees when that is more than one.
    """

    form: ClassVar[type[forms.Form]] = QuestionForm

    division: str = ""
    as_of: str = ""
    known_at: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str], user: User) -> Self:
        """Read and check a query string; without `division`, or with ALL, it is of all that the user sees.

        Raises UnknownDivision for a division that is absent or out of sight, Invalid with every wrong parameter. A
        parameter that is none of this question's is for the door to refuse (accounts.requests.asks).
        """
        division = division_asked(query.get("division", "").strip(), user)
        form = cls.form({item.name: query.get(item.name, "") for item in fields(cls)})
        if not form.is_valid():
            raise Invalid({name: [str(reason) for reason in reasons] for name, reasons in form.errors.items()})
        return cls(division=division, **form.cleaned_data)

    def divisions(self, user: User) -> list[str]:
        """The codes of the divisions that are asked about, none in another."""
        return all_seen(user) if self.division == ALL else [self.division]

    @cached_property
    def moment(self) -> Moment:
        """One for the whole answer. Raises Invalid for a `known_at` to come, Unsettled while one writes below it."""
        return Moment.of(
            parse_day(self.as_of) if self.as_of else None,
            settled(parse_moment(self.known_at)) if self.known_at else None,
        )

    @property
    def moment_of_page(self) -> Moment:
        """For a page, which names no K where none was asked for: then today is what stands."""
        return self.moment if self.known_at else self.moment.as_it_stands()

    @property
    def known_at_local(self) -> str:
        """`known_at` as a field for date and time takes it: the time in Asia/Shanghai, without offset."""
        if not self.known_at:
            return ""
        # Such a field knows milliseconds: rounded up, so that what was recorded at that very moment stays known.
        known = parse_moment(self.known_at) + timedelta(microseconds=999)
        local = timezone.localtime(known).replace(tzinfo=None)
        exact = "milliseconds" if local.microsecond >= 1000 else "seconds" if local.second else "minutes"
        return local.isoformat(timespec=exact)

    def query_string(self, **changes: str) -> str:
        """The question as a query string, with some of it changed: the link to a neighbouring question."""
        values: dict[str, Any] = {item.name: getattr(self, item.name) for item in fields(self)} | changes
        return urlencode({name: value for name, value in values.items() if value})


def division_asked(given: str, user: User) -> str:
    """The division asked for, as a question keeps it. Raises UnknownDivision."""
    if given in ("", ALL):
        seen = all_seen(user)
        if len(seen) > 1:
            return ALL
        given = seen[0] if seen else ""
    visible = any(given.startswith(prefix) for prefix in user.prefixes())
    if not visible or not Division.objects.filter(pk__in=known_as(given)).exists():
        raise unknown_division(given[:MOST_CHARACTERS])
    return given


def known_as(code: str) -> list[str]:
    """The codes one of which must be on file: the division's own or, for the code of the division above filled up with
    zeros, that one: it stands for what lies in that division but in none below it (see places.Where.parts)."""
    digits = max((above for above in CHILD_DIGITS if CHILD_DIGITS[above] == len(code)), default=0)
    return [code, code[:digits]] if digits and set(code[digits:]) == {"0"} else [code]
