"""The figures of the second ledger: hand-worked, and recounted over random histories."""

import contextlib
from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.errors import Refusal
from institutions.moments import Moment
from misconduct import actions
from misconduct.figures import Period, by_key, cases, figures, period_in_words, persons_in, sentences
from misconduct.models import Case, Kind, MeasureKind, Party
from tests.factories import LIUSHI, PANSHI, at, day
from tests.misconduct.patrol import case_of, clerk, concluded, leader, measure_of, party_of, stated

YEAR = date(2018, 1, 1)


def period(on: str = "2018-12-31", known: datetime | None = None, since: date = YEAR) -> Period:
    return Period(since, Moment.of(day(on), known))


def counted(on: str = "2018-12-31", known: datetime | None = None, division: str = "330382"):
    return figures([division], period(on, known))


def text_of(sentence) -> str:
    return "".join(part if isinstance(part, str) else str(part["value"]) for part in sentence)


# --- By hand


def test_persons_are_counted_once_and_measures_are_never_added_up(db):
    first, second = case_of(handled="2018-04-01"), case_of(handled="2018-05-01")
    one = party_of(first, "甲某")
    again = party_of(second, "甲某", same_as=one.person, another=False)
    other = party_of(second, "甲某")  # somebody else of the same name
    measure_of(one, "disciplined")
    measure_of(one, "transferred")
    measure_of(again, "disciplined", on="2018-04-20")  # the same kind again, of the same person
    measure_of(other, "removed")

    found = counted()

    assert (found.cases, found.persons) == (2, 2)
    assert found.measures == {"disciplined": 1, "transferred": 1, "removed": 1}


def test_only_cases_concluded_in_the_period_are_counted(db):
    party_of(case_of(found="2017-12-01", handled="2017-12-31"), "甲某", on="2017-12-02")
    counted_ = case_of(found="2017-12-01", handled="2018-01-01")
    party_of(case_of(), "乙某")  # in hand
    dismissed = case_of()
    party_of(dismissed, "丙某")
    concluded(dismissed, "2018-04-01", result="dismissed")
    case_of(found="2018-12-01", handled="2019-01-01")

    found = cases(["330382"], period())

    assert list(found) == [counted_]
    assert counted().persons == 0


def test_measure_decided_after_the_day_is_not_counted_yet(db):
    measure_of(party_of(case_of(handled="2018-04-01")), on="2018-06-01")

    assert counted("2018-05-31").measures == {}
    assert counted("2018-06-01").measures == {"disciplined": 1}


def test_what_became_known_later_changes_nothing_that_was_known(db):
    """Both clocks: corrected and withdrawn in May, as known in April it stands as it was."""
    case = case_of(handled="2018-04-01", kind="paid_tutoring")
    party = party_of(case)
    measure = measure_of(party)
    before = counted(known=at("2018-04-30"))
    actions.correct_statement(
        case.statement, statement=stated(kind="illegal_enrolment"), reason="登错", by=clerk(), at=at("2018-05-02")
    )
    actions.withdraw(measure, by=leader(), reason="撤销", at=at("2018-05-03"))
    actions.withdraw(party, by=leader(), reason="登错", at=at("2018-05-04"))
    actions.withdraw(case.conclusion, by=leader(), reason="重新调查", at=at("2018-05-05"))

    then = {on: counted(known=at(on, 20)) for on in ("2018-04-30", "2018-05-02", "2018-05-03", "2018-05-04")}
    now = counted()

    assert then["2018-04-30"] == before
    assert [each.kinds[0].key for each in then.values()] == ["paid_tutoring", *["illegal_enrolment"] * 3]
    assert [(each.persons, each.measures) for each in then.values()] == [
        (1, {"disciplined": 1}), (1, {"disciplined": 1}), (1, {}), (0, {}),
    ]  # fmt: skip
    assert (now.cases, now.persons, now.measures, now.kinds) == (0, 0, {}, [])


def test_figures_are_of_the_divisions_asked_about(db):
    party_of(case_of(LIUSHI, handled="2018-04-01"), "甲某")
    party_of(case_of(PANSHI, handled="2018-04-01"), "乙某")

    assert [counted(division=code).cases for code in (LIUSHI, PANSHI, "330382", "330381")] == [1, 1, 2, 0]


def test_figures_take_as_many_queries_for_many_cases_as_for_few(db):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            figures(["330382"], period("2018-12-31", at("2019-01-01")))
        return len(captured)

    measure_of(party_of(case_of(handled="2018-04-01")))
    few = asked()
    for _ in range(4):
        measure_of(party_of(case_of(handled="2018-04-01")))

    assert (asked(), few) == (3, 3)


# --- Random histories, recounted by hand


KINDS, MEASURES = ["paid_tutoring", "illegal_enrolment", "holiday_tutoring"], ["disciplined", "transferred", "removed"]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["case", "party", "measure", "conclude", "correct", "withdraw"]),
        st.integers(0, 9),
        st.integers(0, 2),
        st.integers(0, 9),
    ),
    min_size=4,
    max_size=18,
)
FIRST = date(2018, 3, 1)


class Lived:
    """A history lived through the actions, one act a day; what is not legal then is not done."""

    def __init__(self) -> None:
        self.day = FIRST
        self.cases: list[Case] = []
        self.parties: list[Party] = []

    def live(self, act: tuple[str, int, int, int]) -> None:
        self.day += timedelta(days=1)
        what, which, kind, other = act
        if what == "case" or not self.cases:
            self.cases.append(case_of(found=self.day, kind=KINDS[kind]))
            return
        case = self.cases[which % len(self.cases)]
        with contextlib.suppress(Refusal):
            self._do(what, case, which, kind, other)

    def _do(self, what: str, case: Case, which: int, kind: int, other: int) -> None:
        now = at(self.day, 16)
        if what == "party":
            known = [each.person for each in self.parties]
            same = known[other % len(known)] if known and other % 2 else None
            self.parties.append(party_of(case, on=self.day, same_as=same))
        elif what == "measure" and self.parties:
            measure_of(self.parties[other % len(self.parties)], MEASURES[kind], on=self.day)
        elif what == "conclude":
            concluded(case, self.day)
        elif what == "correct":
            actions.correct_statement(
                case.statement, statement=stated(FIRST, kind=KINDS[kind]), reason="登错", by=clerk(), at=now
            )
        elif what == "withdraw":
            rows = [case, *self.parties, *([case.conclusion] if case.conclusion else [])]
            actions.withdraw(rows[other % len(rows)], by=leader(), reason="登错", at=now)


def recounted(lived: Lived, on: date, known: datetime) -> tuple[int, int, dict[str, int], dict[str, int]]:
    """Cases, persons, persons by measure and cases by kind, row by row in Python, with no query of the room's."""

    def holds(row) -> bool:
        return row.recorded_at <= known and (row.withdrawn_at is None or row.withdrawn_at > known)

    people: set = set()
    measured: dict[str, set] = defaultdict(set)
    kinds: dict[str, int] = defaultdict(int)
    total = 0
    for case in Case.objects.all():
        ended = [each for each in case.conclusions.all() if holds(each) and YEAR <= each.handled_on <= on]
        if not holds(case) or not ended or ended[0].result != "concluded":
            continue
        total += 1
        [stated_then] = [each for each in case.statements.all() if holds(each)]
        kinds[stated_then.kind] += 1
        for party in (each for each in case.parties.all() if holds(each)):
            people.add(party.person_id)
            for measure in (each for each in party.measures.all() if holds(each) and each.decided_on <= on):
                measured[measure.kind].add(party.person_id)
    return total, len(people), {kind: len(whom) for kind, whom in measured.items()}, dict(kinds)


class RandomHistories(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts=ACTS, back=st.integers(0, 18), earlier=st.integers(0, 18))
    def test_figures_and_lists_are_what_a_recount_finds_at_any_moment(self, acts, back, earlier):
        lived = Lived()
        for act in acts:
            lived.live(act)
        on, known = lived.day - timedelta(days=back), at(lived.day - timedelta(days=earlier), 23)
        asked = Period(YEAR, Moment.of(on, known))

        found = figures(["330382"], asked)

        total, people, measured, kinds = recounted(lived, on, known)
        assert (found.cases, found.persons, found.measures) == (total, people, measured)
        assert {each.key: each.cases for each in found.kinds} == kinds
        assert sum(each.cases for each in found.months) == found.cases
        listed = cases(["330382"], asked)
        assert (listed.count(), persons_in(listed, asked.moment).count()) == (total, people)
        for kind in MEASURES:
            whom = persons_in(listed, asked.moment, kind)
            assert whom.count() == measured.get(kind, 0) <= people
        for kind in KINDS:
            assert cases(["330382"], asked, kind=kind).count() == kinds.get(kind, 0)


# --- Sentences


def said(on: str = "2018-12-31", since: date = YEAR) -> list[str]:
    return [text_of(each) for each in sentences("330382", Moment.of(day(on)), since)]


def test_nothing_is_said_of_nothing(db):
    case_of()

    assert said() == []


def test_case_without_persons_says_none(db):
    case_of(handled="2018-04-01")

    assert said() == ["全年共处理1起。"]


def test_persons_without_measures_and_one_measure(db):
    party = party_of(case_of(handled="2018-04-01"))
    assert said() == ["全年共处理1起涉及1人。"]

    measure_of(party, "criticised")
    assert said() == ["全年共处理1起涉及1人,其中通报批评1人。"]


def test_what_schools_did_is_said_by_kind_and_is_part_of_all(db):
    for kind in ("holiday_tutoring", "illegal_enrolment", "holiday_tutoring", "other"):
        case_of(handled="2018-04-01", kind=kind)

    assert said() == ["全年共处理4起。", "全年共查处学校违规招生行为1起,暑期违规补课行为2起。"]


def test_number_of_a_sentence_has_its_figure_and_its_list(db):
    measure_of(party_of(case_of(handled="2018-04-01")))

    [sentence] = sentences("330382", Moment.of(day("2018-12-31")), YEAR, known_at="2019-01-03T09:00:00Z")

    numbers = [part for part in sentence if not isinstance(part, str)]
    assert [(each["figure"], each["value"], each["path"]) for each in numbers] == [
        ("misconduct.cases", 1, "/misconduct/"),
        ("misconduct.persons", 1, "/misconduct/persons/"),
        ("misconduct.measure.disciplined", 1, "/misconduct/persons/"),
    ]
    assert numbers[2]["query"] == (
        "division=330382&since=2018-01-01&as_of=2018-12-31&known_at=2019-01-03T09%3A00%3A00Z&state=concluded"
        "&measure=disciplined"
    )


def test_every_number_of_a_sentence_is_the_figure_of_its_key(db):
    case = case_of(handled="2018-04-01", kind="holiday_tutoring")
    measure_of(party_of(case), "other")
    case_of(handled="2018-05-01", kind="other")

    figure_of = by_key(counted())

    told = sentences("330382", Moment.of(day("2018-12-31")), YEAR)
    numbers = {part["figure"]: part["value"] for one in told for part in one if not isinstance(part, str)}
    assert numbers == {name: value for name, value in figure_of.items() if name in numbers}
    assert len(figure_of) == 2 + len(MeasureKind) + len(Kind)
    assert (figure_of["misconduct.kind.other"], figure_of["misconduct.measure.removed"]) == (1, 0)


@pytest.mark.parametrize(
    ("since", "on", "words"),
    [
        ("2018-01-01", "2018-12-31", "全年"),
        ("2018-01-01", "2018-09-30", "2018年1月至9月"),
        ("2018-09-01", "2018-09-30", "2018年9月"),
        ("2018-01-01", "2018-09-29", "2018年1月1日至2018年9月29日"),
        ("2017-01-01", "2018-12-31", "2017年1月1日至2018年12月31日"),
        ("2018-09-02", "2018-09-30", "2018年9月2日至2018年9月30日"),
    ],
)
def test_period_is_said_as_people_say_it(since, on, words):
    assert period_in_words(day(since), day(on)) == words


def test_every_kind_that_is_said_is_said_in_chinese_whatever_the_page(db):

    for kind in Kind:
        party = party_of(case_of(handled="2018-04-01", kind=kind))
        for measure in MeasureKind:
            measure_of(party, measure)

    with translation.override("en"):
        told = "".join(said())

    assert not any("a" <= character <= "z" for character in told)
