"""What a phone takes along: the institutions of a division, what changed since, and what is gone."""

import gzip
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts import audit
from accounts.watermark import recording
from inspections.actions import NewFinding, NewOrder, record_visit, withdraw_visit
from institutions.actions import (
    add_licence,
    edit_institution,
    merge_institutions,
    move_institution,
    register_institution,
    take_apart,
    withdraw_institution,
)
from institutions.models import Division, Institution
from institutions.moments import today
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    institution,
    licence_of,
    round_of,
    sent_visit,
    user_with,
    visit_of,
)

PATH = "/api/v1/field/worklist/"


@pytest.fixture
def ask(api, inspector):
    def asked(division: str = LIUSHI, user=None, **query):
        return api(user or inspector).get(PATH, {"division": division} | query)

    return asked


def test_row_says_what_a_phone_needs(ask, inspector):
    school = institution(
        position=(120.9, 28.03), phone="13800000001", operating_address="井大路1号", status="registration_only"
    )
    seen = visit_of(school, "2018-05-01", findings=(("S01", "出口堵塞"), "T01"), by=inspector)
    round_of(school, "2018-05-01", due_on="2018-05-31", visit=seen, id="00000000-0000-4000-8000-000000000001")

    answer = ask().json()

    (row,) = answer["institutions"]
    updated = row.pop("updated_at")
    findings = row["round"].pop("findings")
    assert row == {
        "id": str(school.pk), "name": school.name, "signboard": "", "address": "井大路1号", "division": LIUSHI,
        "longitude": 120.9, "latitude": 28.03, "datum": "wgs84", "accuracy_m": None, "licence_status": "none",
        "category": "subject", "has_phone": True, "version": 1, "assigned": True,
        "last": {"on": "2018-05-01", "result": "inspected", "found": ["S01", "T01"]},
        "surveyed_on": "2018-04-02", "ceased_on": None,
        "round": {
            "id": "00000000-0000-4000-8000-000000000001", "number": school.rectifications.get().number,
            "state": "ordered", "version": 1, "due_on": "2018-05-31", "overdue": True, "outcome": "",
        },
        "answers": {"S01": "problem", "T01": "problem"},
    }  # fmt: skip
    assert [(each["type"], each["note"], each["put_right"]) for each in findings] == [
        ("S01", "出口堵塞", False),
        ("T01", "", False),
    ]
    assert datetime.fromisoformat(updated) == at("2018-05-01")
    assert "13800000001" not in str(answer)


def test_list_holds_no_position_that_is_only_the_townships(ask):
    institution(position=(120.9, 28.03), location_source="township_centre", location_accuracy_m=2000)

    (row,) = ask().json()["institutions"]

    assert (row["longitude"], row["latitude"], row["datum"], row["accuracy_m"]) == (None, None, "", None)


def test_list_leaves_out_what_is_off_the_register_and_elsewhere(ask, inspector):
    here = institution()
    institution(NEXT_TO_LIUSHI)
    institution(withdrawn_at=at("2018-06-01"))

    listed = ask("").json()

    assert [row["id"] for row in listed["institutions"]] == [str(here.pk)]


def test_visit_to_a_merged_registration_is_its_last(ask, taskforce):
    stays, goes = institution(name="绘声馆一"), institution(name="绘声馆二")
    visit_of(goes, "2018-07-01", findings=("T02",))
    merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家")

    (row,) = ask().json()["institutions"]

    assert (row["id"], row["last"]["on"], row["answers"]) == (str(stays.pk), "2018-07-01", {"T02": "problem"})


def test_notes_are_masked_for_who_may_not_see_personal_data(ask, auditor):
    school = institution()
    seen = visit_of(school, findings=(("S01", "负责人 13800001234"),))
    round_of(school, "2018-05-01", visit=seen)

    (row,) = ask(user=auditor).json()["institutions"]

    assert row["round"]["findings"][0]["note"] == "负责人 138****1234"


def test_answer_known_already_is_304_until_something_changes(ask, api, inspector):
    school = institution()
    first = ask()

    again = api(inspector).get(PATH, {"division": LIUSHI}, headers={"if-none-match": first.headers["ETag"]})
    visit_of(school, "2018-08-01")
    other = api(inspector).get(PATH, {"division": LIUSHI}, headers={"if-none-match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.content, other.status_code) == (200, 304, b"", 200)


def test_two_hundred_institutions_are_at_most_60_kb_compressed(api, inspector):
    for number in range(200):
        school = institution(
            name=f"晨曦{number * 7919 % 1000:03}教育培训中心", position=(120.9 + number / 9973, 28 + number / 7919),
            operating_address=f"柳市镇第{number * 31 % 97}街{number * 17 % 89}弄{number}号", phone=f"139{number:08}",
        )  # fmt: skip
        seen = visit_of(school, findings=("S01", "T01", "P02", "F01"), note=f"第{number}家")
        round_of(school, "2018-05-01", visit=seen)

    answer = api(inspector).get(PATH, {"division": LIUSHI}, headers={"accept-encoding": "gzip"})

    assert len(gzip.decompress(answer.content)) > len(answer.content)
    assert len(answer.content) <= 60_000
    assert answer.headers["Content-Encoding"] == "gzip"


def test_more_than_an_answer_holds_is_refused(ask, monkeypatch):
    monkeypatch.setattr("field.worklist.MOST", 1)
    institution()
    institution()

    answer = ask()

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["division"])


@pytest.mark.parametrize("since", ["yesterday", "2999-01-01T00:00:00Z"])
def test_moment_that_is_none_or_to_come_is_refused(ask, since):
    assert ask(updated_since=since).status_code == 422


# --- What has changed since


def moved_away(school, user):
    move_institution(
        school, by=user, version=school.version, division=Division.objects.get(pk=NEXT_TO_LIUSHI),
        operating_address="别处1号", from_on=today(),
    )  # fmt: skip


def moved_here(school, user):
    move_institution(
        school, by=user, version=school.version, division=Division.objects.get(pk=LIUSHI),
        operating_address="新址1号", from_on=today(),
    )  # fmt: skip


def edited(school, user):
    columns = {"phone": "13900000000"}
    edit_institution(school, by=user, version=school.version, columns=columns)


def visited(school, user):
    record_visit(sent_visit(school, findings=(NewFinding("S01"),), order=NewOrder()), by=user)


def withdrawn(school, user):
    withdraw_institution(school, by=user, version=school.version, reason="登错")


def licensed(school, user):
    columns = {"kind": "permit", "number": "教民133038270000001号", "valid_from": today()}
    add_licence(school, by=user, columns=columns)


def test_delta_without_a_change_is_empty(ask):
    institution()
    since = ask().json()["next_since"]

    delta = ask(updated_since=since).json()

    assert (delta["institutions"], delta["gone"]) == ([], [])


@pytest.mark.parametrize("change", [edited, visited, licensed])
def test_delta_holds_what_was_written_to_and_nothing_else(ask, taskforce, change):
    school, _other = institution(), institution()
    since = ask().json()["next_since"]

    change(school, taskforce)

    delta = ask(updated_since=since).json()
    assert ([row["id"] for row in delta["institutions"]], delta["gone"]) == ([str(school.pk)], [])


@pytest.mark.parametrize("change", [moved_away, withdrawn])
def test_delta_says_what_is_gone(ask, taskforce, change):
    school, _other = institution(), institution()
    since = ask().json()["next_since"]

    change(school, taskforce)

    delta = ask(updated_since=since).json()
    assert (delta["institutions"], delta["gone"]) == ([], [str(school.pk)])


def test_delta_of_somebody_granted_more_since_is_everything(ask, inspector):
    institution()
    since = ask().json()["next_since"]
    inspector.grants.create(role="task_force", division_prefix=LIUSHI, valid_from="2019-01-01")
    grant = inspector.grants.last()
    with recording():
        audit.write("grant.saved", grant, by=None, after=audit.snapshot(grant))

    delta = ask(updated_since=since).json()

    assert len(delta["institutions"]) == 1


def test_delta_of_another_day_holds_what_became_overdue_by_itself(ask):
    school, other = institution(), institution()
    round_of(school, today() - timedelta(days=30), due_on=today() - timedelta(days=1))
    round_of(other, today() - timedelta(days=30), due_on=today())
    since = (timezone.now() - timedelta(days=1)).isoformat()

    delta = ask(updated_since=since).json()

    assert [row["id"] for row in delta["institutions"]] == [str(school.pk)]


def test_delta_of_another_day_holds_whose_licence_ended_by_itself(ask):
    school, _other = institution(), institution()
    licence_of(school, "permit", valid_to=today() - timedelta(days=1))
    since = (timezone.now() - timedelta(days=1)).isoformat()

    delta = ask(updated_since=since).json()

    assert [row["id"] for row in delta["institutions"]] == [str(school.pk)]


def test_what_is_taken_apart_comes_back(ask, taskforce):
    stays, goes = institution(name="绘声馆一"), institution(name="绘声馆二")
    merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家")
    since = ask().json()["next_since"]

    take_apart(goes.merges.get(), by=taskforce, reason="不是")

    delta = ask(updated_since=since).json()
    assert {row["id"] for row in delta["institutions"]} == {str(stays.pk), str(goes.pk)}


def test_phone_that_takes_deltas_knows_what_one_knows_that_takes_everything(ask, taskforce, inspector):
    """Through visits, edits, merges, withdrawals and moves in and out, one step at a time."""
    schools = [institution(name=f"青竹{n}馆") for n in range(6)]
    elsewhere = institution(NEXT_TO_LIUSHI, name="青竹别馆")
    visit = record_visit(sent_visit(schools[5]), by=taskforce)
    known: dict[str, dict] = {}
    since = None

    def sync():
        nonlocal since
        answer = ask(**({"updated_since": since} if since else {})).json()
        for row in answer["institutions"]:
            known[row["id"]] = row
        for gone in answer["gone"]:
            known.pop(gone, None)
        since = answer["next_since"]

    def fresh(school):
        return Institution.objects.get(pk=school.pk)

    steps = [
        lambda: visited(schools[0], taskforce),
        lambda: edited(fresh(schools[1]), taskforce),
        lambda: merge_institutions(into=schools[1], merged=schools[2], by=taskforce, reason="同一家"),
        lambda: record_visit(sent_visit(fresh(schools[2])), by=taskforce),
        lambda: merge_institutions(into=schools[1], merged=elsewhere, by=taskforce, reason="同一家"),
        lambda: record_visit(sent_visit(fresh(elsewhere)), by=taskforce),
        lambda: withdrawn(fresh(schools[3]), taskforce),
        lambda: moved_away(fresh(schools[4]), taskforce),
        lambda: take_apart(elsewhere.merges.get(), by=taskforce, reason="不是"),
        lambda: moved_here(fresh(elsewhere), taskforce),
        lambda: withdraw_visit(
            schools[5].visits.get(pk=visit.id), by=user_with("task_force", "330382"), reason="走错门"
        ),
        lambda: register_institution(
            by=taskforce, columns={"name": "新馆", "division": Division.objects.get(pk=LIUSHI)}
        ),
        lambda: licensed(fresh(schools[5]), taskforce),
    ]
    sync()
    for step in steps:
        step()
        sync()
        full = {row["id"]: row for row in ask().json()["institutions"]}
        assert known == full
