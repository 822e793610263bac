"""A report as plain data: the same sentences and numbers, bound to their figures."""

import json
from datetime import date

import pytest
from django.utils import timezone

from figures.statistics import FIGURES
from institutions.moments import Moment
from reports.monthly import monthly_report
from reports.printed import Printed, annex_lines, printed_text, text_of
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of, visit_of

pytestmark = pytest.mark.django_db
D = date(2018, 12, 31)


def printed(**kwargs) -> Printed:
    return Printed.of(monthly_report("330382", Moment(D, timezone.now())), **kwargs)


def county():
    """Three institutions: one closed, one overdue with a finding, one without problems."""
    round_of(institution(LIUSHI, name="甲馆"), "2018-05-01", verified_on="2018-06-01", outcome="closed")
    school = institution(
        NEXT_TO_LIUSHI, name="乙馆", operating_address="乙路2号", phone="13800000000", principal="王某某"
    )
    round_of(school, "2018-05-01", due_on="2018-06-01")
    visit_of(school, "2018-05-01", findings=("L01",))
    institution(LIUSHI, name="丙馆", status="full")


def test_printed_says_the_sentences_of_the_report():
    county()

    report = monthly_report("330382", Moment(D, timezone.now()))

    assert [text_of(each) for each in Printed.of(report)["paragraphs"]] == report.narrative.split("\n")


def test_every_number_of_the_text_is_its_figure():
    county()

    made = printed()

    numbers = [part for each in made["paragraphs"] for part in each["parts"] if isinstance(part, dict)]
    assert {part["figure"]: made.figures[part["figure"]] for part in numbers} == {
        part["figure"]: part["value"] for part in numbers
    }
    assert len(numbers) > 15


def test_no_number_stands_in_the_text_unbound_but_ranks_and_days():
    county()

    unbound = [part for each in printed()["paragraphs"] for part in each["parts"] if isinstance(part, str)]

    digits = [part for part in unbound if any(sign.isdigit() for sign in part)]
    assert digits == ["，第2位）。", "上期（截至2018年11月30日）存在问题的培训机构"]


def test_headline_begins_with_the_cut_off_day_when_printed():
    made = printed()

    assert printed_text(made["paragraphs"][0], made["cut_off"]).startswith("截至2018年12月31日,全市排摸培训机构总数0所")


def test_annex_has_each_institution_with_its_figures():
    county()

    rows = list(printed().annex())

    assert [(row["number"], row["name"], row["figures"]) for row in rows] == [
        (1, "丙馆", ["surveyed"]),
        (2, "甲馆", ["surveyed", "with_problems", "rectified", "closed"]),
        (3, "乙馆", ["surveyed", "with_problems", "outstanding", "overdue"]),
    ]
    assert rows[2] == {
        "number": 3,
        "id": rows[2]["id"],
        "name": "乙馆",
        "division": NEXT_TO_LIUSHI,
        "township": rows[2]["township"],
        "address": "乙路2号",
        "licence_status": "none",
        "standing": "overdue",
        "surveyed_on": "2018-04-02",
        "ordered_on": "2018-05-01",
        "due_on": "2018-06-01",
        "verified_on": "",
        "outcome": "",
        "problems": rows[2]["problems"],
        "finding_types": ["L01"],
        "figures": ["surveyed", "with_problems", "outstanding", "overdue"],
    }
    assert rows[2]["problems"].startswith("L01 ")


def test_annex_gives_the_verification_and_outcome_of_what_is_rectified():
    county()

    row = list(printed().annex())[1]

    assert (row["ordered_on"], row["verified_on"], row["outcome"]) == ("2018-05-01", "2018-06-01", "closed")


def test_members_of_each_figure_in_the_annex_are_as_many_as_the_figure():
    county()

    made = printed()

    counted = {name: sum(name in row["figures"] for row in made.annex()) for name in FIGURES}
    assert counted == {name: made.figures[name] for name in FIGURES}
    kept = Printed.from_json(made.as_json(), lambda: list(made.annex()))
    assert [row["name"] for row in kept.outstanding()] == ["乙馆"]
    assert [row | {"number": 3} for row in made.outstanding()] == list(kept.outstanding())


def test_nothing_of_a_person_is_printed():
    county()

    made = printed()

    text = made.as_json() + "".join(annex_lines(made.annex()))
    assert "13800000000" not in text and "王某某" not in text


def test_printed_comes_back_from_its_json_with_the_same_digest():
    county()
    made = printed(heading={"number": "乐教通〔2019〕3号"})

    again = Printed.from_json(made.as_json(), lambda: list(made.annex()))

    assert (again, again.sha256, list(again.annex())) == (made, made.sha256, list(made.annex()))
    assert json.loads(made.as_json())["heading"]["number"] == "乐教通〔2019〕3号"


def test_lines_of_the_annex_say_every_row():
    county()
    rows = list(printed().annex())

    changed = [*rows[:-1], rows[-1] | {"name": "丁馆"}]

    assert [json.loads(line) for line in annex_lines(rows)] == rows
    assert [*annex_lines(rows)] != [*annex_lines(changed)]


def test_trend_ends_on_the_day_of_the_report():
    county()
    moment = Moment(date(2018, 12, 15), timezone.now())

    points = Printed.of(monthly_report("330382", moment))["trend"]

    assert [points[0]["on"], points[-2]["on"], points[-1]["on"]] == ["2018-01-31", "2018-11-30", "2018-12-15"]
    assert points[-1]["rectified"] == 1


def test_rebounds_are_rows_of_the_annex():
    school = institution(LIUSHI, name="甲馆")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    round_of(school, "2018-12-05")

    made = printed()

    assert [(row["name"], row["ordered_on"]) for row in made["rebounds"]] == [("甲馆", "2018-12-05")]
