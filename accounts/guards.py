"""Triggers: what a check constraint cannot say. Each room declares its own in a `guards.py`; they are put into the
database after every `migrate`, from the declaration as it stands, so that a new rule needs no copy of itself in a
migration and a table that SQLite made anew gets its triggers back (docs/adr/0012-guards-are-declared.md).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

VERB_BITS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}  # of pg_trigger.tgtype
WORDS = {  # moments are text in UTC in SQLite; Shanghai has kept to UTC+8 since 1991
    "sqlite": ("IS NOT", r"datetime(\1, '-8 hours')"),
    "postgresql": ("IS DISTINCT FROM", r"(\1::timestamp AT TIME ZONE 'Asia/Shanghai')"),
}
SQLITE = "CREATE TRIGGER {name} {when} {verb} ON {table} WHEN {condition} BEGIN {then}; END"
SQLITE_REFUSAL = "SELECT RAISE(ABORT, '{message}')"
POSTGRESQL_FUNCTION = """
BEGIN
  IF {condition} THEN
    {then};
  END IF;
  RETURN {row};
END;
"""
POSTGRESQL_REFUSAL = "RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"


@dataclass(frozen=True)
class Guard:
    """A trigger that refuses `verb` on `table` where `condition` holds, with `message`.

    In a condition `{is_not}` is each engine's comparison that knows NULL, and `{start_of NEW.ordered_on}` the moment at
    which that day begins in Asia/Shanghai. TRUNCATE is PostgreSQL's alone. With `then` it refuses nothing: it writes,
    for a column that repeats another table's (docs/adr/0027-where-a-round-lies.md).
    """

    name: str
    table: str
    verb: str
    condition: str
    message: str
    when: str = "BEFORE"
    then: str = ""

    def condition_for(self, vendor: str) -> str:
        is_not, start = WORDS[vendor]
        return re.sub(r"\{start_of (\S+)\}", start, self.condition).replace("{is_not}", is_not)

    def then_for(self, vendor: str) -> str:
        refusal = SQLITE_REFUSAL if vendor == "sqlite" else POSTGRESQL_REFUSAL
        return self.then or refusal.format(message=self.message)


def append_only(table: str) -> list[Guard]:
    """Rows that are neither changed nor deleted, by TRUNCATE neither."""
    return [
        Guard(f"{table}_refuses_{verb.lower()}", table, verb, "1 = 1", f"{table} is append-only")
        for verb in ("UPDATE", "DELETE", "TRUNCATE")
    ]


def facts(name: str, table: str, columns: Sequence[str], once: Sequence[str] = ()) -> list[Guard]:
    """Rows whose facts stay: these columns and the id by which others name the row are not changed, and the rows not
    deleted.

    Columns of `once` are filled in together one day (a withdrawal: when, by whom, why) and stay from then on; the first
    of them is NULL until that day.
    """
    message = f"the facts of a row of {table} are not rewritten"
    rewritten = changed(list(dict.fromkeys(["id", *columns])))
    if once:
        rewritten += f" OR OLD.{once[0]} IS NOT NULL AND ({changed(once)})"
    return [
        Guard(f"{name}_keeps_its_facts", table, "UPDATE", rewritten, message),
        *(Guard(f"{name}_refuses_{verb.lower()}", table, verb, "1 = 1", message) for verb in ("DELETE", "TRUNCATE")),
    ]


def follows(name: str, table: str, of: str, source: str, key: str) -> list[Guard]:
    """`scope_code` of `table` repeats that of `source`, whose id is in `key`: what is written with another is refused,
    and when the source's changes so does this one. `of` is what a row is called in a message."""
    where = f"(SELECT scope_code FROM {source} source WHERE source.id = NEW.{key})"  # noqa: S608 (our own names)
    elsewhere = f"NEW.scope_code {{is_not}} {where}"
    message = f"the scope code of {of} is that of what it belongs to"
    return [
        # After, so that what breaks a constraint as well is refused with the constraint's name.
        *(
            Guard(f"{name}_lies_there_at_{verb.lower()}", table, verb, elsewhere, message, when="AFTER")
            for verb in ("INSERT", "UPDATE")
        ),
        Guard(
            f"{name}_follows",
            source,
            "UPDATE",
            "NEW.scope_code {is_not} OLD.scope_code",
            "",
            when="AFTER",
            then=f"UPDATE {table} SET scope_code = NEW.scope_code WHERE {key} = NEW.id",  # noqa: S608 (our own names)
        ),
    ]


def changed(columns: Sequence[str]) -> str:
    """The condition that one of the columns gets another value."""
    return " OR ".join(f"NEW.{column} {{is_not}} OLD.{column}" for column in columns)


def declared() -> list[Guard]:
    """Every guard of every room."""
    modules = (f"{app.name}.guards" for app in apps.get_app_configs() if app.name != "accounts")
    rooms = [import_module(name) for name in modules if find_spec(name) is not None]
    return [*append_only("accounts_auditrow"), *(guard for room in rooms for guard in room.GUARDS)]


def _wanted(connection: Any) -> dict[str, Guard]:
    return {each.name: each for each in declared() if connection.vendor != "sqlite" or each.verb != "TRUNCATE"}


def install(connection: Any) -> list[str]:
    """Make the database's triggers those declared; the names of those that had to be put right. Those that are as they
    should be are left alone."""
    wanted = _wanted(connection)
    there = installed(connection)
    wrong = list(_differing(wanted, there, connection))
    with connection.cursor() as cursor:
        for name, (table, text) in there.items():
            if name not in wanted or text != text_of(wanted[name], connection.vendor):
                for statement in _dropping(connection.vendor, name, table):
                    cursor.execute(statement)
        for name, guard in wanted.items():
            if there.get(name, ("", ""))[1] != text_of(guard, connection.vendor):
                for statement in _making(guard, connection.vendor):
                    cursor.execute(statement)
    return wrong


def drop_all(connection: Any) -> None:
    """Take every trigger away: for a migration that fills new columns of guarded rows. `migrate` puts them back."""
    with connection.cursor() as cursor:
        for name, (table, _text) in installed(connection).items():
            for statement in _dropping(connection.vendor, name, table):
                cursor.execute(statement)


def differences(connection: Any) -> Iterator[str]:
    """Names of triggers that are missing, differ from their declaration, or are declared nowhere."""
    return _differing(_wanted(connection), installed(connection), connection)


def _differing(wanted: dict[str, Guard], there: dict[str, tuple[str, str]], connection: Any) -> Iterator[str]:
    for name in sorted(wanted.keys() | there.keys()):
        if name not in wanted or name not in there or there[name][1] != text_of(wanted[name], connection.vendor):
            yield name


def installed(connection: Any) -> dict[str, tuple[str, str]]:
    """The database's triggers: name -> (table, text that `text_of` gives for the guard that made it)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                # Of one that is asked on some columns alone, or under a condition of its own, that is said, too.
                "SELECT t.tgname, c.relname, t.tgtype || t.tgenabled::text || c.relname || p.prosrc "
                "|| t.tgattr::text || coalesce(t.tgqual::text, '') FROM pg_trigger t "
                "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
                "JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE NOT t.tgisinternal AND n.nspname = current_schema()"
            )
        return {name: (table, text) for name, table, text in cursor.fetchall()}


def text_of(guard: Guard, vendor: str) -> str:
    """The text under which the database keeps this guard; of PostgreSQL what `installed` puts together."""
    if vendor == "sqlite":
        return SQLITE.format(**vars(guard) | {"condition": guard.condition_for(vendor), "then": guard.then_for(vendor)})
    kind = (guard.verb != "TRUNCATE") * 1 + (guard.when == "BEFORE") * 2 + VERB_BITS[guard.verb]
    return f"{kind}O{guard.table}{_function_body(guard, vendor)}"


def _function_body(guard: Guard, vendor: str) -> str:
    row = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(guard.verb, "NEW")
    return POSTGRESQL_FUNCTION.format(condition=guard.condition_for(vendor), then=guard.then_for(vendor), row=row)


def _making(guard: Guard, vendor: str) -> Iterable[str]:
    if vendor == "sqlite":
        return [text_of(guard, vendor)]
    each = "STATEMENT" if guard.verb == "TRUNCATE" else "ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger AS $guard${_function_body(guard, vendor)}$guard$ "
        "LANGUAGE plpgsql",
        f"CREATE TRIGGER {guard.name} {guard.when} {guard.verb} ON {guard.table} "
        f"FOR EACH {each} EXECUTE FUNCTION {guard.name}()",
    ]


def _dropping(vendor: str, name: str, table: str) -> Iterable[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER {name}"]
    return [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION IF EXISTS {name}()"]
