"""Who finds the second ledger: by role and by place, at every URL; who does not, finds nothing, in no byte."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import AuditRow, User
from misconduct.actions import withdraw
from misconduct.models import Case, Conclusion, Measure, Party, Person, Statement
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, seconded_from, user_with
from tests.misconduct.patrol import case_of, measure_of, party_of
from tests.urls import body, every_url

URLS = {url.route: url for url in every_url() if url.route.startswith(("misconduct/", "api/v1/misconduct/"))}
OF_ROWS = {route: url for route, url in URLS.items() if "<uuid:pk>" in route}
LISTS = {
    "misconduct/": ["", "q=秘密", "person={person}", "format=csv", "format=xlsx", "kind=paid_tutoring", "sort=-number"],
    "misconduct/persons/": ["", "measure=removed", "format=csv", "format=xlsx", "q=秘密"],
    "misconduct/figures/": ["since=2018-01-01&as_of=2018-12-31"],
    "api/v1/misconduct/": ["", "q=秘密", "person={person}", "state=concluded&since=2018-01-01"],
    "api/v1/misconduct/figures/": ["since=2018-01-01&as_of=2018-12-31&known_at=2019-01-03T09:00:00Z"],
}
ROLES = ["inspector", "task_force", "supervisor", "auditor", "admin"]
RECORDED, WITHDRAWN = {"task_force"}, {"supervisor"}


def who_may(route: str) -> set[str]:
    """The roles that open a URL; whoever else sees the ledger is told that they may not."""
    if "withdraw/" in route:
        return WITHDRAWN
    return (
        RECORDED
        if any(act in route for act in ("new/", "correct/", "conclude/"))
        else {"task_force", "supervisor", "auditor"}
    )


class World:
    """A case of a township with everything that hangs on it."""

    def __init__(self, township: str):
        self.case = case_of(township, school=f"秘密学校{township}", handled="2018-04-01")
        self.party = party_of(self.case, f"秘{township}")
        self.measure = measure_of(self.party, "removed")

    def at(self, route: str) -> str:
        row: Any = self.case
        if "parties/<" in route:
            row = self.party
        elif "measures/<" in route:
            row = self.measure
        elif "conclusions/<" in route:
            row = self.case.conclusion
        return URLS[route].at(pk=row.pk)

    @property
    def secrets(self) -> list[bytes]:
        rows = [self.case, self.party, self.measure, self.party.person]
        return [self.case.number.encode(), "秘密学校".encode(), *(str(row.pk).encode() for row in rows)]


@pytest.fixture(scope="module")
def world(for_the_module) -> World:
    return World(LIUSHI)


def everything() -> list:
    models = (Case, Statement, Conclusion, Person, Party, Measure, AuditRow)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("role", ROLES)
def test_role_opens_what_the_table_says_and_no_more(world, browse, role):
    client = browse(user_with(role, "" if role == "admin" else "330382"))
    sees = role not in ("inspector", "admin")

    found = {
        route: client.get(world.at(route) if route in OF_ROWS else url.at()).status_code for route, url in URLS.items()
    }

    assert found == {route: 404 if not sees else 200 if role in who_may(route) else 403 for route in URLS}


@pytest.mark.parametrize("role", ["inspector", "supervisor", "auditor", "admin"])
def test_who_may_not_record_writes_nothing(world, browse, role):
    client = browse(user_with(role, "" if role == "admin" else "330382"))
    before = everything()

    sent = {"reason": "试", "name": "甲某", "kind": "removed", "decided_on": "2018-05-01", "result": "concluded"}
    routes = [route for route in OF_ROWS if who_may(route) == RECORDED and not route.startswith("api")]
    statuses = {client.post(world.at(route), sent).status_code for route in routes}

    assert statuses == ({404} if role in ("inspector", "admin") else {403})
    assert everything() == before


def test_navigation_leads_there_only_who_may_see_it(browse, db):
    def led(role: str) -> bool:
        return b'href="/misconduct/"' in body(browse(user_with(role, "330382")).get("/institutions/"))

    assert [led(role) for role in ROLES[:-1]] == [False, True, True, True]


# --- By place

STRANGERS = {
    "task force elsewhere": lambda: user_with("task_force", NEXT_TO_LIUSHI),
    "supervisor elsewhere": lambda: user_with("supervisor", "330381"),
    "auditor elsewhere": lambda: user_with("auditor", NEXT_TO_LIUSHI),
    # Sees the township's institutions, and the ledger only next door.
    "inspector here, task force next door": lambda: seconded_from("inspector", LIUSHI, "task_force", NEXT_TO_LIUSHI),
}


@pytest.fixture(params=STRANGERS.values(), ids=STRANGERS)
def stranger(request, db) -> User:
    return request.param()


@pytest.mark.parametrize("route", OF_ROWS)
def test_row_out_of_scope_is_absent_in_every_byte(world, browse, stranger, route):
    client, before = browse(stranger), everything()

    for method in ("get", "post"):
        hidden = getattr(client, method)(world.at(route))
        absent = getattr(client, method)(URLS[route].at(pk=uuid4()))
        assert (hidden.status_code, body(hidden)) == (absent.status_code, body(absent))
        assert hidden.status_code in ({404} if method == "get" else {404, 405})
    assert everything() == before


@pytest.mark.parametrize(("route", "query"), [(route, query) for route, queries in LISTS.items() for query in queries])
def test_list_does_not_change_with_cases_out_of_scope(db, browse, stranger, route, query):
    own = World("330381" if stranger.home_prefix == "330381" else NEXT_TO_LIUSHI)
    client = browse(stranger)
    path = f"{URLS[route].at()}?{query.format(person=own.party.person_id)}"
    before = client.get(path)

    secret = World(LIUSHI)
    after = client.get(path)
    asked_for = client.get(f"{URLS[route].at()}?{query.format(person=secret.party.person_id)}")

    assert (before.status_code, body(after)) == (200, body(before))
    shown = body(asked_for).replace(str(secret.party.person_id).encode(), b"")
    assert [word for word in secret.secrets[:1] + secret.secrets[2:] if word in shown] == []


def test_list_changes_with_cases_in_scope(db, browse):
    """The test above would pass on a page that shows nothing."""
    client = browse(user_with("task_force", NEXT_TO_LIUSHI))
    paths = [f"{URLS[route].at()}?{queries[-1]}" for route, queries in LISTS.items()]
    before = [body(client.get(path)) for path in paths]

    World(NEXT_TO_LIUSHI)

    assert [body(client.get(path)) == then for path, then in zip(paths, before, strict=True)] == [False] * len(paths)


@pytest.mark.parametrize("route", LISTS)
@pytest.mark.parametrize("division", [LIUSHI, "330382", "33", "3303821140"])
def test_division_out_of_scope_reads_like_an_unknown_one(world, browse, route, division):
    client = browse(user_with("task_force", NEXT_TO_LIUSHI))

    hidden, absent = (client.get(f"{URLS[route].at()}?division={code}") for code in (division, "999999"))

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert body(hidden).replace(division.encode(), b"") == body(absent).replace(b"999999", b"")


def test_somebody_in_a_case_next_door_is_told_of_nothing_but_ones_own(db, browse):
    """One person in two townships: who sees one of them is not told that there is another."""
    here, there = World(LIUSHI), case_of(NEXT_TO_LIUSHI, school="那边")
    party_of(there, same_as=here.party.person)

    page = body(browse(user_with("task_force", LIUSHI)).get(here.case.get_absolute_url())).decode()
    listed = body(browse(user_with("task_force", LIUSHI)).get("/misconduct/persons/")).decode()

    assert "另涉" not in page
    assert there.number not in listed


def test_linked_institution_is_opened_by_who_sees_it(db, browse):
    school = institution(LIUSHI, name="绘声馆")
    case = case_of(LIUSHI, institution=school, school="绘声馆")

    page = body(browse(user_with("task_force", "330382")).get(case.get_absolute_url())).decode()

    assert reverse("institution", args=[school.pk]) in page


def test_names_are_in_no_search_of_institutions(world, browse):
    client = browse(user_with("task_force", "330382"))

    for path in (f"/search/?q=秘{LIUSHI}", f"/institutions/?q=秘{LIUSHI}", "/search/?q=秘密学校"):
        assert world.case.number.encode() not in body(client.get(path))


def test_namesake_is_told_by_a_case_in_sight_that_stands(db, browse):
    """One person in three cases, the last of which is next door, the one before it withdrawn."""
    here, withdrawn, there = (
        case_of(LIUSHI, school="这边一小"),
        case_of(LIUSHI, school="撤回一小"),
        case_of(NEXT_TO_LIUSHI, school="那边一小"),
    )
    person = party_of(here, "甲某某").person
    party_of(withdrawn, same_as=person, on="2018-03-03")
    party_of(there, same_as=person, on="2018-03-04")
    withdraw(withdrawn, by=user_with("supervisor", "3303"), reason="重复登记")
    client = browse(user_with("task_force", LIUSHI))

    asked = client.post(reverse("misconduct_party_new", args=[case_of(LIUSHI).pk]), {"name": "甲某某", "post": ""})

    page = asked.content.decode()
    assert (asked.status_code, f"甲某某（教师，这边一小，案件 {here.number}）" in page) == (422, True)
    assert [word for word in ("那边一小", there.number, "撤回一小", withdrawn.number) if word in page] == []
