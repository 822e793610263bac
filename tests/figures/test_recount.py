"""On histories nobody thought of: the figures equal the recount of tests/recount.py for every township and month end, their
lists are what was counted, what a report finds lost since the one before is all that was lost, and the same question
about the same day, as known at the same moment, has the same answer for ever."""

from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from figures.drilldown import Drilldown
from figures.statistics import FIGURES, PARTITIONS, completion, members, population
from inspections.models import Rectification
from institutions.models import Institution
from institutions.moments import Moment, start_of
from institutions.past import as_listed
from mapping.layers import collection
from reports.contradictions import contradictions
from tests.factories import at, institution, user_with
from tests.figures.histories import ELSEWHERE, STATUSES, TOWNSHIPS, day, histories, moment, write, write_more
from tests.recount import MONTH_ENDS, assert_figures_are_recounted, exported, recount

ONCE_MORE = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
}
told = st.lists(histories(), min_size=1, max_size=5)


@contextmanager
def taken_back():
    """What an example writes is gone when it ends."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def written(histories: list[dict]) -> list[Institution]:
    """Each is merged, if it is, into the one before it that is on the register."""
    kept, schools = institution(TOWNSHIPS[0], surveyed_on="2018-07-01", status="full"), []
    for history in histories:
        schools.append(write(history, kept))
        schools[-1].refresh_from_db()
        if schools[-1].on_register and not schools[-1].has_merges:
            kept = schools[-1]
    return schools


@settings(max_examples=10, **ONCE_MORE)
@given(told, st.integers(0, 500))
def test_figures_of_any_history_equal_the_recount(db, told, known_after):
    with taken_back():
        written(told)

        tables = exported()

        for on in MONTH_ENDS:
            assert_figures_are_recounted(tables, on, known_at=moment(known_after))
        assert_figures_are_recounted(tables, MONTH_ENDS[-1], known_at=at("2026-01-01"))


@settings(max_examples=6, **ONCE_MORE)
@given(told, st.integers(0, 500), st.integers(0, 500))
def test_lists_of_any_history_are_what_was_counted(db, told, after, known_after):
    """The list behind a figure, by name and township of the day, is the recount's, in the county and in each township."""
    with taken_back():
        written(told)
        asked = Moment(day(after), moment(known_after))
        everywhere = recount(exported(), asked.on, asked.known_at)

        for division in ("330382", *TOWNSHIPS):
            there = everywhere[everywhere.scope_code.str.startswith(division)]
            for figure in FIGURES:
                listed = as_listed(members(figure, population(division, asked), asked).in_list_order(asked), asked)

                counted = there[there[figure]].sort_values(["scope_code", "name", "id"])
                assert [
                    (str(each.institution.pk), each.name, each.scope_code, each.licence_status) for each in listed
                ] == [tuple(row) for row in counted[["id", "name", "scope_code", "status"]].itertuples(index=False)]


@settings(max_examples=10, **ONCE_MORE)
@given(told)
def test_losses_of_any_history_are_all_found(db, told):
    """The checks look only through what was rewritten; these are the sets they stand for, subtracted."""
    with taken_back():
        written(told)

        for before, on in pairwise(MONTH_ENDS):
            now = Moment(on, at("2026-01-01"))
            then = Moment(before, start_of(before + timedelta(days=1)))
            lost = {
                figure: _members(figure, then) - _members(figure, now)
                for figure in ("surveyed", "with_problems", "rectified")
            }
            since = Rectification.objects.counted_at(now).filter(ordered_on__gt=before)
            explained = set(since.values_list("institution", flat=True))

            found = {
                each.code: {listed.institution.pk for listed in each.institutions}
                for each in contradictions("330382", now, before)
            }

            assert found.get("base_shrank", set()) == lost["surveyed"] | lost["with_problems"]
            assert found.get("strike_off_disappeared", set()) == lost["rectified"] - explained


def _members(figure: str, moment: Moment) -> set:
    return set(members(figure, population("330382", moment), moment).values_list("pk", flat=True))


@settings(max_examples=5, **ONCE_MORE)
@given(told, st.lists(histories(), min_size=5, max_size=5), st.integers(0, 450), st.integers(60, 450))
def test_any_question_has_the_same_answer_whatever_becomes_known_later(db, told, later, after, known):
    """Everything is asked as of a day, as known at a moment; more is recorded after it; everything is asked again."""
    with taken_back():
        schools = written(told)
        somebody = user_with("supervisor", "33", "somebody")
        asked = Moment(day(after), moment(known))
        kept = everything(somebody, asked)

        for school, more in zip(schools, later, strict=False):
            school.refresh_from_db()
            write_more(school, more, known + 1)
        for more in later[len(schools) :]:
            write_more(institution(more["township"], recorded_at=moment(known + 1), surveyed_on=None), more, known + 1)

        assert everything(somebody, asked) == kept


def everything(user: User, asked: Moment) -> dict:
    """Every figure by each partition and every list of the drill-down, of a city, a county and a township."""
    answers: dict = {}
    for division in ("3303", ELSEWHERE, TOWNSHIPS[0]):
        for by in PARTITIONS:
            answers[division, by] = completion(division, asked, by=by).as_json()
        questions = [
            {},
            *({"figure": figure} for figure in FIGURES),
            *({"licence_status": status} for status in STATUSES),
            *({"licence_now": status} for status in STATUSES),
            *({"unvisited": span} for span in ("30", "180", "ever")),
            *({"finding_type": code} for code in ("T01", "S02")),
            *({"q": name} for name in "甲乙丙"),
        ]
        for question in questions:
            found = Drilldown(division=division, **question).institutions(user, asked)
            answers[division, *question.items()] = [
                (each.institution.pk, each.name, each.division_name, each.operating_address, each.surveyed_on,
                 each.licence_status, each.institution.standing)
                for each in as_listed(found.in_list_order(asked), asked)
            ]  # fmt: skip
        answers[division, "map"] = collection(Drilldown(division=division).institutions(user, asked), asked, None, 18)
    return answers


@pytest.mark.parametrize("named", ["甲", "乙"])
def test_the_question_finds_something(db, named):
    """Of a history that moves, is renamed and has a survey withdrawn `everything` tells what it was before."""
    history = {
        "township": TOWNSHIPS[0], "status": "none", "surveyed": 0, "survey_late": 0, "survey_withdrawn": 200,
        "surveyed_instead": None, "rounds": [], "last_open": False, "moves": [(50, 0, ELSEWHERE, None)],
        "renames": [(50, 0, named, None)], "licences": [], "gone": "", "gone_after": 0, "taken_apart": None, "visits": [],
    }  # fmt: skip
    school = written([history])[0]

    answers = everything(user_with("supervisor", "33"), Moment(day(60), moment(60)))

    assert [row[:3] for row in answers[ELSEWHERE, ("figure", "surveyed")]] == [(school.pk, named, "瑞安市")]
    assert answers[TOWNSHIPS[0], ("q", named)] == []
