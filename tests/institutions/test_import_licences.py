"""Licences in a register: what was corrected stays corrected, what is shared is known, and what begins later is refused."""

from datetime import date, timedelta
from functools import partial

import pytest

from institutions.actions import correct_licence
from institutions.models import Institution, Licence
from institutions.moments import today
from tests.factories import institution, licence_of
from tests.institutions.test_import_command import refused, run, written

CODE, OTHER_CODE = "91350200MA2YJ1XR9G", "11370000004502323D"
PERMIT, RIGHT = "教民133038200000077号", "教民133038200000078号"
HEAD = ["机构名称", "乡镇", "统一社会信用代码", "办学许可证号", "有效期"]
PERIOD = "2018-01-01至2020-12-31"

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(tmp_path):
    return partial(written, tmp_path / "register.csv", head=HEAD)


@pytest.fixture
def school() -> Institution:
    found = institution(name="甲培训中心", credit_code=CODE)
    licence_of(found, "permit", number=PERMIT, valid_to=date(2020, 12, 31))
    return found


def test_number_that_was_corrected_is_not_entered_again_by_the_old_register(register, school, taskforce):
    correct_licence(Licence.objects.get(), by=taskforce, version=1, columns={"number": RIGHT}, reason="抄错")

    told = run(register(["甲培训中心", "柳市镇", CODE, PERMIT, PERIOD]))

    assert [each["message"] for each in told["warnings"]] == [
        f"第3行 办学许可证号：证号“{PERMIT}”的登记已更正过，不再登记；确实无误的，请在档案中新增"
    ]
    assert (told["unchanged"], Licence.objects.standing().get().number) == (1, RIGHT)


def test_permit_that_two_institutions_share_is_of_the_one_whose_code_the_row_has(register, school):
    other = institution(name="乙培训中心", credit_code=OTHER_CODE)
    licence_of(other, "permit", number=PERMIT, valid_to=date(2020, 12, 31))

    told = run(register(["乙培训中心", "柳市镇", OTHER_CODE, PERMIT, PERIOD]))

    assert (told["unchanged"], told["errors"]) == (1, [])


def test_permit_that_begins_in_the_future_is_refused_as_on_the_page(register):
    tomorrow = today() + timedelta(days=1)

    messages = refused(register(["甲培训中心", "柳市镇", CODE, PERMIT, f"{tomorrow}至2099-12-31"]))[1]

    assert messages == [f"第3行 许可证有效期：有效期自 {tomorrow} 在今天之后。"]
