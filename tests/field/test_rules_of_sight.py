"""What a phone is told of institutions: of those in sight, and of people where they may be seen."""

import pytest
from django.utils import timezone

from field.lookups import mine
from field.worklist import worklist
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, move_of, round_of, visit_of

pytestmark = pytest.mark.django_db


def test_list_of_a_division_out_of_sight_is_empty(inspector, outsider):
    institution(LIUSHI)

    assert [len(worklist(user, [LIUSHI]).institutions) for user in (inspector, outsider)] == [1, 0]


@pytest.mark.parametrize(("township", "note"), [(NEXT_TO_LIUSHI, "负责人 13800001234"), (PANSHI, "负责人 138****1234")])
def test_note_of_a_finding_is_masked_where_people_may_not_be_seen(seconded, township, note):
    school = institution(township)
    round_of(school, "2018-05-01", visit=visit_of(school, findings=(("S01", "负责人 13800001234"),)))

    [row] = worklist(seconded, [township]).institutions

    assert row["round"]["findings"][0]["note"] == note


def test_ones_own_visit_names_its_institution_while_that_is_in_sight(inspector):
    now = timezone.now()
    stays, left = institution(LIUSHI, name="留下的"), institution(LIUSHI, name="迁走的")
    for school in (stays, left):
        visit_of(school, recorded=now, by=inspector)
    move_of(left, NEXT_TO_LIUSHI, "2018-06-01")

    named = {each["institution"]: each["name"] for each in mine(inspector, now)}

    assert named == {str(stays.pk): "留下的", str(left.pk): ""}
