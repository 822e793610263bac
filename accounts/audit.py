"""The audit trail: every change writes a row in the change's own transaction, so neither exists without the other.

The rows of one object form a chain: each digest covers the row and the digest before it, so that a row that was
altered or taken out of the middle is found by `manage.py verify_audit`. What it cannot find: that the last rows of an
object, or all of them, were taken away, for nothing follows from them. Against that stand the triggers, the rights in
the database, and backups.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from accounts import many
from accounts.inserting import insert
from accounts.models import AuditRow, User
from accounts.permissions import has_permission
from accounts.roles import Permission
from accounts.scope import common_prefix, outermost

UNRECORDED = {"password", "last_login", "key", "token"}  # the last two: secrets of a second factor
SCOPE_DIGITS, COUNTY_DIGITS = 12, 6
PLAIN = {str, int, bool, type(None)}  # are JSON as they are
SIMPLE = {datetime, date, UUID}  # are a text in JSON
_ENCODER = DjangoJSONEncoder()


def snapshot(instance: models.Model) -> dict[str, Any]:
    """The row's columns as JSON values, without passwords and secrets."""
    columns = {
        field.attname: getattr(instance, field.attname)
        for field in instance._meta.concrete_fields
        if field.name not in UNRECORDED
    }
    return plain(columns)


def plain(columns: dict[str, Any]) -> dict[str, Any]:
    """Values of columns as JSON values."""
    return {name: value if type(value) in PLAIN else _as_json(value) for name, value in columns.items()}


def _as_json(value: Any) -> Any:
    if type(value) in SIMPLE:
        return _ENCODER.default(value)
    return _as_kept(value if type(value) is float else json.loads(json.dumps(value, cls=DjangoJSONEncoder)))


def _as_kept(value: Any) -> Any:
    """A number as every database gives it back: jsonb knows no -0.0, and 1e16 comes back as a whole number."""
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() and abs(value) >= 1e15 else value + 0.0


def write(
    action: str,
    instance: models.Model,
    *,
    by: User | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
    scope_code: str = "",
    at: datetime | None = None,
    first: bool = False,
) -> AuditRow:
    """Append one row; of two snapshots only the columns that differ are kept, and with what is after what is `told`
    beside the columns. `by` is None for a command.

    `first`: the object was made in this transaction, so that no row of it comes before and nobody else writes of it.
    A row has the scope of its object where that lies in a division of itself (a grant, a county's own item of the
    catalogue, a division). Call it in the change's own transaction: outside of one it raises
    TransactionManagementError.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"{action} is audited outside the transaction that did it")
    if before is not None and after is not None:
        changed = [name for name in after if after[name] != before.get(name)]
        before, after = {name: before.get(name) for name in changed}, {name: after[name] for name in changed}
    after = (after or {}) | told if told else after
    previous = None if first else _row_before(instance)
    row = AuditRow(
        at=at or timezone.now(),
        by=by,
        action=action,
        object_type=instance._meta.concrete_model._meta.label_lower,  # type: ignore[union-attr]
        object_id=str(instance.pk),
        scope_code=scope_code or _scope_of(instance),
        before=before,
        after=after,
    )
    row.digest = digest_of(row, previous.digest if previous else "")
    row.save(force_insert=True)
    return row


def _scope_of(instance: models.Model) -> str:
    """The scope code of what is granted in, lies in or is a division, and of an account that is granted in one alone;
    "" for what is everybody's or lies in several."""
    if isinstance(instance, User):
        granted = set(instance.grants.values_list("division_prefix", flat=True))
        code = granted.pop() if len(granted) == 1 else ""
    else:
        code = getattr(instance, "division_prefix", "") or getattr(instance, "scope_code", "")
    return code.ljust(SCOPE_DIGITS, "0") if code else ""


def note(action: str, *, by: User, what: dict[str, Any], divisions: Iterable[str] = ()) -> list[AuditRow]:
    """Append what somebody looked at or took away: a search, personal data read, an export. Its object is the reader.

    `what` is kept as it is given: what was asked, of which door, how many rows, the ids when they are few. Of
    divisions in several counties there is a row for each county, so that whoever audits one of them reads it; where no
    division is said it is the reader's own.
    """
    scope_codes = [code.ljust(SCOPE_DIGITS, "0") for code in _by_county(divisions)]
    with transaction.atomic():
        return [write(action, by, by=by, after=what, scope_code=scope_code) for scope_code in scope_codes or [""]]


def _by_county(divisions: Iterable[str]) -> list[str]:
    """Of each county the narrowest division that holds those in it; cities and provinces as they are."""
    counties: dict[str, list[str]] = {}
    for code in outermost(divisions):
        counties.setdefault(code[:COUNTY_DIGITS], []).append(code)
    return [common_prefix(codes) for codes in counties.values()]


def exported(
    *, by: User, what: str, question: str, rows: int, divisions: Iterable[str], personal: bool = False
) -> list[AuditRow]:
    """Note that somebody took a table away: `what` by its code (audit_words.CODES), asked for by this query string,
    with so many rows, of these divisions together; `personal` when names or phones of people are in it."""
    told = {"what": what, "question": question, "rows": rows} | ({"personal": True} if personal else {})
    return note("export", by=by, what=told, divisions=divisions)


def searched(*, by: User, words: str, where: str, found: int, divisions: Iterable[str]) -> None:
    """Note that somebody searched, at which door (audit_words.CODES), among which divisions and how many were shown."""
    if words:
        note("search", by=by, what={"q": words, "where": where, "found": found}, divisions=divisions)


def people_shown(
    institutions: Sequence[Any],
    *,
    by: User,
    where: str,
    fields: Sequence[str] = ("principal", "phone"),
    question: str | None = None,
    divisions: Iterable[str] = (),
) -> list[AuditRow]:
    """Note that somebody was shown personal data of institutions, those of them where they may see it.

    `where` is the door's code (audit_words.CODES). Of one institution the row says which; of a list what was asked for,
    of which divisions, and of how many institutions. Nothing is written when there was none to show.
    """
    shown = [each for each in institutions if has_permission(by, Permission.SEE_PERSONAL_DATA, each.scope_code)]
    told: dict[str, Any] = {"where": where, "fields": [name for name in fields if any(getattr(i, name) for i in shown)]}
    if not told["fields"]:
        return []
    if question is None:
        told["institution"] = str(shown[0].pk)
        return note("personal_data.read", by=by, what=told, divisions=[shown[0].scope_code])
    told |= {"rows": len(shown), "question": question}
    return note("personal_data.read", by=by, what=told, divisions=divisions)


def write_first(
    action: str,
    instances: Sequence[models.Model],
    scope_codes: Sequence[str],
    *,
    by: User | None | Sequence[User],
    at: datetime,
    after: Sequence[dict[str, Any]] | None = None,
) -> None:
    """Append the first row of each of many objects just made: the rows `write` would write, in a few statements.

    `scope_codes` go with `instances` one by one, and so do `by`, where they were made by several, and `after`, where it
    is not their snapshots. Call it in the transaction that made them.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"{action} is audited outside the transaction that did it")
    people = by if isinstance(by, Sequence) else [by] * len(instances)
    told = after or [snapshot(each) for each in instances]
    rows = [
        AuditRow(
            at=at,
            by=person,
            action=action,
            object_type=instance._meta.concrete_model._meta.label_lower,  # type: ignore[union-attr]
            object_id=str(instance.pk),
            scope_code=scope_code,
            after=kept,
        )
        for instance, scope_code, person, kept in zip(instances, scope_codes, people, told, strict=True)
    ]
    for row in rows:
        row.digest = digest_of(row, "")
    for first in range(0, len(rows), 500):
        insert(rows[first : first + 500])


class Trail:
    """Rows of one action about many objects of a model, by one person at one moment: those that `write` would write.

    `add` takes snapshots as JSON with their keys in order (accounts/many.py) and the digest of the object's row before
    it, "" for the first; `append` writes what was added, in the transaction that did it.
    """

    COLUMNS = ("at", "by_id", "action", "object_type", "object_id", "scope_code", "before", "after", "digest")

    def __init__(self, did: str, model: type[models.Model], by: User | None, at: datetime):
        self.rows: list[tuple[Any, ...]] = []
        by_id, of = by.pk if by else None, model._meta.label_lower
        moment = AuditRow._meta.get_field("at").get_db_prep_save(at, connection)
        self._same = (moment, by_id, did, of)
        # As digest_of puts it together.
        said = [at.astimezone(timezone.get_default_timezone()).isoformat(), by_id, did, of]
        self._said = json.dumps(said, ensure_ascii=False)[1:-1]

    def add(self, object_id: str, scope_code: str, before: str | None, after: str | None, previous: str = "") -> None:
        kept = f"{before or 'null'}, {after or 'null'}"
        content = f'["{previous}", {self._said}, "{object_id}", "{scope_code}", {kept}]'
        digest = hashlib.sha256(content.encode()).hexdigest()
        self.rows.append((*self._same, object_id, scope_code, before, after, digest))

    def append(self) -> None:
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError("audited outside the transaction that did it")
        many.insert(AuditRow, self.COLUMNS, self.rows)


def trail(action: str, model: type[models.Model], *, by: User | None, at: datetime) -> Trail:
    return Trail(action, model, by, at)


def last_digests(model: type[models.Model], object_ids: Iterable[str]) -> dict[str, str]:
    """The digest of the last row of each of these objects that has one: what its next row follows from. The caller
    holds the objects' rows (see `_wait_for_other_writers`)."""
    rows = AuditRow.objects.filter(object_type=model._meta.label_lower, object_id__in=many.those(list(object_ids)))
    # In the order of its index: by pk alone SQLite reads the whole trail.
    return dict(rows.order_by("object_id", "pk").values_list("object_id", "digest"))


def _row_before(instance: models.Model) -> AuditRow | None:
    _wait_for_other_writers(instance)
    rows = AuditRow.objects.filter(object_type=instance._meta.label_lower, object_id=str(instance.pk))
    return rows.last()


def _wait_for_other_writers(instance: models.Model) -> None:
    """Lock the object's row, so that the next to write of it sees this audit row and follows from it.

    SQLite lets one transaction write at a time (IMMEDIATE). An advisory lock for each object would fill
    PostgreSQL's table of locks when an import writes of thousands; a row's lock takes no room.
    """
    if connection.features.has_select_for_update:
        instance._meta.model._base_manager.select_for_update(no_key=True).filter(pk=instance.pk).values_list(
            "pk"
        ).first()


def digest_of(row: AuditRow, previous: str) -> str:
    """SHA-256, 64 hexadecimal digits, over the row's content and the digest of the object's row before it."""
    content = [
        previous,
        row.at.astimezone(timezone.get_default_timezone()).isoformat(),
        row.by_id,
        row.action,
        row.object_type,
        row.object_id,
        row.scope_code,
        row.before,
        row.after,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def broken_rows() -> Iterator[AuditRow]:
    """Rows whose digest does not follow from their content and the row before them."""
    return (row for row, follows in checked() if not follows)


def checked(after: AuditRow | None = None) -> Iterator[tuple[AuditRow, bool]]:
    """Every row, object by object, with whether its digest follows; to go on, those behind `after` in that order."""
    previous = after
    for row in _in_order_of_chains(after):
        same = previous and (previous.object_type, previous.object_id) == (row.object_type, row.object_id)
        yield row, row.digest == digest_of(row, previous.digest if previous and same else "")
        previous = row


def _in_order_of_chains(after: AuditRow | None) -> Iterator[AuditRow]:
    """By object and number; in up to three pieces, each of which an index finds at once."""
    rows = AuditRow.objects.order_by("object_type", "object_id", "pk")
    pieces = [rows]
    if after is not None:
        of_type = rows.filter(object_type=after.object_type)
        pieces = [
            of_type.filter(object_id=after.object_id, pk__gt=after.pk),
            of_type.filter(object_id__gt=after.object_id),
        ]
        pieces.append(rows.filter(object_type__gt=after.object_type))
    for piece in pieces:
        yield from piece.iterator(chunk_size=2000)
