"""A batch is taken back whole, and only while nothing later depends on it."""

from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import audit
from accounts.models import AuditRow
from institutions.actions import add_licence, edit_institution
from institutions.imports.rollback import CannotRollBack, roll_back
from institutions.models import ImportBatch, Institution, Licence
from tests.factories import at, institution, licence_of, round_of, visit_of
from tests.institutions.test_import_command import run, written

CODE = "91350200MA2YJ1XR9G"
HEAD = ["机构名称", "乡镇", "办学地址", "统一社会信用代码", "电话", "办学许可证号", "有效期"]
PERMIT = ["教民133038200000077号", "2017.9-2020.8"]
FIRST = ["甲培训中心", "柳市镇", "示例路1号", CODE, "13800000000", "", ""]
SECOND = ["乙培训中心", "柳市镇", "示例路1号", CODE, "13900000000", *PERMIT]

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(tmp_path):
    """Imports one row; the answer is the batch."""

    def do(row: list[str]) -> ImportBatch:
        return ImportBatch.objects.get(pk=run(partial(written, tmp_path / "register.csv", head=HEAD)(row))["batch"])

    return do


def why_not(batch: ImportBatch) -> str:
    """The reason why a batch stays; nothing is changed."""
    before = list(Institution.objects.values()), list(Licence.objects.values())

    with pytest.raises(CannotRollBack) as refused:
        roll_back(batch, by=None)

    assert (list(Institution.objects.values()), list(Licence.objects.values())) == before
    assert refused.value.status == 409
    return refused.value.message


def test_new_institution_and_its_licences_go(imported):
    batch = imported(SECOND)

    call_command("rollback_import", batch.pk, stdout=StringIO())

    assert (Institution.objects.count(), Licence.objects.count()) == (0, 0)
    actions = AuditRow.objects.values_list("action", flat=True)
    assert sorted(actions.filter(action__in=["licence.removed", "import.rolled_back"])) == [
        "import.rolled_back",  # the institution
        "import.rolled_back",  # the batch
        "licence.removed",
    ]


def test_only_the_columns_of_the_batch_are_restored(imported):
    imported(FIRST)
    batch = imported(SECOND)
    Institution.objects.update(ceased_on="2026-01-01", withdrawn_at=None)  # by a door that leaves the version alone

    roll_back(batch, by=None)

    found = Institution.objects.get()
    assert (found.name, found.phone, str(found.ceased_on)) == ("甲培训中心", "13800000000", "2026-01-01")
    assert Licence.objects.count() == 0
    assert AuditRow.objects.get(action="licence.removed").before["number"] == PERMIT[0]


def test_batch_is_not_taken_back_twice(imported):
    batch = imported(FIRST)
    roll_back(batch, by=None)

    with pytest.raises(CannotRollBack, match="已于 .* 撤销"):
        roll_back(batch, by=None)


def test_earlier_batch_waits_for_the_later_and_follows_it(imported):
    first, second = imported(FIRST), imported(SECOND)

    waiting = why_not(first)
    roll_back(second, by=None)
    roll_back(first, by=None)

    assert waiting == "第3行“乙培训中心”已被后来的导入改过,请先撤销后来的一批,不能撤销这一批。"
    assert Institution.objects.count() == 0


def test_clerks_later_edit_stays(imported, taskforce):
    imported(FIRST)
    batch = imported(SECOND)
    edit_institution(Institution.objects.get(), by=taskforce, version=2, columns={"phone": "13700000000"})

    assert why_not(batch) == "第3行“乙培训中心”的档案后来被人修改过,不能撤销这一批。"


def test_licence_entered_by_hand_stays(imported, taskforce):
    batch = imported(FIRST)
    entered = {"kind": "permit", "number": "教民1", "valid_from": at("2020-01-01").date()}
    add_licence(Institution.objects.get(), by=taskforce, columns=entered)

    assert why_not(batch) == "第3行“甲培训中心”已有证照在这一批之后登记,不能撤销这一批。"


def test_licence_entered_before_the_batch_is_no_hindrance(imported):
    imported(FIRST)
    licence_of(Institution.objects.get(), "permit", recorded_at=at("2020-01-01"))

    roll_back(imported([*FIRST[:4], "13900000000", "", ""]), by=None)

    assert Institution.objects.get().phone == "13800000000"
    assert Licence.objects.count() == 1


def test_institution_with_a_visit_stays(imported, inspector):
    batch = imported(FIRST)
    visit_of(Institution.objects.get(), by=inspector)

    with pytest.raises(CommandError, match="第3行“甲培训中心”已有走访"):
        call_command("rollback_import", batch.pk)

    assert Institution.objects.count() == 1


def test_strike_off_that_rests_on_the_batch_s_licence_keeps_it(imported):
    school = institution(name="甲", credit_code=CODE, surveyed_on=None)
    batch = imported(SECOND)
    round_of(school, "2018-07-01", verified_on="2018-08-01", outcome="licensed", verified_recorded=timezone.now())

    assert why_not(batch) == "第3行“乙培训中心”已有整改在这一批之后登记,不能撤销这一批。"


def test_visits_and_rounds_before_the_batch_are_no_hindrance(imported):
    school = institution(name="甲", credit_code=CODE, surveyed_on=None)
    visit_of(school)
    round_of(school, "2018-07-01", verified_on="2018-08-01")

    roll_back(imported(SECOND), by=None)

    assert Institution.objects.get().name == "甲"


def test_later_row_that_cannot_go_keeps_the_earlier_ones(tmp_path, inspector):
    other = ["丙培训中心", "柳市镇", "示例路2号", "", "", "", ""]
    told = run(written(tmp_path / "register.csv", FIRST, other, head=HEAD))
    visit_of(Institution.objects.get(name="丙培训中心"), by=inspector)

    reason = why_not(ImportBatch.objects.get(pk=told["batch"]))

    assert reason.startswith("第4行“丙培训中心”")
    assert Institution.objects.count() == 2


def test_institution_that_another_was_merged_into_stays(imported):
    batch = imported(FIRST)
    institution(merged_into=Institution.objects.get(), merged_at=timezone.now())

    assert why_not(batch) == "第3行“甲培训中心”已有其他机构并入,不能撤销这一批。"


def test_licence_of_the_batch_that_was_changed_since_stays(imported, taskforce):
    batch = imported(SECOND)
    licence = Licence.objects.get()
    audit.write("licence.revoked", licence, by=taskforce, scope_code=licence.institution.scope_code)

    assert why_not(batch) == "第3行“乙培训中心”由这一批登记的证照后来被人修改过,不能撤销这一批。"


def test_batch_from_before_anything_was_kept_stays(imported):
    batch = imported(FIRST)
    batch.rows.update(before=None)

    assert why_not(batch) == "第3行“甲培训中心”导入时没有留下撤销所需的资料,不能撤销这一批。"
