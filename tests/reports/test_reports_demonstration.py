"""The report of the demonstration: the reference sentence word for word, and every number as long as its list."""

from io import StringIO
from urllib.parse import parse_qsl

import pytest
from django.core.management import call_command

from accounts.models import User
from figures.drilldown import Drilldown
from institutions.models import Institution
from institutions.moments import Moment
from reports.monthly import Number, monthly_report, text_of
from tests.factories import at, day

REFERENCE = (
    "全市排摸培训机构总数1495所,存在问题的培训机构1270所,已整改培训机构1198所,完成率94%,"
    "其中排摸“无证无照”培训机构779所,已整改763所(取缔449所、整改办理证照314所)。"
)
pytestmark = pytest.mark.django_db


def report(as_of: str, known: str | None = None, division: str = "330382"):
    return monthly_report(division, Moment.of(day(as_of), at(known) if known else None))


def test_reference_sentence_word_for_word(demonstration):
    assert text_of(report("2018-12-31").headline) == REFERENCE


def test_reference_sentence_is_a_line_of_what_the_command_prints(demonstration, tmp_path):
    out = StringIO()

    call_command("monthly_report", division="330382", as_of="2018-12-31", output=tmp_path, stdout=out)

    assert REFERENCE in out.getvalue().splitlines()


def test_report_made_on_the_3rd_does_not_know_the_visit_that_arrived_on_the_8th(demonstration):
    assert "已整改培训机构1197所" in report("2018-12-31", known="2019-01-03").narrative


@pytest.mark.parametrize("as_of", ["2018-07-31", "2018-10-31", "2018-12-31"])
@pytest.mark.parametrize("division", ["330382", "330382114"])
def test_every_number_is_as_long_as_the_list_it_opens(demonstration, as_of, division):
    """By the same door as the pages: the query string, read as a signed-in user."""
    taskforce = User.objects.get(username="taskforce")
    made = monthly_report(division, Moment.of(day(as_of)), within=Institution.objects.visible_to(taskforce))
    numbers = [part for sentence in made.sentences for part in sentence if isinstance(part, Number) and part.query]

    for number in numbers:
        listed = Drilldown.from_query(dict(parse_qsl(number.query)), taskforce).institutions(taskforce).count()
        if isinstance(number.value, int):
            assert (number.query, listed) == (number.query, number.value)
        else:
            assert listed > 0  # a rate opens the institutions it was worked out from


@pytest.mark.parametrize("as_of", ["2018-05-31", "2018-12-31", "2019-06-30"])
def test_annex_adds_up_to_its_total(demonstration, as_of):
    made = report(as_of)

    for figure in ("surveyed", "with_problems", "rectified", "outstanding", "overdue", "closed"):
        assert sum(getattr(each.row.figures, figure) for each in made.ranking) == getattr(made.total, figure)
        assert sum(getattr(row.figures, figure) for row in made.by_licence) == getattr(made.total, figure)


def test_demonstration_of_2018_holds_no_contradiction(demonstration):
    assert [each.code for month in ("07", "09", "10", "12") for each in report(f"2018-{month}-30").contradictions] == []
