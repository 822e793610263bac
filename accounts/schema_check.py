"""`manage.py check` names what in the database is not as the migrations make it: tables, columns, constraints, indexes
and what they say, triggers. Nothing is named while migrations wait, except that they do."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Info
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from accounts import guards

NOT_OURS = {"django_migrations"}
COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relname = %s AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped
"""
# What constraints and indexes say, as PostgreSQL writes it, whatever the table is called.
TEXTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = to_regclass(%s) UNION ALL
SELECT c.relname, substring(pg_get_indexdef(c.oid) FROM ' USING .*') FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass(%s)
"""
# What fields alone ask for: columns with what fills them and how they are sorted, keys, and other constraints.
OF_FIELDS = """
SELECT attname::text, concat(attname, ' DEFAULT ' || pg_get_expr(adbin, adrelid),
  ' IDENTITY ' || nullif(attidentity::text, ''), ' COLLATE ' || nullif(collname::text, 'default'))
FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
LEFT JOIN pg_collation ON pg_collation.oid = attcollation
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped UNION ALL
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = to_regclass(%s) AND contype IN ('p', 'u', 'c', 'f')
"""
AS_MIGRATED = "as_migrated"  # a table of this session alone, on which PostgreSQL says what the migrations mean
KINDS = {"foreign_key": "外键", "check": "检查约束", "unique": "唯一约束", "index": "索引"}
Kept = tuple[str, tuple[str, ...]]  # a kind of KINDS and the columns: what a constraint without a name of ours is


def schema_is_as_migrated(
    app_configs: object = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """One error for each difference of the default database; a remark alone while migrations wait."""
    if "default" not in (databases or []):
        return []
    connection = connections["default"]
    try:
        executor = MigrationExecutor(connection)
        if waiting := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            text = f"有 {len(waiting)} 个迁移尚未执行，没有核对表结构。下一个是 {waiting[0][0]}。"
            return [Info(text, hint="manage.py migrate", id="schema.I001")]
        made = executor.loader.project_state().apps.get_models(include_auto_created=True)
        return [Error(text, id="schema.E001") for text in differences(connection, made)]
    except OperationalError as problem:
        return [Error(f"连不上数据库，没有核对表结构：{problem}".strip(), id="schema.E002")]


def differences(connection: Any, models: Iterable[type[Model]]) -> Iterator[str]:
    """A sentence for each thing that is missing, not as it should be, or there without reason."""
    wanted = {model._meta.db_table: model for model in models if model._meta.can_migrate(connection)}
    with connection.cursor() as cursor:
        found = connection.introspection.table_names(cursor)
        there = {table for table in found if not table.startswith("sqlite_")}  # what ANALYZE found out, say
        yield from (f"缺少表 {table}。" for table in sorted(wanted.keys() - there))
        yield from (f"多出表 {table}。" for table in sorted(there - wanted.keys() - NOT_OURS))
        for table in sorted(wanted.keys() & there):
            columns = list(_of_columns(connection, cursor, wanted[table]))
            yield from columns
            constraints = list(_of_constraints(connection, cursor, wanted[table]))
            yield from constraints
            if not columns:  # what constraints say can be asked of the same columns alone
                yield from _of_texts(connection, cursor, wanted[table])
            if not columns and not constraints:
                yield from _of_fields(connection, cursor, wanted[table])
    for name in guards.differences(connection):
        yield f"触发器 {name} 缺少、多出或与声明不符（manage.py migrate 会恢复）。"


def _of_columns(connection: Any, cursor: Any, model: type[Model]) -> Iterator[str]:
    table = model._meta.db_table
    wanted = {str(field.column): _type_of(field, connection) for field in model._meta.local_concrete_fields}
    there = _columns(connection, cursor, table)
    yield from (f"表 {table} 缺少列 {name}。" for name in wanted if name not in there)
    yield from (f"表 {table} 多出列 {name}。" for name in there if name not in wanted)
    for name in wanted.keys() & there.keys():
        if wanted[name] != there[name]:
            yield f"表 {table} 的列 {name} 是 {there[name]}，应为 {wanted[name]}。"


def _type_of(field: Any, connection: Any) -> str:
    kind = (field.db_type(connection) or "").replace(", ", ",")
    if connection.vendor == "postgresql":
        kind = kind.replace("varchar", "character varying")
    return _typed(kind, not field.null)


def _columns(connection: Any, cursor: Any, table: str) -> dict[str, str]:
    if connection.vendor == "postgresql":
        cursor.execute(COLUMNS, [table])
        return {name: _typed(kind, not_null) for name, kind, not_null in cursor.fetchall()}
    cursor.execute(f"PRAGMA table_info({connection.ops.quote_name(table)})")
    return {name: _typed(kind, not_null) for _place, name, kind, not_null, *_rest in cursor.fetchall()}


def _typed(kind: str, not_null: bool) -> str:
    return kind.lower() + " NOT NULL" * bool(not_null)


def _of_constraints(connection: Any, cursor: Any, model: type[Model]) -> Iterator[str]:
    """Those with a name of ours by name; the others, which Django or the database names, by kind and columns."""
    meta = model._meta
    named = {each.name: "约束" for each in meta.constraints} | {each.name: "索引" for each in meta.indexes}
    there = _constraints(connection, cursor, meta.db_table)
    yield from (f"表 {meta.db_table} 缺少{kind} {name}。" for name, kind in named.items() if name not in there)
    wanted, allowed = _implied(connection, model)
    found = {name: kept for name, kept in there.items() if name not in named}
    for kind, columns in sorted(wanted - set(found.values())):
        yield f"表 {meta.db_table} 缺少{KINDS[kind]}（{'、'.join(columns)}）。"
    for name, kept in sorted(found.items()):
        if kept not in wanted | allowed:
            yield f"表 {meta.db_table} 多出{KINDS[kept[0]]} {name}。"


def _of_texts(connection: Any, cursor: Any, model: type[Model]) -> Iterator[str]:
    """Constraints and indexes with a name of ours that are there and say something else."""
    meta = model._meta
    there = _constraints(connection, cursor, meta.db_table)
    named = [each for each in (*meta.constraints, *meta.indexes) if each.name in there]
    texts = _texts_of_postgresql if connection.vendor == "postgresql" else _texts_of_sqlite
    for name in texts(connection, cursor, model, named):
        yield f"表 {meta.db_table} 的约束或索引 {name} 与迁移不符。"


def _texts_of_sqlite(connection: Any, cursor: Any, model: type[Model], named: Sequence[Any]) -> Iterator[str]:
    """SQLite keeps the words with which a table or an index was made."""
    table, editor = model._meta.db_table, connection.schema_editor()
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [table])
    there = dict(cursor.fetchall())
    for each in named:
        if each.name in there:
            same = there[each.name] == str(each.create_sql(model, editor))
        else:
            same = str(each.constraint_sql(model, editor)) in there[table]
        if not same:
            yield each.name


def _texts_of_postgresql(connection: Any, cursor: Any, model: type[Model], named: Sequence[Any]) -> Iterator[str]:
    """PostgreSQL keeps what was meant: the same is said of an empty table with the same columns, and compared. A backup
    has its words, which it writes a little otherwise once they are read again: those of either time are right."""
    if not named:
        return
    table, editor = connection.ops.quote_name(model._meta.db_table), connection.schema_editor()
    cursor.execute(f"CREATE TEMPORARY TABLE {AS_MIGRATED} (LIKE {table})")
    for each in named:
        said = str(each.create_sql(model, editor))
        said = said.replace(f"ALTER TABLE {table} ", f"ALTER TABLE {AS_MIGRATED} ", 1)
        cursor.execute(said.replace(f" ON {table} ", f" ON {AS_MIGRATED} ", 1))
    meant, there = _texts(cursor, AS_MIGRATED), _texts(cursor, table)
    cursor.execute(f"DROP TABLE {AS_MIGRATED}")
    if other := [each.name for each in named if meant[each.name] != there[each.name]]:
        restored = _read_again(cursor, table, other, meant)
        yield from (name for name in other if restored[name] != there[name])


def _read_again(cursor: Any, table: str, names: Sequence[str], meant: dict[str, list[str]]) -> dict[str, list[str]]:
    """What PostgreSQL says of these constraints and indexes when they are made of what it says."""
    cursor.execute(f"CREATE TEMPORARY TABLE {AS_MIGRATED} (LIKE {table})")
    for name in names:
        constraint = next((text for text in meant[name] if not text.startswith(" USING ")), None)
        if constraint is not None:  # its index comes with it
            cursor.execute(f'ALTER TABLE {AS_MIGRATED} ADD CONSTRAINT "{name}" {constraint}')
        else:
            cursor.execute(f'CREATE INDEX "{name}" ON {AS_MIGRATED}{meant[name][0]}')
    said = _texts(cursor, AS_MIGRATED)
    cursor.execute(f"DROP TABLE {AS_MIGRATED}")
    return said


def _texts(cursor: Any, table: str) -> dict[str, list[str]]:
    cursor.execute(TEXTS, [table, table])
    found: dict[str, list[str]] = {}
    for name, text in sorted(cursor.fetchall()):
        found.setdefault(name, []).append(text)
    return found


def _of_fields(connection: Any, cursor: Any, model: type[Model]) -> Iterator[str]:
    """Columns, and what their fields alone ask for, that are there and say something else: keys, checks, defaults."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        there = _fields(cursor, model, connection.ops.quote_name(table))
        meant = _fields_meant(connection, cursor, model)
        if meant != there:
            should, does = ("；".join(sorted(each)) or "—" for each in (meant - there, there - meant))
            yield f"表 {table} 应为“{should}”，实为“{does}”。"
        return
    cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
    (sql,) = cursor.fetchone()
    for field in model._meta.local_concrete_fields:
        definition = _definition(connection, model, field)
        if f"{definition}, " not in sql and f"{definition})" not in sql:
            yield f"表 {table} 的列 {field.column} 与迁移不符，应为 {definition}。"


def _definition(connection: Any, model: type[Model], field: Any) -> str:
    """A column as SQLite is told it."""
    editor, quoted = connection.schema_editor(), connection.ops.quote_name
    said, _params = editor.column_sql(model, field)
    parts = [quoted(field.column), said]
    if check := field.db_check(connection):
        parts.append(editor.sql_check_constraint % {"check": check})
    if suffix := field.db_type_suffix(connection):
        parts.append(suffix)
    if field.remote_field and field.db_constraint:
        other = field.target_field
        to = {"to_table": quoted(other.model._meta.db_table), "to_column": quoted(other.column)}
        parts.append((editor.sql_create_inline_fk % to).strip())
    return " ".join(parts)


def _fields_meant(connection: Any, cursor: Any, model: type[Model]) -> set[str]:
    """What PostgreSQL says of an empty table that is made anew, and of the keys that its fields are."""
    quoted = connection.ops.quote_name
    editor = connection.schema_editor()
    editor.deferred_sql = []  # takes what is made after a table, which is not made here
    sql, params = editor.table_sql(model)
    made = f"CREATE TABLE {quoted(model._meta.db_table)} "
    cursor.execute(sql.replace(made, f"CREATE TEMPORARY TABLE {AS_MIGRATED} ", 1), params)
    meant = _fields(cursor, model, AS_MIGRATED)
    cursor.execute(f"DROP TABLE {AS_MIGRATED}")
    meta: Any = model._meta
    for together in meta.unique_together:
        meant.add(f"UNIQUE ({', '.join(meta.get_field(name).column for name in together)})")
    for field in meta.local_concrete_fields:
        if field.remote_field and field.db_constraint:
            other = field.target_field
            refers = f"{other.model._meta.db_table}({other.column})"
            meant.add(f"FOREIGN KEY ({field.column}) REFERENCES {refers} DEFERRABLE INITIALLY DEFERRED")
    return meant


def _fields(cursor: Any, model: type[Model], table: str) -> set[str]:
    cursor.execute(OF_FIELDS, [table, table])
    ours = {each.name for each in model._meta.constraints}
    return {text for name, text in cursor.fetchall() if name not in ours}


def _constraints(connection: Any, cursor: Any, table: str) -> dict[str, Kept]:
    """Everything but primary keys and NOT NULL, by name."""
    if connection.vendor == "postgresql":
        found = connection.introspection.get_constraints(cursor, table)
    else:
        found = _constraints_of_sqlite(connection, cursor, table)
    kinds = {name: next((kind for kind in KINDS if each[kind]), "") for name, each in found.items()}
    return {
        name: (kinds[name], tuple(dict.fromkeys(column or "" for column in each["columns"])))
        for name, each in found.items()
        if kinds[name] and not each["primary_key"]
    }


def _constraints_of_sqlite(connection: Any, cursor: Any, table: str) -> dict[str, dict[str, Any]]:
    """As Django's get_constraints, which fails on a table whose check has a number between two commas."""
    quoted = connection.ops.quote_name(table)
    none = dict.fromkeys(["primary_key", *KINDS])
    cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
    (sql,) = cursor.fetchone()
    found = dict(connection.introspection._parse_table_constraints(sql, set(_columns(connection, cursor, table))))
    cursor.execute(f"PRAGMA index_list({quoted})")
    for _number, name, unique, origin, *_partial in cursor.fetchall():
        if origin == "c":  # by CREATE INDEX; the others belong to a constraint
            cursor.execute(f"PRAGMA index_info({connection.ops.quote_name(name)})")
            columns = [column for _rank, _place, column in cursor.fetchall()]
            found[name] = none | {"unique" if unique else "index": True, "columns": columns}
    cursor.execute(f"PRAGMA foreign_key_list({quoted})")
    for number, _rank, _other, column, *_rest in cursor.fetchall():
        found[f"fk_{number}"] = none | {"foreign_key": True, "columns": [column]}
    return found


def _implied(connection: Any, model: type[Model]) -> tuple[set[Kept], set[Kept]]:
    """What the fields themselves ask for; and what PostgreSQL has besides, for LIKE on indexed text."""
    wanted: set[Kept] = set()
    allowed: set[Kept] = set()
    meta: Any = model._meta
    for field in meta.local_concrete_fields:
        columns = (field.column,)
        if field.remote_field and field.db_constraint:
            wanted.add(("foreign_key", columns))
        if field.db_check(connection):
            wanted.add(("check", columns))
        if field.unique and not field.primary_key:
            wanted.add(("unique", columns))
        elif field.db_index and not field.unique:
            wanted.add(("index", columns))
        if field.db_index or field.unique:
            allowed.add(("index", columns))
    for together in meta.unique_together:
        wanted.add(("unique", tuple(meta.get_field(name).column for name in together)))
    return wanted, allowed
