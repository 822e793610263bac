"""A new account with its grants on one page, and the administration in the words of the field."""

import re

import pytest
from django.urls import reverse

from accounts.models import AuditRow, Grant, User
from institutions.models import Division
from institutions.moments import today
from tests.factories import LIUSHI, user_with

ADD = reverse("admin:accounts_user_add")
PEOPLE = reverse("admin:accounts_user_changelist")
FOREIGN = re.compile(r"axes|knox|parent|auth token|access attempt|ip address|township|county\b|\bprovince", re.I)


@pytest.fixture
def office(db, browse):
    return browse(user_with("admin", "", "administrator"))


def sent(*grants: dict, **columns) -> dict:
    first = {"username": "wang", "name": "王某", "password1": "ein-gutes-wort", "password2": "ein-gutes-wort"}
    rows = {
        f"grants-{number}-{name}": value
        for number, grant in enumerate(grants)
        for name, value in ({"valid_from": str(today()), "initial-grants-0-valid_from": str(today())} | grant).items()
    }
    return first | columns | {"grants-TOTAL_FORMS": len(grants), "grants-INITIAL_FORMS": 0} | rows


def reasons(answer) -> str:
    return "".join(str(error) for row in answer.context["errors"] for error in row)


@pytest.mark.parametrize("typed", [LIUSHI, "柳市镇", f"{LIUSHI} 柳市镇（乐清市）", "３３０３８２１１４"])
def test_account_is_made_with_its_grant_by_name_or_code_of_the_division(office, typed):
    answer = office.post(ADD, sent({"role": "inspector", "division_prefix": typed}))

    grant = Grant.objects.get(user__username="wang")
    assert (answer.status_code, answer["Location"]) == (302, PEOPLE)
    assert (grant.role, grant.division_prefix, grant.user.must_change_password) == ("inspector", LIUSHI, True)
    assert AuditRow.objects.filter(action="grant.saved").count() == 1


def test_account_may_have_several_grants_from_the_beginning(office):
    office.post(ADD, sent({"role": "inspector", "division_prefix": LIUSHI}, {"role": "admin", "division_prefix": ""}))

    assert set(Grant.objects.filter(user__username="wang").values_list("role", flat=True)) == {"inspector", "admin"}


@pytest.mark.parametrize(
    ("role", "typed", "said"),
    [
        ("inspector", "柳市街道", "没有叫“柳市街道”的区划"),
        ("inspector", "城南镇", "不止一个"),
        ("inspector", "330999", "没有代码为“330999”的行政区划"),
        ("task_force", "", "须指明区划"),
    ],
)
def test_grant_that_is_none_is_refused_in_words_and_no_account_is_made(office, role, typed, said):
    for code, county in (("330381101", "330381"), ("330382101", "330382")):
        Division.objects.update_or_create(
            code=code, defaults={"name": "城南镇", "level": "township", "parent_id": county}
        )

    answer = office.post(ADD, sent({"role": role, "division_prefix": typed}))

    assert answer.status_code == 200
    assert said in reasons(answer)
    assert not User.objects.filter(username="wang").exists()


def test_saved_grant_is_shown_by_code_and_name_of_its_division(office):
    clerk = user_with("inspector", LIUSHI, "clerk")

    page = office.get(reverse("admin:accounts_user_change", args=[clerk.pk])).content.decode()

    assert f'value="{LIUSHI} 柳市镇（乐清市）"' in page


def test_list_of_accounts_says_what_each_may_and_where(office):
    user_with("task_force", "330382", "chief")
    user_with("inspector", LIUSHI, "former", valid_to="2019-12-31")
    user_with("inspector", LIUSHI, "coming", valid_from="2999-01-01")
    User.objects.create(username="nobody")

    page = office.get(PEOPLE).content.decode()

    for said in ("整治专班 乐清市", "巡查员 柳市镇（已过期）", "巡查员 柳市镇（2999-01-01 起）", "没有授权"):
        assert said in page


def test_list_of_accounts_asks_the_same_however_many_there_are(office, django_assert_max_num_queries):
    for number in range(30):
        user_with("inspector", LIUSHI, f"clerk{number}")

    with django_assert_max_num_queries(15):
        office.get(PEOPLE)


PAGES = ["accounts_user", "accounts_failedsignin", "accounts_apitoken", "accounts_auditrow", "institutions_division"]


@pytest.mark.parametrize("name", [*PAGES, "inspections_findingtype"])
def test_administration_speaks_no_package_and_no_english(office, client, name):
    client.post(reverse("login"), {"username": "somebody", "password": "wrong"})

    answer = office.get(reverse(f"admin:{name}_changelist"))
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.S)

    assert FOREIGN.findall(words) == []


def test_trail_of_the_administration_says_in_words_what_changed(office):
    office.post(ADD, sent({"role": "inspector", "division_prefix": LIUSHI}))
    row = AuditRow.objects.get(action="grant.saved")

    page = office.get(reverse("admin:accounts_auditrow_change", args=[row.pk])).content.decode()

    for said in ("授权", "角色", "巡查员", "柳市镇"):
        assert said in page
    assert "grant.saved" not in page
