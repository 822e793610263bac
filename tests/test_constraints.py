"""The database refuses nonsense: every constraint and trigger of every room, on both engines.

A constraint that is in no row of ATTEMPTS makes `test_every_constraint_is_attempted` fail.
"""

import re
from copy import deepcopy
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import CheckConstraint, F, Model, UniqueConstraint

from accounts import audit, guards
from accounts.models import AuditRow, User
from inspections.guards import EVENT_FACTS, ROUND_FACTS
from inspections.models import (
    Finding,
    LedgerEntry,
    Likeness,
    Notice,
    NoticeCounter,
    Oddity,
    Photo,
    Presence,
    QuarantinedVisit,
    Rectification,
    RectificationEvent,
)
from institutions.models import (
    CellFix,
    Division,
    DivisionName,
    DuplicateDecision,
    ImportAnswer,
    ImportBatch,
    ImportedRow,
    ImportRun,
    Institution,
    Licence,
    Merge,
    Name,
    Place,
    RegisterFile,
    StoredPlan,
    WithdrawnSurvey,
)
from mapping.models import (
    Boundary,
    BoundaryCopy,
    BoundaryFile,
    BoundarySet,
    Cell,
    GeocodingAnswer,
    GeocodingOutcome,
    GeocodingRun,
    Handover,
    HandoverLine,
    WallPass,
)
from misconduct.models import Case, Conclusion, Measure, Party, Person, Statement
from reports.models import (
    Collected,
    FilledForm,
    PreparedFile,
    Report,
    ReportEvent,
    ReportExplanation,
    ReportFile,
    ReportSchedule,
    ReportSetting,
    ReportTemplate,
    ReportVersion,
    SuperiorForm,
    SuperiorFormMapping,
    TemplateUse,
)
from tests.factories import LIUSHI, at, hand, institution, licence_of, merge_of, round_of, user_with, visit_of

ELSEWHERE = "330381000000"
ROOMS = ["accounts", "institutions", "inspections", "mapping", "misconduct", "reports"]
BANDS = ["band_0", "band_1", "band_2", "band_3"]
DAY, WHEN, BEFORE = date(2018, 10, 1), at("2018-10-01"), at("2018-09-30")


@pytest.fixture
def rows(sound_rows, db) -> dict[str, Any]:
    """One sound row of each model, to be spoiled."""
    return deepcopy(sound_rows)


@pytest.fixture(scope="module")
def sound_rows(for_the_module) -> dict[str, Any]:
    school = institution(position=(120.96, 28.12))
    file = RegisterFile.objects.create(
        division_id="330382", file_name="a.xlsx", sha256="0" * 64, content=b"a", datum="wgs84", received_at=WHEN
    )
    batch = ImportBatch.objects.create(division_id="330382", file_name="a.xlsx", sha256="0" * 64, recorded_at=WHEN)
    visit = visit_of(school, findings=("T01",))
    ordered = round_of(school, "2018-06-01")
    place = {"division_id": LIUSHI, "scope_code": f"{LIUSHI}000"}
    NoticeCounter.objects.create(division_prefix="330382", year=2018)
    NoticeCounter.objects.create(division_prefix="330382", year=2019)
    return {
        "audited": audit.write("tested", hand("clerk"), by=None, after={"name": "甲"}),
        "division": Division.objects.get(pk="330382"),
        "division_name": DivisionName.objects.create(division_id="330382", name="甲", from_on=DAY, recorded_at=WHEN),
        "grant": user_with("inspector", "330382").grants.get(),
        "school": school,
        "other_school": institution(),
        "merge": merge_of(institution(), institution(), WHEN),
        "merged": Institution.objects.get(merged_at=WHEN),
        "decision": DuplicateDecision.objects.create(first=school, identity="甲", answer="same", recorded_at=WHEN),
        "place": Place.objects.create(institution=school, **place, from_on=DAY, recorded_at=WHEN),
        "name": Name.objects.create(institution=school, name="甲", from_on=DAY, recorded_at=WHEN),
        "withdrawn_survey": WithdrawnSurvey.objects.create(
            institution=school,
            surveyed_on=DAY,
            surveyed_recorded_at=WHEN,
            licence_status_at_survey="none",
            withdrawn_at=WHEN,
        ),
        "licence": licence_of(school, "permit"),
        "register_file": file,
        "import_answer": ImportAnswer.objects.create(
            file=file, key="surveyed_on", value="none", layout="0" * 64, by=hand("clerk"), answered_at=WHEN
        ),
        "cell_fix": CellFix.objects.create(
            file=file, address="D7", old="甲", new="乙", by=hand("clerk"), fixed_at=WHEN
        ),
        "stored_plan": StoredPlan.objects.create(
            file=file,
            digest="0" * 64,
            language="zh-hans",
            content=b"",
            parts=[],
            errors=0,
            last_answer=0,
            last_fix=0,
            last_decision=0,
            made_at=WHEN,
        ),
        "import_run": run_of(file),
        "batch": batch,
        "imported": ImportedRow.objects.create(batch=batch, row_number=2, kind="new", original={}),
        "finding_type": visit.findings.get().type,
        "ordered": ordered,
        "event": ordered.events.get(),
        "submitted": round_of(institution(), "2018-06-01", submitted_on="2018-06-10"),
        "verified": round_of(institution(), "2018-06-01", verified_on="2018-07-01"),
        "voided": round_of(institution(), "2018-06-01", voided="2018-07-01"),
        "notice": ordered.notices.get(kind="order"),
        "supplement": notice_of(ordered, "supplement", "甲二号"),
        "visit": visit,
        "inspector": visit.inspectors.through.objects.get(),
        "finding": visit.findings.get(),
        "photo": Photo.objects.create(visit=visit, slot=1, sha256="0" * 64),
        "oddity": Oddity.objects.create(visit=visit, kind="clock"),
        "oddity_of_two": Oddity.objects.create(visit=visit, kind="travel", other=visit_of(school)),
        "presence": Presence.objects.create(user=hand("clerk"), happened_at=WHEN, visit=visit),
        "likeness": Likeness.objects.create(sha256="0" * 64),
        "quarantined": (
            quarantined := QuarantinedVisit.objects.create(
                institution=visit.institution,
                visit=visit,
                digest="0" * 64,
                content="{}",
                received_at=WHEN,
                by=hand("clerk"),
            )
        ),
        "photo_aside": quarantined.photos_here.create(sha256="5" * 64, stored_at=WHEN),
        "counter": NoticeCounter.objects.get(year=2018),
        "ledger_entry": LedgerEntry.objects.create(batch=batch, row_number=2, institution=school),
        **geocoded(school),
        **bounded(),
        **handed_over(school),
        **patrolled(),
        **reported(),
        **laid_out(),
        **of_superiors(),
    }


def patrolled() -> dict[str, Any]:
    """A case of the second ledger with everything that hangs on it, recorded by the clerk."""
    case = Case.objects.create(number="甲", division_id=LIUSHI, scope_code=f"{LIUSHI}000", **known())
    person = Person.objects.create(name="甲某", **known())
    party = Party.objects.create(case=case, person=person, **known())
    return {
        "case": case,
        "statement": stated_of(case),
        "conclusion": Conclusion.objects.create(case=case, result="concluded", handled_on=DAY, **known()),
        "person": person,
        "party": party,
        "measure": Measure.objects.create(party=party, kind="removed", decided_on=DAY, **known()),
    }


def known() -> dict[str, Any]:
    return {"recorded_at": WHEN, "recorded_by": hand("clerk")}


def stated_of(case: Case) -> Statement:
    columns = {"kind": "paid_tutoring", "school": "青竹一小", "source": "patrol", "happened_on": DAY, "found_on": DAY}
    return Statement.objects.create(case=case, **columns, **known())


def run_of(file: RegisterFile) -> ImportRun:
    return ImportRun.objects.create(
        file=file, act="plan", language="zh-hans", requested_by=hand("clerk"), requested_at=WHEN
    )


def bounded() -> dict[str, Any]:
    file = BoundaryFile.objects.create(
        division_id="330382", level="township", file_name="a.zip", sha256="0" * 64, content=b"", reading=b"",
        datum="cgcs2000", source="甲局", dated_on=DAY, by=hand("clerk"), received_at=WHEN,
    )  # fmt: skip
    made = BoundarySet.objects.create(file=file, named_by="NAME", from_on=DAY, by=hand("clerk"), committed_at=WHEN)
    boundary = Boundary.objects.create(set=made, division_id=LIUSHI, geometry="{}")
    copy = BoundaryCopy.objects.create(boundary=boundary, zoom=9, size=2, geometry="{}")
    return {"boundary_file": file, "boundary_set": made, "boundary": boundary, "boundary_copy": copy}


def handed_over(school: Institution) -> dict[str, Any]:
    made = Handover.objects.create(
        scope_code=school.scope_code, inspector="甲", due_on=DAY, as_of=DAY, known_at=WHEN, digest="0" * 64,
        by=hand("clerk"), handed_on=DAY, handed_at=WHEN,
    )  # fmt: skip
    line = HandoverLine.objects.create(handover=made, number=1, institution=school, said={})
    opened = WallPass.objects.create(
        user=hand("clerk"), name="大屏", secret_sha256="0" * 64, session_hash="0", opened_at=WHEN,
        expires_at=WHEN + timedelta(days=8),
    )  # fmt: skip
    return {"handover": made, "handover_line": line, "wall_pass": opened}


def geocoded(school: Institution) -> dict[str, Any]:
    run = GeocodingRun.objects.create(division_id="330382", provider="offline", requested_at=WHEN)
    GeocodingOutcome.objects.create(run=run, institution=school, kind="township", township=LIUSHI, at=WHEN)
    answer = GeocodingAnswer.objects.create(provider="amap", asked="甲", received={"address": None}, answered_at=WHEN)
    return {"run": run, "answer": answer}


def reported() -> dict[str, Any]:
    """A report with two versions, of which the first was approved, and another that is being written."""
    report, other = (
        Report.objects.create(
            division_id="330382", scope_code="330382000000", period="month", as_of=as_of, before=date(2018, 9, 30),
            draft="{}", begun_by=hand("clerk"), begun_at=WHEN,
        )
        for as_of in (date(2018, 10, 31), date(2018, 11, 30))
    )  # fmt: skip
    version = version_of(report, 1)
    second = version_of(report, 2, replaces=version, reason="少算一家")
    handed = {"handed_to": "市局", "handed_by": "邮件"}
    event_of(report, 1, "begun")
    return {
        "report": report,
        "other_report": other,
        "version": version,
        "second_version": second,
        "submitted_event": event_of(report, 2, "submitted", version=version),
        "sent_back_event": event_of(report, 3, "sent_back", version=version, note="改"),
        "handed_event": event_of(report, 4, "handed_over", version=version, **handed),
        "approved_event": event_of(report, 5, "approved", version=version, by=hand("leader")),
        "later_event": event_of(report, 6, "submitted", version=second),
        "report_file": ReportFile.objects.create(version=version, kind="pdf", sha256="0" * 64, size=1, name="a.pdf"),
        "explanation": ReportExplanation.objects.create(
            report=report, code="a", digest="0" * 64, text="已核", by=hand("clerk"), recorded_at=WHEN
        ),
    }


def laid_out() -> dict[str, Any]:
    """A bureau's setting, its template in use, and a file that waits to be made."""
    given = {"division_id": "330382", "by": hand("clerk")}
    template = ReportTemplate.objects.create(
        **given, file_name="a.docx", sha256="0" * 64, content=b"a", received_at=WHEN
    )
    return {
        "report_setting": ReportSetting.objects.create(**given, signed="甲", set_at=WHEN),
        "report_template": template,
        "template_use": TemplateUse.objects.create(**given, template=template, used_from=WHEN),
        "prepared_file": PreparedFile.objects.create(
            division_id="330382",
            content="{}",
            file_name="a.xlsx",
            total=1,
            requested_by=hand("clerk"),
            requested_at=WHEN,
        ),
    }


def of_superiors() -> dict[str, Any]:
    """A superior's form that was bound and filled, a report collected from below, a period that was set."""
    clerk = hand("clerk")
    form = SuperiorForm.objects.create(division_id="330382", name="市表", by=clerk, made_at=WHEN)
    file = form.files.create(file_name="a.xlsx", sha256="0" * 64, content=b"a", by=clerk, received_at=WHEN)
    mapping = mapping_of(form, file)
    filled = FilledForm.objects.create(
        file=file, mapping=mapping, report_sha256="0" * 64, as_of=DAY, file_name="a.xlsx", content=b"a", sha256="0" * 64,
        by=clerk, filled_at=WHEN,
    )  # fmt: skip
    schedule = ReportSchedule.objects.create(division_id="330382", period="month", by=clerk, set_at=WHEN)
    names = ("superior_form", "form_file", "form_mapping", "filled_form", "collected", "schedule")
    return dict(zip(names, (form, file, mapping, filled, collected_of(), schedule), strict=True))


def mapping_of(form: SuperiorForm, file: Any) -> SuperiorFormMapping:
    return SuperiorFormMapping.objects.create(
        form=form, file=file, version=1, content="{}", digest="0" * 64, by=hand("clerk"), made_at=WHEN
    )


def collected_of() -> Collected:
    return Collected.objects.create(
        division_id="3303", below="330382", as_of=DAY, version=1, content="{}", sha256="0" * 64, vouched=True,
        source="a.json", collected_at=WHEN,
    )  # fmt: skip


def version_of(report: Report, number: int, **columns) -> ReportVersion:
    return ReportVersion.objects.create(
        **{
            "report": report,
            "number": number,
            "known_at": WHEN,
            "content": "{}",
            "sha256": "0" * 64,
            "submitted_by": hand("clerk"),
            "submitted_at": WHEN,
        }
        | columns
    )


def event_of(report: Report, sequence: int, kind: str, **columns) -> ReportEvent:
    given = {"by": hand("clerk"), "happened_on": DAY, "recorded_at": WHEN} | columns
    return ReportEvent.objects.create(report=report, sequence=sequence, kind=kind, **given)


def notice_of(round_: Rectification, kind: str, number: str, **columns) -> Notice:
    return Notice.objects.create(
        **{
            "number": number,
            "kind": kind,
            "rectification": round_,
            "due_on": round_.due_on,
            "served_on": DAY,
            "recorded_at": WHEN,
            "recorded_by": hand("clerk"),
        }
        | columns
    )


VERIFIED = {
    "state": "verified",
    "verified_on": date(2018, 6, 20),
    "verified_recorded_at": WHEN,
    "verified_by": lambda: hand("checker"),
    "outcome": "closed",
}
VOIDED = {"state": "voided", "voided_at": WHEN, "voided_by": lambda: hand("checker"), "void_reason": "开错"}

WITHDRAWN = {"withdrawn_at": WHEN, "withdrawn_by": lambda: hand("checker"), "withdraw_reason": "登错"}

# (constraint, row to spoil, columns that spoil it)
ATTEMPTS = [
    ("grant_role_is_known", "grant", {"role": "emperor"}),
    ("grant_names_a_division_unless_admin", "grant", {"division_prefix": ""}),
    ("grant_ends_after_it_begins", "grant", {"valid_to": date(2017, 12, 31)}),
    ("division_centre_has_both_coordinates", "division", {"longitude": 120.0, "latitude": None}),
    ("division_code_level_and_parent_agree", "division", {"level": "city"}),
    ("division_code_level_and_parent_agree", "division", {"level": "world"}),
    ("division_code_level_and_parent_agree", "division", {"parent": "33"}),
    ("division_code_level_and_parent_agree", "division", {"parent": None}),
    ("division_ends_after_it_begins", "division", {"in_force_from": DAY, "in_force_to": BEFORE.date()}),
    ("division_name_is_not_empty", "division_name", {"name": ""}),
    ("place_scope_code_has_12_characters", "place", {"scope_code": LIUSHI}),
    ("place_is_withdrawn_after_it_was_recorded", "place", {"withdrawn_at": BEFORE}),
    ("name_is_not_empty", "name", {"name": ""}),
    ("name_is_withdrawn_after_it_was_recorded", "name", {"withdrawn_at": BEFORE}),
    ("withdrawn_survey_has_a_licence_status", "withdrawn_survey", {"licence_status_at_survey": ""}),
    ("withdrawn_survey_has_a_licence_status", "withdrawn_survey", {"licence_status_at_survey": "half"}),
    ("survey_is_withdrawn_after_it_was_recorded", "withdrawn_survey", {"withdrawn_at": BEFORE}),
    ("institution_position_is_whole_and_on_earth", "school", {"latitude": None}),
    ("institution_position_is_whole_and_on_earth", "school", {"longitude": 181.0}),
    ("institution_position_is_whole_and_on_earth", "school", {"latitude": -90.5}),
    ("institution_position_is_whole_and_on_earth", "school", {"cell": None}),
    ("institution_survey_has_day_moment_and_licence_status", "school", {"surveyed_on": None}),
    ("institution_survey_has_day_moment_and_licence_status", "school", {"surveyed_recorded_at": None}),
    ("institution_survey_has_day_moment_and_licence_status", "school", {"licence_status_at_survey": ""}),
    ("institution_survey_has_day_moment_and_licence_status", "school", {"licence_status_at_survey": "half"}),
    ("institution_scope_code_has_12_characters", "school", {"scope_code": "330382114"}),
    ("institution_merge_has_target_and_moment", "school", {"merged_at": WHEN}),
    ("institution_is_not_merged_into_itself", "school", {"merged_into": F("id"), "merged_at": WHEN}),
    ("merge_is_of_two", "merge", {"into": F("merged")}),
    ("merge_has_a_reason", "merge", {"reason": ""}),
    ("merge_ends_after_it_was_recorded_with_a_reason", "merge", {"ended_at": WHEN}),
    ("merge_ends_after_it_was_recorded_with_a_reason", "merge", {"ended_at": BEFORE, "end_reason": "并错"}),
    ("merge_ends_after_it_was_recorded_with_a_reason", "merge", {"end_reason": "并错"}),
    ("merge_ends_after_it_was_recorded_with_a_reason", "merge", {"ended_by": lambda: hand("clerk")}),
    ("duplicate_decision_is_known", "decision", {"answer": "perhaps"}),
    ("duplicate_decision_is_of_two_in_order_or_of_a_row", "decision", {"identity": ""}),
    ("duplicate_decision_is_of_two_in_order_or_of_a_row", "decision", {"second": F("first"), "identity": ""}),
    (
        "duplicate_decision_is_of_two_in_order_or_of_a_row",
        "decision",
        {"second": lambda: Institution.objects.order_by("-pk").first()},
    ),
    ("institution_is_surveyed_after_the_year_2000", "school", {"surveyed_on": date(1999, 12, 31)}),
    ("institution_has_a_size_of_this_world", "school", {"learners": 1_000_001}),
    ("institution_has_a_size_of_this_world", "school", {"teachers": 1_000_001}),
    ("institution_has_a_size_of_this_world", "school", {"area_m2": 10_000_001}),
    ("institution_has_a_size_of_this_world", "school", {"area_m2": -1}),
    ("institution_has_a_name", "school", {"name": ""}),
    ("institution_category_is_known", "school", {"category": "magic"}),
    ("licence_kind_is_known", "licence", {"kind": "diploma"}),
    ("licence_ends_after_it_begins", "licence", {"valid_to": date(2017, 12, 31)}),
    (
        "licence_is_revoked_after_it_begins",
        "licence",
        {"revoked_on": date(2017, 12, 31), "revoked_recorded_at": WHEN},
    ),
    ("licence_is_revoked_with_day_and_moment", "licence", {"revoked_on": DAY}),
    ("licence_is_revoked_with_day_and_moment", "licence", {"revoked_recorded_at": WHEN}),
    ("licence_is_withdrawn_with_moment_and_reason", "licence", {"withdrawn_at": WHEN}),
    ("licence_is_withdrawn_with_moment_and_reason", "licence", {"withdraw_reason": "登错"}),
    ("licence_is_withdrawn_with_moment_and_reason", "licence", {"withdrawn_by": lambda: hand("clerk")}),
    ("licence_does_not_replace_itself", "licence", {"replaces": F("id")}),
    ("finding_type_severity_is_known", "finding_type", {"severity": "D"}),
    ("finding_type_meaning_is_known", "finding_type", {"meaning": "full"}),
    ("finding_type_ends_after_it_begins", "finding_type", {"in_force_to": date(2018, 2, 12)}),
    ("rectification_scope_code_has_12_characters", "ordered", {"scope_code": LIUSHI}),
    ("rectification_event_scope_code_has_12_characters", "event", {"scope_code": LIUSHI}),
    ("rectification_is_due_after_it_was_ordered", "ordered", {"first_due_on": date(2018, 5, 31)}),
    ("rectification_is_extended_never_shortened", "ordered", {"due_on": date(2018, 6, 30)}),
    ("rectification_is_submitted_after_it_was_ordered", "submitted", {"submitted_on": date(2018, 5, 31)}),
    ("rectification_is_verified_after_it_was_submitted", "submitted", VERIFIED | {"verified_on": date(2018, 6, 9)}),
    ("rectification_is_verified_whole_or_not_at_all", "submitted", {"state": "verified"}),
    ("rectification_is_verified_whole_or_not_at_all", "submitted", {"outcome": "closed"}),
    ("rectification_is_verified_whole_or_not_at_all", "submitted", VERIFIED | {"outcome": ""}),
    ("rectification_is_verified_whole_or_not_at_all", "submitted", VERIFIED | {"verified_by": None}),
    ("rectification_is_verified_whole_or_not_at_all", "submitted", VERIFIED | {"verified_recorded_at": None}),
    ("rectification_is_voided_with_who_when_and_why", "ordered", {"state": "voided"}),
    ("rectification_is_voided_with_who_when_and_why", "ordered", {"voided_at": WHEN}),
    ("rectification_is_voided_with_who_when_and_why", "ordered", VOIDED | {"void_reason": ""}),
    ("rectification_is_voided_with_who_when_and_why", "ordered", VOIDED | {"voided_by": None}),
    ("rectification_is_submitted_with_who_when_and_outcome", "ordered", {"state": "submitted"}),
    ("rectification_is_submitted_with_who_when_and_outcome", "submitted", {"submitted_by": None}),
    ("rectification_is_submitted_with_who_when_and_outcome", "submitted", {"submitted_outcome": "suspended"}),
    ("visit_position_is_whole_and_on_earth", "visit", {"longitude": 120.0}),
    ("visit_position_is_whole_and_on_earth", "visit", {"longitude": 120.0, "latitude": 91.0}),
    ("visit_purpose_is_known", "visit", {"purpose": "party"}),
    ("visit_result_is_known", "visit", {"result": "asleep"}),
    ("visit_is_withdrawn_with_who_when_and_why", "visit", {"withdrawn_at": WHEN}),
    ("visit_is_withdrawn_with_who_when_and_why", "visit", WITHDRAWN | {"withdrawn_at": None}),
    ("visit_is_withdrawn_with_who_when_and_why", "visit", WITHDRAWN | {"withdrawn_by": None}),
    ("visit_is_withdrawn_with_who_when_and_why", "visit", WITHDRAWN | {"withdraw_reason": ""}),
    ("photo_is_named_by_its_sha256", "photo", {"sha256": "abc"}),
    ("oddity_is_of_one_visit_or_of_two", "oddity", {"kind": "travel"}),
    ("oddity_is_of_one_visit_or_of_two", "oddity", {"kind": "strange"}),
    ("oddity_is_of_one_visit_or_of_two", "oddity_of_two", {"kind": "far"}),
    ("oddity_is_of_one_visit_or_of_two", "oddity_of_two", {"other": None}),
    ("oddity_is_of_two_different_visits", "oddity_of_two", {"other": F("visit")}),
    ("likeness_is_whole_or_of_a_flat_picture", "likeness", {"band_0": 1}),
    ("likeness_is_whole_or_of_a_flat_picture", "likeness", dict.fromkeys(BANDS, 1) | {"band_3": 65536}),
    ("likeness_is_whole_or_of_a_flat_picture", "likeness", dict.fromkeys(BANDS, 1) | {"band_2": -1}),
    ("notice_kind_is_known", "notice", {"kind": "letter"}),
    ("notice_has_a_deadline_unless_it_withdraws", "notice", {"due_on": None}),
    ("notice_has_a_deadline_unless_it_withdraws", "supplement", {"kind": "withdrawal"}),
    ("notice_says_what_it_replaces_or_withdraws", "supplement", {"kind": "replacement"}),
    (
        "notice_says_what_it_replaces_or_withdraws",
        "supplement",
        {"replaces": lambda: Notice.objects.filter(kind="order").first()},
    ),
    ("notice_does_not_replace_itself", "supplement", {"kind": "replacement", "replaces": F("id")}),
    ("rectification_state_is_known", "ordered", {"state": "suspended"}),
    (
        "rectification_is_verified_by_another_than_submitted",
        "submitted",
        VERIFIED | {"verified_by": lambda: hand("sender")},
    ),
]

ATTEMPTS += [
    ("import_run_that_ended_says_when", "import_run", {"state": "done"}),
    ("import_run_that_ended_says_when", "import_run", {"finished_at": WHEN}),
    ("import_run_that_ended_says_when", "import_run", {"state": "asleep", "finished_at": WHEN}),
    ("geocoding_answer_that_found_something_says_how_exactly", "answer", {"precision": "door"}),
    ("geocoding_answer_that_found_something_says_how_exactly", "answer", {"accuracy_m": 50.0}),
    ("geocoding_answer_that_found_something_says_how_exactly", "answer", {"precision": "house", "accuracy_m": 5.0}),
    ("geocoding_answer_that_found_something_says_how_exactly", "answer", {"precision": "door", "accuracy_m": 0.0}),
    ("boundary_file_says_where_it_is_from", "boundary_file", {"source": ""}),
    ("boundary_file_has_a_level", "boundary_file", {"level": "village"}),
    ("boundary_set_is_taken_back_later_with_a_reason", "boundary_set", {"withdrawn_at": WHEN}),
    ("boundary_set_is_taken_back_later_with_a_reason", "boundary_set", {"withdraw_reason": "错"}),
    (
        "boundary_set_is_taken_back_later_with_a_reason",
        "boundary_set",
        {"withdrawn_at": BEFORE, "withdrawn_by": lambda: hand("clerk"), "withdraw_reason": "错"},
    ),
    ("handover_names_who_gets_it", "handover", {"inspector": ""}),
    ("handover_is_due_later", "handover", {"due_on": BEFORE.date()}),
    ("handover_is_taken_back_later_with_a_reason", "handover", {"withdrawn_at": WHEN}),
    ("handover_is_taken_back_later_with_a_reason", "handover", {"withdraw_reason": "错"}),
    (
        "handover_is_taken_back_later_with_a_reason",
        "handover",
        {"withdrawn_at": BEFORE, "withdrawn_by": lambda: hand("clerk"), "withdraw_reason": "错"},
    ),
    ("wall_pass_runs_out_after_it_opens", "wall_pass", {"expires_at": WHEN}),
    ("wall_pass_ends_after_it_opens", "wall_pass", {"ended_at": BEFORE}),
    ("wall_pass_names_its_screen", "wall_pass", {"name": ""}),
    ("geocoding_run_that_ended_says_when", "run", {"state": "done"}),
    ("geocoding_run_that_ended_says_when", "run", {"finished_at": WHEN}),
    ("geocoding_run_that_ended_says_when", "run", {"state": "asleep", "finished_at": WHEN}),
]

ATTEMPTS += [
    ("report_period_is_known", "report", {"period": "year"}),
    ("report_state_is_known", "report", {"state": "lost"}),
    ("report_period_has_days", "report", {"before": date(2018, 10, 31)}),
    ("report_scope_code_has_12_characters", "report", {"scope_code": "330382"}),
    ("report_version_says_what_it_replaces_and_why", "version", {"reason": "少算一家"}),
    ("report_version_says_what_it_replaces_and_why", "second_version", {"reason": ""}),
    ("report_version_says_what_it_replaces_and_why", "second_version", {"replaces": None}),
    ("report_version_knows_no_more_than_when_submitted", "version", {"known_at": at("2018-10-02")}),
    ("report_file_kind_is_known", "report_file", {"kind": "exe"}),
    ("report_event_kind_is_known", "submitted_event", {"kind": "lost"}),
    ("report_event_says_who", "submitted_event", {"by": None}),
    ("report_event_says_why", "sent_back_event", {"note": ""}),
    ("report_event_says_to_whom_it_was_handed", "handed_event", {"handed_to": ""}),
    ("report_event_says_to_whom_it_was_handed", "handed_event", {"handed_by": ""}),
    ("report_event_names_its_version", "submitted_event", {"version": None}),
    ("report_explanation_is_not_empty", "explanation", {"text": ""}),
    ("prepared_file_that_ended_says_when", "prepared_file", {"finished_at": WHEN}),
    ("prepared_file_that_ended_says_when", "prepared_file", {"state": "failed"}),
    ("prepared_file_that_ended_says_when", "prepared_file", {"state": "asleep", "finished_at": WHEN}),
    ("prepared_file_is_there_when_done", "prepared_file", {"state": "done", "finished_at": WHEN}),
    ("prepared_file_is_there_when_done", "prepared_file", {"sha256": "0" * 64}),
    ("collected_report_was_submitted", "collected", {"version": 0}),
    ("report_schedule_is_known", "schedule", {"period": "year"}),
]

# (constraint, a second row beside the sound one)
# Of the second ledger what is taken back says when, by whom and why, and takes another or a correction.
LEDGER = ["case", "statement", "conclusion", "party", "measure"]
ATTEMPTS += [
    (f"misconduct_{name}_is_withdrawn_with_who_when_and_why", name, columns)
    for name in LEDGER
    for columns in (
        {"withdrawn_at": WHEN},
        WITHDRAWN | {"withdraw_reason": ""},
        WITHDRAWN | {"withdrawn_by": None},
        {"corrected": True},
        {"withdraw_reason": "登错"},
    )
]
ATTEMPTS += [
    (
        f"misconduct_{name}_is_withdrawn_by_another_or_corrected",
        name,
        WITHDRAWN | {"withdrawn_by": lambda: hand("clerk")},
    )
    for name in LEDGER
]
ATTEMPTS += [
    ("misconduct_case_has_a_number", "case", {"number": ""}),
    ("misconduct_kind_is_known", "statement", {"kind": "theft"}),
    ("misconduct_source_is_known", "statement", {"source": "rumour"}),
    ("misconduct_statement_names_the_school", "statement", {"school": ""}),
    ("misconduct_is_found_after_it_happened", "statement", {"found_on": BEFORE.date()}),
    ("misconduct_result_is_known", "conclusion", {"result": "accepted"}),
    ("misconduct_measure_is_known", "measure", {"kind": "fined"}),
    ("misconduct_person_has_a_name", "person", {"name": ""}),
]

SECOND_ROWS = {
    "cell_of_the_map_is_kept_once": lambda rows: Cell.objects.bulk_create(
        [
            Cell(level=3, square=1, area="33", kind=0, number=1, east=1, north=1, west=1.0, south=1.0, eastmost=1.0,
                 northmost=1.0)
            for _twice in range(2)
        ]
    ),
    "misconduct_case_number_is_used_once_in_a_county": lambda rows: Case.objects.create(
        number="甲", division_id="330382", scope_code="330382000000", **known()
    ),
    "misconduct_case_has_one_statement": lambda rows: stated_of(rows["case"]),
    "misconduct_case_has_one_conclusion": lambda rows: Conclusion.objects.create(
        case=rows["case"], result="dismissed", handled_on=DAY, **known()
    ),
    "misconduct_person_is_in_a_case_once": lambda rows: Party.objects.create(
        case=rows["case"], person=rows["person"], post="教师", **known()
    ),
    "misconduct_measure_is_recorded_once": lambda rows: Measure.objects.create(
        party=rows["party"], kind="removed", decided_on=DAY, **known()
    ),
    "superior_form_has_a_file_once": lambda rows: rows["superior_form"].files.create(
        file_name="b.xlsx", sha256="0" * 64, content=b"b", by=hand("clerk"), received_at=WHEN
    ),
    "superior_form_mapping_has_its_own_version": lambda rows: mapping_of(rows["superior_form"], rows["form_file"]),
    "collected_report_is_kept_once": lambda rows: collected_of(),
    "report_of_a_period_is_one": lambda rows: Report.objects.create(
        division_id="330382", scope_code="330382000000", period="any", as_of=date(2018, 10, 31),
        before=date(2018, 9, 30), draft="{}", begun_at=WHEN,
    ),
    "report_version_has_its_own_number": lambda rows: version_of(
        rows["report"], 2, replaces=rows["second_version"], reason="又"
    ),
    "report_version_has_one_file_of_a_kind": lambda rows: ReportFile.objects.create(
        version=rows["version"], kind="pdf", sha256="1" * 64, size=1, name="b.pdf"
    ),
    "report_event_has_its_own_place": lambda rows: event_of(rows["report"], 1, "begun"),
    "report_version_is_approved_once": lambda rows: event_of(
        rows["report"], 9, "approved", version=rows["version"], by=hand("leader")
    ),
    "institution_is_merged_into_one": lambda rows: Merge.objects.create(
        merged=rows["merged"], into=rows["school"], recorded_at=WHEN, reason="又并"
    ),
    "licence_stands_once": lambda rows: licence_of(rows["school"], "permit", number=rows["licence"].number),
    "boundary_file_is_in_force_once": lambda rows: BoundarySet.objects.create(
        file=rows["boundary_file"], named_by="CODE", from_on=DAY, by=hand("clerk"), committed_at=WHEN
    ),
    "boundary_set_has_a_division_once": lambda rows: Boundary.objects.create(
        set=rows["boundary_set"], division_id=LIUSHI, geometry="[]"
    ),
    "boundary_has_a_copy_for_a_zoom_once": lambda rows: BoundaryCopy.objects.create(
        boundary=rows["boundary"], zoom=9, size=3, geometry="[]"
    ),
    "handover_is_kept_once": lambda rows: Handover.objects.create(
        scope_code="330382000000", inspector="乙", due_on=DAY, as_of=DAY, known_at=WHEN, digest="0" * 64,
        by=hand("clerk"), handed_on=DAY, handed_at=WHEN,
    ),
    "handover_line_has_its_own_number": lambda rows: HandoverLine.objects.create(
        handover=rows["handover"], number=1, institution=rows["other_school"], said={}
    ),
    "handover_has_an_institution_once": lambda rows: HandoverLine.objects.create(
        handover=rows["handover"], number=2, institution=rows["handover_line"].institution, said={}
    ),
    "geocoding_runs_once_at_a_time": lambda rows: GeocodingRun.objects.create(
        division_id="330382", provider="offline", requested_at=WHEN
    ),
    "geocoding_run_looks_at_an_institution_once": lambda rows: GeocodingOutcome.objects.create(
        run=rows["run"], institution=rows["school"], kind="left", township=LIUSHI, at=WHEN
    ),
    "import_runs_once_at_a_time": lambda rows: run_of(rows["register_file"]),
    "imported_row_is_kept_once": lambda rows: ImportedRow.objects.create(
        batch=rows["imported"].batch, row_number=2, kind="new", original={}
    ),
    "oddity_of_two_visits_is_said_once": lambda rows: Oddity.objects.create(
        visit=rows["visit"], kind="travel", other=rows["oddity_of_two"].other
    ),
    "oddity_of_a_visit_is_said_once": lambda rows: Oddity.objects.create(visit=rows["visit"], kind="clock"),
    "presence_at_a_visit_is_written_once": lambda rows: Presence.objects.create(
        user=hand("clerk"), happened_at=WHEN, visit=rows["visit"]
    ),
    "institution_has_one_open_rectification": lambda rows: round_of(rows["school"], "2018-07-01"),
    "rectification_round_is_counted_once": lambda rows: copy_of(
        rows["ordered"], **made(VOIDED) | {"institution": rows["school"]}
    ),
    "visit_opens_one_rectification_that_stands": lambda rows: Rectification.objects.filter(
        pk__in=[rows["ordered"].pk, rows["submitted"].pk]
    ).update(opened_by_visit=rows["visit"]),
    "rectification_event_has_its_own_place": lambda rows: RectificationEvent.objects.create(
        rectification=rows["ordered"], scope_code=rows["ordered"].scope_code, sequence=1, kind="ordered", to_state="ordered", by=hand("clerk"),
        happened_on=WHEN.date(), recorded_at=WHEN,
    ),
    "rectification_event_is_counted_from_one": lambda rows: RectificationEvent.objects.create(
        rectification=rows["ordered"], scope_code=rows["ordered"].scope_code, sequence=0, kind="evidence", to_state="ordered", by=hand("clerk"),
        happened_on=WHEN.date(), recorded_at=WHEN,
    ),
    "rectification_has_one_order_notice": lambda rows: notice_of(rows["ordered"], "order", "甲三号"),
    "notice_is_replaced_or_withdrawn_once": lambda rows: [
        notice_of(rows["ordered"], "replacement", number, replaces=rows["supplement"]) for number in ("甲三号", "甲四号")
    ],
    "finding_is_listed_once_a_visit": lambda rows: Finding.objects.create(visit=rows["visit"], type_id="T01"),
    "photo_has_its_own_slot": lambda rows: Photo.objects.create(visit=rows["visit"], slot=1, sha256="1" * 64),
    "quarantined_visit_is_kept_once": lambda rows: QuarantinedVisit.objects.create(
        institution=rows["visit"].institution, visit=rows["visit"], digest="0" * 64, content="{}", received_at=WHEN, by=hand("clerk")
    ),
    "ledger_row_is_entered_once": lambda rows: LedgerEntry.objects.create(
        batch=rows["batch"], row_number=2, institution=rows["school"]
    ),
    "ledger_entry_that_ends_has_its_round_and_day": lambda rows: LedgerEntry.objects.create(
        batch=rows["batch"], row_number=3, institution=rows["school"], ends=True
    ),
    "quarantined_visit_is_kept_once_by_its_id": lambda rows: [
        QuarantinedVisit.objects.create(
            institution=rows["visit"].institution, sent_id=UUID(int=7), reason="clock", digest="0" * 64, content="{}",
            received_at=WHEN, by=hand("clerk"),
        )
        for _ in range(2)
    ],
    "quarantined_visit_has_the_id_of_a_visit_or_its_own": lambda rows: QuarantinedVisit.objects.create(
        institution=rows["visit"].institution, reason="clock", digest="1" * 64, content="{}", received_at=WHEN,
        by=hand("clerk"),
    ),
    "quarantined_visit_is_counted_as_one_or_kept_with_a_note": lambda rows: QuarantinedVisit.objects.filter(
        pk=rows["quarantined"].pk
    ).update(settled_as="kept", settled_at=WHEN),
    "photo_of_a_visit_kept_aside_is_stored_once": lambda rows: [
        rows["quarantined"].photos_here.create(sha256="0" * 64, stored_at=WHEN) for _ in range(2)
    ],
    "notice_counter_is_one_a_year": lambda rows: NoticeCounter.objects.filter(year=2019).update(year=2018),
}  # fmt: skip


def made(columns: dict) -> dict:
    return {name: value() if callable(value) else value for name, value in columns.items()}


def copy_of(row: Rectification, **columns) -> None:
    """A second round with some columns changed, straight into the table."""
    row.pk, row.number = uuid4(), "另一号"
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(force_insert=True)


@pytest.mark.parametrize(
    ("constraint", "name", "columns"), ATTEMPTS, ids=[f"{row[0]}-{'-'.join(row[2])}" for row in ATTEMPTS]
)
def test_spoiled_row_is_refused(rows, constraint, name, columns):
    row, columns = rows[name], made(columns)
    without_guards()

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**columns)

    assert constraint in str(refusal.value)


def without_guards() -> None:
    """Take the triggers away until the test ends: the constraint has to refuse alone."""
    check_what_is_deferred()
    guards.drop_all(connection)


def check_what_is_deferred() -> None:
    """PostgreSQL alters and empties no table that still has a foreign key to be checked."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


@pytest.mark.parametrize("constraint", SECOND_ROWS)
def test_second_row_is_refused(rows, constraint):
    model = next(m for m in own_models() if constraint in {each.name for each in m._meta.constraints})
    unique = next(each for each in model._meta.constraints if each.name == constraint)
    fields = getattr(unique, "fields", [])
    columns = ", ".join(f"{model._meta.db_table}.{model._meta.get_field(name).column}" for name in fields)

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        SECOND_ROWS[constraint](rows)

    # SQLite names the columns, PostgreSQL the constraint.
    assert (columns and str(refusal.value).endswith(columns)) or constraint in str(refusal.value)


def own_models():
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def test_every_constraint_is_attempted():
    named = {(type(constraint), constraint.name) for model in own_models() for constraint in model._meta.constraints}
    attempted = {name for name, _row, _columns in ATTEMPTS} | set(SECOND_ROWS)

    assert {kind for kind, _name in named} == {CheckConstraint, UniqueConstraint}
    assert {name for _kind, name in named} == attempted


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_no_column_is_indexed_where_another_index_begins_with_it(model):
    """A tenth of the file were such indexes."""
    constraints = [each for each in model._meta.total_unique_constraints if each.fields]
    begun = {each.fields[0] for each in [*model._meta.indexes, *constraints] if each.fields and not each.condition}

    assert {each.name for each in model._meta.local_fields if each.db_index and not each.unique} & begun == set()


def test_sound_rows_stand(rows):
    assert User.objects.filter(grants=rows["grant"]).exists()
    assert Institution.objects.count() == 7
    assert Licence.objects.get().kind == "permit"


# --- Triggers


def triggers() -> set[str]:
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name.lower() for (name,) in cursor.fetchall()}


def test_every_trigger_is_known(db):
    assert triggers() == {each.name for each in DECLARED}
    assert list(guards.differences(connection)) == []


@pytest.fixture
def audited(rows) -> AuditRow:
    return rows["audited"]


# What a guard with a condition of its own refuses; those made by append_only() and facts() are tried without being named.
REFUSED = {
    "report_is_approved_by_other_eyes": lambda rows: event_of(
        rows["report"], 9, "approved", version=rows["second_version"]
    ),
    "report_event_is_of_a_version_of_its_report": lambda rows: event_of(
        rows["other_report"], 9, "submitted", version=rows["version"]
    ),
    "report_version_replaces_one_of_its_report": lambda rows: version_of(
        rows["other_report"], 2, replaces=rows["second_version"], reason="又"
    ),
    # Of its last version nobody approved anything.
    "report_counts_as_approved_once_it_was": lambda rows: changed(rows["report"], state="approved"),
    "licence_is_revoked_once": lambda rows: revoked_again(rows["licence"]),
    "merge_leads_to_what_is_not_merged": lambda rows: Merge.objects.create(
        merged=rows["other_school"], into=rows["merged"], recorded_at=WHEN, reason="链"
    ),
    "institution_is_merged_as_its_row_says_at_insert": lambda rows: institution(
        merged_into=rows["school"], merged_at=WHEN
    ),
    "institution_is_merged_as_its_row_says_at_update": lambda rows: changed(
        rows["school"], merged_into=rows["other_school"], merged_at=WHEN
    ),
    "merged_institution_has_no_open_rectification": lambda rows: Merge.objects.create(
        merged=rows["school"], into=rows["other_school"], recorded_at=WHEN, reason="未销号"
    ),
    "rectification_is_opened_at_what_is_not_merged": lambda rows: round_of(rows["merged"], "2018-06-01"),
    "rectification_is_immutable_once_finished": lambda rows: changed(rows["verified"], measure="改写"),
    "rectification_stays_once_finished": lambda rows: gone(rows["voided"]),
    "rectification_lies_there_at_insert": lambda rows: copy_of(
        rows["ordered"], **made(VOIDED) | {"round_no": 9, "scope_code": ELSEWHERE}
    ),
    "rectification_lies_there_at_update": lambda rows: changed(rows["verified"], scope_code=ELSEWHERE),
    "rectification_event_lies_there_at_insert": lambda rows: (
        changed(rows["ordered"], version=2),
        RectificationEvent.objects.create(
            rectification=rows["ordered"], scope_code=ELSEWHERE, sequence=2, kind="evidence", to_state="ordered",
            by=hand("clerk"), happened_on=DAY, recorded_at=WHEN,
        ),
    ),
    "rectification_is_voided_by_another_than_ordered": lambda rows: changed(
        rows["ordered"], **made(VOIDED) | {"voided_by": hand("clerk")}
    ),
    "rectification_is_not_entered_as_voided_by_who_ordered": lambda rows: copy_of(
        rows["ordered"], **made(VOIDED) | {"voided_by": hand("clerk"), "round_no": 9}
    ),
    "rectification_event_lies_there_at_update": lambda rows: changed(rows["event"], scope_code=ELSEWHERE),
    "rectification_moves_as_is_legal": lambda rows: changed(rows["ordered"], state="returned"),
    "rectification_is_verified_as_submitted": lambda rows: changed(
        rows["submitted"], **made(VERIFIED), submitted_by=hand("another")
    ),
    "rectification_is_verified_by_other_eyes": lambda rows: changed(
        rows["submitted"], **made(VERIFIED) | {"verified_by": hand("sender")}
    ),
    "notice_is_withdrawn_by_two_persons": lambda rows: RectificationEvent.objects.create(
        rectification=rows["ordered"], scope_code=rows["ordered"].scope_code, sequence=1, kind="withdrawn", to_state="ordered", by=hand("clerk"),
        happened_on=WHEN.date(), recorded_at=WHEN, notice=rows["supplement"],
    ),
    "rectification_keeps_its_origin": lambda rows: changed(rows["ordered"], round_no=9),
    "rectification_event_follows_its_row": lambda rows: RectificationEvent.objects.create(
        rectification=rows["ordered"], scope_code=rows["ordered"].scope_code, sequence=2, kind="evidence", to_state="ordered", by=hand("clerk"),
        happened_on=DAY, recorded_at=WHEN,
    ),
}  # fmt: skip
REFUSED |= {
    f"misconduct_{name}_is_of_what_stands": lambda rows, name=name: added_to_what_was_taken_back(rows, name)
    for name in ("statement", "conclusion", "party", "measure")
}
SOUND = {  # of a guard made by facts(), what is filled in once where not every value is sound
    "quarantined_visit_keeps_its_facts": {"settled_as": "seen", "counted_as_id": None},
}
DECLARED = [each for each in guards.declared() if connection.vendor == "postgresql" or each.verb != "TRUNCATE"]
GUARDS = {each.name: each for each in DECLARED if not each.then}
ANOTHER = {  # a value that no sound row has, by what the column keeps
    "BooleanField": True,
    "CharField": "改写",
    "DateField": date(2001, 1, 1),
    "DateTimeField": at("2030-01-01"),
    "FloatField": 1.5,
    "JSONField": {"改": "写"},
    "TextField": "改写",
    "UUIDField": UUID(int=1),
}


def added_to_what_was_taken_back(rows: dict[str, Any], name: str) -> None:
    """The same row again under another id, where what it hangs on was taken back, and so was the row itself."""
    above = rows["party"] if name == "measure" else rows["case"]
    for row in (rows[name], above):
        changed(row, **made(WITHDRAWN))
    again = type(rows[name]).objects.get(pk=rows[name].pk)
    again.pk, again.withdrawn_at, again.withdrawn_by, again.withdraw_reason = uuid4(), None, None, ""
    again.save(force_insert=True)


def revoked_again(licence: Licence) -> None:
    changed(licence, revoked_on=DAY, revoked_recorded_at=WHEN)
    changed(licence, revoked_on=date(2018, 11, 1))


def changed(row: Model, **columns: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(**columns)


def same_again(row: Model) -> None:
    changed(row, **{row._meta.pk.attname: row.pk})


def gone(row: Model) -> None:
    type(row).objects.filter(pk=row.pk)._raw_delete("default")


def emptied(row: Model) -> None:
    check_what_is_deferred()
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {row._meta.db_table} CASCADE")


def another_value(row: Model, column: str) -> dict[str, Any]:
    field = next(each for each in row._meta.concrete_fields if each.column == column)
    kept = field.target_field if field.is_relation else field
    return {field.attname: ANOTHER.get(kept.get_internal_type(), 32_100)}


def fact_columns(guard: guards.Guard) -> tuple[list[str], list[str]]:
    """Columns that never change, and those that are filled in once, of a guard made by facts()."""
    always, _or, once = guard.condition.partition(" OR OLD.")
    named = re.compile(r"NEW\.(\w+) \{is_not\}")
    return named.findall(always), named.findall(once)


@pytest.mark.parametrize("name", GUARDS)
def test_guard_refuses(rows, name):
    guard = GUARDS[name]
    row = next((each for each in rows.values() if each._meta.db_table == guard.table), None)
    assert row is not None, f"no sound row of {guard.table}"
    if name in REFUSED:
        attempts = [REFUSED[name]]
    elif guard.condition == "1 = 1":
        verb = {"DELETE": gone, "TRUNCATE": emptied, "UPDATE": same_again}[guard.verb]
        attempts = [lambda rows: verb(row)]
    else:
        assert name.endswith("_keeps_its_facts"), f"what does {name} refuse? REFUSED does not say"
        always, once = fact_columns(guard)
        values = [another_value(row, column) for column in always + once]
        if once:
            filled = {name: value for each in values[len(always) :] for name, value in each.items()}
            people = {name: hand("clerk").pk for name in filled if name.endswith("_by_id")}
            changed(row, **filled | people | SOUND.get(name, {}))
            values[len(always) :] = [{once[0]: at("2031-01-01")}]
        attempts = [lambda rows, value=value: changed(row, **value) for value in values]

    for attempt in attempts:
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            attempt(rows)

        assert guard.message in str(refusal.value)


@pytest.mark.parametrize(("model", "facts"), [(Rectification, ROUND_FACTS), (RectificationEvent, EVENT_FACTS)])
def test_everything_but_where_it_lies_is_a_fact(model, facts):
    """A column that is added is in the list of those that stay."""
    assert sorted(facts) == sorted({each.column for each in model._meta.concrete_fields} - {"scope_code"})


def test_what_follows_is_known():
    kept = ("_touches_figures", "_touches_map")  # docs/adr/0046, 0054
    writing = [each.name for each in DECLARED if each.then and not each.name.endswith(kept)]

    assert writing == ["rectification_follows", "rectification_event_follows"]


@pytest.mark.parametrize("end", [{}, {"verified_on": "2018-07-01"}, {"voided": "2018-07-01"}])
def test_rounds_and_events_follow_their_institution(db, end):
    school = institution()
    round_ = round_of(school, "2018-06-01", **end)
    other = round_of(institution(), "2018-06-01")

    Institution.objects.filter(pk=school.pk).update(scope_code=ELSEWHERE)

    round_.refresh_from_db()
    assert round_.scope_code == ELSEWHERE
    assert set(round_.events.values_list("scope_code", flat=True)) == {ELSEWHERE}
    other.refresh_from_db()
    assert other.scope_code == f"{LIUSHI}000"
    assert set(other.events.values_list("scope_code", flat=True)) == {f"{LIUSHI}000"}


def test_audit_row_cannot_be_replaced(audited):
    """INSERT OR REPLACE deletes without DELETE triggers unless recursive_triggers is on."""
    columns = [field.column for field in AuditRow._meta.concrete_fields]
    verb = "INSERT OR REPLACE INTO" if connection.vendor == "sqlite" else "INSERT INTO"
    copied = f"{verb} accounts_auditrow ({', '.join(columns)}) SELECT {', '.join(columns)} FROM accounts_auditrow"

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(copied)

    assert AuditRow.objects.get() == audited


@pytest.mark.parametrize("state", ["verified", "returned"])
def test_round_cannot_jump_over_its_submission(rows, state):
    columns = made(VERIFIED) | {"submitted_by": hand("sender"), "submitted_on": WHEN} if state == "verified" else {}

    with pytest.raises(IntegrityError, match="not legal"), transaction.atomic():
        Rectification.objects.filter(pk=rows["ordered"].pk).update(**columns | {"state": state})


@pytest.mark.parametrize("columns", [{"submitted_by": "another"}, {"ordered_by": "another"}], ids=["sender", "clerk"])
def test_who_submitted_cannot_change_with_the_verification(rows, columns):
    columns = {name: hand(user) for name, user in columns.items()}

    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        Rectification.objects.filter(pk=rows["submitted"].pk).update(**made(VERIFIED) | columns)


REWRITTEN = {
    "institution": lambda row: institution(),
    "number": lambda row: "另一号",
    "round_no": lambda row: row.round_no + 1,
    "ordered_on": lambda row: date(2018, 5, 31),
    "ordered_recorded_at": lambda row: at("2018-05-31"),
    "ordered_by": lambda row: hand("another"),
    "first_due_on": lambda row: date(2018, 6, 2),
}


@pytest.mark.parametrize("column", REWRITTEN)
def test_order_of_an_open_round_is_not_rewritten(rows, column):
    row = rows["ordered"]

    with pytest.raises(IntegrityError, match="not rewritten"), transaction.atomic():
        Rectification.objects.filter(pk=row.pk).update(**{column: REWRITTEN[column](row)})


def _logged_evidence(row: Rectification) -> None:
    row.note_event("evidence", by=hand("checker"), on=WHEN.date(), at=WHEN)


def _was_at_the_recheck(row: Rectification) -> None:
    visit_of(row.institution, "2018-06-09", purpose="recheck", by=hand("checker"), round_=row)


def _entered_the_licence(row: Rectification) -> None:
    licence_of(row.institution, "permit", recorded_by=hand("checker"), recorded_at=WHEN)


def _entered_the_licence_early_on_the_day_of_the_order(row: Rectification) -> None:
    """07:30 in Shanghai is 23:30 of the day before in UTC."""
    licence_of(row.institution, "permit", recorded_by=hand("checker"), recorded_at=at(row.ordered_on, 7, 30))


@pytest.mark.parametrize(
    "gave",
    [
        _logged_evidence,
        _was_at_the_recheck,
        _entered_the_licence,
        _entered_the_licence_early_on_the_day_of_the_order,
    ],
)
def test_who_gave_evidence_cannot_verify(rows, gave):
    row = rows["submitted"]
    gave(row)

    with pytest.raises(IntegrityError, match="cannot verify"), transaction.atomic():
        Rectification.objects.filter(pk=row.pk).update(**made(VERIFIED) | {"outcome": "licensed"})

    assert hand("checker").pk in row.hands("licensed")


def test_who_entered_a_licence_before_the_order_can_verify(rows):
    row = rows["submitted"]
    licence_of(row.institution, "permit", recorded_by=hand("checker"), recorded_at=at("2018-05-31", 23, 59))

    Rectification.objects.filter(pk=row.pk).update(**made(VERIFIED) | {"outcome": "licensed"})

    assert hand("checker").pk not in row.hands("licensed")


def test_no_event_comes_after_the_row(rows):
    row = rows["ordered"]
    event = {"kind": "evidence", "to_state": "ordered", "by": hand("checker"), "happened_on": WHEN, "recorded_at": WHEN}

    with pytest.raises(IntegrityError, match="not after it"), transaction.atomic():
        RectificationEvent.objects.create(rectification=row, sequence=row.version + 1, **event)


def test_what_others_were_merged_into_is_not_merged_alone(rows):
    with pytest.raises(IntegrityError, match="takes along what was merged"), transaction.atomic():
        Merge.objects.create(merged=rows["merge"].into, into=rows["other_school"], recorded_at=WHEN, reason="链")
