"""台账: its filters, each followed by its head figures, and the ledger of a past day."""

import re
from datetime import timedelta

import pytest

from accounts.models import User
from figures.ledger import FEW_PEOPLE
from figures.statistics import completion
from institutions.moments import Moment, today
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    day,
    hand,
    institution,
    move_of,
    rename_of,
    round_of,
    supplement_of,
    user_with,
    visit_of,
    void,
    withdraw_visit_of,
)

DAY = today()


@pytest.fixture
def ledger(browse, taskforce):
    """What the ledger lists, and its head figures."""

    def ask(query: str = "", user=taskforce) -> tuple[list[str], dict[str, int]]:
        answer = browse(user).get(f"/rectifications/?{query}")
        assert answer.status_code == 200
        return [each.institution.name for each in answer.context["page"]], answer.context["heads"]

    return ask


def ordered(
    name: str, due_in: int = 9, township: str = LIUSHI, findings=(), by: str = "clerk", visitor: str = "visitor", **how
):
    """An open round of these days, ordered for what a visit found."""
    school, on = institution(township, name=name), DAY - timedelta(days=20)
    visit = visit_of(school, on, findings=findings, by=hand(visitor))
    return round_of(school, on, due_on=DAY + timedelta(days=due_in), visit=visit, ordered_by=hand(by), **how)


def test_ledger_is_filtered_by_problem_and_its_figures_follow(db, ledger):
    ordered("甲", findings=("L01", "T01"))
    ordered("乙", -5, findings=("T01",))
    ordered("丙", findings=("S02",))

    assert ledger("finding_type=T01") == (["乙", "甲"], {"open": 2, "overdue": 1, "submitted": 0, "month": 0})
    assert ledger("finding_type=L01")[0] == ["甲"]
    assert ledger("finding_type=L01&state=overdue")[0] == []


def test_problem_of_a_supplement_is_one_of_the_round(db, ledger):
    round_ = ordered("甲", findings=("L01",))
    supplement_of(round_, DAY - timedelta(days=3), findings=("S02",), due_on=DAY + timedelta(days=30))

    assert ledger("finding_type=S02")[0] == ["甲"]


def test_problem_that_is_in_no_catalogue_is_refused(browse, taskforce):
    answer = browse(taskforce).get("/rectifications/?finding_type=Z99")

    assert (answer.status_code, "问题目录中没有“Z99”" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("name", "found"), [("陈责令", "甲"), ("林开单", "乙"), ("周复查", "丙"), ("林", "乙"), ("没有这个人", "")]
)
def test_ledger_is_filtered_by_who_ordered_or_visited(db, ledger, name, found):
    ordered("甲", by="陈责令")
    ordered("乙", visitor="林开单")
    recheck = ordered("丙")
    visit_of(recheck.institution, DAY - timedelta(days=1), purpose="recheck", round_=recheck, by=hand("周复查"))

    rows, heads = ledger(f"inspector={name}")

    assert ("".join(rows), heads["open"]) == (found, len(found))


def test_round_is_listed_once_however_often_its_inspector_was_there(db, ledger):
    round_ = ordered("甲", by="陈责令", visitor="陈责令")
    for ago in (3, 2, 1):
        visit_of(round_.institution, DAY - timedelta(days=ago), round_=round_, by=hand("陈责令"))

    assert ledger("inspector=陈责令") == (["甲"], {"open": 1, "overdue": 0, "submitted": 0, "month": 0})


def test_visit_that_was_withdrawn_was_nobodys(db, ledger):
    round_ = ordered("甲")
    visit = visit_of(round_.institution, DAY - timedelta(days=1), round_=round_, by=hand("周复查"))
    withdraw_visit_of(visit, DAY)

    assert ledger("inspector=周复查")[0] == []


def test_ledger_is_filtered_by_deadline_and_the_edges_count(db, ledger):
    for left in (-1, 0, 5, 6):
        ordered(f"余{left}", left)

    between = f"due_from={DAY}&due_to={DAY + timedelta(days=5)}"
    assert ledger(between) == (["余0", "余5"], {"open": 2, "overdue": 0, "submitted": 0, "month": 0})
    assert ledger(f"due_to={DAY - timedelta(days=1)}")[0] == ["余-1"]
    assert ledger(f"due_from={DAY + timedelta(days=6)}")[0] == ["余6"]


def test_deadline_of_a_filter_is_the_earliest_that_runs(db, ledger):
    round_ = ordered("甲", 30)
    supplement_of(round_, DAY - timedelta(days=3), due_on=DAY + timedelta(days=4))

    assert ledger(f"due_to={DAY + timedelta(days=4)}")[0] == ["甲"]
    assert ledger(f"due_from={DAY + timedelta(days=5)}")[0] == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("due_from=morgen", "“morgen”不是日期"),
        ("due_to=2018-02-30", "“2018-02-30”不是日期"),
        ("due_from=2018-06-02&due_to=2018-06-01", "止期 2018-06-01 早于起期 2018-06-02。"),
    ],
)
def test_deadline_that_is_none_is_refused_and_kept_to_be_corrected(browse, taskforce, query, said):
    answer = browse(taskforce).get(f"/rectifications/?{query}&inspector=陈")

    page = answer.content.decode()
    assert (answer.status_code, said in page) == (422, True)
    assert '<input type="hidden" name="inspector" value="陈">' in page


def test_ledger_is_filtered_by_township(db, ledger):
    ordered("甲")
    ordered("乙", township=NEXT_TO_LIUSHI)

    assert ledger(f"division={NEXT_TO_LIUSHI}") == (["乙"], {"open": 1, "overdue": 0, "submitted": 0, "month": 0})


def test_filters_are_said_in_words_and_each_can_be_taken_away(db, browse, taskforce):
    answer = browse(taskforce).get("/rectifications/?state=overdue&finding_type=L01&inspector=陈&due_from=2018-05-01")

    asked = [(each.label, each.value, each.without) for each in answer.context["asked"]]
    assert [each[:2] for each in asked] == [
        ("问题", "L01 无证无照办学"),
        ("责令或检查人员", "陈"),
        ("期限自", "2018-05-01"),
    ]
    assert ["inspector=" in each[2] for each in asked] == [True, False, True]
    assert all("state=overdue" in each[2] and "division=330382" in each[2] for each in asked)


def test_empty_ledger_says_what_next(db, browse, taskforce):
    page = browse(taskforce).get("/rectifications/?state=overdue&inspector=谁").content.decode()

    assert "没有符合这些条件的整改。可以放宽条件，或换一个视图看看。" in page
    assert '<a href="?state=overdue">清除全部条件</a>' in page


# --- The ledger of a past day


PAST = "as_of=2018-10-31"


@pytest.fixture
def autumn(db):
    """On 31 October 甲 was overdue (extended only later), 乙 open, 丙 struck off in October, 丁 in September; 戊 came
    after, 己 was voided."""
    round_of(institution(name="甲"), "2018-09-01", due_on="2018-10-01", extensions=[("2018-11-05", "2019-05-01")])
    round_of(institution(name="乙"), "2018-10-20", due_on="2018-11-20", verified_on="2018-11-10")
    round_of(institution(name="丙"), "2018-08-01", verified_on="2018-10-01")
    round_of(institution(name="丁"), "2018-08-01", verified_on="2018-09-30")
    round_of(institution(name="戊"), "2018-11-01")
    void(round_of(institution(name="己"), "2018-09-01"), "2018-09-15")


@pytest.mark.parametrize(
    ("state", "names"), [("open", "甲乙"), ("overdue", "甲"), ("verified", "丙丁"), ("month", "丙")]
)
def test_ledger_of_a_day_shows_the_rounds_as_they_stood(autumn, ledger, state, names):
    rows, heads = ledger(f"{PAST}&state={state}")

    assert "".join(rows) == names
    assert {name: heads[name] for name in ("open", "overdue", "month")} == {"open": 2, "overdue": 1, "month": 1}


def test_ledger_of_a_day_says_deadline_days_left_and_state_of_then(autumn, browse, taskforce):
    page = browse(taskforce).get(f"/rectifications/?{PAST}").content.decode()

    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in re.findall(r"<tr id=.*?</tr>", page, re.S)]
    assert [("2018-10-01" in row, "逾期 30 天" in row) for row in rows] == [(True, True), (False, False)]
    assert [("2018-11-20" in row, "还剩 20 天" in row) for row in rows] == [(False, False), (True, True)]
    assert "逾期" in rows[0]
    assert "2018-10-31" in re.search("<h1>.*?</h1>", page, re.S).group()


def test_ledger_of_a_day_is_filtered_by_the_deadline_of_then(autumn, ledger):
    assert ledger(f"{PAST}&due_to=2018-10-31")[0] == ["甲"]
    assert ledger(f"{PAST}&due_from=2019-01-01")[0] == []
    assert ledger("due_from=2019-01-01")[0] == ["甲"]


def test_ledger_of_a_day_is_that_of_the_place_and_the_name_of_then(db, ledger, browse, taskforce):
    school = institution(LIUSHI, name="旧名")
    round_of(school, "2018-05-01")
    move_of(school, NEXT_TO_LIUSHI, "2018-11-01")
    rename_of(school, "新名", "2018-11-01")

    def listed(query: str) -> tuple[list[str], int]:
        page = browse(taskforce).get(f"/rectifications/?{query}").content.decode()
        return re.findall(r'<td class="title"><a[^>]*>(.*?)</a>', page), ledger(query)[1]["open"]

    assert listed(f"{PAST}&division={LIUSHI}") == (["旧名"], 1)
    assert listed(f"{PAST}&division={NEXT_TO_LIUSHI}") == ([], 0)
    assert listed(f"division={NEXT_TO_LIUSHI}") == (["新名"], 1)


def test_ledger_as_known_at_a_moment_leaves_out_what_came_later(db, ledger):
    round_of(institution(name="甲"), "2018-05-01", ordered_recorded="2018-12-01")

    assert ledger(f"{PAST}&known_at=2018-11-30T12:00:00%2B08:00")[0] == []
    assert ledger(f"{PAST}&known_at=2018-12-02T12:00:00%2B08:00")[0] == ["甲"]


def test_ledger_of_a_day_has_as_many_open_rounds_as_the_figure_has_institutions(autumn, ledger):
    found = completion("330382", Moment.of(day("2018-10-31"))).total

    heads = ledger(PAST)[1]

    assert (heads["open"], heads["overdue"]) == (found.outstanding, found.overdue) == (2, 1)


def test_day_to_come_is_refused(browse, taskforce):
    answer = browse(taskforce).get("/rectifications/?as_of=2099-01-01")

    assert (answer.status_code, "日期 2099-01-01 在今天之后。" in answer.content.decode()) == (422, True)


def test_rounds_of_a_name_that_many_of_the_country_have_are_found(db, browse, taskforce):
    User.objects.bulk_create(User(username=f"far{each}", name=f"王{each}") for each in range(FEW_PEOPLE + 1))
    mine = round_of(institution(), "2018-05-01", ordered_by=user_with("task_force", "330382", "王五"))

    assert mine.number in browse(taskforce).get("/rectifications/", {"inspector": "王"}).content.decode()
