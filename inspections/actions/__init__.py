"""The doors through which visits and rectifications are written. Each is atomic and writes its audit row."""

from inspections.actions.found import check_found, institution_found
from inspections.actions.notices import order_rectification, replace_notice, withdraw_notice
from inspections.actions.quarantine import receipt_of_copy, settle_quarantined
from inspections.actions.rectifications import (
    extend_rectification,
    mark_put_right,
    return_rectification,
    submit_rectification,
    verify_rectification,
    void_rectification,
    withdraw_evidence,
)
from inspections.actions.rights import has_ever_recorded, has_had_to_do_with, might_record
from inspections.actions.sent_visit import (
    LEDGER,
    Answer,
    Found,
    NewFinding,
    NewItem,
    NewOrder,
    NewPhoto,
    Position,
    Receipt,
    SentVisit,
    Submission,
)
from inspections.actions.strike_offs import confirm_strike_offs
from inspections.actions.taking import (
    Given,
    count_aside,
    keep_aside_for_good,
    receive_photo_aside,
    take_visit,
    take_visits,
)
from inspections.actions.visit_checks import check_visit, doubts_about
from inspections.actions.visits import receipt_of, receive_photo, record_visit
from inspections.actions.withdrawals import rests_on, withdraw_visit

__all__ = [
    "LEDGER",
    "Answer",
    "Found",
    "NewItem",
    "check_found",
    "count_aside",
    "has_ever_recorded",
    "has_had_to_do_with",
    "institution_found",
    "keep_aside_for_good",
    "might_record",
    "receipt_of_copy",
    "receive_photo_aside",
    "take_visit",
    "take_visits",
    "Given",
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
