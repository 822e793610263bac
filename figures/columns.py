"""The columns in which institutions and the rounds of the ledger are listed, sorted and exported: the one place to add
one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, DateField, F, OuterRef, Prefetch, QuerySet, Subquery, TextChoices, Value, When
from django.db.models.functions import Coalesce, NullIf, StrIndex
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.errors import enumerated
from figures.ledger import oddities_at, submitted_on_at, verified_on_at
from figures.standing import due_on
from figures.unseen import Status, status_then
from inspections.models import Outcome, Visit
from institutions.models import (
    Category,
    Institution,
    InstitutionQuerySet,
    Licence,
    LicenceStatus,
    any_of,
    licence_now,
    licence_status_then,
    name_then,
    not_withdrawn,
    scope_code_then,
    surveyed_on_then,
)
from institutions.moments import Moment
from institutions.past import Listed
from institutions.sql_once import as_of

Cell = str | int
Line = Sequence[Cell]
UNLICENSED_FIRST = ["none", "registration_only", "permit_only", "full"]
PRESSING_FIRST = [
    Status.OVERDUE, Status.OPEN, Status.UNSURVEYED, Status.UNSEEN, Status.CLEAR, Status.CORRECTED, Status.LICENSED,
    Status.CLOSED,
]  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of a table of institutions or of rounds; `name` is what it is called in a URL.

    `cell` gives what it says of a row (a Listed, whose institution has its `standing` and what `with_list_columns`
    annotates, or a LedgerRow), to be said in the words of `choices`. None and "" are an empty cell. `masked` is what
    those read who may not see personal data. `order` makes of a moment the expression it is sorted by; a column
    without is not sorted. `look` is a class of the stylesheet.
    """

    name: str
    head: str | Promise
    cell: Callable[[Any], Any]
    choices: type[TextChoices] | None = None
    masked: Callable[[Any], str] | None = None
    order: Callable[[Moment], Any] | None = None
    look: str = ""

    @property
    def personal(self) -> bool:
        return self.masked is not None

    def of_round(self) -> "Column":
        """The column of an institution as one of the ledger."""
        cell, masked = self.cell, self.masked
        return Column(
            self.name,
            self.head,
            lambda row: cell(row.listed),
            self.choices,
            masked and (lambda row: masked(row.listed)),
            look=self.look,
        )


def _ranked(ranks: Sequence[str], of: Callable[[Moment], Any]) -> Callable[[Moment], Any]:
    """Sorted in the order of `ranks`, what has none of them last; worked out once a row, which a CASE would not be."""
    return lambda moment: StrIndex(Value(" ".join(ranks)), NullIf(of(moment), Value("")))


@as_of(DateField())
def last_visit_on(moment: Moment) -> Case:
    def last(visits: QuerySet[Visit]) -> Subquery:
        return Subquery(visits.order_by("-happened_on").values("happened_on")[:1])

    return any_of(Visit.objects.known_at(moment), moment, last)


def with_list_columns(
    found: InstitutionQuerySet, moment: Moment, columns: Iterable[Column] = ()
) -> InstitutionQuerySet:
    """What the columns show: the status, licence status now, the open round's due date, the last visit and, where one
    of them asks for them, the licences."""
    found = found.with_licence_now(moment).annotate(
        due_at_moment=due_on(moment), last_visit_on=last_visit_on(moment), stands_as=status_then(moment)
    )
    return found.prefetch_related(licences_at(moment)) if {each.name for each in columns} & LICENCE_NAMES else found


def licences_at(moment: Moment, through: str = "") -> "Prefetch[Any]":
    """`licences_then` of each institution: begun by the day and on file as known at the moment, in force or not."""
    known = Licence.objects.filter(not_withdrawn(moment), valid_from__lte=moment.on, recorded_at__lte=moment.known_at)
    revoked = When(revoked_on__lte=moment.on, revoked_recorded_at__lte=moment.known_at, then=F("revoked_on"))
    known = known.annotate(revoked_then=Case(revoked))
    return Prefetch(f"{through}licences", known.order_by("kind", "-valid_from", "pk"), to_attr="licences_then")


def _licences(listed: Listed, kind: str) -> list[Licence]:
    return [each for each in listed.institution.licences_then if each.kind == kind]  # type: ignore[attr-defined]


def _numbers(kind: str) -> Callable[[Listed], str]:
    return lambda listed: enumerated(each.number for each in _licences(listed, kind))


def _validity(kind: str) -> Callable[[Listed], str]:
    return lambda listed: enumerated(map(valid_in_words, _licences(listed, kind)))


def valid_in_words(licence: Licence) -> str:
    """2017-09-01 至 2020-08-31, with the day it was revoked; of a licence that `licences_at` brought."""
    until = str(licence.valid_to) if licence.valid_to else gettext("长期")
    said = gettext("%(first)s 至 %(last)s") % {"first": licence.valid_from, "last": until}
    revoked_on = licence.revoked_then  # type: ignore[attr-defined]
    return said + (gettext("（%(on)s 吊销或注销）") % {"on": revoked_on} if revoked_on else "")


NAME = Column("name", _("机构名称"), lambda listed: listed.name, order=name_then, look="title")
TOWNSHIP = Column("township", _("乡镇（街道）"), lambda listed: listed.division_name, order=scope_code_then)
STANDING = Column(
    "standing", _("状态"), lambda listed: listed.institution.stands_as, Status,
    order=_ranked(PRESSING_FIRST, status_then),
)  # fmt: skip
LICENCE_AT_SURVEY = Column(
    "licence_status", _("排摸时证照情况"), lambda listed: listed.licence_status, LicenceStatus,
    order=_ranked(UNLICENSED_FIRST, licence_status_then),
)  # fmt: skip
LICENCE_NOW = Column(
    "licence_now", _("证照情况"), lambda listed: listed.institution.licence_now, LicenceStatus,
    order=_ranked(UNLICENSED_FIRST, licence_now),
)  # fmt: skip
PRINCIPAL = Column(
    "principal", _("负责人"), lambda listed: listed.institution.principal,
    masked=lambda listed: listed.institution.masked_principal,
)  # fmt: skip
PHONE = Column(
    "phone", _("联系电话"), lambda listed: listed.institution.phone,
    masked=lambda listed: listed.institution.masked_phone,
)  # fmt: skip
SURVEYED_ON = Column(
    "surveyed_on", _("排摸日期"), lambda listed: listed.surveyed_on, order=surveyed_on_then, look="day"
)
DUE_ON = Column("due_on", _("整改期限"), lambda listed: listed.institution.due_at_moment, order=due_on, look="day")
LAST_VISIT_ON = Column(
    "last_visit_on", _("最近检查"), lambda listed: listed.institution.last_visit_on, order=last_visit_on, look="day"
)
SIGNBOARD = Column("signboard_name", _("招牌名称"), lambda listed: listed.institution.signboard_name)
CATEGORY = Column("category", _("类别"), lambda listed: listed.institution.category, Category)
POSITION = Column("position", _("位置"), lambda listed: listed.institution.position_in_words)
ADDRESS = Column("address", _("办学地址"), lambda listed: listed.operating_address)
CREDIT_CODE = Column("credit_code", _("统一社会信用代码"), lambda listed: listed.institution.credit_code)
LICENCES = [
    Column("permit", _("办学许可证号"), _numbers("permit")),
    Column("permit_valid", _("办学许可证有效期"), _validity("permit")),
    Column("registration", _("营业执照/登记证号"), _numbers("registration")),
    Column("registration_valid", _("营业执照/登记证有效期"), _validity("registration")),
]

LICENCE_NAMES = {each.name for each in LICENCES}

# What the list of institutions offers, what it shows unless one chooses, and what leaves with it besides.
INSTITUTION_COLUMNS = [
    NAME, TOWNSHIP, STANDING, LICENCE_AT_SURVEY, LICENCE_NOW, PRINCIPAL, DUE_ON, LAST_VISIT_ON,
    SIGNBOARD, CATEGORY, SURVEYED_ON, ADDRESS, POSITION, CREDIT_CODE, *LICENCES, PHONE,
]  # fmt: skip
INSTITUTION_LIST = [
    NAME, TOWNSHIP, STANDING, LICENCE_AT_SURVEY, LICENCE_NOW, PRINCIPAL, DUE_ON, LAST_VISIT_ON,
]  # fmt: skip
INSTITUTION_EXPORTED = [SURVEYED_ON, ADDRESS, CREDIT_CODE, *LICENCES, PRINCIPAL, PHONE]
REPORT_LIST = [NAME, TOWNSHIP, LICENCE_AT_SURVEY]
OUTSTANDING_LIST = [*REPORT_LIST, STANDING]


def _field(name: str) -> Callable[[Moment], Any]:
    return lambda moment: F(name)


def _of_its_institution(of: Callable[[Moment], Any]) -> Callable[[Moment], Subquery]:
    """What a round is sorted by where that is of its institution."""

    def then(moment: Moment) -> Subquery:
        its = Institution.objects.filter(pk=OuterRef("institution")).annotate(sorted_as=of(moment))
        return Subquery(its.order_by().values("sorted_as"))

    return then


# --- The ledger: its rows are LedgerRow


ROUND_NAME = Column(
    "name", _("机构名称"), lambda row: row.listed.name, order=_of_its_institution(name_then), look="title"
)
ROUND_TOWNSHIP = Column(
    "township", _("乡镇（街道）"), lambda row: row.listed.division_name, order=_of_its_institution(scope_code_then)
)
NUMBER = Column("number", _("通知书编号"), lambda row: row.round.number, order=_field("number"), look="number")
PROBLEMS = Column("problems", _("问题"), lambda row: enumerated(dict.fromkeys(map(str, row.problems))))
MEASURE = Column("measure", _("整改措施"), lambda row: row.round.measure)
ORDERED_ON = Column(
    "ordered_on", _("责令日期"), lambda row: row.round.ordered_on, order=_field("ordered_on"), look="day"
)
ORDERED_BY = Column("ordered_by", _("责令人"), lambda row: str(row.round.ordered_by))
VISITORS = Column("inspectors", _("检查人员"), lambda row: enumerated(row.visitors))
ROUND_DUE_ON = Column("due_on", _("期限"), lambda row: row.round.next_due_on, order=_field("deadline"), look="day")
LEFT = Column("left", _("剩余"), lambda row: row.left_in_words, look="day")
SUBMITTED_ON = Column(
    "submitted_on", _("提交日期"), lambda row: row.round.submitted_on, order=submitted_on_at, look="day"
)
VERIFIED_ON = Column("verified_on", _("销号日期"), lambda row: row.verified_on, order=verified_on_at, look="day")
OUTCOME = Column("outcome", _("整改结果"), lambda row: row.outcome, Outcome)
STATE = Column("state", _("状态"), lambda row: row.state_in_words)


def odd_visits(moment: Moment) -> NullIf:
    """How many things are odd at the visits of a round; none for none, which stands last in either order."""

    def count(**visit: OuterRef) -> Coalesce:
        odd = oddities_at(moment).filter(**visit).annotate(one=Value(1)).values("one")
        return Coalesce(Subquery(odd.annotate(n=Count("pk")).values("n")), 0)

    checked, opened = count(visit__rectification=OuterRef("pk")), count(visit=OuterRef("opened_by_visit"))
    return NullIf(checked + opened, Value(0))


ODDITIES = Column("oddities", _("疑点"), lambda row: enumerated(row.oddities), order=odd_visits)

LEDGER_COLUMNS = [
    ROUND_NAME, ROUND_TOWNSHIP, NUMBER, PROBLEMS, MEASURE, ORDERED_ON, ORDERED_BY, VISITORS, ROUND_DUE_ON, LEFT,
    SUBMITTED_ON, VERIFIED_ON, OUTCOME, STATE, ODDITIES,
    *(each.of_round() for each in (ADDRESS, CREDIT_CODE, PRINCIPAL, PHONE)),
]  # fmt: skip
LEDGER_EXPORTED = [
    *(each for each in LEDGER_COLUMNS if each.name not in ("left", "measure")),
    *(each.of_round() for each in LICENCES),
]


def ledger_list(state: str) -> list[Column]:
    """What a view of the ledger shows unless one chooses."""
    last = {"verified": [VERIFIED_ON], "month": [VERIFIED_ON], "voided": []}.get(state, [LEFT])
    return [ROUND_NAME, NUMBER, PROBLEMS, MEASURE, ORDERED_ON, ROUND_DUE_ON, *last, STATE]


# --- Rows as tables


def heads(columns: Sequence[Column]) -> list[str]:
    return [str(column.head) for column in columns]


def exported(shown: Sequence[Column], besides: Sequence[Column]) -> list[Column]:
    """The columns as shown and, after them, those of `besides` that are not among them."""
    names = {each.name for each in shown}
    return [*shown, *(each for each in besides if each.name not in names)]


def table_of(
    rows: Iterable[Any], columns: Sequence[Column], empty: str = "", *, people_in: Sequence[str] = ()
) -> list[list[Cell]]:
    """A line for each, in the language in force. Personal data of the divisions of `people_in` is written out, that
    of all others masked."""
    said = [
        ({value: str(label) for value, label in each.choices.choices} if each.choices else {}, each) for each in columns
    ]
    return [
        [_cell(labels, each.masked(row) if each.masked and hidden else each.cell(row), empty) for labels, each in said]
        for row, hidden in _with_hidden(rows, tuple(people_in))
    ]


def _with_hidden(rows: Iterable[Any], people_in: tuple[str, ...]) -> Iterator[tuple[Any, bool]]:
    """Each row, and whether its personal data is masked: where it is today decides, as on its file."""
    for row in rows:
        listed: Listed = getattr(row, "listed", row)
        yield row, not listed.institution.scope_code.startswith(people_in)


def _cell(labels: dict[str, str], value: Any, empty: str) -> Cell:
    return labels.get(value) or (empty if value is None or value == "" else str(value))
