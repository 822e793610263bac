"""The second ledger by the API: what is read, masked, refused and documented."""

import pytest
from drf_spectacular.generators import SchemaGenerator

from accounts.models import AuditRow
from tests.factories import LIUSHI, user_with
from tests.misconduct.patrol import case_of, measure_of, party_of

FIGURES = "/api/v1/misconduct/figures/?division=330382&since=2018-01-01&as_of=2018-12-31"


@pytest.fixture
def case(db):
    case = case_of(LIUSHI, number="教乱1号", handled="2018-04-01", kind="holiday_tutoring", note="电话13800000000")
    measure_of(party_of(case, "甲某某"), "removed", document="教处1号")
    return case


@pytest.fixture
def task_force(api, db):
    return api(user_with("task_force", "330382"))


def test_list_names_nobody(task_force, case):
    [row] = task_force.get("/api/v1/misconduct/?state=concluded&kind=holiday_tutoring").json()["results"]

    assert row == {
        "id": str(case.pk), "number": "教乱1号", "division": LIUSHI, "kind": "holiday_tutoring", "school": "青竹一小",
        "source": "report", "happened_on": "2018-03-01", "found_on": "2018-03-01", "handled_on": "2018-04-01",
        "state": "concluded",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("role", "name", "note", "action"),
    [
        ("task_force", "甲某某", "电话13800000000", "personal_data.read"),
        ("supervisor", "甲某某", "电话13800000000", "personal_data.read"),
        ("auditor", "甲**", "电话138****0000", "misconduct.read"),
    ],
)
def test_one_case_is_read_with_names_by_who_may_and_it_is_noted(api, case, role, name, note, action):
    found = api(user_with(role, "330382")).get(f"/api/v1/misconduct/{case.pk}/").json()

    [party] = found["parties"]
    assert (party["name"], found["note"]) == (name, note)
    assert [(each["kind"], each["document"]) for each in party["measures"]] == [("removed", "教处1号")]
    assert found["conclusion"]["result"] == "concluded"
    read = AuditRow.objects.get(action=action)
    assert (read.after["where"], read.after["case"]) == ("api-misconduct-case", str(case.pk))


def test_figures_are_those_of_the_page(task_force, case):
    found = task_force.get(FIGURES).json()

    assert {name: found[name] for name in ("division", "since", "as_of", "cases", "persons", "kinds", "months")} == {
        "division": "330382", "since": "2018-01-01", "as_of": "2018-12-31", "cases": 1, "persons": 1,
        "kinds": [{"key": "holiday_tutoring", "cases": 1, "persons": 1}],
        "months": [{"key": "2018-04", "cases": 1, "persons": 1}],
    }  # fmt: skip
    assert found["measures"] == {
        "disciplined": 0, "transferred": 0, "dismissed": 0, "removed": 1, "admonished": 0, "criticised": 0, "other": 0,
    }  # fmt: skip


@pytest.mark.parametrize("role", ["inspector", "admin"])
def test_who_sees_none_of_it_finds_nothing(api, case, role):
    client = api(user_with(role, "" if role == "admin" else "330382"))

    paths = ["/api/v1/misconduct/", f"/api/v1/misconduct/{case.pk}/", FIGURES]

    assert {client.get(path).status_code for path in paths} <= {403, 404}
    assert client.get(paths[1]).status_code != 200


@pytest.mark.parametrize("query", ["kind=theft", "since=soon", "person=x", "known_at=2999-01-01T00:00:00Z", "cursor=x"])
def test_question_that_is_not_understood_is_refused(task_force, case, query):
    assert task_force.get(f"/api/v1/misconduct/?{query}").status_code == 422


def test_every_door_is_documented():
    paths = SchemaGenerator().get_schema(public=True)["paths"]

    asked = {each["name"] for each in paths["/api/v1/misconduct/"]["get"]["parameters"]}
    assert asked >= {"division", "since", "as_of", "known_at", "kind", "source", "state", "measure", "person", "q"}
    assert {"/api/v1/misconduct/figures/", "/api/v1/misconduct/{id}/"} <= set(paths)
