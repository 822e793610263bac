"""What a ledger brings about, in the figures by both clocks: imported, confirmed by a second person, taken back."""

import pytest

from accounts.models import Grant
from figures.statistics import completion
from inspections.actions import confirm_strike_offs, return_rectification
from inspections.errors import FourEyes
from inspections.models import LedgerEntry, Rectification, Visit
from institutions.imports.commit import commit_plan
from institutions.imports.rollback import CannotRollBack, roll_back
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import at, day, institution, licence_of, round_of, supplement_of, user_with, visit_of
from tests.inspections.ledgers import import_ledger, planned_ledger, round_at, row, words, written

pytestmark = pytest.mark.django_db

OPEN = row("甲馆", 存在问题="消防通道堵塞；虚假宣传", 整改期限="2018-10-03", 整改结果="正在整改")
DONE = OPEN | {"整改情况": "通道已清理", "整改结果": "已整改", "完成日期": "2018-09-28", "是否销号": "2018-10-08"}
CLOSED = row("乙馆", 证照情况="无证无照", 存在问题="无证办学", 整改期限="立即", 整改结果="已关停", 完成日期="2018-09-20",
             是否销号="2018-09-25")  # fmt: skip
BEFORE, KNOWN, AFTER, LATER = at("2019-02-01"), at("2019-03-02"), at("2019-03-06"), at("2019-03-09")


@pytest.fixture
def second(db):
    return user_with("task_force", "330382", "second")


def told(known_at, on="2018-12-31") -> tuple[int, ...]:
    """Surveyed, with problems, rectified, closed and corrected as of a day, as known at a moment."""
    total = completion("330382", Moment(day(on), known_at)).total
    return total.surveyed, total.with_problems, total.rectified, total.closed, total.corrected


def confirm(by):
    waiting = LedgerEntry.objects.waiting().select_related("rectification__institution", "institution")
    return confirm_strike_offs(waiting, by=by, at=at("2019-03-05"))


def test_past_visits_count_as_known_since_the_import(taskforce):
    import_ledger(DONE, CLOSED, by=taskforce)

    assert told(BEFORE) == (0, 0, 0, 0, 0)
    assert told(KNOWN) == (2, 2, 0, 0, 0)
    assert told(KNOWN, on="2018-09-02") == (0, 0, 0, 0, 0)


def test_strike_offs_count_on_the_day_of_the_ledger_once_a_second_person_confirms(taskforce, second):
    import_ledger(DONE, CLOSED, by=taskforce)

    confirmed = confirm(second)

    assert (len(confirmed.done), confirmed.refused) == (2, [])
    assert told(KNOWN) == (2, 2, 0, 0, 0)
    assert told(AFTER) == (2, 2, 2, 1, 1)
    assert [told(AFTER, on=on)[2] for on in ("2018-09-24", "2018-09-25", "2018-10-07", "2018-10-08")] == [0, 1, 1, 2]
    closed = round_at("乙馆")
    assert (closed.submitted_by, closed.verified_by, closed.institution.ceased_on) == (
        taskforce,
        second,
        day("2018-09-25"),
    )
    assert closed.events.get(kind="verified").note == "台账载明 2018-09-25 销号，经核对确认。"


def test_whoever_imported_does_not_confirm(taskforce):
    import_ledger(DONE, by=taskforce)

    confirmed = confirm(taskforce)

    assert confirmed.done == []
    assert [type(refusal) for _, refusal in confirmed.refused] == [FourEyes]
    assert round_at("甲馆").state == "submitted"


def test_strike_off_without_its_evidence_stays_and_costs_no_other(taskforce, second):
    licensed = row("丙馆", 证照情况="有照无证", 存在问题="有照无证", 整改期限="2018-10-03", 整改结果="已办证",
                   完成日期="2018-09-20", 是否销号="2018-09-25")  # fmt: skip
    import_ledger(licensed, CLOSED, by=taskforce)

    confirmed = confirm(second)

    assert [entry.institution.name for entry in confirmed.done] == ["乙馆"]
    assert ["缺少有效证照" in str(refusal) for _, refusal in confirmed.refused] == [True]


def test_visit_is_kept_as_sent_with_the_words_of_the_ledger(taskforce):
    user_with("inspector", "330382", "wang")
    import_ledger(DONE | {"检查人": "wang、赵某", "备注": "学生四十人"}, by=taskforce)

    visit = Visit.objects.get(purpose="survey")

    assert visit.note.splitlines() == [
        "来自台账。",
        "检查人：wang、赵某",
        "存在问题：消防通道堵塞；虚假宣传",
        "备注：学生四十人",
    ]
    assert (visit.stated["source"], visit.recorded_by, visit.warnings[1]) == (
        "ledger", taskforce, "来自台账，没有现场照片和位置，经过以台账为准。",
    )  # fmt: skip
    assert [each.username for each in visit.inspectors.all()] == ["wang"]
    assert list(visit.findings.values_list("type", "note")) == [("M01", "虚假宣传"), ("S02", "消防通道堵塞")]


def test_nobody_is_said_to_have_been_there_whom_the_ledger_does_not_name(taskforce):
    import_ledger(OPEN, by=taskforce)

    assert Visit.objects.get().inspectors.count() == 0


def test_same_ledger_again_does_nothing(taskforce):
    import_ledger(DONE, CLOSED, by=taskforce)
    before = written()

    again = planned_ledger(DONE, CLOSED)
    commit_plan(again, file_name="台账.xlsx", sha256="", by=taskforce, at=at("2019-03-02"))

    assert [each.kind for each in again.rows] == ["unchanged", "unchanged"]
    assert written() == before


def test_next_month_adds_only_what_was_completed_since(taskforce):
    import_ledger(OPEN, CLOSED, by=taskforce)
    before = written()

    next_month = planned_ledger(DONE, CLOSED)
    commit_plan(next_month, file_name="台账.xlsx", sha256="", by=taskforce, at=at("2019-04-01"))

    assert words(next_month) == {
        "甲馆": ["2018-09-28 提交，拟以“整改完成”办结", "2018-10-08 销号，待另一人核验后生效"],
        "乙馆": [],
    }
    visits, rounds, entries = before
    assert written() == (visits + 1, rounds, entries + 1)
    assert round_at("甲馆").submitted_on == day("2018-09-28")


def test_last_months_ledger_takes_nothing_back(taskforce):
    import_ledger(DONE, by=taskforce)

    assert [each.kind for each in planned_ledger(OPEN).rows] == ["unchanged"]


def test_day_of_strike_off_that_comes_later_is_added(taskforce, second):
    import_ledger(DONE | {"是否销号": "否"}, by=taskforce)

    import_ledger(DONE, by=taskforce, known=at("2019-03-03"))
    confirm(second)

    assert round_at("甲馆").verified_on == day("2018-10-08")


def test_round_ordered_by_phone_is_the_one_that_the_ledger_completes(taskforce):
    school = institution(name="甲馆", operating_address="甲馆路1号", status="full")
    seen = visit_of(school, "2018-09-03", findings=("S02", "M01"))
    by_phone = round_of(school, "2018-09-03", visit=seen)

    import_ledger(DONE | {"证照情况": ""}, by=taskforce)

    assert Rectification.objects.get() == by_phone
    assert (Rectification.objects.get().state, Visit.objects.count()) == ("submitted", 2)


def test_problems_of_a_visit_on_file_are_ordered_at_last(taskforce):
    school = institution(name="甲馆", operating_address="甲馆路1号", status="full")
    seen = visit_of(school, "2018-09-03", findings=("S02", "M01"))

    import_ledger(OPEN | {"证照情况": ""}, by=taskforce)

    assert (Visit.objects.get(), round_at("甲馆").opened_by_visit) == (seen, seen)


def test_licences_of_the_row_let_it_be_licensed(taskforce, second):
    school = institution(name="丙馆", operating_address="丙馆路1号", status="none")
    licence_of(school, "permit", "2018-09-01")
    licence_of(school, "registration", "2018-09-01")
    import_ledger(
        CLOSED | {"机构名称": "丙馆", "办学地址": "丙馆路1号", "证照情况": "", "整改结果": "已办证"}, by=taskforce
    )

    assert len(confirm(second).done) == 1
    assert round_at("丙馆").outcome == "licensed"


# --- Taken back


def test_what_was_known_before_it_was_taken_back_stays(taskforce, second):
    batch = import_ledger(DONE, CLOSED, by=taskforce)

    roll_back(batch, by=second, at=at("2019-03-05"))

    assert (told(BEFORE), told(KNOWN), told(AFTER)) == ((0, 0, 0, 0, 0), (2, 2, 0, 0, 0), (0, 0, 0, 0, 0))
    assert set(Rectification.objects.values_list("state", "void_reason")) == {("voided", "撤销导入：台账.xlsx")}
    assert set(Visit.objects.values_list("withdraw_reason", flat=True)) == {"撤销导入：台账.xlsx"}
    assert LedgerEntry.objects.standing().count() == 0


def test_taking_back_takes_another_person_than_ordered(taskforce):
    batch = import_ledger(DONE, by=taskforce)
    before = written()

    with pytest.raises(FourEyes, match="作废须经两人"):
        roll_back(batch, by=taskforce, at=at("2019-03-05"))

    assert (written(), round_at("甲馆").state) == (before, "submitted")


def test_taking_back_what_was_struck_off_is_refused(taskforce, second):
    batch = import_ledger(CLOSED, DONE, by=taskforce)
    confirm(second)

    with pytest.raises(CannotRollBack, match="第2行“乙馆”的整改 .* 已销号，不能撤销这一批。"):
        roll_back(batch, by=second, at=at("2019-03-09"))


def test_taking_back_waits_for_the_batch_that_completed_it(taskforce, second):
    first = import_ledger(OPEN, by=taskforce)
    completed = import_ledger(DONE, by=taskforce, known=at("2019-03-03"))
    with pytest.raises(CannotRollBack, match="第2行“甲馆”的整改 .* 后来又检查过"):
        roll_back(first, by=second, at=at("2019-03-04"))

    roll_back(completed, by=second, at=at("2019-03-05"))
    assert (round_at("甲馆").state, told(AFTER)) == ("returned", (1, 1, 0, 0, 0))
    roll_back(first, by=second, at=at("2019-03-07"))

    assert (round_at("甲馆").state, told(LATER), told(AFTER)) == ("voided", (0, 0, 0, 0, 0), (1, 1, 0, 0, 0))


def test_ledger_is_imported_again_after_it_was_taken_back(taskforce, second):
    roll_back(import_ledger(DONE, by=taskforce), by=second, at=at("2019-03-05"))

    import_ledger(DONE, by=taskforce, known=at("2019-03-07"))

    assert told(LATER) == (1, 1, 0, 0, 0)
    assert Institution.objects.filter(withdrawn_at=None).get().surveyed_on == day("2018-09-03")


def test_what_was_submitted_and_sent_back_is_not_submitted_again(taskforce, second):
    import_ledger(DONE, by=taskforce)
    return_rectification(
        round_at("甲馆"), by=second, on=day("2019-03-02"), version=round_at("甲馆").version, reason="缺照片"
    )

    again = planned_ledger(DONE)

    assert [each.kind for each in again.rows] == ["unchanged"]
    assert any("提交后被退回，不重复提交" in str(each) for each in again.warnings)


def test_what_was_done_before_a_supplement_is_not_submitted(taskforce):
    import_ledger(OPEN, by=taskforce)
    supplement_of(round_at("甲馆"), "2018-09-29")

    again = planned_ledger(DONE)

    assert [each.kind for each in again.rows] == ["unchanged"]
    assert any("2018-09-29 另有补充通知，不按 2018-09-28 的完成日期提交" in str(each) for each in again.warnings)


def test_whoever_may_not_order_does_not_import_a_ledger(inspector):
    plan = planned_ledger(OPEN)

    with pytest.raises(Exception, match="登记检查和整改须有本县的走访登记、责令和提交权限"):
        commit_plan(plan, file_name="台账.xlsx", sha256="", by=inspector)

    assert (written(), Grant.objects.count()) == ((0, 0, 0), 1)
