"""What is kept of reports. Each model is in the file of its subject; all are imported from here."""

from reports.models.report import Report, ReportEvent, ReportExplanation, ReportFile, ReportVersion

__all__ = ["Report", "ReportEvent", "ReportExplanation", "ReportFile", "ReportVersion"]
