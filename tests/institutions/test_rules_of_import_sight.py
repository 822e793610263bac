"""What a register was matched with and has since moved to another county is neither shown to its clerk nor decided."""

import pytest

from accounts.models import Grant
from institutions.actions import move_institution
from institutions.models import Division
from tests.factories import LIUSHI, day, institution, user_with
from tests.institutions.registers import clerk_of, csv, handed_in
from tests.institutions.test_import_api import upload

ADDRESS = "柳市镇后街8号"


@pytest.fixture
def clerk(client, db):
    return clerk_of(client)


@pytest.fixture
def elsewhere(db):
    """A township of another county."""
    county = Division.objects.get(pk="330382")
    other, _made = Division.objects.get_or_create(
        code="330381", defaults={"name": "邻市", "level": "county", "parent_id": county.parent_id}
    )
    township, _made = Division.objects.get_or_create(
        code="330381001", defaults={"name": "邻镇", "level": "township", "parent": other}
    )
    return township


@pytest.fixture
def moved_away(clerk, elsewhere):
    """The page of a register, and the institution that it was matched with, which is of another county now."""
    known = institution(LIUSHI, name="青竹书画社", operating_address=ADDRESS)
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街101号,13800000101"))

    def move():
        move_institution(
            known, by=None, version=1, division=elsewhere, operating_address="邻镇河边1号", from_on=day("2018-09-01")
        )
        return known

    return page, known, move


def decide(clerk, page, known, answer):
    return clerk.post(f"{page}decide/", {"row": "2", "institution": str(known.pk), "answer": answer})


def test_candidate_is_shown_while_it_is_in_sight_and_not_afterwards(clerk, moved_away):
    page, known, move = moved_away
    before = clerk.get(page).context["rows"][0].candidates
    move()

    after = clerk.get(page)

    assert [each.pair.second for each in before] == [known]
    assert [each for each in after.context["rows"][0].candidates if each.pair] == []
    assert ADDRESS not in after.content.decode() and "河边" not in after.content.decode()


def test_candidate_out_of_sight_is_absent_for_a_decision(clerk, moved_away):
    page, known, move = moved_away
    seen = decide(clerk, page, known, "later").status_code
    move()

    assert (seen, decide(clerk, page, known, "later").status_code) == (302, 404)


def test_decision_on_what_is_out_of_sight_is_not_shown(clerk, moved_away):
    page, known, move = moved_away
    decide(clerk, page, known, "different")
    before = [each.first for each in clerk.get(page).context["rows"][0].decided]
    move()

    after = clerk.get(page).context["rows"][0].decided

    assert (before, list(after)) == ([known], [])


def test_register_is_taken_for_the_counties_that_one_edits_alone(api, elsewhere):
    person = user_with("task_force", "330382")
    Grant.objects.create(user=person, role="inspector", division_prefix="330381", valid_from="2018-01-01")
    client, register = api(person), csv("青竹书画社,邻镇,前街1号,")

    answer = upload(client, register, "名册.csv", division="330381")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["division"])
