"""自动定位 as a run: what it takes on, what it never touches, how it stops, goes on and ends."""

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.errors import Invalid
from accounts.models import AuditRow, Grant
from institutions.actions import edit_institution
from institutions.models import Division, Institution
from institutions.positions import distance_m
from mapping import placing
from mapping.actions import RunUnderWay, start_run, stop_run
from mapping.models import GeocodingOutcome, GeocodingRun
from mapping.placing import carry_out
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, merge_of
from tests.mapping.map_service import ADDRESS, HERE
from tests.mapping.runs import carried_out

COUNTY = "330382"


def asked_for(division: str = COUNTY, provider: str = "offline", **how) -> GeocodingRun:
    return start_run(Division.objects.get(pk=division), provider=provider, **({"by": None} | how))


# --- What is taken on


@pytest.mark.parametrize("source", ["phone", "map_pin", "import", "", "geocoder"])
@pytest.mark.parametrize("provider", ["offline", "amap"])
def test_position_of_a_person_or_a_register_is_never_touched(map_service, db, provider, source):
    school = institution(LIUSHI, operating_address=ADDRESS, position=(120.91, 28.05), location_source=source)
    map_service("amap")

    run = carried_out(provider=provider)

    school.refresh_from_db()
    assert (run.total, school.version, school.longitude) == (0, 1, 120.91)


def test_institutions_of_other_divisions_and_those_off_the_register_are_left(db):
    inside = institution(LIUSHI)
    institution(NEXT_TO_LIUSHI)
    institution(LIUSHI, withdrawn_at=at("2018-08-01"))
    merge_of(institution(LIUSHI), inside, at("2018-08-01"))

    run = carried_out(LIUSHI)

    assert [each.institution for each in run.outcomes.select_related("institution")] == [inside]


def test_limit_takes_on_so_many_and_the_next_run_those_that_have_waited_longest(db):
    Division.objects.filter(pk=LIUSHI).update(longitude=None, latitude=None)  # nobody is placed
    schools = [institution(LIUSHI, name=name) for name in ("甲", "乙", "丙")]

    firsts = [each.institution_id for each in carried_out(limit=2).outcomes.all()]
    seconds = [each.institution_id for each in carried_out(limit=2).outcomes.all()]

    assert len(firsts) == len(seconds) == 2
    assert set(firsts) | set(seconds) == {each.pk for each in schools}


def test_centre_gives_way_to_an_address_once_there_is_a_map_service(map_service, db):
    school = institution(LIUSHI, operating_address=ADDRESS)
    carried_out()
    map_service("amap")

    carried_out(provider="amap")

    school.refresh_from_db()
    assert (school.location_source, distance_m(school.position, HERE) < 1) == ("geocoder", True)


# --- Meanwhile


def test_institution_that_somebody_places_meanwhile_keeps_that_place(db, monkeypatch):
    school = institution(LIUSHI)
    find = placing.Placer.find

    def somebody_is_quicker(placer, found):
        columns = {"longitude": 120.91, "latitude": 28.05, "datum": "wgs84", "location_source": "map_pin"}
        edit_institution(Institution.objects.get(pk=school.pk), by=None, version=1, columns=columns)
        return find(placer, found)

    monkeypatch.setattr(placing.Placer, "find", somebody_is_quicker)
    run = carried_out()

    school.refresh_from_db()
    assert (school.location_source, school.longitude, school.version) == ("map_pin", 120.91, 2)
    assert (run.outcomes.get().kind, run.outcomes.get().reason) == ("left", "placed_meanwhile")


def test_institution_that_somebody_edits_meanwhile_is_placed_without_losing_the_edit(db, monkeypatch):
    school = institution(LIUSHI)
    find, turns = placing.Placer.find, []

    def somebody_edits_once(placer, found):
        if not turns:
            edit_institution(
                Institution.objects.get(pk=school.pk), by=None, version=1, columns={"phone": "13800000000"}
            )
        turns.append(found)
        return find(placer, found)

    monkeypatch.setattr(placing.Placer, "find", somebody_edits_once)
    run = carried_out()

    school.refresh_from_db()
    assert (school.phone, school.approximate, len(turns)) == ("13800000000", True, 2)
    assert run.outcomes.get().kind == "township"


def test_institution_that_is_withdrawn_meanwhile_is_left(db, monkeypatch):
    school = institution(LIUSHI)
    find = placing.Placer.find

    def somebody_withdraws(placer, found):
        Institution.objects.filter(pk=school.pk).update(withdrawn_at=timezone.now())
        return find(placer, found)

    monkeypatch.setattr(placing.Placer, "find", somebody_withdraws)
    run = carried_out()

    assert (run.outcomes.get().kind, run.outcomes.get().reason) == ("left", "changed")


def test_position_that_the_rules_refuse_is_a_question_with_their_reason(db):
    Division.objects.filter(pk=LIUSHI).update(longitude=None, latitude=None)
    Division.objects.create(
        code=f"{LIUSHI}201", name="上米岙村", level="village", parent_id=LIUSHI, longitude=20.9, latitude=28.05
    )
    institution(LIUSHI, operating_address="上米岙村23号")

    outcome = carried_out().outcomes.get()

    assert (outcome.kind, outcome.reason) == ("question", "refused")
    assert "附近" in outcome.told["why"]


# --- Stopping and going on


def test_run_that_is_asked_to_stop_stops_before_the_next_institution(taskforce):
    for _number in range(3):
        institution(LIUSHI)
    run = asked_for()

    carry_out(run, tell=lambda run, done: stop_run(run, by=taskforce))

    run.refresh_from_db()
    assert (run.state, run.outcomes.count()) == ("stopped", 1)
    assert run.finished_at is not None
    assert AuditRow.objects.filter(action="geocoding.stopped").count() == 1


def test_run_that_has_not_begun_is_stopped_at_once(taskforce):
    run = stop_run(asked_for(), by=taskforce)

    assert (run.state, run.unfinished) == ("stopped", False)
    assert stop_run(run, by=taskforce).finished_at == run.finished_at


def test_run_of_a_worker_that_ends_waits_for_the_next_and_goes_on_where_it_was(db):
    for _number in range(3):
        institution(LIUSHI)
    run, turns = asked_for(), iter([False, True])

    carry_out(run, stop=lambda: next(turns))
    first = set(run.outcomes.values_list("pk", flat=True))
    assert (GeocodingRun.objects.get().state, len(first)) == ("queued", 1)
    carry_out(run)

    run.refresh_from_db()
    assert (run.state, run.total, run.outcomes.count()) == ("done", 3, 3)
    assert first < set(run.outcomes.values_list("pk", flat=True))
    assert Institution.objects.approximate().count() == 3


def test_run_whose_worker_died_is_taken_on_after_three_minutes(db):
    run = asked_for()
    now = timezone.now()
    GeocodingRun.objects.filter(pk=run.pk).update(state="running", alive_at=now - timezone.timedelta(seconds=179))
    assert not GeocodingRun.objects.to_take_on(now).exists()

    GeocodingRun.objects.filter(pk=run.pk).update(alive_at=now - timezone.timedelta(seconds=181))
    assert GeocodingRun.objects.to_take_on(now).get() == run


def test_run_whose_worker_died_is_stopped_at_once(taskforce):
    run = asked_for(taken_on=True)
    GeocodingRun.objects.update(alive_at=timezone.now() - timezone.timedelta(seconds=181))

    assert stop_run(run, by=taskforce).state == "stopped"


def test_run_that_somebody_is_at_is_only_asked_to_stop(taskforce):
    run = asked_for(taken_on=True)

    assert stop_run(run, by=taskforce).state == "running"


def test_run_is_taken_on_once(db):
    run = asked_for()

    assert (placing.take_on(run), placing.take_on(run)) == (True, False)


def test_run_goes_on_after_the_database_was_away(db, monkeypatch):
    institution(LIUSHI)
    run = asked_for()

    with monkeypatch.context() as away:
        away.setattr(placing, "centre_of", locked)
        with pytest.raises(OperationalError):
            carry_out(run)
    carry_out(run)

    run.refresh_from_db()
    assert (run.state, run.outcomes.count()) == ("done", 1)


def locked(*_args):
    raise OperationalError("database is locked")


def test_second_run_of_a_division_is_refused_while_the_first_is_under_way(db):
    run = asked_for()

    with pytest.raises(RunUnderWay) as refused:
        asked_for()

    assert refused.value.run == run
    carry_out(run)
    assert asked_for() != run


def test_limit_of_none_is_refused(db):
    with pytest.raises(Invalid):
        asked_for(limit=0)


def test_run_of_somebody_who_may_no_longer_edit_does_nothing(taskforce):
    institution(LIUSHI)
    run = asked_for(by=taskforce)
    Grant.objects.filter(user=taskforce).update(role="inspector")

    carry_out(run)

    run.refresh_from_db()
    assert (run.state, run.problem, GeocodingOutcome.objects.count()) == ("failed", "no_permission", 0)


def test_run_asked_for_with_another_service_than_is_set_now_asks_nobody(map_service, db):
    institution(LIUSHI, operating_address=ADDRESS)
    run = asked_for(provider="amap")
    service = map_service("baidu")

    carry_out(run)

    run.refresh_from_db()
    assert (run.state, run.problem, service.asked) == ("failed", "other_provider", [])


def test_fault_of_ours_ends_the_run_and_is_logged(db, monkeypatch, caplog):
    institution(LIUSHI)
    monkeypatch.setattr(placing, "centre_of", lambda *_args: 1 / 0)

    run = carried_out()

    assert (run.state, run.problem) == ("failed", "fault")
    assert "ZeroDivisionError" in caplog.text
