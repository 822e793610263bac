"""Pages of reports: any day looked at, and the life of those that are handed in."""

from reports.views.checking import check, explain
from reports.views.editing import edit, save
from reports.views.kept import annex, changes, download_kept, version
from reports.views.life import begin, listed, report, step
from reports.views.live import download, look
from reports.views.preview import preview

__all__ = [
    "annex",
    "begin",
    "changes",
    "check",
    "download",
    "download_kept",
    "edit",
    "explain",
    "listed",
    "look",
    "preview",
    "report",
    "save",
    "step",
    "version",
]
