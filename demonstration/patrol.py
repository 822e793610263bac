"""The patrol against misconduct of 2018 (教育乱象专项巡查): what the 2018 report says of it, with nobody's names.

Source of the figures: the 2018 report of Yueqing, 12 cases, 15 persons, 11/7/2/1 measures; 2 and 5 cases of schools.
"""

import random
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from institutions.models import Division, scope_code_of
from misconduct.models import Case, Conclusion, Kind, Measure, MeasureKind, Party, Person, Result, Source, Statement

NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰"  # 15 persons: 甲某, 乙某, …
DISCIPLINED, TRANSFERRED, DISMISSED, REMOVED = range(11), (0, 1, 2, 3, 4, 5, 11), (12, 13), (14,)
# Kind, township, school, source, accepted on, concluded on, the persons concerned by their number.
CASES: list[tuple[Kind, str, str, Source, str, str, tuple[int, ...]]] = [
    (Kind.PAID_TUTORING, "330382001", "青竹一小", Source.REPORT, "2018-03-12", "2018-04-20", (0,)),
    (Kind.PAID_TUTORING, "330382114", "晨曦二中", Source.REPORT, "2018-04-09", "2018-05-25", (1, 2)),
    (Kind.PAID_TUTORING, "330382115", "云栖学校", Source.PATROL, "2018-05-14", "2018-06-22", (3,)),
    (Kind.ILLEGAL_ENROLMENT, "330382001", "望舒中学", Source.REPORT, "2018-06-04", "2018-07-13", (14,)),
    (Kind.ILLEGAL_ENROLMENT, "330382125", "怀瑾学校", Source.TRANSFER, "2018-06-19", "2018-08-10", (4,)),
    (Kind.HOLIDAY_TUTORING, "330382114", "晨曦二中", Source.PATROL, "2018-07-09", "2018-08-17", (5, 6)),
    (Kind.HOLIDAY_TUTORING, "330382001", "沐言中学", Source.REPORT, "2018-07-16", "2018-08-24", (7,)),
    (Kind.HOLIDAY_TUTORING, "330382115", "若水中学", Source.PATROL, "2018-07-23", "2018-09-07", (8, 11)),
    (Kind.HOLIDAY_TUTORING, "330382125", "怀瑾学校", Source.REPORT, "2018-08-06", "2018-09-21", (4, 9)),
    (Kind.HOLIDAY_TUTORING, "330382114", "听松高中", Source.PATROL, "2018-08-13", "2018-10-12", (10,)),
    (Kind.PAID_TUTORING, "330382001", "见山小学", Source.REPORT, "2018-09-17", "2018-11-02", (12,)),
    (Kind.PAID_TUTORING, "330382115", "半夏幼儿园", Source.TRANSFER, "2018-10-22", "2018-12-14", (13,)),
]
UNFOUNDED = (Kind.PAID_TUTORING, "330382114", "知禾小学", Source.REPORT, "2018-11-05", "2018-11-23")
IN_HAND = (Kind.ILLEGAL_FEES, "330382001", "拾光幼儿园", Source.REPORT, "2018-12-24")


def write(recorder: User) -> int:
    """Write the cases as one clerk recorded them; the number of cases. Inside a transaction."""
    book = _Book(recorder)
    people = [book.person(f"{name}某", minute) for minute, name in enumerate(NAMES)]
    for kind, township, school, source, found, handled, concerned in CASES:
        case = book.case(kind, township, school, source, found)
        ended_on = date.fromisoformat(handled)
        for number in concerned:
            party = book.party(case, people[number], date.fromisoformat(found), _post(kind, number))
            # Of somebody in two cases what was done is in the first.
            if number not in book.dealt_with:
                book.measures(party, number, ended_on - timedelta(days=3))
        book.conclude(case, Result.CONCLUDED, ended_on)
    book.conclude(book.case(*UNFOUNDED[:5]), Result.DISMISSED, date.fromisoformat(UNFOUNDED[5]))
    book.case(*IN_HAND)
    return book.number


def _post(kind: Kind, number: int) -> str:
    return "校长" if number in REMOVED else "教务主任" if kind == Kind.ILLEGAL_ENROLMENT else "教师"


class _Book:
    """Rows with ids that are the same each time."""

    def __init__(self, recorder: User):
        self.rng, self.recorder = random.Random("乐清 教育乱象 2018"), recorder
        self.number = 0
        self.dealt_with: set[int] = set()

    def _known(self, day: date) -> dict[str, Any]:
        """Recorded on the evening of the day, under an id."""
        at = datetime.combine(day, time(18, self.rng.randrange(60)), tzinfo=timezone.get_default_timezone())
        pk = uuid.UUID(int=self.rng.getrandbits(128), version=4)
        return {"id": pk, "recorded_at": at, "recorded_by": self.recorder}

    def person(self, name: str, minute: int) -> Person:
        """Put down at the beginning, in their order."""
        known = self._known(date(2018, 3, 12))
        return Person.objects.create(name=name, **known | {"recorded_at": known["recorded_at"].replace(minute=minute)})

    def case(self, kind: str, township: str, school: str, source: str, found: str) -> Case:
        self.number += 1
        on = date.fromisoformat(found)
        division = Division.objects.get(pk=township)
        case = Case.objects.create(
            number=f"教乱〔2018〕{self.number:02d}号",
            division=division,
            scope_code=scope_code_of(township),
            **self._known(on),
        )
        Statement.objects.create(
            **self._known(on) | {"recorded_at": case.recorded_at},
            case=case,
            kind=kind,
            school=school,
            source=source,
            happened_on=on - timedelta(days=self.rng.randrange(3, 15)),
            found_on=on,
        )
        return case

    def party(self, case: Case, person: Person, on: date, post: str) -> Party:
        return Party.objects.create(case=case, person=person, post=post, **self._known(on + timedelta(days=7)))

    def measures(self, party: Party, number: int, on: date) -> None:
        self.dealt_with.add(number)
        done = {
            MeasureKind.DISCIPLINED: DISCIPLINED,
            MeasureKind.TRANSFERRED: TRANSFERRED,
            MeasureKind.DISMISSED: DISMISSED,
            MeasureKind.REMOVED: REMOVED,
        }
        for kind in (kind for kind, whom in done.items() if number in whom):
            document = f"教处〔2018〕{self.rng.randrange(1, 90)}号"
            Measure.objects.create(party=party, kind=kind, decided_on=on, document=document, **self._known(on))

    def conclude(self, case: Case, result: str, on: date) -> None:
        Conclusion.objects.create(case=case, result=result, handled_on=on, **self._known(on))
