from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import audit, holding
from accounts.errors import Invalid, Reasons, Refusal
from accounts.id_numbers import reasons_of
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions import rules
from institutions.former import former_names
from institutions.models import Division, Institution, InstitutionQuerySet, scope_code_of
from institutions.moments import day_of
from institutions.names import nearest, normal_name
from institutions.places import County
from institutions.positions import cell_of


def check_columns(columns: dict[str, Any], division: Division, at: datetime, county: County | None = None) -> None:
    """Raise Invalid (422) with every reason why columns of an institution in a township are not taken; an ID-card
    number is none, in whichever of them."""
    if errors := reasons_against(columns, division, day_of(at), county):
        raise Invalid(errors)


def reasons_against(columns: dict[str, Any], division: Division, on: date, county: County | None = None) -> Reasons:
    """Why columns of an institution in a township are not taken on a day, by column."""
    texts = {name: value for name, value in columns.items() if isinstance(value, str)}
    of_person: list[str] = [name for name in ("principal", "phone") if name in texts]
    person = {name: texts.pop(name) for name in of_person}
    errors = rules.institution_reasons(columns, division, on, county)
    return errors | reasons_of(texts, old=False) | reasons_of(person)


class AlreadyRegistered(Refusal):
    """An institution on the register is the one to be entered, or may be; `institution` says which, `confirm` the word
    with which somebody says that it is another: "apart", "campus", or "" where it is the same."""

    code = "already_registered"
    status = 409

    def __init__(self, institution: Institution, message: str, errors: Reasons, confirm: str = ""):
        super().__init__(message, errors)
        self.institution, self.confirm = institution, confirm


def set_columns(institution: Institution, columns: dict[str, Any]) -> None:
    """Set columns on a row, with what follows from them: the scope code and the map cell.

    `longitude` and `latitude` are WGS-84 degrees; `datum` says what they came in.
    """
    for name, value in with_what_follows(columns).items():
        setattr(institution, name, value)


def with_what_follows(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns with what follows from them: see `set_columns`."""
    columns = dict(columns)
    if "division" in columns:
        columns["scope_code"] = scope_code_of(columns["division"].code)
    if "longitude" in columns:
        longitude, latitude = columns["longitude"], columns["latitude"]
        if longitude is None:
            columns |= {"datum": "", "location_source": "", "location_accuracy_m": None, "cell": None}
        else:
            columns["cell"] = cell_of(longitude, latitude)
    return columns


@recorded
def register_institution(*, by: User | None, columns: dict[str, Any], at: datetime = NOW) -> Institution:
    """Enter an institution into the register. Effects: the row, an audit row. Raises Invalid (422) for columns that the
    rules do not take (institutions/rules.py), a township that is not there or no more among them."""
    check_columns(columns, columns["division"], at)
    institution = _new_institution(columns, at)
    institution.save(force_insert=True)
    after = audit.snapshot(institution)
    audit.write("institution.registered", institution, by=by, at=at, after=after, scope_code=institution.scope_code)
    return institution


def _lock_register(division: Division) -> None:
    """Wait until nobody else enters institutions into the register of the county by hand, and keep others waiting until
    the end of the transaction; nobody imports meanwhile. Visits and edits go on. With SQLite whoever writes is alone
    anyway. Raises Busy (503) while a register is imported into the county."""
    holding.beside(division.pk[:6])
    Division.objects.select_for_update(no_key=True).get(pk=division.pk[:6])


@recorded
def register_if_new(
    *,
    by: User,
    columns: dict[str, Any],
    id: UUID | None = None,
    apart: bool = False,
    campus: bool = False,
    at: datetime = NOW,
) -> Institution:
    """`register_institution` for one typed by hand, unless it is on the register of the county already.

    One credit code at one place is one institution, at another it is another campus of the operator if `campus` says
    so; one name in a township, present or former, and a near name at the same door may be one, unless `apart` says that
    somebody has looked. Only what `by` may see is compared. `id` is made by the sender: the same name under the same id
    is the same entry, sent twice. Raises AlreadyRegistered (409), Busy (503) while a register is imported into the
    county. Source: docs/import-formats.en.md, "What a row does".
    """
    division: Division = columns["division"]
    _lock_register(division)  # of two clicks, or a click and an import, the second finds what the first has written
    here = Institution.objects.visible_to(by).in_division(division.pk[:6])
    sent = here.filter(pk=id, name=columns["name"]).first()
    if sent is not None:
        return sent
    code = columns.get("credit_code", "")
    check_code(code, columns["name"], columns.get("operating_address", ""), division, by, campus=campus)
    if not apart:
        others = here.filter(merged_at__isnull=True, withdrawn_at__isnull=True)
        _check_alike(others.exclude(credit_code=code) if code else others, columns, division)
    if id is not None and not Institution.objects.filter(pk=id).exists():
        columns = columns | {"id": id}
    return register_institution(by=by, columns=columns, at=at)


def check_code(
    code: str,
    name: str,
    address: str,
    division: Division,
    by: User | None,
    *,
    campus: bool,
    instead_of: Institution | None = None,
) -> None:
    """Raise AlreadyRegistered (409) when an institution of the county that `by` sees has this credit code: at the same
    place in any case, at another unless `campus` says that it is another campus. As the import asks; source:
    docs/import-formats.en.md."""
    if not code:
        return
    register = Institution.objects.visible_to(by) if by is not None else Institution.objects.all()
    there = register.in_division(division.pk[:6]).filter(merged_at__isnull=True, withdrawn_at__isnull=True)
    there = there.exclude(pk=instead_of and instead_of.pk).filter(credit_code=code)
    found = list(there.select_related("division").order_by("pk"))
    county = County.of(division) if found else None
    for known in found:
        if _is_same_place(known, name, address, county):
            raise _has_code(known, _("统一社会信用代码 %(code)s 已登记为“%(name)s”（%(where)s），是同一处办学点。"))
    if found and not campus:
        asks = _(
            "统一社会信用代码 %(code)s 已登记为“%(name)s”（%(where)s）。"
            "是它的另一校区吗？是的，请勾选后再保存；不是的，请核对代码。"
        )
        raise _has_code(found[0], asks, "campus")


def _is_same_place(known: Institution, name: str, address: str, county: County | None) -> bool:
    """The same door; where one has no address, the same name."""
    if not address or not known.operating_address or county is None:
        return normal_name(name) in _called(known)
    return county.door(known.operating_address) == county.door(address)


def _has_code(known: Institution, reason: str, confirm: str = "") -> AlreadyRegistered:
    said = reason % {"code": known.credit_code, "name": known.name, "where": known.division.name}
    return AlreadyRegistered(known, said, {"credit_code": [said]}, confirm)


def _check_alike(here: InstitutionQuerySet, columns: dict[str, Any], division: Division) -> None:
    """Raise AlreadyRegistered (409) for an institution of the township with this name, present or former; or with a
    near name at the same door. As the import asks; source: docs/import-formats.en.md, "A person decides"."""
    name, county = normal_name(columns["name"]), County.of(division)
    door = county.door(columns.get("operating_address", ""))
    of_township = here.in_division(division.pk[:9]).select_related("division").order_by("pk")
    at_door: dict[str, Institution] = {}
    for each in of_township.iterator():
        if name in _called(each):
            reason = _("%(where)s已登记“%(name)s”。确是另一家机构的，请勾选后再保存。")
            raise _alike(each, reason)
        if door and county.door(each.operating_address) == door:
            at_door.setdefault(county.core(each.name), each)
    near = nearest(county.core(columns["name"]), at_door)
    if near is not None:
        raise _alike(
            at_door[near], _("%(where)s同一地址已登记名称相近的“%(name)s”。确是另一家机构的，请勾选后再保存。")
        )


def _alike(known: Institution, reason: str) -> AlreadyRegistered:
    said = reason % {"where": known.division.name, "name": known.name}
    return AlreadyRegistered(known, said, {"name": [said]}, "apart")


def _called(institution: Institution) -> set[str]:
    """Its names for comparing, former ones and those of what was merged into it too."""
    names = [institution.name, *(each.row.name for each in former_names(institution))]
    if institution.has_merges:
        names += institution.merges_here.standing().values_list("merged__name", flat=True)
    return {normal_name(each) for each in names}


def _new_institution(columns: dict[str, Any], at: datetime) -> Institution:
    institution = Institution(recorded_at=at)
    set_columns(institution, columns)
    if institution.surveyed_on is not None:
        institution.surveyed_recorded_at = at
    return institution
