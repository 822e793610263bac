"""`work_out_oddities`: what is odd about visits on file, as if they had just come, at the points of today."""

from io import StringIO

import pytest
from django.core.management import call_command

from inspections.actions import oddities, withdraw_visit
from inspections.models import Likeness, Oddity, Presence, Visit
from institutions.models import Institution
from tests.factories import at, institution, move_of
from tests.inspections.oddities.scenes import HERE, all_rows, jpeg, north, said_of, scene, visited

pytestmark = pytest.mark.django_db
PICTURE, OTHER_PICTURE, SAVED_AGAIN = jpeg(scene(1)), jpeg(scene(2)), jpeg(scene(1), quality=50)
MORNING = at("2018-10-01", 9)


def work_out(*arguments: str) -> str:
    said = StringIO()
    call_command("work_out_oddities", *arguments, stdout=said)
    return said.getvalue().strip()


def point_is(school: Institution, position: tuple[float, float]) -> None:
    """Its registered point is put right."""
    longitude, latitude = position
    Institution.objects.filter(pk=school.pk).update(longitude=longitude, latitude=latitude, cell=1, datum="wgs84")


def test_what_is_not_there_is_made_and_what_is_not_so_goes(inspector):
    one = visited(institution(position=HERE), inspector, MORNING, where=north(900), photos=(PICTURE, OTHER_PICTURE))
    other = visited(institution(), inspector, MORNING, where=north(30_000), photos=(PICTURE,))
    like = visited(institution(), inspector, at("2018-10-03", 9), photos=(SAVED_AGAIN,))
    as_they_came = all_rows()
    for made in (Oddity, Presence, Likeness):
        made.objects.all().delete()
    Oddity.objects.create(visit=other, kind="clock", facts={"minutes": 3})

    said = work_out()
    again = work_out()

    assert all_rows() == as_they_came
    assert set(said_of(one)) == {"far", "travel", "same_photo", "like_photo"}
    assert set(said_of(like)) == {"like_photo"}
    assert said == "3 次走访：新增或改写疑点 9 条，去掉 1 条。"
    assert again == "3 次走访：新增或改写疑点 0 条，去掉 0 条。"


def test_visit_is_measured_against_the_point_of_today(inspector):
    school = institution(position=HERE)
    visit = visited(school, inspector, MORNING, where=north(900))
    before = list(said_of(visit))
    point_is(school, north(880))

    work_out("--since", "2018-10-02")
    of_later_days = list(said_of(visit))
    work_out("--since", "2018-10-01")

    assert (before, of_later_days, said_of(visit)) == (["far"], ["far"], {})
    visit.refresh_from_db()
    assert round(visit.distance_m) == 900  # a fact of then


def test_what_is_odd_by_another_amount_is_said_anew(inspector):
    school = institution(position=HERE)
    visit = visited(school, inspector, MORNING, where=north(900))
    point_is(school, north(-300))

    said = work_out()

    assert round(said_of(visit)["far"]["m"], -2) == 1200
    assert said == "1 次走访：新增或改写疑点 1 条，去掉 0 条。"


@pytest.mark.parametrize("then", [None, north(950)], ids=["without a point", "at a point that was wrong"])
def test_visit_far_from_the_point_that_was_put_right_is_found(inspector, then):
    school = institution(position=then)
    visit = visited(school, inspector, MORNING, where=north(900))
    before = said_of(visit)
    point_is(school, HERE)

    work_out()

    assert (before, list(said_of(visit))) == ({}, ["far"])


def test_visit_beside_the_point_from_which_the_institution_moved_stays_in_order(inspector):
    school = institution(position=HERE)
    visit = visited(school, inspector, MORNING, where=north(20))
    move_of(school, school.division_id, "2018-11-01", recorded="2018-11-01")
    point_is(school, north(9000))

    work_out()

    assert said_of(visit) == {}


def test_withdrawn_visit_shows_nothing_again(inspector, taskforce):
    visit = visited(institution(position=HERE), inspector, MORNING, where=north(900), photos=(PICTURE,))
    visited(institution(), inspector, at("2018-10-05", 9), photos=(PICTURE,))
    withdraw_visit(visit, by=taskforce, reason="登错", at=at("2018-10-06"))

    work_out()

    assert not Oddity.objects.exists()


def test_portions_come_to_the_same(inspector, monkeypatch):
    """One person at three far places at once, each visit in a portion of its own."""
    for metres in (0, 30_000, 60_000):
        visited(institution(position=HERE), inspector, MORNING, where=north(metres))
    as_they_came = all_rows()
    monkeypatch.setattr(oddities, "AT_ONCE", 1)

    again = work_out()
    Oddity.objects.all().delete()
    anew = work_out()

    assert all_rows() == as_they_came
    assert again == "3 次走访：新增或改写疑点 0 条，去掉 0 条。"
    assert anew == "3 次走访：新增或改写疑点 8 条，去掉 0 条。"


def test_days_are_gone_through_from_the_first(inspector, monkeypatch):
    monkeypatch.setattr(oddities, "AT_ONCE", 2)
    for on in range(1, 6):
        visited(institution(position=HERE), inspector, at(f"2018-10-0{on}", 9), where=north(900))
    Oddity.objects.all().delete()

    said = work_out()

    assert said.startswith("5 次走访：新增或改写疑点 5 条")
    assert Oddity.objects.values("visit").distinct().count() == Visit.objects.count()
