"""N 家未定位: the list of those that the map cannot show says who they are, and nothing of people."""

from accounts.models import AuditRow
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of

DOOR = "/api/v1/map/unlocated/"


def names(answer) -> list[str]:
    return [each["name"] for each in answer.json()["results"]]


def test_list_has_those_without_a_place_of_their_own_the_pressing_first(api, taskforce):
    institution(name="有位置", position=(120.9, 28.0))
    institution(name="无处甲")
    round_of(institution(name="无处逾期"), "2018-05-01", due_on="2018-06-01")
    institution(name="乡镇中心", position=(120.9, 28.0), location_source="township_centre", location_accuracy_m=3000)

    answer = api(taskforce).get(DOOR, {"as_of": "2018-12-31"})

    assert names(answer)[0] == "无处逾期"
    assert sorted(names(answer)) == ["乡镇中心", "无处甲", "无处逾期"]
    assert answer.json()["count"] == 3


def test_list_of_what_changed_has_those_alone(api, taskforce):
    institution(name="无处未变")
    round_of(institution(name="无处整改"), "2018-12-05")

    answer = api(taskforce).get(DOOR, {"as_of": "2018-12-31", "change_since": "2018-11-30"})

    assert [(each["name"], each["was"]) for each in answer.json()["results"]] == [("无处整改", "unseen")]


def test_list_shows_no_people_and_leaves_no_row_of_people_read(api, taskforce):
    institution(name="无处", principal="王小二", phone="13812345678")

    answer = api(taskforce).get(DOOR)

    assert names(answer) == ["无处"]
    assert not {"王小二", "13812345678"} & {str(value) for value in answer.json()["results"][0].values()}
    assert AuditRow.objects.filter(action="personal_data.read").count() == 0


def test_list_is_of_what_one_sees(api, inspector):
    institution(LIUSHI, name="本镇无处")
    institution(NEXT_TO_LIUSHI, name="别镇无处")

    assert names(api(inspector).get(DOOR)) == ["本镇无处"]


def test_pages_of_the_list_follow_one_another(api, taskforce):
    for number in range(5):
        institution(name=f"无处{number}")
    client, found, after = api(taskforce), [], ""

    while after is not None:
        answer = client.get(DOOR, {"page_size": 2, "after": after}).json()
        found += [each["name"] for each in answer["results"]]
        after = answer["next"]

    assert sorted(found) == [f"无处{number}" for number in range(5)]


def test_page_asks_this_door_and_no_list_with_people(browse, taskforce):
    doors = browse(taskforce).get("/map/").context["config"]["doors"]

    assert doors["unlocated"] == DOOR
