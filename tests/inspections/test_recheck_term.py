"""Within 7 working days of the due date: pages say the last day of a recheck, or what is not known of it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from inspections.templatetags.rounds import recheck_term
from institutions.moments import today
from tests.factories import institution, round_of, visit_of

DAY = today()


def overdue(days: int = 3, **columns):
    return round_of(institution(status="full"), DAY - timedelta(days=60), due_on=DAY - timedelta(days=days), **columns)


@pytest.mark.django_db
def test_term_is_seven_working_days_after_the_earliest_deadline():
    """Due on Friday 21 September 2018: the 25th to 29th (a Saturday worked), the 30th, then the 8th of October."""
    round_ = round_of(institution(), "2018-09-01", due_on="2018-09-21")

    assert round_.recheck_by == date(2018, 10, 8)


@pytest.mark.django_db
def test_term_follows_the_setting(settings):
    settings.RECHECK_WORKING_DAYS = 1

    assert round_of(institution(), "2018-09-01", due_on="2018-09-20").recheck_by == date(2018, 9, 21)


@pytest.mark.django_db
def test_term_that_has_passed_is_said_to_have_passed():
    assert recheck_term(round_of(institution(), "2018-09-01", due_on="2018-09-21")) == "复查期限 2018-10-08 已过"


@pytest.mark.django_db
def test_term_beyond_the_announced_years_says_so():
    round_ = round_of(institution(), "2018-09-01", due_on="2999-09-27")

    said = recheck_term(round_)

    assert said == "应于 2999-10-08 前（含当日）复查（2999 年放假安排尚未收录，按周一至周五计）"


def test_pages_say_the_last_day_of_each_recheck(browse, taskforce):
    round_ = overdue()
    client = browse(taskforce)

    for path in ("/", "/rectifications/?state=recheck", round_.get_absolute_url()):
        assert recheck_term(round_) in client.get(path).content.decode(), path


@pytest.mark.parametrize(("result", "asked"), [("inspected", False), ("no_access", True), ("withdrawn", True)])
def test_round_that_was_seen_since_asks_for_no_recheck(browse, taskforce, result, asked):
    """As the list of rechecks does: nobody in, or a visit that was withdrawn, is none."""
    round_ = overdue()
    taken_back = {"withdrawn_at": None}
    if result == "withdrawn":
        taken_back = {"withdrawn_at": timezone.now(), "withdrawn_by": taskforce, "withdraw_reason": "记错"}
        result = "inspected"
    visit_of(round_.institution, DAY - timedelta(days=1), purpose="recheck", result=result, round_=round_, **taken_back)

    page = browse(taskforce).get(round_.get_absolute_url()).content.decode()

    assert ("尚未复查" in page) is asked
