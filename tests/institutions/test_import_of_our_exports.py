"""What the product hands out comes back unchanged: every list of institutions, every institution of the demonstration."""

import pytest
from django.test import Client

from accounts.models import User
from institutions.imports.package import UnreadableFile
from institutions.imports.plan import Plan
from institutions.imports.workbook import read_workbook
from institutions.models import Institution
from tests.institutions.intake_files import planned_workbook

pytestmark = pytest.mark.django_db
ALL = "name,township,standing,licence_status,licence_now,principal,due_on,last_visit_on,signboard_name,category"


@pytest.fixture
def read_back(demonstration):
    """The plan of a file that a page hands out to somebody."""

    def do(url: str, user: str = "taskforce", language: str = "zh-hans") -> Plan:
        client = Client(headers={"accept-language": language})
        client.cookies["django_language"] = language
        client.force_login(User.objects.get(username=user), backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(url)
        assert answer.status_code == 200, answer.content[:300]
        data = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return planned_workbook(read_workbook(data, "list.xlsx" if data[:2] == b"PK" else "list.csv"))

    return do


def changes(plan: Plan) -> list[tuple]:
    return [
        (row.row, row.kind, [str(effect) for effect in row.effects]) for row in plan.rows if row.kind != "unchanged"
    ]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_list_of_institutions_changes_nothing(read_back, format, language):
    plan = read_back(f"/institutions/?format={format}", language=language)

    assert [str(each) for each in plan.errors][:3] == []
    assert changes(plan)[:3] == []
    assert len(plan.rows) == Institution.objects.filter(merged_at=None, withdrawn_at=None).count()


@pytest.mark.parametrize(
    "question",
    [
        f"columns={ALL}",
        "columns=name,township",
        "figure=surveyed&as_of=2018-12-31",
        "as_of=2018-06-30",
        "licence_status=none&figure=rectified",
    ],
)
def test_list_with_other_columns_and_of_another_day_changes_nothing(read_back, question):
    plan = read_back(f"/institutions/?{question}&format=csv")

    assert ([str(each) for each in plan.errors][:3], changes(plan)[:3]) == ([], [])
    assert len(plan.rows) > 300


def test_list_with_masked_personal_data_changes_nothing(read_back):
    plan = read_back("/institutions/?format=csv", user="auditor")

    assert ([str(each) for each in plan.errors][:3], changes(plan)[:3]) == ([], [])
    assert len(plan.rows) == Institution.objects.filter(merged_at=None, withdrawn_at=None).count()


@pytest.mark.parametrize("state", ["", "verified", "voided", "overdue"])
def test_ledger_changes_nothing(read_back, state):
    plan = read_back(f"/rectifications/?state={state}&as_of=2018-12-31&format=xlsx")

    assert ([str(each) for each in plan.errors][:3], changes(plan)[:3]) == ([], [])


@pytest.mark.parametrize("url", ["/statistics/?format=csv", "/statistics/?format=xlsx"])
def test_tables_of_figures_are_no_registers(read_back, url):
    with pytest.raises(UnreadableFile, match="没有找到名册的表头"):
        read_back(url)
