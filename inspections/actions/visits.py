"""Recording a visit: what the phone, the form and the API all end in.

A visit is a fact. It is refused for what is wrong with itself, never for the state of a rectification.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, holding
from accounts.canonical import digest_of
from accounts.errors import Invalid, enumerated
from accounts.models import User
from accounts.watermark import recording
from inspections.actions.found import register_found
from inspections.actions.notices import serve_order
from inspections.actions.oddities import note_oddities, note_photos
from inspections.actions.oddity_rules import clock_is_off, far_from_point
from inspections.actions.quarantine import keep_aside
from inspections.actions.rectifications import last_asked_on, mark_put_right, submit_rectification
from inspections.actions.rounds import write_audit
from inspections.actions.sent_visit import LEDGER, NewOrder, NewPhoto, Receipt, SentVisit, Submission
from inspections.actions.surveys import status_at_survey, status_not_used
from inspections.actions.visit_checks import CheckedVisit, Doubt, check_visit, overdue_at_birth, texts_refused
from inspections.errors import VisitConflict
from inspections.likeness import prepare
from inspections.models import (
    OPEN_STATES,
    TRANSITIONS,
    Finding,
    Notice,
    Photo,
    QuarantinedPhoto,
    QuarantinedVisit,
    Rectification,
    RectificationEvent,
    State,
    Visit,
)
from inspections.photos import is_stored, store_photo
from institutions.actions import Survey, enter_survey
from institutions.models import Institution
from institutions.moments import day_of
from institutions.positions import distance_m, is_nowhere, to_wgs84
from institutions.working_days import working_days_after


def record_visit(
    sent: SentVisit,
    *,
    by: User,
    received_at: datetime | None = None,
    device_sent_at: datetime | None = None,
    shown: Collection[str] = (),
) -> Receipt:
    """Store a visit under the id its sender made, with everything that follows from it, in one transaction.

    `received_at` defaults to the moment at which it is the writer's turn; `shown` are hashes of photos whose bytes the
    sender has just handed in.

    Effects: the visit as it was sent, its findings and photo rows; a first survey sets the institution's survey day and
    licence status, those of what it is merged into, too; a recheck becomes evidence of the open round; `put_right`
    marks findings of the open round; `order` opens a round; `submits` hands one in; audit rows. What was stated and
    could not be used is said in the receipt. The same content again gives the same receipt. Raises Invalid with the
    reasons of every field at once, and VisitConflict when the id already holds other content, which is then kept in
    quarantine.
    """
    sent = sent.sent_by(by)
    known = Visit.objects.filter(pk=sent.id).first()
    if known is not None:
        return again(known, sent, by, device_sent_at, received_at)
    checked = check_visit(sent, by, received_at or timezone.now())
    return store_checked(sent, checked, by=by, received_at=received_at, device_sent_at=device_sent_at, shown=shown)


def store_checked(
    sent: SentVisit,
    checked: CheckedVisit,
    *,
    by: User,
    received_at: datetime | None,
    device_sent_at: datetime | None,
    shown: Collection[str] = (),
) -> Receipt:
    """Store what has been checked; of two that do so at once under one id the second is known already."""
    prepare(shown)
    if sent.found is not None:
        holding.wait(sent.found.division[:6])
    try:
        with recording(received_at) as at:
            visit, missing, ordered = _store(sent, checked, by, at, device_sent_at, shown)
    except IntegrityError:
        known = Visit.objects.filter(pk=sent.id).first()
        if known is None:
            raise
        return again(known, sent, by, device_sent_at, received_at)
    return receipt_for(visit, missing, ordered, created=True)


def receipt_of(visit: Visit) -> Receipt:
    """The receipt of a stored visit; only its evidence changes, as the bytes of photos arrive."""
    photos = sorted(visit.photos.all(), key=lambda photo: photo.slot)
    return receipt_for(
        visit, [photo.sha256 for photo in photos if photo.stored_at is None], _ordered_on(visit), created=False
    )


def receipt_for(visit: Visit, missing: list[str], ordered: UUID | None, *, created: bool) -> Receipt:
    warnings = list(visit.warnings)
    if visit.withdrawn_at is not None:
        said = {"on": day_of(visit.withdrawn_at), "reason": visit.withdraw_reason}
        warnings.append(_("这次走访已于 %(on)s 撤回（%(reason)s），不再计入。") % said)
    return Receipt(
        id=visit.pk,
        digest=visit.digest,
        received_at=visit.recorded_at,
        missing_photos=list(dict.fromkeys(missing)),
        distance_m=visit.distance_m,
        rectification=ordered or visit.rectification_id,
        warnings=warnings,
        created=created,
    )


def _ordered_on(visit: Visit) -> UUID | None:
    """The round that was ordered on the visit, or in which a supplement was."""
    served = (each.rectification for each in visit.notices.all())
    return next((each.pk for each in served if each.state != State.VOIDED), None)


def receive_photo(
    visit: Visit, *, sha256: str, data: bytes | IO[bytes], by: User, at: datetime | None = None
) -> Receipt:
    """Keep the bytes of one of a visit's photos; repeatable.

    Effects: the file on stable storage, the photo rows marked as stored, an audit row the first time; who sends a photo
    of an open round's recheck has given evidence in it. Raises Invalid when the visit lists no such photo, the hash
    differs or it is no picture.
    """
    if not visit.photos.filter(sha256=sha256).exists():
        raise Invalid({"photo": [_("这次走访没有登记 SHA-256 为 %(sha256)s 的照片。") % {"sha256": sha256}]})
    store_photo(sha256, data)
    prepare([sha256])
    with recording(at) as at:
        photo_has_come(visit, sha256, by=by, at=at)
    return receipt_of(visit)


def photo_has_come(visit: Visit, sha256: str, *, by: User, at: datetime) -> None:
    """What follows from the bytes of a visit's photo that are on the disk; once. Inside the caller's transaction."""
    if visit.rectification_id is not None:  # before its round, as everybody who writes at both does
        Institution.objects.select_for_update().get(pk=visit.institution_id)
    if not visit.photos.filter(sha256=sha256, stored_at__isnull=True).update(stored_at=at):
        return
    note_evidence(visit, by=by, at=at, note=_("补传照片"))
    if visit.withdrawn_at is None:
        note_photos(visit, [sha256])
    scope_code = visit.institution.scope_code
    audit.write("photo.stored", visit, by=by, at=at, after={"sha256": sha256}, scope_code=scope_code)


def again(known: Visit, sent: SentVisit, by: User, device_sent_at: datetime | None, at: datetime | None) -> Receipt:
    """The id is taken: the same receipt for the same content, quarantine and a refusal for other content."""
    if known.digest == sent.digest():
        return receipt_of(known)
    raise other_content(sent, known, by, device_sent_at, at)


def other_content(
    sent: SentVisit, known: Visit | None, by: User, device_sent_at: datetime | None, at: datetime | None
) -> VisitConflict:
    """The refusal of what is sent under an id that a visit holds, or a copy that waits where there is none; kept in
    quarantine, unless it holds what is not kept: then raises Invalid."""
    if errors := texts_refused(sent):
        raise Invalid(errors)
    first = _("这个编号先收到了另一份内容，那一份还没有计入，请一并核对。")
    doubts = [Doubt(QuarantinedVisit.Reason.OTHER_COPY, first)] if known is None else []
    kept = keep_aside(sent, known, by=by, device_sent_at=device_sent_at, at=at, doubts=doubts)
    said = _("这个编号已有另一次内容不同的走访；您发送的内容已另存，等待人工核对。")
    return VisitConflict(said, kept.get_absolute_url())


def _store(
    sent: SentVisit,
    checked: CheckedVisit,
    by: User,
    at: datetime,
    device_sent_at: datetime | None,
    shown: Collection[str],
) -> tuple[Visit, list[str], UUID | None]:
    """Write the visit, each table once, and what follows from it. Inside the caller's transaction.

    The row is written whole: which round it is evidence of and what is to be said about it is found out before. Returns
    it with the names of the photos whose bytes are still to come, and the round that was ordered on it.
    """
    said_of_place = register_found(sent, by, at)
    institution = Institution.objects.select_for_update().get(pk=sent.institution.pk)
    round_ = _round_of(sent, checked, institution)
    visit = new_row(sent, institution, round_, by, at, device_sent_at)
    is_survey = sent.purpose == Visit.Purpose.SURVEY and institution.surveyed_on is None and visit.saw_the_place
    if is_survey:
        surveyed_as, said_of_survey = status_at_survey(institution, sent.on, sent.licence_status, checked.meanings)
    else:
        surveyed_as, said_of_survey = "", status_not_used(institution, sent.licence_status)
    put_right, said_of_findings = _findings_put_right(sent, round_)
    of_round, said_of_photos = _findings_photographed(sent, round_)
    visit.warnings = [
        *checked.warnings,
        *_of_its_source(sent),
        *oddities(visit, at),
        *said_of_place,
        *_the_same_perhaps(visit, checked.inspectors),
        *said_of_survey,
        *not_counted(sent, institution, is_survey),
        *_evidence_not_taken(visit, round_),
        *said_of_findings,
        *said_of_photos,
    ]
    visit.save(force_insert=True)
    Visit.inspectors.through.objects.bulk_create(
        Visit.inspectors.through(visit_id=visit.pk, user_id=each.pk) for each in checked.inspectors
    )
    found = Finding.objects.bulk_create(
        Finding(visit=visit, type=checked.findings[each.type], note=each.note) for each in sent.findings
    )
    had = already_here({photo.sha256 for photo in sent.photos}, by) | set(shown)
    findings = of_round | {finding.type_id: finding for finding in found}
    photos = sorted((new_photo(visit, photo, findings, at, had) for photo in sent.photos), key=lambda photo: photo.slot)
    Photo.objects.bulk_create(photos)
    note_oddities([(visit, [each.pk for each in checked.inspectors], photos)])
    _audit(visit, sent, by, at)
    if is_survey:
        enter_survey(institution, Survey(sent.on, surveyed_as, visit.pk), by=by, at=at)
    if round_ is not None and round_.is_open and visit.saw_the_place_or_its_absence:  # nobody in changes nothing
        mark_put_right(round_, put_right, visit=visit, by=by, at=at)
    ordered: UUID | None = None
    late: list[str] = []
    if sent.order is not None:
        ordered, late = _order(visit, sent.order, by, checked.inspectors)
    if sent.submits is not None and checked.submits is not None:
        late += _submit(visit, checked.submits.pk, sent.submits, by)
    if late:
        visit.warnings += late
        visit.save(update_fields=["warnings"])
    return visit, [photo.sha256 for photo in photos if photo.stored_at is None], ordered


def new_row(
    sent: SentVisit,
    institution: Institution,
    round_: Rectification | None,
    by: User,
    at: datetime,
    device_sent_at: datetime | None,
) -> Visit:
    """The visit's own row, not yet written and without warnings."""
    position, content = sent.position, sent.content()
    if position is not None and is_nowhere(position.longitude, position.latitude):
        position = None
    here = to_wgs84(position.longitude, position.latitude, position.datum) if position else None
    away = distance_m(here, institution.position) if here and institution.position else None
    return Visit(
        id=sent.id,
        institution=institution,
        rectification=round_,
        purpose=sent.purpose,
        result=sent.result,
        happened_at=sent.happened_at,
        happened_on=sent.on,
        device_sent_at=device_sent_at,
        recorded_at=at,
        recorded_by=by,
        longitude=here[0] if here else None,
        latitude=here[1] if here else None,
        datum=position.datum if position else "",
        accuracy_m=position.accuracy_m if position else None,
        distance_m=round(away, 1) if away is not None else None,
        proposed_on=working_days_after(sent.on, 3) if sent.result == Visit.Result.NO_ACCESS else None,
        note=sent.note,
        content=content,
        digest=digest_of(content),
    )


def _audit(visit: Visit, sent: SentVisit, by: User, at: datetime) -> None:
    """Who recorded it; the content itself is kept with the visit."""
    after, scope_code = said_in_audit(visit, sent), visit.institution.scope_code
    audit.write("visit.recorded", visit, by=by, at=at, after=after, scope_code=scope_code, first=True)


def said_in_audit(visit: Visit, sent: SentVisit) -> dict[str, Any]:
    after = audit.snapshot(visit) | {
        "findings": sorted(each.type for each in sent.findings),
        "photos": [each.sha256 for each in sent.photos],
    }
    del after["content"]
    return after


def already_here(named: set[str], by: User) -> set[str]:
    """Pictures whose bytes need not be sent: just stored for this visit, or of a visit the sender may see, or sent by
    them for one that was kept aside.

    A hash is no permission: a picture of somebody else's visit is missing until the sender has shown the bytes. Nor is
    it evidence of whoever handed in the bytes for something else.
    """
    named = {sha256 for sha256 in named if is_stored(sha256)}
    if not named:
        return set()
    stored = Photo.objects.filter(sha256__in=named, stored_at__isnull=False)
    theirs = set(stored.values_list("sha256", flat=True))
    seen = set(stored.filter(visit__in=Visit.objects.visible_to(by)).values_list("sha256", flat=True))
    aside = list(QuarantinedPhoto.objects.filter(sha256__in=named - seen).values_list("sha256", "by"))
    theirs |= {sha256 for sha256, _sender in aside}
    seen |= {sha256 for sha256, sender in aside if sender == by.pk}
    return {sha256 for sha256 in named if sha256 in seen or sha256 not in theirs}


def new_photo(
    visit: Visit, photo: NewPhoto, findings: dict[str, Finding], received_at: datetime, had: set[str]
) -> Photo:
    nowhere = is_nowhere(photo.longitude, photo.latitude)
    return Photo(
        visit=visit,
        slot=photo.slot,
        sha256=photo.sha256,
        taken_at=photo.taken_at,
        longitude=None if nowhere else photo.longitude,
        latitude=None if nowhere else photo.latitude,
        accuracy_m=None if nowhere else photo.accuracy_m,
        finding=findings.get(photo.finding or ""),
        stored_at=received_at if photo.sha256 in had else None,
    )


def _round_of(sent: SentVisit, checked: CheckedVisit, institution: Institution) -> Rectification | None:
    """The round this visit is evidence of, locked: the one it hands in, else the open one when it is a recheck, orders
    or saw findings put right. A visit before the order is evidence of nothing in it."""
    round_ = None
    if checked.submits is not None:
        round_ = Rectification.objects.select_for_update().get(pk=checked.submits.pk)
    elif sent.purpose == Visit.Purpose.RECHECK or sent.order is not None or sent.put_right:
        round_ = _open_round(institution)
    return round_ if round_ is not None and sent.on >= round_.ordered_on else None


def _open_round(institution: Institution) -> Rectification | None:
    return institution.rectifications.select_for_update().filter(state__in=OPEN_STATES).first()


def _of_its_source(sent: SentVisit) -> list[str]:
    return [_("来自台账，没有现场照片和位置，经过以台账为准。")] if sent.source == LEDGER else []


def oddities(visit: Visit, received_at: datetime) -> list[str]:
    """What is odd about the visit itself but no reason to refuse it."""
    warnings = []
    if far := far_from_point(visit, visit.institution):
        warnings.append(_("检查位置距登记地点 %(metres)s 米，请核对。") % {"metres": far["m"]})
    if clock_is_off(visit.device_sent_at, received_at) is not None:
        warnings.append(_("手机时间与服务器相差超过 5 分钟。"))
    if visit.proposed_on is not None:
        warnings.append(_("无人在场，建议 %(on)s 再访。") % {"on": visit.proposed_on})
    if visit.purpose == Visit.Purpose.RECHECK and visit.rectification_id is None:
        warnings.append(_("检查当日该机构没有未销号的整改，本次复查只作记录。"))
    return warnings


def _the_same_perhaps(visit: Visit, inspectors: Sequence[User]) -> list[str]:
    """That one who was there has recorded, or was named at, another visit to the institution within minutes."""
    other = visit.near_in_time(inspectors).select_related("recorded_by").first()
    return [] if other is None else the_same_perhaps(other)


def the_same_perhaps(other: Visit) -> list[str]:
    said = {"at": f"{timezone.localtime(other.happened_at):%Y-%m-%d %H:%M}", "by": str(other.recorded_by)}
    return [_("该机构 %(at)s 已有%(by)s登记的一次走访，可能是同一次，请核对；如重复，请撤回其中一次。") % said]


def not_counted(sent: SentVisit, institution: Institution, is_survey: bool) -> list[str]:
    """Why what this visit finds does not reach the figures."""
    if institution.merged_at is not None:
        said = [_("该机构已并入另一家，本次检查与那一家的合在一起统计。")]
        return said if sent.order is None else [*said, _("请在并入的那家责令整改，本次责令未生效。")]
    if not institution.on_register:
        said = [_("该机构的登记已撤销，本次检查不计入统计。")]
        return said if sent.order is None else [*said, _("不在册的机构不能责令整改，本次责令未生效。")]
    if is_survey or institution.surveyed_on is not None:
        return []
    if sent.purpose == Visit.Purpose.SURVEY:
        return [_("没有看到这家机构，本次不算排摸。")]
    return [_("该机构尚未排摸，排摸以前不计入统计。")]


def _evidence_not_taken(visit: Visit, round_: Rectification | None) -> list[str]:
    if round_ is None or round_.is_open or not visit.saw_the_place_or_its_absence:
        return []
    said = {"number": round_.number, "state": round_.get_state_display()}
    return [_("整改 %(number)s 已是“%(state)s”，本次检查只作记录。") % said]


def _findings_put_right(sent: SentVisit, round_: Rectification | None) -> tuple[list[int], list[str]]:
    """Findings that this visit marks as put right in its round, and what is to be said about the others."""
    if not sent.put_right:
        return [], []
    if round_ is None or not round_.is_open:
        return [], [_("检查当日没有未销号的整改，所勾选的“已整改到位”只作记录。")]
    found_before = round_.findings.filter(pk__in=sent.put_right, visit__happened_at__lte=sent.happened_at)
    held = sorted(found_before.values_list("pk", flat=True))
    others = len(set(sent.put_right) - set(held))
    if not others:
        return held, []
    said = {"count": others, "number": round_.number}
    return held, [_("所勾选的问题有 %(count)s 个检查当时不在整改 %(number)s 中，其“已整改到位”只作记录。") % said]


def _findings_photographed(sent: SentVisit, round_: Rectification | None) -> tuple[dict[str, Finding], list[str]]:
    """The findings of its round of which this visit has photos as it saw them since, by their code; and what is to be
    said of photos of earlier problems that are in no round it looks at. Of two of a kind the one not put right yet."""
    named = sent.photographed_before
    held: dict[str, Finding] = {}
    if round_ is not None:
        found_before = round_.findings.filter(type__in=named, visit__happened_at__lte=sent.happened_at)
        for finding in found_before.order_by("-pk"):
            if finding.type_id not in held or finding.put_right_on is None:
                held[finding.type_id] = finding
    if not (others := sorted(named - held.keys())):
        return held, []
    said = {"codes": enumerated(others)}
    return held, [_("照片所指的问题 %(codes)s 不在本次走访所查的整改中，照片只随走访留存。") % said]


def note_evidence(visit: Visit, *, by: User, at: datetime, note: str) -> None:
    """Who sends a photo of a stored visit, or counts one that was kept aside, gives evidence in its open round, too.

    Effects: an event, unless the round tells of their hand in it already. Inside the caller's transaction, the visit's
    institution locked.
    """
    if visit.withdrawn_at is not None or not visit.saw_the_place_or_its_absence:
        return
    round_ = Rectification.objects.select_for_update().filter(pk=visit.rectification_id, state__in=OPEN_STATES).first()
    if round_ is not None and not _tells_of(round_, visit, by):
        before = audit.snapshot(round_)
        round_.note_event(RectificationEvent.Kind.EVIDENCE, by=by, on=day_of(at), at=at, visit=visit, note=note)
        write_audit("rectification.evidence", round_, visit.institution, by=by, at=at, before=before)


def _tells_of(round_: Rectification, visit: Visit, by: User) -> bool:
    """Whether the round says already, as long as the visit stands and whatever its outcome, that they had a hand in
    it: they were at this visit or gave it as evidence, or they have submitted."""
    of_this = Q(kind=RectificationEvent.Kind.EVIDENCE, visit=visit)
    told = round_.events.filter(of_this | Q(kind=RectificationEvent.Kind.SUBMITTED), by=by)
    return visit.inspectors.filter(pk=by.pk).exists() or told.exists()


def _order(visit: Visit, order: NewOrder, by: User, inspectors: Sequence[User]) -> tuple[UUID | None, list[str]]:
    """Open a round, or serve a supplement in the open one; unless a strike-off came after the visit.

    Returns the round, if one was ordered, and what is to be said of it.
    """
    if not visit.institution.on_register:
        return None, []  # said by not_counted
    since = Q(verified_on__gt=visit.happened_on) | Q(
        verified_on=visit.happened_on,
        visits__happened_at__gt=visit.happened_at,
        visits__withdrawn_at__isnull=True,
    )
    of_it = Rectification.objects.filter(institution__in=visit.institution.histories)
    struck_off = of_it.filter(since, state=State.VERIFIED)
    if latest := struck_off.order_by("-verified_on").values_list("verified_on", flat=True).first():
        said = _("该机构已于 %(on)s 销号，本次检查在此之前，没有责令整改；确有必要时由整治专班另行责令。")
        return None, [said % {"on": latest}]
    notice = serve_order(
        visit, by=by, on=visit.happened_on, due_on=order.due_on, measure=order.measure, served_by=inspectors,
        at=visit.recorded_at,
    )  # fmt: skip
    round_ = notice.rectification
    late = overdue_at_birth(notice.due_on, day_of(visit.recorded_at)) if notice.due_on else []
    if notice.kind != Notice.Kind.SUPPLEMENT:
        return round_.pk, late
    said = _("该机构已有未销号的整改 %(round)s，本次问题另发补充通知 %(number)s，期限 %(due)s。")
    return round_.pk, [said % {"round": round_.number, "number": notice.number, "due": notice.due_on}, *late]


def _submit(visit: Visit, pk: UUID, submits: Submission, by: User) -> list[str]:
    """Hand the round in, unless its state or its dates do not allow it: then the visit stands and says why."""
    rectification = Rectification.objects.select_for_update().get(pk=pk)
    if State.SUBMITTED not in TRANSITIONS[rectification.state] or visit.happened_on < rectification.ordered_on:
        return [
            _("整改 %(number)s 现为“%(state)s”（%(on)s 责令），本次提交未生效。")
            % {
                "number": rectification.number,
                "state": rectification.get_state_display(),
                "on": rectification.ordered_on,
            }
        ]
    if visit.happened_on < (since := last_asked_on(rectification)):
        said = _("整改 %(number)s 于 %(on)s 另有补充通知，本次提交在此之前，未生效。")
        return [said % {"number": rectification.number, "on": since}]
    submit_rectification(
        rectification,
        by=by,
        on=visit.happened_on,
        version=rectification.version,
        outcome=submits.outcome,
        put_right=submits.put_right,
        registered_scope=submits.registered_scope,
        visit=visit,
        at=visit.recorded_at,
    )
    return []
