"""上级报表: received, bound, filled; by whom, and of which division."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.errors import Invalid
from accounts.models import AuditRow
from institutions.models import Division
from reports.bindings import Words
from reports.models import FilledForm, SuperiorForm, SuperiorFormFile, SuperiorFormMapping
from reports.superior.actions import StaleMapping, bind_form, fill_form, receive_form
from reports.superior.mapping import FormChanged
from tests.factories import LIUSHI, user_with
from tests.reports.superior.forms import city_form
from tests.reports.superior.reports import D, county, printed_of
from tests.reports.superior.test_filling import values

pytestmark = pytest.mark.django_db
CELLS = [
    {"sheet": "汇总表", "cell": "C6", "key": "330382114.surveyed"},
    {"sheet": "汇总表", "cell": "C7", "key": "330382115.surveyed"},
    {"sheet": "汇总表", "cell": "C8", "key": "330382125.surveyed"},
]
KEYS = [each["key"] for each in CELLS]
LATER = {"month": "2019年1月"}


def received(by, data: bytes | None = None, **said) -> SuperiorFormFile:
    return receive_form(data or city_form(), "市表.xlsx", division=Division.objects.get(pk="330382"), by=by, **said)


def bound(by, cells=CELLS, version=0) -> SuperiorFormMapping:
    file = received(by)
    return bind_form(file.form, file, cells, by=by, version=version, keys=KEYS)


def uploaded(data: bytes, name: str = "市表.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_form_is_received_once_and_its_next_month_is_recognised(taskforce):
    mapping = bound(taskforce)

    again = received(taskforce)
    next_month = received(taskforce, city_form(**LATER))
    other = received(taskforce, city_form(heads=["甲", "乙", "丙", "丁", "戊"]))

    assert again == mapping.file
    assert (next_month.form, next_month.pk != again.pk) == (mapping.form, True)
    assert other.form != mapping.form
    assert SuperiorForm.objects.count() == 2


def test_binding_is_kept_version_by_version(taskforce):
    first = bound(taskforce)

    second = bind_form(first.form, first.file, CELLS[:1], by=taskforce, version=1, keys=KEYS)
    same = bind_form(first.form, first.file, CELLS[:1], by=taskforce, version=2, keys=KEYS)
    with pytest.raises(StaleMapping) as stale:
        bind_form(first.form, first.file, CELLS, by=taskforce, version=1, keys=KEYS)

    assert (first.version, second.version, same) == (1, 2, second)
    assert json.loads(first.content)["cells"][0] == {
        "sheet": "汇总表", "cell": "C6", "key": "330382114.surveyed", "written_as": "", "above": ["排摸总数"],
        "left": ["柳市镇"],
    }  # fmt: skip
    assert (stale.value.status, stale.value.extra) == (412, {"version": 2})
    trail = AuditRow.objects.filter(object_type="reports.superiorform").order_by("pk")
    assert [row.action for row in trail] == ["superior_form.received", "superior_form.bound", "superior_form.bound"]
    assert trail[1].after == {"version": 1, "cells": 3, "sha256": first.digest}


def test_form_filled_from_a_submitted_report_is_kept_and_given_again_byte_for_byte(taskforce, browse):
    county()
    mapping = bound(taskforce)
    submitted = printed_of().but(version=1)

    made = fill_form(mapping.file, mapping, submitted, by=taskforce, words=Words(date(2019, 1, 3), "经办甲"))
    answer = browse(taskforce).get(reverse("superior_form_filled", args=[mapping.form_id, made.pk]))

    kept = FilledForm.objects.get()
    assert (kept.report_sha256, kept.sha256) == (submitted.sha256, made.sha256)
    assert kept.words == {"filled_on": "2019-01-03", "filled_by": "经办甲"}
    assert answer.content == bytes(kept.content)
    assert kept.file_name == "市表_截至2018-12-31_第1版.xlsx"
    assert values(answer.content)["C6"] == 3


def test_forms_of_two_periods_that_end_on_one_day_are_two_files(taskforce):
    mapping, words = bound(taskforce), Words(date(2019, 1, 3))
    month = printed_of().but(version=1)
    half = month.but(period="half_month", before="2018-12-15")

    names = [fill_form(mapping.file, mapping, each, by=taskforce, words=words).file_name for each in (month, half)]

    assert names == ["市表_截至2018-12-31_第1版.xlsx", "市表_自2018-12-16_截至2018-12-31_第1版.xlsx"]


def test_form_filled_from_a_draft_says_so_and_is_not_kept(taskforce, browse):
    county()
    mapping = bound(taskforce)
    path = reverse("superior_form_fill", args=[mapping.form_id])

    answer = browse(taskforce).post(path, {"source": "live", "as_of": "2018-12-31", "filled_by": "甲"})

    assert answer.status_code == 200
    assert "%E8%8D%89%E7%A8%BF.xlsx" in answer["Content-Disposition"]  # 草稿
    assert values(answer.content)["C7"] == 3
    assert not FilledForm.objects.exists()
    assert AuditRow.objects.get(action="export").after["what"] == "superior_form_draft"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"source": "live", "as_of": "2999-01-01"}, "在今天之后"),
        ({"source": "live", "as_of": ""}, "不是日期"),
        ({"source": "version:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}, "请选择这个辖区的一份报告"),
        ({"source": "draft:x"}, "请选择这个辖区的一份报告"),
        ({"source": "live", "as_of": "2018-12-31", "filled_by": "330382199001011234"}, "身份证号"),
        ({"source": "live", "as_of": "2018-12-31", "filled_on": "13月"}, "filled_on"),
    ],
)
def test_form_is_not_filled_from_what_is_no_report(taskforce, browse, sent, says):
    mapping = bound(taskforce)

    answer = browse(taskforce).post(reverse("superior_form_fill", args=[mapping.form_id]), sent)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not AuditRow.objects.filter(action="export").exists()


def test_changed_form_is_refused_on_its_page_and_when_filled(taskforce, browse):
    mapping = bound(taskforce)
    changed = received(taskforce, city_form(townships=["北白象镇", "柳市镇", "盘石镇"]), form=mapping.form)
    path = f"{reverse('superior_form_fill', args=[mapping.form_id])}?file={changed.pk}"

    page = browse(taskforce).get(f"{mapping.form.get_absolute_url()}?file={changed.pk}").content.decode()
    answer = browse(taskforce).post(path, {"source": "live", "as_of": "2018-12-31"})

    says = "报表改过了，没有填写：汇总表!C6 左侧原为“柳市镇”，现为“北白象镇”。另有 1 处不同。请重新绑定。"
    assert says in page
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    with pytest.raises(FormChanged):
        fill_form(changed, mapping, printed_of(), by=taskforce, words=Words(D))


def test_report_of_another_division_is_not_filled_in(taskforce):
    mapping = bound(taskforce)

    with pytest.raises(Invalid, match="不是这个辖区的"):
        fill_form(mapping.file, mapping, printed_of("330381"), by=taskforce, words=Words(D))


def test_form_goes_from_upload_over_binding_to_the_filled_table(taskforce, browse):
    county()
    client = browse(taskforce)

    sent = client.post(reverse("superior_forms"), {"file": uploaded(city_form()), "division": "330382"})
    page = client.get(sent["Location"])
    saved = client.post(sent["Location"], {"version": "0", "cells": json.dumps(CELLS)})

    form = SuperiorForm.objects.get()
    assert sent["Location"] == reverse("superior_form_bind", args=[form.pk])
    assert 'data-cell="C6" data-axis="row" data-code="330382114"' in page.content.decode()
    assert saved["Location"] == f"{form.get_absolute_url()}?file={form.last_file.pk}"
    assert "填好并下载" in client.get(saved["Location"]).content.decode()


def test_binding_that_is_refused_keeps_what_was_chosen(taskforce, browse):
    file = received(taskforce)
    cells = [*CELLS, {"sheet": "汇总表", "cell": "C9", "key": "surveyed"}]
    path = reverse("superior_form_bind", args=[file.form_id])

    answer = browse(taskforce).post(path, {"version": "0", "cells": json.dumps(cells)})
    half = '[{"sheet": "\\ud83d", "cell": "A1", "key": "surveyed"}]'
    sent = [("x", "{"), ("9" * 5_000, "[]"), ("0", "[" * 100_000), ("0", half)]
    broken = [browse(taskforce).post(path, {"version": version, "cells": cells}) for version, cells in sent]

    assert [each.status_code for each in (answer, *broken)] == [422] * 5
    assert "汇总表!C9 是公式" in answer.content.decode()
    assert (
        json.loads(answer.content.decode().split('id="bound-now" type="application/json">')[1].split("</script>")[0])[
            3
        ]["cell"]
        == "C9"
    )
    assert not SuperiorFormMapping.objects.exists()


def test_file_that_is_no_form_is_refused_on_the_page(taskforce, browse):
    answer = browse(taskforce).post(
        reverse("superior_forms"), {"file": uploaded(b"a,b", "a.csv"), "division": "330382"}
    )

    assert (answer.status_code, "另存为 .xlsx" in answer.content.decode()) == (422, True)
    assert not SuperiorFormFile.objects.exists()


def test_form_of_another_county_is_absent_and_its_division_no_choice(taskforce, browse):
    mapping = bound(taskforce)
    stranger = browse(user_with("task_force", "330381"))
    named = {name: reverse(name, args=[mapping.form_id]) for name in ("superior_form", "superior_form_bind")}

    answers = [stranger.get(path).status_code for path in named.values()]
    posted = [
        stranger.post(reverse(name, args=[mapping.form_id]), {"file": uploaded(city_form(**LATER))}).status_code
        for name in ("superior_form_file", "superior_form_fill", "superior_form_bind")
    ]
    sent = stranger.post(reverse("superior_forms"), {"file": uploaded(city_form()), "division": "330382"})

    assert answers + posted == [404] * 5
    assert sent.status_code == 422
    assert "市表" not in stranger.get(reverse("superior_forms")).content.decode()
    assert SuperiorFormFile.objects.count() == 1


@pytest.mark.parametrize(("role", "prefix", "pages"), [("auditor", "3303", 403), ("inspector", "330382", 403), ("inspector", LIUSHI, 404), ("supervisor", "3303", 200)])  # fmt: skip
def test_form_is_for_those_who_prepare_or_approve_reports(taskforce, browse, role, prefix, pages):
    mapping = bound(taskforce)
    client = browse(user_with(role, prefix))

    page = client.get(mapping.form.get_absolute_url()).status_code
    listed = client.get(reverse("superior_forms")).status_code
    bind = client.post(reverse("superior_form_bind", args=[mapping.form_id]), {"cells": "[]"}).status_code
    filled = client.post(
        reverse("superior_form_fill", args=[mapping.form_id]), {"source": "live", "as_of": "2018-12-31"}
    )

    assert (page, listed) == (pages, 200 if pages == 200 else 403)
    assert bind == (403 if pages == 200 else pages)
    assert filled.status_code == pages


def test_list_says_which_forms_are_not_bound_yet(taskforce, browse):
    received(taskforce)

    assert "尚未绑定" in browse(taskforce).get(reverse("superior_forms")).content.decode()
