"""What is kept of reports. Each model is in the file of its subject; all are imported from here."""

from reports.models.report import Report, ReportEvent, ReportExplanation, ReportFile, ReportVersion
from reports.models.templates import PreparedFile, ReportSetting, ReportTemplate, TemplateUse

__all__ = [
    "PreparedFile",
    "Report",
    "ReportEvent",
    "ReportExplanation",
    "ReportFile",
    "ReportSetting",
    "ReportTemplate",
    "ReportVersion",
    "TemplateUse",
]
