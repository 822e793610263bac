"""A visit as a phone sends it, days later perhaps: counted, or kept aside for a person; never refused for what has
changed since (docs/adr/0038-nothing-true-is-refused.md)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import holding
from accounts.errors import Invalid, Refusal
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.watermark import NOW, recorded, recording
from inspections.actions.oddities import work_out_again
from inspections.actions.plain import store_plain
from inspections.actions.quarantine import keep_aside, receipt_of_copy, settle_quarantined
from inspections.actions.rights import might_record
from inspections.actions.sent_visit import Receipt, SentVisit, sent_again
from inspections.actions.together import store_in_company
from inspections.actions.visit_checks import CheckedVisit, Doubt, Looked, check_visit, no_grant
from inspections.actions.visits import again, note_evidence, other_content, photo_has_come, receipt_of, store_checked
from inspections.likeness import prepare
from inspections.models import QuarantinedPhoto, QuarantinedVisit, Visit
from inspections.models.aside import is_known, known_of
from inspections.photos import store_photo
from institutions.models import Institution
from institutions.moments import day_of

NOT_PLAIN = {Visit.Purpose.RECHECK, Visit.Purpose.SURVEY}  # may be evidence of a round, or the survey


def take_visit(
    sent: SentVisit, *, by: User, device_sent_at: datetime | None = None, received_at: datetime | None = None
) -> Receipt:
    """Store a visit as `record_visit` does, or keep it aside where it cannot be counted and that is not its sender's
    fault: they had no grant there on the day, the institution is off the register, an item of the catalogue was ended
    before, the device's clock cannot be right.

    Judged by the day on which it happened; that of its reception where the clock is wrong. The same again gives the
    same receipt, also of one that a person has settled since; other content under the id of one that was kept aside is
    a VisitConflict as well. Raises what `record_visit` raises.
    """
    sent = sent.sent_by(by)
    if (receipt := _known(sent, by, device_sent_at, received_at)) is not None:
        return receipt
    at = received_at or timezone.now()
    checked = check_visit(sent, by, at, forgiving=True)
    doubts = [*checked.aside, *_doubts_of_standing(sent, by, at, checked)]  # a wrong clock first
    if received_at is None and _is_plain(sent, checked, by):
        return store_in_company(sent, checked, by=by, device_sent_at=device_sent_at)
    if not doubts:
        return store_checked(sent, checked, by=by, received_at=received_at, device_sent_at=device_sent_at)
    copy = keep_aside(sent, None, by=by, device_sent_at=device_sent_at, at=received_at, doubts=doubts)
    return receipt_of_copy(copy)


@dataclass
class Given:
    """One of several visits that are taken together; `answer` is what became of it: a receipt, or what was raised."""

    sent: SentVisit
    device_sent_at: datetime | None
    checked: CheckedVisit | None = None
    answer: Receipt | Exception | None = None


def take_visits(given: Sequence[Given], *, by: User) -> None:
    """Several at once, each with an answer of its own, as from `take_visit`; one that is refused costs no other.

    They are checked before it is one's turn to write. Then those that bring nothing about are written together, the
    others one by one, in one transaction, which is one wait for the disk.
    """
    looked, at = Looked(), timezone.now()
    ids = [each.sent.id for each in given]
    known = {pk for pk in ids if ids.count(pk) > 1} | known_of(ids)
    for each in given:
        each.sent = each.sent.sent_by(by)
        try:
            if each.sent.id not in known:
                each.checked = check_visit(each.sent, by, at, forgiving=True, looked=looked)
        except Refusal as refusal:
            each.answer = refusal
    if all(each.answer is not None for each in given):
        return
    for county in {each.sent.found.division[:6] for each in given if each.sent.found is not None}:
        holding.wait(county)
    together = [each for each in given if each.checked is not None and _is_plain(each.sent, each.checked, by)]
    with recording() as at:
        _store_together(together, by, at)
        for each in given:
            if each.answer is None:
                each.answer = _one(each, by, at)


def _is_plain(sent: SentVisit, checked: CheckedVisit, by: User) -> bool:
    """Brings nothing about: no round, no survey, nothing to look at first."""
    brings = sent.order or sent.submits or sent.put_right or sent.found or sent.photographed_before
    return not (brings or sent.purpose in NOT_PLAIN or checked.aside or sent.institution.withdrawn_at) and might_record(
        by, sent.institution, sent.on
    )


def _store_together(given: list[Given], by: User, at: datetime) -> None:
    """In a savepoint: where two have sent the same id at once, all are left for `_one`."""
    try:
        with transaction.atomic():
            receipts = store_plain(
                [(each.sent, each.checked, each.device_sent_at, by) for each in given if each.checked], at=at
            )
    except IntegrityError:
        return
    for each, receipt in zip(given, receipts, strict=True):
        each.answer = receipt


def _one(each: Given, by: User, at: datetime) -> Receipt | Exception:
    """What is kept aside for a conflict stays: nothing is rolled back here but by `take_visit` itself."""
    try:
        return take_visit(each.sent, by=by, device_sent_at=each.device_sent_at, received_at=at)
    except Refusal as refusal:
        return refusal


def _known(sent: SentVisit, by: User, device_sent_at: datetime | None, at: datetime | None) -> Receipt | None:
    if not is_known(sent.id):
        return None
    stored = Visit.objects.filter(pk=sent.id).first()
    copy = QuarantinedVisit.objects.filter(sent_id=sent.id, digest=sent.digest()).first()
    if copy is not None and not copy.is_of_a_used_id:
        return _receipt_now(copy)
    if copy is None and stored is not None:
        return again(stored, sent, by, device_sent_at, at)
    raise other_content(sent, None, by, device_sent_at, at)


def _receipt_now(copy: QuarantinedVisit) -> Receipt:
    """Of what was kept aside; of the visit once it is counted, at another moment perhaps than the one that was sent."""
    if copy.counted_as is None:
        return receipt_of_copy(copy)
    return replace(receipt_of(copy.counted_as), digest=copy.digest, received_at=copy.received_at)


def receive_photo_aside(
    *copies: QuarantinedVisit, sha256: str, data: bytes | IO[bytes], by: User, at: datetime | None = None
) -> Receipt:
    """Keep the bytes of a photo of a visit kept aside, for each of its copies that lists it; repeatable. The receipt is
    of the first of them. Effects: the file, for each a row that says it is here and who sent it first; where a person
    has counted the visit meanwhile, those of `receive_photo`.

    Raises Invalid when none lists such a photo, the hash differs or it is no picture.
    """
    listed_by = [copy.pk for copy in copies if sha256 in _named(copy)]
    if not listed_by:
        raise Invalid({"photo": [_("这次走访没有登记 SHA-256 为 %(sha256)s 的照片。") % {"sha256": sha256}]})
    store_photo(sha256, data)
    prepare([sha256])
    with recording(at) as stored_at:
        locked = QuarantinedVisit.objects.select_for_update(of=("self",))  # nobody counts one meanwhile
        held = {copy.pk: copy for copy in locked.filter(pk__in=listed_by).order_by("pk")}
        sent_first = {"stored_at": stored_at, "by": by}
        for copy in held.values():
            QuarantinedPhoto.objects.get_or_create(copy=copy, sha256=sha256, defaults=sent_first)
            if copy.counted_as is not None:
                photo_has_come(copy.counted_as, sha256, by=by, at=stored_at)
    return _receipt_now(held[listed_by[0]])


def _named(copy: QuarantinedVisit) -> set[str]:
    """The photos it lists."""
    return {photo["sha256"] for photo in copy.stated["photos"]}


def _doubts_of_standing(sent: SentVisit, by: User, at: datetime, checked: CheckedVisit) -> list[Doubt]:
    """What speaks against counting it that lies in the institution or in the sender's grants."""
    doubts = []
    clock_is_wrong = any(each.reason == QuarantinedVisit.Reason.CLOCK for each in checked.aside)
    on = day_of(at) if clock_is_wrong else sent.on
    if not might_record(by, sent.institution, on):
        doubts.append(no_grant(by, on))
    if sent.institution.withdrawn_at is not None:
        said = {"on": day_of(sent.institution.withdrawn_at)}
        doubts.append(Doubt(QuarantinedVisit.Reason.REGISTER, _("该机构的登记已于 %(on)s 撤销。") % said))
    return doubts


@recorded
def count_aside(
    copy: QuarantinedVisit, *, by: User, note: str = "", happened_at: datetime | None = None, at: datetime = NOW
) -> Visit:
    """A person counts a visit that was kept aside: it is recorded under its id by who sent it, with the photos that are
    here; `happened_at` is when it really happened where the device's clock was wrong.

    Effects: those of `record_visit`, and of settling; who sent one of the photos, for it or for another copy under its
    id, and who counts the visit, have given evidence in the round it belongs to. Raises Invalid where the clock is
    wrong and no moment is given, or for what is wrong with the visit itself; settling it again changes nothing.
    """
    copy = QuarantinedVisit.objects.select_for_update(of=("self",)).get(pk=copy.pk)
    if copy.counted_as is not None:
        return copy.counted_as
    if copy.settled_at is not None or copy.sent_id is None or Visit.objects.filter(pk=copy.sent_id).exists():
        raise Invalid({"counted_as": [_("这份内容已经核对过，或同一编号已有走访，不能再计入。")]})
    check_texts({"note": note})
    sent = sent_again(copy.stated, Institution.objects.get(pk=copy.institution_id), happened_at)
    checked = check_visit(sent, copy.by, at, forgiving=True)
    if wrong := [each.said for each in checked.aside if each.reason == QuarantinedVisit.Reason.CLOCK]:
        raise Invalid({"happened_at": wrong})
    came = QuarantinedPhoto.objects.filter(copy__sent_id=copy.sent_id, sha256__in=_named(copy))
    photos = list(came.select_related("by").order_by("pk"))
    here = {photo.sha256 for photo in photos if photo.copy_id == copy.pk}
    checked.warnings.append(_("这次走访曾另存待核对，由%(by)s核对后计入。") % {"by": str(by)})
    receipt = store_checked(sent, checked, by=copy.by, received_at=at, device_sent_at=copy.device_sent_at, shown=here)
    visit = Visit.objects.get(pk=receipt.id)
    for sender in dict.fromkeys(photo.by for photo in photos if photo.by is not None):
        note_evidence(visit, by=sender, at=at, note=_("补传照片"))
    note_evidence(visit, by=by, at=at, note=_("核对后计入另存的走访"))
    settle_quarantined(copy, by=by, note=note, counted_as=visit, at=at)
    work_out_again([visit])  # its clock is judged by when it came
    return visit


def keep_aside_for_good(copy: QuarantinedVisit, *, by: User, note: str) -> QuarantinedVisit:
    """A person has looked at a visit that cannot be counted: it stays aside, with the reason. Raises Invalid without
    one."""
    check_texts({"note": note})
    if copy.visit_id is None and not note.strip():
        raise Invalid({"note": [_("请写明不计入的原因。")]})
    return settle_quarantined(copy, by=by, note=note.strip())
