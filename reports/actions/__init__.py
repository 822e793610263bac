"""The doors through which a report lives: begun, written, explained, submitted, approved, handed over, corrected."""

from reports.actions.beginning import begin_report, discard_report
from reports.actions.deciding import approve_report, hand_over_report, send_back_report, withdraw_submission
from reports.actions.submitting import submit_report
from reports.actions.writing import correct_report, explain_contradiction, save_draft

__all__ = [
    "approve_report",
    "begin_report",
    "correct_report",
    "discard_report",
    "explain_contradiction",
    "hand_over_report",
    "save_draft",
    "send_back_report",
    "submit_report",
    "withdraw_submission",
]
