"""Every list and page asks the database as often for many rows as for few."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.watermark import recording
from inspections.models import Finding, NoticeCounter, Photo, Visit
from institutions.models import Institution
from tests.factories import LIUSHI, at, institution, licence_of, round_of, user_with, visit_of
from tests.urls import body
from tests.worlds import File, full_file

DAY = "as_of=2018-12-31"
LISTS = [
    "/",
    f"/institutions/?{DAY}",
    f"/institutions/?{DAY}&figure=with_problems&licence_status=none&q=培训",
    "/institutions/?format=csv",
    "/institutions/duplicates/",
    "/institutions/?format=xlsx",
    f"/institutions/?{DAY}&sort=-last_visit_on&columns=name,permit,permit_valid,registration,principal,phone",
    "/rectifications/",
    f"/rectifications/?{DAY}",
    "/rectifications/?finding_type=T01&inspector=clerk&due_from=2018-01-01&sort=-ordered_on",
    "/rectifications/?columns=name,inspectors,credit_code,principal,phone",
    "/rectifications/?format=csv",
    "/rectifications/?state=verified&format=xlsx",
    "/rectifications/?state=submitted",
    "/rectifications/?state=verified",
    "/rectifications/strike-offs/",
    "/rectifications/?state=recheck",
    "/rectifications/?state=month",
    "/visits/new/",
    "/visits/new/?q=培训",
    "/search/?q=培训",
    "/search/?q=2018",
    "/rectifications/?q=2018",
    f"/rectifications/?{DAY}&state=submitted",
    f"/rectifications/?{DAY}&format=csv&columns=name,measure,submitted_on&sort=submitted_on",
    "/rectifications/?figure=overdue",
    f"/statistics/?{DAY}",
    f"/statistics/?{DAY}&compare=2018-06-30",
    f"/statistics/?{DAY}&compare=2018-06-30&format=xlsx",
    f"/statistics/trend/?{DAY}",
    f"/statistics/contradictions/?{DAY}",
    f"/statistics/difference/?{DAY}&before=2018-05-31",
    f"/statistics/difference/?{DAY}&before=2018-05-31&format=csv",
    "/map/",
    "/map/?wall=1",
    "/map/geocoding/",
    "/api/v1/map/townships/",
    f"/api/v1/map/townships/?{DAY}&standing=overdue,open",
    "/map/boundaries/",
    "/map/mismatches/",
    "/map/handovers/",
    "/map/handovers/?state=waiting",
    "/map/walls/",
    "/api/v1/map/boundaries/",
    "/reports/",
    f"/reports/?{DAY}",
    "/reports/new/",
    "/reports/letterhead/",
    "/reports/templates/",
    "/reports/forms/",
    "/reports/schedule/",
    "/api/v1/reports/",
    "/api/v1/institutions/",
    f"/api/v1/institutions/?{DAY}&figure=outstanding",
    "/api/v1/rectifications/",
    f"/api/v1/rectifications/?{DAY}&figure=outstanding",
    f"/api/v1/statistics/completion/?{DAY}&by=division",
    f"/api/v1/statistics/completion/?{DAY}&by=licence_status",
    f"/api/v1/statistics/completion/?{DAY}&by=finding_type",
    f"/api/v1/statistics/difference/?{DAY}&before=2018-05-31",
    "/api/v1/statistics/trend/?from=2018-01&to=2018-12",
    "/api/v1/map/?zoom=18",
    "/api/v1/map/?zoom=9",
    f"/map/export/?{DAY}",
    f"/ogc/collections/institutions?{DAY}",
    f"/ogc/collections/institutions/items?{DAY}&limit=1000",
    "/ogc/collections/institutions/items?bbox=120,27,122,29&datetime=../2018-12-31",
    "/tiles/institutions/0/0/0.mvt",
    "/api/v1/map/list/",
    "/api/v1/map/unlocated/",
    "/api/v1/map/list/?order=distance&near=120.9,28.0",
    "/api/v1/field/worklist/?division=330382",
    "/api/v1/field/worklist/?division=330382&updated_since=2018-05-01T00:00:00Z",
    "/api/v1/field/divisions/",
    "/api/v1/field/colleagues/?division=330382",
]
FILES = [
    "/institutions/{school}/",
    "/institutions/{school}/licences/",
    "/institutions/{school}/merge/",
    "/visits/{visit}/",
    "/rectifications/{round}/",
    "/visits/new/?institution={school}",
]
FILES += ["/rectifications/{round}/notice/"]
FILES += ["/api/v1/institutions/{school}/", "/api/v1/visits/{visit}/", "/api/v1/rectifications/{round}/"]


@pytest.fixture
def queries(client, db):
    client.force_login(user_with("task_force", "330382"), backend="django.contrib.auth.backends.ModelBackend")

    def asked(path: str) -> tuple[int, list[str]]:
        body(client.get(path))  # what is read once for a process is read now
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
            assert (answer.status_code, bool(body(answer))) == (200, True)
        return len(captured), [query["sql"][:200] for query in captured.captured_queries]

    return asked


def _files(names: str) -> None:
    """Each brings three institutions with four rounds; from the second on one picture is at two institutions."""
    for number, name in enumerate(names):
        full_file(["330382115", LIUSHI, "330382001"][number % 3], f"{name}培训", f"139000000{number}0", "blue")


@pytest.mark.parametrize("path", LISTS)
def test_list_takes_as_many_queries_for_many_rows_as_for_few(queries, path):
    _files("甲乙丙丁戊" if path != "/" else "甲乙丙丁戊子丑寅卯辰巳")  # today counts a list only when it is cut short
    few, first = queries(path)

    _files("己庚辛壬")
    many, then = queries(path)

    assert many == few, [query for query in then if query not in first]


def _grow(file: File) -> None:
    """Five times as much of everything on one file."""
    for number in range(5):
        licence_of(file.school, "permit", f"201{number}-01-01")
        round_of(file.school, f"2018-05-1{number}", verified_on=f"2018-06-1{number}")
        visit_of(file.school, f"2018-11-0{number + 1}", purpose="recheck", round_=file.round_, findings=("T02", "S03"))
    visit, visitors = file.visit, [user_with("inspector", LIUSHI) for _ in range(3)]
    visit.inspectors.add(*visitors)
    for code in ("T02", "T03", "S02"):
        Finding.objects.create(visit=visit, type_id=code, rectification=file.round_)
    for slot in range(2, 6):
        Photo.objects.create(visit=visit, slot=slot, sha256=file.sha256, stored_at=visit.recorded_at)


@pytest.mark.parametrize("path", FILES)
def test_file_takes_as_many_queries_for_a_long_history_as_for_a_short_one(queries, path):
    file = full_file(LIUSHI, "甲培训", "13800000001", "red")
    path = path.format(school=file.school.pk, visit=file.visit.pk, round=file.round_.pk)
    visit_of(file.school, "2018-10-20", purpose="recheck", round_=file.round_, findings=("T02",))
    short, first = queries(path)

    _grow(file)
    long, then = queries(path)

    assert long == short, [query for query in then if query not in first]
    assert Visit.objects.count() > Institution.objects.count()


COUNTS = ["history", "change"]  # how it stands
MAP = ["spot", "spotchange"]  # where it stands on the map of today, at the end of the transaction
WRITTEN = {
    "a visit": ({}, ["visit", "visit_inspectors", "auditrow", *MAP]),
    "two findings": (
        {"findings": [{"type": "S01"}, {"type": "T02"}]},
        ["visit", "visit_inspectors", "finding", "auditrow", *COUNTS, *MAP],
    ),
    "an order": (
        {"findings": [{"type": "S01"}, {"type": "T02"}], "order": {}},
        ["visit", "visit_inspectors", "finding", "auditrow"]
        + ["noticecounter", "rectification", "notice", "rectificationevent", "auditrow", *COUNTS, *MAP],
    ),
}


@pytest.mark.parametrize(("body", "tables"), WRITTEN.values(), ids=WRITTEN)
def test_visit_is_written_once_a_table(api, inspector, body, tables):
    """What is kept by value costs no insert of a visit, and one of an order: its notice. Counts and the map's
    cells cost two each."""
    school = institution(LIUSHI, status="full")
    sent = {"institution": str(school.pk), "purpose": "routine", "result": "inspected"}
    sent |= {"happened_at": at("2018-11-02").isoformat()} | body
    client = api(inspector)
    with recording():
        pass  # the counts take in what was written beside every action

    with CaptureQueriesContext(connection) as captured:
        answer = client.put(f"/api/v1/visits/{uuid4()}/", sent, format="json")

    assert answer.status_code == 201
    written = re.findall(
        r'^(?:\d+ times: )?INSERT (?:OR IGNORE )?INTO "?[a-z]+_(\w+)', _one_a_line(captured), flags=re.MULTILINE
    )
    assert written == tables


def test_order_while_a_round_is_open_reads_nothing_twice(api, inspector):
    """The institution: whether it may be seen, and locked; and where it stands for the map, once all is written. The
    notice that is served is not read back."""
    school = institution(LIUSHI, status="full")
    round_of(school, "2018-10-01")
    NoticeCounter.next_number("330382", 2018)  # the first number of a year makes the series
    sent = {"institution": str(school.pk), "purpose": "routine", "result": "inspected", "order": {}}
    sent |= {"happened_at": at("2018-11-02").isoformat(), "findings": [{"type": "S01"}]}
    client = api(inspector)
    client.get("/api/v1/institutions/")  # the session says when it was last seen

    with CaptureQueriesContext(connection) as captured:
        answer = client.put(f"/api/v1/visits/{uuid4()}/", sent, format="json")

    asked = _one_a_line(captured)
    assert any("补充通知" in each for each in answer.json()["warnings"])
    assert len(re.findall('^SELECT .* FROM "institutions_institution"', asked, flags=re.MULTILINE)) == 3
    assert not re.search('^SELECT .* FROM "inspections_notice"', asked, flags=re.MULTILINE)
    assert len(re.findall("^SAVEPOINT", asked, flags=re.MULTILINE)) == 1  # the test's own transaction is around it


def _one_a_line(captured: CaptureQueriesContext) -> str:
    return "\n".join(query["sql"] for query in captured.captured_queries)
