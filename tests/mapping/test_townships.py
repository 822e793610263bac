"""Symbols of the divisions below: the figures of the statistics, a centre for each, ranks that ties share."""

import pytest

from institutions.models import Division
from tests.factories import institution, round_of

LIUSHI, BEIBAIXIANG = "330382114", "330382115"
AS_OF = "2018-12-31"


@pytest.fixture
def ask(api, taskforce):
    def asked(**query):
        answer = api(taskforce).get("/api/v1/map/townships/", {"as_of": AS_OF} | query).json()
        return answer, {each["id"]: each for each in answer["features"]}

    return asked


@pytest.fixture
def five(db):
    """柳市镇: three, two with problems, one of them put right, one overdue. 北白象镇: two, one put right."""
    round_of(institution(LIUSHI, position=(120.9, 28.0)), "2018-06-01", verified_on="2018-07-01")
    round_of(institution(LIUSHI, position=(120.8, 28.1)), "2018-06-01", due_on="2018-07-01")
    institution(LIUSHI)
    round_of(institution(BEIBAIXIANG), "2018-06-01", verified_on="2018-07-01")
    institution(BEIBAIXIANG)


def test_figures_of_the_symbols_are_those_of_the_statistics(five, ask, api, taskforce):
    answer, features = ask()

    rows = api(taskforce).get("/api/v1/statistics/completion/", {"as_of": AS_OF, "by": "division"}).json()["rows"]

    names = (
        "surveyed",
        "with_problems",
        "rectified",
        "outstanding",
        "overdue",
        "completion_rate",
        "completion_percent",
    )
    assert {key: [each["properties"][name] for name in names] for key, each in features.items()} == {
        row["key"]: [row[name] for name in names] for row in rows
    }
    assert [features[LIUSHI]["properties"][name] for name in names] == [3, 2, 1, 1, 1, "0.500000", "50.00%"]
    for name in names[:5]:
        assert sum(each["properties"][name] for each in answer["features"]) == answer["total"][name]


def test_equal_rates_share_a_rank_and_none_has_none(five, ask):
    _answer, features = ask()

    ranks = {key: each["properties"]["rank"] for key, each in features.items()}

    assert (ranks[BEIBAIXIANG], ranks[LIUSHI]) == (1, 2)  # 1 of 1 before 1 of 2
    assert {rank for key, rank in ranks.items() if key not in (LIUSHI, BEIBAIXIANG)} == {None}


def test_centre_is_the_divisions_own_then_that_of_its_institutions_then_none(five, ask):
    Division.objects.filter(pk__startswith="330382").update(longitude=None, latitude=None)
    Division.objects.filter(pk=BEIBAIXIANG).update(longitude=120.85, latitude=28.02)

    _answer, features = ask()

    assert features[BEIBAIXIANG]["geometry"]["coordinates"] == [120.85, 28.02]
    assert features[LIUSHI]["geometry"]["coordinates"] == [120.85, 28.05]  # the middle of its two with a position
    assert {each["geometry"] for key, each in features.items() if key not in (LIUSHI, BEIBAIXIANG)} == {None}


def test_symbols_follow_the_whole_question(five, ask):
    answer, features = ask(standing="overdue,open")

    assert (answer["total"]["surveyed"], features[LIUSHI]["properties"]["surveyed"]) == (1, 1)


def test_symbols_of_a_day_before_anything_have_no_rate(five, ask):
    answer, features = ask(as_of="2018-01-01")

    assert (answer["as_of"], answer["total"]["completion_rate"]) == ("2018-01-01", None)
    assert {each["properties"]["completion_percent"] for each in features.values()} == {"—"}


def test_what_lies_in_the_county_and_in_no_township_is_asked_by_its_own_code(five, ask):
    round_of(institution("330382", position=(120.7, 28.2)), "2018-06-01", due_on="2018-07-01")
    institution("330382")

    whole, features = ask(division="330382")
    answer, alone = ask(division="330382000")

    assert list(alone) == ["330382000"]
    assert alone["330382000"] == features["330382000"]
    assert (answer["name"], alone["330382000"]["properties"]["below"]) == ("乐清市（未分到下级）", False)
    assert (answer["total"]["surveyed"], answer["total"]["overdue"], whole["total"]["surveyed"]) == (2, 1, 7)
    assert alone["330382000"]["geometry"]["coordinates"] == [120.7, 28.2]
    assert ask(division="330382000", standing="overdue")[0]["total"]["surveyed"] == 1


def test_where_nothing_lies_in_no_township_there_is_no_symbol(five, ask):
    answer, alone = ask(division="330382000")

    assert (alone, answer["total"]["surveyed"], answer["name"]) == ({}, 0, "乐清市（未分到下级）")


def test_code_that_stands_for_nothing_is_not_found(five, api, taskforce, inspector):
    for user, division in ((taskforce, "330382999"), (taskforce, "330381000"), (inspector, "330382000")):
        assert api(user).get("/api/v1/map/townships/", {"division": division}).status_code == 404
