"""`manage.py check` names what is not as the migrations make it; `migrate` puts the triggers right."""

import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.checks import Info
from django.core.checks.registry import registry
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

from accounts import guards
from accounts.schema_check import schema_is_as_migrated
from demonstration import bulk
from tests.own_database import ROOT

EVERYWHERE = [
    ("DROP INDEX institution_on_map", "表 institutions_institution 缺少索引 institution_on_map。"),
    ("DROP INDEX licence_stands_once", "表 institutions_licence 缺少约束 licence_stands_once。"),
    ("ALTER TABLE institutions_name ADD COLUMN nickname varchar(9)", "表 institutions_name 多出列 nickname。"),
    ("ALTER TABLE institutions_institution DROP COLUMN phone", "表 institutions_institution 缺少列 phone。"),
    ("CREATE TABLE strange (id integer)", "多出表 strange。"),
    ("CREATE INDEX strange ON institutions_name (name)", "表 institutions_name 多出索引 strange。"),
    ("CREATE UNIQUE INDEX strange ON institutions_name (name)", "表 institutions_name 多出唯一约束 strange。"),
]
BY_ENGINE = {
    "sqlite": [
        (
            "DROP TRIGGER licence_refuses_delete",
            "触发器 licence_refuses_delete 缺少、多出或与声明不符（manage.py migrate 会恢复）。",
        ),
    ],
    "postgresql": [
        (
            "ALTER TABLE institutions_licence DISABLE TRIGGER licence_refuses_delete",
            "触发器 licence_refuses_delete 缺少、多出或与声明不符（manage.py migrate 会恢复）。",
        ),
        ("ALTER TABLE institutions_name DROP CONSTRAINT name_is_not_empty", "表 institutions_name 缺少约束 name_is_not_empty。"),
        (
            "ALTER TABLE institutions_name ADD CONSTRAINT strange CHECK (name <> '甲')",
            "表 institutions_name 多出检查约束 strange。",
        ),
        (
            "ALTER TABLE institutions_name ALTER COLUMN name TYPE varchar(99)",
            "表 institutions_name 的列 name 是 character varying(99) NOT NULL，应为 character varying(120) NOT NULL。",
        ),
        (
            "DROP TRIGGER licence_refuses_delete ON institutions_licence; CREATE TRIGGER licence_refuses_delete BEFORE "
            "DELETE ON institutions_licence FOR EACH ROW WHEN (false) EXECUTE FUNCTION licence_refuses_delete()",
            "触发器 licence_refuses_delete 缺少、多出或与声明不符（manage.py migrate 会恢复）。",
        ),
        (
            "DROP TRIGGER visit_keeps_its_facts ON inspections_visit; CREATE TRIGGER visit_keeps_its_facts BEFORE "
            "UPDATE OF note ON inspections_visit FOR EACH ROW EXECUTE FUNCTION visit_keeps_its_facts()",
            "触发器 visit_keeps_its_facts 缺少、多出或与声明不符（manage.py migrate 会恢复）。",
        ),
        (
            "ALTER TABLE institutions_name ALTER COLUMN name SET DEFAULT '甲'",
            "表 institutions_name 应为“name”，实为“name DEFAULT '甲'::character varying”。",
        ),
        (
            "ALTER TABLE institutions_name ALTER COLUMN name DROP NOT NULL",
            "表 institutions_name 的列 name 是 character varying(120)，应为 character varying(120) NOT NULL。",
        ),
    ],
}  # fmt: skip
ALTERED = EVERYWHERE + BY_ENGINE[connection.vendor]


def found() -> list[str]:
    return [issue.msg for issue in schema_is_as_migrated(databases=["default"])]


def do(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_database_as_migrated_has_no_issue(db, settings):
    settings.ALLOWED_HOSTS = ["localhost"]  # the tests' own host is none that a phone reaches without HTTPS
    said = StringIO()

    call_command("check", stdout=said)

    assert said.getvalue() == "System check identified no issues (0 silenced).\n"


def test_what_the_planner_keeps_is_no_difference(db):
    bulk.analyze()

    assert schema_is_as_migrated(None, databases=["default"]) == []


@pytest.mark.parametrize(("statement", "sentence"), ALTERED, ids=[statement for statement, _sentence in ALTERED])
def test_what_differs_is_named(db, statement, sentence):
    do(statement)

    assert found() == [sentence]


def test_constraint_that_is_gone_is_named(db):
    """On SQLite, too, where it goes with a table made anew."""
    do("ALTER TABLE institutions_name RENAME TO away", "CREATE TABLE institutions_name AS SELECT * FROM away")

    assert "表 institutions_name 缺少约束 name_is_not_empty。" in found()


@pytest.mark.parametrize(
    ("table", "name", "instead"),
    [
        ("institutions_institution", "institution_on_map", "CREATE INDEX {} ON {} (name)"),
        ("institutions_licence", "licence_stands_once", "CREATE UNIQUE INDEX {} ON {} (id)"),
    ],
)
def test_index_of_something_else_is_named(db, table, name, instead):
    do(f"DROP INDEX {name}", instead.format(name, table))

    assert found() == [f"表 {table} 的约束或索引 {name} 与迁移不符。"]


def test_constraint_that_lets_everything_pass_is_named(db):
    """SQLite's table is made anew without indexes and triggers: that is named, too."""
    if connection.vendor == "postgresql":
        dropped = "ALTER TABLE institutions_name DROP CONSTRAINT name_is_not_empty"
        do(dropped, "ALTER TABLE institutions_name ADD CONSTRAINT name_is_not_empty CHECK (true)")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'institutions_name'")
            (made,) = cursor.fetchone()
        says = '"name_is_not_empty" CHECK ('
        assert says in made
        do("ALTER TABLE institutions_name RENAME TO away", made.replace(says, f"{says}1 OR "))

    assert "表 institutions_name 的约束或索引 name_is_not_empty 与迁移不符。" in found()


# --- What the fields alone ask for

REFERS = "FOREIGN KEY (institution_id) REFERENCES institutions_institution(id)"
OTHERWISE = {
    "sqlite": [  # the words of a column
        ("inspections_photo", '"id" integer NOT NULL PRIMARY KEY AUTOINCREMENT', '"id" integer NOT NULL'),
        ("inspections_photo", 'CHECK ("slot" >= 0)', 'CHECK ("slot" >= -5)'),
        ("inspections_notice", "NOT NULL UNIQUE", "NOT NULL UNIQUE ON CONFLICT REPLACE"),
        ("institutions_name", "varchar(120) NOT NULL", "varchar(120) NOT NULL DEFAULT '甲'"),
        ("institutions_name", "varchar(120) NOT NULL", "varchar(120) NOT NULL COLLATE NOCASE"),
        ("institutions_name", '"institutions_institution" ("id")', '"institutions_division" ("code")'),
        ("institutions_name", '_institution" ("id")', '_institution" ("id") ON DELETE CASCADE'),
    ],
    "postgresql": [  # a constraint
        ("inspections_photo", "PRIMARY KEY (id)", ""),
        ("inspections_photo", "CHECK ((slot >= 0))", "CHECK (slot >= -5)"),
        ("inspections_notice", "UNIQUE (number)", "UNIQUE (number) DEFERRABLE"),
        ("institutions_name", f"{REFERS} DEFERRABLE INITIALLY DEFERRED", f"{REFERS} ON DELETE CASCADE"),
        ("institutions_name", f"{REFERS} DEFERRABLE INITIALLY DEFERRED", f"{REFERS} NOT VALID"),
    ],
}[connection.vendor]


def constrained_anew(table: str, old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(%s) AND pg_get_constraintdef(oid) = %s",
            [table, old],
        )
        [[name]] = cursor.fetchall()
    do(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
    if new:
        do(f"ALTER TABLE {table} ADD CONSTRAINT {name} {new}")


def made_anew(table: str, old: str, new: str) -> None:
    """SQLite alters no column: the table is made again with other words, its indexes and triggers with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [table])
        said = cursor.fetchall()
    [made] = (sql for kind, sql in said if kind == "table")
    assert old in made
    others = [sql for kind, sql in said if kind != "table"]
    do(f"CREATE TABLE away AS SELECT * FROM {table}", f"DROP TABLE {table}", made.replace(old, new, 1))
    do("DROP TABLE away", *others)


@pytest.mark.parametrize(("table", "old", "new"), OTHERWISE)
def test_key_or_check_that_says_something_else_is_named(db, table, old, new):
    say_otherwise = made_anew if connection.vendor == "sqlite" else constrained_anew

    say_otherwise(table, old, new)

    assert {table in said for said in found()} == {True}


def test_table_that_is_gone_is_named(db):
    do("DROP TABLE institutions_withdrawnsurvey")

    assert "缺少表 institutions_withdrawnsurvey。" in found()


def test_check_fails_for_a_difference(db):
    do("DROP INDEX institution_on_map")

    with pytest.raises(SystemCheckError, match="缺少索引 institution_on_map"):
        call_command("check")


def test_no_other_command_compares(db):
    call_command("check", stdout=StringIO())

    assert schema_is_as_migrated not in registry.get_checks()


def test_only_what_waits_is_said_while_migrations_wait(db):
    do("DROP INDEX institution_on_map")
    last = MigrationLoader(connection).graph.leaf_nodes("inspections")[0]
    MigrationRecorder(connection).record_unapplied(*last)

    issues = schema_is_as_migrated(databases=["default"])

    assert [(type(issue), issue.hint) for issue in issues] == [(Info, "manage.py migrate")]


def checked(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=os.environ | {"ENV_FILE": os.devnull} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_empty_database_is_no_error(tmp_path):
    answer = checked(DATA_DIR=str(tmp_path), DATABASE_URL="")

    assert (answer.returncode, "个迁移尚未执行" in answer.stderr, "缺少" in answer.stderr) == (0, True, False)


def test_database_out_of_reach_is_said(tmp_path):
    answer = checked(DATA_DIR=str(tmp_path), DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")

    assert (answer.returncode, "连不上数据库" in answer.stderr, "Traceback" in answer.stderr) == (1, True, False)


# --- Triggers are put right


def other_trigger() -> str:
    """The guard under its name, with another condition."""
    guard = next(each for each in guards.declared() if each.name == "licence_refuses_delete")
    changed = guards.Guard(guard.name, guard.table, guard.verb, "1 = 2", guard.message)
    do(*guards._dropping(connection.vendor, guard.name, guard.table), *guards._making(changed, connection.vendor))
    return guard.name


def test_trigger_that_somebody_altered_is_put_back_by_migrate(db):
    name = other_trigger()
    altered = list(guards.differences(connection))

    call_command("migrate", verbosity=0)

    assert (altered, list(guards.differences(connection))) == ([name], [])


def test_trigger_that_nobody_declared_goes_with_migrate(db):
    strange = guards.Guard("strange", "institutions_name", "DELETE", "1 = 1", "strange")
    do(*guards._making(strange, connection.vendor))
    there = list(guards.differences(connection))

    call_command("migrate", verbosity=0)

    assert (there, list(guards.differences(connection))) == (["strange"], [])


def test_triggers_that_are_right_are_not_touched(db):
    with CaptureQueriesContext(connection) as queries:
        guards.install(connection)

    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]
