"""Another campus of an operator on the form for registering: asked about as the import asks."""

import pytest

from institutions.actions import AlreadyRegistered, edit_institution, register_if_new
from institutions.models import Division, Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution
from tests.institutions.intake_files import planned

CODE = "91350200MA2YJ1XR9G"
TYPED = {"name": "甲培训", "division": LIUSHI, "category": "subject", "datum": "wgs84", "credit_code": CODE}
ELSEWHERE = TYPED | {"name": "甲培训（柳市校区）", "operating_address": "示例路9号"}


@pytest.fixture
def clerk(browse, taskforce):
    return browse(taskforce)


@pytest.fixture
def known(db) -> Institution:
    return institution(NEXT_TO_LIUSHI, name="甲培训", operating_address="井巷路1号", credit_code=CODE)


def said(answer) -> str:
    return answer.content.decode()


def test_second_campus_is_asked_about_and_taken(clerk, known):
    asked, taken = (
        clerk.post("/institutions/new/", ELSEWHERE),
        clerk.post("/institutions/new/", ELSEWHERE | {"campus": "on"}),
    )

    assert (asked.status_code, 'name="campus"' in said(asked), "另一校区" in said(asked)) == (409, True, True)
    assert (taken.status_code, Institution.objects.filter(credit_code=CODE).count()) == (302, 2)


def test_same_door_is_the_same_institution_whatever_is_ticked(clerk, known):
    typed = ELSEWHERE | {"division": NEXT_TO_LIUSHI, "operating_address": "井巷路1号3楼", "campus": "on", "apart": "on"}

    answer = clerk.post("/institutions/new/", typed)

    assert (answer.status_code, "是同一处办学点" in said(answer), 'name="campus"' in said(answer)) == (409, True, True)
    assert Institution.objects.count() == 1


def test_same_name_without_an_address_is_the_same_institution(clerk, known):
    answer = clerk.post("/institutions/new/", TYPED | {"campus": "on"})

    assert (answer.status_code, "是同一处办学点" in said(answer)) == (409, True)


def test_both_ticks_stay_when_both_are_asked_for(clerk, known):
    institution(name="甲培训（柳市校区）", operating_address="别处路3号")

    asked = clerk.post("/institutions/new/", ELSEWHERE | {"campus": "on"})
    taken = clerk.post("/institutions/new/", ELSEWHERE | {"campus": "on", "apart": "on"})

    assert (asked.status_code, 'name="apart"' in said(asked), 'name="campus"' in said(asked)) == (409, True, True)
    assert taken.status_code == 302


def test_campus_of_the_same_name_in_the_same_township_needs_one_tick(clerk, known):
    typed = TYPED | {"division": NEXT_TO_LIUSHI, "operating_address": "示例路9号", "campus": "on"}

    assert clerk.post("/institutions/new/", typed).status_code == 302


def test_credit_code_typed_into_a_file_is_asked_about_alike(clerk, known):
    school = institution(name="甲培训（柳市校区）", operating_address="示例路9号")
    page = ELSEWHERE | {"version": "1"}

    asked = clerk.post(f"/institutions/{school.pk}/edit/", page)
    taken = clerk.post(f"/institutions/{school.pk}/edit/", page | {"campus": "on"})

    assert (asked.status_code, 'name="campus"' in said(asked), taken.status_code) == (409, True, 302)
    assert Institution.objects.filter(credit_code=CODE).count() == 2


def test_form_and_import_ask_at_the_same_places(known, taskforce):
    """One rule: what the import takes for the same, for another campus by question, the action does."""
    rows = [
        ["甲培训（柳市校区）", "柳市镇", "示例路9号"],
        ["甲培训", "柳市镇", "示例路9号"],
        ["别名教育", "北白象镇", "井巷路1号"],
    ]
    asked_by_import, asked_by_form = [], []
    for name, township, address in rows:
        plan = planned(["机构名称", "乡镇", "办学地址", "统一社会信用代码"], [name, township, address, CODE])
        asked_by_import.append([each.key for each in plan.questions] == ["same:2"])
        columns = {"name": name, "operating_address": address, "credit_code": CODE}
        with pytest.raises(AlreadyRegistered) as refusal:
            register_if_new(by=taskforce, columns=columns | {"division": Division.objects.get(name=township)})
        asked_by_form.append(refusal.value.confirm == "campus")

    assert asked_by_import == asked_by_form == [True, True, False]


def test_action_that_edits_takes_a_campus_only_when_it_is_said(known, taskforce):
    school = institution(name="甲培训（柳市校区）", operating_address="示例路9号")

    with pytest.raises(AlreadyRegistered):
        edit_institution(school, by=taskforce, version=1, columns={"credit_code": CODE})
    edited = edit_institution(school, by=taskforce, version=1, columns={"credit_code": CODE}, campus=True)

    assert edited.credit_code == CODE
