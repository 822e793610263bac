"""The counts that are kept, to the letter: what is in the sums, what came since, and what is left to the definition."""

from dataclasses import astuple
from datetime import date, timedelta

import pytest

from accounts.watermark import TICK, clock, recording
from figures import keeping, kept
from figures.models import COUNTED, Change, Gap, History, SumDay
from figures.places import Where
from figures.statistics import (
    PARTITIONS,
    completion,
    counts,
    defined_by_each,
    defined_totals,
    partitions,
    population,
    trend,
)
from figures.verifying import differences
from inspections.models import Rectification
from institutions.models import Institution
from institutions.moments import LAST, Moment, today
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    PANSHI,
    at,
    day,
    institution,
    merge_of,
    move_of,
    round_of,
    user_with,
    visit_of,
    withdraw_survey_of,
)

pytestmark = pytest.mark.django_db
PROVINCE, COUNTY = ["33"], "330382"


def registered(township: str = LIUSHI, **columns) -> Institution:
    with recording() as at:
        return institution(township, surveyed_recorded=at, **columns)


def ordered(school: Institution, on: str, **stated) -> Rectification:
    with recording() as at:
        return round_of(school, on, ordered_recorded=at, **stated)


def found(school: Institution, on: str) -> None:
    with recording() as at:
        visit_of(school, on, findings=("S02",), recorded=at)


def totals(*days: str) -> tuple[list, list]:
    """Of the province on the days, as kept and as defined."""
    of = [day(each) for each in days]
    answer = kept.totals(PROVINCE, of, LAST)
    return answer, [astuple(each) for each in defined_totals(PROVINCE, [Moment(each, LAST) for each in of])]


def seen_by_inspector_of(township: str):
    return Institution.objects.visible_to(user_with("inspector", township))


# --- Sums and what came since


def test_what_came_after_the_sums_is_added_to_them_on_their_own_days_too():
    school, other = registered(), registered(surveyed_on="2018-05-05")
    keeping.fold()
    ordered(school, "2018-05-05")
    ordered(other, "2018-06-06")

    answer, defined = totals("2018-04-30", "2018-05-05", "2018-12-31")

    assert answer == defined
    assert kept.total(PROVINCE, day("2018-12-31"), LAST) == defined[-1]
    assert defined[-1][:2] == (2, 2)


def test_what_is_folded_of_days_before_the_first_sums_is_counted_once():
    registered()
    keeping.fold()
    registered(surveyed_on="2012-03-04")
    keeping.fold()

    answer, defined = totals("2012-12-31", "2018-12-31")

    assert not SumDay.objects.filter(day__lt=day("2018-04-02")).exists()
    assert (answer, [each[0] for each in defined]) == (defined, [1, 2])


def test_what_is_folded_of_days_to_come_is_counted_when_they_have_come():
    last, deadline = today() + timedelta(days=40), today() + timedelta(days=20)
    ordered(registered(), "2018-05-05", due_on=deadline)
    registered(surveyed_on=today())
    keeping.fold()

    answer, defined = totals(str(today()), str(deadline), str(last))

    assert SumDay.objects.latest("day").day == today()
    assert (answer, [each[4] for each in defined]) == (defined, [0, 0, 1])


def test_townships_beside_a_province_are_told_apart_by_what_came_since_the_sums():
    """With a township of another province its parts are asked for by nine digits, of which there are no sums."""
    school = registered()
    keeping.fold()
    ordered(school, "2018-05-05")
    where = Where.of(["33", "350102101"], Moment(day("2018-12-31"), LAST))

    parts = kept.by_division(where.codes, where.part_digits, day("2018-12-31"), LAST)

    assert parts == {LIUSHI: (1, 1, 0, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(("townships", "answered"), [(100, True), (101, False)])
def test_more_places_than_a_statement_takes_are_left_to_the_definition(townships, answered):
    registered(LIUSHI)
    apart = [f"330382{number:03}" for number in range(0, 2 * townships, 2)]

    answer = kept.total(apart, day("2018-12-31"), LAST)

    assert answer == ((1, 0, 0, 0, 0, 0, 0, 0) if answered else None)


def test_one_write_in_so_many_changes_folds_what_waits(monkeypatch):
    monkeypatch.setattr(keeping, "FOLD_EVERY", 3)
    waited: set[int] = set()
    for _each in range(7):
        registered()  # one change each
        last = Change.objects.latest("pk").pk
        waits = set(Change.objects.filter(folded=False).values_list("pk", flat=True))
        assert waits == (waited | {last} if last % 3 else set())
        waited = waits


def test_nothing_is_written_of_days_on_which_nothing_changes():
    school = registered()
    ordered(school, "2018-05-05")
    no_difference = dict.fromkeys(COUNTED, 0)

    assert not Change.objects.filter(**no_difference).exists()
    keeping.rebuild()
    assert not Change.objects.filter(**no_difference).exists()


def test_rebuilding_says_how_many_are_counted_now():
    registered()
    school = registered()
    with recording() as known:
        withdraw_survey_of(school, known)

    assert keeping.rebuild() == 1


# --- Of which moments they answer


def test_what_became_known_at_two_moments_of_one_transaction_is_left_to_the_definition_in_between():
    first = clock() - timedelta(seconds=20)
    last = first + timedelta(seconds=10)
    with recording(first) as known, recording(last):
        institution(surveyed_recorded=known)

    assert kept.total(PROVINCE, day("2018-12-31"), first) is None
    assert kept.total(PROVINCE, day("2018-12-31"), last - TICK) is None
    assert kept.total(PROVINCE, day("2018-12-31"), last) == (1, 0, 0, 0, 0, 0, 0, 0)


def test_what_was_left_over_is_left_to_the_definition_until_it_is_worked_out():
    institution(surveyed_recorded="2018-05-01")
    with recording() as known:
        pass

    assert kept.total(PROVINCE, day("2018-12-31"), at("2018-06-01")) is None
    assert kept.total(PROVINCE, day("2018-12-31"), known) == (1, 0, 0, 0, 0, 0, 0, 0)


def test_no_moment_is_left_out_for_what_was_written_in_order():
    before = Gap.objects.count()
    moment = clock()
    with recording(moment) as known:
        school = institution(surveyed_recorded=known)
    with recording(moment) as known:
        round_of(school, "2018-05-05", ordered_recorded=known)
    with recording(moment), recording(moment + timedelta(seconds=1)):
        pass

    assert Gap.objects.count() == before


def test_what_was_written_out_of_order_leaves_out_the_moments_in_between():
    moment = clock()
    with recording(moment) as known:
        school = institution(surveyed_recorded=known)
    with recording(moment + timedelta(seconds=9)) as known:
        round_of(school, "2018-05-05", ordered_recorded=known)
    with recording(moment + timedelta(seconds=3)) as known:
        withdraw_survey_of(school, known)

    asked = [kept.total(PROVINCE, day("2018-12-31"), moment + timedelta(seconds=each)) for each in (2, 3, 8, 9)]

    assert [each is None for each in asked] == [False, True, True, False]
    assert asked[0] == (1, 0, 0, 0, 0, 0, 0, 0)


# --- Findings


def test_type_is_in_an_institution_since_the_first_of_its_findings_whenever_that_is_known():
    school = registered()
    for on in ("2018-07-07", "2018-05-05", "2018-08-08"):
        found(school, on)

    on = [day(each) for each in ("2018-05-04", "2018-05-05")]
    assert [kept.by_finding_type([LIUSHI], each, LAST).get("S02", [0])[0] for each in on] == [0, 1]
    assert next(differences(on), None) is None


def test_finding_that_is_nothing_new_leaves_its_history_as_known_when_it_was():
    school = registered()
    found(school, "2018-05-05")
    before = History.objects.get(institution=school).known_at

    found(school, "2018-07-07")

    assert History.objects.get(institution=school).known_at == before


def test_finding_in_what_is_not_counted_is_not_kept():
    school = registered()
    with recording() as known:
        withdraw_survey_of(school, known)

    found(school, "2018-05-05")

    assert History.objects.get(institution=school).found == "{}"
    assert next(differences([day("2018-12-31")]), None) is None


def test_findings_of_what_is_merged_later_are_its_own_until_then():
    into, school = institution(), institution(NEXT_TO_LIUSHI)
    visit_of(into, "2018-05-05", findings=("S02",))
    visit_of(school, "2018-05-05", findings=("M01",))
    merge_of(school, into, "2018-09-01")
    before = Moment(day("2018-08-08"), at("2018-08-08"))

    parts = defined_by_each(Where.of(LIUSHI, before), before, None, PARTITIONS)["finding_type"]

    assert set(parts) == {"S02"}


# --- Which questions they answer


def test_partitions_are_read_from_what_is_kept():
    registered()
    Change.objects.update(clear=7)

    assert partitions(COUNTY, Moment.of())["division"].total.surveyed == 7


def test_part_that_held_something_once_is_none_when_it_holds_nothing():
    school = registered()
    found(school, "2018-05-05")
    with recording() as known:
        move_of(school, PANSHI, "2018-09-01", recorded=known)

    assert completion(LIUSHI, Moment(day("2018-08-31"), LAST), by="finding_type").rows != []
    assert completion(LIUSHI, Moment(day("2018-09-01"), LAST), by="finding_type").rows == []


def test_part_of_which_all_has_left_the_sight_of_who_asks_is_none():
    school = registered()
    found(school, "2018-05-05")
    with recording() as known:
        move_of(school, PANSHI, "2018-09-01", recorded=known)
    before, seen = Moment(day("2018-08-31"), LAST), seen_by_inspector_of(LIUSHI)

    assert completion(LIUSHI, before, by="finding_type", within=seen).rows == []


def test_some_of_what_lies_in_a_division_is_not_all_of_it():
    registered(name="甲")
    registered(name="乙")
    some, moment = Institution.objects.filter(name="甲"), Moment.of()

    months = trend(LIUSHI, date(2018, 12, 1), date(2018, 12, 1), known_at=moment.known_at, within=some)

    assert [each.total.surveyed for each in months] == [1]
    assert {each.total.surveyed for each in partitions(LIUSHI, moment, within=some).values()} == {1}


def test_who_sees_one_of_two_divisions_counts_what_lies_in_that():
    registered()
    registered(PANSHI)
    moment, seen, both = Moment.of(), seen_by_inspector_of(LIUSHI), [LIUSHI, PANSHI]

    assert counts(population(both, moment, seen), moment).surveyed == 1
    assert completion(both, moment, within=seen).total.surveyed == 1


@pytest.mark.parametrize("narrowed", [False, True])
def test_no_month_has_no_figures(narrowed):
    within = Institution.objects.filter(name="甲") if narrowed else None

    assert trend(LIUSHI, date(2018, 5, 1), date(2018, 4, 1), known_at=at("2018-12-31"), within=within) == []
