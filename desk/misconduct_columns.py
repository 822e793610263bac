"""The columns in which cases of misconduct and the persons concerned are listed, sorted and exported."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.errors import enumerated
from figures.columns import Column
from institutions.moments import Moment
from institutions.past import division_names
from misconduct.models import Case, Kind, Measure, MeasureKind, Party, Person, Source, State, masked_name

# What a question asks besides where and of which day, and the words of it.
NAMED = {
    "since": _("自"),
    "known_at": _("以何时所知为准"),
    "kind": _("类别"),
    "source": _("来源"),
    "state": _("状态"),
    "measure": _("处理措施"),
    "person": _("当事人"),
}
CHOICES = {"kind": Kind, "source": Source, "state": State, "measure": MeasureKind}


def asked_in_words(name: str, given: str) -> tuple[str, str]:
    """A condition and what was asked for by their labels, where they are of this ledger; else as they stand."""
    known = {str(value): str(label) for value, label in CHOICES[name].choices} if name in CHOICES else {given: given}
    return (str(NAMED.get(name, name)), known[given]) if given in known else (name, given)


@dataclass(frozen=True)
class CaseRow:
    """A case as it stood, with who is concerned."""

    case: Case
    township: str
    parties: Sequence[Party]
    measures: Sequence[str]

    def get_absolute_url(self) -> str:
        return self.case.get_absolute_url()


@dataclass(frozen=True)
class PersonRow:
    """Somebody with their part in each of the cases asked for."""

    person: Person
    parties: Sequence[Party]
    measures: Sequence[str]


def _then(name: str) -> Callable[[Moment], Any]:
    return lambda moment: F(f"{name}_then")


def _of_case(name: str) -> Callable[[CaseRow], Any]:
    return lambda row: getattr(row.case, f"{name}_then")


def _names(row: CaseRow) -> str:
    return enumerated(each.person.name for each in row.parties)


def _masked(row: CaseRow) -> str:
    return enumerated(masked_name(each.person.name) for each in row.parties)


NUMBER = Column("number", _("案件编号"), lambda row: row.case.number, order=lambda moment: F("number"), look="title")
SCHOOL = Column("school", _("学校（单位）"), _of_case("school"), order=_then("school"))
KIND = Column("kind", _("类别"), _of_case("kind"), Kind, order=_then("kind"))
TOWNSHIP = Column("township", _("辖区"), lambda row: row.township, order=lambda moment: F("scope_code"))
SOURCE = Column("source", _("来源"), _of_case("source"), Source, order=_then("source"))
HAPPENED_ON = Column("happened_on", _("发生日期"), _of_case("happened_on"), order=_then("happened_on"), look="day")
FOUND_ON = Column("found_on", _("受理日期"), _of_case("found_on"), order=_then("found_on"), look="day")
HANDLED_ON = Column("handled_on", _("查结日期"), _of_case("handled_on"), order=_then("handled_on"), look="day")
STATE = Column("state", _("状态"), _of_case("state"), State, order=_then("state"))
PERSONS = Column("persons", _("当事人数"), lambda row: len(row.parties) or "")
NAMES = Column("names", _("当事人"), _names, masked=_masked)
MEASURES = Column("measures", _("处理措施"), lambda row: enumerated(row.measures))

CASE_COLUMNS = [
    NUMBER, SCHOOL, KIND, TOWNSHIP, SOURCE, HAPPENED_ON, FOUND_ON, HANDLED_ON, STATE, PERSONS, NAMES, MEASURES,
]  # fmt: skip
CASE_LIST = [NUMBER, SCHOOL, KIND, FOUND_ON, HANDLED_ON, STATE, PERSONS, MEASURES]

NAME = Column(
    "name", _("姓名"), lambda row: row.person.name, masked=lambda row: masked_name(row.person.name), look="title"
)
POST = Column("post", _("职务"), lambda row: enumerated(dict.fromkeys(filter(None, (p.post for p in row.parties)))))
OF_SCHOOLS = Column(
    "schools", _("学校（单位）"), lambda row: enumerated(dict.fromkeys(p.school_then for p in row.parties))
)
CASES = Column("cases", _("案件"), lambda row: enumerated(p.case.number for p in row.parties))
DONE = Column("measures", _("处理措施"), lambda row: enumerated(row.measures))

PERSON_COLUMNS = [NAME, POST, OF_SCHOOLS, CASES, DONE]


def case_rows(cases: Iterable[Case], moment: Moment) -> list[CaseRow]:
    """Cases of MisconductQuestion.cases, with who is concerned in each and what was done, in three queries."""
    listed = list(cases)
    names = division_names([each.division_id for each in listed], moment)
    parties = _parties(moment, case__in=[each.pk for each in listed])
    of_case: dict[Any, list[Party]] = {}
    for party in parties:
        of_case.setdefault(party.case_id, []).append(party)
    done = _measures(parties, moment)
    return [
        CaseRow(
            each,
            names.get(each.division_id, each.division_id),
            of_case.get(each.pk, []),
            _in_words(done, of_case.get(each.pk, [])),
        )
        for each in listed
    ]


def person_rows(people: Iterable[Person], parties: Any, moment: Moment) -> list[PersonRow]:
    """People with those of `parties` that are theirs."""
    listed = list(people)
    theirs = list(parties.filter(person__in=[each.pk for each in listed]))
    done = _measures(theirs, moment)
    of_person: dict[Any, list[Party]] = {each.pk: [] for each in listed}
    for party in theirs:
        of_person[party.person_id].append(party)
    return [PersonRow(each, of_person[each.pk], _in_words(done, of_person[each.pk])) for each in listed]


def _parties(moment: Moment, **of: Any) -> list[Party]:
    return list(Party.objects.known_at(moment).filter(**of).select_related("person").order_by("recorded_at", "id"))


def _measures(parties: Iterable[Party], moment: Moment) -> dict[Any, list[str]]:
    done: dict[Any, list[str]] = {}
    for measure in Measure.objects.decided_at(moment).filter(party__in=[each.pk for each in parties]):
        done.setdefault(measure.party_id, []).append(measure.kind)
    return done


def _in_words(done: dict[Any, list[str]], parties: Iterable[Party]) -> list[str]:
    """Each kind once, in the order of the table."""
    kinds = {kind for party in parties for kind in done.get(party.pk, [])}
    return [str(MeasureKind(kind).label) for kind in MeasureKind if kind in kinds]


def scope_code_of_row(row: CaseRow | PersonRow) -> list[str]:
    """Where it lies: of a person everywhere they are in a case that was asked for."""
    return [row.case.scope_code] if isinstance(row, CaseRow) else [each.case.scope_code for each in row.parties]
