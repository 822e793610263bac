"""The API as its users rely on it: keys, statuses, pages, and what bad input gets."""

from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.urls import reverse

from inspections.models import QuarantinedVisit, Rectification, Visit
from inspections.photos import sha256_of
from institutions.models import Institution
from institutions.moments import today
from tests.factories import at, institution, licence_of, picture, round_of, visit_of

FIGURES = ["surveyed", "with_problems", "rectified", "outstanding", "overdue", "closed", "licensed", "corrected"]


@pytest.fixture
def client_of(api, inspector):
    return api(inspector)


@pytest.fixture
def school(db) -> Institution:
    return institution(status="full", position=(120.9, 28.03))


def sent(school, **changes) -> dict:
    """The body of PUT visits/<uuid>/ as the contract lists it, every field filled."""
    return {
        "institution": str(school.pk),
        "purpose": "routine",
        "result": "inspected",
        "happened_at": "2018-10-01T15:04:05+08:00",
        "device_sent_at": "2018-10-01T15:10:00+08:00",
        "inspectors": ["inspector"],
        "position": {"longitude": 120.9, "latitude": 28.031, "accuracy_m": 12.5, "datum": "wgs84"},
        "findings": [{"type": "T01", "note": "初三数学"}],
        "order": {"due_on": "2018-10-31"},
        "submits": None,
        "photos": [
            {
                "sha256": sha256_of(picture()), "slot": 1, "taken_at": "2018-10-01T15:00:00+08:00",
                "longitude": 120.9, "latitude": 28.031, "accuracy_m": 12.5, "finding": "T01",
            }
        ],
        "note": "备注",
    } | changes  # fmt: skip


def put(client, school, pk=None, **changes):
    return client.put(reverse("api-visit", args=[pk or uuid4()]), sent(school, **changes), format="json")


# --- Visits


def test_receipt_has_the_keys_of_the_contract(client_of, school):
    pk = uuid4()

    answer = put(client_of, school, pk)

    receipt = answer.json()
    round_ = Rectification.objects.get()
    assert answer.status_code == 201
    assert set(receipt) == {
        "id", "digest", "received_at", "evidence", "missing_photos", "distance_m", "rectification", "warnings",
    }  # fmt: skip
    assert (receipt["id"], receipt["rectification"]) == (str(pk), str(round_.pk))
    assert (receipt["evidence"], receipt["missing_photos"]) == ("incomplete", [sha256_of(picture())])
    assert receipt["distance_m"] == pytest.approx(110.8, abs=0.1)  # 0.001° north
    assert len(receipt["digest"]) == 64


def test_same_visit_again_is_200_with_the_same_receipt(client_of, school):
    pk = uuid4()
    first = put(client_of, school, pk)

    again = put(client_of, school, pk)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_other_content_under_the_id_is_409_and_kept(client_of, school):
    pk = uuid4()
    put(client_of, school, pk)

    answer = put(client_of, school, pk, note="另一份")

    assert (answer.status_code, answer.json()["code"]) == (409, "different_content")
    assert QuarantinedVisit.objects.get().stated["note"] == "另一份"
    assert Visit.objects.get().note == "备注"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"institution": str(UUID(int=0))}, "institution"),
        ({"institution": "none"}, "institution"),
        ({"purpose": "party"}, "purpose"),
        ({"result": "asleep"}, "result"),
        ({"happened_at": "2999-01-01T00:00:00+08:00"}, "happened_at"),
        ({"happened_at": "2018-10-01T15:00:00"}, "happened_at"),  # no offset: asked about, never guessed
        ({"happened_at": "yesterday"}, "happened_at"),
        ({"inspectors": ["nobody"]}, "inspectors"),
        ({"position": {"longitude": 200, "latitude": 0}}, "position"),
        ({"position": {"longitude": "east", "latitude": 0}}, "position.longitude"),
        ({"findings": [{"type": "Z99"}]}, "findings.0.type"),
        ({"findings": [{"type": "T01"}, {"type": "T08"}]}, "findings.1.type"),  # of 2021
        ({"order": {"due_on": "2018-09-30"}}, "order.due_on"),
        ({"order": {"due_on": "soon"}}, "order.due_on"),
        ({"submits": {"rectification": str(UUID(int=0)), "outcome": "closed"}}, "submits.rectification"),
        ({"photos": [{"sha256": "xyz", "slot": 1}]}, "photos.0.sha256"),
        ({"note": "x" * 5001}, "note"),
    ],
)
def test_invalid_visit_is_422_with_reasons_by_field(client_of, school, changes, field):
    answer = put(client_of, school, **changes)

    refusal = answer.json()
    assert answer.status_code == 422
    assert field in refusal["errors"]
    assert all(isinstance(reason, str) and reason for reason in refusal["errors"][field])
    assert refusal["message"]
    assert not Visit.objects.exists()


def test_body_that_is_no_object_is_refused(client_of, school):
    path = reverse("api-visit", args=[uuid4()])

    for body, status in ((b"[]", 422), (b"{", 400), (b"null", 422), (b'"visit"', 422)):
        answer = client_of.put(path, data=body, content_type="application/json")
        assert answer.status_code == status, body
    assert client_of.put(path, data=b"x=1", content_type="text/plain").status_code == 415


def test_visit_is_read_back(client_of, school):
    pk = uuid4()
    receipt = put(client_of, school, pk).json()

    visit = client_of.get(reverse("api-visit", args=[pk])).json()

    assert visit["receipt"] == receipt
    assert (visit["happened_on"], visit["inspectors"]) == ("2018-10-01", ["inspector"])
    assert [finding["type"] for finding in visit["findings"]] == ["T01"]


def test_photo_is_put_again_and_again_and_refused_for_a_wrong_hash(client_of, school):
    pk, data = uuid4(), picture()
    put(client_of, school, pk)
    path = reverse("api-visit-photo", args=[pk, sha256_of(data)])

    answers = [client_of.put(path, data=bytes_, content_type="image/jpeg") for bytes_ in (picture("blue"), data, data)]

    assert [answer.status_code for answer in answers] == [422, 200, 200]
    assert list(answers[0].json()["errors"]) == ["photo"]
    assert answers[1].json()["evidence"] == "complete"
    assert answers[2].json() == answers[1].json()


# --- Institutions


def test_institution_has_the_names_that_must_hold(client_of, school):
    licence_of(school, "permit")
    round_of(school, "2018-10-01")

    file = client_of.get(reverse("api-institution", args=[school.pk])).json()

    assert set(file) >= {
        "id", "name", "signboard_name", "credit_code", "registered_address", "operating_address", "division",
        "scope_code", "longitude", "latitude", "datum", "location_source", "location_accuracy_m", "category",
        "principal", "phone", "learners", "teachers", "area_m2", "surveyed_on", "licence_status_at_survey",
        "ceased_on", "merged_into",
    }  # fmt: skip
    assert set(file["licences"][0]) == {"kind", "number", "issued_by", "valid_from", "valid_to", "revoked_on"}
    assert file["rectifications"][0]["state"] == "ordered"


def test_pages_have_a_cursor_and_show_every_row_once(client_of, db):
    for _ in range(7):
        institution(name="同名培训")

    seen, path, pages = [], reverse("api-institutions") + "?page_size=3", 0
    while path:
        page = client_of.get(path).json()
        seen += [row["id"] for row in page["results"]]
        path, pages = page["next"], pages + 1

    assert pages == 3
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("size", ["201", "100000"])
def test_page_size_beyond_the_limit_is_kept_within_it(client_of, school, size):
    answer = client_of.get(reverse("api-institutions"), {"page_size": size})

    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 1


def test_list_by_the_grammar_equals_the_figure(client_of, db):
    round_of(institution(), "2018-05-01", verified_on="2018-06-01", outcome="closed")
    round_of(institution(), "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    round_of(institution(), "2018-05-01")
    institution()
    total = client_of.get(reverse("api-completion"), {"as_of": "2018-12-31"}).json()["total"]

    listed = {
        figure: len(
            client_of.get(reverse("api-institutions"), {"as_of": "2018-12-31", "figure": figure}).json()["results"]
        )
        for figure in FIGURES
    }

    assert listed == {figure: total[figure] for figure in FIGURES}
    assert total["with_problems"] == 3


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"figure": "nonsense"}, 422),
        ({"licence_status": "half"}, 422),
        ({"outcome": "suspended"}, 422),
        ({"finding_type": "Z99"}, 422),
        ({"as_of": "2018-13-01"}, 422),
        ({"as_of": "31.12.2018"}, 422),
        ({"as_of": "2999-01-01"}, 422),
        ({"as_of": "1066-10-14"}, 422),
        ({"known_at": "noon"}, 422),
        ({"known_at": "9999-12-31T23:59:59-12:00"}, 422),
        ({"known_at": "0001-01-01T00:00:00+08:00"}, 422),
        ({"division": "999999"}, 404),
        ({"division": "3303821140"}, 404),
        ({"cursor": "nonsense"}, 422),
        ({"cursor": "cD1nYXJiYWdl"}, 422),  # p=garbage
    ],
)
def test_bad_question_is_refused(client_of, school, query, status):
    answer = client_of.get(reverse("api-institutions"), query)

    assert answer.status_code == status
    assert answer.json()["message"]
    if status == 422:
        assert list(answer.json()["errors"]) == list(query)


# --- Figures


def test_completion_has_the_keys_of_the_contract(client_of, school):
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="corrected")

    found = client_of.get(
        reverse("api-completion"),
        {
            "division": "330382114",
            "as_of": "2018-12-31",
            "known_at": "2019-01-03T09:00:00+08:00",
            "by": "licence_status",
        },
    ).json()

    assert list(found) == ["division", "as_of", "known_at", "total", "rows"]
    assert (found["division"], found["as_of"]) == ("330382114", "2018-12-31")
    assert found["known_at"] in ("2019-01-03T01:00:00+00:00", "2019-01-03T09:00:00+08:00")
    assert list(found["total"]) == [*FIGURES, "completion_rate", "completion_percent"]
    assert list(found["rows"][0]) == ["key", "name", *FIGURES, "completion_rate", "completion_percent"]
    assert found["total"] == {
        "surveyed": 1, "with_problems": 1, "rectified": 1, "outstanding": 0, "overdue": 0, "closed": 0, "licensed": 0,
        "corrected": 1, "completion_rate": "1.000000", "completion_percent": "100.00%",
    }  # fmt: skip
    assert [row["completion_rate"] for row in found["rows"]] == ["1.000000", None, None, None]


def test_completion_without_by_has_no_rows(client_of, school):
    assert client_of.get(reverse("api-completion")).json()["rows"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [({"by": "principal"}, 422), ({"division": "330381"}, 404), ({"as_of": "x"}, 422), ({"as_of": "2999-01-01"}, 422)],
)
def test_completion_refuses_a_bad_question(client_of, school, query, status):
    answer = client_of.get(reverse("api-completion"), query)

    assert (answer.status_code, bool(answer.json()["message"])) == (status, True)


def test_trend_is_the_completion_of_each_month_end(client_of, school):
    round_of(school, "2018-05-01", verified_on="2018-06-15")
    ask = {"from": "2018-04", "to": "2018-06"}

    rows = client_of.get(reverse("api-trend"), ask).json()["rows"]

    assert [(row["as_of"], row["surveyed"], row["with_problems"], row["completion_rate"]) for row in rows] == [
        ("2018-04-30", 1, 0, None),
        ("2018-05-31", 1, 1, "0.000000"),
        ("2018-06-30", 1, 1, "1.000000"),
    ]


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        ({}, "from"),
        ({"from": "2018"}, "from"),
        ({"from": "2018-13"}, "from"),
        ({"from": "２０１８-01"}, "from"),
        ({"from": "2018-06", "to": "2018-05"}, "to"),
        ({"from": "2018-06", "to": "2999-01"}, "to"),
        ({"from": "2010-01", "to": "2018-01"}, "to"),  # more than 60 months
    ],
)
def test_trend_refuses_bad_months(client_of, school, ask, field):
    answer = client_of.get(reverse("api-trend"), ask)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


def test_trend_of_this_month_ends_today(client_of, school):
    rows = client_of.get(reverse("api-trend"), {"from": f"{today():%Y-%m}"}).json()["rows"]

    assert [row["as_of"] for row in rows] == [str(today())]


# --- Moves


@pytest.fixture
def round_(school) -> Rectification:
    opened = round_of(school, "2018-10-01")
    visit_of(school, "2018-10-05", purpose="recheck", result="ceased", round_=opened)
    return opened


def move(client, name, round_, **body):
    return client.post(reverse(f"api-{name}", args=[round_.pk]), body, format="json")


def test_round_is_moved_through_the_ledger(api, inspector, taskforce, round_):
    submitted = move(api(inspector), "submit", round_, version=1, outcome="corrected", on="2018-10-06")
    returned = move(api(taskforce), "return", round_, version=2, reason="缺照片", on="2018-10-07")
    extended = move(api(taskforce), "extend", round_, version=3, reason="在办", due_on="2018-12-01", on="2018-10-08")
    again = move(api(inspector), "submit", round_, version=4, outcome="closed", on="2018-10-09")
    verified = move(api(taskforce), "verify", round_, version=5, on="2018-10-10")

    answers = (submitted, returned, extended, again, verified)
    assert [answer.status_code for answer in answers] == [200] * 5
    assert [(answer.json()["state"], answer.json()["version"]) for answer in answers] == [
        ("submitted", 2), ("returned", 3), ("returned", 4), ("submitted", 5), ("verified", 6),
    ]  # fmt: skip
    assert returned.json()["legal_moves"] == ["submitted", "voided"]
    assert [event["kind"] for event in verified.json()["events"]] == [
        "ordered", "submitted", "returned", "extended", "submitted", "verified",
    ]  # fmt: skip


def test_round_is_voided_by_another(api, supervisor, round_):
    answer = move(api(supervisor), "void", round_, version=1, reason="开错", on="2018-10-06")

    assert (answer.status_code, answer.json()["state"], answer.json()["void_reason"]) == (200, "voided", "开错")


def test_illegal_move_is_409_and_says_which_are_legal(api, taskforce, round_):
    answer = move(api(taskforce), "verify", round_, version=1)

    assert answer.status_code == 409
    assert answer.json()["code"] == "illegal_move"
    assert (answer.json()["state"], answer.json()["legal"]) == ("ordered", ["submitted", "voided"])


def test_stale_version_is_412_with_the_current_one(api, inspector, round_):
    answer = move(api(inspector), "submit", round_, version=9, outcome="closed")

    assert (answer.status_code, answer.json()["version"]) == (412, 1)


def test_own_submission_cannot_be_verified_403(api, taskforce, round_):
    move(api(taskforce), "submit", round_, version=1, outcome="closed")

    answer = move(api(taskforce), "verify", round_, version=2)

    assert (answer.status_code, answer.json()["code"]) == (403, "four_eyes")


def test_outcome_that_is_not_legal_is_422(api, inspector, round_):
    answer = move(api(inspector), "submit", round_, version=1, outcome="licensed")

    assert (answer.status_code, answer.json()["code"]) == (422, "illegal_outcome")


def test_evidence_that_is_missing_is_422(api, inspector, taskforce, db):
    bare = round_of(institution(), "2018-10-01")
    move(api(inspector), "submit", bare, version=1, outcome="closed", on="2018-10-06")

    answer = move(api(taskforce), "verify", bare, version=2, on="2018-10-07")

    assert (answer.status_code, answer.json()["code"]) == (422, "evidence_missing")


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("submit", {"outcome": "closed"}, "version"),
        ("submit", {"version": 1}, "outcome"),
        ("submit", {"version": 1, "outcome": "closed", "on": "2999-01-01"}, "on"),
        ("submit", {"version": 1, "outcome": "closed", "on": "2018-09-30"}, "on"),
        ("submit", {"version": 1, "outcome": "closed", "put_right": [987654]}, "put_right"),
        ("extend", {"version": 1, "reason": "在办"}, "due_on"),
        ("extend", {"version": 1, "due_on": "2999-01-01"}, "reason"),
        ("void", {"version": 1}, "reason"),
    ],
)
def test_move_without_what_it_needs_is_422(api, inspector, taskforce, supervisor, round_, name, body, field):
    user = {"submit": inspector, "extend": taskforce, "void": supervisor}[name]

    answer = move(api(user), name, round_, **body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


# --- The schema


def test_schema_is_made_without_a_warning(db, tmp_path, capfd):
    call_command("spectacular", file=str(tmp_path / "schema.yaml"), validate=True, fail_on_warn=True)

    assert "/api/v1/visits/{id}/" in (tmp_path / "schema.yaml").read_text().replace("{pk}", "{id}")
    assert "Warning" not in capfd.readouterr().err


def test_schema_lists_every_url_of_the_api(client_of):
    import json

    from tests.urls import every_url

    schema = json.loads(client_of.get(reverse("schema"), {"format": "json"}).content)

    routes = {url.route for url in every_url() if url.is_api and url.name not in ("schema", "api-docs")}
    listed = {path.strip("/") + "/" for path in schema["paths"]}
    shapes = {route.replace("<uuid:", "{").replace("<str:", "{").replace(">", "}") for route in routes}
    assert {path.replace("{id}", "{pk}") for path in listed} == shapes


# --- Tokens


def test_token_from_the_command_opens_the_api(inspector, school, capsys):
    from rest_framework.test import APIClient

    call_command("create_token", "inspector")
    printed = capsys.readouterr().out
    token = printed.strip()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    assert printed == f"{token}\n"
    assert client.get(reverse("api-institution", args=[school.pk])).status_code == 200
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token[:-1]}x")
    assert client.get(reverse("api-institution", args=[school.pk])).status_code == 401


def test_visit_of_a_day_is_of_that_day_in_shanghai(client_of, school):
    pk = uuid4()

    put(client_of, school, pk, happened_at="2018-09-30T16:30:00Z")

    visit = Visit.objects.get(pk=pk)
    assert (visit.happened_at, str(visit.happened_on)) == (at("2018-10-01", 0, 30), "2018-10-01")


@pytest.mark.parametrize("finding", [2**70, 0, -1, "9" * 30])
def test_number_of_a_finding_is_one_the_database_counts(api, inspector, round_, finding):
    answer = move(api(inspector), "submit", round_, version=1, outcome="closed", put_right=[finding])

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["put_right.0"]
