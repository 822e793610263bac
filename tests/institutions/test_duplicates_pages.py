"""查重: pairs of registrations that may be one, for who edits the register there; what was decided is not asked again."""

import pytest
from django.urls import reverse

from accounts.models import AuditRow
from institutions.actions import decide_duplicate
from institutions.models import DuplicateDecision, Institution
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    institution,
    licence_of,
    merge_of,
    round_of,
    seconded_from,
    user_with,
)
from tests.institutions.test_import_command import run, written

pytestmark = pytest.mark.django_db
PATH = "/institutions/duplicates/"


def school(name: str = "绘声馆", address: str = "井大路8号", township: str = LIUSHI, **columns) -> Institution:
    return institution(township, name=name, operating_address=address, **columns)


@pytest.fixture
def two() -> list[Institution]:
    return [school(phone="13800001111", principal="王某某"), school("汇声馆", "井大路8号2楼", phone="13900002222")]


def pairs(answer) -> list[set[str]]:
    return [{pair.first.name, pair.second.name} for pair in answer.context["pairs"]]


def decide(client, one: Institution, other: Institution, answer: str, **more):
    sent = {"one": str(one.pk), "other": str(other.pk), "answer": answer} | more
    return client.post(reverse("duplicates_decide"), sent)


# --- What is listed


def test_pair_is_shown_side_by_side_with_its_reasons(browse, taskforce, two):
    round_of(two[0], "2018-06-01")

    answer = browse(taskforce).get(PATH)

    html = answer.content.decode()
    assert pairs(answer) == [{"绘声馆", "汇声馆"}]
    assert answer.context["pairs"][0].match.words == ["名称相近", "同一门牌"]
    assert "名称相近" in html and "有未销号整改" in html
    lines = {line.label: (line.first, line.second, line.same) for line in answer.context["pairs"][0].lines}
    assert set(lines["办学地址"]) == {"井大路8号", "井大路8号2楼", False}
    assert "13800001111" not in html and "王某某" not in html


def test_certain_come_first(browse, taskforce, two):
    school("青竹", "天琪路1号")
    school("青竹", "天琪路1号")

    assert pairs(browse(taskforce).get(PATH)) == [{"青竹"}, {"绘声馆", "汇声馆"}]


def test_campuses_of_one_operator_are_no_question_but_are_named_in_the_file(browse, taskforce):
    code = "91350200MA2YJ1XR9G"
    one = school(credit_code=code)
    school("绘声馆虹桥校区", "天琪路1号", NEXT_TO_LIUSHI, credit_code=code)

    assert pairs(browse(taskforce).get(PATH)) == []
    assert "绘声馆虹桥校区" in browse(taskforce).get(one.get_absolute_url()).content.decode()


def test_merged_and_withdrawn_are_in_no_pair(browse, taskforce, two):
    merge_of(two[1], two[0])
    school(withdrawn_at=at("2018-06-01"))

    assert pairs(browse(taskforce).get(PATH)) == []


# --- Who may


@pytest.mark.parametrize("who", ["inspector", "supervisor", "auditor"])
def test_who_does_not_edit_the_register_does_not_decide(browse, request, two, who):
    client = browse(request.getfixturevalue(who))

    assert client.get(PATH).status_code == 403
    assert decide(client, *two, "different").status_code == 403
    assert DuplicateDecision.objects.count() == 0


def test_pairs_are_of_what_one_may_edit(browse, two):
    school("汇声馆", "井大路8号", NEXT_TO_LIUSHI)
    school("绘声馆", "井大路8号", NEXT_TO_LIUSHI)
    clerk = seconded_from("task_force", NEXT_TO_LIUSHI, "inspector", LIUSHI, "clerk")

    answer = browse(clerk).get(PATH)

    assert [each.pk for each in answer.context["divisions"]] == [NEXT_TO_LIUSHI]
    assert {pair.first.division_id for pair in answer.context["pairs"]} == {NEXT_TO_LIUSHI}
    assert decide(browse(clerk), *two, "different").status_code == 403
    hidden = user_with("task_force", NEXT_TO_LIUSHI)
    assert decide(browse(hidden), *two, "different").status_code == 404


@pytest.mark.parametrize("division", ["330381", "999999", "nonsense"])
def test_division_out_of_sight_is_absent(browse, taskforce, division):
    assert browse(taskforce).get(f"{PATH}?division={division}").status_code == 404


def test_township_is_asked_for_by_itself(browse, taskforce, two):
    school("青竹", "天琪路1号", NEXT_TO_LIUSHI)
    school("青竹", "天琪路1号", NEXT_TO_LIUSHI)

    assert pairs(browse(taskforce).get(f"{PATH}?division={NEXT_TO_LIUSHI}")) == [{"青竹"}]


def test_more_than_a_page_compares_is_refused_with_the_way_on(browse, taskforce, two, monkeypatch):
    monkeypatch.setattr("institutions.duplicates.questions.MOST_COMPARED", 1)

    answer = browse(taskforce).get(PATH)

    assert (answer.status_code, "请选一个乡镇" in answer.content.decode()) == (422, True)


# --- What is decided


@pytest.mark.parametrize("answer", ["different", "later", "same"])
def test_decided_pair_leaves_the_open_ones_and_is_found_by_its_answer(browse, taskforce, two, answer):
    client = browse(taskforce)

    sent = decide(client, *two, answer)

    assert sent.headers["Location"] == PATH + "?"
    assert pairs(client.get(PATH)) == []
    shown = client.get(f"{PATH}?show={answer}")
    assert pairs(shown) == [{"绘声馆", "汇声馆"}]
    assert {state: count for state, _label, count in shown.context["counts"]}[answer] == 1


def test_decision_is_kept_with_who_and_when_and_taken_back_by_adding(browse, taskforce, two):
    client = browse(taskforce)
    decide(client, *two, "different")

    decide(client, *reversed(two), "reopened", show="different")

    rows = DuplicateDecision.objects.order_by("pk")
    assert [(row.answer, row.recorded_by) for row in rows] == [("different", taskforce), ("reopened", taskforce)]
    assert {(row.first_id, row.second_id) for row in rows} == {(rows[0].first_id, rows[0].second_id)}
    assert pairs(client.get(PATH)) == [{"绘声馆", "汇声馆"}]
    assert AuditRow.objects.filter(action="institution.duplicate_decided").count() == 2


@pytest.mark.parametrize("sent", [{"answer": "perhaps"}, {"other": "nonsense"}, {"other": "self"}])
def test_answer_that_is_none_is_refused(browse, taskforce, two, sent):
    sent = {name: str(two[0].pk) if value == "self" else value for name, value in sent.items()}
    client = browse(taskforce)

    answer = client.post(
        reverse("duplicates_decide"), {"one": str(two[0].pk), "other": str(two[1].pk), "answer": "later"} | sent
    )

    assert answer.status_code in (404, 422)
    assert DuplicateDecision.objects.count() == 0


# --- What next month's list makes of it


@pytest.fixture
def register(tmp_path):
    def file(*rows):
        return written(tmp_path / "register.csv", *rows, head=["机构名称", "乡镇", "办学地址"])

    return file


ROW = ["汇声馆", "柳市镇", "井大路8号"]
IDENTITY = f"{LIUSHI}|汇声馆|井大路8号"


def test_row_said_to_be_another_is_not_asked_about_again(register, taskforce):
    known = school()
    assert len(run(register(ROW), "--dry-run")["duplicates"]) == 1

    decide_duplicate(known, identity=IDENTITY, answer="different", by=taskforce)

    told = run(register(ROW))
    assert (told["duplicates"], told["new"]) == ([], 1)


def test_what_was_said_of_a_row_holds_of_the_institution_it_became(register, taskforce, browse):
    known = school()
    decide_duplicate(known, identity=IDENTITY, answer="different", by=taskforce)
    run(register(ROW))

    assert pairs(browse(taskforce).get(PATH)) == []
    assert pairs(browse(taskforce).get(f"{PATH}?show=different")) == [{"绘声馆", "汇声馆"}]


def test_row_said_to_be_the_same_is_that_institution_and_does_not_rename_it(register, taskforce):
    known = school()
    decide_duplicate(known, identity=IDENTITY, answer="same", by=taskforce)

    told = run(register(ROW))

    assert (told["new"], told["unchanged"]) == (0, 1)
    assert Institution.objects.get().name == "绘声馆"


def test_row_decided_later_is_asked_about_again(register, taskforce):
    decide_duplicate(school(), identity=IDENTITY, answer="later", by=taskforce)

    assert len(run(register(ROW), "--dry-run")["duplicates"]) == 1


def test_row_of_what_was_merged_is_of_the_one_that_stays(register):
    stays = school(surveyed_on=None)
    merge_of(school("汇声培训", "天琪路2号", surveyed_on=None), stays)

    told = run(register(["汇声培训", "柳市镇", "天琪路2号"]))

    assert (told["new"], told["unchanged"]) == (0, 1)
    stays.refresh_from_db()
    assert (stays.name, stays.operating_address) == ("绘声馆", "井大路8号")


def test_code_and_permit_of_what_was_merged_are_of_the_one_that_stays(tmp_path):
    code, stays = "91350200MA2YJ1XR9G", school(surveyed_on=None)
    merged = school("汇声培训", "天琪路2号", surveyed_on=None, credit_code=code)
    licence_of(merged, "permit", number="教民133038200000077号")
    merge_of(merged, stays)
    head = ["机构名称", "乡镇", "办学地址", "统一社会信用代码"]

    told = run(written(tmp_path / "a.csv", ["汇声培训", "柳市镇", "天琪路2号", code], head=head))

    assert (told["new"], told["unchanged"]) == (0, 1)
    stays.refresh_from_db()
    assert stays.credit_code == ""
