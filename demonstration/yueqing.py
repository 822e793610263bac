"""The demonstration: 1495 synthetic institutions of Yueqing that reproduce every figure of the 2018 report.

Surveyed March to June 2018, ordered from July, verified until December; the 72 left are cleared in the first half
of 2019; and a living present in the 60 days before the day it is loaded. Repeatable: the history does not depend on
the day, the present depends on the day alone.
"""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from accounts.models import User
from demonstration import days, names, photos, questions
from demonstration.book import Book, Round
from inspections.models import FindingType, Outcome, Visit
from institutions.models import Division, Institution, Licence, LicenceStatus, scope_code_of
from institutions.positions import cell_of

COUNTY = "330382"
YEAR_END = date(2018, 12, 31)
KNOWN_LATE_ON = date(2019, 1, 8)  # a visit of 28 December that became known in January
UNLOCATED = 60  # of 1495: 4%

# Weights of the townships; the four largest are the towns of the real county.
WEIGHTS = {
    "柳市镇": 22, "北白象镇": 15, "虹桥镇": 14, "乐成街道": 13, "城东街道": 5, "城南街道": 4, "大荆镇": 4,
    "翁垟街道": 3, "白石街道": 3, "石帆街道": 3, "雁荡镇": 3, "清江镇": 3, "淡溪镇": 3, "盐盆街道": 2, "天成街道": 2,
    "蒲岐镇": 2, "磐石镇": 2, "芙蓉镇": 2, "仙溪镇": 1.2, "湖雾镇": 1.2, "南塘镇": 1.2, "南岳镇": 1.2,
    "智仁乡": 1, "龙西乡": 1, "岭底乡": 1,
}  # fmt: skip
BEHIND = [
    "柳市镇",
    "北白象镇",
    "虹桥镇",
    "乐成街道",
    "城东街道",
    "城南街道",
    "大荆镇",
    "翁垟街道",
    "白石街道",
    "清江镇",
    "蒲岐镇",
]

# How many institutions of each licence status came to what end by 31 December 2018. Source of the totals: the 2018
# report (1495 / 1270 / 1198; none: 779 with problems, 449 closed, 314 licensed); the rest is our own division.
FATES: dict[tuple[str, str], int] = {
    ("none", "closed"): 449, ("none", "licensed"): 314, ("none", "outstanding"): 16,
    ("registration_only", "licensed"): 150, ("registration_only", "closed"): 60,
    ("registration_only", "corrected"): 40, ("registration_only", "outstanding"): 30,
    ("registration_only", "clear"): 30,
    ("permit_only", "licensed"): 12, ("permit_only", "closed"): 6, ("permit_only", "outstanding"): 2,
    ("permit_only", "clear"): 4,
    ("full", "corrected"): 150, ("full", "closed"): 17, ("full", "outstanding"): 24, ("full", "clear"): 191,
}  # fmt: skip
LICENCE_FINDING = {"none": "L01", "registration_only": "L02", "permit_only": "L03"}
IN_2018 = ["S02", "S01", "T01", "T02", "T03", "T04", "M01", "M02", "L05"]
MEASURES = {  # by the first letter of a finding's code, the most pressing first
    "L": "停止招生办学，限期补办证照", "S": "消除安全隐患，经复验后开课", "T": "停止违规教学，公示课程",
    "P": "公示教师资格，清退不合格人员", "F": "规范收费与合同，公示标准", "M": "撤下不实宣传，健全管理制度",
}  # fmt: skip


@dataclass
class People:
    """Who does what in the demonstration."""

    inspector: User
    inspector2: User
    taskforce: User
    taskforce2: User
    supervisor: User

    def on_the_spot(self, institution: Institution) -> tuple[User, User]:
        """The two inspectors of a visit; the first logs it."""
        local = institution.division_id == "330382114"
        return (self.inspector, self.inspector2) if local else (self.inspector2, self.inspector)


@dataclass
class Case:
    """One institution and its fate by the end of 2018."""

    institution: Institution
    status: str
    fate: str
    survey: Visit | None = None
    rounds: int = 0

    @property
    def surveyed_on(self) -> date:
        return _surveyed_on(self.institution)


def write(people: People, day: date) -> int:
    """Write the whole demonstration for the day it is loaded; the number of institutions. Inside a transaction."""
    history = Book(random.Random("乐清 2018"))
    cases = _cases(history)
    for case in cases:
        _licences_before(history, case)
        _survey(history, case, people)
    _orders(history, cases, people)
    present = Book(random.Random(f"乐清 {day.isoformat()}"))
    present.numbers = history.numbers
    _present(present, cases, people, day)
    _renew_permits(history, day)
    days.set_out(history)
    days.set_out(present)
    questions.ask(present)
    photos.take(present)
    written = len(history.institutions)
    history.write()
    present.write()
    return written


# --- The register


def _cases(book: Book) -> list[Case]:
    townships = list(Division.objects.children_of(COUNTY).filter(level="township"))
    fates: dict[str, list[tuple[str, str]]] = {township.name: [] for township in townships}
    for (status, fate), count in FATES.items():
        weights = {name: weight for name, weight in WEIGHTS.items() if fate != "outstanding" or name in BEHIND}
        for name, share in _apportioned(count, weights).items():
            fates[name] += [(status, fate)] * share
    villages = _villages()
    cases: list[Case] = []
    for township in townships:
        taken: set[str] = set()
        book.rng.shuffle(fates[township.name])
        for status, fate in fates[township.name]:
            institution = _institution(book, township, villages[township.code], taken, len(cases))
            institution.licence_status_at_survey = status
            cases.append(Case(institution, status, fate))
    for case in book.rng.sample(cases, UNLOCATED):
        place = case.institution
        place.longitude = place.latitude = place.cell = place.location_accuracy_m = None
        place.datum = place.location_source = ""
    return cases


def _apportioned(count: int, weights: dict[str, float]) -> dict[str, int]:
    """`count` shared out by weight, largest remainders first, in whole numbers that add up to it."""
    total = sum(weights.values())
    exact = {name: count * weight / total for name, weight in weights.items()}
    shares = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (shares[name] - exact[name], name))
    for name in by_remainder[: count - sum(shares.values())]:
        shares[name] += 1
    return shares


def _villages() -> dict[str, list[str]]:
    source = Path(__file__).resolve().parent.parent / "institutions" / "data" / "yueqing_villages.csv"
    found: dict[str, list[str]] = {}
    with source.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["township_code12"][:9], []).append(
                row["name"].removesuffix("委会").removesuffix("社区")
            )
    return found


def _institution(book: Book, township: Division, villages: list[str], taken: set[str], serial: int) -> Institution:
    rng = book.rng
    category = names.category(rng)
    name = names.institution_name(rng, township.name, category, taken)
    longitude, latitude = _position(book, township)
    surveyed_on = date(2018, 3, 5) + timedelta(days=rng.randrange(117))  # 5 March to 29 June
    learners = rng.choice([18, 25, 32, 40, 55, 60, 80, 110, 150, 220])
    address = f"乐清市{township.name}{rng.choice(villages)}{rng.randrange(1, 380)}号"
    return Institution(
        id=book.uuid(),
        name=name,
        signboard_name=name if rng.random() < 0.8 else name.replace("培训", "教育"),
        credit_code=names.credit_code(rng, serial),
        operating_address=address,
        registered_address=address if rng.random() < 0.9 else "",
        division=township,
        scope_code=scope_code_of(township.code),
        longitude=longitude,
        latitude=latitude,
        cell=cell_of(longitude, latitude),
        datum="wgs84",
        location_source=rng.choice(["phone", "phone", "map_pin", "import"]),
        location_accuracy_m=round(rng.uniform(6, 60), 1),
        category=category,
        principal=names.principal(rng),
        phone=names.phone(rng),
        learners=learners,
        teachers=max(2, learners // 15),
        area_m2=round(learners * rng.uniform(2.2, 4.8), 1),
        surveyed_on=surveyed_on,
        surveyed_recorded_at=book.at(surveyed_on, 19),
        recorded_at=book.at(surveyed_on, 19),
    )


def _surveyed_on(institution: Institution) -> date:
    """Of these institutions every one was surveyed."""
    assert institution.surveyed_on is not None
    return institution.surveyed_on


def _position(book: Book, township: Division) -> tuple[float, float]:
    """About the township's centre, longitude and latitude in degrees; some share a building with the one before."""
    rng = book.rng
    previous = next((each for each in reversed(book.institutions) if each.division_id == township.code), None)
    shared = previous.position if previous is not None and rng.random() < 0.06 else None
    if shared is not None:
        return shared
    spread = min(township.approx_error_m or 800, 1200) / 111_000
    longitude = round((township.longitude or 0) + rng.gauss(0, spread), 6)
    latitude = round((township.latitude or 0) + rng.gauss(0, spread * 0.8), 6)
    return longitude, latitude


def _licences_before(book: Book, case: Case) -> None:
    """What was on file at the survey."""
    book.institutions.append(case.institution)
    since = case.surveyed_on - timedelta(days=book.rng.randrange(120, 900))
    if case.status in ("full", "registration_only"):
        _licence(book, case.institution, Licence.Kind.REGISTRATION, since)
    if case.status in ("full", "permit_only"):
        _licence(book, case.institution, Licence.Kind.PERMIT, since)


def _licence(book: Book, institution: Institution, kind: str, since: date) -> None:
    permit = kind == Licence.Kind.PERMIT
    number = f"教民0000000{len(book.licences):08d}号" if permit else institution.credit_code
    book.licences.append(
        Licence(
            institution=institution,
            kind=kind,
            number=number,
            issued_by="县级教育行政部门" if permit else "县级登记机关",
            valid_from=since,
            valid_to=since.replace(day=1, year=since.year + 10) if permit else None,
            recorded_at=book.at(max(since, _surveyed_on(institution)), 20),
        )
    )


def _renew_permits(book: Book, day: date) -> None:
    """Whoever still runs a school by the day it is loaded renewed the permit in time, under its number."""
    for licence in [each for each in book.licences if each.institution.ceased_on is None]:
        while licence.valid_to is not None and licence.valid_to <= day:
            since = licence.valid_to + timedelta(days=1)
            licence = Licence(
                institution=licence.institution,
                kind=licence.kind,
                number=licence.number,
                issued_by=licence.issued_by,
                valid_from=since,
                valid_to=since.replace(day=1, year=since.year + 10),
                recorded_at=book.at(since - timedelta(days=10), 20),
            )
            book.licences.append(licence)


# --- 2018 and the first half of 2019


def _survey(book: Book, case: Case, people: People) -> None:
    findings: list[str] = []
    if case.fate != "clear":
        findings = [LICENCE_FINDING[case.status]] if case.status in LICENCE_FINDING else []
        findings += book.rng.sample(
            IN_2018, book.rng.choice([1, 1, 2]) if not findings else book.rng.choice([0, 0, 1, 1, 2])
        )
    case.survey = book.visit(
        case.institution,
        case.surveyed_on,
        purpose=Visit.Purpose.SURVEY,
        inspectors=people.on_the_spot(case.institution),
        findings=tuple(findings),
    )


def _orders(book: Book, cases: list[Case], people: People) -> None:
    """Every round from July 2018 to June 2019, and the orders that were taken back."""
    rng = book.rng
    done = [case for case in cases if case.fate in Outcome.values]
    rebound = set(map(id, rng.sample([case for case in done if case.fate != "closed"], 12)))
    late = next(case for case in done if case.fate == "closed" and case.institution.division_id == "330382114")
    for case in done:
        if case is late:
            _late(book, case, people)
        elif id(case) in rebound:
            _rebound(book, case, people)
        else:
            ordered = date(2018, 7, 2) + timedelta(days=rng.randrange(95))
            after = rng.randrange(60, 150) if rng.random() < 0.15 else rng.randrange(12, 55)
            _finish(book, case, _order(book, case, ordered, people), people, after, case.fate)
    outstanding = [case for case in cases if case.fate == "outstanding"]
    for number, case in enumerate(outstanding):
        _outstanding(book, case, people, number)
    for case in rng.sample([case for case in cases if case.fate == "clear"], 5):
        _taken_back(book, case, people)


def _order(book: Book, case: Case, on: date, people: People, visit: Visit | None = None, days: int = 0) -> Round:
    case.rounds += 1
    due = on + timedelta(days=days or book.rng.choice([30, 30, 45, 60, 75]))
    found = visit or case.survey
    assert found is not None
    return book.order(found, on, due, by=people.taskforce, round_no=case.rounds, measure=_measure(book, found))


def _measure(book: Book, visit: Visit) -> str:
    """What the order demands for the most pressing of the findings."""
    found = {finding.type_id[0] for finding in book.findings_of[visit.pk]}
    return next(measure for letter, measure in MEASURES.items() if letter in found)


def _finish(
    book: Book, case: Case, round_: Round, people: People, after: int, outcome: str, by: date = YEAR_END
) -> None:
    """Recheck, submission and verification `after` days and a little later, all by `by`."""
    rng = book.rng
    on = min(round_.row.ordered_on + timedelta(days=after), by - timedelta(days=12))
    inspectors = people.on_the_spot(case.institution)
    if rng.random() < 0.05:
        round_.recheck(on - timedelta(days=3), inspectors=inspectors, result=Visit.Result.NO_ACCESS)
    if rng.random() < 0.06:
        seen = round_.recheck(on, inspectors=inspectors, result=Visit.Result.INSPECTED)
        round_.submit(seen, outcome, by=inspectors[0], scope=_scope(case, outcome))
        round_.give_back(on + timedelta(days=2), by=people.taskforce2, reason="佐证材料不全，请补充现场照片")
        on += timedelta(days=4)
    _close(book, case, round_, people, on, on + timedelta(days=rng.randrange(2, 9)), outcome)


def _close(
    book: Book, case: Case, round_: Round, people: People, seen_on: date, verified_on: date, outcome: str
) -> None:
    inspectors = people.on_the_spot(case.institution)
    result = Visit.Result.CEASED if outcome == Outcome.CLOSED else Visit.Result.INSPECTED
    seen = round_.recheck(seen_on, inspectors=inspectors, result=result)
    round_.submit(seen, outcome, by=inspectors[0], scope=_scope(case, outcome))
    if outcome == Outcome.LICENSED:
        since = seen_on - timedelta(days=book.rng.randrange(1, 8))
        if case.status != "registration_only":
            _licence(book, case.institution, Licence.Kind.REGISTRATION, since)
        if case.status != "permit_only":
            _licence(book, case.institution, Licence.Kind.PERMIT, since)
    round_.verify(verified_on, by=people.taskforce2)


def _scope(case: Case, outcome: str) -> str:
    """有照无证 finishes as corrected only when confined to its registered scope, which is stated."""
    confined = case.status == LicenceStatus.REGISTRATION_ONLY and outcome == Outcome.CORRECTED
    return "文化艺术交流（不含中小学学科培训）" if confined else ""


def _late(book: Book, case: Case, people: People) -> None:
    """Rechecked on 28 December, verified on the 30th, known on 8 January."""
    round_ = _order(book, case, date(2018, 11, 26), people, days=30)
    at = book.at(KNOWN_LATE_ON, 9, 30)
    inspectors = people.on_the_spot(case.institution)
    seen = round_.recheck(date(2018, 12, 28), inspectors=inspectors, result=Visit.Result.CEASED, recorded_at=at)
    round_.submit(seen, Outcome.CLOSED, by=inspectors[0])
    round_.verify(date(2018, 12, 30), by=people.taskforce2, at=book.at(KNOWN_LATE_ON, 10, 15))


def _rebound(book: Book, case: Case, people: People) -> Round:
    """Struck off by September, found at fault again in October; finished by the year's end, or left to the caller."""
    rng = book.rng
    outcome = case.fate if case.fate in Outcome.values else {"none": "licensed"}.get(case.status, "corrected")
    if case.status == "permit_only":
        outcome = Outcome.LICENSED
    first = _order(book, case, date(2018, 7, 2) + timedelta(days=rng.randrange(20)), people, days=30)
    _finish(book, case, first, people, rng.randrange(12, 30), outcome, by=date(2018, 9, 10))
    again_on = date(2018, 10, 8) + timedelta(days=rng.randrange(45))
    found = book.visit(
        case.institution,
        again_on,
        purpose=Visit.Purpose.ROUTINE,
        inspectors=people.on_the_spot(case.institution),
        findings=tuple(rng.sample(["S03", "S04", "P02", "T07", "F01"], 2)),
        note="销号后再次发现问题",
    )
    second = _order(book, case, again_on, people, visit=found, days=45 if case.fate in Outcome.values else 60)
    if case.fate in Outcome.values:
        again = case.fate if case.fate != Outcome.LICENSED else Outcome.LICENSED
        seen_on = again_on + timedelta(days=rng.randrange(15, 30))
        if again == Outcome.LICENSED:
            _struck_off_again(book, case, second, people, seen_on)
        else:
            _close(book, case, second, people, seen_on, seen_on + timedelta(days=5), again)
    return second


def _struck_off_again(book: Book, case: Case, round_: Round, people: People, seen_on: date) -> None:
    """Licensed once, licensed still: no new licences are needed for the second round."""
    inspectors = people.on_the_spot(case.institution)
    seen = round_.recheck(seen_on, inspectors=inspectors, result=Visit.Result.INSPECTED)
    round_.submit(seen, Outcome.LICENSED, by=inspectors[0])
    round_.verify(seen_on + timedelta(days=5), by=people.taskforce2)


def _outstanding(book: Book, case: Case, people: People, number: int) -> None:
    """One of the 72: 23 overdue at the year's end, the others due later; some extended, some rebounds; done by June."""
    rng = book.rng
    overdue = number % 3 == 0 and number < 69
    if number % 12 == 5 and case.status in ("full", "registration_only"):
        round_ = _rebound(book, case, people)
    elif overdue:
        round_ = _order(book, case, date(2018, 10, 8) + timedelta(days=rng.randrange(25)), people, days=45)
    else:
        round_ = _order(book, case, date(2018, 11, 5) + timedelta(days=rng.randrange(40)), people, days=75)
    if round_.row.due_on < YEAR_END and not overdue:
        round_.extend(
            round_.row.due_on - timedelta(days=2),
            date(2019, 1, 31),
            by=people.taskforce,
            reason="证照正在办理，已受理",
        )
    if number % 6 == 1:
        on = round_.row.ordered_on + timedelta(days=20)
        inspectors = people.on_the_spot(case.institution)
        round_.recheck(on, inspectors=inspectors, result=Visit.Result.NO_ACCESS)
    outcome = {
        "none": rng.choice([Outcome.CLOSED, Outcome.LICENSED]),
        "permit_only": Outcome.LICENSED,
        "registration_only": rng.choice([Outcome.CLOSED, Outcome.CORRECTED]),
        "full": Outcome.CORRECTED,
    }[case.status]
    seen_on = date(2019, 1, 7) + timedelta(days=rng.randrange(150))
    _close(book, case, round_, people, seen_on, seen_on + timedelta(days=rng.randrange(2, 10)), outcome)


def _taken_back(book: Book, case: Case, people: People) -> None:
    """An order opened in error at an institution without problems, taken back by a second person."""
    found = book.visit(
        case.institution,
        date(2018, 7, 10) + timedelta(days=book.rng.randrange(40)),
        purpose=Visit.Purpose.COMPLAINT,
        inspectors=people.on_the_spot(case.institution),
        findings=("M01",),
    )
    round_ = _order(book, case, found.happened_on, people, visit=found, days=30)
    round_.void(round_.row.ordered_on + timedelta(days=3), by=people.supervisor, reason="登记错误：应为同名另一机构")


# --- The living present


def _present(book: Book, cases: Sequence[Case], people: People, day: date) -> None:
    """80 routine visits in the 60 days before `day`; 24 of them with an order, in every state of the ledger."""
    rng = book.rng
    operating = [case for case in cases if case.institution.ceased_on is None and case.status == "full"]
    home = [case for case in operating if case.institution.division_id == "330382114"]
    chosen = rng.sample(home, 20)
    chosen += rng.sample([case for case in operating if case not in chosen], 60)
    rng.shuffle(chosen)
    codes = list(
        FindingType.objects.in_force_on(day - timedelta(days=60))
        .filter(code__in=["S02", "S04", "T07", "T08", "T10", "P02", "F01", "F02", "F03", "F04", "M01"])
        .values_list("code", flat=True)
    )
    ends = [*["open"] * 11, *["submitted"] * 6, *["overdue"] * 2, *["returned"] * 2, *["verified"] * 5]
    due_in = iter([0, 0, 1, 3, 3, 6, 9, 12, 15, 20, 26])
    for number, case in enumerate(chosen):
        end = ends[number] if number < len(ends) else ""
        days_ago = {
            "open": (1, 6),
            "submitted": (12, 25),
            "overdue": (20, 28),
            "returned": (18, 26),
            "verified": (16, 55),
        }
        on = day - timedelta(days=rng.randrange(*days_ago.get(end, (1, 60))))
        purpose = Visit.Purpose.DOUBLE_RANDOM if rng.random() < 0.15 else Visit.Purpose.ROUTINE
        result = Visit.Result.NO_ACCESS if not end and rng.random() < 0.1 else Visit.Result.INSPECTED
        visit = book.visit(
            case.institution,
            on,
            purpose=purpose,
            inspectors=people.on_the_spot(case.institution),
            result=result,
            findings=tuple(rng.sample(codes, 2)) if end else (),
        )
        if end:
            _in_hand(book, case, visit, people, day, end, next(due_in) if end == "open" else 0)


def _in_hand(book: Book, case: Case, visit: Visit, people: People, day: date, end: str, due_in: int) -> None:
    """A round of these weeks, brought to the state the present needs."""
    due = {
        "open": day + timedelta(days=due_in),
        "overdue": day - timedelta(days=book.rng.choice([2, 5])),
    }.get(end, visit.happened_on + timedelta(days=30))
    case.rounds += 1
    round_ = book.order(
        visit,
        visit.happened_on,
        due,
        by=people.taskforce,
        round_no=case.rounds,
        measure=_measure(book, visit),
    )
    if end in ("open", "overdue"):
        return
    inspectors = people.on_the_spot(case.institution)
    seen_on = visit.happened_on + timedelta(days=book.rng.randrange(6, 11))
    seen = round_.recheck(seen_on, inspectors=inspectors, result=Visit.Result.INSPECTED)
    round_.submit(seen, Outcome.CORRECTED, by=inspectors[0])
    if end == "returned":
        round_.give_back(seen_on + timedelta(days=1), by=people.taskforce2, reason="照片未反映整改后的现场")
    if end == "verified":
        round_.verify(seen_on + timedelta(days=book.rng.randrange(1, 4)), by=people.taskforce2)
