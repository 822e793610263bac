"""Two people have one institution open: the second one sees what the first one changed, and by whom, before saving."""

import pytest
from django.http import QueryDict

from institutions.actions import edit_institution, move_institution, rename_institution
from institutions.changes import changes_since
from institutions.forms import InstitutionForm
from institutions.models import Division, Institution
from institutions.moments import today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, user_with

FIELDS = InstitutionForm.Meta.fields


@pytest.fixture
def school(db) -> Institution:
    return institution(name="甲培训", phone="13800000001", teachers=3)


@pytest.fixture
def colleague(db):
    return user_with("task_force", "330382", "王同事")


@pytest.fixture
def clerk(browse, taskforce):
    return browse(taskforce)


def opened(school: Institution, **typed: str) -> dict[str, str]:
    """The page as a browser sends it: what it was opened with, and what was changed on it."""
    page = {
        "name": school.name, "phone": school.phone, "teachers": str(school.teachers), "division": school.division_id,
        "category": school.category, "datum": "wgs84", "version": str(school.version),
    }  # fmt: skip
    return page | {f"initial-{name}": page.get(name, "") for name in FIELDS} | typed


def told(answer) -> list[tuple]:
    return [(each.field, each.before, each.after, each.mine, str(each.by)) for each in answer.context["meanwhile"]]


def test_page_tells_field_by_field_what_changed_by_whom_and_what_was_typed(clerk, school, colleague):
    page = opened(school, phone="13800000002", signboard_name="新招牌")
    edit_institution(school, by=colleague, version=1, columns={"phone": "13800000009", "teachers": 5})

    answer = clerk.post(f"/institutions/{school.pk}/edit/", page)

    assert answer.status_code == 412
    assert told(answer) == [
        ("phone", "13800000001", "13800000009", "13800000002", "王同事"),
        ("teachers", "3", "5", None, "王同事"),
    ]
    form = answer.context["form"]
    assert [form[name].value() for name in ("phone", "teachers", "signboard_name")] == ["13800000002", "5", "新招牌"]
    assert "王同事" in answer.content.decode()


def test_several_changes_of_a_column_are_one_from_what_was_opened_to_what_is_now(clerk, school, colleague, taskforce):
    for version, phone in ((1, "13800000003"), (2, "13800000004")):
        edit_institution(school, by=taskforce if version == 1 else colleague, version=version, columns={"phone": phone})

    answer = clerk.post(f"/institutions/{school.pk}/edit/", opened(school, teachers="9"))

    assert told(answer) == [("phone", "13800000001", "13800000004", None, "王同事")]


def test_move_and_new_name_are_told_in_words(clerk, school, colleague):
    there = Division.objects.get(pk=NEXT_TO_LIUSHI)
    move_institution(school, by=colleague, version=1, division=there, operating_address="新路1号", from_on=today())
    rename_institution(school, by=colleague, version=2, name="乙培训", from_on=today())

    answer = clerk.post(f"/institutions/{school.pk}/edit/", opened(school, teachers="9"))

    assert [each[:3] for each in told(answer)] == [
        ("name", "甲培训", "乙培训"),
        ("operating_address", "—", "新路1号"),
        ("division", "柳市镇", there.name),
    ]
    assert "乙培训</a></h1>" in answer.content.decode()  # the heading is that of the row as it is now


def test_saved_again_after_seeing_it_what_was_not_touched_is_the_other_s(clerk, school, colleague):
    page = opened(school, signboard_name="新招牌")
    edit_institution(school, by=colleague, version=1, columns={"phone": "13800000009"})
    refused = clerk.post(f"/institutions/{school.pk}/edit/", page)
    form = refused.context["form"]
    again = {name: form[name].value() or "" for name in form.fields} | {"version": refused.context["version"]}

    answer = clerk.post(f"/institutions/{school.pk}/edit/", again)

    school.refresh_from_db()
    assert (answer.status_code, school.signboard_name, school.phone) == (302, "新招牌", "13800000009")


def test_page_seen_once_is_stale_again_when_somebody_saves_in_between(clerk, school, colleague):
    edit_institution(school, by=colleague, version=1, columns={"phone": "13800000009"})
    first = clerk.post(f"/institutions/{school.pk}/edit/", opened(school, teachers="9"))
    edit_institution(school, by=colleague, version=2, columns={"phone": "13800000010"})

    second = clerk.post(
        f"/institutions/{school.pk}/edit/", opened(school, teachers="9", version=str(first.context["version"]))
    )

    assert second.status_code == 412
    assert [each[:3] for each in told(second)] == [("phone", "13800000009", "13800000010")]


def test_form_read_before_the_other_saved_goes_on_from_what_the_other_left(school, colleague, taskforce):
    """Between the reading of the row and the lock somebody saved: the row as it was read is never shown again."""
    data = QueryDict(mutable=True)
    data.update(opened(school, signboard_name="新招牌"))
    form = InstitutionForm(data, instance=Institution.objects.get(pk=school.pk), user=taskforce)
    assert form.is_valid()
    current = edit_institution(school, by=colleague, version=1, columns={"phone": "13800000009"})

    form.take_over(current, changes_since(current, 1))

    assert (form.instance.phone, form["phone"].value(), form["signboard_name"].value()) == (
        "13800000009", "13800000009", "新招牌",
    )  # fmt: skip
    assert form.data[form["phone"].html_initial_name] == "13800000009"


def test_institution_moved_out_of_sight_meanwhile_is_absent_and_tells_nothing(browse, school, colleague):
    townsman = browse(user_with("task_force", LIUSHI))
    there = Division.objects.get(pk=NEXT_TO_LIUSHI)
    path = f"/institutions/{school.pk}/edit/"
    move_institution(school, by=colleague, version=1, division=there, operating_address="新路1号", from_on=today())

    answer = townsman.post(path, opened(school, teachers="9"))

    assert (answer.status_code, "新路1号" in answer.content.decode()) == (404, False)


def test_stale_withdrawal_tells_what_changed_and_keeps_the_reason(clerk, school, colleague):
    edit_institution(school, by=colleague, version=1, columns={"phone": "13800000009"})

    answer = clerk.post(f"/institutions/{school.pk}/withdraw/", {"version": "1", "reason": "重复登记"})

    assert (answer.status_code, told(answer)) == (412, [("phone", "13800000001", "13800000009", None, "王同事")])
    assert 'value="重复登记"' in answer.content.decode()
    assert Institution.objects.get().withdrawn_at is None
