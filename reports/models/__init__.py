"""What is kept of reports. Each model is in the file of its subject; all are imported from here."""

from reports.models.collected import Collected
from reports.models.report import Report, ReportEvent, ReportExplanation, ReportFile, ReportVersion
from reports.models.schedule import ReportSchedule
from reports.models.superior import FilledForm, SuperiorForm, SuperiorFormFile, SuperiorFormMapping
from reports.models.templates import PreparedFile, ReportSetting, ReportTemplate, TemplateUse

__all__ = [
    "Collected",
    "FilledForm",
    "PreparedFile",
    "Report",
    "ReportEvent",
    "ReportExplanation",
    "ReportFile",
    "ReportSchedule",
    "ReportSetting",
    "ReportTemplate",
    "ReportVersion",
    "SuperiorForm",
    "SuperiorFormFile",
    "SuperiorFormMapping",
    "TemplateUse",
]
