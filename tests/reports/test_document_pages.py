"""The pages 公文格式 and Word 模板: what a clerk does there, who may, and what others do not see."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from institutions.moments import today
from reports.as_docx import TEMPLATE
from reports.models import ReportSetting, ReportTemplate, TemplateUse
from tests.factories import LIUSHI, institution, round_of, user_with
from tests.reports.reading_back import docx_text
from tests.reports.test_letterheads import HEAD, kept_template
from tests.reports.test_report_templates import template
from tests.urls import body

LETTERHEAD, TEMPLATES = "/reports/letterhead/", "/reports/templates/"


@pytest.fixture
def clerk(client, db):
    return sign_in(client, user_with("task_force", "330382", "clerk"))


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def send(client, data: bytes, name: str = "own.docx"):
    return client.post(TEMPLATES, {"file": SimpleUploadedFile(name, data), "division": "330382"})


# --- 公文格式


def test_setting_is_saved_and_shown_as_reports_will_begin(client, clerk):
    answer = client.post(LETTERHEAD, HEAD)
    page = client.get(answer.url).content.decode()

    assert answer.status_code == 302
    begins = [
        'class="red-head">乐清市教育局文件<',
        f'class="centred">乐教通〔{today().year}〕',
        "<p>各乡镇人民政府：</p>",
    ]
    assert [text for text in begins if text not in page] == []
    assert ReportSetting.objects.get().by == clerk


def test_wrong_pattern_is_said_beside_its_field_and_nothing_typed_is_lost(client, clerk):
    answer = client.post(LETTERHEAD, HEAD | {"number_pattern": "乐教〔{y}〕"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "花括号里只能写 {年} 和 {号}" in page
    assert 'value="乐教〔{y}〕"' in page
    assert not ReportSetting.objects.exists()


def test_setting_of_the_city_is_said_to_be_the_citys(client, db):
    city = sign_in(client, user_with("task_force", "3303"))
    client.post(LETTERHEAD, HEAD | {"signed": "温州市教育局"})
    sign_in(client, user_with("task_force", "330382"))

    page = client.get(LETTERHEAD).content.decode()

    assert "现在沿用温州市的设置" in page
    assert city.username not in page


def test_hostile_setting_is_text(client, clerk):
    client.post(LETTERHEAD, HEAD | {"signed": "<script>alert(1)</script>"})

    assert "<script>alert" not in client.get(LETTERHEAD).content.decode()


# --- Word 模板


def test_template_is_uploaded_tried_and_put_to_use(client, clerk):
    round_of(institution(LIUSHI, name="绘声馆"), "2018-05-01")
    uploaded = send(client, template("{{ name }}简报", table=[["{{ total.surveyed }}", "<b>"]]))
    tried = client.get(uploaded.url).content.decode()
    filled = docx_text(body(client.get(f"{uploaded.url}filled/")))
    used = client.post(uploaded.url)
    page = client.get(TEMPLATES).content.decode()

    assert "乐清市简报" in tried
    assert "&lt;b&gt;" in tried
    assert filled.startswith("乐清市简报\n1\n<b>")
    assert (used.status_code, TemplateUse.objects.get().template.file_name) == (302, "own.docx")
    assert "own.docx" in page


def test_problems_of_a_template_are_listed_with_their_places(client, clerk):
    uploaded = send(client, template("{{ nobody }}", header="{{ nowhere }}"))
    page = client.get(uploaded.url).content.decode()

    assert "有 2 处问题" in page
    assert ("正文第1段“{{ nobody }}”" in page, "页眉第1段“{{ nowhere }}”" in page) == (True, True)
    assert client.get(f"{uploaded.url}filled/").status_code == 404
    assert client.post(uploaded.url).status_code == 422
    assert not TemplateUse.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [(b"x", "own.docx", "这不是 Word 文档"), (TEMPLATE.read_bytes(), "own.docm", "这是带宏的 Word 文件")],
)
def test_file_that_is_no_template_is_refused_on_the_page(client, clerk, data, name, said):
    answer = send(client, data, name)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not ReportTemplate.objects.exists()


def test_shipped_template_is_downloaded_under_a_name_that_says_what_it_is(client, clerk):
    answer = client.get(f"{TEMPLATES}shipped/")

    assert body(answer) == TEMPLATE.read_bytes()
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%95%B4%E6%94%B9")


def test_shipped_template_is_used_again(client, clerk):
    client.post(send(client, template("{{ name }}")).url)
    client.post(f"{TEMPLATES}use-shipped/", {"division": "330382"})

    assert TemplateUse.objects.last().template is None
    assert "乐清市：随系统提供的模板" in client.get(TEMPLATES).content.decode()


def test_template_comes_back_as_it_was_handed_in(client, clerk):
    data = template("{{ name }}")

    assert body(client.get(f"{send(client, data).url}file/")) == data


@pytest.mark.parametrize(("role", "prefix"), [("inspector", "330382"), ("supervisor", "3303"), ("auditor", "3303")])
def test_pages_are_for_who_prepares_reports(client, clerk, role, prefix):
    kept = kept_template(clerk, "甲")
    sign_in(client, user_with(role, prefix))
    urls = [LETTERHEAD, TEMPLATES, f"{TEMPLATES}shipped/", f"{TEMPLATES}{kept.pk}/", f"{TEMPLATES}{kept.pk}/file/"]

    assert {client.get(url).status_code for url in urls} <= {403, 404}
    assert client.post(f"{TEMPLATES}use-shipped/", {"division": "330382"}).status_code == 403


def test_templates_and_settings_of_another_county_are_absent(client, clerk):
    kept = kept_template(clerk, "甲")
    client.post(LETTERHEAD, HEAD)
    sign_in(client, user_with("task_force", "330381"))

    for path in ("", "file/", "filled/"):
        assert client.get(f"{TEMPLATES}{kept.pk}/{path}").status_code == 404
    assert client.post(f"{TEMPLATES}{kept.pk}/").status_code == 404
    assert client.get(f"{LETTERHEAD}?division=330382").status_code == 404
    assert client.post(f"{TEMPLATES}use-shipped/", {"division": "330382"}).status_code == 404
    assert "own.docx" not in client.get(TEMPLATES).content.decode()
    assert 'value="乐教通' not in client.get(LETTERHEAD).content.decode()


def test_template_of_the_city_is_seen_and_not_put_to_use_by_the_county(client, clerk):
    kept = kept_template(user_with("task_force", "3303", "city"), "市", "3303")

    assert client.get(f"{TEMPLATES}{kept.pk}/").status_code == 200
    assert client.post(f"{TEMPLATES}{kept.pk}/").status_code == 403
