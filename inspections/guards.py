"""What the database itself holds about visits, rounds and notices. See accounts/guards.py for how it gets there."""

from accounts.guards import Guard, append_only, changed, facts, follows
from inspections.moves import TRANSITIONS

VISIT, FINDING, PHOTO = "inspections_visit", "inspections_finding", "inspections_photo"
ROUND, EVENT, NOTICE = "inspections_rectification", "inspections_rectificationevent", "inspections_notice"
LEDGER_ENTRY = "inspections_ledgerentry"
INSPECTORS, COPY = "inspections_visit_inspectors", "inspections_quarantinedvisit"
# Everything but the warnings, and that it was withdrawn, which is said once.
WITHDRAWN = ["withdrawn_at", "withdrawn_by_id", "withdraw_reason"]
VISIT_FACTS = [
    "id", "institution_id", "rectification_id", "purpose", "result", "happened_at", "happened_on", "device_sent_at",
    "recorded_at", "recorded_by_id", "longitude", "latitude", "datum", "accuracy_m", "distance_m", "proposed_on",
    "note", "content", "digest", "reconstructed",
]  # fmt: skip
# In which round a finding is and whether it is put right follows from events; a photo's bytes arrive when they do.
FINDING_FACTS = ["visit_id", "type_id", "note"]
PHOTO_FACTS = ["visit_id", "slot", "sha256", "taken_at", "longitude", "latitude", "accuracy_m", "finding_id"]
COPY_FACTS = [
    "institution_id", "visit_id", "sent_id", "digest", "content", "device_sent_at", "received_at", "by_id", "reason",
    "reasons",
]  # fmt: skip
SETTLED = ["settled_at", "settled_by_id", "settled_as", "settle_note", "counted_as_id"]
LEDGER_FACTS = [
    "batch_id", "sheet", "row_number", "institution_id", "visit_id", "recheck_id", "rectification_id", "ordered",
    "submitted", "ends", "ended_on", "struck_off_on", "stated",
]  # fmt: skip
ORIGIN = ["institution_id", "number", "round_no", "ordered_on", "ordered_recorded_at", "ordered_by_id", "first_due_on"]
ROUND_FACTS = [
    "id", *ORIGIN, "opened_by_visit_id", "measure", "state", "version", "due_on", "next_due_on", "supplements",
    "submitted_on", "submitted_by_id", "submitted_outcome", "registered_scope",
    "verified_on", "verified_recorded_at", "verified_by_id", "outcome", "voided_at", "voided_by_id", "void_reason",
]  # fmt: skip
EVENT_FACTS = [
    "id", "rectification_id", "sequence", "kind", "from_state", "to_state", "by_id", "happened_on", "recorded_at",
    "due_on", "outcome", "visit_id", "notice_id", "note", "content", "digest",
]  # fmt: skip
_FINISHED = "OLD.state IN ('verified', 'voided')"
# One who ordered, and takes back what an import has left that never ended: nobody was told of it.
_UNFINISHED = (
    f"EXISTS (SELECT 1 FROM {LEDGER_ENTRY} entry JOIN institutions_importbatch batch ON batch.id = entry.batch_id "  # noqa: S608
    "WHERE batch.finished_at IS NULL AND "
)
_LEGAL = " OR ".join(
    f"OLD.state = '{old}' AND NEW.state = '{new}'" for old, legal in TRANSITIONS.items() for new in sorted(legal)
)

GUARDS = [
    *facts("rectification_event", EVENT, EVENT_FACTS),
    *append_only(NOTICE),
    *append_only(INSPECTORS),
    *append_only("inspections_quarantinedphoto"),
    *facts("visit", VISIT, VISIT_FACTS, once=WITHDRAWN),
    *facts("finding", FINDING, FINDING_FACTS),
    *facts("photo", PHOTO, PHOTO_FACTS, once=["stored_at"]),
    *facts("quarantined_visit", COPY, COPY_FACTS, once=SETTLED),
    *facts("ledger_entry", LEDGER_ENTRY, LEDGER_FACTS, once=["taken_back_at"]),
    *follows("rectification", ROUND, "a rectification", "institutions_institution", "institution_id"),
    *follows("rectification_event", EVENT, "an event", ROUND, "rectification_id"),
    Guard(
        "rectification_is_immutable_once_finished",
        ROUND,
        "UPDATE",
        f"{_FINISHED} AND ({changed(ROUND_FACTS)})",
        "a verified or voided rectification is immutable",
    ),
    Guard(
        "rectification_stays_once_finished",
        ROUND,
        "DELETE",
        _FINISHED,
        "a verified or voided rectification is not deleted",
    ),
    Guard(
        "rectification_moves_as_is_legal",
        ROUND,
        "UPDATE",
        f"NEW.state <> OLD.state AND NOT ({_LEGAL})",
        "this move of a rectification is not legal",
    ),
    Guard(
        "rectification_is_verified_as_submitted",
        ROUND,
        "UPDATE",
        "NEW.state = 'verified' AND (NEW.submitted_by_id <> OLD.submitted_by_id "
        "OR NEW.submitted_on <> OLD.submitted_on OR NEW.ordered_by_id <> OLD.ordered_by_id)",
        "who ordered and who submitted does not change with the verification",
    ),
    # Who gave evidence: by logging it, by being there, by entering the licence.
    Guard(
        "rectification_is_verified_by_other_eyes",
        ROUND,
        "UPDATE",
        f"NEW.state = 'verified' AND (EXISTS (SELECT 1 FROM {EVENT} event "  # noqa: S608 (our own names)
        "WHERE event.rectification_id = NEW.id AND event.by_id = NEW.verified_by_id "
        "AND (event.kind = 'submitted' OR event.kind = 'evidence' AND NOT EXISTS (SELECT 1 FROM inspections_visit seen "
        "WHERE seen.id = event.visit_id AND seen.withdrawn_at IS NOT NULL))) "
        "OR EXISTS (SELECT 1 FROM inspections_visit visit JOIN inspections_visit_inspectors there "
        "ON there.visit_id = visit.id WHERE visit.rectification_id = NEW.id AND visit.result <> 'no_access' "
        "AND visit.withdrawn_at IS NULL "
        "AND there.user_id = NEW.verified_by_id) "
        "OR NEW.outcome = 'licensed' AND EXISTS (SELECT 1 FROM institutions_licence licence "
        "WHERE (licence.institution_id = NEW.institution_id OR licence.institution_id IN (SELECT here.merged_id "
        "FROM institutions_merge here WHERE here.into_id = NEW.institution_id AND here.ended_at IS NULL)) "
        "AND licence.recorded_by_id = NEW.verified_by_id AND licence.recorded_at >= {start_of NEW.ordered_on}))",
        "who submitted or gave evidence in a round cannot verify it",
    ),
    Guard(
        "rectification_is_voided_by_another_than_ordered",
        ROUND,
        "UPDATE",
        "NEW.state = 'voided' AND NEW.voided_by_id = NEW.ordered_by_id "
        f"AND NOT {_UNFINISHED} entry.rectification_id = NEW.id AND entry.ordered)",
        "a rectification is voided by another than ordered it",
    ),
    Guard(
        "rectification_is_not_entered_as_voided_by_who_ordered",
        ROUND,
        "INSERT",
        "NEW.voided_by_id = NEW.ordered_by_id",
        "a rectification is voided by another than ordered it",
        when="AFTER",
    ),
    Guard(
        "notice_is_withdrawn_by_two_persons",
        EVENT,
        "INSERT",
        f"NEW.kind = 'withdrawn' AND EXISTS (SELECT 1 FROM {NOTICE} notice "  # noqa: S608 (our own names)
        "WHERE notice.id = NEW.notice_id AND notice.recorded_by_id = NEW.by_id "
        f"AND NOT {_UNFINISHED} entry.visit_id = notice.visit_id))",
        "a notice is withdrawn by two persons: who served it and another",
    ),
    Guard(
        "rectification_event_follows_its_row",
        EVENT,
        "INSERT",
        f"NEW.sequence > (SELECT version FROM {ROUND} round WHERE round.id = NEW.rectification_id)",  # noqa: S608
        "an event comes with the version of its rectification, not after it",
    ),
    # The open round of an institution is found at the registration that stays.
    Guard(
        "merged_institution_has_no_open_rectification",
        "institutions_merge",
        "INSERT",
        f"NEW.ended_at IS NULL AND EXISTS (SELECT 1 FROM {ROUND} round "  # noqa: S608 (our own names)
        "WHERE round.institution_id = NEW.merged_id AND round.verified_on IS NULL AND round.voided_at IS NULL)",
        "what has an open rectification is not merged into another",
    ),
    Guard(
        "rectification_is_opened_at_what_is_not_merged",
        ROUND,
        "INSERT",
        "NEW.verified_on IS NULL AND NEW.voided_at IS NULL AND EXISTS (SELECT 1 FROM institutions_merge other "
        "WHERE other.merged_id = NEW.institution_id AND other.ended_at IS NULL)",
        "a rectification is opened at the institution into which others were merged",
    ),
    # After the row has changed, so that what breaks a constraint as well is refused with the constraint's name.
    Guard(
        "rectification_keeps_its_origin",
        ROUND,
        "UPDATE",
        " OR ".join(f"NEW.{column} <> OLD.{column}" for column in ORIGIN),
        "the order of a rectification is not rewritten",
        when="AFTER",
    ),
]
