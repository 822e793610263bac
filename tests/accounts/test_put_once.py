"""Questions put into SQL once: they give what the queryset gives, whatever the values, and say when they cannot."""

from datetime import date, timedelta

import pytest

from accounts.models import Grant, User
from accounts.put_once import put_once
from tests.factories import LIUSHI, user_with

pytestmark = pytest.mark.django_db


def of(names, role, on):
    grants = Grant.objects.filter(user__username__in=names, role=role, valid_from__lte=on)
    return grants.select_related("user").order_by("user__username")


@pytest.fixture
def people():
    for name, role, since in [
        ("a", "inspector", "2018-01-01"),
        ("b", "inspector", "2019-01-01"),
        ("c", "auditor", "2018-01-01"),
    ]:
        user_with(role, LIUSHI, name, valid_from=since)


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c"), ("a", "a"), ("nobody",)])
@pytest.mark.parametrize("role", ["inspector", "auditor"])
@pytest.mark.parametrize("on", [date(2018, 6, 1), date(2020, 1, 1)])
def test_rows_are_those_of_the_queryset(people, names, role, on):
    asked = put_once(of)
    asked(("c", "a")[: len(names)] if len(names) < 3 else ("x", "y", "z"), "auditor", date(2019, 6, 1))

    found = asked(names, role, on)

    assert found == list(of(names, role, on))


def test_rows_come_with_what_is_selected_along(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        [grant] = put_once(of)(("a",), "inspector", date(2018, 6, 1))

        assert grant.user.username == "a"


def test_rows_can_be_values(people):
    asked = put_once(lambda name: User.objects.filter(username=name).values_list("username", "grants__role"))

    assert [asked("a"), asked("c")] == [[("a", "inspector")], [("c", "auditor")]]


def test_nothing_is_asked_for_none_of_a_list(people, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert put_once(of)((), "inspector", date(2018, 6, 1)) == []


@pytest.mark.parametrize(
    "build",
    [
        lambda name: User.objects.filter(username__startswith=name),
        lambda name: User.objects.filter(username=name[:3]),
        lambda name: User.objects.filter(username="a"),
    ],
)
def test_value_that_does_not_stand_in_the_question_as_it_is_is_said(build):
    with pytest.raises(ValueError, match="as it is"):
        put_once(build)("a")


def test_long_lists_are_asked_by_few_questions(people):
    asked = put_once(lambda days, names: Grant.objects.filter(valid_from__in=days, user__username__in=names))
    days = tuple(date(2018, 1, 1) + timedelta(days=offset) for offset in range(150))

    found = [asked(days[:count], tuple(f"user {each}" for each in range(count)) + ("a",)) for count in range(1, 150)]

    assert [[grant.user.username for grant in each] for each in found] == [["a"]] * 149
    assert len(asked.made) < 20
