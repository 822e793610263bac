"""Where an institution was, what it was called and which survey counted: of each its own, and what was not withdrawn."""

from datetime import timedelta

import pytest

from institutions.models import (
    Division,
    Institution,
    division_then,
    licence_status_then,
    name_then,
    scope_code_then,
    surveyed_on_then,
)
from institutions.moments import Moment
from institutions.past import as_listed, scope_code_on
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    PANSHI,
    at,
    day,
    division_rename_of,
    institution,
    merge_of,
    move_of,
    rename_of,
    withdraw_survey_of,
)

D = Moment(day("2018-12-31"), at("2019-01-03"))
A_SECOND_LATER = D.known_at + timedelta(seconds=1)


def as_asked(column) -> dict[str, object]:
    return dict(Institution.objects.annotate(then=column(D)).values_list("name", "then"))


def as_shown(field: str) -> dict[str, object]:
    return {each.institution.name: getattr(each, field) for each in as_listed(Institution.objects.all(), D)}


def in_division(code: str) -> str:
    return "".join(sorted(Institution.objects.in_division(code, D).values_list("name", flat=True)))


@pytest.fixture
def moved(db) -> None:
    """Each in 柳市镇 at first; what became of its move is in its name."""
    for name, from_on, recorded, withdrawn in (
        ("在", "2018-12-31", D.known_at, None),
        ("撤", "2018-06-01", "2018-06-01", D.known_at),
        ("后撤", "2018-06-01", "2018-06-01", A_SECOND_LATER),
        ("次日", "2019-01-01", "2018-06-01", None),
        ("迟知", "2018-06-01", A_SECOND_LATER, None),
    ):
        move_of(institution(name=name), NEXT_TO_LIUSHI, from_on, recorded=recorded, withdrawn=withdrawn)
    institution(name="未迁")
    institution(PANSHI, name="磐石")
    for code in (f"{PANSHI}001", f"{PANSHI}002"):
        Division.objects.create(code=code, name=code, level="village", parent_id=PANSHI)
        institution(code, name=f"村{code[-1]}")


THERE = {"在": True, "撤": False, "后撤": True, "次日": False, "迟知": False, "未迁": False}


def test_place_of_a_day_had_begun_was_known_and_stood(moved):
    there = {name: NEXT_TO_LIUSHI if moved else LIUSHI for name, moved in THERE.items()} | {
        "磐石": PANSHI, "村1": f"{PANSHI}001", "村2": f"{PANSHI}002",
    }  # fmt: skip

    assert as_asked(division_then) == as_shown("division_code") == there
    assert (
        as_asked(scope_code_then)
        == as_shown("scope_code")
        == {name: code.ljust(12, "0") for name, code in there.items()}
    )
    assert in_division(NEXT_TO_LIUSHI) == "".join(
        sorted(name for name, code in there.items() if code == NEXT_TO_LIUSHI)
    )
    assert in_division(LIUSHI) == "".join(sorted(name for name, code in there.items() if code == LIUSHI))
    assert in_division(PANSHI) == "村1村2磐石"
    assert in_division(f"{PANSHI}001") == "村1"  # and not what lies in the next


def test_name_of_a_day_had_begun_was_known_and_stood(db):
    names = {}
    for name, from_on, recorded, withdrawn in (
        ("在", "2018-12-31", D.known_at, None),
        ("撤", "2018-06-01", "2018-06-01", D.known_at),
        ("后撤", "2018-06-01", "2018-06-01", A_SECOND_LATER),
        ("次日", "2019-01-01", "2018-06-01", None),
        ("迟知", "2018-06-01", A_SECOND_LATER, None),
    ):
        school = institution(name=name)
        rename_of(school, f"新{name}", from_on, recorded=recorded, withdrawn=withdrawn)
        names[school.pk] = f"新{name}" if THERE[name] else name

    assert dict(Institution.objects.annotate(then=name_then(D)).values_list("pk", "then")) == names
    assert {each.institution.pk: each.name for each in as_listed(Institution.objects.all(), D)} == names


def test_division_is_called_as_on_the_day(db):
    institution(LIUSHI, name="甲"), institution(PANSHI, name="乙"), institution(NEXT_TO_LIUSHI, name="丙")
    division_rename_of(LIUSHI, "新柳市", "2018-12-31", recorded=D.known_at)
    division_rename_of(PANSHI, "新磐石", "2019-01-01", recorded="2018-06-01")

    assert as_shown("division_name") == {"甲": "新柳市", "乙": "磐石镇", "丙": "北白象镇"}


def test_survey_of_a_day_was_of_the_institution_was_made_known_and_stood(db):
    """What became of the survey is in the name."""
    for name, on, recorded, withdrawn in (
        ("在", "2018-12-31", D.known_at, None),
        ("次日", "2019-01-01", D.known_at, None),
        ("迟知", "2018-06-01", A_SECOND_LATER, None),
        ("撤", "2018-06-01", "2018-06-01", D.known_at),
        ("后撤", "2018-12-31", D.known_at, A_SECOND_LATER),
        ("次日后撤", "2019-01-01", D.known_at, A_SECOND_LATER),
    ):
        school = institution(name=name, surveyed_on=on, surveyed_recorded=recorded, status="full")
        if withdrawn:
            withdraw_survey_of(school, withdrawn)
    institution(name="未排摸", surveyed_on=None)
    everyone = set(Institution.objects.values_list("name", flat=True))

    counted = {"在", "后撤"}
    assert set(Institution.objects.surveyed_at(D).values_list("name", flat=True)) == counted
    days = {name: D.on if name in counted else None for name in everyone}
    status = {name: "full" if name in counted else "" for name in everyone}
    assert as_asked(surveyed_on_then) == as_shown("surveyed_on") == days
    assert as_asked(licence_status_then) == as_shown("licence_status") == status


@pytest.mark.parametrize(("gone", "counted"), [(D.known_at, False), (A_SECOND_LATER, True)])
def test_merged_or_withdrawn_later_is_on_the_register_as_known_then(db, gone, counted):
    kept = institution(surveyed_on=None)  # once it is the merged one's, it was surveyed when that was
    merged = institution()
    merge_of(merged, kept, gone)
    withdrawn = institution(withdrawn_at=gone)

    expected = {merged, withdrawn} if counted else set()
    assert set(Institution.objects.surveyed_at(D)) == (expected or {kept})
    assert set(Institution.objects.registered_at(D)) == expected | {kept}


# --- Each has its own past, whatever the others have


def test_survey_withdrawn_later_is_of_its_own_institution_and_is_the_one_that_counted_then(db):
    """Before it one was withdrawn that nobody counts by then."""
    for name, on, status in (("甲", "2018-05-01", "full"), ("乙", "2018-06-01", "none")):
        school = institution(name=name, surveyed_on="2018-04-02", status="permit_only")
        withdraw_survey_of(school, "2018-07-01", instead=(on, status))
        withdraw_survey_of(school, A_SECOND_LATER)

    assert as_asked(surveyed_on_then) == as_shown("surveyed_on") == {"甲": day("2018-05-01"), "乙": day("2018-06-01")}
    assert as_asked(licence_status_then) == as_shown("licence_status") == {"甲": "full", "乙": "none"}


def test_survey_of_what_is_merged_counts_where_none_of_its_own_is_known(db):
    """Of several the last that was known, and none of what is merged elsewhere."""
    known, late = D.known_at, A_SECOND_LATER
    for name, recorded, of_merged in (
        ("甲", late, (("2018-05-01", known), ("2018-06-01", known), ("2018-07-01", late))),
        ("乙", known, (("2018-05-02", known),)),
        ("丙", late, (("2018-05-03", known),)),
        ("丁", late, (("2018-05-04", late),)),
    ):
        stays = institution(name=name, surveyed_on="2018-04-02", surveyed_recorded=recorded, status="none")
        for on, recorded in of_merged:
            merge_of(institution(surveyed_on=on, surveyed_recorded=recorded, status="full"), stays, "2018-10-01")

    here = Institution.objects.filter(name__in="甲乙丙丁")
    shown = {each.institution.name: (str(each.surveyed_on), each.licence_status) for each in as_listed(here, D)}
    assert shown == {
        "甲": ("2018-06-01", "full"), "乙": ("2018-04-02", "none"), "丙": ("2018-05-03", "full"), "丁": ("None", ""),
    }  # fmt: skip
    assert set(here.surveyed_at(D).values_list("name", flat=True)) == {"甲", "乙", "丙"}


def test_place_of_a_day_is_its_own_and_was_not_withdrawn(db):
    """`scope_code_on` asks by what is known now."""
    school, other, never = institution(), institution(), institution()
    move_of(school, NEXT_TO_LIUSHI, "2018-06-01")
    move_of(school, PANSHI, "2018-07-01", withdrawn="2018-08-01")
    move_of(other, PANSHI, "2018-06-02")

    on = [day("2018-05-31"), day("2018-06-01"), day("2018-07-02")]
    assert [scope_code_on(school, each)[:9] for each in on] == [LIUSHI, NEXT_TO_LIUSHI, NEXT_TO_LIUSHI]
    assert scope_code_on(never, on[0])[:9] == LIUSHI


def test_division_is_in_force_from_its_first_day_to_its_last(db):
    for code, first, last in (
        ("1", D.on, None),
        ("2", "2019-01-01", None),
        ("3", None, D.on),
        ("4", None, "2018-12-30"),
    ):
        Division.objects.create(
            code=f"{PANSHI}00{code}",
            name=code,
            level="village",
            parent_id=PANSHI,
            in_force_from=first,
            in_force_to=last,
        )

    villages = Division.objects.filter(parent=PANSHI)
    assert set(villages.in_force_on(D.on).values_list("name", flat=True)) == {"1", "3"}
