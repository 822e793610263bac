"""交办记录: who got what is kept by value, shown where people look for it, and taken back with a reason."""

import io

import pytest
from openpyxl import load_workbook

from accounts.models import AuditRow
from institutions.moments import today
from mapping.models import Handover, HandoverLine
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of, user_with, visit_of

DUE = "2100-01-31"


@pytest.fixture
def hand_over(browse, taskforce):
    def sent(*chosen, by=None, inspector="巡查一", due_on=DUE, **more) -> Handover:
        ids = ",".join(str(each.pk) for each in chosen)
        said = {"ids": ids, "inspector": inspector, "due_on": due_on, "asked": "as_of=2018-12-31"} | more
        answer = browse(by or taskforce).post("/map/handover/", said)
        assert answer.status_code == 302, answer.content.decode()
        return Handover.objects.get(pk=answer.url.split("/")[3])

    return sent


def rows_of(answer) -> list[str]:
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [row[0] for row in book.active.iter_rows(values_only=True)]


def test_who_gets_what_by_when_is_kept_as_the_sheet_said_it(hand_over, taskforce):
    school = institution(name="绘声馆", operating_address="井巷路8号")
    round_of(school, "2018-06-01", due_on="2018-07-01")

    made = hand_over(school)

    told = (made.inspector, str(made.due_on), made.by, made.handed_on, str(made.as_of), made.scope_code)
    assert told == ("巡查一", DUE, taskforce, today(), "2018-12-31", "330382114000")
    assert made.lines.get().said == {
        "name": "绘声馆", "township": "柳市镇", "address": "井巷路8号", "standing": "overdue", "licence_status": "none",
        "due_on": "2018-07-01", "last_visit_on": "",
    }  # fmt: skip
    row = AuditRow.objects.get(action="handover.made")
    assert (row.by, row.after["inspector"], row.after["institutions"]) == (taskforce, "巡查一", 1)


def test_sheet_printed_again_is_the_one_that_was_handed_out(hand_over, browse, taskforce):
    school = institution(name="绘声馆", operating_address="井巷路8号")
    made = hand_over(school)
    school.__class__.objects.filter(pk=school.pk).update(operating_address="别处")

    page = browse(taskforce).get(made.get_absolute_url()).content.decode()

    assert ("井巷路8号" in page, "别处" in page) == (True, False)


def test_same_sheet_asked_for_twice_is_kept_once(hand_over):
    school, other = institution(), institution()

    first, second = hand_over(school, other), hand_over(other, school)
    another = hand_over(school, other, inspector="巡查二")

    assert (first == second, first == another, Handover.objects.count()) == (True, False, 2)


def test_print_and_workbook_of_one_selection_are_one_sheet(hand_over):
    school = institution()

    assert hand_over(school) == hand_over(school, **{"as": "xlsx"})


def test_list_says_how_many_were_visited_since_and_leaves_out_what_is_done(hand_over, browse, taskforce):
    done, left, early = institution(), institution(), institution()
    visit_of(early, "2018-05-01")
    finished, waiting = hand_over(done), hand_over(done, left, early)
    visit_of(done, today())
    client = browse(taskforce)

    rows = client.get("/map/handovers/").context["rows"]
    only = client.get("/map/handovers/?state=waiting").context["rows"]

    assert {(made.pk, count, visited) for made, count, visited in rows} == {(finished.pk, 1, 1), (waiting.pk, 3, 1)}
    assert [made.pk for made, _count, _visited in only] == [waiting.pk]


def test_visit_that_was_withdrawn_does_not_count(hand_over, browse, taskforce):
    school = institution()
    made = hand_over(school)
    visit = visit_of(school, today())
    visit.__class__.objects.filter(pk=visit.pk).update(
        withdrawn_at=visit.recorded_at, withdrawn_by=taskforce, withdraw_reason="登错"
    )

    [(_made, _count, visited)] = browse(taskforce).get("/map/handovers/").context["rows"]

    assert visited == 0
    assert "未走访" in browse(taskforce).get(made.get_absolute_url()).content.decode()


def test_file_of_the_institution_tells_of_it(hand_over, browse, taskforce):
    school = institution()
    made = hand_over(school)

    page = browse(taskforce).get(f"/institutions/{school.pk}/").content.decode()

    assert f'<a href="{made.get_absolute_url()}"><b>交办走访</b></a> · 巡查一 · 完成日期 {DUE}' in page


def test_who_sees_a_part_of_it_sees_that_part(hand_over, browse, inspector):
    here, elsewhere = institution(LIUSHI, name="本镇馆"), institution(NEXT_TO_LIUSHI, name="别镇馆")
    made, other = hand_over(here, elsewhere), hand_over(elsewhere)
    client = browse(inspector)

    page, file = client.get(made.get_absolute_url()), client.get(f"{made.get_absolute_url()}file/")
    listed = client.get("/map/handovers/").context["rows"]

    assert ("本镇馆" in page.content.decode(), "别镇馆" in page.content.decode()) == (True, False)
    assert (client.get(other.get_absolute_url()).status_code, file.status_code) == (404, 200)
    assert client.get(f"{other.get_absolute_url()}file/").status_code == 404
    assert rows_of(file) == ["机构名称", "本镇馆"]
    assert [(row.pk, count) for row, count, _visited in listed] == [(made.pk, 1)]


def test_sheet_is_taken_back_with_a_reason_and_stays_on_file(hand_over, browse, taskforce):
    school = institution()
    made, client = hand_over(school), browse(taskforce)

    without = client.post(made.get_absolute_url(), {"reason": " "})
    client.post(made.get_absolute_url(), {"reason": "交给别人了"})
    again = client.post(made.get_absolute_url(), {"reason": "再来"})

    made.refresh_from_db()
    assert (without.status_code, made.withdrawn_by, made.withdraw_reason) == (422, taskforce, "交给别人了")
    assert (again.status_code, AuditRow.objects.filter(action="handover.taken_back").count()) == (409, 1)
    assert client.get("/map/handovers/?state=waiting").context["rows"] == []
    assert hand_over(school) != made  # and the same may be handed over anew


def test_who_did_not_hand_it_over_and_does_not_edit_the_registry_does_not_take_it_back(hand_over, browse, inspector):
    made = hand_over(institution())

    answer = browse(inspector).post(made.get_absolute_url(), {"reason": "不要"})

    made.refresh_from_db()
    assert (answer.status_code, made.withdrawn_at) == (403, None)


@pytest.mark.parametrize(("role", "status"), [("supervisor", 302), ("inspector", 302), ("auditor", 403)])
def test_who_changes_nothing_hands_nothing_over(browse, role, status):
    school = institution()
    said = {"ids": str(school.pk), "inspector": "巡查一", "due_on": DUE}

    answer = browse(user_with(role, "330382")).post("/map/handover/", said)

    assert (answer.status_code, HandoverLine.objects.count()) == (status, int(status == 302))


def test_form_of_the_map_is_closed_to_who_may_not_hand_over(browse, taskforce, auditor):
    told = [browse(user).get("/map/").context["may_hand_over"] for user in (taskforce, auditor)]

    assert told == [True, False]


def test_ledger_without_sheets_says_what_to_do(browse, taskforce):
    client = browse(taskforce)

    assert "还没有交办过。" in client.get("/map/handovers/").content.decode()
    assert "交办的机构都走访过了。" in client.get("/map/handovers/?state=waiting").content.decode()
