"""The counts that are kept: equal to the definition whatever is asked, written with what they count, or not at all."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.watermark import recording
from figures import keeping, kept
from figures.models import Change, DaySum, Gap, History, SumDay, Touched
from figures.places import Where
from figures.statistics import PARTITIONS, completion, counts, partitions, population, trend
from figures.verifying import differences
from inspections.models import Rectification
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    PANSHI,
    day,
    institution,
    move_of,
    round_of,
    supplement_of,
    user_with,
    visit_of,
)

pytestmark = pytest.mark.django_db
DAYS = ["2018-05-31", "2018-06-30", "2018-07-31", "2018-08-31", "2018-12-31", "2030-01-01"]


@pytest.fixture
def asked(monkeypatch):
    """Whether the definition was asked: the number of its answers."""
    answers = []

    def counting(*given, **named):
        answers.append(given)
        return counts(*given, **named)

    monkeypatch.setattr("figures.statistics.counts", counting)
    return answers


@pytest.fixture
def schools():
    """One of each standing, two types of findings, in two townships; counted as if by an action."""
    with recording() as at:
        institution(name="无问题", surveyed_recorded=at)
        ordered("未完成", "2018-06-15", at)
        supplement_of(ordered("补充", "2018-06-15", at), "2018-06-20", findings=("S02",), recorded=at)
        visit_of(ordered("邻镇", "2018-07-01", at, NEXT_TO_LIUSHI).institution, "2018-07-03", recorded=at)
    return Institution.objects.all()


def ordered(name: str, on: str, at: datetime, township: str = LIUSHI) -> Rectification:
    return round_of(institution(township, name=name, surveyed_recorded=at), on, ordered_recorded=at)


def now() -> Moment:
    return Moment.of()


@pytest.mark.parametrize("on", DAYS)
@pytest.mark.parametrize("division", ["33", "3303", "330382", LIUSHI, NEXT_TO_LIUSHI])
@pytest.mark.parametrize("folded", [False, True])
def test_partitions_from_the_counts_are_those_of_the_definition(schools, division, on, folded):
    if folded:
        keeping.fold()
    moment = Moment(day(on), now().known_at)

    defined = partitions(division, moment, within=Institution.objects.filter(pk__isnull=False))

    assert partitions(division, moment) == defined
    assert [completion(division, moment, by=by) for by in PARTITIONS] == list(defined.values())
    assert completion(division, moment).total == counts(population(division, moment), moment)


@pytest.mark.parametrize("division", ["33", "330382", LIUSHI])
@pytest.mark.parametrize("folded", [False, True])
def test_trend_from_the_counts_is_that_of_the_definition(schools, division, folded):
    if folded:
        keeping.fold()
    known_at = now().known_at

    found = trend(division, date(2018, 4, 1), date(2018, 12, 1), known_at=known_at)

    everyone = Institution.objects.filter(pk__isnull=False)
    assert found == trend(division, date(2018, 4, 1), date(2018, 12, 1), known_at=known_at, within=everyone)
    assert [each.total.surveyed for each in found] == sorted(each.total.surveyed for each in found)


def test_definition_is_not_asked_about_now(schools, asked):
    completion("330382", now())

    assert asked == []


@pytest.mark.parametrize("folded", [False, True])
def test_definition_is_not_asked_about_a_past_k(schools, asked, folded):
    before = now()
    with recording():
        institution(name="另一家")
    if folded:
        keeping.fold()

    assert completion("330382", before).total.surveyed == 4
    assert asked == []


@pytest.mark.parametrize("made_anew", [False, True])
def test_definition_answers_for_what_was_known_before_something_was_left_out(schools, asked, made_anew):
    before = now()
    institution(name="另一家")  # outside of any transaction that says that it writes
    with recording():
        pass
    if made_anew:
        keeping.rebuild()

    completion("330382", before)

    assert len(asked) == (0 if made_anew else 1)


def test_definition_answers_while_something_is_not_counted_yet(schools, asked):
    institution(name="另一家")  # outside of any transaction that says that it writes

    assert completion("330382", now()).total.surveyed == 5
    assert len(asked) == 1


def test_what_was_left_is_counted_with_the_next_that_is_written(schools, asked):
    institution(name="另一家")

    with recording():
        pass

    assert completion("330382", now()).total.surveyed == 5
    assert asked == []


def test_raw_sql_is_counted(schools, asked):
    with recording(), connection.cursor() as cursor:
        cursor.execute("UPDATE institutions_institution SET withdrawn_at = recorded_at WHERE name = '无问题'")

    assert completion("330382", now()).total.surveyed == 3
    assert asked == []
    assert list(differences()) == []


def test_who_sees_a_township_counts_what_has_not_left_it(schools, asked):
    inspector = user_with("inspector", LIUSHI, "inspector-of-it")
    with recording():
        move_of(Institution.objects.get(name="未完成"), NEXT_TO_LIUSHI, "2018-10-01")
    moment, seen = Moment(day("2018-09-01"), now().known_at), Institution.objects.visible_to(inspector)

    found = partitions(LIUSHI, moment, within=seen)

    assert found == partitions(LIUSHI, moment, within=seen.filter(pk__isnull=False))
    assert (found["division"].total.surveyed, completion(LIUSHI, moment).total.surveyed) == (2, 3)


def test_who_sees_both_townships_counts_what_moved_between_them(schools, asked):
    """What moved within sight has left nothing; what moved out of sight has."""
    inspector = user_with("inspector", LIUSHI, "inspector-of-both")
    inspector.grants.create(role="inspector", division_prefix=NEXT_TO_LIUSHI, valid_from="2018-01-01")
    with recording():
        move_of(Institution.objects.get(name="未完成"), NEXT_TO_LIUSHI, "2018-10-01")
        move_of(Institution.objects.get(name="无问题"), PANSHI, "2018-10-01")
    moment, seen = Moment(day("2018-09-01"), now().known_at), Institution.objects.visible_to(inspector)

    found = partitions(LIUSHI, moment, within=seen)

    assert found["division"].total.surveyed == 2
    assert found == partitions(LIUSHI, moment, within=seen.filter(pk__isnull=False))


def test_what_is_rolled_back_leaves_nothing(schools):
    before = Change.objects.count(), History.objects.count()

    with pytest.raises(RuntimeError), recording():
        institution(name="另一家")
        raise RuntimeError

    assert (Change.objects.count(), History.objects.count(), Touched.objects.count()) == (*before, 0)
    assert list(differences()) == []


def test_what_is_written_out_of_order_is_answered_by_the_definition_in_between(schools, asked):
    school = Institution.objects.get(name="无问题")
    first = now().known_at + timedelta(seconds=1)
    with recording(first + timedelta(seconds=2)) as later:
        round_of(school, "2018-06-01", ordered_recorded=later)
    with recording(first) as earlier:
        Institution.objects.filter(pk=school.pk).update(withdrawn_at=earlier)

    kept_now = kept.total(["330382"], day("2018-12-31"), first + timedelta(seconds=3))

    assert kept.total(["330382"], day("2018-12-31"), first + timedelta(seconds=1)) is None
    assert kept_now is not None and kept_now[0] == 3


def test_what_is_folded_is_counted_once(schools):
    keeping.fold()
    keeping.fold()

    assert list(differences()) == []
    assert SumDay.objects.count() > 3
    assert not Change.objects.filter(folded=False).exists()


def test_sums_go_on_where_days_had_none(schools):
    keeping.fold()
    with recording() as at:
        ordered("以后的", "2019-03-03", at)
    keeping.fold()

    assert list(differences([day("2019-02-28"), day("2019-03-05"), day("2019-12-31")])) == []
    assert SumDay.objects.filter(day=day("2019-03-03")).exists()


def test_everything_is_made_anew(schools):
    keeping.forget()
    assert not Gap.objects.exists()

    said = StringIO()
    call_command("rebuild_figures", stdout=said)

    assert said.getvalue() == "4 institutions counted.\n"
    assert list(differences()) == []
    moment = now()
    assert completion("330382", moment).total == counts(population("330382", moment), moment)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: History.objects.filter(institution__name="未完成").update(spells="[]"), "Institution "),
        (lambda: Change.objects.filter(pk=Change.objects.first().pk).update(clear=7), "Changes of "),
        (lambda: DaySum.objects.filter(pk=DaySum.objects.first().pk).update(closed=7), "Sums of "),
        (lambda: DaySum.objects.filter(pk=DaySum.objects.first().pk).delete(), "Sums of "),
        (lambda: Touched.objects.create(institution=Institution.objects.first()), "Something was written"),
        (keeping.forget, "Nothing is kept"),
    ],
)
def test_wrong_row_is_named(schools, wrong, said):
    keeping.fold()
    wrong()

    with pytest.raises(CommandError, match=said):
        call_command("verify_figures", stdout=StringIO())


def test_right_rows_are_said_to_be_right(schools):
    out = StringIO()

    call_command("verify_figures", "--day", "2018-12-31", stdout=out)

    assert out.getvalue() == "The kept counts say what the definition says.\n"


def test_upgraded_database_gets_its_counts(schools):
    keeping.forget()
    with transaction.atomic():
        call_command("migrate", verbosity=0)

    assert History.objects.count() == 4
    assert list(differences()) == []


def test_places_are_told_by_their_parts(schools):
    where = Where.of("330382", now())

    assert set(kept.by_division(where.codes, where.part_digits, day("2018-12-31"), now().known_at)) == {
        LIUSHI,
        NEXT_TO_LIUSHI,
    }
