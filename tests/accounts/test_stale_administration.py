"""Two administrators: a page that was open meanwhile does not undo what the other has just done, and says what it is."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditRow, User
from inspections.models import FindingType
from institutions.actions import rename_division
from institutions.models import Division
from institutions.moments import today
from tests.factories import LIUSHI, user_with


@pytest.fixture
def boss(db) -> User:
    return user_with("admin", "", "boss")


@pytest.fixture
def office(browse, boss):
    return browse(boss)


@pytest.fixture
def account(db) -> User:
    return user_with("inspector", LIUSHI, "left")


def form_of(page) -> dict[str, object]:
    """What a browser would send back from a page of the administration, every field as it was shown."""
    sent = {"version": page.context["version"]}
    assert f'name="version" value="{sent["version"]}"' in page.content.decode()
    formsets = [each.formset for each in page.context["inline_admin_formsets"]]
    for form in [page.context["adminform"].form, *(form for formset in formsets for form in formset.forms)]:
        for field in form:
            value = field.value()
            if value not in (None, False):
                sent[field.html_name] = value if value is not True else "on"
    for formset in formsets:
        sent |= {field.html_name: field.value() for field in formset.management_form}
    return sent


def path_of(account: User) -> str:
    return reverse("admin:accounts_user_change", args=[account.pk])


def said(answer) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_account_disabled_meanwhile_stays_disabled_and_the_page_says_so(office, account):
    sent = form_of(office.get(path_of(account))) | {"name": "新名"}
    User.objects.filter(pk=account.pk).update(is_active=False)
    rows = AuditRow.objects.count()

    answer = office.post(path_of(account), sent)

    account.refresh_from_db()
    assert (answer.status_code, account.is_active, account.name) == (412, False, "left")
    assert ("是 → 否" in said(answer), "已由他人改动" in answer.content.decode()) == (True, True)
    assert AuditRow.objects.count() == rows


def test_page_that_came_back_is_the_present_one_and_is_saved(office, account):
    sent = form_of(office.get(path_of(account)))
    User.objects.filter(pk=account.pk).update(is_active=False)
    back = office.post(path_of(account), sent)

    answer = office.post(path_of(account), form_of(back) | {"name": "新名"})

    account.refresh_from_db()
    assert (answer.status_code, account.is_active, account.name) == (302, False, "新名")


def test_grant_ended_meanwhile_stays_ended(office, account):
    sent = form_of(office.get(path_of(account))) | {"grants-0-valid_from": "2018-02-01"}
    account.grants.update(valid_to=date(2018, 6, 30))

    answer = office.post(path_of(account), sent)

    assert account.grants.get().valid_to == date(2018, 6, 30)
    assert (answer.status_code, "授权：" in said(answer), "— → 2018-06-30" in said(answer)) == (412, True, True)


@pytest.mark.parametrize("meanwhile", ["added", "removed"])
def test_grant_that_came_or_went_meanwhile_is_told(office, account, meanwhile):
    sent = form_of(office.get(path_of(account))) | {"name": "新名"}
    if meanwhile == "added":
        account.grants.create(role="supervisor", division_prefix="330382", valid_from="2018-01-01")
    else:
        account.grants.all().delete()

    answer = office.post(path_of(account), sent)

    words = {"added": "— → 领导", "removed": "巡查员 → —"}[meanwhile]
    assert (answer.status_code, words in said(answer)) == (412, True)
    assert User.objects.get(pk=account.pk).name == "left"


def test_what_the_page_does_not_show_makes_it_no_older(office, account):
    sent = form_of(office.get(path_of(account))) | {"name": "新名"}
    account.set_password("richtig-und-lang")
    account.save()

    assert office.post(path_of(account), sent).status_code == 302


def test_division_renamed_meanwhile_keeps_its_new_name(office, boss):
    division = Division.objects.get(pk=LIUSHI)
    path = reverse("admin:institutions_division_change", args=[LIUSHI])
    sent = form_of(office.get(path)) | {"longitude": "120.91"}
    rename_division(division, by=boss, name="新柳市镇", from_on=today())

    answer = office.post(path, sent)

    here = Division.objects.get(pk=LIUSHI)
    assert (answer.status_code, here.name, here.longitude) == (412, "新柳市镇", division.longitude)
    assert "柳市镇 → 新柳市镇" in said(answer)


def test_catalogue_item_ended_meanwhile_stays_ended(office):
    path = reverse("admin:inspections_findingtype_change", args=["S02"])
    sent = form_of(office.get(path)) | {"name_en": "changed"}
    FindingType.objects.filter(pk="S02").update(in_force_to=date(2026, 1, 1))

    answer = office.post(path, sent)

    item = FindingType.objects.get(pk="S02")
    assert (answer.status_code, item.in_force_to, item.name_en == "changed") == (412, date(2026, 1, 1), False)


@pytest.mark.parametrize("version", ["", "x", "eyJhIjoxfQ:1:x"])
def test_page_that_does_not_say_what_it_showed_is_stale(office, account, version):
    sent = form_of(office.get(path_of(account))) | {"name": "新名", "version": version}

    assert office.post(path_of(account), sent).status_code == 412
    assert User.objects.get(pk=account.pk).name == "left"
