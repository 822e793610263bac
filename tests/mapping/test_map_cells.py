"""What the map keeps: equal to the plain query whatever is asked, written with what it repeats, or not at all."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.watermark import recording
from figures.drilldown import Drilldown
from figures.unseen import Status
from institutions.models import Institution
from institutions.moments import Moment, today
from institutions.positions import LocationSource, cell_of
from mapping import cells, layers, pyramid, summing
from mapping.boxes import SIDE_BITS, column_and_row
from mapping.layers import collection_of, defined_of
from mapping.models import Cell, CellsMade, MapTouched, Spot, SpotChange
from mapping.question import MapQuestion
from mapping.summing import GONE, parts_of
from mapping.tiles import Tile, features, features_of
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, move_of, round_of, user_with, visit_of
from tests.mapping.views import BOXES, QUESTIONS, ZOOMS

pytestmark = pytest.mark.django_db


@pytest.fixture
def schools():
    """Of each status in two townships, some at one place, one at its township's centre, one nowhere, one far away."""
    with recording():
        institution(name="未查", position=(120.90, 28.03), status="full")
        visit_of(institution(name="查过", position=(120.9003, 28.0301)), "2018-06-01")
        round_of(institution(name="整改", position=(120.95, 28.05)), "2018-06-15", due_on=today())
        round_of(institution(NEXT_TO_LIUSHI, name="逾期", position=(120.95, 28.05)), "2018-06-15", due_on="2018-07-01")
        institution(name="未排摸", position=(121.2, 28.4), surveyed_on=None)
        institution(name="远处", position=(87.6, 43.8), status="permit_only")
        institution(name="中心", position=(120.9, 28.0), location_source=LocationSource.TOWNSHIP_CENTRE)
        institution(name="无处")
    return Institution.objects.all()


@pytest.fixture
def leader(db):
    return user_with("supervisor", "33", "leader-of-the-province")


def both(user, box, zoom, **question):
    asked = MapQuestion(division=question.pop("division", "33"), **question)
    return cells.collection(asked, user, box, zoom), defined_of(asked, user, box, zoom)


def is_right() -> bool:
    return list(pyramid.differences()) == []


# --- Equal


@pytest.mark.parametrize("division", ["33", "330382", LIUSHI])
@pytest.mark.parametrize("folded", [False, True])
def test_cells_say_what_the_plain_query_says(schools, leader, division, folded):
    if folded:
        pyramid.fold()

    views = [({}, box, zoom) for box in BOXES for zoom in ZOOMS]
    views += [(question, box, 8) for question in QUESTIONS for box in BOXES[:3]]
    for question, box, zoom in views:
        kept, defined = both(leader, box, zoom, division=division, **question)
        assert kept == defined, (question, box, zoom)


@pytest.mark.parametrize("folded", [False, True])
def test_everything_at_a_close_zoom_is_read_of_as_few_squares_as_may_be_drawn(schools, leader, folded, monkeypatch):
    for module in (layers, cells):
        monkeypatch.setattr(module, "MOST_POINTS", 2)
    if folded:
        pyramid.fold()

    for zoom in range(21):
        kept, defined = both(leader, None, zoom)
        assert kept == defined
        assert (len(kept["features"]) <= 2, kept["zoom"] <= layers.ZOOM_OF_ALL) == (True, True)


@pytest.mark.parametrize("division", ["33", LIUSHI])
@pytest.mark.parametrize("folded", [False, True])
def test_tiles_are_drawn_from_the_cells_as_by_the_plain_query(schools, leader, division, folded):
    if folded:
        pyramid.fold()
    moment = Moment.that_stands()

    for asked in ({}, *QUESTIONS):
        question = Drilldown(division=division, **asked)
        for z in range(15):
            column, row = column_and_row(120.95, 28.05)
            tile = Tile(z, column >> SIDE_BITS - z, row >> SIDE_BITS - z)
            kept = list(features_of(question, leader, tile))
            assert kept == list(features(question.institutions(leader, moment), moment, tile)), (asked, z)
            assert cells.squares_of(question, leader, tile.keys, z + 1) is not None


def test_several_grants_are_answered_together(schools):
    user = user_with("inspector", LIUSHI, "inspector-of-two")
    user.grants.create(role="inspector", division_prefix="34", valid_from="2018-01-01")

    kept, defined = both(user, None, 5, division="all")

    assert kept == defined
    assert kept["located"] == 5


@pytest.mark.parametrize(
    "question",
    [{"q": "整改"}, {"as_of": "2018-12-31"}, {"known_at": "2019-01-03T17:00"}, {"finding_type": "L01"},
     {"unvisited": "30"}, {"licence_now": "none"}, {"located": "yes"}, {"change_since": "2018-05-01"}],
)  # fmt: skip
def test_what_the_cells_do_not_know_the_plain_query_answers(schools, leader, question):
    asked = MapQuestion(division="33", **question)

    assert cells.collection(asked, leader, None, 5) is None
    assert collection_of(asked, leader, None, 5)["type"] == "FeatureCollection"


# --- Written with what it repeats


def stands(name: str) -> tuple[str, str]:
    return parts_of(Spot.objects.get(institution__name=name).kind)


def test_visit_is_in_the_next_answer(schools, leader):
    with recording():
        visit_of(Institution.objects.get(name="未查"), today())

    assert stands("未查") == (Status.CLEAR, "full")
    kept, defined = both(leader, None, 5)
    assert kept == defined
    assert sum(each["properties"]["unseen"] for each in kept["features"]) == 1
    assert is_right()


def test_visit_where_somebody_has_been_changes_nothing(schools):
    changes = SpotChange.objects.count()

    with recording():
        visit_of(Institution.objects.get(name="查过"), today())

    assert SpotChange.objects.count() == changes
    assert (MapTouched.objects.count(), is_right()) == (0, True)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE institutions_institution SET withdrawn_at = recorded_at WHERE name = '整改'",
        f"UPDATE institutions_institution SET longitude = 120.91, cell = {cell_of(120.91, 28.05)} WHERE name = '整改'",
        "UPDATE institutions_institution SET longitude = NULL, latitude = NULL, cell = NULL WHERE name = '整改'",
        "UPDATE institutions_institution SET location_source = 'township_centre' WHERE name = '整改'",
        "UPDATE institutions_institution SET licence_status_at_survey = 'full' WHERE name = '整改'",
    ],
)
@pytest.mark.parametrize("folded", [False, True])
def test_whatever_is_written_is_drawn(schools, leader, sql, folded):
    with recording(), connection.cursor() as cursor:
        cursor.execute(sql)
    if folded:
        pyramid.fold()

    for zoom in (3, 8, 11, 14):
        for box in BOXES:
            kept, defined = both(leader, box, zoom)
            assert kept == defined
    assert is_right()


def test_place_of_the_day_follows_a_move(schools, leader):
    with recording():
        move_of(Institution.objects.get(name="整改"), NEXT_TO_LIUSHI, "2018-10-01")

    kept, defined = both(leader, None, 18, division=NEXT_TO_LIUSHI)

    assert kept == defined
    assert kept["total"] == 2


def test_what_is_written_beside_the_actions_is_answered_by_the_plain_query(schools, leader):
    institution(name="另一家", position=(120.9, 28.03))

    assert both(leader, None, 5)[0] is None
    assert "Something was written" in next(pyramid.differences())

    with recording():
        pass

    kept, defined = both(leader, None, 5)
    assert (kept, kept["located"]) == (defined, 7)


def test_what_is_rolled_back_leaves_nothing(schools):
    before = Spot.objects.count(), SpotChange.objects.count()

    with pytest.raises(RuntimeError), recording():
        institution(name="另一家", position=(120.9, 28.03))
        raise RuntimeError

    assert (Spot.objects.count(), SpotChange.objects.count(), MapTouched.objects.count()) == (*before, 0)
    assert is_right()


def test_what_came_and_went_leaves_no_cell(schools):
    pyramid.fold()
    with recording():
        school = institution(name="另一家", position=(100.0, 30.0))
    pyramid.fold()
    with recording():
        Institution.objects.filter(pk=school.pk).update(withdrawn_at=school.recorded_at)
    pyramid.fold()

    assert not Cell.objects.filter(number=0).exists()
    assert (Spot.objects.get(pk=school.pk).kind, is_right()) == (GONE, True)


def test_changes_are_folded_after_so_many(schools, monkeypatch):
    monkeypatch.setattr(pyramid, "FOLD_EVERY", 2)

    with recording():
        institution(name="甲", position=(120.9, 28.03))
        institution(name="乙", position=(120.91, 28.03))

    assert (SpotChange.objects.count(), is_right()) == (0, True)


def test_what_has_no_place_is_counted_together(schools):
    pyramid.fold()
    with recording():
        institution(name="甲", position=None)
        institution(name="乙", position=None)

    assert [(each.cell, each.number) for each in SpotChange.objects.all()] == [(None, 2)]
    assert is_right()


LISTED = re.compile(r"\(?%s(, %s)*\)?(, \(%s(, %s)*\))*")


def asked_to_enter(many: int) -> set[str]:
    """The statements of a transaction that enters so many; what PostgreSQL is given in a list, as one."""
    asked = set()

    def remember(execute, sql, params, several, context):
        if "SAVEPOINT" not in sql:  # each has a name of its own
            asked.add(LISTED.sub("%s", sql) if connection.vendor == "postgresql" else sql)
        return execute(sql, params, several, context)

    with connection.execute_wrapper(remember), recording():
        for place in range(many):
            institution(name=f"第{place}家", position=(120.9 + place / 100, 28.03))
    return asked


def test_statements_are_the_same_however_many_were_touched(leader):
    """A database prepares each of them once: to do that again for each slice of an import took longer than the rest."""
    _first, few, many = asked_to_enter(1), asked_to_enter(2), asked_to_enter(7)

    assert many == few
    assert (Spot.objects.count(), is_right()) == (10, True)


# --- The day turns


def as_of_yesterday(name: str, kind: int) -> None:
    """Kept as it was worked out yesterday: today it is overdue."""
    Spot.objects.filter(institution__name=name).update(kind=kind, turns_on=today())
    SpotChange.objects.all().delete()
    Cell.objects.all().delete()
    with connection.cursor() as cursor:
        for level in (summing.TOTALS, *range(summing.FINEST + 1)):
            cursor.execute(summing.add_up(summing.SPOTS, level))


def test_round_that_is_due_today_turns_tomorrow(schools):
    turns_on = Spot.objects.get(institution__name="整改").turns_on

    assert (turns_on - today()).days == 1
    assert Spot.objects.get(institution__name="逾期").turns_on is None


@pytest.mark.parametrize("first", ["reader", "writer"])
def test_day_that_went_by_is_drawn_without_a_rebuild(schools, leader, first):
    as_of_yesterday("逾期", summing.kind_of(Status.OPEN, "none"))
    if first == "writer":
        with recording():
            pass
    assert is_right()  # what has not turned yet is no fault

    kept, defined = both(leader, None, 5)

    assert (kept, stands("逾期"), is_right()) == (defined, (Status.OVERDUE, "none"), True)


# --- Anew, and looked through


def test_everything_is_made_anew(schools, leader):
    pyramid.forget()
    assert both(leader, None, 5)[0] is None
    assert next(pyramid.differences()) == "No cells are kept for the map: run rebuild_figures."

    call_command("rebuild_figures", stdout=StringIO())

    kept, defined = both(leader, None, 5)
    assert (kept, is_right()) == (defined, True)


def test_upgraded_database_gets_its_cells(schools):
    pyramid.forget()
    with transaction.atomic():
        call_command("migrate", verbosity=0)

    assert (CellsMade.objects.count(), Spot.objects.count(), is_right()) == (1, 8, True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Spot.objects.filter(institution__name="整改").update(kind=0), "Spot of "),
        (lambda: Spot.objects.filter(institution__name="整改").delete(), "Spot of "),
        (lambda: Cell.objects.filter(level=5).update(number=7), "Cell "),
        (lambda: Cell.objects.filter(level=5).delete(), "Cell "),
        (lambda: Cell.objects.filter(level=7).update(east=7), "Cell "),
        (lambda: Cell.objects.filter(level=7).update(n_open=7), "Cell "),
        (lambda: Cell.objects.filter(level=7, kind=summing.EVERY).delete(), "Cell "),
        (lambda: Cell.objects.filter(level=7).update(west=0), "Bounds of "),
        (pyramid.forget, "No cells are kept"),
    ],
)
def test_wrong_row_is_named(schools, wrong, said):
    pyramid.fold()
    wrong()

    with pytest.raises(CommandError, match=said):
        call_command("verify_figures", stdout=StringIO())


def test_each_wrong_spot_and_cell_is_named_with_what_is_kept_and_what_is_defined(schools):
    pyramid.fold()
    of = {school.name: school for school in schools}
    square = cell_of(87.6, 43.8) >> layers.shift_of(3)
    [far] = Cell.objects.filter(level=3, square=square, kind=summing.EVERY)
    Spot.objects.filter(institution=of["整改"]).update(turns_on=None)
    Spot.objects.filter(institution=of["逾期"]).update(approximate=True)
    Spot.objects.filter(institution=of["无处"]).delete()
    Cell.objects.filter(pk=far.pk).update(number=far.number + 1)

    said = list(pyramid.differences())

    tomorrow = today() + timedelta(days=1)
    assert {each for each in said if each.startswith("Spot ")} == {
        f"Spot of {of['整改'].pk}: turns_on kept None, defined {tomorrow}.",
        f"Spot of {of['逾期'].pk}: approximate kept True, defined False.",
        f"Spot of {of['无处'].pk}: scope_code kept nothing, defined {of['无处'].scope_code}.",
    }
    numbers = [far.east, far.north, *(getattr(far, name) for name in summing.PARTS)]
    [named] = [each for each in said if each.startswith("Cell ") and " of level 3:" in each and str(square) in each]
    assert named == (
        f"Cell {(square, far.area, summing.EVERY)} of level 3: kept {[2, *numbers]}, of its spots {[1, *numbers]}."
    )


@pytest.mark.parametrize("column", ["west", "northmost"])
@pytest.mark.parametrize("level", [0, summing.FINEST])
def test_bounds_are_named_where_they_are_not_those_of_the_spots(schools, column, level):
    pyramid.fold()
    [cell] = Cell.objects.filter(level=level, kind=summing.EVERY).order_by("square", "area")[:1]
    Cell.objects.filter(pk=cell.pk).update(**{column: 12.5})

    said = set(pyramid.differences())

    assert said == {f"Bounds of cell {cell.square}, {cell.area}, {cell.kind} of level {level}: not those of its spots."}


def test_what_waits_to_be_folded_is_no_fault_and_what_is_wrong_beside_it_is(schools):
    pyramid.fold()
    with recording():
        institution(name="另一家", position=(120.9, 28.03))
    assert (SpotChange.objects.exists(), is_right()) == (True, True)

    SpotChange.objects.update(number=2)

    assert {each.split(" ")[0] for each in pyramid.differences()} == {"Cell"}


def test_question_is_of_today_only(schools, leader):
    asked = Drilldown(division="33", as_of=str(today()))

    assert cells.collection(asked, leader, None, 5) == defined_of(asked, leader, None, 5)
