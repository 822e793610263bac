"""Divisions are renamed and merged from a day on; codes, and who was granted what, stay."""

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow, Grant
from figures.statistics import completion
from institutions.actions import add_divisions, merge_division, move_institution, rename_division
from institutions.models import Division, DivisionName, Institution
from institutions.moments import EARLIEST, Moment
from tests.accounts.test_stale_administration import form_of
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, at, day, institution, user_with

MAY, JULY = day("2018-05-10"), day("2018-07-01")


def township(code: str = LIUSHI) -> Division:
    return Division.objects.get(pk=code)


def test_renamed_division_keeps_the_name_of_before_with_its_days(supervisor):
    found = rename_division(township(), by=supervisor, name="柳市新镇", from_on=MAY, at=at("2018-06-01"))

    assert (found.name, found.renamed, township().name) == ("柳市新镇", True, "柳市新镇")
    assert list(DivisionName.objects.values_list("name", "from_on", "recorded_by")) == [
        ("柳市镇", EARLIEST, None),
        ("柳市新镇", MAY, supervisor.pk),
    ]
    row = AuditRow.objects.get(action="division.renamed")
    assert (row.before["name"], row.after["name"], row.after["from_on"]) == ("柳市镇", "柳市新镇", "2018-05-10")


def test_earlier_name_of_a_division_that_becomes_known_late_leaves_the_present(supervisor):
    rename_division(township(), by=supervisor, name="柳市新镇", from_on=JULY)

    found = rename_division(township(), by=supervisor, name="柳市中镇", from_on=MAY)

    assert found.name == "柳市新镇"


@pytest.mark.parametrize(
    ("name", "from_on", "field"),
    [("", MAY, "name"), ("柳市镇", MAY, "name"), ("柳市新镇", day("2018-06-02"), "from_on")],
)
def test_rename_of_a_division_to_nothing_to_the_same_or_in_the_future_is_refused(supervisor, name, from_on, field):
    with pytest.raises(Invalid) as refusal:
        rename_division(township(), by=supervisor, name=name, from_on=from_on, at=at("2018-06-01"))

    assert list(refusal.value.errors) == [field]
    assert not DivisionName.objects.exists()


def merged(by, from_on=MAY) -> int:
    return merge_division(township(), by=by, into=township(NEXT_TO_LIUSHI), from_on=from_on, at=at("2018-09-01"))


def test_merged_division_ends_and_its_institutions_lie_in_the_other(supervisor, inspector):
    school = institution(operating_address="老路1号")
    institution(NEXT_TO_LIUSHI)

    assert merged(supervisor) == 1

    school.refresh_from_db()
    assert (school.division_id, school.scope_code, school.version) == (NEXT_TO_LIUSHI, f"{NEXT_TO_LIUSHI}000", 2)
    assert list(school.places.values_list("division", "operating_address", "from_on")) == [
        (LIUSHI, "老路1号", EARLIEST),
        (NEXT_TO_LIUSHI, "老路1号", MAY),
    ]
    assert township().in_force_to == day("2018-05-09")
    assert Grant.objects.get(user=inspector).division_prefix == LIUSHI
    assert AuditRow.objects.get(action="division.merged").after["into"] == NEXT_TO_LIUSHI


def test_villages_of_a_merged_township_end_with_it(supervisor):
    Division.objects.create(code=f"{LIUSHI}001", name="某村", level="village", parent_id=LIUSHI)

    merged(supervisor)

    assert township(f"{LIUSHI}001").in_force_to == day("2018-05-09")


def move(school: Institution, to: str, from_on, by) -> None:
    version = Institution.objects.get(pk=school.pk).version
    move_institution(
        school, by=by, version=version, division=township(to), operating_address="路1号", from_on=from_on,
        at=at("2018-09-02"),
    )  # fmt: skip


def test_institution_that_left_after_the_merger_was_in_the_other_until_then(supervisor):
    school = institution()
    move(school, "330382121", JULY, supervisor)

    assert merged(supervisor) == 1
    assert list(school.places.values_list("division", "from_on")) == [
        (LIUSHI, EARLIEST),
        (NEXT_TO_LIUSHI, MAY),
        ("330382121", JULY),
    ]
    assert Institution.objects.get().division_id == "330382121"


def test_institution_that_left_before_the_merger_stays_where_it_is(supervisor):
    school = institution()
    move(school, "330382121", MAY, supervisor)

    assert merged(supervisor, from_on=JULY) == 0
    assert school.places.count() == 2


def test_institution_of_a_split_division_is_moved_on_from_the_same_day(supervisor):
    """Split: all go into one of the new, some of them from the same day on into the other."""
    school = institution()
    merged(supervisor)

    move(school, "330382121", MAY, supervisor)

    assert Institution.objects.get().division_id == "330382121"
    assert [each.division_id for each in school.places.all()] == [LIUSHI, NEXT_TO_LIUSHI, "330382121"]


@pytest.mark.parametrize(
    ("into", "columns", "field"),
    [
        (LIUSHI, {}, "into"),
        ("330382", {}, "into"),
        (NEXT_TO_LIUSHI, {"in_force_to": "2018-01-01"}, "from_on"),
        (NEXT_TO_LIUSHI, {"in_force_from": "2018-05-10"}, "from_on"),
    ],
)
def test_merger_that_cannot_be_is_refused(supervisor, into, columns, field):
    Division.objects.filter(pk=LIUSHI).update(**columns)

    with pytest.raises(Invalid) as refusal:
        merge_division(township(), by=supervisor, into=township(into), from_on=MAY)

    assert list(refusal.value.errors) == [field]


def test_division_is_not_merged_into_one_that_is_not_in_force(supervisor):
    Division.objects.filter(pk=NEXT_TO_LIUSHI).update(in_force_from="2018-06-01")

    with pytest.raises(Invalid, match="尚未设立"):
        merged(supervisor)


def test_late_move_into_a_division_that_is_no_more_is_refused_until_the_move_out_of_it_is_on_file(supervisor):
    school = institution(PANSHI, operating_address="新路2号")
    merged(supervisor)
    late = {"operating_address": "老路1号", "from_on": day("2018-05-01"), "at": at("2018-09-02")}

    with pytest.raises(Invalid) as refusal:
        move_institution(school, by=supervisor, version=school.version, division=township(), **late)

    assert list(refusal.value.errors) == ["division"]
    assert not school.places.exists()
    out = {"operating_address": "老路1号", "from_on": MAY, "at": at("2018-09-02")}
    school = move_institution(
        school, by=supervisor, version=school.version, division=township(NEXT_TO_LIUSHI), **out
    )  # fmt: skip
    school = move_institution(school, by=supervisor, version=school.version, division=township(), **late)
    assert school.division_id == NEXT_TO_LIUSHI


# --- As known before


def parts_known(known: str) -> set[str]:
    rows = completion("330382", Moment(JULY, at(known)), by="division").rows
    return {row.key for row in rows}


def test_merged_division_has_its_row_in_what_was_known_before(supervisor):
    before = parts_known("2018-08-31")

    merged(supervisor)

    assert parts_known("2018-08-31") == before
    assert before - parts_known("2018-09-01") == {LIUSHI}


def test_added_division_has_no_row_in_what_was_known_before(supervisor):
    before = parts_known("2018-08-31")

    add_divisions({"330382199": "新街道"}, by=supervisor, at=at("2018-09-01"))

    assert parts_known("2018-08-31") == before
    assert parts_known("2018-09-01") - before == {"330382199"}


def test_division_added_by_hand_has_no_row_in_what_was_known_before(browse):
    before = parts_known("2018-08-31")

    browse(user_with("admin", "")).post("/admin/institutions/division/add/", {"code": "330382199", "name": "新街道"})

    assert Division.objects.filter(pk="330382199").exists()
    assert parts_known("2018-08-31") == before


@pytest.mark.parametrize("since", [None, "2018-05-10"])
def test_day_on_which_a_division_began_is_set_once(browse, since):
    Division.objects.filter(pk=LIUSHI).update(in_force_from=since)
    before = township().in_force_from
    office, page = browse(user_with("admin", "")), f"/admin/institutions/division/{LIUSHI}/change/"
    typed = form_of(office.get(page)) | {"in_force_from": "2018-07-01", "approx_error_m": "700"}

    answer = office.post(page, typed)

    assert (answer.status_code, township().approx_error_m, township().in_force_from) == (302, 700, before)
