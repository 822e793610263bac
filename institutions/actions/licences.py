from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.id_numbers import check_texts, reasons_of
from institutions.models import Institution, Licence
from institutions.moments import day_of


@recorded
def add_licence(institution: Institution, *, by: User | None, columns: dict[str, Any], at: datetime = NOW) -> Licence:
    """Enter a licence of an institution. Effects: the row, an audit row.

    Raises Invalid (422) when it ends before it begins, is on file already, or has an ID-card number for its own.
    """
    _check_licence(institution, columns)
    licence = Licence.objects.create(institution=institution, recorded_at=at, recorded_by=by, **columns)
    after = audit.snapshot(licence)
    audit.write("licence.added", licence, by=by, at=at, after=after, scope_code=institution.scope_code)
    return licence


def _check_licence(institution: Institution, columns: dict[str, Any]) -> None:
    """Every reason at once. The institution stays locked, so that of two equal licences the second one is refused."""
    errors = reasons_of({name: columns.get(name, "") for name in ("number", "issued_by")}, old=False)
    start, end = columns["valid_from"], columns.get("valid_to")
    if end is not None and end < start:
        errors["valid_to"] = [_("有效期至 %(end)s 早于有效期自 %(start)s。") % {"end": end, "start": start}]
    on_file = Institution.objects.select_for_update().get(pk=institution.pk).licences.standing()
    if on_file.filter(kind=columns["kind"], number=columns["number"], valid_from=start).exists():
        same = {"number": columns["number"], "start": start}
        errors["number"] = [_("证号“%(number)s”、自 %(start)s 起有效的证照已登记过。") % same]
    if errors:
        raise Invalid(errors)


@recorded
def revoke_licence(licence: Licence, *, by: User | None, on: date, at: datetime = NOW) -> Licence:
    """吊销或注销: from a day on the licence is valid no longer, which is known from `at` on.

    Effects: the day and the moment, an audit row. Raises Invalid (422) when it is revoked or withdrawn already, or for
    a day before it begins or in the future.
    """
    current = _standing(licence)
    if current.revoked_on is not None:
        raise Invalid({"on": [_("这份证照已自 %(day)s 起吊销或注销。") % {"day": current.revoked_on}]})
    if not current.valid_from <= on <= day_of(at):
        reason = _("“%(day)s”不在有效期自 %(start)s 至今天之间。")
        raise Invalid({"on": [reason % {"day": on, "start": current.valid_from}]})
    before = audit.snapshot(current)
    current.revoked_on, current.revoked_recorded_at = on, at
    current.save(update_fields=["revoked_on", "revoked_recorded_at"])
    _write("licence.revoked", current, before, audit.snapshot(current), by, at)
    return current


@recorded
def withdraw_licence(licence: Licence, *, by: User | None, reason: str, at: datetime = NOW) -> Licence:
    """撤回证照: what was entered in error counts no longer; what was known of it before stays known as of then.

    Effects: the moment, an audit row with the reason. Raises Invalid (422) without a reason or when it is withdrawn
    already.
    """
    current = _standing(licence)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明撤回证照的原因。")]})
    check_texts({"reason": reason})
    before = audit.snapshot(current)
    current.withdrawn_at = at
    current.save(update_fields=["withdrawn_at"])
    _write("licence.withdrawn", current, before, audit.snapshot(current) | {"reason": reason.strip()}, by, at)
    return current


def _standing(licence: Licence) -> Licence:
    """The licence as it is now, its institution locked before it; Invalid (422) when it is withdrawn."""
    Institution.objects.select_for_update().get(pk=licence.institution_id)
    current = Licence.objects.select_for_update(of=["self"]).select_related("institution").get(pk=licence.pk)
    if current.withdrawn_at is not None:
        raise Invalid({"": [_("这份证照的登记已经撤回。")]})
    return current


def _write(
    action: str, licence: Licence, before: dict[str, Any], after: dict[str, Any], by: User | None, at: datetime
) -> None:
    scope_code = licence.institution.scope_code
    audit.write(action, licence, by=by, at=at, before=before, after=after, scope_code=scope_code)
