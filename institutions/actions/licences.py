from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import audit, many
from accounts.errors import Invalid, Reasons
from accounts.id_numbers import check_texts, reasons_of
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions import rules
from institutions.actions.registering import AlreadyRegistered
from institutions.actions.versions import StaleLicence, check_on_register
from institutions.models import STATED, Institution, Licence
from institutions.moments import day_of
from institutions.names import bare_permit


@recorded
def add_licence(
    institution: Institution, *, by: User | None, columns: dict[str, Any], shared: bool = False, at: datetime = NOW
) -> Licence:
    """Enter a licence of an institution. `shared` says that somebody has looked at whose permit of this number is on
    file already. Effects: the row, an audit row.

    Raises Invalid (422) when its days cannot be or it is on file already, OffRegister (409) when the institution is not
    on the register any more, AlreadyRegistered (409) for the permit of another institution of the county.
    """
    current = _locked(institution)
    _check(current, columns, by, shared, at)
    licence = Licence.objects.create(institution=current, recorded_at=at, recorded_by=by, **columns)
    _write("licence.added", licence, by, at, after=audit.snapshot(licence))
    return licence


@recorded
def revoke_licence(licence: Licence, *, by: User | None, version: int, on: date, at: datetime = NOW) -> Licence:
    """吊销或注销: from a day on the licence is valid no longer, which is known from `at` on.

    Effects: the day, the moment and who, an audit row. Raises StaleLicence (412) when it was corrected, revoked or
    withdrawn since `version`; Invalid (422) when it is revoked or withdrawn already, or for a day before it begins or
    in the future; OffRegister (409).
    """
    current = _standing(licence, version)
    if current.revoked_on is not None:
        raise Invalid({"on": [_("这份证照已自 %(day)s 起吊销或注销。") % {"day": current.revoked_on}]})
    reasons = rules.licence_reasons({"valid_from": current.valid_from, "revoked_on": on}, day_of(at))
    if "revoked_on" in reasons:
        raise Invalid({"on": reasons["revoked_on"]})
    before = audit.snapshot(current)
    current.revoked_on, current.revoked_recorded_at, current.revoked_by = on, at, by
    current.save(update_fields=["revoked_on", "revoked_recorded_at", "revoked_by"])
    _write("licence.revoked", current, by, at, before=before, after=audit.snapshot(current))
    return current


@recorded
def withdraw_licence(licence: Licence, *, by: User | None, version: int, reason: str, at: datetime = NOW) -> Licence:
    """撤回证照: what was entered in error counts no longer; what was known of it before stays known as of then.

    Effects: the moment, who and why, an audit row. Raises StaleLicence (412) as revoke_licence does, Invalid (422)
    without a reason or when it is withdrawn already; OffRegister (409).
    """
    current = _standing(licence, version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明撤回证照的原因。")]})
    check_texts({"reason": reason})
    take_back([current], by=by, reason=reason, at=at)
    return current


def take_back(
    licences: Sequence[Licence], *, by: User | None, reason: str, at: datetime, action: str = "licence.withdrawn"
) -> None:
    """Effects: the moment, who and why, an audit row for each. In the caller's transaction, which has locked them."""
    if not licences:
        return
    for licence in licences:
        licence.withdrawn_at, licence.withdrawn_by, licence.withdraw_reason = at, by, reason.strip()
    standing = Licence.objects.filter(pk__in=many.those([licence.pk for licence in licences]))
    standing.update(withdrawn_at=at, withdrawn_by=by, withdraw_reason=reason.strip())
    before = {"withdrawn_at": None, "withdraw_reason": "", "reason": None}
    after = {"withdrawn_at": at, "withdraw_reason": reason.strip(), "reason": reason.strip()}
    if by is not None:
        before, after = before | {"withdrawn_by_id": None}, after | {"withdrawn_by_id": by.pk}
    old, new = many.as_text(before), many.as_text(audit.plain(after))
    trail = audit.trail(action, Licence, by=by, at=at)
    previous = audit.last_digests(Licence, [str(licence.pk) for licence in licences])
    for licence in licences:
        trail.add(str(licence.pk), licence.institution.scope_code, old, new, previous.get(str(licence.pk), ""))
    trail.append()


@recorded
def correct_licence(
    licence: Licence,
    *,
    by: User | None,
    version: int,
    columns: dict[str, Any],
    reason: str,
    shared: bool = False,
    at: datetime = NOW,
) -> Licence:
    """更正: what was entered wrong is said rightly by another row, from `at` on. The old one is withdrawn with who,
    when and why; as known before, it stays valid. Columns that are not given stay. The new row is given back.

    Effects: a row that replaces the old one, the old one's withdrawal, audit rows of both. Raises as add_licence and
    withdraw_licence do, Invalid (422) also when nothing is changed.
    """
    current = _standing(licence, version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明更正的原因。")]})
    check_texts({"reason": reason})
    stated = {name: getattr(current, name) for name in STATED}
    if stated | columns == stated:
        raise Invalid({"": [_("没有改动任何一项。")]})
    return _replace("licence.corrected", current, stated | columns, by, reason, shared, at)


@recorded
def end_licence(
    licence: Licence, *, by: User | None, version: int, on: date, reason: str, at: datetime = NOW
) -> Licence:
    """提前终止: the last day of validity is brought forward. The new row is given back.

    Effects: those of correct_licence. Raises StaleLicence (412), Invalid (422) without a reason, for a day before it
    begins or no earlier than the last day on file, and when it is withdrawn or revoked; OffRegister (409).
    """
    current = _standing(licence, version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明提前终止的原因。")]})
    check_texts({"reason": reason})
    if current.revoked_on is not None:
        raise Invalid({"on": [_("这份证照已自 %(day)s 起吊销或注销。") % {"day": current.revoked_on}]})
    if on < current.valid_from or current.valid_to is not None and on >= current.valid_to:
        reason_ = _("“%(day)s”不在有效期自 %(start)s 与原有效期至 %(end)s 之间。")
        bounds = {"day": on, "start": current.valid_from, "end": current.valid_to or _("长期")}
        raise Invalid({"on": [reason_ % bounds]})
    stated = {name: getattr(current, name) for name in STATED}
    return _replace("licence.ended", current, stated | {"valid_to": on}, by, reason, True, at)


def _replace(
    action: str,
    current: Licence,
    columns: dict[str, Any],
    by: User | None,
    reason: str,
    shared: bool,
    at: datetime,
) -> Licence:
    _check(current.institution, columns, by, shared, at, instead_of=current)
    take_back([current], by=by, reason=reason, at=at, action=action)
    revoked = columns["revoked_on"] is not None
    licence = Licence.objects.create(
        institution=current.institution,
        replaces=current,
        recorded_at=at,
        recorded_by=by,
        revoked_recorded_at=at if revoked else None,
        revoked_by=by if revoked else None,
        **columns,
    )
    after = audit.snapshot(licence) | {"reason": reason.strip()}
    _write("licence.added", licence, by, at, after=after)
    return licence


def _check(
    institution: Institution,
    columns: dict[str, Any],
    by: User | None,
    shared: bool,
    at: datetime,
    instead_of: Licence | None = None,
) -> None:
    """Every reason at once. The institution stays locked, so that of two equal licences the second one is refused."""
    others = institution.licences.standing().exclude(pk=instead_of and instead_of.pk)
    same = {name: columns[name] for name in ("kind", "number", "valid_from")}
    if errors := reasons_of_licence(columns, at, on_file=others.filter(**same).exists()):
        raise Invalid(errors)
    unchanged = instead_of is not None and instead_of.number == columns["number"]
    if columns["kind"] == Licence.Kind.PERMIT and not shared and not unchanged:
        _check_whose(institution, columns["number"], by)


def reasons_of_licence(columns: dict[str, Any], at: datetime, *, on_file: bool) -> Reasons:
    """Why a licence with these columns is not taken; `on_file`: the institution has it already."""
    errors = rules.licence_reasons(columns, day_of(at))
    errors |= reasons_of({name: columns.get(name, "") for name in ("number", "issued_by")}, old=False)
    if on_file:
        said = {"number": columns["number"], "start": columns["valid_from"]}
        errors["number"] = [_("证号“%(number)s”、自 %(start)s 起有效的证照已登记过。") % said]
    return errors


def _check_whose(institution: Institution, number: str, by: User | None) -> None:
    """Raise AlreadyRegistered (409) when the permit is on file at another institution of the county that `by` sees."""
    register = Institution.objects.visible_to(by) if by is not None else Institution.objects.all()
    there = register.in_division(institution.scope_code[:6]).exclude(pk=institution.pk)
    there = there.filter(merged_at__isnull=True, withdrawn_at__isnull=True)
    bare = bare_permit(number)
    permits = Licence.objects.standing().filter(kind=Licence.Kind.PERMIT, institution__in=there.order_by())
    alike = permits.filter(number__icontains=bare[-15:]).select_related("institution__division")
    for each in alike.order_by("institution_id"):
        if bare and bare_permit(each.number) == bare:
            reason = _("许可证号“%(number)s”已登记在“%(name)s”（%(where)s）名下。确是两家共用一证的，请勾选后再保存。")
            where = each.institution.division.name
            said = reason % {"number": number, "name": each.institution.name, "where": where}
            raise AlreadyRegistered(each.institution, said, {"number": [said]})


def _locked(institution: Institution) -> Institution:
    """The institution as it is now, locked. Raises OffRegister (409)."""
    current = Institution.objects.select_for_update().get(pk=institution.pk)
    check_on_register(current)
    return current


def _standing(licence: Licence, version: int) -> Licence:
    """The licence as it is now, its institution locked before it. Raises StaleLicence (412) when it was changed since
    `version`, Invalid (422) when it is withdrawn."""
    institution = _locked(licence.institution)
    current = Licence.objects.select_for_update().get(pk=licence.pk)
    current.institution = institution
    if current.version != version:
        raise StaleLicence(_("这份证照已被他人更新，已显示最新内容，请核对后再提交。"), version=current.version)
    if current.withdrawn_at is not None:
        corrected = Licence.objects.filter(replaces=current).exists()
        says = _("这份证照的登记已由他人更正，请在最新的一条上操作。") if corrected else _("这份证照的登记已经撤回。")
        raise Invalid({"": [says]})
    return current


def _write(
    action: str,
    licence: Licence,
    by: User | None,
    at: datetime,
    *,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:
    scope_code = licence.institution.scope_code
    audit.write(action, licence, by=by, at=at, before=before, after=after, scope_code=scope_code)
