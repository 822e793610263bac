"""台账销号: what an imported ledger says was struck off, confirmed in one go by a second person; from upload to end."""

import io
import json
from io import StringIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.models import AuditRow
from inspections.models import LedgerEntry, Rectification, Visit
from institutions.models import ImportAnswer, ImportBatch, RegisterFile
from institutions.moments import today
from tests.factories import user_with
from tests.inspections.ledgers import HEAD, import_ledger, round_at, row

pytestmark = pytest.mark.django_db
URL = "/rectifications/strike-offs/"
DONE = row(
    "甲馆", 存在问题="虚假宣传", 整改期限="2018-10-03", 整改结果="已整改", 完成日期="2018-09-28", 销号日期="2018-10-08"
)
LICENSED = row("丙馆", 证照情况="有照无证", 存在问题="有照无证", 整改期限="2018-10-03", 整改结果="已办证", 完成日期="2018-09-20",
               销号日期="2018-09-25")  # fmt: skip


@pytest.fixture
def second(db):
    return user_with("task_force", "330382", "second")


def file_of(*rows, name="ledger.xlsx"):
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    for each in rows:
        book.active.append([each.get(title, "") for title in HEAD])
    written = io.BytesIO()
    book.save(written)
    return SimpleUploadedFile(name, written.getvalue())


def upload(browser, *rows) -> RegisterFile:
    sent = {"file": file_of(*rows), "division": "330382", "datum": "wgs84"}
    assert browser.post("/institutions/import/", sent).status_code == 302
    return RegisterFile.objects.latest("received_at")


def confirm(browser, file: RegisterFile):
    url = f"/institutions/import/{file.pk}/"
    return browser.post(f"{url}confirm/", {"plan": browser.get(url).context["plan_digest"]})


def test_page_of_an_imported_ledger_says_what_it_did_and_leads_to_its_strike_offs(browse, taskforce):
    first = browse(taskforce)
    file = upload(first, DONE)

    confirm(first, file)

    page = first.get(f"/institutions/import/{file.pk}/").content.decode()
    assert "登记走访 2 次（含复查），责令整改 1 轮，提交 1 轮。" in page
    assert f'<a class="button primary" href="{URL}">台账销号：1 家待另一人确认</a>' in page


def test_page_of_who_had_a_hand_in_all_of_them_asks_for_another(browse, taskforce):
    first = browse(taskforce)
    confirm(first, upload(first, DONE))

    page = first.get(URL)

    assert page.context["may_any"] is False
    assert "请另一个有核验权限的人来确认" in page.content.decode()
    assert '<button class="button primary">确认销号</button>' not in page.content.decode()


def test_page_says_what_the_ledger_says(browse, taskforce, second):
    first = browse(taskforce)
    confirm(first, upload(first, DONE | {"整改情况": "物品已移走"}))

    page = browse(second).get(URL).content.decode()

    assert "<small>物品已移走</small><small>已整改</small>" in page
    assert "<small>柳市镇</small>" in page


def test_ledger_goes_from_upload_to_strike_off_by_two_persons(browse, taskforce, second):
    first = browse(taskforce)
    file = upload(first, DONE)
    assert confirm(first, file).status_code == 302
    own = first.get(URL).content.decode()

    page = browse(second).get(URL).content.decode()
    entry = LedgerEntry.objects.get()
    answer = browse(second).post(URL, {"entry": [entry.pk], "sure": "on"}, follow=True)

    assert "您是经手人" in own and f'value="{entry.pk}"' not in own
    assert "1 家待确认" in page and "2018-10-08" in page and 'ledger.xlsx <span class="keep">第2行</span>' in page
    assert "已销号 1 家" in answer.content.decode() and "没有待确认的台账销号" in answer.content.decode()
    assert (round_at("甲馆").state, str(round_at("甲馆").verified_on)) == ("verified", "2018-10-08")


def test_ledger_that_names_no_day_is_struck_off_on_the_day_of_the_second_person(browse, taskforce, second):
    import_ledger(DONE | {"销号日期": ""}, by=taskforce)
    entry = LedgerEntry.objects.get()

    browse(second).post(URL, {"entry": [entry.pk], "sure": "on"})

    round_ = round_at("甲馆")
    assert (entry.struck_off_on, round_.verified_on) == (None, today())
    assert round_.events.get(kind="verified").note == "台账载明已整改，经核对销号。"


def test_one_that_is_refused_stays_and_says_why(browse, taskforce, second):
    import_ledger(DONE, LICENSED, by=taskforce)

    answer = browse(second).post(URL, {"entry": list(LedgerEntry.objects.values_list("pk", flat=True)), "sure": "on"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "已销号 1 家" in html and "有 1 家没有销号" in html and "缺少有效证照" in html
    assert sorted(Rectification.objects.values_list("state", flat=True)) == ["submitted", "verified"]


@pytest.mark.parametrize(("posted", "said"), [({"sure": "on"}, "请至少勾选一家"), ({"entry": True}, "请先勾选确认")])
def test_nothing_is_struck_off_unasked(browse, taskforce, second, posted, said):
    import_ledger(DONE, by=taskforce)
    posted = posted | ({"entry": [LedgerEntry.objects.get().pk]} if "entry" in posted else {})

    answer = browse(second).post(URL, posted)

    assert (answer.status_code, round_at("甲馆").state) == (422, "submitted")
    assert said in answer.content.decode()


def test_page_shows_nothing_of_another_county(browse, taskforce):
    import_ledger(DONE, by=taskforce)
    elsewhere = user_with("task_force", "330381", "elsewhere")

    page = browse(elsewhere).get(URL)
    posted = browse(elsewhere).post(URL, {"entry": [LedgerEntry.objects.get().pk], "sure": "on"})

    assert "甲馆" not in page.content.decode() and "没有待确认" in page.content.decode()
    assert (posted.status_code, round_at("甲馆").state) == (422, "submitted")


def test_who_may_not_verify_is_told_so(browse, inspector):
    assert browse(inspector).get(URL).status_code == 403


def test_batch_that_was_taken_back_waits_no_longer(browse, taskforce, second):
    file = upload(browse(taskforce), DONE)
    confirm(browse(taskforce), file)

    refused = browse(taskforce).post(f"/institutions/import/{file.pk}/undo/", {"undo-sure": "on"})
    taken = browse(second).post(f"/institutions/import/{file.pk}/undo/", {"undo-sure": "on"})

    assert (refused.status_code, "作废须经两人" in refused.content.decode()) == (403, True)
    assert taken.status_code == 302
    assert "没有待确认" in browse(second).get(URL).content.decode()


def test_wording_answered_once_is_not_asked_in_the_next_ledger_of_another_layout(browse, taskforce):
    first = browse(taskforce)
    file = upload(first, DONE | {"存在问题": "教师资质问题"})
    first.post(f"/institutions/import/{file.pk}/answers/", {"answer:finding:教师资质问题@2018-08-06": "P02"})

    later = upload(first, row("乙馆", 存在问题="教师资质问题", 整改期限="2018-10-03"))

    assert ImportAnswer.objects.get().value == "P02"
    plan = first.get(f"/institutions/import/{later.pk}/").context["plan"]
    (line,) = (plan.row(number) for number in plan.find())
    done = [change[0] for change in line["changes"] if change[0].startswith("ledger.")]
    assert (plan.stored.errors, done) == (0, ["ledger.visit", "ledger.order"])


# --- The command


def run(path, *options) -> dict:
    out = StringIO()
    call_command("import_institutions", path, "--division", "330382", "--format", "json", *options, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "ledger.xlsx"
    file.write_bytes(file_of(DONE).read())
    return file


def test_command_says_in_json_what_a_row_would_do(path, taskforce):
    said = run(path, "--by", "taskforce", "--dry-run")

    of_ledger = [each for each in said["plan"][0]["changes"] if each["field"].startswith("ledger.")]
    assert of_ledger == [
        {"field": "ledger.visit", "title": "首次排摸", "old": "",
         "new": "2018-09-03，证照齐全，发现：M01 虚假宣传或违规广告"},
        {"field": "ledger.order", "title": "责令整改", "old": "", "new": "M01 虚假宣传或违规广告，期限 2018-10-03"},
        {"field": "ledger.submit", "title": "提交整改", "old": "", "new": "2018-09-28 提交，拟以“整改完成”办结"},
        {"field": "ledger.strike_off", "title": "台账销号", "old": "", "new": "2018-10-08 销号，待另一人核验后生效"},
    ]  # fmt: skip
    assert (said["batch"], Visit.objects.count()) == (None, 0)


def test_command_imports_and_takes_back_in_somebodys_name(path, taskforce, second):
    batch = run(path, "--by", "taskforce")["batch"]
    with pytest.raises(CommandError, match="须写明由谁撤销"):
        call_command("rollback_import", batch)

    call_command("rollback_import", batch, "--by", "second", stdout=StringIO())

    assert set(Visit.objects.values_list("recorded_by__username", "withdrawn_by__username")) == {
        ("taskforce", "second")
    }
    assert AuditRow.objects.filter(action="visit.withdrawn", by=second).count() == 2


def test_command_in_nobodys_name_imports_the_institutions_and_says_what_it_leaves(path):
    said = run(path)

    assert (said["new"], said["errors"], Visit.objects.count()) == (1, [], 0)
    assert any("须由有权限的人登记" in each["message"] for each in said["not_read"])
    assert ImportBatch.objects.count() == 1


def test_command_refuses_a_user_that_is_not_there(path):
    with pytest.raises(CommandError, match="没有用户 nobody"):
        run(path, "--by", "nobody")
