"""合并: two registrations of one institution become one, and are taken apart again where that was wrong.

Nothing is moved and nothing is deleted: visits, rounds and licences stay with the registration they were written to. A
Merge says since when both are one, and until when; see docs/adr/0029-two-registrations-of-one-institution.md.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, Refusal
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.actions.surveys import put_survey, survey_of_merged, taken_over, withdraw_survey
from institutions.actions.versions import StaleInstitution, check_on_register
from institutions.models import Institution, Merge

MOST_REASON = Merge._meta.get_field("reason").max_length or 0


class CannotMerge(Refusal):
    """What stands between two registrations and their being one."""

    code = "cannot_merge"
    status = 409


class CannotTakeApart(Refusal):
    """Something later rests on a merge, or it is over already."""

    code = "cannot_take_apart"
    status = 409


@recorded
def merge_institutions(
    *,
    into: Institution,
    merged: Institution,
    by: User | None,
    reason: str,
    versions: tuple[int, int] | None = None,
    at: datetime = NOW,
) -> Merge:
    """Say that `merged` is the same institution as `into`, which stays. As known from now on both count as one, of
    every day; as known before, as they did. What was merged into `merged` goes along.

    Effects: a Merge, one more for each that goes along; the columns of the present; where `into` has no survey it has
    that of `merged`; the versions, an audit row for each. `versions` of `into` and `merged` are what the asker saw.
    Raises Invalid (422) without a reason or for one institution twice, OffRegister (409), StaleInstitution (412),
    CannotMerge (409) while `merged` has an open round: then it is the one to stay.
    """
    _check_reason(reason, _("请写明为什么是同一家。"))
    if into.pk == merged.pk:
        raise Invalid({"into": [_("请选另一家机构：不能并入自身。")]})
    found = _locked([into, merged])
    stays, goes = found[into.pk], found[merged.pk]
    for each, seen in zip((stays, goes), versions or (stays.version, goes.version), strict=True):
        check_on_register(each)
        if each.version != seen:
            said = _("“%(name)s”的档案已被他人更新，请刷新后再合并。") % {"name": each.name}
            raise StaleInstitution(said, version=each.version)
    _check_open_rounds(stays, goes)
    before = audit.snapshot(stays), audit.snapshot(goes)
    along = list(goes.merges_here.standing().select_related("merged"))
    _end(along, by, at, _("随“%(name)s”并入“%(into)s”") % {"name": goes.name, "into": stays.name})
    merge = Merge.objects.create(merged=goes, into=stays, recorded_at=at, recorded_by=by, reason=reason.strip())
    for one in along:
        of_before = {"merged": one.merged, "reason": one.reason, "recorded_by": one.recorded_by}
        Merge.objects.create(into=stays, through=merge, recorded_at=at, **of_before)
        _leads_to(one.merged, stays)
    goes.merged_into, goes.merged_at, goes.has_merges = stays, at, True
    stays.has_merges = True
    if stays.surveyed_on is None and goes.surveyed_on is not None:
        put_survey(stays, taken_over(stays, goes), at)
    _save("institution.took_over", stays, before[0], by, at, merged=goes.name, reason=merge.reason)
    _save("institution.merged", goes, before[1], by, at, into=stays.name, reason=merge.reason)
    return merge


@recorded
def take_apart(merge: Merge, *, by: User | None, reason: str, at: datetime = NOW) -> Institution:
    """拆分: what was merged is an institution of its own again, with whatever had been merged into it. As known while
    they were one they stay one. What was merged is returned.

    Effects: the end of the merge and of those that went along, which are merged as before; the columns of the present,
    a survey that was taken over is withdrawn; the versions, an audit row for each. Raises Invalid (422) without a
    reason, CannotTakeApart (409) when it is over, went along with another, or something later rests on it.
    """
    _check_reason(reason, _("请写明为什么不是同一家。"))
    current = Merge.objects.select_for_update().get(pk=merge.pk)
    found = _locked([current.into, current.merged])
    stays, goes = found[current.into_id], found[current.merged_id]
    _check_nothing_later(current, stays)
    before = audit.snapshot(goes)
    along = list(current.carried.standing().select_related("merged"))
    _end([current, *along], by, at, reason.strip())
    _as_before(goes, along, by, at)
    goes.merged_into, goes.merged_at = None, None
    if goes.surveyed_on is None:  # but what comes back with it may have been surveyed meanwhile
        put_survey(goes, survey_of_merged(goes), at)
    _save("institution.taken_apart", goes, before, by, at, into=stays.name, reason=reason.strip())
    if stays.survey_of_id is not None and stays.survey_of_id not in stays.histories:
        stays = withdraw_survey(stays, by=by, at=at)
    before = audit.snapshot(stays)
    _save("institution.let_go", stays, before, by, at, merged=goes.name, reason=reason.strip())
    return goes


def later_than(merge: Merge, into: Institution) -> str:
    """What was recorded of the institution since others were merged into it, in words; "" for nothing.

    Nobody can tell of which of the two it is: it has to be withdrawn first.
    """
    since = merge.recorded_at
    licences = Q(recorded_at__gte=since) | Q(revoked_recorded_at__gte=since) | Q(withdrawn_at__gte=since)
    if into.visits.filter(withdrawn_at__isnull=True, recorded_at__gte=since).exists():
        return _("合并以后登记过走访")
    if into.rectifications.filter(events__recorded_at__gte=since).exists():
        return _("合并以后办理过整改")
    if into.licences.filter(licences).exists():
        return _("合并以后登记或变更过证照")
    return ""


def _check_nothing_later(merge: Merge, into: Institution) -> None:
    if merge.ended_at is not None:
        raise CannotTakeApart(_("这次合并已经拆分。"))
    if merge.through is not None:
        said = _("“%(name)s”是随“%(through)s”一起并入的，请先拆分后者。")
        raise CannotTakeApart(said % {"name": merge.merged.name, "through": merge.through.merged.name})
    check_on_register(into)
    if why := later_than(merge, into):
        said = _("“%(name)s”%(why)s，无法分清属于哪一家，不能拆分。请先撤回合并以后登记的内容。")
        raise CannotTakeApart(said % {"name": into.name, "why": why})


def _check_reason(reason: str, message: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": [message]})
    if len(reason.strip()) > MOST_REASON:
        raise Invalid({"reason": [_("原因至多 %(most)s 个字。") % {"most": MOST_REASON}]})
    check_texts({"reason": reason})


def _check_open_rounds(stays: Institution, goes: Institution) -> None:
    """What has an open round stays: it goes on there, by the notices that were served. Two are one too many."""
    if not goes.rectifications.open().exists():
        return
    if stays.rectifications.open().exists():
        said = _("“%(name)s”和“%(into)s”都有未销号的整改，请先将其中一家的销号，开错的请作废，再合并。")
    else:
        said = _("“%(name)s”有未销号的整改，请保留这一家，把“%(into)s”并入它。")
    raise CannotMerge(said % {"name": goes.name, "into": stays.name})


def _locked(institutions: Iterable[Institution]) -> dict[UUID, Institution]:
    """As they are now, locked in the order of their ids: two that lock crosswise would wait for ever."""
    pks = [each.pk for each in institutions]
    rows = Institution.objects.select_for_update(of=["self"]).select_related("division")
    return {each.pk: each for each in rows.filter(pk__in=pks).order_by("pk")}


def _end(merges: Sequence[Merge], by: User | None, at: datetime, reason: str) -> None:
    pks = [each.pk for each in merges]
    Merge.objects.filter(pk__in=pks).update(ended_at=at, ended_by=by, end_reason=reason[:MOST_REASON])


def _as_before(goes: Institution, along: Sequence[Merge], by: User | None, at: datetime) -> None:
    """What went along is merged again as it was when it did: into `goes`, and through what it had gone along with."""
    were = Merge.objects.filter(merged__in=[each.merged_id for each in along], into=goes, ended_at__isnull=False)
    last = {each.merged_id: each for each in were.select_related("merged", "through").order_by("ended_at", "pk")}
    again: dict[UUID, Merge] = {}
    for pk, each in sorted(last.items(), key=lambda item: (item[1].through is not None, item[1].pk)):
        again[pk] = Merge.objects.create(
            merged=each.merged,
            into=goes,
            through=again.get(each.through.merged_id) if each.through else None,
            recorded_at=at,
            recorded_by=by,
            reason=each.reason,
        )
        _leads_to(each.merged, goes)


def _leads_to(merged: Institution, into: Institution) -> None:
    """Since when it has been merged stays."""
    Institution.objects.filter(pk=merged.pk).update(merged_into=into)


def _save(
    action: str, institution: Institution, before: dict[str, object], by: User | None, at: datetime, **kept: str
) -> None:
    institution.version += 1
    institution.save()
    after = audit.snapshot(institution) | kept
    audit.write(action, institution, by=by, at=at, before=before, after=after, scope_code=institution.scope_code)
