"""台账: its views and their numbers, and a move that is refused on the page."""

import re
from datetime import timedelta

import pytest

from institutions.moments import today
from tests.factories import institution, round_of

DAY = today()


@pytest.fixture
def ledger(browse, taskforce):
    """What a view of the ledger lists, and the number over it."""

    def ask(state: str, **more) -> tuple[list[str], int | None]:
        answer = browse(taskforce).get("/rectifications/", {"state": state, **more})
        rows = [row.institution.name for row in answer.context["page"]]
        return rows, answer.context["heads"].get(state)

    return ask


def order(name: str, due_in: int = 9, **how):
    days = {"ordered_on": DAY - timedelta(days=60), "due_on": DAY + timedelta(days=due_in)}
    return round_of(institution(name=name), **(days | how))


def test_ledger_is_sorted_by_days_left(db, ledger):
    order("明天到期", 1)
    order("逾期五天", -5)
    order("今天到期", 0)

    assert ledger("open") == (["逾期五天", "今天到期", "明天到期"], 3)
    assert ledger("overdue") == (["逾期五天"], 1)


def test_struck_off_this_month_counts_from_the_first_to_today(db, ledger):
    first = DAY.replace(day=1)
    order("上月销号", verified_on=first - timedelta(days=1))
    order("月初销号", verified_on=first)

    assert ledger("month") == (["月初销号"], 1)
    assert sorted(ledger("verified")[0]) == sorted(["上月销号", "月初销号"])


def test_heads_count_what_the_words_find(db, ledger):
    order("甲培训")
    order("乙培训")

    assert ledger("open", q="甲") == (["甲培训"], 1)


def test_unknown_view_is_the_open_rounds(db, ledger):
    order("甲培训")

    assert ledger("nonsense")[0] == ["甲培训"]


def verify(browser, round_, **typed):
    data = {"verify-version": round_.version, "verify-on": str(DAY), "verify-outcome": "closed", "verify-note": "已看"}
    return browser.post(f"/rectifications/{round_.pk}/verify/", data | {f"verify-{k}": v for k, v in typed.items()})


def test_strike_off_without_evidence_is_foretold_and_refused_with_what_was_typed(browse, taskforce):
    round_, browser = order("甲培训", submitted_on=DAY), browse(taskforce)

    before = browser.get(f"/rectifications/{round_.pk}/").content.decode()
    answer = verify(browser, round_)

    assert "缺少停办证据" in before
    assert answer.status_code == 422
    assert [reason for _field, reason in answer.context["errors"]] == [
        "缺少停办证据:需有一次复查显示“已停办”,或显示已搬迁、查无此处并附有现场照片。"
    ]
    assert 'value="已看"' in answer.content.decode()


def test_stale_move_comes_back_with_the_present_version_and_what_was_typed(browse, taskforce):
    round_, browser = order("甲培训"), browse(taskforce)
    typed = {"extend-on": str(DAY), "extend-due_on": str(DAY + timedelta(days=40)), "extend-reason": "场地改造"}

    answer = browser.post(f"/rectifications/{round_.pk}/extend/", typed | {"extend-version": round_.version + 3})
    shown = answer.content.decode()
    again = browser.post(
        f"/rectifications/{round_.pk}/extend/",
        typed | {"extend-version": re.search(r'name="extend-version" value="(\d+)"', shown).group(1)},
    )

    assert answer.status_code == 412
    assert 'value="场地改造"' in shown
    assert again.status_code == 302
    round_.refresh_from_db()
    assert round_.due_on == DAY + timedelta(days=40)


def test_illegal_move_shows_what_was_typed_though_its_form_is_gone(browse, taskforce):
    round_, browser = order("甲培训", verified_on=DAY), browse(taskforce)

    answer = verify(browser, round_, note="补记的意见")

    assert answer.status_code == 409
    assert ("核验意见", "补记的意见") in answer.context["typed"]
    assert "补记的意见" in answer.content.decode()


def test_errors_of_a_move_link_to_their_fields(browse, taskforce):
    round_, browser = order("甲培训"), browse(taskforce)

    answer = browser.post(f"/rectifications/{round_.pk}/extend/", {"extend-version": 1, "extend-on": "昨天"})

    assert answer.status_code == 422
    linked = {field for field, _reason in answer.context["errors"]}
    assert linked == {"extend-on", "extend-due_on", "extend-reason"}
    assert all(f'id="id_{field}"' in answer.content.decode() for field in linked)
