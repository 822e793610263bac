"""What the API of lists shows: so many rows of a page, nothing out of sight; a search is noted as it was asked."""

from uuid import UUID

import pytest

from accounts.models import AuditRow
from institutions.models import Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, licence_of, merge_of, round_of

PATH = "/api/v1/institutions/"


@pytest.fixture
def many(db) -> None:
    first = institution()
    same = {"division": first.division, "scope_code": first.scope_code, "recorded_at": first.recorded_at}
    Institution.objects.bulk_create(Institution(name=f"第{number}所", **same) for number in range(200))


@pytest.mark.parametrize(("asked", "rows"), [({}, 50), ({"page_size": "200"}, 200), ({"page_size": "201"}, 200)])
def test_page_has_fifty_rows_unless_asked_and_two_hundred_at_most(api, taskforce, many, asked, rows):
    assert len(api(taskforce).get(PATH, asked).json()["results"]) == rows


@pytest.mark.parametrize(("door", "found"), [("institutions", 1), ("rectifications", 0)])
def test_search_through_the_api_is_noted_with_what_was_shown(api, taskforce, door, found):
    institution(name="绘声馆")

    api(taskforce).get(f"/api/v1/{door}/", {"q": "绘声"})

    [row] = AuditRow.objects.filter(action="search")
    assert (row.after, row.scope_code) == ({"q": "绘声", "where": f"api-{door}", "found": found}, "330382000000")


def test_file_through_the_api_tells_nothing_of_what_was_merged_out_of_sight(api, inspector):
    stays, hidden = institution(LIUSHI), institution(NEXT_TO_LIUSHI)
    licence_of(hidden, "permit")
    round_of(hidden, "2018-05-01", verified_on="2018-06-01")
    merge_of(hidden, stays)

    file = api(inspector).get(f"/api/v1/institutions/{stays.pk}/").json()

    assert (file["merged_from"], file["licences"], file["rectifications"]) == ([], [], [])


def test_file_through_the_api_has_what_is_of_it_and_of_what_was_merged_newest_first(api, taskforce):
    stays, other = institution(LIUSHI), institution(LIUSHI)
    merged = [institution(LIUSHI, id=UUID(int=number), name=f"第{9 - number}所") for number in range(1, 4)]
    for each in merged:
        merge_of(each, stays)
    own = licence_of(stays, "permit")
    licence_of(other, "permit")
    first = round_of(stays, "2018-05-01", verified_on="2018-05-01")
    second = round_of(stays, "2018-05-01", verified_on="2018-05-02")
    latest = round_of(stays, "2018-06-01")
    round_of(other, "2018-07-01")

    file = api(taskforce).get(f"/api/v1/institutions/{stays.pk}/").json()

    assert file["merged_from"] == [str(each.pk) for each in merged]
    assert [each["number"] for each in file["licences"]] == [own.number]
    assert [each["number"] for each in file["rectifications"]] == [latest.number, second.number, first.number]


@pytest.mark.parametrize("size", ["0", "５", "100000000", "1000000000", "1.5", ""])
def test_size_of_a_page_is_a_whole_number_of_at_most_eight_digits(api, taskforce, size):
    answer = api(taskforce).get(PATH, {"page_size": size})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["page_size"])


def test_size_of_a_page_may_be_one_and_what_is_none_is_repeated_in_short(api, taskforce, many):
    one = api(taskforce).get(PATH, {"page_size": "1"}).json()
    refused = api(taskforce).get(PATH, {"page_size": "x" * 21}).json()

    assert len(one["results"]) == 1
    assert f"“{'x' * 20}”" in refused["errors"]["page_size"][0]
