"""What the product hands out comes back unchanged: every list of institutions, every institution of the demonstration."""

from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from institutions.imports.package import UnreadableFile
from institutions.imports.plan import Plan, make_plan
from institutions.imports.workbook import read_workbook
from institutions.models import Division, Institution
from mapping.actions import start_run
from mapping.placing import take_on_next
from tests.institutions.intake_files import planned_workbook

pytestmark = pytest.mark.django_db
ALL = "name,township,standing,licence_status,licence_now,principal,due_on,last_visit_on,signboard_name,category"


@pytest.fixture
def read_back(demonstration):
    """The plan of a file that a page hands out to somebody."""

    def do(url: str, user: str = "taskforce", language: str = "zh-hans", by_somebody: bool = False) -> Plan:
        client = Client(headers={"accept-language": language})
        client.cookies["django_language"] = language
        client.force_login(User.objects.get(username=user), backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(url)
        assert answer.status_code == 200, answer.content[:300]
        data = b"".join(answer.streaming_content) if answer.streaming else answer.content
        book = read_workbook(data, "list.xlsx" if data[:2] == b"PK" else "list.csv")
        return make_plan(book, Division.objects.get(pk="330382"), by_somebody=by_somebody)

    return do


@pytest.fixture
def clerk(demonstration) -> User:
    return User.objects.get(username="taskforce")


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


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_ledger_in_either_language_changes_nothing_by_whom_it_may(read_back, format, language):
    plan = read_back(f"/rectifications/?as_of=2018-12-31&format={format}", language=language, by_somebody=True)

    assert ([str(each) for each in plan.errors][:3], changes(plan)[:3]) == ([], [])
    assert plan.rows and all(not row.of_parts for row in plan.rows)


def test_what_became_of_addresses_changes_nothing(read_back, clerk):
    run = start_run(Division.objects.get(pk="330382"), by=clerk, provider="offline", limit=40)
    take_on_next(lambda: False)

    plan = read_back(f"/map/geocoding/{run.pk}/?format=csv")

    assert ([str(each) for each in plan.errors][:3], changes(plan)[:3]) == ([], [])
    assert plan.rows


def test_marked_workbook_of_our_list_changes_nothing(read_back, clerk):
    client = Client()
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    listed = client.get("/institutions/?format=xlsx&q=1")
    data = b"".join(listed.streaming_content) if listed.streaming else listed.content
    sent = {"file": SimpleUploadedFile("名册.xlsx", data), "division": "330382", "datum": "wgs84"}
    page = client.post("/institutions/import/", sent).headers["Location"]

    plan = read_back(f"{page}?marked")

    assert ([str(each) for each in plan.errors][:3], changes(plan)[:3]) == ([], [])
    assert plan.rows


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_tables_for_analysts_change_nothing(demonstration, tmp_path, format):
    call_command("export_tables", tmp_path, format=format, as_of="2018-12-31", stdout=StringIO())

    for file in sorted(tmp_path.glob(f"*.{format}")):
        try:
            plan = planned_workbook(read_workbook(file.read_bytes(), file.name))
        except UnreadableFile:
            continue
        assert (file.name, [str(each) for each in plan.errors][:3], changes(plan)[:3]) == (file.name, [], [])


def plan_of_file(data: bytes, name: str) -> Plan:
    return make_plan(read_workbook(data, name), Division.objects.get(pk="330382"), by_somebody=True)


def test_workbook_of_a_report_changes_nothing(demonstration, tmp_path):
    said = {"division": "330382", "as_of": "2018-12-31", "output": tmp_path, "formats": "xlsx"}
    call_command("monthly_report", **said, stdout=StringIO())

    plan = plan_of_file((tmp_path / "330382-2018-12-31.xlsx").read_bytes(), "月报.xlsx")

    assert [str(each) for each in plan.errors][:3] == []
    assert changes(plan)[:3] == []
    assert len(plan.rows) > 70


@pytest.mark.parametrize(
    ("url", "user"),
    [
        ("/statistics/?format=csv", "taskforce"),
        ("/statistics/?format=xlsx", "taskforce"),
        ("/reports/collected/?format=csv", "supervisor"),
        ("/misconduct/?format=csv", "supervisor"),
        ("/misconduct/persons/?format=csv", "supervisor"),
        ("/audit/?format=csv", "auditor"),
    ],
)
@pytest.mark.parametrize("by_somebody", [False, True])
def test_what_is_no_list_of_institutions_is_no_register(read_back, url, user, by_somebody):
    with pytest.raises(UnreadableFile, match="没有找到名册的表头"):
        read_back(url, user=user, by_somebody=by_somebody)


@pytest.mark.parametrize(
    "url",
    [
        "/statistics/difference/?before=2018-11-30&as_of=2018-12-31&format=csv",
        "/statistics/difference/?before=2018-11-30&as_of=2018-12-31&format=xlsx",
        "/statistics/contradictions/?format=csv",
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_lists_of_what_changed_or_contradicts_change_nothing_or_are_refused(read_back, url, language):
    try:
        plan = read_back(url, language=language, by_somebody=True)
    except UnreadableFile as refused:
        assert refused.message.startswith(("没有找到名册的表头", "表头下面没有任何机构"))
        return

    assert [str(each) for each in plan.errors][:3] == []
    assert changes(plan)[:3] == []
