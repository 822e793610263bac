"""The second ledger and somebody with two grants: each permits what it permits, in its own place."""

import pytest
from django.urls import reverse

from institutions.models import Division
from misconduct.actions import withdraw
from misconduct.actions.people import people_called
from misconduct.forms import CaseForm
from misconduct.question import divisions_offered
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, seconded_from, user_with
from tests.misconduct.patrol import case_of, party_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("township", "in_clear"), [(NEXT_TO_LIUSHI, True), (PANSHI, False)])
def test_names_are_read_in_the_place_of_the_grant_that_permits_it(browse, api, seconded, township, in_clear):
    case = case_of(township, number="教乱1号")
    party_of(case, "甲某某")

    page = browse(seconded).get(case.get_absolute_url())
    answer = api(seconded).get(f"/api/v1/misconduct/{case.pk}/")

    assert page.context["in_clear"] is in_clear
    assert ("甲某某" in page.content.decode(), "甲某某" in answer.content.decode()) == (in_clear, in_clear)


def test_people_of_a_name_are_those_where_names_may_be_read(seconded):
    for township in (NEXT_TO_LIUSHI, PANSHI):
        party_of(case_of(township, number=f"教乱{township}号"), "甲某某", another=True)

    [found] = people_called("甲某某", seconded)

    assert found.parties.get().case.scope_code.startswith(NEXT_TO_LIUSHI)


def test_cases_are_recorded_in_divisions_where_one_may(seconded):
    offered = CaseForm(user=seconded).fields["division"].queryset

    assert [each.pk for each in offered] == [NEXT_TO_LIUSHI]


@pytest.mark.parametrize(("township", "says"), [(NEXT_TO_LIUSHI, None), (LIUSHI, "没有叫")])
def test_institution_of_a_case_is_one_in_sight(browse, seconded, township, says):
    institution(township, name="绘声馆")
    typed = {
        "number": "一号", "division": NEXT_TO_LIUSHI, "kind": "other", "school": "某校", "institution": "绘声馆",
        "source": "patrol", "happened_on": "2018-03-01", "found_on": "2018-03-02",
    }  # fmt: skip

    answer = browse(seconded).post("/misconduct/new/", typed)

    assert answer.status_code == (422 if says else 302)
    assert says is None or says in str(answer.context["form"].errors["institution"])


@pytest.mark.parametrize(
    ("prefix", "code", "offered"),
    [
        ("330382", "330382", {"330382", LIUSHI, NEXT_TO_LIUSHI}),
        ("330382", LIUSHI, {"330382", LIUSHI, NEXT_TO_LIUSHI}),
        (LIUSHI, LIUSHI, {LIUSHI}),
        ("3303", "3303", {"3303", "330382"}),
    ],
)
def test_divisions_one_goes_on_to_are_in_sight_near_and_no_villages(prefix, code, offered):
    village = Division.objects.create(code=f"{LIUSHI}201", name="某村", level="village", parent_id=LIUSHI)

    near = {each.pk for each in divisions_offered(user_with("task_force", prefix), code)}

    assert near & {"33", "3303", "330382", LIUSHI, NEXT_TO_LIUSHI, village.pk} == offered


@pytest.mark.parametrize(("township", "may"), [(NEXT_TO_LIUSHI, True), (PANSHI, False)])
def test_case_is_written_on_in_the_place_of_the_grant_that_permits_it(browse, seconded, township, may):
    case = case_of(township)

    page = browse(seconded).get(case.get_absolute_url())
    asked = browse(seconded).get(reverse("misconduct_correct", args=[case.pk]))

    assert (page.context["may_record"], asked.status_code) == (may, 200 if may else 403)
    assert page.context["may_withdraw"] is False


@pytest.mark.parametrize(("township", "may"), [(NEXT_TO_LIUSHI, True), (PANSHI, False)])
def test_case_is_taken_back_in_the_place_of_the_grant_that_permits_it(browse, township, may):
    case = case_of(township)
    leads = browse(seconded_from("supervisor", NEXT_TO_LIUSHI, "auditor", PANSHI))

    page = leads.get(case.get_absolute_url())
    asked = leads.get(reverse("misconduct_withdraw", args=[case.pk]))

    assert (page.context["may_withdraw"], asked.status_code) == (may, 200 if may else 403)
    assert page.context["may_record"] is False


def test_case_that_was_taken_back_is_neither_written_on_nor_taken_back_again(browse, seconded):
    case = case_of(NEXT_TO_LIUSHI)
    withdraw(case, by=user_with("supervisor", "3303"), reason="重复登记")
    leads = seconded_from("supervisor", NEXT_TO_LIUSHI, "task_force", NEXT_TO_LIUSHI)

    page = browse(leads).get(case.get_absolute_url())

    assert (page.status_code, page.context["may_record"], page.context["may_withdraw"]) == (200, False, False)


@pytest.mark.parametrize(("township", "named"), [(NEXT_TO_LIUSHI, True), (LIUSHI, False)])
def test_institution_of_a_case_is_named_to_who_sees_it(browse, seconded, township, named):
    school = institution(township, name="绘声馆")
    case = case_of(NEXT_TO_LIUSHI, institution=school)

    page = browse(seconded).get(case.get_absolute_url())

    assert page.context["institution"] == (school if named else None)
