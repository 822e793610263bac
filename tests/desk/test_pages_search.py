"""The field in the head of every page, and the same search in 机构，登记走访，台账 and the API; all of it audited."""

import re

import pytest

from accounts.models import AuditRow, User
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, merge_of, rename_of, round_of, supplement_of, user_with

PHONE = "138 1234 5678"
DOORS = {
    "search": "/search/",
    "institutions": "/institutions/",
    "ledger": "/rectifications/",
    "visits-new": "/visits/new/",
    "api/map/list": "/api/v1/map/list/",
    "api-institutions": "/api/v1/institutions/",
    "api-rectifications": "/api/v1/rectifications/",
    "api/map": "/api/v1/map/",
}


@pytest.fixture
def school(db):
    there = (120.95, 28.1)
    school = institution(LIUSHI, name="晨光培训", principal="王小二", phone="13812345678", position=there)
    round_of(school, "2018-05-01")
    institution(NEXT_TO_LIUSHI, name="别处培训", principal="王小二", phone="13812345678")
    return school


def searches() -> list[tuple[str, dict, str]]:
    return [(row.by.username, row.after, row.scope_code) for row in AuditRow.objects.filter(action="search")]


@pytest.mark.parametrize("where", DOORS)
def test_every_door_finds_by_phone_in_scope_and_leaves_it_in_the_audit_trail(browse, inspector, school, where):
    answer = browse(inspector).get(DOORS[where], {"q": PHONE})

    shown = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200
    assert where == "api/map" or school.name in shown.decode() or str(school.pk) in shown.decode()
    assert "别处培训" not in shown.decode()
    assert searches() == [("inspector", {"q": PHONE, "where": where, "found": 1}, "330382114000")]


@pytest.mark.parametrize("where", DOORS)
def test_page_without_words_is_no_search(browse, inspector, school, where):
    browse(inspector).get(DOORS[where])

    assert searches() == []


@pytest.mark.parametrize("where", [where for where in DOORS if where != "visits-new"])
def test_who_sees_people_masked_finds_nobody_by_them(browse, auditor, school, where):
    for words in (PHONE, "王小二", "5678"):
        browse(auditor).get(DOORS[where], {"q": words})

    assert [(what["q"], what["found"]) for _who, what, _where in searches()] == [(PHONE, 0), ("王小二", 0), ("5678", 0)]


def test_search_of_two_grants_is_noted_where_both_lie(browse, seconded, school):
    browse(seconded).get("/search/", {"q": "培训"})

    assert searches() == [("seconded", {"q": "培训", "where": "search", "found": 1}, "330382000000")]


def test_csv_of_a_search_is_noted_as_one(browse, taskforce, school):
    list(browse(taskforce).get("/institutions/", {"q": "培训", "format": "csv"}).streaming_content)

    assert [what["where"] for _who, what, _where in searches()] == ["institutions"]


def test_search_groups_institutions_and_rounds(browse, taskforce, school):
    supplement = supplement_of(school.rectifications.get(), "2018-05-03")

    answer = browse(taskforce).get("/search/", {"q": supplement.number.replace("〔", "[").replace("〕", "]")})

    assert [each.name for each in answer.context["institutions"]] == ["晨光培训"]
    assert [each.number for each in answer.context["rounds"]] == [school.rectifications.get().number]
    assert f'href="{supplement.get_absolute_url()}"' in answer.content.decode()


def test_search_says_what_an_institution_was_called_and_masks_its_principal(browse, taskforce, auditor, school):
    rename_of(school, "新名培训", "2018-09-01")

    seen, masked = (browse(user).get("/search/", {"q": "晨光"}).content.decode() for user in (taskforce, auditor))

    assert all("新名培训" in page and "曾用名" in page and "晨光培训" in page for page in (seen, masked))
    assert [("王小二" in page, "王**" in page) for page in (seen, masked)] == [(False, True), (False, True)]
    assert "13812345678" not in seen + masked


def test_search_finds_what_was_withdrawn_and_says_so(browse, taskforce, school):
    type(school).objects.filter(pk=school.pk).update(withdrawn_at=school.recorded_at)

    page = browse(taskforce).get("/search/", {"q": "晨光"}).content.decode()

    assert ("晨光培训" in page, "登记已撤销" in page) == (True, True)


def test_search_lists_thirty_and_says_that_there_are_more(browse, taskforce):
    for number in range(31):
        institution(name=f"第{number}培训")

    answer = browse(taskforce).get("/search/", {"q": "培训"})

    assert (len(answer.context["institutions"]), answer.context["more_institutions"]) == (30, True)
    assert "只列出前 30 家" in answer.content.decode()


@pytest.mark.parametrize(("query", "said"), [({}, "可以用这些查找"), ({"q": "没有这样一家"}, "在您的辖区内没有找到")])
def test_empty_search_says_what_can_be_searched_for(browse, taskforce, auditor, query, said):
    answers = [browse(user).get("/search/", query).content.decode() for user in (taskforce, auditor)]

    assert all(said in page and "可以用这些查找" in page for page in answers)
    assert ["电话号码，或最后四位以上" in page for page in answers] == [True, False]


@pytest.mark.parametrize(
    "path", ["/search/", "/visits/new/", "/institutions/", "/rectifications/", "/api/v1/institutions/"]
)
@pytest.mark.parametrize("words", ["11010519491231002X", "甲" * 101, "一 二 三 四 五 六 七 八 九"])
def test_search_that_cannot_be_taken_is_refused_and_not_kept(browse, taskforce, path, words):
    answer = browse(taskforce).get(path, {"q": words})

    assert answer.status_code == 422
    assert searches() == []


def test_head_of_every_page_has_the_field_for_who_sees_institutions(browse, taskforce, db):
    def field(user: User) -> bool:
        head = re.search(r"<header.*?</header>", browse(user).get("/").content.decode(), flags=re.S)
        return 'action="/search/"' in head[0]

    assert (field(taskforce), field(user_with("admin", ""))) == (True, False)


@pytest.mark.parametrize("where", ["search", "institutions", "ledger", "api/map/list", "api-institutions"])
def test_name_of_what_was_merged_finds_the_one_that_stays(browse, taskforce, school, where):
    merge_of(institution(LIUSHI, name="暮云画社", surveyed_on=None), school)

    answer = browse(taskforce).get(DOORS[where], {"q": "暮云"})

    assert searches()[0][1]["found"] == (2 if where == "search" else 1)
    assert school.name in answer.content.decode()


@pytest.mark.parametrize("where", ["search", "institutions"])
def test_list_says_what_was_merged_into_what_it_found(browse, taskforce, school, where):
    merge_of(institution(LIUSHI, name="暮云画社", surveyed_on=None), school)

    answer = browse(taskforce).get(DOORS[where], {"q": "晨光"})

    assert "并入的登记 暮云画社" in answer.content.decode()
    assert "并入的登记" not in browse(taskforce).get("/institutions/").content.decode()
