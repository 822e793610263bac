"""What the database itself holds about reports. See accounts/guards.py for how it gets there."""

from accounts.guards import Guard, append_only, facts
from reports.models import ReportEvent

REPORT, VERSION, EVENT = "reports_report", "reports_reportversion", "reports_reportevent"
KEPT_OF_SUPERIORS = [
    "superiorform", "superiorformfile", "superiorformmapping", "filledform", "collected", "reportschedule"
]  # fmt: skip
REPORT_FACTS = ["id", "division_id", "scope_code", "period", "as_of", "before", "begun_by_id", "begun_at"]
_PREPARING = ", ".join(f"'{kind}'" for kind in ReportEvent.PREPARING)
_OF_SAME = "(SELECT 1 FROM reports_reportversion version WHERE version.report_id = NEW.report_id AND version.id = "
_APPROVED = (
    f"EXISTS (SELECT 1 FROM {EVENT} approval WHERE approval.report_id = NEW.id AND approval.kind = 'approved' "  # noqa: S608
    f"AND NOT EXISTS (SELECT 1 FROM {EVENT} later WHERE later.report_id = NEW.id AND later.kind = 'submitted' "
    "AND later.sequence > approval.sequence))"
)

GUARDS = [
    *facts("report", REPORT, REPORT_FACTS),
    *append_only(VERSION),
    *append_only(EVENT),
    *append_only("reports_reportfile"),
    *append_only("reports_reportexplanation"),
    *append_only("reports_reportsetting"),
    *append_only("reports_reporttemplate"),
    *append_only("reports_templateuse"),
    *(guard for table in KEPT_OF_SUPERIORS for guard in append_only(f"reports_{table}")),
    Guard(
        "report_is_approved_by_other_eyes",
        EVENT,
        "INSERT",
        f"NEW.kind = 'approved' AND EXISTS (SELECT 1 FROM {EVENT} event WHERE event.report_id = NEW.report_id "  # noqa: S608
        f"AND event.kind IN ({_PREPARING}) AND event.by_id = NEW.by_id)",
        "who prepared or submitted a report cannot approve it",
    ),
    Guard(
        "report_event_is_of_a_version_of_its_report",
        EVENT,
        "INSERT",
        f"NEW.version_id IS NOT NULL AND NOT EXISTS {_OF_SAME}NEW.version_id)",
        "an event of a version belongs to the report of that version",
        # After, so that what breaks a constraint as well is refused with the constraint's name.
        when="AFTER",
    ),
    Guard(
        "report_version_replaces_one_of_its_report",
        VERSION,
        "INSERT",
        f"NEW.replaces_id IS NOT NULL AND NOT EXISTS {_OF_SAME}NEW.replaces_id)",
        "a version replaces a version of the same report",
        when="AFTER",
    ),
    Guard(
        "report_counts_as_approved_once_it_was",
        REPORT,
        "UPDATE",
        f"NEW.state IN ('approved', 'handed_over') AND OLD.state <> NEW.state AND NOT {_APPROVED}",
        "a report that nobody approved does not count as approved",
    ),
]
