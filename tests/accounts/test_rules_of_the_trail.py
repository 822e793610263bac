"""Which rows of the trail are whose: what lies in no division is read by who audits the accounts it is about."""

import pytest

from accounts import audit
from accounts.models import AuditRow, User
from institutions.models import Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, hand, institution, user_with

COUNTY = "330382"


@pytest.fixture
def here(db) -> User:
    """Granted in two townships of the county, so that rows about them lie in no division."""
    user = user_with("inspector", LIUSHI, "here")
    user.grants.create(role="inspector", division_prefix=PANSHI, valid_from="2018-01-01")
    return user


def row(of: str, pk: object = "1", **columns) -> AuditRow:
    return AuditRow.objects.create(
        at="2018-10-01T00:00:00Z", action="x", object_type=of, object_id=str(pk), digest="0" * 64, **columns
    )


def read(*prefixes: str, **asked) -> list[AuditRow]:
    return [row for part in AuditRow.objects.parts_for(list(prefixes), **asked) for row in part]


def test_who_audits_nothing_reads_nothing_not_even_what_is_everybodys(db):
    row("accounts.user", hand("nobody granted").pk)
    row("inspections.findingtype")

    assert AuditRow.objects.parts_for([]) == []


def test_what_is_everybodys_is_read_unless_one_division_is_asked_for(db):
    everybodys = [row("accounts.user", hand("nobody granted").pk), row("inspections.findingtype")]

    assert read(COUNTY) == everybodys
    assert read(COUNTY, shared=False) == []


def test_of_a_division_only_rows_about_its_accounts_are_read(here):
    there = user_with("inspector", "330381001", "there")
    admin = user_with("admin", "", "admin")
    for user in (there, admin, hand("nobody granted")):
        row("accounts.user", user.pk)
    about_it = row("accounts.user", here.pk)

    assert read(COUNTY, shared=False) == [about_it]


@pytest.mark.parametrize(
    ("object_type", "kept"),
    [
        ("accounts.apitoken", lambda user: {"user_id": user.pk}),  # no grant, though it says whose it was
        ("accounts.user", lambda user: {"username": user.username}),  # no lock: another's name of before
    ],
)
def test_row_that_names_an_account_is_read_there_only_as_a_grant_or_a_lock(here, object_type, kept):
    row(object_type, "9999", before=kept(here))

    assert read(COUNTY, shared=False) == []


@pytest.mark.parametrize(
    ("object_type", "kept"),
    [
        ("accounts.grant", lambda user: {"user_id": user.pk}),
        ("axes.accessattempt", lambda user: {"username": user.username}),
    ],
)
def test_grant_taken_away_and_lock_are_read_by_the_account_they_name(here, object_type, kept):
    taken = row(object_type, "9999", before=kept(here))

    assert read(COUNTY, shared=False) == [taken]
    assert read("330381", shared=False) == []


@pytest.mark.parametrize("prefix", ["33", "3303", "330382", LIUSHI])
def test_what_lies_in_a_division_is_read_in_each_that_holds_it_and_in_no_other(db, prefix):
    inside = row("inspections.visit", scope_code="330382114000")
    row("inspections.visit", scope_code="310101001000")

    assert read(prefix, shared=False) == [inside]
    assert read("330381", "3304", "32", shared=False) == []


# --- What is noted of who was shown people


@pytest.fixture
def schools(db) -> list[Institution]:
    return [institution(township, phone="13800001111") for township in (NEXT_TO_LIUSHI, PANSHI)]


def test_only_institutions_where_personal_data_may_be_seen_count_as_shown(schools, seconded):
    """借调: of the 专班 of the first township, auditor of the second, who sees people masked."""
    [noted] = audit.people_shown(schools, by=seconded, where="list", question="q=", divisions=[NEXT_TO_LIUSHI])

    assert noted.after == {"where": "list", "fields": ["phone"], "rows": 1, "question": "q="}


# --- The door of the administration


def test_administrator_who_comes_to_its_own_sign_in_is_sent_to_the_only_one(client, db):
    admin = user_with("admin", "", "admin")
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get("/admin/login/?next=/admin/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")
