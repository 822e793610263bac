"""What pages about visits offer and show: each by the grant that is held where the page is about, and by no other.

`seconded` is of the 专班 of one township and audits another.
"""

import pytest
from django.urls import reverse

from accounts.models import AuditRow
from inspections.models import QuarantinedVisit, Rectification
from inspections.views.receipts import _next_in_line
from institutions.models import Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, at, hand, institution, round_of, visit_of
from tests.worlds import sent_content


@pytest.fixture
def school(db) -> Institution:
    return institution(NEXT_TO_LIUSHI)


# --- A copy kept aside, under an id of an institution that is out of sight


def copy_for(school: Institution) -> QuarantinedVisit:
    elsewhere = visit_of(institution(LIUSHI))
    content = sent_content(school, "负责人电话13800138000")
    columns = {"content": content, "received_at": at("2018-10-02"), "by": hand("clerk")}
    return elsewhere.quarantined.create(institution=school, digest="1" * 64, **columns)


@pytest.mark.parametrize(("township", "offered"), [(NEXT_TO_LIUSHI, True), (PANSHI, False)])
def test_copy_offers_to_record_it_again_where_visits_may_be_recorded(browse, seconded, township, offered):
    school = institution(township)

    page = browse(seconded).get(copy_for(school).get_absolute_url()).content.decode()

    assert (f'href="{reverse("visit_new")}?institution={school.pk}"' in page) is offered


@pytest.mark.parametrize(
    ("township", "shown"), [(NEXT_TO_LIUSHI, "负责人电话13800138000"), (PANSHI, "负责人电话138****8000")]
)
def test_copy_shows_numbers_where_personal_data_may_be_seen(browse, seconded, township, shown):
    copy = copy_for(institution(township))

    page = browse(seconded).get(copy.get_absolute_url()).content.decode()

    assert shown in page


# --- After a recheck: which institution comes next


def waiting(school: Institution, due_on: str) -> Rectification:
    return round_of(school, "2018-05-01", due_on=due_on)


def test_next_in_line_is_one_where_visits_may_be_recorded(seconded, school):
    waiting(institution(PANSHI), "2018-05-10")
    following = waiting(school, "2018-05-20")

    assert _next_in_line(seconded, visit_of(institution(NEXT_TO_LIUSHI))) == following


def test_next_in_line_is_due_first_and_of_another_institution(inspector):
    here = institution(LIUSHI)
    waiting(here, "2018-05-05")
    waiting(institution(LIUSHI), "2018-05-20")
    following = waiting(institution(LIUSHI), "2018-05-10")

    assert _next_in_line(inspector, visit_of(here)) == following


# --- Notes that name a telephone


@pytest.mark.parametrize(("township", "shown"), [(NEXT_TO_LIUSHI, "13800138000"), (PANSHI, "138****8000")])
def test_note_shows_its_telephone_where_personal_data_may_be_seen(api, seconded, township, shown):
    visit = visit_of(institution(township), note="电话13800138000")

    answer = api(seconded).get(f"/api/v1/visits/{visit.pk}/").json()

    assert answer["note"] == f"电话{shown}"


# --- A round that waits for a licence


@pytest.mark.parametrize(("township", "offered"), [(NEXT_TO_LIUSHI, True), (PANSHI, False)])
def test_licence_that_is_missing_is_registered_where_the_registry_may_be_edited(browse, seconded, township, offered):
    school = institution(township)
    waits = round_of(school, "2018-05-01", submitted_on="2018-06-01", outcome="licensed")

    page = browse(seconded).get(waits.get_absolute_url()).content.decode()

    assert "先登记证照，再核验" in page
    assert (f'<a class="button" href="{reverse("licences", args=[school.pk])}">登记证照</a>' in page) is offered


@pytest.mark.parametrize(("township", "shown"), [(NEXT_TO_LIUSHI, "13800138000"), (PANSHI, "138****8000")])
def test_page_of_a_visit_and_of_its_round_show_a_telephone_where_it_may_be_seen(browse, seconded, township, shown):
    visit = visit_of(institution(township), findings=(("T01", "电话13800138000"),), note="电话13800138000")
    round_ = round_of(visit.institution, "2018-05-01", visit=visit)

    pages = [browse(seconded).get(each.get_absolute_url()).content.decode() for each in (visit, round_)]

    assert [f"电话{shown}" in page for page in pages] == [True, True]


# --- Choosing what to visit, and with whom


def test_search_for_what_to_visit_is_noted_where_visits_may_be_recorded(browse, seconded):
    browse(seconded).get(reverse("visit_new"), {"q": "绘声馆"})

    assert [row.scope_code for row in AuditRow.objects.filter(action="search")] == [f"{NEXT_TO_LIUSHI}000"]


@pytest.mark.parametrize(("township", "status"), [(NEXT_TO_LIUSHI, 200), (PANSHI, 403)])
def test_colleagues_are_named_where_visits_may_be_recorded(browse, seconded, township, status):
    path = reverse("colleagues", args=[institution(township).pk])

    assert browse(seconded).get(path, {"q": "李"}).status_code == status
