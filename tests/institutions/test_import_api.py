"""Imports by the API: the same rules as on the pages, from the upload to the undoing."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditRow
from institutions.models import CellFix, ImportAnswer, ImportBatch, Institution, RegisterFile
from tests.factories import LIUSHI, institution, user_with
from tests.institutions.registers import csv, workbook

NUMBER = "110101199001011237"
SENT = {"division": "330382", "datum": "wgs84"}


@pytest.fixture
def client_of(api, taskforce):
    return api(taskforce)


def upload(client, data: bytes, name: str = "名册.xlsx", **changes):
    sent = SENT | {"file": SimpleUploadedFile(name, data)} | changes
    return client.post(reverse("api-imports"), sent, format="multipart")


def post(client, door: str, pk: str, body: dict | None = None):
    return client.post(reverse(f"api-import-{door}", args=[pk]), body or {}, format="json")


def rows(client, pk: str, **asked) -> list[dict]:
    return client.get(reverse("api-import-rows", args=[pk]), asked).json()["rows"]


def test_register_goes_from_upload_to_undoing(client_of):
    made = upload(client_of, workbook())
    pk = made.json()["id"]
    assert (made.status_code, made.json()["plan"]["held_up_by"]) == (201, 2)

    post(client_of, "fixes", pk, {"address": "柳市镇!F4", "value": "40"})
    ready = post(client_of, "fixes", pk, {"address": "虹桥镇!E3", "value": "13800000202"}).json()["plan"]
    assert (ready["held_up_by"], ready["counts"]["new"], ready["left"]) == (0, 4, 0)

    done = post(client_of, "commit", pk, {"plan": ready["digest"]})
    assert (done.status_code, Institution.objects.count()) == (200, 4)
    assert [batch["rolled_back_at"] for batch in done.json()["batches"]] == [None]

    undone = post(client_of, "undo", pk)
    assert undone.status_code == 200
    assert undone.json()["batches"][0]["rolled_back_at"] is not None
    assert not Institution.objects.filter(withdrawn_at=None).exists()


@pytest.mark.parametrize(
    ("name", "given"),
    [("page", "nonsense"), ("page", "-1"), ("page_size", "nonsense"), ("page_size", "0"), ("kind", "nonsense")],
)
def test_question_for_rows_that_is_not_understood_is_refused_by_page_and_api(client_of, client, taskforce, name, given):
    pk = upload(client_of, csv("青竹画室,柳市镇,前街1号,"), "名册.csv").json()["id"]
    client.force_login(taskforce, backend="django.contrib.auth.backends.ModelBackend")

    answer = client_of.get(reverse("api-import-rows", args=[pk]), {name: given})
    page = client.get(reverse("import_file", args=[pk]), {name: given})

    assert (answer.status_code, list(answer.json()["errors"]), page.status_code) == (422, [name], 422)


@pytest.mark.parametrize("answers", [{"nobody-asked": NUMBER}, {NUMBER: "ignore"}, {"row:2": f"王某 {NUMBER}"}])
def test_id_number_in_an_answer_is_refused_and_not_kept(client_of, answers):
    pk = upload(client_of, csv("青竹画室,柳市镇,前街1号,"), "名册.csv").json()["id"]

    answer = post(client_of, "answers", pk, {"answers": answers})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["answers"])
    assert NUMBER not in answer.content.decode()
    assert not ImportAnswer.objects.exists()


def test_id_number_is_not_looked_for_among_rows(client_of):
    pk = upload(client_of, csv("青竹画室,柳市镇,前街1号,"), "名册.csv").json()["id"]

    answer = client_of.get(reverse("api-import-rows", args=[pk]), {"q": NUMBER})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["q"])
    assert not AuditRow.objects.filter(action="export").exists()


def test_rows_come_by_kind_in_pages(client_of):
    pk = upload(client_of, csv(*(f"青竹{at}号画室,柳市镇,前街{at}号," for at in range(1, 8))), "名册.csv").json()["id"]

    answer = client_of.get(reverse("api-import-rows", args=[pk]), {"kind": "new", "page_size": 3, "page": 3}).json()

    assert (answer["count"], answer["page"], answer["pages"]) == (7, 3, 3)
    assert [(row["key"], row["name"], row["kind"]) for row in answer["rows"]] == [("8", "青竹7号画室", "new")]


def test_question_is_answered_and_correction_taken_back(client_of):
    text = "机构名称,乡镇(街道),办学地址,证照情况\n青竹书画社,柳市镇,前街1号,无证无照\n"
    pk = upload(client_of, text.encode(), "名册.csv").json()["id"]

    answered = post(client_of, "answers", pk, {"answers": {"surveyed_on": "2018-12-31"}}).json()
    post(client_of, "fixes", pk, {"address": "A2", "value": "晨曦琴房"})
    back = post(client_of, "fixes", pk, {"address": "A2", "value": None})

    assert answered["plan"]["held_up_by"] == 0
    assert back.status_code == 200
    assert [row["name"] for row in rows(client_of, pk)] == ["青竹书画社"]


def test_candidate_is_decided(client_of):
    known = institution(LIUSHI, name="青竹书画社", operating_address="柳市镇后街8号")
    pk = upload(client_of, csv("青竹书画社,柳市镇,前街101号,"), "名册.csv").json()["id"]
    (row,) = rows(client_of, pk, kind="candidate")
    assert row["candidates"][0]["institution"] == str(known.pk)

    body = {"row": row["key"], "institution": str(known.pk), "answer": "same"}
    answer = post(client_of, "decisions", pk, body)

    assert answer.json()["plan"]["counts"]["changed"] == 1


def test_plan_that_moved_is_409_and_its_rows_are_there(client_of):
    made = upload(client_of, csv("青竹书画社,柳市镇,前街1号,", "晨曦琴房,柳市镇,前街3号,"), "名册.csv").json()
    institution(LIUSHI, name="青竹书画社", operating_address="前街1号")

    answer = post(client_of, "commit", made["id"], {"plan": made["plan"]["digest"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "plan_moved_on")
    assert [
        (row["key"], row["then"]["kind"], row["now"]["kind"]) for row in rows(client_of, made["id"], kind="moved")
    ] == [("2", "new", "unchanged")]
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_plan_that_nobody_was_shown_is_not_carried_out(client_of, digest):
    pk = upload(client_of, csv("青竹书画社,柳市镇,前街1号,"), "名册.csv").json()["id"]

    answer = post(client_of, "commit", pk, {"plan": digest})

    assert answer.status_code in (409, 422)
    assert not Institution.objects.exists()


def test_plan_with_errors_is_409(client_of):
    made = upload(client_of, workbook()).json()

    answer = post(client_of, "commit", made["id"], {"plan": made["plan"]["digest"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def test_id_number_is_422_and_not_kept(client_of):
    pk = upload(client_of, workbook()).json()["id"]

    answer = post(client_of, "fixes", pk, {"address": "柳市镇!B4", "value": "身份证110101199001011237"})

    assert answer.status_code == 422
    assert "19900101" not in answer.content.decode()
    assert not CellFix.objects.exists()


@pytest.mark.parametrize(
    ("door", "body", "field"),
    [
        ("fixes", {"address": "别处!Z9", "value": "甲"}, "address"),
        ("fixes", {"value": "甲"}, "address"),
        ("decisions", {"row": "99", "institution": str(uuid4()), "answer": "same"}, "row"),
        ("decisions", {"row": "柳市镇!3", "institution": "x", "answer": "perhaps"}, "institution"),
        ("answers", {"answers": {"甲" * 201: "x"}}, "answers"),
    ],
)
def test_body_that_cannot_be_is_422_by_field(client_of, door, body, field):
    pk = upload(client_of, workbook()).json()["id"]

    answer = post(client_of, door, pk, body)

    assert (answer.status_code, field in answer.json()["errors"]) == (422, True)


def test_register_of_another_county_is_not_taken(client_of):
    answer = upload(client_of, csv("青竹书画社,柳市镇,前街1号,"), "名册.csv", division="330381")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["division"])
    assert not RegisterFile.objects.exists()


def test_register_of_another_county_is_absent(client_of, api):
    pk = upload(client_of, csv("青竹书画社,柳市镇,前街1号,"), "名册.csv").json()["id"]
    stranger = api(user_with("task_force", "330381"))

    answers = [
        stranger.get(reverse("api-import", args=[pk])),
        stranger.get(reverse("api-import-rows", args=[pk])),
        *(post(stranger, door, pk) for door in ("answers", "fixes", "decisions", "plan", "commit", "undo")),
    ]

    assert [answer.status_code for answer in answers] == [404] * 8


def test_who_may_only_look_is_refused(api, supervisor):
    assert upload(api(supervisor), csv("青竹书画社,柳市镇,前街1号,"), "名册.csv").status_code == 403
