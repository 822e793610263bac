"""The patrol against misconduct of the demonstration: the sentences of the 2018 report, word for word."""

import re
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from institutions.moments import LAST, Moment
from misconduct.figures import Period, cases, figures, persons_in, sentences
from misconduct.models import Case, Measure, Person
from reports.bindings import bindables
from reports.figure_keys import name_of
from reports.monthly import monthly_report
from reports.printed import Printed
from tests.factories import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]
YEAR = Period(date(2018, 1, 1), Moment(date(2018, 12, 31), LAST))


def test_sentences_are_those_of_the_report():
    told = sentences("330382", YEAR.moment, YEAR.since)

    assert ["".join(each if isinstance(each, str) else str(each["value"]) for each in one) for one in told] == [
        "全年共处理12起涉及15人,其中党政纪处分11人,组织调离7人,解聘2人,免职1人。",
        "全年共查处学校违规招生行为2起,暑期违规补课行为5起。",
    ]


def test_report_says_them_last_and_keeps_their_figures():
    printed = Printed.of(monthly_report("330382", Moment(YEAR.moment.on, timezone.now())))

    last = [each["key"] for each in printed["paragraphs"]][-2:]
    handled = printed["paragraphs"][-2]["parts"][1]
    assert last == ["misconduct", "misconduct"]
    assert (handled["value"], handled["figure"], handled["path"]) == (12, "misconduct.cases", "/misconduct/")
    assert [printed.figures[f"misconduct.{name}"] for name in ("cases", "persons", "measure.removed")] == [12, 15, 1]


def test_figures_of_a_report_are_called_in_words():
    printed = Printed.of(monthly_report("330382", Moment(YEAR.moment.on, timezone.now())))

    keys = [key for key in printed.figures if key.startswith("misconduct.")]
    bound = {each.key: each.name for each in bindables(printed, {})}
    assert name_of("misconduct.measure.removed") == "免职"
    assert bound["misconduct.kind.illegal_enrolment"] == "教育乱象专项巡查 · 违规招生"
    assert [key for key in keys if re.search("[a-z]", name_of(key) + bound[key])] == []


def test_measures_add_up_to_21_for_15_persons():
    found = figures(["330382"], YEAR)

    assert (found.cases, found.persons, sum(found.measures.values())) == (12, 15, 21)
    assert persons_in(cases(["330382"], YEAR), YEAR.moment).count() == 15
    assert Measure.objects.count() == 21


def test_two_and_five_are_part_of_the_twelve():
    kinds = {each.key: each.cases for each in figures(["330382"], YEAR).kinds}

    assert kinds == {"paid_tutoring": 5, "illegal_enrolment": 2, "holiday_tutoring": 5}


def test_it_was_all_known_by_the_end_of_the_year():
    known_then = Period(YEAR.since, Moment(date(2018, 12, 31), at("2019-01-03")))

    assert figures(["330382"], known_then) == figures(["330382"], YEAR)


def test_nobody_is_named():
    assert {person.name[1:] for person in Person.objects.all()} == {"某"}
    assert (Case.objects.count(), Person.objects.count()) == (14, 15)


def test_command_prints_what_its_files_say(tmp_path):
    out = StringIO()

    call_command("monthly_report", division="330382", as_of="2018-12-31", output=tmp_path, stdout=out)

    assert out.getvalue().splitlines()[-2:] == [
        "全年共处理12起涉及15人,其中党政纪处分11人,组织调离7人,解聘2人,免职1人。",
        "全年共查处学校违规招生行为2起,暑期违规补课行为5起。",
    ]


@pytest.mark.parametrize(("username", "says"), [("taskforce", True), ("inspector2", False)])
def test_page_of_a_day_says_them_to_who_may_see_the_patrol(browse, username, says):
    user = User.objects.get(username=username)

    html = browse(user).get("/reports/", {"division": "330382", "as_of": "2018-12-31"}).content.decode()

    cases = 'href="/misconduct/?division=330382&amp;since=2018-01-01&amp;as_of=2018-12-31&amp;state=concluded">12</a>起'
    assert (cases in html) == says
    assert ("全年共处理" in html) == says
