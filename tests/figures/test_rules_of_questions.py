"""What a question accepts to the letter, and the words in which it is said again."""

from dataclasses import fields

import pytest

from accounts.errors import Invalid, UnknownDivision
from figures.conditions import LABELS, LOCATED, UNVISITED, in_words, named, statuses_to_choose
from figures.drilldown import Drilldown, DrilldownForm
from figures.ledger import LedgerQuestion
from figures.places import Where, first_to_see
from figures.questions import WHERE_AND_WHEN, Question, parse_day, parse_deadline, parse_moment
from figures.statistics import completion, partitions
from figures.unseen import Status
from institutions.models import Division
from institutions.moments import Moment, today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, day, institution, seconded_from, user_with

D = Moment(day("2018-12-31"), at("2019-01-03"))


# --- What is accepted


@pytest.mark.parametrize(("characters", "refused"), [(100, []), (101, ["q", "unvisited"])])
def test_word_of_a_question_has_a_hundred_characters_at_most(taskforce, characters, refused):
    word = "柳" * characters
    try:
        Drilldown.from_query({"q": word, "unvisited": "ever" if not refused else "e" * characters}, taskforce)
        errors = []
    except Invalid as refusal:
        errors = sorted(refusal.errors)

    assert errors == refused


@pytest.mark.parametrize(("text", "taken"), [("2000-01-01", True), ("1999-12-31", False), (str(today()), True)])
def test_day_is_one_from_the_year_2000_to_today(text, taken):
    if taken:
        assert parse_day(text) == day(text)
    else:
        with pytest.raises(ValueError, match="过早"):
            parse_day(text)


@pytest.mark.parametrize(("text", "taken"), [("2000-01-01T00:00", True), ("1999-12-31T23:59", False)])
def test_moment_is_one_from_the_year_2000_on(text, taken):
    if taken:
        assert parse_moment(text) == at("2000-01-01", 0)
    else:
        with pytest.raises(ValueError, match="不是时刻"):
            parse_moment(text)


@pytest.mark.parametrize("text", ["", "2018-13-01", "2018/10/01", "十月一日"])
def test_deadline_that_is_no_day_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="例：2018-12-31"):
        parse_deadline(text)


def test_who_has_no_division_asks_about_none(db):
    nobody = user_with("inspector", LIUSHI, valid_to="2018-01-02")

    for query in ({}, {"division": LIUSHI}):
        with pytest.raises(UnknownDivision):
            Question.from_query(query, nobody)


@pytest.mark.parametrize("code", ["330382999", "330381", "33", "330382000001"])
def test_division_that_is_not_on_file_or_out_of_sight_is_unknown(taskforce, code):
    with pytest.raises(UnknownDivision):
        Question.from_query({"division": code}, taskforce)


def test_division_in_one_of_two_grants_is_in_sight(db):
    user = seconded_from("inspector", LIUSHI, "inspector", NEXT_TO_LIUSHI)

    assert Question.from_query({"division": LIUSHI}, user).divisions(user) == [LIUSHI]
    assert Question.from_query({"division": NEXT_TO_LIUSHI}, user).divisions(user) == [NEXT_TO_LIUSHI]
    both = Question.from_query({}, user)
    assert (both.division, both.divisions(user)) == ("all", [LIUSHI, NEXT_TO_LIUSHI])


@pytest.mark.parametrize(
    ("query", "present"),
    [({}, True), ({"as_of": str(today())}, True), ({"as_of": "2018-12-31"}, False),
     ({"known_at": "2019-01-03T17:00"}, False)],
)  # fmt: skip
def test_page_that_names_no_moment_shows_of_today_what_stands(db, query, present):
    assert Question(**query).moment_of_page.present is present


# --- Where


def test_figures_of_no_division_are_refused(db):
    with pytest.raises(UnknownDivision):
        completion([], D)


def test_one_code_alone_is_that_division(db):
    assert Where.of(["330382"], D) == Where("330382", "乐清市", ["330382"])
    assert Where.of("330382", D) == Where("330382", "乐清市", ["330382"])


def test_several_divisions_are_one_place_whose_parts_they_are(db):
    both = Where.of([LIUSHI, "3304"], D)

    assert (both.code, both.name, both.part_digits) == ("all", "全部辖区", 9)
    assert (both.part_of(LIUSHI), both.part_of("330411101")) == (LIUSHI, "3304")


@pytest.mark.parametrize(
    ("code", "digits"), [("33", 4), ("3303", 6), ("330382", 9), (LIUSHI, 12), (f"{LIUSHI}001", 12)]
)
def test_part_of_a_division_is_one_level_below_and_a_village_is_its_own(code, digits):
    where = Where(code, "某地", [code])

    assert (where.part_digits, where.part_of("330382114001")) == (digits, "330382114001")


def test_division_that_is_not_on_file_is_called_by_its_code_among_several(db):
    rows = partitions([LIUSHI, "990101"], D)["division"].rows

    assert [(row.key, row.name) for row in rows] == [(LIUSHI, "柳市镇"), ("990101", "990101")]


def test_part_below_that_is_not_on_file_is_called_by_its_code(db):
    institution(LIUSHI, scope_code="330382199000")

    rows = {row.key: row.name for row in partitions("330382", D)["division"].rows}
    assert rows["330382199"] == "330382199"
    assert "330382000" not in rows


def test_figures_of_two_divisions_are_of_both(db):
    institution(LIUSHI), institution(NEXT_TO_LIUSHI)

    assert completion([LIUSHI, NEXT_TO_LIUSHI], D).total.surveyed == 2
    assert first_to_see(user_with("supervisor", "330382")) == "330382"


# --- In words


def test_every_word_of_a_question_has_its_label():
    asked = {each.name for kind in (Drilldown, LedgerQuestion) for each in fields(kind)}

    assert set(LABELS) == asked | {"compare"}  # of the statistics alone
    assert set(WHERE_AND_WHEN) == {each.name for each in fields(Question)}
    assert list(LOCATED) == DrilldownForm.base_fields["located"].accepted
    assert list(UNVISITED) == DrilldownForm.base_fields["unvisited"].accepted


def test_question_is_said_in_words_each_with_the_way_without_it(db):
    question = Drilldown(
        division="330382", as_of="2018-12-31", known_at="2019-01-03T17:00", figure="overdue", standing="open",
        licence_status="none", licence_now="full", outcome="closed", finding_type="L01", located="yes", unvisited="ever",
        q="柳市",
    )  # fmt: skip

    said = in_words(question, {"L01": "L01 无证无照办学"})

    assert [(each.label, each.value) for each in said] == [
        ("以何时所知为准", "2019-01-03T17:00"), ("统计指标", "逾期"), ("状态", "整改中"),
        ("排摸时证照情况", "无证无照"), ("截至日证照情况", "证照齐全"), ("整改结果", "取缔（停办）"),
        ("问题", "L01 无证无照办学"), ("位置", "已定位"), ("最近检查", "从未检查"), ("查找", "柳市"),
    ]  # fmt: skip
    assert said[1].without == question.query_string(figure="")
    assert "figure" not in said[1].without and "standing=open" in said[1].without


@pytest.mark.parametrize(
    ("standing", "said", "offered"),
    [("open", "整改中", 8), ("overdue,open", "逾期、整改中", 9), ("without_problems", "未发现问题或未检查", 9)],
)
def test_several_standings_are_said_together_and_stay_chosen_in_a_form(standing, said, offered):
    question = Drilldown(standing=standing)

    assert [each.value for each in in_words(question, {})] == [said]
    choices = statuses_to_choose(question)
    assert (len(choices), str(dict(choices)[standing])) == (offered, said)


def test_form_offers_each_status_where_none_is_asked_for():
    assert [value for value, _label in statuses_to_choose(Drilldown())] == [str(each) for each in Status.values]


def test_words_looked_for_are_said_as_they_were_typed():
    assert [each.value for each in in_words(Drilldown(q="甲,乙"), {})] == ["甲,乙"]


@pytest.mark.parametrize(("code", "name"), [("all", "全部辖区"), (LIUSHI, "柳市镇"), ("330382999", "330382999")])
def test_division_asked_about_is_named_as_on_offer(db, code, name):
    assert named(Question(division=code), Division.objects.all()) == name
