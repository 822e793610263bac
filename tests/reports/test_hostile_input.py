"""What a report is sent that no clerk means: halves of characters, days that are none, bodies without an end. One
sentence each, nothing half kept, and the report can still be submitted."""

import json

import pytest
from django.urls import reverse

from accounts.models import User
from reports import actions
from reports.models import Report
from tests.factories import at
from tests.reports.reporting import approved, begun, clerk, county, leader, sent, submitted

pytestmark = pytest.mark.django_db
HALF = "\ud83d"  # of an emoji
HOSTILE = [
    HALF,
    "甲\x00乙",
    "\x0b\x1f",
    "\ufffe",
    "=HYPERLINK(a)",
    "{{ a * b }}{% for %}",
    "#eval",
    "A & B <城东>",
    "\u202e反",
]


def save(client, report: Report, content: dict):
    body = json.dumps({"version": report.version, **content})
    return client.post(reverse("report_draft", args=[report.pk]), body, content_type="application/json")


def own(*parts) -> dict:
    return {"id": "own.1", "key": "own", "dropped": False, "parts": list(parts)}


@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
def test_hostile_words_are_text_wherever_they_are_written(browse, words):
    county()
    report, client = begun(), browse(clerk())
    content = sent(report)
    number = {"figure": words, "typed": f"{words}7", "why": f"因{words}"}
    content["paragraphs"].append(own(f"甲{words}", number))
    content["heading"] |= dict.fromkeys(("red_head", "number", "addressees", "signed"), words)

    answer = save(client, report, content)

    assert answer.status_code == 200
    version = submitted(report)
    assert {file.kind for file in version.files.all()} == {"annex", "docx", "xlsx", "pdf"}
    for page in (reverse("report_edit", args=[report.pk]), version.get_absolute_url()):
        assert client.get(page, follow=True).status_code == 200


def test_half_a_character_is_kept_as_a_question_mark(browse):
    county()
    report = begun()
    content = sent(report)
    content["paragraphs"].append(own(f"甲{HALF}"))

    answer = save(browse(clerk()), report, content)

    assert answer.json()["paragraphs"][-1]["parts"] == ["甲?"]


@pytest.mark.parametrize("day", ["昨天", "2019-02-30", "2019-1-3", "<w:p/>", "20190103x"])
def test_date_under_the_text_is_a_day(browse, day):
    county()
    report, client = begun(), browse(clerk())
    content = sent(report)
    content["heading"]["dated_on"] = day

    answer = save(client, report, content)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["dated_on"])
    report.refresh_from_db()
    assert report.version == 1
    assert client.get(reverse("report_preview", args=[report.pk])).status_code == 200


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 50_000, "NaN", '{"version": 1e999}', f'"{HALF}"'])
@pytest.mark.parametrize("door", ["report_draft", "report_edit"])
def test_body_that_is_no_draft_is_refused_in_a_sentence(browse, body, door):
    county()
    report, client = begun(), browse(clerk())
    path = reverse(door, args=[report.pk])

    if door == "report_draft":
        answer = client.post(path, json.dumps(HALF) if HALF in body else body, content_type="application/json")
    else:
        answer = client.post(path, {"version": "1", "draft": body.replace(HALF, "")})

    said = answer.json()["message"] if door == "report_draft" else answer.content.decode()
    assert answer.status_code == 422 and "草稿不完整" in said


@pytest.mark.parametrize(
    ("period", "as_of", "begins_on"),
    [
        ("week", "0001-01-01", ""),
        ("month", "0001-01-31", ""),
        ("half_month", "0001-01-15", ""),
        ("any", "0001-01-02", "0001-01-01"),
        ("any", "2018-12-31", "0001-01-01"),
        ("any", "2000-01-01", "2000-01-01"),
    ],
)
def test_period_before_all_records_is_refused_in_a_sentence(browse, period, as_of, begins_on):
    county()
    asked = {"division": "330382", "period": period, "as_of": as_of, "begins_on": begins_on}

    answer = browse(clerk()).post(reverse("report_new"), asked)

    assert answer.status_code == 422 and "只能编制" in answer.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize("to", ["9", "0", "-1", "x", "99999999999999999999"])
def test_comparison_with_a_version_that_is_none_is_absent(browse, to):
    county()
    version = submitted()

    answer = browse(clerk()).get(reverse("report_changes", args=[version.report_id, 1]), {"to": to})

    assert answer.status_code == 404


def test_approver_whose_account_was_closed_stands_in_the_life_and_cannot_sign_in(browse):
    county()
    version = approved()
    User.objects.filter(pk=leader().pk).update(is_active=False)
    report = version.report
    for number, day in ((2, "2019-01-04"), (3, "2019-01-05")):
        report.refresh_from_db()
        actions.correct_report(report, by=clerk(), version=report.version, reason=f"更正{number}", at=at(day))
        submitted(report, at=at(day, 9))
        report.refresh_from_db()
        actions.approve_report(report, by=leader("leader2"), version=report.version, at=at(day, 15))

    page = browse(clerk()).get(report.get_absolute_url()).content.decode()

    assert leader().username in page or leader().name in page
    assert [each.replaces and each.replaces.number for each in report.versions.all()] == [None, 1, 2]
    assert browse(leader()).get(report.get_absolute_url()).status_code == 302
