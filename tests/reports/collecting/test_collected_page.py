"""下级汇总: files are handed in, the counties' states shown, the sums taken away."""

import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditRow
from reports.models import Collected
from tests.factories import user_with
from tests.reports.collecting.sent import NOVEMBER, content, figures, file_of, kept

pytestmark = pytest.mark.django_db
ASKED = "?division=3303&as_of=2018-12-31"


def path(more: str = "") -> str:
    return reverse("collected_reports") + ASKED + more


def uploads(*contents: dict) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(*file_of(each)) for each in contents]


def test_files_are_handed_in_together_and_what_is_refused_is_named(browse, supervisor):
    files = [*uploads(content("330302", figures(10, 8, 4, 2)), content("330102")), SimpleUploadedFile("坏.json", b"{")]

    answer = browse(supervisor).post(path(), {"files": files})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "收到 1 份报告" in html
    assert "坏.json：不是报告数据（JSON）" in html
    assert "不是温州市的下一级" in html
    assert [each.below for each in Collected.objects.all()] == ["330302"]
    assert Collected.objects.get().by == supervisor


def test_file_named_by_an_id_number_is_refused_without_repeating_it(browse, supervisor):
    _name, data = file_of(content("330302", figures(10, 8, 4, 2)))

    answer = browse(supervisor).post(path(), {"files": [SimpleUploadedFile("王某110101199001011237.json", data)]})

    html = answer.content.decode()
    assert (answer.status_code, "文件名含身份证号" in html, "110101199001011237" in html) == (422, True, False)
    assert not Collected.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"paragraphs": [{"key": "headline", "parts": 5}]},
        {"paragraphs": [{"key": "headline", "parts": [{"figure": ["surveyed"], "value": 1}]}]},
        {"contradictions": [{"code": ["base_shrank"], "explained": "x"}]},
        {"known_at": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_report_of_which_the_page_could_make_nothing_is_refused_and_the_page_stays(browse, supervisor, changes):
    kept(content("330302", figures(12, 9, 4, 2), as_of=NOVEMBER))
    answer = browse(supervisor).post(path(), {"files": uploads(content("330302", figures(10, 8, 4, 2)) | changes)})

    assert (answer.status_code, Collected.objects.count()) == (422, 1)
    assert browse(supervisor).get(path()).status_code == 200


def test_page_names_who_contradicts_and_who_is_missing(browse, supervisor):
    kept(content("330302", figures(10, 8, 4, 2)))
    wrong = content("330303")
    wrong["figures"]["closed"] = 9
    kept(wrong)

    html = browse(supervisor).get(path()).content.decode()

    assert "数字矛盾、未计入合计：<b>龙湾区</b>" in html
    assert "指标“取缔”与表中的数字不同" in html
    assert "缺报：" in html
    assert "75.00%" in html


def test_no_file_is_refused(browse, supervisor):
    answer = browse(supervisor).post(path(), {})

    assert (answer.status_code, "请选择下级导出的报告数据" in answer.content.decode()) == (422, True)


def test_report_is_given_back_byte_for_byte(browse, supervisor):
    made = kept(content())

    answer = browse(supervisor).get(reverse("collected_report", args=[made.pk]))

    assert answer.content == file_of(content())[1]
    assert AuditRow.objects.get(action="export").after["what"] == "collected_reports"


def test_exports_hold_numbers_as_numbers_and_names_as_text(browse, supervisor):
    kept(content("330302", figures(10, 8, 4, 2)))
    kept(content("330999", figures(1, 1, 1), name="=HYPERLINK(1)") | {"division": "330399"} | {"townships": []})
    client = browse(supervisor)

    sheet = openpyxl.load_workbook(io.BytesIO(client.get(path("&format=xlsx")).content)).active
    told = json.loads(client.get(path("&format=json")).content)
    text = client.get(path("&format=csv")).content.decode("utf-8-sig")

    rows = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows()}
    assert rows["330302"][2:8] == ["已收", 2, 10, 8, 6, 2]
    assert (rows["330302"][12], sheet.cell(2, 13).number_format) == (0.75, "0.00%")
    assert (rows["330399"][1], {cell.data_type for cell in sheet["B"]}) == ("=HYPERLINK(1)", {"s"})
    assert "'=HYPERLINK(1)" in text
    assert told["total"]["surveyed"] == 11
    assert {row["key"]: row["state"] for row in told["rows"]}["330399"] == "received"


@pytest.mark.parametrize(
    ("role", "prefix", "asked", "status"),
    [
        ("supervisor", "3303", "", 200),
        ("task_force", "33", "", 200),
        ("auditor", "3303", "", 403),
        ("inspector", "330382114", "", 403),
        ("inspector", "330382114", ASKED, 404),
        ("task_force", "330382", "", 422),
        ("task_force", "330382", "?division=330382", 422),
        ("task_force", "330382", ASKED, 404),
        ("supervisor", "3303", "?division=330382", 422),
        ("supervisor", "3303", "?division=3301", 404),
        ("supervisor", "3303", "?as_of=2999-01-01", 422),
        ("supervisor", "3303", "?as_of=x", 422),
        ("supervisor", "3303", "?format=pdf", 422),
    ],
)
def test_page_is_for_those_who_report_of_a_city_or_province(browse, role, prefix, asked, status):
    client = browse(user_with(role, prefix))

    assert client.get(reverse("collected_reports") + asked).status_code == status
    # Files are of December 2018; the page without a day is of the last month.
    posted = client.post(reverse("collected_reports") + asked, {"files": uploads(content())}).status_code
    assert posted == (422 if status == 200 else status)
    assert not Collected.objects.exists()


def test_collected_report_of_another_city_is_absent(browse):
    made = kept(content())

    assert browse(user_with("supervisor", "3301")).get(reverse("collected_report", args=[made.pk])).status_code == 404
    assert browse(user_with("auditor", "3303")).get(reverse("collected_report", args=[made.pk])).status_code == 403
