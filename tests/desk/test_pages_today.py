"""今日: what waits, for whom, and the frame around every page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inspections.actions import return_rectification, submit_rectification
from institutions.models import Demonstration
from institutions.moments import today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, hand, institution, round_of, user_with, visit_of


@pytest.fixture
def waiting(db):
    """In 柳市镇 one overdue, one due today, one due in seven and one in eight days, one to verify; one overdue elsewhere."""
    day = today()

    def order(township: str, name: str, due_in: int, **how):
        return round_of(
            institution(township, name=name), day - timedelta(days=20), due_on=day + timedelta(days=due_in), **how
        )

    order(LIUSHI, "逾期的", -1)
    order(LIUSHI, "今天的", 0)
    order(LIUSHI, "七天的", 7)
    order(LIUSHI, "八天的", 8)
    order(LIUSHI, "待核验的", 9, submitted_on=day)
    order(NEXT_TO_LIUSHI, "别处的", -2)


def lists(answer) -> dict[str, list[str]]:
    return {each.state: [row.institution.name for row in each.rounds] for each in answer.context["waiting"]}


def test_today_lists_what_waits_in_my_division(waiting, browse, inspector):
    assert lists(browse(inspector).get("/")) == {
        "overdue": ["逾期的"],
        "due": ["今天的", "七天的"],
        "submitted": ["待核验的"],
    }


def test_what_waits_to_be_verified_stands_first_for_who_verifies(waiting, browse, taskforce):
    assert list(lists(browse(taskforce).get("/"))) == ["submitted", "overdue", "due"]


@pytest.mark.parametrize("state", ["overdue", "due", "submitted"])
def test_list_of_today_and_its_view_of_the_ledger_agree(waiting, browse, taskforce, state):
    browser = browse(taskforce)

    counted = {each.state: each.count for each in browser.get("/").context["waiting"]}[state]

    assert browser.get(f"/rectifications/?state={state}").context["page"].paginator.count == counted


def test_overdue_round_that_needs_a_recheck_is_told_once_and_marked_and_first(waiting, browse, inspector):
    seen = round_of(institution(LIUSHI, name="已复查的"), "2018-05-01", due_on="2018-06-01")
    visit_of(seen.institution, "2018-06-02", purpose="recheck", round_=seen)

    answer = browse(inspector).get("/")

    overdue = answer.context["waiting"][0]
    marked = [(row.institution.name, row.needs_recheck) for row in overdue.rounds]
    assert (overdue.state, marked) == ("overdue", [("逾期的", True), ("已复查的", False)])
    assert overdue.rechecks == browse(inspector).get("/rectifications/?state=recheck").context["page"].paginator.count
    assert answer.content.decode().count("逾期的</a>") == 1


def test_list_of_today_shows_ten_and_counts_all(browse, taskforce):
    for number in range(12):
        round_of(institution(name=f"第{number}家"), "2018-05-01", due_on="2018-06-01")

    overdue = browse(taskforce).get("/").context["waiting"][1]

    assert (overdue.state, len(overdue.rounds), overdue.count) == ("overdue", 10, 12)


def test_change_known_since_yesterday_is_shown_whenever_it_happened(browse, taskforce):
    late = round_of(institution(), "2018-05-01", ordered_recorded=timezone.now())
    round_of(institution(), "2018-05-01")

    changes = browse(taskforce).get("/").context["changes"]

    assert [event.rectification for event in changes] == [late]


def test_empty_today_says_so(browse, taskforce):
    page = browse(taskforce).get("/").content.decode()

    assert all(said in page for said in ("没有逾期的整改。", "没有待核验的提交。", "昨天以来台账没有变化。"))


@pytest.mark.parametrize(("who", "may"), [("inspector", True), ("auditor", False), ("supervisor", False)])
def test_visit_is_offered_to_who_may_record_one(browse, request, who, may):
    assert browse(request.getfixturevalue(who)).get("/").context["may_visit"] is may


@pytest.mark.parametrize(
    ("role", "prefix", "url"),
    [
        ("inspector", LIUSHI, "/statistics/?as_of=2018-12-31"),
        ("task_force", "330382", "/statistics/?division=330382&as_of=2018-12-31"),
        ("supervisor", "3303", "/statistics/?division=330382&as_of=2018-12-31"),
        ("admin", "", ""),
    ],
)
def test_banner_leads_to_figures_the_user_may_see(db, browse, role, prefix, url):
    Demonstration.objects.create(division_id="330382", loaded_on=today())

    answer = browse(user_with(role, prefix)).get("/")

    assert answer.context["demonstration_url"] == url
    assert not url or browse(answer.wsgi_request.user).get(url).status_code == 200


# --- What was sent back


@pytest.fixture
def returned(db):
    """A submission of 柳市镇 that was returned twice, and one elsewhere."""
    day = today()

    def sent_back(township: str, *reasons: str):
        round_ = round_of(institution(township, name="退回的"), day - timedelta(days=20), submitted_on=day)
        for place, reason in enumerate(reasons):
            if place:
                round_.refresh_from_db()
                submit_rectification(round_, by=hand("clerk"), on=day, version=round_.version, outcome="closed")
            round_.refresh_from_db()
            return_rectification(round_, by=hand("checker"), on=day, version=round_.version, reason=reason)
        return round_

    sent_back(NEXT_TO_LIUSHI, "别处的原因")
    return sent_back(LIUSHI, "缺照片", "照片不清，电话 13800000001")


def test_returned_round_stands_first_with_why_and_the_way_to_a_recheck(returned, waiting, browse, inspector):
    answer = browse(inspector).get("/")

    html = answer.content.decode()
    assert list(lists(answer)) == ["returned", "overdue", "due", "submitted"]
    assert "退回原因：照片不清，电话 13800000001" in html
    assert "缺照片" not in html
    assert "别处的原因" not in html
    assert f'href="/visits/new/?institution={returned.institution_id}&amp;purpose=recheck"' in html


def test_returned_rounds_follow_what_waits_to_be_verified(returned, browse, taskforce):
    answer = browse(taskforce).get("/")

    counts = {each.state: each.count for each in answer.context["waiting"]}
    assert list(counts)[:2] == ["submitted", "returned"]
    assert counts["returned"] == 2


def test_list_of_returned_rounds_is_left_out_while_there_is_none(waiting, browse, inspector):
    assert "已退回" not in browse(inspector).get("/").content.decode()
