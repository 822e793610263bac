"""The doors through which institutions are handed over, and that is taken back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import audit
from accounts.canonical import canonical, digest_of
from accounts.errors import Invalid, Refusal
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.permissions import has_permission, require
from accounts.roles import Permission
from accounts.scope import common_prefix
from accounts.watermark import NOW, recorded
from figures.columns import (
    ADDRESS,
    DUE_ON,
    LAST_VISIT_ON,
    LICENCE_AT_SURVEY,
    NAME,
    STANDING,
    TOWNSHIP,
    with_list_columns,
)
from institutions.models import Institution
from institutions.moments import Moment, day_of
from institutions.past import as_listed
from mapping.models import Handover, HandoverLine

COLUMNS = [NAME, TOWNSHIP, ADDRESS, STANDING, LICENCE_AT_SURVEY, DUE_ON, LAST_VISIT_ON]


class TakenBackAlready(Refusal):
    code = "taken_back_already"
    status = 409


@recorded
def hand_over(
    ids: Sequence[UUID], *, by: User, inspector: str, due_on: date, moment: Moment, at: datetime = NOW
) -> Handover:
    """Keep who is to go where by when, with what is said of each institution at the moment of the map.

    What is out of sight of `by` is left out. The same to the same person on the same day is kept once, and given back.

    Effects: the sheet, its lines, an audit row. Raises Invalid (422) for a day that is over or when nothing is left,
    PermissionDenied for who may not hand over in one of the townships.
    """
    check_texts({"inspector": inspector})
    if due_on < day_of(at):
        raise Invalid({"due_on": [_("完成日期不能早于今天。")]})
    chosen = Institution.objects.visible_to(by).filter(pk__in=ids).in_list_order(moment)
    rows = as_listed(with_list_columns(chosen, moment), moment)
    if not rows:
        raise Invalid({"ids": [_("所选的机构都不在您的辖区内，或已不在册，请重新选择。")]})
    codes = [each.institution.scope_code for each in rows]
    for code in sorted(set(codes)):
        require(by, Permission.HAND_OVER, code)
    User.objects.select_for_update().get(pk=by.pk)  # of two clicks the second finds the first
    digest = _digest(by, inspector, due_on, day_of(at), moment.on, [str(each.institution.pk) for each in rows])
    if kept := Handover.objects.filter(digest=digest, withdrawn_at__isnull=True).first():
        return kept
    made = Handover.objects.create(
        scope_code=common_prefix(codes).ljust(12, "0"), inspector=inspector, due_on=due_on, as_of=moment.on,
        known_at=min(moment.known_at, at), digest=digest, by=by, handed_on=day_of(at), handed_at=at,
    )  # fmt: skip
    HandoverLine.objects.bulk_create(
        HandoverLine(handover=made, number=number, institution=each.institution, said=_said(each))
        for number, each in enumerate(rows, start=1)
    )
    told = {"inspector": inspector, "due_on": str(due_on), "institutions": len(rows)}
    audit.write("handover.made", made, by=by, at=at, after=told, first=True)
    return made


def _said(listed: Any) -> dict[str, Any]:
    said = {each.name: each.cell(listed) for each in COLUMNS}
    return {name: value.isoformat() if isinstance(value, date) else value or "" for name, value in said.items()}


def _digest(by: User, inspector: str, due_on: date, on: date, as_of: date, ids: list[str]) -> str:
    return digest_of(canonical([by.pk, inspector, due_on, on, as_of, sorted(ids)]))


def may_take_back(made: Handover, user: User) -> bool:
    """Who handed it out, and who may edit the register there."""
    return made.by == user or has_permission(user, Permission.EDIT_REGISTRY, made.scope_code)


@recorded
def take_back_handover(made: Handover, *, by: User, reason: str, at: datetime = NOW) -> Handover:
    """A sheet that should not have been handed out; it stays on file. Effects: who, when and why on the sheet, an audit
    row. Raises TakenBackAlready (409), Invalid (422) without a reason, PermissionDenied for who may not."""
    if not may_take_back(made, by):
        require(by, Permission.EDIT_REGISTRY, made.scope_code)
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": [_("请写明撤回的原因。")]})
    check_texts({"reason": reason})
    current = Handover.objects.select_for_update().get(pk=made.pk)
    if current.withdrawn_at is not None:
        raise TakenBackAlready(_("这张交办单已经撤回。"))
    current.withdrawn_at, current.withdrawn_by, current.withdraw_reason = at, by, reason
    current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    audit.write("handover.taken_back", current, by=by, at=at, after={"reason": reason})
    return current
