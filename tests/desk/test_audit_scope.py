"""Who reads which row of the trail: of their divisions what happened there, of accounts those granted there."""

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import audit
from accounts.actions import create_token
from accounts.models import AuditRow, Grant, User
from inspections.models import FindingType
from institutions.models import Demonstration, Division
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, seconded_from, user_with
from tests.urls import body
from tests.worlds import full_file

ASKED = ["", "q=培训", "q=甲方", "by=inspector", "action=registry", "action=accounts", "since=2018-01-01", "format=csv"]


def actions(client, query: str = "") -> list[str]:
    return [each.row.action for each in client.get(f"/audit/?{query}").context["rows"]]


@pytest.fixture
def lent(db) -> User:
    """借调: of the task force of one township, auditor of another."""
    return seconded_from("task_force", NEXT_TO_LIUSHI, "auditor", PANSHI, "lent")


@pytest.mark.parametrize("query", ASKED)
def test_page_does_not_change_with_rows_out_of_scope(browse, lent, query):
    """Neither with those of a township nobody granted, nor with those of one's own grant that is no auditor's."""
    client = browse(lent)
    full_file(PANSHI, "丙方培训", "13700003333", "green")
    path = f"/audit/?{query}"
    before = body(client.get(path))

    secret = [
        full_file(LIUSHI, "甲方秘密培训", "13800001111", "red"),
        full_file(NEXT_TO_LIUSHI, "乙方培训", "13900000077", "blue"),
    ]
    after = body(client.get(path))

    assert [word for file in secret for word in file.secrets if word in after] == []
    if "q=" not in query and "csv" not in query:  # a search and an export are noted, which the reader may read
        assert after == before


def test_page_changes_with_rows_in_scope(browse, lent):
    client = browse(lent)
    before = actions(client)

    full_file(PANSHI, "丙方培训", "13700003333", "green")

    assert len(actions(client)) > len(before)


@pytest.mark.parametrize("division", [LIUSHI, NEXT_TO_LIUSHI, "330382", "33"])
def test_division_that_is_not_audited_reads_like_an_unknown_one(browse, lent, division):
    client = browse(lent)

    hidden, absent = client.get(f"/audit/?division={division}"), client.get("/audit/?division=999999")

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert body(hidden).replace(division.encode(), b"") == body(absent).replace(b"999999", b"")


def test_object_out_of_scope_reads_like_an_absent_one(browse, lent, taskforce):
    school, stranger = institution(LIUSHI, name="甲方秘密培训"), user_with("inspector", LIUSHI, "stranger")
    audit.write("institution.edited", school, by=taskforce, after={"learners": 2}, scope_code=school.scope_code)
    of_account(stranger, taskforce)
    client = browse(lent)

    def page(key: str, pk: object) -> str:
        shown = body(client.get(f"/audit/?about={key}:{pk}")).decode()
        return re.sub(f"(:|%3A){pk}", "", shown)

    assert page("institution", school.pk) == page("institution", "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
    assert page("account", stranger.pk) == page("account", 999_999_999)


def test_institution_that_has_left_keeps_its_rows_but_not_its_name(browse, lent, taskforce):
    school = institution(PANSHI, name="丙培训")
    audit.write("institution.edited", school, by=taskforce, before={"learners": 1}, after={"learners": 2},
                scope_code=school.scope_code)  # fmt: skip
    type(school).objects.filter(pk=school.pk).update(division=LIUSHI, scope_code=f"{LIUSHI}000", name="丁培训")

    page = browse(lent).get("/audit/").content.decode()

    assert ("学生人数" in page, "丁培训" in page, school.get_absolute_url() in page) == (True, False, False)


# --- Accounts: what the administrator did


@pytest.fixture
def admin(db) -> User:
    return user_with("admin", "", "admin")


def of_account(user: User, by: User) -> None:
    """What an administrator does to an account: edits, grants, tokens."""
    audit.write("user.edited", user, by=by, before={"name": "旧"}, after={"name": "新"})
    for grant in user.grants.all():
        audit.write("grant.saved", grant, by=by, after=audit.snapshot(grant))
    create_token(user, by=by)


def test_auditor_of_the_county_reads_what_was_done_with_its_accounts(browse, admin):
    auditor = user_with("auditor", "330382")
    of_account(user_with("inspector", LIUSHI, "here"), admin)
    of_account(user_with("inspector", "330381001", "there"), admin)

    page = browse(auditor).get("/audit/")

    assert [each.row.action for each in page.context["rows"]] == ["token.created", "grant.saved", "user.edited"]
    assert {each.object.name for each in page.context["rows"]} == {"here"}
    grant = page.context["rows"][1]
    assert (grant.kind, grant.place) == ("授权", "柳市镇")
    assert ("角色", "", "巡查员") in grant.changes


def test_administrators_are_read_by_every_auditor_and_not_by_themselves_alone(browse, admin):
    of_account(admin, admin)
    of_account(User.objects.create(username="nobody yet"), admin)

    for prefix in (LIUSHI, "330382", "33", "31"):
        read = actions(browse(user_with("auditor", prefix)))
        assert read.count("user.edited") == 2
        assert read.count("grant.saved") == 1


def test_account_with_grants_in_two_townships_is_read_in_both(browse, admin):
    of_account(seconded_from("inspector", LIUSHI, "inspector", PANSHI), admin)

    for prefix in (LIUSHI, PANSHI):
        assert sorted(actions(browse(user_with("auditor", prefix)))) == ["grant.saved", "token.created", "user.edited"]
    assert actions(browse(user_with("auditor", NEXT_TO_LIUSHI))) == []


def test_grant_that_was_taken_away_is_read_where_it_was(browse, admin):
    user = user_with("inspector", LIUSHI, "gone")
    grant = user.grants.get()
    audit.write("grant.removed", grant, by=admin, before=audit.snapshot(grant))
    grant.delete()

    [row] = browse(user_with("auditor", "330382")).get("/audit/").context["rows"]

    assert (row.row.action, row.object.name) == ("grant.removed", "gone")
    assert ("行政区划代码前缀", "柳市镇", "") in row.changes
    assert actions(browse(user_with("auditor", "330381"))) == []


def test_rows_of_earlier_releases_are_read_by_the_account_they_concern(browse, admin):
    """Then a grant's row had no scope: it is read by who reads its account."""
    user = user_with("inspector", LIUSHI, "here")
    removed = Grant(pk=9999, user=user, role="inspector", division_prefix=LIUSHI)
    for grant, action, kept in (
        (user.grants.get(), "grant.saved", {}),
        (removed, "grant.removed", audit.snapshot(removed)),
    ):
        row = AuditRow(at="2018-10-01T00:00:00Z", by=admin, action=action, object_type="accounts.grant")
        row.object_id, row.before, row.digest = str(grant.pk), kept, "0" * 64
        row.save()

    assert sorted(actions(browse(user_with("auditor", "330382")))) == ["grant.removed", "grant.saved"]
    assert actions(browse(user_with("auditor", "330381"))) == []


def test_lock_is_read_by_who_reads_the_account_it_locked(browse, admin):
    from axes.models import AccessAttempt

    for username in (user_with("inspector", LIUSHI, "here").username, "no such account"):
        attempt = AccessAttempt.objects.create(username=username, ip_address="10.0.0.1", failures_since_start=8)
        audit.write("lock.lifted", attempt, by=admin, before={"username": username, "failures": 8})

    here, elsewhere = (browse(user_with("auditor", prefix)).get("/audit/").context["rows"] for prefix in ("3303", "31"))

    assert [each.object.name for each in here] == ["no such account", "here"]
    assert [each.object.name for each in elsewhere] == ["no such account"]


def test_catalogue_is_read_by_all_a_countys_own_item_by_the_county(browse, admin):
    national = FindingType.objects.get(pk="T01")
    own = FindingType.objects.create(
        code="Y01",
        name_zh="本县项目",
        legal_basis="试",
        severity="C",
        in_force_from="2018-01-01",
        division_prefix="330382",
    )
    for each in (national, own):
        audit.write("findingtype.edited", each, by=admin, before={"note": ""}, after={"note": "改"})
    audit.write(
        "division.edited", Division.objects.get(pk=LIUSHI), by=admin, before={"name": "旧"}, after={"name": "新"}
    )

    assert actions(browse(user_with("auditor", "330382"))) == ["division.edited"] + ["findingtype.edited"] * 2
    assert actions(browse(user_with("auditor", "330381"))) == ["findingtype.edited"]


def test_demonstration_is_read_by_all(browse, admin):
    loaded = Demonstration.objects.create(loaded_on="2018-12-31", division=Division.objects.get(pk="330382"))
    audit.write("demonstration.loaded", loaded, by=None, after={"institutions": 1})

    [row] = browse(user_with("auditor", "31")).get("/audit/").context["rows"]

    assert (row.kind, row.object.name, row.changes) == ("演示数据", "乐清市", [("机构数", "", "1")])


def test_object_of_a_kind_that_is_not_there_any_more_breaks_no_page(browse, auditor):
    kind = ContentType.objects.first()
    row = AuditRow(at="2018-10-01T00:00:00Z", action="ghost.seen", object_type="ghosts.ghost", object_id="7")
    row.scope_code, row.after, row.digest = f"{LIUSHI}000", {"colour": "white", "kind_id": kind.pk}, "0" * 64
    row.save()

    [told] = browse(auditor).get("/audit/").context["rows"]

    assert (told.action, told.kind, told.object.name) == ("ghost.seen", "ghosts.ghost", "7")


def test_page_takes_as_many_queries_for_many_rows_as_for_few(browse, auditor, admin):
    client = browse(auditor)

    def queries() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            rows = client.get("/audit/").context["rows"]
        return len(captured), len(rows)

    full_file(LIUSHI, "甲培训", "13800001111", "red")
    of_account(user_with("inspector", LIUSHI), admin)
    client.get("/audit/")
    few, some = queries()

    for number, colour in enumerate(("blue", "green", "black")):
        full_file(NEXT_TO_LIUSHI, f"乙{number}培训", f"1390000000{number}", colour)
        of_account(user_with("inspector", PANSHI), admin)
    many, more = queries()

    assert more > some
    assert (few, many) == (few, few)
    assert few <= 25
