"""Which institution a row is of, and what may follow from it."""

from functools import partial

import pytest

from institutions.actions import rename_division, rename_institution
from institutions.models import Division, Institution, Licence
from institutions.moments import EARLIEST, today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, day, institution, licence_of
from tests.institutions.test_import_command import refused, run, written

CODE, OTHER_CODE = "91350200MA2YJ1XR9G", "11370000004502323D"
HEAD = ["机构名称", "乡镇", "办学地址", "统一社会信用代码", "办学许可证号", "有效期", "证照情况", "排摸日期"]
KNOWN = ["甲培训中心", "柳市镇", "示例路1号", CODE, "", "", "无证无照", "2018-04-02"]
SHORT = ["机构名称", "乡镇", "办学地址"]
NOT_REWRITTEN = "排摸结果不改写：排摸登记有误的，撤回后重新登记；没有错的，请改正本行"

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(tmp_path):
    return partial(written, tmp_path / "register.csv", head=HEAD)


def on_file(**columns) -> Institution:
    return institution(name="甲培训中心", operating_address="示例路1号", credit_code=CODE, **columns)


def messages(told: dict) -> list[str]:
    return [each["message"] for each in told["warnings"]]


# --- A survey is not rewritten


@pytest.mark.parametrize(
    ("place", "written_as", "says"),
    [
        (7, "2018-05-02", "排摸日期：登记在册的是“2018-04-02”，表中是“2018-05-02”"),
        (6, "证照齐全", "证照情况：登记在册的是“无证无照”，表中是“证照齐全”"),
    ],
)
def test_row_that_differs_from_a_survey_on_file_is_an_error(register, place, written_as, says):
    on_file()
    row = [written_as if number == place else cell for number, cell in enumerate(KNOWN)]

    assert refused(register(row))[1] == [f"第3行 {says}。{NOT_REWRITTEN}"]


def test_row_that_agrees_with_the_survey_or_leaves_it_out_changes_the_rest(register):
    on_file()
    row = ["甲培训中心(新)", *KNOWN[1:6], "", ""]

    assert (run(register(KNOWN))["unchanged"], run(register(row))["changed"]) == (1, 1)


def test_institution_not_yet_surveyed_gets_its_survey_and_township(register):
    on_file(surveyed_on=None)

    told = run(register([KNOWN[0], "北白象镇", *KNOWN[2:]]))

    found = Institution.objects.get()
    assert messages(told) == ["第3行 乡镇(街道)：登记在册的是“柳市镇”，登记为自排摸之日起在“北白象镇”"]
    assert [(each.division_id, each.from_on) for each in found.places.all()] == [
        (LIUSHI, EARLIEST),
        (NEXT_TO_LIUSHI, day("2018-04-02")),
    ]
    assert (found.surveyed_on, found.licence_status_at_survey) == (day("2018-04-02"), "none")
    assert (found.division_id, found.scope_code) == (NEXT_TO_LIUSHI, f"{NEXT_TO_LIUSHI}000")
    assert found.surveyed_recorded_at is not None


def test_row_with_another_township_is_a_move_from_the_import_on_and_says_so(register):
    on_file()

    told = run(register([KNOWN[0], "北白象镇", *KNOWN[2:]]))

    assert messages(told) == ["第3行 乡镇(街道)：登记在册的是“柳市镇”，登记为自导入之日起迁入“北白象镇”"]
    assert [(each.division_id, each.from_on) for each in Institution.objects.get().places.all()] == [
        (LIUSHI, EARLIEST),
        (NEXT_TO_LIUSHI, today()),
    ]


def test_township_read_off_the_address_on_file_moves_nobody(register):
    school = on_file()
    Institution.objects.update(operating_address="北白象镇示例路1号")

    told = run(register([KNOWN[0], "", "北白象镇示例路1号", *KNOWN[3:]]))

    assert (told["unchanged"], Institution.objects.get().division_id) == (1, school.division_id)


def test_village_on_file_is_not_a_change_of_township(register):
    village = Division.objects.create(code=f"{LIUSHI}001", name="某村", level="village", parent_id=LIUSHI)
    school = on_file()
    Institution.objects.filter(pk=school.pk).update(division=village, scope_code=village.code)

    assert run(register(KNOWN))["unchanged"] == 1


def test_survey_after_the_institution_ceased_is_a_row_error(register):
    on_file(surveyed_on=None, ceased_on=day("2018-03-01"))

    assert refused(register(KNOWN))[1] == ["第3行 排摸日期：2018-04-02 晚于登记在册的停办日期 2018-03-01"]


def test_row_under_a_former_name_does_not_rename_back_and_says_so(register, taskforce):
    rename_institution(on_file(), by=taskforce, version=1, name="乙培训中心", from_on=day("2018-05-01"))

    told = run(register(KNOWN))

    assert (told["unchanged"], Institution.objects.get().name) == (1, "乙培训中心")
    assert messages(told) == [
        "第3行 机构名称：“甲培训中心”是“乙培训中心”的曾用名，名称不改；确已改回的，请在档案中编辑"
    ]


def test_row_under_a_former_name_without_a_code_is_the_same_institution(register, taskforce):
    rename_institution(on_file(), by=taskforce, version=1, name="乙培训中心", from_on=day("2018-05-01"))

    told = run(register(["甲培训中心", "柳市镇", "示例路1号", "", "", "", "", ""]))

    assert (told["new"], told["unchanged"]) == (0, 1)


def test_township_is_known_by_its_former_name_until_it_is_no_more(register, taskforce):
    rename_division(Division.objects.get(pk=LIUSHI), by=taskforce, name="柳市新镇", from_on=day("2018-05-01"))

    assert run(register(["甲", "柳市镇", ""], head=SHORT), "--dry-run")["new"] == 1
    Division.objects.filter(pk=LIUSHI).update(in_force_to=day("2019-01-01"))
    assert "不是乐清市的乡镇" in refused(register(["甲", "柳市镇", ""], head=SHORT))[1][0]


# --- Codes and permits


@pytest.mark.parametrize("again", ["教民133038200000077", "教民133038200000077号", "教民 133038200000077 号"])
def test_permit_in_another_writing_is_the_same(register, again):
    school = institution(name="原名", surveyed_on=None)
    licence_of(school, "permit", "2017-09-01", number="教民133038200000077号", valid_to=day("2020-08-31"))

    told = run(register(["甲", "柳市镇", "", "", again, "2017.9-2020.8", "", ""]))

    assert (told["changed"], Licence.objects.count()) == (1, 1)


def test_permit_twice_in_a_file_is_an_error_in_any_writing(register):
    first = ["甲", "柳市镇", "", "", "教民133038200000077", "2017.9-2020.8", "", ""]
    second = ["乙", "柳市镇", "", "", "教民133038200000077号", "2017.9-2020.8", "", ""]

    assert refused(register(first, second))[1] == ["第4行 办学许可证号：与第3行重复"]


def test_credit_code_twice_in_a_file_is_an_error(register):
    assert refused(register(KNOWN, ["乙", *KNOWN[1:]]))[1] == ["第4行 统一社会信用代码：与第3行重复"]


def test_renewed_permit_is_entered_beside_the_old_one(register):
    row = ["甲", "柳市镇", "", "", "教民133038200000077号", "2017.9-2020.8", "", ""]
    run(register(row))

    told = run(register([*row[:5], "2020.9-2023.8", "", ""]))

    assert told["changed"] == 1
    assert list(Licence.objects.values_list("valid_from", "valid_to")) == [
        (day("2017-09-01"), day("2020-08-31")),
        (day("2020-09-01"), day("2023-08-31")),
    ]


def test_another_end_of_a_licence_on_file_warns(register):
    row = ["甲", "柳市镇", "", "", "教民133038200000077号", "2017.9-2020.8", "", ""]
    run(register(row))

    told = run(register([*row[:5], "2017.9-2021.8", "", ""]))

    assert told["unchanged"] == 1
    assert [warning["message"] for warning in told["warnings"]] == [
        "第3行 许可证有效期至：登记在册的有效期至“2020-08-31”，表中是“2021-08-31”，导入不改"
    ]


def test_registration_from_the_survey_day_is_not_added_to_one_on_file(register):
    licence_of(on_file(status="registration_only"), "registration", "2015-01-01", number=CODE)

    assert run(register([*KNOWN[:6], "有照无证", "2018-04-02"]))["unchanged"] == 1


def test_code_of_one_and_permit_of_another_is_an_error(register):
    on_file()
    licence_of(institution(name="乙"), "permit", number="教民133038200000077")

    assert refused(register([*KNOWN[:4], "教民133038200000077号", "2017.9-2020.8", "", ""]))[1] == [
        "第3行 办学许可证号：是“乙”的，而信用代码是“甲培训中心”的，请核对"
    ]


def test_two_rows_of_one_institution_on_file_are_an_error(register):
    on_file()
    licence_of(Institution.objects.get(), "permit", "2017-09-01", number="教民133038200000077")

    by_permit = ["乙", "柳市镇", "", "", "教民133038200000077号", "2017.9-2020.8", "", ""]

    assert refused(register(KNOWN, by_permit))[1] == ["第4行 机构名称：与第3行是同一家已登记的机构“甲培训中心”"]


# --- Same name at the same address: the same, unless both have codes


@pytest.mark.parametrize(
    ("on_file_code", "code", "kinds"),
    [
        (CODE, OTHER_CODE, {"new": 1, "unchanged": 0, "changed": 0}),  # two operators that follow one another
        (CODE, "", {"new": 0, "unchanged": 1, "changed": 0}),
        ("", OTHER_CODE, {"new": 0, "unchanged": 0, "changed": 1}),
        ("", "", {"new": 0, "unchanged": 1, "changed": 0}),
        (CODE, CODE, {"new": 0, "unchanged": 1, "changed": 0}),
    ],
)
def test_same_name_and_address_is_the_same_unless_both_have_codes_that_differ(register, on_file_code, code, kinds):
    institution(name="甲培训中心", operating_address="示例路1号", credit_code=on_file_code)

    told = run(register(["甲培训中心", "柳市镇", "示例路1号", code, "", "", "", ""]))

    assert {kind: told[kind] for kind in kinds} == kinds


def test_same_name_and_address_with_another_code_is_asked_about(register):
    on_file()

    told = run(register(["甲培训中心", "柳市镇", "示例路1号", OTHER_CODE, "", "", "", ""]))

    assert [each["message"] for each in told["duplicates"]] == [
        "第3行 机构名称：与已登记的“甲培训中心”（示例路1号）同名同乡镇，请人工判断是否同一家"
    ]


@pytest.mark.parametrize(("first", "second"), [(CODE, ""), ("", CODE), ("", "")])
def test_same_name_and_address_twice_in_a_file_is_an_error_unless_both_have_codes(register, first, second):
    rows = [["甲培训中心", "柳市镇", "示例路1号", code, "", "", "", ""] for code in (first, second)]

    assert refused(register(*rows))[1] == ["第4行 机构名称：与第3行重复"]


# --- Names: a person decides


def asked(*rows: list[str], register) -> list[str]:
    return [each["message"] for each in run(register(*rows, head=SHORT))["duplicates"]]


def test_same_name_at_two_addresses_of_a_file_is_asked_and_imported_again_unchanged(register):
    rows = ["童绘馆", "柳市镇", "井大路8号"], ["童绘馆", "柳市镇", "天琪路2号"]

    assert asked(*rows, register=register) == [
        "第4行 机构名称：与第3行的“童绘馆”（井大路8号）同名同乡镇，请人工判断是否同一家"
    ]
    assert run(register(*rows, head=SHORT))["unchanged"] == 2


def test_near_name_at_the_same_door_is_asked(register):
    rows = ["童绘馆", "柳市镇", "井大路8号"], ["同绘馆", "柳市镇", "乐清市柳市镇井大路8号2楼"]

    assert asked(*rows, register=register) == [
        "第4行 机构名称：与第3行的“童绘馆”（井大路8号）地址相同、名称相近，请人工判断是否同一家"
    ]


def test_near_name_on_file_at_the_same_door_is_asked(register):
    institution(name="乐清市童绘馆培训中心", operating_address="乐清市柳市镇井大路8号")

    assert asked(["同绘馆", "柳市镇", "井大路8号"], register=register) == [
        "第3行 机构名称：与已登记的“乐清市童绘馆培训中心”（乐清市柳市镇井大路8号）地址相同、名称相近，请人工判断是否同一家"
    ]


@pytest.mark.parametrize(
    "other",
    [
        ["同绘馆", "柳市镇", "天琪路8号"],  # another road
        ["同绘馆", "柳市镇", "井大路18号"],  # another door
        ["同绘馆", "柳市镇", "井大路8-1号"],
        ["同绘馆", "北白象镇", "井大路8号"],  # another township
        ["蓝天外语", "柳市镇", "井大路8号"],  # another name
        ["同绘馆", "柳市镇", ""],
    ],
)
def test_others_are_not_asked_about(register, other):
    assert asked(["童绘馆", "柳市镇", "井大路8号"], other, register=register) == []


def test_many_at_one_door_stop_the_comparing_and_that_is_said(register, monkeypatch):
    monkeypatch.setattr("institutions.imports.known.MOST_COMPARED", 3)
    rows = [[name, "柳市镇", "井大路8号"] for name in ("童绘馆", "蓝天", "白云", "青禾", "同绘馆")]

    told = run(register(*rows, head=SHORT))

    assert told["duplicates"] == []
    assert "名称相近的只比较了前" in told["warnings"][0]["message"]


# --- Townships and counties


@pytest.mark.parametrize("township", ["乐清市柳市镇", "浙江省温州市乐清市柳市镇", "柳市", "柳市镇"])
def test_township_cell_in_every_writing(register, township):
    run(register(["甲", township, ""], head=SHORT))

    assert Institution.objects.get().division_id == LIUSHI


def test_address_in_another_county_is_an_error_beside_a_township_too(register):
    assert refused(register(["甲", "柳市镇", "瑞安市示例路2号"], head=SHORT))[1] == [
        "第3行 办学地址：地址在瑞安市，不在乐清市"
    ]


def test_road_or_market_named_after_a_county_is_no_county(register):
    assert run(register(["甲", "柳市镇", "瑞安市场3号"], ["乙", "柳市镇", "永嘉县路1号"], head=SHORT))["new"] == 2


def test_county_on_file_is_known_by_its_division(register):
    Division.objects.create(code="3301", name="某州市", level="city", parent_id="33")
    Division.objects.create(code="330110", name="某余区", level="county", parent_id="3301")

    assert refused(register(["甲", "柳市镇", "某余区示例路2号"], head=SHORT))[1] == [
        "第3行 办学地址：地址在某余区，不在乐清市"
    ]


def test_villages_of_yueqing_are_no_places_of_another_county(register):
    Division.objects.create(code="330381001", name="某街道", level="township", parent_id="330381")

    messages = refused(
        register(["甲", "", "旭阳社区3号"], ["乙", "某街道", "乐清市旭阳社区3号"], head=SHORT), division="330381"
    )[1]

    assert messages == [
        "第3行 乡镇(街道)：没有填写，地址中也认不出乡镇（街道）或村社区",
        "第4行 办学地址：地址在乐清市，不在瑞安市",
    ]


# --- Former names within one file


OLD, RENAMED = ["绘声馆", "柳市镇", "井巷路1号"], ["晨曦画室(原绘声馆)", "柳市镇", "井巷路1号"]


@pytest.mark.parametrize(
    "rows",
    [
        (OLD, RENAMED),
        (RENAMED, OLD),
        (RENAMED, RENAMED),
        (RENAMED, ["晨曦画室", *OLD[1:]]),
        (["晨曦画室", *OLD[1:]], RENAMED),
    ],
)
def test_two_names_of_one_in_a_file_are_one_institution_twice(register, rows):
    assert refused(register(*rows, head=SHORT))[1] == ["第4行 机构名称：与第3行重复"]


@pytest.mark.parametrize("turned", [False, True])
def test_former_name_in_a_column_of_its_own_says_the_same(register, turned):
    rows = [[*OLD, ""], ["晨曦画室", *OLD[1:], "绘声馆"]]

    told = refused(register(*(reversed(rows) if turned else rows), head=[*SHORT, "曾用名"]))

    assert told[1] == ["第4行 机构名称：与第3行重复"]


def test_former_name_at_another_address_is_another(register):
    assert run(register(RENAMED, ["绘声馆", "柳市镇", "前街9号"], head=SHORT))["new"] == 2
