"""OGC API Features: what its doors say, whom they show what, what they refuse."""

from uuid import UUID

import pytest
from drf_spectacular.validation import validate_schema

from accounts.actions import create_token
from institutions.positions import LocationSource
from mapping.ogc import asked as asking
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, round_of, user_with

ITEMS = "/ogc/collections/institutions/items"
AS_OF = "2018-12-31"
HERE = (120.9, 28.03)


def link_of(answer: dict, rel: str) -> str | None:
    return next((each["href"] for each in answer["links"] if each["rel"] == rel), None)


def names(answer) -> list[str]:
    return [each["properties"]["name"] for each in answer.json()["features"]]


def numbered(count: int) -> None:
    for number in range(1, count + 1):
        institution(id=UUID(int=number), name=f"第{number}所")


# --- The doors


def test_landing_leads_to_everything(browse, taskforce):
    landing = browse(taskforce).get("/ogc/").json()

    found = {rel: browse(taskforce).get(link_of(landing, rel)) for rel in ("service-desc", "conformance", "data")}

    assert {rel: answer.status_code for rel, answer in found.items()} == dict.fromkeys(found, 200)
    assert [each.rsplit("/", 1)[1] for each in found["conformance"].json()["conformsTo"]] == [
        "core",
        "oas30",
        "geojson",
    ]
    assert found["service-desc"]["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"


def test_landing_answers_with_and_without_a_slash(browse, taskforce):
    assert browse(taskforce).get("/ogc").json() == browse(taskforce).get("/ogc/").json()


def test_description_is_openapi_and_names_what_the_items_read(browse, taskforce):
    document = browse(taskforce).get("/ogc/api").json()

    validate_schema(document)
    parameters = document["paths"]["/collections/institutions/items"]["get"]["parameters"]
    named = [each["$ref"].rsplit("/", 1)[1] for each in parameters]
    assert tuple(named) == (*asking_grammar(), *asking.ITEMS)


def asking_grammar() -> tuple[str, ...]:
    from figures.drilldown import GRAMMAR

    return GRAMMAR


def test_every_answer_of_the_description_is_given(browse, taskforce):
    school = institution()
    document = browse(taskforce).get("/ogc/api").json()

    answers = {
        path: browse(taskforce).get(f"/ogc{path}".replace("{featureId}", str(school.pk))) for path in document["paths"]
    }

    for path, answer in answers.items():
        assert (path, answer.status_code) == (path, 200)
        assert answer["Content-Type"] in document["paths"][path]["get"]["responses"]["200"]["content"]


def test_collection_says_where_and_since_when_its_institutions_are(browse, taskforce):
    institution(position=(120.9, 28.0), surveyed_on="2018-05-01")
    institution(position=(121.0, 28.2), surveyed_on="2018-04-02")
    institution(surveyed_on=None)

    collection = browse(taskforce).get("/ogc/collections").json()["collections"][0]

    assert collection == browse(taskforce).get("/ogc/collections/institutions").json()
    assert collection["extent"]["spatial"]["bbox"] == [[120.9, 28.0, 121.0, 28.2]]
    assert collection["extent"]["temporal"]["interval"] == [["2018-04-02T00:00:00Z", None]]
    assert (collection["crs"], collection["itemType"]) == (["http://www.opengis.net/def/crs/OGC/1.3/CRS84"], "feature")


@pytest.mark.parametrize("door", ["/ogc/collections", "/ogc/collections/institutions"])
@pytest.mark.parametrize("asked", ["", "as_of=2018-12-31&figure=surveyed", f"division={LIUSHI}"])
def test_extent_is_of_what_one_sees(browse, inspector, door, asked):
    institution(position=HERE)
    before = browse(inspector).get(f"{door}?{asked}").content

    institution(NEXT_TO_LIUSHI, position=(121.5, 28.5), surveyed_on="2017-01-01")
    outside = browse(inspector).get(f"{door}?{asked}").content
    institution(LIUSHI, position=(120.8, 28.0), surveyed_on="2017-01-01")
    inside = browse(inspector).get(f"{door}?{asked}").content

    assert (outside == before, inside == before) == (True, False)


def test_collection_of_nobody_placed_has_no_extent(browse, taskforce):
    assert browse(taskforce).get("/ogc/collections/institutions").json()["extent"] == {}


def test_question_at_the_landing_page_is_in_every_link(browse, taskforce):
    round_of(institution(name="甲"), "2018-05-01", due_on="2018-06-01")
    institution(name="乙")

    landing = browse(taskforce).get(f"/ogc?as_of={AS_OF}&standing=overdue").json()
    [collection] = browse(taskforce).get(link_of(landing, "data")).json()["collections"]
    items = browse(taskforce).get(link_of(collection, "items"))

    assert (names(items), items.json()["numberMatched"]) == (["甲"], 1)


# --- Features


def test_feature_has_every_property_and_those_of_the_schema(browse, taskforce):
    school = institution(
        name="甲培训", position=(120.86091234, 28.03401234), status="full", operating_address="井大路8号",
        principal="王某某", phone="13800001111", location_source=LocationSource.MAP_PIN,
    )  # fmt: skip
    round_of(school, "2018-12-01", due_on="2019-01-05")

    [feature] = browse(taskforce).get(ITEMS, {"as_of": AS_OF}).json()["features"]

    assert feature == {
        "type": "Feature",
        "id": str(school.pk),
        "geometry": {"type": "Point", "coordinates": [120.860912, 28.034012]},
        "properties": {
            "name": "甲培训",
            "address": "井大路8号",
            "township": "柳市镇",
            "township_code": LIUSHI,
            "category": "subject",
            "surveyed_on": "2018-04-02",
            "licence_status": "full",
            "licence_status_name": "证照齐全",
            "standing": "open",
            "standing_name": "整改中",
            "due": "2019年01月05日",
            "place": "地图标注",
        },
    }
    described = browse(taskforce).get("/ogc/collections/institutions/schema").json()["properties"]["properties"]
    assert list(described["properties"]) == described["required"] == list(feature["properties"])


def test_feature_of_which_nothing_is_known_has_every_property_still(browse, taskforce):
    institution(surveyed_on=None)
    institution(position=HERE, location_source=LocationSource.TOWNSHIP_CENTRE)

    unknown, approximate = sorted(
        browse(taskforce).get(ITEMS).json()["features"], key=lambda each: each["properties"]["place"], reverse=True
    )

    assert unknown["properties"].keys() == approximate["properties"].keys()
    assert (unknown["geometry"], unknown["properties"]["place"]) == (None, "未定位")
    assert (approximate["geometry"], approximate["properties"]["place"]) == (None, "仅到乡镇（街道）")


def test_feature_stands_alone_by_its_id_as_in_the_list(browse, taskforce):
    school = institution(position=HERE)
    round_of(school, "2018-05-01", due_on="2018-06-01")

    alone = browse(taskforce).get(f"{ITEMS}/{school.pk}", {"as_of": AS_OF}).json()

    [listed] = browse(taskforce).get(ITEMS, {"as_of": AS_OF}).json()["features"]
    assert {name: alone[name] for name in listed} == listed


@pytest.mark.parametrize("user", ["taskforce", "auditor", "inspector"])
def test_no_role_is_told_of_people(request, browse, user):
    institution(position=HERE, principal="王某某", phone="13800001111")

    answer = browse(request.getfixturevalue(user)).get(ITEMS)

    assert answer.json()["numberReturned"] == 1
    assert "王某某" not in answer.content.decode()
    assert "0001111" not in answer.content.decode()


def test_feature_out_of_sight_is_absent(browse, inspector):
    elsewhere = institution(NEXT_TO_LIUSHI)

    answers = [browse(inspector).get(f"{ITEMS}/{pk}") for pk in (elsewhere.pk, UUID(int=7))]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


# --- Pages


def test_pages_follow_one_another_and_lead_back(browse, taskforce):
    numbered(7)

    pages = [browse(taskforce).get(ITEMS, {"limit": 3})]
    while following := link_of(pages[-1].json(), "next"):
        pages.append(browse(taskforce).get(following))
    back = browse(taskforce).get(link_of(pages[-1].json(), "prev"))
    first = browse(taskforce).get(link_of(back.json(), "prev"))

    assert [names(page) for page in pages] == [
        ["第1所", "第2所", "第3所"],
        ["第4所", "第5所", "第6所"],
        ["第7所"],
    ]
    assert [page.json()["numberMatched"] for page in pages] == [7, 7, 7]
    assert [page.json()["numberReturned"] for page in pages] == [3, 3, 1]
    assert (names(back), names(first)) == (names(pages[1]), names(pages[0]))
    assert [link_of(page.json(), "prev") is None for page in (pages[0], first, back)] == [True, True, False]
    assert link_of(first.json(), "next") is not None


def test_pages_are_of_one_moment_whatever_is_written_between_them(browse, taskforce):
    numbered(4)
    first = browse(taskforce).get(ITEMS, {"limit": 2}).json()

    institution(id=UUID(int=50), name="新来的", recorded_at=at("2099-01-01"))
    round_of(institution(id=UUID(int=0), name="更早的"), "2018-05-01")
    second = browse(taskforce).get(link_of(first, "next"))

    assert names(second) == ["第3所", "第4所"]


def test_self_is_what_was_asked(browse, taskforce):
    answer = browse(taskforce).get(f"{ITEMS}?limit=3&standing=open").json()

    assert link_of(answer, "self") == f"http://testserver{ITEMS}?limit=3&standing=open"


@pytest.mark.parametrize(("limit", "returned"), [("1", 1), ("3", 3), ("99999", 4)])
def test_limit_is_cut_to_the_most_and_no_error(browse, taskforce, monkeypatch, limit, returned):
    monkeypatch.setattr(asking, "MOST", 4)
    numbered(5)

    answer = browse(taskforce).get(ITEMS, {"limit": limit})

    assert (answer.status_code, answer.json()["numberReturned"]) == (200, returned)


# --- Which


@pytest.mark.parametrize(
    ("bbox", "found"),
    [("120.8,28.0,121.0,28.1", 1), ("120.9,28.03,120.9,28.03", 1), ("120.8,28,-5,121,28.1,9000", 1),
     ("-180,-90,180,90", 1), ("120.91,28.0,121.0,28.1", 0)],
)  # fmt: skip
def test_box_holds_those_placed_in_it(browse, taskforce, bbox, found):
    institution(position=HERE)
    institution()

    assert browse(taskforce).get(ITEMS, {"bbox": bbox}).json()["numberMatched"] == found


@pytest.mark.parametrize(
    ("bbox", "found"),
    [
        ("170,-20,-170,-10", "东西"),  # as RFC 7946 and the standard write it
        ("170.00000000000000000,-20.00000000000000000,-170.00000000000000000,-10.00000000000000000", "东西"),
        ("170,-20,0,-170,-10,100", "东西"),
        ("179.5,-20,-179.9,-10", "东"),
        ("180,-20,-180,-10", ""),
        ("179,-20,-180,-10", "东"),
        ("-178,-20,-179,-10", "东远"),  # round the world but for a degree
        ("-180,-90,180,90", "东西远"),
    ],
)
def test_box_whose_west_is_greater_than_its_east_goes_across_180_degrees(browse, taskforce, bbox, found):
    for name, longitude in (("东", 179.5), ("西", -178.5), ("远", 120.0)):
        institution(name=name, position=(longitude, -15.0))
    institution(name="无处")

    pages, asked = [], f"{ITEMS}?limit=1&bbox={bbox}"
    while asked:
        page = browse(taskforce).get(asked)
        pages += names(page)
        asked = link_of(page.json(), "next")

    assert sorted(pages) == sorted(found)
    assert page.json()["numberMatched"] == len(found)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("2018-05-01", "乙"),
        ("2018-04-02/2018-05-01", "甲乙"),
        ("2018-04-03/..", "乙丙"),
        ("2018-04-03/", "乙丙"),
        ("../2018-05-01", "甲乙"),
        ("/2018-05-01", "甲乙"),
        ("2018-05-01T00:00:00Z", "乙"),
        ("2018-04-30T16:00:00Z", "乙"),  # midnight in Asia/Shanghai
        ("2018-04-30T15:59:59.9Z", ""),
        ("2018-05-01T00:00:00+08:00/2018-06-01T00:00:00+08:00", "乙丙"),
        ("2018-05-01T", "乙"),  # as GDAL writes a day
        ("0000-01-01T00:00:00Z/2018-04-30", "甲"),  # as QGIS writes what has no beginning
        ("2018-05-02/9999-12-31T23:59:59Z", "丙"),  # and no end
    ],
)
def test_days_hold_those_surveyed_on_them(browse, taskforce, days, found):
    for name, on in (("甲", "2018-04-02"), ("乙", "2018-05-01"), ("丙", "2018-06-01"), ("丁", None)):
        institution(name=name, surveyed_on=on)

    assert sorted(names(browse(taskforce).get(ITEMS, {"datetime": days}))) == sorted(found)


def test_days_do_not_move_the_day_on_which_institutions_stand(browse, taskforce):
    round_of(institution(), "2018-05-01", due_on="2018-06-01")

    [feature] = browse(taskforce).get(ITEMS, {"datetime": "../2018-05-02"}).json()["features"]

    assert feature["properties"]["standing"] == "overdue"


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ("bbox=120,29,121,28", ["bbox"]), ("bbox=181,28,120,29", ["bbox"]), ("bbox=nan,28,121,29", ["bbox"]), ("bbox=120,28,121", ["bbox"]),
        ("bbox=120,28,121,91", ["bbox"]), ("bbox=120,28,121,29,30", ["bbox"]), ("bbox=", ["bbox"]),
        ("bbox=１20,28,121,29", ["bbox"]), ("bbox=inf,28,121,29", ["bbox"]), ("bbox=1_2,28,121,29", ["bbox"]),
        ("datetime=", ["datetime"]), ("datetime=../..", ["datetime"]), ("datetime=yesterday", ["datetime"]),
        ("datetime=2018-13-01", ["datetime"]), ("datetime=2018-02-30T00:00:00Z", ["datetime"]),
        ("datetime=2018-05-01T00:00:00", ["datetime"]), ("datetime=2018-05-02/2018-05-01", ["datetime"]),
        ("datetime=2018-05-01/2018-05-02/2018-05-03", ["datetime"]), ("datetime=２018-05-01", ["datetime"]),
        ("limit=0", ["limit"]), ("limit=-1", ["limit"]), ("limit=1.5", ["limit"]), ("limit=²", ["limit"]),
        ("limit=x&bbox=y", ["bbox", "limit"]),
        ("after=x", ["after"]),
        ("after=00000000-0000-0000-0000-000000000001&before=00000000-0000-0000-0000-000000000002", ["before"]),
        ("figur=overdue", ["figur"]), ("limit=1&limit=2", ["limit"]), ("bbox-crs=EPSG:4326", ["bbox-crs"]),
        ("standing=nonsense", ["standing"]), ("as_of=2018-02-30", ["as_of"]),
    ],
)  # fmt: skip
def test_question_that_is_not_understood_is_a_400_that_names_it(browse, taskforce, asked, wrong):
    answer = browse(taskforce).get(f"{ITEMS}?{asked}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, wrong)
    assert answer.json()["description"] == answer.json()["message"] != ""


def test_division_out_of_sight_is_absent(browse, inspector):
    answer = browse(inspector).get(ITEMS, {"division": NEXT_TO_LIUSHI})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_door_that_there_is_none_of_is_absent(browse, taskforce):
    answer = browse(taskforce).get("/ogc/collections/schools/items")

    assert answer.status_code == 404
    assert "/ogc/api" in answer.json()["description"]


def test_accept_of_another_kind_is_answered_all_the_same(browse, taskforce):
    assert browse(taskforce).get("/ogc/", headers={"accept": "text/html"}).status_code == 200


# --- Who


def test_token_opens_as_bearer_and_as_password(client, inspector):
    institution(name="甲")
    institution(NEXT_TO_LIUSHI)
    token = create_token(inspector, by=None)

    answers = [
        client.get(ITEMS, headers={"authorization": f"Bearer {token}"}),
        client.get(ITEMS, headers={"authorization": basic("inspector", token)}),
    ]

    assert [names(answer) for answer in answers] == [["甲"], ["甲"]]


def basic(name: str, password: str) -> str:
    from base64 import b64encode

    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"


def test_nobody_is_asked_for_name_and_token(client, db):
    answer = client.get("/ogc/")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Basic realm="access token", charset="UTF-8"'


def test_user_without_a_grant_in_force_sees_nothing(browse, db):
    ended = user_with("inspector", LIUSHI, valid_to="2019-01-01")

    assert browse(ended).get("/ogc/").status_code == 403
