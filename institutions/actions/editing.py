from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts import audit, many
from accounts.errors import Invalid
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.actions.histories import Past
from institutions.actions.judging import judged_before, with_rounds
from institutions.actions.moving import take_place_and_name
from institutions.actions.registering import AlreadyRegistered, check_code, check_columns, set_columns
from institutions.actions.versions import StaleInstitution, check_on_register, locked
from institutions.models import Division, Institution
from institutions.places import County


@recorded
def edit_institution(
    institution: Institution,
    *,
    by: User | None,
    version: int,
    columns: dict[str, Any],
    from_on: date | None = None,
    campus: bool = False,
    at: datetime = NOW,
) -> Institution:
    """Change columns of an institution. Name, township and address hold from `from_on` on, without it from today (see
    move_institution, rename_institution); with it, those that are on file already from an earlier day than so far.

    Effects: the columns, its version, an audit row with before and after; Place and Name rows. Raises StaleInstitution
    (412) when somebody else changed it since `version`, OffRegister (409) when it is merged or withdrawn, Invalid (422)
    for a change of its survey, a survey that contradicts a round before it, what the rules do not take of what is
    changed (institutions/rules.py), a day in the future or before one from which something else is on file;
    AlreadyRegistered (409) for the credit code of another, unless `campus` says that this is another campus of its
    operator.
    """
    current = locked(institution, version)
    edited = worked_out([Edit(current, columns, from_on, campus)], by=by, at=at)
    write_edits(edited, by=by, at=at)
    return current


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be changed of an institution as it was read, and from which day on."""

    institution: Institution
    columns: dict[str, Any]
    from_on: date | None = None
    campus: bool = False  # somebody said that it is another campus of the operator whose code it gets


@dataclass(slots=True)
class Edited:
    """An edit worked out, not yet written: the institution as it will be, the version it was read with, and the columns
    that change, as JSON values before and after."""

    institution: Institution
    version: int
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass
class Edits:
    each: list[Edited]
    past: Past


def worked_out(
    edits: Sequence[Edit], *, by: User | None, at: datetime, county: County | None = None, taken: Sequence[str] = ()
) -> Edits:
    """What edits of institutions come to, by the rules of `edit_institution`; nothing is written or locked:
    `write_edits` refuses what was changed meanwhile. `county` is that of all of them, for whoever edits many;
    `taken` are credit codes that go to others at the same time.

    The instances are changed. Raises what edit_institution raises but StaleInstitution.
    """
    past = Past([edit.institution for edit in edits])
    codes = _Codes(edits, by, taken)
    return Edits([_worked_out(edit, past, codes, by, at, county) for edit in edits], past)


def _worked_out(
    edit: Edit, past: Past, codes: "_Codes", by: User | None, at: datetime, county: County | None
) -> Edited:
    current, version = edit.institution, edit.institution.version
    check_on_register(current)
    before = dict(current.__dict__)
    _check_survey_stands(current, edit.columns)
    _check_news(edit, codes, at, county)
    set_columns(current, take_place_and_name(current, edit.columns, past, from_on=edit.from_on, by=by, at=at))
    current.version += 1
    after = current.__dict__
    changed = [name for name in COLUMNS if after[name] != before[name]]
    old = audit.plain({name: before[name] for name in changed})
    return Edited(current, version, old, audit.plain({name: after[name] for name in changed}))


COLUMNS = [field.attname for field in Institution._meta.concrete_fields]


def write_edits(edits: Edits, *, by: User | None, at: datetime) -> None:
    """Effects: the columns, versions, Place and Name rows, and an audit row for each, in the caller's transaction.
    Raises StaleInstitution (412) when somebody else changed one since it was read, or a visit surveyed one of which the
    survey is to be entered; Invalid (422) for a survey that contradicts a round before it."""
    _check_surveys([each for each in edits.each if "surveyed_on" in each.after])
    write_columns("institution.edited", edits.each, by=by, at=at)
    edits.past.save()


def _check_surveys(edited: Sequence[Edited]) -> None:
    """A first survey from a visit leaves the version as it is, and so does an order: no form that is open goes stale by
    them."""
    if not edited:
        return
    those = {each.institution.pk: each.institution for each in edited}
    there = Institution.objects.filter(pk__in=those)
    if any(there.select_for_update().order_by("pk").values_list("surveyed_on", flat=True)):
        raise StaleInstitution(_("这家机构的档案已被他人更新，请刷新后再改。"))
    for pk in with_rounds(there):
        judged = judged_before(those[pk])
        if judged is not None and judged.status != those[pk].licence_status_at_survey:
            said = _("排摸以前已有整改 %(number)s，按责令当日记为“%(counts)s”，排摸时证照情况须与此一致。")
            counts = {"number": judged.number, "counts": judged.words}
            raise Invalid({"licence_status_at_survey": [said % counts]})


def write_columns(action: str, edited: Sequence[Edited], *, by: User | None, at: datetime) -> None:
    """Effects: the columns that change and an audit row for each. Raises StaleInstitution (412)."""
    if not edited:
        return
    alike: dict[tuple[str, ...], list[Edited]] = defaultdict(list)
    for each in edited:
        alike[tuple(each.after)].append(each)
    fields = {field.attname: field for field in Institution._meta.concrete_fields}
    for names, those in alike.items():
        prepared = [(name, fields[name].get_db_prep_save) for name in names]
        rows = [
            (
                *(_prepared(prepare, getattr(each.institution, name)) for name, prepare in prepared),
                fields["id"].get_db_prep_save(each.institution.pk, connection),
                each.version,
            )
            for each in those
        ]
        if many.update(Institution, names, ("id", "version"), rows) != len(rows):
            raise StaleInstitution(_("这家机构的档案已被他人更新，请刷新后再改。"))
    trail = audit.trail(action, Institution, by=by, at=at)
    previous = audit.last_digests(Institution, [str(each.institution.pk) for each in edited])
    for each in edited:
        pk, code = str(each.institution.pk), each.institution.scope_code
        trail.add(pk, code, many.as_text(each.before), many.as_text(each.after), previous.get(pk, ""))
    trail.append()


def _prepared(prepare: Any, value: Any) -> Any:
    """A value as the database takes it; most are as they are."""
    return value if type(value) in audit.PLAIN else prepare(value, connection)


class _Codes:
    """Who has the credit codes that edits would set: asked once for all of them."""

    def __init__(self, edits: Sequence[Edit], by: User | None, taken: Sequence[str]):
        self.by, self.taken = by, set(taken)
        news = {
            str(edit.columns["credit_code"])
            for edit in edits
            if edit.columns.get("credit_code") not in (None, "", edit.institution.credit_code)
        }
        register = Institution.objects.filter(credit_code__in=news, merged_at__isnull=True, withdrawn_at__isnull=True)
        self.on_file = set(register.values_list("credit_code", flat=True)) if news else set()

    def check(self, code: str, name: str, address: str, division: Division, edit: Edit) -> None:
        """Raise AlreadyRegistered (409) when another institution of the county has it: see `check_code`."""
        if code in self.on_file:
            check_code(code, name, address, division, self.by, campus=edit.campus, instead_of=edit.institution)
        if code in self.taken and not edit.campus:
            reason = _("统一社会信用代码 %(code)s 同时用于另一家机构。") % {"code": code}
            raise AlreadyRegistered(edit.institution, reason, {"credit_code": [reason]}, "campus")
        self.taken |= {code} - {""}


def _check_news(edit: Edit, codes: _Codes, at: datetime, county: County | None) -> None:
    """What is changed is as it would have to be in a new one; that a township is in force goes by the day from which it
    holds (see moving.py). Address and position
    that stay are asked about when the township is another."""
    current, columns = edit.institution, edit.columns
    division = columns.get("division", current.division)
    news = {name: value for name, value in columns.items() if getattr(current, name) != value and name != "division"}
    place = {"longitude", "latitude", "operating_address"} if division != current.division else set()
    place |= {"longitude", "latitude"} if news.keys() & {"longitude", "latitude"} else set()
    news |= {name: columns.get(name, getattr(current, name)) for name in place}
    check_columns(news, division, at, county)
    if "credit_code" in news:
        name, address = (columns.get(each, getattr(current, each)) for each in ("name", "operating_address"))
        codes.check(news["credit_code"], name, address, division, edit)


def _check_survey_stands(institution: Institution, columns: dict[str, Any]) -> None:
    """Corrections add rows, they do not rewrite: figures as known at a moment stay what they were."""
    if institution.surveyed_on is None:
        return
    if not columns.keys() & {"surveyed_on", "licence_status_at_survey"}:
        return
    kept = {
        "surveyed_on": (institution.surveyed_on, _("排摸日期已入统计，不能改写。")),
        "licence_status_at_survey": (institution.licence_status_at_survey, _("排摸时证照情况已入统计，不能改写。")),
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

    Effects: the moment of withdrawal, its version, an audit row with the reason. Raises StaleInstitution (412),
    OffRegister (409) when it is withdrawn already, Invalid (422) without a reason.
    """
    current = locked(institution, version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明撤销登记的原因。")]})
    check_texts({"reason": reason})
    if current.rectifications.open().exists():
        raise Invalid({"reason": [_("这家机构还有未销号的整改，请先销号，开错的请先作废。")]})
    if current.merges_here.standing().exists():
        raise Invalid({"reason": [_("有其他登记并入了这家机构，请先拆分。")]})
    before = audit.snapshot(current)
    current.withdrawn_at = at
    current.version += 1
    current.save(update_fields=["withdrawn_at", "version"])
    after = audit.snapshot(current) | {"reason": reason.strip()}
    audit.write(
        "institution.withdrawn", current, by=by, at=at, before=before, after=after, scope_code=current.scope_code
    )
    return current
