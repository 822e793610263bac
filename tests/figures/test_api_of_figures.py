"""The API of lists and figures: which months may be asked for, what a list says of what never was."""

from datetime import timedelta

import pytest

from institutions.moments import month_end, today
from tests.factories import institution, round_of

THIS_MONTH = f"{today():%Y-%m}"
NEXT_MONTH = f"{month_end(today()) + timedelta(days=1):%Y-%m}"


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2018-01", "2018-01", 1),
        ("2018-01", "2022-12", 60),
        ("2000-01", "2000-01", 1),
        (THIS_MONTH, THIS_MONTH, 1),
        (THIS_MONTH, "", 1),
    ],
)
def test_trend_has_a_row_for_each_month_asked_for(api, taskforce, first, last, months):
    answer = api(taskforce).get("/api/v1/statistics/trend/", {"from": first, "to": last})

    assert len(answer.json()["rows"]) == months


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("1999-12", "2000-01", "from"),
        ("2018-02", "2018-01", "to"),
        ("2018-01", "2023-01", "to"),  # 61 months
        (THIS_MONTH, NEXT_MONTH, "to"),
        ("2018-13", "2019-01", "from"),
        ("", "2019-01", "from"),
    ],
)
def test_trend_of_months_that_cannot_be_told_is_refused(api, taskforce, first, last, field):
    answer = api(taskforce).get("/api/v1/statistics/trend/", {"from": first, "to": last})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_list_says_null_of_a_survey_and_a_closure_that_never_were(api, taskforce):
    institution(surveyed_on=None)

    [row] = api(taskforce).get("/api/v1/institutions/").json()["results"]

    assert (row["surveyed_on"], row["ceased_on"], row["licence_status_at_survey"]) == (None, None, "")


@pytest.mark.parametrize("who", ["taskforce", "auditor"])
def test_row_of_a_list_says_of_an_institution_what_its_file_says(api, taskforce, auditor, who):
    place = institution(position=(120.958, 28.1), learners=0, area_m2=80)
    round_of(institution(), "2018-05-01", verified_on="2018-06-01", outcome="closed")
    asks = api({"taskforce": taskforce, "auditor": auditor}[who])

    rows = {row["id"]: row for row in asks.get("/api/v1/institutions/").json()["results"]}
    file = asks.get(f"/api/v1/institutions/{place.pk}/").json()

    row = rows[str(place.pk)]
    assert row == {name: file[name] for name in row}
    assert len(rows) == 2 and (file["longitude"], file["area_m2"]) == (120.958, "80.0")


def test_list_says_the_days_of_a_survey_and_a_closure(api, taskforce):
    round_of(institution(surveyed_on="2018-04-02"), "2018-05-01", verified_on="2018-06-01", outcome="closed")

    [row] = api(taskforce).get("/api/v1/institutions/").json()["results"]

    assert (row["surveyed_on"], row["ceased_on"], row["licence_status_at_survey"]) == (
        "2018-04-02",
        "2018-06-01",
        "none",
    )


@pytest.mark.parametrize("given", ["x", "0", "-1", ""])
@pytest.mark.parametrize("door", ["institutions", "rectifications"])
def test_page_size_that_is_not_understood_is_refused(api, taskforce, door, given):
    answer = api(taskforce).get(f"/api/v1/{door}/", {"page_size": given})

    assert (answer.status_code, list(answer.json().get("errors", {}))) == (422, ["page_size"])
