"""What the import refuses of a row, the form refuses of what is typed, and the action of what it is given; and where the
import asks, the form does."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from accounts.errors import Invalid
from institutions import rules
from institutions.actions import AlreadyRegistered, Registrations, edit_institution, register_institution
from institutions.models import Division, Institution
from institutions.moments import today
from institutions.places import County
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, user_with
from tests.institutions.test_import_command import refused, run, written

TYPED = {"name": "甲培训", "division": LIUSHI, "category": "subject", "datum": "wgs84"}
NEAR = {"longitude": "120.95", "latitude": "28.1"}
HEADS = {
    "name": "机构名称", "division": "乡镇", "operating_address": "办学地址", "credit_code": "统一社会信用代码", "phone": "电话",
    "longitude": "经度", "latitude": "纬度", "principal": "负责人", "area_m2": "面积",
}  # fmt: skip
SOON = today() + timedelta(days=2)

# (what is typed, the field that is wrong, what is said of it)
REFUSED = {
    "in the sea off Africa": ({"longitude": "0", "latitude": "0"}, "longitude", "不在柳市镇附近"),
    "the wrong way round": ({"longitude": "28.1", "latitude": "82.95"}, "longitude", "是否填反了"),
    "in another province": ({"longitude": "116.4", "latitude": "39.9"}, "longitude", "不在柳市镇附近"),
    "half a position": ({"longitude": "120.95"}, "latitude", "要么都填"),
    "not on earth": ({"longitude": "120.95", "latitude": "280"}, "latitude", ""),
    "an address of another county": ({"operating_address": "瑞安市示例路2号"}, "operating_address", "地址在瑞安市，不在乐清市"),
    "a code that became a number": ({"credit_code": "9.13502E+17"}, "credit_code", "改成了数字"),
    "no code": ({"credit_code": "123"}, "credit_code", "不是统一社会信用代码"),
    "no telephone": ({"phone": "找门卫"}, "phone", "不是电话号码"),
    "an ID-card number": ({"principal": "王某 330382197001011234"}, "principal", "身份证号"),
}  # fmt: skip


@pytest.fixture
def clerk(browse, taskforce):
    return browse(taskforce)


@pytest.fixture
def read(tmp_path, db):
    """`read(name="甲")`: a register of one row."""

    def row(**typed: str):
        typed = {"name": "甲培训", "division": "柳市镇"} | typed
        return written(tmp_path / "register.csv", [*typed.values()], head=[HEADS[name] for name in typed])

    return row


def said(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(("typed", "field", "says"), REFUSED.values(), ids=REFUSED)
def test_both_doors_refuse_it_and_nothing_is_written(clerk, read, typed, field, says):
    answer = clerk.post("/institutions/new/", TYPED | typed)
    messages = refused(read(**typed))[1]

    assert (answer.status_code, len(messages)) == (422, 1)
    [reason] = [str(reason) for reasons in answer.context["form"].errors.values() for reason in reasons][:1]
    assert says in reason and says in messages[0]
    assert not Institution.objects.exists()


@pytest.mark.parametrize(("typed", "field", "says"), [REFUSED[name] for name in list(REFUSED)[:3]])
def test_edited_institution_is_asked_the_same(clerk, typed, field, says):
    school = institution(position=(120.95, 28.1))
    page = TYPED | NEAR | typed | {"version": "1"}

    answer = clerk.post(f"/institutions/{school.pk}/edit/", page)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    with pytest.raises(Invalid):
        place = {name: float(typed[name]) for name in ("longitude", "latitude")} | {"datum": "wgs84"}
        edit_institution(school, by=None, version=1, columns=place)


@pytest.mark.parametrize("name", ["小计", "合 计", "合计:12家", "备注", "总计 3所", "填表人:王某"])
def test_summary_is_no_institution_at_either_door(clerk, read, db, name):
    path = read(division="柳市镇", name=name)

    answer = clerk.post("/institutions/new/", TYPED | {"name": name})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    assert run_or_nothing(path) == 0
    with pytest.raises(Invalid):
        register_institution(by=None, columns={"name": name, "division": Division.objects.get(pk=LIUSHI)})


NO_NAMES = [
    "序号", "无", "—", "/", "机构名称", "无证无照", "13800001111", "0577-62345678", "柳市镇", "乐清市", "未知", "测试",
]  # fmt: skip


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_the_import_takes_for_no_name_no_other_door_takes(clerk, taskforce, read, name):
    path, school = read(division="柳市镇", name=name, operating_address="柳市镇前街1号"), institution(name="乙培训")

    typed = clerk.post("/institutions/new/", TYPED | {"name": name})
    edited = clerk.post(f"/institutions/{school.pk}/edit/", TYPED | {"name": name, "version": "1"})
    with suppress(CommandError):  # it asks and has nothing else, or refuses the row
        run(path)

    for answer in (typed, edited):
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    with pytest.raises(Invalid):
        register_institution(by=None, columns={"name": name, "division": Division.objects.get(pk=LIUSHI)})
    with pytest.raises(Invalid):
        edit_institution(school, by=taskforce, version=1, columns={"name": name})
    assert [each.name for each in Institution.objects.all()] == ["乙培训"]


@pytest.mark.parametrize("name", ["88", "某某培训", "无名小站培训", "柳市镇中心艺校", "110培训"])
def test_name_that_a_person_may_keep_a_person_may_type(clerk, name):
    assert clerk.post("/institutions/new/", TYPED | {"name": name}).status_code == 302


def run_or_nothing(path) -> int:
    """How many a register would bring; one that is all summaries has none, which is said."""
    messages = refused(path)[1]
    assert len(messages) == 1 and messages[0].startswith("表头下面没有任何机构。未读取：第3行")
    return Institution.objects.count()


def test_summary_behind_a_township_is_passed_over_and_the_rest_is_taken(tmp_path, db):
    rows = [["柳市镇", "甲培训"], ["柳市镇", "小计"], ["", "合计教育培训中心"]]
    path = written(tmp_path / "register.csv", rows[0], rows[1], head=["乡镇", "机构名称"])

    assert run(path)["new"] == 1
    assert Institution.objects.get().name == "甲培训"


@pytest.mark.parametrize("name", ["合计教育培训中心", "小计算机培训"])
def test_name_that_only_begins_like_a_summary_is_one(clerk, name):
    assert clerk.post("/institutions/new/", TYPED | {"name": name}).status_code == 302


def test_nothing_to_say_is_nothing_at_both_doors(clerk, read):
    clerk.post("/institutions/new/", TYPED | {"phone": "无", "principal": "/", "credit_code": "—"})
    typed = Institution.objects.get()

    run(read(name="乙培训", phone="无", principal="/", credit_code="—"))

    imported = Institution.objects.get(name="乙培训")
    for school in (typed, imported):
        assert (school.phone, school.principal, school.credit_code) == ("", "", "")


def test_area_is_rounded_with_a_word_at_both_doors(clerk, read):
    answer = clerk.post("/institutions/new/", TYPED | {"area_m2": "200.55"}, follow=True)
    told = run(read(name="乙培训", area_m2="200.55"))

    assert [str(school.area_m2) for school in Institution.objects.all()] == ["200.6", "200.6"]
    assert "“200.55”按一位小数记为 200.6" in said(answer)
    assert "“200.55”按一位小数记为 200.6" in told["warnings"][0]["message"]


# --- Where the import asks, the form does


def test_near_name_at_the_same_door_is_looked_at_first(clerk, read):
    institution(name="乐清市童绘馆培训中心", operating_address="井大路8号2楼")
    typed = TYPED | {"name": "同绘馆", "operating_address": "柳市镇井大路8号"}

    asked, taken = clerk.post("/institutions/new/", typed), clerk.post("/institutions/new/", typed | {"apart": "on"})

    assert (asked.status_code, taken.status_code) == (409, 302)
    assert "名称相近的“乐清市童绘馆培训中心”" in said(asked) and 'name="apart"' in said(asked)
    assert len(run(read(name="桐绘馆", operating_address="井大路8号3楼"))["duplicates"]) == 1


def test_near_name_at_another_door_is_not_asked_about(clerk):
    institution(name="童绘馆", operating_address="井大路8号")

    answer = clerk.post("/institutions/new/", TYPED | {"name": "同绘馆", "operating_address": "天琪路3号"})

    assert answer.status_code == 302


def test_credit_code_of_another_is_refused_when_it_is_edited_too(clerk, taskforce):
    known = institution(NEXT_TO_LIUSHI, name="乙培训", credit_code="91350200MA2YJ1XR9G")
    school = institution()
    page = TYPED | {"version": "1", "credit_code": known.credit_code}

    answer = clerk.post(f"/institutions/{school.pk}/edit/", page)

    assert (answer.status_code, "已登记为“乙培训”" in said(answer)) == (409, True)
    with pytest.raises(AlreadyRegistered):
        edit_institution(school, by=taskforce, version=1, columns={"credit_code": known.credit_code})


def test_credit_code_out_of_sight_is_not_given_away(browse, db):
    institution(NEXT_TO_LIUSHI, credit_code="91350200MA2YJ1XR9G")
    school = institution()
    townsman = browse(user_with("task_force", LIUSHI))

    answer = townsman.post(
        f"/institutions/{school.pk}/edit/", TYPED | {"version": "1", "credit_code": "91350200MA2YJ1XR9G"}
    )

    assert answer.status_code == 302


# --- Townships, positions, surveys: what the action is given by whoever calls it


def ended() -> Division:
    Division.objects.filter(pk=LIUSHI).update(in_force_to="2018-01-01")
    return Division.objects.get(pk=LIUSHI)


@pytest.mark.parametrize("which", [ended, lambda: Division.objects.get(pk="330382")], ids=["no more", "a county"])
@pytest.mark.parametrize("how", ["one", "many"])
def test_institution_is_not_registered_where_nothing_can_lie(db, which, how):
    columns = {"name": "甲培训", "division": which()}

    with pytest.raises(Invalid) as refusal:
        if how == "one":
            register_institution(by=None, columns=columns)
        else:
            Registrations([(columns, [])], by=None, at=timezone.now(), county=County.of(columns["division"]))

    assert list(refusal.value.errors) == ["division"]
    assert not Institution.objects.exists()


def test_township_not_offered_any_more_is_refused_by_its_field(clerk):
    ended()

    answer = clerk.post("/institutions/new/", TYPED)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["division"])


def test_move_takes_the_position_along_or_is_asked_about_it(clerk, taskforce):
    """A position far from the new township is asked about though nobody typed it."""
    Division.objects.filter(pk=NEXT_TO_LIUSHI).update(longitude=118.0, latitude=30.0)
    school = institution(position=(120.95, 28.1))

    answer = clerk.post(f"/institutions/{school.pk}/edit/", TYPED | NEAR | {"division": NEXT_TO_LIUSHI, "version": "1"})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["longitude"])


@pytest.mark.parametrize(
    ("survey", "field"),
    [
        ({"surveyed_on": SOON, "licence_status_at_survey": "none"}, "surveyed_on"),
        ({"surveyed_on": date(1999, 12, 31), "licence_status_at_survey": "none"}, "surveyed_on"),
        ({"surveyed_on": date(2018, 4, 2)}, "licence_status_at_survey"),
        ({"licence_status_at_survey": "none"}, "surveyed_on"),
    ],
)
def test_survey_that_cannot_be_is_refused_by_the_action(db, survey, field):
    with pytest.raises(Invalid) as refusal:
        register_institution(by=None, columns={"name": "甲", "division": Division.objects.get(pk=LIUSHI)} | survey)

    assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize(
    ("middles", "place", "near"),
    [
        ({LIUSHI: (120.9, 28.0)}, (121.9, 29.0), True),  # a degree away
        ({LIUSHI: (120.9, 28.0)}, (121.91, 28.0), False),
        ({LIUSHI: None, "330382": (120.9, 28.0)}, (120.0, 28.0), True),
        ({LIUSHI: None, "330382": (120.9, 28.0)}, (0.0, 0.0), False),
        ({LIUSHI: None, "330382": None}, (87.6, 43.8), True),  # nothing is known: anywhere in China
        ({LIUSHI: None, "330382": None}, (0.0, 0.0), False),
        ({LIUSHI: None, "330382": None}, (43.8, 87.6), False),
    ],
)
def test_position_is_near_the_smallest_division_whose_middle_is_on_file(db, middles, place, near):
    for code, middle in middles.items():
        longitude, latitude = middle or (None, None)
        Division.objects.filter(pk=code).update(longitude=longitude, latitude=latitude)

    reasons = rules.position_reasons(*place, Division.objects.get(pk=LIUSHI))

    assert (reasons == {}) is near


def test_county_of_a_village_is_the_one_it_lies_in(db):
    village = Division(code=f"{LIUSHI}201", name="某村", level="village")

    assert County.of(village).division.pk == "330382"
