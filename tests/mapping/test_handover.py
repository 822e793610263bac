"""交办单: what was selected on the map is handed to somebody, kept, printed and taken away, within sight and bounds."""

import io
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from accounts.models import AuditRow
from mapping.models import Handover
from tests.factories import institution, round_of

SENT = {"due_on": "2100-01-31", "inspector": "巡查一", "asked": "as_of=2018-12-31"}


@pytest.fixture
def hand_over(browse, taskforce):
    def sent(chosen, user=None, **changes):
        sent = SENT | {"ids": ",".join(map(str, chosen))} | changes
        return browse(user or taskforce).post("/map/handover/", sent, follow=True)

    return sent


def test_sheet_says_who_by_when_and_which(hand_over):
    overdue = institution(name="绘声馆")
    round_of(overdue, "2018-06-01", due_on="2018-07-01")
    institution(name="晨曦教育")

    page = hand_over([overdue.pk]).content.decode()

    for said in ("巡查一", "2100-01-31", "绘声馆", "逾期", "2018-07-01", "2018-12-31"):
        assert said in page
    assert "晨曦教育" not in page


def test_what_is_out_of_sight_is_not_handed_over(hand_over, inspector):
    here, elsewhere = institution("330382114", name="绘声馆"), institution("330382108", name="晨曦教育")

    answer = hand_over([here.pk, elsewhere.pk], inspector)

    assert [said["name"] for _line, said in answer.context["rows"]] == ["绘声馆"]


def test_names_are_text_on_the_sheet(hand_over):
    name = "<img src=x onerror=alert(1)>"

    page = hand_over([institution(name=name).pk], inspector=name).content.decode()

    assert (page.count("<img"), page.count("&lt;img src=x") >= 2) == (0, True)


def test_workbook_has_the_rows_and_is_in_the_audit_trail(hand_over, taskforce):
    school = institution(name="绘声馆")

    answer = hand_over([school.pk], **{"as": "xlsx"})

    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["机构名称", "绘声馆"]
    assert AuditRow.objects.filter(action="export", by=taskforce).latest("pk").after["rows"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"due_on": "2018-01-31"},
        {"due_on": "nope"},
        {"inspector": ""},
        {"inspector": "11010119900307721X"},
        {"ids": ""},
        {"ids": "nobody"},
        {"ids": ",".join(str(uuid4()) for _ in range(201))},
        {"ids": str(uuid4())},
        {"asked": "q=%00"},
        {"asked": "q=" + "x" * 2000},
        {"asked": "as_of=tomorrow"},
    ],
)
def test_sheet_that_cannot_be_made_is_refused_with_a_reason(hand_over, changes):
    answer = hand_over([institution().pk], **changes)

    assert answer.status_code == 422
    assert Handover.objects.count() == 0


def test_nul_in_the_question_is_refused_with_a_sentence(hand_over):
    page = hand_over([institution().pk], asked="q=%00").content.decode()

    assert "所问的条件无法处理（太长，或有空字符）。" in page


def test_sheet_is_not_asked_for_by_get(browse, taskforce):
    assert browse(taskforce).get("/map/handover/").status_code == 405
