"""Somebody with two grants of different roles: what one allows in its place is not allowed in the place of the other.

`here` is where the role under test is held, `there` where the same person is an auditor, who sees and changes nothing.
A permission that is asked for without the place it is about would pass in both.
"""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.permissions import has_permission, require
from accounts.roles import ROLES, Permission, Role
from inspections.moves import MOVES
from institutions.models import Institution
from institutions.moments import today
from tests.factories import (
    NEXT_TO_LIUSHI,
    PANSHI,
    institution,
    picture,
    round_of,
    seconded_from,
    supplement_of,
    visit_of,
    withdraw_visit_of,
)
from tests.urls import body
from tests.worlds import File, full_file


@pytest.fixture
def here(db) -> File:
    return full_file(NEXT_TO_LIUSHI, "乙方培训", "13900002222", "blue")


@pytest.fixture
def there(db) -> File:
    return full_file(PANSHI, "丙方培训", "13700003333", "green")


def holder(permission: Permission) -> User:
    """The first role that holds the permission here, and an auditor there."""
    role = next(role for role in Role if permission in ROLES[role])
    return seconded_from(role, NEXT_TO_LIUSHI, "auditor", PANSHI)


# --- The call itself


@pytest.mark.parametrize("permission", [each for each in Permission if each != Permission.MANAGE_ACCOUNTS])
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_each_grant_allows_what_its_role_may_in_its_own_place(db, role, permission):
    user = seconded_from(role, NEXT_TO_LIUSHI, "auditor", PANSHI)

    may = [has_permission(user, permission, code) for code in ("330382115000", "330382125000", "330382114000", "")]

    at_home, lent = permission in ROLES[role], permission in ROLES[Role.AUDITOR]
    assert may == [at_home, lent, False, at_home or lent]


def test_require_refuses_in_the_place_of_the_other_grant(seconded):
    require(seconded, Permission.ORDER, "330382115000")

    with pytest.raises(Exception, match="您没有做这件事的权限。"):
        require(seconded, Permission.ORDER, "330382125000")


# --- Doors that write


def visit_body(school: Institution) -> dict:
    return {
        "institution": str(school.pk),
        "purpose": "routine",
        "result": "inspected",
        "happened_at": "2018-10-02T10:00:00+08:00",
    }


def test_visit_is_recorded_where_the_inspecting_grant_is(api, browse, seconded, here, there):
    def statuses(file: File) -> list[int]:
        form = reverse("visit_new")
        return [
            api(seconded).put(reverse("api-visit", args=[uuid4()]), visit_body(file.school), format="json").status_code,
            browse(seconded).get(form, {"institution": file.school.pk}).status_code,
            browse(seconded).post(form, {"institution": file.school.pk}).status_code,
        ]

    assert statuses(here) == [201, 200, 422]
    assert statuses(there) == [403, 403, 403]


def test_photo_is_sent_where_the_inspecting_grant_is(api, seconded, here, there):
    def status(file: File, colour: str) -> int:
        path = reverse("api-visit-photo", args=[file.visit.pk, file.sha256])
        return api(seconded).put(path, picture(colour), content_type="image/jpeg").status_code

    assert (status(here, "blue"), status(there, "green")) == (200, 403)


def test_order_is_given_and_a_copy_settled_where_the_ordering_grant_is(browse, seconded, here, there):
    def statuses(file: File) -> list[int]:
        copy = file.visit.quarantined.get().pk
        return [
            browse(seconded).post(reverse("visit_order", args=[file.visit.pk]), {"due_on": "never"}).status_code,
            browse(seconded).post(reverse("quarantined", args=[file.school.pk, copy])).status_code,
        ]

    assert statuses(here) == [422, 302]
    assert statuses(there) == [403, 403]


@pytest.mark.parametrize("name", ["institution_edit", "institution_withdraw", "licence_new"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_registry_is_edited_where_the_editing_grant_is(browse, seconded, here, there, name, method):
    def status(file: File) -> int:
        sent = {"name": ""} if method == "post" else {}
        return getattr(browse(seconded), method)(reverse(name, args=[file.school.pk]), sent).status_code

    assert (status(here), status(there)) == (200 if method == "get" else 422, 403)


def test_institution_is_registered_where_the_editing_grant_is(browse, seconded):
    def registered(township: str) -> int:
        sent = {"id": uuid4(), "name": f"新{township}", "division": township, "category": "arts"}
        browse(seconded).post(reverse("institution_new"), sent)
        return Institution.objects.filter(division_id=township).count()

    assert (registered(NEXT_TO_LIUSHI), registered(PANSHI)) == (1, 0)


@pytest.mark.parametrize("move", MOVES)
def test_move_is_made_where_its_grant_is(api, browse, here, there, move):
    user = holder(MOVES[move].permission)

    def statuses(file: File) -> list[int]:
        return [
            api(user).post(reverse(f"api-{move}", args=[file.submitted.pk])).status_code,
            browse(user).post(reverse("rectification_move", args=[file.submitted.pk, move])).status_code,
        ]

    assert set(statuses(here)) <= {409, 412, 422}
    assert statuses(there) == [403, 403]


@pytest.mark.parametrize("permission", [Permission.PREPARE_REPORT, Permission.APPROVE_REPORT])
def test_report_is_downloaded_where_its_grant_is(browse, here, there, permission):
    user = holder(permission)

    def offered(division: str) -> tuple[int, bool]:
        asked = {"division": division, "as_of": "2018-12-31"}
        status = browse(user).get(reverse("report_download"), asked | {"format": "xlsx"}).status_code
        return status, reverse("report_download") in browse(user).get(reverse("reports"), asked).content.decode()

    assert offered(NEXT_TO_LIUSHI) == (200, True)
    assert offered(PANSHI) == (403, False)


# --- Pages: what is offered


def test_file_offers_what_may_be_done_there(browse, seconded, here, there):
    def offered(file: File) -> set[str]:
        page = browse(seconded).get(file.school.get_absolute_url()).content.decode()
        names = ["institution_edit", "licence_new", "institution_withdraw"]
        links = {name: reverse(name, args=[file.school.pk]) for name in names}
        links["visit_new"] = f"{reverse('visit_new')}?institution={file.school.pk}"
        return {name for name, link in links.items() if link in page}

    assert offered(here) == {"institution_edit", "licence_new", "institution_withdraw", "visit_new"}
    assert offered(there) == set()


@pytest.mark.parametrize(
    ("role", "sees_changes"), [("task_force", True), ("auditor", True), ("inspector", False), ("supervisor", False)]
)
def test_changes_of_a_file_are_shown_where_they_may_be_seen(browse, here, there, role, sees_changes):
    user = seconded_from(role, NEXT_TO_LIUSHI, "auditor", PANSHI)

    def shown(file: File) -> bool:
        entries = browse(user).get(file.school.get_absolute_url()).context["entries"]
        return "audit" in {entry["kind"] for entry in entries}

    assert (shown(here), shown(there)) == (sees_changes, True)


def test_visit_offers_the_order_and_the_comparison_where_they_may_be_made(browse, seconded, here, there):
    def offered(file: File) -> tuple[bool, bool]:
        found = visit_of(institution(file.school.division_id), findings=("T01",))
        copy = file.visit.quarantined.get().pk
        order = reverse("visit_order", args=[found.pk])
        settle = reverse("quarantined", args=[file.school.pk, copy])
        pages = [browse(seconded).get(path).content.decode() for path in (found.get_absolute_url(), settle)]
        return order in pages[0], f'<form method="post" action="{settle}"' in pages[1]

    assert offered(here) == (True, True)
    assert offered(there) == (False, False)


def test_withdrawn_visit_offers_no_order(browse, seconded):
    found = visit_of(institution(NEXT_TO_LIUSHI), findings=("T01",))
    order = reverse("visit_order", args=[found.pk])
    assert order in browse(seconded).get(found.get_absolute_url()).content.decode()

    withdraw_visit_of(found, "2018-06-01")

    assert order not in browse(seconded).get(found.get_absolute_url()).content.decode()


@pytest.mark.parametrize("move", MOVES)
def test_round_offers_a_move_where_it_may_be_made(browse, here, there, move):
    user = holder(MOVES[move].permission)

    def offered(file: File) -> bool:
        round_ = file.submitted if "submitted" in MOVES[move].from_ else file.round_
        if move == "withdraw":
            supplement_of(round_)
        page = browse(user).get(round_.get_absolute_url()).content.decode()
        return reverse("rectification_move", args=[round_.pk, move]) in page

    assert (offered(here), offered(there)) == (True, False)


def test_round_offers_the_recheck_where_visits_may_be_recorded(browse, seconded, here, there):
    def offered(file: File) -> bool:
        page = browse(seconded).get(file.round_.get_absolute_url()).content.decode()
        return f"{reverse('visit_new')}?institution={file.school.pk}" in page

    assert (offered(here), offered(there)) == (True, False)


def test_next_to_verify_is_one_that_may_be_verified(browse, seconded):
    waiting_there = round_of(institution(PANSHI, name="丙培训"), "2018-05-01", submitted_on="2018-05-02")
    returned = round_of(institution(NEXT_TO_LIUSHI), "2018-05-01", submitted_on="2018-06-01")
    following = round_of(institution(NEXT_TO_LIUSHI, name="乙培训"), "2018-05-01", submitted_on="2018-06-02")

    sent = {"return-version": returned.version, "return-on": "2018-06-03", "return-reason": "材料不全"}
    path = reverse("rectification_move", args=[returned.pk, "return"])
    page = browse(seconded).post(path, sent, follow=True).content.decode()

    assert f'下一条待核验：<a href="{following.get_absolute_url()}">' in page
    assert waiting_there.get_absolute_url() not in page


# --- Personal data


def test_people_are_named_where_they_may_be_seen(api, browse, seconded, here, there):
    def named(file: File) -> list[bool]:
        division = {"division": file.school.division_id}
        answers = [
            api(seconded).get(reverse("api-institutions"), division),
            api(seconded).get(reverse("api-institution", args=[file.school.pk])),
            browse(seconded).get(reverse("institutions"), division),
            browse(seconded).get(file.school.get_absolute_url()),
        ]
        return ["王某某" in body(answer).decode() for answer in answers]

    assert named(here) == [True, True, False, True]  # lists mask people for everybody
    assert named(there) == [False, False, False, False]


def test_people_are_found_by_name_where_they_may_be_seen(api, browse, seconded, here, there):
    def found(file: File) -> list[int]:
        asked = {"division": file.school.division_id, "q": "王某某"}
        page = browse(seconded).get(reverse("institutions"), asked)
        return [len(api(seconded).get(reverse("api-institutions"), asked).json()["results"]), len(page.context["rows"])]

    assert found(here) == [1, 1]
    assert found(there) == [0, 0]


# --- Divisions to choose from


@pytest.mark.parametrize("page", ["institutions", "rectifications", "map", "statistics", "reports"])
def test_page_offers_the_divisions_of_either_grant_and_no_other(browse, seconded, page):
    offered = browse(seconded).get(reverse(page), {"as_of": "2018-12-31"}).context["divisions"]

    assert {each.code for each in offered} == {NEXT_TO_LIUSHI, PANSHI}


# --- What is offered wherever it is held at all


def test_lists_offer_what_is_held_somewhere(browse, seconded, auditor):
    def offered(user: User) -> tuple[bool, bool]:
        today, listed = (browse(user).get(reverse(name)).content.decode() for name in ("today", "institutions"))
        return reverse("visit_new") in re.sub(r"<nav.*?</nav>", "", today, flags=re.S), reverse(
            "institution_new"
        ) in listed

    assert offered(seconded) == (True, True)
    assert offered(auditor) == (False, False)


def test_today_lists_first_what_one_may_verify(browse, seconded):
    """`seconded` verifies next to 柳市镇 and audits 磐石镇, where a dozen submissions have waited longer."""
    now = today()
    for _each in range(12):
        round_of(institution(PANSHI), now - timedelta(30), due_on=now + timedelta(20), submitted_on=now - timedelta(10))
    mine = institution(NEXT_TO_LIUSHI, name="我能核验的机构")
    round_of(mine, now - timedelta(20), due_on=now + timedelta(20), submitted_on=now - timedelta(5))

    assert "我能核验的机构" in browse(seconded).get("/").content.decode()


@pytest.mark.parametrize("path", ["/visits/new/?q=机构", "/search/?q=机构"])
def test_visit_is_offered_where_it_may_be_recorded(browse, seconded, path):
    institution(PANSHI, name="审计处的机构")
    institution(NEXT_TO_LIUSHI, name="专班处的机构")
    shown = browse(seconded).get(path).content.decode()

    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/visits/new/\?institution=[^"]+)"', shown)]

    assert {browse(seconded).get(link).status_code for link in links} == {200}
