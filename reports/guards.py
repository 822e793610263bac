"""What the database itself holds about reports. See accounts/guards.py for how it gets there."""

from accounts.guards import append_only

GUARDS = [
    *append_only("reports_reportsetting"),
    *append_only("reports_reporttemplate"),
    *append_only("reports_templateuse"),
]
