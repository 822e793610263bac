"""What is kept of reports. Each model is in the file of its subject; all are imported from here."""

from reports.models.collected import Collected
from reports.models.report import Report, ReportEvent, ReportExplanation, ReportFile, ReportVersion
from reports.models.schedule import ReportSchedule
from reports.models.superior import FilledForm, SuperiorForm, SuperiorFormFile, SuperiorFormMapping

__all__ = [
    "Collected",
    "FilledForm",
    "Report",
    "ReportEvent",
    "ReportExplanation",
    "ReportFile",
    "ReportSchedule",
    "ReportVersion",
    "SuperiorForm",
    "SuperiorFormFile",
    "SuperiorFormMapping",
]
