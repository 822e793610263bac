"""A batch is taken back whole, and only while nothing later depends on it."""

from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import audit
from accounts.models import AuditRow
from inspections.search import institutions_matching
from institutions.actions import add_licence, edit_institution
from institutions.imports.commit import commit_plan
from institutions.imports.rollback import CannotRollBack, roll_back
from institutions.models import ImportBatch, Institution, Licence, WithdrawnSurvey
from institutions.moments import EARLIEST, Moment, today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, licence_of, merge_of, round_of, visit_of
from tests.institutions.intake_files import planned
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

    def do(row: list[str], *options: str) -> ImportBatch:
        file = partial(written, tmp_path / "register.csv", head=HEAD)(row)
        return ImportBatch.objects.get(pk=run(file, *options)["batch"])

    return do


def why_not(batch: ImportBatch) -> str:
    """The reason why a batch stays; nothing is changed."""
    before = list(Institution.objects.values()), list(Licence.objects.values())

    with pytest.raises(CannotRollBack) as refused:
        roll_back(batch, by=None)

    assert (list(Institution.objects.values()), list(Licence.objects.values())) == before
    assert refused.value.status == 409
    return refused.value.message


def test_new_institution_and_its_licences_are_withdrawn_not_deleted(imported):
    batch = imported(SECOND)

    call_command("rollback_import", batch.pk, stdout=StringIO())

    batch.refresh_from_db()
    assert (Institution.objects.get().withdrawn_at, Institution.objects.get().version) == (batch.rolled_back_at, 2)
    assert Licence.objects.get().withdrawn_at == batch.rolled_back_at
    actions = AuditRow.objects.values_list("action", flat=True)
    assert sorted(actions.filter(action__in=["licence.withdrawn", "import.rolled_back"])) == [
        "import.rolled_back",  # the institution
        "import.rolled_back",  # the batch
        "licence.withdrawn",
    ]


def test_same_file_is_imported_again_after_it_was_taken_back(imported):
    first = imported(SECOND)
    roll_back(first, by=None)

    again = imported(SECOND)

    assert again.summary["new"] == 1
    assert Institution.objects.filter(withdrawn_at=None).get().licences.standing().count() == 1


def test_licence_taken_back_from_an_institution_can_be_imported_again(imported):
    institution(name="甲培训中心", operating_address="示例路1号", credit_code=CODE, surveyed_on=None)
    roll_back(imported(SECOND), by=None)

    imported(SECOND)

    assert Licence.objects.standing().get().number == PERMIT[0]
    assert Licence.objects.count() == 2


def test_figures_known_before_a_batch_was_taken_back_stay(figures):
    head = ["机构名称", "乡镇", "办学地址", "证照情况", "排摸日期"]
    plan = planned(head, ["甲培训中心", "柳市镇", "示例路1号", "无证无照", "2018-04-02"])
    batch = commit_plan(plan, file_name="a.csv", sha256="", by=None, at=at("2018-06-01"))
    roll_back(batch, by=None, at=at("2018-07-01"))

    assert figures("2018-12-31", known="2018-06-30").surveyed == 1
    assert figures("2018-12-31", known="2018-07-02").surveyed == 0


def test_only_the_columns_of_the_batch_are_restored(imported):
    imported(FIRST)
    batch = imported(SECOND)
    Institution.objects.update(ceased_on="2026-01-01", withdrawn_at=None)  # by a door that leaves the version alone

    roll_back(batch, by=None)

    found = Institution.objects.get()
    assert (found.name, found.phone, str(found.ceased_on)) == ("甲培训中心", "13800000000", "2026-01-01")
    assert not Licence.objects.standing().exists()
    assert AuditRow.objects.get(action="licence.withdrawn").after["withdrawn_at"] is not None


def test_names_and_places_of_the_batch_are_withdrawn_and_the_former_hold_again(imported):
    imported(FIRST)
    batch = imported(["乙培训中心", "北白象镇", "示例路2号", *FIRST[3:]], "--answer", "same:3=same")

    roll_back(batch, by=None)

    batch.refresh_from_db()
    found = Institution.objects.get()
    assert (found.name, found.division_id, found.scope_code) == ("甲培训中心", LIUSHI, f"{LIUSHI}000")
    assert found.operating_address == "示例路1号"
    assert list(found.names.values_list("name", "withdrawn_at")) == [
        ("甲培训中心", None),
        ("乙培训中心", batch.rolled_back_at),
    ]
    assert list(found.places.values_list("division", "operating_address", "withdrawn_at")) == [
        (LIUSHI, "示例路1号", None),
        (NEXT_TO_LIUSHI, "示例路2号", batch.rolled_back_at),
    ]


def test_name_known_before_a_batch_was_taken_back_is_found_as_known_then(imported):
    imported(FIRST)
    batch = imported(SECOND)
    known_at = timezone.now()
    roll_back(batch, by=None)

    then, now = Moment(today(), known_at), Moment(today(), timezone.now())

    assert [
        institutions_matching(Institution.objects.all(), "乙培训", moment=each).count() for each in (then, now)
    ] == [1, 0]


def test_survey_of_the_batch_is_withdrawn(tmp_path):
    institution(name="甲培训中心", operating_address="示例路1号", surveyed_on=None)
    head = ["机构名称", "乡镇", "办学地址", "证照情况", "排摸日期"]
    row = ["甲培训中心", "柳市镇", "示例路1号", "无证无照", "2018-04-02"]
    batch = ImportBatch.objects.get(pk=run(written(tmp_path / "register.csv", row, head=head))["batch"])
    roll_back(batch, by=None)

    found, kept = Institution.objects.get(), WithdrawnSurvey.objects.get()
    assert (found.surveyed_on, found.survey_withdrawn) == (None, True)
    assert (str(kept.surveyed_on), kept.licence_status_at_survey) == ("2018-04-02", "none")
    assert kept.surveyed_recorded_at == batch.recorded_at


def test_batch_from_before_places_were_rows_leaves_what_it_said_on_file(imported):
    """A release of before changed the township in the column: undone, it is known that it was there until now."""
    before = imported(FIRST).rows.get()
    batch = ImportBatch.objects.create(division_id="330382", file_name="b.csv", recorded_at=timezone.now())
    replaced = {"name": "甲培训中心", "division_id": LIUSHI, "scope_code": f"{LIUSHI}000"}
    kept = {"replaced": replaced, "licences": [], "version_found": 1, "version_left": 2}
    batch.rows.create(row_number=3, institution=before.institution, kind="changed", original={}, before=kept)
    Institution.objects.update(name="乙培训中心", division=NEXT_TO_LIUSHI, scope_code=f"{NEXT_TO_LIUSHI}000", version=2)

    roll_back(batch, by=None, at=at("2030-01-01"))

    found = Institution.objects.get()
    assert (found.division_id, found.moved, found.name, found.renamed) == (LIUSHI, True, "甲培训中心", True)
    assert list(found.places.values_list("division", "recorded_at", "from_on")) == [
        (NEXT_TO_LIUSHI, found.recorded_at, EARLIEST),
        (LIUSHI, at("2030-01-01"), EARLIEST),
    ]


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

    assert waiting == "第3行“乙培训中心”已被后来的导入改过，请先撤销后来的一批，不能撤销这一批。"
    assert not Institution.objects.filter(withdrawn_at=None).exists()


def test_clerks_later_edit_stays(imported, taskforce):
    imported(FIRST)
    batch = imported(SECOND)
    edit_institution(Institution.objects.get(), by=taskforce, version=2, columns={"phone": "13700000000"})

    assert why_not(batch) == "第3行“乙培训中心”的档案后来被人修改过，不能撤销这一批。"


def test_licence_entered_by_hand_stays(imported, taskforce):
    batch = imported(FIRST)
    entered = {"kind": "permit", "number": "教民1", "valid_from": at("2020-01-01").date()}
    add_licence(Institution.objects.get(), by=taskforce, columns=entered)

    assert why_not(batch) == "第3行“甲培训中心”已有证照在这一批之后登记，不能撤销这一批。"


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


def test_withdrawn_visit_is_no_hindrance(imported, inspector):
    batch = imported(FIRST)
    visit_of(
        Institution.objects.get(),
        by=inspector,
        withdrawn_at=timezone.now(),
        withdrawn_by=inspector,
        withdraw_reason="错登",
    )

    roll_back(batch, by=None)

    assert Institution.objects.get().withdrawn_at is not None


def test_strike_off_that_rests_on_the_batch_s_licence_keeps_it(imported):
    school = institution(name="甲", operating_address="示例路1号", credit_code=CODE, surveyed_on=None)
    batch = imported(SECOND)
    round_of(school, "2018-07-01", verified_on="2018-08-01", outcome="licensed", verified_recorded=timezone.now())

    assert why_not(batch) == "第3行“乙培训中心”已有整改在这一批之后登记，不能撤销这一批。"


def test_visits_and_rounds_before_the_batch_are_no_hindrance(imported):
    school = institution(name="甲", operating_address="示例路1号", credit_code=CODE, surveyed_on=None)
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
    school = Institution.objects.get()
    merge_of(institution(), school, timezone.now())

    assert why_not(batch) == "第3行“甲培训中心”已有其他机构并入，不能撤销这一批。"


def test_licence_of_the_batch_that_was_changed_since_stays(imported, taskforce):
    batch = imported(SECOND)
    licence = Licence.objects.get()
    audit.write("licence.revoked", licence, by=taskforce, scope_code=licence.institution.scope_code)

    assert why_not(batch) == "第3行“乙培训中心”由这一批登记的证照后来被人修改过，不能撤销这一批。"


def test_batch_from_before_anything_was_kept_stays(imported):
    batch = imported(FIRST)
    batch.rows.update(before=None)

    assert why_not(batch) == "第3行“甲培训中心”导入时没有留下撤销所需的资料，不能撤销这一批。"
