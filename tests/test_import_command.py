"""A register in, whole or not at all, and out again."""

import csv
import io
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditRow
from institutions.models import ImportBatch, Institution, Licence
from institutions.positions import distance_m
from tests.factories import institution, visit_of

EXAMPLE = "docs/examples/register.xlsx"
HEAD = ["机构名称", "乡镇(街道)", "办学地址", "证照情况", "排摸日期", "统一社会信用代码", "联系电话", "经度", "纬度"]
GOOD = ["甲培训中心", "柳市镇", "乐清市柳市镇示例路1号", "无证无照", "2018-04-02", "", "13800000000", "", ""]

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(tmp_path):
    """Writes rows as a CSV under a title row; `register(rows)` is its path."""

    def write(*rows: list[str], head: list[str] = HEAD, encoding: str = "utf-8") -> str:
        text = io.StringIO()
        csv.writer(text).writerows([["乐清市培训机构名册"], head, *rows])
        place = tmp_path / "register.csv"
        place.write_bytes(text.getvalue().encode(encoding))
        return str(place)

    return write


def run(file: str, *options: str) -> dict:
    said = StringIO()
    call_command("import_institutions", file, "--division", "330382", "--format", "json", *options, stdout=said)
    return json.loads(said.getvalue())


def refused(file: str, *options: str) -> tuple[str, list[str]]:
    """The command's refusal and its error messages."""
    said = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("import_institutions", file, "--division", "330382", "--format", "json", *options, stdout=said)
    told = json.loads(said.getvalue())["errors"] if said.getvalue() else []
    return str(failure.value), [error["message"] for error in told]


def test_example_register_is_imported_and_again_changes_nothing(db):
    first, again = run(EXAMPLE), run(EXAMPLE)

    assert (first["rows"], first["new"], first["changed"], first["unchanged"]) == (64, 64, 0, 0)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 64)
    assert Institution.objects.count() == 64
    assert Licence.objects.filter(kind="permit").count() == 16  # every fourth is 证照齐全
    assert AuditRow.objects.filter(action="institution.registered").count() == 64


def test_dry_run_writes_nothing(register):
    told = run(register(GOOD), "--dry-run")

    assert (told["batch"], told["new"]) == (None, 1)
    assert (Institution.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_one_bad_row_stops_all_and_every_error_is_told(register):
    bad = ["乙培训中心", "柳市镇", "", "无证", "9月3日", "9.13502E+17", "330382199001011234", "28.1", "120.9"]

    failure, messages = refused(register(GOOD, bad))

    assert failure == "5 处错误,没有写入任何内容。"
    assert all(message.startswith("第4行 ") for message in messages)
    assert Institution.objects.count() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_each_encoding(register, encoding):
    assert run(register(GOOD, encoding=encoding))["new"] == 1


def test_synonyms_summary_rows_and_repeated_header(register):
    head = ["序号", "学校名称", "详细地址", "证照情况", "检查日期", "法定代表人", "手机", "所属街道"]
    row = ["1", "甲培训中心", "示例路1号", "有照无证", "2018.4.2", "陈某", "13800000000", "虹桥镇"]

    told = run(register(row, head, ["2"], ["合计", "1"], head=head))

    found = Institution.objects.get()
    assert told["rows"] == 1
    assert (found.name, found.principal, found.division_id) == ("甲培训中心", "陈某", "330382108")
    assert found.licence_status_at_survey == "registration_only"


@pytest.mark.parametrize(
    ("address", "township"),
    [("浙江省温州市乐清市北白象镇示例路2号", "330382115"), ("乐清市旭阳社区示例路3号", "330382001")],
)
def test_township_from_the_address(register, address, township):
    row = ["甲培训中心", "", address, "", "", "", "", "", ""]

    run(register(row))

    assert Institution.objects.get().division_id == township


def test_address_in_another_county_is_an_error(register):
    row = ["甲培训中心", "", "瑞安市示例路2号", "", "", "", "", "", ""]

    assert refused(register(row))[1] == ["第3行 办学地址:地址在瑞安市,不在乐清市"]


def test_positions_are_converted_from_the_datum_of_the_file(register):
    row = [*GOOD[:7], "120.8922", "28.0383"]

    run(register(row), "--datum", "gcj02")

    found = Institution.objects.get()
    assert 500 < distance_m(found.position, (120.8922, 28.0383)) < 600  # about 540 m at Yueqing
    assert (found.datum, found.location_source, found.cell is not None) == ("gcj02", "import", True)


def test_longitude_and_latitude_swapped_are_far_away(register):
    assert "不是经纬度" in refused(register([*GOOD[:7], "28.0383", "120.8922"]))[1][0]


def test_same_code_changes_the_same_institution(register):
    code = "91350200MA2YJ1XR9G"
    run(register([*GOOD[:5], code, *GOOD[6:]]))

    told = run(register(["甲培训中心(新)", *GOOD[1:5], code, "13900000000", "", ""]))

    found = Institution.objects.get()
    assert told["changed"] == 1
    assert (found.name, found.phone) == ("甲培训中心(新)", "13900000000")


def test_same_name_at_another_address_is_for_a_person_to_decide(register):
    institution(name="甲培训中心", operating_address="乐清市柳市镇别处9号")

    told = run(register(GOOD))

    assert (told["new"], len(told["duplicates"])) == (1, 1)
    assert Institution.objects.count() == 2


def test_row_repeated_in_the_file_is_an_error(register):
    assert refused(register(GOOD, GOOD))[1] == ["第4行 机构名称:与第3行重复"]


def test_errors_come_back_as_a_marked_workbook(register, tmp_path):
    out = tmp_path / "errors.xlsx"

    refused(register([*GOOD[:4], "昨天", *GOOD[5:]]), "--errors", str(out))

    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
    assert rows[2][4] == "昨天"
    assert "不是日期" in rows[2][-1]


def test_batch_is_taken_back(register):
    run(register([*GOOD[:5], "91350200MA2YJ1XR9G", *GOOD[6:]]))
    changed = run(register(["乙", *GOOD[1:5], "91350200MA2YJ1XR9G", *GOOD[6:]]))

    call_command("rollback_import", changed["batch"], stdout=StringIO())

    assert Institution.objects.get().name == "甲培训中心"


def test_batch_with_a_later_visit_stays(register, inspector):
    batch = run(register(GOOD))["batch"]
    visit_of(Institution.objects.get(), by=inspector)

    with pytest.raises(CommandError, match="已有走访"):
        call_command("rollback_import", batch)

    assert Institution.objects.count() == 1


def test_earlier_batch_waits_for_the_later(register):
    code = "91350200MA2YJ1XR9G"
    first = run(register([*GOOD[:5], code, *GOOD[6:]]))
    run(register(["乙", *GOOD[1:5], code, *GOOD[6:]]))

    with pytest.raises(CommandError, match="后来的导入"):
        call_command("rollback_import", first["batch"])


def test_unknown_division_and_missing_file(register):
    with pytest.raises(CommandError, match="没有代码为“99”的县"):
        call_command("import_institutions", register(GOOD), "--division", "99")
    with pytest.raises(CommandError, match="不能读取"):
        call_command("import_institutions", "nowhere.xlsx", "--division", "330382")
