"""一机构一档: what changed in words, masked where it must be, and nothing of what is out of sight."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from inspections.models import Oddity, Visit
from institutions.actions import edit_institution, register_institution, withdraw_institution
from institutions.models import Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, merge_of, round_of, user_with, visit_of


@pytest.fixture
def school(db) -> Institution:
    return institution(name="甲培训", principal="王某某", phone="13800001111")


def file_of(browser, school: Institution) -> str:
    return browser.get(f"/institutions/{school.pk}/").content.decode()


def changes(answer) -> list[tuple[str, str, str]]:
    [entry] = [entry for entry in answer.context["entries"] if entry["kind"] == "audit"]
    return entry["changed"]


def test_change_of_the_file_is_told_by_field_from_old_to_new(browse, taskforce, school):
    columns = {"category": "arts", "learners": 40, "division_id": NEXT_TO_LIUSHI, "phone": "13900002222"}
    edit_institution(school, by=taskforce, version=1, columns=columns)

    answer = browse(taskforce).get(f"/institutions/{school.pk}/")

    assert changes(answer) == [
        ("乡镇（街道）", "柳市镇", "北白象镇"),
        ("类别", "学科类", "文化艺术类"),
        ("联系电话", "13800001111", "13900002222"),
        ("学生人数", "—", "40"),
    ]
    assert "institution.edited" not in answer.content.decode()
    assert "编辑" in answer.content.decode()


def test_position_is_told_without_the_columns_that_follow_from_it(browse, taskforce, school):
    edit_institution(school, by=taskforce, version=1, columns={"longitude": 120.9, "latitude": 28.0})

    answer = browse(taskforce).get(f"/institutions/{school.pk}/")

    assert changes(answer) == [("经度", "—", "120.9"), ("纬度", "—", "28.0")]


def test_registration_is_told_without_a_list_of_columns(browse, taskforce):
    columns = {"name": "乙培训", "division": institution().division}
    school = register_institution(by=taskforce, columns=columns)

    answer = browse(taskforce).get(f"/institutions/{school.pk}/")

    assert changes(answer) == []
    assert "登记机构" in answer.content.decode()


def test_withdrawal_is_told_with_its_reason(browse, taskforce, school):
    withdraw_institution(school, by=taskforce, version=1, reason="重复登记")

    assert "撤销登记：重复登记" in file_of(browse(taskforce), school)


def test_people_in_a_change_are_masked_for_who_may_not_see_them(browse, taskforce, auditor, school):
    edit_institution(school, by=taskforce, version=1, columns={"principal": "李某某", "phone": "13900002222"})

    answer = browse(auditor).get(f"/institutions/{school.pk}/")

    assert changes(answer) == [("负责人", "王**", "李**"), ("联系电话", "138****1111", "139****2222")]
    assert not re.search("王某某|李某某|13800001111|13900002222", answer.content.decode())


def test_who_may_neither_edit_nor_audit_sees_no_change(browse, taskforce, inspector, school):
    edit_institution(school, by=taskforce, version=1, columns={"learners": 40})

    assert browse(inspector).get(f"/institutions/{school.pk}/").context["entries"] == []


@pytest.mark.parametrize(("township", "named"), [(LIUSHI, True), (NEXT_TO_LIUSHI, False)])
def test_institution_merged_into_is_named_to_who_may_see_it(browse, inspector, school, township, named):
    other = institution(township, name="丁培训")
    merge_of(school, other, timezone.now())

    page = browse(inspector).get(f"{school.get_absolute_url()}?own=1").content.decode()

    assert ("丁培训" in page, str(other.pk) in page) == (named, named)
    assert ("已并入本辖区外的机构。" in page) is not named


def test_severity_of_a_finding_is_in_words(browse, school):
    visit = visit_of(school, findings=("F03",))

    page = file_of(browse(user_with("inspector", LIUSHI)), school)

    assert f"{visit.findings.get().type.get_severity_display()} · " in page


def test_withdrawn_institution_offers_nothing_to_do(browse, taskforce):
    school = institution(withdrawn_at=at("2018-05-01"))

    html = browse(taskforce).get(school.get_absolute_url()).content.decode()

    assert "/visits/new/?institution" not in html
    assert "/edit/" not in html


def test_timeline_counts_what_it_leaves_out(browse, taskforce, school):
    """260 visits and a round of one event: 15 entries are shown, with the earlier ones 200."""
    stored = visit_of(school, "2018-05-01")
    columns = {
        field.attname: getattr(stored, field.attname) for field in Visit._meta.concrete_fields if field.name != "id"
    }
    Visit.objects.bulk_create(Visit(id=uuid4(), **columns) for _ in range(259))
    round_of(school, "2018-04-01")

    answer = browse(taskforce).get(f"/institutions/{school.pk}/")
    earlier = browse(taskforce).get(f"/institutions/{school.pk}/?earlier=1")

    assert (len(answer.context["entries"]), answer.context["left_out"]) == (15, 246)
    assert '另有较早的 246 条未显示。 <a href="?earlier=1#history">显示较早的</a>' in answer.content.decode()
    assert (len(earlier.context["entries"]), earlier.context["left_out"]) == (200, 61)
    assert "另有较早的 61 条未显示。</p>" in earlier.content.decode()


def test_visit_to_ask_about_is_named_however_old_it_is(browse, taskforce, school):
    odd = visit_of(school, "2018-04-01")
    Oddity.objects.create(visit=odd, kind="clock", facts={"minutes": 90})
    for number in range(16):
        visit_of(school, f"2018-05-{number + 1:02d}")

    answer = browse(taskforce).get(f"/institutions/{school.pk}/")

    assert odd not in [entry["row"] for entry in answer.context["entries"]]
    assert f'<a href="{odd.get_absolute_url()}">2018-04-01 ' in answer.content.decode()
