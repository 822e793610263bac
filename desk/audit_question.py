"""What the audit page is asked: a checked question, and the rows that answer it, newest first, a page at a time.

Who reads which row is `AuditRowQuerySet.parts_for`: each part is read in its own order and the parts are merged, so
that a page costs what a page holds and never the whole trail.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit_words import ACTIONS, GROUPS
from accounts.errors import Invalid, UnknownDivision, enumerated
from accounts.models import AuditRow, AuditRowQuerySet, Grant, User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from desk.trail import ACCOUNT, INSTITUTION, KEPT_ASIDE, LICENCE, ROUND, VISIT
from figures.conditions import Condition
from inspections.models import QuarantinedVisit, Rectification, Visit
from inspections.search import check_words, institutions_matching
from institutions.models import Division, Institution, Licence, Place
from institutions.moments import EARLIEST, start_of

PAGE_SIZE = 50
LATEST_YEAR = 2999
MOST_NAMED = 20  # things that words may stand for at once
COMMAND = "命令行"  # as it stands in a link, in any language
BY_COMMAND = gettext_lazy("命令行")
IN_A_DIVISION = {code for group in ("registry", "field") for code in (group, *GROUPS[group][1])}  # always, each row
NO_DAY = {"invalid": gettext_lazy("请填写日期，例：2018-12-31。")}
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Bookmark:
    """Where a row stands in the order of time: its moment, and its number where two have one moment."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - BEGINNING) // timedelta(microseconds=1)}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Bookmark":
        """Raises ValueError for what `str` did not write."""
        moment, pk = text.split("-")
        if not (moment.isascii() and moment.isdecimal() and pk.isascii() and pk.isdecimal() and len(moment) <= 17):
            raise ValueError(text)
        return cls(BEGINNING + timedelta(microseconds=int(moment)), int(pk[:18]))


class AuditPage(NamedTuple):
    """Rows newest first, and whether there are newer and older ones."""

    rows: list[AuditRow]
    newer: str
    older: str


class QuestionForm(forms.Form):
    """The accepted parameters of /audit/."""

    q = forms.CharField(label=gettext_lazy("机构、通知书编号或账号"), required=False, max_length=60)
    by = forms.CharField(label=gettext_lazy("操作人"), required=False, max_length=60)
    action = forms.ChoiceField(
        label=gettext_lazy("操作"),
        required=False,
        choices=[("", ""), *((each, each) for each in (*GROUPS, *ACTIONS))],
    )
    since = forms.DateField(label=gettext_lazy("起日"), required=False, error_messages=NO_DAY)
    until = forms.DateField(label=gettext_lazy("止日"), required=False, error_messages=NO_DAY)
    division = forms.CharField(label=gettext_lazy("辖区"), required=False, max_length=12)
    about = forms.RegexField(
        r"\A(institution:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|account:[0-9]{1,9})\Z",
        label=gettext_lazy("对象"),
        required=False,
    )
    before = forms.CharField(required=False, max_length=40)
    after = forms.CharField(required=False, max_length=40)
    format = forms.ChoiceField(required=False, choices=[("", ""), ("csv", "csv")])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        for name, given in (("since", since), ("until", until)):
            if given and not EARLIEST.year <= given.year <= LATEST_YEAR:
                self.add_error(
                    name,
                    _("日期 %(given)s 不在 %(first)s 年至 %(last)s 年之间。")
                    % {"given": given, "first": EARLIEST.year, "last": LATEST_YEAR},
                )
        if since and until and until < since:
            self.add_error("until", _("止日 %(until)s 早于起日 %(since)s。") % {"since": since, "until": until})
        return cleaned

    def clean_q(self) -> str:
        return self._words("q")

    def clean_by(self) -> str:
        return self._words("by")

    def _words(self, name: str) -> str:
        """Not more than a search takes, and no ID-card number: what is asked stays in the trail."""
        words: str = self.cleaned_data[name]
        try:
            check_words(words)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem
        return words

    def clean_before(self) -> Bookmark | None:
        return self._place("before")

    def clean_after(self) -> Bookmark | None:
        return self._place("after")

    def _place(self, name: str) -> Bookmark | None:
        given = self.cleaned_data[name]
        try:
            return Bookmark.read(given) if given else None
        except (ValueError, OverflowError) as problem:
            raise forms.ValidationError(_("“%(given)s”不是翻页的位置。") % {"given": given}) from problem


class AuditQuestion:
    """A checked question of one auditor. Raises Invalid (422) with everything that is not understood, UnknownDivision
    for a division that is absent or that they do not audit."""

    def __init__(self, query: QueryDict, reader: User):
        self.reader = reader
        form = QuestionForm(query)
        unknown = sorted(set(query) - set(form.fields))
        errors = {
            name: [
                _("不认识的条件“%(name)s”，可用：%(known)s。") % {"name": name[:40], "known": enumerated(form.fields)}
            ]
            for name in unknown
        }
        if not form.is_valid():
            for name, reasons in form.errors.items():
                label = form.fields[name].label
                errors[name] = [f"{label}：{reason}" if label else str(reason) for reason in reasons]
        if errors:
            raise Invalid(errors)
        self.asked: dict[str, Any] = {name: value for name, value in form.cleaned_data.items() if value}
        self._given = {name: str(query[name]) for name in self.asked if name not in ("before", "after", "format")}
        self.prefixes = reader.prefixes(Permission.SEE_AUDIT)
        if division := self.asked.get("division"):
            audited = any(division.startswith(prefix) for prefix in self.prefixes)
            if not (audited and Division.objects.filter(pk=division).exists()):
                raise UnknownDivision(_("没有代码为“%(code)s”的行政区划。") % {"code": division})

    @property
    def divisions(self) -> list[str]:
        """The division asked for, or all that the reader audits."""
        return [self.asked["division"]] if "division" in self.asked else self.prefixes

    @property
    def is_turned(self) -> bool:
        """Whether another page of the same question is asked for, or its export: no new search."""
        return bool({"before", "after", "format"} & self.asked.keys())

    def reads_account(self, pk: int) -> bool:
        """Whether the name of an account may be told by its number alone: of those in the reader's divisions."""
        grants = Grant.objects.filter(within_prefixes("division_prefix", self.prefixes) | Q(division_prefix=""))
        return grants.filter(user=pk).exists()

    def query_string(self, **changed: str) -> str:
        """The question without its place in the pages, with some of it changed."""
        asked = QueryDict(mutable=True)
        asked.update({name: value for name, value in (self._given | changed).items() if value})
        return asked.urlencode()

    def conditions(self, object_name: str, division_name: str) -> list[Condition]:
        """What was asked for in words, each with the way without it."""
        fields = QuestionForm.base_fields
        action = self.asked.get("action", "")
        said = self._given | {"action": str(GROUPS[action][0] if action in GROUPS else ACTIONS.get(action, ""))}
        said |= {"about": object_name, "division": division_name}
        said |= {"by": str(BY_COMMAND)} if self.asked.get("by") == COMMAND else {}
        return [
            Condition(str(fields[name].label), said[name], self.query_string(**{name: ""}))
            for name in fields
            if name in self._given
        ]

    def page(self) -> AuditPage:
        """The rows before or after a place, or the newest."""
        before, after = self.asked.get("before"), self.asked.get("after")
        places = self._places(before, after, PAGE_SIZE + 1)
        more, places = len(places) > PAGE_SIZE, places[:PAGE_SIZE]
        if after:
            places.reverse()
        older = more or bool(after) if places else False
        newer = (more if after else bool(before)) if places else False
        return AuditPage(self._rows(places), str(places[0]) if newer else "", str(places[-1]) if older else "")

    def count_to(self, most: int) -> int:
        """How many rows answer, counted no further than one above `most`."""
        return len(self._places(None, None, most + 1))

    def all_rows(self, size: int = 500) -> Iterator[list[AuditRow]]:
        """Every row, newest first, in pieces."""
        place = None
        while places := self._places(place, None, size):
            yield self._rows(places)
            place = places[-1]

    def _rows(self, places: Sequence[Bookmark]) -> list[AuditRow]:
        found = AuditRow.objects.select_related("by").in_bulk([each.pk for each in places])
        return [found[each.pk] for each in places]

    def _places(self, before: Bookmark | None, after: Bookmark | None, most: int) -> list[Bookmark]:
        """Up to `most` places, from the nearest on: newest first, or behind `after` oldest first."""
        rows = self._wanted()
        order = ("at", "pk") if after else ("-at", "-pk")
        if before:
            rows = rows.filter(Q(at__lt=before.at) | Q(at=before.at, pk__lt=before.pk), at__lte=before.at)
        if after:
            rows = rows.filter(Q(at__gt=after.at) | Q(at=after.at, pk__gt=after.pk), at__gte=after.at)
        division = self.asked.get("division")
        parts = rows.parts_for([division] if division else self.prefixes, shared=not division)
        if self.asked.get("action") in IN_A_DIVISION:
            parts = parts[:1]
        read = [[Bookmark(at, pk) for at, pk in part.order_by(*order).values_list("at", "pk")[:most]] for part in parts]
        return list(heapq.merge(*read, reverse=not after))[:most]

    def _wanted(self) -> AuditRowQuerySet:
        """The rows that are asked for, whoever may read them."""
        rows = AuditRow.objects.all()
        if by := self.asked.get("by"):
            people = User.objects.filter(Q(username=by) | Q(name=by)).values_list("pk", flat=True)
            rows = (
                rows.filter(by__isnull=True) if by in (COMMAND, str(BY_COMMAND)) else rows.filter(by__in=list(people))
            )
        if action := self.asked.get("action"):
            rows = rows.filter(action__in=GROUPS[action][1]) if action in GROUPS else rows.filter(action=action)
        if since := self.asked.get("since"):
            rows = rows.filter(at__gte=start_of(since))
        if until := self.asked.get("until"):
            rows = rows.filter(at__lt=start_of(until + timedelta(days=1)))
        if "about" in self.asked:
            kind, pk = self.asked["about"].split(":")
            rows = rows.filter(_of_institutions([pk]) if kind == "institution" else _of_accounts([int(pk)]))
        if "q" in self.asked:
            institutions, accounts = self.named
            rows = rows.filter(_of_institutions(institutions) | _of_accounts(accounts))
        return rows

    @cached_property
    def named(self) -> tuple[list[Any], list[int]]:
        """(institutions, accounts) that the words may stand for, among those of the reader: so many of each at most."""
        words = self.asked["q"]
        here = within_prefixes("scope_code", self.prefixes)
        of_rounds = Rectification.objects.filter(
            within_prefixes("institution__scope_code", self.prefixes), number__icontains=words
        )
        institutions = {
            *institutions_matching(Institution.objects.filter(here), words, merged_in=self.prefixes).values_list(
                "pk", flat=True
            )[:MOST_NAMED],
            *of_rounds.values_list("institution", flat=True)[:MOST_NAMED],
        }
        grants = Grant.objects.filter(within_prefixes("division_prefix", self.prefixes) | Q(division_prefix=""))
        called = Q(username__icontains=words) | Q(name__icontains=words)
        accounts = User.objects.filter(called, pk__in=grants.values("user")).values_list("pk", flat=True)
        return list(institutions), list(accounts[:MOST_NAMED])


def _of_institutions(pks: Sequence[Any]) -> Q:
    """Rows about institutions, their licences, visits and rounds, and about who read their personal data."""
    ids = [str(pk) for pk in pks]
    wanted = Q(object_type=INSTITUTION, object_id__in=ids)
    for label, rows in (
        (LICENCE, Licence.objects.filter(institution__in=pks)),
        (VISIT, Visit.objects.filter(institution__in=pks)),
        (ROUND, Rectification.objects.filter(institution__in=pks)),
        (KEPT_ASIDE, QuarantinedVisit.objects.filter(institution__in=pks)),
    ):
        wanted |= Q(object_type=label, object_id__in=[str(pk) for pk in rows.order_by().values_list("pk", flat=True)])
    lay_in = {
        *Institution.objects.filter(pk__in=pks).values_list("scope_code", flat=True),
        *Place.objects.filter(institution__in=pks).values_list("scope_code", flat=True),
    }  # by the place, for which there is an index, and not through every reading there is
    read = Q(object_type=ACCOUNT, action="personal_data.read", after__institution__in=ids)
    return wanted | Q(scope_code__in=lay_in) & read


def _of_accounts(pks: Sequence[int]) -> Q:
    """Rows about accounts and their grants, also those that were taken away."""
    grants = [str(pk) for pk in Grant.objects.filter(user__in=pks).values_list("pk", flat=True)]
    gone = AuditRow.objects.filter(action="grant.removed", before__user_id__in=pks)
    grants += gone.values_list("object_id", flat=True)
    return Q(object_type=ACCOUNT, object_id__in=[str(pk) for pk in pks]) | Q(
        object_type="accounts.grant", object_id__in=grants
    )
