"""交办: in the townships where somebody may hand over, taken back by who handed it out or keeps the register there, and
waiting for those alone who see what is left."""

import pytest
from django.core.exceptions import PermissionDenied

from institutions.moments import Moment, day_of, today
from mapping.handovers.actions import hand_over, may_take_back, take_back_handover
from mapping.models import Handover
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, day, institution, user_with, visit_of

DUE = day("2100-01-31")


def handed(*schools, by) -> Handover:
    return hand_over([each.pk for each in schools], by=by, inspector="巡查一", due_on=DUE, moment=Moment.of())


def test_it_is_handed_over_in_the_place_of_the_grant_that_permits_it(seconded):
    assert handed(institution(NEXT_TO_LIUSHI), by=seconded).lines.count() == 1

    with pytest.raises(PermissionDenied):
        handed(institution(PANSHI), by=seconded)
    with pytest.raises(PermissionDenied):
        handed(institution(NEXT_TO_LIUSHI), institution(PANSHI), by=seconded)


def test_sheet_is_taken_back_by_its_maker_and_by_who_keeps_the_register_there(inspector, taskforce, supervisor):
    made = handed(institution(LIUSHI), by=inspector)
    elsewhere = user_with("task_force", "330381")

    may = {who.username: may_take_back(made, who) for who in (inspector, taskforce, supervisor)}

    assert may == {"inspector": True, "taskforce": True, "supervisor": False}
    assert not may_take_back(made, elsewhere)


@pytest.mark.parametrize(("township", "may"), [(NEXT_TO_LIUSHI, True), (PANSHI, False)])
def test_sheet_of_others_is_taken_back_in_the_place_of_the_grant_that_permits_it(seconded, taskforce, township, may):
    made = handed(institution(township), by=taskforce)

    assert may_take_back(made, seconded) is may
    if may:
        assert take_back_handover(made, by=seconded, reason="重复").withdrawn_by == seconded
    else:
        with pytest.raises(PermissionDenied):
            take_back_handover(made, by=seconded, reason="重复")


def test_sheet_waits_for_who_sees_what_nobody_has_visited(seconded, taskforce):
    done, left = institution(NEXT_TO_LIUSHI), institution(LIUSHI)
    made = handed(done, left, by=taskforce)
    visit_of(done, day_of(made.handed_at))

    assert [each == made for each in Handover.objects.waiting(taskforce)] == [True]
    assert list(Handover.objects.waiting(seconded)) == []
    assert made.handed_on == today()


@pytest.mark.parametrize(("township", "status"), [(NEXT_TO_LIUSHI, 200), (PANSHI, 403), (LIUSHI, 404)])
def test_position_is_pointed_at_where_the_grant_permits_it(api, seconded, township, status):
    school = institution(township)

    answer = api(seconded).post(
        f"/api/v1/map/places/{school.pk}/", {"longitude": 120.912345, "latitude": 28.03}, format="json"
    )

    assert answer.status_code == status


@pytest.mark.parametrize(("role", "may"), [("taskforce", True), ("inspector", False), ("auditor", False)])
def test_page_of_the_map_is_told_who_may_place(browse, request, role, may):
    page = browse(request.getfixturevalue(role)).get("/map/")

    assert page.context["config"]["mayEdit"] is may


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_sees_no_institution_has_no_wall(browse, method):
    assert getattr(browse(user_with("admin", "3303")), method)("/map/walls/").status_code == 403
