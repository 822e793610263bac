"""What pages that put rooms together offer and show: each by the grant that is held where a row lies.

`seconded` is of the 专班 of one township and audits another.
"""

import pytest
from django.urls import reverse

from institutions.models import Division
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, round_of, user_with, visit_of
from tests.inspections.rounds import brought_to

pytestmark = pytest.mark.django_db


# --- 今日


def returned_on_the_page_of(browse, user) -> list:
    """The rounds that were sent back, as the page lists them; none where it has no such list."""
    waiting = browse(user).get("/").context["waiting"]
    return [round_ for each in waiting if each.state == "returned" for round_ in each.rounds]


def test_what_was_sent_back_is_listed_for_who_records_visits(browse, inspector, supervisor):
    returned = brought_to("returned", institution(LIUSHI))

    assert returned_on_the_page_of(browse, inspector) == [returned]
    assert returned_on_the_page_of(browse, supervisor) == []


def test_what_was_sent_back_is_read_and_rechecked_where_the_grant_is(browse, seconded):
    for township in (NEXT_TO_LIUSHI, PANSHI):
        brought_to("returned", institution(township))

    shown = {
        each.institution.division_id: (each.may_read, each.may_recheck)
        for each in returned_on_the_page_of(browse, seconded)
    }

    assert shown == {NEXT_TO_LIUSHI: (True, True), PANSHI: (False, False)}


# --- 机构, 查找


@pytest.mark.parametrize(("role", "offered"), [("taskforce", True), ("inspector", False), ("supervisor", False)])
def test_list_offers_to_register_one_to_who_edits_the_registry(browse, request, role, offered):
    page = browse(request.getfixturevalue(role)).get(reverse("institutions")).content.decode()

    assert (f'href="{reverse("institution_new")}"' in page) is offered


def test_principal_typed_in_full_is_written_out_where_people_may_be_seen(browse, seconded):
    """Both are found by their name, which says the same."""
    for township in (NEXT_TO_LIUSHI, PANSHI):
        institution(township, name="李小芳书画", principal="李小芳")

    found = browse(seconded).get(reverse("search"), {"q": "李小芳"}).context["institutions"]

    assert {each.division_id: each.called for each in found} == {NEXT_TO_LIUSHI: "李小芳", PANSHI: "李**"}


def test_principal_that_was_not_typed_is_masked_for_everybody(browse, taskforce):
    institution(LIUSHI, name="李小芳书画", principal="李小芳")

    [found] = browse(taskforce).get(reverse("search"), {"q": "书画"}).context["institutions"]

    assert found.called == "李**"


# --- 开始使用


def test_first_steps_are_done_by_what_is_in_ones_own_divisions(browse):
    school = institution(LIUSHI)
    visit_of(school)
    round_of(school, "2018-05-01", verified_on="2018-06-01")

    def done(prefix: str) -> list[bool]:
        steps = browse(user_with("task_force", prefix)).get(reverse("first_steps")).context["steps"]
        return [step.done for step in steps[2:]]

    assert done(LIUSHI) == [True, True, True]
    assert done(NEXT_TO_LIUSHI) == [False, False, False]


@pytest.mark.parametrize(("prefix", "empty"), [(LIUSHI, False), (NEXT_TO_LIUSHI, True)])
def test_register_is_empty_where_nothing_of_it_is_seen(browse, prefix, empty):
    institution(LIUSHI, surveyed_on=None)

    assert browse(user_with("task_force", prefix)).get("/").context["register_is_empty"] is empty


# --- 审计


def test_auditor_chooses_from_divisions_of_their_own_down_to_the_townships(browse):
    Division.objects.create(code=f"{LIUSHI}201", name="某村", level="village", parent_id=LIUSHI)

    page = browse(user_with("auditor", LIUSHI)).get("/audit/")

    assert [each.code for each in page.context["divisions"]] == [LIUSHI]


# --- 案件


@pytest.mark.parametrize(("role", "may"), [("task_force", True), ("supervisor", False), ("auditor", False)])
def test_case_is_recorded_from_the_list_by_who_may_record_one(browse, role, may):
    page = browse(user_with(role, "330382")).get(reverse("misconduct"))

    assert page.context["may_record"] is may
    assert (reverse("misconduct_new") in page.content.decode()) is may
