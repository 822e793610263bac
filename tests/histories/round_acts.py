"""Visits and what follows from them: sent, kept aside, taken back; rounds with their notices, to the end or voided."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from inspections.actions import (
    NewFinding,
    NewOrder,
    NewPhoto,
    Position,
    SentVisit,
    Submission,
    count_aside,
    extend_rectification,
    keep_aside_for_good,
    order_rectification,
    record_visit,
    replace_notice,
    return_rectification,
    submit_rectification,
    take_visit,
    verify_rectification,
    void_rectification,
    withdraw_notice,
    withdraw_visit,
)
from inspections.errors import VisitConflict
from inspections.models import Finding, QuarantinedVisit, Rectification, Visit
from institutions.actions import merge_institutions
from institutions.models import Institution
from tests.factories import at, sent_visit
from tests.histories.bureau import Bureau

FOUND = ["T01", "T03", "S01", "S02", "L01", "L04", "L05"]
OPEN = ["ordered", "returned", "submitted"]


def visit(bureau: Bureau) -> None:
    """With an order, marks and a submission perhaps; often where a round is open, and also of what is off the register."""
    busy = list(Institution.objects.filter(rectifications__state__in=OPEN).order_by("pk"))
    school = bureau.one_of(busy) if busy and bureau.perhaps(0.4) else bureau.one_of(Institution.objects.all())
    day = bureau.day()
    happened_at = min(at(day, bureau.chance.randrange(8, 18)), bureau.now)
    if bureau.perhaps(0.05):
        happened_at = bureau.now + timedelta(days=3)  # a clock that is wrong
    sent = sent_visit(
        school,
        id=uuid.uuid4(),
        purpose=bureau.one_of(["survey", "routine", "recheck"]),
        result=bureau.one_of([*["inspected"] * 5, "no_access", "ceased", "not_found"]),
        happened_at=happened_at,
        licence_status=bureau.one_of(["", "", "full", "none"]),
    )
    if sent.result == "inspected":
        codes = bureau.chance.sample(FOUND, bureau.one_of([0, 1, 1, 2, 2]))
        order = NewOrder() if codes and bureau.perhaps(0.7) else None
        sent = replace(sent, findings=tuple(NewFinding(code) for code in codes), order=order)
    sent = replace(sent, position=_position(bureau), photos=_photos(bureau, school))
    round_ = school.rectifications.order_by("round_no").last()
    findings = _findings(round_) if round_ else []
    if findings and bureau.perhaps(0.5):
        sent = replace(sent, put_right=tuple(bureau.some_of(findings)))
    if round_ and sent.purpose == "recheck" and bureau.perhaps(0.4):
        outcome = bureau.one_of(round_.legal_outcomes)
        sent = replace(sent, submits=Submission(round_.pk, outcome, tuple(bureau.some_of(findings))))
    _send(bureau, sent)


def survey_after_merging(bureau: Bureau) -> None:
    """Two that nobody has surveyed are merged; then a phone sends the first survey of the one that went."""
    unsurveyed = Institution.objects.filter(merged_at=None, withdrawn_at=None, surveyed_on=None)
    into, merged = bureau.one_of(unsurveyed), bureau.one_of(unsurveyed)
    merge_institutions(into=into, merged=merged, by=bureau.somebody(), reason="同一家", at=bureau.now)
    bureau.now += timedelta(minutes=5)
    happened_at = min(at(bureau.day(), bureau.chance.randrange(8, 18)), bureau.now)
    status = bureau.one_of(["", "full", "none"])
    merged = Institution.objects.get(pk=merged.pk)
    sent = sent_visit(merged, id=uuid.uuid4(), purpose="survey", happened_at=happened_at, licence_status=status)
    _send(bureau, sent)


def _position(bureau: Bureau) -> Position | None:
    """None, or as a phone says that knows none, or somewhere."""
    return bureau.one_of([None, Position(0, 0, 5.0), Position(120.9631, 28.1194, 12.5, "gcj02")])


def _photos(bureau: Bureau, school: Institution) -> tuple[NewPhoto, ...]:
    """Perhaps one of a problem that was found there before, in a round that is open or not."""
    codes = sorted(set(Finding.objects.filter(visit__institution=school).values_list("type", flat=True)))
    if not codes or bureau.perhaps(0.5):
        return ()
    return (NewPhoto(f"{bureau.chance.randrange(16**12):064x}", 1, finding=bureau.one_of(codes)),)


def recheck(bureau: Bureau) -> None:
    """A visit that sees a round through: all put right where it may end so, else ceased."""
    round_ = bureau.round("ordered", "returned")
    findings = tuple(_findings(round_))
    corrected = "corrected" in round_.legal_outcomes and not round_.takes_registered_scope
    said = {"result": "inspected", "put_right": findings} if corrected else {"result": "ceased"}
    submits = Submission(round_.pk, "corrected" if corrected else "closed", findings)
    sent = sent_visit(round_.institution, id=uuid.uuid4(), purpose="recheck", happened_at=bureau.now, **said)
    _send(bureau, replace(sent, submits=submits))


def _send(bureau: Bureau, sent: SentVisit) -> None:
    """By the door of a phone, which may keep it aside, or by the page's."""
    by, company = bureau.one_of(bureau.inspectors), bureau.one_of(bureau.inspectors)
    sent = replace(sent, inspectors=tuple(sorted({by.username, company.username})))
    door = bureau.one_of([take_visit, take_visit, record_visit])
    bureau.sent.append((sent, by, door(sent, by=by, received_at=bureau.now)))


def send_something_else(bureau: Bureau) -> None:
    """Another content under the id of a visit: a copy is kept aside, and the door says so."""
    sent, by, _receipt = bureau.one_of(bureau.sent)
    try:
        take_visit(replace(sent, note=f"另记{bureau.chance.randrange(99)}"), by=by, received_at=bureau.now)
    except VisitConflict:
        return


def settle_copy(bureau: Bureau) -> None:
    copy = bureau.one_of(QuarantinedVisit.objects.filter(settled_at=None))
    if bureau.perhaps(0.7):
        happened_at = bureau.now if copy.reason == "clock" else None
        count_aside(copy, by=bureau.leader, happened_at=happened_at, at=bureau.now)
    else:
        keep_aside_for_good(copy, by=bureau.leader, note="重复")


def take_visit_back(bureau: Bureau) -> None:
    known = bureau.one_of(Visit.objects.filter(withdrawn_at=None))
    withdraw_visit(known, by=bureau.somebody(), reason="记错", at=bureau.now)


def order(bureau: Bureau) -> None:
    """An order, or a supplementary notice where a round is open."""
    loose = Finding.objects.filter(rectification=None, visit__withdrawn_at=None)
    found = bureau.one_of(Visit.objects.filter(findings__in=loose).distinct())
    order_rectification(found, by=bureau.somebody(), on=bureau.day(), at=bureau.now)


def submit(bureau: Bureau) -> None:
    round_ = bureau.round("ordered", "returned")
    findings = _findings(round_)
    submit_rectification(
        round_,
        outcome=bureau.one_of(round_.legal_outcomes),
        put_right=bureau.one_of([findings, findings, bureau.some_of(findings)]),
        registered_scope="文化" if round_.takes_registered_scope else "",
        **_seen(bureau, round_),
    )


def send_back(bureau: Bureau) -> None:
    round_ = bureau.round("submitted")
    return_rectification(round_, reason="证据不足", **_seen(bureau, round_))


def verify(bureau: Bureau) -> None:
    round_ = bureau.round("submitted")
    verify_rectification(round_, **_seen(bureau, round_))


def extend(bureau: Bureau) -> None:
    """The order's deadline, or that of one notice."""
    round_ = bureau.round(*OPEN)
    due_on = bureau.now.date() + timedelta(days=bureau.chance.randrange(1, 60))
    notice = bureau.one_of([None, bureau.one_of(round_.notices.all()).pk])
    extend_rectification(round_, due_on=due_on, reason="施工未完", notice=notice, **_seen(bureau, round_))


def put_notice_right(bureau: Bureau) -> None:
    round_ = bureau.round(*OPEN)
    notice = bureau.one_of(round_.notices.all()).pk
    measure = bureau.one_of(["", "限期改正"])
    replace_notice(round_, notice=notice, reason="写错", measure=measure, **_seen(bureau, round_))


def take_supplement_back(bureau: Bureau) -> None:
    round_ = bureau.one_of(Rectification.objects.filter(supplements__gt=0, state__in=OPEN))
    notice = bureau.one_of(round_.notices.exclude(kind="order")).pk
    withdraw_notice(round_, notice=notice, reason="发错", **_seen(bureau, round_))


def void(bureau: Bureau) -> None:
    round_ = bureau.round("ordered", "returned")
    void_rectification(round_, reason="开错", **_seen(bureau, round_))


def _findings(round_: Rectification) -> list[int]:
    return list(round_.findings.order_by("pk").values_list("pk", flat=True))


def _seen(bureau: Bureau, round_: Rectification) -> dict[str, Any]:
    """By whom and when; mostly not before what was done last."""
    last = round_.events.order_by("sequence").last().happened_on
    on = bureau.day() if bureau.perhaps(0.1) else min(max(bureau.day(), last), bureau.now.date())
    return {"by": bureau.somebody(), "on": on, "version": round_.version, "at": bureau.now}


ROUND_ACTS = {
    visit: 30,
    survey_after_merging: 6,
    recheck: 12,
    send_something_else: 1,
    settle_copy: 2,
    take_visit_back: 5,
    order: 12,
    submit: 5,
    send_back: 4,
    verify: 20,
    extend: 4,
    put_notice_right: 4,
    take_supplement_back: 10,
    void: 3,
}
