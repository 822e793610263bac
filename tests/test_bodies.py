"""A body is read whole: a key that nobody reads is refused by name, at every depth of every door of the API."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from drf_spectacular.generators import SchemaGenerator

from inspections.models import Visit
from institutions.imports.files import receive_file
from institutions.models import Division, RegisterFile
from tests.factories import LIUSHI, institution, seconded_from
from tests.reports.reporting import county, submitted
from tests.test_api_contract import sent
from tests.test_scope_leaks import RULES
from tests.urls import Url, every_url
from tests.worlds import full_file

WRITES = ("post", "put", "patch", "delete")
DOORS = [
    (url, method) for url in every_url() if url.is_api for method in WRITES if hasattr(getattr(url.view, "cls", None), method)
]  # fmt: skip
# These take a picture or a register, no JSON.
BYTES = {"api/v1/visits/<uuid:pk>/photos/<str:sha256>/", "api/v1/imports/"}
ALIKE = {  # typed wrong, and what was meant
    "licence_staus": "licence_status", "Note": "note", "inspector": "inspectors", "happend_at": "happened_at",
    "findings.0.nte": "note", "submits.put_rigth": "put_right", "position.longtitude": "longitude",
    "photos.0.sha": "sha256", "order.dueOn": "due_on",
}  # fmt: skip


@cache
def schema() -> dict[str, Any]:
    return SchemaGenerator().get_schema(public=True)


def body_of(url: Url, method: str) -> dict[str, Any]:
    """What the API's documentation says of the body of a door."""
    pattern = "/" + re.sub(r"<[^>]+>", r"\\{[^}]+}", url.route)
    [doors] = [doors for path, doors in schema()["paths"].items() if re.fullmatch(pattern, path)]
    return doors[method]["requestBody"]["content"]["application/json"]["schema"]


def objects(said: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every object of a body, with where it is: ("photos", "0")."""
    for one in [said, *said.get("allOf", []), *said.get("oneOf", [])]:
        if "$ref" in one:
            one = schema()["components"]["schemas"][one["$ref"].rsplit("/", 1)[-1]]
        if one.get("type") == "array" and path:
            yield from objects(one["items"], (*path, "0"))
        if "properties" in one:
            yield path, one
            for name, each in one["properties"].items():
                yield from objects(each, (*path, name))


def within(path: tuple[str, ...], inmost: Any) -> Any:
    """The smallest body that has this at a path."""
    if not path:
        return inmost
    inner = within(path[1:], inmost)
    return [inner] if path[0] == "0" else {path[0]: inner}


@pytest.fixture
def world(db):
    return full_file(LIUSHI, "甲培训", "13800001111", "red")


def arguments(url: Url, world) -> dict[str, Any]:
    if url.route.startswith("api/v1/imports/<uuid:pk>/"):
        division = Division.objects.get(pk="330382")
        data, by = "机构名称,乡镇\n绘声馆,柳市镇\n".encode(), world.visit.recorded_by
        return {"pk": receive_file(data, file_name="a.csv", division=division, datum="wgs84", by=by).pk}
    if url.route.startswith("api/v1/reports/<uuid:pk>/"):
        county()
        return {"pk": submitted().pk}
    return RULES[url.route].arguments(world)[0] if "<" in url.route else {}


@pytest.fixture
def client(api, db):
    return api(seconded_from("task_force", "330382", "supervisor", "3303"))


JSON = {f"{method} {url.route}": (url, method) for url, method in DOORS if url.route not in BYTES}


def refused(answer, path: tuple[str, ...]) -> tuple[int, list[str]]:
    """The status of a refusal and its reasons for the key; of many visits sent together, those of the first."""
    said, status = answer.json(), answer.status_code
    if "answers" in said:
        said, status, path = said["answers"][0]["error"], said["answers"][0]["status"], path[2:]
    return status, said["errors"][".".join([*path, "figur"])]


@pytest.mark.parametrize(("url", "method"), JSON.values(), ids=JSON)
def test_key_that_nobody_reads_is_refused_by_every_door_at_every_depth(world, client, url, method):
    address = url.at(**arguments(url, world))

    for path, said in objects(body_of(url, method)):
        body = within(path, {"figur": 1})
        for visit in body.get("visits", []):
            visit["id"] = str(uuid4())

        answer = getattr(client, method)(address, body, format="json")

        status, errors = refused(answer, path)
        assert status == 422, path
        [reason] = errors
        assert reason.startswith("这里没有“figur”这一项")
        assert said["additionalProperties"] is False


def test_field_that_nobody_reads_beside_a_register_is_refused(client):
    file = SimpleUploadedFile("a.csv", "机构名称,乡镇\n绘声馆,柳市镇\n".encode())

    answer = client.post("/api/v1/imports/", {"file": file, "division": "330382", "datun": "wgs84"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["datun"])
    assert not RegisterFile.objects.exists()


def test_depths_of_a_visit_are_those_of_the_contract():
    [visit] = [url for url, method in DOORS if method == "put" and url.route not in BYTES]

    found = {path for path, _said in objects(body_of(visit, "put"))}

    assert found >= {(), ("position",), ("findings", "0"), ("order",), ("submits",), ("photos", "0")}


@pytest.mark.parametrize(("typed", "meant"), ALIKE.items())
def test_refusal_names_what_was_probably_meant_and_nothing_is_written(client, typed, meant):
    *path, name = typed.split(".")

    answer = client.put(f"/api/v1/visits/{uuid4()}/", sent(institution(), **within((*path, name), 1)), format="json")

    assert answer.status_code == 422
    assert answer.json()["errors"][typed] == [f"这里没有“{name}”这一项，是否应为“{meant}”？"]
    assert not Visit.objects.exists()


def test_unknown_keys_are_named_for_programs_apart_from_other_reasons(client):
    school = institution()
    body = sent(school, weather="雨", findings=[{"type": "T01", "nte": ""}], note="x" * 5001)

    alone = client.put(f"/api/v1/visits/{uuid4()}/", body, format="json").json()
    together = client.post("/api/v1/field/visits/", {"visits": [body | {"id": str(uuid4())}]}, format="json").json()
    without = client.put(f"/api/v1/visits/{uuid4()}/", sent(school, note="x" * 5001), format="json").json()

    assert alone["unknown"] == together["answers"][0]["error"]["unknown"] == ["weather", "findings.0.nte"]
    assert set(alone["errors"]) == {"weather", "findings.0.nte", "note"}
    assert "unknown" not in without


def test_key_like_none_is_told_what_is_known(client, world):
    answer = client.post(f"/api/v1/visits/{world.visit.pk}/withdraw/", {"xyz": 1}, format="json")

    assert answer.json()["errors"] == {"xyz": ["这里没有“xyz”这一项，可用：reason。"]}


def test_what_else_is_wrong_is_said_too(client):
    answer = client.put(f"/api/v1/visits/{uuid4()}/", sent(institution(), purpos=1, note="x" * 5001), format="json")

    assert list(answer.json()["errors"]) == ["purpos", "note"]


def test_many_unknown_keys_are_told_of_in_part(client):
    answer = client.put(f"/api/v1/visits/{uuid4()}/", {"x" * 100 + str(n): 1 for n in range(500)}, format="json")

    reasons = answer.json()["errors"]
    assert sum("x" * 40 + "”" in reasons[name][0] for name in reasons) == 20


@pytest.mark.parametrize(
    "twice", ['{"note": "甲", "note": "乙"}', '{"order": {"due_on": null, "due_on": "2018-10-31"}}', '{"findings": [{"type": "T01", "type": "T02"}]}']
)  # fmt: skip
def test_key_given_twice_is_refused(client, twice):
    answer = client.put(f"/api/v1/visits/{uuid4()}/", twice.encode(), content_type="application/json")

    assert (answer.status_code, "给了两次" in answer.json()["message"]) == (422, True)
