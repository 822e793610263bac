"""A report from begun to handed over: who may do what when, and what is kept of it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import Invalid, UnknownDivision
from accounts.models import AuditRow
from institutions.moments import today
from reports import actions
from reports.actions.submitting import digest_seen
from reports.contradictions import SHOWN
from reports.live import as_it_stands, counted
from reports.models import Report, ReportEvent, ReportExplanation
from reports.models.report import Period
from reports.periods import cut_off_before, last_ended
from reports.refusals import FiguresMoved, FourEyes, IllegalStep, StaleReport, Unexplained
from tests.factories import LIUSHI, at, institution, licence_of, user_with, visit_of
from tests.reports.reporting import DECEMBER, approved, begun, clerk, county, leader, sent, submitted, write

pytestmark = pytest.mark.django_db


def life(report: Report) -> list[str]:
    return list(report.events.values_list("kind", flat=True))


# --- The period


@pytest.mark.parametrize(
    ("period", "as_of", "before"),
    [
        ("month", date(2018, 12, 31), date(2018, 11, 30)),
        ("half_month", date(2018, 12, 15), date(2018, 11, 30)),
        ("half_month", date(2018, 12, 31), date(2018, 12, 15)),
        ("week", date(2018, 12, 30), date(2018, 12, 23)),
        ("any", date(2018, 12, 20), date(2018, 12, 4)),
        ("month", date(2004, 2, 29), date(2004, 1, 31)),
    ],
)
def test_period_begins_after_the_cut_off_before(period, as_of, before):
    assert cut_off_before(period, as_of, date(2018, 12, 5)) == before


@pytest.mark.parametrize(
    ("period", "as_of", "begins_on", "field"),
    [
        ("month", date(2018, 12, 30), None, "as_of"),
        ("half_month", date(2018, 12, 16), None, "as_of"),
        ("any", date(2018, 12, 31), None, "begins_on"),
        ("any", date(2018, 12, 31), date(2019, 1, 1), "begins_on"),
        ("year", date(2018, 12, 31), None, "period"),
        ("week", date(2000, 1, 3), None, "as_of"),
    ],
)
def test_period_that_is_none_is_refused_with_a_sentence(period, as_of, begins_on, field):
    with pytest.raises(Invalid) as refusal:
        cut_off_before(period, as_of, begins_on)

    assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize("period", Period.values)
def test_period_in_the_future_is_refused(period):
    with pytest.raises(Invalid, match="还没有到"):
        cut_off_before(period, today() + timedelta(days=1), today())


@pytest.mark.parametrize(
    ("period", "on", "last"),
    [
        ("week", date(2019, 1, 2), date(2018, 12, 30)),  # a Wednesday; the Sunday before
        ("week", date(2018, 12, 30), date(2018, 12, 30)),
        ("month", date(2019, 1, 2), date(2018, 12, 31)),
        ("month", date(2018, 12, 31), date(2018, 12, 31)),
        ("half_month", date(2019, 1, 14), date(2018, 12, 31)),
        ("half_month", date(2019, 1, 15), date(2019, 1, 15)),
        ("half_month", date(2019, 1, 31), date(2019, 1, 31)),
        ("any", date(2019, 1, 2), date(2019, 1, 2)),
    ],
)
def test_last_period_that_ended(period, on, last):
    assert last_ended(period, on) == last


# --- Begun


def test_report_is_begun_once_for_a_period():
    first = begun()

    assert begun(by=clerk("clerk2")) == first
    assert life(first) == ["begun"]


def test_report_of_a_division_that_is_not_ones_own_is_not_begun():
    with pytest.raises(PermissionDenied):
        begun(division="330381")
    with pytest.raises(UnknownDivision):
        begun(division="999999")
    assert not Report.objects.exists()


def test_report_is_not_begun_by_who_does_not_prepare_reports():
    with pytest.raises(PermissionDenied):
        begun(by=user_with("inspector", "330382"))


def test_draft_that_was_given_up_makes_room_for_another():
    report = begun()

    actions.discard_report(report, by=clerk(), version=report.version, reason="周期选错")

    assert begun() != report
    assert life(report) == ["begun", "discarded"]


def test_report_that_was_submitted_is_not_given_up():
    version = submitted()
    report = actions.withdraw_submission(version.report, by=clerk(), version=2, reason="漏了一家", at=at("2019-01-03"))

    with pytest.raises(IllegalStep):
        actions.discard_report(report, by=clerk(), version=report.version, reason="不要了")


# --- Submitted, approved, handed over


def test_report_goes_all_its_way():
    county()
    version = approved()
    report = Report.objects.get()

    actions.hand_over_report(
        report,
        by=clerk(),
        version=report.version,
        on=date(2019, 1, 4),
        to="市教育局",
        way="公文系统",
        at=at("2019-01-04"),
    )

    report.refresh_from_db()
    assert (report.state, life(report)) == ("handed_over", ["begun", "submitted", "approved", "handed_over"])
    assert {event.version for event in report.events.all()} == {None, version}
    last = report.events.last()
    assert (last.handed_to, last.handed_by, last.happened_on) == ("市教育局", "公文系统", date(2019, 1, 4))


def test_version_keeps_figures_members_moments_and_digests():
    county()

    version = submitted()

    kept = version.printed
    assert (kept["division"], kept["as_of"], kept["before"], kept["version"]) == (
        "330382", "2018-12-31", "2018-11-30", 1,
    )  # fmt: skip
    assert kept["known_at"] == version.known_at.isoformat()
    assert version.sha256 == kept.sha256
    assert (kept.figures["surveyed"], kept.figures["rectified"]) == (4, 2)
    assert [row["name"] for row in kept.annex() if "closed" in row["figures"]] == ["甲馆"]
    assert version.files.get(kind="annex").sha256 == kept["annex"]["sha256"]
    head = AuditRow.objects.get(action="report.begun").digest
    assert version.audit_head == kept["audit_head"] == head
    assert {file.kind for file in version.files.all()} >= {"annex", "docx", "xlsx"}


@pytest.mark.parametrize("how", ["begun", "edited", "explained", "submitted"])
def test_who_had_a_hand_in_a_report_does_not_approve_it(how):
    """A seconded leader who is of the task force, too, in each of its parts."""
    both = user_with("task_force", "330382", "both")
    both.grants.create(role="supervisor", division_prefix="330382", valid_from="2018-01-01")
    report = begun(by=both if how == "begun" else clerk())
    if how == "edited":
        content = sent(report)
        content["paragraphs"].reverse()
        write(report, content, by=both)
    if how == "explained":
        actions.explain_contradiction(report, by=both, code="base_shrank", digest="0" * 64, text="已核实")
    version = submitted(report, by=both if how == "submitted" else clerk())
    report.refresh_from_db()

    with pytest.raises(FourEyes):
        actions.approve_report(report, by=both, version=report.version)
    with pytest.raises(IntegrityError, match="prepared or submitted"), transaction.atomic():
        ReportEvent.objects.create(
            report=report, version=version, sequence=99, kind="approved", by=both, happened_on=DECEMBER,
            recorded_at=at("2019-01-04"),
        )  # fmt: skip
    assert "approved" not in life(report)


def test_report_is_not_approved_by_who_may_not():
    report = submitted().report
    report.refresh_from_db()

    with pytest.raises(PermissionDenied):
        actions.approve_report(report, by=clerk("clerk2"), version=report.version)


def test_report_is_sent_back_and_the_next_version_says_why():
    first = submitted()
    report = Report.objects.get()
    actions.send_back_report(
        report, by=leader(), version=report.version, reason="请补主送机关", at=at("2019-01-03", 10)
    )

    second = approved(report)

    assert (second.number, second.replaces, second.reason) == (2, first, "请补主送机关")
    assert second.printed["replaces"] == first.sha256
    assert life(report) == ["begun", "submitted", "sent_back", "submitted", "approved"]


def test_submission_is_withdrawn_by_its_submitter_alone_and_before_it_is_approved():
    submitted()
    report = Report.objects.get()
    with pytest.raises(FourEyes):
        actions.withdraw_submission(report, by=clerk("clerk2"), version=report.version, reason="漏了一家")
    with pytest.raises(Invalid):
        actions.withdraw_submission(report, by=clerk(), version=report.version, reason=" ")

    actions.withdraw_submission(report, by=clerk(), version=report.version, reason="漏了一家", at=at("2019-01-03"))
    approved(report)

    report.refresh_from_db()
    with pytest.raises(IllegalStep):
        actions.withdraw_submission(report, by=clerk(), version=report.version, reason="漏了一家")


def test_correction_is_another_version_and_the_first_stays():
    first = approved()
    before = (first.content, first.sha256)
    report = Report.objects.get()

    actions.correct_report(report, by=clerk(), version=report.version, reason="少算一家", at=at("2019-01-05"))
    institution(LIUSHI, surveyed_on="2018-12-20", surveyed_recorded="2019-01-04")
    second = submitted(report, at=at("2019-01-05", 15))

    first.refresh_from_db()
    assert (first.content, first.sha256) == before
    assert (second.reason, second.printed["replaces"]) == ("少算一家", first.sha256)
    assert (first.printed.figures["surveyed"], second.printed.figures["surveyed"]) == (0, 1)


@pytest.mark.parametrize("state", ["approved", "handed_over"])
def test_correction_that_is_given_up_leaves_the_report_as_it_was(state):
    approved()
    report = Report.objects.get()
    over = {"by": clerk(), "on": date(2019, 1, 4), "to": "市教育局", "way": "公文系统", "at": at("2019-01-04")}
    if state == "handed_over":
        report = actions.hand_over_report(report, version=report.version, **over)
    report = actions.correct_report(report, by=clerk(), version=report.version, reason="点错了", at=at("2019-01-05"))

    report = actions.discard_report(report, by=clerk(), version=report.version, reason="不用更正")

    assert (report.state, life(report)[-2:]) == (state, ["corrected", "discarded"])
    assert begun() == report
    assert actions.hand_over_report(report, version=report.version, **over).state == "handed_over"


def test_correction_of_which_something_was_submitted_is_not_given_up():
    approved()
    report = Report.objects.get()
    actions.correct_report(report, by=clerk(), version=report.version, reason="少算一家", at=at("2019-01-05"))
    submitted(report, at=at("2019-01-05", 15))
    report.refresh_from_db()
    report = actions.send_back_report(report, by=leader(), version=report.version, reason="不对", at=at("2019-01-06"))

    with pytest.raises(IllegalStep):
        actions.discard_report(report, by=clerk(), version=report.version, reason="不用更正")


def test_report_is_handed_over_after_it_was_approved_to_somebody():
    approved()
    report = Report.objects.get()

    with pytest.raises(Invalid) as refusal:
        actions.hand_over_report(report, by=clerk(), version=report.version, on=date(2019, 1, 2), to="", way=" ")

    assert set(refusal.value.errors) == {"on", "to", "way"}


def test_report_that_was_not_approved_is_not_handed_over():
    report = submitted().report

    with pytest.raises(IllegalStep, match="待审批"):
        actions.hand_over_report(report, by=clerk(), version=2, on=DECEMBER, to="市局", way="邮件")


@pytest.mark.parametrize("act", [actions.approve_report, actions.send_back_report])
def test_stale_decision_is_refused(act):
    report = submitted().report
    given = {"reason": "改"} if act is actions.send_back_report else {}

    with pytest.raises(StaleReport):
        act(report, by=leader(), version=1, **given)


# --- What blocks


def contradictory() -> None:
    """Two institutions with one permit number."""
    for name in ("甲馆", "乙馆"):
        licence_of(
            institution(LIUSHI, name=name), "permit", number="教民133038270000001号", recorded_at=at("2018-12-01")
        )


def test_unexplained_contradiction_blocks_submission_and_nothing_is_kept():
    contradictory()
    report = begun()

    with pytest.raises(Unexplained, match="同一办学许可证号"):
        submitted(report)

    assert not report.versions.exists() and life(report) == ["begun"]


def test_explanation_lets_it_pass_and_is_printed():
    contradictory()
    report = begun()
    explain(report)

    version = submitted(report)

    [found] = version.printed["contradictions"]
    assert (found["explained"], found["by"], found["count"]) == ("两处校区共用一证，已核实", "clerk1", 2)


def explain(report: Report) -> ReportExplanation:
    [found] = as_it_stands(report, counted(report))[1]
    return actions.explain_contradiction(
        report, by=clerk(), code=found.code, digest=found.digest, text="两处校区共用一证，已核实"
    )


def test_all_institutions_of_a_contradiction_are_kept_where_a_page_lists_the_first(browse):
    for number in range(SHOWN + 1):
        school = institution(LIUSHI, name=f"第{number}馆")
        licence_of(school, "permit", number="教民133038270000001号", recorded_at=at("2018-12-01"))
    report = begun()
    explain(report)
    looked_at = as_it_stands(report, counted(report))[0]

    version = submitted(report, seen=digest_seen(looked_at))

    [found] = version.printed["contradictions"]
    assert (len(looked_at["contradictions"][0]["institutions"]), found["count"]) == (SHOWN, SHOWN + 1)
    names = {each["name"] for each in found["institutions"]}
    assert names == {f"第{number}馆" for number in range(SHOWN + 1)}
    html = browse(clerk()).get(version.get_absolute_url()).content.decode()
    assert [name for name in names if f">{name}</a>" not in html] == []


def test_explanation_does_not_hold_for_other_institutions():
    contradictory()
    report = begun()
    explain(report)
    licence_of(institution(LIUSHI, name="丙馆"), "permit", number="教民133038270000001号", recorded_at=at("2019-01-02"))

    with pytest.raises(Unexplained):
        submitted(report)


def test_submission_of_figures_that_moved_since_they_were_looked_at_is_refused():
    county()
    report = begun()
    seen = digest_seen(as_it_stands(report, counted(report))[0])
    assert submitted(report, seen=seen, at=at("2019-01-03")).number == 1
    actions.withdraw_submission(report, by=clerk(), version=2, reason="再看", at=at("2019-01-03"))

    visit_of(institution(LIUSHI, surveyed_on="2018-12-20", surveyed_recorded="2019-01-02"), "2018-12-20")

    with pytest.raises(FiguresMoved):
        submitted(report, seen=seen)


def test_every_step_is_in_the_audit_trail():
    county()
    approved()

    rows = AuditRow.objects.filter(object_type="reports.report").order_by("pk")

    assert [row.action for row in rows] == ["report.begun", "report.submitted", "report.approved"]
    assert rows[1].after["sha256"] and "draft" not in rows[0].after
    assert {row.scope_code for row in rows} == {"330382000000"}
