"""The doors through which visits and rectifications are written. Each is atomic and writes its audit row."""

from inspections.actions.notices import order_rectification, replace_notice, withdraw_notice
from inspections.actions.quarantine import settle_quarantined
from inspections.actions.rectifications import (
    extend_rectification,
    mark_put_right,
    return_rectification,
    submit_rectification,
    verify_rectification,
    void_rectification,
    withdraw_evidence,
)
from inspections.actions.sent_visit import (
    LEDGER,
    NewFinding,
    NewOrder,
    NewPhoto,
    Position,
    Receipt,
    SentVisit,
    Submission,
)
from inspections.actions.strike_offs import confirm_strike_offs
from inspections.actions.visit_checks import check_visit, doubts_about
from inspections.actions.visits import receipt_of, receive_photo, record_visit
from inspections.actions.withdrawals import rests_on, withdraw_visit

__all__ = [
    "LEDGER",
    "NewFinding",
    "NewOrder",
    "NewPhoto",
    "Position",
    "Receipt",
    "SentVisit",
    "Submission",
    "check_visit",
    "confirm_strike_offs",
    "doubts_about",
    "extend_rectification",
    "mark_put_right",
    "order_rectification",
    "receipt_of",
    "receive_photo",
    "replace_notice",
    "record_visit",
    "rests_on",
    "return_rectification",
    "settle_quarantined",
    "submit_rectification",
    "verify_rectification",
    "void_rectification",
    "withdraw_evidence",
    "withdraw_notice",
    "withdraw_visit",
]
