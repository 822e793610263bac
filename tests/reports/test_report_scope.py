"""A report of a division that somebody does not see whole is absent, in every byte, at every page and for every act."""

import pytest
from django.urls import reverse

from accounts.models import AuditRow, User
from reports.models import Report, ReportEvent
from tests.factories import LIUSHI, user_with
from tests.misconduct.patrol import case_of
from tests.reports.reporting import approved, begun, clerk, county, leader, sent, write
from tests.test_scope_leaks import ABSENT
from tests.urls import body

pytestmark = pytest.mark.django_db
PAGES = [
    ("report", []), ("report_check", []), ("report_edit", []), ("report_preview", []), ("report_version", [1]),
    ("report_annex", [1]), ("report_changes", [1]), ("report_file", [1, "json"]), ("report_file", [1, "annex"]),
    ("report_step", ["approve"]),
]  # fmt: skip
ACTS = [("report_explain", []), ("report_draft", []), ("report_preview", []), ("report_edit", [])]
ACTS += [("report_step", [name]) for name in ("approve", "send-back", "withdraw", "hand-over", "correct", "discard")]


def strangers():
    """Of the next county, and of a township of the county: none of them sees the county whole."""
    return [user_with("task_force", "330381"), user_with("supervisor", LIUSHI), user_with("inspector", LIUSHI)]


@pytest.mark.parametrize(("name", "more"), PAGES, ids=[f"{name}-{more}" for name, more in PAGES])
def test_page_of_a_report_out_of_sight_is_that_of_an_absent_one(browse, name, more):
    county()
    report = approved().report

    for stranger in strangers():
        client = browse(stranger)
        hidden = client.get(reverse(name, args=[report.pk, *more]))
        absent = client.get(reverse(name, args=[ABSENT, *more]))
        assert (hidden.status_code, body(hidden)) == (404, body(absent))


@pytest.mark.parametrize(("name", "more"), ACTS, ids=[f"{name}-{more}" for name, more in ACTS])
def test_nothing_is_done_to_a_report_out_of_sight(browse, name, more):
    report = begun()
    before = (list(Report.objects.values()), ReportEvent.objects.count(), AuditRow.objects.count())

    for stranger in strangers():
        sent = {"version": 1, "reason": "试", "code": "a", "digest": "b", "text": "试", "to": "a", "way": "b"}
        answer = browse(stranger).post(reverse(name, args=[report.pk, *more]), sent)
        assert answer.status_code == 404
    after = (list(Report.objects.values()), ReportEvent.objects.count(), AuditRow.objects.count())
    assert after[:2] == before[:2]


@pytest.mark.parametrize(("name", "more"), PAGES, ids=[f"{name}-{more}" for name, more in PAGES])
def test_page_of_a_report_in_sight_is_there(browse, name, more):
    """The tests above would pass on pages that are always absent."""
    county()
    report = approved().report

    for reader, statuses in ((leader(), (200, 302, 403)), (clerk(), (200, 302))):
        answer = browse(reader).get(reverse(name, args=[report.pk, *more]))
        body(answer)  # a file is closed when it was read
        assert answer.status_code in statuses


@pytest.mark.parametrize("role", ["auditor", "supervisor"])
def test_report_is_only_read_by_who_does_not_prepare_it(browse, role):
    report = begun()
    client = browse(user_with(role, "330382"))

    assert client.get(reverse("report", args=[report.pk])).status_code == 200
    assert client.get(reverse("report_edit", args=[report.pk])).status_code == 403
    for name in ("report_explain", "report_preview", "report_draft"):
        sent = {"version": 1, "code": "a", "digest": "b", "text": "试"}
        assert client.post(reverse(name, args=[report.pk]), sent).status_code == 403
    assert list(report.events.values_list("kind", flat=True)) == ["begun"]


def test_who_may_not_know_of_the_patrol_is_not_told_of_it_by_a_report(browse, api):
    """Neither by the draft nor by what was submitted of it, where the clerk wrote of it in a sentence of their own."""
    county()
    case_of(LIUSHI, handled="2018-04-01")
    report = begun()
    content = sent(report)
    parts = ["其中", {"figure": "misconduct.cases", "typed": None, "why": ""}, "起已通报。"]
    content["paragraphs"].append({"id": "own.1", "key": "own", "dropped": False, "parts": parts})
    write(report, content)

    def told(user: User, name: str, *more: int) -> tuple[bool, ...]:
        page = body(browse(user).get(reverse(name, args=[report.pk, *more]))).decode()
        return tuple(word in page for word in ("全年共处理", "起已通报", "/misconduct/?"))

    inspector, auditor = user_with("inspector", "330382"), user_with("auditor", "330382")
    drafts = [browse(each).get(reverse("report_preview", args=[report.pk])) for each in (inspector, auditor, clerk())]
    assert [answer.status_code for answer in drafts] == [403, 403, 200]
    steps = [browse(each).get(report.get_absolute_url()).content.decode() for each in (inspector, leader(), clerk())]
    assert [reverse("report_preview", args=[report.pk]) in page for page in steps] == [False, True, True]

    version = approved(report)

    assert told(inspector, "report_version", 1) == (False, False, False)
    assert told(auditor, "report_version", 1) == (True, True, True)
    annex = reverse("report_annex", args=[report.pk, 1])
    asked = {"figure": "misconduct.cases"}
    assert [browse(each).get(annex, asked).status_code for each in (inspector, auditor)] == [404, 200]
    door = reverse("api-report", args=[version.pk])
    assert [api(each).get(door).status_code for each in (inspector, auditor)] == [403, 200]
