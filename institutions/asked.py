"""How the words of a question in a URL are read: days, moments, one of a few words."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.errors import enumerated
from institutions.moments import EARLIEST, today

LATEST_YEAR = 2999  # far from the end of what a clock can say
MOST_CHARACTERS = 100


class OneOf(forms.CharField):
    """One of the words that are accepted, or nothing."""

    def __init__(self, accepted: Iterable[str]):
        super().__init__(required=False, max_length=MOST_CHARACTERS)
        self.accepted = list(accepted)

    def validate(self, value: str) -> None:
        if value and value not in self.accepted:
            given = {"given": value, "known": enumerated(self.accepted)}
            raise ValidationError(_("“%(given)s”不可用，可用：%(known)s。") % given)


class SomeOf(OneOf):
    """One or several of the words that are accepted, none twice: a list with commas, or nothing."""

    def validate(self, value: str) -> None:
        words = listed(value)
        for word in words:
            super().validate(word)
        if len(set(words)) < len(words) or (value and "" in words):
            raise ValidationError(_("“%(given)s”里有空的或重复的词。") % {"given": value})


def listed(value: str) -> list[str]:
    """The words of a list with commas."""
    return value.split(",") if value else []


class Read(forms.CharField):
    """A text that can be read, or nothing; it stays the text. `read` raises ValueError with a sentence."""

    def __init__(self, read: Callable[[str], object]):
        super().__init__(required=False, max_length=MOST_CHARACTERS)
        self.read = read

    def validate(self, value: str) -> None:
        try:
            self.read(value) if value else None
        except ValueError as problem:
            raise ValidationError(str(problem)) from problem


def parse_day(text: str) -> date:
    """ "2018-12-31" -> day. Raises ValueError with a sentence for anything else, and for a day in the future."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ValueError(_("“%(given)s”不是日期，例：2018-12-31。") % {"given": text})
    if day > today():
        raise ValueError(_("日期 %(given)s 在今天之后。") % {"given": text})
    if day < EARLIEST:
        raise ValueError(_("日期 %(given)s 过早，最早为 %(earliest)s。") % {"given": text, "earliest": EARLIEST})
    return day


def parse_moment(text: str) -> datetime:
    """ISO 8601 -> aware moment; without an offset it is Asia/Shanghai. Raises ValueError with a sentence."""
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or not EARLIEST.year <= moment.year <= LATEST_YEAR:
        raise ValueError(_("“%(given)s”不是时刻，例：2019-01-03T17:00:00+08:00。") % {"given": text})
    if timezone.is_naive(moment):
        moment = moment.replace(tzinfo=timezone.get_default_timezone())
    return moment.astimezone(UTC)
