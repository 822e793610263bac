"""The ledger's question, of its page and of the API: as it stands, as it stood, and the rounds behind a figure."""

from datetime import timedelta

import pytest

from figures.ledger import FIGURES_OF_ROUNDS, STATES, LedgerQuestion
from figures.statistics import completion
from inspections.actions import return_rectification, submit_rectification
from inspections.models import Rectification
from institutions.moments import Moment, today
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    hand,
    institution,
    round_of,
    strike_off,
    user_with,
    visit_of,
    void,
)

DAY = today()


@pytest.fixture
def ask(taskforce):
    def names(user=taskforce, **query) -> list[str]:
        found = LedgerQuestion.from_query(query, user).rounds(user)
        return sorted(found.values_list("institution__name", flat=True))

    return names


@pytest.fixture
def lived(db):
    """Rounds of 2018, brought on to today: what each was on 30 June is in its name."""

    def order(name: str, due_on: str, **how) -> Rectification:
        return round_of(institution(name=name), "2018-05-01", due_on=due_on, **how)

    strike_off(order("开着", "2018-07-20"), "2018-08-01")
    order("快到期", "2018-07-05")
    order("逾期", "2018-06-10")
    seen = order("逾期已复查", "2018-06-10")
    visit_of(seen.institution, "2018-06-20", purpose="recheck", round_=seen)
    order("六月销号", "2018-06-10", verified_on="2018-06-05")
    order("五月销号", "2018-06-10", verified_on="2018-05-05")
    strike_off(order("迟知的销号", "2018-07-20"), "2018-06-15", recorded="2018-09-01")
    void(order("已作废", "2018-07-20"), at("2018-06-01"))
    void(order("后来作废", "2018-07-20"), at("2018-09-01"))
    submitted = order("已提交", "2018-07-20")
    move = {"submitted_on": day("2018-06-15"), "submitted_by": hand("sender"), "submitted_outcome": "closed"}
    submitted.move_to("submitted", kind="submitted", by=hand("sender"), on=day("2018-06-15"), at=at("2018-06-15"),
                      outcome="closed", columns=move)  # fmt: skip
    submitted.move_to(
        "returned", kind="returned", by=hand("checker"), on=day("2018-07-15"), at=at("2018-07-15"), columns={}
    )
    round_of(institution(name="七月责令"), "2018-07-01")


OPEN_THEN = ["开着", "快到期", "逾期", "逾期已复查", "已提交", "迟知的销号", "后来作废"]


@pytest.mark.parametrize(
    ("state", "then"),
    [
        ("open", OPEN_THEN),
        ("overdue", ["逾期", "逾期已复查"]),
        ("due", ["快到期"]),
        ("recheck", ["逾期"]),
        ("submitted", ["已提交"]),
        ("returned", []),
        ("ordered", [name for name in OPEN_THEN if name != "已提交"]),
        ("verified", ["六月销号", "五月销号"]),
        ("month", ["六月销号"]),
        ("voided", ["已作废"]),
        ("", [*OPEN_THEN, "六月销号", "五月销号"]),
    ],
)
def test_ledger_of_a_past_day_is_what_it_showed_then(lived, ask, state, then):
    assert ask(as_of="2018-06-30", known_at="2018-07-01T00:00:00+08:00", state=state) == sorted(then)


def test_ledger_of_a_past_day_as_known_now_knows_what_became_known_since(lived, ask):
    assert "迟知的销号" in ask(as_of="2018-06-30", state="verified")
    assert "后来作废" in ask(as_of="2018-06-30", state="voided")
    assert ask(as_of="2018-07-20", state="returned") == ["已提交"]


@pytest.mark.parametrize("state", STATES)
def test_ledger_as_of_today_is_the_ledger(lived, ask, state):
    order = {"ordered_on": DAY - timedelta(days=40)}
    for name, due_in in (("今逾期", -1), ("今到期", 0), ("七天", 7), ("八天", 8)):
        round_of(institution(name=name), due_on=DAY + timedelta(days=due_in), **order)
    round_of(institution(name="今提交"), due_on=DAY, submitted_on=DAY, **order)
    round_of(institution(name="今销号"), due_on=DAY, verified_on=DAY, **order)

    assert ask(state=state, as_of=DAY.isoformat()) == ask(state=state)


@pytest.mark.parametrize("as_of", ["2018-06-30", "2018-08-15", ""])
@pytest.mark.parametrize("figure", FIGURES_OF_ROUNDS)
def test_rounds_behind_a_figure_are_as_many_as_it_counts(lived, ask, taskforce, figure, as_of):
    again = institution(name="再犯")
    round_of(again, "2018-04-01", verified_on="2018-05-01")
    round_of(again, "2018-06-01", due_on="2018-06-20")
    total = completion("330382", Moment.of(day(as_of) if as_of else None)).total

    found = LedgerQuestion.from_query({"figure": figure, "as_of": as_of}, taskforce).rounds(taskforce)

    assert found.count() == getattr(total, figure)
    assert found.values("institution").distinct().count() == getattr(total, figure)


def test_division_and_words_narrow_the_ledger(ask, db):
    here = round_of(institution(LIUSHI, name="柳市的"), "2018-05-01")
    round_of(institution(NEXT_TO_LIUSHI, name="北白象的"), "2018-05-01")

    assert ask() == ["北白象的", "柳市的"]
    assert ask(division=LIUSHI) == ask(q="柳市") == ask(q=here.number) == ["柳市的"]
    assert ask(user_with("inspector", NEXT_TO_LIUSHI)) == ["北白象的"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"figure": "overdue"}, ["逾期", "逾期已复查", "快到期", "已提交", "七月责令"]),
        ({"state": "month", "as_of": "2018-06-30"}, ["六月销号", "迟知的销号"]),
        ({"state": "voided"}, ["已作废", "后来作废"]),
        ({"q": "开着"}, ["开着"]),
        ({"figure": "overdue", "q": "快"}, ["快到期"]),
    ],
)
def test_api_filters_by_what_it_accepts(lived, api, taskforce, query, found):
    rows = api(taskforce).get("/api/v1/rectifications/", query).json()["results"]

    named = Rectification.objects.filter(pk__in=[row["id"] for row in rows])
    assert sorted(named.values_list("institution__name", flat=True)) == sorted(found)


def test_page_of_a_past_day_shows_deadline_and_state_of_then(lived, browse, taskforce):
    answer = browse(taskforce).get("/rectifications/?as_of=2018-06-30&state=open")

    rows = {row.institution.name: row for row in answer.context["page"]}
    page = answer.content.decode()
    assert rows["开着"].state == "ordered"  # struck off since
    assert "还剩 20 天" in page and "逾期 20 天" in page
    assert answer.context["heads"] == {"open": 5, "overdue": 2, "submitted": 1, "month": 2}
    assert "2018-06-30" in page


def test_deadline_of_then_is_before_its_extension(browse, taskforce):
    round_of(institution(name="延期的"), "2018-05-01", due_on="2018-06-10", extensions=[("2018-07-01", "2018-12-31")])

    answer = browse(taskforce).get("/rectifications/?as_of=2018-06-30&state=overdue")

    assert [row.next_due_on for row in answer.context["page"]] == [day("2018-06-10")]


def test_submission_and_return_of_a_day_are_told_by_their_events(ask, taskforce):
    round_ = round_of(institution(name="来回的"), "2018-05-01", submitted_on="2018-05-10")
    other = user_with("task_force", "330382")
    return_rectification(round_, by=other, on=day("2018-05-20"), version=2, reason="不全", at=at("2018-05-20"))
    round_.refresh_from_db()
    submit_rectification(round_, by=taskforce, on=day("2018-05-30"), version=3, outcome="closed", at=at("2018-05-30"))

    days = {on: [state for state in STATES if state in ("submitted", "returned", "ordered") and ask(as_of=on, state=state)]
            for on in ("2018-05-05", "2018-05-15", "2018-05-25", "2018-06-05")}  # fmt: skip
    assert list(days.values()) == [["ordered"], ["submitted"], ["returned"], ["submitted"]]
