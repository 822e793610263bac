"""What a phone keeps beside its worklist: catalogue, colleagues, townships, one's own visits."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import AuditRow
from inspections.actions import NewFinding, NewOrder, NewPhoto, record_visit
from inspections.models import FindingType, Visit
from inspections.photos import sha256_of
from institutions.moments import today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, picture, sent_visit, user_with

FIELD = "/api/v1/field"


def test_catalogue_is_that_of_the_day_in_its_groups(api, inspector):
    then = api(inspector).get(f"{FIELD}/catalogue/?on=2018-10-01").json()
    now = api(inspector).get(f"{FIELD}/catalogue/").json()

    titles = [group["title"] for group in then["groups"]]
    codes = {item["code"] for group in then["groups"] for item in group["items"]}
    assert (then["on"], titles) == ("2018-10-01", ["证照", "安全", "教学", "师资", "收费", "管理"])
    assert codes == set(FindingType.objects.in_force_on(today().replace(2018, 10, 1)).values_list("code", flat=True))
    assert "T08" not in codes  # of 2021
    assert now["on"] == today().isoformat()
    assert then["groups"][0]["items"][0] == {
        "code": "L01", "wording": "无证无照办学", "severity": "A", "days_to_put_right": 1, "licence": "none",
    }  # fmt: skip


def test_catalogue_holds_the_items_of_ones_own_county_alone(api, inspector):
    plain = {"legal_basis": "本县规定", "severity": "C", "in_force_from": "2018-01-01"}
    FindingType.objects.create(code="M50", name_zh="本县一项", division_prefix="330382", **plain)
    FindingType.objects.create(code="M51", name_zh="邻县一项", division_prefix="330381", **plain)

    groups = api(inspector).get(f"{FIELD}/catalogue/").json()["groups"]

    codes = {item["code"] for group in groups for item in group["items"]}
    assert codes & {"M50", "M51"} == {"M50"}


@pytest.mark.parametrize("door", ["catalogue/?on=2018-10-01", f"colleagues/?division={LIUSHI}", "divisions/", "mine/"])
def test_answer_known_already_is_304(api, inspector, door):
    first = api(inspector).get(f"{FIELD}/{door}")

    again = api(inspector).get(f"{FIELD}/{door}", headers={"if-none-match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_day_that_is_none_is_refused(api, inspector):
    assert api(inspector).get(f"{FIELD}/catalogue/?on=tomorrow").status_code == 422


def test_colleagues_are_those_who_may_be_named_the_nearest_first(api, inspector, outsider, taskforce, auditor):
    user_with("inspector", "330381", "elsewhere")

    found = api(inspector).get(f"{FIELD}/colleagues/?division={LIUSHI}").json()

    assert [each["username"] for each in found] == ["inspector", "taskforce", "outsider"]


def test_colleagues_are_not_told_to_who_records_no_visits(api, auditor):
    assert api(auditor).get(f"{FIELD}/colleagues/?division={LIUSHI}").status_code == 403


def test_divisions_are_the_townships_of_ones_grants(api, inspector, taskforce):
    institution()
    institution()
    institution(NEXT_TO_LIUSHI, withdrawn_at="2018-10-01T00:00:00Z")
    inspector.grants.create(role="inspector", division_prefix=PANSHI, valid_from="2018-01-01")

    own = api(inspector).get(f"{FIELD}/divisions/").json()
    county = api(taskforce).get(f"{FIELD}/divisions/").json()

    assert [(each["code"], each["institutions"]) for each in own] == [(LIUSHI, 2), (PANSHI, 0)]
    assert {each["code"]: each["institutions"] for each in county}[NEXT_TO_LIUSHI] == 0
    assert all(len(each["code"]) == 9 for each in county)


def test_mine_are_ones_own_visits_with_what_is_missing(api, inspector, outsider):
    school = institution()
    photo = NewPhoto(sha256_of(picture()), slot=1)
    sent = sent_visit(school, findings=(NewFinding("S01"),), order=NewOrder(), photos=(photo,))
    receipt = record_visit(sent, by=inspector)

    (row,) = api(inspector).get(f"{FIELD}/mine/").json()

    assert (row["id"], row["name"], row["withdrawn"]) == (str(sent.id), school.name, False)
    assert row["receipt"]["missing_photos"] == [photo.sha256]
    assert row["receipt"] == api(inspector).get(reverse("api-visit-receipt", args=[sent.id])).json()
    assert row["receipt"]["rectification"] == str(receipt.rectification)
    assert api(outsider).get(f"{FIELD}/mine/").json() == []


def test_mine_takes_as_many_queries_for_many_as_for_few(
    api, inspector, django_assert_num_queries, django_assert_max_num_queries
):
    client = api(inspector)
    record_visit(sent_visit(institution(), findings=(NewFinding("S01"),), order=NewOrder()), by=inspector)
    client.get(f"{FIELD}/mine/")
    with django_assert_max_num_queries(12) as few:
        client.get(f"{FIELD}/mine/")

    for _ in range(4):
        record_visit(sent_visit(institution(), findings=(NewFinding("S01"),), order=NewOrder()), by=inspector)

    with django_assert_num_queries(len(few)):
        assert len(client.get(f"{FIELD}/mine/").json()) == 5


# --- Many at once


def body(school, **changes) -> dict:
    return {
        "id": str(uuid.uuid4()), "institution": str(school.pk), "purpose": "routine", "result": "inspected",
        "happened_at": "2018-10-01T09:00:00+08:00", "inspectors": ["inspector"],
    } | changes  # fmt: skip


def post(client, *visits):
    return client.post(f"{FIELD}/visits/", {"visits": list(visits)}, format="json")


def test_batch_answers_each_visit_by_itself(api, inspector):
    school, client = institution(), api(inspector)
    known, good, bad = body(school), body(school), body(school, purpose="party")
    post(client, known)

    answer = post(client, known, bad, good, known | {"note": "另一份"}, {"id": "x"})

    answers = answer.json()["answers"]
    assert [each["status"] for each in answers] == [200, 422, 201, 409, 422]
    assert [each["id"] for each in answers] == [known["id"], bad["id"], good["id"], known["id"], "x"]
    assert answers[2]["receipt"]["id"] == good["id"]
    assert list(answers[1]["error"]["errors"]) == ["purpose"]
    assert Visit.objects.count() == 2


@pytest.mark.parametrize("visits", [[], "all", None, [{}] * 51])
def test_batch_of_none_or_too_many_is_refused(api, inspector, visits):
    answer = api(inspector).post(f"{FIELD}/visits/", {"visits": visits}, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["visits"])


def test_doors_are_told_by_the_schema(api, taskforce):
    schema = api(taskforce).get(reverse("schema"), headers={"accept": "application/vnd.oai.openapi+json"}).json()

    doors = {path.split("/field/")[1] for path in schema["paths"] if "/field/" in path}

    assert doors == {f"{name}/" for name in ("worklist", "catalogue", "colleagues", "divisions", "mine", "visits")}


# --- The telephone number


def test_phone_is_shown_and_noted(api, inspector):
    school = institution(phone="0577-62550000转8、13800000000")

    answer = api(inspector).post(reverse("api-phone", args=[school.pk]))

    assert answer.json() == {
        "phone": "0577-62550000转8、13800000000",
        "numbers": [
            {"text": "0577-62550000转8", "tel": "057762550000,8"},
            {"text": "13800000000", "tel": "13800000000"},
        ],
    }
    row = AuditRow.objects.get(action="personal_data.read")
    assert (row.by, row.after) == (
        inspector,
        {"where": "api-phone", "fields": ["phone"], "institution": str(school.pk)},
    )


def test_phone_is_not_shown_to_who_may_not_see_personal_data(api, auditor):
    school = institution(phone="13800000000")

    assert api(auditor).post(reverse("api-phone", args=[school.pk])).status_code == 403
