"""An import is taken back although its institutions were placed on the map since: nobody's work rests on that."""

import pytest

from institutions.actions import edit_institution
from institutions.imports.commit import commit_plan
from institutions.imports.rollback import CannotRollBack, roll_back
from institutions.models import ImportBatch, Institution
from tests.factories import institution
from tests.institutions.intake_files import planned
from tests.mapping.runs import carried_out

HEAD = ["机构名称", "乡镇", "办学地址", "统一社会信用代码", "电话"]
CODE = "91350200MA2YJ1XR9G"
FIRST = ["甲培训中心", "柳市镇", "示例路1号", CODE, ""]
WITH_PHONE = [*FIRST[:4], "13800000000"]
MOVED = ["甲培训中心", "虹桥镇", "示例路9号", CODE, ""]

pytestmark = pytest.mark.django_db


def imported(row: list[str], answers: dict[str, str] | None = None) -> ImportBatch:
    plan = planned(HEAD, row, answers=answers)
    return commit_plan(plan, file_name="a.csv", sha256="0" * 64, by=None)


def school() -> Institution:
    return Institution.objects.get()


def test_new_institution_that_was_placed_is_withdrawn():
    batch = imported(FIRST)
    carried_out()
    assert (school().location_source, school().version) == ("township_centre", 2)

    roll_back(batch, by=None)

    assert school().withdrawn_at is not None


def test_position_found_for_an_address_goes_with_it():
    institution(name="甲培训中心", operating_address="示例路1号", credit_code=CODE)
    batch = imported(MOVED, {"same:2": "same"})
    carried_out()

    roll_back(batch, by=None)

    found = school()
    assert (found.operating_address, found.position, found.cell, found.location_source) == ("示例路1号", None, None, "")


def test_position_stays_where_the_address_does():
    institution(name="甲培训中心", operating_address="示例路1号", credit_code=CODE)
    batch = imported(WITH_PHONE)
    carried_out()

    roll_back(batch, by=None)

    assert (school().phone, school().location_source) == ("", "township_centre")


def test_batches_before_and_after_a_placing_are_taken_back_one_after_the_other():
    first = imported(FIRST)
    carried_out()
    second = imported(WITH_PHONE)

    roll_back(second, by=None)
    roll_back(first, by=None)

    assert school().withdrawn_at is not None


@pytest.mark.parametrize(
    "columns", [{"longitude": 120.9, "latitude": 28.05, "location_source": "map_pin"}, {"phone": "62000000"}]
)
def test_what_a_person_did_after_the_placing_blocks_as_ever(taskforce, columns):
    batch = imported(FIRST)
    carried_out()
    edit_institution(school(), by=taskforce, version=2, columns=columns)

    with pytest.raises(CannotRollBack, match="后来被人修改过"):
        roll_back(batch, by=None)


def test_pin_that_a_person_set_and_a_machine_did_not_touch_blocks(taskforce):
    batch = imported(FIRST)
    pin = {"longitude": 120.9, "latitude": 28.05, "datum": "wgs84", "location_source": "map_pin"}
    edit_institution(school(), by=taskforce, version=1, columns=pin)

    with pytest.raises(CannotRollBack, match="后来被人修改过"):
        roll_back(batch, by=None)
