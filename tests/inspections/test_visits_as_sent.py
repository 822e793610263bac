"""A visit is kept as it was sent: what was stated and not used, the facts in the rows, the comparison of both."""

import json
from datetime import date, timedelta
from importlib import import_module
from io import StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts import guards
from accounts.canonical import canonical, digest_of
from accounts.errors import Invalid
from accounts.models import AuditRow
from inspections import as_sent
from inspections.actions import (
    NewFinding,
    NewOrder,
    NewPhoto,
    Position,
    Submission,
    record_visit,
    settle_quarantined,
)
from inspections.errors import VisitConflict
from inspections.models import Finding, Photo, QuarantinedVisit, Rectification, Visit
from institutions.positions import from_wgs84
from tests.factories import at, hand, institution, licence_of, round_of, sent_visit, visit_of

EVENING = at("2018-10-01", 20)
EVERYTHING = {
    "purpose": "survey",
    "position": Position(120.9631, 28.1194, 12.5, "gcj02"),
    "findings": [NewFinding("T01", "初三数学"), NewFinding("S02")],
    "order": NewOrder(date(2018, 10, 20)),
    "photos": [NewPhoto("a" * 64, 1, at("2018-10-01", 9), 120.96, 28.11, 5.0, "S02")],
    "note": "门口拍照",
    "licence_status": "registration_only",
}


@pytest.fixture
def school(db):
    return institution(status="full")


@pytest.fixture
def record(school, inspector):
    """Record a visit of the morning of 1 October 2018, known that evening."""

    def visit(received_at=EVENING, device_sent_at=None, **stated):
        sent = sent_visit(**{"institution": school} | stated)
        return record_visit(sent, by=inspector, received_at=received_at, device_sent_at=device_sent_at)

    return visit


# --- What is kept


def test_everything_that_was_stated_is_kept_used_or_not(record):
    visit = Visit.objects.get(pk=record(**EVERYTHING).id)

    assert visit.stated["licence_status"] == "registration_only"
    assert visit.stated["order"] == {"due_on": "2018-10-20"}
    assert visit.stated["position"] == {
        "longitude": 120.9631,
        "latitude": 28.1194,
        "accuracy_m": 12.5,
        "datum": "gcj02",
    }
    assert visit.stated["inspectors"] == ["inspector"]
    assert visit.stated["photos"][0]["finding"] == "S02"
    assert visit.content == canonical(visit.stated)
    assert (visit.digest, visit.reconstructed) == (digest_of(visit.content), False)


def test_key_of_a_later_release_is_kept_only_when_it_is_stated(record, school):
    opened = record(findings=[NewFinding("T01")], order=NewOrder())
    finding = Finding.objects.get(visit=opened.id)

    with_marks = record(happened_at=at("2018-10-01", 15), put_right=[finding.pk])

    assert "put_right" not in Visit.objects.get(pk=opened.id).stated
    assert Visit.objects.get(pk=with_marks.id).stated["put_right"] == [finding.pk]


def test_copy_kept_aside_is_whole(record):
    first = record()
    sent = EVERYTHING | {"id": first.id}

    with pytest.raises(VisitConflict):
        record(**sent, device_sent_at=at("2018-10-01", 19))

    copy = QuarantinedVisit.objects.get()
    assert (copy.digest, copy.device_sent_at) == (digest_of(copy.content), at("2018-10-01", 19))
    assert copy.stated["photos"][0]["sha256"] == "a" * 64
    assert copy.stated["order"] == {"due_on": "2018-10-20"}


# --- Said in the receipt


def test_licence_status_of_a_later_survey_is_said_not_to_count(record):
    receipt = record(purpose="survey", licence_status="none")

    (said,) = [each for each in receipt.warnings if "证照情况" in each]
    assert all(words in said for words in ("2018-04-02", "证照齐全", "无证无照"))


def test_licence_status_of_an_earlier_survey_that_comes_second_is_said_not_to_count(record, school):
    receipt = record(purpose="survey", happened_at=at("2018-03-01"), licence_status="permit_only")

    school.refresh_from_db()
    assert (school.surveyed_on.isoformat(), school.licence_status_at_survey) == ("2018-04-02", "full")
    assert any("有证无照" in each and "2018-04-02" in each for each in receipt.warnings)
    assert Visit.objects.get().stated["licence_status"] == "permit_only"


@pytest.mark.parametrize("stated", [{"purpose": "routine"}, {"purpose": "survey", "result": "no_access"}])
def test_licence_status_of_what_is_no_survey_is_said_not_to_count(record, stated):
    receipt = record(institution=institution(surveyed_on=None), licence_status="full", **stated)

    assert any("“证照齐全”只作记录" in each for each in receipt.warnings)


def test_licence_status_that_a_round_before_the_survey_decides_is_said(record):
    school = institution(surveyed_on=None)
    round_ = round_of(school, "2018-09-01", verified_on="2018-09-20", outcome="licensed")

    receipt = record(institution=school, purpose="survey", licence_status="full")

    school.refresh_from_db()
    assert school.licence_status_at_survey == "none"
    assert any(all(words in each for words in (round_.number, "无证无照", "证照齐全")) for each in receipt.warnings)


def test_licence_status_that_counts_is_not_warned_about(record):
    school = institution(surveyed_on=None)
    licence_of(school, "permit")

    receipt = record(institution=school, purpose="survey", licence_status="full")

    assert not [each for each in receipt.warnings if "证照" in each]


@pytest.mark.parametrize("purpose", ["routine", "survey"])
def test_order_at_what_is_not_on_the_register_is_said_to_have_no_effect(record, purpose):
    school = institution(surveyed_on=None, withdrawn_at=at("2018-09-01"))

    receipt = record(institution=school, purpose=purpose, findings=[NewFinding("T01")], order=NewOrder())

    assert any("责令未生效" in each for each in receipt.warnings)
    assert Visit.objects.get().stated["order"] == {"due_on": None}


# --- Findings seen put right


@pytest.fixture
def opened(record):
    """A round of two findings, ordered on 1 October."""
    receipt = record(findings=[NewFinding("T01"), NewFinding("S02")], order=NewOrder())
    return Rectification.objects.get(pk=receipt.rectification)


def test_finding_seen_put_right_is_marked_without_handing_in(record, opened):
    finding = opened.findings.get(type="S02")

    receipt = record(happened_at=at("2018-10-05", 9), received_at=at("2018-10-05"), put_right=[finding.pk])

    finding.refresh_from_db()
    opened.refresh_from_db()
    assert (finding.put_right_on, finding.put_right_visit_id) == (date(2018, 10, 5), receipt.id)
    assert (opened.state, receipt.rectification) == ("ordered", opened.pk)
    assert opened.findings.get(type="T01").put_right_on is None


def test_mark_that_finds_no_open_round_is_kept_and_said(record, school):
    visit = visit_of(school, "2018-09-01", findings=("T01",))
    finding = visit.findings.get()

    receipt = record(put_right=[finding.pk])

    finding.refresh_from_db()
    assert finding.put_right_on is None
    assert any("只作记录" in each for each in receipt.warnings)
    assert Visit.objects.get(pk=receipt.id).stated["put_right"] == [finding.pk]


def test_finding_of_another_institution_is_refused(record):
    strange = visit_of(institution(), findings=("T01",)).findings.get()

    with pytest.raises(Invalid) as refusal:
        record(put_right=[strange.pk])

    assert list(refusal.value.errors) == ["put_right"]


def test_nobody_in_sees_nothing_put_right(record, opened):
    finding = opened.findings.first()

    with pytest.raises(Invalid) as refusal:
        record(result="no_access", put_right=[finding.pk])

    assert list(refusal.value.errors) == ["result"]


# --- Facts stay


@pytest.fixture
def visit(record, school) -> Visit:
    """A visit with everything, evidence of a round, and a copy kept aside."""
    round_of(school, "2018-09-01")
    first = record(**EVERYTHING)
    with pytest.raises(VisitConflict):
        record(id=first.id)
    return Visit.objects.get(pk=first.id)


MAY_CHANGE = {
    Visit: {"warnings", "withdrawn_at", "withdrawn_by", "withdraw_reason"},
    Finding: {"rectification", "put_right_on", "put_right_visit"},
    Photo: {"stored_at"},
    QuarantinedVisit: {"settled_at", "settled_by", "settled_as", "settle_note", "counted_as"},
    Visit.inspectors.through: set(),
}
FACTS = [
    (model, field.name)
    for model, changing in MAY_CHANGE.items()
    for field in model._meta.concrete_fields
    if field.name not in changing
]


@pytest.mark.parametrize(("model", "name"), FACTS, ids=[f"{model.__name__}.{name}" for model, name in FACTS])
def test_fact_is_not_rewritten(visit, model, name):
    with pytest.raises(IntegrityError, match="not rewritten|append-only"), transaction.atomic():
        model.objects.filter(pk=model.objects.values("pk")[:1]).update(
            **{name: other_value(model._meta.get_field(name))}
        )


def other_value(field):
    """A value that the column does not hold and that no constraint refuses."""
    if field.is_relation:
        return None if field.null else {"UUIDField": uuid4(), "CharField": "L01"}.get(target_of(field), 987654)
    named = {"datum": "bd09", "purpose": "routine", "result": "ceased", "sha256": "b" * 64, "digest": "b" * 64}
    day = at("2017-01-01")
    return named.get(field.name) or {
        "UUIDField": uuid4(), "DateTimeField": day, "DateField": day.date(), "FloatField": 1.5, "BooleanField": True,
        "PositiveSmallIntegerField": 7, "BigAutoField": 987654, "AutoField": 987654,
    }.get(field.get_internal_type(), "改写")  # fmt: skip


def target_of(field) -> str:
    return field.target_field.get_internal_type()


@pytest.mark.parametrize("model", MAY_CHANGE, ids=[model.__name__ for model in MAY_CHANGE])
def test_fact_is_not_deleted(visit, model):
    with pytest.raises(IntegrityError, match="not rewritten|append-only"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_visit_is_withdrawn_once(visit, inspector, taskforce):
    once = {"withdrawn_at": at("2018-10-02"), "withdrawn_by": inspector, "withdraw_reason": "选错机构"}
    Visit.objects.update(**once)

    for again in ({"withdraw_reason": "另一原因"}, {"withdrawn_by": taskforce}, {"withdrawn_at": at("2018-10-03")}):
        with pytest.raises(IntegrityError, match="not rewritten"), transaction.atomic():
            Visit.objects.update(**again)


def test_photo_arrives_once(visit):
    Photo.objects.update(stored_at=at("2018-10-02"))

    for again in (None, at("2018-10-03")):
        with pytest.raises(IntegrityError, match="not rewritten"), transaction.atomic():
            Photo.objects.update(stored_at=again)


def test_copy_is_settled_once(visit, inspector):
    copy = settle_quarantined(QuarantinedVisit.objects.get(), by=inspector, note="同一次")

    for again in ({"settled_at": None}, {"settle_note": "另一原因"}, {"settled_by": None}):
        with pytest.raises(IntegrityError, match="not rewritten"), transaction.atomic():
            QuarantinedVisit.objects.filter(pk=copy.pk).update(**again)


# --- Rows compared with what was sent


def without_guards() -> None:
    guards.drop_all(connection)


def test_rows_agree_with_what_was_sent(visit):
    assert [first for _visit, first in as_sent.check()] == [None]


def rewritten(visit: Visit, **stated) -> None:
    """Row, content and digest alike: they agree, and are not what was sent."""
    content = canonical(visit.stated | stated)
    Visit.objects.update(content=content, digest=digest_of(content), **stated)


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda visit: Visit.objects.update(note="改过"), "note"),
        (lambda visit: Visit.objects.update(digest="b" * 64), "digest"),
        (lambda visit: Visit.objects.update(longitude=121.0), "longitude"),
        (lambda visit: Visit.objects.update(happened_on=date(2018, 9, 30)), "happened_on"),
        (lambda visit: visit.findings.filter(type="S02").update(note="添上"), "findings"),
        (lambda visit: visit.photos.update(sha256="b" * 64), "photos"),
        (lambda visit: visit.inspectors.clear(), "inspectors"),
        (lambda visit: Visit.objects.update(content="{}", digest=digest_of("{}")), "content"),
        (lambda visit: Visit.objects.update(recorded_at=visit.recorded_at - timedelta(days=1)), "recorded_at"),
        (lambda visit: Visit.objects.update(recorded_by=hand("另一人")), "recorded_by_id"),
        (lambda visit: Visit.objects.update(distance_m=1.5), "distance_m"),
        (lambda visit: Visit.objects.update(proposed_on=date(2018, 10, 20)), "proposed_on"),
        (lambda visit: Visit.objects.update(device_sent_at=visit.recorded_at), "device_sent_at"),
        (
            lambda visit: Visit.objects.update(
                withdrawn_at=visit.recorded_at, withdrawn_by=visit.recorded_by, withdraw_reason="误"
            ),
            "withdrawn_at",
        ),
        (lambda visit: Visit.objects.update(rectification=round_of(institution(), "2018-09-01")), "rectification_id"),
        (lambda visit: Visit.objects.update(reconstructed=True), "reconstructed"),
        (lambda visit: rewritten(visit, note="改过"), "digest"),
    ],
    ids=[
        "note",
        "digest",
        "longitude",
        "day",
        "finding",
        "photo",
        "inspectors",
        "content",
        "recorded",
        "recorder",
        "distance",
        "proposed",
        "sent",
        "withdrawn",
        "evidence",
        "reconstructed",
        "rewritten",
    ],
)
def test_first_difference_is_named(visit, spoil, what):
    without_guards()
    spoil(visit)

    [(_visit, first)] = as_sent.check()

    assert first is not None
    assert first.what == what


def test_verify_ledger_fails_with_the_visit_that_differs(visit):
    without_guards()
    Visit.objects.update(note="改过")
    out = StringIO()

    with pytest.raises(CommandError, match="1 of 1 visits"):
        call_command("verify_ledger", stdout=out)

    assert f"visit {visit.pk} note" in out.getvalue()


# --- Visits of the release before


migration = import_module("inspections.migrations.0008_visits_as_sent")


def as_of_the_release_before(pk) -> Visit:
    """The visit without its content, filled again as the migration does; its trail knew nothing of that either."""
    without_guards()
    for row in AuditRow.objects.filter(action="visit.recorded"):
        del row.after["reconstructed"]
        AuditRow.objects.filter(pk=row.pk).update(after=row.after)
    Visit.objects.filter(pk=pk).update(content="", reconstructed=False)
    migration.fill_visits(apps, None)
    return Visit.objects.get(pk=pk)


@pytest.mark.parametrize(
    "stated",
    [
        {},
        EVERYTHING | {"position": Position(120.9631, 28.1194, 12.5)},
        {"position": Position(120.9631, 28.1194), "note": "甲"},
        {"purpose": "survey", "licence_status": "none"},
        {"findings": [NewFinding("T01")], "order": NewOrder()},
    ],
    ids=["plain", "everything", "position", "survey", "order"],
)
def test_content_that_the_rows_still_tell_is_what_was_sent(record, stated):
    receipt = record(**stated)
    before = Visit.objects.get(pk=receipt.id).content

    visit = as_of_the_release_before(receipt.id)

    assert (visit.content, visit.reconstructed) == (before, False)


def test_submission_that_the_rows_still_tell_is_what_was_sent(record, opened):
    marks = tuple(opened.findings.values_list("pk", flat=True))
    receipt = record(
        purpose="recheck", happened_at=at("2018-10-05", 9), received_at=at("2018-10-05"),
        submits=Submission(opened.pk, "corrected", marks),
    )  # fmt: skip
    before = Visit.objects.get(pk=receipt.id).content

    visit = as_of_the_release_before(receipt.id)

    assert (visit.content, visit.reconstructed) == (before, False)


def test_content_that_the_rows_do_not_tell_says_that_it_is_reconstructed(record):
    receipt = record(licence_status="full", position=Position(*from_wgs84(120.96, 28.11), datum="gcj02"))

    visit = as_of_the_release_before(receipt.id)

    assert (visit.reconstructed, visit.digest) == (True, receipt.digest)
    assert (visit.stated["licence_status"], visit.stated["position"]["datum"], visit.datum) == ("", "wgs84", "gcj02")
    assert [first for _visit, first in as_sent.check()] == [None]


def test_copy_of_the_release_before_is_brought_into_canonical_form(visit):
    copy = visit.quarantined.get()
    without_guards()
    QuarantinedVisit.objects.update(content=json.dumps(copy.stated, indent=1))

    migration.fill_copies(apps, None)

    assert visit.quarantined.get().content == copy.content
