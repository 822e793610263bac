"""What pages of the registry offer and take: each by the grant that is held where the page is about, and by no other.

`seconded` is of the 专班 of one township and audits another.
"""

import pytest
from django.urls import reverse

from institutions.models import Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, licence_of, merge_of, seconded_from

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("township", "offered"), [(NEXT_TO_LIUSHI, True), (PANSHI, False)])
def test_licences_are_corrected_where_the_editing_grant_is(browse, seconded, township, offered):
    school = institution(township)
    licence = licence_of(school, "permit")

    page = browse(seconded).get(reverse("licences", args=[school.pk])).content.decode()

    doors = [reverse("licence_new", args=[school.pk]), reverse("licence_correct", args=[school.pk, licence.pk])]
    assert [door in page for door in doors] == [offered, offered]


def test_merge_is_taken_apart_where_both_may_be_edited(browse):
    stays = institution(LIUSHI)
    merge = merge_of(institution(NEXT_TO_LIUSHI), stays)
    clerk = seconded_from("task_force", LIUSHI, "inspector", NEXT_TO_LIUSHI)

    answer = browse(clerk).post(reverse("institution_apart", args=[stays.pk, merge.pk]), {"reason": "两家"})

    assert answer.status_code == 403
    assert not Institution.objects.get(pk=merge.merged_id).on_register


@pytest.mark.parametrize("door", ["merge", "take-apart"])
def test_api_merges_only_what_may_be_edited(api, seconded, door):
    """Seen there, and no more than that."""
    seen, stays = institution(PANSHI), institution(NEXT_TO_LIUSHI)
    sent = {"into": str(stays.pk), "reason": "一家"}

    answer = api(seconded).post(f"/api/v1/institutions/{seen.pk}/{door}/", sent, format="json")

    assert answer.status_code == 403


def test_who_does_not_edit_the_registry_is_refused_before_what_they_answer_is_read(browse, auditor):
    assert browse(auditor).post(reverse("duplicates_decide"), {"one": "nonsense"}).status_code == 403
