"""An institution that moves or is renamed stays itself; what it was before stays on file, and is found."""

from datetime import date, timedelta

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow
from inspections.search import institutions_matching
from institutions.actions import StaleInstitution, edit_institution, move_institution, rename_institution
from institutions.models import Division, Institution, Name, Place
from institutions.moments import EARLIEST, Moment, today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, day, institution, licence_of, round_of

MAY, JULY = day("2018-05-10"), day("2018-07-01")


def township(code: str) -> Division:
    return Division.objects.get(pk=code)


def moved(school: Institution, to: str, from_on: date, *, known: str, by, address: str = "新路1号") -> Institution:
    return move_institution(
        school,
        by=by,
        version=Institution.objects.get(pk=school.pk).version,
        division=township(to),
        operating_address=address,
        from_on=from_on,
        at=at(known),
    )


def places(school: Institution) -> list[tuple]:
    return list(school.places.values_list("scope_code", "operating_address", "from_on", "recorded_at"))


# --- Moves


def test_first_move_writes_the_first_place_too_and_keeps_what_belongs_to_the_institution(taskforce):
    school = institution(operating_address="老路1号")
    round_of(school, "2018-05-01")
    licence_of(school, "permit")

    found = moved(school, NEXT_TO_LIUSHI, MAY, known="2018-06-01", by=taskforce)

    assert places(school) == [
        (f"{LIUSHI}000", "老路1号", EARLIEST, school.recorded_at),
        (f"{NEXT_TO_LIUSHI}000", "新路1号", MAY, at("2018-06-01")),
    ]
    assert (found.pk, found.division_id, found.scope_code) == (school.pk, NEXT_TO_LIUSHI, f"{NEXT_TO_LIUSHI}000")
    assert (found.operating_address, found.moved, found.version) == ("新路1号", True, 2)
    assert (found.licences.count(), found.rectifications.count()) == (1, 1)
    row = AuditRow.objects.get(action="institution.moved")
    assert (row.by, row.scope_code, row.after["from_on"]) == (taskforce, f"{NEXT_TO_LIUSHI}000", "2018-05-10")
    assert (row.before["division_id"], row.after["division_id"]) == (LIUSHI, NEXT_TO_LIUSHI)


def test_second_move_writes_one_place(taskforce):
    school = institution()
    moved(school, NEXT_TO_LIUSHI, MAY, known="2018-06-01", by=taskforce)

    moved(school, LIUSHI, JULY, known="2018-07-02", by=taskforce)

    assert [row[2] for row in places(school)] == [EARLIEST, MAY, JULY]


def test_later_correction_from_the_same_day_holds(taskforce):
    school = institution()
    moved(school, NEXT_TO_LIUSHI, MAY, known="2018-06-01", by=taskforce)

    found = moved(school, LIUSHI, MAY, known="2018-06-02", by=taskforce, address="又一路1号")

    assert (found.division_id, found.operating_address) == (LIUSHI, "又一路1号")
    assert len(places(school)) == 3


def test_earlier_place_that_becomes_known_late_leaves_the_present(taskforce):
    school = institution()
    moved(school, NEXT_TO_LIUSHI, JULY, known="2018-07-02", by=taskforce)

    found = moved(school, "330382121", MAY, known="2018-08-01", by=taskforce)

    assert found.division_id == NEXT_TO_LIUSHI
    assert [row[0] for row in places(school)] == [f"{LIUSHI}000", "330382121000", f"{NEXT_TO_LIUSHI}000"]


@pytest.mark.parametrize("from_on", [day("2018-06-02"), EARLIEST - timedelta(days=1)])
def test_move_from_a_day_in_the_future_or_before_this_century_is_refused(taskforce, from_on):
    school = institution()

    with pytest.raises(Invalid) as refusal:
        moved(school, NEXT_TO_LIUSHI, from_on, known="2018-06-01", by=taskforce)

    assert list(refusal.value.errors) == ["from_on"]
    assert not Place.objects.exists()


def test_move_to_where_it_is_on_that_day_is_refused(taskforce):
    school = institution(operating_address="老路1号")

    with pytest.raises(Invalid, match="已是这里"):
        moved(school, LIUSHI, MAY, known="2018-06-01", by=taskforce, address="老路1号")


@pytest.mark.parametrize("in_force", [{"in_force_from": "2018-05-11"}, {"in_force_to": "2018-05-09"}])
def test_move_into_a_division_that_is_not_in_force_on_the_day_is_refused(taskforce, in_force):
    Division.objects.filter(pk=NEXT_TO_LIUSHI).update(**in_force)

    with pytest.raises(Invalid, match="尚未设立或已撤销"):
        moved(institution(), NEXT_TO_LIUSHI, MAY, known="2018-06-01", by=taskforce)


def test_move_of_what_was_changed_meanwhile_is_refused(taskforce):
    school = institution()
    Institution.objects.update(version=2)

    with pytest.raises(StaleInstitution):
        move_institution(
            school, by=taskforce, version=1, division=township(NEXT_TO_LIUSHI), operating_address="", from_on=MAY
        )


# --- Names


def test_rename_keeps_the_former_name_with_its_days(taskforce):
    school = institution(name="老名培训")

    found = rename_institution(school, by=taskforce, version=1, name="新名培训", from_on=MAY, at=at("2018-06-01"))

    assert (found.name, found.renamed, found.version) == ("新名培训", True, 2)
    assert list(Name.objects.values_list("name", "from_on", "recorded_at", "recorded_by")) == [
        ("老名培训", EARLIEST, school.recorded_at, None),
        ("新名培训", MAY, at("2018-06-01"), taskforce.pk),
    ]
    assert AuditRow.objects.get(action="institution.renamed").before["name"] == "老名培训"


@pytest.mark.parametrize(("name", "field"), [("", "name"), ("老名培训", "name")])
def test_rename_to_nothing_or_to_the_same_is_refused(taskforce, name, field):
    school = institution(name="老名培训")

    with pytest.raises(Invalid) as refusal:
        rename_institution(school, by=taskforce, version=1, name=name, from_on=MAY)

    assert list(refusal.value.errors) == [field]


def found_by(words: str, known: str | None = None) -> int:
    moment = Moment(day("2018-12-31"), at(known)) if known else None
    return institutions_matching(Institution.objects.all(), words, moment=moment).count()


def test_former_name_is_found_and_so_is_the_new_one(taskforce):
    rename_institution(institution(name="老名培训"), by=taskforce, version=1, name="新名培训", from_on=MAY)

    assert (found_by("老名"), found_by("新名"), found_by("老名 新名"), found_by("别名")) == (1, 1, 1, 0)


def test_search_asks_for_names_and_addresses_known_at_the_moment(taskforce):
    school = institution(name="老名培训", operating_address="老路1号")
    rename_institution(school, by=taskforce, version=1, name="新名培训", from_on=MAY, at=at("2018-06-01"))
    moved(school, LIUSHI, MAY, known="2018-06-01", by=taskforce)

    assert (found_by("新名", known="2018-05-31"), found_by("新路", known="2018-05-31")) == (0, 0)
    assert (found_by("老名", known="2018-05-31"), found_by("老路", known="2018-05-31")) == (1, 1)
    assert (found_by("新名", known="2018-06-02"), found_by("新路", known="2018-06-02")) == (1, 1)
    assert (found_by("老名", known="2018-06-02"), found_by("老路", known="2018-06-02")) == (1, 1)


def test_withdrawn_name_is_found_only_as_known_before(taskforce):
    school = institution(name="老名培训")
    rename_institution(school, by=taskforce, version=1, name="错名培训", from_on=MAY, at=at("2018-06-01"))
    Name.objects.filter(name="错名培训").update(withdrawn_at=at("2018-07-01"))
    Institution.objects.update(name="老名培训")

    assert (found_by("错名"), found_by("错名", known="2018-06-15"), found_by("错名", known="2018-07-02")) == (0, 1, 0)


# --- Edited with the rest of the file


def test_edit_of_name_and_township_holds_from_today_without_a_day(taskforce):
    school = institution(name="老名培训")
    columns = {"name": "新名培训", "division": township(NEXT_TO_LIUSHI), "phone": "13800000000"}

    found = edit_institution(school, by=taskforce, version=1, columns=columns, at=at("2018-06-01", hour=1))

    assert (found.name, found.division_id, found.phone) == ("新名培训", NEXT_TO_LIUSHI, "13800000000")
    assert [each.from_on for each in school.names.all()] == [EARLIEST, day("2018-06-01")]
    assert [each.from_on for each in school.places.all()] == [EARLIEST, day("2018-06-01")]
    assert list(AuditRow.objects.values_list("action", flat=True)) == ["institution.edited"]


def test_edit_of_an_address_in_the_same_township_keeps_the_former_address(taskforce):
    school = institution(operating_address="老路1号")

    edit_institution(school, by=taskforce, version=1, columns={"operating_address": "新路1号"}, from_on=MAY)

    assert [row[:3] for row in places(school)] == [
        (f"{LIUSHI}000", "老路1号", EARLIEST),
        (f"{LIUSHI}000", "新路1号", MAY),
    ]


def test_address_filled_in_where_there_was_none_is_no_move(taskforce):
    school = institution(operating_address="")

    found = edit_institution(school, by=taskforce, version=1, columns={"operating_address": "新路1号"})

    assert (found.operating_address, found.moved, places(school)) == ("新路1号", False, [])


def test_edit_that_leaves_name_and_place_writes_no_history(taskforce):
    school = institution(name="老名培训", operating_address="老路1号")
    columns = {"name": "老名培训", "division": township(LIUSHI), "operating_address": "老路1号", "phone": "1"}

    edit_institution(school, by=taskforce, version=1, columns=columns, from_on=today())

    assert (Name.objects.count(), Place.objects.count()) == (0, 0)


def test_edit_with_an_earlier_day_corrects_from_when_the_present_place_holds(taskforce):
    school = institution()
    moved(school, NEXT_TO_LIUSHI, JULY, known="2018-07-02", by=taskforce)

    edit_institution(school, by=taskforce, version=2, columns={}, from_on=MAY)

    assert [row[0::2] for row in places(school)] == [
        (f"{LIUSHI}000", EARLIEST),
        (f"{NEXT_TO_LIUSHI}000", MAY),
        (f"{NEXT_TO_LIUSHI}000", JULY),
    ]


def test_edit_from_a_day_before_one_from_which_another_place_is_on_file_is_refused_with_that_day(taskforce):
    school = institution()
    moved(school, NEXT_TO_LIUSHI, JULY, known="2018-07-02", by=taskforce)

    with pytest.raises(Invalid, match="2018-07-01") as refusal:
        edit_institution(school, by=taskforce, version=2, columns={"division": township("330382121")}, from_on=MAY)

    assert list(refusal.value.errors) == ["from_on"]
    assert Place.objects.count() == 2
