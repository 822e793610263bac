"""A ledger through the pages of 导入名册."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.models import Rectification, Visit
from institutions.models import RegisterFile

pytestmark = pytest.mark.django_db

LEDGER = """机构名称,乡镇（街道）,办学地址,证照情况,检查日期,检查人,存在问题,整改期限,整改结果,完成日期
绘声馆,柳市镇,井巷路1号,无证无照,2018-09-03,王某,无证办学,2018-09-20,已关停,2018-09-18
晨曦教育,虹桥镇,飞虹南路5号,证照齐全,2018-09-04,李某,无,,,
""".encode()


@pytest.fixture
def page(browse, taskforce):
    return browse(taskforce)


@pytest.fixture
def file(page) -> RegisterFile:
    page.post(
        "/institutions/import/",
        {"file": SimpleUploadedFile("ledger.csv", LEDGER), "division": "330382", "datum": "wgs84"},
    )
    return RegisterFile.objects.get()


def lines(page, file) -> dict[str, dict]:
    """What the page says of each row, by name."""
    return {row.line["name"]: row.line for row in page.get(f"/institutions/import/{file.pk}/").context["rows"]}


def test_row_that_waits_for_an_answer_stands_among_the_rows(page, file):
    assert {name: line["says"] for name, line in lines(page, file).items()} == {
        "绘声馆": ["question", "warning"], "晨曦教育": ["warning"]
    }  # fmt: skip


def test_rows_say_what_visits_and_rounds_they_bring_about(page, file):
    page.post(f"/institutions/import/{file.pk}/answers/", {"answer:ledger.struck_off_on": "completion"})

    said = [new for _field, _title, _old, new in lines(page, file)["绘声馆"]["changes"]]

    assert said[-4:] == [
        "2018-09-03，无证无照，发现：L01 无证无照办学", "L01 无证无照办学，期限 2018-09-20",
        "2018-09-18 提交，拟以“取缔（停办）”办结", "2018-09-18 销号，待另一人核验后生效",
    ]  # fmt: skip


def test_columns_of_a_ledger_are_named_so_and_saved_as_they_are(page, file):
    address = f"/institutions/import/{file.pk}/columns/"
    shown = page.get(address)
    chosen = {column["name"]: column["chosen"] for table in shown.context["tables"] for column in table["columns"]}

    page.post(address, chosen)

    assert len([each for each in chosen.values() if each.startswith("ledger.")]) == 6
    assert shown.content.decode().count('<optgroup label="台账（检查和整改）">') == len(chosen)
    assert not file.answers.exists()


def test_column_of_a_ledger_is_chosen_to_be_another_and_to_be_none(page, file):
    address = f"/institutions/import/{file.pk}/columns/"
    columns = page.get(address).context["tables"][0]["columns"]
    of = {column["chosen"]: column["name"] for column in columns}

    page.post(address, {of["ledger.outcome"]: "ledger.progress", of["ledger.done_on"]: "ignore"})

    keys = {column["letter"]: column["key"] for column in page.get(address).context["tables"][0]["columns"]}
    letters = {column["chosen"]: column["letter"] for column in columns}
    assert (keys[letters["ledger.outcome"]], keys[letters["ledger.done_on"]]) == ("ledger.progress", "")


def test_ledger_is_written_with_its_register(page, file):
    page.post(f"/institutions/import/{file.pk}/answers/", {"answer:ledger.struck_off_on": "completion"})
    digest = page.get(f"/institutions/import/{file.pk}/").context["plan_digest"]

    page.post(f"/institutions/import/{file.pk}/confirm/", {"plan": digest})

    assert (Visit.objects.count(), Rectification.objects.get().state) == (
        3,
        "submitted",
    )  # a survey each, and the recheck of the one that closed
    # Whoever imported it reads that another has to take it back.
    assert "不能自己撤销，请另一位有权限的人办理" in page.get(f"/institutions/import/{file.pk}/").content.decode()


TWO_VISITS = """机构名称,乡镇（街道）,办学地址,证照情况,检查日期,存在问题,整改期限,整改结果,完成日期,是否销号
绘声馆,柳市镇,井巷路1号,证照齐全,2018-09-03,教师未经登记上课,2018-09-20,整改完成,2018-09-18,否
绘声馆,柳市镇,井巷路1号,证照齐全,2018-11-06,未购买保险,,,,
""".encode()


@pytest.fixture
def of_two_visits(page) -> RegisterFile:
    page.post(
        "/institutions/import/",
        {"file": SimpleUploadedFile("visits.csv", TWO_VISITS), "division": "330382", "datum": "wgs84"},
    )
    return RegisterFile.objects.get()


def test_second_row_of_an_institution_stands_among_the_rows_with_what_is_said_of_it(page, of_two_visits):
    address = f"/institutions/import/{of_two_visits.pk}/"
    (question,) = [each for each in page.get(address).context["questions"] if each["default"] is None]
    page.post(f"{address}answers/", {f"answer:{question['key']}": "P02"})

    rows = {row.line["row"]: row for row in page.get(address).context["rows"]}

    assert list(rows) == [2, 3]
    assert [said.partition("：")[0] for said in rows[3].odd] == ["机构名称", "存在问题"]
    assert "还没有核验销号，核验后再导入" in rows[3].odd[1]
    assert [change[1] for change in rows[2].changes if change[1] == "首次排摸"] == ["首次排摸"]


def test_question_about_a_file_says_of_which_rows_it_is_and_offers_the_likest_first(page, of_two_visits):
    address = f"/institutions/import/{of_two_visits.pk}/"

    shown = page.get(address)

    (question,) = [each for each in shown.context["questions"] if each["default"] is None]
    codes = list(question["choices"])
    assert (question["where"], codes[-2:]) == ("第2行", ["words", "hold"])
    assert codes != sorted(codes) and codes[0] == "P03"  # 教师 and 课 are in both
    assert f'href="{address}#questions"' in shown.content.decode()
