"""Who is offered which divisions, who sees which register files, and which of two names or places holds."""

from datetime import timedelta

import pytest

from institutions.models import Division, Institution, Licence, RegisterFile, name_then, scope_code_then
from institutions.moments import Moment
from institutions.past import as_listed
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    PANSHI,
    at,
    day,
    institution,
    licence_of,
    merge_of,
    move_of,
    rename_of,
    user_with,
)

D = Moment(day("2018-12-31"), at("2019-01-03"))


@pytest.fixture
def now(db) -> Moment:
    return Moment.of().as_it_stands()


@pytest.fixture
def far_away(db) -> None:
    """Another province with a city, a county and a township; and a village of 柳市镇."""
    for code, level in (("32", "province"), ("3201", "city"), ("320102", "county"), ("320102101", "township")):
        parent = next((code[:digits] for digits in (6, 4, 2) if digits < len(code)), None)
        Division.objects.get_or_create(code=code, defaults={"name": code, "level": level, "parent_id": parent})
    Division.objects.create(code=f"{LIUSHI}001", name="某村", level="village", parent_id=LIUSHI)


def offered(user, code: str) -> set[str]:
    return set(Division.objects.offered_to(user, code).values_list("pk", flat=True))


def below(*codes: str) -> set[str]:
    return set(Division.objects.filter(parent__in=codes).values_list("pk", flat=True))


def test_divisions_offered_are_those_above_those_beside_each_and_those_below(far_away):
    everywhere = user_with("supervisor", "33")
    everywhere.grants.create(role="supervisor", division_prefix="32", valid_from="2018-01-01")

    assert offered(everywhere, "33") == {"32", "33"} | below("33")
    assert offered(everywhere, "330382") == {"32", "33"} | below("33", "3303", "330382")
    assert offered(everywhere, LIUSHI) == offered(everywhere, "330382")  # no village
    assert offered(user_with("supervisor", "330382"), LIUSHI) == {"330382"} | below("330382")


def test_register_files_are_seen_where_the_register_is_edited(seconded):
    for code in (NEXT_TO_LIUSHI, PANSHI, LIUSHI):
        RegisterFile.objects.create(
            division_id=code, file_name=f"{code}.xlsx", sha256="0" * 64, content=b"", datum="wgs84",
            received_at=at("2018-05-01"),
        )  # fmt: skip

    assert [each.division_id for each in RegisterFile.objects.visible_to(seconded)] == [NEXT_TO_LIUSHI]


def test_of_two_names_or_places_from_one_day_the_one_recorded_later_holds(db):
    school = institution(name="甲")
    for name, to, recorded in (("乙", NEXT_TO_LIUSHI, "2018-06-02"), ("丙", PANSHI, "2018-06-03")):
        rename_of(school, name, "2018-06-01", recorded=recorded)
        move_of(school, to, "2018-06-01", recorded=recorded)

    [listed] = as_listed(Institution.objects.all(), D)
    found = Institution.objects.annotate(called=name_then(D), lay_in=scope_code_then(D)).get()
    assert (listed.name, listed.division_code) == ("丙", PANSHI)
    assert (found.called, found.lay_in) == ("丙", f"{PANSHI}000")


def called(found) -> str:
    return "".join(each.name for each in found)


def test_list_of_the_present_is_in_the_order_of_divisions_and_names(now):
    for township, name in ((PANSHI, "甲"), (LIUSHI, "丙"), (LIUSHI, "乙")):
        institution(township, name=name)

    assert called(Institution.objects.in_list_order(now)) == called(Institution.objects.in_list_order(D)) == "丙乙甲"


@pytest.mark.parametrize("asked", ["surveyed_at", "registered_at"])
def test_merged_and_withdrawn_are_on_the_register_no_more(asked, now):
    kept = institution(name="甲")
    merge_of(institution(name="乙"), kept, at("2018-06-01"))
    institution(name="丙", withdrawn_at=at("2018-06-01"))

    for moment in (now, D):
        assert called(getattr(Institution.objects, asked)(moment)) == "甲"
    assert [each.on_register for each in Institution.objects.order_by("recorded_at", "name")] == [False, False, True]


@pytest.mark.parametrize(
    ("revoked_on", "recorded", "valid"),
    [("2018-12-31", D.known_at, False), ("2019-01-01", D.known_at, True),
     ("2018-12-31", D.known_at + timedelta(seconds=1), True)],
)  # fmt: skip
def test_licence_is_valid_until_the_day_and_the_moment_of_its_revocation(db, revoked_on, recorded, valid):
    licence_of(
        institution(), "permit", recorded_at=at("2018-01-01"), revoked_on=day(revoked_on), revoked_recorded_at=recorded
    )

    assert Licence.objects.valid_at(D).exists() is valid
