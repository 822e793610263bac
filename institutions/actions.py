"""The doors through which the registry is written. Each is atomic and writes its audit row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, Reasons, Refusal
from accounts.models import User
from accounts.recording import NOW, recorded
from institutions.imports.cells import normal_name
from institutions.models import Division, Institution, Licence, scope_code_of
from institutions.positions import cell_of


class StaleInstitution(Refusal):
    """Somebody else changed the institution since it was read."""

    code = "stale_version"
    status = 412


class AlreadyRegistered(Refusal):
    """An institution on the register is the one to be entered, or may be; `institution` says which."""

    code = "already_registered"
    status = 409

    def __init__(self, institution: Institution, message: str, errors: Reasons):
        super().__init__(message, errors)
        self.institution = institution


def place(institution: Institution, columns: dict[str, Any]) -> None:
    """Set columns on a row, with what follows from them: the scope code and the map cell.

    `longitude` and `latitude` are WGS-84 degrees; `datum` says what they came in.
    """
    columns = dict(columns)
    if "division" in columns:
        division: Division = columns["division"]
        institution.scope_code = scope_code_of(division.code)
    if "longitude" in columns:
        longitude, latitude = columns["longitude"], columns["latitude"]
        if longitude is None:
            columns |= {"datum": "", "location_source": "", "location_accuracy_m": None}
            institution.cell = None
        else:
            institution.cell = cell_of(longitude, latitude)
    for name, value in columns.items():
        setattr(institution, name, value)


@recorded
def register_institution(*, by: User | None, columns: dict[str, Any], at: datetime = NOW) -> Institution:
    """Enter an institution into the register. Effects: the row, an audit row."""
    institution = _new_institution(columns, at)
    institution.save(force_insert=True)
    after = audit.snapshot(institution)
    audit.write("institution.registered", institution, by=by, at=at, after=after, scope_code=institution.scope_code)
    return institution


@recorded
def register_if_new(
    *, by: User, columns: dict[str, Any], id: UUID | None = None, apart: bool = False, at: datetime = NOW
) -> Institution:
    """`register_institution` for one typed by hand, unless it is on the register of the county already.

    One credit code is one institution; one name in a township is, unless `apart` says that somebody has looked. Only
    what `by` may see is compared. `id` is made by the sender: the same name under the same id is the same entry, sent
    twice. Raises AlreadyRegistered (409). Source: docs/import-formats.md, "What a row does".
    """
    division: Division = columns["division"]
    # One at a time in a county: of two clicks the second finds what the first has written.
    Division.objects.select_for_update().get(pk=division.pk[:6])
    here = Institution.objects.visible_to(by).in_division(division.pk[:6])
    sent = here.filter(pk=id, name=columns["name"]).first()
    if sent is not None:
        return sent
    here = here.filter(merged_at__isnull=True, withdrawn_at__isnull=True).select_related("division").order_by("pk")
    code = columns.get("credit_code")
    if code and (known := here.filter(credit_code=code).first()):
        reason = _("统一社会信用代码 %(code)s 已登记为“%(name)s”(%(where)s);一个代码是一家机构。")
        said = reason % {"code": code, "name": known.name, "where": known.division.name}
        raise AlreadyRegistered(known, said, {"credit_code": [said]})
    name = normal_name(columns["name"])
    of_township = here.in_division(division.pk[:9])
    known = None if apart else next((each for each in of_township.iterator() if normal_name(each.name) == name), None)
    if known is not None:
        reason = _("%(where)s已登记“%(name)s”。确是另一家机构的,请勾选后再保存。")
        said = reason % {"where": known.division.name, "name": known.name}
        raise AlreadyRegistered(known, said, {"name": [said]})
    if id is not None and not Institution.objects.filter(pk=id).exists():
        columns = columns | {"id": id}
    return register_institution(by=by, columns=columns, at=at)


@recorded
def register_institutions(
    entries: Sequence[tuple[dict[str, Any], Sequence[dict[str, Any]]]], *, by: User | None, at: datetime
) -> list[tuple[Institution, list[Licence]]]:
    """Enter many institutions, each given as its columns and those of its licences, into the register.

    Effects: the rows and audit rows of `register_institution` and `add_licence`, written in a few statements, so that a
    register of thousands does not hold the database for a minute. Raises what the database raises.
    """
    made = []
    for columns, of_licences in entries:
        institution = _new_institution(columns, at)
        made.append(
            (
                institution,
                [Licence(institution=institution, recorded_at=at, recorded_by=by, **each) for each in of_licences],
            )
        )
    institutions = [institution for institution, _licences in made]
    licences = [licence for _institution, of_it in made for licence in of_it]
    Institution.objects.bulk_create(institutions, batch_size=500)
    Licence.objects.bulk_create(licences, batch_size=500)
    audit.write_first("institution.registered", institutions, [each.scope_code for each in institutions], by=by, at=at)
    audit.write_first("licence.added", licences, [each.institution.scope_code for each in licences], by=by, at=at)
    return made


def _new_institution(columns: dict[str, Any], at: datetime) -> Institution:
    institution = Institution(recorded_at=at)
    place(institution, columns)
    if institution.surveyed_on is not None:
        institution.surveyed_recorded_at = at
    return institution


@recorded
def edit_institution(
    institution: Institution, *, by: User | None, version: int, columns: dict[str, Any], at: datetime = NOW
) -> Institution:
    """Change columns of an institution. Effects: the columns, its version, an audit row with before and after.

    Raises StaleInstitution (412) when somebody else changed it since `version`, Invalid (422) for a change of what the
    figures of the past rest on: the survey, and the township once surveyed.
    """
    current = Institution.objects.select_for_update().get(pk=institution.pk)
    if current.version != version:
        raise StaleInstitution(_("这家机构的档案已被他人更新,请刷新后再改。"), version=current.version)
    before = audit.snapshot(current)
    _check_survey_stands(current, columns)
    place(current, columns)
    current.version += 1
    current.save()
    after = audit.snapshot(current)
    audit.write("institution.edited", current, by=by, at=at, before=before, after=after, scope_code=current.scope_code)
    return current


def _check_survey_stands(institution: Institution, columns: dict[str, Any]) -> None:
    """Corrections add rows, they do not rewrite: figures as known at a moment stay what they were."""
    if institution.surveyed_on is None:
        return
    kept = {
        "division": (
            institution.division,
            _("已排摸的机构不改乡镇(街道):迁址的登记为新机构,登记错的先撤销登记再重新登记。"),
        ),
        "surveyed_on": (institution.surveyed_on, _("排摸日期已入统计,不能改写。")),
        "licence_status_at_survey": (institution.licence_status_at_survey, _("排摸时证照情况已入统计,不能改写。")),
    }
    errors = {
        name: [reason] for name, (on_file, reason) in kept.items() if name in columns and columns[name] != on_file
    }
    if errors:
        raise Invalid(errors)


@recorded
def withdraw_institution(
    institution: Institution, *, by: User, version: int, reason: str, at: datetime = NOW
) -> Institution:
    """撤销登记: what was registered in error leaves the register; figures known before stay what they were.

    Effects: the moment of withdrawal, its version, an audit row with the reason. Raises StaleInstitution (412), Invalid
    (422) without a reason or when it is withdrawn already.
    """
    current = Institution.objects.select_for_update().get(pk=institution.pk)
    if current.version != version:
        raise StaleInstitution(_("这家机构的档案已被他人更新,请刷新后再改。"), version=current.version)
    if current.withdrawn_at is not None:
        raise Invalid({"reason": [_("这家机构的登记已经撤销。")]})
    if not reason.strip():
        raise Invalid({"reason": [_("请写明撤销登记的原因。")]})
    if current.rectifications.open().exists():
        raise Invalid({"reason": [_("这家机构还有未销号的整改,请先销号,开错的请先作废。")]})
    before = audit.snapshot(current)
    current.withdrawn_at = at
    current.version += 1
    current.save(update_fields=["withdrawn_at", "version"])
    after = audit.snapshot(current) | {"reason": reason.strip()}
    audit.write(
        "institution.withdrawn", current, by=by, at=at, before=before, after=after, scope_code=current.scope_code
    )
    return current


@recorded
def add_licence(institution: Institution, *, by: User | None, columns: dict[str, Any], at: datetime = NOW) -> Licence:
    """Enter a licence of an institution. Effects: the row, an audit row.

    Raises Invalid (422) when it ends before it begins or is on file already.
    """
    _check_licence(institution, columns)
    licence = Licence.objects.create(institution=institution, recorded_at=at, recorded_by=by, **columns)
    after = audit.snapshot(licence)
    audit.write("licence.added", licence, by=by, at=at, after=after, scope_code=institution.scope_code)
    return licence


def _check_licence(institution: Institution, columns: dict[str, Any]) -> None:
    """Every reason at once. The institution stays locked, so that of two equal licences the second one is refused."""
    errors: Reasons = {}
    start, end = columns["valid_from"], columns.get("valid_to")
    if end is not None and end < start:
        errors["valid_to"] = [_("有效期至 %(end)s 早于有效期自 %(start)s。") % {"end": end, "start": start}]
    on_file = Institution.objects.select_for_update().get(pk=institution.pk).licences
    if on_file.filter(kind=columns["kind"], number=columns["number"], valid_from=start).exists():
        same = {"number": columns["number"], "start": start}
        errors["number"] = [_("证号“%(number)s”、自 %(start)s 起有效的证照已登记过。") % same]
    if errors:
        raise Invalid(errors)
