"""The administration: who may enter, that every change is audited, and what an administrator does not read."""

from datetime import date, timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from accounts.actions import create_token
from accounts.models import AuditRow, Grant, User
from institutions.actions import edit_institution
from institutions.models import Division, DivisionName
from institutions.moments import today
from tests.accounts.people import save
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, hand, institution, user_with

INDEX, SIGN_IN = "/admin/", "/admin/login/?next=/admin/"
PEOPLE = reverse("admin:accounts_user_changelist")


@pytest.fixture
def administrator(db) -> User:
    """With an admin grant, and neither staff nor superuser."""
    return user_with("admin", "", "administrator")


@pytest.fixture
def office(administrator, browse) -> Client:
    """The administrator's browser."""
    return browse(administrator)


def superuser(**grant) -> User:
    user = user_with("admin", "", **grant) if grant else hand("first")
    user.is_superuser = user.is_staff = True
    user.save()
    return user


def trail(object_type: str = "accounts.user") -> list[tuple[str, str]]:
    return list(AuditRow.objects.filter(object_type=object_type).values_list("action", "by__username"))


def grants_form(user: User, *grants: dict, **columns) -> dict:
    """What the page of an account sends."""
    rows = [row | {"user": user.pk} for row in grants]
    return {
        "username": user.username, "name": user.name, "is_active": "on", **columns,
        "grants-TOTAL_FORMS": len(rows), "grants-INITIAL_FORMS": sum("id" in row for row in rows),
        **{f"grants-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()},
    }  # fmt: skip


def change(office: Client, user: User, *grants: dict, **columns):
    return save(office, reverse("admin:accounts_user_change", args=[user.pk]), grants_form(user, *grants, **columns))


# --- Who may enter


def test_admin_grant_in_force_opens_every_page(office):
    names = [f"{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry]

    answers = {name: office.get(reverse(f"admin:{name}")).status_code for name in names}

    assert answers == dict.fromkeys(names, 200)
    assert office.get(INDEX).status_code == 200


@pytest.mark.parametrize("days", [{"valid_to": "2019-12-31"}, {"valid_from": "2999-01-01"}])
def test_admin_grant_out_of_its_days_opens_nothing_even_to_a_superuser(db, browse, days):
    office = browse(superuser(**days))

    assert (office.get(INDEX).status_code, office.get(PEOPLE).status_code) == (302, 302)


def test_superuser_without_an_admin_grant_enters_as_the_first_account(db, browse):
    assert browse(superuser()).get(PEOPLE).status_code == 200


def test_superuser_who_is_disabled_does_not_enter(db):
    user = superuser()
    user.is_active = False

    assert not user.may_administer


@pytest.mark.parametrize("role", ["inspector", "task_force", "supervisor", "auditor"])
def test_other_role_does_not_enter_even_as_staff(db, browse, role):
    user = user_with(role, "330382")
    User.objects.filter(pk=user.pk).update(is_staff=True)

    assert browse(user).get(INDEX)["Location"] == SIGN_IN


def test_administration_has_no_sign_in_of_its_own(db, client):
    answer = client.post(SIGN_IN, {"username": "wrong", "password": "richtig-und-lang"})

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")


def test_administration_says_to_others_that_they_lack_the_grant(supervisor, browse):
    answer = browse(supervisor).get(INDEX, follow=True)

    assert answer.status_code == 403
    assert "没有在有效期内的系统管理员授权" in answer.content.decode()


def test_first_admin_grant_spends_the_mark_of_the_first_account(db, browse):
    """Or taking the grant away would give the administration back."""
    first = superuser()

    change(browse(first), first, {"role": "admin", "division_prefix": "", "valid_from": "2018-01-01"})

    first = User.objects.get(pk=first.pk)
    assert (first.is_superuser, first.may_administer) == (False, True)
    spent = AuditRow.objects.filter(object_type="accounts.user").last()
    assert (spent.before, spent.after) == ({"is_superuser": True}, {"is_superuser": False})


def test_admin_grant_taken_away_closes_the_administration_to_a_superuser(office):
    other = superuser(valid_to="2999-12-31")
    grant = other.grants.get()
    row = {"id": grant.pk, "role": "admin", "division_prefix": "", "valid_from": "2018-01-01", "DELETE": "on"}

    change(office, other, row)

    assert not Grant.objects.filter(pk=grant.pk).exists()
    assert not User.objects.get(pk=other.pk).may_administer
    assert trail("accounts.grant") == [("grant.removed", "administrator")]


def test_administration_offers_what_it_should_and_no_more():
    assert {model._meta.label_lower for model in admin.site._registry} == {
        "accounts.user", "accounts.auditrow", "accounts.apitoken", "accounts.failedsignin", "institutions.division",
        "inspections.findingtype",
    }  # fmt: skip


# --- Accounts


@pytest.fixture
def clerk(db) -> User:
    user = user_with("inspector", LIUSHI, "clerk")
    create_token(user, by=None)
    return user


def test_password_set_by_an_administrator_is_audited_and_ends_the_tokens(office, clerk):
    path = reverse("admin:auth_user_password_change", args=[clerk.pk])
    sent = {"password1": "ein-neues-wort", "password2": "ein-neues-wort", "usable_password": "true"}

    answer = office.post(path, sent)

    assert (answer.status_code, User.objects.get(pk=clerk.pk).check_password("ein-neues-wort")) == (302, True)
    assert trail()[1:] == [("user.password_changed", "administrator"), ("token.revoked", "administrator")]
    assert not AuthToken.objects.exists()


def test_password_that_is_refused_leaves_no_trace(office, clerk):
    path = reverse("admin:auth_user_password_change", args=[clerk.pk])

    answer = office.post(path, {"password1": "kurz", "password2": "kurz", "usable_password": "true"})

    assert (answer.status_code, trail()) == (200, [("token.created", None)])
    assert AuthToken.objects.count() == 1


def test_own_password_in_the_administration_is_changed_where_everybody_changes_it(office):
    answer = office.get(reverse("admin:password_change"))

    assert (answer.status_code, answer["Location"]) == (302, reverse("password"))


def test_password_page_of_nobody_is_absent(office):
    assert office.get(reverse("admin:auth_user_password_change", args=[999])).status_code == 404


def test_account_that_is_disabled_loses_its_tokens(office, clerk):
    grant = clerk.grants.get()
    row = {"id": grant.pk, "role": "inspector", "division_prefix": LIUSHI, "valid_from": "2018-01-01"}

    answer = change(office, clerk, row, is_active="")

    assert answer.status_code == 302
    assert trail()[1:] == [("user.edited", "administrator"), ("token.revoked", "administrator")]
    assert not AuthToken.objects.exists()


def test_mark_of_a_superuser_cannot_be_given(office, clerk):
    change(office, clerk, is_superuser="on", is_staff="on")

    assert not User.objects.get(pk=clerk.pk).is_superuser


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("999999", "“999999”不是行政区划代码"),
        ("3303821", "“3303821”不是行政区划代码"),
        ("330999", "没有代码为“330999”的行政区划。"),
    ],
)
def test_grant_of_what_is_no_division_is_refused(office, clerk, prefix, said):
    answer = change(office, clerk, {"role": "inspector", "division_prefix": prefix, "valid_from": "2018-01-01"})

    assert [error for row in answer.context["errors"] for error in row if said in error]
    assert [grant.division_prefix for grant in clerk.grants.all()] == [LIUSHI]


def test_grant_of_a_division_on_file_is_saved_and_audited(office, clerk):
    change(office, clerk, {"role": "inspector", "division_prefix": "330382", "valid_from": "2018-01-01"})

    assert {grant.division_prefix for grant in clerk.grants.all()} == {LIUSHI, "330382"}
    assert trail("accounts.grant") == [("grant.saved", "administrator")]


@pytest.mark.parametrize("prefix", ["999999", "３３０３８２", "33x"])
def test_grant_that_is_none_shows_nothing_and_breaks_no_page(browse, clerk, prefix):
    """One that was written before prefixes were checked."""
    Grant.objects.create(user=clerk, role="supervisor", division_prefix=prefix, valid_from="2018-01-01")

    assert User.objects.get(pk=clerk.pk).prefixes() == [LIUSHI]
    assert browse(clerk).get("/institutions/").status_code == 200


# --- Tokens and lock-outs


def test_token_is_revoked_with_an_audit_row(office, clerk):
    create_token(clerk, by=None)
    lost, kept = AuthToken.objects.order_by("created")
    page = reverse("admin:accounts_apitoken_changelist")

    answer = office.post(page, {"action": "revoke", "_selected_action": [lost.pk]}, follow=True)

    assert "已吊销 1 个令牌。" in answer.content.decode()
    assert list(AuthToken.objects.all()) == [kept]
    revoked = AuditRow.objects.get(action="token.revoked")
    assert (revoked.by.username, revoked.object_id, revoked.before) == (
        "administrator", str(clerk.pk), {"token_key": lost.token_key}
    )  # fmt: skip


def test_token_can_be_neither_added_nor_changed_nor_deleted(office, administrator, supervisor):
    create_token(administrator, by=None)
    token = AuthToken.objects.get()
    at_token = {"args": [token.pk]}

    answers = [
        office.post(reverse("admin:accounts_apitoken_add"), {"user": supervisor.pk}),
        office.post(reverse("admin:accounts_apitoken_change", **at_token), {"user": supervisor.pk}),
        office.post(reverse("admin:accounts_apitoken_delete", **at_token), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert AuthToken.objects.get().user == administrator


def test_token_and_its_audit_row_are_written_together(db, monkeypatch):
    user = hand("clerk")

    def failing(*_arguments, **_options):
        raise ConnectionError("the database went away")

    monkeypatch.setattr(AuditRow, "save", failing)
    with pytest.raises(ConnectionError):
        call_command("create_token", "clerk")

    assert not AuthToken.objects.filter(user=user).exists()


def test_lock_out_is_lifted_with_an_audit_row(office, db):
    user = user_with("inspector", LIUSHI, "somebody")
    user.set_password("richtig-und-lang")
    user.save()
    right, browser = {"username": "somebody", "password": "richtig-und-lang"}, Client()
    for number in range(8):
        browser.post(reverse("login"), right | {"password": "falsch"}, headers={"user-agent": f"phone {number % 2}"})
    locked = browser.post(reverse("login"), right)
    page = reverse("admin:accounts_failedsignin_changelist")

    office.post(page, {"action": "unlock", "_selected_action": [AccessAttempt.objects.first().pk]})

    assert (locked.status_code, browser.post(reverse("login"), right).status_code) == (429, 302)
    lifted = AuditRow.objects.get(action="lock.lifted")
    assert lifted.by.username == "administrator"
    # eight wrong ones from two browsers; the right one that was not let in any more does not prolong the lock
    assert lifted.before == {"username": "somebody", "ip_address": "127.0.0.1", "failures": 8}


def test_lock_out_cannot_be_changed_or_deleted(office, db):
    Client().post(reverse("login"), {"username": "somebody", "password": "falsch"})
    attempt = AccessAttempt.objects.get()

    answers = [
        office.post(reverse("admin:accounts_failedsignin_change", args=[attempt.pk]), {"failures_since_start": 0}),
        office.post(reverse("admin:accounts_failedsignin_delete", args=[attempt.pk]), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert AccessAttempt.objects.count() == 1


# --- Divisions


def change_division(office, **typed):
    """What the page shows of 柳市镇, sent back with what was typed over it."""
    shown = Division.objects.filter(pk=LIUSHI).values("name", "longitude", "latitude", "approx_error_m").get()
    return save(office, reverse("admin:institutions_division_change", args=[LIUSHI]), shown | typed)


def test_renamed_division_keeps_its_code_and_its_former_name_with_the_day(office):
    answer = change_division(office, code="330382199", name="柳市新镇", from_on="2018-05-01")

    assert (answer.status_code, Division.objects.get(pk=LIUSHI).name) == (302, "柳市新镇")
    assert not Division.objects.filter(pk="330382199").exists()
    assert [(each.name, str(each.from_on)) for each in DivisionName.objects.all()] == [
        ("柳市镇", "2000-01-01"),
        ("柳市新镇", "2018-05-01"),
    ]
    row = AuditRow.objects.get(object_type="institutions.division")
    assert (row.action, row.before["name"], row.after["name"]) == ("division.renamed", "柳市镇", "柳市新镇")


def test_division_renamed_without_a_day_is_renamed_from_today(office):
    change_division(office, name="柳市新镇")

    assert DivisionName.objects.last().from_on == today()


def test_division_renamed_from_a_day_in_the_future_is_refused_and_says_so(office):
    answer = change_division(office, name="柳市新镇", from_on=today() + timedelta(days=1))

    assert Division.objects.get(pk=LIUSHI).name == "柳市镇"
    assert "至今天之间" in office.get(answer.url).content.decode()


def test_other_columns_of_a_division_are_audited_without_a_new_name(office):
    change_division(office, longitude="120.9", latitude="28.1")

    row = AuditRow.objects.get(object_type="institutions.division")
    assert (row.action, row.after) == ("division.edited", {"longitude": 120.9, "latitude": 28.1})
    assert not DivisionName.objects.exists()


def test_division_that_is_merged_takes_its_institutions_along(office, outsider):
    school = institution()

    answer = change_division(office, into=NEXT_TO_LIUSHI, from_on="2018-05-01")

    school.refresh_from_db()
    assert (answer.status_code, school.division_id) == (302, NEXT_TO_LIUSHI)
    assert str(Division.objects.get(pk=LIUSHI).in_force_to) == "2018-04-30"
    page = office.get(reverse("admin:institutions_division_change", args=[LIUSHI])).content.decode()
    assert 'name="into"' not in page


def test_level_and_parent_of_an_added_division_follow_from_its_code(office):
    contradiction = {"code": "330382198", "name": "示例镇", "level": "county", "parent": "330381"}
    office.post(reverse("admin:institutions_division_add"), contradiction)

    added = Division.objects.get(pk="330382198")
    assert (added.name, added.level, added.parent_id) == ("示例镇", "township", "330382")


def test_division_without_the_one_above_it_is_refused(office):
    answer = office.post(reverse("admin:institutions_division_add"), {"code": "440382198", "name": "示例镇"})

    assert "440382" in answer.content.decode()
    assert not Division.objects.filter(pk="440382198").exists()


# --- The audit trail


@pytest.fixture
def edited(taskforce) -> AuditRow:
    """An edit of an institution's personal data."""
    school = institution(phone="13800001111", principal="王某某")
    edit_institution(
        school, by=taskforce, version=school.version, columns={"phone": "13900002222"}, at=at("2018-10-01")
    )
    return AuditRow.objects.get(action="institution.edited")


def test_audit_row_of_an_institution_shows_who_and_when_only(office, edited):
    page = office.get(reverse("admin:accounts_auditrow_change", args=[edited.pk])).content.decode()

    assert "编辑" in page and "培训机构" in page and "taskforce" in page
    assert "13800001111" not in page and "13900002222" not in page


@pytest.mark.parametrize("lookup", ["after__phone", "after__phone__startswith", "before__icontains"])
def test_audit_row_is_not_found_by_what_it_hides(office, edited, lookup):
    answer = office.get(reverse("admin:accounts_auditrow_changelist"), {lookup: "13900002222"})

    assert answer.status_code == 400


def test_audit_row_of_an_account_shows_what_changed(office, clerk):
    change(office, clerk, {"role": "inspector", "division_prefix": "330382", "valid_from": str(date(2018, 3, 1))})
    saved = AuditRow.objects.get(action="grant.saved")

    page = office.get(reverse("admin:accounts_auditrow_change", args=[saved.pk])).content.decode()

    assert "2018-03-01" in page


def test_audit_trail_cannot_be_written_by_hand(office, edited):
    answers = [
        office.post(reverse("admin:accounts_auditrow_add"), {}),
        office.post(reverse("admin:accounts_auditrow_change", args=[edited.pk]), {"action": "nothing"}),
        office.post(reverse("admin:accounts_auditrow_delete", args=[edited.pk]), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


@pytest.mark.parametrize("document", ["operations.md", "operations.en.md"])
def test_operations_name_what_is_done_with_rows_of_accounts_tokens_and_locks(document):
    text = (settings.BASE_DIR / "docs" / document).read_text(encoding="utf-8")
    kept = [site for model, site in admin.site._registry.items() if model._meta.app_label == "accounts"]
    acts = [str(getattr(site, name).short_description) for site in kept for name in site.actions or []]

    assert {"解除所选锁定", "吊销所选令牌"} <= set(acts)
    assert [act for act in acts if act not in text] == []
