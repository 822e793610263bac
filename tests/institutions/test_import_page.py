"""导入名册 by the page: hand in, look, confirm, take back."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from accounts.models import AuditRow
from institutions.actions import edit_institution
from institutions.models import ImportAnswer, ImportBatch, Institution, RegisterFile
from tests.factories import LIUSHI, institution, seconded_from, user_with

HEAD = "机构名称,乡镇(街道),办学地址,负责人,联系电话"
ROW = "竹里琴社,柳市镇,柳市镇前街1号,甲,13800000001"
START = "/institutions/import/"


def csv_of(*rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("名册.csv", "\n".join([HEAD, *rows]).encode(), content_type="text/csv")


@pytest.fixture
def clerk(client, db):
    user = user_with("task_force", "330382", "clerk")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def handed_in(client, *rows: str) -> str:
    """The page of the file that was handed in."""
    answer = client.post(START, {"file": csv_of(*rows), "division": "330382", "datum": "wgs84"})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def changes_of(client, page: str) -> dict[str, str]:
    """What the first row would set, by title."""
    plan = client.get(page).context["plan"]
    return {title: new for _field, title, _old, new in plan.row(plan.find()[0])["changes"]}


def confirmed(client, page: str):
    shown = client.get(page)
    return client.post(f"{page}confirm/", {"plan": shown.context["plan_digest"]})


def test_preview_writes_nothing_and_confirming_writes_what_it_showed(clerk):
    page = handed_in(clerk, ROW)
    shown = clerk.get(page).content.decode()

    assert "竹里琴社" in shown and "确认导入" in shown
    assert not Institution.objects.exists()

    answer = confirmed(clerk, page)

    assert (answer.status_code, answer.url) == (302, page)
    assert Institution.objects.get().name == "竹里琴社"
    assert "整批撤销" in clerk.get(page).content.decode()


def test_file_is_kept_as_it_was_handed_in(clerk):
    handed_in(clerk, ROW)

    file = RegisterFile.objects.get()
    assert bytes(file.content).decode() == f"{HEAD}\n{ROW}"
    assert (file.by, file.file_name) == (clerk.user, "名册.csv")
    assert AuditRow.objects.filter(action="import.received", object_id=str(file.pk), by=clerk.user).count() == 1


def test_errors_are_all_said_and_nothing_can_be_confirmed(clerk):
    page = handed_in(clerk, ROW, "石桥画室,不存在镇,某路2号,乙,1", "小桥棋院,柳市镇,,丙,2")
    shown = clerk.get(page)

    assert "有错误，还不能导入" in shown.content.decode()
    assert "确认导入" not in shown.content.decode()

    book = CalamineWorkbook.from_filelike(io.BytesIO(clerk.get(f"{page}?marked").content))
    assert "石桥画室" in [row[0] for row in book.get_sheet_by_index(0).to_python()]


def test_register_changed_after_the_preview_is_shown_again_and_nothing_written(clerk):
    page = handed_in(clerk, ROW)
    looked_at = clerk.get(page).context["plan_digest"]
    institution(LIUSHI, name="竹里琴社", operating_address="柳市镇前街1号")

    answer = clerk.post(f"{page}confirm/", {"plan": looked_at})

    assert answer.status_code == 409
    assert "已不一样" in answer.content.decode()
    assert (Institution.objects.count(), ImportBatch.objects.count()) == (1, 0)


def test_file_confirmed_twice_is_imported_once(clerk):
    page = handed_in(clerk, ROW)
    looked_at = clerk.get(page).context["plan_digest"]
    clerk.post(f"{page}confirm/", {"plan": looked_at})

    again = clerk.post(f"{page}confirm/", {"plan": looked_at})

    assert again.status_code == 409
    assert (Institution.objects.count(), ImportBatch.objects.count()) == (1, 1)


def test_batch_is_taken_back_whole(clerk):
    page = handed_in(clerk, ROW)
    confirmed(clerk, page)

    answer = clerk.post(f"{page}undo/", {"undo-sure": "on"})

    assert answer.status_code == 302
    assert Institution.objects.filter(withdrawn_at=None).count() == 0
    assert "已撤销" in clerk.get(page).content.decode()


def test_taking_a_batch_back_says_what_it_does_and_takes_a_tick(clerk):
    page = handed_in(clerk, ROW)
    confirmed(clerk, page)

    shown = clerk.get(page).content.decode()
    answer = clerk.post(f"{page}undo/")

    assert "新增的 1 家从名册撤下，变更的 0 家恢复原值。撤销本身不能撤销" in shown
    assert (answer.status_code, answer.context["errors"]) == (
        422,
        [("undo-sure", "请先勾选确认：办理后不能撤销。")],
    )
    assert 'id="id_undo-sure"' in answer.content.decode()
    assert Institution.objects.filter(withdrawn_at=None).count() == 1


def test_batch_with_later_records_is_not_taken_back_and_says_why(clerk):
    page = handed_in(clerk, ROW)
    confirmed(clerk, page)
    found = Institution.objects.get()
    edit_institution(found, by=clerk.user, version=found.version, columns={"phone": "13800000002"})

    answer = clerk.post(f"{page}undo/", {"undo-sure": "on"})

    assert answer.status_code == 409
    assert "竹里琴社" in answer.content.decode() and "不能撤销这一批" in answer.content.decode()
    assert Institution.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize(
    "name, content",
    [
        ("名册.xlsx", b"not a workbook"),
        ("名册.pdf", b"%PDF"),
        ("名册.csv", b"\xff\xfe\xff"),
        ("名册.csv", "甲,乙\n1,2".encode()),
    ],
)
def test_unreadable_file_is_refused_in_words_and_not_kept(clerk, name, content):
    sent = SimpleUploadedFile(name, content)

    answer = clerk.post(START, {"file": sent, "division": "330382", "datum": "wgs84"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not RegisterFile.objects.exists()


STATUS = "截至2018年12月31日培训机构名册\n机构名称,乡镇(街道),办学地址,证照情况\n竹里琴社,柳市镇,前街1号,无证无照\n"


def test_question_is_answered_on_the_page_and_kept(clerk):
    sent = SimpleUploadedFile("名册.csv", STATUS.encode())
    page = clerk.post(START, {"file": sent, "division": "330382", "datum": "wgs84"}).url
    shown = clerk.get(page).content.decode()

    assert "排摸是哪一天" in shown and 'value="2018-12-31"' in shown and "确认导入" not in shown

    clerk.post(f"{page}answers/", {"answer:surveyed_on": "", "answer:surveyed_on:day": "2018-12-30"})
    clerk.post(f"{page}answers/", {"answer:surveyed_on": "", "answer:surveyed_on:day": "2018-12-31"})

    assert list(ImportAnswer.objects.values_list("key", "value", "by")) == [
        ("surveyed_on", "2018-12-30", clerk.user.pk),
        ("surveyed_on", "2018-12-31", clerk.user.pk),
    ]
    assert AuditRow.objects.filter(action="import.answered", by=clerk.user).count() == 2
    assert confirmed(clerk, page).status_code == 302
    assert str(Institution.objects.get().surveyed_on) == "2018-12-31"


def test_choice_counts_before_the_day_beside_it(clerk):
    sent = SimpleUploadedFile("名册.csv", STATUS.encode())
    page = clerk.post(START, {"file": sent, "division": "330382", "datum": "wgs84"}).url

    clerk.post(f"{page}answers/", {"answer:surveyed_on": "none", "answer:surveyed_on:day": "2018-12-31"})

    assert ImportAnswer.objects.get().value == "none"


def test_answer_about_a_heading_holds_for_the_next_file_of_the_layout(clerk):
    text = "机构名称,乡镇(街道),办学地扯\n竹里琴社,柳市镇,前街1号\n"
    first, second = (SimpleUploadedFile(name, text.encode()) for name in ("一月.csv", "二月.csv"))
    page = clerk.post(START, {"file": first, "division": "330382", "datum": "wgs84"}).url
    before = changes_of(clerk, page)

    clerk.post(f"{page}answers/", {"answer:heading:办学地扯": "operating_address"})

    after = changes_of(clerk, clerk.post(START, {"file": second, "division": "330382", "datum": "wgs84"}).url)
    assert ("办学地址" in before, after["办学地址"]) == (False, "前街1号")


def test_answer_since_the_preview_is_shown_again(clerk):
    sent = SimpleUploadedFile("名册.csv", "机构名称,乡镇(街道),办学地扯\n竹里琴社,柳市镇,前街1号\n".encode())
    page = clerk.post(START, {"file": sent, "division": "330382", "datum": "wgs84"}).url
    looked_at = clerk.get(page).context["plan_digest"]
    clerk.post(f"{page}answers/", {"answer:heading:办学地扯": "operating_address"})

    assert clerk.post(f"{page}confirm/", {"plan": looked_at}).status_code == 409


def test_file_of_another_county_is_absent(clerk, client):
    page = handed_in(clerk, ROW)
    client.force_login(user_with("task_force", "330381"), backend="django.contrib.auth.backends.ModelBackend")

    answers = [
        client.get(page),
        client.post(f"{page}confirm/"),
        client.post(f"{page}undo/"),
        client.post(f"{page}answers/", {"answer:surveyed_on": "none"}),
        client.get(f"{page}?marked"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert "名册.csv" not in client.get(START).content.decode()


def test_somebody_who_may_only_look_is_refused(client, db):
    client.force_login(user_with("supervisor", "330382"), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(START).status_code == 403


def test_task_force_of_a_township_alone_is_told_who_imports(client, db):
    user = seconded_from("inspector", "330382", "task_force", LIUSHI)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    shown = client.get(START).content.decode()

    assert "不能导入整县的名册" in shown
