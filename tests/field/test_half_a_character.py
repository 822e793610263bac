"""A phone that cuts an emoji in two sends half a character: JSON holds it, no answer in UTF-8 can. It is refused in words
like anything else, and costs no other visit of the batch or the file."""

import json
import uuid

import pytest

from inspections.models import Visit
from tests.factories import LIUSHI, institution
from tests.field.test_handin import hand_in, outbox, visit  # noqa: F401 (a fixture)

HALF = "\ud83d"
WRONG = [
    {"note": HALF}, {"id": HALF}, {HALF: 1}, {"result": HALF}, {"happened_at": HALF}, {"inspectors": [HALF]},
    {"findings": [{"type": HALF, "note": ""}]}, {"items": [{"type": "T01", "answer": HALF}]}, {"institution": HALF},
    {"institution": "00000000-0000-4000-8000-000000000000",
     "found": {"name": HALF, "address": "", "division": LIUSHI, "category": "subject"}},
    {"institution": "00000000-0000-4000-8000-000000000000",
     "found": {"name": "绘声馆", "address": "", "division": LIUSHI, "category": HALF}},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=ascii)
def test_batch_answers_the_others(api, inspector, wrong):
    good, school = visit(institution(), photos=[]), institution()

    answer = api(inspector).post(
        "/api/v1/field/visits/", json.dumps({"visits": [visit(school) | wrong, good]}), content_type="application/json"
    )

    assert [each["status"] for each in answer.json()["answers"]] == [422, 201]
    assert [str(each.pk) for each in Visit.objects.all()] == [good["id"]]


@pytest.mark.parametrize("wrong", [each for each in WRONG if "id" not in each], ids=ascii)
def test_single_visit_is_refused_in_words(api, inspector, wrong):
    body = {name: value for name, value in visit(institution()).items() if name != "id"} | wrong

    answer = api(inspector).put(f"/api/v1/visits/{uuid.uuid4()}/", json.dumps(body), content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("wrong", WRONG, ids=ascii)
def test_file_handed_in_stores_the_others(hand_in, wrong):  # noqa: F811
    good = visit(institution(), photos=[])
    photos = [{"visit": HALF, "sha256": HALF, "base64": ""}]

    answer = hand_in(outbox(visit(institution()) | wrong, good, photos=photos))

    assert answer.status_code == 200
    assert [each.outcome for each in answer.context["found"][:2]] == ["refused", "stored"]
