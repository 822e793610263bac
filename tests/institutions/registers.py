"""Registers handed in by a page, for tests of the wizard: three sheets, with what such lists have wrong."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from institutions.imports.stored import Reading
from institutions.models import RegisterFile
from tests.factories import user_with
from tests.institutions.workbooks import by_xlsxwriter

START = "/institutions/import/"
HEAD = ["序号", "机构名称", "乡镇(街道)", "办学地址", "联系电话", "在校生数"]
SHEETS: dict[str, list[list[Any]]] = {
    "柳市镇": [
        ["柳市镇校外培训机构名册"],
        HEAD,
        [1, "青竹书画社", "柳市镇", "前街101号", "13800000101", 35],
        [2, "晨曦琴房", "柳市镇", "前街103号", "13800000102", "约四十"],
    ],
    "虹桥镇": [
        HEAD,
        [1, "石桥棋院", "虹桥镇", "后街7号", "13800000201", 60],
        [2, "小荷舞蹈室", "虹桥镇", "后街9号", "见门口", 22],
    ],
    "填表说明": [["请各乡镇于每月五日前报送。"]],
}


def workbook(sheets: dict[str, list[list[Any]]] | None = None, hidden: str = "") -> bytes:
    def fill(book: Any) -> None:
        for name, rows in (SHEETS if sheets is None else sheets).items():
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
            if name == hidden:
                page.hide()

    return by_xlsxwriter(fill)


def clerk_of(client: Client, county: str = "330382") -> Client:
    """The client, signed in as somebody of the county's task force."""
    user = user_with("task_force", county)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user  # type: ignore[attr-defined]
    return client


def handed_in(client: Client, data: bytes, name: str = "名册.xlsx") -> str:
    """The page of the file that was handed in."""
    answer = client.post(START, {"file": SimpleUploadedFile(name, data), "division": "330382", "datum": "wgs84"})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def csv(*rows: str, head: str = "机构名称,乡镇(街道),办学地址,联系电话") -> bytes:
    return "\n".join([head, *rows]).encode()


def plan_of(page: str) -> Reading:
    """The plan that the page of a file shows."""
    file = RegisterFile.objects.get(pk=page.rstrip("/").rsplit("/", 1)[1])
    plan = file.plans.order_by("-pk").first()
    assert plan is not None
    return Reading(plan)


def keys_of(page: str, kind: str = "", q: str = "") -> list[str]:
    plan = plan_of(page)
    return [plan.row(number)["key"] for number in plan.find(kind, q)]


def confirm(client: Client, page: str):
    return client.post(f"{page}confirm/", {"plan": plan_of(page).stored.digest})
