"""The pages of the second ledger as people use them: what is shown, masked, filtered, exported, and noted."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditRow
from misconduct import actions
from misconduct.models import Case, Party
from tests.factories import LIUSHI, user_with
from tests.misconduct.patrol import case_of, concluded, leader, measure_of, party_of
from tests.urls import body


@pytest.fixture
def case(db) -> Case:
    case = case_of(LIUSHI, number="教乱1号", handled="2018-04-01")
    measure_of(party_of(case, "甲某某", post="教师"), "removed", document="教处1号")
    return case


@pytest.fixture
def task_force(browse, db):
    return browse(user_with("task_force", "330382"))


def page(client, path: str) -> str:
    return body(client.get(path)).decode()


def read_rows() -> list[AuditRow]:
    return list(AuditRow.objects.filter(action__in=["personal_data.read", "misconduct.read"]).order_by("pk"))


# --- Names


def test_who_may_reads_names_in_the_case_and_it_is_noted(task_force, case):
    assert "甲某某" in page(task_force, case.get_absolute_url())

    [row] = read_rows()
    assert (row.action, row.scope_code) == ("personal_data.read", "330382114000")
    assert row.after == {"where": "misconduct-case", "fields": ["name"], "case": str(case.pk)}


def test_auditor_reads_no_name_anywhere_and_reading_is_noted(browse, case):
    client = browse(user_with("auditor", "330382"))
    paths = [case.get_absolute_url(), "/misconduct/", "/misconduct/?columns=number,names", "/misconduct/persons/",
             "/misconduct/?format=csv", "/misconduct/persons/?format=csv", f"/api/v1/misconduct/{case.pk}/", "/audit/"]  # fmt: skip

    shown = {path: page(client, path) for path in paths}

    assert [path for path, text in shown.items() if "甲某某" in text] == []
    assert "甲**" in shown[case.get_absolute_url()]
    assert {row.action for row in read_rows()} == {"misconduct.read"}
    assert "查看案件（姓名未显示）" in page(client, "/audit/")


def test_lists_mask_names_for_everybody_and_an_export_writes_them_out_for_who_may(task_force, case):
    assert "甲某某" not in page(task_force, "/misconduct/?columns=number,names")
    assert "甲某某" not in page(task_force, "/misconduct/persons/")

    rows = list(csv.DictReader(io.StringIO(page(task_force, "/misconduct/?format=csv").lstrip("\ufeff"))))

    assert [(row["案件编号"], row["当事人"], row["处理措施"]) for row in rows] == [("教乱1号", "甲某某", "免职")]
    exported = AuditRow.objects.get(action="export")
    assert (exported.after["what"], exported.after["rows"], exported.after["personal"]) == ("misconduct", 1, True)


def test_person_in_a_case_where_names_may_not_be_read_is_masked_in_an_export(browse, case):
    """借调: of the task force next door, auditor here."""
    other = case_of("330382115", number="教乱2号")
    party_of(other, "乙某某")
    user = user_with("task_force", "330382115")
    user.grants.create(role="auditor", division_prefix=LIUSHI, valid_from="2018-01-01")

    rows = list(csv.reader(io.StringIO(page(browse(user), "/misconduct/persons/?format=csv").lstrip("\ufeff"))))

    assert sorted(row[0] for row in rows[1:]) == ["乙某某", "甲**"]


def test_workbook_is_a_workbook_and_text_stays_text(task_force, db):
    case_of(number="一号", school="=HYPERLINK(1)")

    book = load_workbook(io.BytesIO(body(task_force.get("/misconduct/?format=xlsx"))))

    assert [cell.value for cell in book.active[2]][:2] == ["一号", "=HYPERLINK(1)"]
    assert book.active["B2"].data_type == "s"


def test_trail_says_in_words_what_was_asked_and_done(browse, task_force, case):
    page(task_force, "/misconduct/persons/?state=concluded&measure=removed&since=2018-01-01")

    told = page(browse(user_with("auditor", "330382")), "/audit/")

    assert "状态 查结" in told and "处理措施 免职" in told and "自 2018-01-01" in told
    assert "登记处理措施" in told and "教处1号" in told


# --- The list


def test_list_is_filtered_by_what_the_url_says(task_force, db):
    one = case_of(number="甲号", kind="illegal_enrolment", source="patrol", found="2018-03-01", handled="2018-05-01")
    two = case_of(number="乙号", school="晨曦二中", found="2018-04-01")
    measure_of(party_of(one), "removed", document="教处〔2018〕7号")
    dismissed = case_of(number="丙号", found="2018-02-01")
    concluded(dismissed, "2018-06-01", result="dismissed")

    def listed(query: str) -> str:
        text = page(task_force, f"/misconduct/?{query}")
        return "".join(number[0] for number in ("甲号", "乙号", "丙号") if f">{number}</a>" in text)

    assert listed("") == "甲乙丙"
    assert [listed(f"state={state}") for state in ("accepted", "concluded", "dismissed")] == ["乙", "甲", "丙"]
    assert [listed(query) for query in ("kind=illegal_enrolment", "source=report", "measure=removed")] == [
        "甲",
        "乙丙",
        "甲",
    ]
    assert [listed(f"q={words}") for words in ("晨曦", "丙", "〔2018〕7", "甲某")] == ["乙", "丙", "甲", ""]
    assert listed("since=2018-03-01") == "甲乙"
    assert listed("state=concluded&since=2018-05-02") == ""
    assert listed("state=dismissed&since=2018-06-01") == "丙"
    assert listed("as_of=2018-03-15") == "甲丙"
    assert listed("as_of=2018-03-15&state=accepted") == "甲丙"  # concluded later
    assert listed("known_at=2018-02-15T00:00:00Z") == "丙"
    assert listed(f"person={Party.objects.get().person_id}") == "甲"
    assert two.number == "乙号"


@pytest.mark.parametrize(
    "query",
    ["kind=theft", "state=open", "source=x", "measure=fined", "person=甲某", "since=soon", "as_of=2999-01-01",
     "since=2018-02-01&as_of=2018-01-01", "sort=names", "columns=secret", "format=pdf", "page=0"],
)  # fmt: skip
def test_question_that_is_not_understood_is_refused(task_force, query):
    for path in ("/misconduct/", "/misconduct/persons/"):
        assert task_force.get(f"{path}?{query}").status_code == 422


def test_empty_list_says_why_and_what_next(task_force, browse):
    assert "还没有登记案件" in page(task_force, "/misconduct/")
    assert "没有符合这些条件的案件" in page(task_force, "/misconduct/?kind=other")


def test_withdrawn_case_leaves_the_list_and_its_page_says_so(task_force, case):
    actions.withdraw(case, by=leader(), reason="重复登记")

    assert "教乱1号" not in page(task_force, "/misconduct/")
    text = page(task_force, case.get_absolute_url())
    assert "不再计入统计" in text
    assert reverse("misconduct_correct", args=[case.pk]) not in text


@pytest.mark.parametrize(
    "path",
    [
        "/misconduct/",
        "/misconduct/persons/",
        "/misconduct/?format=csv",
        "/misconduct/figures/?since=2018-01-01&as_of=2018-12-31",
        "/api/v1/misconduct/",
    ],
)
def test_list_takes_as_many_queries_for_many_rows_as_for_few(task_force, path):
    def asked() -> int:
        body(task_force.get(path))
        with CaptureQueriesContext(connection) as captured:
            body(task_force.get(path))
        return len(captured)

    def more() -> None:
        measure_of(party_of(case_of(handled="2018-04-01")))

    more()
    few = asked()
    for _ in range(4):
        more()

    assert asked() == few


def test_case_takes_as_many_queries_for_many_people_as_for_few(task_force, case):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            task_force.get(case.get_absolute_url())
        return len(captured)

    asked()
    few = asked()
    for name in ("乙某", "丙某", "丁某"):
        measure_of(party_of(case, name))

    assert asked() == few


# --- Figures


def test_every_number_of_the_figures_opens_a_list_of_that_length(task_force, db):
    one, two = case_of(handled="2018-04-01"), case_of(handled="2018-05-01", kind="holiday_tutoring")
    person = party_of(one, "甲某")
    measure_of(person, "removed"), measure_of(person, "disciplined")
    measure_of(party_of(two, same_as=person.person), "disciplined")
    measure_of(party_of(two, "乙某"), "other")

    answer = task_force.get("/misconduct/figures/?since=2018-01-01&as_of=2018-12-31")
    context = answer.context
    numbers = [
        (each[f"{what}_url"], each[what])
        for part in ("kinds", "months")
        for each in context[part]
        for what in ("cases", "persons")
    ]
    numbers += [(each["persons_url"], each["persons"]) for each in context["measures"]]
    numbers += [
        (f"{part['path']}?{part['query']}", part["value"])
        for told in context["sentences"]
        for part in told
        if not isinstance(part, str)
    ]
    numbers += [(context["all"]["cases_url"], 2), (context["all"]["persons_url"], 2)]

    lengths = [task_force.get(url).context["page"].paginator.count for url, _number in numbers]

    assert len(numbers) > 15
    assert lengths == [number for _url, number in numbers]


def test_figures_of_a_period_without_cases_say_so(task_force, case):
    assert "没有查结的案件" in page(task_force, "/misconduct/figures/?since=2017-01-01&as_of=2017-12-31")
    assert "2018 年" in page(task_force, "/misconduct/figures/")


@pytest.mark.parametrize("path", ["/misconduct/", "/misconduct/persons/", "/api/v1/misconduct/"])
def test_id_number_is_not_searched_for_and_stays_in_no_trail(task_force, case, path):
    answer = task_force.get(path, {"q": "甲某110101199001011237"})

    assert (answer.status_code, AuditRow.objects.filter(action="search").exists()) == (422, False)
