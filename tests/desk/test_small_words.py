"""Words that would frighten or repeat themselves."""

import re
from datetime import timedelta

from institutions.moments import today
from tests.factories import institution, round_of

DAY = today()


def overdue_figure(browser) -> str:
    html = browser.get("/rectifications/").content.decode()
    return re.search(r'<a class="(figure overdue[^"]*)"', html).group(1)


def test_no_round_overdue_is_not_shown_as_an_alarm(browse, taskforce):
    browser = browse(taskforce)
    none = overdue_figure(browser)
    round_of(institution(), DAY - timedelta(days=9), due_on=DAY - timedelta(days=1))

    assert none == "figure overdue nobody"
    assert overdue_figure(browser) == "figure overdue"


def test_division_that_is_none_is_said_to_be_none_and_nothing_more(browse, taskforce):
    answer = browse(taskforce).get("/institutions/?division=999999")

    html = answer.content.decode()
    assert answer.status_code == 404
    assert "没有代码为“999999”的行政区划。请核对网址，或从列表中重新打开。" in html
    assert "没有这条记录" not in html


def test_page_that_is_none_says_so(browse, taskforce):
    assert "没有这条记录，或不在您的管辖范围内。" in browse(taskforce).get("/nothing/here/").content.decode()
