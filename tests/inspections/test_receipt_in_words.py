"""What the page says after a recheck: what was put right, what the round is now, and where to go next."""

from datetime import timedelta
from uuid import uuid4

import pytest

from inspections.models import Visit
from institutions.moments import today
from tests.factories import NEXT_TO_LIUSHI, institution, round_of, visit_of

DAY = today()
WEEK = timedelta(days=7)


@pytest.fixture
def round_(db):
    """A round for S02 and T01, ordered a week ago."""
    school = institution(name="甲培训", status="full")
    visit = visit_of(school, DAY - WEEK, findings=("S02", "T01"))
    return round_of(school, DAY - WEEK, visit=visit, due_on=DAY + WEEK)


@pytest.fixture
def recheck(browse, inspector, round_):
    """Record a recheck of the round by the form, and give the page that follows."""

    def recorded(**typed):
        plain = {
            "id": str(uuid4()), "institution": str(round_.institution_id), "purpose": "recheck", "result": "inspected",
            "round": str(round_.pk), "happened_at": f"{DAY}T00:00", "inspectors": ["inspector"],
        }  # fmt: skip
        answer = browse(inspector).post("/visits/new/", plain | typed, follow=True)
        assert answer.status_code == 200
        return answer

    return recorded


def told(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def handed_in(round_) -> dict:
    return {
        "submit_round": "on", "outcome": "corrected",
        "put_right": [str(pk) for pk in round_.findings.values_list("pk", flat=True)],
    }  # fmt: skip


def test_recheck_that_handed_in_says_what_was_put_right_and_what_the_round_is_now(recheck, round_):
    answer = recheck(**handed_in(round_))

    brought = answer.context["brought"]
    page = answer.content.decode()
    assert [each[:3] for each in brought.put_right] == ["S02", "T01"]
    assert "已提交整改，拟以“整改完成”办结；这一轮现为“待核验”" in page
    assert "本次没有登记问题。" not in page
    assert f'<a class="button" href="{round_.get_absolute_url()}">' in page
    assert told(answer) == [f"走访已入库，整改 {round_.number} 已提交，现为“待核验”。"]


def test_recheck_that_only_marked_says_so(recheck, round_):
    answer = recheck(put_right=[str(round_.findings.get(type="S02").pk)])

    assert [each[:3] for each in answer.context["brought"].put_right] == ["S02"]
    assert "没有提交整改；这一轮现为“已责令”" in answer.content.decode()


def test_receipt_leads_to_the_next_in_line(recheck, round_, inspector):
    later = round_of(institution(name="乙培训"), DAY - WEEK, due_on=DAY + timedelta(days=3))
    first = round_of(institution(name="丙培训"), DAY - WEEK, due_on=DAY + timedelta(days=2))
    round_of(institution(name="丁培训"), DAY - WEEK, due_on=DAY, submitted_on=DAY)  # waits for others
    round_of(institution(NEXT_TO_LIUSHI, name="戊培训"), DAY - WEEK, due_on=DAY)  # out of sight

    _stored, following = told(recheck(**handed_in(round_)))

    assert f'href="/visits/new/?institution={first.institution_id}&amp;purpose=recheck">丙培训</a>' in following
    assert later.institution.name not in following


def test_page_of_the_recheck_says_what_the_round_has_become_since(recheck, round_, browse, taskforce):
    recheck(**handed_in(round_))
    visit = Visit.objects.get(purpose="recheck")
    round_.refresh_from_db()
    browse(taskforce).post(
        f"/rectifications/{round_.pk}/return/",
        {"return-version": round_.version, "return-on": str(DAY), "return-reason": "缺"},
    )

    page = browse(taskforce).get(visit.get_absolute_url()).content.decode()

    assert "这一轮现为“已退回”" in page


def test_visit_in_no_round_says_nothing_of_one(recheck, round_):
    answer = recheck(purpose="routine", round="")

    assert answer.context["brought"] is None
    assert "本次没有登记问题。" in answer.content.decode()
    assert told(answer) == ["走访已入库。"]
