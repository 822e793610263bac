"""Whatever is written into the audit trail has words: every action in the source is looked for in the one table."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib import admin

from accounts.admin import AuditedAdmin
from accounts.audit_words import ACTIONS, CODES, KEPT, OBJECTS
from desk.trail import UNTOLD
from desk.views.lists import OFFERED

ROOMS = [
    "accounts", "institutions", "inspections", "misconduct", "figures", "mapping", "reports", "desk", "demonstration", "config",
]  # fmt: skip


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for room in ROOMS:
        for path in (settings.BASE_DIR / room).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text())


def takers_of(tree: ast.Module) -> dict[str, int]:
    """Functions of a module that take an `action`, with its place among their arguments."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args if argument.arg != "self"]
            if "action" in names:
                found[node.name] = names.index("action")
    return found


def called(node: ast.Call) -> str:
    """audit.write -> "audit.write", write_audit -> "write_audit"."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return f"{getattr(function.value, 'id', '')}.{function.attr}"
    return getattr(function, "id", "")


def written() -> Iterator[tuple[str, ast.expr]]:
    """(where, action) of every call that hands an action on: to the audit trail, or to a function that does."""
    modules = dict(trees())
    everywhere = {name: place for tree in modules.values() for name, place in takers_of(tree).items()}
    of_audit = takers_of(modules[settings.BASE_DIR / "accounts" / "audit.py"])
    assert of_audit.keys() == {"write", "write_first", "note", "trail"}
    for path, tree in modules.items():
        imported = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.name not in of_audit or node.module == "accounts.audit"
        }
        takers = {name: place for name, place in everywhere.items() if name in imported} | takers_of(tree)
        takers |= {f"audit.{name}": place for name, place in of_audit.items()}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in takers:
                yield f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}", node.args[takers[called(node)]]


def in_source() -> tuple[set[str], list[str]]:
    """Actions that are written, and where one is put together that cannot be read from the source."""
    said, unread = set(), []
    for where, action in written():
        if isinstance(action, ast.Constant) and isinstance(action.value, str):
            said.add(action.value)
        elif not (isinstance(action, ast.Name) and action.id == "action") or where.startswith(OF_ADMINISTRATION):
            unread.append(where)
    return said, unread


OF_ADMINISTRATION = "accounts/admin.py"  # AuditedAdmin: by the name of its model


def of_administration() -> set[str]:
    models = [model for model, page in admin.site._registry.items() if isinstance(page, AuditedAdmin)]
    return {f"{model._meta.model_name}.{done}" for model in models for done in ("added", "edited")}


def test_every_action_in_the_source_has_words():
    said, _unread = in_source()

    assert len(said) > 30
    assert sorted((said | of_administration()) - ACTIONS.keys()) == []


def test_no_action_is_put_together_where_the_source_does_not_say_it():
    _said, unread = in_source()

    assert [where.split(":")[0] for where in unread] == [OF_ADMINISTRATION]


def test_no_words_are_left_over():
    """Those that a function has for its default, or chooses between, stand in the source as well."""
    table = settings.BASE_DIR / "accounts" / "audit_words.py"
    said = {
        node.value
        for path, tree in trees()
        if path != table
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert sorted(ACTIONS.keys() - said - of_administration()) == []


def test_every_object_kept_by_the_administration_has_words():
    """Rows of no division are read by their kind: one without words would be read by nobody."""
    models = [model for model, page in admin.site._registry.items() if isinstance(page, AuditedAdmin)]

    assert {model._meta.label_lower for model in models} <= OBJECTS.keys()


NOTING = ("audit.exported", "audit.people_shown", "audit.searched", "note_search", "note_question")


def test_every_door_that_is_noted_has_words():
    doors = set()
    for _path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in NOTING:
                doors |= {
                    keyword.value.value
                    for keyword in node.keywords
                    if keyword.arg in ("what", "where") and isinstance(keyword.value, ast.Constant)
                }

    doors |= set(OFFERED)  # lists name themselves: desk/views/lists.py
    assert doors >= {"institutions", "rectifications", "institution", "statistics", "monthly_report", "audit", "search"}
    assert sorted(doors - CODES.keys()) == []


def test_every_column_that_is_told_has_a_name_of_ours():
    """Django would make one up of the column's own: "verified by"."""
    labels = ["accounts.user", "accounts.grant", "institutions.institution", "institutions.licence"]
    labels += ["institutions.division", "inspections.visit", "inspections.rectification", "inspections.findingtype"]

    unnamed = [
        f"{label}.{field.attname}"
        for label in labels
        for field in apps.get_model(label)._meta.concrete_fields
        if field._verbose_name is None and field.attname not in {*UNTOLD, *KEPT}
    ]

    assert unnamed == []
