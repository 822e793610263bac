"""The audit trail in words: what was done to what, each field from old to new, as this reader may read it.

Used by the audit page, its export and the institution's file. Each kind of thing that rows name is read once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.audit_words import ASKED, CODES, KEPT, OBJECTS, PARAGRAPHS, action_in_words
from accounts.errors import enumerated
from accounts.masking import mask_phones, mask_words
from accounts.models import LOCK, AuditRow, Grant, User
from accounts.permissions import has_permission
from accounts.roles import Permission
from desk.misconduct_columns import asked_in_words
from figures import conditions
from figures.conditions import LABELS
from figures.drilldown import Drilldown
from figures.ledger import ODD, VIEWS
from figures.reasons import REASONS
from inspections.models import FindingType, QuarantinedVisit, Rectification, RectificationEvent, State, Visit
from institutions.models import SCOPE_DIGITS, Demonstration, Division, ImportBatch, Institution, Licence
from institutions.moments import day_of
from misconduct.models import Case, Conclusion, Measure, Party, Statement
from reports.contradictions import SAYS

INSTITUTION, ACCOUNT, DIVISION = "institutions.institution", "accounts.user", "institutions.division"
FINDING_TYPE, VISIT, ROUND = "inspections.findingtype", "inspections.visit", "inspections.rectification"
CASE = "misconduct.case"
LICENCE, KEPT_ASIDE = "institutions.licence", "inspections.quarantinedvisit"
# Columns that follow from others, that the row says itself, or that nobody reads.
UNTOLD = {
    "id", "cell", "version", "scope_code", "recorded_at", "surveyed_recorded_at", "merged_into_id", "merged_at",
    "withdrawn_at", "moved", "renamed", "survey_withdrawn", "has_merges", "revoked_recorded_at", "ordered_recorded_at",
    "verified_recorded_at", "voided_at", "received_at", "digest", "content", "warnings", "reconstructed", "date_joined",
    "is_staff", "recorded_by_id", "by_id", "visit_id", "institution_id",
    "case_id", "party_id", "person_id", "corrected", "survey_visit", "survey_of_id",
}  # fmt: skip
READ = {"personal_data.read", "misconduct.read"}
ABOUT_THE_READER = {"search", "export", "audit.verified"}  # what was done stands in what is kept, not in the object
DIVISION_DIGITS = (2, 4, 6, 9, 12)
NOTHING = "—"
# Values that are codes, by what they are the value of: in a question, or kept in a row.
CODED: dict[str, dict[str, Any]] = {
    "state": VIEWS | {State.ORDERED.value: State.ORDERED.label},
    "oddity": ODD,
    "part": REASONS,
    "code": SAYS,
    "contradiction": SAYS,
}
HASH_SHOWN = 12  # hexadecimal digits of a photo's name: enough to tell two apart


class Change(NamedTuple):
    """A field in words, old and new. Where there was none, or is none any more, "": one without a value is "—"."""

    label: str
    before: str
    after: str


class Named(NamedTuple):
    """What something is called, where it opens, and what asks for everything about it (institution:<id>, account:<id>);
    "" where there is nothing that this reader may open."""

    name: str
    url: str = ""
    key: str = ""


class Told(NamedTuple):
    """One row of the trail in words. `whole`: written as the thing began or ended, not from one value to another."""

    row: AuditRow
    action: str
    kind: str
    object: Named
    place: str
    changes: list[Change]
    whole: bool


def in_words(
    rows: Sequence[AuditRow], reader: User, *, but: Collection[str] = (), see_people: bool | None = None
) -> list[Told]:
    """Rows as `reader` may read them, personal data masked where they may not see it; `but` names keys left out.

    Where is the place of each row, unless it is known whether they may: of a file, by where its institution is now.
    """
    names = Names(reader, see_people)
    for row in rows:
        names.want(*_about(row))
        names.want_divisions(row.scope_code)
        for columns in (row.before, row.after):
            for key, value in (columns or {}).items():
                names.want(*_reference(row, key, value))
                names.want_all(FINDING_TYPE, value if key == "findings" and isinstance(value, list) else ())
                if key == "question":
                    asked = dict(parse_qsl(str(value)))
                    names.want_divisions(asked.get("division", "").ljust(SCOPE_DIGITS, "0"))
                    names.want(VISIT, asked.get("visit"))
    names.read()
    return [_told(row, names, but) for row in rows]


class Names:
    """Names of what rows refer to. Ask with `want`, read once, then `of`. What the reader may not see has no name."""

    def __init__(self, reader: User, see_people: bool | None = None):
        self.reader, self._see_people = reader, see_people
        self._wanted: dict[str, set[str]] = defaultdict(set)
        self._found: dict[tuple[str, str], Named] = {}

    def want(self, label: str, pk: object) -> None:
        if label in _READ_BY and pk not in (None, ""):
            self._wanted[label].add(str(pk))

    def want_all(self, label: str, pks: Iterable[object]) -> None:
        for pk in pks or ():
            self.want(label, pk)

    def want_divisions(self, scope_code: str) -> None:
        self.want_all(DIVISION, _codes_of(scope_code))

    def read(self) -> None:
        for label, pks in self._wanted.items():
            found = _READ_BY[label](sorted(pks), self)
            self._found |= {(label, str(pk)): named for pk, named in found.items()}

    def of(self, label: str, pk: object) -> Named:
        """What is not there and what is out of sight read alike."""
        return self._found.get((label, str(pk)), Named(_("不在您的辖区内")))

    def place(self, scope_code: str) -> str:
        """The widest division on file whose scope code this is."""
        known = ((DIVISION, code) for code in _codes_of(scope_code))
        return next((self._found[each].name for each in known if each in self._found), scope_code)

    def see_people(self, row: AuditRow) -> bool:
        """Whether personal data of a row is shown."""
        known = self._see_people
        return self.sees(Permission.SEE_PERSONAL_DATA, row.scope_code) if known is None else known

    def sees(self, permission: Permission, scope_code: str) -> bool:
        """Held there; of no division it is held nowhere."""
        return bool(scope_code) and has_permission(self.reader, permission, scope_code)


def _told(row: AuditRow, names: Names, but: Collection[str]) -> Told:
    label, pk = _about(row)
    return Told(
        row=row,
        action=action_in_words(row.action),
        kind=str(OBJECTS.get(label, label)),
        object=_object(row, label, pk, names),
        place=names.place(row.scope_code),
        changes=list(_changes(row, names, but)),
        whole=row.before is None or row.after is None,
    )


def _changes(row: AuditRow, names: Names, but: Collection[str]) -> Iterator[Change]:
    """Column by column; of a row that was written whole the columns that hold something."""
    before, after = row.before or {}, row.after or {}
    whole = row.before is None or row.after is None
    untold = {*UNTOLD, *but, *(["institution", "case"] if row.action in READ else [])}
    for key in _keys_in_order(row, {*before, *after} - untold):
        old, new = (_value(row, key, kept[key], names) if key in kept else "" for kept in (before, after))
        if not whole or {old, new} - {"", NOTHING}:
            yield Change(_label(row, key), old, new)


def _about(row: AuditRow) -> tuple[str, str]:
    """(kind, id) of what a row is about: of what somebody read, not of who read it."""
    if row.action in READ:
        read = row.after or {}
        if "case" in read:
            return CASE, str(read["case"])
        return (INSTITUTION, str(read["institution"])) if "institution" in read else ("", "")
    if row.action in ABOUT_THE_READER:
        return "", ""
    return row.object_type, row.object_id


def _object(row: AuditRow, label: str, pk: str, names: Names) -> Named:
    kept = {**(row.after or {}), **(row.before or {})}
    if not label:
        return Named("")
    if label == "axes.accessattempt":
        return Named(str(kept.get("username", pk)))
    if label == "accounts.grant":
        return names.of(ACCOUNT, kept["user_id"]) if "user_id" in kept else names.of(label, pk)
    return names.of(label, pk) if label in _READ_BY else Named(pk)


# --- Fields and values


def _field(row: AuditRow, key: str) -> "models.Field[Any, Any] | None":
    try:
        columns = apps.get_model(row.object_type)._meta.concrete_fields
    except (LookupError, ValueError):
        return None
    return next((field for field in columns if field.attname == key), None)


def _keys_in_order(row: AuditRow, keys: set[str]) -> list[str]:
    """As the model has its fields, then what else was kept in the order of its table of words."""
    try:
        order = [field.attname for field in apps.get_model(row.object_type)._meta.concrete_fields]
    except (LookupError, ValueError):
        order = []
    places = {key: place for place, key in enumerate([*order, *KEPT])}
    return sorted(keys, key=lambda key: (places.get(key, len(places)), key))


def _label(row: AuditRow, key: str) -> str:
    """A column of ours by its own name; what is kept beside columns, or is a library's, by the table of words."""
    field = _field(row, key)
    own = getattr(field, "_verbose_name", None) if row.object_type != LOCK else None
    return str(own or KEPT.get(key) or (field.verbose_name if field else key))


def _reference(row: AuditRow, key: str, value: object) -> tuple[str, object]:
    """(kind, id) of what a value refers to; ("", "") when it is plain."""
    field = _field(row, key)
    if field is not None and field.related_model is not None:
        return field.related_model._meta.label_lower, value
    if key == "division_prefix" or key == "into":
        return DIVISION, value
    return (ACCOUNT, value) if key.endswith("by_id") else ("", "")


def _value(row: AuditRow, key: str, value: Any, names: Names) -> str:
    if value in (None, "", []):
        return NOTHING
    label, pk = _reference(row, key, value)
    if label in _READ_BY:
        return names.of(label, pk).name
    open_here = names.see_people(row)
    if key in ("principal", "phone") and not open_here:
        return str(getattr(Institution(**{key: value}), f"masked_{key}"))
    if key == "findings" and isinstance(value, list):
        return enumerated(names.of(FINDING_TYPE, each).name for each in value)
    if key == "events" and isinstance(value, list):
        return _("；").join(_event(each, open_here) for each in value)
    if key == "photos" and isinstance(value, list):
        return str(len(value))
    if key == "question":
        return _question(str(value), names, open_here)
    if key == "paragraphs" and isinstance(value, list):
        kinds = [str(each).partition(".")[0] for each in value]
        return enumerated(dict.fromkeys(PARAGRAPHS.get(kind, kind) for kind in kinds))
    if key == "contradiction":
        return str(CODED[key].get(value, value))
    if key == "sha256":
        return _cut(str(value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return enumerated(CODES.get(str(each), each) for each in value)
    field = _field(row, key)
    if field is not None and field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if (isinstance(field, models.DateTimeField) or key.endswith("_at")) and (moment := _moment(value)):
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
    text = str(CODES.get(value, value) if key in ("what", "where") else value)
    if open_here:
        return text
    return mask_words(text) if key == "q" else mask_phones(text)


def _cut(digest: str) -> str:
    return f"{digest[:HASH_SHOWN]}…"


def _event(told: dict[str, Any], open_here: bool) -> str:
    """An event of a round: its day, what it was, and the words that came with it."""
    kind, note = RectificationEvent.Kind(told["kind"]).label, told["note"] if open_here else mask_phones(told["note"])
    words = _("（%(note)s）") % {"note": note} if note else ""
    return f"{told['happened_on']} {kind}{words}"


def _question(query: str, names: Names, open_here: bool) -> str:
    """A query string in words: 辖区 乐清市；统计指标 已整改；查询词 王**."""
    asked = dict(parse_qsl(query))
    if not open_here:
        asked = {name: mask_words(value) if name == "q" else mask_phones(value) for name, value in asked.items()}
    if "division" in asked:
        asked["division"] = names.place(asked["division"].ljust(SCOPE_DIGITS, "0"))
    if "visit" in asked:
        asked["visit"] = names.of(VISIT, asked["visit"]).name
    if "sha256" in asked:
        asked["sha256"] = _cut(asked["sha256"])
    grammar = {field.name for field in fields(Drilldown)} & LABELS.keys()
    known = {name: value for name, value in asked.items() if name in grammar}
    said = {each.label: each.value for each in conditions.in_words(Drilldown(**known), {})}
    said |= {str(LABELS[name]): known[name] for name in ("division", "as_of") if name in known}
    for name, value in asked.items():
        if name not in known:
            label, words = asked_in_words(name, value)
            if label == name:  # not of the cases of misconduct
                label, words = str(LABELS.get(name, name)), str(CODED.get(name, {}).get(value, value))
            said[str(ASKED.get(name) or KEPT.get(name, label))] = words
    return _("；").join(f"{label} {value}" for label, value in said.items())


def _moment(value: object) -> datetime | None:
    try:
        parsed = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return parsed if parsed and timezone.is_aware(parsed) else None


def _codes_of(scope_code: str) -> list[str]:
    """The codes of divisions that have this scope code, the widest first."""
    codes = [scope_code[:digits] for digits in DIVISION_DIGITS]
    return [code for code in codes if scope_code and code.ljust(SCOPE_DIGITS, "0") == scope_code]


# --- Names: of each kind what rows of it are called, and where they open, by their ids


ReadBy = Callable[[list[str], Names], dict[Any, Named]]


def _institutions(pks: list[str], names: Names) -> dict[Any, Named]:
    found = Institution.objects.filter(pk__in=_uuids(pks)).only("name", "scope_code")
    return {each.pk: _named(each.name, each, each) for each in found if _seen(each, names)}


def _licences(pks: list[str], names: Names) -> dict[Any, Named]:
    found = Licence.objects.filter(pk__in=_numbers(pks)).select_related("institution")
    return {
        each.pk: _named(f"{each.institution} {each}", each.institution, each.institution)
        for each in found
        if _seen(each.institution, names)
    }


def _visits(pks: list[str], names: Names) -> dict[Any, Named]:
    found = Visit.objects.filter(pk__in=_uuids(pks)).defer("content").select_related("institution")
    return {
        each.pk: _named(f"{each.institution} {each.happened_on}", each, each.institution)
        for each in found
        if _seen(each.institution, names)
    }


def _kept_aside(pks: list[str], names: Names) -> dict[Any, Named]:
    found = QuarantinedVisit.objects.filter(pk__in=[pk for pk in pks if pk.isdecimal()]).defer("content")
    return {
        each.pk: _named(f"{each.institution} {day_of(each.received_at)}", each, each.institution)
        for each in found.select_related("institution")
        if _seen(each.institution, names)
    }


def _rounds(pks: list[str], names: Names) -> dict[Any, Named]:
    found = Rectification.objects.filter(pk__in=_uuids(pks)).select_related("institution")
    return {
        each.pk: _named(f"{each.institution} {each.number}", each, each.institution)
        for each in found
        if _seen(each.institution, names)
    }


def _cases(pks: list[str], names: Names) -> dict[Any, Named]:
    return {each.pk: _of_case(each) for each in Case.objects.filter(pk__in=_uuids(pks)) if _case_seen(each, names)}


def _rows_of_cases(model: type[Statement] | type[Conclusion] | type[Party] | type[Measure]) -> ReadBy:
    """What hangs on a case is called by its number: names of people are in no trail."""
    of = "party__case" if model is Measure else "case"

    def read(pks: list[str], names: Names) -> dict[Any, Named]:
        found = model._base_manager.filter(pk__in=_uuids(pks)).select_related(of)
        cases = {each.pk: each.party.case if isinstance(each, Measure) else each.case for each in found}
        return {pk: _of_case(case) for pk, case in cases.items() if _case_seen(case, names)}

    return read


def _of_case(case: Case) -> Named:
    return Named(case.number, case.get_absolute_url())


def _case_seen(case: Case, names: Names) -> bool:
    return names.sees(Permission.SEE_MISCONDUCT, case.scope_code)


def _seen(institution: Institution, names: Names) -> bool:
    return names.sees(Permission.SEE, institution.scope_code)


def _named(
    name: str, opened: Institution | Visit | Rectification | QuarantinedVisit, institution: Institution
) -> Named:
    return Named(name, opened.get_absolute_url(), f"institution:{institution.pk}")


def _accounts(pks: list[str], names: Names) -> dict[Any, Named]:
    found = User.objects.filter(pk__in=_numbers(pks))
    return {each.pk: Named(account_name(each), key=f"account:{each.pk}") for each in found}


def account_name(user: User) -> str:
    """王某（wang）: two people may have one name."""
    return f"{user.name}（{user.username}）" if user.name and user.name != user.username else user.username


def _grants(pks: list[str], names: Names) -> dict[Any, Named]:
    found = Grant.objects.filter(pk__in=_numbers(pks)).select_related("user")
    return {each.pk: Named(account_name(each.user), key=f"account:{each.user_id}") for each in found}


def _divisions(codes: list[str], names: Names) -> dict[Any, Named]:
    return {each.code: Named(each.name) for each in Division.objects.filter(pk__in=codes)}


def _finding_types(codes: list[str], names: Names) -> dict[Any, Named]:
    return {each.code: Named(str(each)) for each in FindingType.objects.filter(pk__in=codes)}


def _batches(pks: list[str], names: Names) -> dict[Any, Named]:
    return {each.pk: Named(mask_phones(each.file_name)) for each in ImportBatch.objects.filter(pk__in=_uuids(pks))}


def _demonstrations(pks: list[str], names: Names) -> dict[Any, Named]:
    found = Demonstration.objects.filter(pk__in=_numbers(pks)).select_related("division")
    return {each.pk: Named(str(each.division)) for each in found}


def _uuids(pks: list[str]) -> list[UUID]:
    """Without what is none: what was noted was not checked."""
    found = []
    for pk in pks:
        with suppress(ValueError):
            found.append(UUID(pk))
    return found


def _numbers(pks: list[str]) -> list[int]:
    return [int(pk) for pk in pks if pk.isascii() and pk.isdecimal()]


_READ_BY: dict[str, ReadBy] = {
    CASE: _cases,
    "misconduct.statement": _rows_of_cases(Statement),
    "misconduct.conclusion": _rows_of_cases(Conclusion),
    "misconduct.party": _rows_of_cases(Party),
    "misconduct.measure": _rows_of_cases(Measure),
    INSTITUTION: _institutions,
    LICENCE: _licences,
    VISIT: _visits,
    KEPT_ASIDE: _kept_aside,
    ROUND: _rounds,
    ACCOUNT: _accounts,
    "accounts.grant": _grants,
    DIVISION: _divisions,
    FINDING_TYPE: _finding_types,
    "institutions.importbatch": _batches,
    "institutions.demonstration": _demonstrations,
}
