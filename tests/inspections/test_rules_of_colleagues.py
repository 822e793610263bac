"""Who may be named at a visit and who may verify its round: of which divisions, until which day, and how many are said."""

import pytest

from accounts.models import User
from inspections.colleagues import Named, may_be_named, named_since, suggested, usernames
from inspections.verifiers import MOST_NAMED, costs_of_ticking, verifiers_of
from institutions.models import Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, day, institution, round_of, user_with

DAY, DAY_AFTER = day("2018-10-01"), day("2018-10-02")


@pytest.fixture
def school(db) -> Institution:
    return institution(LIUSHI)


def called(user: User, name: str) -> User:
    user.name = name
    user.save()
    return user


# --- Who may be named


@pytest.mark.parametrize(
    ("prefix", "may"),
    [
        ("33", True), ("3303", True), ("330382", True), (LIUSHI, True), (NEXT_TO_LIUSHI, True),
        ("330381", False), ("330383", False), ("3304", False),
    ],
)  # fmt: skip
def test_named_is_who_inspects_in_the_county_or_around_it(school, prefix, may):
    there = user_with("inspector", prefix, "there")

    assert may_be_named(school.scope_code, DAY).contains(there) is may
    assert Named().at(school.scope_code, DAY, ["there"]) == ({"there": there} if may else {})


@pytest.mark.parametrize(("on", "may"), [(DAY, True), (DAY_AFTER, False)])
def test_named_is_who_inspects_until_the_last_day_of_the_grant(school, on, may):
    ended = user_with("inspector", LIUSHI, "ended", valid_to=DAY)

    assert may_be_named(school.scope_code, on).contains(ended) is may
    assert Named().at(school.scope_code, on, ["ended"]) == ({"ended": ended} if may else {})


def test_last_day_of_several_grants_counts_whichever_came_first(school):
    for username, days in (("longer", (DAY, None)), ("shorter", (None, DAY))):
        user = user_with("inspector", LIUSHI, username, valid_to=days[0])
        user.grants.create(role="inspector", division_prefix=LIUSHI, valid_from="2018-01-01", valid_to=days[1])

    assert set(Named().at(school.scope_code, DAY_AFTER, ["longer", "shorter"])) == {"longer", "shorter"}


def test_who_was_asked_about_is_not_asked_about_again(school, django_assert_num_queries):
    named, here = Named(), user_with("inspector", LIUSHI, "here")
    named.at(school.scope_code, DAY, ["here", "nobody"])

    with django_assert_num_queries(0):
        assert named.at(school.scope_code, DAY_AFTER, ["here", "nobody"]) == {"here": here}


def test_one_of_several_grants_makes_one_that_might_have_been_named(school, taskforce):
    both = user_with("inspector", "330101", "both")
    both.grants.create(role="inspector", division_prefix=LIUSHI, valid_from="2018-01-01")

    assert named_since(school.scope_code, DAY, ["both"], taskforce) == ([both], [])


def test_sender_without_a_grant_there_is_taken_with_those_of_another_time(school):
    sender, other = (user_with("inspector", "330101", username) for username in ("sender", "other"))

    assert named_since(school.scope_code, DAY, ["sender", "other"], sender) == ([], [sender])
    assert other not in may_be_named(school.scope_code, DAY)


def test_user_name_goes_before_the_name_of_somebody_else(school):
    called(user_with("inspector", LIUSHI, "wang"), "王某")
    called(user_with("inspector", LIUSHI, "li"), "wang")

    assert usernames(school.scope_code, DAY, "wang") == ["wang"]
    assert usernames(school.scope_code, DAY, "王某") == ["wang"]


@pytest.mark.parametrize(("most", "more"), [(3, False), (2, True)])
def test_more_are_said_to_be_left_only_where_there_are(school, most, more):
    everyone = [user_with("inspector", LIUSHI, f"a{number}") for number in range(3)]

    assert suggested(school.scope_code, DAY, chosen=[], most=most) == (everyone[:most], more)


# --- Who may verify


def test_verifiers_of_the_county_are_named_and_those_above_only_said(school):
    own = user_with("task_force", "330382")

    alone = verifiers_of(school.scope_code, DAY)
    assert (alone.named, alone.more, alone.above, alone.nobody) == ([own], False, False, False)

    boss = user_with("task_force", "3303")
    assert verifiers_of(school.scope_code, DAY).above
    without_own = verifiers_of(school.scope_code, DAY, but=[own.pk])
    assert (without_own.named, without_own.above, without_own.nobody) == ([], True, False)
    assert verifiers_of(school.scope_code, DAY, but=[own.pk, boss.pk]).nobody


def test_who_is_disabled_or_granted_later_does_not_verify(school):
    User.objects.filter(pk=user_with("task_force", "330382").pk).update(is_active=False)
    user_with("task_force", "330382", valid_from=DAY_AFTER)

    assert verifiers_of(school.scope_code, DAY).nobody
    assert not verifiers_of(school.scope_code, DAY_AFTER).nobody


@pytest.mark.parametrize(("there", "more"), [(MOST_NAMED, False), (MOST_NAMED + 1, True)])
def test_more_verifiers_are_said_only_where_there_are(school, there, more):
    everyone = [user_with("task_force", "330382", f"a{number}") for number in range(there)]

    found = verifiers_of(school.scope_code, DAY)
    assert (found.named, found.more) == (everyone[:MOST_NAMED], more)


def test_ticking_costs_an_open_round_those_who_have_no_hand_in_it(school, taskforce):
    user_with("task_force", "330382", "other")
    closed = round_of(school, "2018-05-02", verified_on="2018-06-01", submitted_by=taskforce)
    opened = round_of(school, "2018-09-03", submitted_on="2018-09-10", submitted_by=taskforce)

    assert costs_of_ticking(opened, DAY) == {"other": "勾选后他不能核验这一轮，也没有别的人能核验"}
    assert costs_of_ticking(closed, DAY) == costs_of_ticking(None, DAY) == {}
