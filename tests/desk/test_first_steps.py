"""开始使用: a new bureau is led from its divisions to its first struck-off round; each step says when it is done."""

import pytest

from accounts.models import AuditRow
from institutions.models import Division
from tests.factories import LIUSHI, institution, round_of, seconded_from, user_with, visit_of

DIVISIONS = "/institutions/divisions/new/"
TYPED = {"county_code": "339901", "county": "某县", "city": "某市", "province": "浙江省"}


def steps_of(client) -> dict[str, bool]:
    return {step.title: step.done for step in client.get("/first-steps/").context["steps"]}


def test_new_bureau_has_only_its_divisions(browse):
    client = browse(user_with("admin", ""))

    assert list(steps_of(client).values()) == [True, False, False, False, False]


def test_bureau_at_work_has_done_all_steps(browse):
    user_with("inspector", LIUSHI)
    user_with("inspector", "330382")
    client = browse(user_with("task_force", "330382"))
    school = institution()
    visit_of(school, "2018-05-01")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="closed")

    assert list(steps_of(client).values()) == [True, True, True, True, True]


def test_administrator_without_a_division_is_led_to_the_first_steps(browse):
    client = browse(user_with("admin", ""))

    assert "/first-steps/" in client.get("/").content.decode()


def test_each_step_not_done_says_how_it_is_done_and_what_comes_then(browse):
    answer = browse(user_with("task_force", "330382")).get("/first-steps/")

    page = answer.content.decode()
    waiting = [step for step in answer.context["steps"] if not step.done]
    assert [step.title for step in waiting] == [
        "开设账号并授权",
        "导入机构名册",
        "登记第一次走访",
        "提交整改并核验销号",
    ]
    assert all(said in page for step in waiting for said in (step.how, step.then))
    assert "系统里已有：乐清市" in page


def test_each_step_links_only_to_what_the_reader_may_do(browse):
    admin = browse(user_with("admin", "")).get("/first-steps/").context["steps"]
    both = browse(seconded_from("inspector", LIUSHI, "task_force", "330382")).get("/first-steps/").context["steps"]

    assert [bool(step.url) for step in admin] == [True, True, False, False, False]
    assert [bool(step.url) for step in both] == [False, False, True, True, True]


@pytest.mark.parametrize("code", ["339901", " ３３９９０１"])
def test_county_with_its_townships_is_set_up_at_once(browse, code):
    client = browse(user_with("admin", ""))
    lines = "339901100000 灵山镇\n３３９９０１１０１\t桥墩镇\n\n339901,某县"

    answer = client.post(DIVISIONS, TYPED | {"county_code": code, "townships": lines})

    assert (answer.status_code, answer.url) == (302, "/first-steps/")
    made = Division.objects.filter(code__startswith="339901")
    assert list(made.values_list("code", "name", "level", "parent")) == [
        ("339901", "某县", "county", "3399"),
        ("339901100", "灵山镇", "township", "339901"),
        ("339901101", "桥墩镇", "township", "339901"),
    ]
    assert AuditRow.objects.filter(action="division.added").count() == 4
    assert Division.objects.get(pk="3399").name == "某市"


@pytest.mark.parametrize(
    "lines, says",
    [
        ("灵山镇", "第 1 行没有代码"),
        ("330382114 柳市镇", "不是 339901 的乡镇"),
        ("33990110 灵山镇", "不是 339901 的乡镇"),
        ("339901100 ", "名称须为"),
    ],
)
def test_line_that_is_no_township_is_refused_in_words_and_nothing_is_set_up(browse, lines, says):
    client = browse(user_with("admin", ""))

    answer = client.post(
        DIVISIONS, TYPED | {"townships": "339901101 桥墩镇\n" + lines if "第 1" not in says else lines}
    )

    assert answer.status_code == 422
    assert says in "".join(answer.context["form"].errors["townships"])
    assert not Division.objects.filter(code__startswith="339901").exists()


@pytest.mark.parametrize("code", ["33990", "3399011", "33990a", "٣٣٩٩٠١"])
def test_county_code_that_is_none_is_refused_in_words_and_nothing_is_set_up(browse, code):
    client = browse(user_with("admin", ""))

    answer = client.post(DIVISIONS, TYPED | {"county_code": code, "townships": "339901101 桥墩镇"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["county_code"] == ["县（市、区）代码是 6 位数字。"]
    assert not Division.objects.filter(name="某县").exists()


def test_only_an_administrator_sets_divisions_up(browse):
    client = browse(user_with("task_force", "330382"))

    answer = client.post(DIVISIONS, TYPED | {"townships": "339901101 桥墩镇"})

    assert answer.status_code == 403
    assert not Division.objects.filter(code__startswith="339901").exists()


# --- What an empty register says


@pytest.mark.parametrize("path", ["/", "/institutions/"])
def test_empty_register_leads_to_the_first_steps(browse, path):
    page = browse(user_with("inspector", LIUSHI)).get(path).content.decode()

    assert "名册还是空的" in page and 'href="/first-steps/"' in page


@pytest.mark.parametrize("path", ["/", "/institutions/"])
def test_register_that_holds_something_does_not(browse, path):
    institution(surveyed_on=None)

    page = browse(user_with("inspector", LIUSHI)).get(path).content.decode()

    assert "名册还是空的" not in page


def test_question_without_an_answer_is_no_empty_register(browse):
    page = browse(user_with("inspector", LIUSHI)).get("/institutions/?q=没有").content.decode()

    assert "名册还是空的" not in page


@pytest.mark.parametrize(("role", "offered"), [("task_force", True), ("inspector", False), ("supervisor", False)])
def test_list_of_institutions_leads_whoever_may_edit_to_the_import(browse, role, offered):
    page = browse(user_with(role, "330382")).get("/institutions/").content.decode()

    assert ('href="/institutions/import/"' in page) == offered


def test_administration_leads_back_to_the_first_steps(browse):
    assert 'href="/first-steps/"' in browse(user_with("admin", "")).get("/admin/").content.decode()


def test_each_step_says_who_does_it_and_how_many_there_are(browse):
    user_with("task_force", "330382")
    user_with("inspector", LIUSHI, valid_to="2019-12-31")

    page = browse(user_with("inspector", LIUSHI)).get("/first-steps/").content.decode()

    assert "这一步由系统管理员用自己的账号登录来做。" in page
    assert "现有整治专班 1 名，巡查员 1 名。" in page


def test_today_leads_to_the_first_steps_until_a_round_is_struck_off(browse, inspector):
    school = institution()
    waiting = browse(inspector).get("/").content.decode()
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="closed")

    assert ("做到哪一步" in waiting, "做到哪一步" in browse(inspector).get("/").content.decode()) == (True, False)
