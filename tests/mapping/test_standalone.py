"""The map as one file: who gets it, what is printed in it, what is left out, and that a browser draws it alone."""

import json
import re

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditRow
from institutions.moments import today
from mapping import standalone
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, licence_of, round_of

AS_OF = "2018-12-31"
HERE = (120.9, 28.03)


def data_in(page: str) -> dict:
    return json.loads(re.search(r'<script id="map-data" type="application/json">(.*?)</script>', page, re.S)[1])


def names_in(page: str) -> list[str]:
    return sorted(each["properties"]["name"] for each in data_in(page)["features"])


@pytest.fixture
def ordered(tmp_path):
    """`ordered("--division", "330382")`: what the command writes."""

    def run(*arguments: str) -> str:
        path = tmp_path / "map.html"
        call_command("export_map", *arguments, "--output", str(path), verbosity=0)
        return path.read_text()

    return run


# --- What is in it


def test_file_holds_what_is_asked_for_and_says_so(browse, taskforce):
    round_of(institution(name="甲", position=HERE), "2018-05-01", due_on="2018-06-01")
    institution(name="乙", position=HERE)

    answer = browse(taskforce).get("/map/export/", {"as_of": AS_OF, "standing": "overdue"})

    page = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="map-330382-2018-12-31.html"'
    assert names_in(page) == ["甲"]
    for said in (
        "<h1>乐清市校外培训机构分布</h1>",
        f"<dd>{AS_OF}</dd>",
        "<dt>状态</dt><dd>逾期</dd>",
        "taskforce，",
        "共 1 家",
    ):
        assert said in page


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, False),
        ({"as_of": "today"}, False),
        ({"as_of": AS_OF}, True),
        ({"known_at": "2019-01-03T09:00+08:00"}, True),
    ],
)
def test_file_of_another_day_or_knowledge_says_that_positions_are_of_now(browse, taskforce, asked, says):
    asked = {name: str(today()) if value == "today" else value for name, value in asked.items()}

    page = browse(taskforce).get("/map/export/", asked).content.decode()

    assert ("<dt>位置</dt><dd>现在登记的</dd>" in page) == says


def test_map_offers_the_file_of_its_question(browse, taskforce):
    page = browse(taskforce).get("/map/", {"as_of": AS_OF, "standing": "overdue"}).content.decode()

    assert (
        'href="/map/export/?division=330382&amp;as_of=2018-12-31&amp;standing=overdue" data-asked="/map/export/?"'
        in page
    )


def test_file_lists_those_without_a_place(browse, taskforce):
    institution(name="没有位置的")

    page = browse(taskforce).get("/map/export/").content.decode()

    assert (names_in(page), data_in(page)["unlocated"]) == ([], [{"name": "没有位置的", "township": "柳市镇"}])
    assert "1 家未定位" in page


def test_file_is_of_what_one_sees(browse, inspector):
    institution(name="甲", position=HERE)
    institution(NEXT_TO_LIUSHI, name="外面的", position=HERE)

    page = browse(inspector).get("/map/export/").content.decode()

    assert names_in(page) == ["甲"]
    assert "外面的" not in page
    assert browse(inspector).get("/map/export/", {"division": NEXT_TO_LIUSHI}).status_code == 404


def test_file_names_no_person_and_no_other_host(browse, taskforce):
    school = institution(position=HERE, principal="王某某", phone="13800001111", credit_code="91350200MA2YJ1XR9G")
    licence_of(school, "permit", number="教民133038270000001号")

    page = browse(taskforce).get("/map/export/").content.decode()

    assert [word for word in ("王某某", "1111", "91350200MA2YJ1XR9G", "教民1330") if word in page] == []
    addresses = set(re.findall(r"(?:src|href)\s*=\s*[\"']?(\w+:)?//[^\"' >]+", page.split("<script>")[0]))
    assert addresses == set()


def test_file_is_noted_as_taken_away(browse, taskforce):
    institution(position=HERE)

    browse(taskforce).get("/map/export/", {"as_of": AS_OF})

    row = AuditRow.objects.get(action="export")
    assert (row.after["what"], row.after["rows"], row.by) == ("map_file", 1, taskforce)


def test_more_than_a_browser_draws_is_refused_in_words(browse, taskforce, monkeypatch):
    monkeypatch.setattr(standalone, "MOST_POINTS", 2)
    for _number in range(3):
        institution()

    answer = browse(taskforce).get("/map/export/")

    assert answer.status_code == 422
    assert "有 3 家机构，一个离线地图文件最多放 2 家" in answer.content.decode()


def test_past_day_as_known_then(ordered, db):
    round_of(institution(position=HERE), "2018-05-01", verified_on="2018-12-20", verified_recorded="2019-01-05")

    then = ordered("--division", "330382", "--as-of", AS_OF, "--known-at", "2019-01-03T09:00:00+08:00")
    now = ordered("--division", "330382", "--as-of", AS_OF)

    standings = [data_in(page)["features"][0]["properties"]["standing"] for page in (then, now)]
    assert standings == ["overdue", "closed"]
    assert "<dd>2019-01-03 09:00:00</dd>" in then


def test_command_takes_the_conditions_of_the_grammar(ordered, db):
    institution(name="甲", position=HERE, status="none")
    institution(NEXT_TO_LIUSHI, name="乙", position=HERE, status="none")
    institution(name="丙", position=HERE, status="full")

    page = ordered("--division", LIUSHI, "--as-of", AS_OF, "--licence-status", "none")

    assert names_in(page) == ["甲"]
    assert (
        AuditRow.objects.get(action="export").after["question"]
        == f"division={LIUSHI}&as_of={AS_OF}&licence_status=none"
    )


@pytest.mark.parametrize(
    "arguments",
    [("--division", "999999"), ("--division", "330382", "--as-of", "2018-02-30"), ("--division", "330382", "--standing", "x"),
     ("--division", "3303821"), ("--division", "")],
)  # fmt: skip
def test_command_refuses_in_a_sentence(ordered, db, arguments):
    with pytest.raises(CommandError, match="。$"):
        ordered(*arguments)


def test_command_says_where_it_cannot_write(tmp_path, db):
    with pytest.raises(CommandError, match="不能写入"):
        call_command("export_map", "--division", "330382", "--output", str(tmp_path / "none" / "map.html"))


def test_file_that_cannot_be_written_leaves_no_row_in_the_trail(db, tmp_path):
    with pytest.raises(CommandError):
        call_command("export_map", "--division", "330382", "--output", str(tmp_path / "none" / "map.html"))

    assert AuditRow.objects.filter(action="export").count() == 0


def test_file_of_what_lies_in_no_township_is_in_the_trail_of_its_county(db, tmp_path):
    call_command("export_map", "--division", "330382000", "--output", str(tmp_path / "map.html"), verbosity=0)

    row = AuditRow.objects.get(action="export")
    assert (row.object_id, "division=330382000" in row.after["question"]) == ("330382", True)


def test_text_of_ours_that_would_end_its_block_is_an_error():
    with pytest.raises(ValueError, match="its own end"):
        standalone._raw("x = '</SCRIPT>'", "script")
