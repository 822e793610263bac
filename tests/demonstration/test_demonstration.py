"""The demonstration reproduces the 2018 report, holds together everywhere, and has today's work in it."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils.timezone import localtime

from demonstration.book import Book
from demonstration.yueqing import _cases
from figures.statistics import FIGURES, completion
from inspections import ledger
from inspections.actions.oddities import all_worked_out_again
from inspections.models import Finding, Oddity, Photo, Rectification, RectificationEvent, Visit
from institutions.models import Institution
from institutions.moments import Moment, month_ends
from tests.factories import at

COUNTY = "330382"
MONTH_ENDS = list(month_ends(date(2018, 1, 1), date(2018, 12, 31)))
ALL_ENDS = list(month_ends(date(2018, 1, 1), date(2019, 6, 30)))

pytestmark = pytest.mark.django_db


def figures_of(day: date, known: str | None = None, **asked):
    return completion(COUNTY, Moment.of(day, at(known) if known else None), **asked)


def test_reference_figures_hold_at_the_end_of_2018(demonstration):
    found = figures_of(date(2018, 12, 31)).as_json()["total"]

    assert found == {
        "surveyed": 1495,
        "with_problems": 1270,
        "rectified": 1198,
        "outstanding": 72,
        "overdue": 23,
        "closed": 532,
        "licensed": 476,
        "corrected": 190,
        "completion_rate": "0.943307",  # 1198 / 1270
        "completion_percent": "94.33%",
    }


def test_unlicensed_figures_hold_at_the_end_of_2018(demonstration):
    rows = {row.key: row.figures for row in figures_of(date(2018, 12, 31), by="licence_status").rows}

    none = rows["none"]
    assert (none.with_problems, none.rectified, none.closed, none.licensed) == (779, 763, 449, 314)


@pytest.mark.parametrize("by", ["division", "licence_status"])
@pytest.mark.parametrize("end", MONTH_ENDS, ids=str)
def test_parts_add_up_to_the_county(demonstration, end, by):
    whole, parts = figures_of(end).total, figures_of(end, by=by).rows

    for name in FIGURES:
        assert sum(getattr(part.figures, name) for part in parts) == getattr(whole, name)


@pytest.mark.parametrize("end", ALL_ENDS, ids=str)
def test_identities_hold_for_every_township(demonstration, end):
    for row in figures_of(end, by="division").rows:
        f = row.figures
        assert f.surveyed >= f.with_problems == f.rectified + f.outstanding
        assert f.rectified == f.closed + f.licensed + f.corrected
        assert f.overdue <= f.outstanding


def test_late_visit_was_not_known_on_3_january(demonstration):
    assert figures_of(date(2018, 12, 31), known="2019-01-03").total.rectified == 1197
    assert figures_of(date(2018, 12, 31), known="2019-01-08").total.rectified == 1198


def test_the_72_are_cleared_by_june_2019(demonstration):
    assert figures_of(date(2019, 6, 30)).total.outstanding == 0


def test_surveys_are_march_to_june_2018_and_60_have_no_position(demonstration):
    days = Institution.objects.order_by("surveyed_on").values_list("surveyed_on", flat=True)

    assert (days[0] >= date(2018, 3, 1), days[len(days) - 1] <= date(2018, 6, 30)) == (True, True)
    assert Institution.objects.unlocated().count() == 60


def test_every_township_has_institutions(demonstration):
    rows = figures_of(date(2018, 12, 31), by="division").rows

    assert len(rows) == 25
    assert min(row.figures.surveyed for row in rows) >= 5


def test_findings_were_in_force_on_the_day_of_their_visit(demonstration):
    early = Finding.objects.filter(type__in_force_from__gt=F("visit__happened_on"))

    assert Finding.objects.count() > 1270
    assert early.count() == 0


def test_ledger_follows_from_its_events(demonstration):
    checked = [(rectification, found) for rectification, found in ledger.check() if found]

    assert checked == []
    assert Rectification.objects.count() > 1270


@pytest.mark.parametrize("kind", ["ordered", "evidence", "submitted", "returned", "extended", "verified", "voided"])
def test_history_has_every_kind_of_move(demonstration, kind):
    assert RectificationEvent.objects.filter(kind=kind, happened_on__lte=date(2018, 12, 31)).exists()


def test_history_has_visits_without_access_and_rebounds(demonstration):
    past = Visit.objects.filter(happened_on__lte=date(2018, 12, 31))

    assert past.filter(result="no_access").count() > 10
    assert Rectification.objects.filter(ordered_on__lte=date(2018, 12, 31), round_no=2).count() >= 12


def test_present_has_todays_work(demonstration):
    day = demonstration
    rounds = Rectification.objects

    assert (
        Visit.objects.filter(happened_on__gt=day - timedelta(days=60), purpose__in=["routine", "double_random"]).count()
        == 80
    )
    assert rounds.to_verify().count() == 6
    assert rounds.overdue(day).count() == 2
    assert rounds.needing_recheck(day).count() == 2
    assert rounds.open().filter(due_on=day).count() == 2
    assert Photo.objects.filter(stored_at__isnull=False).count() == 18


def test_a_handful_of_visits_is_to_be_asked_about(demonstration):
    kinds = Counter(Oddity.objects.values_list("kind", flat=True))

    # of two visits each has its own row
    assert kinds == {"like_photo": 2, "travel": 2, "far": 1, "clock": 1, "photo_time": 1}


def test_working_out_what_is_odd_again_changes_nothing(demonstration):
    worked_out = list(all_worked_out_again(since=demonstration - timedelta(days=60)))

    assert {(new, gone) for _visits, new, gone in worked_out} == {(0, 0)}


def test_visits_are_made_by_day(demonstration):
    hours = {localtime(each).hour for each in Visit.objects.values_list("happened_at", flat=True)}

    assert hours <= set(range(8, 17))
    assert all(localtime(at).date() == on for at, on in Visit.objects.values_list("happened_at", "happened_on"))


def test_nothing_lies_in_the_future(demonstration):
    assert Visit.objects.filter(happened_on__gte=demonstration).count() == 0
    assert RectificationEvent.objects.filter(happened_on__gte=demonstration).count() == 0


def test_history_is_the_same_each_time(demonstration):
    import random

    first, second = (_cases(Book(random.Random("乐清 2018"))) for _time in range(2))

    assert [case.institution.pk for case in first] == [case.institution.pk for case in second]
    assert Institution.objects.filter(pk__in=[case.institution.pk for case in first]).count() == 1495


def test_loading_again_changes_nothing(demonstration):
    said = StringIO()

    call_command("demo", stdout=said)

    assert "already loaded" in said.getvalue()
    assert Institution.objects.count() == 1495
