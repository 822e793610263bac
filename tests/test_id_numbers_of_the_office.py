"""Accounts, the catalogue, divisions, the names of files, and what is searched for: no ID-card number is kept of them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.errors import Invalid, Refusal
from accounts.models import AuditRow, User
from inspections.models import FindingType
from inspections.search import check_words
from institutions.actions import add_divisions, rename_division
from institutions.imports.commit import commit_plan
from institutions.imports.plan import Plan
from institutions.models import Division, RegisterFile
from institutions.moments import today
from tests.accounts.people import save
from tests.factories import LIUSHI, institution, user_with

NUMBER = "110101199001011237"
OLD = "330382900101123"
SAID = "系统不存身份证号"
ACCOUNT = {"username": "wang", "name": "王某", "password1": "Zx9!kkwmq22", "password2": "Zx9!kkwmq22"}
GRANT = {"role": "inspector", "division_prefix": LIUSHI, "valid_from": "2018-01-01"}
NEW_ACCOUNT = ACCOUNT | {"grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "0"} | {
    f"grants-0-{name}": value for name, value in GRANT.items()
}  # fmt: skip
ITEM = {
    "code": "Z99", "name_zh": "问题", "name_en": "x", "legal_basis": "教育法", "severity": "B",
    "in_force_from": "2018-01-01", "evidence": "K", "meaning": "", "division_prefix": "", "note": "",
}  # fmt: skip
COUNTY = {
    "county_code": "330399", "county": "某县", "city": "温州市", "province": "浙江省",
    "townships": "330399100 某镇",
}  # fmt: skip


@pytest.fixture
def boss(browse, db):
    return browse(user_with("admin", "", "boss"))


def refused(answer, field: str) -> bool:
    """By the page of the administration, beside the field."""
    return SAID in str(answer.context["adminform"].form.errors[field])


# --- Accounts


@pytest.mark.parametrize("typed", [{"name": f"王{NUMBER}"}, {"username": NUMBER}, {"name": f"王{OLD}"}])
def test_id_number_in_a_new_account_is_refused(boss, typed):
    answer = boss.post(reverse("admin:accounts_user_add"), NEW_ACCOUNT | typed)

    assert refused(answer, next(iter(typed)))
    assert list(User.objects.values_list("username", flat=True)) == ["boss"]


def test_account_without_one_is_made(boss):
    boss.post(reverse("admin:accounts_user_add"), NEW_ACCOUNT)

    assert User.objects.filter(username="wang").exists()


def test_id_number_in_the_name_of_an_account_on_file_is_refused(boss):
    somebody = user_with("inspector", LIUSHI, "left")
    path = reverse("admin:accounts_user_change", args=[somebody.pk])

    answer = save(boss, path, {"name": NUMBER, "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0})

    assert refused(answer, "name")
    assert User.objects.get(pk=somebody.pk).name == "left"


@pytest.mark.parametrize("typed", [[NUMBER], ["chief", "--name", f"王 {NUMBER}"]])
def test_first_administrator_is_not_named_by_one(db, typed):
    with pytest.raises(CommandError, match=SAID):
        call_command("first_admin", *typed, "--generate")

    assert not User.objects.exists()


# --- The catalogue


@pytest.mark.parametrize("column", ["name_zh", "name_en", "legal_basis", "note"])
def test_id_number_in_an_item_of_the_catalogue_is_refused(boss, column):
    refusal = boss.post(reverse("admin:inspections_findingtype_add"), ITEM | {column: f"问题{NUMBER}"})
    taken = boss.post(reverse("admin:inspections_findingtype_add"), ITEM)

    assert refused(refusal, column)
    assert (taken.status_code, getattr(FindingType.objects.get(code="Z99"), column)) == (302, ITEM[column])


# --- Divisions


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"county": f"某县{NUMBER}"}, "county"),
        ({"city": f"温州市{NUMBER}"}, "city"),
        ({"province": f"浙江省{OLD}"}, "province"),
        ({"townships": f"330399100 某镇{NUMBER}"}, "townships"),
        ({"townships": f"330399100 某镇\n{NUMBER} 某镇"}, "townships"),
    ],
)
def test_id_number_among_divisions_set_up_is_refused_and_not_repeated(boss, typed, field):
    answer = boss.post("/institutions/divisions/new/", COUNTY | typed)

    assert (answer.status_code, [name for name, _reason in answer.context["errors"]]) == (422, [field])
    assert not any("1990" in reason for _name, reason in answer.context["errors"])
    assert not Division.objects.filter(pk__startswith="330399").exists()


def test_divisions_without_one_are_set_up(boss):
    assert boss.post("/institutions/divisions/new/", COUNTY).status_code == 302


def test_id_number_as_new_name_of_a_division_is_refused_by_page_and_action(boss):
    here = Division.objects.get(pk=LIUSHI)
    path = reverse("admin:institutions_division_change", args=[LIUSHI])

    answer = save(boss, path, {"name": f"柳市镇{NUMBER}"})

    assert refused(answer, "name")
    for act in (
        lambda: rename_division(here, by=None, name=f"柳市{NUMBER}", from_on=today()),
        lambda: add_divisions({"330382199": NUMBER}, by=None),
    ):
        with pytest.raises(Invalid, match=SAID):
            act()
    assert Division.objects.get(pk=LIUSHI).name == "柳市镇"


# --- The names of files


def test_register_whose_name_holds_one_is_refused_and_not_kept(browse, taskforce):
    sent = SimpleUploadedFile(f"王某{NUMBER}.csv", "机构名称,乡镇(街道)\n竹里琴社,柳市镇".encode())

    answer = browse(taskforce).post("/institutions/import/", {"file": sent, "division": "330382", "datum": "wgs84"})

    assert (answer.status_code, "文件名含身份证号" in answer.content.decode()) == (422, True)
    assert not RegisterFile.objects.exists()


def test_batch_of_the_command_is_not_named_by_one(db):
    plan = Plan(Division.objects.get(pk="330382"))

    with pytest.raises(Refusal, match="文件名"):
        commit_plan(plan, file_name=f"王某{NUMBER}.csv", sha256="0" * 64, by=None)


# --- What is searched for is kept in the trail


WORDS = [NUMBER, OLD, "110101 19900101 1237", "110101*19900101*1237", f"教民{NUMBER}", f"王某 {NUMBER} 柳市"]
DOORS = [
    ("/search/", "q"),
    ("/institutions/", "q"),
    ("/rectifications/", "q"),
    ("/rectifications/", "inspector"),
    ("/rectifications/?format=csv", "inspector"),
    ("/visits/new/", "q"),
    ("/api/v1/institutions/", "q"),
    ("/api/v1/rectifications/", "q"),
    ("/api/v1/rectifications/", "inspector"),
]


@pytest.mark.parametrize("words", WORDS)
def test_id_number_is_not_searched_for(words):
    with pytest.raises(ValueError, match="身份证"):
        check_words(words)


@pytest.mark.parametrize(
    "words",
    [
        "教民133038270001234号",
        f"教民{OLD}",
        "133038270001234",
        "91350200MA2YJ1XR9G 11370000004502323D",
        "责改〔2018〕330382-0013号",
        "13800001111 0577-62553311",
        "柳市 62551111 1111",
    ],
)
def test_other_numbers_are_searched_for(words):
    check_words(words)


@pytest.mark.parametrize(("path", "name"), DOORS)
def test_id_number_is_refused_at_every_door_with_a_sentence_and_leaves_nothing(browse, taskforce, path, name):
    client, joint = browse(taskforce), "&" if "?" in path else "?"

    answers = [client.get(f"{path}{joint}{name}={number}", headers={"accept": "*/*"}) for number in (NUMBER, OLD)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("请不要用身份证号码查找" in answer.content.decode() for answer in answers)
    assert not AuditRow.objects.exists()


@pytest.mark.parametrize("name", ["q", "by"])
def test_id_number_is_not_asked_of_the_trail_itself(browse, auditor, name):
    assert [browse(auditor).get("/audit/", {name: number}).status_code for number in (NUMBER, OLD)] == [422, 422]
    assert not AuditRow.objects.exists()


def test_colleague_is_not_looked_for_by_one(browse, inspector):
    path = reverse("colleagues", args=[institution().pk])

    assert browse(inspector).get(path, {"q": NUMBER}).status_code == 422
    assert browse(inspector).get(path, {"q": "王"}).status_code == 200
